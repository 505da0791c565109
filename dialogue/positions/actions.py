"""Taking a stance, for oneself or for who gave it aloud; every change of it is kept."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import alone, audiences, reader
from dialogue.discussion import actions as discussion
from dialogue.discussion.models import Contribution, ContributionKind
from dialogue.events.models import Attendee, Opening, Session
from dialogue.people.models import Person
from dialogue.positions.models import Finding, FindingBasis, FormerStance, Stance, StanceKind
from dialogue.record import actions as record
from dialogue.record.actions import Turn

REASON = 500  # characters: a sentence
WANT_A_REASON = {StanceKind.RESERVATIONS, StanceKind.DISAGREE}

Target = Contribution | Finding


@dataclass(frozen=True, slots=True)
class Taking:
    """Where somebody stands, how strongly, and why."""

    stance: str
    strong: bool = False
    reason: str = ""


def take_stance(
    session: Session, person: Person, on: Target, taking: Taking, *, key: str, owner: Attendee | None = None
) -> Stance:
    """Stand somewhere on a position or on a finding that was put to the table; taken again, it is changed.

    `owner`: whose stance it is, where it was given aloud and somebody else writes it down.
    Raises PermissionDenied, ValidationError (no such thing to stand on; a reason is wanted), KeyReused.
    """
    with record.turn(session.event) as turn:
        who = reader(person, session.event)
        who.require_in("record for others" if owner else "speak", session.key)
        holder = owner or discussion.own_seat(who)
        told = [str(on.pk), taking.stance, taking.strong, taking.reason, holder.key]
        if turn.done(session, person, key, told):
            return stances_on(on).get(attendee=holder)
        on = standing(session, on)
        taking = fit(session, taking, is_recorded=owner is not None)
        stance = taken(session, on, holder, taking, is_recorded=owner is not None)
        type(on)._base_manager.filter(pk=on.pk).update(voices=F("voices") + 1)
        turn.enter("stance-taken", on.pk, session, hearing(session, on, holder))
        turn.keep(session, person, key, told, "stance-taken", on.pk)
        return stance


def open_stances(said: Contribution, person: Person) -> None:
    """The moderator shows everybody what was collected blind on a position."""
    with record.turn(said.event) as turn:
        reader(person, said.event).require_in("run the table", said.session.key)
        Contribution.objects.filter(pk=said.pk).update(stances_open=True, voices=F("voices") + 1)
        turn.enter("stances-opened", said.pk, said.session, audiences(said.session))


def standing(session: Session, on: Target) -> Target:
    """The target as it is in this turn. Raises ValidationError where nobody can stand on it."""
    if isinstance(on, Finding):
        finding = session.event.findings.filter(pk=on.pk).first()
        if finding is None or not finding.is_open:
            raise ValidationError(_("This finding is not put to the table now."))
        return finding
    said = Contribution.objects.filter(pk=on.pk, session=session, kind=ContributionKind.POSITION).first()
    if said is None or not said.released:
        raise ValidationError(_("This position does not stand any more."))
    if not Opening.objects.filter(session=session, item=said.item).exists():
        raise ValidationError(_("The table has not come to this item yet."))
    return said


def fit(session: Session, taking: Taking, *, is_recorded: bool) -> Taking:
    """The stance as it is kept. Raises ValidationError where it is none, or a reason is missing that is wanted."""
    if taking.stance not in StanceKind.values:
        raise ValidationError(_("Choose where you stand: agree, with reservations, disagree or abstain."))
    reason = " ".join(taking.reason.split())
    if len(reason) > REASON or "\0" in reason:
        raise ValidationError(_("A reason is one sentence, of %(n)d characters at most.") % {"n": REASON})
    if session.reasons and taking.stance in WANT_A_REASON and not reason and not is_recorded:
        raise ValidationError(_("Please give your reason in a sentence: this event asks for one."))
    return Taking(taking.stance, taking.strong and taking.stance != StanceKind.ABSTAIN, reason)


def stances_on(on: Target) -> Any:
    """The stances on a position or a finding."""
    return Stance.objects.filter(**target(on))


def target(on: Target) -> dict[str, Target]:
    """The foreign key of a row about it."""
    return {"finding" if isinstance(on, Finding) else "contribution": on}


def taken(session: Session, on: Target, holder: Attendee, taking: Taking, *, is_recorded: bool) -> Stance:
    """The stance as a row; what it was before goes into its history."""
    stance = stances_on(on).filter(attendee=holder).first()
    if stance is None:
        last = Stance.every.filter(event=session.event).aggregate(last=Max("position"))["last"]
        return Stance.every.create(
            event=session.event, attendee=holder, position=0 if last is None else last + 1, stance=taking.stance,
            strong=taking.strong, reason=taking.reason, recorded=is_recorded, **target(on),
        )  # fmt: skip
    FormerStance.objects.create(
        current=stance, position=stance.history.count(), stance=stance.stance, reason=stance.reason, at=timezone.now()
    )
    stance.stance, stance.strong, stance.reason, stance.recorded = (
        taking.stance, taking.strong, taking.reason, is_recorded,
    )  # fmt: skip
    stance.version += 1
    stance.save(update_fields=["stance", "strong", "reason", "recorded", "version"])
    return stance


def is_blind(session: Session, on: Target) -> bool:
    """Whether others' stances on it are shown only after one's own."""
    return session.blind and not (isinstance(on, Contribution) and on.stances_open)


def hearing(session: Session, on: Target, holder: Attendee) -> list[str]:
    """Who is told of a stance: everybody, or while it is blind the staff and who has taken one already."""
    if not is_blind(session, on):
        return audiences(session, holder.person)
    people = stances_on(on).exclude(attendee__person=None).values_list("attendee__person", flat=True)
    return ["staff", *(alone(person) for person in people)]


# ------------------------------------------------------------------ what rests on a statement that goes


def touch_findings(turn: Turn, said: Contribution) -> None:
    """The findings that rest on a statement are counted anew: the staff is told."""
    resting = FindingBasis.every.filter(contribution=said).values("finding")
    for finding in Finding.objects.filter(pk__in=resting):
        Finding.objects.filter(pk=finding.pk).update(version=F("version") + 1)
        turn.enter("finding-changed", finding.pk, said.session, audiences(said.session))


discussion.ripples.append(touch_findings)
