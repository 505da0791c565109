"""A text frame as bytes, made once for all pages and handed to the transport past Channels' own `send`.

Channels and Daphne frame and encode every message for every page anew; at 500 pages that is most of the cost of a
delivery. What a server sends is unmasked, so the same bytes serve everybody. This reaches into private names: Daphne
gives the application a `functools.partial` whose first argument is the connection's protocol; Autobahn's protocol has
its `transport`; Twisted's transport says whether anything waits in it, and where nothing does the socket takes the
frame without a round through the reactor. `tests/test_wire.py` pins the names; without them, frames go through `send`.
"""

import asyncio
import collections
import contextlib
import functools
import struct
from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]

TEXT = 0x81  # FIN, opcode 1


def framed(text: str) -> bytes:
    """A text message as one unmasked frame (RFC 6455, 5.2)."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", TEXT, size) + payload
    if size < 65536:
        return struct.pack("!BBH", TEXT, 126, size) + payload
    return struct.pack("!BBQ", TEXT, 127, size) + payload


def payload_of(frame: bytes) -> str:
    """The text in a frame made by `framed`."""
    size = frame[1]
    return frame[4 if size == 126 else 10 if size == 127 else 2 :].decode()


class Direct:
    """Writes frames to the connection's socket, and what it does not take at once to the transport behind it."""

    def __init__(self, protocol: Any):
        self.protocol = protocol

    def write(self, frame: bytes) -> None:
        """Hand over a frame; after the connection is lost, nothing happens."""
        transport = self.protocol.transport
        if transport is None or transport.disconnecting or not transport.connected:
            return
        if not (transport.dataBuffer or transport._tempDataBuffer):  # nothing waits that must go first
            with contextlib.suppress(OSError):  # would block, or broken: the transport knows what to do
                frame = frame[transport.socket.send(frame) :]
        if frame:
            transport.write(frame)


class Queued:
    """Writes frames through the server's own `send`, one after the other."""

    def __init__(self, send: Send):
        self.send = send
        self.waiting: collections.deque[bytes] = collections.deque()
        self.task: asyncio.Task | None = None

    def write(self, frame: bytes) -> None:
        """Put a frame behind those that wait."""
        self.waiting.append(frame)
        if self.task is None or self.task.done():
            self.task = asyncio.ensure_future(self.run())

    async def run(self) -> None:
        """Send what waits; at its end nothing is left of a page that has gone."""
        with contextlib.suppress(Exception):  # the server says in its own way that the connection is gone
            while self.waiting:
                await self.send({"type": "websocket.send", "text": payload_of(self.waiting.popleft())})


PRIVATE = ("dataBuffer", "_tempDataBuffer", "socket", "disconnecting", "connected", "write")


def writer(send: Send) -> Direct | Queued:
    """The quickest way to write to a page."""
    protocol = send.args[0] if isinstance(send, functools.partial) and send.args else None
    transport = getattr(protocol, "transport", None)
    if transport is not None and all(hasattr(transport, name) for name in PRIVATE):
        return Direct(protocol)
    return Queued(send)
