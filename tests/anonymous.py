"""An event in a room, played with known authors, and everything that those below the staff could read of it.

`Played` makes the deeds and keeps what came of each: the frames on the table's stream, and at the end the pages, the
record, the agreement and two published chapters. `tests/test_correlation.py` attacks that.
"""

import random
import re
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from dialogue.access import Eyes
from dialogue.archive.load import load
from dialogue.convening.actions import people
from dialogue.discussion import actions as discussion
from dialogue.discussion.actions import Tie, Words
from dialogue.discussion.models import Contribution
from dialogue.events.models import Attendee, Event, Item, Membership, Session
from dialogue.live import news
from dialogue.live.wire import payload_of
from dialogue.people.models import Person
from dialogue.positions import actions as positions
from dialogue.positions.actions import Taking
from dialogue.positions.models import Finding
from dialogue.rapporteur.actions import calls
from dialogue.rapporteur.actions.findings import findings
from dialogue.rapporteur.models import Paragraph
from dialogue.record.models import Stream
from dialogue.report.actions import publish
from dialogue.restricter import restricter
from dialogue.roundtable import actions as roundtable
from tests import records

AUTHORS = 10
ITEMS = ("water", "air")
KINDS = ("agrees", "disagrees", "builds_on", "responds_to")
STANCES = ("agree", "reservations", "disagree", "abstain")
WISHES = {1: "chatham_house", 4: "chatham_house", 7: "chatham_house"}  # for everything that they say
FRENCH = {0, 4, 5, 8}  # whose pages are in French
NUMBER = re.compile(r"\b(\d+) (support|with reservations|oppose|abstain)")
ANSWERS = {"support": "agree", "with reservations": "reservations", "oppose": "disagree", "abstain": "abstain"}


@dataclass
class Deed:
    """Something that one person did, and what a member heard at that moment."""

    kind: str  # "say", "stand", "leave"
    who: str
    subject: Any
    stance: str = ""
    heard: list[tuple[str, str]] = field(default_factory=list)  # (kind, HTML) of each entry on the table's stream


