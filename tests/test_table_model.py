"""The live table against a simple model of it: whatever the cast does through its forms, record and pages are the model's.

The model is lists and dicts, and knows the rules in its own words. `Machine` does one deed after another on both; after
each the record must hold what the model holds, and the pages of the cast show what the model says that they may see.
"""

import contextlib
import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dialogue.discussion import actions
from dialogue.discussion.actions import afterwards
from dialogue.discussion.models import Contribution, FormerWords, Relation
from dialogue.events.models import Event
from dialogue.live.statements import Statements
from dialogue.positions.models import Stance
from dialogue.record.actions import Turn
from dialogue.record.models import Entry, Stream
from dialogue.restricter import Restricter
from dialogue.roundtable.models import Floor
from tests import forms
from tests.dom import parsed
from tests.model import ATTRIBUTIONS, READERS, Model, Said
from tests.tables import NAMES, SEATS, LiveTable, seated

SPEAKERS = ("participant", "second-participant", "moderator")
RECORDERS = ("rapporteur", "moderator")
WRITERS = ("participant", "second-participant", "moderator", "rapporteur")
SPEAKS = st.sampled_from(SPEAKERS)
ITEMS = st.sampled_from(["water", "water", "air"])
RULES = st.sampled_from([None, None, *ATTRIBUTIONS, "off_record"])
TIES = st.lists(
    st.tuples(st.sampled_from(["agrees", "disagrees", "concedes", "answers"]), st.integers(0, 30)), max_size=2
)
ANY = st.integers(0, 30)  # which of the statements


