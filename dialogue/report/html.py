"""The chapter in HTML: the body that its page shows, and one complete file to keep.

One small function for each node of the tree. Whatever the tree says in words goes through `escape`; nothing in it is
markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape as escaped
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from dialogue.positions.bars import drawn
from dialogue.report.plain import anchors, chapter_words, clean, property_title
from dialogue.report.sheets import styles
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

WEB = re.compile(r"https?://[^\s]+\Z", re.IGNORECASE)
LISTS = {"numbered": "<ol>{}</ol>", "lettered": '<ol type="a">{}</ol>', "plain": "<ul>{}</ul>"}
DEEPEST = 6


def escape(text: str) -> str:
    """Text as it may stand in an element or between double quotes."""
    return escaped(clean(text))


def identity(anchor: str) -> str:
    """The attribute that makes a place of an anchor, or ""."""
    return f' id="{escape(anchor)}"' if anchor else ""


def places(names: Iterable[str]) -> str:
    """Further places that links lead to, where an element has an id already."""
    return "".join(f"<span{identity(name)}></span>" for name in names if name)


@dataclass
class Chapter:
    """A report on its way to HTML.

    `behind` makes what stands after a sentence that has statements; `address` goes before the links within the chapter
    where a piece of it is shown elsewhere; `hint` stands under the title and tells what can be done with a sentence.
    """

    report: Report
    behind: Callable[[Chapter, Sentence], str]
    address: str = ""
    hint: str = ""
    known: set[str] = field(init=False)
    in_note: bool = False

    def __post_init__(self) -> None:
        found = {anchor for anchor in anchors(self.report) if anchor}
        self.known = found | {f"note-{note.number}" for note in self.report.notes}

    # -------------------------------------------------------------- inside a line

    def line(self, inlines: list[Inline]) -> str:
        """Inlines one after another."""
        return "".join([INLINES[type(inline)](self, inline) for inline in inlines])

    def text(self, inline: Text) -> str:
        """Words, escaped."""
        return escape(inline.text)

    def emphasis(self, inline: Emphasis) -> str:
        """Words in italics."""
        return f"<em>{escape(inline.text)}</em>"

    def strong(self, inline: Strong) -> str:
        """Words in bold."""
        return f"<strong>{escape(inline.text)}</strong>"

    def call(self, inline: Call) -> str:
        """A note’s number, which leads to the note."""
        number = inline.number
        if f"note-{number}" not in self.known:
            return f"<sup>{number}</sup>"
        here = "" if inline.again or self.in_note else identity(f"call-{number}")
        label = escape(_("Note %(number)d") % {"number": number})
        link = f'<a class="call"{here} href="#note-{number}" role="doc-noteref" aria-label="{label}">{number}</a>'
        return f"<sup>{link}</sup>"

    def claim(self, inline: Claim) -> str:
        """Agreement words with their mark, or in brackets."""
        words = escape(inline.words)
        if inline.state == "open":
            return f'<strong class="open-claim">{words}</strong>'
        if inline.state != "marked" or not inline.mark:
            return words
        label = escape(_("%(mark)s, beyond the record: see the legend") % {"mark": inline.mark})
        mark = self.link_to(inline.target, escape(inline.mark), f' aria-label="{label}"')
        return f'<span class="claim">{words}<sup class="beyond">{mark}</sup></span>'

    def link(self, inline: Link) -> str:
        """A link inside the document or to the web; text alone where the address is neither."""
        words, target = escape(inline.text), clean(inline.target)
        if target.startswith("#"):
            return self.link_to(target, words)
        # A web address and nothing else: a script or a file's path stays words.
        return f'<a href="{escaped(target)}" rel="noreferrer">{words}</a>' if WEB.match(target) else words

    def link_to(self, target: str, words: str, attributes: str = "") -> str:
        """A link inside the chapter, or its words alone where there is no such place."""
        anchor = target.removeprefix("#")
        if anchor not in self.known:
            return words
        return f'<a href="{escape(self.address)}#{escape(anchor)}"{attributes}>{words}</a>'

    def bar(self, inline: Bar) -> str:
        """The agreement bar as every page draws it; who cannot see it hears the numbers."""
        cells = drawn(inline)
        line = "".join([f'<i class="cell {kind}"></i>' for kind in cells.kinds])
        words = f' <span class="words">{escape(inline.words)}</span>' if inline.words else ""
        label = escape(cells.label)
        return f'<span class="bar" role="img" aria-label="{label}"><span class="cells">{line}</span>{words}</span>'

    def sentence(self, inline: Sentence) -> str:
        """A sentence; the space after it stays outside, so that what is highlighted ends with its full stop."""
        words = self.line(inline.inlines)
        stripped = words.rstrip(" ")
        space = " " if stripped != words else ""
        if not inline.statements or self.in_note:
            return places(inline.anchors) + words
        first, *further = inline.anchors or [""]
        ids = escape(" ".join(inline.statements))
        opening = f'<span class="sentence"{identity(first)} data-statements="{ids}">'
        return f"{opening}{places(further)}{stripped}{self.behind(self, inline)}</span>{space}"

    # -------------------------------------------------------------- blocks

    def blocks(self, blocks: list[Block], caption: str = "") -> str:
        """Blocks one below another."""
        return "".join([BLOCKS[type(block)](self, block, caption) for block in blocks])

    def paragraph(self, block: Paragraph, caption: str = "") -> str:
        """A paragraph of its kind."""
        kind = "" if block.kind == "body" else f' class="{escape(block.kind)}"'
        label = f' <small class="whose">{escape(block.label)}</small>' if block.label else ""
        return f"<p{identity(block.anchor)}{kind}>{self.line(block.inlines)}{label}</p>\n"

    def items(self, block: Items, caption: str = "") -> str:
        """A list of its kind."""
        items = [f"<li{identity(item.anchor)}>{self.blocks(item.blocks, caption)}</li>\n" for item in block.items]
        return LISTS[block.kind].format("\n" + "".join(items)) + "\n"

    def table(self, block: Table, caption: str = "") -> str:
        """A table under its section's title. Columns have classes for widths: a style attribute is forbidden here."""
        columns = "".join(f'<col class="share-{max(1, min(20, round(width * 20)))}">' for width in block.widths)
        head = "".join(f'<th scope="col">{escape(words)}</th>' for words in block.header)
        names = [*block.anchors, *[""] * (len(block.rows) - len(block.anchors))]
        rows = [self.row(block, row, name) for row, name in zip(block.rows, names, strict=False)]
        return (
            f"<table><caption>{escape(caption)}</caption><colgroup>{columns}</colgroup>\n<thead><tr>{head}</tr></thead>\n"
            f"<tbody>\n{''.join(rows)}</tbody></table>\n"
        )

    def row(self, table: Table, row: list[list[Inline]], anchor: str) -> str:
        """A row; each cell repeats its column's words for the narrow screen, where a row becomes a list."""
        heads = [escape(words) for words in table.header] + [""] * len(row)
        made = []
        for at, (head, cell) in enumerate(zip(heads, row, strict=False)):
            tag, scope = ("th", ' scope="row"') if at == 0 and cell else ("td", "")
            made.append(f'<{tag}{scope} data-column="{head}">{self.line(cell)}</{tag}>')
        return f"<tr{identity(anchor)}>{''.join(made)}</tr>\n"

    # -------------------------------------------------------------- sections

    def section(self, section: Section, level: int = 2) -> str:
        """A section. The heading's level is the depth, so none is skipped, whatever the tree says."""
        tag = f"h{min(level, DEEPEST)}"
        number = f'<span class="number">{escape(section.number)}</span> ' if section.number else ""
        blocks = self.blocks(section.blocks, section.title)
        below = "".join([self.section(one, level + 1) for one in section.sections])
        return (
            f'<section{identity(section.anchor)} class="{escape(section.kind)}">\n'
            f"<{tag}>{number}{escape(section.title)}</{tag}>\n{blocks}{below}</section>\n"
        )

    def title_block(self) -> str:
        """Number, title, byline and facts."""
        report = self.report
        kicker, number = chapter_words(report)
        set_large = f' <span class="chapter-number">{escape(number)}</span>' if number else ""
        facts = "".join(f"<div><dt>{escape(one.label)}</dt><dd>{escape(one.text)}</dd></div>" for one in report.facts)
        lines = [
            f'<p class="draft">{escape(report.draft)}</p>' if report.draft else "",
            f'<p class="kicker">{escape(kicker)}{set_large}</p>' if kicker or number else "",
            f"<h1>{escape(report.title)}</h1>",
            f'<p class="byline">{escape(report.byline)}</p>' if report.byline else "",
            f'<dl class="facts">{facts}</dl>' if facts else "",
        ]
        return f'<header class="title-block">{"".join(lines)}</header>\n'

    def notes(self) -> str:
        """Every footnote once, at the end; where there is room the page moves them beside their calls."""
        if not self.report.notes:
            return ""
        title = escape(self.report.words.get("notes") or _("Notes"))
        self.in_note = True
        notes = "".join([self.note(note) for note in self.report.notes])
        self.in_note = False
        return f'<section class="notes" id="notes">\n<h2>{title}</h2>\n<ol>\n{notes}</ol></section>\n'

    def note(self, note: Note) -> str:
        """A footnote with the way back to its call."""
        label = escape(_("Back to note %(number)d in the text") % {"number": note.number})
        back = f' <a class="back" href="#call-{note.number}" role="doc-backlink" aria-label="{label}">↩</a>'
        back = back if f"call-{note.number}" in self.known else ""
        return f'<li id="note-{note.number}" value="{note.number}">{self.line(note.inlines)}{back}</li>\n'

    def body(self) -> str:
        """The chapter from its title to its last annex."""
        report = self.report
        front = f'<div class="front">\n{self.blocks(report.front, report.title)}</div>\n' if report.front else ""
        sections = "".join([self.section(one) for one in report.sections])
        annexes = "".join([self.section(one) for one in report.annexes])
        annexes = f'<div class="annexes">\n{annexes}</div>\n' if annexes else ""
        hint = f'<p class="hint">{escape(self.hint)}</p>\n' if self.hint and 'class="behind"' in sections else ""
        return self.title_block() + hint + front + sections + self.notes() + annexes

    def contents(self) -> str:
        """The table of contents: a list of links, two levels deep in the text, one in the annexes; "" where none is."""
        titles = [self.entry(section, 2) for section in self.report.sections]
        if self.report.notes:
            titles.append(
                f'<li class="to-notes"><a href="#notes">{escape(self.report.words.get("notes") or _("Notes"))}</a></li>'
            )
        titles += [self.entry(section, 1) for section in self.report.annexes]
        return f"<ol>{''.join(titles)}</ol>" if titles else ""

    def entry(self, section: Section, depth: int) -> str:
        """A line of the contents, with those below it."""
        number = f'<span class="number">{escape(section.number)}</span> ' if section.number else ""
        words = f"{number}{escape(section.title)}"
        below = "".join(self.entry(one, depth - 1) for one in section.sections) if depth > 1 else ""
        below = f"<ol>{below}</ol>" if below else ""
        return f'<li class="{escape(section.kind)}">{self.link_to(section.anchor, words)}{below}</li>'


