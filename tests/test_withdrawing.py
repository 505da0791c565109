"""Withdrawing tells its owner first what would change; the next published version says that levels were recounted."""

import re
import uuid

import pytest

from dialogue.discussion.models import Contribution
from dialogue.positions.agreement import agreement
from dialogue.positions.withdrawal import changes_without
from dialogue.rapporteur.actions.confirming import confirm_words
from dialogue.rapporteur.actions.findings import findings
from dialogue.rapporteur.changed_words import changed_papers
from dialogue.report import recount
from dialogue.report.actions import publish, ready
from dialogue.report.tree import as_json
from tests.forms import of
from tests.printed import texts
from tests.tables import LiveTable, seated
from tests.test_changed_basis import find, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def table() -> LiveTable:
    table = seated("named")
    table.run("open_item", "water")
    table.say("participant", "p1", "position")
    table.say("second-participant", "p2", "position")
    return table


def listed(table: LiveTable, role: str, name: str) -> str:
    """What somebody's page of a statement says that its withdrawal would change; "" for nothing."""
    found = re.search(r'<ul class="would-change">(.*?)</ul>', of(table, role, table.said[name]), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def test_owner_is_told_what_a_withdrawal_would_change(table: LiveTable):
    finding = find(table, "p1", "p2")
    table.stand("second-participant", "p1", "agree")
    write(table, "As @ada put it. It rained.", table.said["p1"].pk)
    told = listed(table, "participant", "p1")
    assert told == (
        "1 answer given on it goes with it. It is low. now two participants, 2 of 5; without it one participant, 1 of 5 "
        "1 sentence of the report rests on it."
    )
    for role in ("second-participant", "moderator", "observer"):
        assert listed(table, role, "p1") == ""
    held = agreement(table.event).holdings[finding.pk].numbers
    assert (held.n, Contribution.objects.filter(state="said").count()) == (2, 2)
    table.do("participant", "withdraw", "p1")
    assert agreement(table.event).holdings[finding.pk].numbers.n == 1


def test_preview_is_what_the_count_says_afterwards(table: LiveTable):
    finding = find(table, "p1", "p2")
    [change] = changes_without(table.one("p1"))
    table.do("participant", "withdraw", "p1")
    after = agreement(table.event).holdings[finding.pk]
    assert (change.finding, change.after.numbers, change.after.reached) == (finding.pk, after.numbers, after.reached)


def test_nothing_is_told_that_would_not_change(table: LiveTable):
    assert listed(table, "participant", "p1") == ""


def test_owner_at_one_of_several_tables_reads_of_no_finding():
    table = seated("named", at="annex")
    table.run("open_item", "water")
    table.say("panelist", "p1", "position")
    finding = find(table, "p1", level="one")
    assert changes_without(table.one("p1"))[0].finding == finding.pk
    assert listed(table, "panelist", "p1") == ""


def test_blind_collection_tells_no_number_of_answers(table: LiveTable):
    table.hold(blind=True)
    table.stand("second-participant", "p1", "agree")
    assert "answer" not in listed(table, "participant", "p1")


# ------------------------------------------------------------------ the next version


def said_in(report) -> list[str]:
    return [text for _where, _kind, text in texts(report)]


NOTICE = "Agreement levels recounted."


def test_next_version_says_that_levels_were_recounted(table: LiveTable):
    finding = find(table, "p1", "p2")
    write(table, f"{{{finding.key}}} said so.")
    assert NOTICE not in said_in(ready(table.event))
    publish(table.event, table.person("convenor"))
    assert NOTICE not in said_in(ready(table.event))
    table.say("moderator", "p3", "position")
    table.event.refresh_from_db()
    report = ready(table.event)
    assert NOTICE in said_in(report)
    made = publish(table.event, table.person("convenor"))
    assert NOTICE in made.content and as_json(ready(table.event)) == made.content
    write(table, "It rained.")
    assert NOTICE not in said_in(ready(table.event))


def test_control_without_a_count_before_there_is_no_notice(table: LiveTable, monkeypatch):
    finding = find(table, "p1", "p2")
    write(table, f"{{{finding.key}}} said so.")
    publish(table.event, table.person("convenor"))
    table.say("moderator", "p3", "position")
    monkeypatch.setattr(recount, "counts_of", lambda _report: {})
    assert NOTICE not in said_in(ready(table.event))


def test_confirmed_finding_on_amended_words_may_be_published(table: LiveTable):
    finding = find(table, "p1", "p2")
    write(table, "It rained.")
    table.amend("participant", "p1")
    was = changed_papers(table.event)[finding.pk].digest
    confirm_words(findings, finding, table.person("rapporteur"), was=was)
    assert publish(table.event, table.person("convenor")).version == 1
    assert uuid.UUID(str(finding.pk))
