"""check_format FILE: is a file a record of an event, by every rule of docs/record-format.md?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogue.archive import format
from dialogue.management.commands.load_record import contents


class Command(BaseCommand):
    """Asks the rules of the format, and no database."""

    help = "Check a record of an event (dialogue-record/1 or /2, JSON). Exits 1 with every error by its JSON path."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("file", help="the record")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        """Django’s own: what the command does."""
        try:
            record = format.read(contents(file))
            errors = format.errors(record)
        except format.Unreadable as problem:
            raise CommandError(f"{file}: {problem}.") from problem
        for path, text in errors:
            self.stdout.write(f"{path}: {text}")
        if errors:
            sys.exit(1)
        counts = ", ".join(f"{len(value)} {name}" for name, value in record.items() if isinstance(value, list))
        is_canonical = contents(file) == format.canonical(format.in_order(record)).encode()
        order = "in canonical form" if is_canonical else "not in canonical form: dump_record writes it otherwise"
        self.stdout.write(f"{file}: {record['format']}, {order}; {counts}")