INLINES: dict[type, Callable[[Chapter, Any], str]] = {
    Text: Chapter.text,
    Emphasis: Chapter.emphasis,
    Strong: Chapter.strong,
    Call: Chapter.call,
    Claim: Chapter.claim,
    Link: Chapter.link,
    Bar: Chapter.bar,
    Sentence: Chapter.sentence,
}
BLOCKS: dict[type, Callable[[Chapter, Any, str], str]] = {
    Paragraph: Chapter.paragraph,
    Items: Chapter.items,
    Table: Chapter.table,
}

# ------------------------------------------------------------------ what stands after a sentence


def ring(chapter: Chapter, sentence: Sentence) -> str:
    """One small ring, as on paper: it leads to the first statement's row in the last annex, where the others follow.

    Every statement stands in the sentence's `data-statements`; a mark for each would look like dirt after the words.
    """
    there = [statement for statement in sentence.statements if f"basis-{statement}" in chapter.known]
    if not there:
        return ""
    return f'<a class="behind" href="#basis-{escape(there[0])}" aria-label="{escape(how_many(len(there)))}">°</a>'


def how_many(count: int) -> str:
    """What a ring is called by a program that reads the page aloud."""
    label = ngettext("%(count)d statement behind this sentence", "%(count)d statements behind this sentence", count)
    return label % {"count": count}


