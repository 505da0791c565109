"""Every form that is posted: where it goes, by whom, what a good one holds, and which of its fields name something."""

import copy
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from lxml import html

from dialogue.archive.load import load
from dialogue.discussion.models import Authorship, Contribution
from dialogue.entrance.models import SignIn
from dialogue.events.models import Event, Opening
from dialogue.people.models import Person
from dialogue.people.sign_ins import SessionStore
from dialogue.positions.models import Finding
from dialogue.rapporteur.actions.writing import order
from dialogue.rapporteur.models import Addressee, Footnote, Note, Paragraph, Recommendation, Source
from dialogue.rapporteur.views.sheets import SHEETS
from dialogue.record.models import Stream
from tests import cast, records
from tests.desks import controls
from tests.preparing_forms import ON_PK, PREPARING, TICKET, prepare
from tests.tables import LiveTable, seated

Sent = dict[str, Any]
MISSING = "5a1d5a1d-5a1d-4a1d-8a1d-5a1d5a1d5a1d"
PAPERS = ("note", "finding", "paragraph", "source", "footnote", "addressee", "recommendation")


@dataclass(frozen=True)
class Posted:
    """A form. `sent`: a good one, where "<kind>" is the room's own thing of that kind. `ids`: field -> what it names."""

    url: str
    role: str
    sent: Sent
    ids: dict[str, str] = field(default_factory=dict)
    on: str = ""  # the kind of what the address names

    def __str__(self) -> str:
        return " ".join(filter(None, [self.url, self.sent.get("do"), "for" if self.sent.get("for") else "", self.on]))


@dataclass
class Room:
    """A table with one of everything, and another event that has the same. `own`, `foreign`, `missing`: kind -> name."""

    table: LiveTable
    own: dict[str, str]
    foreign: dict[str, str]
    missing: dict[str, str]
    clients: dict[str, Client] = field(default_factory=dict)  # one of each of the cast, signed in already

    def __post_init__(self) -> None:
        self.clients = {role: self.client(role) for role in cast.CAST}

    def client(self, role: str) -> Client:
        """A browser of one of the cast, that is told of a failure by its status."""
        made = self.table.client(role)
        made.raise_request_exception = False
        return made

    def entered(self) -> "Room":
        """The same, with browsers of its own and nothing of it changed: it may be made anew in this way for each test."""
        made = copy.copy(self)
        made.table, made.clients = copy.deepcopy(self.table), {role: Client() for role in self.clients}
        for role, client in made.clients.items():
            client.raise_request_exception = False
            client.cookies.update(copy.deepcopy(self.clients[role].cookies))
        return made

    def address(self, url: str, on: str = "", **instead: str) -> str:
        """The address of that name, about the room's own things unless another is named."""
        names = {
            "slug": self.own["event"],
            "key": self.own["session"],
            "format": "json",
            "role": "participant",
            "code": "x",
            "pk": self.own[ON_PK.get(url, "person")],
            "written": TICKET,
        }
        names["id"] = self.own[on or url.removesuffix("-move").removesuffix("-confirm").removesuffix("-call").removesuffix("-end").replace("said", "statement")
                               .replace("stance", "statement").replace("assent", "finding")] if "id" in parameters()[url] else ""  # fmt: skip
        return reverse(url, kwargs={name: names[name] for name in parameters()[url]} | instead)

    def sent(self, form: Posted, **instead: Any) -> Sent:
        """What a good form holds, with the room's own names in it."""
        return {name: self.named(value) for name, value in form.sent.items()} | instead

    def named(self, value: Any) -> Any:
        """A value with the room's own name in place of a kind in brackets; "<was note>": the note as it stands."""
        if not isinstance(value, str) or "<" not in value:
            return value
        what, _space, kind = value[1:-1].partition(" ")
        if kind in SHEETS:
            papers: Any = SHEETS[kind].papers
            row = papers.rows(self.table.event).get(pk=self.own[kind])
            return papers.standing(row).digest if what == "was" else order([row])
        for kind, name in self.own.items():
            value = value.replace(f"<{kind}>", name)
        return value


