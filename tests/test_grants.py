"""Grants: every granter's role × every role × every way in which an account comes by one, or loses it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import Client

from dialogue import grants
from dialogue.access import reader
from dialogue.convening import spreadsheet
from dialogue.convening.actions import invitations, merging, people
from dialogue.convening.models import Invitation
from dialogue.entrance import actions as entrance
from dialogue.entrance.models import Ticket, TicketKind
from dialogue.events.models import Attendee, Event, Membership, Pass, Role
from dialogue.grants import GRANTS, WAYS, MayNotGrant
from dialogue.live.doors import Admission, Knock, admissions
from dialogue.people import signed_in
from dialogue.people.models import Person
from tests.preparing import SITE, Prepared
from tests.tiers import some

pytestmark = pytest.mark.django_db
Act = Callable[[], Any]
Deed = Callable[[Prepared, Person, str], Act]  # arranges the house, and returns what is tried then


@pytest.fixture
def house() -> Prepared:
    """The event; Ray Crabbe and Peter Kinsman, participants, have accounts of their own."""
    house = Prepared()
    house.invite("Ray Crabbe", "Peter Kinsman")
    return house


def facts(one: Attendee, **more: str) -> people.Facts:
    told = {name: getattr(one, name) for name in people.FACTS}
    return people.Facts(**told | {"email": one.invitation.email} | more)


def seat_as(house: Prepared, name: str, role: str) -> Attendee:
    """That person, seated in that role by nobody ("": without a seat)."""
    seats = Membership.objects.filter(attendee__name=name)
    seats.update(role=role) if role else seats.delete()
    return house.one(name)


def lent_besides(house: Prepared, role: str) -> Attendee:
    """Ray, a participant whose account has that role besides."""
    ray = house.one("Ray Crabbe")
    Pass.objects.create(event=house.event, person=ray.person, role=role)
    return ray


def change_role(house: Prepared, by: Person, former: str, role: str) -> Act:
    ray = seat_as(house, "Ray Crabbe", former)
    return partial(people.change, ray, by, facts(ray), {house.table.key: role}, listed=True)


def give_seat(house: Prepared, by: Person, role: str) -> Act:
    rows = spreadsheet.read(f"New Body\tnew@people.invalid\t\t\t\t{role}")
    return partial(people.take_in, house.table, by, rows)


def lend(house: Prepared, by: Person, role: str) -> Act:
    return partial(invitations.lend, house.event, by, "l@people.invalid", "Lent", role, SITE)


def take_role_back(house: Prepared, by: Person, role: str) -> Act:
    ray = lent_besides(house, role)
    lent = Pass.objects.get(event=house.event, role=role, person=ray.person)
    return partial(invitations.take_role_back, lent, by)


def hand_over(kind: TicketKind, one: Attendee, by: Person) -> Act:
    return partial(entrance.hand_over, one, by, kind)


def change_address(ray: Attendee, by: Person) -> Act:
    mine = facts(ray, email="mine@people.invalid")
    seats = dict(ray.memberships.values_list("session__key", "role"))
    return partial(people.change, ray, by, mine, seats, listed=True)


def merge_in(house: Prepared, by: Person, role: str) -> Act:
    """Peter's seat in that role becomes that of a record with another account."""
    peter = seat_as(house, "Peter Kinsman", role)
    return partial(merging.merge, house.one("Ray Crabbe"), peter, by)


def merge_lent(house: Prepared, by: Person, role: str) -> Act:
    return partial(merging.merge, house.one("Peter Kinsman"), lent_besides(house, role), by)


def replace(ray: Attendee, by: Person) -> Act:
    facts = people.Facts("Instead", email="instead@people.invalid")
    return partial(people.replace, ray, by, facts)


def of_seat(act: Callable[[Attendee, Person], Act]) -> Deed:
    """The act on Ray with a seat in that role."""
    return lambda house, by, role: act(seat_as(house, "Ray Crabbe", role), by)


def of_account(act: Callable[[Attendee, Person], Act]) -> Deed:
    """The act on Ray the participant, whose account has that role besides."""
    return lambda house, by, role: act(lent_besides(house, role), by)


