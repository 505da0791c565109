"""Frames kept for pages that missed them: an unbroken run, bounded, and nothing that is not to be read any more."""

import uuid

from dialogue.access import Eyes
from dialogue.live import recent
from dialogue.live.news import Manner
from dialogue.live.recent import Recent

STREAM = uuid.uuid4()
TABLE, FRENCH = Manner(Eyes("table"), "en"), Manner(Eyes("table"), "fr")


def drawn(*numbers: int, size: int = 1) -> list[tuple[int, bytes]]:
    return [(number, b"%d" % number * size) for number in numbers]


def held(*numbers: int) -> Recent:
    kept = Recent()
    kept.keep(STREAM, TABLE, drawn(*numbers), kept.generation)
    return kept


def test_what_follows_without_a_gap_is_found():
    kept = held(4, 5, 6, 8)
    assert kept.after(STREAM, TABLE, 4, 10) == drawn(5, 6)
    assert kept.after(STREAM, TABLE, 3, 2) == drawn(4, 5)
    assert kept.after(STREAM, TABLE, 6, 10) == []
    assert kept.after(STREAM, FRENCH, 4, 10) == kept.after(uuid.uuid4(), TABLE, 4, 10) == []


def test_what_somebody_said_leaves_what_was_drawn_before_as_it_is():
    kept = held(4, 5)
    kept.mind(["contribution-made", "stance-taken"])
    assert kept.after(STREAM, TABLE, 3, 10) == drawn(4, 5)


def test_what_was_drawn_before_a_withdrawal_is_not_sent_after_it():
    kept = held(4, 5)
    reading = kept.generation  # a reading that began before, and ends after
    kept.mind(["contribution-made", "contribution-withdrawn"])
    kept.keep(STREAM, TABLE, drawn(4, 5), reading)
    assert kept.after(STREAM, TABLE, 3, 10) == []
    kept.keep(STREAM, TABLE, drawn(4, 5), kept.generation)
    assert kept.after(STREAM, TABLE, 3, 10) == drawn(4, 5)


def test_what_was_drawn_longest_ago_goes_where_it_is_too_much(monkeypatch):
    monkeypatch.setattr(recent, "MOST_BYTES", 25)
    kept = held()
    kept.keep(STREAM, TABLE, drawn(1, 2, size=10), kept.generation)
    kept.keep(STREAM, FRENCH, drawn(1, size=10), kept.generation)
    assert kept.size == 20
    assert (kept.after(STREAM, TABLE, 0, 9), kept.after(STREAM, TABLE, 1, 9)) == ([], drawn(2, size=10))
    kept.keep(STREAM, FRENCH, drawn(2, 3, size=10), kept.generation)
    assert set(kept.frames) == {(STREAM, FRENCH)}
