"""Under a strict rule nothing tells who spoke when: the order of statements in the report, who is here, whom one may choose."""

import itertools

import pytest

from dialogue.access import reader
from dialogue.archive.load import load
from dialogue.events.models import Event, new_epoch
from dialogue.live import presence
from dialogue.report.formats import write
from dialogue.report.tree import Sentence, as_json
from dialogue.restricter import may_know, restricter
from tests.planted import Planted, planted
from tests.records import ADA, BEN, CLEO, DEV, addressee, advice, finding, paragraph, said, table
from tests.test_compile import chapter, nodes

pytestmark = pytest.mark.django_db
KEYS = ("c1", "c2", "c3", "c4")


def told(order: tuple[str, ...], regime: str):
    """The chapter of a table whose statements the rapporteur ticked in that order."""
    heard = [said(key, by) for key, by in zip(KEYS, (ADA, BEN, CLEO, DEV), strict=True)]
    return chapter(
        table(
            contributions=heard, findings=[finding("f1", "some", *order, reason="So.")],
            paragraphs=[paragraph("p1", "It is low. {f1} agreed.", "f1", *order)],
            recommendations=[addressee("The State", advice("r1", "Dig.", *order))],
        ),
        regime=regime,
    )  # fmt: skip


@pytest.mark.parametrize("regime", ["role", "unnamed", "chatham_house"])
def test_the_order_in_which_statements_were_ticked_is_in_no_file(regime: str):
    first, *others = (as_json(told(order, regime)) for order in list(itertools.permutations(KEYS))[::5])
    assert [one for one in others if one != first] == []


def test_in_the_open_it_stays():
    assert as_json(told(KEYS, "named")) != as_json(told(KEYS[::-1], "named"))


def test_the_shuffled_order_is_that_of_the_labels_and_the_same_every_time():
    report = told(KEYS, "chatham_house")
    behind = [one.statements for one in nodes(report.sections, Sentence) if len(one.statements) > 3]
    assert behind and all(one == sorted(one) for one in behind)
    assert write(report, "md") == write(report, "md")


def test_another_installation_has_another_order(settings):
    orders = set()
    for number in range(12):
        settings.SECRET_KEY = f"another-key-of-fifty-random-characters-{number:012}"
        rules = restricter_of("unnamed")
        orders.add(tuple(rules.in_order(KEYS, lambda key, rules=rules: rules.label(key, "unnamed"))))
    assert len(orders) > 6


def restricter_of(regime: str):
    return restricter(load(table(contributions=[said("c1", ADA)]), replace=True), regime)


# ------------------------------------------------------------------ who is here, and who may be chosen


def here(made: Planted, session: str, *, sees_who: bool) -> set[str]:
    """Whose names are told where everybody has the page open."""
    everybody = [person.pk for person in made.people.values() if person]
    drawn = presence.draw(made.event.sessions.select_related("event").get(key=session), everybody, sees_names=sees_who)
    return {one.key for one in made.event.attendees.all() if one.name in drawn}


def test_presence_is_off_at_a_strict_table_and_names_nobody_for_having_the_forum_open():
    made = planted("mixed")
    assert here(made, "table", sees_who=False) == set()
    assert here(made, "table", sees_who=True) == {"mod", "rap", "ada", "ben"}
    assert here(made, "forum", sees_who=False) == here(made, "forum", sees_who=True) == {"mod", "pan", "host"}


def test_in_the_open_everybody_is_named_who_is_here():
    assert here(planted("named"), "forum", sees_who=False) == {"mod", "rap", "ada", "ben", "pan", "host"}


@pytest.mark.parametrize(
    "wish", [{"prefers": "unnamed"}, {"prefers": "chatham_house"}, {"prefers": "role"}, {"listed": False}]
)
def test_who_wishes_not_to_be_named_is_not_named_for_being_there(wish: dict):
    """With one other in the room, their own unnamed words would be theirs."""
    made = planted("named")
    assert "pan" in here(made, "forum", sees_who=False)
    made.event.attendees.filter(key="pan").update(**wish)
    Event.objects.filter(pk=made.event.pk).update(epoch=new_epoch())
    assert here(made, "forum", sees_who=False) == {"mod", "rap", "ada", "ben", "host"}
    assert "pan" in here(made, "forum", sees_who=True), "the staff knows"


@pytest.mark.parametrize(
    ("role", "known"),
    [
        ("moderator", {"mod", "rap", "ada", "ben", "cleo", "dev", "eve", "pan", "host"}),
        ("host", {"mod", "pan", "host"}),
        ("participant", {"mod", "ada", "pan", "host"}),
        ("visitor", {"mod", "pan", "host"}),
    ],
)
def test_whom_somebody_may_choose_from(role: str, known: set[str]):
    made = planted("mixed")
    who, rules = reader(made.people[role], made.event), restricter(made.event)
    assert {key for key in rules.people if may_know(who, rules, key)} == known


def test_who_runs_the_forum_cannot_try_out_names_of_the_closed_table():
    """Somebody of the table and nobody at all are refused in the same words; who sits here is taken."""
    made = planted("mixed")
    client = made.table.client("host")
    sent = {"do": "floor", "item": "water"}
    answers = [client.post("/events/rivers/table/forum/run/", sent | {"for": key}, headers={"accept": "application/json"}) for key in ("ben", "nobody", "pan")]  # fmt: skip
    assert [(one.status_code, one.json().get("error")) for one in answers] == [
        (400, "Choose a person from the list."), (400, "Choose a person from the list."), (200, None),
    ]  # fmt: skip
