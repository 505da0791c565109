"""Who is in an event: taken in, seated, changed, replaced, removed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from dialogue.access import reader
from dialogue.convening.actions import inviting, require_grant_of_all, seats
from dialogue.convening.actions.naming import PRINTED, note_taken, require_free_name
from dialogue.convening.models import Invitation, NameRequest, UnconfirmedName
from dialogue.convening.spreadsheet import Row
from dialogue.events.models import Attendee, Event, Membership, Role, Session, SessionKind
from dialogue.grants import REFUSAL, grantable_roles, in_words
from dialogue.kept import next_place
from dialogue.mail import actions as mail
from dialogue.people import actions as accounts
from dialogue.people.models import Person
from dialogue.rapporteur.marks import MARKS
from dialogue.rapporteur.models import Paragraph
from dialogue.record.actions import Turn

FACTS = ("name", "family_name", "honorific", "function", "affiliation", "sector")


@dataclass(frozen=True, slots=True)
class Facts:
    """Somebody as the record prints them, and where to reach them."""

    name: str
    honorific: str = ""
    function: str = ""
    affiliation: str = ""
    sector: str = ""
    email: str = ""
    language: str = ""
    family_name: str = ""

    @property
    def printed(self) -> dict[str, str]:
        """The columns of an attendee."""
        return {name: getattr(self, name) for name in FACTS}


def take_in(session: Session, by: Person, rows: list[Row]) -> list[Attendee]:
    """Everybody in a pasted table gets a seat in a session: panelists in the forum, where there is just one.

    Raises ValidationError where anything is wrong with any row (`problems` of the rows say what): then nobody is in.
    """
    with inviting(session.event, by) as turn:
        note_known(turn.event, rows)
        note_taken(turn.event, [(row.name, row.problems) for row in rows])
        note_ungrantable(grantable_roles(reader(by, turn.event)), rows)
        if any(row.problems for row in rows):
            raise ValidationError(_("Nobody was taken in: some rows need mending first."))
        forum = the_forum(turn.event)
        taken = []
        for row in rows:
            at = forum if forum and row.role == Role.PANELIST else session
            facts = Facts(row.name, "", row.function, row.affiliation, row.sector, row.email, row.language)
            taken.append(take(turn, at, facts, row.role))
        return taken


def note_known(event: Event, rows: list[Row]) -> None:
    """Say of each row whether its address is in the event already."""
    known = {
        email.casefold(): name
        for email, name in Invitation.objects.filter(attendee__event=event).values_list("email", "attendee__name")
        if email
    }
    for row in rows:
        if name := known.get(row.email.casefold()):
            row.problems.append(_("%(name)s has this address in the event already.") % {"name": name})


def note_ungrantable(grantable: frozenset[str], rows: list[Row]) -> None:
    """Say of each row whether its role is one that whoever takes them in cannot give."""
    for row in rows:
        if row.role in Role.values and row.role not in grantable:
            row.problems.append(REFUSAL % {"roles": in_words([row.role])})


def the_forum(event: Event) -> Session | None:
    """The event's forum, where it has just one."""
    forums = list(Session.objects.filter(event=event, kind=SessionKind.FORUM))
    return forums[0] if len(forums) == 1 else None


def take(turn: Turn, session: Session, facts: Facts, role: str) -> Attendee:
    """Somebody new in the record, with a seat."""
    event = turn.event
    attendee = Attendee.objects.create(
        event=event, position=next_place(Attendee.objects.filter(event=event)), **facts.printed
    )
    Invitation.objects.create(attendee=attendee, email=facts.email.lower(), language=facts.language or event.language)
    give_seat(turn, session, attendee, role)
    return attendee


def give_seat(turn: Turn, session: Session, attendee: Attendee, role: str) -> None:
    """A seat at the end of the session's list, from now on where anything was discussed there before."""
    place = next_place(Membership.every.filter(session=session))
    Membership.objects.create(
        session=session, attendee=attendee, role=role, position=place, is_asked=True, started_at=seats.begin(session)
    )
    turn.note("seat-given", attendee.pk, session)


