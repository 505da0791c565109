"""Checks a chapter for names that the rule protects and for words of strict statements, text by text.

What the program writes itself names people by marks alone; so what people wrote is looked through, last of all at
export. Every find has a place, and the place the address at which it is mended.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from dialogue.events.models import Event
from dialogue.rapporteur.marks import without_marks
from dialogue.record.actions import digest
from dialogue.report.failed import Reason
from dialogue.report.material import Material
from dialogue.report.models import AnswerKind
from dialogue.report.name_detector import Find
from dialogue.report.runs_of_words import Run

EVERYWHERE = ("common", "case")  # of such a word one answer holds in the whole event


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: `kind` and `key` of its row in the record, which of its fields, and that in words."""

    kind: str
    key: str
    field: str
    label: str
    path: str  # in the record's file

    @property
    def id(self) -> str:
        """What an answer keeps of it."""
        return f"{self.kind}:{self.key}:{self.field}"


@dataclass(frozen=True, slots=True)
class Leak:
    """A find at its place. `why`: as `Find.why`, or "words" for a run of words out of a strict statement."""

    place: Place
    text: str
    why: str
    stops: bool
    term: str  # its digest, for answers

    @property
    def scope(self) -> str:
        """The place for which an answer to it holds; "" for the whole event."""
        return "" if self.why in EVERYWHERE else self.place.id

    @property
    def sentence(self) -> str:
        """What is wrong, and where."""
        told = {"term": self.text, "where": self.place.label}
        if self.stops:
            return _("“%(term)s” stands in %(where)s; under the attribution rule it must not.") % told
        if self.why == "words":
            return _("“%(term)s” in %(where)s: these words are one statement’s, and may give its speaker away.") % told
        return _("“%(term)s” in %(where)s may name somebody whom the attribution rule protects.") % told


def leak(place: Place, find: Find) -> Leak:
    """A name at its place."""
    return Leak(place, find.text, find.why, find.stops, digest(["name", find.folded]))


def leak_of_run(place: Place, run: Run) -> Leak:
    """A run of words at its place."""
    return Leak(place, run.text, "words", False, digest(["words", run.folded]))


# ------------------------------------------------------------------ a whole chapter


def leaks(material: Material) -> list[Leak]:
    """Every protected name, alias or affiliation in what is printed that stops the export; [] where there is none."""
    found = [one for one in every_name(material) if one.stops and not may_stand(material, one)]
    return list(dict.fromkeys(found))


def warnings(material: Material) -> list[Leak]:
    """What may be a name, or gives a speaker away by the wording: each to be answered once."""
    found = [one for one in every_name(material) if not one.stops]
    for place, text in written(material):
        found += [leak_of_run(place, run) for run in material.strict_words.runs(text)]
    return list(dict.fromkeys(found))


def unanswered(material: Material) -> list[Leak]:
    """The warnings that nobody has answered."""
    return [one for one in warnings(material) if not is_answered(material, one)]


def is_answered(material: Material, one: Leak) -> bool:
    """Whether somebody has said that it is not the person."""
    return (AnswerKind.NOT_THE_PERSON.value, one.term, one.scope) in material.answers


def may_stand(material: Material, one: Leak) -> bool:
    """Whether the rapporteur lets the author of a source stand in this note."""
    return one.place.field == "author" and (AnswerKind.AUTHOR.value, one.term, one.place.id) in material.answers


def every_name(material: Material) -> Iterator[Leak]:
    """Every name in every text, in the order of the record."""
    for place, text in written(material):
        yield from (leak(place, one) for one in material.protected.find(text, material.language))
    yield from strictly_behind(material)


def own_words(material: Material, paragraph: dict) -> str:
    """What a paragraph says besides its marks, in the chapter's language."""
    return without_marks(material.words(paragraph["id"], paragraph["text"]))


