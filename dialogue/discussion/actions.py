"""Speaking at a table: saying something, for oneself or for who spoke, and what may happen to it afterwards.

Each action is one turn at the event's record: rights are asked once the record is held, and what happened is entered
for everybody who may know.
"""

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import Reader, audiences, reader
from dialogue.discussion import threads
from dialogue.discussion.models import (
    Attribution,
    Authorship,
    Contribution,
    FormerWords,
    Relation,
    RelationKind,
    Span,
    State,
)
from dialogue.discussion.words import as_html, fit
from dialogue.events.models import STRICTNESS, Attendee, Event, Item, Opening, Release, Session, strictest
from dialogue.people.models import Person
from dialogue.record import actions as record
from dialogue.record.actions import Turn

MOST_RELATIONS = 12  # of one statement

# What else must be drawn anew when a statement comes or goes, or when more or fewer people are counted on some items:
# (turn, statement) -> None, (turn, ids of items) -> None. Other rooms add theirs.
ripples: list[Callable[[Turn, Contribution], None]] = []
recounts: list[Callable[[Turn, list[uuid.UUID]], None]] = []
# What must go with the words of a statement that is erased: (statement) -> None.
forgets: list[Callable[[Contribution], None]] = []
# Who sees bars otherwise than their audience, and is told alone: (session, its positions) -> audiences.
onlookers: list[Callable[[Session, QuerySet[Contribution]], list[str]]] = []


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


# ------------------------------------------------------------------ what its author does with it


def amend(said: Contribution, person: Person, text: str, *, version: int, key: str) -> Contribution:
    """Change the words; the former ones are kept. Its author may, and who wrote it down until the author confirmed it.

    `version`: the one that was in front of them. Raises ChangedMeanwhile, PermissionDenied, ValidationError, KeyReused.
    """
    with record.turn(said.event) as turn:
        told = ["amend", str(said.pk), version, text]
        said, who, author = held(said, person)
        mine = is_author(who, author)
        if not mine and not (
            said.recorded and not said.confirmed and who.may_in("record for others", said.session.key)
        ):
            raise PermissionDenied(_("Only its author changes a statement."))
        if done := already(turn, said.session, person, key, told):
            return done
        require_standing(said, version)
        require_unpublished(said)
        keep_former(said, person)
        said.text = fit(text)
        came = settle(turn, said, confirmed=mine)
        said.save(update_fields=["text", "version", "confirmed", "released", "appeared"])
        turn.keep(said.session, person, key, told, "contribution-amended", said.pk)
        tell(turn, "contribution-amended", said, author)
        if came:
            appear(turn, said, author)
        else:
            touch_answers(turn, said)  # they quote it
        return said


def withdraw(said: Contribution, person: Person) -> Contribution:
    """Take one's words back: the place stays, the words go, who answered them is told. Once is enough.

    Raises PermissionDenied for anybody but the author, and once a chapter with it is published.
    """
    with record.turn(said.event) as turn:
        said, who, author = held(said, person)
        require_author(who, author)
        if said.state != State.SAID:
            return said
        require_unpublished(said)
        keep_former(said, person)
        said.text, said.state = "", State.WITHDRAWN
        said.version += 1
        said.save(update_fields=["text", "state", "version"])
        tell(turn, "contribution-withdrawn", said, author)
        ripple(turn, said)
        return said


def restrict(said: Contribution, person: Person, attribution: str) -> Contribution:
    """Move a statement to a stricter rule, before a chapter with it is published. Its author may, and who recorded it.

    Raises ValidationError where the rule is not stricter than the one that holds for it.
    """
    with record.turn(said.event) as turn:
        said, who, author = held(said, person)
        if not is_author(who, author):
            who.require_in("record for others", said.session.key)
        require_unpublished(said)
        if stricter_only(said.session, attribution) is None or (
            said.attribution and STRICTNESS[attribution] <= STRICTNESS[said.attribution]
        ):
            raise ValidationError(_("A statement can only move to a stricter rule than the one that holds for it."))
        require_standing(said, said.version)
        said.attribution = attribution
        said.version += 1
        said.save(update_fields=["attribution", "version"])
        tell(turn, "attribution-changed", said, author)
        ripple(turn, said)
        if attribution == Attribution.OFF_RECORD and is_closed(said):
            erase(turn, said)
        return said