# ------------------------------------------------------------------ changing


def change(attendee: Attendee, by: Person, facts: Facts, roles: dict[str, str], *, listed: bool) -> None:
    """How somebody is printed, where they are reached, and their role in each session ({its key: role, or "": none}).

    Raises ValidationError where the address is somebody else's in the event, NameTaken where the name is.
    """
    with inviting(attendee.event, by) as turn:
        if (facts.name, facts.honorific) != (attendee.name, attendee.honorific):
            require_free_name(attendee, facts.name, facts.honorific)
        if any(facts.printed[name] != getattr(attendee, name) for name in PRINTED):
            NameRequest.objects.filter(attendee=attendee).delete()
        Attendee.objects.filter(pk=attendee.pk).update(**facts.printed, listed=listed and may_list(attendee))
        UnconfirmedName.objects.filter(attendee=attendee).delete()  # whoever saves it has seen it
        change_address(turn, attendee, facts)
        for session in Session.objects.filter(event=turn.event):
            change_seat(turn, session, attendee, roles.get(session.key, ""))
        turn.note("person-changed", attendee.pk)


def may_list(attendee: Attendee) -> bool:
    """Whether others may put somebody in the list: not who has come in and taken themselves out of it."""
    return attendee.listed or not attendee.memberships.exclude(agreed_at=None).exists()


def change_address(turn: Turn, attendee: Attendee, facts: Facts) -> None:
    """Where somebody is reached. Who comes in by another address than before is asked to agree anew.

    Raises MayNotGrant where whoever has the new address would come by a role that could not be given to them outright.
    """
    email = free_address(attendee, facts)
    invitation, _new = Invitation.objects.get_or_create(
        attendee=attendee, defaults={"language": facts.language or attendee.event.language}
    )
    former, invitation.email = invitation.email, email
    invitation.language = facts.language or invitation.language
    if former == email:
        invitation.save(update_fields=["language"])
        return
    require_grant_of_all(turn, attendee)
    unsent(attendee)
    invitation.bounced_at = None
    invitation.save(update_fields=["email", "language", "bounced_at"])
    if attendee.person_id:
        attendee.memberships.update(agreed_at=None, agreed_to=None)
        part_from(attendee)
    forget(former)


def free_address(attendee: Attendee, facts: Facts) -> str:
    """The address in small letters. Raises ValidationError where it is somebody else's in the event."""
    email = facts.email.lower()
    others = Invitation.objects.filter(attendee__event=attendee.event_id).exclude(attendee=attendee)
    if email and others.filter(email__iexact=email).exists():
        raise ValidationError(_("Somebody else in this event has that address."))
    return email


def change_seat(turn: Turn, session: Session, attendee: Attendee, role: str) -> None:
    """Somebody's role in one session; "" takes the seat away."""
    now = list(Membership.objects.filter(session=session, attendee=attendee))
    roles = {seat.role for seat in now}
    if role and not now:
        give_seat(turn, session, attendee, role)
    elif role and role not in roles:
        seats.change_role(now, role)
        turn.note("role-changed", attendee.pk, session)
    elif not role and now:
        seats.end(now)
        turn.note("seat-taken", attendee.pk, session)


def remove(attendee: Attendee, by: Person) -> None:
    """Somebody is in the event no more: from their open pages too. What they said keeps its author, and counts."""
    with inviting(attendee.event, by) as turn:
        require_grant_of_all(turn, attendee)
        turn.note("person-removed", attendee.pk)
        let_go(attendee)


def let_go(attendee: Attendee) -> None:
    """End seats, take letters and account away; and the person, where they left no trace and got no letter."""
    nothing = not (has_part(attendee) or has_been_there(attendee))
    unsent(attendee)
    address = Invitation.objects.filter(attendee=attendee).values_list("email", flat=True).first() or ""
    seats.end(list(attendee.memberships.all()))
    Invitation.objects.filter(attendee=attendee).delete()
    UnconfirmedName.objects.filter(attendee=attendee).delete()
    part_from(attendee)
    forget(address)
    if nothing:
        Attendee.objects.filter(pk=attendee.pk).delete()


