"""Answers on words that changed since: each of them is asked for again on its owner's own page, old and new beside."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.template.loader import render_to_string

from dialogue.access import Eyes
from dialogue.discussion.models import FormerWords
from dialogue.discussion.words import as_html
from dialogue.events.models import Attendee, Session
from dialogue.live.findings import has_findings
from dialogue.positions.evidence import ON_EARLIER_WORDS
from dialogue.positions.models import FormerFinding, Stance, StanceKind


@dataclass(frozen=True, slots=True)
class Ask:
    """One answer that is asked for again. `old` is "" where the earlier words are not known any more."""

    id: str
    stance: str
    is_support: bool  # and so it has lapsed; other answers stand until their owner answers anew
    is_carried: bool  # its author says that only the spelling changed
    old: str
    new: str
    words: int
    language: str


def asks_of(session: Session, eyes: Eyes) -> list[Ask]:
    """What the owner of these eyes is asked again beside a session, in the order in which they answered."""
    if not eyes.mine:
        return []
    rows = on_changed_words(session, eyes)
    return [ask_of(one, session) for one in rows.select_related("contribution", "finding").order_by("position")]


def on_changed_words(session: Session, eyes: Eyes) -> QuerySet[Stance]:
    """Their answers on what stands in this session or is found beside it, given on earlier words than those now."""
    own = Stance.objects.filter(attendee__event=session.event, attendee__key=eyes.mine)
    said = own.filter(contribution__session=session, contribution__released=True)
    said = said.exclude(contribution__attribution="off_record")
    found = own.filter(finding__isnull=False)
    if session.is_anonymous:  # its answers stay as they are once the round is over
        found = found.filter(finding__is_open=True)
    both = found | said if has_findings(session, eyes) else said
    asked = both.annotate(is_earlier=ON_EARLIER_WORDS)
    return asked.filter(Q(is_earlier=True) | Q(carried_to__isnull=False))


def ask_of(stance: Stance, session: Session) -> Ask:
    """One of them, drawn."""
    on: Any = stance.contribution or stance.finding
    return Ask(
        id=str(on.pk), stance=stance.get_stance_display(),
        is_support=stance.stance in (StanceKind.AGREE, StanceKind.RESERVATIONS),
        is_carried=stance.carried_to == on.words_version, old=as_html(words_at(stance)), new=as_html(on.text),
        words=on.words_version, language=getattr(on, "language", None) or session.event.language,
    )  # fmt: skip


def words_at(stance: Stance) -> str:
    """The words that a stance is on, as they were spelled last; "" where nobody has them any more."""
    rows: Any = FormerFinding.objects.filter(finding=stance.finding_id)
    if stance.contribution_id:
        rows = FormerWords.objects.filter(contribution=stance.contribution_id).order_by("version")
    former = rows.filter(words_version=stance.words_version).last()
    return former.text if former else ""


def draw_asks(session: Session, eyes: Eyes) -> str:
    """The list of them; empty and hidden where there is none."""
    owner = Attendee.objects.filter(event=session.event, key=eyes.mine).first() if eyes.mine else None
    context = {
        "asks": asks_of(session, eyes), "version": owner.asks_version if owner else 0,
        "address": f"/events/{session.event.slug}/table/{session.key}/",
    }  # fmt: skip
    return render_to_string("roundtable/_asks.html", context)
