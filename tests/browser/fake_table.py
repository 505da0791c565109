"""A server that does what a test says: the live page as the contract has it, a socket and posts that wait for the test.

Nothing of the project's Python is in it but the sentences of the page and the static files, so that the page's rules can
be tried one by one: an entry twice, out of order, not at all; a post that hangs, fails, is refused.
"""

import json
import pathlib
import queue
import re
import socket
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.server import ServerProtocol
from websockets.sync.server import ServerConnection

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PATIENCE = 60  # seconds that a test waits for what must come: the machine may be busy
CSP = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

# As the page's own; what a test is about it makes shorter, so that a busy machine changes nothing.
TIMES = {"silence": 60_000, "stall": 60_000, "seen": 150, "attempt": 60_000, "first": 20, "most": 160, "restart": 60,
         "steady": 100, "request": 60_000, "retry": 30, "settle": 200, "others": 300, "looked": 60_000,
         "ask": 200, "return": 20}  # fmt: skip


def statement(name: str, words: str, *, version: int = 1, mine: bool = False, after: str | None = None,
              after_time: str | None = None, depth: int = 0, bar: int = 0, extra: str = "") -> str:  # fmt: skip
    """The place of a statement, as an entry brings it (`after` given) or changes it."""
    into = f' data-into="thread-a" data-after="{after}" data-after-time="{after if after_time is None else after_time}"'
    return f"""<li id="s-{name}" class="place depth-{depth}"{into if after is not None else ""}>{
        said(name, words, version=version, mine=mine, extra=extra)
    }<div id="bar-{name}" data-version="{bar}" class="standing">bar {bar}</div>{stance(name)}</li>"""


def said(name: str, words: str, *, version: int = 1, mine: bool = False, extra: str = "") -> str:
    """The words of a statement and their speaker."""
    own = " data-mine" if mine else ""
    return (
        f'<article id="said-{name}" data-version="{version}"{own} class="statement"><p class="speaker">'
        f'<b class="who">{"you" if mine else "Crabbe"}</b></p><div class="words"><p>{words}</p></div>'
        f'<p class="meta"><a href="?reply={name}#say" data-reply="{name}">Reply</a></p>{extra}</article>'
    )


def stance(name: str, *, version: int = 0, own: str = "", mine: bool = False) -> str:
    """The four buttons of a position."""
    buttons = "".join(
        f'<button form="act" formaction="/table/stance/{name}/" name="stance" value="{kind}" '
        f'aria-pressed="{"true" if kind == own else "false"}">{kind}</button>'
        for kind in ("agree", "reservations", "disagree", "abstain")
    )
    mark = " data-mine" if mine else ""
    return f'<div id="stance-{name}" data-version="{version}"{mark} class="stances">{buttons}</div>'


def sentences() -> str:
    """The page's `_words.html` as it is read in English."""
    source = (ROOT / "templates/roundtable/_words.html").read_text()
    source = re.sub(r"\{% translate \"(.*?)\"(?: context \"[^\"]*\")? %\}", r"\1", source)
    return re.sub(r"\{%.*?comment %\}.*?\{% endcomment %\}|\{%.*?%\}", "", source)


ROW = (
    '<li><select name="relation"><option value="responds_to">responds to</option><option value="disagrees">disputes'
    '</option></select><input type="hidden" name="to"><q data-quote></q><button type="button" data-remove>x</button></li>'
)


@dataclass
class Table:
    """What the page is drawn from, and what the test sees of it and answers."""

    statements: list[str] = field(default_factory=lambda: [statement("one", "First."), statement("two", "Second.")])
    streams: dict[str, dict[str, Any]] = field(default_factory=lambda: {"T": {"epoch": "e1", "n": 10}})
    times: dict[str, int] = field(default_factory=lambda: dict(TIMES))
    shown_as: str = "threads"
    partial: bool = False
    more: str = ""  # elsewhere on the page
    earlier: list[str] = field(default_factory=list)
    person: str = "p1"
    storage_key: str = "00010203" * 8
    status: int = 200  # of the page itself
    health: int = 200  # of the address that says whether anybody is there
    port: int = 0
    asked: "queue.Queue[str]" = field(default_factory=queue.Queue)  # what it was asked
    sockets: "queue.Queue[Socket]" = field(default_factory=queue.Queue)
    posts: "queue.Queue[Post]" = field(default_factory=queue.Queue)
    looks: "queue.Queue[dict]" = field(default_factory=queue.Queue)
    weakened: dict[str, tuple[str, str]] = field(default_factory=dict)  # file: what is in it, what stands there instead

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}/table/"

    def socket(self) -> "Socket":
        """The next connection of a page; its hello is read."""
        found = self.sockets.get(timeout=PATIENCE)
        found.hello = found.read()
        return found

    def joined(self, **heads: int) -> "Socket":
        """A connection that was welcomed at these heads, by default those of the page."""
        found = self.socket()
        found.welcome(self.streams, **heads)
        return found

    def post(self) -> "Post":
        """The next post, which waits for its answer."""
        return self.posts.get(timeout=PATIENCE)

    def script(self, file: pathlib.Path) -> bytes:
        """A static file, with a defence taken out of it where the test says so."""
        text = file.read_bytes()
        if file.name in self.weakened:
            old, new = (one.encode() for one in self.weakened[file.name])
            assert old in text, f"{file.name} has no {old!r}: the control of a test controls nothing"
            text = text.replace(old, new)
        return text

    def drawn(self, part: str = "") -> str:
        """The page."""
        listed = self.earlier if part else self.statements
        partial = " data-partial" if self.partial and not part else ""
        link = '<p class="more"><a data-earlier href="?part=1">What was said before</a></p>' if partial else ""
        return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Table</title>
