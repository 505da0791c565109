"""A table with a rapporteur's desk for tests, and its forms filled in and sent as a browser without scripts does."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client
from lxml import html

from dialogue.archive.load import load
from dialogue.discussion.models import Authorship, Contribution
from dialogue.events.models import Attendee, Event, Membership, Pass
from dialogue.people.models import Person
from dialogue.record.models import Entry
from tests import records

SEATED = {
    "rapporteur": "rap",
    "moderator": "mod",
    "ada": "ada",
    "ben": "ben",
    "cleo": "cleo",
    "dev": "dev",
    "note-taker": "nat",
}


@dataclass
class Desk:
    """The event of the rivers, everybody's account around it, and what was said there so far."""

    event: Event
    people: dict[str, Person] = field(default_factory=dict)

    def client(self, role: str = "rapporteur", **options: Any) -> Client:
        """A browser of somebody."""
        made = Client(**options)
        made.force_login(self.people[role])
        return made

    @property
    def address(self) -> str:
        return f"/events/{self.event.slug}/desk/"

    def say(self, by: str, text: str, kind: str = "position", item: str = "water", **told: Any) -> Contribution:
        """Somebody has said something."""
        place = Contribution.every.filter(event=self.event).count()
        said = Contribution.objects.create(
            event=self.event, session=self.event.sessions.get(key=told.pop("session", "table")),
            item=self.event.items.get(key=item), kind=kind, text=text, position=place, appeared=1,
            at=datetime.datetime(2026, 3, 1, 9, tzinfo=datetime.UTC), **told,
        )  # fmt: skip
        Authorship.objects.create(contribution=said, attendee=self.event.attendees.get(key=by))
        return said

    def entries(self, since: int = 0) -> list[tuple[str, str, str]]:
        """(session, audience, kind) of everything entered after so many."""
        rows = Entry.objects.filter(stream__session__event=self.event).order_by("pk")[since:]
        return sorted((one.stream.session.key, one.stream.audience, one.kind) for one in rows)


def desk(**lists: Any) -> Desk:
    """A table with four participants, moderator, rapporteur and note-taker; nothing has been said yet."""
    whole = records.table(
        **{"outline": [records.item("water", records.item("fish", kind="subtheme")), records.item("air")], **lists}
    )
    whole["persons"].append(records.person("nat", "Nat Ortega"))
    whole["sessions"][0]["members"].append({"person": "nat", "role": "note_taker"})
    made = Desk(load(whole))
    for role, key in SEATED.items():
        made.people[role] = account = Person.objects.create(name=f"Account {role}", email=f"{role}@desk.invalid")
        Attendee.objects.filter(event=made.event, key=key).update(person=account)
    for role in ("convenor", "observer"):
        made.people[role] = account = Person.objects.create(name=f"Account {role}", email=f"{role}@desk.invalid")
        Pass.objects.create(event=made.event, person=account, role=role)
    return made


def another(made: Desk, who: str, session: str, role: str = "") -> None:
    """Give somebody of the desk a seat in another session too; as what they are at the desk, if nothing else is said."""
    at, attendee = made.event.sessions.get(key=session), made.event.attendees.get(key=SEATED[who])
    Membership.objects.create(session=at, attendee=attendee, role=role or who, position=at.memberships.count())


# ------------------------------------------------------------------ pages as a browser without scripts reads them


def words(page: HttpResponse) -> str:
    """The words of a page's main part."""
    main = html.fromstring(page.content).get_element_by_id("main")
    return " ".join(main.text_content().split())


def controls(tree: Any, form: Any) -> Iterator[Any]:
    """The controls of a form, those that stand elsewhere and name it too."""
    yield from form.iter("input", "textarea", "select")
    if form.get("id"):
        yield from tree.xpath(f'//*[@form="{form.get("id")}"][self::input or self::select or self::textarea]')


def value_of(control: Any) -> list[tuple[str, str]]:
    """What a control sends as it stands on the page."""
    name = control.get("name")
    if not name or control.get("disabled") is not None:
        return []
    if control.tag == "select":
        options = control.xpath(".//option[@selected]") or control.xpath(".//option")[:1]
        return [(name, one.get("value", "")) for one in options]
    if control.tag == "textarea":
        return [(name, (control.text_content() or "").removeprefix("\n").replace("\n", "\r\n"))]
    if control.get("type") in ("checkbox", "radio"):
        return [(name, control.get("value", "on"))] if control.get("checked") is not None else []
    return [(name, control.get("value", ""))]


def press(client: Client, page: HttpResponse, label: str, /, tick: Any = (), **filled: Any) -> HttpResponse:
    """Fill in the form that this button is of, and press it. `tick`: boxes by value; a filled list replaces the boxes.

    Follows the redirect, as a browser does; `page.history` of the answer is its `redirect_chain`.
    """
    tree = html.fromstring(page.content)
    button = next(
        one
        for one in tree.iter("button")
        if " ".join(one.text_content().split()) == label or one.get("aria-label") == label
    )
    form = tree.get_element_by_id(button.get("form")) if button.get("form") else next(button.iterancestors("form"))
    sent: dict[str, list[str]] = {}
    for control in controls(tree, form):
        for name, value in value_of(control):
            sent.setdefault(name, []).append(value)
    known = {one.get("name") for one in controls(tree, form)}
    assert filled.keys() <= known, (filled.keys() - known, known)
    ticked = {str(getattr(one, "pk", one)) for one in tick}
    boxes = {one.get("value"): one.get("name") for one in controls(tree, form) if one.get("type") == "checkbox"}
    for value in ticked:
        sent.setdefault(boxes[value], []).append(value)
    for name, value in filled.items():
        sent[name] = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    if button.get("name"):
        sent[button.get("name")] = [button.get("value")]
    here = page.request["PATH_INFO"]  # type: ignore[attr-defined]
    action = button.get("formaction") or form.get("action") or here
    if form.get("method") == "post":
        return client.post(urlsplit(action).path, sent, follow=True)
    return client.get(urlsplit(action).path, sent)