class Played:
    """An event from its beginning to its second chapter. `names`: whose names the room shows.

    `is_long`: it is read by a member as well, and two chapters are published.
    """

    def __init__(self, seed: int, *, names: str, statements: int, stances: int, is_long: bool = False):
        self.is_long = is_long
        self.chance = random.Random(seed)
        self.deeds: list[Deed] = []
        self.event = self.made(names)
        self.at = self.event.sessions.get()
        self.convenor, self.mod, self.rap = (self.people[one] for one in ("con", "mod", "rap"))
        self.present = [f"a{n}" for n in range(AUTHORS - 1)]
        self.authors: dict[Any, str] = {}  # statement -> who said it
        self.stances: dict[tuple[Any, str], str] = {}
        self.heads = 0
        offered = {language: self.form_language(key) for language, key in (("fr", "a0"), ("en", "a1"))}
        self.defaults = {key: offered[person.language] for key, person in self.people.items()}
        roundtable.open_item(self.at, self.mod, self.item("water"))
        self.deeds_of(statements, stances)
        self.end()

    # ------------------------------------------------------------ the scene

    def made(self, names: str) -> Event:
        keys = [*(f"a{n}" for n in range(AUTHORS)), "mod", "rap", "con", "obs"]
        roles = {"mod": "moderator", "rap": "rapporteur", "con": "convenor", "obs": "observer"}
        seats = [(key, roles.get(key, "participant")) for key in keys if key != f"a{AUTHORS - 1}"]
        event = load(
            records.record(
                event={"slug": f"room-{self.chance.randrange(10**9)}", "attribution": "unnamed"},
                persons=[records.person(key, f"Person {key.upper()}") for key in keys],
                sessions=[records.session(members=seats)],
                outline=[records.item(one) for one in ITEMS],
            )
        )
        counts = "when_speaking" if names == "as_rule" else "never"
        event.sessions.update(names_in_room=names, moderator_counts=counts)
        Event.objects.filter(pk=event.pk).update(bilingual=True)
        self.people = {}
        for place, key in enumerate(keys):
            person = Person.objects.create(
                name=key, email=f"{key}@{event.slug}.invalid", language="fr" if place in FRENCH else "en"
            )
            self.people[key] = person
            event.attendees.filter(key=key).update(person=person, prefers=WISHES.get(place))
        return Event.objects.get(pk=event.pk)

    def item(self, key: str) -> Item:
        return self.event.items.get(key=key)

    def attendee(self, key: str) -> Attendee:
        return self.event.attendees.select_related("person").get(key=key)

    def get(self, key: str, where: str = "") -> str:
        """A page as somebody gets it; "" is everybody."""
        client = Client()
        if key:
            client.force_login(self.people[key])
        answer = client.get(f"/events/{self.event.slug}/{where}")
        return answer.text if answer.status_code == 200 else ""

    def form_language(self, key: str) -> str:
        """The language that the form offers first to somebody: most leave it as it is."""
        chosen = re.search(r'<option value="(\w\w)" selected>', self.get(key, f"table/{self.at.key}/"))
        return chosen[1] if chosen else "en"

    # ------------------------------------------------------------ deeds

    def deeds_of(self, statements: int, stances: int) -> None:
        """Statements and stances in a random order; meanwhile somebody comes, somebody leaves, bars appear."""
        some = ["say"] * statements + ["stand"] * stances
        self.chance.shuffle(some)
        marks = {len(some) // 4: self.join, len(some) // 3: self.second_item, len(some) // 2: self.leave,
                 2 * len(some) // 3: self.open_some}  # fmt: skip
        for place, kind in enumerate(some):
            if place in marks:
                marks[place]()
            getattr(self, kind)()

    def heard(self) -> list[tuple[str, str]]:
        """What came on the stream of everybody at the table since it was asked last, drawn as it is now."""
        stream = Stream.objects.filter(session=self.at, audience="table").first()
        if stream is None:
            return []
        some = news.missed(self.at.pk, stream.pk, news.Manner(Eyes("table"), "en"), self.heads, 1 << 62, 1000)
        self.heads = some[-1][0] if some else self.heads
        told = [news.json.loads(payload_of(frame)) for _number, frame in some]
        return [(one["kind"], one["html"]) for one in told]

    def say(self) -> None:
        who = self.chance.choice([*self.present, "mod"])
        stood = list(self.authors)
        ties: tuple[Tie, ...] = ()
        if stood and self.chance.random() < 0.4:
            ties = (Tie(self.chance.choice(KINDS), self.chance.choice(stood)),)
        items = sorted(self.at.openings.filter(closed_at=None).values_list("item__key", flat=True))
        kind, language = self.chance.choice(("position", "comment")), self.defaults.get(who, "en")
        words = Words(self.item(self.chance.choice(items)), kind, f"Words {len(self.authors)}.", ties, language=language)
        said = discussion.contribute(self.at, self.people[who], words, key=f"key-{len(self.deeds):08}")
        self.authors[said.pk] = who
        self.deeds.append(Deed("say", who, said.pk, heard=self.heard()))

    def stand(self) -> None:
        who, stance = self.chance.choice(self.present), self.chance.choice(STANCES)
        open_to = Contribution.objects.filter(session=self.at, kind="position", stances_open=False).order_by("position")
        others = [one for one in open_to if self.authors[one.pk] != who and (one.pk, who) not in self.stances]
        if not others:
            return
        on = self.chance.choice(others)
        try:
            positions.take_stance(self.at, self.people[who], on, Taking(stance), key=f"key-{len(self.deeds):08}")
        except ValidationError:
            return  # who came after the item was opened
        self.stances[on.pk, who] = stance
        self.deeds.append(Deed("stand", who, on.pk, stance, self.heard()))

    def join(self) -> None:
        key = f"a{AUTHORS - 1}"
        seat = Membership.objects.create(
            session=self.at, attendee=self.attendee(key), role="participant", started_at=timezone.now(), position=50
        )
        assert seat.ended_at is None
        self.present.append(key)

    def second_item(self) -> None:
        roundtable.open_item(self.at, self.mod, self.item("air"))

    def leave(self) -> None:
        """Somebody who has spoken and answered is taken out; the table looks before and after."""
        who = self.present.pop(2)
        before = self.bars()
        people.remove(self.attendee(who), self.convenor)
        after = self.bars()
        changed = [one for one, bar in before.items() if after.get(one) != bar]
        self.deeds.append(Deed("leave", who, changed, heard=self.heard()))

    def open_some(self) -> None:
        """The moderator closes the collection on every other position; a first chapter goes out."""
        some = Contribution.objects.filter(session=self.at, kind="position").order_by("position")
        for one in list(some)[::2]:
            positions.open_stances(one, self.mod)
        if self.is_long:
            self.publish()
        self.heard()

    def bars(self) -> dict[str, str]:
        """Position -> its bar on the page of an observer."""
        shown = "".join(self.get("obs", f"table/{self.at.key}/?item={one}") for one in ITEMS)
        return dict(re.findall(r'<div id="bar-([\w-]+)"[^>]*>(.*?)</div>', shown, re.S))

    def publish(self) -> None:
        """A chapter whose paragraphs rest on statements, in the order in which they were made."""
        said = list(Contribution.objects.filter(session=self.at).order_by("position"))
        for place in range(0, len(said), 4):
            key = f"p{Paragraph.objects.filter(event=self.event).count()}"
            row = Paragraph.objects.create(
                event=self.event, key=key, item=self.item("water"), origin="room", text="It was said.", position=place
            )
            for one in said[place : place + 4]:
                row.basis.create(contribution=one, position=one.position)
        publish(Event.objects.get(pk=self.event.pk), self.convenor)

    def end(self) -> None:
        """A round on a finding, the close, a second chapter; and everything is read."""
        said = list(Contribution.objects.filter(session=self.at, kind="position").order_by("position"))
        found = Finding.objects.create(
            event=self.event, item=self.item("water"), session=self.at, text="It is low.", level="some", reason="Why not."
        )
        for one in said[:5]:
            found.basis.create(contribution=one)
        calls.put_to_round(found, self.rap, 9, was=findings.standing(found).digest)
        for who in self.present[:4]:
            if who != f"a{AUTHORS - 1}":
                taking = Taking(self.chance.choice(STANCES))
                positions.take_stance(self.at, self.people[who], found, taking, key=f"key-of-the-round-{who}")
        calls.close_round(Finding.objects.get(pk=found.pk), self.rap, 1)
        roundtable.close_session(self.at, self.mod)
        self.publish()
        self.read()

    # ------------------------------------------------------------ what can be read

    def read(self) -> None:
        """The pages of the worst-placed: an observer's, a member's, everybody's."""
        self.pages: dict[str, str] = {}
        for who in ("obs", "a0") if self.is_long else ("obs",):
            for item in ITEMS:
                self.pages[f"table of {who}: {item}"] = self.get(who, f"table/{self.at.key}/?item={item}&as=time")
            for where in ("record/", "agreement/"):
                self.pages[f"{where} of {who}"] = self.get(who, where)
        self.pages["chapter"] = self.get("", "chapter/")
        if self.is_long:
            self.pages["first chapter"] = self.get("obs", "chapter/?version=1")
        rules = restricter(Event.objects.get(pk=self.event.pk))
        rows = Contribution.every.filter(session=self.at).values_list("pk", "key")
        self.labels = {rules.label(key, "unnamed"): pk for pk, key in rows}

    @property
    def session(self) -> Session:
        return Session.objects.get(pk=self.at.pk)
