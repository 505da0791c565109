"""The production entry: what it refuses before reading, how it ends, and when it does not start.

One server for the module, with the limits of time made small; what ends a server starts one of its own.
"""

import contextlib
import json
import pathlib
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed

from tests.clocks import PATIENCE, in_time
from tests.machine import ROOT, manage
from tests.served import QUICK, Home, Served, closed, copied, events, knocked, program, serving, status

MIB = 1024 * 1024
SEED = f"""
import django, os, pathlib
django.setup()
from django.core.management import call_command
from dialogue.archive import format, load
from dialogue.events.actions import seat_samples
from dialogue.people.demo import entry_code
from tests import template
template.copy_for(os.environ["DATABASE_URL"])
call_command("migrate", verbosity=0)
event = load.load(format.read(pathlib.Path(r"{ROOT}/dialogue/archive/victoria-2007.json").read_bytes()))
seat_samples(event)
print(entry_code("participant"), event.sessions.get(key="roundtable").pk)
"""


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("seeded"))
    done = made.run(SEED)
    assert done.returncode == 0, done.stderr
    made.code, made.session = done.stdout.split()
    return made


@pytest.fixture
def home(seeded: Home, tmp_path: pathlib.Path) -> Home:
    """One of a test's own."""
    return copied(seeded, tmp_path)


@pytest.fixture(scope="module")
def served(seeded: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(copied(seeded, tmp_path_factory.mktemp("served"))) as server:
        server.sign_in()
        yield server


# ------------------------------------------------------------------ too large, too slow, not to be read


POST = "POST /theme/ HTTP/1.1\nHost: 127.0.0.1\n"
GET = "GET / HTTP/1.1\nHost: 127.0.0.1\n"
CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"


def test_a_body_that_says_that_it_is_too_large_is_refused_before_a_byte_of_it_is_asked_for(served: Served):
    answer = served.raw(f"{POST}Expect: 100-continue\nContent-Length: {MIB + 1}\n\n")
    assert answer.startswith("HTTP/1.1 413 ") and "Connection: close" in answer
    assert "At most one megabyte is accepted at once. Nothing was changed." in answer
    just = served.raw(f"{POST}Connection: close\nContent-Length: {MIB}\n\n", b"x" * MIB)
    assert status(just) == 403  # only a token lacks


def test_a_script_is_told_in_its_own_way_and_language(served: Served):
    answer = served.raw(f"{POST}Accept: application/json\nAccept-Language: fr\nContent-Length: {2 * MIB}\n\n")
    assert json.loads(answer.split("\r\n\r\n")[1]) == {
        "error": "Votre envoi est trop volumineux. Un seul mégaoctet au plus est accepté à la fois. Rien n’a été modifié."
    }


def test_whoever_sends_it_all_the_same_can_read_why_not(served: Served):
    assert status(served.raw(f"{POST}Content-Length: {4 * MIB}\n\n", b"x" * 4 * MIB)) == 413


def test_a_body_in_chunks_is_counted(served: Served):
    assert status(served.raw(f"{POST}Transfer-Encoding: chunked\n\n", *[CHUNK] * 17, b"0\r\n\r\n")) == 413
    small = served.raw(f"{POST}Connection: close\nTransfer-Encoding: chunked\n\n", *[CHUNK] * 16, b"0\r\n\r\n")
    assert status(small) == 403  # only a token lacks


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (f"GET /{'a' * 5000} HTTP/1.1\nHost: 127.0.0.1\n\n", 414),
        (f"GET /{'a' * 20_000}", 414),
        (f"{GET}X: {'a' * 17_000}\n\n", 431),
        (f"{GET}X: {'a' * 17_000}", 431),
        (GET + "".join(f"X{n}: 1\n" for n in range(200)) + "\n", 400),
        ("\x16\x03\x01\x02\x00\x01\n\n", 400),
        (f"{GET}X: a\x00b\n\n", 400),
        (f"{POST}Content-Length: 5\nTransfer-Encoding: chunked\n\nhello", 400),
        (f"{POST}Content-Length: -5\n\nhello", 400),
        (f"{POST}Transfer-Encoding: chunked\n\nzz\nhello\n", 400),
        ("GET /events/a%00b/ HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n", 400),
        ("GET /?event=%00 HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n", 400),
        ("GET /events/%ff%fe/ HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n", 404),
        ("GET /caf\xe9/ HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n", 400),
        ("GET / HTTP/1.1\nHost: elsewhere\nConnection: close\n\n", 400),
        (f"{GET}Daphne-Root-Path: /\xff\nConnection: close\n\n", 200),
        (f"{GET}Content-Type: text/plain; charset=hex\nConnection: close\n\n", 400),
        (
            f"{POST}Content-Type: multipart/form-data; boundary=B; charset=hex\nConnection: close\nContent-Length: 5\n\n--B--",
            400,
        ),
    ],
    ids=lambda value: value[:40].encode("unicode_escape").decode() if isinstance(value, str) else str(value),
)
def test_what_cannot_be_read_gets_its_status_and_never_500(served: Served, sent: str, expected: int):
    answer = served.raw(sent)
    assert status(answer) == expected
    assert "Content-Security-Policy: " in answer


