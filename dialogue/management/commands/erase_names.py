"""erase_names [EVENT]: on which day names are erased, event by event; and erase them where that day has come."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dialogue.events.models import Event
from dialogue.events.retention import erased_on, erases_names, has_wishes
from dialogue.management.events import event_called, ready_database
from dialogue.retention.actions import erase_names


class Command(BaseCommand):
    """What the server does by itself every day, by hand."""

    help = (
        "Erase who said what where its day has come: so many days after the report is out, and at the latest a year "
        "after the session. Texts and counts stay. Prints the day of each event. It cannot be undone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("event", nargs="?", help="the event's slug; without it, every event")
        parser.add_argument("--now", action="store_true", help="erase the names of EVENT today, whatever its day")

    def handle(self, *args: Any, event: str | None, now: bool, **options: Any) -> None:
        """Django’s own: what the command does."""
        ready_database()
        if now and not event:
            raise CommandError("Name the event whose names are to be erased today: erase_names EVENT --now.")
        events = [event_called(event)] if event else list(Event.objects.order_by("slug"))
        for one in events:
            self.stdout.write(f"{one.slug}: {self.done(one, now=now)}")

    def done(self, event: Event, *, now: bool) -> str:
        """Erase names where that is due; in a sentence, how it stands."""
        if event.names_erased_at:
            return f"names were erased on {event.names_erased_at:%Y-%m-%d}."
        if not erases_names(event) and not has_wishes(event):
            return "everything is reported by name: names stay."
        day = erased_on(event)
        if now or (day and day <= timezone.now()):
            return "names are erased." if erase_names(event) else "nothing was to be erased."
        return f"names are erased on {day:%Y-%m-%d}." if day else "no day is set: names stay."
