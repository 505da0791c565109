"""Names that the rule protects, typed into a text: the last look at a chapter before anybody else sees it."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from django.utils.translation import gettext as _

from dialogue.access import Facts
from dialogue.report.material import Material
from dialogue.report.tree import Paragraph, Report, Section

BY_RULE = {"facts", "byline", "author", "running", "event", "language", "regime", "date"}  # not said of a participant


def leaks(report: Report, material: Material) -> list[str]:
    """One sentence for every protected name, alias or affiliation in the printed text; [] where there is none."""
    hidden = {key: facts for key, facts in material.rules.people.items() if material.rules.is_protected(key)}
    in_prose = {
        key: facts
        for key, facts in material.rules.people.items()
        if key not in hidden and material.rules.openest(key) == "role"
    }
    terms = {term: "all" for facts in hidden.values() for term in identifying(facts)}
    terms |= {term: "prose" for facts in in_prose.values() for term in names(facts)}
    if not terms:
        return []
    own = own_names(material)
    longest_first = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)")
    return [
        _("“%(term)s” stands in the text of “%(where)s”; under the attribution rule it must not.")
        % {"term": found, "where": where}
        for where, kind, text in texts(report)
        for found in dict.fromkeys(pattern.findall(without(text, own)))
        if terms[found] == "all" or kind != "participants"
    ]


def names(facts: Facts) -> set[str]:
    """A person's name, surname and other spellings, also in capitals."""
    words = {facts.name, facts.surname, *facts.aliases}
    return {word for word in words | {word.upper() for word in words} if word}


def identifying(facts: Facts) -> set[str]:
    """Names, and the affiliation with its parts and abbreviations; a function where it is long enough to point."""
    terms = names(facts)
    whole = facts.affiliation.strip()
    parts = re.split(r"[,;]|[()]", whole)
    terms |= {part.strip() for part in (whole, *parts) if part.strip()}
    if len(facts.function.split()) >= 3:
        terms.add(facts.function)
    return terms


def own_names(material: Material) -> list[str]:
    """The convenor's and the partners' own names: they stand, for they are not said of a participant."""
    event = material.event
    own = [event["convenor"]["name"], event["convenor"]["short_name"], event["byline"]]
    own += [one["name"] for one in event["partners"]]
    return sorted((name for name in own if name), key=len, reverse=True)


def without(text: str, own: list[str]) -> str:
    """A text without the names that may stand in it."""
    for name in own:
        text = text.replace(name, " ")
    return text


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
