"""take_in: people of a CSV file get a seat in an event; no letter goes out."""

import pathlib
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogue.convening import spreadsheet
from dialogue.convening.actions import people
from dialogue.events.models import Event, Pass, Role, Session
from dialogue.management.events import require_tables

MOST_BYTES = 1024 * 1024


class Command(BaseCommand):
    """A table of people into a session."""

    help = "Take the people of a CSV file in to an event (name, email, function, affiliation, sector, role), or nobody."

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("event", help="the event's slug, as in its address")
        parser.add_argument("file", type=pathlib.Path, help="a CSV file in UTF-8, with or without headings")
        parser.add_argument("--session", default="", metavar="KEY", help="the session they sit in (default: the first)")

    def handle(self, *args: Any, event: str, file: pathlib.Path, session: str, **options: Any) -> None:
        """Django’s own: what the command does."""
        require_tables()
        at = self.session(event, session)
        convenor = Pass.objects.filter(event=at.event, role=Role.CONVENOR).select_related("person").first()
        if convenor is None:
            raise CommandError(f"“{event}” has no convenor. Name one: manage.py admit {event} EMAIL --role convenor.")
        rows: list[spreadsheet.Row] = []
        try:
            rows = spreadsheet.read(self.read(file))
            taken = people.take_in(at, convenor.person, rows)
        except ValidationError as problem:
            for row in rows:
                for sentence in row.problems:
                    self.stderr.write(f"row {row.number} ({row.name or '?'}): {sentence}")
            raise CommandError(" ".join(problem.messages)) from problem
        self.stdout.write(f"{len(taken)} people have a seat in “{at.title}”.")

    def read(self, file: pathlib.Path) -> str:
        """The file's text."""
        try:
            if file.stat().st_size > MOST_BYTES:
                raise CommandError(f"{file} has more than a MiB: is it a table of people?")
            return file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as problem:
            raise CommandError(f"{file} cannot be read: {problem}. It is to be CSV in UTF-8.") from problem

    def session(self, slug: str, key: str) -> Session:
        """The session that is meant."""
        found = Event.objects.filter(slug=slug).first()
        if found is None:
            raise CommandError(f"There is no event “{slug}”.")
        rows = found.sessions.select_related("event")
        one = rows.filter(key=key).first() if key else rows.first()
        if one is None:
            raise CommandError(f"Its sessions are: {', '.join(rows.values_list('key', flat=True))}.")
        return one
