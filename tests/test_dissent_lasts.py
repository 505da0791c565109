"""The property of the count: no finding's *against* falls but by an act of its holder, and n is never above N."""

import random
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogue.convening.actions import merging, people, seats
from dialogue.convening.spreadsheet import Row
from dialogue.discussion import actions as discussion
from dialogue.events.models import Attendee, Membership
from dialogue.positions.agreement import agreement
from dialogue.positions.models import Finding
from dialogue.rapporteur.actions import calls
from dialogue.rapporteur.actions.findings import findings
from dialogue.roundtable.actions import mark_away, mark_present
from tests.reseated import reseat
from tests.tables import LiveTable, seated
from tests.test_seats import claim, disagree, numbers

pytestmark = pytest.mark.django_db

ROLES = ("participant", "observer", "moderator", "secretariat", "")
ITEMS = ("water", "fish", "air")
Against = dict[object, set[str]]


class Room:
    """A table with three findings, and the deeds that a sequence is made of. Each draws what it needs from `chance`."""

    def __init__(self, chance: random.Random):
        self.chance, self.table = chance, seated()
        self.convenor, self.moderator = self.table.person("convenor"), self.table.person("moderator")
        self.table.run("open_item", "water")
        self.found = {item: claim(self.table, item=item).pk for item in ITEMS}
        self.became: dict[str, str] = {}
        self.acted: set[str] = set()  # whose own act the last deed was

    # ------------------------------------------------------------ deeds

    @property
    def crowd(self) -> list[Attendee]:
        """Everybody but those who run the table."""
        return list(self.table.event.attendees.exclude(key__in=("mod", "rap", "pan")).order_by("position", "pk"))

    def somebody(self) -> Attendee:
        return self.chance.choice(self.crowd)

    def new_name(self) -> str:
        """A name that nobody has."""
        return f"Newcomer {chr(65 + len(self.crowd))}{self.chance.randrange(10**6):06}"

    def finding(self) -> Finding:
        return self.table.event.findings.get(pk=self.found[self.chance.choice(ITEMS)])

    def item(self) -> str:
        return self.chance.choice(ITEMS)

    def stand(self) -> None:
        who, found = self.somebody(), self.finding()
        if not who.stances.filter(finding=found).exists():
            self.acted = {who.key}
            disagree(self.table, found, who.key, self.chance.choice(("agree", "disagree", "abstain")))

    def dispute(self) -> None:
        """A statement against a finding, on whatever item is open."""
        who, found = self.somebody(), self.finding()
        self.acted, self.table.found["f"] = {who.key}, found
        name = f"s{len(self.table.said)}"
        kind = self.chance.choice(("disagrees", "agrees"))
        self.table.write_down("moderator", who.key, name, "position", (kind, "f"), item=self.item())

    def rest(self) -> None:
        """The rapporteur rests a finding on a statement."""
        if self.table.said:
            said, found = self.chance.choice(list(self.table.said.values())), self.finding()
            found.basis.get_or_create(contribution=said)

    def amend(self) -> None:
        """The moderator, for its speaker, puts other words to what was written down."""
        if self.table.said:
            said = self.table.one(self.chance.choice(list(self.table.said)))
            discussion.amend(said, self.moderator, "Other words.", version=said.version, key=self.table.key())

    def remove(self) -> None:
        people.remove(self.somebody(), self.convenor)

    def replace(self) -> None:
        people.replace(self.somebody(), self.convenor, people.Facts(self.new_name()))

    def reseat(self) -> None:
        reseat(self.table.session(), self.somebody(), self.chance.choice(ROLES), self.convenor)

    def come(self) -> None:
        people.take_in(self.table.session(), self.convenor, [Row(1, self.new_name())])

    def merge(self) -> None:
        stays, goes = self.somebody(), self.somebody()
        merging.merge(stays, goes, self.convenor)
        self.became[goes.key] = stays.key

    def away(self) -> None:
        mark_away(self.table.session(), self.moderator, self.somebody(), self.table.item(self.item()))

    def back(self) -> None:
        mark_present(self.table.session(), self.moderator, self.somebody(), self.table.item(self.item()))

    def open(self) -> None:
        self.table.run("open_item", self.item())

    def close(self) -> None:
        self.table.run("close_item", self.item())

    def call(self) -> None:
        found, rapporteur = self.finding(), self.table.person("rapporteur")
        was = findings.standing(found).digest
        match self.chance.choice(("round", "read_back", "consensus", "close", "take back")):
            case "round":
                calls.put_to_round(found, rapporteur, 9, was=was)
            case "close":
                calls.close_round(found, rapporteur, 0)
            case "take back":
                calls.take_back_call(found, rapporteur)
            case kind:
                calls.enter_call(found, rapporteur, kind, 9, 0, was=was)

    # ------------------------------------------------------------ what holds

    def against(self) -> Against:
        """Finding -> the keys of those against it."""
        counted, keys = agreement(self.table.event), dict(self.table.event.attendees.values_list("pk", "key"))
        out: Against = {}
        for pk, holding in counted.holdings.items():
            everybody = counted.counted(holding.finding.item, pk)
            opposed = {who for who, held in counted.stances[pk].items() if held.stance == "disagree"}
            some = (opposed | counted.disputing(pk)) & everybody
            assert holding.numbers.n <= holding.numbers.N == len(everybody)
            assert len(some) == holding.numbers.against
            out[pk] = {keys[who] for who in some}
        return out

    def go(self, deed: str) -> None:
        """One deed; then nobody is against a finding no more who did nothing."""
        before, self.acted, self.became = self.against(), set(), {}
        try:
            with transaction.atomic():
                getattr(self, deed)()
        except (ValidationError, PermissionDenied):
            pass  # what is refused changes nothing
        after = self.against()
        for pk, some in before.items():
            stayed = {self.became.get(key, key) for key in some}
            assert stayed - self.acted <= after[pk], (deed, pk)


