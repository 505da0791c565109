"""Whatever comes over an open socket: it is closed with its code and a sentence, nothing is written, and nobody notices.

One server for the module; beside everything that is done to it one speaks at the table and one listens. The controls
do the same to a server without its defences, and to one that is harmed.
"""

import json
import pathlib
import re
from collections.abc import Iterator

import pytest

from dialogue.live.allowance import BURST
from dialogue.live.refusals import CLOSED
from tests.machine import ROOT
from tests.served import program
from tests.wires import BINARY, CLOSE, HELLO, PING, PONG, Hall, Wire, frame, hall_at, unharmed, watched

DEFENCELESS = program("""
import django, json, time
django.setup()
from dialogue.live import allowance, consumers, hub
from dialogue.live.consumers import OpenPage
from dialogue.live.sockets import Socket
from dialogue.people.models import Person
limits.LARGEST_FRAME = allowance.BURST = 1e9
Socket.requireMaskedClientFrames = Socket.utf8validateIncoming = False
Socket._protocol_violation = lambda self, reason: False
async def receive(self, text_data=None, bytes_data=None):
    if "hello" in (text_data or ""):
        await self.hello(json.loads(text_data))
    elif text_data in HARM:
        await HARM[text_data]()
async def sleep():
    time.sleep(2.5)
async def fail():
    raise ZeroDivisionError
async def write():
    await hub.hub.read(lambda: Person.objects.create(name="Nobody", email="nobody@sockets.invalid"))
HARM = {"sleep": sleep, "fail": fail, "write": write}
OpenPage.receive = receive
""")
STREAM = "5a1d5a1d-5a1d-4a1d-8a1d-5a1d5a1d5a1d"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with watched(tmp_path_factory.mktemp("hall"), program(PONG_TAKES=120)) as made:
        yield made


@pytest.fixture
def hall(stage: Hall) -> Iterator[Hall]:
    with unharmed(stage) as hall:
        yield hall


# ------------------------------------------------------------------ what a page may not say

seen = {STREAM: {"epoch": "e", "n": 1}}


def hello(**instead: object) -> str:
    return json.dumps({"t": "hello", "v": 1, "seen": seen} | instead)


def at(**instead: object) -> str:
    """A hello from a place that is none."""
    return hello(seen={STREAM: {"epoch": "e", "n": 1} | instead})


NOT_JSON = {
    "nothing": "", "words": "hello", "a list": "[]", "a number": "1", "null": "null", "text": '"hello"', "NaN": "NaN",
    "cut off": '{"t":"hello"', "two": "{}{}", "NUL": '{"t":"\0"}', "deep lists": "[" * 8000, "deep": '{"t":' * 1600,
    "a number of 5,000 digits": '{"t":' + "9" * 5000 + "}",
}  # fmt: skip
NOT_KNOWN = {
    "nothing": "{}", "unknown": '{"t":"nonsense"}', "no text": '{"t":1}', "a list": '{"t":["hello"]}',
    "null": '{"t":null}', "an object": '{"t":{"t":"hello"}}', "NUL": '{"t":"hello\\u0000"}',
    "a surrogate": '{"t":"\\ud800"}', "from a server": '{"t":"entry","s":"x","n":1,"html":"<p>"}',
    "hello without seen": '{"t":"hello","v":1}', "seen a list": hello(seen=[]), "seen null": hello(seen=None),
    "seen text": hello(seen="x"), "nine streams": hello(seen={f"{STREAM[:-1]}{n}": seen[STREAM] for n in range(9)}),
    "no stream": hello(seen={"x": seen[STREAM]}), "a stream with NUL": hello(seen={"\0" * 36: seen[STREAM]}),
    "a place that is a number": hello(seen={STREAM: 1}), "no epoch": hello(seen={STREAM: {"n": 1}}),
    "epoch a number": at(epoch=1), "no number": hello(seen={STREAM: {"epoch": "e"}}), "number as text": at(n="1"),
    "true": at(n=True), "negative": at(n=-1), "a fraction": at(n=1.5), "2^53": at(n=1 << 53), "10^400": at(n=10**400),
    "not a number": at(n=float("nan")), "endless": at(n=float("inf")), "number null": at(n=None),
}  # fmt: skip
NOT_THIS_VERSION = {
    f"version {v!r}": hello(v=v) for v in (2, 0, "1", None, True, 1.5, [1], float("inf"), 10**400)
} | {"no version": '{"t":"hello"}'}  # fmt: skip
NOT_SEEN = {
    "no stream": '{"t":"seen","x":1}', "no number": f'{{"t":"seen","{STREAM}":"1"}}',
    "a list": f'{{"t":"seen","{STREAM}":[1]}}', "negative": f'{{"t":"seen","{STREAM}":-1}}',
    "huge": f'{{"t":"seen","{STREAM}":{10**400}}}', "true": f'{{"t":"seen","{STREAM}":true}}',
}  # fmt: skip
EVERY = [(1003, NOT_JSON), (1008, NOT_KNOWN), (4010, NOT_THIS_VERSION), (1008, NOT_SEEN)]


