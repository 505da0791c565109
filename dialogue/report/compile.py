"""An event into its chapter: one tree of plain dataclasses, under the attribution rule, with the count's words."""

import contextlib
import datetime
from collections import defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from dialogue.events.models import STRICTNESS, Event
from dialogue.report.annexes import annexes, has_antecedent
from dialogue.report.leak_check import leaks, reasons
from dialogue.report.material import Material, chapter_languages, gather
from dialogue.report.opening import dates, facts, front
from dialogue.report.prose import Writing
from dialogue.report.recommended import claim_words, printed
from dialogue.report.tree import (
    Block,
    Emphasis,
    Inline,
    Item,
    Items,
    Link,
    Note,
    Paragraph,
    Report,
    Section,
    Sentence,
    Text,
)
from dialogue.report.uncollected import uncollected


class CannotCompile(Exception):
    """The chapter cannot be made as asked: `reasons`, one sentence each."""

    def __init__(self, *reasons: str):
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


@uncollected()
def compile(event: Event, *, regime: str | None = None, language: str | None = None) -> Report:
    """The chapter of an event as its record has it now.

    `regime` may be stricter than each session's own, never more open; `language` one that the chapter has.
    Raises CannotCompile, also where a name that the rule protects was typed into a text.
    """
    refuse(event, regime, language)
    try:
        material = gather(event, regime, language)
        with override(material.language):
            report = Chapter(material).report()
            found = leaks(material)
    except RecursionError:
        raise CannotCompile(_("The outline is nested too deeply to be printed.")) from None
    if found:
        raise CannotCompile(*reasons(event, found))
    return report


def refuse(event: Event, regime: str | None, language: str | None) -> None:
    """Raises CannotCompile where a regime or a language is asked for that may not or cannot be had."""
    has = chapter_languages(event)
    if (language or event.language) not in has:
        told = _("The chapter has no version in '%(language)s'; it has: %(languages)s.")
        raise CannotCompile(told % {"language": language, "languages": ", ".join(has)})
    if regime is None:
        return
    own = {event.attribution, *filter(None, event.sessions.values_list("attribution", flat=True))}
    if more := [one for one in own if STRICTNESS[regime] < STRICTNESS[one]]:
        told = _("'%(regime)s' is more open than the '%(regimes)s' of this event's record.")
        raise CannotCompile(told % {"regime": regime, "regimes": ", ".join(sorted(more))})


