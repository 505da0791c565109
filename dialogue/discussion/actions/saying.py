"""Saying something at a table, for oneself or for who spoke."""

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import Reader, audiences, known_findings, reader
from dialogue.discussion import threads
from dialogue.discussion.actions.moment import Moment
from dialogue.discussion.actions.telling import weigh
from dialogue.discussion.models import (
    Attribution,
    Authorship,
    Contribution,
    Relation,
    RelationKind,
)
from dialogue.discussion.words import fit
from dialogue.events.models import STRICTNESS, Attendee, Item, ModeratorCounts, Release, Session, strictest
from dialogue.events.retention import require_names
from dialogue.people.models import Person
from dialogue.record import actions as record
from dialogue.record.actions import Turn
from dialogue.restricter import authors, shared_groups

MOST_RELATIONS = 12  # of one statement


class ChangedMeanwhile(Exception):
    """Somebody, or oneself on another page, changed the same thing since it was shown."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What a statement does to another one (to nothing, if it opens), to a finding or, citing, to a source: its id."""

    kind: str
    contribution: uuid.UUID | None = None
    finding: uuid.UUID | None = None
    source: uuid.UUID | None = None

    @property
    def told(self) -> list[str]:
        """What makes it the same one when it is sent again."""
        return [self.kind, str(self.contribution), str(self.finding), *([str(self.source)] if self.source else [])]


@dataclass(frozen=True, slots=True)
class Words:
    """What is said: under which item, as what, in which words, and what it does to others."""

    item: Item
    kind: str
    text: str
    ties: tuple[Tie, ...] = ()
    attribution: str | None = None
    at: datetime.datetime | None = None  # when it was spoken, where that was before now
    language: str | None = None  # None: the event's

    @property
    def told(self) -> list[Any]:
        """Everything that makes these words the same words."""
        ties = [tie.told for tie in self.ties]
        spoken = [self.language] if self.language else []
        return [str(self.item.pk), self.kind, self.text, ties, self.attribution, str(self.at), *spoken]


# ------------------------------------------------------------------ saying something


def contribute(session: Session, person: Person, words: Words, *, key: str) -> Contribution:
    """Say something at the table. The same `key` with the same words returns what was said first.

    Raises PermissionDenied where this person may not speak here, ValidationError where the item is not open or the
    words do not fit, KeyReused on other words under the key.
    """
    with record.turn(session.event, by=person) as turn:
        who = reader(person, turn.event)
        who.require_in("speak", session.key)
        told = words.told
        if not who.may_in("record for others", session.key):
            words = replace(words, at=None)  # nobody dates their own words, into a span or out of it
        saying = Saying(turn, session, who, words, key, told)
        if said := saying.before():
            return said
        require_open(saying.moment, words.item)
        return saying.say(own_seat(who), recorded=False)


def record_for(session: Session, person: Person, speaker: Attendee, words: Words, *, key: str) -> Contribution:
    """Write down what somebody said aloud. The table sees it when the session's rule of release says so.

    Raises as `contribute` does; the item may be closed by now, but must have been opened.
    """
    with record.turn(session.event, by=person) as turn:
        who = reader(person, turn.event)
        who.require_in("record for others", session.key)
        saying = Saying(turn, session, who, words, key, [*words.told, speaker.key])
        if said := saying.before():
            return said
        if saying.session.is_anonymous:
            raise ValidationError(_("This is an anonymous room: nothing is written down for others here."))
        if speaker.event_id != session.event_id:
            raise ValidationError(_("That person is not in this event."))
        return saying.say(speaker, recorded=True)


def already(turn: Turn, session: Session, person: Person, key: str, told: Any) -> Contribution | None:
    """What was said before under this key."""
    deed = turn.done(session, person, key, told)
    return Contribution.every.get(pk=deed.subject) if deed else None


