"""Taking a stance, for oneself or for who gave it aloud; every change of it is kept."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import alone, at_all_tables, audiences, reader
from dialogue.discussion import actions as discussion
from dialogue.discussion.models import Contribution, ContributionKind, Relation
from dialogue.discussion.words import is_printable
from dialogue.events.models import Attendee, Event, Membership, ModeratorCounts, Opening, Session
from dialogue.events.retention import require_names
from dialogue.kept import next_place
from dialogue.people.models import Person
from dialogue.positions.attendance import COUNTED, Attendance
from dialogue.positions.blind import has_closed, is_blind
from dialogue.positions.evidence import around
from dialogue.positions.models import Finding, FindingBasis, FormerStance, RosterPlace, Stance, StanceKind
from dialogue.positions.quantifiers import PATTERNS
from dialogue.record import actions as record
from dialogue.record.actions import Turn

REASON = 500  # characters: a sentence
WANT_A_REASON = {StanceKind.RESERVATIONS, StanceKind.DISAGREE}
KEEP = "keep"  # the answer given on earlier words holds on these too
VEIL = 1 << 20  # a veiled bar has the version of when it was veiled: a multiple of this

# Above what it was by a number that does not tell how many have answered meanwhile.
NEXT_VEIL = F("voices") - F("voices") % VEIL + VEIL

Target = Contribution | Finding


@dataclass(frozen=True, slots=True)
class Taking:
    """Where somebody stands, how strongly, and why. `words`: the version of the words that was in front of them.

    The stance `KEEP` is whatever it was before.
    """

    stance: str
    strong: bool = False
    reason: str = ""
    words: int | None = None


def take_stance(
    session: Session, person: Person, on: Target, taking: Taking, *, key: str, owner: Attendee | None = None
) -> Stance | None:
    """Stand somewhere on a position or on a finding that was put to the table; taken again, it is changed.

    `owner`: whose stance it is, where it was given aloud and somebody else writes it down. Returns the stance; None
    where this was sent before, on what is erased since.
    Raises PermissionDenied, ValidationError (no such thing to stand on; a reason is wanted), KeyReused;
    ChangedMeanwhile where other words stand there than were in front of them.
    """
    with record.turn(session.event, by=person) as turn:
        who = reader(person, turn.event)
        who.require_in("record for others" if owner else "speak", session.key)
        holder = owner or discussion.own_seat(who)
        told = [str(on.pk), taking.stance, taking.strong, taking.reason, holder.key]
        if turn.done(session, person, key, told):
            return Stance.every.filter(attendee=holder, **target(on)).first()
        require_names(turn.event)
        stood, session, in_patterns = standing(session, on, holder)
        if owner and session.is_anonymous:
            raise ValidationError(_("This is an anonymous room: nothing is written down for others here."))
        require_asked(stood, session, holder)
        if taking.words not in (None, stood.words_version):
            raise discussion.ChangedMeanwhile
        taking = fit(session, held_before(stood, holder, taking), is_recorded=owner is not None)
        stance = taken(session, stood, holder, taking, is_recorded=owner is not None)
        if stood.words_version > 1:
            ask_anew(turn, [holder])
        is_quiet = is_uncounted(turn.event, holder)
        if is_quiet:
            tell_holder(turn, session, stood, holder)
        else:
            type(stood)._base_manager.filter(pk=stood.pk).update(voices=F("voices") + 1)
            tell_of_stance(turn, session, stood, holder)
        if in_patterns and not is_quiet and not is_blind(session, stood):
            touch_patterns(turn, Contribution.every.filter(pk=stood.pk))
        turn.keep(session, person, key, told, "stance-taken", on.pk)
        return stance


def open_stances(said: Contribution, person: Person) -> None:
    """The moderator closes the blind collection on a position: everybody sees where the table stands on it."""
    with record.turn(said.event, by=person) as turn:
        reader(person, said.event).require_in("run the table", said.session.key)
        Contribution.objects.filter(pk=said.pk).update(stances_open=True, voices=NEXT_VEIL)
        turn.enter("stances-opened", said.pk, said.session, audiences(said.session))
        touch_patterns(turn, Contribution.every.filter(pk=said.pk))


def standing(session: Session, on: Target, holder: Attendee) -> tuple[Any, Session, bool]:
    """The target and the session as they are in this turn, and whether a pattern may rest on it: a finding's level.

    Raises ValidationError where they cannot stand on it: on a finding once the round is over, but for those who are
    asked again because its words have changed.
    """
    if isinstance(on, Finding):
        finding = session.event.findings.select_related("session").filter(pk=on.pk).first()
        is_asked = finding is not None and (finding.is_open or is_asked_again(finding, holder))
        if finding is None or not is_asked or session not in tables_of(finding):
            raise ValidationError(_("This finding is not put to the table now."))
        session.refresh_from_db(fields=["blind", "reasons", "names_in_room"])
        if session.is_anonymous and not finding.is_open:
            raise ValidationError(_("The round is over: in an anonymous room its answers stay as they are."))
        return finding, session, False
    openings = Opening.objects.filter(session=session, item=OuterRef("item"))
    resting = FindingBasis.objects.filter(contribution=OuterRef("pk"), finding__level__in=PATTERNS)
    rows = Contribution.objects.annotate(was_opened=Exists(openings), in_patterns=Exists(resting))
    said = rows.select_related("session").filter(pk=on.pk, session=session, kind=ContributionKind.POSITION).first()
    if said is None or not said.released:
        raise ValidationError(_("This position does not stand any more."))
    if said.session.is_anonymous and has_closed(said.session, said):
        raise ValidationError(_("The answers on this position are closed: in an anonymous room they stay as they are."))
    if not said.was_opened:
        raise ValidationError(_("The table has not come to this item yet."))
    said.session.event = session.event
    return said, said.session, said.in_patterns


def require_asked(on: Target, session: Session, holder: Attendee) -> None:
    """Raises ValidationError where a round began before this person had a seat: its N is fixed without them. So it is
    with an item of an anonymous room, where N is the seats when it was opened."""
    if not isinstance(on, Finding):
        if session.is_anonymous and holder.memberships.filter(session=session, role__in=COUNTED).exists():
            require_sitting_when_opened(on, holder)
        return
    roster = RosterPlace.objects.filter(finding=on)
    seated = holder.memberships.filter(role__in=COUNTED)
    if roster.exists() and seated.exists() and not roster.filter(attendee=holder).exists():
        raise ValidationError(_("This round began without that seat: whoever sat at the table then answers it."))


def require_sitting_when_opened(on: Contribution, holder: Attendee) -> None:
    """Raises ValidationError where the item of a position was opened before somebody had a seat."""
    if holder.pk not in Attendance(around(on.event, ())).table(on.item_id, on.session_id):
        raise ValidationError(_("This item was opened before you had a seat: whoever sat there then answers on it."))


def fit(session: Session, taking: Taking, *, is_recorded: bool) -> Taking:
    """The stance as it is kept. Raises ValidationError where it is none, or a reason is missing that is wanted."""
    if taking.stance not in StanceKind.values:
        raise ValidationError(_("Choose where you stand: agree, with reservations, disagree or abstain."))
    reason = " ".join(taking.reason.split())
    if len(reason) > REASON or not is_printable(reason):
        raise ValidationError(_("A reason is one sentence, of %(n)d characters at most.") % {"n": REASON})
    if session.reasons and taking.stance in WANT_A_REASON and not reason and not is_recorded:
        raise ValidationError(_("Please give your reason in a sentence: this event asks for one."))
    return Taking(taking.stance, taking.strong and taking.stance != StanceKind.ABSTAIN, reason)


def held_before(on: Target, holder: Attendee, taking: Taking) -> Taking:
    """What is taken, or for `KEEP` what its holder took before. Raises ValidationError where that is nothing."""
    if taking.stance != KEEP:
        return taking
    held = stances_on(on).filter(attendee=holder).first()
    if held is None:
        raise ValidationError(_("You have no answer here yet: choose one."))
    return Taking(held.stance, held.strong, held.reason)


def stances_on(on: Target) -> Any:
    """The stances on a position or a finding."""
    return Stance.objects.filter(**target(on))


def target(on: Target) -> dict[str, Target]:
    """The foreign key of a row about it."""
    return {"finding" if isinstance(on, Finding) else "contribution": on}


def taken(session: Session, on: Target, holder: Attendee, taking: Taking, *, is_recorded: bool) -> Stance:
    """The stance as a row; what it was before goes into its history."""
    stance = stances_on(on).filter(attendee=holder).annotate(changes=Count("history")).first()
    if stance is None:
        return Stance.every.create(
            event=session.event, attendee=holder, position=next_place(Stance.every.filter(event=session.event)),
            stance=taking.stance, strong=taking.strong, reason=taking.reason, recorded=is_recorded,
            words_version=on.words_version, **target(on),
        )  # fmt: skip
    FormerStance.objects.create(
        current=stance, position=stance.changes, stance=stance.stance, reason=stance.reason, at=timezone.now(),
        words_version=stance.words_version,
    )  # fmt: skip
    stance.stance, stance.strong, stance.reason, stance.recorded = (
        taking.stance, taking.strong, taking.reason, is_recorded,
    )  # fmt: skip
    stance.words_version, stance.carried_to, stance.refused_at = on.words_version, None, None
    stance.version += 1
    stance.save(update_fields=["stance", "strong", "reason", "recorded", "version", *ON_WORDS])
    return stance


def is_uncounted(event: Event, holder: Attendee) -> bool:
    """Whether somebody is in no count of the event, as a moderator who never is: their stance moves no bar."""
    never = Q(role="moderator", session__moderator_counts=ModeratorCounts.NEVER)
    moderates = Q(role="moderator") & ~never
    seats = Membership.every.filter(session__event=event, attendee=holder)
    return not seats.filter(Q(role__in=COUNTED) | moderates).exists()


def tell_holder(turn: Turn, session: Session, on: Target, holder: Attendee) -> None:
    """Tell of a stance that moves nothing only whose it is: a frame of its own would say who took it."""
    if holder.person is None:
        turn.note("stance-taken", on.pk, session)
        return
    for at in tables_of(on) if isinstance(on, Finding) else [session]:
        turn.enter("stance-taken", on.pk, at, [alone(holder.person.pk)])


def tell_of_stance(turn: Turn, session: Session, on: Target, holder: Attendee) -> None:
    """Tell of a stance everybody, or while it is blind its owner, and the staff that somebody has answered."""
    if isinstance(on, Finding):
        told = [alone(holder.person.pk)] if holder.person else []
        tell_of_finding(turn, "stance-taken", on.pk, told, staff_only=any(one.collects_blind for one in tables_of(on)))
    else:
        is_open = not is_blind(session, on)
        turn.enter("stance-taken", on.pk, session, audiences(session, holder.person, table=is_open))


def blindness_changed(turn: Turn, session: Session) -> None:
    """Stances are collected blind from now on, or no longer: all bars are drawn anew, above what they were.

    What everybody has seen stays open when others are collected blind again.
    """
    later = NEXT_VEIL if session.collects_blind else F("voices") + 1
    positions = Contribution.every.filter(session=session, kind=ContributionKind.POSITION)
    positions.update(voices=later, **({} if session.collects_blind else {"stances_open": True}))
    for item in positions.order_by("item").values_list("item", flat=True).distinct():
        discussion.move_bars(turn, session, item)
    move_findings(turn, session.event.findings.filter(Q(is_open=True) | Q(level__in=PATTERNS)))


def close_collections(turn: Turn, session: Session) -> None:
    """The sitting of an anonymous room is over: nobody answers any more, and everybody sees where the table stands."""
    positions = Contribution.every.filter(session=session, kind=ContributionKind.POSITION, stances_open=False)
    closing = list(positions.values_list("pk", flat=True))
    positions.update(voices=NEXT_VEIL, stances_open=True)
    touch_patterns(turn, Contribution.every.filter(pk__in=closing))
    move_findings(turn, session.event.findings.filter(Q(session=session) | Q(session=None)))


# ------------------------------------------------------------------ answers on words that changed

ON_WORDS = ("words_version", "carried_to", "refused_at")


def lapse_stances(turn: Turn, on: Target, claim: bool) -> None:
    """The words have changed: answers on the former ones are asked anew, of everybody who gave one.

    What rests on a statement is counted anew as well: its author counts once the rapporteur has confirmed that.

    `claim`: the author says that only the spelling changed. Then those that stood on the former words stand on, until
    their owners say otherwise.
    """
    if isinstance(on, Contribution):
        if on.released or on.hidden:  # what was never released counts for nothing
            touch_findings(turn, on)
        if on.kind != ContributionKind.POSITION:
            return
    before, now, stances = on.words_version - 1, on.words_version, stances_on(on)
    current = stances.filter(Q(words_version=before) | Q(carried_to=before))
    if isinstance(on, Contribution) and turn.by:  # who changes their own words stands on them as before
        own = current.filter(attendee__person=turn.by, attendee__authorships__contribution=on)
        own.update(words_version=now, carried_to=None, refused_at=None)
    if claim:
        current.update(carried_to=now)
    stances.update(version=F("version") + 1)
    ask_holders(turn, on)


def refuse_spelling(session: Session, person: Person, on: Target, *, words: int | None = None) -> None:
    """“Not the same”: its owner's answer lapses. Where a third of the owners say so, everybody's does.

    Raises PermissionDenied, ValidationError where nobody claims that; ChangedMeanwhile as `take_stance` does.
    """
    with record.turn(session.event, by=person) as turn:
        who = reader(person, turn.event)
        who.require_in("speak", session.key)
        stood, session, _in_patterns = standing(session, on, discussion.own_seat(who))
        if words not in (None, stood.words_version):
            raise discussion.ChangedMeanwhile
        claimed, now = stances_on(stood), stood.words_version
        own = claimed.filter(attendee=discussion.own_seat(who), carried_to=now)
        if not own.update(carried_to=None, refused_at=now):
            raise ValidationError(_("Your answer is not carried over from earlier words."))
        refused, carried = claimed.filter(refused_at=now).count(), claimed.filter(carried_to=now)
        if 3 * refused >= refused + carried.count():
            carried.update(carried_to=None)
        claimed.update(version=F("version") + 1)
        ask_holders(turn, stood)
        move_bar(turn, session, stood)
        turn.note("spelling-refused", stood.pk, session)


def is_asked_again(finding: Finding, holder: Attendee) -> bool:
    """Whether somebody answered on earlier words of a finding, or on such as are claimed to be the same."""
    answered = stances_on(finding).filter(attendee=holder)
    return answered.exclude(words_version=finding.words_version).exists()


def ask_holders(turn: Turn, on: Target) -> None:
    """Everybody who stands on it sees their own answer, and what they are asked, anew."""
    holding = list(Attendee.objects.filter(stances__in=stances_on(on)).select_related("person").distinct())
    ask_anew(turn, holding)
    each = [alone(one.person_id) for one in holding if one.person_id]
    if isinstance(on, Contribution):
        turn.enter("bar-moved", on.pk, on.session, each)
        return
    for session in tables(turn.event):
        turn.enter("finding-changed", on.pk, session, each)


def ask_anew(turn: Turn, some: Iterable[Attendee]) -> None:
    """The list of what these people are asked again is drawn anew, on all their pages of the event."""
    asked = [one for one in some if one.person_id]
    Attendee.objects.filter(pk__in=[one.pk for one in asked]).update(asks_version=F("asks_version") + 1)
    for session in turn.event.sessions.all() if asked else ():
        for one in asked:
            turn.enter("answers-asked", one.pk, session, [alone(one.person_id)])


def settle_asks(turn: Turn, said: Contribution) -> None:
    """Nobody is asked about what does not stand any more, and again once it is back."""
    if said.kind == ContributionKind.POSITION and said.words_version > 1:
        moved = Stance.every.filter(contribution=said).exclude(words_version=said.words_version)
        ask_anew(turn, Attendee.objects.filter(stances__in=moved).select_related("person").distinct())


def move_bar(turn: Turn, session: Session, on: Target) -> None:
    """The bar of a position or a finding is drawn anew for everybody who sees it."""
    if isinstance(on, Finding):
        move_findings(turn, [on])
        return
    moved = Contribution.every.filter(pk=on.pk)
    moved.update(voices=F("voices") + 1)
    turn.enter("bar-moved", on.pk, session, audiences(session, table=not is_blind(session, on)))
    if not is_blind(session, on):
        touch_patterns(turn, moved)


# ------------------------------------------------------------------ findings are counted anew


def tables(event: Event) -> list[Session]:
    """The sessions that findings are about: the closed ones, or all where none is closed."""
    every = list(event.sessions.all())
    return [one for one in every if one.access == "closed"] or every


def tables_of(finding: Finding) -> list[Session]:
    """The sessions at which a finding stands: its own, or where it is the event's those that findings are about."""
    return [finding.session] if finding.session else tables(finding.event)


