"""Two records of one person become one: whatever either said, took a stance on or sat in is of the one that stays."""

import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.convening.actions import inviting, require_grant_of_all
from dialogue.convening.actions.people import part_from
from dialogue.convening.models import Invitation, NameRequest, UnconfirmedName
from dialogue.discussion.actions import recount
from dialogue.events.models import Absence, Attendee, Membership, Role
from dialogue.kept import next_place
from dialogue.people.models import Person
from dialogue.positions.attendance import COUNTED, NEVER, overlaps
from dialogue.positions.models import FormerStance, RosterPlace, Stance, StanceKind
from dialogue.rapporteur.marks import MARKS
from dialogue.rapporteur.models import Paragraph, Translation
from dialogue.roundtable.models import Speaking

# Stances from the one that supports a thing least.
LEAST: list[str] = [StanceKind.DISAGREE, StanceKind.ABSTAIN, StanceKind.RESERVATIONS, StanceKind.AGREE]


def merge(stays: Attendee, goes: Attendee, by: Person) -> None:
    """`goes` is the same person as `stays`. Raises ValidationError where they cannot be one."""
    if stays.pk == goes.pk or stays.event_id != goes.event_id:
        raise ValidationError(_("Choose two different records of one person."))
    with inviting(stays.event, by) as turn:
        require_grant_of_all(turn, stays, goes)
        join_seats(stays, goes)
        join_rosters(stays, goes)
        Speaking.objects.filter(attendee=goes).update(attendee=stays)
        join_stances(stays, goes)
        account = join_letters(stays, goes)
        for related in Attendee._meta.related_objects:
            if related.related_model not in (Membership, Stance, Invitation, NameRequest, RosterPlace, UnconfirmedName):
                move(related, stays, goes)
        rename_marks(stays, goes)
        aliases = {*stays.aliases, *goes.aliases, goes.name} - {stays.name}
        for one in (stays, goes):
            if one.person != account:
                part_from(one)
        Attendee.objects.filter(pk=goes.pk).update(person=None)
        Attendee.objects.filter(pk=stays.pk).update(person=account, aliases=sorted(aliases))
        goes.delete()
        recount(turn, list(turn.event.items.values_list("pk", flat=True)))
        turn.note("people-merged", stays.pk)


def move(related: Any, stays: Attendee, goes: Attendee) -> None:
    """Rows of one table that are of the one become the other's."""
    name = related.field.name
    related.related_model._base_manager.filter(**{name: goes}).update(**{name: stays})


def join_seats(stays: Attendee, goes: Attendee) -> None:
    """One seat in each session now: that of the one that stays, where both have one. They missed what both missed.

    Where the other's counts for more, it counts until now, and that of the one that stays from now on: nobody against
    anything is lost by a merge. Seats that ended stay.
    """
    own, now = {seat.session_id: seat for seat in stays.memberships.all()}, timezone.now()
    for seat in goes.memberships.all():
        mine = own.get(seat.session_id)
        if mine is not None and weight(seat) > weight(mine):
            Membership.objects.filter(pk=mine.pk).update(started_at=now)
            Membership.objects.filter(pk=seat.pk).update(ended_at=now)
        elif mine is not None:
            join_seat(mine, seat)
    Membership.every.filter(attendee=goes).update(attendee=stays)
    for session in set(Membership.every.filter(attendee=stays).values_list("session", flat=True)):
        let_count(list(Membership.every.filter(attendee=stays, session=session)))


def weight(seat: Membership) -> int:
    """How much a seat counts: always, where its holder speaks for themselves, or never."""
    return 2 if seat.role in COUNTED else 1 if seat.role == Role.MODERATOR else 0


def let_count(seats: list[Membership]) -> None:
    """Seats in a role that is never counted begin after those of the same person that are."""
    counting = [seat for seat in seats if weight(seat)]
    for seat in (one for one in seats if one.role in NEVER):
        held = (seat.started_at, seat.ended_at)
        during = [one for one in counting if overlaps(*held, one.started_at, one.ended_at)]
        ends = [one.ended_at for one in during if one.ended_at]
        if during and (len(ends) < len(during) or (seat.ended_at and seat.ended_at <= max(ends))):
            seat.delete()
        elif during:
            Membership.every.filter(pk=seat.pk).update(started_at=max(ends))


