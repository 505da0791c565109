"""Publishing while people talk: nobody waits for the chapter to be made, and it holds what is on record."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dialogue.archive.dump import dumpers
from dialogue.events.models import Event
from dialogue.rapporteur.actions.writing import paragraphs
from dialogue.rapporteur.models import Paragraph
from dialogue.report.actions import TRIES, publish
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db


@pytest.fixture
def table() -> LiveTable:
    table = seated()
    table.run("open_item", "water")
    Paragraph.objects.create(
        event=table.event, key="p1", item=table.item("water"), origin="room", text="The river is low."
    )
    return table


@pytest.fixture
def meanwhile() -> Iterator[list[Callable[[], None]]]:
    """Deeds that happen while a chapter is being made, one each time."""
    waiting: list[Callable[[], None]] = []
    questions = dumpers["questions"]

    def interrupted(event: Event) -> list[dict]:
        if waiting:
            waiting.pop(0)()
        return questions(event)

    dumpers["questions"] = interrupted
    yield waiting
    dumpers["questions"] = questions


def rewrite(text: str) -> Callable[[], None]:
    """The rapporteur changes the paragraph, in a turn."""

    def written() -> None:
        row = Paragraph.objects.get()
        words = paragraphs.standing(row)
        person = row.event.attendees.get(key="rap").person
        paragraphs.change(row, person, type(words)(**{**words.columns, "text": text}), was=words.digest)

    return written


def test_the_record_is_not_held_while_the_chapter_is_made(table: LiveTable):
    with CaptureQueriesContext(connection) as asked:
        publish(table.event, table.people["convenor"])
    sent = [one["sql"] for one in asked.captured_queries]
    held = sent[max(place for place, one in enumerate(sent) if one.startswith("SAVEPOINT")) :]
    assert len(sent) > 30 and len(held) < 15, "a chapter takes many queries, a turn few"
    assert not any(re.search(r'FROM "dialogue_(contribution|paragraph|stance)"', one) for one in held)


def test_what_is_written_meanwhile_is_in_it(table: LiveTable, meanwhile: list):
    meanwhile.append(rewrite("The river is high."))
    made = publish(table.event, table.people["convenor"])
    assert "The river is high." in made.content and "The river is low." not in made.content


def test_who_leaves_meanwhile_is_listed_for_having_sat_there(table: LiveTable, meanwhile: list):
    meanwhile.append(lambda: table.reseat("eve", ""))
    assert "Eve Quillevq" in publish(table.event, table.people["convenor"]).content
    assert meanwhile == [] and table.attendee("eve").memberships.count() == 0  # the seat has ended


def test_it_ends_also_where_people_never_stop(table: LiveTable, meanwhile: list):
    meanwhile += [rewrite(f"The river is at {number}.") for number in range(TRIES)]
    made = publish(table.event, table.people["convenor"])
    assert (made.version, meanwhile) == (1, [])
    assert f"The river is at {TRIES - 1}." in made.content
