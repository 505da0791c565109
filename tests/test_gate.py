"""The gate: how many requests run, how many wait, who passes by, and whose sockets are refused."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from hypothesis import given
from hypothesis import strategies as st

from dialogue.live import gate as gates
from dialogue.live.gate import Full, Gate, Lane, is_own_origin
from tests.clocks import in_time

Answer = dict[str, Any]


class Work:
    """An application whose requests each take a thread until they are let go; it counts who is at work."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.now, self.most = 0, 0
        self.threads: set[int] = set()
        self.lock = threading.Lock()

    async def __call__(self, scope, receive, send) -> None:
        async with ThreadSensitiveContext():  # as Django's own handler does
            await sync_to_async(self.take)()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def take(self) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.threads.add(threading.get_ident())
        self.go.wait(5)
        with self.lock:
            self.now -= 1


async def ask(application, path: str = "/", query: bytes = b"", **headers: str) -> Answer:
    """One request: its status, headers and body."""
    answer: Answer = {"body": b""}

    async def send(message) -> None:
        if message["type"] == "http.response.start":
            answer["status"] = message["status"]
            answer["headers"] = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        answer["body"] += message.get("body", b"")

    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query,
             "headers": sent}  # fmt: skip
    await application(scope, None, send)
    return answer


async def asked(application, number: int, until: Callable[[], bool]) -> list[asyncio.Task[Answer]]:
    """So many requests at once, when they are as far as `until` says."""
    tasks = [asyncio.create_task(ask(application)) for _ in range(number)]
    await reached(until)
    return tasks


async def reached(condition: Callable[[], bool]) -> None:
    """Wait for it; `run` has a limit."""
    while not condition():
        await asyncio.sleep(0.005)


def run(story: Callable[[], Coroutine]) -> None:
    asyncio.run(asyncio.wait_for(story(), 20))


def statuses(answers: list[Answer]) -> list[int]:
    return sorted(answer["status"] for answer in answers)


# ------------------------------------------------------------------ how many


def test_no_more_requests_run_than_there_are_threads_and_all_are_answered():
    async def story() -> None:
        work = Work()
        gate = Gate(work, workers=3, room=100)
        tasks = await asked(gate, 40, lambda: (work.now, len(gate.pages.waiting)) == (3, 37))
        work.go.set()
        assert statuses(await asyncio.gather(*tasks)) == [200] * 40
        assert (work.most, len(work.threads)) == (3, 3)

    run(story)


def test_without_the_gate_each_request_has_a_thread():
    async def story() -> None:
        work = Work()
        tasks = await asked(work, 40, lambda: work.now == 40)
        assert len(work.threads) == 40
        work.go.set()
        await asyncio.gather(*tasks)

    run(story)


def test_who_finds_no_room_is_told_at_once_to_come_again():
    async def story() -> None:
        work = Work()
        gate = Gate(work, workers=2, room=3)
        tasks = await asked(gate, 5, lambda: work.now == 2)
        late = await ask(gate, accept="application/json")
        assert (late["status"], late["headers"]["retry-after"]) == (503, "3")
        assert json.loads(late["body"]) == {
            "error": "Too many are here at this moment. Wait a few seconds, then try again: the same words sent twice "
            "are kept once."
        }
        page = await ask(gate, accept_language="fr-CA,fr;q=0.9,en;q=0.5")
        assert (page["status"], page["headers"]["content-type"]) == (503, "text/html; charset=utf-8")
        assert "Il y a trop de monde en ce moment" in page["body"].decode() and page["headers"]["refresh"]
        assert "default-src 'self'" in page["headers"]["content-security-policy"]
        work.go.set()
        assert statuses(await asyncio.gather(*tasks)) == [200] * 5
        assert (await ask(gate))["status"] == 200

    run(story)


def test_nobody_waits_longer_than_a_few_seconds():
    async def story() -> None:
        work = Work()
        gate = Gate(work, workers=1, room=10)
        gate.pages.patience = 0.2
        tasks = await asked(gate, 4, lambda: work.now == 1)
        began = time.monotonic()
        assert statuses([await task for task in tasks[1:]]) == [503] * 3
        assert in_time(time.monotonic() - began, 1)
        assert not gate.pages.waiting
        work.go.set()
        assert (await tasks[0])["status"] == 200

    run(story)


def test_static_files_and_the_health_address_pass_by():
    async def story() -> None:
        pages, other = Work(), Work()
        other.go.set()

        async def application(scope, receive, send) -> None:
            await (pages if scope["path"] == "/" else other)(scope, receive, send)

        gate = Gate(application, workers=1, room=0)
        tasks = await asked(gate, 3, lambda: pages.now == 1)
        assert [(await ask(gate, path))["status"] for path in ("/static/css/x.css", "/health/")] == [200, 200]
        pages.go.set()
        assert statuses(await asyncio.gather(*tasks)) == [200, 503, 503]

    run(story)


def test_the_health_address_answers_in_time_when_the_database_does_not(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gates, "HEALTH_TAKES", 0.2)

    async def story() -> None:
        work = Work()  # hangs
        gate = Gate(work, workers=1, room=0)
        began = time.monotonic()
        answers = [await ask(gate, "/health/", accept="application/json") for _ in range(3)]
        assert statuses(answers) == [503] * 3
        assert "The database does not answer" in answers[0]["body"].decode()
        assert in_time(time.monotonic() - began, 2)
        assert work.now == 1  # one thread hangs, not one a question
        work.go.set()
        await reached(lambda: bool(gate.health.free))
        assert (await ask(gate, "/health/"))["status"] == 200

    run(story)


