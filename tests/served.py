"""The production server in a process of its own, and as much of a browser as it takes to meet it from outside."""

import contextlib
import http.client
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.clocks import PATIENCE
from tests.machine import environment

QUICK = {
    "HEADERS_TAKE": 1, "BODY_TAKES": 1.5, "LINGERS": 1, "PING": 0.3, "PONG_TAKES": 2, "DRAIN_TAKES": 4, "END_TAKES": 5,
}  # fmt: skip


def program(more: str = "", **limits: float) -> str:
    """A program that serves, with these of its limits; `more` is done to it before."""
    return f"""
import sys
from django.core.management import execute_from_command_line as go
from dialogue.live import limits
vars(limits).update({limits})
{more}
go(["manage.py", "serve", "--port", "0", *sys.argv[1:]])
"""


SERVE = program(**QUICK)


@dataclass
class Home:
    """A database to be served, and its home. `code`: of the demo's door; `session`: the table's id."""

    path: pathlib.Path
    code: str = ""
    session: str = ""
    serve: str = SERVE  # the program
    told: dict[str, str] = field(default_factory=lambda: {"DIALOGUE_DEMO": "1", "LOG_LEVEL": "INFO"})

    def run(self, code: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-c", code], env=self.environment(), capture_output=True, text=True, timeout=60
        )

    def environment(self) -> dict[str, str]:
        return environment(self.path, **self.told)

    def start(self) -> subprocess.Popen:
        with (self.path / "log").open("w") as log:
            return subprocess.Popen(
                [sys.executable, "-c", self.serve],
                env=self.environment(),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    @property
    def database(self) -> pathlib.Path:
        return self.path / "data.sqlite3"


def copied(home: Home, path: pathlib.Path) -> Home:
    shutil.copytree(home.path, path, dirs_exist_ok=True)
    return replace(home, path=path)


@dataclass
class Served:
    """A running server, as somebody outside sees it."""

    home: Home
    process: subprocess.Popen
    port: int
    jar: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def log(self) -> str:
        return (self.home.path / "log").read_text()

    def raw(self, head: str, *more: bytes, within: float = PATIENCE) -> str:
        """Everything that is answered to these bytes, up to the end of the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=within) as talk:
            talk.sendall(head.replace("\n", "\r\n").encode("latin-1"))
            with contextlib.suppress(ConnectionError):  # refused before all of it was sent
                for part in more:
                    talk.sendall(part)
            return b"".join(iter(lambda: talk.recv(65536), b"")).decode("latin-1")

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """One request of a browser, with its cookies, and the answer."""
        answer = self.send(method, path, form).getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, value = cookie.split(";")[0].split("=", 1)
            self.jar[name] = value
        return answer

    def send(self, method: str, path: str, form: dict[str, str] | None = None) -> http.client.HTTPConnection:
        """The request alone."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items()), "Origin": self.origin}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urllib.parse.urlencode(form) if form is not None else None, headers)
        return connection

    @property
    def door(self) -> str:
        return f"/enter/participant/{self.home.code}/"

    def at_the_door(self) -> dict[str, str]:
        """The form that signs in."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask("GET", self.door).read().decode())
        assert token
        return {"csrfmiddlewaretoken": token.group(1)}

    def sign_in(self) -> None:
        assert self.ask("POST", self.door, self.at_the_door()).status == 302

    def page(self) -> ClientConnection:
        """An open page of the one signed in, that has said hello and has been welcomed."""
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())}
        address = f"ws://127.0.0.1:{self.port}/live/{self.home.session}/"
        opened = connect(address, origin=self.origin, additional_headers=cookies, compression="deflate")
        opened.send('{"t":"hello","v":1,"seen":{}}')
        assert json.loads(opened.recv(PATIENCE))["t"] == "welcome"
        return opened

    @contextlib.contextmanager
    def shaken(self) -> Iterator[socket.socket]:
        """The bare connection of a page of the one signed in, after its handshake."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        head = f"GET /live/{self.home.session}/ HTTP/1.1\nHost: 127.0.0.1:{self.port}\nCookie: {cookies}\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as talk:
            talk.sendall(f"{head}{HANDSHAKE}Origin: {self.origin}\n\n".replace("\n", "\r\n").encode())
            assert b" 101 " in talk.recv(1000)
            yield talk

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def serving(home: Home) -> Iterator[Served]:
    process = home.start()
    assert process.stdout
    try:
        said = ""
        for said in process.stdout:
            if found := re.fullmatch(r"Serving at http://127\.0\.0\.1:(\d+)/\n", said):
                yield Served(home, process, int(found.group(1)))
                return
        pytest.fail(said + (home.path / "log").read_text())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def status(answer: str) -> int:
    return int(answer.split()[1])


HANDSHAKE = (
    "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
)


def knocked(served: Served, *headers: str, path: str = "", method: str = "GET") -> int:
    """The status that a handshake with these headers gets."""
    head = f"{method} {path or f'/live/{served.home.session}/'} HTTP/1.1\nHost: 127.0.0.1:{served.port}\n{HANDSHAKE}"
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as talk:
        talk.sendall("\r\n".join([*head.splitlines(), *headers, "", ""]).encode("latin-1"))
        return int(talk.recv(1000).split()[1])


def closed(page: ClientConnection) -> int:
    """The code with which a page is closed."""
    with pytest.raises(ConnectionClosed) as end:
        while True:
            page.recv(PATIENCE)
    return end.value.rcvd.code if end.value.rcvd else 1006


def events(server: Served, name: str) -> list[dict[str, str]]:
    """The fields of each event of that name in the log."""
    lines = [line.split()[2:] for line in server.log().splitlines()]
    return [dict(one.split("=") for one in fields) for event, *fields in lines if event == name]
