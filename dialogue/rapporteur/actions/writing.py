"""Paragraphs: the text of the chapter, with marks for people, findings and notes; and their order."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.events.models import Event, Item
from dialogue.people.models import Person
from dialogue.rapporteur.actions.papers import Papers, Words, require
from dialogue.rapporteur.marks import MARKS
from dialogue.rapporteur.models import Paragraph, ParagraphBasis
from dialogue.record import actions as record
from dialogue.record.actions import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphWords(Words):
    """A paragraph: under which heading, whose text, with its marks."""

    item: Item
    origin: str
    text: str


class Paragraphs(Papers[ParagraphWords]):
    """The paragraphs of a chapter."""

    model, words = Paragraph, ParagraphWords
    basis, owner = ParagraphBasis, "paragraph"

    def check(self, turn: Turn, words: ParagraphWords, now: Any) -> None:
        """Every mark leads somewhere."""
        if wrong := unknown_marks(turn.event, words.text, {one["id"] for one in now.unnamed} if now else set()):
            raise ValidationError(wrong)
        super().check(turn, words, now)


def unknown_marks(event: Event, text: str, unnamed: Collection[str] = ()) -> list[str]:
    """A sentence for every mark that leads nowhere, each once; `unnamed` are of people whose names were erased."""
    told = {
        "persons": _("“%(mark)s” is nobody of this event."),
        "findings": _("“%(mark)s” is no finding of this event."),
        "footnotes": _("“%(mark)s” is no footnote of this event."),
    }
    rows: dict[str, Any] = {"persons": event.attendees, "findings": event.findings, "footnotes": event.footnotes}
    wrong = []
    for name, mark in MARKS.items():
        marked = {found.group(): found.group(1) for found in mark.finditer(text)}
        known = set(rows[name].values_list("key", flat=True)) if marked else set()
        known |= set(unnamed) if name == "persons" else set()
        wrong += [told[name] % {"mark": whole} for whole, key in marked.items() if key not in known]
    return wrong


def unnamed_marks(event: Event) -> set[str]:
    """The marks in an event's paragraphs that stand for people whose names were erased."""
    if event.names_erased_at is None:
        return set()
    return {one["id"] for some in event.paragraphs.values_list("unnamed", flat=True) for one in some}


paragraphs = Paragraphs()


# ------------------------------------------------------------------ their order


def order(rows: list[Any]) -> str:
    """What a form carries, so that things that were moved meanwhile are not moved again."""
    return record.digest([row.pk for row in rows])


def move(papers: Papers, row: Any, person: Person, up: bool, *, was: str) -> None:
    """Set a paragraph (or a recommendation) before, or behind, its neighbour. At the end of the line it stays.

    `was`: the order in which they stood. Raises PermissionDenied; ChangedMeanwhile where they stand otherwise now.
    """
    with record.turn(row.event, by=person) as turn:
        require(turn.event, person, papers.right)
        now = papers.held(turn, row.pk)
        line = list(beside(papers, now))
        if order(line) != was:
            raise ChangedMeanwhile
        place = line.index(now)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(line):
            return
        one, two = line[place], line[other]
        one.position, two.position = two.position, one.position
        for moved in (one, two):
            moved.save(update_fields=["position"])
        papers.tell(turn, now, papers.entered[1])
        turn.note(f"{papers.name}-moved", now.pk)


BESIDE = {"item", "addressee", "parent"}


def beside(papers: Papers, row: Any) -> Any:
    """The rows among which this one has its place: of the same heading, addressee or recommendation."""
    same = {name: getattr(row, name) for name in BESIDE if name in papers.words.__dataclass_fields__}
    return papers.rows(row.event).filter(**same)