def asking(address: str) -> Callable[[Chapter, Sentence], str]:
    """What makes the page's small link after a sentence: `address` shows the statements whose labels it is given."""

    def link(chapter: Chapter, sentence: Sentence) -> str:
        href = escape(address + ",".join(sentence.statements))
        return f'<a class="behind" href="{href}" aria-label="{escape(how_many(len(sentence.statements)))}">°</a>'

    return link


# ------------------------------------------------------------------ the page's parts, and the file


@dataclass(frozen=True, slots=True)
class Parts:
    """A chapter for a template. `words` head the contents, as the chapter's language has them."""

    body: SafeString
    contents: SafeString
    words: str


def cut(chapter: Chapter) -> Parts:
    """A rendered chapter in the parts that a page places."""
    words = clean(chapter.report.words.get("contents") or _("Contents"))
    return Parts(mark_safe(chapter.body()), mark_safe(chapter.contents()), words)


def parts(report: Report, address: str) -> Parts:
    """The chapter for its page. `address` is where a sentence asks for its statements, to be followed by labels."""
    with override(report.language):
        hint = _("Press a sentence, or the ° at its end, to see the statements behind it.")
        return cut(Chapter(report, asking(address), hint=hint))


def write(report: Report) -> bytes:
    """The chapter as one HTML file that needs nothing else: no scripts, no other files. Same report, same bytes."""
    with override(report.language):
        context = {
            "parts": cut(Chapter(report, ring)),
            "language": clean(report.language),
            "title": property_title(report),
            "author": clean(report.author),
            "date": clean(report.date),
            "styles": mark_safe(styles(report)),
        }
        return render_to_string("report/standalone.html", context).encode()
