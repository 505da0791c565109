"""Hints: that something happened in an event. They carry no words, may be lost, and only save waiting.

A hint is an event's id, or what a process says of its open pages (`here …`, ids only). Within a process it calls
whoever listens. With REDIS_URL it also goes out by one PUBLISH, from a queue of its own
with a time limit, so that a frozen Redis holds up nobody; every process has one subscription.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable

import redis
from django.conf import settings

Listener = Callable[[str], None]

CHANNEL = "roundtable-hints"
PATIENCE = 1.0  # seconds that Redis may take; a hint that waits longer is dropped
WAITING = 1000  # hints in the queue; more are dropped

_listeners: list[Listener] = []
_outbox: "queue.Queue[str]" = queue.Queue(WAITING)
_sender: threading.Thread | None = None
_receiver: threading.Thread | None = None
_starting = threading.Lock()


def listen(listener: Listener) -> None:
    """Call `listener(hint)` on every hint, from any thread, for as long as the process lives."""
    global _receiver
    _listeners.append(listener)
    with _starting:
        if settings.REDIS_URL and _receiver is None:
            _receiver = threading.Thread(target=receive, name="hints-in", daemon=True)
            _receiver.start()


def unlisten(listener: Listener) -> None:
    """Call it no more."""
    with contextlib.suppress(ValueError):
        _listeners.remove(listener)


def give(event: str) -> None:
    """Say that something happened in an event (its id). Never waits, never fails."""
    told(event)
    pass_on(event)


def pass_on(event: str) -> None:
    """Say it to the other processes."""
    if settings.REDIS_URL:
        start_sender()
        with contextlib.suppress(queue.Full):
            _outbox.put_nowait(event)


def told(event: str) -> None:
    """Tell the listeners of this process."""
    for listener in list(_listeners):
        listener(event)


def start_sender() -> None:
    """One thread a process sends."""
    global _sender
    if _sender is None:
        with _starting:
            if _sender is None:
                _sender = threading.Thread(target=send, name="hints-out", daemon=True)
                _sender.start()


def connected() -> "redis.Redis":
    """A connection that gives up after PATIENCE."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, health_check_interval=0
    )


def send() -> None:
    """Publish what is in the queue; the same event once where several hints wait."""
    client = connected()
    while True:
        waiting = {_outbox.get()}
        with contextlib.suppress(queue.Empty):
            while True:
                waiting.add(_outbox.get_nowait())
        for event in waiting:
            with contextlib.suppress(redis.RedisError, OSError):
                client.publish(CHANNEL, event)


def receive() -> None:
    """Pass on what the processes publish, this one too (which costs nothing); after a fault, subscribe again."""
    while True:
        with contextlib.suppress(redis.RedisError, OSError, ValueError):
            subscription = connected().pubsub(ignore_subscribe_messages=True)
            subscription.subscribe(CHANNEL)
            while True:
                message = subscription.get_message(timeout=PATIENCE / 2)
                if message:
                    told(message["data"].decode())
        time.sleep(PATIENCE)