@pytest.mark.parametrize(
    ("sent", "expected"),
    [(GET, "408"), (f"{POST}Content-Length: 100\n\nabc", "408"), ("", "")],
    ids=["headers", "body", "nothing"],
)
def test_whoever_is_too_slow_is_sent_away(served: Served, sent: str, expected: str):
    began = time.monotonic()
    try:
        assert served.raw(sent).split()[1] == expected
    except ConnectionResetError:
        assert expected == ""
    assert in_time(time.monotonic() - began, 3)


def test_byte_after_byte_does_not_hold_a_connection_open(served: Served):
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as talk:
        with contextlib.suppress(OSError):
            for letter in GET * 20:
                talk.sendall(letter.encode())
                time.sleep(0.02)
        assert b"408" in talk.recv(100)
    assert in_time(time.monotonic() - began, 4)


def test_others_do_not_notice(served: Served):
    """While forty send what is refused and forty are slow, everybody else is answered as ever."""
    bad = [threading.Thread(target=served.raw, args=(f"{POST}Content-Length: {2 * MIB}\n\n", b"x" * MIB))
           for _ in range(40)]  # fmt: skip
    slow = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(40)]
    for one in bad:
        one.start()
    began = time.monotonic()
    assert [served.ask("GET", "/health/").status for _ in range(10)] == [200] * 10
    assert in_time(time.monotonic() - began, 5)
    for one in bad:
        one.join()
    for one in slow:
        one.close()


# ------------------------------------------------------------------ sockets


def test_a_socket_is_opened_for_our_own_pages_only(served: Served):
    host, port = "127.0.0.1", served.port
    foreign = [
        "http://evil.example", f"https://{host}:{port}", f"http://{host}:{port + 1}", f"http://{host}",
        f"http://localhost:{port}", f"http://{host}.evil.example:{port}", "null",
    ]  # fmt: skip
    assert {origin: knocked(served, f"Origin: {origin}") for origin in foreign} == dict.fromkeys(foreign, 403)
    assert knocked(served) == 403
    assert knocked(served, f"Origin: http://{host}:{port}") == 101
    assert events(served, "socket-refused") == [{"why": "origin", "status": "403"}] * (len(foreign) + 1)


def test_a_handshake_that_is_none_gets_its_status(served: Served):
    own = f"Origin: {served.origin}"
    assert knocked(served, own, path="/") == 403
    assert knocked(served, own, path="/live/%00/") == 403
    assert knocked(served, own, method="POST") == 405
    assert knocked(served, own, own) == 400
    assert knocked(served, own, "Sec-WebSocket-Protocol: \xff") == 400
    assert knocked(served, "Origin: %%%") == 400


def test_a_page_sends_no_more_than_the_server_will_hold(served: Served):
    for sent in ("x" * 9000, "x" * 100_000, "x" * 5_000_000, iter(["x" * 30_000] * 5)):
        with served.page() as page:
            with contextlib.suppress(ConnectionClosed):
                page.send(sent)
            assert closed(page) == 4013


def test_a_frame_that_is_no_text_closes_the_page(served: Served):
    with served.page() as page:
        page.socket.sendall(b"\x81\x82\x00\x00\x00\x00\xff\xfe")  # text, masked with zeros, no UTF-8
        assert closed(page) == 1007