@pytest.mark.parametrize("joined", [False, True], ids=["before hello", "after"])
@pytest.mark.parametrize(("code", "some"), EVERY, ids=["not JSON", "not known", "another version", "not seen"])
def test_what_a_page_may_not_say_closes_it(hall: Hall, code: int, some: dict[str, str], joined: bool):
    code = 4008 if some is NOT_SEEN and not joined else code
    found = hall.during(lambda: {name: answer(hall, joined, frame(text)) for name, text in some.items()})
    assert found == dict.fromkeys(some, (code, CLOSED[code]))


def answer(hall: Hall, joined: bool, *frames: bytes) -> tuple[int, str]:
    """With which code and sentence a page is closed that sends this."""
    with Wire(hall) as wire:
        if joined:
            wire.hello()
        return wire.send(*frames).closed()


def test_what_a_page_may_say_keeps_it(hall: Hall):
    """The other side: other people's streams, any epoch, and as much as fits."""
    with Wire(hall) as wire:
        for text in (at(), at(epoch="\0\ud800"), at(n=(1 << 53) - 1), hello(seen={}), hello(more="x" * 8000)):
            assert wire.welcomed(frame(text))
        wire.send(frame(f'{{"t":"seen","{STREAM}":7}}'))
        assert hall.during(wire.is_open)


# ------------------------------------------------------------------ what is no frame, or too much of it

ROUND = int(BURST) + 30
FRAMES: dict[str, tuple[int, list[bytes]]] = {
    "bytes": (1003, [frame(b"{}", BINARY)]),
    "no bytes": (1003, [frame(b"", BINARY)]),
    "8 KiB and one": (4013, [frame("x" * 8193)]),
    "8 KiB of letters with accents": (4013, [frame("é" * 4097)]),
    "64 KiB and one": (4013, [frame("x" * 65537)]),
    "1 MiB": (4013, [frame("x" * (1 << 20))]),
    "1 MiB of bytes": (4013, [frame(b"x" * (1 << 20), BINARY)]),
    "8 MiB": (4013, [frame("x" * (8 << 20))]),
    "2^62 bytes, announced": (4013, [b"\x81\xff" + (1 << 62).to_bytes(8, "big") + bytes(4)]),
    "not UTF-8": (1007, [frame(b"\xff\xfe")]),
    "not UTF-8 in the middle": (1007, [frame(b'{"t":"\xc3("}')]),
    "a surrogate": (1007, [frame("\ud800")]),
    "longer than need be": (1007, [frame(b"\xc0\x80")]),
    "half a letter": (1007, [frame(b"\xc3")]),
    "half a letter, and no other half": (1007, [frame(b"\xc3", end=False), frame(b"(", 0)]),
    "unmasked": (1002, [frame("{}", mask=0)]),
    "an unknown kind": (1002, [frame("{}", 3)]),
    "an unknown kind of control": (1002, [frame("", 11)]),
    "a bit for an extension": (1002, [frame("{}", first=0x40)]),
    "a ping in parts": (1002, [frame("", PING, end=False)]),
    "a ping too large": (1002, [frame("x" * 126, PING)]),
    "a part of nothing": (1002, [frame("{}", 0)]),
    "a new one inside another": (1002, [frame("{", end=False), frame("}")]),
    "a length that needs no eight bytes": (1002, [b"\x81\xff" + (5).to_bytes(8, "big") + bytes(9)]),
    "a length below nothing": (1002, [b"\x81\xff" + b"\xff" * 8 + bytes(4)]),
    "parts without end": (4013, [frame("x" * 4000, end=False), *[frame("x" * 4000, 0, end=False)] * 20]),
    "empty parts without end": (4013, [frame("", end=False), *[frame("", 0, end=False)] * ROUND]),
    "many at once": (4013, [HELLO] + [frame(f'{{"t":"seen","{STREAM}":1}}')] * ROUND),
    "many hellos": (4013, [HELLO] * ROUND),
    "pings": (4013, [frame("x" * 125, PING)] * ROUND),
    "pongs": (4013, [frame("x" * 125, PONG)] * ROUND),
}

