"""Daphne's connections with the limits that it lacks: what is too large or too slow is refused before it is read.

Twisted and Daphne read a whole body before the application sees any of it, wait for ever for a request that comes byte
by byte, and give a browser no reason when they hang up.
"""
# ruff: noqa: N802, N815 - what is overridden here has Twisted's names

import sys
import time
from collections.abc import Callable
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import RESPONSES, HTTPChannel
from twisted.web.http_headers import Headers

from dialogue.live.refusals import LARGEST, refusal
from dialogue.logs import tell

LONGEST_ADDRESS = 4096  # bytes of a request's first line
HEADERS = 16 * 1024  # bytes of it and all headers
HEADERS_TAKE, BODY_TAKES = 10, 60  # seconds
IDLE = 150  # seconds between two requests on a connection: longer than a proxy keeps one, or it would post into nothing
LINGERS, SWALLOWED = 5, 16 * LARGEST  # seconds and bytes in which a refused sender may come to read why
LARGEST_FRAME = 64 * 1024  # bytes of a message from a page; the protocol's own limit of 8 KiB is kept by the consumer
LARGEST_SENT = 4 * 1024 * 1024  # autobahn holds what we send to the same number as what we get
PING, PONG_TAKES = 10, 15  # seconds
DRAIN_TAKES, END_TAKES = 8.0, 9.5  # seconds for what is in flight, and until the process is gone whatever happens
FILES = 65_536  # open files: each page that is open is one; the usual limit is 1,024
SPARE_FILES = 256  # of these kept free of idle connections
HANDSHAKE_TAKES = 15  # seconds in which the application has accepted or refused a socket


class Channel(HTTPChannel):
    """One connection of a browser or a proxy: requests one after another, each within its limits."""

    maxHeaders = 100
    totalHeadersSize = HEADERS
    MAX_LENGTH = HEADERS
    is_refused = False
    swallowed = 0
    deadline: Any = None
    transport: Any

    def connectionMade(self) -> None:
        """Twisted’s own."""
        super().connectionMade()
        self.factory.admit_channel(self)
        self.expect(HEADERS_TAKE, self.too_slow)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Twisted’s own."""
        self.leave()
        super().connectionLost(reason)

    def leave(self) -> None:
        """This connection is no channel any more: it is closed, or it has become a socket."""
        self.expect_nothing()
        self.factory.channels.pop(self, None)

    def requestDone(self, request: WebRequest) -> None:
        """Twisted’s own: answered, so the connection is the one that was used last."""
        super().requestDone(request)
        self.factory.mark_as_used(self)

    @property
    def is_idle(self) -> bool:
        """Whether nothing of a request has come that is not answered."""
        return not self.requests and not self._buffer

    # -------------------------------------------------------------- time

    def expect(self, seconds: float, otherwise: Callable[[], None]) -> None:
        """Something must have happened in so many seconds."""
        self.expect_nothing()
        self.deadline = self.callLater(seconds, otherwise)

    def expect_nothing(self) -> None:
        """It has happened."""
        if self.deadline is not None and self.deadline.active():
            self.deadline.cancel()
        self.deadline = None

    def too_slow(self) -> None:
        """What was expected did not come; who never began is just cut off."""
        if self.is_idle:
            self.transport.abortConnection()
        else:
            self.refuse("slow")

    # -------------------------------------------------------------- what comes in

    def dataReceived(self, data: bytes) -> None:
        """Twisted’s own."""
        if self.is_refused:
            self.swallow(len(data))
            return
        if self.deadline is None and not self.requests:
            self.expect(HEADERS_TAKE, self.too_slow)
        super().dataReceived(data)

    def lineReceived(self, line: bytes) -> None:
        """Twisted’s own."""
        is_first = self._receivedHeaderSize == 0
        if is_first and len(line) > LONGEST_ADDRESS:
            self.refuse("long")
        elif self._receivedHeaderSize + len(line) > self.totalHeadersSize:
            self.refuse("headers")
        else:
            super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        """Twisted’s own."""
        self.refuse("long" if self._receivedHeaderSize == 0 else "headers")

    def allHeadersReceived(self) -> None:
        """Twisted’s own. A body that says that it is too large is refused here, before a byte of it is asked for."""
        if self.length is not None and self.length > LARGEST:
            self.refuse("large")
            return
        if self.length != 0:
            self.expect(BODY_TAKES, self.too_slow)
        super().allHeadersReceived()

    def allContentReceived(self) -> None:
        """Twisted’s own."""
        if not self.is_refused:
            self.expect_nothing()
            super().allContentReceived()

    # -------------------------------------------------------------- refusing

    def refuse(self, why: str) -> None:
        """Say why, then listen no more; a moment later hang up.

        Hanging up at once would throw away the answer with what the sender is still sending.
        """
        if self.is_refused:
            return
        self.is_refused = True
        self._buffer = b""
        self.setTimeout(None)
        status, headers, body = refusal(why, self.headers())
        tell("request-refused", why=why, status=status)
        lines = [b"HTTP/1.1 %d %s" % (status, RESPONSES.get(status, b"Refused")), b"Connection: close"]
        self.transport.write(b"\r\n".join([*lines, *(b"%s: %s" % header for header in headers), b"", body]))
        self._networkProducer.unregisterProducer()
        self.transport.loseWriteConnection()
        self.expect(LINGERS, self.transport.abortConnection)

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What of the headers has come."""
        return flat(self.requests[-1].requestHeaders) if self.requests else []

    def swallow(self, size: int) -> None:
        """Let go by what still comes, up to a limit."""
        self.swallowed += size
        if self.swallowed > SWALLOWED:
            self.transport.abortConnection()

    def _respondToBadRequestAndDisconnect(self) -> None:
        self.refuse("unreadable")


