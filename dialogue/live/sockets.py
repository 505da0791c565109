"""Daphne's sockets with the limits that they lack: on what comes in, how much of it, and when."""
# ruff: noqa: N802 - what is overridden here has Twisted's names

import time
from typing import Any

from autobahn.twisted.websocket import WebSocketServerProtocol
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

from dialogue.live import limits
from dialogue.live.allowance import Allowance
from dialogue.live.awake import awake
from dialogue.live.refusals import closing
from dialogue.logs import tell


class Socket(WebSocketProtocol):
    """An open page's connection: pinged by a clock that nobody sets, and told why it is closed."""

    is_flooded = False
    early = b""

    def onConnect(self, request: Any) -> Any:
        """Autobahn’s own."""
        self.heard, self.opened = time.monotonic(), awake.now()
        self.allowance = Allowance()
        return super().onConnect(request)

    def onClose(self, was_clean: bool, code: int | None, reason: str | None) -> None:
        """Autobahn’s own; Daphne’s part of it fails for a socket whose handshake was refused."""
        if self in self.factory.server_class.connections:
            super().onClose(was_clean, code, reason)

    def onFrameBegin(self) -> None:
        """Autobahn’s own. Every frame counts, also those that the application never sees: pings, parts of a message."""
        super().onFrameBegin()
        if not self.failedByMe and not self.allowance.spend():
            self.is_flooded = True
            self._max_message_size_exceeded(0, 0, "too many")

    def dataReceived(self, data: bytes) -> None:
        """Twisted’s own. To take a flood apart that nobody will read would keep everybody else waiting.

        What comes before the handshake is decided waits: autobahn would take it for a handshake.
        """
        if self.is_flooded:
            return
        if not self.is_undecided:
            super().dataReceived(data)
        elif len(self.early) + len(data) <= limits.LARGEST_FRAME:
            self.early += data
        else:
            self.give_up("large")

    @property
    def is_undecided(self) -> bool:
        """Whether the application has neither accepted nor refused it."""
        return hasattr(self, "handshake_deferred")

    def serverAccept(self, subprotocol: str | None = None) -> None:
        """Daphne’s own."""
        super().serverAccept(subprotocol)
        early, self.early = self.early, b""
        if early:
            self.dataReceived(early)

    def onMessageFrameBegin(self, length: int) -> None:
        """Autobahn’s own. Its limit on messages would hold for what we send too."""
        super().onMessageFrameBegin(length)
        if not self.failedByMe and self.message_data_total_length > limits.LARGEST_FRAME:
            self._max_message_size_exceeded(self.message_data_total_length, limits.LARGEST_FRAME, "too large")

    def onMessage(self, payload: bytes, is_binary: bool) -> None:
        """Autobahn’s own."""
        self.heard = time.monotonic()
        super().onMessage(payload, is_binary)

    def check_timeouts(self) -> None:
        """Daphne’s own, every two seconds: ask whether somebody is there; what is asked is not asked again."""
        now = time.monotonic()
        if self.state == self.STATE_CONNECTING:
            if awake.now() - self.opened > limits.HANDSHAKE_TAKES:
                self.give_up()
        elif self.state == self.STATE_OPEN and not self.autoPingPending and now - self.heard > limits.PING:
            self._sendAutoPing()
            self.heard = now

    def give_up(self, why: str = "slow") -> None:
        """Refuse a socket about which the application has not decided."""
        if self.is_undecided:
            tell("socket-refused", why=why, status=403)
            self.serverReject()

    def serverClose(self, code: int | None = None) -> None:
        """Daphne’s own. Autobahn’s check of the code does not know 1012."""
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code or 1000, closing(code))

    def _max_message_size_exceeded(self, size: int, limit: int, reason: str) -> None:
        self._fail_connection(4013, closing(4013).decode())

    def failHandshake(self, reason: str, code: int = 400, responseHeaders: Any = None) -> None:  # noqa: N803
        """Autobahn’s own, without its reason, which holds what was sent."""
        if code != 403:  # else the gate or the application has refused it, and said so
            tell("socket-refused", why="handshake", status=code)
        WebSocketServerProtocol.failHandshake(self, "Refused", code, [("Content-Length", 0), ("Connection", "close")])


class Sockets(WebSocketFactory):
    """Makes the sockets."""

    protocol = Socket

    def __init__(self, server: Any) -> None:
        super().__init__(server, server=server.server_name)
        self.setProtocolOptions(
            allowNullOrigin=True,  # the gate refuses it, and logs that
            autoPingTimeout=limits.PONG_TAKES,
            openHandshakeTimeout=0,  # `check_timeouts` refuses it, in words; autobahn would just hang up
            closeHandshakeTimeout=3,
            failByDrop=False,
            maxFramePayloadSize=limits.LARGEST_SENT,
            maxMessagePayloadSize=limits.LARGEST_SENT,
        )