NUMBER, SQUARE = (partial(hand_over, kind) for kind in (TicketKind.NUMBER, TicketKind.QR))
# way -> the deeds by which somebody gets that role, or loses it
DEEDS: dict[str, list[Deed]] = {
    "seat": [give_seat],
    "change role": [
        lambda house, by, role: change_role(house, by, "", role),
        lambda house, by, role: change_role(house, by, "observer", role),
        lambda house, by, role: change_role(house, by, role, "interpreter"),
        lambda house, by, role: change_role(house, by, role, ""),
    ],
    "role lent": [lend, take_role_back],
    "number": [of_seat(NUMBER), of_account(NUMBER)],
    "ticket": [of_seat(SQUARE), of_account(SQUARE)],
    "address": [
        of_seat(change_address),
        of_account(change_address),
        of_seat(lambda ray, by: partial(invitations.withdraw, ray, by, SITE)),
    ],
    "merge": [merge_in, merge_lent],
    "replace": [
        of_seat(replace),
        of_account(replace),
        of_seat(lambda ray, by: partial(people.remove, ray, by)),
    ],
}
UNCHANGED = {("change role", "observer"): 1, ("change role", "interpreter"): 2}  # the deed that gives what is there


def held(event: Event) -> list[Any]:
    """Everything that somebody's rights in the event come from."""
    seats = Membership.objects.filter(session__event=event).order_by("attendee", "session")
    return [
        list(seats.values_list("attendee", "session", "role", "attendee__person")),
        sorted(map(str, Pass.objects.filter(event=event).values_list("person", "role"))),
        sorted(map(str, Invitation.objects.values_list("attendee", "email", "withdrawn_at"))),
        list(Ticket.objects.values_list("attendee", "seal")),
    ]


def attempt(house: Prepared, by: Person, role: str, deed: Deed) -> tuple[bool, bool]:
    """Whether a deed was allowed, and whether anybody's rights have changed by it; then as before."""
    with transaction.atomic():
        act = deed(house, by, role)
        before = held(house.event)
        try:
            act()
            allowed = True
        except (MayNotGrant, PermissionDenied):
            allowed = False
        except ValidationError as problem:
            assert "Nobody was taken in" in str(problem)
            allowed = False
        changed = held(house.event) != before
        transaction.set_rollback(True)
    return allowed, changed


def granter_in(house: Prepared, role: str) -> Person:
    """Somebody who has that role in the whole event, and nothing else."""
    person = entrance.account(f"{role}@granter.invalid", f"Granter, {role}")
    Pass.objects.create(event=house.event, person=person, role=role)
    return person


# What some grant and others do not, one of each kind; the long form gives every role in every way.
STANDING_FOR_ALL = ("convenor", "secretariat", "moderator", "rapporteur", "participant", "observer")


@pytest.mark.sqlite  # rights alone: the other database has nothing to add
@pytest.mark.parametrize("granter", Role.values)
def test_every_role_in_every_way_is_given_only_as_the_table_says(house: Prepared, granter: str):
    by = granter_in(house, granter)
    wrong = []
    for way, deeds in DEEDS.items():
        for role in some(Role.values, *STANDING_FOR_ALL):
            expected = role in GRANTS.get(granter, ()) and (way != "role lent" or granter == "convenor")
            for place, deed in enumerate(deeds):
                allowed, changed = attempt(house, by, role, deed)
                is_same = UNCHANGED.get((way, role)) == place
                if (allowed, changed) != (expected, expected and not is_same):
                    wrong.append((way, place, role, allowed, changed))
    assert wrong == []


def test_every_way_that_the_page_names_is_tried():
    assert DEEDS.keys() == WAYS.keys()


def test_control_with_a_wider_table_the_same_deeds_give_away_the_event(house: Prepared, monkeypatch):
    by = granter_in(house, "secretariat")
    monkeypatch.setitem(GRANTS, "secretariat", frozenset(Role.values))
    for way in ("seat", "number", "ticket", "merge", "replace"):
        assert attempt(house, by, "convenor", DEEDS[way][0]) == (True, True), way


def test_control_asked_by_seat_alone_a_number_opens_what_the_account_has_besides(house: Prepared, monkeypatch):
    by = granter_in(house, "secretariat")
    number = DEEDS["number"][1]
    assert attempt(house, by, "convenor", number) == (False, False)
    seats = lambda one: set(one.memberships.values_list("role", flat=True))  # noqa: E731
    monkeypatch.setattr(entrance, "roles_behind", seats)
    assert attempt(house, by, "convenor", number) == (True, True)


def test_roles_given_by_several_roles_are_those_of_every_closed_table(house: Prepared):
    by = granter_in(house, "secretariat")
    assert grants.grantable_roles(reader(by, house.event)) == GRANTS["secretariat"]
    Pass.objects.create(event=house.event, person=by, role="convenor")
    assert grants.grantable_roles(reader(by, house.event)) == frozenset(Role.values)


# ------------------------------------------------------------------ as the pages do it


