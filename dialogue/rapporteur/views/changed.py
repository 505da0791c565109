"""The marks at the desk on what rests on changed words: old and new side by side, and the button that confirms."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from dialogue.access import sees
from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.discussion.models import Authorship, Contribution, FormerWords
from dialogue.positions.models import Finding, FormerFinding
from dialogue.rapporteur.actions.confirming import confirm_words
from dialogue.rapporteur.changed_words import Change, ChangedPaper, Words, changed_papers
from dialogue.rapporteur.marks import MARKS
from dialogue.rapporteur.views.at_desk import Desk, desk, sentences
from dialogue.rapporteur.views.sheets import SHEETS
from dialogue.report.prose import sentences as sentences_of
from dialogue.restricter import Spoken, shown_to

BECAME = {
    "amended": gettext_lazy("amended"),
    "withdrawn": gettext_lazy("withdrawn"),
    "off_record": gettext_lazy("off the record"),
    "erased": gettext_lazy("struck from the record"),
}


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """One change as the desk shows it. `old` and `new` are "" where the words are not there, or not for this reader."""

    who: str
    became: str
    is_through: bool  # a finding, not the paper itself, rests on it
    old: str
    new: str
    language: str


@dataclass(frozen=True, slots=True)
class ChangedMark:
    """A paper's mark: what changed under it, in which of its sentences, and what its form carries."""

    kind: str
    row: Any
    changes: list[ChangeShown]
    sentences: list[str]
    was: str
    unconfirmed: set[uuid.UUID]
    address: str  # where the paper stands at the desk

    @property
    def title(self) -> str:
        """Its first words."""
        return Truncator(self.row.text).words(12, truncate=" …")

    @property
    def confirm(self) -> str:
        """Where the button leads."""
        return reverse(f"{self.kind}-confirm", args=[self.row.event.slug, self.row.pk])


def changed_marks(at: Desk) -> dict[uuid.UUID, ChangedMark]:
    """The marks of all papers of the event: {paper's id: mark}."""
    return {pk: mark_of(at, one) for pk, one in changed_papers(at.event).items()}


def mark_of(at: Desk, paper: ChangedPaper) -> ChangedMark:
    """One paper's mark."""
    paper.row.event = at.event
    return ChangedMark(
        kind=paper.kind, row=paper.row, changes=[shown(at, one) for one in paper.changes],
        sentences=resting(paper) if paper.kind == "paragraph" else [], was=paper.digest,
        unconfirmed=paper.unconfirmed, address=SHEETS[paper.kind].back(at, paper.row),
    )  # fmt: skip


def shown(at: Desk, change: Change) -> ChangeShown:
    """One change, its words as far as this reader may have them."""
    became, is_through = str(BECAME[change.words.became]), change.via is not None
    if finding := Finding.objects.filter(pk=change.on).first():
        former: Any = FormerFinding.objects.filter(finding=finding, words_version=change.before).first()
        old = former.text if former else ""
        return ChangeShown(_("finding"), became, is_through, old, finding.text, at.event.language)
    said = Contribution.every.select_related("session", "authorship__attendee").get(pk=change.on)
    language = said.language or at.event.language
    author = change.words.author
    if not author or not sees(at.who, said.session.key, said.released, said.attribution, author):
        return ChangeShown("", became, is_through, "", "", language)
    seen, _mine = shown_to(at.who, at.rules, Spoken(author, said.session.key, said.attribution, said.group))
    rows = FormerWords.objects.filter(contribution=said, words_version=change.before or change.words.version - 1)
    former = None if said.attribution == "off_record" else rows.order_by("version").last()
    new = "" if said.attribution == "off_record" else said.text
    return ChangeShown(seen.name or seen.label, became, is_through, former.text if former else "", new, language)


def resting(paper: ChangedPaper) -> list[str]:
    """The sentences of a paragraph that rest on what changed: those that mark its speaker, or its finding.

    Where no mark leads there, those without any mark; where there are none, all.
    """
    keys = {one.words.author for one in paper.changes} - {""}
    named = [one.via or one.on for one in paper.changes]
    keys |= set(Finding.objects.filter(pk__in=named).values_list("key", flat=True))
    every = sentences_of(paper.row.text)
    marked = [{*MARKS["persons"].findall(one), *MARKS["findings"].findall(one)} for one in every]
    found = [one for one, marks in zip(every, marked, strict=True) if marks & keys]
    return found or [one for one, marks in zip(every, marked, strict=True) if not marks] or every


def sentences_on(said: Contribution) -> int:
    """How many sentences of the report rest on a statement itself."""
    author = Authorship.objects.filter(contribution=said).values_list("attendee__key", flat=True).first() or ""
    change = Change(said.pk, Words(said.words_version, said.words_turn, "withdrawn", author), 0)
    rows = said.event.paragraphs.filter(basis__contribution=said).distinct()
    return sum(len(resting(ChangedPaper("paragraph", row, [change]))) for row in rows)


@require_POST
@never_cache
def confirm(request: HttpRequest, slug: str, kind: str, id: uuid.UUID) -> HttpResponse:
    """“Confirm on the new words”: `was` says which changes were in front of whoever presses it."""
    at, sheet = desk(request, slug), SHEETS[kind]
    at.who.require(sheet.papers.right)
    row = get_object_or_404(sheet.papers.rows(at.event), pk=id)
    try:
        confirm_words(sheet.papers, row, at.person, was=request.POST.get("was", ""))
        messages.success(request, _("Confirmed on the new words."))
    except ChangedMeanwhile as problem:
        messages.error(request, " ".join(sentences(problem)))
    return redirect(sheet.back(at, row))