def confirm(said: Contribution, person: Person) -> Contribution:
    """The speaker of what was recorded says: so it was. Where the table waits for that, it is released."""
    with record.turn(said.event) as turn:
        said, who, author = held(said, person)
        require_author(who, author)
        if said.confirmed or not said.recorded or said.state != State.SAID:
            return said
        came = settle(turn, said, confirmed=True)
        said.save(update_fields=["version", "confirmed", "released", "appeared"])
        tell(turn, "contribution-confirmed", said, author)
        if came:
            appear(turn, said, author)
        return said


# ------------------------------------------------------------------ what those who run or record the table do


def release(said: Contribution, person: Person) -> Contribution:
    """Let the table see what was written down for a speaker."""
    with record.turn(said.event) as turn:
        said, who, author = held(said, person)
        who.require_in("record for others", said.session.key)
        if not said.released and not said.hidden and said.state == State.SAID:
            let_go(turn, said, author)
        return said


def release_waiting(turn: Turn, session: Session, item: Item) -> None:
    """Release everything that waits for an item of a session to close."""
    for said in Contribution.objects.filter(session=session, item=item, released=False, hidden=False):
        let_go(turn, said, author_of(said))


def hide(said: Contribution, person: Person, why: str) -> Contribution:
    """The moderator takes a statement out of the table's sight and out of every count; its author is told why."""
    with record.turn(said.event) as turn:
        said, who, author = held(said, person)
        who.require_in("run the table", said.session.key)
        if said.released and said.state == State.SAID:
            said.hidden, said.released, said.hidden_why = True, False, why.strip()[:500]
            said.appeared = said.appeared or 1
            said.version += 1
            said.save(update_fields=["hidden", "hidden_why", "released", "appeared", "version"])
            tell(turn, "contribution-hidden", said, author)
            ripple(turn, said)
        return said


def restore(said: Contribution, person: Person) -> Contribution:
    """The moderator brings back what was hidden, where it stood."""
    with record.turn(said.event) as turn:
        said, who, author = held(said, person)
        who.require_in("run the table", said.session.key)
        if said.hidden and said.state == State.SAID:
            said.hidden, said.released, said.hidden_why = False, True, ""
            said.version += 1
            said.save(update_fields=["hidden", "hidden_why", "released", "version"])
            tell(turn, "contribution-restored", said, author)
            ripple(turn, said)
        return said


def erase_off_record(turn: Turn, session: Session, item: Item) -> None:
    """What was said off the record on an item goes for good, with the versions of what was withdrawn meanwhile."""
    off_record = Contribution.every.filter(session=session, item=item, attribution=Attribution.OFF_RECORD)
    for said in off_record.exclude(state=State.ERASED):
        erase(turn, said)


def erase(turn: Turn, said: Contribution) -> None:
    """Words, versions, ties, stances and author go for good, and what a resend was known by. A marker stays."""
    author = author_of(said)
    said.former.all().delete()
    Relation.every.filter(source_statement=said).delete()
    for forget in forgets:
        forget(said)
    said.session.deeds.filter(subject=said.pk).update(words="")
    said.text, said.state, said.hidden_why, said.verb = "", State.ERASED, "", ""
    said.appeared = said.appeared or turn.number
    said.version += 1
    said.save(update_fields=["text", "state", "hidden_why", "verb", "appeared", "version"])
    tell(turn, "contribution-erased", said, author)
    ripple(turn, said)
    Authorship.objects.filter(contribution=said).delete()
    as_html.cache_clear()


def open_span(session: Session, person: Person, attribution: str) -> Span:
    """“The next bit is not for attribution”: what is said from now on, or entered later for this time, is stricter."""
    with record.turn(session.event) as turn:
        reader(person, session.event).require_in("record for others", session.key)
        if stricter_only(session, attribution) is None:
            raise ValidationError(_("The rule of the next bit must be stricter than the one that holds at the table."))
        now = timezone.now()
        session.spans.filter(end=None).update(end=now)
        span = Span.objects.create(session=session, attribution=attribution, start=now)
        turn.enter_whole("span-opened", session, audiences(session))
        return span