def strictly_behind(material: Material) -> Iterator[Leak]:
    """Names in a paragraph that rests on a statement of theirs which may not be attributed to them by name."""
    for number, one in enumerate(material.record["paragraphs"]):
        said = [said for said in material.rests_on(one) if said["by"] and material.regime(said) != "named"]
        strict = {one["by"] for one in said}
        strict -= material.protected.everywhere  # looked for in every text already
        if strict:
            place = paragraph_place(material, number, one)
            found = material.protected.find_of(strict, own_words(material, one), material.language)
            yield from (leak(place, find) for find in found)


# ------------------------------------------------------------------ everything that is printed


def written(material: Material) -> Iterator[tuple[Place, str]]:
    """Everything that people wrote and this chapter prints, in the chapter's language."""
    for place, text in (*of_event(material), *of_outline(material), *of_text(material), *of_recommendations(material)):
        if text:
            yield place, text
    yield from ((place, text) for place, text in of_footnotes(material) if text)


def of_event(material: Material) -> Iterator[tuple[Place, str]]:
    """The event's facts, partners, disclaimers and sessions."""
    event, record = material.event, material.record
    title = _("the title of the event")
    yield Place("event", "", "title", title, "$.event.title"), material.words("event", event["title"])
    labels = {
        "slug": _("the address of the event"), "occasion": _("the occasion of the event"),
        "place": _("the place of the event"), "scope": _("the scope of the event"),
    }  # fmt: skip
    for name, label in labels.items():
        yield Place("event", "", name, label, f"$.event.{name}"), event[name]
    series = (event["series"] or {}).get("title", "")
    yield Place("event", "", "series", _("the title of the series"), "$.event.series.title"), series
    for number, one in enumerate(event["partners"]):
        for name in ("name", "credit"):
            label = _("partner %(number)d") % {"number": number + 1}
            yield Place("credits", str(number), name, label, f"$.event.partners[{number}].{name}"), one[name]
    for number, one in enumerate(record["disclaimers"]):
        label = _("disclaimer %(number)d") % {"number": number + 1}
        yield Place("credits", f"d{number}", "text", label, f"$.disclaimers[{number}].text"), one["text"]
    for number, one in enumerate(record["sessions"]):
        label = _("the title of session %(number)d") % {"number": number + 1}
        yield Place("session", one["id"], "title", label, f"$.sessions[{number}].title"), one["title"]


def of_outline(material: Material) -> Iterator[tuple[Place, str]]:
    """The headings."""
    for key, item in material.items.items():
        text = material.words(key, item["title"])
        yield Place("item", key, "title", _("the heading “%(title)s”") % {"title": text}, "$.outline"), text


def of_text(material: Material) -> Iterator[tuple[Place, str]]:
    """The paragraphs, and the findings with their reasons."""
    for number, one in enumerate(material.record["paragraphs"]):
        yield paragraph_place(material, number, one), own_words(material, one)
    for number, one in enumerate(material.record["findings"]):
        told = {"number": number + 1, "title": heading_of(material, one)}
        path = f"$.findings[{number}]"
        label = _("finding %(number)d, under “%(title)s”") % told
        yield Place("finding", one["id"], "text", label, f"{path}.text"), material.words(one["id"], one["text"])
        label = _("the reason of finding %(number)d, under “%(title)s”") % told
        yield Place("finding", one["id"], "reason", label, f"{path}.reason"), one["reason"]


def paragraph_place(material: Material, number: int, one: dict) -> Place:
    """A paragraph, by its number under its heading."""
    before = [other for other in material.record["paragraphs"][:number] if other["item"] == one["item"]]
    told = {"number": len(before) + 1, "title": heading_of(material, one)}
    label = _("paragraph %(number)d under “%(title)s”") % told
    return Place("paragraph", one["id"], "text", label, f"$.paragraphs[{number}].text")


