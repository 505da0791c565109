"""The cast: who tries every door. A convenor, a moderator, a rapporteur, two participants, an observer, a panelist,
a visitor, and Mallory, who is moderator of another event and may do nothing in this one.
"""

import datetime

from dialogue.discussion.models import Authorship, Contribution
from dialogue.events.models import Attendee, Event, Item, Membership, Pass, Session
from dialogue.people.models import Person

SEATED = {"moderator": "webb", "rapporteur": "bloomfield", "participant": "crabbe", "second-participant": "kinsman"}
LENT = ("convenor", "observer", "panelist")
CAST = ("convenor", *SEATED, "observer", "panelist", "visitor", "mallory")
TABLE = {"convenor", "moderator", "rapporteur", "participant", "second-participant", "observer"}
STAFF = {"convenor", "moderator", "rapporteur"}


def account(role: str, *, is_sample: bool = False) -> Person:
    """An account of somebody, called by their role."""
    domain = "demo.invalid" if is_sample else "cast.invalid"
    return Person.objects.create(name=f"Account of {role}", email=f"{role}@{domain}", is_sample=is_sample)


def seat(event: Event) -> dict[str, Person | None]:
    """The cast around Victoria's table: {role: account}; the visitor has none."""
    people: dict[str, Person | None] = {"visitor": None, "mallory": account("mallory")}
    for role, key in SEATED.items():
        people[role] = account(role)
        event.attendees.filter(key=key).update(person=people[role])
    for role in LENT:
        person = people[role] = account(role)
        Pass.objects.create(event=event, person=person, role=role)
    return people


def elsewhere(mallory: Person) -> Event:
    """Another event, closed to everybody but Mallory, who moderates it; something was said there."""
    day = datetime.date(2026, 3, 2)
    event = Event.objects.create(
        slug="elsewhere", title="A table elsewhere", date=day, time_zone="Europe/Paris", language="en",
        convenor_name="Somebody else",
    )  # fmt: skip
    session = Session.objects.create(event=event, key="closed", kind="roundtable", title="Closed table", date=day)
    item = Item.objects.create(event=event, key="theme", kind="theme", title="The theme elsewhere")
    attendee = Attendee.objects.create(event=event, key="mallory", name="Mallory", person=mallory)
    Membership.objects.create(session=session, attendee=attendee, role="moderator")
    said = Contribution.objects.create(
        event=event, session=session, item=item, key="m1", kind="position", text="What was said elsewhere."
    )
    Authorship.objects.create(contribution=said, attendee=attendee)
    return event