class Machine(RuleBasedStateMachine):
    """One run: the table and its model side by side."""

    table: LiveTable  # seated once, by the test; every run is undone

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.at = LiveTable(Event.objects.get(pk=self.table.event.pk), self.table.people)
        self.numbers = itertools.count()
        self.turn = itertools.count()
        self.sent: list[tuple[str, dict[str, Any], Said]] = []

    def teardown(self) -> None:
        """Look through everybody's pages, then leave the database as it was."""
        try:
            for role, item in itertools.product(READERS, ("water", "air")):
                self.look(role, item, "time")
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @initialize(regime=st.sampled_from(["named", "chatham_house"]))
    def begin(self, regime: str) -> None:
        Event.objects.filter(pk=self.at.event.pk).update(attribution=regime)
        self.at.event.refresh_from_db()
        self.model = Model(regime)
        self.run("moderator", "open", item="water")
        self.model.open_item("water")

    # ------------------------------------------------------------ deeds

    def fresh(self) -> str:
        """A word that was never said before."""
        return f"word{next(self.numbers)}x"

    def one(self, which: int) -> tuple[Said, Contribution]:
        said = self.model.said[which % len(self.model.said)]
        return said, Contribution.every.get(pk=said["pk"])

    def run(self, role: str, deed: str, **sent: Any) -> None:
        assert forms.run(self.at, role, deed, **sent).status_code == 200

    def agreed(self, answer: Any, expected: bool) -> bool:
        """The answer is what the model expects: done, or refused with a sentence."""
        assert (answer.status_code == 200) is expected, (answer.status_code, answer.content)
        assert answer.status_code < 500
        if not expected and answer["Content-Type"] == "application/json":
            assert forms.refusal(answer)[1]
        return expected

    @rule(role=SPEAKS, item=ITEMS, kind=st.sampled_from(["position", "comment"]), attribution=RULES, ties=TIES)
    def speaks(self, role: str, item: str, kind: str, attribution: str | None, ties: Any) -> None:
        self.says(role, SEATS[role], item, kind, attribution, ties)

    @rule(
        role=st.sampled_from(RECORDERS),
        speaker=st.sampled_from(["ada", "ben", "cleo"]),
        item=ITEMS,
        attribution=RULES,
        ties=TIES,
    )
    def writes_down(self, role: str, speaker: str, item: str, attribution: str | None, ties: Any) -> None:
        self.says(role, speaker, item, "position", attribution, ties, for_=speaker)

    def says(
        self, role: str, author: str, item: str, kind: str, attribution: str | None, ties: Any, **more: Any
    ) -> None:
        some = dict.fromkeys((tie, self.one(which)[0]["pk"]) for tie, which in ties) if self.model.said else {}
        sent = {
            "text": self.fresh(), "key": self.at.key(), "item": item, "kind": kind, "attribution": attribution or "",
            "relation": [tie for tie, _pk in some], "to": [pk for _tie, pk in some], **more,
        }  # fmt: skip
        said = self.model.say(role, author, item, kind, sent["text"], attribution, list(some), recorded=bool(more))
        answer = forms.say(self.at, role, **sent)
        if self.agreed(answer, said is not None) and said is not None:
            said["pk"] = str(forms.saved(answer).pk)
            self.sent.append((role, sent, said))

    @precondition(lambda self: self.sent)
    @rule(which=ANY, other=st.booleans())
    def sends_again(self, which: int, other: bool) -> None:
        role, sent, said = self.sent[which % len(self.sent)]
        answer = forms.say(self.at, role, **sent | ({"text": self.fresh()} if other else {}))
        if other or said["state"] == "erased":
            assert forms.refusal(answer)[0] == 409
        else:
            assert str(forms.saved(answer).pk) == said["pk"]

    @precondition(lambda self: self.model.said)
    @rule(which=ANY, role=st.sampled_from(WRITERS), stale=st.sampled_from([0, 0, 0, 1]))
    def amends(self, which: int, role: str, stale: int) -> None:
        (said, row), words = self.one(which), self.fresh()
        done = not stale and self.model.amend(role, said, words)
        self.agreed(forms.amend(self.at, role, row, words, version=row.version - stale), bool(done))

    @precondition(lambda self: self.model.said)
    @rule(
        which=ANY,
        role=st.sampled_from(WRITERS),
        own=st.booleans(),
        deed=st.sampled_from(["withdraw", "confirm", "release", "hide", "restore"]),
    )
    def does(self, which: int, role: str, own: bool, deed: str) -> None:
        said, row = self.one(which)
        role = self.model.role_of(said, deed) if own else role
        self.agreed(forms.do(self.at, role, row, deed, why="why"), self.model.do(role, said, deed))

    @precondition(lambda self: self.model.said)
    @rule(which=ANY, role=st.sampled_from(WRITERS), attribution=st.sampled_from([*ATTRIBUTIONS, "off_record"]))
    def restricts(self, which: int, role: str, attribution: str) -> None:
        said, row = self.one(which)
        answer = forms.do(self.at, role, row, "restrict", attribution=attribution)
        self.agreed(answer, self.model.restrict(role, said, attribution))

    @precondition(lambda self: self.model.said)
    @rule(
        which=ANY,
        role=SPEAKS,
        stance=st.sampled_from(["agree", "disagree", "abstain"]),
        owner=st.sampled_from([None, None, "cleo"]),
    )
    def stands(self, which: int, role: str, stance: str, owner: str | None) -> None:
        said, row = self.one(which)
        role = "moderator" if owner else role
        answer = forms.stand(self.at, role, row, stance, for_=owner)
        self.agreed(answer, self.model.stand(role, owner or SEATS[role], said, stance))

    @rule(item=ITEMS)
    def opens(self, item: str) -> None:
        self.run("moderator", "open", item=item)
        self.model.open_item(item)

    @rule(item=ITEMS)
    def closes(self, item: str) -> None:
        self.run("moderator", "close", item=item)
        self.model.close_item(item)

    @rule(speaker=st.sampled_from(["ada", "ben", ""]), item=ITEMS)
    def gives_the_floor(self, speaker: str, item: str) -> None:
        self.run("moderator", "floor" if speaker else "end-floor", item=item, **({"for_": speaker} if speaker else {}))
        self.model.give_floor(speaker, item)

    @rule(attribution=st.sampled_from(["", *ATTRIBUTIONS]))
    def spans(self, attribution: str) -> None:
        deed = {"do": "span", "attribution": attribution} if attribution else {"do": "end-span"}
        self.agreed(forms.post(self.at, "rapporteur", "run/", **deed), self.model.span_to(attribution))

    @rule(release=st.sampled_from(["at_once", "with_item", "when_seen"]), blind=st.booleans())
    def holds(self, release: str, blind: bool) -> None:
        self.run("moderator", "conduct", release=release, **({"blind": "on"} if blind else {}))
        self.model.release = release

    # ------------------------------------------------------------ what must hold

    @invariant()
    def the_record_holds_what_was_said(self) -> None:
        if not hasattr(self, "model"):
            return
        assert [held(row) for row in Contribution.every.order_by("position")] == [
            one["held"]() for one in self.model.said
        ]
        assert stances() == self.model.stances
        ended = Floor.objects.order_by("position").values_list("attendee__key", "item__key")
        assert list(ended) == self.model.floors

    @invariant()
    def numbers_have_no_gaps(self) -> None:
        for stream in Stream.objects.all():
            numbers = Entry.objects.filter(stream=stream).order_by("number").values_list("number", flat=True)
            assert list(numbers) == list(range(1, stream.head + 1)), stream.audience

    @invariant()
    def what_is_erased_is_nowhere(self) -> None:
        if hasattr(self, "model") and self.model.erased:
            told = everything()
            assert not self.model.erased & told, "erased words are still there"
            assert {one["words"] for one in self.model.said if one["state"] == "said"} <= told, "the search finds words"

    @invariant()
    def one_of_the_cast_sees_what_is_theirs_to_see(self) -> None:
        if hasattr(self, "model"):
            n = next(self.turn)
            self.look(READERS[n % len(READERS)], "air" if n % 5 == 4 else "water", "threads" if n % 2 else "time")

    def look(self, role: str, item: str, manner: str) -> None:
        """One of the cast reads an item: the right places in the right order, the right words, the right names."""
        page = forms.page(self.at, role, **{"item": item, "as": manner})
        root = parsed(page)
        places = [one.id[2:] for one in root.walk() if one.tag == "li" and one.id.startswith("s-")]
        expected = self.model.places(role, item, manner)
        assert places == [one["pk"] for one in expected], role
        for one in expected:
            article = root.find(f"said-{one['pk']}")
            assert article is not None
            drawn = text_of(article)
            assert (one["words"] in words(drawn)) is self.model.reads(role, one), (role, one)
            shown = {key for key, name in NAMES.items() if name in drawn}
            assert shown == self.model.named(role, one), (role, one)
        self.keeps_silent(role, page)

    def keeps_silent(self, role: str, page: str) -> None:
        """Nowhere on the page is a word that this reader may not read, or a name where none may be read."""
        may = {one["words"] for one in self.model.said if self.model.reads(role, one)}
        assert words(page) <= may, (role, words(page) - may)
        if self.model.regime != "named" and not self.model.sees_who(role):
            assert not {key for key, name in NAMES.items() if name.split()[-1] in page} - {SEATS.get(role)}