def part_from(attendee: Attendee) -> None:
    """The account that somebody comes in with is theirs in this event no more; nobody's account is kept no longer."""
    account = Person.objects.filter(attendances=attendee).first()
    Attendee.objects.filter(pk=attendee.pk).update(person=None)
    if account and is_nobody(account):
        accounts.forget(account)
        forget(account.email or "")


def forget(address: str) -> None:
    """Nothing tells any more that there was somebody with that address, where nobody has it now."""
    if address and not any(table.objects.filter(email__iexact=address).exists() for table in (Person, Invitation)):
        mail.forget(address)


def unsent(attendee: Attendee) -> None:
    """What was written to somebody and has not gone out yet goes nowhere."""
    invitation = Invitation.objects.filter(attendee=attendee).first()
    if invitation and invitation.mail:
        mail.take_back(invitation.mail)


def has_part(attendee: Attendee) -> bool:
    """Whether the record has anything of somebody besides their seat: words, stances, the floor, notes, a mark."""
    own = {"memberships", "invitation", "tickets", "name_request", "unconfirmed_name"}
    texts = Paragraph.objects.filter(event=attendee.event_id, text__contains=f"@{attendee.key}")
    named = any(attendee.key in MARKS["persons"].findall(text) for text in texts.values_list("text", flat=True))
    return named or any(
        related.related_model._base_manager.filter(**{related.field.name: attendee}).exists()
        for related in Attendee._meta.related_objects
        if related.name not in own and related.related_name not in own
    )


def has_been_there(attendee: Attendee) -> bool:
    """Whether somebody got a letter or came in, or sits in a record where something was discussed: they are counted.

    Who was only written into the list, and never asked, was not there.
    """
    for seat in Membership.every.filter(attendee=attendee).select_related("session"):
        if seat.agreed_at or seat.ended_at or (not seat.is_asked and seats.began(seat.session)):
            return True
    invitation = Invitation.objects.filter(attendee=attendee).select_related("mail").first()
    if invitation is None or not invitation.times:
        return False
    if invitation.times > 1:
        return mail.was_sent(invitation.email)
    return bool(invitation.mail and invitation.mail.sent_at)


def is_nobody(person: Person) -> bool:
    """Whether an account has no part in any event, nor ever did anything: then it is kept no longer."""
    has_part = Q(attendances__isnull=False) | Q(passes__isnull=False) | Q(deeds__isnull=False)
    return not person.may_convene and not Person.objects.filter(has_part, pk=person.pk).exists()


def replace(attendee: Attendee, by: Person, facts: Facts) -> Attendee:
    """Somebody else comes in their place: in the same roles, at the same places of the lists. One act.

    Where the former one had no part in the record their name is nowhere afterwards; what they said keeps its author.
    """
    with inviting(attendee.event, by) as turn:
        require_grant_of_all(turn, attendee)
        email = free_address(attendee, facts)
        comes = Attendee.objects.create(event=turn.event, position=attendee.position, **facts.printed)
        former = list(attendee.memberships.select_related("session"))
        let_go(attendee)
        require_free_name(comes, facts.name, facts.honorific)
        sit(comes, former)
        Invitation.objects.create(attendee=comes, email=email, language=facts.language or turn.event.language)
        turn.note("person-replaced", comes.pk)
        return comes


def sit(attendee: Attendee, former: Iterable[Membership]) -> None:
    """Seats that somebody else had; what they agreed to, or missed, was theirs."""
    kept = set(Membership.every.filter(pk__in=[seat.pk for seat in former]).values_list("pk", flat=True))
    Membership.objects.bulk_create(
        Membership(
            session=seat.session, attendee=attendee, role=seat.role, position=seat.position, is_asked=True,
            started_at=seats.begin(seat.session), succeeds_id=seat.pk if seat.pk in kept else None,
        )
        for seat in former
    )  # fmt: skip
