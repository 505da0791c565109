"""Work that is due: done once, at its time or later, by whichever process takes it."""

from django.db import models

from dialogue.kept import Kept


class Due(Kept):
    """One thing to do: `kind` says how, `subject` with what. Who takes it holds a lease, so that it is never nobody's.

    `done_at` ends it; `problem` says then or meanwhile what went wrong (the name of an error, never its words).
    """

    kind = models.CharField(max_length=32)
    subject = models.UUIDField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=models.Q(done_at=None), name="due_and_not_done")]

    def __str__(self) -> str:
        return self.kind