def words(text: str) -> set[str]:
    return set(re.findall(r"word\d+x", text))


def text_of(element: Any) -> str:
    return " ".join(one if isinstance(one, str) else text_of(one) for one in element.children)


def held(row: Contribution) -> dict[str, Any]:
    """A statement as the record holds it."""
    ties = Relation.every.filter(source_statement=row).order_by("position")
    return {
        "pk": str(row.pk), "words": row.text, "state": row.state, "kind": row.kind, "item": row.item.key,
        "author": row.authorship.attendee.key if hasattr(row, "authorship") else None, "attribution": row.attribution,
        "recorded": row.recorded, "confirmed": row.confirmed, "released": row.released, "hidden": row.hidden,
        "former": list(row.former.values_list("text", flat=True)),
        "ties": [(tie.kind, str(tie.to_contribution_id)) for tie in ties],
    }  # fmt: skip


def stances() -> dict[tuple[str, str], list[str]]:
    """Everybody's stances with what they were before: {(statement, who): [oldest, …, now]}."""
    return {
        (str(one.contribution_id), one.attendee.key): [*one.history.values_list("stance", flat=True), one.stance]
        for one in Stance.every.all()
    }


def everything() -> set[str]:
    """Every word that was said and stands anywhere in the database."""
    return {word for model in apps.get_models() for word in words(str(list(model._base_manager.values())))}


def play(examples: int, steps: int, **more: Any) -> None:
    """Let the machine run so often, so many deeds each."""
    made = type("Seated", (Machine,), {"table": seated()})
    health = list(HealthCheck)
    run_state_machine_as_test(
        made, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
                                suppress_health_check=health, **more),
    )  # fmt: skip