def close_span(session: Session, person: Person) -> None:
    """The table's own rule holds again."""
    with record.turn(session.event) as turn:
        reader(person, session.event).require_in("record for others", session.key)
        if session.spans.filter(end=None).update(end=timezone.now()):
            turn.enter_whole("span-closed", session, audiences(session))


# ------------------------------------------------------------------ shared


def held(said: Contribution, person: Person) -> tuple[Contribution, Reader, Attendee | None]:
    """The statement as it stands in this turn, who asks, and its author."""
    now = Contribution.every.select_related("session", "event", "item").get(pk=said.pk)
    return now, reader(person, now.event), author_of(now)


def author_of(said: Contribution) -> Attendee | None:
    """Who said it; None once it is erased."""
    authorship = Authorship.objects.select_related("attendee__person").filter(contribution=said).first()
    return authorship.attendee if authorship else None


def is_author(who: Reader, author: Attendee | None) -> bool:
    """Whether the reader said it."""
    return author is not None and bool(who.attendee) and author.key == who.attendee


def require_author(who: Reader, author: Attendee | None) -> None:
    """Raises PermissionDenied for anybody but its author."""
    if not is_author(who, author):
        raise PermissionDenied(_("Only its author may do that."))


def require_standing(said: Contribution, version: int) -> None:
    """Raises ChangedMeanwhile where the statement is not the one that was shown."""
    if said.state != State.SAID or said.version != version:
        raise ChangedMeanwhile


def require_unpublished(said: Contribution) -> None:
    """Raises PermissionDenied where a chapter went out after this was said: then it is for an erratum."""
    published = said.event.publications.order_by("-version").first()
    if published and (said.at is None or said.at <= published.published_at):
        raise PermissionDenied(_("The chapter with this statement is published. Ask the convenor for an erratum."))


def keep_former(said: Contribution, person: Person) -> None:
    """Keep the words and the rule that are about to change."""
    FormerWords.objects.create(
        contribution=said, version=said.version, text=said.text, attribution=said.attribution, at=timezone.now(),
        by=person,
    )  # fmt: skip


def settle(turn: Turn, said: Contribution, *, confirmed: bool) -> bool:
    """A new version; its speaker's word for what was recorded releases it where the table waits for that.

    Returns whether it did.
    """
    said.version += 1
    if not (confirmed and said.recorded):
        return False
    said.confirmed = True
    if said.session.release != Release.WHEN_SEEN or said.released or said.hidden:
        return False
    said.released, said.appeared = True, said.appeared or turn.number
    return True


def let_go(turn: Turn, said: Contribution, author: Attendee | None) -> None:
    """The table sees it from this turn on."""
    said.released, said.appeared = True, said.appeared or turn.number
    said.version += 1
    said.save(update_fields=["version", "released", "appeared"])
    appear(turn, said, author)


def appear(turn: Turn, said: Contribution, author: Attendee | None) -> None:
    """What was released comes to the table: to its place, to those that answered it, to the bars."""
    tell(turn, "contribution-released", said, author)
    ripple(turn, said)


def is_closed(said: Contribution) -> bool:
    """Whether the item that it was said on was opened at its table and is closed by now."""
    return Opening.objects.filter(session=said.session, item=said.item).exclude(closed_at=None).exists()


def tell(turn: Turn, kind: str, said: Contribution, author: Attendee | None) -> None:
    """Enter what happened to a statement for everybody who knows of it."""
    person = author.person if author else None
    turn.enter(kind, said.pk, said.session, audiences(said.session, person, table=bool(said.appeared or said.released)))


# ------------------------------------------------------------------ what a statement that comes or goes changes


def ripple(turn: Turn, said: Contribution) -> None:
    """What hangs on a statement is drawn anew, and the bars that it moves."""
    touch_answers(turn, said)
    sway(turn, said)


