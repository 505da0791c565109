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
from dialogue.positions.quantifiers import FEW
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
    is_anonymous: bool = False  # fewer than three are among the silent, whatever they answered


@dataclass(frozen=True, slots=True)
class Cells:
    """A bar as it is drawn: the kind of each cell, and what a screen reader says."""

    kinds: list[str]
    label: str


def of_bar(bar: Bar, words: str = "") -> Numbers:
    """A count's bar as numbers."""
    numbers = Numbers(
        len(bar.support), len(bar.reservations), len(bar.opposed), len(bar.abstained), len(bar.silent), words,
        on_earlier_words(bar),
    )  # fmt: skip
    return without_few(numbers) if bar.is_anonymous else numbers


def without_few(bar: Numbers) -> Numbers:
    """A bar as an anonymous room sees it: where fewer than three stand, they are drawn with the silent.

    Those in support are drawn as one where some of them would be so few.
    """
    support, reservations = bar.support, bar.reservations
    if 0 < min(support, reservations) < FEW:
        support, reservations = support + reservations, 0
    support, reservations, opposed, abstained = (
        one if one >= FEW else 0 for one in (support, reservations, bar.opposed, bar.abstained)
    )
    everybody = bar.support + bar.reservations + bar.opposed + bar.abstained + bar.silent
    silent = everybody - support - reservations - opposed - abstained
    return Numbers(support, reservations, opposed, abstained, silent, bar.words, bar.earlier, is_anonymous=True)


def on_earlier_words(bar: Bar) -> str:
    """How many answered on earlier words, by their answers; "" where nobody did, or so few that it is not told."""
    counted = Counter(stance for stance, _who in bar.earlier)
    if bar.is_anonymous:
        counted = Counter({stance: number for stance, number in counted.items() if number >= FEW})
    said = answers_in_words([counted[kind] for kind in ("agree", "reservations", "disagree", "abstain")])
    return _("on earlier words: %(said)s") % {"said": said} if said else ""


def of_position(counted: Agreement, position: Any) -> Numbers | None:
    """The bar of a position; None until somebody who counts, other than its author, has answered it.

    In an anonymous room it is there once the collection is closed, whoever answered.
    """
    if counted.is_anonymous(position):
        bar = counted.position_bar(position)
        return of_bar(bar, anonymous_words(bar))
    if not counted.has_answers(position):
        return None
    bar = counted.position_bar(position)
    return of_bar(bar, support_words(of_bar(bar)))


def anonymous_words(bar: Bar) -> str:
    """The same words in an anonymous room."""
    n = len(bar.support | bar.reservations)
    table = n + len(bar.opposed | bar.abstained | bar.silent)
    support = _("%(n)s of %(table)d support") % {"n": few(n, least=True), "table": table}
    sides = anonymous_sides(len(bar.reservations), len(bar.opposed), is_disputed=bar.is_disputed)
    return ", ".join([support, *sides])


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
    support = count.n - count.reservations
    numbers = Numbers(support, count.reservations, count.opposed, count.abstained, silent, words)
    return without_few(numbers) if count.is_anonymous else numbers


def count_words(level: str, numbers: Counted) -> str:
    """The level reached with its numbers, as the end of a finding's bar: reservations and opposition are in them."""
    told = {"level": level, "n": few(numbers.n, least=True) if numbers.is_anonymous else numbers.n, "table": numbers.N}
    support = _("%(level)s, %(n)s of %(table)d") % told
    if not numbers.is_anonymous:
        return ", ".join([support, *other_sides(numbers.reservations, numbers.against)])
    disputed = numbers.is_disputed or numbers.against > numbers.opposed
    return ", ".join([support, *anonymous_sides(numbers.reservations, numbers.opposed, is_disputed=disputed)])


def few(number: int, *, least: bool = False) -> str:
    """A number of people in an anonymous room: one or two, and with `least` nobody, are “fewer than three”."""
    return str(number) if number >= FEW or (number == 0 and not least) else _("fewer than three")


def anonymous_sides(reservations: int, opposed: int, *, is_disputed: bool) -> list[str]:
    """Reservations and objections in an anonymous room: that there are some, and how many where they are not few.

    Objections in statements are told apart from the answers, so that nobody sees whether both are one person's.
    """
    told = [_("%(n)s of them with reservations") % {"n": few(reservations)}] if reservations else []
    if not (opposed or is_disputed):
        return [*told, _("objections: no")]
    told.append(_("objections: yes"))
    if opposed:
        told.append(_("%(n)s against") % {"n": few(opposed)})
    return told + [_("also in statements") if opposed else _("in statements")] * is_disputed


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


def spoken(numbers: list[int], words: str, *, is_anonymous: bool = False) -> str:
    """The bar for the ear: what is not nothing, and the words at its end."""
    said = answers_in_words(numbers[:4] if is_anonymous else numbers)
    return _("%(words)s: %(said)s") % {"words": words, "said": said} if words and said else words or said


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
    is_anonymous = getattr(bar, "is_anonymous", False)
    said = spoken(numbers, bar.words, is_anonymous=is_anonymous)
    return Cells(kinds, "; ".join(filter(None, [said, earlier])))