KEY = {"key": "the-key-of-a-form"}
TALLY = {"present": "4", "agree": "2", "reservations": "0", "disagree": "1", "abstain": "0"}
SAYING = {**KEY, "item": "<item>", "kind": "comment", "text": "The river is low.", "attribution": "", "at": ""}
SAYS = {"item": "item", "to": "statement", "cites": "source"}
GOOD: dict[str, Sent] = {
    "note": {"text": "A note.", "flagged": "on", "item": "<item>", "rests": "<statement>"},
    "finding": {
        "text": "It is low.", "level": "one", "reason": "", "item": "<item>", "rests": "<statement>",
        "outcome": "adopted", "decision_rule": "majority", "decision_majority": "2:3",
    },
    "paragraph": {"text": "It was low.", "origin": "room", "item": "<item>", "rests": "<finding>"},
    "source": {
        "author": "", "title": "A book", "container": "", "year": "2025", "date": "", "url": "", "accessed": "", "page": "",
    },
    "footnote": {"kind": "remark", "text": "A remark.", "page": "", "source": ""},
    "addressee": {"name": "Everybody", "short_name": ""},
    "recommendation": {"text": "Do it.", "addressee": "<addressee>", "level": "", "parent": "", "rests": "<statement>"},
}  # fmt: skip
NAMES = {
    "item": "item", "rests": "statement", "source": "source-key", "addressee": "addressee", "parent": "recommendation",
}  # fmt: skip


def paper_forms() -> Iterator[Posted]:
    """The forms of the rapporteur's papers."""
    for kind in PAPERS:
        ids, was = {name: NAMES[name] for name in GOOD[kind] if name in NAMES}, {"was": f"<was {kind}>"}
        yield Posted(f"{kind}-new", "rapporteur", {"do": "save", **KEY, **GOOD[kind], "was": ""}, ids)
        yield Posted(kind, "rapporteur", {"do": "save", **KEY, **GOOD[kind], **was}, ids)
        yield Posted(kind, "rapporteur", {"do": "delete", **was})
        if kind in ("paragraph", "addressee", "recommendation"):
            yield Posted(f"{kind}-move", "rapporteur", {"to": "up", "was": f"<order {kind}>"})
        if kind in ("finding", "paragraph", "recommendation"):
            yield Posted(f"{kind}-confirm", "rapporteur", {"was": ""})
    yield Posted("paragraph", "rapporteur", {"do": "preview", **GOOD["paragraph"]}, {"rests": "finding"})
    yield Posted("finding", "rapporteur", {"do": "count", **GOOD["finding"]}, {"rests": "statement", "item": "item"})
    yield Posted(
        "finding", "rapporteur", {"do": "pair", "other": "<other>", "was": "<was finding>"}, {"other": "finding"}
    )
    yield Posted("finding", "rapporteur", {"do": "unpair"})
    yield Posted("finding-call", "moderator", {"do": "round", "present": "4", "was": "<was finding>"})
    yield Posted("finding-call", "moderator", {"do": "close", "objections": "0"})
    call = {"do": "call", "kind": "read_back", "present": "4", "objections": "0", "was": "<was finding>"}
    yield Posted("finding-call", "moderator", call)
    yield Posted("finding-call", "moderator", {"do": "hands", **TALLY, "was": "<was finding>"}, {"session": "session"})
    yield Posted("finding-call", "moderator", {"do": "take-back-call"})
    yield Posted("finding-call", "moderator", {"do": "take-back-hands"})
    yield Posted("assent", "rapporteur", {"do": "save", "seen": "4", "present": "8"})
    yield Posted("assent", "rapporteur", {"do": "confirm"})


