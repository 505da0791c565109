"""The chapter as one tree of plain dataclasses: what `compile` makes and every writer prints.

The tree holds no rule: names are resolved, agreement words chosen, footnotes numbered, headings levelled. A writer
prints what is there and knows nothing of events. `as_json` and `from_json` keep a tree in a file or a database.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

ADDED = {"added": True}  # of a field that came later: it is written only where it differs from its default

# ------------------------------------------------------------------ inside a line


@dataclass(slots=True)
class Text:
    """Words, as they are."""

    text: str


@dataclass(slots=True)
class Emphasis:
    """Words in italics."""

    text: str


@dataclass(slots=True)
class Strong:
    """Words in bold."""

    text: str


@dataclass(slots=True)
class Call:
    """A call of footnote `number` (from 1). `again`: not the first call of it, so it repeats the number as a link."""

    number: int
    again: bool


@dataclass(slots=True)
class Claim:
    """The agreement words of a finding.

    state: "holds" (the words), "marked" (the words and `mark`, which leads to `target` in the legend), "open" (the
    words stand in brackets with what the record reaches; the document is a draft).
    """

    words: str
    state: str
    mark: str  # "†1/9", or ""
    target: str  # the anchor of the legend's row, or ""


@dataclass(slots=True)
class Link:
    """`target` is "#anchor" inside the document, or a web address."""

    text: str
    target: str


@dataclass(slots=True)
class Bar:
    """The agreement bar: how many of N stand where. `words` is the level reached with its numbers."""

    support: int
    reservations: int
    opposed: int
    abstained: int
    silent: int
    words: str
    is_anonymous: bool = field(default=False, metadata=ADDED)  # fewer than three are among the silent


@dataclass(slots=True)
class Sentence:
    """A sentence and the public ids of the statements behind it (their rows in the last annex are "#basis-<id>").

    `anchors` are the places that those rows lead back to, each unique in the document.
    """

    inlines: list[Inline]
    statements: list[str] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)


Inline = Text | Emphasis | Strong | Call | Claim | Link | Bar | Sentence

# ------------------------------------------------------------------ blocks


@dataclass(slots=True)
class Paragraph:
    """kind: "body", "origin" (where the text comes from), "notice", "participants" or "remark" (small print).

    `label` says in a word whose text it is where it is not the room's ("rapporteur", "literature", "forum"), else "".
    """

    inlines: list[Inline]
    kind: str = "body"
    label: str = ""
    anchor: str = ""


@dataclass(slots=True)
class Items:
    """A list. kind: "numbered" (1. 2.), "lettered" (a. b.) or "plain" (no number)."""

    kind: str
    items: list[Item]


@dataclass(slots=True)
class Item:
    """An entry of a list."""

    anchor: str
    blocks: list[Block]


@dataclass(slots=True)
class Table:
    """A table with one header row. `anchors` (one a row, or "") are what links lead to; widths are shares of 1."""

    header: list[str]
    widths: list[float]
    rows: list[list[list[Inline]]]
    anchors: list[str]


Block = Paragraph | Items | Table


@dataclass(slots=True)
class Section:
    """kind: "context", "part", "theme", "subtheme", "recommendations", "addressee", "annex". level counts from 1.

    `number` is printed before the title ("(2)"), or "".
    """

    anchor: str
    kind: str
    level: int
    number: str
    title: str
    blocks: list[Block]
    sections: list[Section]


@dataclass(slots=True)
class Note:
    """A footnote with its number (from 1)."""

    number: int
    inlines: list[Inline]


@dataclass(slots=True)
class Fact:
    """A line of the title block: "Convenor", "United Nations Association in Canada"."""

    label: str
    text: str


@dataclass(slots=True)
class Report:
    """A whole chapter.

    `number` is "10" or ""; `kicker` the words above the title ("Chapter 10", or the series); `draft` the words that
    mark a draft, or ""; `author` what the file's properties name (byline or convenor); `date` ISO, of the event;
    `words` the writers' own few fixed words in the report's language ("notes", "contents", "back").
    """

    event: str
    language: str
    regime: str
    kicker: str
    number: str
    title: str
    byline: str
    author: str
    date: str
    draft: str
    running: str  # the running head: convenor's short name, place, date
    facts: list[Fact]
    front: list[Block]
    sections: list[Section]
    annexes: list[Section]
    notes: list[Note]
    words: dict[str, str]


# ------------------------------------------------------------------ as JSON

KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Text, Emphasis, Strong, Call, Claim, Link, Bar, Sentence, Paragraph, Items, Item, Table, Section, Note, Fact,
        Report,
    )
}  # fmt: skip


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        plain = {
            name.name: _plain(told)
            for name in fields(value)
            if (told := getattr(value, name.name)) != name.default or "added" not in name.metadata
        }
        return {"type": type(value).__name__, **plain}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value


def _tree(value: Any) -> Any:
    if isinstance(value, dict) and "type" in value:
        return KINDS[value["type"]](**{name: _tree(part) for name, part in value.items() if name != "type"})
    if isinstance(value, list):
        return [_tree(entry) for entry in value]
    return value


def as_json(report: Report) -> str:
    """The tree as JSON text; every object names its `type`, keys stand in the order of the classes."""
    return json.dumps(_plain(report), ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> Report:
    """The tree that `as_json` wrote."""
    report = _tree(json.loads(text))
    if not isinstance(report, Report):
        raise ValueError("not a report's tree")
    return report
