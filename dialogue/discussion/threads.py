"""Where a statement stands in its item: a path of places below what it answers, so that a database can sort threads.

A path is the places of the statements above it and its own, in base 36, joined by dots: `000001.00000c`. Deeper than
`DEEP` an exchange goes on in the order of time, so no path outgrows its column.
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
    return ".".join([*above.split(".")[: DEEP - 1], step(place)]) if above else step(place)


def depth(path: str) -> int:
    """How deep a statement is drawn: 0 for one that hangs on none."""
    return path.count(".")
