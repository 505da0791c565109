"""The server's own clock: a thread that does what is due, woken when something is put down, and by itself."""

import logging
import threading
from collections.abc import Callable

from django.db import Error, close_old_connections

from dialogue.logs import tell

LOOKS = 5.0  # seconds between looks where nobody wakes it: another process may have put something down

_woken = threading.Event()
_running: threading.Thread | None = None
_starting = threading.Lock()


def wake() -> None:
    """There may be something to do."""
    _woken.set()


def start(work: Callable[[], bool], forget: Callable[[], None]) -> None:
    """Begin, once in a process: `work` does one thing and says whether there was one; `forget` clears up."""
    global _running
    with _starting:
        if _running is None:
            _running = threading.Thread(target=run, args=(work, forget), name="due", daemon=True)
            _running.start()


def thread() -> threading.Thread | None:
    """The thread in which this process does what is due, or None before it has begun."""
    return _running


def run(work: Callable[[], bool], forget: Callable[[], None]) -> None:
    """Work for as long as the process lives."""
    while True:
        _woken.clear()
        close_old_connections()
        try:
            worked = False
            while work():
                worked = True
            if worked:  # not at every look: it writes
                forget()
        except Error as problem:  # the database is away: what is due stays due
            tell("due-waits", logging.WARNING, problem=type(problem).__name__)
        _woken.wait(LOOKS)