DEEDS = [
    "stand", "stand", "dispute", "dispute", "rest", "amend", "remove", "replace", "reseat", "reseat", "come", "merge", "away",
    "back", "open", "close", "call", "call",
]  # fmt: skip


def lived(deeds: list[str], seed: int, first: Callable[[Room], None] = lambda room: None) -> None:
    """A sequence of deeds at a fresh table, undone afterwards."""
    with transaction.atomic():
        room = Room(random.Random(seed))
        first(room)
        for deed in deeds:
            room.go(deed)
        transaction.set_rollback(True)


@settings(max_examples=25, deadline=None)
@given(deeds=st.lists(st.sampled_from(DEEDS), min_size=4, max_size=14), seed=st.integers(0, 10**6))
def test_nobody_against_a_finding_is_lost_by_what_others_do(deeds: list[str], seed: int):
    lived(deeds, seed)


def test_dissent_is_lost_where_seats_are_deleted(monkeypatch: pytest.MonkeyPatch):
    """The control: the same property with removals as they were."""
    monkeypatch.setattr(seats, "end", lambda some: Membership.objects.filter(pk__in=[one.pk for one in some]).delete())

    def all_disagree(room: Room) -> None:
        for who in room.crowd:
            disagree(room.table, room.table.event.findings.get(pk=room.found["water"]), who.key)

    with pytest.raises(AssertionError, match="remove"):
        lived(["remove"], 1, all_disagree)


def test_who_took_part_is_not_marked_away():
    table: LiveTable = seated()
    table.run("open_item", "water")
    table.run("open_item", "fish")
    table.write_down("moderator", "ada", "a1", item="fish")
    at, mod = table.session(), table.person("moderator")
    for item in ("water", "fish"):
        with pytest.raises(ValidationError, match="They took part in this item"):
            mark_away(at, mod, table.attendee("ada"), table.item(item))
    mark_away(at, mod, table.attendee("eve"), table.item("water"))
    counted = agreement(table.event)
    assert [len(counted.counted(table.item(one).pk, None)) for one in ("water", "fish")] == [4, 4]
    mark_present(at, mod, table.attendee("eve"), table.item("water"))
    counted = agreement(table.event)
    assert [len(counted.counted(table.item(one).pk, None)) for one in ("water", "fish")] == [5, 5]


def test_one_marks_oneself_away_and_nobody_else():
    table: LiveTable = seated()
    table.run("open_item", "water")
    at, ada = table.session(), table.person("participant")
    mark_away(at, ada, table.attendee("ada"), table.item("water"))
    with pytest.raises(PermissionDenied):
        mark_away(at, ada, table.attendee("eve"), table.item("water"))
    assert len(agreement(table.event).counted(table.item("water").pk, None)) == 4


@pytest.mark.parametrize("is_run", [True, False])
def test_disagreement_outlasts_being_marked_away_from_its_item(*, is_run: bool):
    """Ben disputes, on water, a finding about the air. In a record without runs it is refused to mark him away."""
    table: LiveTable = seated()
    table.run("open_item", "water")
    table.found["f"] = found = claim(table, item="air")
    table.write_down("moderator", "ben", "b1", "position", ("disagrees", "f"))
    if is_run:
        mark_away(table.session(), table.person("moderator"), table.attendee("ben"), table.item("air"))
    else:
        table.session().runs.all().delete()
        with pytest.raises(ValidationError, match="They disagree with a finding on this item"):
            mark_away(table.session(), table.person("moderator"), table.attendee("ben"), table.item("air"))
    assert numbers(table, found) == (0, 6, 1), "nothing was said on air: all sessions count, the panelist's too"
