"""What happened: the streams of a session and their numbered entries; the deeds that a resend finds again."""

from django.db import models

from dialogue.events.models import Session
from dialogue.kept import Kept
from dialogue.people.models import Person


class Stream(Kept):
    """What one audience of a session is told: `public`, `table`, `staff` or `person:<id>`. `head`: its last number."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="streams")
    audience = models.CharField(max_length=48)
    head = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "audience"], name="stream_once_an_audience")]

    def __str__(self) -> str:
        return self.audience


class Entry(models.Model):
    """A pointer, without a word: that something happened to something. `turn`: the event's turn that made it."""

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="entries")
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=32)
    subject = models.UUIDField()
    turn = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["stream", "number"], name="entry_number_once")]
        indexes = [models.Index(fields=["turn", "stream"], name="entry_by_turn")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class Deed(Kept):
    """Something that a person did at a table under a key of their page: the same key is the same deed, for ever.

    Neither the key nor the words are kept, but what both are known again by: `record.actions.sealed`.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="deeds")
    person = models.ForeignKey(Person, models.CASCADE, related_name="deeds")
    key = models.CharField(max_length=64)
    words = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    subject = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person", "key"], name="deed_key_once")]

    def __str__(self) -> str:
        return self.kind


class Looked(Kept):
    """Up to which turn of the event somebody has seen a session's page."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="looks")
    person = models.ForeignKey(Person, models.CASCADE, related_name="looks")
    turn = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="looked_once")]

    def __str__(self) -> str:
        return f"{self.person} up to {self.turn}"
