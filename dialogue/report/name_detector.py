"""Detects names that the attribution rule protects in what people wrote, however they are spelt.

A find either stops the export or warns; it tells where it stands. One detector serves the desk, the check and export.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from dialogue.report.name_folding import LOOKS, WITHOUT_SPACES, Folded, fold, words
from dialogue.report.name_terms import (
    FREE,
    HANGUL,
    PARTICLES,
    STOP,
    WARN,
    Term,
    common_words,
    names_of,
    shape_of,
    term,
    terms_of,
    words_in,
)
from dialogue.restricter import Facts, Restricter

GAP = re.compile(r"[\s'_-]*")  # between the words of a name
DOTTED = re.compile(r"\.?[\s'_-]*")  # behind an initial
COMMA = re.compile(r"\.?,?\s*")
OPENING = r"[\s\"“”«»‘’'(\[{*_>–—-]*"
SENTENCE_END = re.compile(rf"(?:^|[.!?…。]|\n)[\"”’»)\]]*{OPENING}$|[,:]\s*[\"“«‘]\s*$")
TITLES = words_in(
    "Mr Mrs Ms Miss Mx Dr Prof Professor Sir Dame Lady Lord M MM Mme Mmes Mlle Dre Pr Me "
    "Monsieur Madame Mademoiselle Docteur Docteure Maître Professeur Professeure Herr Frau Hon "
    "Honourable Senator Sénateur Sénatrice General Général Colonel Captain Capitaine Ambassador "
    "Ambassadeur Ambassadrice Gen Col Capt Sen Rep Gov Amb Lt Maj Sgt monsieur madame professor "
    "docteur professeur professeure senator sénateur ambassador ambassadeur"
)
ABBREVIATIONS = words_in("cf vs viz approx ca al eg ie no st ste art sec ch vol fig p pp")
BEFORE = re.compile(r"([^\W\d_]+)(\.?)\s+$")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|www\.\S+")
PROCLITICS = frozenset("وفبلك" + "ובלמשהכ")  # "and", "to" and the like, written together with the next word
# Warnings on which words that nobody looks at again are not printed.
SURE = {"start", "spelling", "address", "case", "name", "surname", "alias", "affiliation"}


@dataclass(frozen=True, slots=True)
class Find:
    """A name in a text: as it stands there and where, what it does, and why it only warns."""

    text: str
    start: int
    end: int
    action: str
    why: str
    people: tuple[str, ...]

    @property
    def stops(self) -> bool:
        """Whether it stops the export."""
        return self.action == STOP

    @property
    def is_likely(self) -> bool:
        """Whether it is, or is likely to be, the name: more than a common word or a first name."""
        return self.stops or self.why in SURE

    @property
    def folded(self) -> str:
        """The spelling under which an answer to it is kept."""
        return " ".join(words().findall(fold(self.text).text)) or fold(self.text).text


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a folded text."""

    text: str
    start: int
    end: int