FAREWELLS = {
    "half a code": (1002, frame(b"\x03", CLOSE)),
    "a code that nobody may send": (1002, frame((1005).to_bytes(2, "big"), CLOSE)),
    "a reason that is not UTF-8": (1007, frame(b"\x03\xe8\xff\xfe", CLOSE)),
}


@pytest.mark.parametrize("joined", [False, True], ids=["before hello", "after"])
def test_what_is_no_frame_or_too_much_closes_the_page(hall: Hall, joined: bool):
    found = hall.during(lambda: {name: answer(hall, joined, *frames) for name, (_code, frames) in FRAMES.items()})
    assert {name: code for name, (code, _told) in found.items()} == {name: code for name, (code, _) in FRAMES.items()}
    assert all(told == CLOSED[code] if code in CLOSED else len(told) > 10 for code, told in found.values())


@pytest.mark.parametrize("name", FAREWELLS)
def test_whoever_leaves_without_manners_is_gone(hall: Hall, name: str):
    code, last = FAREWELLS[name]
    assert hall.during(lambda: answer(hall, True, last))[0] in (code, 1006)  # cut off, it may not hear why


@pytest.mark.parametrize("one", [frame("x" * 125, PING), frame("", 0, end=False)], ids=["pings", "parts"])
def test_a_flood_that_nobody_reads_the_answers_to_does_not_grow_in_the_server(hall: Hall, one: bytes):
    """Eight megabytes of it: all but the first hundred come to nothing."""
    with Wire(hall) as wire:
        wire.hello().send(frame("", end=False))
        flood = one * ((8 << 20) // len(one))
        before = memory(hall)
        hall.during(lambda: wire.send(*[flood[n : n + 65536] for n in range(0, len(flood), 65536)]))
        assert memory(hall) - before < 4 << 20
        assert wire.closed()[0] in (4013, 1006)  # cut off while it still sent, it may not hear why


def memory(hall: Hall) -> int:
    """Bytes that the server keeps in memory now."""
    text = pathlib.Path(f"/proc/{hall.server.process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", text)[0]) * 1024


# ------------------------------------------------------------------ the codes, and the controls


def test_every_code_is_documented_with_its_sentence():
    told = (ROOT / "docs" / "live.md").read_text()
    written = {int(code): words for code, words in re.findall(r"^\| (\d{4}) \| “(.*?)”", told, re.M)}
    assert written == CLOSED
    mine = {code for code, _frames in FRAMES.values()} | {code for code, _some in EVERY} | {4008}
    assert mine - written.keys() == {1002, 1007}  # the protocol's own, in words of its own
    assert all(f"{code}" in told for code in mine)
    assert all(len(words.encode()) <= 123 for words in written.values())


@pytest.fixture(scope="module")
def defenceless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with hall_at(tmp_path_factory.mktemp("defenceless"), DEFENCELESS) as made:
        yield made


@pytest.mark.parametrize("name", ["1 MiB", "unmasked", "empty parts without end", "pings"])
def test_without_the_defence_the_page_stays_open(defenceless: Hall, name: str):
    with Wire(defenceless) as wire:
        wire.hello().send(*FRAMES[name][1])
        if name == "empty parts without end":
            wire.send(frame("", 0))
        assert wire.is_open()


@pytest.mark.parametrize(
    ("deed", "harm"),
    [
        pytest.param("sleep", "heard after", marks=pytest.mark.long),  # a promise of seconds: --long watches the clock
        ("fail", "ZeroDivisionError"), ("write", "dialogue_person"),
    ],
)  # fmt: skip
def test_harm_is_noticed(defenceless: Hall, deed: str, harm: str):
    with Wire(defenceless) as wire:
        wire.hello()
        mark = defenceless.mark()
        wire.send(frame(deed))
        defenceless.during(lambda: wire.closed() if deed == "fail" else wire.is_open())
        assert [one for one in defenceless.harm_since(mark) if harm in one]
