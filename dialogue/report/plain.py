"""What every writer asks of the tree: text that a file can hold, the places in it, a bar's cells, its title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from dialogue.report.tree import Bar, Block, Call, Inline, Items, Paragraph, Report, Section, Sentence, Table

GLYPHS = "■◧▨○·"  # support, reservations, opposed, abstained, silent
CELLS = 40  # more people than this and the bar is drawn to scale

# XML has no place for these, lone surrogates have no UTF-8, and no font draws the rest of C1.
_NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_BREAK = re.compile("[\t\n\r\x85\u2028\u2029]+")
_WEB = re.compile(r"(https?|mailto):", re.IGNORECASE)


class NotPrintable(ValueError):
    """The tree breaks a promise that printing needs (a link to nowhere, notes out of order)."""


def clean(text: str) -> str:
    """The text on one line, without the characters that XML cannot hold."""
    if text.isprintable():
        return text
    return _NEVER.sub("", _BREAK.sub(" ", text))


def web_address(target: str) -> str:
    """The target if it is a web address, else "": a script or a file's path is not followed."""
    return clean(target) if _WEB.match(target) else ""


def cells(bar: Bar) -> tuple[list[int], str]:
    """How many cells each of the five stances gets, and the numbers when the cells are not one a person."""
    counts = [bar.support, bar.reservations, bar.opposed, bar.abstained, bar.silent]
    people = sum(counts)
    if people <= CELLS:
        return counts, ""
    shares = [count * CELLS / people for count in counts]
    drawn = [max(int(share), 1 if count else 0) for share, count in zip(shares, counts, strict=True)]
    # Largest remainder; a stance that somebody took never disappears, so the largest may have to give one back.
    while sum(drawn) < CELLS:
        drawn[max(range(5), key=lambda at: shares[at] - drawn[at])] += 1
    while sum(drawn) > CELLS:
        drawn[max(range(5), key=lambda at: drawn[at] - shares[at] if drawn[at] > 1 else -1)] -= 1
    return drawn, " ".join(f"{glyph} {count}" for glyph, count in zip(GLYPHS, counts, strict=True))


def glyphs(bar: Bar) -> str:
    """The bar in characters, with its numbers where it is drawn to scale."""
    drawn, numbers = cells(bar)
    line = "".join(glyph * count for glyph, count in zip(GLYPHS, drawn, strict=True))
    return f"{line} ({numbers})" if numbers else line


def heading(section: Section) -> str:
    """A heading's words: its number, if it has one, and its title."""
    return clean(f"{section.number} {section.title}".strip())


def chapter_words(report: Report) -> tuple[str, str]:
    """The kicker and the number to set large: "Chapter" and "10", also where the kicker says "Chapter 10"."""
    return clean(report.kicker.removesuffix(report.number).rstrip() if report.number else report.kicker), report.number


def property_title(report: Report) -> str:
    """The title in a file's properties; a draft says so there too."""
    return clean(f"{report.draft} – {report.title}" if report.draft else report.title)


def anchors(report: Report) -> list[str]:
    """Every place that a link can lead to, in the order of the document, as often as it is there; "" for none."""
    return list(_anchors([*report.front, *report.sections, *report.annexes]))


def places(report: Report) -> set[str]:
    """Every place that a link can lead to. Raises NotPrintable when two have the same name."""
    found = [anchor for anchor in anchors(report) if anchor]
    known = set(found)
    if len(known) < len(found):
        twice = next(anchor for anchor in found if found.count(anchor) > 1)
        raise NotPrintable(f"two places in it are called “{twice}”")
    return known


def _anchors(blocks: Iterable[Block | Section]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from (block.anchor, *_inline_anchors(block.inlines))
        elif isinstance(block, Items):
            for item in block.items:
                yield item.anchor
                yield from _anchors(item.blocks)
        elif isinstance(block, Table):
            for anchor, row in zip(block.anchors, block.rows, strict=False):
                yield anchor
                for cell in row:
                    yield from _inline_anchors(cell)
        else:
            yield block.anchor
            yield from _anchors(block.blocks)
            yield from _anchors(block.sections)


def _inline_anchors(inlines: Iterable[Inline]) -> Iterator[str]:
    for inline in inlines:
        if isinstance(inline, Sentence):
            yield from inline.anchors
            yield from _inline_anchors(inline.inlines)
        elif isinstance(inline, Call) and not inline.again:
            yield f"call-{inline.number}"


def event_day(report: Report) -> datetime:
    """The event's day, which is the clock of every writer; 1980 is the first year that a zip can say."""
    first = datetime(1980, 1, 1, tzinfo=UTC)
    return max(datetime.fromisoformat(report.date[:10]).replace(tzinfo=UTC), first) if report.date else first
