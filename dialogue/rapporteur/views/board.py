"""The desk's page: one item with its statements, findings, notes and paragraphs. Never the whole event at once."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogue.discussion.models import State
from dialogue.discussion.reading import Reading, Turn, readable
from dialogue.discussion.views import Page, Statement, Theme, number
from dialogue.events.models import Item
from dialogue.events.programme import in_order, outline
from dialogue.positions.agreement import Agreement, agreement
from dialogue.positions.assent import assent_on
from dialogue.positions.blind import unseen
from dialogue.positions.models import FindingBasis
from dialogue.positions.views import Row, names_of, row
from dialogue.rapporteur.actions.papers import Papers
from dialogue.rapporteur.actions.writing import order
from dialogue.rapporteur.models import Note, NoteSubject
from dialogue.rapporteur.views.at_desk import Desk, desk
from dialogue.rapporteur.views.changed import changed_marks
from dialogue.rapporteur.views.sheets import SHEETS
from dialogue.roundtable.forms import id_of

PART = 50  # statements on the page
MOST_NOTES = 200


@require_safe
@never_cache
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """The page. `?item=` an item, `&part=` a part of its statements (from 1), `&for=` what they are chosen for."""
    shown = Board(request, desk(request, slug))
    return render(request, "rapporteur/desk.html", shown.context())


@dataclass(frozen=True, slots=True)
class Heading:
    """An item in the list of items, with how much there is."""

    item: Item
    depth: int
    statements: int
    findings: int
    paragraphs: int


@dataclass(frozen=True, slots=True)
class Noted:
    """A note as the desk shows it."""

    note: Note
    by: str
    mine: bool
    about: list[Any]  # ids of statements and findings


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding with its row of the agreement and its notes."""

    row: Row
    makes_draft: bool
    notes: list[Noted]
    changed: Any = None  # its mark, where it rests on words that changed


@dataclass(frozen=True, slots=True)
class Purpose:
    """What statements are being chosen for: the words of a paper that is there already, and its form's address."""

    words: str
    address: str


