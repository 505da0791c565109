"""Finds runs of words that a text has in common with one statement: the wording gives its speaker away."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from dialogue.report.name_folding import WITHOUT_SPACES, fold, words

LONG = 8  # words


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stands in the text, and folded."""

    text: str
    folded: str


class StrictWords:
    """The statements whose words must not be printed, by their runs of eight words."""

    def __init__(self, texts: Iterable[str]):
        self.runs_of: dict[tuple[str, ...], set[int]] = {}
        for number, text in enumerate(texts):
            said = [word for word, _start, _end in pieces(text)]
            for at in range(len(said) - LONG + 1):
                self.runs_of.setdefault(tuple(said[at : at + LONG]), set()).add(number)

    def runs(self, text: str) -> Iterator[Run]:
        """The runs of a text that are one statement's, each as long as it goes."""
        if not self.runs_of:
            return
        said = pieces(text)
        at = 0
        while at + LONG <= len(said):
            whose = self.runs_of.get(tuple(word for word, _start, _end in said[at : at + LONG]), set())
            if not whose:
                at += 1
                continue
            last = at + LONG
            while last < len(said):
                following = tuple(word for word, _start, _end in said[last - LONG + 1 : last + 1])
                if not (whose := whose & self.runs_of.get(following, set())):
                    break
                last += 1
            folded = " ".join(word for word, _start, _end in said[at:last])
            yield Run(text[said[at][1] : said[last - 1][2]], folded)
            at = last


def pieces(text: str) -> list[tuple[str, int, int]]:
    """(word, start, end) of a text, folded; of a script without spaces, each letter is one."""
    folded = fold(text)
    found = [(one.group(), one.start(), one.end()) for one in words().finditer(folded.text)]
    if WITHOUT_SPACES.search(folded.text):
        found += [(one.group(), one.start(), one.end()) for one in WITHOUT_SPACES.finditer(folded.text)]
        found.sort(key=lambda one: one[1])
    return [(word, folded.origins[start], folded.origins[end]) for word, start, end in found]


@lru_cache(maxsize=16)
def strict_words(texts: tuple[str, ...]) -> StrictWords:
    """The runs of these statements, made once."""
    return StrictWords(texts)