def touch_answers(turn: Turn, said: Contribution) -> None:
    """What answers a statement quotes it, and says whose it is."""
    answers = Contribution.objects.filter(relations__to_contribution=said).select_related("session").distinct()
    for answer in answers:
        answer.version += 1
        answer.save(update_fields=["version"])
        tell(turn, "contribution-touched", answer, author_of(answer))


def sway(turn: Turn, said: Contribution) -> None:
    """A statement that comes or goes moves its own bar, and that of every position that it disputes.

    All bars of an item move where it changes who is counted there: with a moderator's first position on it, and with
    the first that a session says on it. The other rooms are told. What was never released counts for nothing, and
    nothing may tell of it.
    """
    own = Contribution.every.filter(pk=said.pk)
    own.update(voices=F("voices") + 1)
    if said.kind == "position":
        turn.enter("bar-moved", said.pk, said.session, watching(said.session, own))
    if not (said.released or said.hidden):
        return
    disputed = Relation.every.filter(source_statement=said, kind=RelationKind.DISAGREES).values("to_contribution")
    for position in Contribution.objects.filter(pk__in=disputed, kind="position").select_related("session"):
        moved = Contribution.every.filter(pk=position.pk)
        moved.update(voices=F("voices") + 1)
        turn.enter("bar-moved", position.pk, position.session,
                   [*audiences(position.session), *watching(position.session, moved)])  # fmt: skip
    if items := recounted(turn, said):
        recount(turn, items)
    for rippling in ripples:
        rippling(turn, said)


def recounted(turn: Turn, said: Contribution) -> list[uuid.UUID]:
    """The items on which more or fewer people are counted because of a statement that came or went."""
    items = heard_first_on(turn.event, said)
    if said.item_id not in items and said.kind == "position" and runs_a_table(said):
        items.append(said.item_id)
    return items


def runs_a_table(said: Contribution) -> bool:
    """Whether its author moderates a session of the event."""
    moderates = {"attendee__memberships__session__event": said.event, "attendee__memberships__role": "moderator"}
    return Authorship.objects.filter(contribution=said, **moderates).exists()


def heard_first_on(event: Event, said: Contribution) -> list[uuid.UUID]:
    """The items, from that of a statement upwards, on which nothing else counts that its session said there or below.

    Only where the event has several sessions: who sat in one that was not heard on an item is not counted on it.
    """
    if event.sessions.count() < 2:
        return []
    others = Contribution.objects.filter(session=said.session, released=True).exclude(pk=said.pk)
    counting = others.exclude(attribution=Attribution.OFF_RECORD)
    if counting.filter(item=said.item_id).exists():
        return []
    parents: dict[uuid.UUID, uuid.UUID | None] = dict(event.items.values_list("pk", "parent_id"))
    heard = {item for one in counting.order_by().values_list("item", flat=True).distinct() for item in up(one, parents)}
    return [item for item in up(said.item_id, parents) if item not in heard]


def up(item: uuid.UUID | None, parents: dict[uuid.UUID, uuid.UUID | None]) -> list[uuid.UUID]:
    """An item and everything that it lies in."""
    line = []
    while item is not None:
        line.append(item)
        item = parents[item]
    return line


def recount(turn: Turn, items: list[uuid.UUID]) -> None:
    """More or fewer people are counted on these items: all their bars are drawn anew."""
    positions = Contribution.every.filter(event=turn.event, item__in=items, kind="position")
    positions.update(voices=F("voices") + 1)
    sessions = {session.pk: session for session in turn.event.sessions.all()}
    for session, item in positions.order_by("session", "item").values_list("session", "item").distinct():
        move_bars(turn, sessions[session], item)
    for recounting in recounts:
        recounting(turn, items)


def move_bars(turn: Turn, session: Session, item: uuid.UUID) -> None:
    """Have all bars of an item drawn anew at one table."""
    bars = Contribution.every.filter(session=session, item=item, kind="position")
    turn.enter("bars-moved", item, session, [*audiences(session), *watching(session, bars)])


def watching(session: Session, positions: QuerySet[Contribution]) -> list[str]:
    """Those who see the bars of these positions with eyes of their own."""
    return [one for looking in onlookers for one in looking(session, positions)]
