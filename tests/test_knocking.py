"""Whoever wants a socket open: who is let in, who gets which status or code, and that nobody else notices.

One server for the module, with its limits of time made small; beside everything that is done to it one speaks at the
table and one listens. The controls do the same to a server without its defences.
"""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dialogue.live.consumers import SOCKETS
from dialogue.live.refusals import CLOSED
from tests.clocks import PATIENCE, in_time
from tests.served import program
from tests.wires import HELLO, Hall, Wire, frame, hall_at, unharmed, watched

TAKES = 1.0  # seconds for whatever has a time in which to come
LIMITS = {
    "HEADERS_TAKE": TAKES, "LINGERS": 0.5, "HANDSHAKE_TAKES": TAKES,
    "PONG_TAKES": 120,  # who listens is asked between two tests too, when nobody answers for it
}  # fmt: skip
UNDECIDED = f"""
import asyncio, django
django.setup()
from dialogue.live import consumers, knocking
consumers.HELLO = {TAKES}
decided = knocking.Door.knock
async def knock(self, knock):
    await asyncio.sleep(6 if knock.sign_in == "undecided" else 0)
    return await decided(self, knock)
knocking.Door.knock = knock
"""
DEFENCELESS = """
import django
django.setup()
from dialogue.live import consumers, gate, hub
async def nobody(self, pages):
    pass
consumers.SOCKETS = consumers.HELLO = limits.HEADERS_TAKE = 10**6
gate.is_own_origin = lambda headers: True
hub.Hub.ask_again = nobody
"""
MISSING = "5a1d5a1d-5a1d-4a1d-8a1d-5a1d5a1d5a1d"
REMOVE = """
import django, time
django.setup()
from dialogue.events.models import Session
from tests.faults.seats import convenor
from tests.reseated import reseat
session = Session.objects.get(event__slug="faults")
reseat(session, session.event.attendees.get(key="{}"), "", convenor())
"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with watched(tmp_path_factory.mktemp("hall"), program(UNDECIDED, **LIMITS)) as made:
        yield made


@pytest.fixture
def hall(stage: Hall) -> Iterator[Hall]:
    with unharmed(stage) as hall:
        yield hall


@pytest.fixture(scope="module")
def defenceless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with hall_at(tmp_path_factory.mktemp("defenceless"), program(DEFENCELESS)) as made:
        yield made


def knocked(hall: Hall, **how: object) -> tuple[int, tuple[int, str]]:
    """The status of a handshake, and how the socket is closed that was opened."""
    with Wire(hall, **how) as wire:  # type: ignore[arg-type]
        return wire.status, (wire.send(HELLO).closed() if wire.status == 101 else (0, ""))


def closed(code: int) -> tuple[int, tuple[int, str]]:
    return 101, (code, CLOSED[code])


REFUSED = (403, (0, ""))

# ------------------------------------------------------------------ whose page it is


def origins(hall: Hall) -> list[str | None]:
    port = hall.server.port
    return [
        None, "null", "http://evil.example", f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}",
        f"http://localhost:{port}", f"http://127.0.0.1.evil.example:{port}", f"http://127.0.0.1:{port}/",
        f"http://127.0.0.1:{port}, http://evil.example", "\xff",
    ]  # fmt: skip


def test_a_page_of_another_origin_is_refused_and_that_is_logged(hall: Hall):
    every, logged = origins(hall), hall.refused()
    assert hall.during(lambda: {origin: knocked(hall, origin=origin)[0] for origin in every}) == {
        origin: 400 if origin in ("\xff", every[-2]) else 403 for origin in every
    }
    assert hall.refused()[len(logged) :] == ["origin"] * 8 + ["handshake"] * 2


def test_a_session_of_another_event_is_as_missing_as_one_that_is_not_there(hall: Hall):
    for who in ("w07", "mod", ""):
        with Wire(hall, who, hall.seats["other"]) as foreign, Wire(hall, who, MISSING) as missing:
            assert foreign.status == missing.status == 101
            assert foreign.closed() == missing.closed() == (4003, CLOSED[4003])
            assert foreign.head_came == missing.head_came
    for address in ("x", "%00", "0" * 32, f"{MISSING}%00", MISSING.upper().replace("-", "%2D"), "../.."):
        assert knocked(hall, session=address) == REFUSED, address


def test_a_stream_of_another_event_is_as_missing_as_one_that_is_not_there(hall: Hall):
    answers = []
    for stream in (hall.seats["stream"], MISSING):
        place = {"epoch": "x", "n": 0}
        with Wire(hall) as wire:
            heads = wire.welcomed(frame(json.dumps({"t": "hello", "v": 1, "seen": {stream: place}})))
            wire.send(frame(json.dumps({"t": "seen", stream: 1})))
            answers.append((heads, sorted(wire.said()["s"] for _ in heads)))
            assert wire.is_open()
    assert answers[0] == answers[1] and hall.seats["stream"] not in str(answers)
    assert len(answers[0][0]) == 2


def test_whoever_is_not_signed_in_any_more_is_told_so(hall: Hall):
    signed = hall.cookie("w07")
    for cookie in (
        "x",
        "x" * 3000,
        f"{signed}x",
        signed[:-1],
        '"\\000\\000\\000\\000\\000\\000\\000\\000"',
        '"\\377"',
    ):
        assert hall.during(lambda cookie=cookie: knocked(hall, cookie=f"sessionid={cookie}")) == closed(4001), cookie


def test_whose_cookies_cannot_be_read_is_a_visitor_who_may_not_listen(hall: Hall):
    for cookie in (
        "=",
        ";;;",
        'sessionid="',
        "sessionid",
        "$Version=1; [=]",
        "sessionid=\xff\xfe",
        "django_language=\xff",
    ):
        assert hall.during(lambda cookie=cookie: knocked(hall, cookie=cookie)) == closed(4003), cookie
    for cookie in ('django_language="\\000"', f"django_language={'x' * 3000}", "django_language=../../etc"):
        with Wire(hall, cookie=f"sessionid={hall.cookie('w07')}; {cookie}") as wire:
            assert wire.hello().is_open()


def test_one_who_cannot_be_let_in_does_not_keep_out_those_who_come_with_them(hall: Hall):
    """Those who knock together are asked for together."""
    bad = 'sessionid="\\000\\000\\000\\000\\000\\000\\000\\000"'
    with ThreadPoolExecutor(12) as pool:
        every = [pool.submit(knocked, hall, cookie=bad) for _ in range(6)]
        good = [pool.submit(is_let_in, hall) for _ in range(6)]
        assert hall.during(lambda: [one.result() for one in good]) == [True] * 6
    assert [one.result() for one in every] == [closed(4001)] * 6


def is_let_in(hall: Hall, **how: str) -> bool:
    with Wire(hall, **how) as wire:
        return wire.status == 101 and wire.is_open()


# ------------------------------------------------------------------ who is removed; how many


def removed(hall: Hall, who: str, patience: float = PATIENCE) -> tuple[int, str]:
    """How the page of somebody is closed who is removed while it is open."""
    with Wire(hall, who) as wire:
        wire.hello()
        assert hall.server.home.run(REMOVE.format(who)).returncode == 0
        wire.talk.settimeout(patience)
        return wire.closed()


def test_who_is_removed_is_closed_at_once_and_not_let_in_again(stage: Hall):
    began = time.monotonic()
    assert stage.during(lambda: removed(stage, "w06")) == (4003, CLOSED[4003])
    assert in_time(time.monotonic() - began, 8)  # a process that starts, and three seconds
    assert knocked(stage, who="w06") == closed(4003)


def test_who_is_removed_stays_where_nobody_is_asked_again(defenceless: Hall):
    with pytest.raises(TimeoutError):
        removed(defenceless, "w06", patience=4)


def how_many_stay(hall: Hall, asked: int) -> tuple[int, list[tuple[int, str]]]:
    """Of so many sockets of one person that knock at once: how many stay, and how the others are closed."""
    with contextlib.ExitStack() as every, ThreadPoolExecutor(8) as pool:
        made = pool.map(lambda _: Wire(hall, "w05").send(HELLO), range(asked))  # at once: it is awaited for 5 s
        wires = [every.enter_context(one) for one in made]
        told = []
        for one in wires:
            try:
                one.hello()
            except AssertionError:
                told.append((4013, CLOSED[4013]) if CLOSED[4013].encode() in one.ended else (0, ""))
        return asked - len(told), told


def test_one_person_has_thirty_sockets_and_no_more(hall: Hall):
    assert hall.during(lambda: how_many_stay(hall, SOCKETS + 6)) == (SOCKETS, [(4013, CLOSED[4013])] * 6)
    assert is_let_in(hall, who="w05")  # those that are closed do not count
    assert hall.during(lambda: how_many_stay(hall, SOCKETS)) == (SOCKETS, [])


def test_without_the_limit_they_all_stay(defenceless: Hall):
    assert how_many_stay(defenceless, SOCKETS + 2) == (SOCKETS + 2, [])


# ------------------------------------------------------------------ handshakes that come to no end


def slowly(hall: Hall, *parts: bytes, pause: float = 0.0, patience: float = PATIENCE) -> bytes:
    """What is answered to bytes after which nothing more comes, up to the end of the connection."""
    told = b""
    with socket.create_connection(("127.0.0.1", hall.server.port), timeout=patience) as talk:
        with contextlib.suppress(ConnectionError):  # refused before all of it was sent
            for part in parts:
                talk.sendall(part)
                time.sleep(pause)
        with contextlib.suppress(ConnectionError):
            while part := talk.recv(65536):
                told += part
    return told


def test_a_handshake_that_does_not_come_to_its_end_is_refused_in_time(hall: Hall):
    head = hall.handshake()
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        half = [pool.submit(slowly, hall, head[:end]) for end in (1, 30, len(head) // 2, len(head) - 1)]
        drops = pool.submit(slowly, hall, *[head[n : n + 1] for n in range(24)], pause=0.05)
        silent = pool.submit(slowly, hall)
        told = hall.during(lambda: [one.result() for one in (*half, drops)])
    assert all(one.startswith(b"HTTP/1.1 408 ") and b"This took too long to arrive" in one for one in told)
    assert silent.result() == b""
    assert in_time(time.monotonic() - began, TAKES + 2)


def test_without_the_limit_it_is_waited_for(defenceless: Hall):
    with pytest.raises(TimeoutError):
        slowly(defenceless, defenceless.handshake()[:-1], patience=TAKES + 3)


def test_a_socket_about_which_nothing_is_decided_is_refused(hall: Hall):
    logged = len(hall.refused())
    assert hall.during(lambda: knocked(hall, cookie="sessionid=undecided")) == REFUSED
    assert hall.refused()[logged:] == ["slow"]


def test_whoever_says_no_hello_is_closed(hall: Hall):
    for sent in (b"", HELLO[:-1], frame('{"t":"hello",', end=False), frame("{", end=False) + frame("", 9)):
        with Wire(hall) as wire:
            assert hall.during(wire.send(sent).closed) == (4008, CLOSED[4008])


@pytest.mark.parametrize("pause", [0.0, 0.002], ids=["at once", "a moment later"])
def test_what_comes_behind_a_handshake_before_it_is_answered_does_no_harm(hall: Hall, pause: float):
    head = hall.handshake()
    every = [HELLO, HELLO * 200, head, head * 20, b"\xff" * (1 << 20), frame("x" * (1 << 20)), b"\r\n" * 1000]
    with ThreadPoolExecutor(len(every)) as pool:
        told = hall.during(lambda: list(pool.map(lambda one: first_word(hall, head, one, pause), every)))
    assert set(told) <= {b"HTTP/1.1 101", b"HTTP/1.1 403", b""}


def first_word(hall: Hall, head: bytes, behind: bytes, pause: float) -> bytes:
    """How the answer begins to a handshake with something behind it."""
    with socket.create_connection(("127.0.0.1", hall.server.port), timeout=TAKES + 3) as talk:
        with contextlib.suppress(ConnectionError):
            for part in (head, behind) if pause else (head + behind,):
                talk.sendall(part)
                time.sleep(pause)
        with contextlib.suppress(ConnectionError):
            return talk.recv(12)
    return b""


def test_whoever_hangs_up_at_once_leaves_nothing_behind(hall: Hall):
    head = hall.handshake("w05")

    def hang_up(sent: bytes) -> None:
        with socket.create_connection(("127.0.0.1", hall.server.port)) as talk:
            talk.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # by a reset, not by a farewell
            talk.sendall(sent)

    hall.during(lambda: [hang_up(one) for one in (b"", head[:50], head, head + HELLO) * 12])
    assert hall.during(lambda: how_many_stay(hall, SOCKETS)) == (SOCKETS, [])
