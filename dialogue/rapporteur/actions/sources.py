"""Sources, and the footnotes that refer to them, define a word or add a remark."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogue.discussion.actions import touch
from dialogue.discussion.models import Contribution, Relation
from dialogue.rapporteur.actions.papers import Papers, Words
from dialogue.rapporteur.models import Footnote, FootnoteKind, Source
from dialogue.record.actions import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWords(Words):
    """A publication."""

    author: str
    title: str
    container: str
    year: int | None
    date: str
    url: str
    accessed: str
    page: str


class Sources(Papers[SourceWords]):
    """The publications that the chapter refers to."""

    model, words = Source, SourceWords

    def tell(self, turn: Turn, row: Any, kind: str) -> None:
        """The statements that cite it say what it is called."""
        super().tell(turn, row, kind)
        touch(turn, Contribution.objects.filter(relations__to_source=row))

    def uses(self, row: Any) -> Iterator[str]:
        """The footnotes and statements that cite it."""
        if n := row.footnotes.count():
            yield ngettext("%(n)d footnote cites it.", "%(n)d footnotes cite it.", n) % {"n": n}
        if n := Relation.objects.filter(to_source=row).count():
            yield ngettext("%(n)d statement cites it.", "%(n)d statements cite it.", n) % {"n": n}


@dataclass(frozen=True, slots=True, kw_only=True)
class FootnoteWords(Words):
    """A footnote: its words, or the source and page that it cites, or both."""

    kind: str
    text: str
    source: Source | None
    page: str


class Footnotes(Papers[FootnoteWords]):
    """The footnotes of a chapter; they are numbered in print, by their first call."""

    model, words = Footnote, FootnoteWords

    def check(self, turn: Turn, words: FootnoteWords, now: Any) -> None:
        """A citation cites something, and no footnote is empty."""
        if words.kind == FootnoteKind.CITATION and words.source is None:
            raise ValidationError(_("A citation needs its source."))
        if not words.text and words.source is None:
            raise ValidationError(_("A footnote needs words, or a source."))
        super().check(turn, words, now)

    def uses(self, row: Any) -> Iterator[str]:
        """The paragraphs that call it."""
        if n := row.event.paragraphs.filter(text__contains=f"[^{row.key}]").count():
            yield ngettext("%(n)d paragraph calls it.", "%(n)d paragraphs call it.", n) % {"n": n}


sources = Sources()
footnotes = Footnotes()
