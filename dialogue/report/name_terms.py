"""Takes names and affiliations apart into the terms that the name detector looks for."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from dialogue.report.name_folding import WITHOUT_SPACES, bare, fold, folded_words
from dialogue.restricter import Facts, is_suffix

COMMON = Path(__file__).parent / "common_words"  # small lists, pinned: of grammar, the calendar, of reports


def words_in(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


STOP, WARN, FREE = "stop", "warn", "free"  # what a term does where it is found; a free one may stand

PARTICLES = words_in(
    "van von der den de del della dello di da do dos das du des la le les lo los las el al bin "
    "ibn ben bint abu ter ten te zu zum zur af av of y e i san santa saint st ste sint mac mc "
    "ap o d l dit بن ابن ابو ال בן בר בת"
)
# Family names that stand first where they stand first in a list, as it is usual in Vietnam, China, Korea; none of
# them is a usual first name elsewhere.
FAMILY_FIRST = words_in(
    "nguyen tran pham huynh hoang phan vu vo dang bui do ngo duong ly dinh trinh truong cao mai "
    "ho le wang zhang chen liu yang huang zhao wu zhou xu sun zhu gao lin guo luo liang xie "
    "tang deng feng zeng peng xiao cai jiang shen jia wei xue lei hou hao qin shao wan qian dai "
    "qiu choi jeong jung kang yoon jang lim shin kwon hwang ahn song hong moon seo oh"
)
FAMILY_FIRST_OF_THREE = FAMILY_FIRST | frozenset({"kim", "lee", "park", "li", "han", "ma", "he", "hu", "lu", "yu"})
TWO_IDEOGRAPHS = words_in(
    "欧阳 司马 诸葛 上官 东方 皇甫 尉迟 公孙 令狐 歐陽 司馬 諸葛 東方 남궁 황보 제갈 사공 선우"
)
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})  # letters written out
SPELT_OUT = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))
HANGUL = re.compile(r"[\uac00-\ud7a3]")
ARTICLE = re.compile(r"^(?:the|la|le|les|l['’]|der|die|das|el|los|las)[\s'’]*(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """What is looked for: its folded words (or, `is_spaceless`, one run of letters), and what finding it does.

    why: what it is of somebody: "name", "alias", "surname", "affiliation", "first_name", "spelling", "function".
    `shape`: how it is listed: "lower", "upper" (an abbreviation), "title", "uncased".
    """

    words: tuple[str, ...]
    action: str
    why: str
    shape: str
    person: str = ""
    may_have_comma: bool = False
    is_spaceless: bool = False
    is_initials: bool = False


@cache
def common_words(language: str | None) -> frozenset[str]:
    """The common words of a language ("en", "fr"), folded; of both, where it is neither."""
    if language not in ("en", "fr"):
        return common_words("en") | common_words("fr")
    listed = (COMMON / f"{language}.txt").read_text(encoding="utf-8").split()
    return frozenset(fold(word).text for word in listed)


def shape_of(word: str) -> str:
    """How a word is written: "lower", "upper", "title"; "uncased" in a script without capitals."""
    letters = [one for one in bare(unicodedata.normalize("NFKD", word)) if one.isalpha()]
    if not letters or (not letters[0].isupper() and not letters[0].islower()):
        return "uncased"
    if letters[0].islower():
        return "lower"
    return "upper" if len(letters) > 1 and not any(one.islower() for one in letters) else "title"


def term(text: str, action: str, why: str, person: str = "", **more: bool) -> Term | None:
    """The term of a text as it is listed; None where there is nothing to look for."""
    if WITHOUT_SPACES.search(text):
        run = re.sub(r"[\s-]+", "", fold(text).text)
        return Term((run,), action, why, "uncased", person, is_spaceless=True)
    words = tuple(folded_words(text))
    if not words or (len(words) == 1 and len(words[0]) < 2 and shape_of(text) != "uncased"):
        return None
    return Term(words, action, why, shape_of(text), person, **more)


# ------------------------------------------------------------------ a name and its parts


@dataclass(frozen=True, slots=True)
class Parts:
    """A name taken apart: the family name, other words that may be one, and the given names, as they are listed."""

    whole: str
    family: str
    others: tuple[str, ...]  # between the two: a second surname, or a middle name
    given: tuple[str, ...]


def is_particle(word: str) -> bool:
    """Whether a word of a name is "van", "de", "bin" and the like."""
    return all(part in PARTICLES for part in folded_words(word)) if folded_words(word) else True


def is_initial(word: str) -> bool:
    """Whether a word of a name is one letter, with or without a dot."""
    parts = folded_words(word)
    return bool(parts) and all(len(part) == 1 for part in parts) and shape_of(word) != "uncased"


def taken_apart(facts: Facts) -> Parts:
    """A person's name in its parts."""
    before, _comma, after = facts.name.partition(",")
    after_words = [word for word in after.split() if not is_suffix(word)]
    words = [word for word in before.split() if not is_suffix(word)] or before.split()
    if after_words:
        return Parts(f"{before.strip()} {' '.join(after_words)}", before.strip(), (), tuple(after_words))
    whole = " ".join(words)
    if facts.family_name and facts.family_name in facts.name:
        given = before.replace(facts.family_name, " ", 1).split()
        return Parts(whole, facts.family_name, (), tuple(word for word in given if not is_suffix(word)))
    if is_east_asian(whole):
        return east_asian(words)
    first = "".join(folded_words(words[0])) if words else ""
    if len(words) > 1 and first in (FAMILY_FIRST_OF_THREE if is_east_asian_order(words) else FAMILY_FIRST):
        return Parts(whole, words[0], (words[-1],) if len(words) > 2 else (), tuple(words[1:]))
    return western(words)


