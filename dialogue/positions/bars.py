"""The agreement bar as pages draw it: the numbers behind a count, its cells in order, and its words read aloud.

Templates load this module as `{% load agreement %}` (settings name it).
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Protocol

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogue.positions.agreement import Agreement, Bar, Holding
from dialogue.positions.quantifiers import Numbers as Counted

register = template.Library()

MOST_CELLS = 40  # beyond it a cell stands for several people
KINDS = ("agree", "reservations", "disagree", "abstained", "silent")


class Numbered(Protocol):
    """What can be drawn: five numbers and the words at the end."""

    @property
    def support(self) -> int:
        """How many support it."""

    @property
    def reservations(self) -> int:
        """How many do with reservations."""

    @property
    def opposed(self) -> int:
        """How many oppose it."""

    @property
    def abstained(self) -> int:
        """How many abstain."""

    @property
    def silent(self) -> int:
        """How many are silent."""

    @property
    def words(self) -> str:
        """The words at the end of the bar."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A bar without names."""

    support: int
    reservations: int
    opposed: int
    abstained: int
    silent: int
    words: str = ""
    earlier: str = ""  # how many answered on earlier words, and how


@dataclass(frozen=True, slots=True)
class Cells:
    """A bar as it is drawn: the kind of each cell, and what a screen reader says."""

    kinds: list[str]
    label: str


def of_bar(bar: Bar, words: str = "") -> Numbers:
    """A count's bar as numbers."""
    return Numbers(
        len(bar.support), len(bar.reservations), len(bar.opposed), len(bar.abstained), len(bar.silent), words,
        on_earlier_words(bar),
    )  # fmt: skip


def on_earlier_words(bar: Bar) -> str:
    """How many answered on earlier words, by their answers; "" where nobody did."""
    counted = Counter(stance for stance, _who in bar.earlier)
    said = answers_in_words([counted[kind] for kind in ("agree", "reservations", "disagree", "abstain")])
    return _("on earlier words: %(said)s") % {"said": said} if said else ""


def of_position(counted: Agreement, position: Any) -> Numbers | None:
    """The bar of a position; None until somebody who counts, other than its author, has answered it."""
    bar = counted.position_bar(position)
    answered = bar.support | bar.reservations | bar.opposed | bar.abstained | {who for _stance, who in bar.earlier}
    if not answered - {counted.said[position].author}:
        return None
    return of_bar(bar, support_words(of_bar(bar)))


def support_words(bar: Numbers) -> str:
    """How many support a position and how many are against it: no level, for a position claims none."""
    n = bar.support + bar.reservations
    table = n + bar.opposed + bar.abstained + bar.silent
    support = ngettext("%(n)d of %(table)d supports", "%(n)d of %(table)d support", n)
    parts = [support % {"n": n, "table": table}, *other_sides(bar.reservations, bar.opposed)]
    return ", ".join(parts)


def of_holding(holding: Holding, words: str = "") -> Numbers:
    """A finding's bar as numbers; that of a show of hands has no people behind it."""
    if holding.bar is not None:
        return of_bar(holding.bar, words)
    count = holding.numbers
    silent = max(0, count.N - count.T)
    return Numbers(count.n - count.reservations, count.reservations, count.opposed, count.abstained, silent, words)


def count_words(level: str, numbers: Counted) -> str:
    """The level reached with its numbers, as the end of a finding's bar: reservations and opposition are in them."""
    support = _("%(level)s, %(n)d of %(table)d") % {"level": level, "n": numbers.n, "table": numbers.N}
    return ", ".join([support, *other_sides(numbers.reservations, numbers.against)])


def other_sides(reservations: int, against: int) -> list[str]:
    """What is never left out of a bar's words: reservations among those in support, and who is against."""
    reserved = _("%(n)d of them with reservations") % {"n": reservations}
    return [reserved] * bool(reservations) + [_("%(n)d against") % {"n": against}] * bool(against)


def shares(numbers: list[int], cells: int = MOST_CELLS) -> list[int]:
    """The numbers as they are, or in proportion where they exceed the cells; what is not nothing keeps a cell."""
    total = sum(numbers)
    if total <= cells:
        return numbers
    cells_of = [max(1, number * cells // total) if number else 0 for number in numbers]
    while (missing := cells - sum(cells_of)) != 0:  # rounding: whoever is furthest from their share gives or takes
        lack = [
            number * cells - have * total if have else -total for number, have in zip(numbers, cells_of, strict=True)
        ]
        place = lack.index(max(lack)) if missing > 0 else cells_of.index(max(cells_of))
        cells_of[place] += 1 if missing > 0 else -1
    return cells_of


def spoken(numbers: list[int], words: str) -> str:
    """The bar for the ear: what is not nothing, and the words at its end."""
    said = answers_in_words(numbers)
    return _("%(words)s: %(said)s") % {"words": words, "said": said} if words else said


def answers_in_words(numbers: list[int]) -> str:
    """How many answered how, and how many are silent, where that is given; what is nothing is left out."""
    told = [
        ngettext("%(n)d supports", "%(n)d support", numbers[0]),
        ngettext("%(n)d with reservations", "%(n)d with reservations", numbers[1]),
        ngettext("%(n)d opposes", "%(n)d oppose", numbers[2]),
        ngettext("%(n)d abstains", "%(n)d abstain", numbers[3]),
        ngettext("%(n)d silent", "%(n)d silent", numbers[4] if len(numbers) > 4 else 0),
    ]
    return ", ".join(word % {"n": number} for word, number in zip(told, numbers, strict=False) if number)


@register.simple_tag
def drawn(bar: Numbered) -> Cells:
    """The cells of a bar in their order, and what a screen reader says for them."""
    numbers = [bar.support, bar.reservations, bar.opposed, bar.abstained, bar.silent]
    kinds = [kind for kind, number in zip(KINDS, shares(numbers), strict=True) for _one in range(number)]
    earlier = getattr(bar, "earlier", "")
    return Cells(kinds, "; ".join(filter(None, [spoken(numbers, bar.words), earlier])))