def test_nothing_is_compressed(served: Served):
    with served.page() as page:  # offers deflate
        assert page.protocol.extensions == []


HELLO = b'{"t":"hello","v":1,"seen":{}}'


def test_a_page_that_answers_pings_stays_and_one_that_does_not_is_given_up(served: Served):
    with served.page() as page, served.shaken() as mute:
        mute.sendall(bytes([0x81, 0x80 | len(HELLO)]) + bytes(4) + HELLO)  # a text frame, masked with zeros
        began = time.monotonic()
        heard = b""
        with contextlib.suppress(ConnectionResetError):
            while part := mute.recv(65536):
                heard += part
        assert b"welcome" in heard and b"\x89" in heard  # it was let in, and asked by a ping
        assert in_time(time.monotonic() - began, 8, least=2)
        assert page.ping().wait(2)


# ------------------------------------------------------------------ the end


def test_what_was_posted_is_answered_and_every_page_is_told_to_come_again(home: Home):
    with serving(home) as server:
        server.sign_in()
        page, form = server.page(), server.at_the_door()
        with contextlib.closing(sqlite3.connect(home.database, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")  # nobody else can write now: the request waits within the server
            posted = server.send("POST", server.door, form)
            assert server.ask("GET", "/health/").status == 200  # whatever was sent before has come
            server.process.send_signal(signal.SIGTERM)
            assert closed(page) == 1012
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", server.port))
            server.process.send_signal(signal.SIGTERM)  # being told twice changes nothing
            assert server.process.poll() is None
            writer.execute("COMMIT")
        assert posted.getresponse().status == 302
        assert server.process.wait(10) == 0
        assert events(server, "stopping") == [{"pages": "1", "requests": "1"}]
        assert events(server, "stopped") == [{"unanswered": "0"}]


def test_a_request_that_hangs_does_not_hold_up_the_end(home: Home):
    with serving(home) as server, contextlib.closing(sqlite3.connect(home.database, isolation_level=None)) as writer:
        form = server.at_the_door()
        writer.execute("BEGIN IMMEDIATE")
        posted = server.send("POST", server.door, form)
        assert server.ask("GET", "/health/").status == 200
        began = time.monotonic()
        assert server.end(signal.SIGINT) == 0
        assert in_time(time.monotonic() - began, 8)  # four seconds for the answer, five for the process
        assert events(server, "stopped") == [{"unanswered": "1"}]
        posted.close()


# ------------------------------------------------------------------ the beginning


def test_a_second_server_on_an_embedded_database_does_not_start_and_commands_do(served: Served):
    home = served.home.path
    second = manage(home, "serve", "--port", "0", DIALOGUE_DEMO="1")
    assert (second.returncode, second.stdout) == (1, "")
    assert f"Another server (process {served.process.pid}) serves this database already" in second.stderr
    assert "set DATABASE_URL and REDIS_URL" in second.stderr
    assert manage(home, "dump_record", "victoria-2007").returncode == 0


def test_a_server_that_was_killed_leaves_the_database_to_the_next(served: Served):
    served.end(signal.SIGKILL)  # the last test of this server
    with serving(served.home) as server:
        assert server.ask("GET", "/health/").status == 200


# ------------------------------------------------------------------ files run short

FEW_FILES = "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))\n"
NO_WAY_GIVEN = "limits.Channels.admit_channel = lambda own, new: own.channels.update({new: None})\n"


def answered_beside_idle_ones(home: Home, more: str) -> int:
    """How many of 300 connections, each kept open, get an answer from a server that may open 200 files."""
    home.serve = program(more, **QUICK)
    heard = 0
    with serving(home) as server, contextlib.ExitStack() as kept_open:
        for _one in range(300):
            talk = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            kept_open.enter_context(talk)
            with contextlib.suppress(ConnectionError):
                talk.sendall(b"GET /nowhere/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                heard += talk.recv(64).startswith(b"HTTP/1.1 404 ")
    return heard


def test_idle_connections_give_way_where_files_run_short(home: Home):
    assert answered_beside_idle_ones(home, FEW_FILES) == 300


def test_without_way_given_idle_connections_keep_others_out(home: Home):
    assert answered_beside_idle_ones(home, FEW_FILES + NO_WAY_GIVEN) < 200