def is_east_asian_order(words: list[str]) -> bool:
    """Whether a name's number of words, or a hyphen in the second, suggests that the family name stands first."""
    return len(words) > 2 or "-" in fold(words[1]).text


def is_east_asian(name: str) -> bool:
    """Whether a name is in hangul, kana or ideographs: the family name stands first there."""
    return bool(HANGUL.match(name) or WITHOUT_SPACES.match(name)) and name[0] >= "\u3000"


def east_asian(words: list[str]) -> Parts:
    """A name in ideographs, kana or hangul: the family name stands first."""
    if len(words) > 1:
        return Parts(" ".join(words), words[0], (), ("".join(words[1:]),))
    whole = words[0]
    if len(whole) < 2 or not re.match(r"[\u3400-\u9fff\uac00-\ud7a3]", whole) or len(whole) > 5:
        return Parts(whole, whole, (), ())
    size = 2 if whole[:2] in TWO_IDEOGRAPHS and len(whole) > 2 else 1
    return Parts(whole, whole[:size], (), (whole[size:],))


def western(words: list[str]) -> Parts:
    """A name whose family name stands last, with the particles before it."""
    if len(words) < 2:
        return Parts(" ".join(words), " ".join(words), (), ())
    start = len(words) - 1
    while start > 1 and (words[start - 1].islower() or is_particle(words[start - 1])):
        start -= 1
    middle = [word for word in words[1:start] if not is_initial(word) and not is_particle(word)]
    return Parts(" ".join(words), " ".join(words[start:]), tuple(middle), (words[0],))


def of_name(facts: Facts, action: str = STOP) -> Iterator[Term | None]:
    """The terms of a person's name and other spellings. `action`: of what equals it."""
    key = facts.key
    parts = taken_apart(facts)
    yield from of_parts(parts, key, action)
    listed = facts.name.partition(",")[0]
    yield term(listed, action, "name", key)
    if facts.family_name or not is_east_asian(parts.whole):
        yield term(facts.surname, action, "surname", key)
    for alias in facts.aliases:
        yield term(alias, action, "alias", key)
        words = alias.split()
        is_name = all(shape_of(word) != "lower" or is_particle(word) for word in words)
        if len(words) > 1 and is_name and not ARTICLE.match(alias):
            yield from of_parts(taken_apart(Facts(key, alias)), key, action)


def of_parts(parts: Parts, key: str, action: str) -> Iterator[Term | None]:
    """The whole name in either order, the family name and its parts, the given names alone, other spellings."""
    yield term(parts.whole, action, "name", key)
    given = " ".join(parts.given)
    if given:
        yield term(f"{parts.family} {given}", action, "name", key, may_have_comma=True)
        yield term(f"{given} {parts.family}", action, "name", key)
        yield term(f"{parts.given[0]} {parts.family}", action, "name", key)
        yield from initials(parts, key, action)
    both = " ".join([*parts.others[-1:], parts.family])  # Spanish: the father's and the mother's
    surnames = list(dict.fromkeys([both, parts.family, *family_parts(parts)]))
    for surname in surnames:
        yield term(surname, action, "surname", key)
    if HANGUL.match(parts.whole) or WITHOUT_SPACES.match(parts.whole):
        yield term(parts.whole.replace(" ", ""), action, "name", key)
        yield term(given.replace(" ", ""), WARN, "first_name", key)
    elif parts.given and not is_initial(parts.given[0]):
        yield term(parts.given[0], WARN, "first_name", key)
    for surname in [parts.whole, *surnames]:
        yield from spellings(surname, key)