FORMS = [
    Posted("say", "participant", {**SAYING, "relation": "responds_to", "to": "<statement>", "cites": "<source>"}, SAYS),
    Posted("say", "participant", {**SAYING, "relation": "agrees", "to": "finding-<finding>"}, {"to": "finding"}),
    Posted("say", "moderator", {**SAYING, "for": "<attendee>", "at": ""}, {"for": "attendee", "item": "item"}),
    Posted("run", "moderator", {"do": "open", "item": "<other item>"}, {"item": "item"}),
    Posted("run", "moderator", {"do": "close", "item": "<item>"}, {"item": "item"}),
    Posted("run", "moderator", {"do": "floor", "for": "<attendee>", "item": "<item>"}, {"for": "attendee", "item": "item"}),
    Posted("run", "moderator", {"do": "end-floor"}),
    Posted("names", "rapporteur", {"answer": "", "again": "", "next": ""}),
    Posted("run", "moderator", {"do": "away", "for": "<attendee>", "item": "<item>"}, {"for": "attendee", "item": "item"}),
    Posted("run", "moderator", {"do": "back", "for": "<attendee>", "item": "<item>"}, {"for": "attendee", "item": "item"}),
    Posted("run", "moderator", {"do": "span", "attribution": "unnamed"}),
    Posted("run", "moderator", {"do": "end-span"}),
    Posted("run", "moderator", {"do": "conduct", "release": "at_once", "blind": "on", "reasons": "on", "shows_presence": "on"}),
    Posted("run", "convenor", {"do": "close-session", "hours": "3"}),
    Posted("run", "moderator", {"do": "reopen-session"}),
    Posted("looked", "observer", {"heads": '{"<stream>": 1}'}, {"heads": "stream"}),
    Posted("said", "participant", {"do": "amend", **KEY, "version": "1", "text": "Lower."}, on="statement"),
    Posted("said", "participant", {"do": "amend", **KEY, "version": "1", "text": "Lower.", "spelling": "1"}, on="statement"),
    Posted("said", "participant", {"do": "restrict", "attribution": "unnamed"}, on="statement"),
    Posted("said", "moderator", {"do": "hide", "why": "Not now."}, on="statement"),
    Posted("said", "participant", {"do": "strike", "sure": "1"}, on="statement"),
    *(Posted("said", "participant", {"do": deed}, on="statement") for deed in ("withdraw", "confirm")),
    *(Posted("said", "moderator", {"do": deed}, on="statement") for deed in ("release", "restore", "open-stances")),
    Posted("stance", "second-participant", {**KEY, "stance": "agree", "strong": "1", "reason": "So.", "from": "said"}, on="statement"),
    Posted("stance", "rapporteur", {**KEY, "stance": "agree", "for": "<attendee>"}, {"for": "attendee"}, on="statement"),
    Posted("stance", "participant", {**KEY, "stance": "agree", "words": "1"}, on="called"),
    *paper_forms(),
    *(Posted(*told) for told in PREPARING),
    Posted("publish", "convenor", {"follows": "0"}),
    Posted("language", "participant", {"language": "fr", "next": "/"}),
    Posted("theme", "participant", {"theme": "dark", "next": "/"}),
    Posted("sign-in", "visitor", {"email": "nobody@cast.invalid", "next": "/"}),
    Posted("sign-in-code", "visitor", {"code": "000000", "next": "/"}),
    Posted("sign-in-passkey", "visitor", {"do": "begin", "credential": "", "next": "/"}),
    Posted("sign-in-second", "visitor", {"do": "", "code": "000000", "credential": "", "next": "/"}),
    Posted("openid", "visitor", {"next": "/"}),
    Posted("second-factor", "participant", {"do": "", "code": "000000", "credential": "", "next": "/"}),
    Posted("factor-app", "participant", {"do": "begin", "code": "000000"}),
    Posted("factor-passkey", "participant", {"do": "begin", "name": "A key", "credential": "", "next": "/"}),
    Posted("factor-codes", "participant", {}),
    Posted("factor-remove", "participant", {"which": "totp"}),
    Posted("sign-in-end", "participant", {}, on="sign-in"),
    Posted("sign-ins-end", "participant", {}),
    Posted("sign-out", "participant", {}),
    Posted("enter", "visitor", {}),
]  # fmt: skip


BY_URL = {form.url: [one for one in FORMS if one.url == form.url] for form in FORMS}

# ------------------------------------------------------------------ the room


def room() -> Room:
    """The table, with one of everything, beside another event with one of everything."""
    table = seated()
    table.run("open_item", "water")
    own = furnished(table.event, "ada", "water", uuid.UUID(int=1 << 120))
    other = load(records.record(
        event={"slug": "elsewhere"}, persons=[records.person("eva", "Eva Elsewhereq")],
        sessions=[records.session("elsetable", members=[("eva", "moderator")])], outline=[records.item("elsetheme")],
    ))  # fmt: skip
    table.event.refresh_from_db()
    Person.objects.filter(pk=table.people["convenor"].pk).update(may_convene=True)  # type: ignore[union-attr]
    own |= {"other item": "air", "other": own.pop("second"), "sign-in": sign_in_of(table.person("participant"))}
    foreign = furnished(other, "eva", "elsetheme", uuid.UUID(int=2 << 120))
    foreign["sign-in"] = sign_in_of(Person.objects.create(name="Eva Elsewhereq", email="eva@elsewhere.invalid"))
    missing = {kind: MISSING if is_id(name) else "missing" for kind, name in foreign.items()}
    return Room(table, own, foreign, missing)


@pytest.fixture
def here(standing_room: Room, db: None) -> Room:
    """The room: where more than one thing is tried in it, each is `undone`."""
    return standing_room.entered()


@pytest.fixture
def room_alone(db: None) -> Room:
    """The room of one test, where others of its module want the database empty."""
    return room()


