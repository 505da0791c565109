"""What may happen to a statement afterwards: by its author, by those who run or record the table."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import Explained, Reader, audiences, reader
from dialogue.discussion.actions.saying import ChangedMeanwhile, already, stricter_only
from dialogue.discussion.actions.telling import author_of, forgets, reword, ripple, tell, touch_answers
from dialogue.discussion.models import (
    Attribution,
    Authorship,
    Contribution,
    FormerWords,
    Relation,
    Span,
    State,
)
from dialogue.discussion.spelling import is_spelling
from dialogue.discussion.words import as_html, fit
from dialogue.events.models import STRICTNESS, Attendee, Item, Opening, Release, Session
from dialogue.events.retention import require_names
from dialogue.people.models import Person
from dialogue.record import actions as record
from dialogue.record.actions import Turn

WORDS = ("words_version", "words_turn")

# ------------------------------------------------------------------ what its author does with it


def amend(
    said: Contribution, person: Person, text: str, *, version: int, key: str, spelling: bool = False
) -> Contribution:
    """Change the words; the former ones are kept. Its author may, and who wrote it down until the author confirmed it.

    `version`: the one that was in front of them. `spelling`: they say that only the spelling changes; whoever answered
    on the former words is shown both. Raises ChangedMeanwhile, PermissionDenied, ValidationError, KeyReused.
    """
    with record.turn(said.event, by=person) as turn:
        told = ["amend", str(said.pk), version, text, *(["spelling"] if spelling else [])]
        said, who, author = held(said, person)
        if done := already(turn, said.session, person, key, told):  # one's own deed: nobody is its author any more
            return done
        mine = is_author(who, author)
        if not mine and not (
            said.recorded and not said.confirmed and who.may_in("record for others", said.session.key)
        ):
            raise PermissionDenied(_("Only its author changes a statement."))
        require_names(turn.event)
        require_standing(said, version)
        require_unpublished(said)
        keep_former(said, person)
        text = fit(text)
        is_changed = not is_spelling(said.text, text)
        if is_changed and said.session.is_anonymous and (said.stances_open or said.session.is_over):
            raise ValidationError(
                _("The answers on these words are closed, and are this room’s on these words: state another position.")
            )
        said.text, said.echoes_struck = text, False
        came = settle(turn, said, confirmed=mine)
        if is_changed:
            begin_words(turn, said)
        changed = ["text", "version", "confirmed", "released", "appeared", "echoes_struck", *WORDS]
        said.save(update_fields=changed)
        if is_changed:
            reword(turn, said, claim=spelling)
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
    with record.turn(said.event, by=person) as turn:
        said, who, author = held(said, person)
        require_author(who, author)
        if said.state != State.SAID:
            return said
        require_unpublished(said)
        keep_former(said, person)
        said.text, said.state = "", State.WITHDRAWN
        said.version += 1
        begin_words(turn, said)
        said.save(update_fields=["text", "state", "version", *WORDS])
        tell(turn, "contribution-withdrawn", said, author)
        ripple(turn, said)
        return said


def restrict(said: Contribution, person: Person, attribution: str) -> Contribution:
    """Move a statement to a stricter rule, before a chapter with it is published. Its author may, and who recorded it.

    Raises ValidationError where the rule is not stricter than the one that holds for it.
    """
    with record.turn(said.event, by=person) as turn:
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
        if attribution == Attribution.OFF_RECORD:
            begin_words(turn, said)
        said.save(update_fields=["attribution", "version", *WORDS])
        tell(turn, "attribution-changed", said, author)
        ripple(turn, said)
        if attribution == Attribution.OFF_RECORD and is_closed(said):
            erase(turn, said)
        return said


def confirm(said: Contribution, person: Person) -> Contribution:
    """The speaker of what was recorded says: so it was. Where the table waits for that, it is released."""
    with record.turn(said.event, by=person) as turn:
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
    with record.turn(said.event, by=person) as turn:
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
    with record.turn(said.event, by=person) as turn:
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
    with record.turn(said.event, by=person) as turn:
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
    """Words, versions, ties, stances and author go for good. A marker stays; a resend has its first answer."""
    author = author_of(said)
    said.former.all().delete()
    Relation.every.filter(source_statement=said).delete()
    for forget in forgets:
        forget(turn, said)
    said.text, said.state, said.hidden_why, said.verb = "", State.ERASED, "", ""
    said.appeared = said.appeared or turn.number
    said.version += 1
    begin_words(turn, said)
    said.save(update_fields=["text", "state", "hidden_why", "verb", "appeared", "version", *WORDS])
    tell(turn, "contribution-erased", said, author)
    ripple(turn, said)
    Authorship.objects.filter(contribution=said).delete()
    as_html.drawings.clear()


def open_span(session: Session, person: Person, attribution: str) -> Span:
    """“The next bit is not for attribution”: what is said from now on, or entered later for this time, is stricter."""
    with record.turn(session.event, by=person) as turn:
        reader(person, session.event).require_in("record for others", session.key)
        if session.is_anonymous:
            raise ValidationError(_("This is an anonymous room: nobody is named for anything that is said here."))
        if stricter_only(session, attribution) is None:
            raise ValidationError(_("The rule of the next bit must be stricter than the one that holds at the table."))
        now = timezone.now()
        session.spans.filter(end=None).update(end=now)
        span = Span.objects.create(session=session, attribution=attribution, start=now)
        turn.enter_whole("span-opened", session, audiences(session))
        return span


def close_span(session: Session, person: Person) -> None:
    """The table's own rule holds again."""
    with record.turn(session.event, by=person) as turn:
        reader(person, session.event).require_in("record for others", session.key)
        if session.spans.filter(end=None).update(end=timezone.now()):
            turn.enter_whole("span-closed", session, audiences(session))


# ------------------------------------------------------------------ shared


def held(said: Contribution, person: Person) -> tuple[Contribution, Reader, Attendee | None]:
    """The statement as it stands in this turn, who asks, and its author."""
    now = Contribution.every.select_related("session", "event", "item").get(pk=said.pk)
    return now, reader(person, now.event), author_of(now)


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
    if is_published(said):
        raise Explained(_("The chapter with this statement is published. Ask the convenor for an erratum."))


def is_published(said: Contribution) -> bool:
    """Whether a chapter went out after this was said."""
    published = said.event.publications.order_by("-version").first()
    return published is not None and (said.at is None or said.at <= published.published_at)


def keep_former(said: Contribution, person: Person) -> None:
    """Keep the words and the rule that are about to change."""
    FormerWords.objects.create(
        contribution=said, version=said.version, words_version=said.words_version, text=said.text,
        attribution=said.attribution, at=timezone.now(), by=person,
    )  # fmt: skip


def begin_words(turn: Turn, said: Contribution) -> None:
    """Other words stand from this turn on, or none: what rests on the former ones does not rest on these."""
    said.words_version += 1
    said.words_turn = turn.number


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