def family_parts(parts: Parts) -> Iterator[str]:
    """The parts of a double family name, and words between it and the given name that may be a second one."""
    for word in parts.family.split():
        pieces = [piece for piece in re.split(r"[-‐‑‒–—]", word) if piece]
        for piece in pieces if len(pieces) > 1 else [word]:
            bare_piece = re.sub(r"^[dDlLoO]['’‘ʼ]", "", piece)  # d'Aubigné
            for one in dict.fromkeys([piece, bare_piece]):
                if not is_particle(one) and len(fold(one).text) >= 2 and not is_initial(one):
                    yield one
    yield from (word for word in parts.others if len(fold(word).text) >= 3 or shape_of(word) == "uncased")


def initials(parts: Parts, key: str, action: str) -> Iterator[Term | None]:
    """An initial and the family name, in either order."""
    letter = folded_words(parts.given[0])
    if not letter or WITHOUT_SPACES.search(parts.whole) or shape_of(parts.whole) == "uncased":
        return
    for text in (f"{letter[0][0].upper()} {parts.family}", f"{parts.family} {letter[0][0].upper()}"):
        yield term(text, action, "name", key, is_initials=True, may_have_comma=True)


def spellings(name: str, key: str) -> Iterator[Term | None]:
    """Other ways to write a name: in one word, with ü as ue or the other way round."""
    words = tuple(folded_words(name))
    whole = "".join(words)
    if WITHOUT_SPACES.search(name) or len(whole) < 4 or shape_of(name) == "uncased":
        return
    shape = shape_of(name)
    if len(words) > 1 and len(whole) >= 5:
        yield Term((whole,), WARN, "spelling", shape, key)
    out = unicodedata.normalize("NFC", name).casefold().translate(GERMAN)
    forms = {tuple(folded_words(out))}
    forms |= {tuple(word.replace(long, short) for word in words) for long, short in SPELT_OUT if long in whole}
    for form in forms - {words, ()}:
        yield Term(form, WARN, "spelling", shape, key)


# ------------------------------------------------------------------ an affiliation and a function


def of_affiliation(facts: Facts, action: str = STOP) -> Iterator[Term | None]:
    """The affiliation, its longer parts and its abbreviations."""
    whole = facts.affiliation.strip()
    parts = [part.strip() for part in re.split(r"[,;/]|[()]", whole)]
    for part in dict.fromkeys([whole, *parts]):
        is_abbreviation = shape_of(part) == "upper" and len(folded_words(part)) == 1
        if part and (part == whole or len(part.split()) > 1 or is_abbreviation or WITHOUT_SPACES.search(part)):
            yield term(part, action, "affiliation", facts.key)
            shorter = ARTICLE.sub("", part)
            if len(folded_words(shorter)) > 1:
                yield term(shorter, action, "affiliation", facts.key)
    if len(folded_words(whole)) > 1 and len(whole) >= 6:
        yield from (one for one in spellings(whole, facts.key) if one and len(one.words) == 1)


def of_function(facts: Facts) -> Iterator[Term | None]:
    """A function that is long enough to point at somebody."""
    if len(facts.function.split()) >= 3:
        yield term(facts.function, WARN, "function", facts.key)


@lru_cache(maxsize=4096)
def names_of(facts: Facts, action: str = STOP) -> tuple[Term, ...]:
    """The terms of a person's name."""
    return tuple(dict.fromkeys(one for one in of_name(facts, action) if one))


@lru_cache(maxsize=4096)
def terms_of(facts: Facts, action: str = STOP) -> tuple[Term, ...]:
    """Everything that tells who somebody is: name, affiliation, function."""
    found = [*of_name(facts, action), *of_affiliation(facts, action), *of_function(facts)]
    return tuple(dict.fromkeys(one for one in found if one))
