"""dump_record EVENT: an event out of the database, as a record in canonical form."""

import pathlib
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dialogue.archive.dump import dump
from dialogue.archive.format import canonical
from dialogue.management.events import event_called
from dialogue.management.files import keep


class Command(BaseCommand):
    """Writes the bytes that `load_record` reads."""

    help = "Write the record of an event (dialogue-record/2, canonical JSON) to standard output or to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("event", help="the event's slug")
        parser.add_argument("-o", "--output", help="the file to write; standard output where none is named")

    def handle(self, *args: Any, event: str, output: str | None, **options: Any) -> None:
        """Django’s own: what the command does."""
        text = canonical(dump(event_called(event))).encode()
        if output:
            keep(pathlib.Path(output), text)
        else:
            self.write(text)

    def write(self, text: bytes) -> None:
        """The exact bytes, whatever the terminal's encoding."""
        raw = getattr(self.stdout._out, "buffer", None)
        if raw is None:  # a caller's StringIO
            self.stdout.write(text.decode(), ending="")
        else:
            raw.write(text)
            raw.flush()
