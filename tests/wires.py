"""A bare socket to the live table, for what no browser sends; and a table beside it that must not notice."""

import concurrent.futures
import contextlib
import json
import pathlib
import socket
import struct
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.clocks import PATIENCE, in_time
from tests.faults.scene import slack
from tests.served import HANDSHAKE, Home, Served, serving
from tests.stored import Rows, database, rows_of

Result = TypeVar("Result")

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
USUAL = 0.5  # seconds from sending a statement to hearing it, whatever others do
SEED = """
import json
from tests.faults.seats import seat
told = seat("8", "0")
from dialogue.archive.load import load
from dialogue.events.models import Session
from dialogue.record.actions import stream_id
from tests import records
load(records.record(
    event={"slug": "elsewhere"}, persons=[records.person("eve", "Eve Elsewhere")], outline=[records.item("water")],
    sessions=[records.session("table", members=[("eve", "participant")])],
))
other = Session.objects.get(event__slug="elsewhere").pk
print(json.dumps(told | {"other": str(other), "stream": str(stream_id(other, "table"))}))
"""


def frame(payload: str | bytes = b"", kind: int = TEXT, *, end: bool = True, mask: int = 0x80, first: int = 0) -> bytes:
    """A frame as a client sends it, masked with zeros. `end`: the message ends with it; `first`: more bits up there."""
    data = payload.encode(errors="surrogatepass") if isinstance(payload, str) else payload
    head = bytes([kind | first | (0x80 if end else 0)])
    size = len(data)
    if size < 126:
        head += bytes([mask | size])
    else:
        head += struct.pack("!BH", mask | 126, size) if size < 65536 else struct.pack("!BQ", mask | 127, size)
    return head + (bytes(4) if mask else b"") + data


HELLO = frame('{"t":"hello","v":1,"seen":{}}')


class Wire:
    """One connection that has asked for a socket. `status` is what the handshake got."""

    def __init__(self, hall: "Hall", who: str = "w07", session: str = "", origin: str | None = "", cookie: str = ""):
        self.talk = socket.create_connection(("127.0.0.1", hall.server.port), timeout=PATIENCE)
        self.head = hall.handshake(who, session, origin, cookie)
        self.talk.sendall(self.head)
        self.came = b""
        while b"\r\n\r\n" not in self.came and self.more():
            pass
        self.head_came, _end, self.came = self.came.partition(b"\r\n\r\n")
        self.status = int(self.head_came.split()[1])
        self.ended = b""

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_problem: object) -> None:
        self.talk.close()

    def more(self) -> bool:
        """Wait for more bytes. False at the end of the connection."""
        with contextlib.suppress(ConnectionError):
            part = self.talk.recv(65536)
            self.came += part
            return bool(part)
        return False

    def send(self, *frames: bytes) -> "Wire":
        """Send bytes, for as long as they are taken."""
        with contextlib.suppress(ConnectionError):
            for one in frames:
                self.talk.sendall(one)
        return self

    def hear(self) -> tuple[int, bytes]:
        """The next frame: its kind and what is in it; (CLOSE, b"") where the connection just ends."""
        while True:
            size = self.came[1] if len(self.came) > 1 else 0
            begin = {126: 4, 127: 10}.get(size, 2)
            if len(self.came) >= begin:
                size = int.from_bytes(self.came[2:begin], "big") if begin > 2 else size
                if len(self.came) >= begin + size:
                    kind, told = self.came[0] & 15, self.came[begin : begin + size]
                    self.came = self.came[begin + size :]
                    return kind, told
            if not self.more():
                return CLOSE, b""

    def said(self) -> Any:
        """The next thing that the server says; its pings are answered."""
        while True:
            kind, told = self.hear()
            self.ended = told if kind == CLOSE else b""
            assert kind != CLOSE, told
            if kind == PING:
                self.send(frame(told, PONG))
            elif kind == TEXT:
                return json.loads(told)

    def hello(self) -> "Wire":
        """Say hello, and be welcomed."""
        self.welcomed(HELLO)
        return self

    def welcomed(self, sent: bytes) -> Any:
        """Send that, and be welcomed: the heads."""
        self.send(sent)
        while (told := self.said())["t"] != "welcome":
            pass
        return told["heads"]

    def listen(self) -> "Wire":
        """Hear everything from now on."""
        heads = self.welcomed(HELLO)
        self.welcomed(frame(json.dumps({"t": "hello", "v": 1, "seen": heads})))
        return self

    def closed(self) -> tuple[int, str]:
        """With which code and sentence the server closes it; 1006 where it is just gone."""
        while True:
            kind, told = self.hear()
            if kind == CLOSE:
                return (int.from_bytes(told[:2], "big"), told[2:].decode()) if told else (1006, "")

    def is_open(self) -> bool:
        """Whether the server still listens: who says hello once more is welcomed once more."""
        with contextlib.suppress(AssertionError):
            self.hello()
            return True
        return False


