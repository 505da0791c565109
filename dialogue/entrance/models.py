"""Coming in: the codes that sign somebody in."""

from django.db import models

from dialogue.kept import Kept


class Code(Kept):
    """A code that was sent, counted apart from the sign-in that it is for: many tries at once are still many tries.

    The code itself lies in the session of who asked for it.
    """

    until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    spent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "spent" if self.spent_at else "open"
