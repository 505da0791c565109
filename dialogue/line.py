"""The line of those who write: one after another in this process, where the database has no line of its own."""

import threading
from contextlib import AbstractContextManager, nullcontext

from django.db import connection

_line = threading.RLock()


def in_line() -> AbstractContextManager[object]:
    """Wait for one's turn in this process, where the database has no line of its own.

    Who waits for SQLite's lock looks again now and then, and whoever looks at the right moment has it: with twenty
    people writing at once, some wait until their time is over while others pass them again and again. Who is in a
    transaction has that lock already, and waits for nobody who waits for it.
    """
    has_line = connection.vendor != "sqlite" or connection.in_atomic_block
    return nullcontext() if has_line else _line
