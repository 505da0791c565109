"""Publishing: the chapter as it stands is frozen, numbered and open to everybody; answers about names in it."""

import hashlib
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from dialogue.access import audiences, reader
from dialogue.due import actions as due
from dialogue.events.models import Event
from dialogue.events.retention import ERASE, is_promised
from dialogue.people.models import Person
from dialogue.positions.agreement import agreement
from dialogue.positions.blind import unseen
from dialogue.rapporteur.actions.papers import tell
from dialogue.rapporteur.changed_words import changed_papers
from dialogue.rapporteur.marks import without_marks
from dialogue.record import actions as record
from dialogue.record.actions import Turn
from dialogue.report.compile import CannotCompile, compile
from dialogue.report.models import AnswerKind, NameAnswer, Publication
from dialogue.report.recount import with_recount
from dialogue.report.tree import Report, as_json

TRIES = 3  # of making a chapter while people go on talking


class CannotPublish(Exception):
    """The chapter may not go out as it stands: `reasons`, one sentence each."""

    def __init__(self, *reasons: str):
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


def ready(event: Event) -> Report:
    """The chapter as it would go out now. Raises CannotPublish with what stands in the way."""
    try:
        report = compile(event)
    except CannotCompile as problem:
        raise CannotPublish(*problem.reasons) from problem
    if not report.sections:
        raise CannotPublish(_("The chapter has no text yet."))
    if report.draft:
        raise CannotPublish(*unlooked(event), *unreasoned(event))
    return with_recount(report, event.publications.filter(language=report.language).order_by("-version").first())


def unlooked(event: Event) -> list[str]:
    """The texts of the report that rest on words amended or withdrawn since, one sentence each."""
    told = {
        "finding": _("The finding “%(text)s” rests on words that have changed: look at it at the desk."),
        "paragraph": _("The paragraph “%(text)s” rests on words that have changed: look at it at the desk."),
        "recommendation": _("The recommendation “%(text)s” rests on words that have changed: look at it at the desk."),
    }
    return [
        told[one.kind] % {"text": Truncator(without_marks(one.row.text)).words(12, truncate=" …")}
        for one in changed_papers(event).values()
    ]


def unreasoned(event: Event) -> list[str]:
    """What makes a chapter a draft: a finding that the table is asked about, or that claims beyond the record."""
    collecting = unseen(event)
    holdings = agreement(event, unseen(event, for_table=True)).holdings
    sitting = _(
        "“%(finding)s” is an anonymous room’s, and its numbers would move while it sits: hold a check-round on it, or "
        "close the session."
    )
    asked = _("The table is being asked about “%(finding)s”, each without seeing the others: close the round.")
    told = _("“%(finding)s” claims more, or less, than the record shows: choose another level, or give a reason.")
    found = []
    for one in event.findings.order_by("position"):
        if holdings[one.pk].is_unseen:
            found.append((asked if one.pk in collecting else sitting) % {"finding": one.text})
        elif not holdings[one.pk].holds and not one.reason:
            found.append(told % {"finding": one.text})
    if found or changed_papers(event):
        return found
    return [_("A recommendation claims a level that what it rests on does not reach.")]


def publish(event: Event, by: Person | None) -> Publication:
    """Freeze the chapter in the event's language as its next version, and let everybody know who listens.

    It is made before the record is held, so that nobody waits to speak meanwhile, and made again where the record has
    moved on since. Where that does not end, the record is held for once. Raises CannotPublish where it is a draft (a
    claim beyond the record without a reason) or tells a protected name.
    """
    for _again in range(TRIES):
        before, report = stands(event), ready(Event.objects.get(pk=event.pk))
        with record.turn(event, by=by) as turn:  # one at a time: versions are numbered without gaps
            if stands(turn.event) == before:
                return issued(turn, report, by)
    with record.turn(event, by=by) as turn:
        return issued(turn, ready(turn.event), by)


def stands(event: Event) -> tuple[Any, ...]:
    """What moves with everything that a chapter is made of: what happened, who sits where, a restored record."""
    rows = event.sessions.order_by("pk").values_list("event__turn", "event__epoch", "pk", "access_epoch")
    return tuple(rows)


def issued(turn: Turn, report: Report, by: Person | None) -> Publication:
    """The chapter as the next version, entered for everybody."""
    made = frozen(turn.event, report, by)
    if is_promised(turn.event):
        due.put(ERASE, turn.event.pk)
    for session in turn.event.sessions.all():
        turn.enter("published", made.pk, session, audiences(session))
    return made


def frozen(event: Event, report: Report, by: Person | None) -> Publication:
    """A chapter as the next version."""
    content = as_json(report)
    newest = event.publications.order_by("-version").first()
    return Publication.objects.create(
        event=event,
        version=newest.version + 1 if newest else 1,
        language=report.language,
        regime=report.regime,
        content=content,
        digest=hashlib.sha256(content.encode()).hexdigest(),
        published_at=timezone.now(),
        published_by=by,
    )


# ------------------------------------------------------------------ names in the text


def require_answering(event: Event, by: Person, kind: str) -> None:
    """Raises PermissionDenied for who may not answer: a source's author stands where the rapporteur says so."""
    who = reader(by, event)
    if not who.may("write the report") and (kind == AnswerKind.AUTHOR or not who.may("set up")):
        who.require("write the report")
        raise PermissionDenied


def answer_name(event: Event, by: Person, kind: str, term: str, place: str) -> NameAnswer:
    """Keep that a name in the text is not the person, or may stand as a source's author; with who said so and when.

    `term`, `place`: as `leak_check.Leak` has them. Twice the same is one answer. Raises PermissionDenied.
    """
    with record.turn(event, by=by) as turn:
        require_answering(turn.event, by, kind)
        made, is_new = NameAnswer.objects.get_or_create(
            event=turn.event,
            kind=kind,
            term=term,
            place=place,
            defaults={"answered_by": by, "answered_at": timezone.now()},
        )
        if is_new:
            turn.note("name-answered", made.pk)
            tell_of_answer(turn, made)
        return made


def ask_again(answer: NameAnswer, by: Person) -> None:
    """Take an answer back. Raises PermissionDenied."""
    with record.turn(answer.event, by=by) as turn:
        require_answering(turn.event, by, answer.kind)
        standing = NameAnswer.objects.filter(pk=answer.pk).first()
        if standing is not None:
            turn.note("name-asked-again", standing.pk)
            tell_of_answer(turn, standing)
            standing.delete()


def tell_of_answer(turn: Turn, answer: NameAnswer) -> None:
    """Enter it: the chapter may be made, or not be made, because of it."""
    if turn.event.sessions.exists():
        tell(turn, "chapter-changed", answer.pk)