<link rel="stylesheet" href="/static/css/tokens.css"><link rel="stylesheet" href="/static/css/elements.css">
<link rel="stylesheet" href="/static/css/thread.css"><link rel="stylesheet" href="/static/css/table.css"><link rel="icon" href="/static/icon.svg">
<script type="module" src="/static/js/table.js"></script></head><body><div class="page"><main id="main" class="table">
<p id="connection" role="status">As it was.</p><button data-do="wake" data-at="away" hidden>Try now</button>
<button data-do="reload" data-at="reload" hidden>Reload</button>
<p><span data-new-count></span><button data-next-new hidden>Next</button></p>{self.more}{link}
<div id="discussion" data-socket="/live/x/" data-streams='{json.dumps(self.streams)}' data-as="{self.shown_as}"
 data-looked="/table/looked/" data-person="{self.person}" data-storage-key="{self.storage_key}" data-times='{json.dumps(self.times)}'>
<ol class="thread" id="thread-a" data-item="a"{partial}>{"".join(listed)}</ol></div>
<form id="act" method="post" action="/table/act/" data-tray><input type="hidden" name="csrfmiddlewaretoken" value="c"></form>
<form id="say" method="post" action="/table/say/" data-tray data-person="{self.person}" data-session="s1">
<input type="hidden" name="csrfmiddlewaretoken" value="c"><input type="hidden" name="key" value="server">
<input type="hidden" name="item" value="a"><ol class="relations"></ol><template id="relation-row">{ROW}</template>
<textarea name="text" data-limit="5000" aria-label="Words"></textarea><output data-count></output><p data-error></p>
<select name="kind"><option value="position">position</option><option value="comment">comment</option></select>
<button>Say it</button></form><ol data-waiting></ol><div data-live-region aria-live="polite"></div>
<dialog id="keys"><form method="dialog"><input type="checkbox" data-keys-on checked aria-label="Keys"><button>Close</button>
</form></dialog></main></div>{sentences()}</body></html>"""


@dataclass
class Socket:
    """One connection of a page, from the server's side."""

    connection: ServerConnection
    hello: dict[str, Any] = field(default_factory=dict)

    def read(self) -> dict[str, Any]:
        """The next frame of the page."""
        return json.loads(self.connection.recv(timeout=PATIENCE))

    def send(self, **frame: Any) -> None:
        """Send a frame."""
        self.connection.send(json.dumps(frame))

    def welcome(self, streams: dict[str, dict[str, Any]], **heads: int) -> None:
        """Let the page in."""
        told = {name: {"epoch": one["epoch"], "n": heads.get(name, one["n"])} for name, one in streams.items()}
        self.send(t="welcome", heads=told, time="2026-01-01T00:00:00Z")

    def entry(self, n: int, html: str, stream: str = "T") -> None:
        """Send an entry."""
        self.send(t="entry", s=stream, n=n, kind="contribution-made", html=html)

    def close(self, code: int) -> None:
        """Close with a code."""
        self.connection.close(code)

    def closed(self) -> int | None:
        """Wait until the page has closed the connection; its code."""
        try:
            while True:
                self.connection.recv(timeout=PATIENCE)
        except ConnectionClosed:
            return self.connection.close_code


@dataclass
class Post:
    """One post of a page, held open until it is answered."""

    path: str
    fields: list[tuple[str, str]]
    answered: "queue.Queue[tuple[int, bytes, dict[str, str]]]" = field(default_factory=queue.Queue)

    def __getitem__(self, name: str) -> str:
        return dict(self.fields)[name]

    def answer(self, status: int, body: object = None, **headers: str) -> None:
        """Answer it: a dict as JSON, None with nothing."""
        self.answered.put((status, json.dumps(body).encode() if body is not None else b"", headers))


def handler(table: Table) -> type[BaseHTTPRequestHandler]:
    """The HTTP side of a table."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def handle(self) -> None:
            start = self.connection.recv(4096, socket.MSG_PEEK)
            if b"upgrade: websocket" in start.lower():
                return listen(table, self.connection)
            super().handle()

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if path.startswith("/static/"):
                file = ROOT / path.lstrip("/")
                return self.reply(200, table.script(file), {"Content-Type": TYPES[file.suffix]})
            part = dict(urllib.parse.parse_qsl(query)).get("part", "")
            self.reply(table.status, table.drawn(part).encode(), {"Content-Type": "text/html; charset=utf-8"})

        def do_HEAD(self) -> None:
            table.asked.put(self.path)
            self.reply(table.health, b"", {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            sent = Post(self.path, urllib.parse.parse_qsl(body, keep_blank_values=True))
            if self.path.endswith("/looked/"):
                table.looks.put(json.loads(sent["heads"]))
                return self.reply(200, b"{}", {})
            table.posts.put(sent)
            self.reply(*sent.answered.get(timeout=3 * PATIENCE))

        def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            kind = {"Content-Type": "application/json", "Content-Security-Policy": CSP, "Cache-Control": "no-store"}
            for name, value in {**kind, **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def listen(table: Table, raw: socket.socket) -> None:
    """The socket side: hand the connection to the test, and keep it until one of the two closes it."""
    connection = ServerConnection(raw, ServerProtocol(), ping_interval=None)
    connection.handshake()
    table.sockets.put(Socket(connection))
    connection.recv_events_thread.join()


class Quiet(ThreadingHTTPServer):
    """One that says nothing where a page goes away in the middle of an answer: here that is what is tested."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def served(table: Table) -> Iterator[Table]:
    """The table on a port of its own."""
    server = Quiet(("127.0.0.1", 0), handler(table))
    table.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield table
    finally:
        server.shutdown()
        server.server_close()
