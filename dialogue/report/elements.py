"""The report's tree as Pandoc's: plain dicts, with nothing in them that a reader of markup could mistake for markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from dialogue.report.tree import (
    Bar, Block, Call, Claim, Emphasis, Inline, Items, Link, Note, Paragraph, Report, Section, Sentence, Strong, Table,
    Text,
)  # fmt: skip

API = [1, 23, 1, 1]
GLYPHS = "■◧▨○·"  # support, reservations, opposed, abstained, silent
CELLS = 40  # more people than this and the bar is drawn to scale
DEEPEST = {"docx": 9, "odt": 9, "epub": 6, "md": 6, "jats": 9}
STYLED = ("docx", "odt")  # formats whose looks are named styles; the others take classes or nothing
RINGED = ("docx", "odt", "epub")  # formats where a sentence may carry a small link to its basis

Element = dict[str, Any]

# XML has no place for these, lone surrogates have no UTF-8, and no font draws the rest of C1.
_NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAK = re.compile("[\t\n\r\x85\u2028\u2029]+")
_WEB = re.compile(r"(https?|mailto):", re.IGNORECASE)
# What pandoc's Markdown would leave bare and then read as something else, and the spaces between words.
_WORDS = re.compile(r"""( +|["'&^@]|--+|\.\.\.+|^:)""")


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


# ------------------------------------------------------------------ making elements


# The same few things thousands of times: made once, shared and never changed.
_BARE: list[Any] = ["", [], []]
_DEFAULT: Element = {"t": "AlignDefault"}
_SPACE: Element = {"t": "Space"}


def attributes(anchor: str = "", name: str = "", style: str = "") -> list[Any]:
    """Pandoc's [id, classes, pairs]."""
    if not (name or style):
        return [anchor, [], []] if anchor else _BARE
    return [anchor, [name] if name else [], [["custom-style", style]] if style else []]


def span(inlines: list[Element], anchor: str = "", name: str = "", style: str = "") -> Element:
    """Words with an id, a class or a named style."""
    return {"t": "Span", "c": [attributes(anchor, name, style), inlines]}


def paragraph(inlines: list[Element]) -> Element:
    """A paragraph."""
    return {"t": "Para", "c": inlines}


def link(inlines: list[Element], target: str, name: str = "", title: str = "") -> Element:
    """A link; `title` is its alternative text."""
    return {"t": "Link", "c": [attributes(name=name), inlines, [target, title]]}


def _markdown(part: str) -> Element:
    """A word, a space, or signs that stand for themselves behind a backslash each."""
    if part[0] == " ":
        return _SPACE
    if _WORDS.fullmatch(part):
        return {"t": "RawInline", "c": ["markdown", "".join(f"\\{sign}" for sign in part)]}
    return {"t": "Str", "c": part}


@dataclass(slots=True)
class Elements:
    """Makes Pandoc's elements for one report in one format. Call `blocks_of`, `sections_of`, `title_block`."""

    report: Report
    format: str
    ringed: bool = True  # whether sentences carry a link to their basis
    known: set[str] = field(init=False)
    notes: dict[int, Note] = field(init=False)
    called: int = 0
    in_note: bool = False
    in_list: bool = False
    in_annex: bool = False

    def __post_init__(self) -> None:
        self.known = places(self.report)
        self.notes = {note.number: note for note in self.report.notes}

    # -------------------------------------------------------------- inside a line

    def text(self, text: str) -> list[Element]:
        """Text as it is. Markdown needs its words apart, so that what begins one is escaped; the others do not."""
        text = clean(text)
        if not text:
            return []
        if self.format != "md":
            return [{"t": "Str", "c": text}]
        return [_markdown(part) for part in _WORDS.split(text) if part]

    def styled(self, inlines: list[Element], name: str, anchor: str = "") -> Element:
        """A span in the style called `name` where the format has styles, of that class elsewhere."""
        if self.format in STYLED:
            return span(inlines, anchor, style=name.title())
        return span(inlines, anchor, name=name.lower().replace(" ", "-") if self.format == "epub" else "")

    def line(self, inlines: list[Inline]) -> list[Element]:
        """The inlines of the tree as Pandoc's."""
        out: list[Element] = []
        for inline in inlines:
            out += _INLINES[type(inline)](self, inline)
        return out

    def raised(self, inlines: list[Element]) -> list[Element]:
        """Words set above the line. In Markdown "^[" would begin a note, so there HTML's tags say it."""
        if self.format == "md":
            tags: list[Element] = [{"t": "RawInline", "c": ["markdown", tag]} for tag in ("<sup>", "</sup>")]
            return [tags[0], *inlines, tags[1]]
        return [{"t": "Superscript", "c": inlines}]

    def emphasis(self, inline: Emphasis) -> list[Element]:
        return [{"t": "Emph", "c": self.text(inline.text)}]

    def strong(self, inline: Strong) -> list[Element]:
        return [{"t": "Strong", "c": self.text(inline.text)}]

    def call(self, inline: Call) -> list[Element]:
        anchor, number = f"call-{inline.number}", str(inline.number)
        if inline.again or self.in_note:
            return self.raised([self.to(anchor, self.text(number))])
        self.called += 1
        if inline.number != self.called or inline.number not in self.notes:
            raise NotPrintable(f"footnote {inline.number} is called where footnote {self.called} is due")
        self.in_note = True
        note = {"t": "Note", "c": [paragraph(self.line(self.notes[inline.number].inlines))]}
        self.in_note = False
        return [span([note], anchor)]

    def claim(self, inline: Claim) -> list[Element]:
        words = self.text(inline.words)
        if inline.state == "open":
            return [self.styled([{"t": "Strong", "c": words}], "open claim")]
        if inline.state == "marked" and inline.mark:
            mark = self.text(inline.mark)
            return [*words, *self.raised([self.to(inline.target, mark)] if inline.target else mark)]
        return words

    def link(self, inline: Link) -> list[Element]:
        words = self.text(inline.text)
        if inline.target.startswith("#"):
            return [self.to(inline.target, words)]
        address = web_address(inline.target)
        return [link(words, address)] if address else words

    def bar(self, inline: Bar) -> list[Element]:
        words = self.text(f" {inline.words}") if inline.words else []
        return [self.styled(self.text(glyphs(inline)), "bar"), *words]

    def sentence(self, inline: Sentence) -> list[Element]:
        words, space = self.line(inline.inlines), []
        if words and words[-1] is _SPACE:
            words, space = words[:-1], [_SPACE]
        elif words and words[-1]["t"] == "Str" and words[-1]["c"].endswith(" "):
            words[-1], space = {"t": "Str", "c": words[-1]["c"].rstrip(" ")}, self.text(" ")
        for anchor in inline.anchors[:0:-1]:
            words.insert(0, span([], anchor))
        if inline.anchors:
            words = [span(words, inline.anchors[0])]
        return [*words, *self.ring(inline), *space]

    def ring(self, sentence: Sentence) -> list[Element]:
        """The small link from a sentence to the first statement behind it, where the chapter prints that statement."""
        target = f"basis-{sentence.statements[0]}" if sentence.statements else ""
        if not self.ringed or self.format not in RINGED or self.in_note or target not in self.known:
            return []
        title = clean(self.report.words.get("basis", ""))
        return [link([self.styled([{"t": "Str", "c": "°"}], "basis")], f"#{target}", "to-basis", title)]

    def to(self, anchor: str, words: list[Element]) -> Element:
        """A link inside the document. Raises NotPrintable when it leads nowhere."""
        anchor = anchor.removeprefix("#")
        if anchor not in self.known:
            raise NotPrintable(f"the chapter links to “{anchor}”, which is nowhere in it")
        return link(words, f"#{anchor}")

    # -------------------------------------------------------------- blocks

    def blocks_of(self, blocks: list[Block]) -> list[Element]:
        """Blocks as Pandoc's."""
        out: list[Element] = []
        for block in blocks:
            if isinstance(block, Paragraph):
                out.append(self.paragraph(block))
            elif isinstance(block, Items):
                out.append(self.items(block))
            else:
                out.append(self.table(block))
        return out

    def paragraph(self, block: Paragraph, anchor: str = "") -> Element:
        words = self.line(block.inlines)
        for place in filter(None, (block.anchor, anchor)):
            words = [span(words, place)]
        if block.label:
            words += [*self.text(" "), self.styled(self.text(f"[{block.label}]"), "label")]
        made = paragraph(words)
        if self.in_list and block.kind == "body" and self.format == "docx":
            return self.named([made], "list paragraph")  # bare, it would be in no style at all
        name = block.kind if block.kind != "body" else "annex text" if self.in_annex else ""
        return self.named([made], name) if name else made

    def named(self, blocks: list[Element], name: str) -> Element:
        """Blocks in a named style, or of a class; the text formats have neither, there the first block stands bare."""
        if self.format in STYLED:
            return {"t": "Div", "c": [attributes(style=name.title()), blocks]}
        if self.format == "epub" or len(blocks) > 1:
            return {"t": "Div", "c": [attributes(name=name.replace(" ", "-")), blocks]}
        return blocks[0]

    def items(self, block: Items) -> Element:
        items, outer, self.in_list = [], self.in_list, True
        for item in block.items:
            first, *rest = item.blocks or [Paragraph([])]
            if isinstance(first, Paragraph):
                items.append([self.paragraph(first, item.anchor), *self.blocks_of(rest)])
            else:
                place = [paragraph([span([], item.anchor)])] if item.anchor else []
                items.append([*place, *self.blocks_of(item.blocks)])
        self.in_list = outer
        if block.kind == "plain":
            return {"t": "BulletList", "c": items}
        style = "LowerAlpha" if block.kind == "lettered" else "Decimal"
        return {"t": "OrderedList", "c": [[1, {"t": style}, {"t": "Period"}], items]}

    def table(self, block: Table) -> Element:
        columns = [[{"t": "AlignLeft"}, {"t": "ColWidth", "c": width}] for width in block.widths]
        head = self.row([[{"t": "Plain", "c": self.text(words)}] for words in block.header])
        rows = []
        places = [*block.anchors, *[""] * (len(block.rows) - len(block.anchors))]
        for row, anchor in zip(block.rows, places, strict=True):
            lines = [self.line(cell) for cell in row]
            if anchor and lines:
                lines[0].insert(0, span([], anchor))
            rows.append(self.row([[{"t": "Plain", "c": line}] for line in lines]))
        body = [attributes(), 0, [], rows]
        made = [attributes(), [None, []], columns, [attributes(), [head]], [body], [attributes(), []]]
        return {"t": "Table", "c": made}

    def row(self, cells: list[list[Element]]) -> list[Any]:
        return [_BARE, [[_BARE, _DEFAULT, 1, 1, blocks] for blocks in cells]]

    def sections_of(self, sections: list[Section], level: int = 1) -> list[Element]:
        """Sections as headings and blocks. The level is the depth, so none is skipped."""
        out: list[Element] = []
        for section in sections:
            depth = min(level, DEEPEST[self.format])
            out.append({"t": "Header", "c": [depth, attributes(section.anchor), self.text(heading(section))]})
            out += self.blocks_of(section.blocks)
            out += self.sections_of(section.sections, level + 1)
        return out


_INLINES: dict[type, Callable[[Elements, Any], list[Element]]] = {
    Text: lambda elements, inline: elements.text(inline.text),
    Emphasis: Elements.emphasis,
    Strong: Elements.strong,
    Call: Elements.call,
    Claim: Elements.claim,
    Link: Elements.link,
    Bar: Elements.bar,
    Sentence: Elements.sentence,
}
