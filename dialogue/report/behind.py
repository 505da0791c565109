"""What stands behind a sentence of the chapter: its statements, each as far as one reader may have it.

Who sits at the table reads the record, through `access`. Everybody else reads a published chapter, and sees of a
statement what its last annex prints, not a letter more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from dialogue.access import Reader, sees
from dialogue.discussion.models import Contribution, Relation
from dialogue.discussion.words import as_html
from dialogue.positions.agreement import Holding, agreement
from dialogue.positions.bars import Numbers, count_words, of_holding
from dialogue.positions.blind import unseen
from dialogue.positions.models import Finding
from dialogue.positions.quantifiers import WORDS
from dialogue.report.html import Chapter, ring
from dialogue.report.tree import Report, Section, Table
from dialogue.restricter import Appearance, Spoken, restricter, shown_to

Id = Any
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

    @property
    def html(self) -> SafeString:
        """The words as every page draws them."""
        return as_html(self.text)


@dataclass(slots=True)
class Found:
    """A finding: what the rapporteur says that the table holds, and the numbers."""

    template: ClassVar[str] = "report/_found.html"
    label: str  # in the agreement table
    text: str
    claimed: str
    holds: bool
    reason: str
    bar: Numbers | None  # None while it is not for this reader
    basis: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Printed:
    """A statement as a published chapter prints it: the cells of its row, and a finding's bar from the legend."""

    template: ClassVar[str] = "report/_printed.html"
    label: str
    language: str
    who: SafeString
    what: SafeString
    bar: SafeString


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
    known = Known(who)
    wanted = [known.by_label[label] for label in labels(asked) if label in known.by_label]
    if not wanted:
        raise NothingThere
    return known.show(wanted)


class Row(NamedTuple):
    """What must be known of a statement to say who may know of it: no word of it."""

    id: Id
    key: str
    session: str
    released: bool
    attribution: str | None
    author: str | None  # None: their name was erased
    group: str


class Known:
    """The statements of an event that a reader may know of. Words are fetched for those alone that are shown."""

    def __init__(self, who: Reader):
        self.who, self.rules = who, restricter(who.event)
        rows = who.event.contributions.order_by("position").values_list(
            "pk", "key", "session__key", "released", "attribution", "authorship__attendee__key", "group"
        )
        self.said = {row.id: row for row in map(Row._make, rows) if self.may_know(row)}
        self.found = dict(who.event.findings.values_list("pk", "key"))
        self.labels = {id: self.rules.label(one.key, self.regime(one)) for id, one in self.said.items()}
        self.labels |= {id: self.rules.common_label(key) for id, key in self.found.items()}
        self.by_label = {label: id for id, label in self.labels.items()}

    def regime(self, one: Row) -> str:
        """The effective regime of a statement."""
        return self.rules.regime(one.session, one.attribution)

    def may_know(self, one: Row) -> bool:
        """Whether a reader may know that it was said: it may be reported, or its words are theirs to read."""
        return (one.released and one.attribution != "off_record") or self.may_read(one)

    def may_read(self, one: Row) -> bool:
        """Whether its words are the reader’s to read."""
        return sees(self.who, one.session, one.released, one.attribution, one.author)

    def appearance(self, one: Row) -> tuple[Appearance, bool]:
        """How its author appears to the reader, and whether it is the reader."""
        return shown_to(self.who, self.rules, Spoken(one.author, one.session, one.attribution, one.group))

    # -------------------------------------------------------------- in words

    def show(self, wanted: list[Id]) -> list[Said | Found]:
        """These statements with their words, in six queries and the count, whatever the size of the event."""
        contributions = self.who.event.contributions.select_related("item").in_bulk(wanted)
        relations: dict[Id, list[Relation]] = defaultdict(list)
        for one in Relation.objects.filter(source_statement__in=contributions).select_related(
            "to_source", "to_finding"
        ):
            relations[one.source_statement_id].append(one)
        findings = self.who.event.findings.in_bulk([id for id in wanted if id in self.found])
        hidden = unseen(self.who.event, for_table=True) if findings else ()
        holdings = agreement(self.who.event, hidden).holdings if findings else {}
        return [
            self.show_found(findings[id], holdings[id])
            if id in findings
            else self.show_said(contributions[id], relations[id])
            for id in wanted
        ]

    def show_said(self, one: Contribution, relations: list[Relation]) -> Said:
        """A contribution as the fragment shows it to this reader."""
        row = self.said[one.pk]
        shown, mine = self.appearance(row)
        return Said(
            label=self.labels[one.pk],
            who=shown.name or shown.label,
            affiliation=shown.affiliation,
            is_mine=mine,
            kind=one.get_kind_display(),
            theme=one.item.title,
            text=one.text if self.may_read(row) else "",
            language=one.language or self.who.event.language,
            ties=[tie for relation in relations if (tie := self.tie(relation))],
        )

    def tie(self, relation: Relation) -> Tie | None:
        """How a statement stands to another, or None where the reader may not know of that one."""
        words = relation.get_kind_display()
        if relation.to_source:
            return Tie(words, relation.to_source.title, "")
        if relation.to_finding:
            return Tie(words, relation.to_finding.text, "")
        if relation.to_contribution_id is None:
            return Tie(words, _("the exchange"), "")
        if (to := self.said.get(relation.to_contribution_id)) is None:
            return None
        shown, mine = self.appearance(to)
        return Tie(words, pgettext("after a verb", "you") if mine else shown.surname or shown.label, self.labels[to.id])

    def show_found(self, one: Finding, holding: Holding) -> Found:
        """A finding with its bar and numbers."""
        return Found(
            label=self.rules.label(one.key, self.rules.event_regime),
            text=one.text,
            claimed=words_of(one.level),
            holds=holding.holds,
            reason=one.reason,
            bar=None if holding.is_unseen else of_holding(holding, reached(holding)),
            basis=self.rules.in_order(self.rests_on(holding), str),
        )

    def rests_on(self, holding: Holding) -> list[str]:
        """The labels of what a finding rests on, in the record's order."""
        return [self.labels[id] for id in self.said if id in holding.finding.basis]


def words_of(level: str | None) -> str:
    """An agreement word in the reader's language."""
    if level is None:
        return _("no level")
    return WORDS[level].get((get_language() or "en")[:2], WORDS[level]["en"])


def reached(holding: Holding) -> str:
    """What the record reaches, with its numbers."""
    return count_words(words_of(holding.reached), holding.numbers)


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
        chapter = Chapter(report, ring, address)
        for label in labels(asked):
            if row := rows.get(f"basis-{label}"):
                cells = [*row[1:3], *rows.get(f"claim-{label}", [])[2:3], [], []]
                printed.append(Printed(label, report.language, *(mark_safe(chapter.line(cell)) for cell in cells[:3])))
    if not printed:
        raise NothingThere
    return printed


def tables(sections: list[Section]) -> Iterator[Table]:
    """Every table in these sections, at any depth."""
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Table))
        yield from tables(section.sections)
