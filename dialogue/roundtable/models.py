"""The table's running: who has the floor, and who had it when."""

from django.db import models

from dialogue.events.models import Attendee, Event, Item, Session
from dialogue.kept import Kept, Listed


class Floor(Listed):
    """One person's turn at speaking."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="floor")
    session = models.ForeignKey(Session, models.CASCADE, related_name="floor")
    item = models.ForeignKey(Item, models.CASCADE, related_name="floor")
    attendee = models.ForeignKey(Attendee, models.CASCADE, related_name="floor")
    start = models.DateTimeField()
    start_written = models.TextField(blank=True)
    end = models.DateTimeField()
    end_written = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.item} from {self.start:%H:%M}"


class Speaking(Kept):
    """Who has the floor in a session now; ended, it becomes a `Floor`."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="speaking")
    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    attendee = models.ForeignKey(Attendee, models.CASCADE, related_name="+")
    start = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.attendee} since {self.start:%H:%M}"