class NameDetector:
    """Looks for terms in texts: a table of first words, and an expression for scripts without spaces."""

    def __init__(self, terms: Iterable[Term], keys: Iterable[str] = (), addresses: Iterable[str] = ()):
        self.first: dict[str, list[Term]] = {}
        self.syllables: dict[str, list[Term]] = {}  # hangul: a particle may follow
        self.runs: dict[str, list[Term]] = {}
        for one in dict.fromkeys(looking_alike(terms)):
            if one.is_spaceless:
                self.runs.setdefault(one.words[0], []).append(one)
            else:
                self.first.setdefault(one.words[0], []).append(one)
                if len(one.words) == 1 and HANGUL.match(one.words[0]) and len(one.words[0]) > 1:
                    self.syllables.setdefault(one.words[0], []).append(one)
        listed = sorted((run for run in self.runs if run), key=len, reverse=True)
        self.run = re.compile("|".join(map(loose, listed))) if listed else None
        marks = sorted(f"@{re.escape(key)}" for key in keys)
        self.marks = re.compile(rf"(?:{'|'.join(marks)})(?![a-z0-9-])") if marks else None
        self.addresses = {one.casefold() for one in addresses if one}
        self.longest = max((len(one.words) for found in self.first.values() for one in found), default=0)

    def find(self, text: str, language: str | None = None) -> list[Find]:
        """The names in a text, in their order, none inside another. `language`: whose common words are common."""
        found = list(self.in_form(text, fold(text), language))
        if LOOKS.search(text):
            found += self.in_form(text, fold(text, looks=True), language)
        if self.marks:
            found += [
                Find(one.group(), one.start(), one.end(), STOP, "mark", (one.group()[1:],))
                for one in self.marks.finditer(text)
            ]
        found += self.in_addresses(text)
        return resolved(found)

    def in_form(self, text: str, folded: Folded, language: str | None) -> Iterator[Find]:
        """What one form of a text holds."""
        common = common_words(language)
        if self.first:
            found = [Word(one.group(), one.start(), one.end()) for one in words().finditer(folded.text)]
            for place, word in enumerate(found):
                yield from self.at(text, folded, found, place, word, common)
        if self.run and WITHOUT_SPACES.search(folded.text):
            for hit in self.run.finditer(folded.text):
                for one in self.runs[re.sub(r"[\s-]+", "", hit.group())]:
                    start, end = folded.origins[hit.start()], ends(folded, hit.end())
                    action, why = one.action, one.why
                    if len(one.words[0]) == 1 and action == STOP:
                        action, why = WARN, "ideograph"
                    yield Find(text[start:end], start, end, action, why, (one.person,))

    # ------------------------------------------------------------ words

    def at(
        self, text: str, folded: Folded, found: list[Word], place: int, word: Word, common: frozenset[str]
    ) -> Iterator[Find]:
        """What begins with one word of a text."""
        for form, is_exact in forms(word.text):
            for one in self.first.get(form, ()):
                last = matched(one, found, place, folded.text, is_exact)
                if last is not None:
                    yield from self.weighed(one, text, folded, word, found[last], common, is_exact)
        if HANGUL.match(word.text):
            for size in range(2, len(word.text)):
                for one in self.syllables.get(word.text[:size], ()):
                    end = Word(word.text[:size], word.start, word.start + size)
                    yield from self.weighed(one, text, folded, end, end, common, True)
        if place + 1 < len(found):
            yield from self.joined(text, folded, word, found[place + 1])

    def joined(self, text: str, folded: Folded, word: Word, after: Word) -> Iterator[Find]:
        """A name in one word that is written in two."""
        whole = word.text + after.text
        if whole not in self.first or len(whole) < 5:
            return
        start, end = folded.origins[word.start], ends(folded, after.end)
        if GAP.fullmatch(folded.text[word.end : after.start]) and shape_of(text[start:end]) != "lower":
            for one in self.first[whole]:
                if len(one.words) == 1 and one.why != "first_name" and one.action != FREE:
                    yield Find(text[start:end], start, end, WARN, "spelling", (one.person,))

    def weighed(
        self, one: Term, text: str, folded: Folded, first: Word, last: Word, common: frozenset[str], is_exact: bool
    ) -> Iterator[Find]:
        """What a match does where it stands: it stops, it warns, or it is nothing."""
        start, end = folded.origins[first.start], ends(folded, last.end)
        written = text[start:end]
        if one.action == FREE:
            yield Find(written, start, end, FREE, "own", (one.person,))
        elif len(one.words) > 1:
            action, why = weigh_words(one, written, common)
        else:
            action, why = weigh_word(one, text, start, written, first.text if is_exact else one.words[0], common)
        if one.action != FREE and action:
            if not is_exact and one.words[0] and first.text not in (f"{one.words[0]}s", f"{one.words[0]}es"):
                action, why = WARN, "spelling"  # a proclitic before it
            yield Find(written, start, end, action, why, (one.person,))

    def in_addresses(self, text: str) -> Iterator[Find]:
        """E-mail addresses of somebody protected, or with a name of theirs in it."""
        if "@" not in text:
            return
        for one in ADDRESS.finditer(text):
            local, _at, domain = one.group().partition("@")
            if not domain:
                continue
            letters = "".join(words().findall(fold(local).text))
            people = [
                found.person
                for name, terms in self.first.items()
                if len(name) >= 4 and name in letters
                for found in terms
                if len(found.words) == 1 and found.action == STOP and found.why != "affiliation"
            ]
            if people or one.group().casefold().rstrip(".") in self.addresses:
                yield Find(one.group(), one.start(), one.end(), WARN, "address", tuple(dict.fromkeys(people)))


