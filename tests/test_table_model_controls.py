"""That the model finds what is wrong with a table: each of these has one thing wrong with it, and comes out so."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import Phase

from dialogue.discussion import actions
from dialogue.discussion.actions import afterwards
from dialogue.discussion.models import Contribution, FormerWords
from dialogue.live import statements
from dialogue.live.statements import Statements
from dialogue.positions import actions as positions
from dialogue.positions import evidence
from dialogue.positions.agreement import Agreement
from dialogue.record.actions import Turn
from dialogue.restricter import Restricter
from tests.table_machine import Machine
from tests.tables import seated
from tests.test_table_model import play


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


def counts_silence(patch: pytest.MonkeyPatch) -> None:
    """Who says nothing is counted as in favour."""
    bar = Agreement.bar

    def generous(self: Agreement, *told: Any) -> Any:
        found = bar(self, *told)
        return type(found)(
            found.support | found.silent, found.reservations, found.opposed, found.abstained, frozenset()
        )

    patch.setattr(Agreement, "bar", generous)


def counts_the_hidden(patch: pytest.MonkeyPatch) -> None:
    """What the moderator has hidden goes on disputing a position."""

    def all_that_stand(authorships: Any) -> Any:
        rows = authorships.filter(contribution__state="said").exclude(contribution__attribution="off_record")
        told = ("contribution", "contribution__session", "contribution__item", "attendee", "contribution__kind")
        return rows.values_list(*told)

    patch.setattr(evidence, "counted_statements", all_that_stand)


def peeps(patch: pytest.MonkeyPatch) -> None:
    """What is collected blind is shown to everybody."""
    patch.setattr(statements, "is_blind", lambda *_told: False)


def tells_that_somebody_stood(patch: pytest.MonkeyPatch) -> None:
    """Everybody hears that a stance was taken, though not which."""
    is_blind = positions.is_blind
    patch.setattr(positions, "is_blind", lambda *told: False)
    patch.setattr(statements, "is_blind", is_blind)


def tells_in_the_version(patch: pytest.MonkeyPatch) -> None:
    """A bar that is kept back has another version with every stance."""
    patch.setattr(statements, "VEIL", 1)


FAULTS = (
    forgets_keys, withdraws_nothing, erases_by_half, shows_all, names_all, skips_numbers, reorders_ties,
    counts_silence, counts_the_hidden, peeps, tells_that_somebody_stood, tells_in_the_version,
)  # fmt: skip


@pytest.mark.long
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
    machine.says("participant", "ada", "water", "position", None, [])
    machine.says("second-participant", "ben", "water", "comment", None, [("disagrees", 3)])
    machine.does(4, "moderator", True, "hide")
    machine.look("observer", "water", "time")
    machine.holds("at_once", True)
    machine.stands(3, "second-participant", "agree", None)
    machine.look("observer", "water", "time")
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
