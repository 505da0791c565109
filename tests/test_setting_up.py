"""An event from an empty database to people around its table, over the pages."""

import re
from typing import Any

import pytest
from django.test import Client

from dialogue.audit.models import Act
from dialogue.entrance import actions as entrance
from dialogue.events.models import Attendee, Event
from dialogue.mail.models import Mail
from dialogue.people.models import Person

TABLE = """Name\tE-mail\tFunction\tAffiliation\tSector\tRole
Ann Webb\tann@people.invalid\tDean\tCollege\tuniversity\tmoderator
Bo Lind\tbo@people.invalid\t\tInstitute\tthink tank\trapporteur
Ray Crabbe\tray@people.invalid\tPresident\tRoyal Military Institute\tmilitary\tparticipant
Peter Kinsman\tpeter@people.invalid\tProfessor\tUniversity\tuniversity\texpert
Eve Ober\t\t\tMinistry\tgovernment\tobserver
"""


def sent(client: Client, address: str, **told: Any):
    return client.post(address, told)


@pytest.fixture
def convenor(db) -> Client:
    person = entrance.may_convene("connie@house.invalid", "Connie")
    client = Client()
    client.force_login(person)
    return client


NEW = {
    "title": "Peacekeeping after Victoria", "date": "2027-03-02", "time_zone": "America/Vancouver", "place": "Victoria",
    "language": "en", "convenor_name": "UNA-Canada",
}  # fmt: skip


@pytest.fixture
def event(convenor: Client) -> Event:
    """Set up over the pages: two sessions, a programme, people."""
    assert sent(convenor, "/convene/", **NEW).status_code == 302
    made = Event.objects.get()
    at = f"/events/{made.slug}/setup"
    table = made.sessions.get()
    assert sent(
        convenor, f"{at}/sessions/{table.key}/", do="save", title="The table", kind="roundtable", access="closed",
        date="2027-03-02", starts="09:30", ends="12:00", attribution="chatham_house",
    ).status_code == 302  # fmt: skip
    assert sent(
        convenor, f"{at}/sessions/new/", title="The forum", kind="forum", access="public", date="2027-03-02",
        attribution="named",
    ).status_code == 302  # fmt: skip
    assert sent(convenor, f"{at}/programme/", points="Rapid deployment\n- Standing force\nCivilians").status_code == 302
    assert sent(convenor, f"{at}/people/", session=table.key, table=TABLE).status_code == 302
    return made


def code_sent() -> str:
    return re.findall(r"\b\d{6}\b", Mail.objects.latest("written_at").text)[0]


def test_from_an_empty_database_to_a_statement(convenor: Client, event: Event, settings):
    settings.DEMO = True
    event.refresh_from_db()
    assert event.attribution == "named"
    assert [(one.title, one.attribution) for one in event.sessions.all()] == [
        ("The table", "chatham_house"),
        ("The forum", None),
    ]
    assert [(one.title, one.parent.title if one.parent else None, one.kind) for one in event.items.all()] == [
        ("Rapid deployment", None, "theme"), ("Standing force", "Rapid deployment", "subtheme"), ("Civilians", None, "theme"),
    ]  # fmt: skip
    at = f"/events/{event.slug}/setup"
    assert b"5 people" in convenor.get(f"{at}/").content
    assert sent(convenor, f"{at}/invitations/", greeting="We look forward to it.").status_code == 302
    letters = {one.to: one for one in Mail.objects.all()}
    assert sorted(letters) == ["ann@people.invalid", "bo@people.invalid", "peter@people.invalid", "ray@people.invalid"]
    letter = letters["ray@people.invalid"]
    assert "We look forward to it." in letter.text and "DTSTART:20270302T173000Z" in letter.calendar
    door = re.search(r"http://testserver(/come/[0-9a-f-]{36}/)", letter.text)[1]

    ray = Client()
    assert ray.get(door).status_code == 200
    onward = ray.post(door)
    assert ray.post(onward.url, {"code": code_sent()}).url == f"/events/{event.slug}/welcome/"
    table = event.sessions.get(title="The table")
    assert ray.get(f"/events/{event.slug}/table/{table.key}/").url == f"/events/{event.slug}/welcome/"
    page = ray.get(f"/events/{event.slug}/welcome/").content.decode()
    assert "Chatham House Rule" in page and "never be reported more openly" in page
    agreed = {
        f"rule-{table.key}": "chatham_house",
        f"names-{table.key}": "shown",
        "name": "Ray Crabbe",
        "function": "President",
        "affiliation": "RMI",
        "listed": "on",
    }
    assert ray.post(f"/events/{event.slug}/welcome/", agreed).url == f"/events/{event.slug}/"  # the doors are shut

    assert sent(convenor, f"{at}/", do="open").status_code == 302
    assert Event.objects.get().is_open
    ann = Person.objects.get(email="ann@people.invalid")
    moderator = Client()
    moderator.force_login(ann)
    assert moderator.get(f"/events/{event.slug}/table/{table.key}/").status_code == 302  # she has not agreed yet
    moderator.post(
        f"/events/{event.slug}/welcome/",
        {f"rule-{table.key}": "chatham_house", f"names-{table.key}": "shown", "name": "Ann Webb"},
    )
    item = event.items.first()
    run = f"/events/{event.slug}/table/{table.key}/run/"
    assert moderator.post(run, {"do": "open", "item": item.key}).status_code == 302
    assert ray.get(f"/events/{event.slug}/table/{table.key}/").status_code == 200
    ray.post(
        f"/events/{event.slug}/table/{table.key}/say/",
        {"item": item.key, "kind": "position", "text": "We came too late."},
    )
    said = event.contributions.get()
    assert said.text == "We came too late." and said.authorship.attendee.affiliation == "RMI"
    deeds = list(Act.objects.filter(event=event).values_list("deed", flat=True))
    assert {"event-set-up", "seat-given", "invited", "rule-agreed", "doors-opened", "contribution-made"} <= set(deeds)


@pytest.mark.parametrize(("starts", "ends", "status"), [
    ("09:30", "12:00", 302), ("22:00", "01:00", 302), ("18:00", "00:00", 302), ("18:00", "17:00", 422), ("09:30", "09:30", 422), ("", "12:00", 422),
])  # fmt: skip
def test_a_session_ends_after_it_begins(convenor: Client, event: Event, starts: str, ends: str, status: int):
    table = event.sessions.get(title="The table")
    told = {
        "title": "The table",
        "kind": "roundtable",
        "access": "closed",
        "date": "2027-03-02",
        "attribution": "chatham_house",
    }
    answer = sent(
        convenor, f"/events/{event.slug}/setup/sessions/{table.key}/", do="save", starts=starts, ends=ends, **told
    )
    assert answer.status_code == status


def test_what_a_rule_prints_is_said_of_somebody_as_they_are(convenor: Client, event: Event):
    table = event.sessions.get(title="The table")
    page = convenor.get(f"/events/{event.slug}/setup/sessions/{table.key}/").content.decode()
    assert "Ray Crabbe (Royal Military Institute) maintained" in page
    assert "One participant from the military maintained" in page
    Attendee.objects.filter(name="Ray Crabbe").update(sector="")
    page = convenor.get(f"/events/{event.slug}/setup/sessions/{table.key}/").content.decode()
    assert "One participant from the" not in page
