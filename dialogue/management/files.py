"""Files that commands write."""

import contextlib
import os
import pathlib
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from django.core.management.base import CommandError

PRIVATE = 0o600


def keep(path: pathlib.Path, written: bytes) -> None:
    """Write a file whole, or leave what was there. Raises CommandError where that cannot be done."""
    with kept(path, 0o644) as file:
        file.write(written)


@contextlib.contextmanager
def kept(path: pathlib.Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """An open file that takes the place of `path` when all is written and on the disk; otherwise what was there stays.

    Raises CommandError where it cannot be written.
    """
    try:
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")  # readable by its owner alone
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fchmod(handle, mode)
                os.fsync(handle)
            os.replace(unfinished, path)
            settle(path.parent)
        finally:
            pathlib.Path(unfinished).unlink(missing_ok=True)
    except OSError as problem:
        raise CommandError(f"{path}: {problem.strerror or problem}.") from problem


def settle(folder: pathlib.Path) -> None:
    """Have the names in a folder on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
