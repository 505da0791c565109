"""Names that the attribution rule protects, looked for in what people wrote.

Both sides are compared in one form: without accents, invisible characters and capitals, with one kind of apostrophe and
hyphen. A single word counts only where it begins with a capital, for a surname may be a common word ("March").
"""

import re
import unicodedata
from collections.abc import Iterable

from dialogue.restricter import Facts, Restricter, is_suffix

APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ`´"), "'")
HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
# Cyrillic and Greek letters that look like Latin ones: they are compared as these, in names of either alphabet.
LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТХУІЈЅаеорсухіјѕԁһԛԝӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυχ", "ABEKMHOPCTXYIJSaeopcyxijsdhqwlABEZHIKMNOPTYXaikvopux"
)
MARKS = {"Mn", "Cf"}  # accents that stand alone, and characters that nobody sees


def plainly(text: str) -> str:
    """A text without accents and invisible characters, with one kind of apostrophe and letter; capitals stay."""
    letters = unicodedata.normalize("NFKD", text.translate(APOSTROPHES | HYPHENS))
    return "".join(letter for letter in letters if unicodedata.category(letter) not in MARKS).translate(LOOKALIKES)


def names(facts: Facts) -> set[str]:
    """A person's name, surname and other spellings, and each longer word of the surname."""
    parts = [word.strip(",") for word in facts.name.split()[1:] if not is_suffix(word)]
    words = {facts.name, facts.name.partition(",")[0], facts.surname, *facts.aliases}
    return words | {word for word in parts if len(word) >= 4 and not word.islower()}


def identifying(facts: Facts) -> set[str]:
    """Names, the affiliation with its longer parts and abbreviations, and a function long enough to point."""
    terms = names(facts)
    whole = facts.affiliation.strip()
    parts = [part.strip() for part in re.split(r"[,;]|[()]", whole)]
    terms |= {whole} | {part for part in parts if len(part.split()) > 1 or (part.isupper() and len(part) > 1)}
    if len(facts.function.split()) >= 3:
        terms.add(facts.function)
    return terms


class Terms:
    """What to look for, as one expression."""

    def __init__(self, terms: Iterable[str], keys: Iterable[str] = ()):
        known = {plainly(term).strip().casefold() for term in terms}
        marks = sorted(f"@{key}" for key in keys)  # a mark that was none ("x_@ada") is printed as it was typed
        words = sorted((re.escape(term) for term in known if term), key=len, reverse=True)
        edge = r"[^\W\d_]"
        self.pattern = (
            re.compile(rf"(?<!{edge})(?:{'|'.join(words)})(?:e?s)?(?!{edge})", re.IGNORECASE) if words else None
        )
        self.marks = re.compile(rf"(?:{'|'.join(marks)})(?![a-z0-9-])") if marks else None

    def found(self, text: str, own: "Terms | None" = None) -> list[str]:
        """The terms in a text, each once, as they stand there. `own`: names that may stand, and are passed over."""
        marked = list(self.marks.findall(text)) if self.marks else []
        plain = plainly(text)
        if own and own.pattern:
            plain = own.pattern.sub(lambda name: " " * len(name.group()), plain)
        hits = [hit.group() for hit in self.pattern.finditer(plain)] if self.pattern else []
        return list(dict.fromkeys([*(hit for hit in hits if " " in hit or hit[:1].isupper()), *marked]))


class Protected:
    """The people of an event whom its rule hides, in one report or on its pages."""

    def __init__(self, rules: Restricter, own: Iterable[str]):
        people = rules.people
        hidden = [key for key in people if rules.is_protected(key)]
        by_role = [key for key in people if key not in hidden and rules.openest(key) == "role"]
        terms = {term for key in hidden for term in identifying(people[key])}
        terms |= {term for key in by_role for term in names(people[key])}
        self.people = people
        self.everywhere = {*hidden, *by_role}
        self.terms = Terms(terms, self.everywhere)
        self.own = Terms(own)

    def found(self, text: str) -> list[str]:
        """The protected names in a text; the convenor's and partners' own names stand."""
        return self.terms.found(text, self.own)

    def found_of(self, people: Iterable[str], text: str) -> list[str]:
        """The names of these people in a text, whatever their own sessions allow."""
        return Terms(term for key in people for term in names(self.people[key])).found(text, self.own)
