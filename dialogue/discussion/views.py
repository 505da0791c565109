"""What was said, as its readers may read it: which themes stand on the page, with words, relations and bars."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dialogue.access import reader, visible_events
from dialogue.discussion.models import Contribution, RelationKind
from dialogue.discussion.reading import PART, SHALLOW, Reading, Seen, Turn, parts
from dialogue.discussion.words import as_html
from dialogue.events.models import Item
from dialogue.events.programme import in_order, outline
from dialogue.events.views import is_over
from dialogue.live.watch import watch
from dialogue.people.signed_in import signed_in
from dialogue.positions.agreement import Agreement, agreement
from dialogue.positions.bars import Numbers, of_position
from dialogue.positions.blind import unseen
from dialogue.positions.evidence import around
from dialogue.positions.models import Finding
from dialogue.rapporteur.models import Source
from dialogue.restricter import Appearance

Id = Any
OPPOSING = {"disagrees", "offers_different_view"}
JOINING = {"supports", "echoes", "agrees", "builds_on", "illustrates", "cites", "synthesises"}


@require_safe
@cache_control(private=True)
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """Every statement that the reader may read, by theme, in threads.

    `?theme=<item>` shows one theme, `&part=<n>` a part of it (from 1); `?at=<label>` the part with that statement.
    """
    event = get_object_or_404(visible_events(signed_in(request)), slug=slug)
    who = reader(signed_in(request), event)
    if not who.sessions:
        who.require("read the table")
    news = watch(who)
    page = Page(Reading(who), in_order(outline(event)))
    theme, at = request.GET.get("theme", ""), request.GET.get("at", "")
    shown = page.choose(theme, number(request.GET.get("part", "")), at)
    if (theme or at) and (not shown or (at and not page.reading.find(at))):
        raise Http404
    page.fill(shown)
    context = {
        "watch": news,
        "event": event,
        "who": who,
        "at_the_table": who.may("read the table"),
        "is_published": event.publications.exists(),
        "themes": page.themes,
        "shown": shown,
        "chosen": shown[0].item.key if theme or at else "",
        "total": len(page.reading.seen),
        "rule": page.reading.rule,
        "is_over": is_over(event),
        "is_anonymous": page.agreement is not None and bool(page.agreement.record.anonymous),
    }
    return render(request, "discussion/record.html", context)


def number(written: str) -> int:
    """A part's number as the address has it; anything else is the first part."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 7 else 1


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation in words: "disputes", whose point, its first words where it does not stand right above."""

    word: str
    tone: str  # "opposes", "joins" or "half": the shape of the knot on the line
    to: str
    quote: str
    language: str
    href: str
    printed: str = ""  # what stands for `to` on paper, where only those in the room may read it


@dataclass(slots=True)
class Statement:
    """A statement with its words."""

    label: str
    seen: Seen
    contribution: Contribution
    relations: list[Relation]
    bar: Numbers | None
    is_veiled: bool  # its bar is not for this reader yet
    continues: bool  # the same speaker goes on

    @property
    def html(self) -> SafeString:
        """The words as every page draws them."""
        return as_html(self.contribution.text)

    @property
    def tone(self) -> str:
        """The tone of the first relation: what the knot on the line shows."""
        return next((one.tone for one in self.relations), "opens")


@dataclass(slots=True)
class Run:
    """Turns that stand open, or, `folded`, those too deep in an exchange to stand open at once."""

    folded: bool
    turns: list[tuple[int, list[Statement]]]  # (depth as drawn, statements)

    @property
    def count(self) -> int:
        """How many statements there are."""
        return sum(len(statements) for _depth, statements in self.turns)


@dataclass(slots=True)
class Theme:
    """An item with what was said on it. `parts` of it there are; `part` (from 1) stands on the page, 0: none."""

    item: Item
    above: str
    count: int
    part: int = 0
    parts: int = 1
    runs: list[Run] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    @property
    def next_part(self) -> int:
        """The number of the part that follows."""
        return self.part + 1 if 0 < self.part < self.parts else 0


class Page:
    """What of a reading stands on one page."""

    def __init__(self, reading: Reading, items: Iterable[Item]):
        self.reading = reading
        self.agreement: Agreement | None = None
        self.items = {item.pk: item for item in items}
        self.themes = [
            Theme(item, self.title_above(item), len(reading.by_item[item.pk]))
            for item in self.items.values()
            if item.pk in reading.by_item
        ]

    def title_above(self, item: Item) -> str:
        """The title of the outline's part that an item lies in, or "" where it is one itself."""
        top = item
        while top.parent_id:
            top = self.items[top.parent_id]
        return "" if top is item else top.title

    def choose(self, theme: str, part: int, at: str) -> list[Theme]:
        """The themes to show: the one asked for, the one of the statement `at`, or as many as fit, in order."""
        if at and (one := self.reading.find(at)):
            chosen = next(each for each in self.themes if each.item.pk == one.item)
            return [self.open(chosen, part_with=one)]
        if theme:
            return [self.open(each, part) for each in self.themes if each.item.key == theme]
        room = PART
        for each in self.themes:
            if room > 0:
                self.open(each, 1)
                room -= sum(len(turn.statements) for turn in each.turns)
        return self.themes

    def open(self, theme: Theme, part: int = 1, part_with: Seen | None = None) -> Theme:
        """Put one part of a theme on the page."""
        all_parts = parts(self.reading.thread(theme.item.pk))
        if part_with is not None:
            part = 1 + next(
                n for n, turns in enumerate(all_parts) if any(part_with in turn.statements for turn in turns)
            )
        theme.parts = len(all_parts)
        theme.part = min(max(part, 1), theme.parts)
        theme.turns = all_parts[theme.part - 1]
        return theme

    # ------------------------------------------------------------ words

    def fill(self, themes: list[Theme]) -> None:
        """Fetch the words of what stands on the page, in four queries, and the count for its bars."""
        shown = [one for theme in themes for turn in theme.turns for one in turn.statements]
        links = [link for one in shown for link in self.reading.links.get(one.id, ())]
        wanted = {one.id for one in shown} | {link.contribution for link in links if link.contribution}
        self.words = Contribution.objects.in_bulk(wanted)
        self.findings = Finding.objects.in_bulk({link.finding for link in links if link.finding})
        self.sources = Source.objects.in_bulk({link.source for link in links if link.source})
        if shown and self.reading.who.may("read the table"):
            self.agreement = self.count([one.id for one in shown])
        self.here = {one.id for one in shown}
        for theme in themes:
            theme.runs = list(self.runs(theme.turns))

    def count(self, shown: Collection[Id]) -> Agreement:
        """What the bars of these statements need."""
        who = self.reading.who
        if self.reading.some is None:
            return agreement(who.event, unseen(who.event))
        positions = [one for one in shown if self.words[one].kind == "position"]
        return Agreement(around(who.event, positions), unseen(who.event))

    def runs(self, turns: list[Turn]) -> Iterator[Run]:
        """Turns as the page draws them, what lies deep folded."""
        above: Id = None
        for folded, some in groupby(turns, key=lambda turn: turn.depth >= SHALLOW):
            drawn = []
            for turn in some:
                statements = []
                for place, one in enumerate(turn.statements):
                    statements.append(self.statement(one, above, continues=place > 0))
                    above = one.id
                drawn.append((min(turn.depth, SHALLOW), statements))
            yield Run(folded, drawn)

    def statement(self, one: Seen, above: Id, *, continues: bool) -> Statement:
        """A statement with what the page shows beside it."""
        said = self.words[one.id]
        return Statement(
            self.reading.label(one), one, said, list(self.relations(one, above)), self.bar(one, said),
            self.is_veiled(one), continues,
        )  # fmt: skip

    def relations(self, one: Seen, above: Id) -> Iterator[Relation]:
        """What a statement does to others, in words and links."""
        for link in self.reading.links.get(one.id, ()):
            if link.kind == "opens":
                continue
            word = str(RelationKind(link.kind).label)
            tone = "opposes" if link.kind in OPPOSING else "joins" if link.kind in JOINING else "half"
            if link.contribution:
                target = self.reading.seen[link.contribution]
                said = self.words[link.contribution]
                quote = "" if link.contribution == above else opening(said.text)
                language = said.language or ""
                to, printed = name(target.author, target.mine), "" if target.mine else target.author.printed
                yield Relation(word, tone, to, quote, language, self.address(target), printed)
            elif link.finding:
                found = self.findings[link.finding]
                yield Relation(word, tone, _("the table"), opening(found.text), "", self.finding_address(found))
            else:
                to, href = cited(self.sources[link.source])
                yield Relation(word, tone, to, "", "", href)

    def address(self, target: Seen) -> str:
        """Where a statement stands: on this page, or on the page that shows it."""
        label = self.reading.label(target)
        return f"#{label}" if target.id in self.here else f"?at={label}#{label}"

    def finding_address(self, found: Finding) -> str:
        """Where a finding stands in the agreement."""
        return f"../agreement/#{self.reading.rules.common_label(found.key)}"

    def bar(self, one: Seen, said: Contribution) -> Numbers | None:
        """The bar of a position that counts, for those who may know how the table stands."""
        if self.agreement is None or said.kind != "position" or one.id not in self.agreement.said:
            return None
        if self.is_veiled(one):
            return None
        return of_position(self.agreement, one.id)

    def is_veiled(self, one: Seen) -> bool:
        """Whether the stances on it are collected blind: nobody sees them before the collection closes."""
        return self.agreement is not None and one.id in self.agreement.unseen


def opening(text: str) -> str:
    """The first words of a statement: enough to know it again."""
    return Truncator(text).words(6, truncate="…")


def cited(source: Source) -> tuple[str, str]:
    """How a source is pointed at: (author, title and year; its address on the web, or "")."""
    title = f"{source.title} ({source.year})" if source.year else source.title
    href = source.url if source.url.startswith(("http://", "https://")) else ""
    return ", ".join(part for part in (source.author, title) if part), href


def name(author: Appearance, mine: bool) -> str:
    """How a statement is pointed at: by the surname where one may stand."""
    return pgettext("after a verb", "you") if mine else author.surname or author.label
