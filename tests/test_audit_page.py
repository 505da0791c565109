"""The convenor's page of the audit: who did what, of staff by name; and never who said what."""

import re
import uuid

import pytest
from lxml import html

from dialogue.audit import actions as audit
from dialogue.audit.models import Act
from dialogue.events.models import Event
from tests.forms import saved, say, stand
from tests.tables import NAMES, LiveTable, seated

pytestmark = pytest.mark.django_db


@pytest.fixture
def table() -> LiveTable:
    table = seated("chatham_house")
    table.run("open_item", "water")
    return table


def lines(table: LiveTable, query: str = "", role: str = "convenor", **headers: str) -> list[str]:
    """The acts on the page, each as its words without the time."""
    answer = table.client(role).get(f"/events/rivers/audit/{query}", **headers)
    assert answer.status_code == 200
    acts = html.fromstring(answer.content).xpath("//ol[@class='acts']/li")
    return [" ".join(" ".join(part.text_content() for part in act.iter("p")).split()) for act in acts]


def short(subject: uuid.UUID) -> str:
    return str(subject)[:8]


def test_staff_is_named_with_what_they_did_to_what(table: LiveTable):
    assert lines(table) == [
        f"Mona Oduyamoq opened an item no. 2 The table {short(table.item('water').pk)}",
        "A visitor or the server loaded the event from a record’s file no. 1",
    ]


def test_of_others_neither_the_name_nor_the_statement_is_told(table: LiveTable):
    said = saved(say(table, "participant", kind="position"))
    stand(table, "second-participant", said)
    assert lines(table)[:2] == [
        "A member of the table put a stance on record no. 4 The table",
        "A member of the table put a statement on record no. 3 The table",
    ]
    page = table.client("convenor").get("/events/rivers/audit/").text
    assert [name for name in NAMES.values() if name in page] == [NAMES["mod"]]
    assert str(said.pk) not in page and short(said.pk) not in page
    assert not any(str(one.pk)[:8] in page for one in table.people.values() if one), "nobody's account either"


def test_of_staff_it_is_not_told_which_statement_is_theirs(table: LiveTable):
    said = table.said["s"] = saved(say(table, "moderator"))
    assert lines(table)[0] == "Mona Oduyamoq put a statement on record no. 3 The table"
    table.do("moderator", "hide", "s", "whyq")
    assert lines(table)[0] == f"Mona Oduyamoq hid a statement no. 4 The table {short(said.pk)}"


def test_staff_is_who_has_such_a_role_now(table: LiveTable):
    table.span("off_record")
    told, at = "put the next bit under a stricter rule no. 3 The table", short(table.session().pk)
    assert lines(table)[0] == f"Rhys Applebyraq {told} {at}"
    table.reseat("rap", "participant")
    assert lines(table)[2] == f"A member of the table {told}"


def test_who_has_a_role_lent_is_called_as_their_account(table: LiveTable):
    audit.note(table.event, table.people["convenor"], "published", table.event.pk)
    audit.note(table.event, table.people["observer"], "published", table.event.pk)
    assert [line.split(" published")[0] for line in lines(table)[:2]] == [
        "A member of the table", "Account of convenor",
    ]  # fmt: skip


def test_a_hundred_stand_on_a_page_and_the_others_on_those_before(table: LiveTable):
    for _ in range(203):
        audit.note(table.event, None, "published", table.event.pk)
    numbers = [
        [int(re.search(r"no\. (\d+)", line)[1]) for line in lines(table, query)]
        for query in ("", "?upto=105", "?upto=5")
    ]
    assert numbers == [list(range(205, 105, -1)), list(range(105, 5, -1)), [5, 4, 3, 2, 1]]

    def ways(query: str) -> list[str]:
        page = table.client("convenor").get(f"/events/rivers/audit/{query}")
        return [link.get("href") for link in html.fromstring(page.content).xpath("//nav[@class='parts']/a")]

    assert [ways(query) for query in ("", "?upto=105", "?upto=5")] == [["?upto=105"], ["?", "?upto=5"], ["?upto=105"]]


@pytest.mark.parametrize("asked", ["x", "-1", "9" * 40, "٣", "", "1e3", "99999999999999999999"])
def test_what_is_no_number_of_an_act_leads_to_the_newest(table: LiveTable, asked: str):
    assert lines(table, f"?upto={asked}") == lines(table)


def test_before_the_first_there_is_nothing(table: LiveTable):
    page = table.client("convenor").get("/events/rivers/audit/?upto=0").text
    assert "Nothing has been done in this event yet." in page


def test_times_are_those_of_the_event(table: LiveTable):
    Event.objects.filter(pk=table.event.pk).update(time_zone="Pacific/Kiritimati")  # fourteen hours ahead
    page = table.client("convenor").get("/events/rivers/audit/").text
    at = Act.objects.get(event=table.event, number=2).at
    there = (at.hour + 14) % 24
    assert f"{there:02}:{at:%M:%S}</time>" in page and "Times are those of Pacific/Kiritimati." in page


def test_it_is_in_french(table: LiveTable):
    table.people["convenor"].language = "fr"
    table.people["convenor"].save()
    assert lines(table)[0].startswith("Mona Oduyamoq a ouvert un point nº 2 The table")


def test_a_deed_of_another_version_is_told_by_its_own_name(table: LiveTable):
    audit.note(table.event, None, "something-new", table.event.pk)
    assert "something-new" in lines(table)[0]


def test_the_page_asks_the_same_however_much_was_done(table: LiveTable, django_assert_max_num_queries):
    for _ in range(120):
        say(table, "participant")
    client = table.client("convenor")
    with django_assert_max_num_queries(16):
        client.get("/events/rivers/audit/")
