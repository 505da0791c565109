"""The title block of the chapter in Pandoc's elements, and the metadata that goes into a file's properties."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from dialogue.report.elements import Element, Elements, attributes, paragraph, span
from dialogue.report.plain import chapter_words, clean, property_title
from dialogue.report.tree import Report

# What stands between a fact's label and its text, in the formats that have tabulators.
_TABS = {"docx": ("openxml", "<w:r><w:tab/></w:r>"), "odt": ("opendocument", "<text:tab/>")}
_NAMESPACE = uuid.UUID("6f7a5b7e-5d0e-5c0e-9a53-0c1d5f1f6a10")  # ours alone; it only has to stay the same


def title_block(elements: Elements) -> list[Element]:
    """Draft words, kicker, number, title, byline and facts, as each format can show them."""
    report, of = elements.report, elements.text
    if elements.format in _TABS:
        kicker, number = chapter_words(report)
        lines = [("Draft", report.draft), ("Kicker", kicker), ("Number", number), ("Title", report.title)]
        lines += [("Byline", report.byline)]
        made = [elements.named([paragraph(of(words))], name) for name, words in lines if words]
        return made + _tabbed_facts(elements)
    made = [elements.named([paragraph([{"t": "Strong", "c": of(report.draft)}])], "draft")] if report.draft else []
    if elements.format == "epub":
        made = [_epub_title(elements), *made]
    else:
        made += [paragraph(of(words)) for words in (_kicker(report),) if words]
    made += [elements.named([paragraph(of(report.byline))], "byline")] if report.byline else []
    terms = [[of(fact.label), [[{"t": "Plain", "c": of(fact.text)}]]] for fact in report.facts]
    return made + ([{"t": "DefinitionList", "c": terms}] if terms else [])


def _kicker(report: Report) -> str:
    """The kicker with the number, once."""
    kicker, number = chapter_words(report)
    return clean(f"{kicker} {number}".strip())


def _epub_title(elements: Elements) -> Element:
    """An e-book shows its title as the first heading; what stands before a heading would be a page of its own."""
    kicker = elements.text(_kicker(elements.report))
    words: list[Element] = [span(kicker, name="kicker"), {"t": "LineBreak"}] if kicker else []
    return {"t": "Header", "c": [1, attributes("chapter-title", "title"), words + elements.text(elements.report.title)]}


def _tabbed_facts(elements: Elements) -> list[Element]:
    tab = {"t": "RawInline", "c": list(_TABS[elements.format])}
    facts = [
        paragraph([elements.styled(elements.text(fact.label), "fact label"), tab, *elements.text(fact.text)])
        for fact in elements.report.facts
    ]
    return [elements.named(facts, "fact")] if facts else []


def metadata(elements: Elements, blocks: list[Element]) -> Element:
    """Title, author, language, date and, for e-books, an identifier that only another text would change."""
    report = elements.report
    values: dict[str, Any] = {
        "title": {"t": "MetaInlines", "c": elements.text(property_title(report))},
        "author": {"t": "MetaList", "c": [{"t": "MetaInlines", "c": elements.text(report.author)}]},
        "lang": _string(report.language),
        "date": _string(clean(report.date)),
    }
    if elements.format == "epub":
        digest = hashlib.sha256(json.dumps(blocks).encode()).hexdigest()
        name = f"{report.event}/{report.language}/{report.regime}/{digest}"
        values["identifier"] = _string(f"urn:uuid:{uuid.uuid5(_NAMESPACE, name)}")
    return values


def _string(text: str) -> Element:
    return {"t": "MetaInlines", "c": [{"t": "Str", "c": text}]}
