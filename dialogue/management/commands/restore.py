"""restore FILE: the database out of a file that `backup` wrote."""

import contextlib
import pathlib
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from dialogue.archive.backup import Header, Refused
from dialogue.archive.restore import Occupied, checked, restore
from dialogue.bootstrap import seized
from dialogue.management.startup import holder, lock_file

TOLD = {"dialogue.event": "events", "dialogue.attendee": "people", "dialogue.contribution": "contributions"}


class Command(BaseCommand):
    """Reads what `backup` writes."""

    help = "Fill the database from a backup, whichever of SQLite and PostgreSQL it came from. All of it, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("file", help="the backup")
        either = parser.add_mutually_exclusive_group()
        either.add_argument("--replace", action="store_true", help="in place of everything that the database holds")
        either.add_argument("--check", action="store_true", help="only read the file to its end, and say what it is")

    def handle(self, *args: Any, file: str, replace: bool, check: bool, **options: Any) -> None:
        """Django’s own: what the command does."""
        try:
            with pathlib.Path(file).open("rb") as opened, contextlib.nullcontext() if check else unserved():
                header = checked(opened) if check else restore(opened, replace=replace)
        except Occupied as problem:
            raise CommandError(f"{problem}. Give --replace to replace all of it. Nothing was changed.") from problem
        except Refused as problem:
            raise CommandError(f"{file}: {problem}. Nothing was changed.") from problem
        except OperationalError as problem:
            raise CommandError(f"The database does not answer: {problem}. DATABASE_URL says where it is.") from problem
        except OSError as problem:
            raise CommandError(f"{file}: {problem.strerror or problem}.") from problem
        self.tell(header, "Whole" if check else "Restored")
        if not check:
            signed_in = any(part.name == "sessions.session" for part in header.tables)
            self.stdout.write("Open pages read everything anew" + ("." if signed_in else "; everybody signs in again."))

    def tell(self, header: Header, done: str) -> None:
        """What is in the backup."""
        rows = {part.name: part.rows for part in header.tables}
        known = ", ".join(f"{rows[name]:,} {word}" for name, word in TOLD.items() if name in rows)
        made = f"{header.made:%Y-%m-%d at %H:%M:%S} UTC"
        self.stdout.write(f"{done}: {known}; {sum(rows.values()):,} rows in all, as they were on {made}.")


@contextlib.contextmanager
def unserved() -> Iterator[None]:
    """Keep the server of an embedded database out for as long as the block lasts. Raises CommandError where it runs."""
    path = lock_file()
    if path is None:  # PostgreSQL: its servers see the new epochs
        yield
        return
    with path.open("a+") as lock:
        if not seized(lock):
            raise CommandError(f"A server{holder(path)} has this database open. Stop it, restore, and start it again.")
        yield
