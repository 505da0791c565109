"""Names that the rule protects, typed into a text: the last look at a chapter before anybody else sees it.

What the program writes itself names people by marks alone; so what people wrote is looked through, text by text.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from dialogue.rapporteur.marks import without_marks
from dialogue.report.material import Material

Written = tuple[str, str]  # where it stands, in words; the text


def leaks(material: Material) -> list[str]:
    """One sentence for every protected name, alias or affiliation in what is printed; [] where there is none."""
    told = _("“%(term)s” stands in the text of “%(where)s”; under the attribution rule it must not.")
    found = [(term, where) for where, text in written(material) for term in material.protected.found(text)]
    found += strictly_behind(material)
    return [told % {"term": term, "where": where} for term, where in dict.fromkeys(found)]


def own_words(material: Material, paragraph: dict) -> str:
    """What a paragraph says besides its marks, in the chapter's language; emphasis is no border of a word."""
    return without_marks(material.words(paragraph["id"], paragraph["text"])).replace("*", "")


def written(material: Material) -> Iterator[Written]:
    """Everything that people wrote and this chapter prints, in the chapter's language."""
    event, record, words = material.event, material.record, material.words
    title = words("event", event["title"])
    for text in (
        event["slug"],
        title,
        event["occasion"],
        event["place"],
        event["scope"],
        (event["series"] or {}).get("title", ""),
    ):
        yield title, text
    yield from ((title, text) for one in event["partners"] for text in (one["name"], one["credit"]))
    yield from ((title, one["text"]) for one in record["disclaimers"])
    yield from ((title, one["title"]) for one in record["sessions"])
    for key, item in material.items.items():
        yield (heading := words(key, item["title"])), heading
    for one in record["paragraphs"]:
        yield heading_of(material, one), own_words(material, one)
    for one in record["findings"]:
        yield from ((heading_of(material, one), text) for text in (words(one["id"], one["text"]), one["reason"]))
    for group in record["recommendations"]:
        name = group["addressee"]
        yield from ((name, text) for text in (name, group["short_name"]))
        for advice in group["items"]:
            yield from ((name, words(one["id"], one["text"])) for one in (advice, *advice["items"]))
    yield from ((_("Notes"), words(one["id"], one["text"])) for one in record["footnotes"] if one["text"])
    for one in record["sources"]:
        yield from ((_("Notes"), text) for name, text in one.items() if name != "id" and isinstance(text, str))


def heading_of(material: Material, part: dict) -> str:
    """The title of the heading under which something stands."""
    item = material.items[part["item"]]
    return material.words(item["id"], item["title"])


def strictly_behind(material: Material) -> Iterator[tuple[str, str]]:
    """Names in a paragraph that rests on a statement of theirs which may not be attributed to them by name."""
    for one in material.record["paragraphs"]:
        strict = {said["by"] for said in material.rests_on(one) if material.regime(said) != "named"}
        strict -= material.protected.everywhere  # looked for in every text already
        if strict:
            found = material.protected.found_of(strict, own_words(material, one))
            yield from ((term, heading_of(material, one)) for term in found)