class Board:
    """Everything on the page of one item."""

    def __init__(self, request: HttpRequest, at: Desk):
        self.request, self.at, self.event = request, at, at.event
        self.items = list(in_order(outline(at.event)))
        self.said = readable(at.who)
        self.counts = Counter(dict(self.said.order_by().values_list("item").annotate(n=Count("pk"))))
        self.item = self.choose_item()
        self.ids = self.window()
        self.reading = Reading(at.who, self.ids)
        self.page = Page(self.reading, self.items)

    def choose_item(self) -> Item | None:
        """The item that is asked for; else the first on which anything was said; else the first."""
        if asked := self.request.GET.get("item"):
            found = next((one for one in self.items if one.key == asked), None)
            if found is None:
                raise Http404
            return found
        spoken = next((one for one in self.items if self.counts[one.pk]), None)
        return spoken or next(iter(self.items), None)

    # ------------------------------------------------------------ statements

    @cached_property
    def parts(self) -> int:
        """How many parts the item's statements make."""
        said = self.counts[self.item.pk] if self.item else 0
        return max(1, -(-said // PART))

    @cached_property
    def part(self) -> int:
        """The part on the page."""
        return min(max(1, number(self.request.GET.get("part", ""))), self.parts)

    def window(self) -> list[Any]:
        """The ids of the statements on the page, in the record's order."""
        if self.item is None:
            return []
        rows = self.said.filter(item=self.item).order_by("position").values_list("pk", flat=True)
        return list(rows[PART * (self.part - 1) : PART * self.part])

    @cached_property
    def statements(self) -> list[Statement]:
        """The part, with words, relations and bars."""
        if self.item is None:
            return []
        said = [self.reading.seen[one] for one in self.ids]
        theme = Theme(self.item, "", len(said), turns=[Turn([one]) for one in said])
        self.page.fill([theme])
        return [one for run in theme.runs for _depth, statements in run.turns for one in statements]

    def rest_on(self) -> dict[Any, int]:
        """Statement on the page -> how many findings rest on it."""
        rows = FindingBasis.objects.filter(contribution__in=[one.seen.id for one in self.statements])
        return dict(rows.order_by().values_list("contribution").annotate(n=Count("finding", distinct=True)))

    # ------------------------------------------------------------ findings and notes

    def counted(self) -> Agreement:
        """The whole count: a finding rests on whatever was said anywhere. Only where the item has one."""
        return agreement(self.event, unseen(self.event))

    @cached_property
    def assents(self) -> dict[Any, str]:
        """Statement or finding -> the assent that was seen, in sentences."""
        return assent_on(self.event)

    def findings(self) -> list[Standing]:
        """The item's findings."""
        found = list(self.event.findings.filter(item=self.item).order_by("position"))
        if not found:
            return []
        counted, names = self.counted(), names_of(self.event, self.reading.rules)
        rows = [
            row(one, counted, self.reading.rules, names, is_staff=True, assent=self.assents.get(one.pk, ""))
            for one in found
        ]
        return [
            Standing(
                one, one.verdict not in ("holds", "unseen") and not one.finding.reason, self.notes_on[one.finding.pk],
                self.marks.get(one.finding.pk),
            )
            for one in rows
        ]  # fmt: skip

    @cached_property
    def marks(self) -> dict[Any, Any]:
        """Paper -> its mark, where it rests on words that changed; of the whole event."""
        return changed_marks(self.at)

    @cached_property
    def noted(self) -> list[Noted]:
        """The newest notes on the item, its findings and the statements on the page, in the order of the record."""
        here = Q(item=self.item) if self.item else Q()
        about = Q(about__contribution__in=[one.seen.id for one in self.statements]) | Q(about__finding__item=self.item)
        of_event = Q(item=None, about=None)
        rows = self.event.notes.filter(here | about | of_event).distinct().select_related("attendee")
        found = list(rows.order_by("-position")[:MOST_NOTES])[::-1]
        subjects: dict[Any, list[Any]] = defaultdict(list)
        for one in NoteSubject.objects.filter(note__in=found).order_by("position"):
            subjects[one.note_id].append(one.contribution_id or one.finding_id)
        rules, me = self.reading.rules, self.at.who.attendee
        return [
            Noted(one, rules.named(one.attendee.key).name, one.attendee.key == me, subjects[one.pk]) for one in found
        ]

    @cached_property
    def notes_on(self) -> dict[Any, list[Noted]]:
        """Statement or finding -> the notes about it."""
        about: dict[Any, list[Noted]] = defaultdict(list)
        for one in self.noted:
            for subject in one.about:
                about[subject].append(one)
        return about

    # ------------------------------------------------------------ around

    def headings(self) -> Iterator[Heading]:
        """The list of items."""
        depths: dict[Any, int] = {}
        findings = Counter(self.event.findings.values_list("item", flat=True))
        paragraphs = Counter(self.event.paragraphs.values_list("item", flat=True))
        for one in self.items:
            depths[one.pk] = depths[one.parent_id] + 1 if one.parent_id else 0
            yield Heading(one, min(depths[one.pk], 3), self.counts[one.pk], findings[one.pk], paragraphs[one.pk])

    def purpose(self) -> Purpose | None:
        """What `?for=` names: a paper of this event that rests on statements."""
        kind, _dash, written = self.request.GET.get("for", "").partition("-")
        if kind not in SHEETS or SHEETS[kind].papers.basis is None:
            return None
        papers: Papers = SHEETS[kind].papers
        try:
            row = papers.rows(self.event).filter(pk=id_of(written)).first()
        except ValidationError:
            return None
        return row and Purpose(row.text, reverse(kind, args=[self.event.slug, row.pk]))

    def context(self) -> dict[str, Any]:
        """What the template needs."""
        stands = Q(basis__finding__isnull=False) | Q(basis__contribution__state=State.SAID)
        rows = self.event.paragraphs.filter(item=self.item).annotate(behind=Count("basis", filter=stands))
        paragraphs = list(rows.order_by("position"))  # a count forgets the model's own order
        rest_on = self.rest_on()
        for one in paragraphs:
            vars(one)["changed"] = self.marks.get(one.pk)
        return {
            **self.at.context(), "item": self.item, "headings": list(self.headings()), "purpose": self.purpose(),
            "statements": [
                (one, rest_on.get(one.seen.id, 0), self.notes_on[one.seen.id], self.assents.get(one.seen.id, ""))
                for one in self.statements
            ],
            "part": self.part, "parts": self.parts, "findings": self.findings(), "paragraphs": paragraphs,
            "order": order(paragraphs), "notes": [one for one in self.noted if not one.about],
            "asked": self.request.GET.get("for", ""), "changed": list(self.marks.values()),
        }  # fmt: skip
