"""Saying something at a table, for oneself or for who spoke."""

import datetime
import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import Reader, audiences, reader
from dialogue.discussion import threads
from dialogue.discussion.actions.telling import sway
from dialogue.discussion.models import (
    Attribution,
    Authorship,
    Contribution,
    Relation,
    RelationKind,
)
from dialogue.discussion.words import fit
from dialogue.events.models import STRICTNESS, Attendee, Event, Item, Opening, Release, Session, strictest
from dialogue.people.models import Person
from dialogue.record import actions as record
from dialogue.record.actions import Turn

MOST_RELATIONS = 12  # of one statement


class ChangedMeanwhile(Exception):
    """Somebody, or oneself on another page, changed the same thing since it was shown."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What a statement does to another one (to nothing, if it opens), or to a finding: the target's id."""

    kind: str
    contribution: uuid.UUID | None = None
    finding: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What is said: under which item, as what, in which words, and what it does to others."""

    item: Item
    kind: str
    text: str
    ties: tuple[Tie, ...] = ()
    attribution: str | None = None
    at: datetime.datetime | None = None  # when it was spoken, where that was before now

    @property
    def told(self) -> list[Any]:
        """Everything that makes these words the same words."""
        ties = [[tie.kind, str(tie.contribution), str(tie.finding)] for tie in self.ties]
        return [str(self.item.pk), self.kind, self.text, ties, self.attribution, str(self.at)]


# ------------------------------------------------------------------ saying something


def contribute(session: Session, person: Person, words: Words, *, key: str) -> Contribution:
    """Say something at the table. The same `key` with the same words returns what was said first.

    Raises PermissionDenied where this person may not speak here, ValidationError where the item is not open or the
    words do not fit, KeyReused on other words under the key.
    """
    with record.turn(session.event) as turn:
        who = reader(person, session.event)
        who.require_in("speak", session.key)
        if said := already(turn, session, person, key, words.told):
            return said
        require_open(session, words.item)
        told, author = words.told, own_seat(who)
        if not who.may_in("record for others", session.key):
            words = replace(words, at=None)  # nobody dates their own words, into a span or out of it
        return say(turn, session, author, words, who, key, recorded=False, told=told)


def record_for(session: Session, person: Person, speaker: Attendee, words: Words, *, key: str) -> Contribution:
    """Write down what somebody said aloud. The table sees it when the session's rule of release says so.

    Raises as `contribute` does; the item may be closed by now, but must have been opened.
    """
    with record.turn(session.event) as turn:
        who = reader(person, session.event)
        who.require_in("record for others", session.key)
        told = [*words.told, speaker.key]
        if said := already(turn, session, person, key, told):
            return said
        if speaker.event_id != session.event_id:
            raise ValidationError(_("That person is not in this event."))
        return say(turn, session, speaker, words, who, key, recorded=True, told=told)


def already(turn: Turn, session: Session, person: Person, key: str, told: Any) -> Contribution | None:
    """What was said before under this key."""
    deed = turn.done(session, person, key, told)
    return Contribution.every.get(pk=deed.subject) if deed else None


def say(
    turn: Turn, session: Session, author: Attendee, words: Words, who: Reader, key: str, *, recorded: bool, told: Any
) -> Contribution:
    """Put the words on record, with their author apart, and tell who may know."""
    now = timezone.now()
    at = words.at or now
    session.refresh_from_db(fields=["release", "blind", "attribution"])  # as they are in this turn
    rule = stricter_only(session, strictest_or_none(words.attribution, span_at(session, at)))
    place = next_place(turn.event)
    released = not recorded or is_released_at_once(session, words.item, rule)
    ties, above = checked(session, words, who)
    said = Contribution.every.create(
        event=turn.event, session=session, item=words.item, position=place, kind=words.kind, text=fit(words.text),
        attribution=rule, recorded=recorded, released=released, at=at, appeared=turn.number if released else 0,
        thread=threads.below(above, place), confirmed=False,
    )  # fmt: skip
    Authorship.objects.create(contribution=said, attendee=author)
    Relation.objects.bulk_create(
        Relation(source_statement=said, position=order, kind=tie.kind, to_contribution_id=tie.contribution,
                 to_finding_id=tie.finding)
        for order, tie in enumerate(ties)
    )  # fmt: skip
    turn.enter("contribution-made", said.pk, session, audiences(session, author.person, table=released))
    if released:
        sway(turn, said)
    assert who.person is not None  # who has a right to write has an account
    turn.keep(session, who.person, key, told, "contribution-made", said.pk)
    return said


def is_released_at_once(session: Session, item: Item, rule: str | None) -> bool:
    """Whether the table sees at once what is written down on an item that was opened. Raises ValidationError."""
    opening = Opening.objects.filter(session=session, item=item).first()
    if opening is None:
        raise ValidationError(not_open_yet(item))
    if rule == Attribution.OFF_RECORD and not opening.is_open:
        raise ValidationError(
            _("The item is closed: what was said on it off the record is erased, and no more is kept.")
        )
    return session.release == Release.AT_ONCE or (session.release == Release.WITH_ITEM and not opening.is_open)


def own_seat(who: Reader) -> Attendee:
    """The reader as the record knows them. Raises PermissionDenied where they have no seat of their own."""
    if not who.attendee:
        raise PermissionDenied(_("You have no seat in the record of this event: the secretariat can give you one."))
    return who.event.attendees.get(key=who.attendee)


def require_open(session: Session, item: Item) -> None:
    """Raises ValidationError where one may not speak on an item now."""
    opening = Opening.objects.filter(session=session, item=item).first()
    if opening is None:
        raise ValidationError(not_open_yet(item))
    if not opening.is_open:
        raise ValidationError(
            _("“%(item)s” is closed. Keep your words: the moderator can open it again.") % {"item": item.title}
        )


def not_open_yet(item: Item) -> str:
    """That the table has not come to an item."""
    return _("“%(item)s” is not open yet: the moderator opens it.") % {"item": item.title}


def next_place(event: Event) -> int:
    """The place in the record that comes after all others."""
    last = Contribution.every.filter(event=event).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def strictest_or_none(*rules: str | None) -> str | None:
    """The strictest of some rules of statements; None where there is none."""
    return strictest(*rules) if any(rules) else None


def stricter_only(session: Session, rule: str | None) -> str | None:
    """A statement's own rule, or None where it is no stricter than the one that holds in the session."""
    holds = strictest(session.event.attribution, session.attribution)
    return rule if rule and STRICTNESS[rule] > STRICTNESS[holds] else None


