"""The audit: who did what to which id, when; each act bound to the one before it. Without words, and without names."""

from django.db import models

from dialogue.events.models import Event
from dialogue.kept import Kept


class Act(Kept):
    """Something that was done in an event, once and for all: the database refuses to change it or to take it away, and
    to add any but the next.

    `number` counts without gaps from 1 in its event; `person` is the id of an account (null: a visitor, a command),
    `deed` what was done, `subject` the id of what it was done to, `session` that of the session where it was in one.
    They are ids and no foreign keys: an act outlives what it is about. `before` is the hash of the act before ("" for
    the first), `hash` that of this one with `before` in it (`chain.py`), `key` which secret key it was made under.
    `erased`: the seal of an act whose `person` was erased, by which the rest of it is checked; "" of all others.
    """

    # The database takes an event's acts along with it, once it is gone: before that it lets none go.
    event = models.ForeignKey(Event, models.DO_NOTHING, related_name="acts")
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    person = models.UUIDField(null=True)
    deed = models.CharField(max_length=32)
    subject = models.UUIDField()
    session = models.UUIDField(null=True)
    key = models.CharField(max_length=16)
    before = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    erased = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["event", "number"], name="act_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.deed}"