def looking_alike(terms: Iterable[Term]) -> Iterator[Term]:
    """Each term, and where it is of letters that look like Latin ones, as it would look."""
    for one in terms:
        yield one
        if any(LOOKS.search(word) for word in one.words):
            yield replace(one, words=tuple(fold(word, looks=True).text for word in one.words))


def loose(run: str) -> str:
    """A name of a script without spaces, in which a blank or a dot may stand between any two letters."""
    return r"[\s-]?".join(map(re.escape, run))


def ends(folded: Folded, end: int) -> int:
    """Where in the original something ends that ends before the folded text's letter `end`."""
    return folded.origins[end]


def forms(word: str) -> Iterator[tuple[str, bool]]:
    """The forms under which a written word is looked up, and whether they are the word itself."""
    yield word, True
    if word[-1:] == "s" and len(word) > 2:
        yield word[:-1], False
        if word[-2:] == "es":
            yield word[:-2], False
    elif word[0] in PROCLITICS and len(word) > 3:
        yield word[1:], False


def matched(one: Term, found: list[Word], place: int, text: str, is_exact: bool) -> int | None:
    """The place of a term's last word, where its words stand from `place` on; else None."""
    count = len(one.words)
    if count == 1:
        return place
    if not is_exact or place + count > len(found):
        return None
    for step in range(1, count):
        before, word = found[place + step - 1], found[place + step]
        wanted = one.words[step]
        if word.text != wanted and not (step == count - 1 and word.text in (f"{wanted}s", f"{wanted}es")):
            return None
        gap = DOTTED if len(before.text) == 1 else GAP
        between = text[before.end : word.start]
        if not gap.fullmatch(between) and not (one.may_have_comma and COMMA.fullmatch(between)):
            return None
    return place + count - 1


def weigh_words(one: Term, written: str, common: frozenset[str]) -> tuple[str, str]:
    """What several words do: they stop, or warn where each of them is common."""
    shapes = [shape_of(word) for word in re.findall(r"[^\W\d_]+", written)]
    if one.is_initials and any(shape == "lower" for shape in (shapes[:1] + shapes[-1:])):
        return "", ""
    if one.action == WARN:
        return WARN, one.why
    if all(word in common or len(word) == 1 for word in one.words):
        return WARN, "common"
    if one.why in ("name", "surname") and one.shape != "lower":  # "Paul the": of somebody called Paul The
        lower = {fold(word).text for word in re.findall(r"[^\W\d_]+", written) if shape_of(word) == "lower"}
        if lower & common & set(one.words) - PARTICLES:
            return WARN, "common"
    return STOP, one.why


def weigh_word(
    one: Term, text: str, start: int, written: str, word: str, common: frozenset[str]
) -> tuple[str, str]:
    """What a single word does, by how it is written, where it stands and how common it is."""
    shape = shape_of(written)
    if shape == "uncased":
        return (WARN, "ideograph") if len(word) < 2 and one.action == STOP else (one.action, one.why)
    is_abbreviation = one.why == "affiliation" and one.shape == "upper"
    if is_abbreviation and shape != "upper":
        return "", ""
    is_lower = shape == "lower" and one.shape != "lower"
    is_common = word in common and not is_abbreviation
    is_addressed = one.why != "affiliation" and has_title_before(text, start)
    if one.action == WARN:
        is_nothing = is_lower and (is_common or one.why == "first_name")
        is_nothing |= is_common and starts_sentence(text, start) and not is_addressed
        return ("", "") if is_nothing else (WARN, one.why)
    if is_lower:
        return ("", "") if is_common or len(word) < 4 else (WARN, "case")
    if is_addressed and shape != "lower":
        return one.action, one.why
    if is_common:
        return WARN, "common"
    if shape == "title" and starts_sentence(text, start):
        return WARN, "start"
    return one.action, one.why


def starts_sentence(text: str, start: int) -> bool:
    """Whether a sentence, or the text, begins at this place."""
    before = text[max(0, start - 24) : start]
    if not SENTENCE_END.search("x" + before if start > 24 else before):
        return False
    last = BEFORE.search(before)
    is_short = last and last[2] and (len(last[1]) == 1 or last[1].casefold() in ABBREVIATIONS)
    return not is_short and not has_title_before(text, start)


