"""Stories for the audit of what is prepared: an event's facts, its doors, its people; told as in `audited.py`."""

import datetime
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from dialogue.convening import spreadsheet
from dialogue.convening.actions import events, invitations, merging, naming, people, programme, sessions, welcoming
from dialogue.entrance import actions as entrance
from dialogue.entrance.models import TicketKind
from dialogue.events.models import Attendee, Event, Item, Pass
from dialogue.people.models import Person
from dialogue.retention import actions as retention
from tests.tables import LiveTable

SITE = "https://table.invalid"
FACTS = people.Facts("Nora New", email="nora@people.invalid")


def by(t: LiveTable) -> Person:
    found = t.people["convenor"]
    assert found is not None
    return found


def shut(t: LiveTable) -> None:
    """As before its doors were opened, with nothing said."""
    Event.objects.filter(pk=t.event.pk).update(doors_opened_at=None)
    t.event.refresh_from_db()


def newcomer(t: LiveTable) -> Attendee:
    """Somebody taken in by a pasted table."""
    (one,) = people.take_in(t.session(), by(t), spreadsheet.read("Nora New\tnora@people.invalid\t\t\t\tmoderator"))
    return Attendee.objects.select_related("event", "person").get(pk=one.pk)


def alone(deed: str, subject: Any, session: str = "") -> tuple[str, list]:
    return "convenor", [(deed, subject, session)]


def facts_of(t: LiveTable) -> dict[str, Any]:
    now = t.session()
    names = ("title", "kind", "access", "date", "starts", "ends")
    return {**{name: getattr(now, name) for name in names}, "attribution": "chatham_house"}


def changes_the_facts(t: LiveTable) -> Iterator[Any]:
    yield
    events.change_facts(t.event, by(t), {"place": "Here"})
    yield alone("event-changed", t.event.pk)


def opens_the_doors(t: LiveTable) -> Iterator[Any]:
    shut(t)
    yield
    events.open_doors(t.event, by(t))
    yield alone("doors-opened", t.event.pk)


def shuts_the_doors(t: LiveTable) -> Iterator[Any]:
    t.event.contributions.all().delete()
    yield
    events.shut_doors(t.event, by(t))
    yield alone("doors-shut", t.event.pk)


def adds_a_session(t: LiveTable) -> Iterator[Any]:
    yield
    made = sessions.add_session(t.event, by(t), {**facts_of(t), "date": datetime.date(2027, 1, 1)})
    yield alone("session-set-up", made.pk, made.key)


def changes_a_session(t: LiveTable) -> Iterator[Any]:
    yield
    sessions.change_session(t.session(), by(t), facts_of(t))
    yield alone("session-changed", t.session().pk, "table")


def removes_a_session(t: LiveTable) -> Iterator[Any]:
    made = sessions.add_session(t.event, by(t), facts_of(t))
    shut(t)
    yield
    sessions.remove_session(made, by(t))
    yield alone("session-removed", made.pk)


def adds_a_point(t: LiveTable) -> Iterator[Any]:
    yield
    programme.add_points(t.event, by(t), [(0, "A new point")])
    yield alone("item-added", Item.objects.get(title="A new point").pk)


def renames_a_point(t: LiveTable) -> Iterator[Any]:
    yield
    programme.change_point(t.item("air"), by(t), {"title": "Air and wind"})
    yield alone("item-changed", t.item("air").pk)


def moves_a_point(t: LiveTable) -> Iterator[Any]:
    programme.add_points(t.event, by(t), [(0, "A new point")])
    item = Item.objects.select_related("event").get(title="A new point")
    yield
    programme.move_point(item, by(t), True)
    yield alone("item-moved", item.pk)


def removes_a_point(t: LiveTable) -> Iterator[Any]:
    programme.add_points(t.event, by(t), [(0, "A new point")])
    item = Item.objects.select_related("event").get(title="A new point")
    pk = item.pk
    yield
    programme.remove_point(item, by(t))
    yield alone("item-removed", pk)


def takes_somebody_in(t: LiveTable) -> Iterator[Any]:
    yield
    yield alone("seat-given", newcomer(t).pk, "table")


def changes_a_person(t: LiveTable) -> Iterator[Any]:
    one = newcomer(t)
    yield
    people.change(one, by(t), FACTS, {"table": "participant"}, listed=True)
    yield "convenor", [("person-changed", one.pk, ""), ("role-changed", one.pk, "table")]


def takes_a_seat(t: LiveTable) -> Iterator[Any]:
    one = newcomer(t)
    yield
    people.change(one, by(t), FACTS, {}, listed=True)
    yield "convenor", [("person-changed", one.pk, ""), ("seat-taken", one.pk, "table")]


