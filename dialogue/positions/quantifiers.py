"""The agreement words: which one the numbers reach, and whether a claim holds.

The two tables of the record format (`docs/record-format` names them "The count of a finding"): quantifiers say how
many, patterns say how the table stood. Nothing here knows people or databases: it is numbers in, words out.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

WORDS: dict[str, dict[str, str]] = {
    "all": {"en": "all participants", "fr": "tous les participants"},
    "nearly_all": {"en": "nearly all participants", "fr": "presque tous les participants"},
    "one": {"en": "one participant", "fr": "une personne participante"},
    "two": {"en": "two participants", "fr": "deux participants"},
    "some": {"en": "some participants", "fr": "certains participants"},
    "several": {"en": "several participants", "fr": "plusieurs participants"},
    "many": {"en": "many participants", "fr": "de nombreux participants"},
    "most": {"en": "most participants", "fr": "la plupart des participants"},
    "participants": {"en": "participants", "fr": "les participants"},
    "others": {"en": "others", "fr": "d’autres"},
    "no_objection": {"en": "no participant objected", "fr": "aucun participant ne s’y est opposé"},
    "consensus": {"en": "participants reached consensus", "fr": "les participants sont parvenus à un consensus"},
    "strong": {"en": "participants strongly agreed", "fr": "les participants ont vivement convenu"},
    "general": {"en": "there was general agreement", "fr": "il y avait un accord général"},
    "some_disagreement": {"en": "there was some disagreement", "fr": "il y avait certains désaccords"},
    "divided": {"en": "views were divided", "fr": "les avis étaient partagés"},
    "wide": {"en": "opinions varied widely", "fr": "les opinions divergeaient largement"},
    "too_few": {"en": "too few positions to characterise", "fr": "trop peu de prises de position"},
}

ORDER = ["one", "two", "some", "several", "many", "most", "nearly_all", "all"]  # what "understates" compares
FEW = 3  # people: fewer are not told in an anonymous room
SMALL_WORDS = {"one", "two"}  # there they are printed, and reached, as "some"
PATTERNS = ["strong", "general", "some_disagreement", "divided", "wide", "too_few"]
DEFAULT_SCALE = {"several": "1/4", "many": "1/2", "most": "2/3", "nearly_all": "9/10"}


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the record holds on one finding, as numbers of people (or of hands, where there was a count).

    n of N support it: `reservations` of these n with reservations, `strong` of them by a strong stance. `T` took a
    position at all. `opposed` took the stance disagree; `against` are those and whoever disputes it in a statement;
    `unanswered` of these against have had no answer. `answers` is how many of N took a stance on the finding.
    """

    n: int = 0
    N: int = 0
    T: int = 0
    answers: int = 0
    reservations: int = 0
    strong: int = 0
    opposed: int = 0
    against: int = 0
    abstained: int = 0
    unanswered: int = 0
    wide: bool = False  # three or more positions in the basis, each opposed to each other, none prevailing
    is_count: bool = False  # a show of hands or a poll
    is_anonymous: bool = False  # of an anonymous room: nobody is told a number of one or two
    is_disputed: bool = False  # statements are against it


@dataclass(frozen=True, slots=True)
class Claim:
    """A level as the rapporteur claims it, with what was done at the table to make sure of it."""

    level: str
    call: str | None = None  # "check_round", "read_back", "consensus"
    objections: int = 0
    in_pair: bool = False  # one of two findings "some … others" that name each other


def thresholds(scale: dict[str, str] | None) -> dict[str, Fraction]:
    """The event's thresholds as fractions; the format's own where the event sets none."""
    return {name: Fraction(ratio) for name, ratio in (scale or DEFAULT_SCALE).items()}


def printed_level(level: str | None, *, is_anonymous: bool) -> str | None:
    """A level as it is printed: in an anonymous room one and two people are "some"."""
    return "some" if is_anonymous and level in SMALL_WORDS else level


def quantifier(claim: Claim, numbers: Numbers, scale: dict[str, Fraction]) -> str | None:
    """The first row of the table of quantifiers that fits, or None where none does (nobody supports it)."""
    n, table = numbers.n, numbers.N
    if n < 1 or table < 1:
        return None
    share = Fraction(n, table)
    asked = claim.call == "check_round"
    rows = [
        ("all", n == table >= 2 and (numbers.is_count or (asked and numbers.answers == table))),
        ("nearly_all", scale["nearly_all"] <= share and table >= 3 and (numbers.is_count or asked)),
        ("one", n == 1),
        ("two", n == 2),
        ("some", n >= 3 and share < scale["several"]),
        ("several", n >= 3 and scale["several"] <= share < scale["many"]),
        ("many", n >= 3 and scale["many"] <= share < scale["most"]),
        ("most", n >= 3 and scale["most"] <= share),
    ]
    return next((level for level, fits in rows if fits), None)


def patterns(numbers: Numbers) -> list[str]:
    """The patterns that hold, in the order of the table."""
    if 2 * numbers.T < numbers.N:
        return ["too_few"]
    support = Fraction(numbers.n, numbers.T) if numbers.T else Fraction(0)
    opposition = Fraction(numbers.opposed, numbers.T) if numbers.T else Fraction(0)
    third = Fraction(1, 3)
    rows = [
        ("strong", support >= Fraction(4, 5) and 2 * numbers.strong >= numbers.n),
        ("general", support >= Fraction(3, 4) and numbers.unanswered == 0),
        ("some_disagreement", support > Fraction(1, 2) and 0 < opposition < third),
        ("divided", support >= third and opposition >= third),
        ("wide", numbers.wide),
    ]
    return [level for level, holds in rows if holds]


def holds_unnumbered(claim: Claim, numbers: Numbers) -> bool:
    """Whether a level holds that is reached only where it is claimed."""
    unopposed = numbers.against == 0
    called = claim.objections == 0 and unopposed
    at_least = FEW if numbers.is_anonymous else 2
    supported = numbers.n >= (1 if numbers.is_anonymous else 2)  # there nobody is told whether it is one or two
    return {
        "participants": numbers.n >= at_least and 2 * numbers.n >= numbers.N and unopposed,
        "some": claim.in_pair and supported,
        "others": claim.in_pair and supported,
        "no_objection": claim.call in ("read_back", "consensus") and called,
        "consensus": claim.call == "consensus" and called,
    }.get(claim.level, False)


def reached(claim: Claim, numbers: Numbers, scale: dict[str, Fraction]) -> str | None:
    """The level that the record reaches for this claim, or None where none fits."""
    if claim.level in PATTERNS:
        holding = patterns(numbers)
        return claim.level if claim.level in holding else next(iter(holding), None)
    if claim.level != "participants" and holds_unnumbered(claim, numbers):
        return claim.level
    return printed_level(quantifier(claim, numbers, scale), is_anonymous=numbers.is_anonymous)


def verdict(claim: Claim, numbers: Numbers, scale: dict[str, Fraction]) -> str:
    """ "holds", "understates" or "overclaims"."""
    level = reached(claim, numbers, scale)
    claim = replace(claim, level=printed_level(claim.level, is_anonymous=numbers.is_anonymous) or "")
    if level == claim.level or (claim.level == "participants" and holds_unnumbered(claim, numbers)):
        return "holds"
    if level in ORDER and claim.level in ORDER and ORDER.index(claim.level) < ORDER.index(level):
        return "understates"
    return "overclaims"
