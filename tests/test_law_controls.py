"""That the law of the live table can be broken: each of these runs has one thing wrong with it, and comes out so."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dialogue.live import findings, news, statements
from dialogue.positions import actions as positions
from dialogue.record.actions import Turn
from tests.desk_stories import asked_blind, found
from tests.law import Broken, Heads, Law, Reader, Told
from tests.stories import blind, hidden, speaking, standing
from tests.tables import LiveTable, seated, with_convenor

pytestmark = pytest.mark.django_db


def told(story: Callable[[LiveTable], None], regime: str = "named", at: str = "table") -> None:
    """Tell a story under the law."""
    story(Law(with_convenor(seated(regime, at=at))).table)


def loses(kind: str, patch: pytest.MonkeyPatch) -> None:
    """Every second entry of a kind arrives empty."""
    entries = Law.entries

    def without_some(self: Law, reader: Reader, heads: Heads) -> dict[str, Told]:
        return {
            stream: [(one, n, "" if one == kind and n % 2 else html) for one, n, html in told]
            for stream, told in entries(self, reader, heads).items()
        }

    patch.setattr(Law, "entries", without_some)


@pytest.mark.parametrize(
    ("kind", "story"), [("contribution-made", speaking), ("finding-changed", found), ("stance-taken", standing)]
)
def test_an_entry_that_is_lost_breaks_the_law(kind: str, story: Any, monkeypatch: pytest.MonkeyPatch):
    loses(kind, monkeypatch)
    with pytest.raises(Broken):
        told(story)


def manners(patch: pytest.MonkeyPatch, other: Callable[[news.Manner], news.Manner]) -> None:
    """Have entries drawn in another manner than is theirs."""
    missed = news.missed

    def drawn_otherwise(session: Any, stream: Any, manner: news.Manner, *more: Any) -> Any:
        return missed(session, stream, other(manner), *more)

    patch.setattr(news, "missed", drawn_otherwise)


@pytest.mark.parametrize("at", ["table", "forum"])
def test_entries_drawn_for_the_staff_break_the_law_for_others(at: str, monkeypatch: pytest.MonkeyPatch):
    manners(monkeypatch, lambda one: one._replace(eyes=replace(one.eyes, audience="staff", sees_who=True)))
    with pytest.raises(AssertionError, match=r"reads (\w+q|\w+|who was there)$"):
        told(hidden, "chatham_house", at)


def test_entries_in_english_alone_break_the_law_for_who_reads_in_french(monkeypatch: pytest.MonkeyPatch):
    manners(monkeypatch, lambda one: one._replace(language="en"))
    with pytest.raises(Broken, match=r"^(convenor|second-participant|visitor)"):
        told(speaking)


def test_a_finding_that_is_told_in_public_breaks_the_law(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialogue.live.statements.is_only_table", lambda _session: True)
    with pytest.raises(AssertionError, match="reads what the table holds"):
        told(found, at="forum")


def test_blind_bar_drawn_before_its_collection_closes_breaks_the_law(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(statements, "is_blind", lambda *_told: False)
    with pytest.raises(Broken):
        told(blind)


def test_blind_round_drawn_before_it_closes_breaks_the_law(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(findings.blind, "unseen", lambda _event, **_told: frozenset())
    with pytest.raises(Broken):
        told(asked_blind)


def test_staff_that_is_not_told_of_a_blind_answer_breaks_the_law(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(positions, "audiences", lambda _session, *people, **_told: [])
    with pytest.raises(Broken):
        told(blind)


def test_a_change_that_nobody_is_told_of_breaks_the_law(monkeypatch: pytest.MonkeyPatch):
    enter = Turn.enter

    def silent(self: Turn, kind: str, *more: Any) -> None:
        if kind != "contribution-touched":
            enter(self, kind, *more)

    monkeypatch.setattr(Turn, "enter", silent)
    with pytest.raises(Broken):
        told(speaking)
