"""An event in which every secret is a word that stands nowhere else, and who of the cast may know which of them.

It happens at a live table; the same event, dumped and loaded under another name, is the loaded one.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dialogue.archive.dump import dump
from dialogue.archive.load import load
from dialogue.discussion.models import Contribution
from dialogue.events.models import STRICTNESS, Attendee, Event, Membership, Pass, strictest
from dialogue.people.models import Person
from dialogue.positions.models import Finding
from dialogue.rapporteur.models import Addressee, Footnote, Note, Paragraph, Recommendation, Source
from dialogue.report.actions import publish
from tests import cast
from tests.tables import LENT, SEATS, LiveTable, seated

# The regime of the event, and that of its closed table where it is another one. The forum is public.
REGIMES = {
    "named": ("named", None),
    "role": ("role", None),
    "unnamed": ("unnamed", None),
    "chatham_house": ("chatham_house", None),
    "mixed": ("named", "chatham_house"),
}
STRICT = STRICTNESS["unnamed"]
CAST = (*cast.CAST, "host")  # the host moderates the forum, and has no seat at the table
AT_TABLE = {"mod", "rap", "ada", "ben", "cleo", "dev", "eve"}
AT_FORUM = {"mod", "pan", "host"}
SEES_WHO = {"convenor", "moderator", "rapporteur"}  # of those at the table
WHO = {**SEATS, "host": "host"}  # who of the record they are

# When the table's statements were made, minute by minute: 04:17 and after where it sits.
MOMENT = datetime.datetime(2026, 3, 1, 3, 17, 43, tzinfo=datetime.UTC)
TIMES = re.compile(r"T0[34]:[1-4]\d|>\s*0[34]:[1-4]\d")


@dataclass(frozen=True)
class Canary:
    """A word that stands nowhere else; those of the cast who may read it on a page; whether a file may print it."""

    word: str
    what: str
    pages: frozenset[str]
    files: bool = False


@dataclass
class Planted:
    """The event with its secrets."""

    table: LiveTable
    regime: str
    shows_names: bool = False  # the table's room does, to those who are in it
    canaries: dict[str, Canary] = field(default_factory=dict)

    @property
    def event(self) -> Event:
        return self.table.event

    @property
    def people(self) -> dict[str, Person | None]:
        return self.table.people

    def plant(self, word: str, what: str, pages: set[str], *, files: bool = False) -> None:
        assert len(word) > 6, "a shorter one stands in a random token sooner or later"
        self.canaries[word.casefold()] = Canary(word, what, frozenset(pages), files)

    def rule(self, session: str) -> str:
        whole, table = REGIMES[self.regime]
        return strictest(whole, table if session == "table" else None)

    def rules_of(self, key: str) -> list[str]:
        """The rules under which somebody sits."""
        return [self.rule(at) for at, people in (("table", AT_TABLE), ("forum", AT_FORUM)) if key in people]

    def is_hidden(self, key: str) -> bool:
        """Whether nobody but staff may know that they were there: strict sessions alone, or by role and not listed."""
        openest = min(self.rules_of(key), key=STRICTNESS.__getitem__)
        return STRICTNESS[openest] >= STRICT or (openest == "role" and key == "eve")

    def knows_who(self, key: str) -> set[str]:
        """Who may know of somebody hidden: the staff of where they sit, those who write the chapter, and they."""
        own = {role for role, seat in WHO.items() if seat == key}
        if self.shows_names and key in AT_TABLE:
            own |= cast.TABLE
        return own | SEES_WHO | ({"host"} if key in AT_FORUM else set())


def planted(regime: str, *, shows_names: bool = False) -> Planted:
    """The live event under that regime. `shows_names`: the room of its table does."""
    whole, table_rule = REGIMES[regime]
    made = Planted(seated(whole, table_rule=table_rule), regime, shows_names)
    if shows_names:
        made.event.sessions.filter(key="table").update(names_in_room="shown")
    people_told(made)
    said(made)
    written(made)
    made.event.refresh_from_db()
    publish(Event.objects.get(pk=made.event.pk), made.people["convenor"])
    return made


def loaded(made: Planted) -> Event:
    """The same event as a record that was loaded, with the same people in front of it."""
    record = dump(Event.objects.get(pk=made.event.pk))
    record["event"]["slug"] = "loaded"
    event = load(record)
    event.sessions.filter(key="table").update(blind=True)  # a record does not say so: see docs/security.md
    for role, key in WHO.items():
        event.attendees.filter(key=key).update(person=made.people[role])
    for role in LENT:
        Pass.objects.create(event=event, person=made.people[role], role=role)
    publish(event, made.people["convenor"])
    return event


# ------------------------------------------------------------------ who


def people_told(made: Planted) -> None:
    """Everybody's name, alias, function, affiliation and kind of organisation; and their account's."""
    host = made.people["host"] = cast.account("host")
    one = Attendee.objects.create(
        event=made.event, key="host", name="Hugo Hostarq", affiliation="House of hostq", person=host, position=90
    )
    Membership.objects.create(session=made.event.sessions.get(key="forum"), attendee=one, role="moderator", position=9)
    for attendee in made.event.attendees.all():
        key = attendee.key
        attendee.function, attendee.aliases = f"Keeper of fn{key}zq", [f"Al{key}zq"]
        attendee.affiliation = f"House of house{key}zq"
        attendee.sector = "utilzq" if key in ("ada", "ben", "cleo") else f"sector{key}zq"
        attendee.listed = key != "eve"
        attendee.save()
        for word, what in words_of(attendee, key):
            if made.is_hidden(key):
                made.plant(word, f"the {what} of {key}", made.knows_who(key))
        if made.rules_of(key) != ["named"] and key not in ("ada", "ben", "cleo"):
            made.plant(f"sector{key}zq", f"the sector of {key}, whom nobody shares it with", made.knows_who(key))
    for role, person in made.people.items():
        if person:
            Person.objects.filter(pk=person.pk).update(
                name=f"Acc {role} acc{role[:5]}{len(role)}zq", email=f"mail{role}zq@cast.invalid"
            )
            made.plant(f"acc{role[:5]}{len(role)}zq", f"the account of {role}", {role, "convenor"})
            made.plant(f"mail{role}zq", f"the mail of {role}", {role, "convenor"})
            person.refresh_from_db()


def words_of(attendee: Attendee, key: str) -> Iterator[tuple[str, str]]:
    yield attendee.name.split()[-1], "name"
    yield attendee.affiliation.split()[-1], "affiliation"
    yield f"fn{key}zq", "function"
    yield f"Al{key}zq", "alias"


# ------------------------------------------------------------------ what was said


def said(made: Planted) -> None:
    """Statements of every kind that somebody may not read."""
    t, at_table = made.table, cast.TABLE
    staff = {"moderator", "rapporteur"}
    t.run("open_item", "water")
    t.run("open_item", "water", at="forum")
    t.run("give_floor", "ben", "water")
    t.say("panelist", "openforum", "position", at="forum")
    t.say("participant", "first", "position")
    t.say("second-participant", "second", "comment", ("disagrees", "first"))
    t.write_down("rapporteur", "cleo", "third", "comment", ("agrees", "first"))
    t.write_down("rapporteur", "eve", "fourth", "position")
    t.stand("second-participant", "first", "reservations", "reasonopenzq")
    t.say("second-participant", "offrecx", "comment", attribution="off_record")
    made.plant("offrecxq", "what was said off the record", at_table)
    t.hold(release="when_seen")
    t.write_down("rapporteur", "ben", "unrelx", "comment")
    made.plant("unrelxq", "what is not released", staff | {"second-participant"})
    t.hold(release="at_once")
    t.say("second-participant", "hiddenx", "comment")
    t.do("moderator", "hide", "hiddenx", "whyhidzq")
    made.plant("hiddenxq", "what is hidden", staff | {"second-participant"})
    made.plant("whyhidzq", "why it is hidden", staff | {"second-participant"})
    t.say("participant", "formx", "comment")
    t.amend("participant", "formx")
    made.plant("formxv0", "former words", staff | {"participant"})
    t.say("participant", "withx", "comment")
    t.do("participant", "withdraw", "withx")
    made.plant("withxv0", "withdrawn words", staff | {"participant"})
    t.hold(blind=True)
    t.say("participant", "blindx", "position")
    t.stand("second-participant", "blindx", "disagree", "reasonblindzq")
    made.plant("reasonblindzq", "a reason in a blind round", staff | {"second-participant"})
    Contribution.every.filter(event=made.event).update(at=None)
    for place, one in enumerate(Contribution.every.filter(event=made.event, session__key="table").order_by("position")):
        Contribution.every.filter(pk=one.pk).update(at=MOMENT + datetime.timedelta(minutes=place))


def written(made: Planted) -> None:
    """The chapter, with a person marked in it, a finding, and a note that nobody else reads."""
    event, t = made.event, made.table
    whole = {"event": event, "position": 1}
    item, rapporteur = event.items.get(key="water"), t.attendee("rap")
    Note.objects.create(**whole, key="n1", attendee=rapporteur, item=item, text="A note of notewordzq.")
    made.plant("notewordzq", "a note", {"moderator", "rapporteur"})
    finding = Finding.objects.create(**whole, key="f1", item=item, text="The river is low.", level="one", reason="So.")
    source = Source.objects.create(**whole, key="s1", title="A book")
    Footnote.objects.create(**whole, key="fn1", kind="citation", source=source)
    text = "{f1} agreed. @ada said so to @ben.[^fn1]"
    paragraph = Paragraph.objects.create(**whole, key="p1", item=item, origin="room", text=text)
    to = Addressee.objects.create(**whole, name="The State")
    advice = Recommendation.objects.create(**whole, key="r1", addressee=to, text="Dig.")
    rests = ((finding, ("third", "second", "first")), (paragraph, ("second", "first")), (advice, ("third",)))
    for paper, basis in rests:
        for place, name in enumerate(basis):
            paper.basis.create(contribution=t.one(name), position=place)
