"""What was drawn is kept up to so many bytes: the same thing is drawn once, and long words do not fill the memory."""

import sys

from dialogue import drawings
from dialogue.drawings import kept


def test_the_same_is_drawn_once_and_again_when_it_was_forgotten():
    asked: list[str] = []

    @kept
    def draw(words: str) -> str:
        asked.append(words)
        return words.upper()

    assert [draw(one) for one in ("a", "b", "a")] == ["A", "B", "A"] and asked == ["a", "b"]
    draw.drawings.clear()
    assert draw("a") == "A" and asked == ["a", "b", "a"]


def test_what_was_asked_for_longest_ago_goes(monkeypatch):
    monkeypatch.setattr(drawings, "MOST_BYTES", 3 * drawings.weight("x" * 5000))
    asked: list[str] = []

    @kept
    def draw(words: str) -> str:
        asked.append(words)
        return words * 5000

    for one in ("a", "b", "c", "a", "d", "a", "c"):
        draw(one)
    assert asked == ["a", "b", "c", "d"]
    draw("b")
    assert asked[-1] == "b" and len(draw.drawings) == 3
    assert draw.drawings.size == 3 * drawings.weight("x" * 5000)


def test_a_letter_of_four_bytes_weighs_four():
    assert drawings.weight("語" * 1000) > drawings.weight("x" * 1000) + 1000
    assert drawings.weight("x" * 1000) > 2 * sys.getsizeof("x" * 1000)


def test_what_is_larger_than_all_is_not_kept(monkeypatch):
    monkeypatch.setattr(drawings, "MOST_BYTES", 100)
    draw = kept(lambda words: words * 1000)
    assert draw("a") == "a" * 1000 and len(draw.drawings) == 0 and draw.drawings.size == 0