class Saying:
    """One statement on its way onto the record, in one turn. `told`: what makes it the same one when sent again."""

    def __init__(self, turn: Turn, session: Session, who: Reader, words: Words, key: str, told: Any):
        assert who.person is not None  # who has a right to write has an account
        self.turn, self.who, self.words, self.key, self.told = turn, who, words, key, told
        self.person = who.person
        self.at = words.at or timezone.now()
        self.moment = Moment(turn, session, words.item, self.person, key, self.at)
        self.session = self.moment.session

    def before(self) -> Contribution | None:
        """What was said before under this key. Raises KeyReused."""
        if not self.moment.is_resent:
            return None
        return already(self.turn, self.session, self.person, self.key, self.told)

    def say(self, author: Attendee, *, recorded: bool) -> Contribution:
        """Put the words on record, with their author apart, and tell who may know."""
        turn, session, words = self.turn, self.session, self.words
        require_names(turn.event)
        spans = self.moment.spans.values_list("attribution", flat=True) if self.moment.spans is not None else ()
        rule = stricter_only(session, strictest_or_none(words.attribution, author.prefers, *spans))
        if rule == Attribution.OFF_RECORD and session.is_anonymous:
            raise ValidationError(
                _("This is an anonymous room: nothing is off the record here. Strike afterwards what should go.")
            )
        place = self.moment.place
        released = not recorded or is_released_at_once(self.moment, words.item, rule)
        ties, above = checked(session, words, self.who)
        said = Contribution.every.create(
            event=turn.event, session=session, item=words.item, position=place, kind=words.kind, text=fit(words.text),
            attribution=rule, recorded=recorded, released=released, at=self.at, language=words.language,
            appeared=turn.number if released else 0, thread=threads.below(above, place), confirmed=False,
            group=group_of(session, author),
        )  # fmt: skip
        Authorship.objects.create(contribution=said, attendee=author)
        relate(said, ties)
        turn.enter("contribution-made", said.pk, session, audiences(session, author.person, table=released))
        if released:
            self.tell_others(said, ties)
        turn.keep(session, self.person, self.key, self.told, "contribution-made", said.pk)
        return said

    def tell_others(self, said: Contribution, ties: Collection[Tie]) -> None:
        """What it moves: who is counted, what it disputes, and the findings, where it does anything to anything."""
        weigh(
            self.turn, said, may_dispute=any(tie.kind == RelationKind.DISAGREES for tie in ties),
            may_be_first=self.moment.is_first, may_move_findings=bool(ties) and self.moment.has_findings,
        )  # fmt: skip


def group_of(session: Session, author: Attendee) -> str:
    """The group that may be named for what somebody says now: fixed, whoever comes to the table or leaves it later.

    Who was asked and has not agreed to the rule yet has not come, and could not be the author.
    """
    counted = session.moderator_counts == ModeratorCounts.ALWAYS
    could = authors(counts_moderator=counted)
    seats = session.memberships.filter(role__in=could).exclude(is_asked=True, agreed_at=None)
    rows = seats.values_list("attendee", "role", "attendee__sector")
    return shared_groups(rows, counts_moderator=counted).get(author.pk, "")


def relate(said: Contribution, ties: Collection[Tie]) -> None:
    """What a statement does to others, in their order."""
    if ties:
        Relation.objects.bulk_create(
            Relation(source_statement=said, position=order, kind=tie.kind, to_contribution_id=tie.contribution,
                     to_finding_id=tie.finding, to_source_id=tie.source)
            for order, tie in enumerate(ties)
        )  # fmt: skip


def is_released_at_once(moment: Moment, item: Item, rule: str | None) -> bool:
    """Whether the table sees at once what is written down on an item that was opened. Raises ValidationError."""
    if not moment.was_opened:
        raise ValidationError(not_open_yet(item))
    if rule == Attribution.OFF_RECORD and not moment.is_open:
        raise ValidationError(
            _("The item is closed: what was said on it off the record is erased, and no more is kept.")
        )
    release = moment.session.release
    return release == Release.AT_ONCE or (release == Release.WITH_ITEM and not moment.is_open)


