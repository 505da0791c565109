"""Statements that repeat a run of words of another one."""

from collections.abc import Iterable, Iterator

from dialogue.discussion.models import Contribution
from dialogue.discussion.spelling import fold

RUN = 6  # words: as many in a row are no coincidence


def echoes(text: str, others: Iterable[Contribution]) -> list[Contribution]:
    """Those of some statements that have a run of words with a text in common; of a shorter text, all of it."""
    words = fold(text, "")
    length = min(RUN, len(words))
    wanted = set(runs(words, length)) if length > 1 else set()
    return [one for one in others if not wanted.isdisjoint(runs(fold(one.text, ""), length))]


def runs(words: list[str], length: int) -> Iterator[tuple[str, ...]]:
    """Every run of so many words."""
    for start in range(len(words) - length + 1):
        yield tuple(words[start : start + length])
