"""Before the doors of an event open: its staff is in, and to everybody else it is an event that nothing was said at."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from dialogue.access import RIGHTS
from dialogue.events.models import Event, Pass
from tests.cast import CAST, STAFF, account
from tests.shared import Unwritten
from tests.test_doors import (
    DOORS,
    METHODS,
    Cells,
    address,
    as_,
    demo,
    everyone,
    knock,
    only,
    people,
    signed_in,
    victoria,
)
from tests.tiers import some

__all__ = ["as_", "demo", "people", "signed_in", "victoria"]
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("shut doors")]

OF_AN_EVENT = [name for name in DOORS if "slug" in DOORS[name].arguments]
SETTING_UP = {name for name, door in DOORS.items() if "/setup/" in address(name) and "GET" in door.methods}
INVITED = {"participant", "second-participant"}  # they know of the event, as do those who have a role without a seat
KNOWS = INVITED | {"observer", "panelist"}
COME = some(CAST, "visitor", "mallory", "observer", "moderator", "participant", "rapporteur", "convenor")
SHUT: dict[
    str, dict[str, Cells]
] = {  # what is not as it is everywhere: only the staff in, who does not know of it lost
    "event": {"GET": only(KNOWS | STAFF, 200, others=404)},
    "kept-of": {"GET": only(KNOWS | STAFF, 200, others=404)},  # what is kept is read before one comes in
    "welcome": {  # who is invited reads the rule before the doors open
        "GET": only(INVITED | {"moderator", "rapporteur"}, 200, others=302) | {"visitor": 404, "mallory": 404},
        "POST": only(KNOWS | STAFF, 302, others=404) | dict.fromkeys((*INVITED, "rapporteur"), 422),  # a name that is taken
    },
}


def shut_cell(name: str, method: str, role: str) -> int:
    """What one of the cast gets at a door while the doors are shut."""
    door, read = DOORS[name], "GET" if method == "HEAD" else method
    if read not in door.methods:
        return 405
    if special := SHUT.get(name, {}).get(read):
        return special[role]
    if role in STAFF:
        return door.cell(method, role)
    return 403 if role in KNOWS else 404


@pytest.fixture(autouse=True)
def shut(db: None, victoria: Event) -> Event:
    """Nobody has opened its doors; and yet there is something to tell."""
    Event.objects.filter(pk=victoria.pk).update(doors_opened_at=None)
    return Event.objects.get(pk=victoria.pk)


@pytest.mark.parametrize("name", OF_AN_EVENT)
def test_shut_doors_let_in_the_staff_alone(name: str, as_: Callable[..., Client]):
    methods = [one for one in METHODS if one in ("GET", "POST")]
    knocks = [(method, role) for method in methods for role in COME]
    found = {(method, role): knock(as_(role), method, name).status_code for method, role in knocks}
    assert found == {(method, role): shut_cell(name, method, role) for method, role in knocks}


def test_what_was_said_is_told_to_nobody_but_the_staff(as_: Callable[..., Client]):
    told = {role: "We were slow." in as_(role).get(address("record")).text for role in CAST}
    assert told == {role: role in STAFF for role in CAST}


def test_nobody_but_its_own_people_finds_it_in_the_list(as_: Callable[..., Client], shut: Event):
    told = {role: shut.title in as_(role).get("/").text for role in CAST}
    assert told == {role: role in STAFF | KNOWS for role in CAST}


# ------------------------------------------------------------------ the secretariat


def test_the_secretariat_invites_and_sets_up_nothing(client: Client, shut: Event):
    person = account("secretariat")
    Pass.objects.create(event=shut, person=person, role="secretariat")
    client.force_login(person)
    pages = {name for name in OF_AN_EVENT if DOORS[name].methods.get("GET", {}).get("convenor") == 200}
    open_to = {name for name in pages if client.get(address(name)).status_code == 200}
    inviting = {"setup-people", "person", "replace", "letters-of"}
    assert RIGHTS["invite"] == {"convenor", "secretariat"}
    assert {name for name in open_to if name in SETTING_UP} == inviting


# ------------------------------------------------------------------ looking as somebody else


@pytest.mark.parametrize("whom", ["participant", "observer", "panelist", "public"])
def test_who_looks_as_somebody_else_reads_as_they_will_and_writes_nothing(
    whom: str, as_: Callable[..., Client], shut: Event
):
    client, twin = as_("convenor"), as_("visitor" if whom == "public" else whom)
    assert client.post(address("look"), {"as": whom}).status_code == 302
    pages = [name for name in OF_AN_EVENT if "GET" in DOORS[name].methods and name != "welcome"]
    unwritten = Unwritten()
    looks = {name: client.get(address(name)).status_code for name in pages}
    wrote = {
        name: knock(client, "POST", name).status_code
        for name in OF_AN_EVENT
        if "POST" in DOORS[name].methods and name not in ("look", "looked")
    }
    assert {name: status for name, status in wrote.items() if status not in (403, 404, 409)} == {"welcome": 302}
    assert unwritten.is_so()
    Event.objects.filter(pk=shut.pk).update(doors_opened_at=timezone.now())
    assert looks == {name: twin.get(address(name)).status_code for name in pages}


def test_who_looks_comes_back_to_themselves(as_: Callable[..., Client]):
    client = as_("convenor")
    assert client.get(address("setup")).status_code == 200
    client.post(address("look"), {"as": "observer"})
    assert client.get(address("setup")).status_code == 403
    assert client.post(address("look")).url == address("setup")
    assert client.get(address("setup")).status_code == 200


def test_nobody_looks_who_does_not_set_it_up(as_: Callable[..., Client]):
    found = {role: as_(role).post(address("look"), {"as": "observer"}).status_code for role in CAST}
    assert found == everyone(403) | {"convenor": 302, "visitor": 404, "mallory": 404}
