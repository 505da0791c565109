"""The report's tree as Pandoc's: plain dicts, with nothing in them that a reader of markup could mistake for markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dialogue.report.plain import NotPrintable, clean, glyphs, heading, places, web_address
from dialogue.report.tree import (
    Bar,
    Block,
    Call,
    Claim,
    Emphasis,
    Inline,
    Items,
    Link,
    Note,
    Paragraph,
    Report,
    Section,
    Sentence,
    Strong,
    Table,
    Text,
)

API = [1, 23, 1, 1]
DEEPEST = {"docx": 9, "odt": 9, "epub": 6, "md": 6, "jats": 9}
STYLED = ("docx", "odt")  # formats whose looks are named styles; the others take classes or nothing
RINGED = ("docx", "odt", "epub")  # formats where a sentence may carry a small link to its basis

Element = dict[str, Any]

# What pandoc's Markdown would leave bare and then read as something else, and the spaces between words.
_WORDS = re.compile(r"""( +|["'&^@]|--+|\.\.\.+|^:)""")


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
        """Words in italics."""
        return [{"t": "Emph", "c": self.text(inline.text)}]

    def strong(self, inline: Strong) -> list[Element]:
        """Words in bold."""
        return [{"t": "Strong", "c": self.text(inline.text)}]

    def call(self, inline: Call) -> list[Element]:
        """A footnote at its first call, a link to it afterwards."""
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
        """Agreement words with their mark, or in brackets."""
        words = self.text(inline.words)
        if inline.state == "open":
            return [self.styled([{"t": "Strong", "c": words}], "open claim")]
        if inline.state == "marked" and inline.mark:
            mark = self.text(inline.mark)
            return [*words, *self.raised([self.to(inline.target, mark)] if inline.target else mark)]
        return words

    def link(self, inline: Link) -> list[Element]:
        """A link inside the document or to the web; text alone where the address is neither."""
        words = self.text(inline.text)
        if inline.target.startswith("#"):
            return [self.to(inline.target, words)]
        address = web_address(inline.target)
        return [link(words, address)] if address else words

    def bar(self, inline: Bar) -> list[Element]:
        """An agreement bar as glyphs, with its words."""
        words = self.text(f" {inline.words}") if inline.words else []
        return [self.styled(self.text(glyphs(inline)), "bar"), *words]

    def sentence(self, inline: Sentence) -> list[Element]:
        """A sentence in the places that lead to it, with its ring."""
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
        """A paragraph in the style of its kind."""
        words = self.line(block.inlines)
        for place in filter(None, (block.anchor, anchor)):
            words = [span(words, place)]
        if block.label:
            gap = " " if self.format == "md" else "\u00a0"  # it stays with the last word
            words += [*self.text(gap), self.styled(self.text(f"[{block.label}]"), "label")]
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
        """A list."""
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
        """A table with its header row."""
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
        """A row of cells."""
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
