"""Marks in a paragraph's text: `@person`, `{finding}`, `[^footnote]`, and `*emphasis*`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

# The record's lists, and how a paragraph points into them. A mark for a person is none after a word character or a
# dot, as in an e-mail address; its id does not end in a hyphen.
MARKS = {
    "persons": re.compile(r"(?<![\w.])@([a-z0-9-]*[a-z0-9])"),
    "findings": re.compile(r"\{([^{}]*)\}"),
    "footnotes": re.compile(r"\[\^([^\]]*)\]"),
}
EMPHASIS = re.compile(r"\*(?!\s)([^*]+)(?<!\s)\*")
EVERY = re.compile("|".join(f"(?P<{name}>{mark.pattern})" for name, mark in [*MARKS.items(), ("emphasis", EMPHASIS)]))


def without_marks(text: str) -> str:
    """A paragraph's own words: a blank stands for each mark."""
    for mark in MARKS.values():
        text = mark.sub(" ", text)
    return text


class Mark(NamedTuple):
    """kind: "text", "emphasis" (may hold marks itself), or the list that `value` is an id of, as in `MARKS`."""

    kind: str
    value: str


def parts(text: str) -> Iterator[Mark]:
    """A paragraph's text, cut into plain text, emphasis and marks, in order."""
    end = 0
    for found in EVERY.finditer(text):
        if found.start() > end:
            yield Mark("text", text[end : found.start()])
        kind = next(name for name, whole in found.groupdict().items() if whole is not None)
        yield Mark(kind, found.group(found.re.groupindex[kind] + 1))
        end = found.end()
    if end < len(text):
        yield Mark("text", text[end:])
