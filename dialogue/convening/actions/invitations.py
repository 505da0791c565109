"""Letters that ask people to come: written in the transaction that invites, sent by the clock."""

import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from dialogue.access import reader
from dialogue.convening.actions import inviting, preparing, require_grant_of_all
from dialogue.convening.actions.people import part_from, unsent
from dialogue.convening.calendar import calendar
from dialogue.convening.models import Invitation
from dialogue.convening.rules import in_plain_words
from dialogue.entrance.actions import account
from dialogue.events.models import Attendee, Event, Membership, Pass, Role, Session
from dialogue.grants import require_grant
from dialogue.line import in_line
from dialogue.mail import actions as mail
from dialogue.people.models import Person
from dialogue.record.actions import Turn


def invite(event: Event, by: Person, attendees: Iterable[Attendee], site: str) -> list[Attendee]:
    """Write to these people, again where they were written to before. `site`: the address that links begin with.

    Returns those who were written to: who has no address, or no seat, was not.
    """
    with inviting(event, by) as turn:
        return [one for one in attendees if ask(turn, one, by, site)]


def ask(turn: Turn, attendee: Attendee, by: Person, site: str) -> bool:
    """Write to one person, who can come in from now on. Returns whether there is anything to write to or about."""
    invitation = Invitation.objects.filter(attendee=attendee).select_related("attendee", "mail").first()
    seats = seats_of(attendee)
    if invitation is None or not invitation.email or not seats:
        return False
    let_come(attendee, invitation)
    unsent(attendee)
    invitation.mail = mail.write(
        "invitation", invitation.email, invitation.language, letter(turn.event, invitation, seats, by, site),
        calendar=calendar(turn.event, [seat.session for seat in seats], come_in(invitation, site),
                          edition=invitation.times),
        answer_to=by.email or "",
    )  # fmt: skip
    invitation.times += 1
    invitation.bounced_at = invitation.withdrawn_at = None
    invitation.save(update_fields=["mail", "times", "bounced_at", "withdrawn_at"])
    turn.note("invited", attendee.pk)
    return True


def seats_of(attendee: Attendee) -> list[Membership]:
    """Somebody's seats in the order of the sessions."""
    return list(attendee.memberships.select_related("session").order_by("session__position"))


def let_come(attendee: Attendee, invitation: Invitation) -> None:
    """The account of the address is theirs in this event. Raises ValidationError where it is somebody else's here."""
    if attendee.person_id is not None:
        return
    attendee.memberships.update(is_asked=True)
    person = account(invitation.email, attendee.name)
    if Attendee.objects.filter(event=attendee.event_id, person=person).exists():
        told = {"who": attendee.name, "email": invitation.email}
        raise ValidationError(_("%(email)s, of %(who)s, is somebody else's in this event.") % told)
    if not person.language:
        Person.objects.filter(pk=person.pk).update(language=invitation.language)
    attendee.person = person
    attendee.save(update_fields=["person"])


def letter(event: Event, invitation: Invitation, seats: list[Membership], by: Person, site: str) -> dict[str, object]:
    """What the letter tells, in the person's language."""
    with override(invitation.language):
        sittings = [
            {"session": seat.session, "role": str(Role(seat.role).label), "rule": in_plain_words(event, seat.session)}
            for seat in seats
        ]
    return {
        "event": event, "name": invitation.attendee.name, "sittings": sittings, "by": by.name,
        "come_in": come_in(invitation, site), "is_again": invitation.times > 0,
    }  # fmt: skip


def come_in(invitation: Invitation, site: str) -> str:
    """The address in the letter."""
    return f"{site}/come/{invitation.pk}/"


def withdraw(attendee: Attendee, by: Person, site: str) -> None:
    """Somebody is not asked any more: they cannot come in, and where a letter went out, one takes it back."""
    with inviting(attendee.event, by) as turn:
        invitation = Invitation.objects.filter(attendee=attendee, withdrawn_at=None).select_related("mail").first()
        if invitation is None:
            return
        require_grant_of_all(turn, attendee)
        was_sent = invitation.mail is not None and invitation.mail.sent_at is not None
        unsent(attendee)
        part_from(attendee)
        attendee.memberships.update(agreed_at=None, agreed_to=None)
        Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=timezone.now())
        if was_sent:
            sessions = list(Session.objects.filter(memberships__in=attendee.memberships.all()))
            told = {"event": turn.event, "name": attendee.name, "by": by.name}
            cancelled = calendar(turn.event, sessions, site, edition=invitation.times, is_off=True)
            mail.write("withdrawn", invitation.email, invitation.language, told, calendar=cancelled,
                       answer_to=by.email or "")  # fmt: skip
        turn.note("invitation-withdrawn", attendee.pk)


def bounced(letter: uuid.UUID) -> bool:
    """A letter came back: whoever invited sees it. Returns whether it was an invitation."""
    rows = Invitation.objects.filter(mail=letter, bounced_at=None)
    with in_line():
        return rows.update(bounced_at=timezone.now()) == 1


# ------------------------------------------------------------------ roles without a seat


def lend(event: Event, by: Person, email: str, name: str, role: str, site: str) -> Pass:
    """Give somebody a role at every table of the event that the record does not hold, and tell them by mail."""
    with preparing(event, by) as turn:
        require_grant(reader(by, turn.event), [role])
        person = account(email, name)
        lent, new = Pass.objects.get_or_create(event=event, person=person, role=role)
        if new:
            language = person.language or event.language
            with override(language):
                told = {"event": turn.event, "name": person.name, "by": by.name, "role": str(Role(role).label)}
            mail.write("lent", person.email or "", language, {**told, "come_in": f"{site}/events/{event.slug}/"},
                       answer_to=by.email or "")  # fmt: skip
            turn.note("role-lent", person.pk)
        return lent


def take_role_back(lent: Pass, by: Person) -> None:
    """Somebody has a lent role no more. Raises ValidationError where nobody would be left to set up the event."""
    with preparing(lent.event, by) as turn:
        require_grant(reader(by, turn.event), [lent.role])
        convenors = Pass.objects.filter(event=lent.event, role=Role.CONVENOR)
        if lent.role == Role.CONVENOR and convenors.count() == 1:
            raise ValidationError(_("The event needs one convenor: give the role to somebody else first."))
        Pass.objects.filter(pk=lent.pk).delete()
        turn.note("role-taken-back", lent.person_id)


def greet(event: Event, by: Person, greeting: str) -> None:
    """The convenor’s own lines in letters from now on."""
    if greeting != event.greeting:
        with inviting(event, by) as turn:
            Event.objects.filter(pk=event.pk).update(greeting=greeting)
            turn.note("event-changed", event.pk)


def preview(attendee: Attendee, by: Person, site: str) -> str:
    """The text of somebody's invitation as it would go out now."""
    invitation = attendee.invitation
    told = letter(attendee.event, invitation, seats_of(attendee), by, site)
    return mail.text("invitation", invitation.language, told)
