"""Checks what is saved at the desk, row by row, as the chapter is checked at export."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from dialogue.events.models import STRICTNESS, Event
from dialogue.positions.models import FindingBasis
from dialogue.rapporteur.marks import MARKS, without_marks
from dialogue.report.leak_check import Leak, Place, footnote_place, leak, leak_of_run, name_key
from dialogue.report.material import addresses_of, confirmed_names
from dialogue.report.models import AnswerKind
from dialogue.report.name_detector import ProtectedNames
from dialogue.report.runs_of_words import StrictWords, strict_words
from dialogue.restricter import Restricter, restricter

FIELDS = {  # of a row: what of it is printed
    "paragraph": ("text",),
    "finding": ("text", "reason"),
    "recommendation": ("text",),
    "addressee": ("name", "short_name"),
    "source": ("author", "title", "container", "date", "url", "accessed", "page"),
    "footnote": ("text", "page"),
}
FACTS = ("title", "slug", "occasion", "place", "scope")


class DeskCheck:
    """The names of one event, for texts that are being written."""

    def __init__(self, event: Event):
        self.event = event

    @cached_property
    def rules(self) -> Restricter:
        """How the event's people may be shown."""
        return restricter(self.event)

    @cached_property
    def protected(self) -> ProtectedNames:
        """Whom the rule hides."""
        event = self.event
        partners = event.partners.values_list("name", flat=True)
        own = [event.convenor_name, event.convenor_short_name, event.place, *partners]
        return ProtectedNames(self.rules, own, addresses_of(event), confirmed_names(event))

    @cached_property
    def answers(self) -> set[tuple[str, str, str]]:
        """(kind, term, place) of what was answered."""
        return set(self.event.name_answers.values_list("kind", "term", "place"))

    @cached_property
    def strict_words(self) -> StrictWords:
        """The words of strict statements."""
        said = self.event.contributions.values_list("text", "session__key", "attribution")
        return strict_words(tuple(text for text, at, rule in said if self.is_strict(at, rule)))

    def is_strict(self, session: str, attribution: str | None) -> bool:
        """Whether a statement is under "unnamed" or stricter."""
        return STRICTNESS[self.rules.regime(session, attribution)] >= STRICTNESS["unnamed"]

    # ------------------------------------------------------------ one row

    def leaks(self, kind: str, row: Any) -> list[Leak]:
        """What is not answered yet in a row: in the order of its fields."""
        found: dict[Leak, None] = {}
        for place, text in self.texts(kind, row):
            found |= dict.fromkeys(self.in_text(place, text))
            if kind == "paragraph" and (behind := self.strictly_behind(row)):
                found |= dict.fromkeys(leak(place, one) for one in self.protected.find_of(behind, text))
        return [one for one in found if not self.is_answered(one)]

    def in_text(self, place: Place, text: str) -> Iterator[Leak]:
        """Names and runs of words in one text."""
        for one in self.protected.find(text, self.event.language):
            yield leak(place, one)
        for run in self.strict_words.runs(text):
            yield leak_of_run(place, run)

    def is_answered(self, one: Leak) -> bool:
        """Whether somebody has answered it."""
        if one.stops:
            is_author = one.place.field == "author"
            return is_author and (AnswerKind.AUTHOR.value, one.term, one.place.id) in self.answers
        return (AnswerKind.NOT_THE_PERSON.value, one.term, one.scope) in self.answers

    def texts(self, kind: str, row: Any) -> Iterator[tuple[Place, str]]:
        """The printed texts of a row; with a note goes the source that it prints."""
        key = name_key(row.name) if kind == "addressee" else row.key
        for name in FIELDS.get(kind, ()):
            text = without_marks(row.text) if kind == "paragraph" else getattr(row, name)
            if text:
                label = LABELS[kind]() % {"key": key}
                place = footnote_place(key, name, "") if kind == "footnote" else Place(kind, key, name, label, "")
                yield place, text
        if kind == "footnote" and row.source_id:
            for name in FIELDS["source"]:
                if text := getattr(row.source, name):
                    yield footnote_place(key, "source_page" if name == "page" else name, ""), text

    def strictly_behind(self, row: Any) -> set[str]:
        """Who made a statement that a paragraph rests on, and may not be named for it."""
        findings = {*row.basis.exclude(finding=None).values_list("finding", flat=True)}
        marked = MARKS["findings"].findall(row.text)
        findings |= set(self.event.findings.filter(key__in=marked).values_list("pk", flat=True))
        rests_on = set(row.basis.exclude(contribution=None).values_list("contribution", flat=True))
        of_findings = FindingBasis.objects.filter(finding__in=findings).exclude(contribution=None)
        rests_on |= set(of_findings.values_list("contribution", flat=True))
        said = self.event.contributions.filter(pk__in=rests_on)
        rows = said.values_list("authorship__attendee__key", "session__key", "attribution")
        strict = {by for by, at, rule in rows if by and self.rules.regime(at, rule) != "named"}
        return strict - self.protected.everywhere

    # ------------------------------------------------------------ what is set up

    def setup_leaks(self) -> list[Leak]:
        """What is not answered yet in titles, facts, partners and disclaimers."""
        found = [one for place, text in self.setup_texts() if text for one in self.in_text(place, text)]
        return [one for one in dict.fromkeys(found) if not self.is_answered(one)]

    def setup_texts(self) -> Iterator[tuple[Place, str]]:
        """Every text of the setting up that the chapter prints."""
        event = self.event
        for name in FACTS:
            label = _("the title of the event") if name == "title" else _("the facts of the event")
            yield Place("event", "", name, label, ""), getattr(event, name)
        yield Place("event", "", "series", _("the title of the series"), ""), event.series_title or ""
        for number, partner in enumerate(event.partners.all()):
            label = _("partner %(number)d") % {"number": number + 1}
            yield Place("credits", str(number), "name", label, ""), partner.name
            yield Place("credits", str(number), "credit", label, ""), partner.credit
        for number, one in enumerate(event.disclaimers.all()):
            label = _("disclaimer %(number)d") % {"number": number + 1}
            yield Place("credits", f"d{number}", "text", label, ""), one.text
        for number, (key, title) in enumerate(event.sessions.values_list("key", "title")):
            label = _("the title of session %(number)d") % {"number": number + 1}
            yield Place("session", key, "title", label, ""), title
        for key, title in event.items.values_list("key", "title"):
            yield Place("item", key, "title", _("the heading “%(title)s”") % {"title": title}, ""), title


LABELS = {
    "paragraph": lambda: _("this paragraph"),
    "finding": lambda: _("this finding"),
    "recommendation": lambda: _("this recommendation"),
    "addressee": lambda: _("this addressee"),
    "source": lambda: _("this source"),
    "footnote": lambda: _("the note [^%(key)s]"),
}
