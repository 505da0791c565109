"""What the commands share that read a record of an event: the file, and how its errors are told."""

import pathlib
from collections.abc import Callable, Iterator

from django.core.management.base import CommandError, CommandParser

from dialogue.archive import format
from dialogue.archive.shape import Error

MOST_PRINTED, MOST_COUNTED = 100, 100_000  # errors, where nobody asks for all: a wrong file can have 30 million


def contents(file: str) -> bytes:
    """A file's bytes, one more than may be at the most. Raises CommandError where it cannot be read."""
    try:
        with pathlib.Path(file).open("rb") as opened:
            return opened.read(format.LARGEST + 1)
    except OSError as problem:
        raise CommandError(f"{file}: {problem.strerror or problem}.") from problem


def add_record(parser: CommandParser) -> None:
    """The arguments of a command that reads a record."""
    parser.add_argument("file", help="the record")
    parser.add_argument(
        "--all-errors", action="store_true", help=f"print all errors, not the first {MOST_PRINTED} only"
    )


def print_errors(errors: Iterator[Error], write: Callable[[str], object], *, all_errors: bool) -> str:
    """Print each error by its path, after the first hundred only how many more there are.

    Returns how many there are, in words; "" where there are none.
    """
    count = 0
    for count, (path, text) in enumerate(errors, 1):
        if all_errors or count <= MOST_PRINTED:
            write(f"{path}: {text}")
        elif count > MOST_COUNTED:
            break
    is_more = count > MOST_COUNTED and not all_errors
    told = f"more than {MOST_COUNTED:,}" if is_more else f"{count:,}"
    if count > MOST_PRINTED and not all_errors:
        write(f"The first {MOST_PRINTED} of {told} errors: --all-errors prints all of them.")
    return f"{told} error{'s' * (count != 1)}" if count else ""
