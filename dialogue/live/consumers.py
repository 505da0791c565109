"""One open page's socket: it says hello, is told what is new, acknowledges. It writes nothing: that goes over HTTP."""

import asyncio
import contextlib
import json
import time
import uuid
from collections import Counter
from http.cookies import CookieError, SimpleCookie
from typing import Any

from allauth.core.internal.ratelimit import truncate_ip
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils import timezone

from dialogue.live.allowance import Allowance
from dialogue.live.awake import awake
from dialogue.live.doors import Admission, Knock
from dialogue.live.hub import MOST_BEHIND, hub
from dialogue.live.page import RESTARTING, Page
from dialogue.live.wire import framed, writer
from dialogue.logs import tell

VERSION = 1
HELLO = 5.0  # seconds in which a page says hello
MOST_SIZE = 8 * 1024  # bytes of a frame from a page
SOCKETS = settings.PAGES_OF_ONE
VISITORS = settings.PAGES_OF_NETWORK
MALFORMED, WRONG, NO_HELLO, OTHER_VERSION, TOO_MANY = 1003, 1008, 4008, 4010, 4013

open_sockets: Counter[uuid.UUID] = Counter()
open_visits: Counter[str] = Counter()  # by network


class Refused(Exception):
    """A frame that closes the page, with its code."""

    def __init__(self, code: int):
        super().__init__(code)
        self.code = code


class OpenPage(AsyncWebsocketConsumer):
    """The socket of one page of one session."""

    page: Page | None = None
    hello_timer: asyncio.TimerHandle | None = None
    hello_by = 0.0  # by the clock that stands still while this process sleeps
    admission: Admission | None = None
    counted: tuple[Counter[Any], Any] | None = None  # where, and under what

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Channels' own, without its hop to a thread for each frame: nothing here holds a connection there."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        """Let the page in, or say by a code why not."""
        hub.start()
        self.allowance = Allowance()
        cookies = cookies_of(self.scope)
        self.knock = Knock(
            cookies.get(settings.SESSION_COOKIE_NAME, ""), self.scope["url_route"]["kwargs"]["session"],
            cookies.get(settings.LANGUAGE_COOKIE_NAME, "") or accepted_language(self.scope),
        )  # fmt: skip
        try:
            answer = RESTARTING if hub.is_closing else await hub.door.knock(self.knock)
        except Exception:  # the database is away: the page comes again
            answer = RESTARTING
        await self.accept()
        if isinstance(answer, Admission) and not self.count_in(answer):
            answer = TOO_MANY
        if isinstance(answer, int):
            await self.close(answer)
            return
        self.admission = answer
        self.hello_by = awake.now() + HELLO
        self.expect_hello()

    def expect_hello(self) -> None:
        """Close the page when its time is over; what this process slept was not its time."""
        left = self.hello_by - awake.now()
        if left > 0:
            self.hello_timer = asyncio.get_running_loop().call_later(left, self.expect_hello)
        else:
            hub.spawn(self.close(NO_HELLO))

    def count_in(self, admission: Admission) -> bool:
        """Count the page: of a person by themselves alone, of a visitor by network. False where there are too many."""
        counter: Counter[Any] = open_sockets if admission.person else open_visits
        whose = admission.person or network_of(self.scope)
        if counter[whose] >= (SOCKETS if admission.person else VISITORS):
            if not counter[whose]:
                del counter[whose]
            return False
        counter[whose] += 1
        self.counted = (counter, whose)
        return True

    def count_out(self) -> None:
        """The page is not counted any more."""
        if self.counted:
            counter, whose = self.counted
            self.counted = None
            counter[whose] -= 1
            if counter[whose] <= 0:
                del counter[whose]

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """A frame from the page; a wrong one closes it."""
        if self.admission is None:
            return
        try:
            if not self.allowance.spend():
                raise Refused(TOO_MANY)
            if text_data is None:
                raise Refused(MALFORMED)
            if len(text_data) > MOST_SIZE or len(text_data.encode(errors="replace")) > MOST_SIZE:
                raise Refused(TOO_MANY)
            await self.obey(parsed(text_data))
        except Refused as refused:
            await self.close(refused.code)

    async def obey(self, frame: dict[str, Any]) -> None:
        """Do what a frame asks."""
        kind = frame.get("t")
        if kind == "hello":
            await self.hello(frame)
        elif kind == "seen" and self.page is not None:
            for stream, number in frame.items():
                if stream != "t":
                    self.page.acknowledge(stream_of(stream), number_of(number))
            if self.page.lacks:
                hub.spawn(hub.late.pump(self.page))
        else:
            raise Refused(WRONG if self.page or kind != "seen" else NO_HELLO)

    async def hello(self, frame: dict[str, Any]) -> None:
        """The page says up to where it has read: it is told what follows. Said again, everything is asked again."""
        version = frame.get("v")
        if type(version) is not int or version != VERSION:  # in Python True is 1
            raise Refused(OTHER_VERSION)
        assert self.admission is not None
        seen = positions(frame.get("seen"))
        if self.hello_timer:
            self.hello_timer.cancel()
        if self.page is not None:
            hub.leave(self.page)
            answer = await hub.door.knock(self.knock)
            if isinstance(answer, int):
                raise Refused(answer)
            self.admission = answer
        admission = self.admission
        self.page = page = Page(self.knock, admission, writer(self.base_send), self.close)
        page.write(welcome(admission))
        for heard in admission.streams:
            epoch, number = seen.get(heard.stream, ("", 0))
            head = admission.heads[heard.stream]
            if epoch != admission.epoch or number > head:
                page.reset(heard.stream, "epoch" if heard.stream in seen else "role")
            elif head - number > MOST_BEHIND:
                page.reset(heard.stream, "far")
            else:
                page.sent[heard.stream] = number
        hub.join(page)
        tell("socket-opened", session=str(admission.session), person=str(admission.person or "") or None,
             behind=max((admission.heads[stream] - at for stream, at in page.sent.items()), default=None))  # fmt: skip

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close it; Channels' own disconnect follows."""
        if self.page is not None:
            self.page.is_open = False
        with contextlib.suppress(Exception):
            await super().close(code, reason)

    async def disconnect(self, code: int) -> None:
        """The page is gone."""
        if self.hello_timer:
            self.hello_timer.cancel()
        if self.page is not None:
            self.page.is_open = False
            hub.leave(self.page)
            tell("socket-closed", session=str(self.page.admission.session), code=code,
                 seconds=round(time.monotonic() - self.page.came_at, 1))  # fmt: skip
        self.count_out()


