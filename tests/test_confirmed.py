"""An event that asks its staff for a second factor: until it is confirmed, its staff is nobody in particular there."""

import re
import time
from urllib.parse import unquote

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from dialogue.access import at_all_tables, reader, readers
from dialogue.convening.actions.events import change_facts
from dialogue.events.models import Event
from dialogue.live.doors import Admission, Knock, admissions
from dialogue.people.models import Person
from tests import forms
from tests.cast import STAFF
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db
ASKED = "asks its staff for a second factor"


@pytest.fixture
def table() -> LiveTable:
    table = seated()
    table.run("open_item", "water")
    table.say("participant", "low", "position")
    table.write_down("moderator", "ben", "unreleased")
    Event.objects.filter(pk=table.event.pk).update(second_factor=True)
    table.event.refresh_from_db()
    return table


def confirm(client: Client, person: Person) -> Client:
    """As if that person had proved a second factor in this browser."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "id": 1, "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def pages(table: LiveTable, role: str, *, confirmed: bool) -> dict[str, int]:
    """The status of every page of the event for one of the cast."""
    client = forms.browser(table, role)
    if confirmed:
        confirm(client, table.person(role))
    slug = table.event.slug
    return {
        name: client.get(f"/events/{slug}/{name}").status_code
        for name in ("", "table/table/", "table/forum/", "record/", "desk/", "chapter/", "agreement/", "chapter/download/json/")
    }  # fmt: skip


@pytest.mark.parametrize("role", sorted(STAFF))
def test_staff_that_has_not_confirmed_sees_what_everybody_sees(table: LiveTable, role: str):
    visitor = pages(table, "visitor", confirmed=False)
    assert pages(table, role, confirmed=False) == visitor and visitor["table/table/"] == 403
    with_it = pages(table, role, confirmed=True)
    assert with_it["table/table/"] == 200 and with_it["agreement/"] == 200


@pytest.mark.parametrize("role", ["participant", "second-participant", "observer"])
def test_who_is_not_of_the_staff_is_asked_for_nothing(table: LiveTable, role: str):
    assert pages(table, role, confirmed=False)["table/table/"] == 200
    assert not reader(table.person(role), table.event).must_confirm


def test_where_the_event_does_not_ask_nobody_is_asked(table: LiveTable):
    table.event.second_factor = False
    assert reader(table.person("moderator"), table.event).may("run the table") is True
    table.event.second_factor = True
    assert reader(table.person("moderator"), table.event).may("run the table") is False


def test_the_page_that_is_closed_says_why_and_leads_to_the_second_factor(table: LiveTable):
    client = forms.browser(table, "moderator")
    for address in (
        forms.address(table),
        f"/events/{table.event.slug}/desk/",
        f"/events/{table.event.slug}/agreement/",
    ):
        answer = client.get(address)
        assert answer.status_code == 403 and ASKED in answer.text
        link = re.search(r'href="(/you/second-factor/\?next=[^"]+)"', answer.text)
        assert link and unquote(link[1]).endswith(f"?next={address}")
        assert client.get(link[1]).status_code == 200
    assert ASKED not in forms.browser(table, "mallory").get(forms.address(table)).text, "who is none of the staff"


def test_no_deed_of_the_staff_is_done(table: LiveTable):
    before = forms.entered(table, "staff")
    for sent in ({"do": "close", "item": "water"}, {"do": "conduct", "release": "at_once"}):
        answer = forms.post(table, "moderator", "run/", **sent)
        assert answer.status_code == 403 and ASKED in answer.json()["error"]
    said = table.said["unreleased"]
    assert forms.do(table, "moderator", said, "release").status_code in (403, 404)
    assert forms.say(table, "moderator").status_code == 403
    assert forms.entered(table, "staff") == before
    confirm(forms.browser(table, "moderator"), table.person("moderator"))
    assert forms.do(table, "moderator", said, "release").status_code == 200


def test_no_file_is_given_out(table: LiveTable):
    for role in STAFF:
        answer = forms.browser(table, role).get(f"/events/{table.event.slug}/chapter/download/json/")
        assert answer.status_code == 403 and "water" not in answer.text
        confirm(forms.browser(table, role), table.person(role))
        assert forms.browser(table, role).get(f"/events/{table.event.slug}/chapter/download/json/").status_code == 200


def knocked(table: LiveTable, client: Client, session: str = "table") -> Knock:
    return Knock(client.cookies["sessionid"].value, table.session(session).pk, "en")


def test_a_socket_hears_what_everybody_hears_until_that_very_sign_in_is_confirmed(table: LiveTable):
    """Both browsers of one person knock together: what the one has proved does not let the other in."""
    sure = confirm(table.client("moderator"), table.person("moderator"))
    unsure = table.client("moderator")
    for order in ((sure, unsure), (unsure, sure)):
        at_table = dict(zip(order, admissions([knocked(table, one) for one in order]), strict=True))
        assert at_table[unsure] == 4003
        heard = at_table[sure]
        assert isinstance(heard, Admission) and heard.streams[0].eyes.audience == "staff"
        at_forum = dict(zip(order, admissions([knocked(table, one, "forum") for one in order]), strict=True))
        public, staff = at_forum[unsure], at_forum[sure]
        assert isinstance(public, Admission) and isinstance(staff, Admission)
        assert (public.streams[0].eyes.audience, public.rights) == ("public", frozenset())
        assert public.streams[1].eyes.at_all == "" and not any(one.eyes.sees_who for one in public.streams)
        assert (staff.streams[0].eyes.audience, staff.streams[1].eyes.at_all) == ("staff", "staff")


def test_an_open_page_loses_what_it_had_when_the_event_begins_to_ask(table: LiveTable):
    client = table.client("moderator")
    Event.objects.update(second_factor=False)
    (before,) = admissions([knocked(table, client, "forum")])
    Event.objects.update(second_factor=True)
    (after,) = admissions([knocked(table, client, "forum")])
    assert isinstance(before, Admission) and isinstance(after, Admission) and after.lost_against(before)


def test_when_the_convenor_begins_to_ask_open_pages_are_asked_who_they_are(table: LiveTable):
    Event.objects.update(second_factor=False)
    convenor, epoch = table.person("convenor"), table.session().access_epoch
    change_facts(table.event, convenor, {"second_factor": True})
    assert table.session().access_epoch > epoch
    with pytest.raises(PermissionDenied, match=ASKED):
        change_facts(table.event, convenor, {"second_factor": False})
    convenor.confirmed = True
    change_facts(table.event, convenor, {"second_factor": False})


def test_who_is_to_be_told_is_told_whether_in_front_of_a_page_or_not(table: LiveTable):
    told = at_all_tables(table.event, "see unreleased")
    assert set(told) == {f"person:{table.person(role).pk}" for role in ("moderator", "rapporteur")}
    everybody = [person for person in table.people.values() if person]
    found = readers(everybody, table.event, in_front=False)
    assert found[table.person("moderator").pk].may("run the table")
    assert not readers(everybody, table.event)[table.person("moderator").pk].may("run the table")


def test_who_moderates_and_takes_part_goes_on_taking_part(table: LiveTable):
    ada = table.attendee("ada")
    table.session("forum").memberships.create(attendee=ada, role="moderator", position=30)
    person = table.person("participant")
    who = reader(Person.objects.get(pk=person.pk), table.event)
    assert who.must_confirm and who.may_in("speak", "table") and not who.may_in("run the table", "forum")
    sure = Person.objects.get(pk=person.pk)
    sure.confirmed = True
    assert reader(sure, table.event).may_in("run the table", "forum")


def test_what_another_person_has_proved_in_this_browser_does_not_count(table: LiveTable):
    client = table.client("moderator")
    confirm(client, table.person("participant"))
    assert client.get(forms.address(table)).status_code == 403
