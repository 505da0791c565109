"""Assent that the rapporteur saw: a mark of its own, in no count, confirmed or denied at a read-back."""

import io
import json

import pytest
from django.core.management import call_command

from dialogue.access import Eyes
from dialogue.archive import format
from dialogue.archive.dump import dump
from dialogue.archive.load import load
from dialogue.live.findings import draw_findings
from dialogue.positions.agreement import agreement
from dialogue.positions.models import Assent
from dialogue.report.compile import compile
from dialogue.report.tree import as_json
from tests.desks import Desk, desk, press, words
from tests.records import finding, paragraph, table
from tests.test_compile import HEARD, printed

pytestmark = pytest.mark.django_db

SEEN = "Assent seen by the rapporteur, not counted: about 4 of 8."
VU = "Assentiment observé par la personne chargée du rapport, non compté\u00a0: environ 4 sur 8."


def mark(on: str, *, confirmed=None, on_earlier_words=False, **more) -> dict:
    return {
        "on": on, "seen": 4, "of": 8, "at": None, "confirmed": confirmed, "on_earlier_words": on_earlier_words, **more,
    }  # fmt: skip


def record(*marks: dict, language: str = "en") -> dict:
    return table(
        event={"language": language},
        contributions=HEARD,
        findings=[finding("f1", "two", "c1", "c2")],
        paragraphs=[paragraph("p1", "{f1} agreed.", "f1", "c1")],
        **({"assent": list(marks)} if marks else {}),
    )


@pytest.fixture
def room(db: None) -> Desk:
    return desk()


@pytest.mark.parametrize(
    ("confirmed", "english", "french"),
    [
        (None, SEEN, VU),
        (True, f"{SEEN} Confirmed at a read-back.", f"{VU} Confirmé lors d’une lecture pour confirmation."),
        (False, f"{SEEN} Denied at a read-back.", f"{VU} Démenti lors d’une lecture pour confirmation."),
    ],
)
def test_report_prints_assent_as_seen_by_the_rapporteur(confirmed, english, french):
    marks = mark("f1", confirmed=confirmed), mark("c1", confirmed=confirmed)
    assert as_json(compile(load(record(*marks)))).count(english) == 3  # the legend, and two rows of the basis
    assert as_json(compile(load(record(*marks, language="fr"), replace=True))).count(french) == 3


def test_assent_on_changed_words_is_printed_as_on_earlier_ones():
    text = printed(compile(load(record(mark("f1", on_earlier_words=True)))))
    assert f"{SEEN} It was seen on earlier words." in text


def test_assent_enters_no_count():
    bare = load(record())
    without = next(iter(agreement(bare).holdings.values()))
    assents = next(iter(agreement(load(record(mark("f1"), mark("c3")), replace=True)).holdings.values()))
    assert (assents.numbers, assents.reached, assents.verdict) == (without.numbers, without.reached, without.verdict)


def test_check_record_lists_assent_apart():
    load(record(mark("f1", confirmed=True), mark("c1")))
    call_command("check_record", "rivers", stdout=(out := io.StringIO()))
    listed = out.getvalue().partition("Assent seen by the rapporteur, in no count: 2.\n")[2].splitlines()[:2]
    assert listed == ["  f1: about 4 of 8; confirmed at a read-back.", "  c1: about 4 of 8; not read back."]
    call_command("check_record", "rivers", "--json", stdout=(out := io.StringIO()))
    assert [one["on"] for one in json.loads(out.getvalue())["assent"]] == ["f1", "c1"]


def test_record_comes_back_with_its_assent():
    given = record(mark("f1", confirmed=False, at="2026-03-01T10:00:00+01:00"), mark("c1", on_earlier_words=True))
    assert format.canonical(dump(load(given))) == format.canonical(given)


@pytest.mark.parametrize(
    ("marks", "where"),
    [
        ([mark("f1", seen=9)], ["$.assent[0].seen"]),
        ([mark("f1"), mark("f1")], ["$.assent[1].on"]),
        ([mark("nobody")], ["$.assent[0].on"]),
    ],
)
def test_wrong_assent_is_refused_by_its_path(marks, where):
    assert [path for path, _wrong in format.errors(record(*marks))] == where


def test_rapporteur_enters_confirms_and_deletes_assent(room: Desk):
    us, one = room.client(), room.say("ada", "It is low.")
    page = us.get(f"{room.address}assent/{one.pk}/")
    refused = press(us, page, "Save", seen=9, present=8)
    assert refused.status_code == 422 and "There are more people assenting than present." in words(refused)
    assert SEEN in words(press(us, page, "Save", seen=4, present=8))
    page = us.get(f"{room.address}assent/{one.pk}/")
    assert f"{SEEN} Confirmed at a read-back." in words(press(us, page, "Confirmed at a read-back"))
    assert f"{SEEN} Denied at a read-back." in words(press(us, page, "Denied at a read-back"))
    press(us, page, "Save", seen=5, present=8)
    assert list(Assent.objects.values_list("contribution", "seen", "confirmed")) == [(one.pk, 5, None)]
    press(us, page, "Delete this entry")
    assert not Assent.objects.exists()


def test_assent_of_a_finding_stands_at_the_table(room: Desk):
    us, one = room.client(), room.say("ada", "It is low.")
    press(us, us.get(f"{room.address}finding/new/?item=water&rests={one.pk}"), "Save", text="It is low.", level="one")
    found = room.event.findings.get()
    press(us, us.get(f"{room.address}assent/{found.pk}/"), "Save", seen=4, present=8)
    assert SEEN in words(us.get(f"/events/{room.event.slug}/agreement/"))
    for audience in ("table", "staff"):
        assert SEEN in draw_findings(room.event.sessions.get(), Eyes(audience), [found.pk])
