"""Recommendations by addressee, with their lettered parts, what they rest on, and the level that they claim."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogue.positions.models import Level
from dialogue.rapporteur.actions.papers import Papers, Words
from dialogue.rapporteur.models import Addressee, Recommendation, RecommendationBasis
from dialogue.record.actions import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class AddresseeWords(Words):
    """A body to which recommendations are directed."""

    name: str
    short_name: str


class Addressees(Papers[AddresseeWords]):
    """The addressees of a chapter's recommendations."""

    model, words = Addressee, AddresseeWords

    def uses(self, row: Any) -> Iterator[str]:
        """The recommendations to it."""
        if n := row.recommendations.filter(parent=None).count():
            told = ngettext("%(n)d recommendation is directed to it.", "%(n)d recommendations are directed to it.", n)
            yield told % {"n": n}


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceWords(Words):
    """A recommendation, or a lettered part of one: then `parent` is set, and it claims no level."""

    addressee: Addressee
    parent: Recommendation | None
    text: str
    level: str | None


class Recommendations(Papers[AdviceWords]):
    """The recommendations of a chapter."""

    model, words = Recommendation, AdviceWords
    basis, owner = RecommendationBasis, "recommendation"

    def check(self, turn: Turn, words: AdviceWords, now: Any) -> None:
        """Two storeys and no more: a recommendation, and its parts, which are to the same addressee."""
        super().check(turn, words, now)
        if words.level is not None and words.level not in Level.values:
            raise ValidationError(_("Choose the level that the recommendation claims, or none."))
        if words.parent is None:
            return
        if words.parent.parent_id or (now and (now == words.parent or now.items.exists())):
            raise ValidationError(_("A part of a recommendation has no parts itself."))
        if words.level or words.addressee != words.parent.addressee:
            raise ValidationError(_("A part goes to whom the recommendation goes, and claims no level of its own."))

    def write(self, row: Any, words: AdviceWords) -> None:
        """The parts go where the whole goes."""
        super().write(row, words)
        row.items.update(addressee=words.addressee)

    def uses(self, row: Any) -> Iterator[str]:
        """Its lettered parts."""
        if n := row.items.count():
            yield ngettext("It has %(n)d part.", "It has %(n)d parts.", n) % {"n": n}


addressees = Addressees()
recommendations = Recommendations()
