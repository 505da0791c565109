"""Files that commands write."""

import contextlib
import os
import pathlib
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.core.management.base import CommandError

from dialogue.bootstrap import seized

PRIVATE = 0o600
UNFINISHED = ".unfinished-"  # how a file's name begins until all of it is written
ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def keep(path: pathlib.Path, written: bytes) -> None:
    """Write a file whole, or leave what was there. Raises CommandError where that cannot be done."""
    with kept(path, 0o644) as file:
        file.write(written)


@contextlib.contextmanager
def kept(path: pathlib.Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """An open file that takes the place of `path` when all is written and on the disk; otherwise what was there stays.

    Nothing else is left, whatever ends it; what one left that was killed, the next one into the folder removes. Raises
    CommandError where it cannot be written.
    """
    try:
        remove_unfinished(path.parent)
        with ended_in_order():
            handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)  # readable by its owner alone
            try:
                with os.fdopen(handle, "wb") as file:
                    seized(file)  # as long as it is written, nobody removes it
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


def remove_unfinished(folder: pathlib.Path) -> None:
    """Remove the files of processes that were killed while they wrote: their locks ended with them."""
    for path in folder.glob(UNFINISHED + "*"):
        with contextlib.suppress(OSError), path.open("rb") as file:
            if seized(file):
                path.unlink()


@contextlib.contextmanager
def ended_in_order() -> Iterator[None]:
    """Let a signal that ends the process end the block first, through every `finally`; only in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {number: signal.signal(number, end) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def end(number: int, _frame: Any) -> None:
    """End as a shell expects it after that signal."""
    sys.exit(128 + number)


def settle(folder: pathlib.Path) -> None:
    """Have the names in a folder on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
