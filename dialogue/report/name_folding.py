"""Folds text for comparing names: one form for all spellings of the same letters.

NFKD and full case folding; accents, zero-width characters, soft hyphens and emphasis go; letters that do not
decompose (ø, ł, đ, æ, œ, þ, ı) become Latin ones; apostrophes, hyphens and blanks are of one kind each. Vowel signs of
the scripts in which they are letters stay.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

APOSTROPHES = frozenset("'’‘ʼʻʹ′`´＇׳״‛ˈ")
HYPHENS = frozenset("-‐‑‒–—−﹘﹣－־·・‧")  # and the dot that parts the words of a foreign name in Chinese and Japanese
UNDECOMPOSED = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t",
        "ŋ": "n", "ȷ": "j", "ɨ": "i", "ʉ": "u", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ə": "e", "ɛ": "e", "ɔ": "o",
        "ß": "ss", "ſ": "s", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": "",
    }
)  # fmt: skip
# Cyrillic and Greek letters that look like Latin ones.
LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТХУІЈЅаеорсухіјѕԁһԛԝӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυχ",
    "ABEKMHOPCTXYIJSaeopcyxijsdhqwlABEZHIKMNOPTYXaikvopux",
)
LOOKS = re.compile("[" + "".join(map(chr, LOOKALIKES)) + "]")
# Marks that are letters of their script: vowel signs and the like, voiced kana, Thai and Lao vowels.
SIGNS = ((0x0900, 0x10FF), (0x1700, 0x1CFF), (0x3099, 0x309A), (0xA800, 0xABFF), (0x11000, 0x11FFF))
MARKED = ((0x0300, 0x20FF), (0x2CEF, 0x2D7F), (0x3000, 0x30FF), (0xA600, 0xABFF), (0xFB1E, 0xFB1F),
          (0xFE00, 0xFE2F), (0x11000, 0x11FFF), (0xE0100, 0xE01EF))  # fmt: skip
SPACELESS = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)  # Thai, Lao, Tibetan, Burmese, Khmer, kana, bopomofo, ideographs: written without spaces between words
WITHOUT_SPACES = re.compile(f"[{SPACELESS}]")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `origins[n]` is where its letter n stands in the original, with the original's end behind."""

    text: str
    origins: list[int] | range


@cache
def mark_class() -> str:
    """All combining marks, as the inside of a character class."""
    ranges: list[list[int]] = []
    for first, last in MARKED:
        for code in range(first, last + 1):
            if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me"):
                if ranges and ranges[-1][1] == code - 1:
                    ranges[-1][1] = code
                else:
                    ranges.append([code, code])
    return "".join(f"{re.escape(chr(one))}-{re.escape(chr(other))}" for one, other in ranges)


@cache
def clusters() -> re.Pattern[str]:
    """A letter with the marks and joined jamo behind it; or a run of ASCII, which folds as it stands."""
    return re.compile(rf"[\x00-)+,./-_a-~]+(?![{mark_class()}])|.[{mark_class()}\u1160-\u11ff]*", re.DOTALL)


@cache
def words() -> re.Pattern[str]:
    """A word of a script that has words, in a folded text."""
    return re.compile(rf"(?:(?![{SPACELESS}])[^\W\d_]|(?![{SPACELESS}])[{mark_class()}])+")


def is_letter_sign(mark: str) -> bool:
    """Whether a mark is a letter of its script rather than an accent."""
    code = ord(mark)
    return any(first <= code <= last for first, last in SIGNS)


def bare(text: str) -> str:
    """The text without accents and invisible characters."""
    return "".join(
        sign
        for sign in text
        if (category := unicodedata.category(sign)) not in ("Mn", "Me", "Cf")
        or (category == "Mn" and is_letter_sign(sign))
    )


@lru_cache(maxsize=20_000)
def fold_cluster(cluster: str, looks: bool) -> str:
    """One letter with its marks, folded. `looks`: a Cyrillic or Greek letter as the Latin one that it looks like."""
    first = cluster[0]
    if first in APOSTROPHES:
        return "'"
    if first in HYPHENS:
        return "-"
    if first == "*":
        return ""
    if first.isspace():
        return " "
    open_form = unicodedata.normalize("NFKD", cluster)
    if unicodedata.category(first) in ("So", "Sk", "Sc", "Sm", "Po", "Pi", "Pf") and len(bare(open_form)) != 1:
        return first
    letters = bare(open_form)
    if looks:
        letters = letters.translate(LOOKALIKES)
    letters = bare(unicodedata.normalize("NFKD", letters.casefold())).translate(UNDECOMPOSED)
    return unicodedata.normalize("NFC", letters)


def fold(text: str, looks: bool = False) -> Folded:
    """The text folded, with the place of each letter in the original."""
    if text.isascii() and "*" not in text and "`" not in text:
        return Folded(re.sub(r"\s", " ", text.lower()), range(len(text) + 1))
    parts: list[str] = []
    origins: list[int] = []
    for found in clusters().finditer(text):
        cluster, start = found.group(), found.start()
        if len(cluster) > 1 and cluster.isascii():
            parts.append(re.sub(r"\s", " ", cluster.lower()))
            origins.extend(range(start, found.end()))
        else:
            folded = fold_cluster(cluster, looks)
            parts.append(folded)
            origins.extend([start] * len(folded))
    return Folded("".join(parts), [*origins, len(text)])


def folded_words(text: str, looks: bool = False) -> list[str]:
    """The words of a text, folded; of scripts that have words."""
    return words().findall(fold(text, looks).text)
