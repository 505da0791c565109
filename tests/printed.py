"""What a report's tree prints, as plain words."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from dialogue.report.tree import Paragraph, Report, Section

BY_RULE = {"facts", "byline", "author", "running", "event", "language", "regime", "date"}


def texts(report: Report) -> Iterator[tuple[str, str, str]]:
    """(title of the section, kind of the paragraph, text) of everything printed, each paragraph's text in one piece."""

    def walk(value: Any, where: str, kind: str) -> Iterator[tuple[str, str, str]]:
        if isinstance(value, Section):
            where = value.title
            kind = "participants" if value.anchor == "annex-participants" else kind
        if isinstance(value, Paragraph):
            yield where, value.kind if value.kind == "participants" else kind, plain(value.inlines)
        elif isinstance(value, list):
            if value and isinstance(value[0], list):  # a table's row
                for cell in value:
                    yield where, kind, plain(cell)
                    yield from walk(cell, where, kind)
            else:
                for entry in value:
                    yield from walk(entry, where, kind)
        elif isinstance(value, str):
            yield where, kind, value
        elif is_dataclass(value):
            for name in fields(value):
                if not (isinstance(value, Report) and name.name in BY_RULE):
                    yield from walk(getattr(value, name.name), where, kind)

    yield from walk(report, report.title, "")


def plain(inlines: list[Any]) -> str:
    """The words of a line, with the words of sentences and links in it."""
    return "".join(
        plain(one.inlines) if hasattr(one, "inlines") else getattr(one, "text", getattr(one, "words", ""))
        for one in inlines
    )


def printed_words(report: Report) -> str:
    """Everything that a report prints, in one piece."""
    return "\n".join(text for _where, _kind, text in texts(report))