@dataclass
class Hall:
    """A server with a table at which one listens and one speaks, whatever a third one does to the server."""

    server: Served
    url: str
    seats: dict[str, Any]
    times: list[float] = field(default_factory=list)  # how long each statement took to be heard

    def __post_init__(self) -> None:
        self.server.jar = {"sessionid": self.cookie("w01"), "csrftoken": "t" * 32}
        self.listener = Wire(self, "w00").listen()
        self.say()
        before = self.rows()
        self.say()
        now = self.rows()
        self.grows = {table: now[table].total() - before[table].total() for table in now}
        self.moves = {table for table in now if before[table] - now[table]}

    def cookie(self, who: str) -> str:
        return self.seats["people"][who]["cookie"] if who else ""

    def handshake(self, who: str = "w07", session: str = "", origin: str | None = "", cookie: str = "") -> bytes:
        """What a browser sends to open a socket. `origin`: "" is our own, None is none."""
        head = (
            f"GET /live/{session or self.seats['session']}/ HTTP/1.1\nHost: 127.0.0.1:{self.server.port}\n{HANDSHAKE}"
        )
        cookie = cookie or (f"sessionid={self.cookie(who)}" if who else "")
        head += f"Cookie: {cookie}\n" if cookie else ""
        head += "" if origin is None else f"Origin: {origin or self.server.origin}\n"
        return f"{head}\n".replace("\n", "\r\n").encode("latin-1")

    # ------------------------------------------------------------ those who must not notice

    def say(self) -> None:
        """Somebody speaks, and is heard by the one who listens."""
        word, began = f"w{uuid.uuid4().hex}", time.monotonic()
        sent = {"key": word, "item": self.seats["item"], "kind": "comment", "text": word}
        self.server.jar.pop("messages", None)  # nobody reads them, and they would pile up
        answer = self.server.ask("POST", f"{self.seats['table']}say/", sent | {"csrfmiddlewaretoken": "t" * 32})
        assert answer.status == 302, answer.status
        while True:
            heard = self.listener.said()
            if word in heard.get("html", ""):
                break
        self.times.append(time.monotonic() - began)
        self.listener.send(frame(json.dumps({"t": "seen", heard["s"]: heard["n"]})))

    def during(self, deed: Callable[[], Result]) -> Result:
        """Speak and listen for as long as the deed takes, and once after it; what it returns."""
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            doing = pool.submit(deed)
            while not doing.done():
                self.say()
                concurrent.futures.wait([doing], 0.1)
        self.say()
        return doing.result()

    # ------------------------------------------------------------ what is left behind

    def rows(self) -> Rows:
        """Everything in its database."""
        return rows_of(self.url)

    def mark(self) -> tuple[Rows, int, int]:
        """How things stand now."""
        return self.rows(), len(self.times), len(self.log())

    def log(self) -> list[str]:
        return (self.server.home.path / "log").read_text().splitlines()

    def refused(self) -> list[str]:
        """Why sockets were refused so far."""
        told = [json.loads(line) for line in self.log()]
        return [one["why"] for one in told if one["event"] == "socket-refused"]

    def harm_since(self, mark: tuple[Rows, int, int]) -> list[str]:
        """What came of something that should have come to nothing: rows, slow statements, complaints in the log."""
        (before, said, lines), now = mark, self.rows()
        times = self.times[said:]
        found = [
            table for table in now
            if now[table].total() - before[table].total() != self.grows[table] * len(times)
            or (table not in self.moves and before[table] - now[table])
        ]  # fmt: skip
        found += [f"heard after {one:.2f} s" for one in times if not in_time(one, USUAL * min(slack(), 4))]
        return found + [line for line in self.log()[lines:] if not is_calm(line)]


def is_calm(line: str) -> bool:
    """Whether a line of the log tells of nothing that went wrong."""
    with contextlib.suppress(ValueError):
        told = json.loads(line)
        return told["level"] == "info" and told["event"] != "library" and "exception" not in told
    return False


@contextlib.contextmanager
def hall_at(path: pathlib.Path, serve: str) -> Iterator[Hall]:
    """A table with people around it, served by that program."""
    with database(path) as url:
        home = Home(path, serve=serve, told={"DATABASE_URL": url, "LOG_LEVEL": "INFO"})
        done = home.run(SEED)
        assert done.returncode == 0, done.stderr[-3000:]
        with serving(home) as server:
            hall = Hall(server, url, json.loads(done.stdout.splitlines()[-1]))
            yield hall
            hall.listener.talk.close()


@contextlib.contextmanager
def watched(folder: pathlib.Path, code: str) -> Iterator[Hall]:
    """A hall served by that program, in whose log stands nothing bad in the end."""
    with hall_at(folder, code) as made:
        yield made
        made.during(lambda: time.sleep(1.5))  # what an application raised is logged within a second
        assert [line for line in made.log() if not is_calm(line)] == []


@contextlib.contextmanager
def unharmed(hall: Hall) -> Iterator[Hall]:
    """The table, to which nothing may happen while a test does its worst."""
    mark = hall.mark()
    yield hall
    assert hall.harm_since(mark) == []
