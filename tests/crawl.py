"""Everything that one of the cast can get to: pages, fragments, files and the frames of the live tables."""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve
from lxml import html

from dialogue.events.models import Event, Session
from dialogue.live import doors, news, presence
from dialogue.live.wire import payload_of
from dialogue.people.models import Person
from dialogue.report.formats import FORMATS
from tests.posted import parameters

HX = {"HX-Request": "true"}
FILES = {"download"}  # too slow to be fetched with every page: the tests ask for them by name


@dataclass
class Got:
    """An answer as bytes: its status line, all headers, and the body."""

    where: str
    route: str
    status: int
    head: str
    body: bytes

    @property
    def is_file(self) -> bool:
        return "attachment" in self.head


def got(where: str, answer: HttpResponse) -> Got:
    cookies = answer.cookies.output() if answer.cookies else ""
    head = "\n".join(
        [str(answer.status_code), *(f"{name}: {value}" for name, value in answer.headers.items()), cookies]
    )
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return Got(where, route(where), answer.status_code, head, body)


def route(address: str) -> str:
    """The name of an address in the URL conf, or ""."""
    try:
        return resolve(urlsplit(address).path).url_name or ""
    except Resolver404:
        return ""


@dataclass
class Crawl:
    """One of the cast on their way through the site.

    `most`: pages of one kind (same address, same parts) looked at; but all of those with an address of these names.
    """

    client: Client
    most: int = 6
    all_of: tuple[str, ...] = ("said",)
    seen: set[str] = field(default_factory=set)
    kinds: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def pages(self, start: list[str]) -> Iterator[Got]:
        """Every page that links and forms lead to, from these on."""
        waiting = list(start)
        while waiting:
            address = waiting.pop(0)
            if self.is_news(address):
                answer = got(address, self.client.get(address))
                waiting += links(answer)
                yield answer

    def is_news(self, address: str) -> bool:
        if address in self.seen or route(address) in FILES:
            return False
        self.seen.add(address)
        kind = kind_of(address)
        self.kinds[kind] += 1
        return (len(kind) == 2 and kind[0] in self.all_of) or self.kinds[kind] <= self.most

    def fragments(self) -> Iterator[Got]:
        """The same pages as htmx asks for them, each kind as often as there are pages of it."""
        asked: Counter[tuple[str, ...]] = Counter()
        for address in sorted(self.seen):
            kind = kind_of(address)
            asked[kind] += 1
            if asked[kind] <= self.most:
                yield got(f"{address} (htmx)", self.client.get(address, headers=HX))

    def files(self, slug: str) -> Iterator[Got]:
        """The chapter in every format."""
        for name in FORMATS:
            yield got(f"/{slug}/{name}", self.client.get(f"/events/{slug}/chapter/download/{name}/"))


def kind_of(address: str) -> tuple[str, ...]:
    """What sort of page it is: the name of its address, the event, and which parts stand behind the “?”."""
    parts = urlsplit(address)
    names = sorted(one.partition("=")[0] for one in parts.query.split("&") if one)
    return (route(address), parts.path.split("/")[2] if parts.path.startswith("/events/") else "", *names)


def links(answer: Got) -> list[str]:
    """Where a page leads on this site, in its order."""
    location = [line[10:] for line in answer.head.splitlines() if line.startswith("Location: ")]
    if not answer.body or b"<" not in answer.body[:200] or "text/html" not in answer.head:
        return [urljoin(answer.where, one) for one in location]
    tree = html.fromstring(answer.body)
    found = tree.xpath("//@href | //form/@action | //@formaction | //@hx-get | //@data-href")
    every = [urljoin(answer.where, one).split("#")[0] for one in [*location, *found]]
    return [one for one in dict.fromkeys(every) if one.startswith("/") and not one.startswith(("//", "/static/"))]


def addresses(event: Event) -> list[str]:
    """Every address of the URL conf that needs no id: those with one are found by following links."""
    from django.urls import reverse

    words = {"slug": event.slug, "format": "json", "role": "participant", "code": "x"}
    out = []
    for name, needs in parameters().items():
        keys = event.sessions.values_list("key", flat=True) if "key" in needs else [""]
        if "id" not in needs and set(needs) <= {*words, "key"}:
            out += [reverse(name, kwargs={one: {**words, "key": key}[one] for one in needs}) for key in keys]
    return out


# ------------------------------------------------------------------ what open pages are told


def frames(client: Client, event: Event) -> Iterator[tuple[str, str]]:
    """(what, frame) of everything that an open page of each session would ever have been told, and who is there."""
    cookie = client.cookies.get("sessionid")
    for session in event.sessions.select_related("event"):
        knock = doors.Knock(cookie.value if cookie else "", session.pk, "en")
        answer = doors.admissions([knock])[0]
        if not isinstance(answer, doors.Admission):
            continue
        for heard in answer.streams:
            manner = news.Manner(heard.eyes, answer.language)
            for number, frame in news.missed(session.pk, heard.stream, manner, 0, 1 << 62, 10_000):
                yield f"{session.key}/{heard.audience[:6]}/{number}", payload_of(frame)
        yield f"{session.key}/present", present(session, answer)


def present(session: Session, admission: doors.Admission) -> str:
    """Who is here, if everybody of the event has its page open."""
    everybody: list[uuid.UUID] = list(Person.objects.values_list("pk", flat=True))
    manner = admission.streams[0].eyes.sees_who, admission.language
    return presence.draw_all(session.pk, everybody, {manner})[manner]
