"""verify_audit [EVENT]: is every act in the audit as it was written, and is none missing or one too many?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dialogue.audit.checking import Fault, What, checked, end_of
from dialogue.events.models import Event
from dialogue.management.events import event_called, ready_database

SENTENCES = {
    What.CHANGED: "{acts} changed",
    What.MOVED: "act {first} was given the number {last}",
    What.MISSING: "{acts} taken away",
    What.CUT_OFF: "{acts} cut off at the end",
    What.ADDED: "{acts} added by somebody who does not have the secret key",
    What.BEYOND: "{acts} written, and the event's row says that the audit ends before",
    What.APART: "act {last} does not follow on what stands before it: one of the two is of another copy of this audit",
    What.END: "the event's row was changed and does not say where the audit ends; the last act that is there is {last}",
    What.STRANGE: "{acts} written under another secret key: nobody can say whether as it stands, unless "
    "FORMER_SECRET_KEYS names it",
}


class Command(BaseCommand):
    """Looks through the audit."""

    help = (
        "Check the audit of an event, or of all: who did what to which id, when. Prints how many acts there are, or "
        "which of them was changed, taken away or added. Exits 1 where there is one. FORMER_SECRET_KEYS, separated by "
        "blanks, are the keys of servers that the record was on before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("event", nargs="?", help="the event's slug; without it, every event")

    def handle(self, *args: Any, event: str | None, **options: Any) -> None:
        """Django’s own: what the command does."""
        ready_database()
        events = [event_called(event)] if event else Event.objects.order_by("slug").iterator()
        wrong = [self.look_through(one) for one in events]
        if any(wrong):
            sys.exit(1)

    def look_through(self, event: Event) -> int:
        """Print what there is to say of one event; how many faults that is."""
        walk = checked(event)
        found = list(walk.faults(end_of(event.pk)))
        for fault in found:
            self.stdout.write(f"{event.slug}: {sentence(fault)}")
        if walk.untold:
            self.stdout.write(f"{event.slug}: and more of the kind: {walk.untold}")
        if not found:
            self.stdout.write(f"{event.slug}: {walk.count} {'act' if walk.count == 1 else 'acts'}, whole")
        return len(found)


def sentence(fault: Fault) -> str:
    """A fault in words, with its numbers and its time."""
    one = fault.first == fault.last
    acts = f"act {fault.first} was" if one else f"acts {fault.first} to {fault.last} were"
    told = SENTENCES[fault.what].format(acts=acts, first=fault.first, last=fault.last)
    if fault.at is None:
        return told
    when = fault.at.isoformat(timespec="seconds")
    return f"{told} ({'after ' if fault.what in AFTER else ''}{when})"


AFTER = {What.MISSING, What.CUT_OFF, What.END, What.BEYOND}  # whose time is that of an act which is there
