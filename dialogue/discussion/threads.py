"""Where a statement stands in its item: a path of places below what it answers, so that a database can sort threads.

A path is the places of the statements above it and its own, each in seven figures of base 36 and with nothing between
them that a database might sort in its own way: `0000001000000c`. Deeper than `DEEP` an exchange goes on in the order
of time, so no path outgrows its column.
"""

DEEP = 4  # steps in a path
WIDTH = 7  # figures of a step: 36^7 places
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def step(place: int) -> str:
    """A place in the record (from 0) as a step of fixed width."""
    figures = ""
    while place or not figures:
        place, rest = divmod(place, 36)
        figures = DIGITS[rest] + figures
    return figures.rjust(WIDTH, "0")


def below(above: str, place: int) -> str:
    """The path of a statement at `place` that hangs on the one whose path is `above` ("": on none)."""
    return above[: WIDTH * (DEEP - 1)] + step(place)


def depth(path: str) -> int:
    """How deep a statement is drawn: 0 for one that hangs on none."""
    return max(0, len(path) // WIDTH - 1)
