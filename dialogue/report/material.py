"""What a chapter is made of: an event's record, its count, its people's appearance, its words in one language."""

import datetime
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from babel.dates import format_date
from django.utils.translation import gettext as _

from dialogue.archive.dump import dump
from dialogue.archive.format import value_of
from dialogue.convening.models import UnconfirmedName
from dialogue.events.models import STRICTNESS, Event
from dialogue.positions.agreement import Agreement, Holding, agreement
from dialogue.positions.agreement_words import Phrase, phrase
from dialogue.positions.assent import assent_words
from dialogue.positions.bars import count_words, few, of_holding
from dialogue.positions.blind import unseen
from dialogue.positions.evidence import Frozen
from dialogue.positions.quantifiers import WORDS, Numbers, printed_level
from dialogue.rapporteur.changed_words import ChangedPaper, changed_papers
from dialogue.rapporteur.contradictions import on_record, outline
from dialogue.rapporteur.marks import MARKS
from dialogue.report.name_detector import ProtectedNames
from dialogue.report.runs_of_words import StrictWords, strict_words
from dialogue.report.tree import Bar, Inline, Text
from dialogue.restricter import Facts, Restricter, restricter

LOCALES = {"en": "en_GB", "fr": "fr_CA"}


@dataclass
class Material:
    """Everything that the chapter's parts ask for, read once."""

    record: dict[str, Any]
    rules: Restricter
    counted: Agreement
    language: str
    keys: dict[Any, str]  # primary key -> the record's id, of findings, contributions and people
    groups: dict[str, str]  # contribution -> the group that may be named for its author
    left_in_original: set[str] = field(default_factory=set)
    changed: dict[Any, ChangedPaper] = field(default_factory=dict)  # papers on words that changed, by primary key
    answers: frozenset[tuple[str, str, str]] = frozenset()  # (kind, term, place) of what was answered about names
    addresses: dict[str, str] = field(default_factory=dict)  # person -> their e-mail address
    confirmed: dict[str, tuple[str, str]] = field(default_factory=dict)  # of who has set another name since

    @property
    def event(self) -> dict[str, Any]:
        """The record’s event."""
        return self.record["event"]

    @property
    def is_unlooked(self) -> bool:
        """Whether anything of the chapter rests on words that changed, and was not looked at since."""
        return bool(self.changed)

    @cached_property
    def unconfirmed(self) -> dict[str, set[str]]:
        """Paper -> what it rests on in other words than were confirmed: nobody is counted for it by that."""
        return {one.row.key: {self.keys.get(on, "") for on in one.unconfirmed} for one in self.changed.values()}

    def earlier_words(self, paper: str) -> dict[str, int]:
        """What a paper rests on in earlier words than those now -> the number of that wording."""
        changed = self.changed.get(self.pks.get(paper))
        if changed is None:
            return {}
        return {self.keys.get(one.on, ""): one.before for one in changed.changes if one.via is None and one.before}

    @cached_property
    def pks(self) -> dict[str, Any]:
        """The record's id -> primary key."""
        return {key: pk for pk, key in self.keys.items()}

    @cached_property
    def holdings(self) -> dict[str, Holding]:
        """The count of each finding, by its id."""
        return {self.keys[pk]: holding for pk, holding in self.counted.holdings.items()}

    def frozen(self, finding: str) -> Frozen | None:
        """What was counted on a finding when the names behind it were erased."""
        return self.counted.frozen_at("finding", self.pks[finding])

    def counted_on(self, finding: str) -> set[str]:
        """Those who are counted on a finding as things stand now."""
        found = self.counted.found[self.pks[finding]]
        return {self.keys[pk] for pk in self.counted.counted(found.item, found.id) if pk in self.keys}

    @cached_property
    def protected(self) -> ProtectedNames:
        """Whom the rule hides; the convenor, the partners and the place may stand."""
        convenor, partners = self.event["convenor"], self.event["partners"]
        own = [convenor["name"], convenor["short_name"], self.event["place"], *(one["name"] for one in partners)]
        return ProtectedNames(self.rules, own, self.addresses, self.confirmed)

    @cached_property
    def strict_words(self) -> StrictWords:
        """The runs of words of the statements that a strict rule holds for."""
        said = self.record["contributions"]
        return strict_words(tuple(one["text"] for one in said if self.is_strict(self.regime(one))))

    def telling(self, text: str) -> str:
        """Words that somebody else wrote, for print; not where they name somebody whom the rule protects."""
        if self.protected.hides(text):
            return _("(These words name somebody whom the attribution rule protects; they stay in the record.)")
        return text

    @cached_property
    def contributions(self) -> dict[str, dict]:
        """What may be reported at all: released, and not off the record."""
        return on_record(self.record)

    @cached_property
    def withheld(self) -> dict[str, dict]:
        """The contributions that may not be reported."""
        return {one["id"]: one for one in self.record["contributions"] if one["id"] not in self.contributions}

    @cached_property
    def findings(self) -> dict[str, dict]:
        """The findings by id."""
        return {one["id"]: one for one in self.record["findings"]}

    @cached_property
    def assents(self) -> dict[str, str]:
        """Statement or finding -> the assent that the rapporteur saw, in sentences; not of what is asked blind."""
        return {
            one["on"]: assent_words(one["seen"], one["of"], one["confirmed"], one["on_earlier_words"])
            for one in value_of(self.record, "assent")
            if one["on"] not in self.withheld and self.pks.get(one["on"]) not in self.counted.unseen
        }

    @cached_property
    def stances(self) -> dict[str, list[dict]]:
        """Statement -> the stances on it, in the record's order."""
        stances: dict[str, list[dict]] = {}
        for stance in self.record["stances"]:
            stances.setdefault(stance["on"], []).append(stance)
        return stances

    @cached_property
    def disputes(self) -> dict[str, list[str]]:
        """Statement -> the contributions that dispute it, each once."""
        disputes: dict[str, dict[str, None]] = {}
        for key, said in self.contributions.items():
            for relation in said["relations"]:
                if relation["kind"] == "disagrees":
                    disputes.setdefault(relation["to"], {})[key] = None
        return {disputed: [*disputing] for disputed, disputing in disputes.items()}

    @cached_property
    def items(self) -> dict[str, dict]:
        """The outline’s items by id, at any depth."""
        return {item["id"]: item for _path, item in outline(self.record["outline"])}

    @cached_property
    def translations(self) -> dict[str, dict]:
        """What is translated into the chapter’s language, by what it is of."""
        return {one["of"]: one for one in self.record["translations"] if one["language"] == self.language}

    def words(self, key: str, original: str) -> str:
        """A text in the chapter's language: its translation where that is there and not stale, else the original."""
        if self.language == self.event["language"]:
            return original
        translation = self.translations.get(key)
        if (
            translation
            and self.fits(translation)
            and translation["original"] == hashlib.sha256(original.encode()).hexdigest()
        ):
            return translation["text"]
        self.left_in_original.add(key)
        return original

    def fits(self, translation: dict) -> bool:
        """Whether the marks in a translation are marks of this record (only paragraphs have marks)."""
        if translation["of"] not in self.paragraph_keys:
            return True
        erased = {one["id"] for one in self.paragraph_keys[translation["of"]]}
        people = self.rules.people.keys() | erased
        known: dict[str, Any] = {"persons": people, "findings": self.findings, "footnotes": self.footnotes}
        return all(key in known[name] for name, mark in MARKS.items() for key in mark.findall(translation["text"]))

    @cached_property
    def paragraph_keys(self) -> dict[str, list[dict]]:
        """The ids of the paragraphs, each with those of whom marks stand in it whose names were erased."""
        return {one["id"]: value_of(one, "paragraphs[].unnamed") for one in self.record["paragraphs"]}

    @cached_property
    def footnotes(self) -> dict[str, dict]:
        """The footnotes by id."""
        return {one["id"]: one for one in self.record["footnotes"]}

    def rests_on(self, paragraph: dict) -> list[dict]:
        """The contributions that a paragraph rests on, through findings too, also those that are withheld."""
        marked = MARKS["findings"].findall(paragraph["text"])
        keys = {*paragraph["basis"], *marked}
        for finding in keys & self.findings.keys():
            keys |= set(self.findings[finding]["basis"])
        return [said for key in sorted(keys) if (said := self.contributions.get(key) or self.withheld.get(key))]

    def regime(self, said: dict) -> str:
        """The effective regime of a contribution."""
        return self.rules.regime(said["session"], said["attribution"])

    def label(self, key: str) -> str:
        """What a thing of the record is called in a file: its own id where that tells nothing, else a code."""
        if said := self.contributions.get(key):
            return self.rules.label(key, self.regime(said))
        return self.rules.common_label(key)

    @cached_property
    def surnames(self) -> Counter[str]:
        """How many of the event's people have each surname."""
        return Counter(person.surname for person in self.rules.people.values())

    def person(self, key: str) -> Facts:
        """Somebody as the record knows them."""
        return self.rules.people[key]

    def is_strict(self, regime: str) -> bool:
        """Whether a regime hides who said it: unnamed or stricter."""
        return STRICTNESS[regime] >= STRICTNESS["unnamed"]

    def date(self, iso: str) -> str:
        """A date written out in the chapter's language."""
        written = format_date(datetime.date.fromisoformat(iso), "long", locale=LOCALES[self.language])
        return re.sub(r"^1 ", "1er ", written) if self.language == "fr" else written

    @property
    def figures(self) -> str:
        """Where the figure of a small group stands: a choice of `Figures`."""
        return str(value_of(self.event, "event.figures"))

    def claim_phrase(self, finding: str, *, has_figure: bool) -> Phrase:
        """The agreement words of a finding as they are printed; those of one that is asked blind, bare."""
        told, holding = self.findings[finding], self.holdings[finding]
        present = told["call"]["present"] if told["call"] else None
        return phrase(
            told["level"],
            holding.numbers,
            self.language,
            has_figure=has_figure,
            present=present,
            is_beyond=not holding.holds,
        )

    def beyond(self, words: str, reached: str | None, numbers: Numbers) -> str:
        """A claim that the record does not reach and that gives no reason, with what the record reaches instead."""
        got = level_words(reached, self.language) or _("no level")
        told = _("[%(words)s; the record reaches %(reached)s, %(n)s of %(N)d]")
        n = few(numbers.n, least=True) if numbers.is_anonymous else str(numbers.n)
        return told % {"words": words, "reached": got, "n": n, "N": numbers.N}

    def asked(self, words: str) -> str:
        """A claim on which the table is asked blind: what the record reaches is told once the round is over."""
        return _("[%(words)s; the table is being asked]") % {"words": words}

    def bar(self, key: str) -> Inline:
        """The agreement bar of a finding, with the level reached and its numbers; not while it is asked blind."""
        holding = self.holdings[key]
        if holding.is_unseen:
            return Text(_("not shown before the round is over"))
        numbers = holding.numbers
        reached = level_words(holding.reached, self.language) or _("no level")
        words = count_words(reached, numbers)
        cells = of_holding(holding)
        return Bar(
            cells.support, cells.reservations, cells.opposed, cells.abstained, cells.silent, words, cells.is_anonymous
        )

    def level(self, finding: str) -> str:
        """The level that a finding claims, as it is printed."""
        numbers = self.holdings[finding].numbers
        return printed_level(self.findings[finding]["level"], is_anonymous=numbers.is_anonymous) or ""


