"""Who is let in: the demo's sample people."""

from django.db import transaction

from dialogue.events.models import Event, Pass, Role
from dialogue.people.models import Person

# The demo's cast: role -> the person of Victoria's record that it plays, or "" for somebody who is not in the record.
CAST = {
    "convenor": "",
    "moderator": "webb",
    "rapporteur": "bloomfield",
    "participant": "crabbe",
    "second-participant": "kinsman",
    "observer": "",
    "panelist": "okonjo",
}
RUNS_ALL = "moderator"  # has the role in every session of the event, also where somebody else has the seat


@transaction.atomic
def seat_samples(event: Event) -> list[Person]:
    """Make the demo’s accounts, one a role, each with its place in the event. Doing it again changes nothing."""
    people = []
    for role, key in CAST.items():
        attendee = event.attendees.filter(key__in=[key or f"sample-{role}", f"sample-{role}"]).first()
        name = attendee.name if attendee else f"Sample {role}"
        person, _new = Person.objects.get_or_create(
            email=f"{role}@demo.invalid", defaults={"name": name, "is_sample": True}
        )
        if attendee and attendee.person_id is None:
            attendee.person = person
            attendee.save(update_fields=["person"])
        if not attendee or role == RUNS_ALL:
            Pass.objects.get_or_create(event=event, person=person, role=Role(role.removeprefix("second-")))
        if role == "convenor" and not person.may_convene:
            person.may_convene = True
            person.save(update_fields=["may_convene"])
        people.append(person)
    return people
