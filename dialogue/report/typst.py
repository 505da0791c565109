"""The chapter as a PDF by typst: tagged, PDF/UA-1 and PDF/A-2a, from a template that reads the tree as data.

The words of the chapter reach typst as JSON and never as source, so none of them can be markup.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from dialogue.report.failed import WriterFailed
from dialogue.report.plain import (
    NotPrintable,
    cells,
    chapter_words,
    clean,
    event_day,
    heading,
    places,
    property_title,
    web_address,
)
from dialogue.report.tree import (
    Bar,
    Block,
    Call,
    Claim,
    Emphasis,
    Inline,
    Items,
    Paragraph,
    Report,
    Section,
    Sentence,
    Strong,
    Text,
)

LIMIT = 120  # seconds
TEMPLATE = Path(__file__).with_name("chapter.typ")
PROGRAM = Path(__file__).with_name("typeset.py")
LONG_WORD = 24  # letters
LONG_ROW = 1500  # letters in one cell: such a row may break over pages
STANCES = ["support", "reservations", "opposed", "abstained", "silent"]
STANDARDS = ["ua-1", "a-2a"]


class _Data:
    """The tree as plain data for the template: cleaned, its links checked, its bars drawn to scale."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.known = places(report)
        self.called = 0
        self.in_note = False

    def chapter(self) -> dict[str, Any]:
        """Everything that the template reads."""
        report = self.report
        kicker, number = chapter_words(report)
        plain = ("language", "title", "byline", "author", "draft", "running")
        return {name: clean(getattr(report, name)) for name in plain} | {
            "kicker": kicker,
            "number": number,
            "property-title": property_title(report),
            "facts": [{"label": clean(fact.label), "text": clean(fact.text)} for fact in report.facts],
            "front": self.blocks(report.front),
            "sections": self.sections(report.sections),
            "annexes": self.sections(report.annexes),
            "notes": self.notes(),
        }

    def notes(self) -> list[list[Any]]:
        self.in_note = True
        return [self.inlines(note.inlines) for note in sorted(self.report.notes, key=lambda note: note.number)]

    def sections(self, sections: list[Section]) -> list[dict[str, Any]]:
        return [
            {
                "anchor": section.anchor,
                "heading": heading(section),
                "blocks": self.blocks(section.blocks),
                "sections": self.sections(section.sections),
            }
            for section in sections
        ]

    def blocks(self, blocks: list[Block]) -> list[dict[str, Any]]:
        return [self.block(block) for block in blocks]

    def block(self, block: Block) -> dict[str, Any]:
        if isinstance(block, Paragraph):
            inlines = self.inlines(block.inlines)
            says = {"kind": block.kind, "label": clean(block.label), "anchor": block.anchor}
            return {"t": "Paragraph", "inlines": inlines} | says
        if isinstance(block, Items):
            items = [{"anchor": item.anchor, "blocks": self.blocks(item.blocks)} for item in block.items]
            return {"t": "Items", "kind": block.kind, "items": items}
        rows = [{"cells": [self.cell(cell) for cell in row], "long": _is_long(row)} for row in block.rows]
        header = [clean(title) for title in block.header]
        return {"t": "Table", "header": header, "widths": block.widths, "rows": rows, "anchors": block.anchors}

    def cell(self, inlines: list[Inline]) -> list[dict[str, Any]]:
        """A cell that begins with a bar has the bar's words below it: columns are narrow."""
        made = self.inlines(inlines)
        return [made[0] | {"below": True}, *made[1:]] if made and made[0]["t"] == "Bar" else made

    def inlines(self, inlines: list[Inline]) -> list[dict[str, Any]]:
        return [self.inline(inline) for inline in inlines]

    def inline(self, inline: Inline) -> dict[str, Any]:
        says: dict[str, Any]
        if isinstance(inline, Text | Emphasis | Strong):
            return {"t": type(inline).__name__, "text": clean(inline.text)}
        if isinstance(inline, Sentence):
            return self.sentence(inline)
        if isinstance(inline, Call):
            return {"t": "Call", "number": inline.number, "again": self.again(inline)}
        if isinstance(inline, Claim):
            target = self.reached(inline.target) if inline.mark and inline.target else ""
            says = {"words": clean(inline.words), "state": inline.state, "mark": clean(inline.mark)}
            return {"t": "Claim", "target": target} | says
        if isinstance(inline, Bar):
            drawn, numbers = cells(inline)
            says = {"numbers": numbers, "words": clean(inline.words), "below": False}
            return {"t": "Bar", "cells": list(zip(STANCES, drawn, strict=True))} | says
        inside = inline.target.startswith("#")
        target = self.reached(inline.target) if inside else web_address(inline.target)
        return {"t": "Link", "text": clean(inline.text), "inside": inside, "target": target}

    def sentence(self, sentence: Sentence) -> dict[str, Any]:
        inlines, last, after = self.inlines(sentence.inlines), "", ""
        while inlines and inlines[-1]["t"] == "Text" and not last:
            words = inlines.pop()["text"]
            kept = words.rstrip(" ")
            after = words[len(kept) :] + after
            before, space, last = kept.rpartition(" ")
            if len(last) > LONG_WORD:  # such a word needs its own places to break
                inlines.append({"t": "Text", "text": kept})
                last = ""
                break
            inlines += [{"t": "Text", "text": before + space}] if before or space else []
        basis = f"basis-{sentence.statements[0]}" if sentence.statements and not self.in_note else ""
        shown = basis if basis in self.known else ""
        anchors = sentence.anchors
        return {"t": "Sentence", "inlines": inlines, "anchors": anchors, "basis": shown, "last": last, "after": after}

    def again(self, call: Call) -> bool:
        if call.again or self.in_note:
            self.reached(f"call-{call.number}")
            return True
        self.called += 1
        if call.number != self.called or call.number > len(self.report.notes):
            raise NotPrintable(f"footnote {call.number} is called where footnote {self.called} is due")
        return False

    def reached(self, target: str) -> str:
        anchor = target.removeprefix("#")
        if anchor not in self.known:
            raise NotPrintable(f"the chapter links to “{anchor}”, which is nowhere in it")
        return anchor


def _is_long(row: list[list[Inline]]) -> bool:
    """Whether a cell holds so much that its row cannot be kept on one page."""
    return any(sum(_letters(inline) for inline in cell) > LONG_ROW for cell in row)


def _letters(inline: Inline) -> int:
    if isinstance(inline, Sentence):
        return sum(_letters(part) for part in inline.inlines)
    return len(getattr(inline, "text", "") or getattr(inline, "words", ""))


def write(report: Report) -> bytes:
    """The report as PDF. The same report gives the same bytes. Raises WriterFailed."""
    try:
        data = json.dumps(_Data(report).chapter(), ensure_ascii=False)
    except NotPrintable as broken:
        raise WriterFailed(f"This chapter cannot be printed: {broken}.") from broken
    template = TEMPLATE.read_text(encoding="utf-8")
    time = int(event_day(report).timestamp())
    source = {"template": template, "data": data, "standards": STANDARDS, "time": time}
    return _compile(json.dumps(source).encode())


def _compile(source: bytes) -> bytes:
    command = [sys.executable, "-I", str(PROGRAM)]
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "SYSTEMDRIVE") if name in os.environ}  # Windows' own
    try:
        done = subprocess.run(command, input=source, capture_output=True, env=kept, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired as late:
        raise WriterFailed(f"typst did not finish the PDF within {LIMIT} seconds.") from late
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip() or f"it ended with {done.returncode} and said nothing"
        raise WriterFailed(f"typst could not write the PDF: {said[:500]}")
    return done.stdout
