"""Striking a statement after the fact: words, versions, answers and notes go for good; what repeats it is marked."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dialogue.archive.dump import dump
from dialogue.audit.models import Act
from dialogue.discussion import actions as discussion
from dialogue.discussion.echoes import echoes
from dialogue.discussion.models import Contribution, FormerWords
from dialogue.positions.models import Stance
from dialogue.rapporteur.actions.notes import NoteWords, notes
from dialogue.rapporteur.models import Note
from dialogue.report.models import Publication
from tests.forms import do, entered, of, page, refusal
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db

UNSURE = (400, "Nothing was struck. Tick the box first: it cannot be undone.")
LONG = "The minister told us in private that the dam will fail before the spring."


@pytest.fixture
def table() -> LiveTable:
    table = seated("named")
    table.run("open_item", "water")
    table.say("participant", "p1", "position")
    return table


@pytest.mark.parametrize(("role", "deed"), [("participant", "struck-by-speaker"), ("moderator", "struck-by-moderator")])
def test_speaker_or_moderator_strikes_and_nothing_of_it_is_left(table: LiveTable, role: str, deed: str):
    said = table.said["p1"]
    table.amend("participant", "p1")
    table.stand("second-participant", "p1", "disagree", "reasonq")
    words = NoteWords(item=None, text="She said p1v1.", flagged=False, basis=(said.pk,))
    notes.make(table.event, table.person("rapporteur"), words, key="a-key-of-its-own")
    assert do(table, role, said, "strike", sure="1").status_code == 200
    row = Contribution.every.get(pk=said.pk)
    assert (row.state, row.text) == ("erased", "")
    assert [FormerWords.objects.count(), Stance.every.count(), Note.objects.count()] == [0, 0, 0]
    shown = page(table, "moderator") + of(table, "moderator", said) + of(table, role, said)
    assert "p1q" not in shown and "p1v" not in shown and "reasonq" not in shown
    assert dump(table.event)["contributions"] == []
    acts = Act.objects.filter(event=table.event, deed=deed).values_list("person", "subject")
    assert list(acts) == [(table.person(role).pk, said.pk)]


@pytest.mark.parametrize("role", ["second-participant", "rapporteur", "observer", "convenor"])
def test_nobody_else_strikes(table: LiveTable, role: str):
    assert do(table, role, table.said["p1"], "strike", sure="1").status_code == 403
    assert Contribution.every.get(pk=table.said["p1"].pk).state == "said"


def test_striking_wants_the_box_ticked(table: LiveTable):
    assert refusal(do(table, "participant", table.said["p1"], "strike")) == UNSURE
    assert Contribution.every.get(pk=table.said["p1"].pk).state == "said"


def test_published_statements_are_not_struck(table: LiveTable):
    Publication.objects.create(
        event=table.event, version=1, language="en", regime="named", content="{}", digest="",
        published_at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        discussion.strike(table.one("p1"), table.person("participant"))


def test_repeating_statement_is_marked_for_those_who_run_the_table(table: LiveTable):
    table.say("second-participant", "c1", "comment", ("answers", "p1"))
    table.say("second-participant", "c2", "comment", ("answers", "p1"))
    Contribution.objects.filter(pk=table.said["p1"].pk).update(text=LONG)
    Contribution.objects.filter(pk=table.said["c1"].pk).update(text="So “told us, in private, THAT the dam will” break?")
    discussion.strike(table.one("p1"), table.person("participant"))
    marked = Contribution.objects.filter(echoes_struck=True)
    assert list(marked) == [table.one("c1")]
    assert "repeats words that were struck" in page(table, "moderator")
    assert "repeats words that were struck" in of(table, "moderator", table.said["c1"])
    for role in ("participant", "second-participant", "observer"):
        assert "repeats words that were struck" not in page(table, role), role
    listed = "Statements that repeat words that were struck"
    assert listed in of(table, "moderator", table.said["p1"])
    assert listed not in of(table, "second-participant", table.said["p1"])
    table.amend("second-participant", "c1")
    assert listed not in of(table, "moderator", table.said["p1"])
    assert not Contribution.objects.filter(echoes_struck=True).exists()


def test_struck_words_leave_the_pages_of_those_who_are_asked_again(table: LiveTable):
    table.stand("second-participant", "p1", "agree")
    table.amend("participant", "p1")
    assert "p1v0" in page(table, "second-participant")
    before = entered(table, "person:ben").count("answers-asked")
    discussion.strike(table.one("p1"), table.person("participant"))
    assert "p1v0" not in page(table, "second-participant")
    assert entered(table, "person:ben").count("answers-asked") == before + 1


def test_withdrawn_words_are_struck_with_their_former_ones(table: LiveTable):
    table.do("participant", "withdraw", "p1")
    assert FormerWords.objects.count() == 1
    discussion.strike(table.one("p1"), table.person("participant"))
    assert FormerWords.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("told us in private that the dam will", True), ("told us in private that a dam will", False),
        ("THE MINISTER, told us: in private!", True), ("The minister told us", False), ("", False),
    ],
)
def test_six_words_in_a_row_are_an_echo(text: str, found: bool):
    other = Contribution(text=text)
    assert echoes(LONG, [other]) == ([other] if found else [])


def test_short_statement_is_echoed_as_a_whole():
    assert echoes("The dam fails.", [Contribution(text="Yes: the dam fails!")]) != []
    assert echoes("No.", [Contribution(text="No.")]) == []
