"""load_record FILE: a record of an event into the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogue.archive import format
from dialogue.archive.load import AlreadyThere, Invalid, load
from dialogue.events.actions import seat_samples
from dialogue.management.events import ready_database
from dialogue.management.records import add_record, contents, print_errors
from dialogue.people.models import Person


class Command(BaseCommand):
    """Reads what `dump_record` writes."""

    help = "Load a record of an event (dialogue-record/1 or /2, JSON). All of it is loaded, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        add_record(parser)
        parser.add_argument("--replace", action="store_true", help="replace the event of the same slug")

    def handle(self, *args: Any, file: str, replace: bool, all_errors: bool, **options: Any) -> None:
        """Django’s own: what the command does."""
        written = contents(file)
        ready_database()
        try:
            event = load(format.read(written), replace=replace)
        except format.Unreadable as problem:
            raise CommandError(f"{file}: {problem}. Nothing was changed.") from problem
        except AlreadyThere as problem:
            raise CommandError(f"{problem}. Give --replace to replace it. Nothing was changed.") from problem
        except Invalid as problem:
            number = print_errors(problem.errors, self.stderr.write, all_errors=all_errors)
            raise CommandError(f"{file}: {number}. Nothing was changed.") from problem
        self.stdout.write(f"Loaded “{event.title}” as {event.slug}.")
        if Person.objects.filter(is_sample=True).exists():
            seat_samples(event)
            self.stdout.write("The demo's people have seats in it: open the demo to read it.")
        else:
            self.stdout.write("The commands check_record and report work with it now; its pages are its members'.")