def sign_in_of(person: Person) -> str:
    """Somebody is signed in with one more browser."""
    store = SessionStore()
    store.create()
    made = SignIn.objects.create(session_id=str(store.session_key), person=person, since="2026-03-01T09:00:00Z")
    return str(made.pk)


def is_id(name: str) -> bool:
    return len(name) == 36


def furnished(event: Event, attendee: str, item: str, first: uuid.UUID) -> dict[str, str]:
    """Put one of each kind of thing into an event; kind -> its name."""
    session, theme, by = event.sessions.first(), event.items.get(key=item), event.attendees.get(key=attendee)
    assert session is not None
    whole = {"event": event, "position": 400}
    Opening.objects.get_or_create(session=session, item=theme, defaults={"opened_at": "2026-03-01T09:00:00Z"})
    said = Contribution.objects.create(
        **whole,
        session=session,
        item=theme,
        kind="position",
        text="Low.",
        key=f"{item}-said",
        appeared=1,
        released=True,
    )
    Authorship.objects.create(contribution=said, attendee=by)
    stream, _new = Stream.objects.get_or_create(session=session, audience="table")
    source = Source.objects.create(**whole, title=f"A book of {item}", key=f"{item}-source")
    to = Addressee.objects.create(**whole, name=f"Body of {item}")
    called = Finding.objects.create(
        **whole, item=theme, text="Called.", level="one", is_open=True, key=f"{item}-called"
    )
    made: dict[str, Any] = {
        "statement": said, "stream": stream, "source": source, "addressee": to, "called": called,
        "finding": Finding.objects.create(**whole, item=theme, text="It is low.", level="one", key=f"{item}-finding"),
        "second": Finding.objects.create(**whole, item=theme, text="It is high.", level="one", key=f"{item}-second"),
        "note": Note.objects.create(**whole, attendee=rapporteur_of(event) or by, item=theme, text="A note."),
        "paragraph": Paragraph.objects.create(**whole, item=theme, origin="room", text="It was low."),
        "footnote": Footnote.objects.create(**whole, kind="remark", text="A remark.", key=f"{item}-note"),
        "recommendation": Recommendation.objects.create(**whole, addressee=to, text="Do it."),
    }  # fmt: skip
    names = {"event": event.slug, "session": session.key, "item": item, "attendee": attendee, "source-key": source.key}
    names |= {"socket": str(session.pk)} | prepare(event, item, first)
    return names | {kind: str(one.pk) for kind, one in made.items()}


def rapporteur_of(event: Event) -> Any:
    return event.attendees.filter(key="rap").first()


# ------------------------------------------------------------------ the addresses and their forms, as they are


def parameters(patterns: Any = None, above: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Name of each address -> the names of what stands in it."""
    found: dict[str, tuple[str, ...]] = {}
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        names = (*above, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            found |= parameters(pattern.url_patterns, names)
        else:
            assert isinstance(pattern, URLPattern) and pattern.name, f"{pattern.pattern} has no name"
            found[pattern.name] = names
    return found


def fields_on(page: HttpResponse) -> Iterator[tuple[str, str]]:
    """(name of the address that it goes to, field) of every form that a page posts."""
    here, tree = page.request["PATH_INFO"], html.fromstring(page.content)  # type: ignore[attr-defined]
    for form in tree.iter("form"):
        if form.get("method") == "post":
            buttons = [
                *form.iter("button"),
                *(tree.xpath(f'//button[@form="{form.get("id")}"]') if form.get("id") else ()),
            ]
            going = {one.get("formaction") for one in buttons} - {None} or {form.get("action") or here}
            for url in (resolve(urlsplit(urljoin(here, one)).path).url_name for one in going):
                yield from (
                    (url or "", one.get("name")) for one in [*controls(tree, form), *buttons] if one.get("name")
                )


def told(answer: HttpResponse) -> str:
    """What a refusal says, wherever it stands: in JSON, on the page, or on the page to which it leads; "" for none."""
    if answer.status_code >= 400 and answer.headers.get("Content-Type", "").startswith("application/json"):
        return json.loads(answer.content)["error"]
    if answer.status_code >= 400 and answer.content:
        tree = html.fromstring(answer.content)
        said = tree.find_class("problem") + tree.find_class("lede")
        return " ".join(one.text_content().strip() for one in said).strip()
    queued = getattr(getattr(answer, "wsgi_request", None), "_messages", ())
    return " ".join(str(one) for one in getattr(queued, "_queued_messages", ()) if one.level_tag == "error")
