"""check_format FILE: is a file a record of an event, by every rule of docs/record-format.md?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogue.archive import format
from dialogue.management.records import add_record, contents, print_errors


class Command(BaseCommand):
    """Asks the rules of the format, and no database."""

    help = "Check a record of an event (dialogue-record/1 or /2, JSON). Exits 1 with its errors by their JSON paths."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        add_record(parser)

    def handle(self, *args: Any, file: str, all_errors: bool, **options: Any) -> None:
        """Django’s own: what the command does."""
        written = contents(file)
        try:
            record = format.read(written)
        except format.Unreadable as problem:
            raise CommandError(f"{file}: {problem}.") from problem
        if print_errors(format.each_error(record), self.stdout.write, all_errors=all_errors):
            sys.exit(1)
        counts = ", ".join(f"{len(value)} {name}" for name, value in record.items() if isinstance(value, list))
        is_canonical = written == format.canonical(format.in_order(record)).encode()
        order = "in canonical form" if is_canonical else "not in canonical form: dump_record writes it otherwise"
        self.stdout.write(f"{file}: {record['format']}, {order}; {counts}")