def removes_a_person(t: LiveTable) -> Iterator[Any]:
    one = newcomer(t)
    yield
    people.remove(one, by(t))
    yield alone("person-removed", one.pk)


def replaces_a_person(t: LiveTable) -> Iterator[Any]:
    one = newcomer(t)
    yield
    yield alone("person-replaced", people.replace(one, by(t), people.Facts("Olga Other")).pk)


def merges_two(t: LiveTable) -> Iterator[Any]:
    one = newcomer(t)
    yield
    merging.merge(t.attendee("ada"), one, by(t))
    yield alone("people-merged", t.attendee("ada").pk)


def invites(t: LiveTable) -> Iterator[Any]:
    one = newcomer(t)
    yield
    invitations.invite(t.event, by(t), [one], SITE)
    yield alone("invited", one.pk)


def withdraws_an_invitation(t: LiveTable) -> Iterator[Any]:
    one = newcomer(t)
    invitations.invite(t.event, by(t), [one], SITE)
    yield
    invitations.withdraw(one, by(t), SITE)
    yield alone("invitation-withdrawn", one.pk)


def lends_a_role(t: LiveTable) -> Iterator[Any]:
    yield
    lent = invitations.lend(t.event, by(t), "sec@people.invalid", "Sec", "secretariat", SITE)
    yield alone("role-lent", lent.person_id)


def takes_a_role_back(t: LiveTable) -> Iterator[Any]:
    lent = Pass.objects.select_related("event").get(event=t.event, role="observer")
    yield
    invitations.take_role_back(lent, by(t))
    yield alone("role-taken-back", lent.person_id)


def hands_a_ticket_over(t: LiveTable) -> Iterator[Any]:
    one = newcomer(t)
    yield
    entrance.hand_over(one, by(t), TicketKind.NUMBER)
    yield alone("ticket-handed-over", one.pk)


def agrees_to_the_rule(t: LiveTable) -> Iterator[Any]:
    ada = t.attendee("ada")
    ada.memberships.update(is_asked=True)
    person = t.people["participant"]
    assert person is not None
    yield
    welcoming.agree(t.event, person, welcoming.Wishes(ada.name, "", "", True, None), {"table": "named"})
    yield "participant", [("rule-agreed", ada.pk, "table")]


def asks_for_a_name(t: LiveTable) -> Iterator[Any]:
    wish, ada = wishing(t)
    yield
    wish()
    yield "participant", [("name-asked", ada.pk, "")]


def agrees_to_a_name(t: LiveTable) -> Iterator[Any]:
    wish, ada = wishing(t)
    wish()
    yield
    naming.agree_to_name(ada, by(t))
    yield alone("name-agreed", ada.pk)


def keeps_a_name(t: LiveTable) -> Iterator[Any]:
    wish, ada = wishing(t)
    wish()
    yield
    naming.keep_name(ada, by(t))
    yield alone("name-kept", ada.pk)


def wishing(t: LiveTable) -> tuple[Callable[[], Any], Attendee]:
    """Ada's words are on record; what she does to be printed otherwise."""
    t.run("open_item", "water")
    t.say("participant", "first")
    ada, person = t.attendee("ada"), t.people["participant"]
    assert person is not None
    wishes = welcoming.Wishes("Ada Otherwise", "", "", True, None)
    return partial(welcoming.agree, t.event, person, wishes, {}), ada


def keeps_names_for_fewer_days(t: LiveTable) -> Iterator[Any]:
    yield
    retention.keep_names(t.event, by(t), 30)
    yield alone("retention-changed", t.event.pk)


def erases_names(t: LiveTable) -> Iterator[Any]:
    Event.objects.filter(pk=t.event.pk).update(attribution="unnamed")
    yield
    retention.erase_names(t.event, by(t))
    yield "convenor", [("names-erased", t.event.pk, ""), ("item-closed", t.item("water").pk, "table")]


SETTING_UP = (
    changes_the_facts, opens_the_doors, shuts_the_doors, adds_a_session, changes_a_session, removes_a_session,
    adds_a_point, renames_a_point, moves_a_point, removes_a_point, takes_somebody_in, changes_a_person, takes_a_seat,
    removes_a_person, replaces_a_person, merges_two, invites, withdraws_an_invitation, lends_a_role, takes_a_role_back,
    hands_a_ticket_over, agrees_to_the_rule, asks_for_a_name, agrees_to_a_name, keeps_a_name,
    keeps_names_for_fewer_days, erases_names,
)  # fmt: skip
