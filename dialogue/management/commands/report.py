"""report EVENT: the chapter of an event as a file."""

import pathlib
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogue.events.models import Regime
from dialogue.management.events import event_called
from dialogue.management.files import keep
from dialogue.report import formats
from dialogue.report.compile import CannotCompile, compile
from dialogue.report.pandoc import WriterFailed


class Command(BaseCommand):
    """Writes one file, or nothing."""

    help = "Write the chapter of an event to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("event", help="the event's slug")
        parser.add_argument("--format", required=True, choices=[*formats.FORMATS], help="the file's format")
        parser.add_argument("-o", "--output", required=True, help="the file to write")
        parser.add_argument("--regime", choices=Regime.values, help="an attribution regime stricter than the event's")
        parser.add_argument("--language", help="a language that the chapter has")
        parser.add_argument("--reference", help="a publisher's Word template (.docx), with --format docx")

    def handle(self, *args: Any, event: str, output: str, **options: Any) -> None:
        """Django’s own: what the command does."""
        if options["reference"] and options["format"] != "docx":
            raise CommandError("--reference goes with --format docx: it is a template for Word.")
        try:
            template = pathlib.Path(options["reference"]).read_bytes() if options["reference"] else None
        except OSError as problem:
            raise CommandError(f"{options['reference']}: {problem.strerror or problem}.") from problem
        try:
            report = compile(event_called(event), regime=options["regime"], language=options["language"])
            written = formats.write(report, options["format"], template)
        except CannotCompile as problem:
            places = [getattr(one, "address", "") for one in problem.reasons]
            told = [f"{one} {at}".strip() for one, at in zip(problem.reasons, places, strict=True)]
            raise CommandError("\n".join([*told, "Nothing was written."])) from problem
        except WriterFailed as problem:
            raise CommandError(f"{problem} Nothing was written.") from problem
        keep(pathlib.Path(output), written)
        self.stdout.write(f"{output}: {len(written):,} bytes{', a draft' if report.draft else ''}.")