def test_secretariat_cannot_seat_itself_as_rapporteur(house: Prepared):
    by = granter_in(house, "secretariat")
    own = house.one("Olu Bello")
    Attendee.objects.filter(pk=own.pk).update(person=by)
    client, page = house.client(by), f"{house.at}setup/people/{own.pk}/"
    sent = {"do": "save", "name": own.name, "language": "en", f"in-{house.table.key}": "rapporteur"}
    assert client.post(page, sent).status_code == 422
    assert client.get(f"{house.at}desk/").status_code == 403
    assert b'value="rapporteur"' not in client.get(page).content
    house.client(house.connie).post(page, sent)
    Membership.objects.update(is_asked=False)
    assert client.get(f"{house.at}desk/").status_code == 200


def test_page_of_a_person_offers_no_number_where_none_may_be_handed_over(house: Prepared):
    by = granter_in(house, "secretariat")
    page = f"{house.at}setup/people/{house.one('Ray Crabbe').pk}/"
    assert b"Let in with a number" in house.client(by).get(page).content
    lent_besides(house, "convenor")
    shown = house.client(by).get(page).content.decode()
    assert "has a role that you cannot give: convenor." in shown
    assert [words in shown for words in ("Let in with", "Somebody comes instead", "Make them one")] == [False] * 3
    assert b"Let in with a number" in house.client(house.connie).get(page).content
    answer = house.client(by).post(f"{page}ticket/", {"as": "number"}, follow=True)
    assert "You cannot give or take away this role: convenor." in answer.content.decode()
    assert not Ticket.objects.exists()


def tried(written: str) -> Client:
    """The browser of whoever has written a number on the page for it."""
    client = Client()
    client.answer = client.post("/number/", {"number": written})  # type: ignore[attr-defined]
    return client


def test_number_is_good_no_more_when_its_account_got_what_the_granter_cannot_give(house: Prepared):
    by = granter_in(house, "secretariat")
    number = entrance.hand_over(house.one("Ray Crabbe"), by, TicketKind.NUMBER)
    lent_besides(house, "rapporteur")
    assert tried(number).answer.status_code == 422  # type: ignore[attr-defined]
    number = entrance.hand_over(house.one("Ray Crabbe"), house.connie, TicketKind.NUMBER)
    assert tried(number).answer.status_code == 302  # type: ignore[attr-defined]


def test_number_is_good_no_more_when_the_granter_may_not_invite_any_more(house: Prepared):
    by = granter_in(house, "secretariat")
    number = entrance.hand_over(house.one("Ray Crabbe"), by, TicketKind.NUMBER)
    Pass.objects.filter(person=by).delete()
    assert tried(number).answer.status_code == 422  # type: ignore[attr-defined]


def lets_in(client: Client, house: Prepared) -> list[str]:
    """Which rights an open page of the table has."""
    (found,) = admissions([Knock(client.session.session_key or "", house.table.pk, "en")])
    return sorted(found.rights) if isinstance(found, Admission) else [str(found)]


def kept_sign_in(house: Prepared) -> tuple[Client, Client]:
    """Browsers signed in as Ray by the secretariat's number and by mail; he is made rapporteur then."""
    by = granter_in(house, "secretariat")
    by_number = tried(entrance.hand_over(house.one("Ray Crabbe"), by, TicketKind.NUMBER))
    Membership.objects.update(is_asked=False)
    house.open()
    lent_besides(house, "rapporteur")
    by_mail = house.client(house.one("Ray Crabbe").person)
    by_mail.get("/")
    return by_number, by_mail


def test_sign_in_by_a_number_gains_nothing_when_the_account_is_given_more(house: Prepared):
    by_number, by_mail = kept_sign_in(house)
    assert [one.get(f"{house.at}desk/").status_code for one in (by_number, by_mail)] == [403, 200]
    assert [one.get(house.table_page).status_code for one in (by_number, by_mail)] == [200, 200]
    assert lets_in(by_number, house) == ["speak"]
    assert "write the report" in lets_in(by_mail, house)


def test_control_without_the_bound_a_kept_sign_in_gets_the_desk(house: Prepared, monkeypatch):
    monkeypatch.setattr(signed_in, "at_most", lambda told, person: None)
    by_number, _by_mail = kept_sign_in(house)
    assert by_number.get(f"{house.at}desk/").status_code == 200


def test_list_of_people_says_who_came_in_by_a_number_and_who_gave_it(house: Prepared):
    page = f"{house.at}setup/people/"
    assert b"came in by" not in house.client(house.connie).get(page).content
    tried(entrance.hand_over(house.one("Olu Bello"), granter_in(house, "secretariat"), TicketKind.NUMBER))
    shown = house.client(house.connie).get(page).content.decode()
    assert "came in by a number at" in shown and "handed over by Granter, secretariat" in shown