def has_title_before(text: str, start: int) -> bool:
    """Whether "Mr", "Professor" and the like stands right before this place."""
    before = BEFORE.search(text[max(0, start - 24) : start])
    return bool(before and before[1] in TITLES)


def resolved(found: list[Find]) -> list[Find]:
    """The finds that count, in their order: none inside a longer one that weighs as much, none where it may stand."""
    weight = {FREE: 3, STOP: 2, WARN: 1}
    by_place: dict[tuple[int, int], Find] = {}
    for one in found:
        now = by_place.get((one.start, one.end))
        if now is None or weight[one.action] > weight[now.action]:
            by_place[one.start, one.end] = one
        elif weight[one.action] == weight[now.action]:
            people = tuple(dict.fromkeys((*now.people, *one.people)))
            by_place[one.start, one.end] = Find(now.text, now.start, now.end, now.action, now.why, people)
    left = sorted(by_place.values(), key=lambda one: (one.start, -one.end))
    kept = [
        one
        for one in left
        if not any(
            other is not one
            and other.start <= one.start
            and one.end <= other.end
            and weight[other.action] >= weight[one.action]
            for other in left
        )
    ]
    return [one for one in kept if one.action != FREE]


# ------------------------------------------------------------------ the people of an event


@lru_cache(maxsize=64)
def detector(terms: frozenset[Term], keys: frozenset[str], addresses: frozenset[str] = frozenset()) -> NameDetector:
    """The detector of these terms, made once."""
    return NameDetector(terms, keys, addresses)


class ProtectedNames:
    """The people of an event whom its rule hides, in one report or on its pages."""

    def __init__(
        self,
        rules: Restricter,
        own: Iterable[str],
        addresses: dict[str, str] | None = None,
        confirmed: dict[str, tuple[str, str]] | None = None,
    ):
        """`confirmed`: the name and affiliation confirmed last, of who has set others for themselves since."""
        people = rules.people
        self.confirmed = confirmed or {}
        hidden = [key for key in people if rules.is_protected(key)]
        by_role = [key for key in people if key not in hidden and rules.openest(key) == "role"]
        self.people = people
        terms = {one for key in hidden for one in self.terms(key, terms_of)}
        terms |= {one for key in by_role for one in self.terms(key, names_of)}
        self.everywhere = {*hidden, *by_role}
        self.own = {one for text in own if (one := term(text, FREE, "own"))}
        self.own |= {one for key in people if key not in self.everywhere for one in full_names(people[key])}
        mails = frozenset(mail for key, mail in (addresses or {}).items() if key in self.everywhere and mail)
        self.detector = detector(frozenset(terms | self.own), frozenset(self.everywhere), mails)

    def terms(self, key: str, of: Callable[..., tuple[Term, ...]]) -> Iterator[Term]:
        """The terms of a person; those that they set for themselves only warn until the staff have confirmed them."""
        facts = self.people[key]
        if key not in self.confirmed:
            yield from of(facts)
            return
        name, affiliation = self.confirmed[key]
        former = replace(facts, name=name, affiliation=affiliation)
        yield from of(former)
        yield from (one for one in of(facts, WARN) if one.action == WARN)

    def find(self, text: str, language: str | None = None) -> list[Find]:
        """The protected names in a text; the convenor's and partners' own names, and those of who is named, stand."""
        return self.detector.find(text, language)

    def hides(self, text: str) -> bool:
        """Whether words that nobody looks at again are better not printed."""
        return any(one.is_likely for one in self.find(text))

    def find_of(self, people: Iterable[str], text: str, language: str | None = None) -> list[Find]:
        """The names of these people in a text, whatever their own sessions allow."""
        terms = frozenset(one for key in people for one in self.terms(key, names_of))
        own = frozenset(one for one in self.own if one.person not in people)
        return detector(terms | own, frozenset()).find(text, language)


def full_names(facts: Facts) -> Iterator[Term]:
    """The whole name of somebody who may be named: it may stand where a part of it is also somebody else's."""
    whole = term(facts.name.partition(",")[0], FREE, "own", facts.key)
    if whole and (len(whole.words) > 1 or whole.is_spaceless):
        yield whole
