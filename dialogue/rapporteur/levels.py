"""Which level the record reaches for what the rapporteur is about to claim, and what each other level would be."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from dialogue.positions.agreement import Agreement, Holding
from dialogue.positions.evidence import Found, Id
from dialogue.positions.models import Finding, Level
from dialogue.positions.quantifiers import PATTERNS, Claim, Numbers, patterns, reached, verdict


@dataclass(frozen=True, slots=True)
class Offer:
    """A level, and what claiming it would be: "holds", "understates" or "overclaims"."""

    level: str
    verdict: str

    @property
    def label(self) -> str:
        """The level in words."""
        return str(Level(self.level).label)

    @property
    def is_pattern(self) -> bool:
        """Whether it tells how the table stood, rather than how many."""
        return self.level in PATTERNS


@dataclass(frozen=True, slots=True)
class Proposal:
    """The numbers, the level that they reach ("" for none), and every level with its verdict.

    `is_unseen`: the table is asked blind about what it rests on, so that nothing may be told of it yet.
    """

    numbers: Numbers
    level: str
    offers: list[Offer]
    holding: Holding | None = None
    is_unseen: bool = False

    def verdict(self, level: str) -> str:
        """What claiming a level would be."""
        if self.is_unseen:
            return "unseen"
        return next((one.verdict for one in self.offers if one.level == level), "overclaims")

    @property
    def words(self) -> str:
        """The level reached in words, or ""."""
        return str(Level(self.level).label) if self.level else ""


def for_finding(counted: Agreement, item: Any, basis: Collection[uuid.UUID], finding: Finding | None) -> Proposal:
    """What the record holds for a finding on an item with this basis. `finding`: the row, None for a new one."""
    known = counted.found.get(finding.pk) if finding else None
    found = replace(known or Found(id=uuid.uuid4(), item=item, level="one"), item=item, basis=tuple(basis))
    plain = counted.holding(replace(found, level="one", pair=None))
    offers = judged(lambda level: counted.holding(replace(found, level=level)).verdict)
    level = plain.reached or pattern(plain.numbers)
    return Proposal(plain.numbers, level, offers, plain, plain.is_unseen)


def for_recommendation(counted: Agreement, basis: Collection[uuid.UUID]) -> Proposal:
    """What the record holds for a recommendation that rests on these findings and statements."""
    findings: list[Id] = [one for one in basis if one in counted.found]
    statements: list[Id] = [one for one in basis if one in counted.said]
    numbers = counted.together(findings, statements)
    offers = judged(lambda level: verdict(Claim(level), numbers, counted.scale))
    level = reached(Claim("one"), numbers, counted.scale) or pattern(numbers)
    is_unseen = any(one in counted.unseen for one in basis)
    return Proposal(numbers, level, offers, is_unseen=is_unseen)


def judged(judge: Callable[[str], str]) -> list[Offer]:
    """Every level with its verdict."""
    return [Offer(level, judge(level)) for level in Level.values]


def pattern(numbers: Numbers) -> str:
    """The pattern that stands where no number of people can be said; "" where nobody is counted at all."""
    return next(iter(patterns(numbers)), "") if numbers.N else ""