def join_seat(mine: Membership, seat: Membership) -> None:
    """Two seats of one person in one session become one, held since the earlier of the two began."""
    missed = seat.absences.values_list("item", flat=True)
    Absence.objects.filter(membership=mine).exclude(item__in=list(missed)).delete()
    if mine.started_at and seat.role == mine.role:
        began = min(mine.started_at, seat.started_at) if seat.started_at else None
        Membership.objects.filter(pk=mine.pk).update(started_at=began)
    Membership.every.filter(succeeds=seat).update(succeeds=mine)
    seat.delete()


def join_rosters(stays: Attendee, goes: Attendee) -> None:
    """One place on each roster."""
    mine = RosterPlace.objects.filter(attendee=stays).values_list("finding", flat=True)
    RosterPlace.objects.filter(attendee=goes, finding__in=list(mine)).delete()
    RosterPlace.objects.filter(attendee=goes).update(attendee=stays)


def join_stances(stays: Attendee, goes: Attendee) -> None:
    """One stance on each thing: the one that supports it least, with the other as what was held before.

    Which of the two is theirs only they can say, and a merge claims no agreement for them.
    """
    own = {target(stance): stance for stance in Stance.every.filter(attendee=stays)}
    for stance in Stance.every.filter(attendee=goes):
        mine = own.get(target(stance))
        if mine is None:
            Stance.every.filter(pk=stance.pk).update(attendee=stays)
            continue
        if LEAST.index(stance.stance) < LEAST.index(mine.stance):
            mine, stance = stance, mine
        place = next_place(FormerStance.objects.filter(current=mine))
        for former in stance.history.all():
            former.current, former.position, place = mine, place, place + 1
            former.save(update_fields=["current", "position"])
        FormerStance.objects.create(
            current=mine, stance=stance.stance, reason=stance.reason, position=place,
            words_version=stance.words_version,
        )  # fmt: skip
        stance.delete()
        Stance.every.filter(pk=mine.pk).update(attendee=stays)


def target(stance: Stance) -> tuple[Any, Any]:
    """What a stance is on."""
    return stance.contribution_id, stance.finding_id


def join_letters(stays: Attendee, goes: Attendee) -> Person | None:
    """One address: that of the one that stays, unless only the other can come in by theirs. Returns its account."""
    mine = Invitation.objects.filter(attendee=stays).first()
    theirs = Invitation.objects.filter(attendee=goes)
    if mine is not None and mine.email and (stays.person or not goes.person):
        theirs.delete()
        return stays.person
    if mine is not None and theirs.exists():
        mine.delete()
    theirs.update(attendee=stays)
    reached = Invitation.objects.filter(attendee=stays).exclude(email="").exists()
    return goes.person if reached else stays.person or goes.person


def rename_marks(stays: Attendee, goes: Attendee) -> None:
    """`@goes` in the rapporteur's text becomes `@stays`, where the chapter reads a mark."""

    def renamed(text: str) -> str:
        return MARKS["persons"].sub(lambda found: f"@{stays.key if found[1] == goes.key else found[1]}", text)

    for paragraph in Paragraph.objects.filter(event=stays.event_id, text__contains=f"@{goes.key}"):
        was, paragraph.text = paragraph.text, renamed(paragraph.text)
        paragraph.save(update_fields=["text"])
        for translation in Translation.objects.filter(event=stays.event_id, of=paragraph.key):
            translation.text = renamed(translation.text)
            if translation.original == sha256(was):  # it says the same as before: it is not stale
                translation.original = sha256(paragraph.text)
            translation.save(update_fields=["text", "original"])


def sha256(text: str) -> str:
    """What a translation knows the text by that it translates."""
    return hashlib.sha256(text.encode()).hexdigest()
