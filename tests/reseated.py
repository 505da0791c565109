"""Somebody has another role at a table, or none any more: as the page of a person says it."""

from dialogue.convening.actions import people
from dialogue.convening.models import Invitation
from dialogue.events.models import Attendee, Session
from dialogue.people.models import Person


def reseat(session: Session, attendee: Attendee, role: str, by: Person) -> None:
    """Only the role in this session changes; "" takes the seat away."""
    letter = Invitation.objects.filter(attendee=attendee).first()
    facts = people.Facts(
        **{name: getattr(attendee, name) for name in people.FACTS}, email=letter.email if letter else ""
    )
    seats = dict(attendee.memberships.values_list("session__key", "role")) | {session.key: role}
    people.change(attendee, by, facts, seats, listed=attendee.listed)
