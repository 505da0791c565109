"""Frames past Channels: their bytes, and the private names of Channels, Daphne, Autobahn and Twisted that this rests on."""

import asyncio
import functools
import inspect
import socket
from types import SimpleNamespace
from typing import Any

import pytest
from autobahn.websocket.protocol import WebSocketProtocol
from channels.consumer import AsyncConsumer
from daphne.ws_protocol import WebSocketProtocol as DaphneProtocol
from twisted.internet import abstract, reactor, tcp
from websockets.frames import Frame, Opcode

from dialogue.live.wire import PRIVATE, Direct, Queued, framed, payload_of, writer


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65535, b"\x81\x7e\xff\xff"),
        (65536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_frame_is_what_the_standard_says(size: int, head: bytes) -> None:
    text = "x" * size
    assert framed(text) == head + text.encode()
    assert framed(text) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)  # another implementation
    assert payload_of(framed(text)) == text


def test_the_length_is_that_of_the_bytes() -> None:
    text = "é" * 63  # 126 bytes
    assert framed(text) == b"\x81\x7e\x00\x7e" + text.encode()
    assert payload_of(framed(text)) == text


# ------------------------------------------------------------------ the private names


def test_the_transport_has_what_is_taken_from_it() -> None:
    transport = tcp.Connection(socket.socket(), None, reactor)
    with transport.socket:
        assert [name for name in PRIVATE if not hasattr(transport, name)] == []
        assert (transport.dataBuffer, transport._tempDataBuffer) == (b"", [])
        assert not transport.disconnecting and not transport.connected
        assert isinstance(transport.socket, socket.socket)
    assert "_tempDataBuffer" in inspect.getsource(abstract.FileDescriptor.write), "what waits stands there"


def test_daphne_gives_a_partial_whose_first_argument_is_the_protocol_and_channels_keeps_it() -> None:
    from daphne.server import Server

    assert "partial(self.handle_reply, protocol)" in "".join(
        inspect.getsource(Server.create_application).split("\n")
    ).replace("functools.", "")
    assert "self.base_send = send" in inspect.getsource(AsyncConsumer.__call__)
    assert "transport" in inspect.getsource(WebSocketProtocol)
    assert hasattr(DaphneProtocol, "serverSend")


# ------------------------------------------------------------------ which way


class Transport:
    """A transport over one end of a pair of sockets; what it is given to write is kept."""

    disconnecting, connected = False, True

    def __init__(self, end: Any) -> None:
        self.socket, self.dataBuffer, self._tempDataBuffer = end, b"", []
        self.written: list[bytes] = []

    def write(self, frame: bytes) -> None:
        self.written.append(frame)


async def never(_message: dict[str, Any]) -> None:
    raise AssertionError("sent through the server")


def test_a_frame_goes_to_the_socket_and_behind_what_waits_to_the_transport() -> None:
    here, there = socket.socketpair()
    with here, there:
        transport = Transport(here)
        way = writer(functools.partial(lambda _protocol, _message: never({}), SimpleNamespace(transport=transport)))
        assert isinstance(way, Direct)
        way.write(framed("first"))
        assert (there.recv(100), transport.written) == (framed("first"), [])
        transport._tempDataBuffer = [b"waits"]
        way.write(framed("second"))
        assert transport.written == [framed("second")], "nothing overtakes"


def test_what_the_socket_does_not_take_goes_to_the_transport() -> None:
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        transport, frame = Transport(here), framed("x" * 5_000_000)
        Direct(SimpleNamespace(transport=transport)).write(frame)
        (rest,) = transport.written
        assert 0 < len(rest) < len(frame) and frame.endswith(rest)


@pytest.mark.parametrize("lost", [{"connected": False}, {"disconnecting": True}])
def test_nothing_is_written_to_a_connection_that_is_lost(lost: dict[str, bool]) -> None:
    here, there = socket.socketpair()
    with here, there:
        transport = Transport(here)
        vars(transport).update(lost)
        Direct(SimpleNamespace(transport=transport)).write(framed("late"))
        Direct(SimpleNamespace(transport=None)).write(framed("later"))
        there.setblocking(False)
        assert transport.written == []
        with pytest.raises(BlockingIOError):
            there.recv(1)


@pytest.mark.parametrize("name", PRIVATE)
def test_without_one_of_the_names_frames_go_through_send_in_their_order(name: str) -> None:
    whole = dict.fromkeys(PRIVATE)
    del whole[name]

    async def story() -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []

        async def send(_protocol: Any, message: dict[str, Any]) -> None:
            sent.append(message)

        way = writer(functools.partial(send, SimpleNamespace(transport=SimpleNamespace(**whole))))
        assert isinstance(way, Queued)
        for text in ("one", "two", "three"):
            way.write(framed(text))
        while len(sent) < 3:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert way.task and way.task.done(), "nothing is left that waits for a page that has gone"
        return sent

    told = asyncio.run(asyncio.wait_for(story(), 5))
    assert told == [{"type": "websocket.send", "text": text} for text in ("one", "two", "three")]