def level_words(level: str | None, language: str) -> str:
    """The agreement words of a level, or ""."""
    return WORDS[level][language] if level else ""


def chapter_languages(event: Event) -> list[str]:
    """The languages that a chapter has: the event's own, and each that some paragraph is translated into."""
    paragraphs = event.translations.filter(of__in=event.paragraphs.values("key"))
    others = set(paragraphs.values_list("language", flat=True)) - {event.language}
    return [event.language, *sorted(others)]


def gather(event: Event, regime: str | None, language: str | None) -> Material:
    """Read an event for its chapter. `regime` and `language` have been checked."""
    keys: dict[Any, str] = dict(event.findings.values_list("pk", "key"))
    keys.update(event.attendees.values_list("pk", "key"))
    keys.update(event.contributions.values_list("pk", "key"))
    return Material(
        record=dump(event),
        rules=restricter(event, floor=regime or "named"),
        counted=agreement(event, unseen(event, for_table=True)),
        language=language or event.language,
        keys=keys,
        changed=changed_papers(event),
        groups=dict(event.contributions.values_list("key", "group")),
        answers=frozenset(event.name_answers.values_list("kind", "term", "place")),
        addresses=addresses_of(event),
        confirmed=confirmed_names(event),
    )


def addresses_of(event: Event) -> dict[str, str]:
    """The e-mail addresses of the event's people who have an account: {their key in the record: address}."""
    rows = event.attendees.exclude(person=None).values_list("key", "person__email")
    return {key: email or "" for key, email in rows}


def confirmed_names(event: Event) -> dict[str, tuple[str, str]]:
    """{key in the record: (name, affiliation)} that the staff confirmed last, of who has changed them since."""
    rows = UnconfirmedName.objects.filter(attendee__event=event)
    return {key: (name, at) for key, name, at in rows.values_list("attendee__key", "name", "affiliation")}