@pytest.mark.django_db
def test_record_and_pages_are_what_the_model_says() -> None:
    play(8, 20, derandomize=True)


@pytest.mark.faults
@pytest.mark.django_db
def test_record_and_pages_are_what_the_model_says_at_length() -> None:
    play(120, 50)


# ------------------------------------------------------------------ it can fail


def forgets_keys(patch: pytest.MonkeyPatch) -> None:
    """A resend makes two."""
    patch.setattr(Turn, "done", lambda *_told: None)
    patch.setattr(Turn, "keep", lambda *_told: None)


def withdraws_nothing(patch: pytest.MonkeyPatch) -> None:
    """A withdrawn statement keeps its words."""
    withdraw = actions.withdraw

    def kept(said: Contribution, person: Any) -> Contribution:
        done = withdraw(said, person)
        Contribution.every.filter(pk=said.pk, state="withdrawn").update(text=said.text)
        return done

    patch.setattr(actions, "withdraw", kept)


def erases_by_half(patch: pytest.MonkeyPatch) -> None:
    """What was off the record stays among the former words."""
    erase = afterwards.erase

    def kept(turn: Turn, said: Contribution) -> None:
        text = said.text
        erase(turn, said)
        FormerWords.objects.create(contribution=said, version=99, text=text, at=timezone.now())

    patch.setattr(afterwards, "erase", kept)


def shows_all(patch: pytest.MonkeyPatch) -> None:
    """The moderator hides a statement, and the table goes on reading it."""
    patch.setattr(Statements, "shows_words", lambda _self, said: said.state == "said")


def names_all(patch: pytest.MonkeyPatch) -> None:
    """Everybody is shown by name, whatever the rule."""
    patch.setattr(Restricter, "appearance", lambda self, person, *_told: self.named(person))


def skips_numbers(patch: pytest.MonkeyPatch) -> None:
    """An entry is lost between its number and the database."""
    finish = Turn.finish

    def losing(self: Turn) -> None:
        self.entered = self.entered[1:] if len(self.entered) > 3 else self.entered
        finish(self)

    patch.setattr(Turn, "finish", losing)


def reorders_ties(patch: pytest.MonkeyPatch) -> None:
    """What a statement does to others is written in the wrong order."""
    patch.setattr(actions.saying, "checked", turned_round(actions.saying.checked))


def turned_round(checked: Callable) -> Callable:
    def turned(*told: Any) -> Any:
        ties, above = checked(*told)
        return ties[::-1], above

    return turned


FAULTS = (forgets_keys, withdraws_nothing, erases_by_half, shows_all, names_all, skips_numbers, reorders_ties)


@pytest.mark.faults
@pytest.mark.django_db
def test_the_machine_comes_upon_a_resend_that_makes_two(monkeypatch: pytest.MonkeyPatch) -> None:
    forgets_keys(monkeypatch)
    with pytest.raises(AssertionError):
        play(60, 20, derandomize=True, phases=[Phase.generate])


def deeds(machine: Machine) -> None:
    """A run in which each of the faults comes to light."""
    machine.begin("chatham_house")
    machine.speaks("participant", "water", "position", None, [])
    machine.speaks("second-participant", "water", "comment", "off_record", [])
    machine.speaks("second-participant", "water", "position", None, [("agrees", 0), ("disagrees", 1)])
    machine.sends_again(0, other=False)
    machine.does(0, "participant", True, "withdraw")
    machine.does(2, "moderator", True, "hide")
    machine.closes("water")
    for check in (
        machine.the_record_holds_what_was_said,
        machine.numbers_have_no_gaps,
        machine.what_is_erased_is_nowhere,
    ):
        check()


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [None, *FAULTS])
def test_a_run_of_the_machine_tells_a_sound_product_from_one_that(
    fault: Callable[[pytest.MonkeyPatch], None] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault:
        fault(monkeypatch)
    machine = type("Seated", (Machine,), {"table": seated()})()
    with pytest.raises(AssertionError) if fault else contextlib.nullcontext():
        try:
            deeds(machine)
        finally:
            machine.teardown()
