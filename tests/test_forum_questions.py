"""The questions of a forum on its session's page, each to whom it is for, with the answers that they may read."""

import re

import pytest
from django.test import Client

from dialogue.events.models import Event
from forum import views
from forum.models import Answer, Question
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db

ASKED = [
    ("q1", "Ivy Asker", "Is the river low?", "answered", 7),
    ("q2", None, "Who pays?", "approved", 12),
    ("q3", None, "Whose fault is it?", "rejected", 3),
    ("q4", None, "When does it end?", "pending", 1),
]


def put(table: LiveTable) -> None:
    forum = table.event.sessions.get(key="forum")
    for place, (key, name, text, status, votes) in enumerate(ASKED):
        Question.objects.create(
            event=table.event, session=forum, key=key, name=name, text=text, status=status, votes=votes, position=place
        )


@pytest.fixture
def table() -> LiveTable:
    table = seated()
    put(table)
    table.run("open_item", "water", at="forum")
    return table


def page(table: LiveTable, role: str, session: str = "forum") -> str:
    client = Client()
    if person := table.people[role]:
        client.force_login(person)
    answer = client.get(f"/events/{table.event.slug}/table/{session}/")
    assert answer.status_code == 200
    return answer.text


def asked(text: str) -> list[str]:
    """The questions of a page, in its order."""
    section = text.partition('class="questions"')[2].partition("</section>")[0]
    return re.findall(r'<p class="words" dir="auto">([^<]+)</p>', section)


def test_everybody_reads_approved_questions_by_their_support(table: LiveTable):
    for role in ("visitor", "panelist", "participant"):
        text = page(table, role)
        assert asked(text) == ["Who pays?", "Is the river low?"]
        assert "12 people support it" in text and "Ivy Asker" in text
    assert "fault" not in page(table, "visitor") and "rejected" not in page(table, "visitor")


def test_staff_reads_pending_and_rejected_ones_marked(table: LiveTable):
    text = page(table, "moderator")
    assert asked(text) == ["Who pays?", "Is the river low?", "Whose fault is it?", "When does it end?"]
    assert '<span class="mark">rejected</span>' in text and '<span class="mark">pending</span>' in text


def test_visitors_read_rejected_ones_without_the_filter(table: LiveTable, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(views, "FOR_EVERYBODY", ("approved", "answered", "rejected", "pending"))
    assert "Whose fault is it?" in page(table, "visitor")


def test_question_of_the_forum_is_not_on_the_closed_table(table: LiveTable):
    table.run("open_item", "water")
    assert 'id="questions"' not in page(table, "participant", "table")


def test_session_without_questions_has_no_section():
    table = seated()
    table.run("open_item", "water", at="forum")
    assert 'id="questions"' not in page(table, "visitor")


@pytest.mark.parametrize("regime", ["role", "unnamed", "chatham_house"])
def test_name_of_who_asked_stands_under_named_alone(table: LiveTable, regime: str):
    Event.objects.filter(pk=table.event.pk).update(attribution=regime)
    assert asked(page(table, "visitor")) == ["Who pays?", "Is the river low?"]
    assert "Ivy Asker" not in page(table, "visitor")


def test_answer_leads_to_the_statement_and_shows_its_beginning(table: LiveTable):
    table.say("panelist", "lowagain", "position", at="forum")
    said = table.one("lowagain")
    Answer.objects.create(question=Question.objects.get(key="q1"), contribution=said, position=0)
    text = page(table, "visitor")
    assert f"/table/forum/?at={said.pk}#s-{said.pk}" in text
    assert f"Pia Novakpanq: {said.text}" in text


def test_withheld_answer_is_for_the_staff_alone(table: LiveTable):
    table.say("panelist", "withheld", "position", at="forum")
    said = table.one("withheld")
    type(said).objects.filter(pk=said.pk).update(released=False)
    Answer.objects.create(question=Question.objects.get(key="q1"), contribution=said, position=0)
    assert f"?at={said.pk}" not in page(table, "visitor")
    assert f"?at={said.pk}" in page(table, "moderator")
