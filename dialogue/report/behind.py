"""What stands behind a sentence of the chapter: its statements, each as far as one reader may have it.

Who sits at the table reads the record, through `access`. Everybody else reads a published chapter, and sees of a
statement what its last annex prints, not a letter more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from dialogue.access import Appearance, Reader, Restricter, restricter, sees, shown_to
from dialogue.discussion.models import Authorship, Contribution, Relation
from dialogue.events.models import strictest
from dialogue.positions.agreement import Holding, agreement
from dialogue.positions.bars import Numbers, of_holding
from dialogue.positions.models import Finding
from dialogue.positions.quantifiers import WORDS
from dialogue.report.html import Chapter, dots
from dialogue.report.tree import Report, Section, Table

MOST = 60  # labels in one address; no sentence rests on as many


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation in words: "disputes", and whom or what."""

    words: str
    to: str
    label: str  # of the statement that it leads to, or "" for a source


@dataclass(slots=True)
class Said:
    """A contribution. `text` is "" where the words are not for this reader."""

    template: ClassVar[str] = "report/_said.html"
    label: str
    who: str
    affiliation: str
    is_mine: bool
    kind: str
    theme: str
    text: str
    language: str
    ties: list[Tie] = field(default_factory=list)


@dataclass(slots=True)
class Found:
    """A finding: what the rapporteur says that the table holds, and the numbers."""

    template: ClassVar[str] = "report/_found.html"
    label: str  # in the agreement table
    text: str
    claimed: str
    holds: bool
    reason: str
    bar: Numbers
    basis: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Printed:
    """A statement as a published chapter prints it: the cells of its row."""

    template: ClassVar[str] = "report/_printed.html"
    label: str
    who: SafeString
    what: SafeString


class NothingThere(LookupError):
    """None of the labels is one that this reader may ask for."""


def labels(asked: str) -> list[str]:
    """The labels of an address, each once. Raises NothingThere where there are none, or far too many."""
    found = list(dict.fromkeys(label for label in asked.split(",") if label))
    if not 0 < len(found) <= MOST:
        raise NothingThere
    return found


# ------------------------------------------------------------------ for who sits at the table


def from_record(who: Reader, asked: str) -> list[Said | Found]:
    """The statements of these labels as the record has them now. Raises NothingThere."""
    rules = restricter(who.event)
    known = Known(who, rules)
    statements = [known.show(label) for label in labels(asked) if label in known.by_label]
    if not statements:
        raise NothingThere
    return statements


class Known:
    """Every statement of an event that a reader may know of, by its label."""

    def __init__(self, who: Reader, rules: Restricter):
        self.who, self.rules = who, rules
        self.authors = dict(
            Authorship.objects.filter(contribution__event=who.event).values_list("contribution_id", "attendee__key")
        )
        contributions = Contribution.objects.filter(event=who.event).select_related("session", "item")
        self.said = {one.pk: one for one in contributions if self.may_know(one)}
        self.found = {one.pk: one for one in Finding.objects.filter(event=who.event).select_related("item")}
        self.labels = {pk: self.label(one) for pk, one in (self.said | self.found).items()}
        self.by_label = {label: pk for pk, label in self.labels.items()}

    @cached_property
    def holdings(self) -> dict[Any, Holding]:
        """The count, made only where a finding is asked for."""
        return agreement(self.who.event).holdings

    def may_know(self, one: Contribution) -> bool:
        """Whether a reader may know that it was said: in the chapter it is, or its words are theirs to read."""
        return (one.released and one.attribution != "off_record") or self.may_read(one)

    def may_read(self, one: Contribution) -> bool:
        return sees(self.who, one.session.key, one.released, one.attribution, self.authors.get(one.pk, ""))

    def label(self, one: Contribution | Finding) -> str:
        if isinstance(one, Contribution):
            return self.rules.label(one.key, self.rules.regime(one.session.key, one.attribution))
        is_open = strictest(self.rules.event_regime, *map(self.rules.regime, self.rules.sessions)) == "named"
        return self.rules.label(one.key, "named" if is_open else "unnamed")

    def show(self, label: str) -> Said | Found:
        pk = self.by_label[label]
        return self.show_said(self.said[pk]) if pk in self.said else self.show_found(self.found[pk])

    def appearance(self, one: Contribution) -> tuple[Appearance, bool]:
        """How its author appears to the reader, and whether it is the reader."""
        return shown_to(self.who, self.rules, self.authors[one.pk], one.session.key, one.attribution)

    def show_said(self, one: Contribution) -> Said:
        shown, mine = self.appearance(one)
        return Said(
            label=self.labels[one.pk],
            who=shown.name or shown.label,
            affiliation=shown.affiliation,
            is_mine=mine,
            kind=one.get_kind_display(),
            theme=one.item.title,
            text=one.text if self.may_read(one) else "",
            language=one.language or self.who.event.language,
            ties=list(self.ties(one)),
        )

    def ties(self, one: Contribution) -> Iterator[Tie]:
        """How it stands to others; what the reader may not know of is left out."""
        relations = Relation.objects.filter(source_statement=one).select_related("to_source").order_by("position")
        for relation in relations:
            words, to = relation.get_kind_display(), relation.to_contribution_id or relation.to_finding_id
            if relation.to_source:
                yield Tie(words, relation.to_source.title, "")
            elif to is None:
                yield Tie(words, _("the exchange"), "")
            elif to in self.said:
                shown, mine = self.appearance(self.said[to])
                yield Tie(words, _("you") if mine else shown.surname or shown.label, self.labels[to])
            elif to in self.found:
                yield Tie(words, self.found[to].text, "")

    def show_found(self, one: Finding) -> Found:
        holding = self.holdings[one.pk]
        return Found(
            label=self.rules.label(one.key, self.rules.event_regime),
            text=one.text,
            claimed=words_of(one.level),
            holds=holding.holds,
            reason=one.reason,
            bar=of_holding(holding, reached(holding)),
            basis=[self.labels[one] for one in self.said if one in holding.finding.basis],
        )


def words_of(level: str | None) -> str:
    """An agreement word in the reader's language."""
    if level is None:
        return _("no level")
    return WORDS[level].get((get_language() or "en")[:2], WORDS[level]["en"])


def reached(holding: Holding) -> str:
    """What the record reaches, with its numbers."""
    numbers = {"level": words_of(holding.reached), "n": holding.numbers.n, "N": holding.numbers.N}
    return _("%(level)s, %(n)d of %(N)d") % numbers


# ------------------------------------------------------------------ for everybody else


def as_published(report: Report, asked: str, address: str) -> list[Printed]:
    """The rows that a published chapter prints for these labels; links in them lead into the chapter at `address`.

    Raises NothingThere. Only what a sentence or another row leads to has a row.
    """
    rows = {
        place: row for table in tables(report.annexes) for place, row in zip(table.anchors, table.rows, strict=False)
    }
    printed = []
    with override(report.language):
        chapter = Chapter(report, dots, address)
        for label in labels(asked):
            if row := rows.get(f"basis-{label}"):
                who, what = ([*row, [], []])[1:3]
                printed.append(Printed(label, mark_safe(chapter.line(who)), mark_safe(chapter.line(what))))
    if not printed:
        raise NothingThere
    return printed


def tables(sections: list[Section]) -> Iterator[Table]:
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Table))
        yield from tables(section.sections)