def of_recommendations(material: Material) -> Iterator[tuple[Place, str]]:
    """The addressees, and the recommendations with their lettered parts."""
    for at, group in enumerate(material.record["recommendations"]):
        name, path = group["addressee"], f"$.recommendations[{at}]"
        label = _("addressee %(number)d") % {"number": at + 1}
        yield Place("addressee", name_key(name), "name", label, f"{path}.addressee"), name
        yield Place("addressee", name_key(name), "short_name", label, f"{path}.short_name"), group["short_name"]
        for number, advice in enumerate(group["items"]):
            for part, one in enumerate((advice, *advice["items"])):
                label = _("recommendation %(number)s to addressee %(to)d") % {
                    "number": f"{number + 1}{chr(96 + part) if part else ''}", "to": at + 1,
                }  # fmt: skip
                here = f"{path}.items[{number}]" + (f".items[{part - 1}]" if part else "")
                place = Place("recommendation", one["id"], "text", label, f"{here}.text")
                yield place, material.words(one["id"], one["text"])


def of_footnotes(material: Material) -> Iterator[tuple[Place, str]]:
    """The notes, each with the source that it prints."""
    sources = {one["id"]: one for one in material.record["sources"]}
    for number, one in enumerate(material.record["footnotes"]):
        path = f"$.footnotes[{number}]"
        yield footnote_place(one["id"], "text", f"{path}.text"), material.words(one["id"], one["text"] or "")
        yield footnote_place(one["id"], "page", f"{path}.page"), one["page"]
        source = sources.get(one["source"] or "", {})
        for name, text in source.items():
            if name != "id" and isinstance(text, str):
                yield footnote_place(one["id"], name if name != "page" else "source_page", f"{path}.source"), text


def footnote_place(key: str, field: str, path: str) -> Place:
    """A note, or the source that it prints."""
    label = _("the note [^%(key)s]") if field in ("text", "page") else _("the source of the note [^%(key)s]")
    return Place("footnote", key, field, label % {"key": key}, path)


def heading_of(material: Material, part: dict) -> str:
    """The title of the heading under which something stands."""
    item = material.items[part["item"]]
    return material.words(item["id"], item["title"])


def name_key(name: str) -> str:
    """The key of what has none in the record."""
    return digest(name)[:16]


# ------------------------------------------------------------------ where it is mended

DESK = ("paragraph", "finding", "recommendation", "footnote", "source")
SETUP = {"event": "setup-facts", "credits": "setup-credits"}


class Addresses:
    """The addresses of the pages on which the places of one event are changed; rows are read once a kind."""

    def __init__(self, event: Event):
        self.event = event
        self.rows: dict[str, dict[str, object]] = {}

    def of(self, place: Place) -> str:
        """The address, or "" for what is not there (a paragraph that is not saved yet)."""
        slug = self.event.slug
        if place.kind in SETUP:
            return reverse(SETUP[place.kind], args=[slug])
        if place.kind == "session":
            return reverse("session", args=[slug, place.key])
        row = self.row(place)
        if row is None:
            return ""
        return reverse("point" if place.kind == "item" else place.kind, args=[slug, row])

    def row(self, place: Place) -> object | None:
        """The id of a place's row, or None."""
        if place.kind not in self.rows:
            self.rows[place.kind] = self.read(place.kind)
        return self.rows[place.kind].get(place.key)

    def read(self, kind: str) -> dict[str, object]:
        """{key in the record: id} of the rows of a kind."""
        if kind == "addressee":
            return {name_key(name): pk for name, pk in self.event.addressees.values_list("name", "pk")}
        rows = {"item": self.event.items, **{one: getattr(self.event, f"{one}s") for one in DESK}}
        return dict(rows[kind].values_list("key", "pk"))


def reasons(event: Event, found: Iterable[Leak]) -> list[Reason]:
    """One sentence for every find, with the address at which it is mended."""
    addresses = Addresses(event)
    return list(dict.fromkeys(Reason(one.sentence, addresses.of(one.place)) for one in found))
