"""The record of words that changed: earlier ones only where something points at them, and it comes back as it was."""

import copy
import json

import pytest

from dialogue.archive import format
from dialogue.archive.dump import dump
from dialogue.archive.load import load
from dialogue.discussion.models import Contribution
from dialogue.events.models import Event
from dialogue.positions.agreement import agreement
from dialogue.rapporteur.changed_words import changed_papers
from dialogue.rapporteur.contradictions import contradictions
from tests.tables import LiveTable, seated
from tests.test_changed_basis import find, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def table() -> LiveTable:
    """Ada's position, with which Ben agrees, on which a finding and a paragraph rest; then it is amended."""
    table = seated("named")
    table.run("open_item", "water")
    table.say("participant", "p1", "position")
    table.stand("second-participant", "p1", "agree")
    find(table, "p1", level="one")
    write(table, "As @ada put it.", table.said["p1"].pk)
    return table


def again(record: dict) -> Event:
    """The event as it is once its record is loaded in its place."""
    return load(json.loads(format.canonical(record)), replace=True)


def counts(event: Event) -> list[tuple[int, int]]:
    numbers = [one.numbers for one in agreement(event).holdings.values()]
    return [(one.n, one.N) for one in numbers]


def test_record_without_changed_words_has_no_version(table: LiveTable):
    text = format.canonical(dump(table.event))
    assert "version" not in text and "carried" not in text


def test_spelling_leaves_no_version_in_the_record(table: LiveTable):
    from dialogue.discussion import actions as discussion

    said = table.one("p1")
    discussion.amend(said, table.person("participant"), said.text.upper(), version=1, key="a-key-of-its-own")
    assert "version" not in format.canonical(dump(table.event))


def test_earlier_words_come_back_byte_for_byte_and_count_the_same(table: LiveTable):
    table.amend("participant", "p1")
    table.amend("participant", "p1")
    record = dump(table.event)
    assert format.errors(record) == []
    [said] = record["contributions"]
    assert said["versions"] == [{"number": 1, "text": "What p1q says: p1v0."}]
    assert record["stances"][0]["version"] == 1 and record["stances"][0]["history"] == []
    assert record["findings"][0]["basis_versions"] == [{"of": said["id"], "version": 1}]
    assert record["paragraphs"][0]["basis_versions"] == [{"of": said["id"], "version": 1}]
    before = counts(table.event), len(changed_papers(table.event))
    assert before == ([(0, 5)], 2)
    event = again(record)
    assert format.canonical(dump(event)) == format.canonical(record)
    assert (counts(event), len(changed_papers(event))) == before


def test_former_words_go_when_nothing_points_at_them_any_more(table: LiveTable):
    table.amend("participant", "p1")
    table.stand("second-participant", "p1", "keep")
    record = dump(table.event)
    assert record["contributions"][0]["versions"] == [{"number": 1, "text": "What p1q says: p1v0."}]  # the bases do
    assert "version" not in record["stances"][0]
    event = Event.objects.get(pk=table.event.pk)
    event.findings.all().delete()
    event.paragraphs.all().delete()
    assert "versions" not in dump(event)["contributions"][0]


@pytest.mark.parametrize("how", ["hide", "off_record"])
def test_no_former_words_of_what_is_not_on_record(table: LiveTable, how: str):
    table.amend("participant", "p1")
    if how == "hide":
        table.do("moderator", "hide", "p1", "whyq")
    else:
        table.do("participant", "restrict", "p1", "off_record")
    text = format.canonical(dump(table.event))
    assert "p1v0" not in text and '"text": ""' in text
    assert format.errors(json.loads(text)) == []


def test_carried_answers_come_back_as_carried(table: LiveTable):
    table.amend("participant", "p1", spelling=True)
    record = dump(table.event)
    assert (record["stances"][0]["version"], record["stances"][0]["carried"]) == (1, True)
    event = again(record)
    assert format.canonical(dump(event)) == format.canonical(record)
    said = Contribution.objects.get(event=event)
    assert len(agreement(event).position_bar(said.pk).support) == 2


def test_check_of_the_record_tells_of_bases_on_earlier_words(table: LiveTable):
    assert not [one for one in contradictions(dump(table.event)) if one.kind == "basis_on_earlier_words"]
    table.amend("participant", "p1")
    told = [one for one in contradictions(dump(table.event)) if one.kind == "basis_on_earlier_words"]
    assert [one.where for one in told] == ["$.findings[0].basis_versions[0]", "$.paragraphs[0].basis_versions[0]"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda r: r["stances"][0].update(version=7), "$.stances[0].version"),
        (lambda r: r["stances"][0].update(carried=True) or r["stances"][0].pop("version"), "$.stances[0].carried"),
        (lambda r: r["findings"][0]["basis_versions"][0].update(version=7), "$.findings[0].basis_versions[0].version"),
        (lambda r: r["findings"][0].update(basis=[]), "$.findings[0].basis_versions"),
        (lambda r: r["contributions"][0]["versions"].append({"number": 9, "text": "No."}), "$.contributions[0].versions"),
        (lambda r: r["contributions"][0]["versions"].append({"number": 1, "text": "No."}), "$.contributions[0].versions"),
        (lambda r: r["contributions"][0].update(versions=[]), "$.contributions[0].versions"),
    ],
)
def test_wrong_versions_are_named_by_their_path(table: LiveTable, change, path: str):
    table.amend("participant", "p1")
    record = copy.deepcopy(dump(table.event))
    assert format.errors(record) == []
    change(record)
    assert path in dict(format.errors(record))