# ------------------------------------------------------------------ what a page may say


def parsed(text: str) -> dict[str, Any]:
    """A frame as an object. Raises Refused."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise Refused(MALFORMED) from problem
    if not isinstance(frame, dict):
        raise Refused(MALFORMED)
    return frame


def stream_of(value: Any) -> uuid.UUID:
    """A stream's id. Raises Refused."""
    try:
        return uuid.UUID(value)
    except (ValueError, TypeError, AttributeError) as problem:
        raise Refused(WRONG) from problem


def number_of(value: Any) -> int:
    """A stream's number. Raises Refused."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
        raise Refused(WRONG)
    return value


def positions(seen: Any) -> dict[uuid.UUID, tuple[str, int]]:
    """Where a page says that it stands: {stream: (epoch, number)}. Raises Refused."""
    if not isinstance(seen, dict) or len(seen) > 8:
        raise Refused(WRONG)
    told = {}
    for stream, at in seen.items():
        if not isinstance(at, dict) or not isinstance(at.get("epoch"), str):
            raise Refused(WRONG)
        told[stream_of(stream)] = (at["epoch"], number_of(at.get("n")))
    return told


def welcome(admission: Admission) -> bytes:
    """The heads of what the page hears."""
    heads = {str(stream): {"epoch": admission.epoch, "n": head} for stream, head in admission.heads.items()}
    told = {"t": "welcome", "heads": heads, "time": timezone.now().isoformat()}
    return framed(json.dumps(told, separators=(",", ":")))


def network_of(scope: dict[str, Any]) -> str:
    """The network that a socket comes from: an IPv4 address, the first 64 bits of an IPv6 one; "" where nobody says."""
    return truncate_ip(str((scope.get("client") or [""])[0]))


def cookies_of(scope: dict[str, Any]) -> dict[str, str]:
    """The cookies of the request."""
    cookie = SimpleCookie()
    with contextlib.suppress(CookieError):
        for name, value in scope["headers"]:
            if name == b"cookie":
                cookie.load(value.decode("latin-1"))
    return {name: morsel.value for name, morsel in cookie.items()}


def accepted_language(scope: dict[str, Any]) -> str:
    """The first language that the browser asks for."""
    asked = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    return asked.decode("latin-1").split(",")[0].split(";")[0].strip().lower()
