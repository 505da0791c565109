"""What a program sees in a page: its heads, its socket, and the words of each statement, by the ids of the drawing.

The load program marks its words at both ends, so that they are found again in whatever the page draws around them.
"""

import functools
import html
import json
import random
import re
from dataclasses import dataclass

MARKED = re.compile(r"(w\d+-\d+):\s(.*?)\send-\1\b", re.S)
TAG = re.compile(r"<[^>]*>")
DISCUSSION = re.compile(r'<[^>]+\bid="discussion"[^>]*>')
ARTICLE = re.compile(r'<article\b[^>]*\bid="said-([0-9a-f-]{36})"[^>]*>(.*?)</article>', re.S)
VOCABULARY = [
    "river", "water", "delta", "canal", "council", "evidence", "cost", "caution", "benefit", "upstream", "“quoted”",
    "naïve", "œuvre", "façade", "R&D", "a<b", "3>2", "it's", "salmon", "consent", "treaty", "half-open",
]  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page as it came: its text in parts."""

    socket: str
    heads: dict[str, dict]  # {stream: {"epoch": …, "n": …}}
    words: dict[str, str]  # {statement: words}


def read(text: str) -> Page:
    """Take a page apart. Raises ValueError where there is no discussion in it."""
    found = DISCUSSION.search(text)
    if not found:
        raise ValueError("no discussion on this page")
    heads = json.loads(html.unescape(attribute(found[0], "data-streams")))
    return Page(attribute(found[0], "data-socket"), heads, words_in(text))


def attribute(tag: str, name: str) -> str:
    """An attribute's raw value, or ""."""
    found = re.search(rf"\b{name}=(?:\"([^\"]*)\"|'([^']*)')", tag)
    return (found[1] if found[1] is not None else found[2]) if found else ""


@functools.lru_cache(maxsize=20_000)
def words_in(text: str) -> dict[str, str]:
    """{statement: its words} for each statement drawn in a piece of html; without words of ours: ""."""
    return {subject: words_of(drawn) for subject, drawn in ARTICLE.findall(text)}


def words_of(drawn: str) -> str:
    """The marked words of one drawing as plain text, with one space wherever there was any white."""
    plain = " ".join(html.unescape(TAG.sub(" ", drawn)).split())
    found = MARKED.search(plain)
    return found[0] if found else ""


def plain(words: str) -> str:
    """Words as they must come back from a page."""
    return " ".join(words.split())


def marked(writer: str, number: int, chance: random.Random, length: int = 0) -> str:
    """Words that are nobody else's: about a dozen of the vocabulary, or `length` characters of them."""
    mark = f"{writer}-{number:05}"
    words = chance.choices(VOCABULARY, k=length // 7 if length else chance.randint(3, 20))
    half = 0 if length or len(words) < 8 else len(words) // 2
    said = "\n\n".join(" ".join(part) for part in (words[:half], words[half:]) if part)
    return f"{mark}: {said} end-{mark}"
