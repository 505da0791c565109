"""roles: the page of the docs that says who may do what."""

import pathlib
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override

from dialogue.management.roles import page


class Command(BaseCommand):
    """Writes the page that `docs/roles.md` is."""

    help = "Write the table of roles and rights as the program has it (Markdown) to standard output or to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("-o", "--output", help="the file to write, such as docs/roles.md")

    def handle(self, *args: Any, output: str | None, **options: Any) -> None:
        """Django’s own: what the command does."""
        with override("en"):
            text = page()
        if output:
            pathlib.Path(output).write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