def span_at(session: Session, at: datetime.datetime) -> str | None:
    """The stricter rule that somebody called for at that moment; None where nobody did."""
    spans = session.spans.filter(start__lte=at).filter(Q(end=None) | Q(end__gte=at))
    return strictest_or_none(*spans.values_list("attribution", flat=True))


def checked(session: Session, words: Words, who: Reader) -> tuple[list[Tie], str]:
    """The ties that hold, each once, and the path of what the statement hangs on. Raises ValidationError.

    Nobody answers what they may not see: it is as if it were not there.
    """
    ties = list(dict.fromkeys(words.ties))
    if len(ties) > MOST_RELATIONS:
        raise ValidationError(_("One statement relates to %(n)d others at most.") % {"n": MOST_RELATIONS})
    if any((tie.kind == RelationKind.OPENS) != (tie.contribution is None and tie.finding is None) for tie in ties):
        raise ValidationError(_("Choose the statement that this one answers."))
    wanted = {tie.contribution for tie in ties if tie.contribution}
    rows = Contribution.objects.filter(session=session, pk__in=wanted)
    if not who.may_in("see unreleased", session.key):
        rows = rows.filter(Q(released=True) | Q(authorship__attendee__key=who.attendee))
    targets = {one.pk: one for one in rows}
    findings = {tie.finding for tie in ties if tie.finding}
    known = session.event.findings.filter(pk__in=findings).count() if who.may("read the table") else 0
    if len(targets) < len(wanted) or known < len(findings):
        raise ValidationError(_("What you answer is not there any more. Your words are kept: send them on their own."))
    here = [targets[tie.contribution] for tie in ties if tie.contribution]
    return ties, next((one.thread for one in here if one.item_id == words.item.pk), "")
