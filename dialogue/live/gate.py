"""The gate in front of the application: so many requests at once and no more, and sockets from our own pages only.

Django's own ASGI handler makes a thread for every request, so a slow database makes hundreds, each with a connection
of its own. Here a lane has a fixed set of threads; who finds none free waits a while, and is then told to come again.
"""

import asyncio
import collections
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import FileResponse, HttpRequest
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase

from dialogue.health import ADDRESS
from dialogue.live.refusals import Headers, refusal
from dialogue.live.watchdog import Worker
from dialogue.logs import tell

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PATIENCE = 5.0  # seconds that a request waits for a thread
HEALTH_TAKES = 2.0  # seconds in which a load balancer has its answer


class Full(Exception):
    """No thread came free in time."""


class Handler(ASGIHandler):
    """Django's handler with all middleware and the view in one thread, in one hop instead of one a layer."""

    def __init__(self) -> None:
        super(ASGIHandler, self).__init__()
        self.load_middleware(is_async=False)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the request's thread."""
        response: Any = await sync_to_async(self.get_response, thread_sensitive=True)(request)
        response._handler_class = self.__class__
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        return response


class Lane:
    """`size` threads, and at most `room` requests that wait for one of them, in turn, for `patience` seconds."""

    def __init__(self, name: str, size: int, room: int, patience: float = PATIENCE) -> None:
        self.name, self.size, self.room, self.patience = name, size, room, patience
        self.made = 0
        self.free: list[Worker] = []  # the last one used is used next: its connection is warm
        self.waiting: collections.deque[asyncio.Future[Worker]] = collections.deque()

    async def take(self) -> Worker:
        """A thread of one's own, until it is given back. Raises Full."""
        if self.free:
            return self.free.pop()
        if self.made < self.size:
            self.made += 1
            return Worker(f"{self.name}-{self.made}")
        if len(self.waiting) >= self.room:
            raise Full
        return await self.wait()

    async def wait(self) -> Worker:
        """Stand in line."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[Worker] = loop.create_future()
        self.waiting.append(turn)
        too_long = loop.call_later(self.patience, self.give_up, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and not turn.exception():
                self.give_back(turn.result())
            raise
        finally:
            too_long.cancel()

    def give_up(self, turn: "asyncio.Future[Worker]") -> None:
        """Send away who has waited too long."""
        if not turn.done():
            self.waiting.remove(turn)
            turn.set_exception(Full())

    def give_back(self, worker: Worker) -> None:
        """The thread is free for the next in line, as soon as it has finished what it is at."""
        if unfinished := worker.unfinished():
            loop = asyncio.get_running_loop()
            unfinished.add_done_callback(lambda _done: loop.call_soon_threadsafe(self.give_back, worker))
            return
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(worker)
                return
        self.free.append(worker)


class Gate:
    """Lets so many requests through to Django at once. Static files and the health address have lanes of their own."""

    def __init__(self, application: Application, workers: int | None = None, room: int | None = None) -> None:
        self.application = application
        self.pages = Lane("page", workers or settings.WORKERS, settings.WAITING if room is None else room)
        self.static = Lane("static", 2, 1000)
        self.health = Lane("health", 1, 10, HEALTH_TAKES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or say that it must come again."""
        lane, began = self.lane(scope["path"]), time.monotonic()
        if b"%00" in scope.get("raw_path", b"") or b"%00" in scope.get("query_string", b""):
            await refuse(scope, send, "unreadable")  # no name holds a NUL, and PostgreSQL takes none
            return
        try:
            worker = await lane.take()
        except Full:
            await refuse(scope, send, "busy")
            return
        scope["waited"] = time.monotonic() - began
        try:
            await self.answer(lane, worker, scope, receive, send)
        finally:
            lane.give_back(worker)

    def lane(self, path: str) -> Lane:
        """Who answers that address."""
        if path == ADDRESS:
            return self.health
        return self.static if path.startswith(settings.STATIC_URL) else self.pages

    async def answer(self, lane: Lane, worker: Worker, scope: Scope, receive: Receive, send: Send) -> None:
        """Let Django answer in that thread; the health address within its time."""
        async with ThreadSensitiveContext(executor=worker):
            if lane is not self.health:
                await self.application(scope, receive, send)
                return
            try:
                await asyncio.wait_for(self.application(scope, receive, send), HEALTH_TAKES)
            except TimeoutError:
                await refuse(scope, send, "away")


async def refuse(scope: Scope, send: Send, why: str) -> None:
    """Answer in the application's place, and log it."""
    status, headers, body = refusal(why, scope["headers"], scope["method"])
    tell("request-refused", why=why, status=status)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


# ------------------------------------------------------------------ sockets


class OwnPagesOnly:
    """Refuses, with 403 and before anything is accepted, a socket that a page of ours did not open.

    A browser names the page's origin, and no page can make it lie: scheme, host and port have to be those that the
    socket was asked for at. A missing origin and "null" are refused too.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the socket through, or refuse it."""
        if is_own_origin(scope["headers"]):
            await self.application(scope, receive, send)
        else:
            await deny(scope, receive, send, why="origin")


async def deny(scope: Scope, receive: Receive, send: Send, why: str = "address") -> None:
    """An application that refuses every socket."""
    tell("socket-refused", why=why, status=403)
    await receive()
    await send({"type": "websocket.close", "code": 4003})


def is_own_origin(headers: Headers) -> bool:
    """Whether these headers of a handshake name our own origin, once and to the letter."""
    origins, hosts = ([value for key, value in headers if key == name] for name in (b"origin", b"host"))
    if len(origins) != 1 or len(hosts) != 1:
        return False
    origin, host = origins[0].decode("latin-1").lower(), hosts[0].decode("latin-1").lower()
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    return origin == f"{scheme(headers)}://{host}" or origin in settings.CSRF_TRUSTED_ORIGINS


def scheme(headers: Headers) -> str:
    """https where a proxy that may be believed says so, and http elsewhere: the server itself speaks nothing else."""
    if not settings.SECURE_PROXY_SSL_HEADER:
        return "http"
    name, secure = settings.SECURE_PROXY_SSL_HEADER
    sent = name.removeprefix("HTTP_").replace("_", "-").lower().encode()
    return "https" if [value.decode("latin-1") for key, value in headers if key == sent] == [secure] else "http"
