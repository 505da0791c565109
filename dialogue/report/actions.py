"""Publishing: the chapter as it stands is frozen, numbered and open to everybody."""

import hashlib

from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import audiences
from dialogue.events.models import Event
from dialogue.people.models import Person
from dialogue.positions.agreement import agreement
from dialogue.positions.blind import unseen
from dialogue.record import actions as record
from dialogue.report.compile import CannotCompile, compile
from dialogue.report.models import Publication
from dialogue.report.tree import Report, as_json


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
        raise CannotPublish(*unreasoned(event))
    return report


def unreasoned(event: Event) -> list[str]:
    """What makes a chapter a draft: a finding that the table is asked about, or that claims beyond the record."""
    holdings = agreement(event, unseen(event)).holdings
    asked = _("The table is being asked about “%(finding)s”, each without seeing the others: close the round.")
    told = _("“%(finding)s” claims more, or less, than the record shows: choose another level, or give a reason.")
    found = []
    for one in event.findings.order_by("position"):
        if holdings[one.pk].is_unseen:
            found.append(asked % {"finding": one.text})
        elif not holdings[one.pk].holds and not one.reason:
            found.append(told % {"finding": one.text})
    return found or [_("A recommendation claims a level that what it rests on does not reach.")]


def publish(event: Event, by: Person | None) -> Publication:
    """Freeze the chapter in the event's language as its next version, and let everybody know who listens.

    Raises CannotPublish where it is a draft (a claim beyond the record without a reason) or tells a protected name.
    """
    with record.turn(event) as turn:  # one at a time: versions are numbered without gaps
        made = frozen(turn.event, by)
        for session in turn.event.sessions.all():
            turn.enter("published", made.pk, session, audiences(session))
        return made


def frozen(event: Event, by: Person | None) -> Publication:
    """The chapter as it stands, as the next version."""
    report = ready(event)
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