def own_seat(who: Reader) -> Attendee:
    """The reader as the record knows them; of the row, only what ties it to others is read.

    Raises PermissionDenied where they have no seat of their own.
    """
    if not who.attendee or who.person is None:
        raise PermissionDenied(_("You have no seat in the record of this event: the secretariat can give you one."))
    known = {"id": who.attendee_id, "key": who.attendee, "event_id": who.event.pk, "person_id": who.person.pk,
             "prefers": who.prefers}  # fmt: skip
    seat = Attendee.from_db(None, [*known], [*known.values()])
    seat.event, seat.person = who.event, who.person
    return seat


def require_open(moment: Moment, item: Item) -> None:
    """Raises ValidationError where one may not speak on an item now."""
    if not moment.was_opened:
        raise ValidationError(not_open_yet(item))
    if not moment.is_open:
        raise ValidationError(
            _("“%(item)s” is closed. Keep your words: the moderator can open it again.") % {"item": item.title}
        )


def not_open_yet(item: Item) -> str:
    """That the table has not come to an item."""
    return _("“%(item)s” is not open yet: the moderator opens it.") % {"item": item.title}


def strictest_or_none(*rules: str | None) -> str | None:
    """The strictest of some rules of statements; None where there is none."""
    return strictest(*rules) if any(rules) else None


def stricter_only(session: Session, rule: str | None) -> str | None:
    """A statement's own rule, or None where it is no stricter than the one that holds in the session."""
    holds = strictest(session.event.attribution, session.attribution)
    return rule if rule and STRICTNESS[rule] > STRICTNESS[holds] else None


def checked(session: Session, words: Words, who: Reader) -> tuple[list[Tie], str]:
    """The ties that hold, each once, and the path of what the statement hangs on. Raises ValidationError.

    Nobody answers what they may not see: it is as if it were not there.
    """
    ties = list(dict.fromkeys(words.ties))
    if len(ties) > MOST_RELATIONS:
        raise ValidationError(_("One statement relates to %(n)d others at most.") % {"n": MOST_RELATIONS})
    for tie in ties:
        targets = [target for target in (tie.contribution, tie.finding, tie.source) if target]
        if (tie.kind == RelationKind.OPENS) == bool(targets) or (tie.source and tie.kind != RelationKind.CITES):
            raise ValidationError(_("Choose the statement that this one answers."))
    if not any(tie.contribution or tie.finding or tie.source for tie in ties):
        return ties, ""
    require_sources(session, {tie.source for tie in ties if tie.source}, who)
    return ties, hangs_on(session, words, ties, who)


def require_sources(session: Session, sources: Collection[uuid.UUID], who: Reader) -> None:
    """Raises ValidationError where one of them is no source of the event that this reader may know of."""
    known = session.event.sources.filter(pk__in=sources).count() if sources and who.may("read the table") else 0
    if known < len(sources):
        raise ValidationError(_("The source that you cite is not there any more. Your words are kept: choose another."))


def hangs_on(session: Session, words: Words, ties: Collection[Tie], who: Reader) -> str:
    """The path of the statement that this one hangs on, "" for none. Raises ValidationError on what is not there."""
    wanted = {tie.contribution for tie in ties if tie.contribution}
    rows = Contribution.objects.filter(session=session, pk__in=wanted)
    if not who.may_in("see unreleased", session.key):
        rows = rows.filter(Q(released=True) | Q(authorship__attendee__key=who.attendee))
    targets = {one.pk: one for one in rows}
    findings = {tie.finding for tie in ties if tie.finding}
    known = known_findings(session, who).filter(pk__in=findings).count() if findings else 0
    if len(targets) < len(wanted) or known < len(findings):
        raise ValidationError(_("What you answer is not there any more. Your words are kept: send them on their own."))
    here = [targets[tie.contribution] for tie in ties if tie.contribution]
    return next((one.thread for one in here if one.item_id == words.item.pk), "")
