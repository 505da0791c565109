"""Making sure of a finding at the table: a check-round, a read-back, a call for consensus, a show of hands."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.events.models import Session
from dialogue.events.retention import require_names
from dialogue.kept import next_place
from dialogue.people.models import Person
from dialogue.positions.agreement import agreement
from dialogue.positions.models import CallKind, Count, CountKind, Finding, RosterPlace
from dialogue.rapporteur.actions.findings import findings, moved
from dialogue.rapporteur.actions.papers import require, tables, tell
from dialogue.record import actions as record
from dialogue.record.actions import Turn

RIGHTS = ("write the report", "run the table")


@dataclass(frozen=True, slots=True)
class Hands:
    """A show of hands: how many people were present, and how many of them raised one for what."""

    present: int
    agree: int
    reservations: int
    disagree: int
    abstain: int

    @property
    def tally(self) -> dict[str, int]:
        """The four numbers by name."""
        return {name: getattr(self, name) for name in ("agree", "reservations", "disagree", "abstain")}


def put_to_round(finding: Finding, person: Person, present: int, *, was: str) -> None:
    """Ask everybody at the table where they stand on the finding: stances on it are taken from now on.

    `was`: the digest of the finding that was in front of them, so that the table is asked just that. Raises
    ChangedMeanwhile; ValidationError where it is put to the table already.
    """
    with record.turn(finding.event, by=person) as turn:
        require(turn.event, person, *RIGHTS)
        now = unchanged(turn, finding, was)
        require_names(turn.event)
        if now.is_open:
            raise ValidationError(_("It is put to the table already."))
        called(now, CallKind.CHECK_ROUND, present, 0)
        now.is_open = True
        now.save()
        write_roster(now)
        moved(turn, now)
        turn.note("round-opened", now.pk)


def close_round(finding: Finding, person: Person, objections: int) -> None:
    """The round is over, with so many objections that were kept up. Raises ValidationError where there is none."""
    with record.turn(finding.event, by=person) as turn:
        require(turn.event, person, *RIGHTS)
        now = findings.held(turn, finding.pk)
        if not now.is_open:
            raise ValidationError(_("It is not put to the table now."))
        fits(objections, now.call_present)
        now.is_open, now.call_objections = False, objections
        now.save(update_fields=["is_open", "call_objections"])
        moved(turn, now)
        turn.note("round-closed", now.pk)


def enter_call(finding: Finding, person: Person, kind: str, present: int, objections: int, *, was: str) -> None:
    """A finding was read back, or consensus was called for: so many were there, so many kept up an objection.

    It takes the place of what was done before to make sure. Raises as `put_to_round` does.
    """
    with record.turn(finding.event, by=person) as turn:
        require(turn.event, person, *RIGHTS)
        now = unchanged(turn, finding, was)
        if now.is_open:
            raise ValidationError(_("Close the check-round first."))
        if kind not in (CallKind.READ_BACK, CallKind.CONSENSUS):
            raise ValidationError(_("That cannot be done here."))
        called(now, kind, present, objections)
        now.save()
        write_roster(now)
        moved(turn, now)
        turn.note("call-entered", now.pk)


def enter_hands(finding: Finding, session: Session, person: Person, hands: Hands, *, was: str) -> Count:
    """A show of hands on a finding, or the right numbers of the one that was entered. Raises as `put_to_round` does."""
    with record.turn(finding.event, by=person) as turn:
        require(turn.event, person, *RIGHTS)
        now = unchanged(turn, finding, was)
        if session not in ([now.session] if now.session else tables(turn.event)):
            raise ValidationError(_("Choose the table at which hands were raised."))
        if session.is_anonymous:
            raise ValidationError(_("This is an anonymous room: no hands are raised here. Put it to a check-round."))
        fits(sum(hands.tally.values()), hands.present, _("There are more hands than people."))
        place = next_place(Count.objects.filter(event=turn.event))
        count = now.count or Count(event=turn.event, position=place, kind=CountKind.HANDS)
        if not now.count:
            count.session, count.item, count.question, count.at = session, now.item, now.text, timezone.now()
        count.present = hands.present
        for name, number in hands.tally.items():
            setattr(count, name, number)
        count.save()
        now.count = count
        now.save(update_fields=["count"])
        tell(turn, "count-entered", count.pk)
        for one in Finding.objects.filter(count=count):
            moved(turn, one)
        return count


def take_back_call(finding: Finding, person: Person) -> None:
    """What was entered as done at the table was not: no round, read-back or call stands with the finding.

    Its roster goes with it, unless somebody who is against it is counted by that alone.
    """
    with record.turn(finding.event, by=person) as turn:
        require(turn.event, person, *RIGHTS)
        now = findings.held(turn, finding.pk)
        now.call = now.call_at = now.call_present = now.call_objections = None
        now.call_at_written, now.is_open = "", False
        now.save()
        lift_roster(now)
        moved(turn, now)
        turn.note("call-taken-back", now.pk)


def take_back_hands(finding: Finding, person: Person) -> None:
    """No hands were counted on this finding; the numbers go, unless another finding has them too."""
    with record.turn(finding.event, by=person) as turn:
        require(turn.event, person, *RIGHTS)
        now = findings.held(turn, finding.pk)
        count, now.count = now.count, None
        now.save(update_fields=["count"])
        moved(turn, now)
        turn.note("hands-taken-back", now.pk)
        if count and not Finding.objects.filter(count=count).exists():
            count.delete()


# ------------------------------------------------------------------ shared


def unchanged(turn: Turn, finding: Finding, was: str) -> Any:
    """The finding in this turn. Raises ChangedMeanwhile where it is not the one that was in front of them."""
    now = findings.held(turn, finding.pk)
    if findings.standing(now).digest != was:
        raise ChangedMeanwhile
    return now


def called(finding: Finding, kind: str, present: int, objections: int) -> None:
    """Set what was done at the table."""
    fits(objections, present)
    finding.call, finding.call_at, finding.call_at_written = kind, timezone.now(), ""
    finding.call_present, finding.call_objections = present, objections


def write_roster(finding: Finding) -> None:
    """Fix of whom the finding is asked: whoever comes or goes later changes its N no more.

    In an anonymous room that is who sat there when the item was opened.
    """
    RosterPlace.objects.filter(finding=finding).delete()
    asked: Any = agreement(finding.event).roster(finding.pk)
    people = finding.event.attendees.filter(pk__in=asked).order_by("position")
    RosterPlace.objects.bulk_create(
        RosterPlace(finding=finding, attendee=one, position=place) for place, one in enumerate(people)
    )


def lift_roster(finding: Finding) -> None:
    """Have the finding counted without its roster again; it stays where a disagreement would be lost without it."""
    counted = agreement(finding.event)
    against = counted.against(finding.pk)
    counted.record.rosters.pop(finding.pk, None)
    if against <= counted.against(finding.pk):
        RosterPlace.objects.filter(finding=finding).delete()


def fits(some: int, present: int | None, told: str = "") -> None:
    """Raises ValidationError where there are more than were present."""
    if some > (present or 0):
        raise ValidationError(told or _("There are more objections than people."))