def flat(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Twisted’s headers as pairs."""
    return [(name, value) for name, values in headers.getAllRawHeaders() for value in values]


class Request(WebRequest):
    """A request on its way from the channel to the application."""

    def __init__(self, channel: Channel, queued: object) -> None:
        super().__init__(channel, queued, parsePOSTFormSubmission=False)  # Django does, and not in the event loop

    def handleContentChunk(self, data: bytes) -> None:
        """Twisted’s own. A body in chunks does not say how large it is: it is counted."""
        if self.channel.is_refused:
            return
        if self.content.tell() + len(data) > LARGEST:
            self.channel.refuse("large")
        else:
            super().handleContentChunk(data)

    def process(self) -> None:
        """Twisted’s own: hand the request to the application, or the connection to a socket."""
        self.requestHeaders.removeHeader(b"daphne-root-path")  # whoever sends it is not our proxy
        protocols = self.requestHeaders.getRawHeaders(b"sec-websocket-protocol", [])
        if not all(value.isascii() for value in protocols):
            self.request_start = time.time()
            self.basic_error(400, b"Bad Request", "")
            return
        channel = self.channel
        super().process()
        if self.transport is None:  # it has become a socket, and the channel's part ends
            channel.leave()
            channel.transport.unregisterProducer()

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Daphne’s own page for an error, with what ours say."""
        why = {500: "failed", 503: "busy"}.get(status, "unreadable")
        told, headers, page = refusal(why, flat(self.requestHeaders))
        tell("request-refused", why=why, status=told)
        self.handle_reply({"type": "http.response.start", "status": told, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": page})


class Channels(HTTPFactory):
    """Makes a channel of each connection, and knows those that are open."""

    protocol = Channel

    def __init__(self, server: Any) -> None:
        super().__init__(server)
        self.timeOut = IDLE
        self.channels: dict[Channel, None] = {}  # the one that was used longest ago first

    def buildProtocol(self, address: Any) -> Channel:
        """Twisted’s own."""
        channel = super().buildProtocol(address)
        channel.requestFactory = Request
        return channel

    def admit_channel(self, channel: Channel) -> None:
        """Take a new connection; where files run short, the one that has idled longest gives way to it."""
        self.channels[channel] = None
        if len(self.channels) + len(self.server.connections) > connections_allowed():
            idle = next((one for one in self.channels if one.is_idle and one is not channel), None)
            if idle is not None:
                idle.leave()
                idle.transport.abortConnection()

    def mark_as_used(self, channel: Channel) -> None:
        """Put a connection behind those that have idled for longer."""
        if channel in self.channels:
            self.channels[channel] = self.channels.pop(channel)


def files_allowed() -> int:
    """How many files this process may have open."""
    if sys.platform == "win32":
        return FILES
    import resource

    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return FILES if soft == resource.RLIM_INFINITY else soft


def connections_allowed() -> int:
    """How many connections may be open: some files are kept for databases, static files and what comes in one go."""
    allowed = files_allowed()
    return allowed - min(SPARE_FILES, allowed // 4)


def allow_many_files() -> None:
    """Raise this process's limit of open files as far as the system lets it."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
        if soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
