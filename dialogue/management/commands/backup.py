"""backup FILE: the whole database as one file, while people write."""

import pathlib
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from dialogue.archive import backup
from dialogue.management.files import kept

LEFT_OUT = """\
Not in it: the secret key (keep SECRET_KEY or .data/secret-key apart: with another key, statements that are not
attributed by name get other labels and everybody has to sign in again), and the settings in the environment."""
CARE = """\
It can be read by you alone, and holds every name and word, also what was said off the record and not yet erased."""


class Command(BaseCommand):
    """Writes what `restore` reads."""

    help = "Write everything that the database holds to a file: of one moment, while the server runs and people write."

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("file", help="the file to write; what it held is replaced when all is written")
        parser.add_argument(
            "--sign-ins", action="store_true", help="with who is signed in now: whoever has the file could be them"
        )

    def handle(self, *args: Any, file: str, sign_ins: bool, **options: Any) -> None:
        """Django’s own: what the command does."""
        path = pathlib.Path(file)
        try:
            with kept(path) as written:
                header = backup.write(written, sign_ins=sign_ins)
        except backup.Refused as problem:
            raise CommandError(f"{problem}.") from problem
        except OperationalError as problem:
            raise CommandError(f"The database does not answer: {problem}. DATABASE_URL says where it is.") from problem
        rows = sum(part.rows for part in header.tables)
        self.stdout.write(
            f"Wrote {path} ({path.stat().st_size:,} bytes): {rows:,} rows of {len(header.tables)} tables, "
            f"as they were on {header.made:%Y-%m-%d at %H:%M:%S} UTC."
        )
        self.stdout.write(LEFT_OUT if sign_ins else f"{LEFT_OUT} Nor is who is signed in.")
        self.stdout.write(CARE)
