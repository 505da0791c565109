"""The agreement words as a document prints them: the level, the figure of a small group, and the reservations.

`Phrase` keeps what is inserted apart from the words that it stands behind, because punctuation depends on the text that
follows: "most participants, six of eight," where a sentence goes on, "(six of eight)" behind a pattern. Nothing here
knows people or databases: it is numbers in, words out, in English and French.
"""

import re
from dataclasses import dataclass

from dialogue.positions.quantifiers import FEW, PATTERNS, WORDS, Numbers, printed_level

SMALL = 12  # a group of so many has its figure beside the words
UNNUMBERED = {"no_objection", "consensus"}  # they claim no support: their figure is how many were present
UNSUPPORTED = {"wide", "too_few"}  # their figure is how many took a position at all
SPLIT = {"some_disagreement", "divided"}  # their figure has two sides
CLAUSES = {*PATTERNS, *UNNUMBERED}  # what is inserted stands in round brackets behind them

# A suffix that is written right behind a mark ("{f1}’s view") belongs to the words before anything is inserted.
SUFFIX = re.compile(r"[’'\-\w]+")
CLOSES = re.compile(r"[\s\u00a0\u202f]*(?:[.,;:!?)\]…»”–—(]|$)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Agreement words and what is inserted behind them ("" for nothing); `is_aside`: in round brackets."""

    words: str
    inserted: str = ""
    is_aside: bool = False

    def before(self, following: str) -> tuple[str, str, int]:
        """The phrase in front of this text: its words, the comma that closes it or "", the letters of a suffix taken.

        An insertion between commas is closed where the sentence goes on, and left open where punctuation follows.
        """
        if not self.inserted:
            return self.words, "", 0
        match = SUFFIX.match(following)
        suffix = match.group() if match else ""
        taken, suffix = len(suffix), "’" if suffix in ("’s", "'s") and self.words.endswith("s") else suffix
        if self.is_aside or suffix:
            return f"{self.words}{suffix} ({self.inserted})", "", taken
        return f"{self.words}, {self.inserted}", "" if CLOSES.match(following) else ",", 0

    def __str__(self) -> str:
        return f"{self.words}, {self.inserted}" if self.inserted else self.words


def phrase(
    level: str,
    numbers: Numbers,
    language: str,
    *,
    has_figure: bool = True,
    present: int | None = None,
    is_beyond: bool = False,
) -> Phrase:
    """The agreement words of a claim with these numbers.

    `is_beyond`: the record does not reach the words, so that "of them" would speak of too many people.
    `has_figure`: whether the figure stands there, where those counted are few enough. `present`: how many were there
    when a finding was read back or called for, for the levels that claim no support. In an anonymous room one and two
    are "some", and a figure below three is "fewer than three".
    """
    level = printed_level(level, is_anonymous=numbers.is_anonymous) or level
    wording = (French if language == "fr" else English)(level, numbers, present)
    words, inserted = WORDS[level][language], []
    if has_figure and wording.is_small and (whole := wording.counted_words()):
        words = whole
    elif has_figure and wording.is_small:
        inserted.append(wording.figure())
    if carries_reservations(numbers):
        beyond = is_beyond or wording.is_another_number
        inserted.append(wording.reservations_of_support() if beyond else wording.reservations(bool(inserted)))
    return Phrase(words, ", ".join(inserted), level in CLAUSES or wording.is_another_number)


def carries_reservations(numbers: Numbers) -> bool:
    """Whether a third or more of those in support have reservations: then the words must say it."""
    return 0 < numbers.n <= 3 * numbers.reservations


class English:
    """Figures and reservations in English."""

    names = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    few = "fewer than three"
    few_reserved = "support with reservations"

    def __init__(self, level: str, numbers: Numbers, present: int | None):
        self.level, self.numbers, self.present = level, numbers, present or 0

    @property
    def is_small(self) -> bool:
        """Whether those who were counted, or were present where no support is claimed, are few enough for a figure."""
        counted = self.present if self.level in UNNUMBERED else self.numbers.N
        return (FEW - 1 if self.numbers.is_anonymous else 0) < counted <= SMALL

    @property
    def is_another_number(self) -> bool:
        """Whether the words are "one" or "two", and the record holds another number."""
        return self.numbers.n != {"one": 1, "two": 2}.get(self.level, self.numbers.n)

    def name(self, number: int) -> str:
        """A number in words up to twelve."""
        return self.names[number] if number <= SMALL else str(number)

    def told(self, number: int, *, least: bool = False) -> str:
        """A number in words; in an anonymous room not whether it is one or two, nor with `least` whether nobody."""
        is_few = self.numbers.is_anonymous and (0 if least else 1) <= number < FEW
        return self.few if is_few else self.name(number)

    @property
    def is_few(self) -> bool:
        """Whether nobody is told how many are in support."""
        return self.numbers.is_anonymous and self.numbers.n < FEW

    def counted_words(self) -> str:
        """The words with the figure within them, where they are a number themselves; "" where they are not."""
        table = self.name(self.numbers.N)
        if self.is_another_number:
            return ""
        if self.level == "all" and self.numbers.n == self.numbers.N:
            return f"all {table} participants"
        words = {"one": f"one participant out of {table}", "two": f"two participants out of {table}"}
        return words.get(self.level, "")

    def figure(self) -> str:
        """How many of how many."""
        numbers, name = self.numbers, self.name
        if self.level in UNNUMBERED:
            return f"{name(self.present)} present"
        if self.level in UNSUPPORTED:
            return f"{self.told(numbers.T)} of {name(numbers.N)} took a position"
        support = f"{self.told(numbers.n, least=True)} of {name(numbers.N)}"
        return f"{support} in support, {self.told(numbers.opposed)} against" if self.level in SPLIT else support

    def reservations_of_support(self) -> str:
        """How many of those in support have reservations, where the words speak of more or other people."""
        n, reserved = self.numbers.n, self.numbers.reservations
        if self.is_few:
            return self.few_reserved
        if n == 1:
            return "the only supporter with reservations"
        if n == reserved:
            return "all in support with reservations"
        return f"{self.told(reserved)} of the {self.name(n)} in support with reservations"

    def needs_subject(self, has_figure: bool) -> bool:
        """Whether neither the words nor their figure say of whom the reservations are."""
        beside = UNNUMBERED | UNSUPPORTED | SPLIT
        return self.level in (beside if has_figure else beside | CLAUSES)

    def reservations(self, has_figure: bool) -> str:
        """How many of those in support have reservations, behind the words or a figure."""
        n, reserved, name = self.numbers.n, self.numbers.reservations, self.told
        if self.is_few:
            return self.few_reserved
        if self.needs_subject(has_figure):
            return "all in support with reservations" if n == reserved else f"{name(reserved)} with reservations"
        if n == reserved and self.level in ("one", "two"):
            return "with reservations" if n == 1 else "both with reservations"
        return "all of them with reservations" if n == reserved else f"{name(reserved)} of them with reservations"


class French(English):
    """Figures and reservations in French."""

    names = ["aucun", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"]
    few = "moins de trois"
    few_reserved = "appuis avec réserves"

    def counted_words(self) -> str:
        """The words with the figure within them, where they are a number themselves; "" where they are not."""
        if self.is_another_number:
            return ""
        table = self.name(self.numbers.N)
        words = {"one": f"une personne participante sur {table}", "two": f"deux participants sur {table}"}
        return words.get(self.level, "")

    def figure(self) -> str:
        """How many of how many."""
        numbers, name = self.numbers, self.name
        if self.level in UNNUMBERED:
            return "une personne présente" if self.present == 1 else f"{name(self.present)} personnes présentes"
        if self.level in UNSUPPORTED:
            if self.numbers.is_anonymous and 0 < numbers.T < FEW:
                return f"{self.few} sur {name(numbers.N)} ont pris position"
            took = {0: "aucune personne", 1: "une personne"}.get(numbers.T, name(numbers.T))
            verb = {0: "n’a pris position", 1: "a pris position"}.get(numbers.T, "ont pris position")
            return f"{took} sur {name(numbers.N)} {verb}"
        if self.level == "all" and numbers.n == numbers.N:
            return f"au nombre de {name(numbers.N)}"
        support = f"{self.told(numbers.n, least=True)} sur {name(numbers.N)}"
        return f"{support} pour, {self.told(numbers.opposed)} contre" if self.level in SPLIT else support

    def reservations_of_support(self) -> str:
        """How many of those in support have reservations, where the words speak of more or other people."""
        n, reserved = self.numbers.n, self.numbers.reservations
        if self.is_few:
            return self.few_reserved
        if n == 1:
            return "le seul appui avec réserves"
        if n == reserved:
            return "tous les appuis avec réserves"
        return f"{self.told(reserved)} des {self.name(n)} appuis avec réserves"

    def reservations(self, has_figure: bool) -> str:
        """How many of those in support have reservations, behind the words or a figure."""
        n, reserved, name = self.numbers.n, self.numbers.reservations, self.told
        if self.is_few:
            return self.few_reserved
        if self.needs_subject(has_figure):
            return "tous les appuis avec réserves" if n == reserved else f"{name(reserved)} avec réserves"
        if n == reserved and self.level in ("one", "two"):
            return "avec réserves" if n == 1 else "tous deux avec réserves"
        return "tous avec réserves" if n == reserved else f"dont {name(reserved)} avec réserves"
