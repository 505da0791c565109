"""Where an embedded database lies."""

import os
import pathlib

from django.db import connection


def is_in_memory() -> bool:
    """Whether SQLite keeps nothing on a disk."""
    name = str(connection.settings_dict["NAME"])
    return ":memory:" in name or "mode=memory" in name


def database_file() -> pathlib.Path | None:
    """The file of an embedded database; None where there is none."""
    if connection.vendor != "sqlite" or is_in_memory():
        return None
    return pathlib.Path(os.path.realpath(str(connection.settings_dict["NAME"])))
