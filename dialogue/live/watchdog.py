"""Watchdog of the process: ends it where a thread that it cannot do without has died, and tells systemd that it lives.

A thread dies of what no code of its own can catch (no memory for the next call). Whatever is handed to it afterwards
waits for ever, while the process looks well: so it ends with an exit code, and whoever supervises it starts another.
"""

import contextlib
import os
import socket
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

LOOKS = 5.0  # seconds between two looks, where systemd asks for none that are closer together
EXIT_CODE = 70  # EX_SOFTWARE of sysexits.h
WORKERS: "weakref.WeakSet[Worker]" = weakref.WeakSet()  # those of this process


class Worker(ThreadPoolExecutor):
    """One thread, that can say what it is still at when its request is already over (its client has left)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.thread: threading.Thread | None = None
        self.last: Future | None = None
        super().__init__(1, name, initializer=self.note_thread)
        WORKERS.add(self)

    def note_thread(self) -> None:
        """Remember the thread, in the thread."""
        self.thread = threading.current_thread()

    def submit(self, fn: Callable, /, *args: Any, **kwargs: Any) -> Future:
        """Do that next."""
        self.last = super().submit(fn, *args, **kwargs)
        return self.last

    def unfinished(self) -> Future | None:
        """What the thread is at, or None."""
        return self.last if self.last and not self.last.done() else None

    @property
    def is_dead(self) -> bool:
        """Whether its thread has ended: what is submitted from now on is never done."""
        return self.thread is not None and not self.thread.is_alive()


def list_dead(*threads: threading.Thread | None) -> list[str]:
    """The names of those of these threads, and of all workers, that have ended; None was not started yet."""
    dead = [one.name for one in threads if one is not None and not one.is_alive()]
    return [*dead, *sorted(one.name for one in WORKERS if one.is_dead)]


def notify_systemd(state: str) -> None:
    """Tell systemd (Type=notify), where it asks for that."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)


def seconds_between_looks() -> float:
    """How often to look: twice in systemd's WatchdogSec (WATCHDOG_USEC, in microseconds), where it is set."""
    asked = os.environ.get("WATCHDOG_USEC", "")
    return min(LOOKS, int(asked) / 2_000_000) if asked.isdigit() and int(asked) else LOOKS