class Chapter:
    """One chapter in the making, from its first sentence to its last."""

    def __init__(self, material: Material):
        self.material = material
        self.writing = Writing(material)
        self.paragraphs: dict[str, list[dict]] = {}
        for paragraph in material.record["paragraphs"]:
            self.paragraphs.setdefault(paragraph["item"], []).append(paragraph)
        self.numbers: dict[str, str] = {}  # recommendation -> "2" or "2a"
        self.of_forum = items_of_forum(material.record)

    def report(self) -> Report:
        """The whole tree."""
        material, event = self.material, self.material.event
        sections = self.sections(material.record["outline"], 1)
        if material.record["recommendations"] and not self.has_place_for_recommendations():
            title = _("Recommendations")
            sections.append(Section("recommendations", "recommendations", 1, "", title, [], self.addressees(2)))
        extra = annexes(self.writing, self.numbers)
        convenor = event["convenor"]
        number = "" if event["chapter_number"] is None else str(event["chapter_number"])
        return Report(
            event=event["slug"],
            language=material.language,
            regime=max((material.rules.regime(key) for key in material.rules.sessions), key=STRICTNESS.__getitem__)
            if material.rules.sessions
            else material.rules.event_regime,
            kicker=(event["series"] or {}).get("title", "") or (_("Chapter") if number else _("Report")),
            number=number,
            title=material.words("event", event["title"]),
            byline=event["byline"],
            author=event["byline"] or convenor["name"],
            date=event["date"],
            draft=_("Draft: not for publication") if self.writing.is_draft or material.is_unlooked else "",
            running=" · ".join(
                part for part in (convenor["short_name"] or convenor["name"], event["place"], dates(material)) if part
            ),
            facts=facts(material),
            front=front(material, self.writing.claimed) + self.untranslated(),
            sections=sections,
            annexes=extra,
            notes=self.notes(),
            words={
                "notes": _("Notes"),
                "contents": _("Contents"),
                "back": _("Back to the text"),
                "behind": _("Statements behind this sentence"),
                "annexes": _("Annexes"),
                "page": _("Page"),
            },
        )

    def untranslated(self) -> list[Block]:
        """In a translation: how much of it had to stay in the original."""
        left = len(self.material.left_in_original)
        if not left:
            return []
        told = ngettext(
            "%(number)d passage stands in the original language: its translation is missing or out of date.",
            "%(number)d passages stand in the original language: their translation is missing or out of date.",
            left,
        )
        return [Paragraph([Text(told % {"number": left})], "notice")]

    # -------------------------------------------------------------- the body

    def sections(self, items: list[dict], level: int) -> list[Section]:
        """The headings of one level, with all below them."""
        subthemes = [item["id"] for item in items if item["kind"] == "subtheme"]
        made = []
        for item in items:
            number = f"({subthemes.index(item['id']) + 1})" if item["id"] in subthemes else ""
            section = self.section(item, level, number)
            if section.blocks or section.sections or self.is_missed(item):
                made.append(section)
        return made

    def section(self, item: dict, level: int, number: str) -> Section:
        """One heading with its paragraphs and what lies below."""
        material = self.material
        blocks: list[Block] = [self.paragraph(one) for one in self.paragraphs.get(item["id"], ())]
        below = self.sections(item["items"], level + 1)
        if item["id"] == self.place_for_recommendations():
            below += self.addressees(level + 1)
        if not blocks and not below and self.is_missed(item):
            blocks.append(Paragraph([Text(_("The record holds no text under this heading."))], "remark"))
        title = material.words(item["id"], item["title"])
        return Section(f"sec-{material.label(item['id'])}", item["kind"], level, number, title, blocks, below)

    def is_missed(self, item: dict) -> bool:
        """Whether an item without any text is a gap: not that of recommendations, nor what only the forum took up."""
        return item["kind"] != "recommendations" and item["id"] not in self.of_forum

    def paragraph(self, paragraph: dict) -> Paragraph:
        """A paragraph of the record as printed, with a word for whose text it is."""
        label = {"rapporteur": _("rapporteur"), "literature": _("literature"), "forum": _("forum")}
        text = self.material.words(paragraph["id"], paragraph["text"])
        return Paragraph(
            self.writing.paragraph(paragraph, text),
            "body",
            label.get(paragraph["origin"], ""),
            f"p-{self.material.label(paragraph['id'])}",
        )

    def notes(self) -> list[Note]:
        """The footnotes that the text calls, in the order of their numbers."""
        footnotes = {note["id"]: note for note in self.material.record["footnotes"]}
        return [Note(number, self.note(footnotes[key])) for key, number in self.writing.calls.items()]

    def note(self, footnote: dict) -> list[Inline]:
        """A footnote’s text and its source."""
        text = self.material.words(footnote["id"], footnote["text"]) if footnote["text"] else ""
        inlines: list[Inline] = [Text(text)] if text else []
        source = next((one for one in self.material.record["sources"] if one["id"] == footnote["source"]), None)
        if source:
            inlines += [Text(" ")] if inlines else []
            inlines += self.source(source, footnote["page"] or source["page"])
        return inlines or [Text(_("(This note has no text.)"))]

    def source(self, source: dict, page: str) -> list[Inline]:
        """A reference: author, title, container and year, page, address."""
        when = self.day(source["date"] or (str(source["year"]) if source["year"] is not None else ""))
        inside = ", ".join(part for part in (source["container"], when) if part)
        inlines: list[Inline] = [Text(f"{source['author']}, ")] if source["author"] else []
        inlines.append(Emphasis(source["title"]))
        rest = f" ({inside})" if inside else ""
        rest += _(", p. %(page)s") % {"page": page} if page else ""
        inlines.append(Text(f"{rest}."))
        if source["url"]:
            inlines += [Text(" "), Link(source["url"], source["url"]), Text(".")]
        if source["accessed"]:
            inlines.append(Text(_(" Accessed %(day)s.") % {"day": self.day(source["accessed"])}))
        return inlines

    def day(self, given: str) -> str:
        """A day written out; a year, or words, as they were given."""
        with contextlib.suppress(ValueError):
            return self.material.date(datetime.date.fromisoformat(given).isoformat())
        return given

    # -------------------------------------------------------------- the recommendations

    def place_for_recommendations(self) -> str:
        """The outline's item under which the recommendations stand: the first of that kind, or ""."""
        return next((key for key, item in self.material.items.items() if item["kind"] == "recommendations"), "")

    def has_place_for_recommendations(self) -> bool:
        """Whether the outline has a heading for them."""
        return bool(self.place_for_recommendations())

    def addressees(self, level: int) -> list[Section]:
        """The recommendations, a heading for each addressee."""
        made = []
        for place, group in enumerate(self.material.record["recommendations"]):
            short = f" ({group['short_name']})" if group["short_name"] else ""
            items = [self.advice(one, str(number)) for number, one in enumerate(group["items"], 1)]
            blocks: list[Block] = [Items("numbered", items)] if items else []
            title = group["addressee"] + short
            made.append(Section(f"to-{place + 1}", "addressee", level, "", title, blocks, []))
        return made

    def advice(self, advice: dict, number: str) -> Item:
        """A recommendation with its lettered parts."""
        self.numbers[advice["id"]] = number
        sentence = [self.rests(advice), *self.claimed(advice)]
        blocks: list[Block] = [Paragraph(sentence, "body", self.antecedent(advice))]
        if advice["items"]:
            whole = has_antecedent(advice, self.material)
            parts = [self.part(one, number, place, whole) for place, one in enumerate(advice["items"])]
            blocks.append(Items("lettered", parts))
        return Item(f"r-{self.material.label(advice['id'])}", blocks)

    def part(self, part: dict, number: str, place: int, whole_has_antecedent: bool) -> Item:
        """A lettered part of a recommendation."""
        self.numbers[part["id"]] = f"{number}{letter(place)}"
        label = self.antecedent(part) if whole_has_antecedent else ""
        return Item(f"r-{self.material.label(part['id'])}", [Paragraph([self.rests(part)], "body", label)])

    def antecedent(self, advice: dict) -> str:
        """The words that mark a recommendation without one, or ""."""
        return "" if has_antecedent(advice, self.material) else _("no antecedent on record")

    def rests(self, advice: dict) -> Sentence:
        """A recommendation’s text with the statements that it rests on."""
        keys = [key for key in advice["basis"] if key not in self.material.withheld]
        labels, anchors = self.writing.cite(list(dict.fromkeys(keys)))
        return Sentence([Text(self.material.words(advice["id"], advice["text"]))], labels, anchors)

    def claimed(self, advice: dict) -> list[Inline]:
        """The agreement words of a recommendation that claims a level."""
        if not advice["level"]:
            return []
        claim = claim_words(self.material, advice)
        self.writing.levels.add(printed(self.material, advice))
        self.writing.is_draft |= claim.state == "open"
        return [Text(" "), claim]


def items_of_forum(record: dict) -> set[str]:
    """The items that a forum alone took up, where the event has a table too: no gaps of the chapter on the table."""
    kinds = {one["id"]: one["kind"] for one in record["sessions"]}
    taken_up: dict[str, set[str]] = defaultdict(set)
    for said in record["contributions"]:
        taken_up[said["item"]].add(kinds[said["session"]])
    for finding in record["findings"]:
        taken_up[finding["item"]].add("roundtable")
    alone: set[str] = set()

    def gather_below(item: dict) -> set[str]:
        found = taken_up[item["id"]].union(*map(gather_below, item["items"]))
        if found == {"forum"} and "roundtable" in kinds.values():
            alone.add(item["id"])
        return found

    for item in record["outline"]:
        gather_below(item)
    return alone


def letter(place: int) -> str:
    """0 -> "a", 25 -> "z", 26 -> "aa"."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
