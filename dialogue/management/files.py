"""Files that commands write."""

import os
import pathlib
import tempfile

from django.core.management.base import CommandError


def keep(path: pathlib.Path, written: bytes) -> None:
    """Write a file whole, or leave what was there. Raises CommandError where that cannot be done."""
    try:
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
        with os.fdopen(handle, "wb") as file:
            file.write(written)
        os.chmod(unfinished, 0o644)
        os.replace(unfinished, path)
    except OSError as problem:
        raise CommandError(f"{path}: {problem.strerror or problem}.") from problem