# ------------------------------------------------------------------ threads come back


def test_a_thread_whose_client_has_left_is_nobody_elses_before_it_has_finished():
    async def story() -> None:
        work = Work()
        gate = Gate(work, workers=1, room=5)
        (left,) = await asked(gate, 1, lambda: work.now == 1)
        left.cancel()
        (following,) = await asked(gate, 1, lambda: left.done() and len(gate.pages.waiting) == 1)
        assert work.now == 1
        work.go.set()
        assert (await following)["status"] == 200
        assert (work.most, len(work.threads)) == (1, 1)

    run(story)


def test_an_application_that_fails_gives_its_thread_back():
    async def story() -> None:
        async def application(scope, receive, send) -> None:
            raise ZeroDivisionError

        gate = Gate(application, workers=1, room=0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await ask(gate)

    run(story)


@given(st.lists(st.sampled_from(["take", "leave", "finish", "turn away"]), max_size=60))
def test_whatever_happens_no_thread_is_lost_and_none_is_given_twice(deeds: list[str]):
    """A lane of two threads and three places: after each deed it holds as many as it should, and in the end all."""

    async def story() -> None:
        lane = Lane("test", 2, 3, patience=100)
        tasks: list[asyncio.Task] = []
        for deed in deeds:
            held = [task for task in tasks if task.done() and not task.cancelled() and not task.exception()]
            waiting = [task for task in tasks if not task.done()]
            if deed == "take":
                tasks.append(asyncio.create_task(lane.take()))
            elif deed == "finish" and held:
                tasks.remove(held[0])
                lane.give_back(held[0].result())
            elif deed == "leave" and waiting:
                waiting[-1].cancel()
            elif deed == "turn away" and lane.waiting:
                lane.give_up(lane.waiting[0])
            for _ in range(3):
                await asyncio.sleep(0)
            gone = [task for task in tasks if task.done() and (task.cancelled() or task.exception())]
            assert all(task.cancelled() or isinstance(task.exception(), Full) for task in gone)
            tasks = [task for task in tasks if task not in gone]
            held = [task.result() for task in tasks if task.done()]
            assert len(set(map(id, [*held, *lane.free]))) == len(held) + len(lane.free) == lane.made <= 2
            assert len([task for task in tasks if not task.done()]) <= 3
            assert not lane.free or all(task.done() for task in tasks)  # nobody waits beside a free thread

    asyncio.run(story())


@pytest.mark.parametrize(("path", "query"), [("/events/a%00/", b""), ("/", b"event=%00")])
def test_an_address_with_a_nul_is_refused_before_it_reaches_a_database(path: str, query: bytes):
    work = Work()
    assert asyncio.run(ask(Gate(work), path, query))["status"] == 400
    assert work.most == 0


# ------------------------------------------------------------------ whose socket


HOST = [(b"host", b"table.example.org")]


@pytest.mark.parametrize(
    ("headers", "is_own"),
    [
        ([*HOST, (b"origin", b"https://table.example.org"), (b"x-forwarded-proto", b"https")], True),
        ([*HOST, (b"origin", b"http://table.example.org")], True),
        ([*HOST, (b"origin", b"https://table.example.org")], False),  # who says that it was https?
        ([*HOST, (b"origin", b"http://table.example.org"), (b"x-forwarded-proto", b"https")], False),
        ([*HOST, (b"origin", b"http://table.example.org:80")], False),
        ([*HOST, (b"origin", b"http://table.example.org.evil.example")], False),
        ([*HOST, (b"origin", b"http://evil.example")], False),
        ([*HOST, (b"origin", b"https://trusted.example")], True),
        ([*HOST, (b"origin", b"https://sub.trusted.example")], False),
        ([*HOST, (b"origin", b"null")], False),
        ([*HOST, (b"origin", b"")], False),
        (HOST, False),
        ([*HOST, (b"origin", b"http://table.example.org"), (b"origin", b"http://evil.example")], False),
        ([(b"host", b"evil.example"), (b"origin", b"http://evil.example")], False),
        ([(b"host", b"table.example.org:8000"), (b"origin", b"http://table.example.org:8000")], True),
        ([(b"host", b"table.example.org:8000"), (b"origin", b"http://table.example.org")], False),
        ([(b"host", b"[::1]:8000"), (b"origin", b"http://[::1]:8000")], True),
        ([(b"host", b"\xff\xfe"), (b"origin", b"http://\xff\xfe")], False),
        ([(b"origin", b"http://table.example.org")], False),
    ],
)
def test_an_origin_is_our_own_to_the_letter(headers: list[tuple[bytes, bytes]], is_own: bool, settings):
    settings.ALLOWED_HOSTS = ["table.example.org", "[::1]"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://trusted.example", "https://*.trusted.example"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert is_own_origin(headers) is is_own


def test_nobody_is_believed_to_be_our_proxy_where_there_is_none(settings):
    settings.ALLOWED_HOSTS = ["table.example.org"]
    settings.SECURE_PROXY_SSL_HEADER = None
    told = [*HOST, (b"x-forwarded-proto", b"https")]
    assert is_own_origin([*told, (b"origin", b"http://table.example.org")])
    assert not is_own_origin([*told, (b"origin", b"https://table.example.org")])