def is_only_table(session: Session) -> bool:
    """Whether this is the one closed table of its event."""
    return session.access == "closed" and tables(session.event) == [session]


def tell_of_finding(
    turn: Turn, kind: str, finding: uuid.UUID, people: Iterable[str] = (), *, staff_only: bool = False
) -> None:
    """Enter what happened to a finding for everybody at its table, or at the only one; else for each who may read all.

    `staff_only`: for the staff alone. `people` (their audiences) are told besides.
    """
    own = turn.event.sessions.filter(findings=finding).first()
    every = [own] if own else tables(turn.event)
    whole = len(every) == 1 and every[0].access == "closed"
    each = list(people)
    if not whole:
        each += at_all_tables(turn.event, "see unreleased" if staff_only else "read the table")
    for session in every:
        turn.enter(kind, finding, session, [*audiences(session, table=whole and not staff_only), *each])


def move_findings(turn: Turn, findings: Iterable[Finding]) -> None:
    """Have findings drawn anew: what they reach may have changed."""
    for finding in findings:
        Finding.objects.filter(pk=finding.pk).update(version=F("version") + 1)
        tell_of_finding(turn, "finding-changed", finding.pk)


def touch_findings(turn: Turn, said: Contribution) -> None:
    """A statement came or went: what rests on it, or on what it answers, is counted anew, and what it speaks of."""
    if not turn.event.findings.exists():
        return
    answered = {said.pk, *related(said.pk)}
    objected = {one for target in answered for one in related(target)}
    resting = FindingBasis.every.filter(contribution__in=answered | objected).values("finding")
    spoken_of = Relation.every.filter(source_statement__in=answered).exclude(to_finding=None).values("to_finding")
    move_findings(turn, turn.event.findings.filter(Q(pk__in=resting) | Q(pk__in=spoken_of)))


def related(said: uuid.UUID) -> list[uuid.UUID]:
    """The statements that one relates to."""
    rows = Relation.every.filter(source_statement=said).exclude(to_contribution=None)
    return list(rows.values_list("to_contribution", flat=True))


def touch_patterns(turn: Turn, positions: QuerySet[Contribution]) -> None:
    """Whether opinions vary widely depends on who holds the positions that a finding rests on."""
    resting = FindingBasis.objects.filter(contribution__in=positions).values("finding")
    move_findings(turn, turn.event.findings.filter(pk__in=resting, level__in=PATTERNS))


def recount_findings(turn: Turn, items: list[uuid.UUID]) -> None:
    """More or fewer people are counted on these items."""
    move_findings(turn, turn.event.findings.filter(item__in=items))


def forget_stances(turn: Turn, said: Contribution) -> None:
    """What is erased leaves no reasons behind, and no words on the pages of those who were asked about it again."""
    settle_asks(turn, said)
    Stance.every.filter(contribution=said).delete()


discussion.ripples.append(touch_findings)
discussion.ripples.append(settle_asks)
discussion.rewordings.append(lapse_stances)
discussion.recounts.append(recount_findings)
discussion.forgets.append(forget_stances)
