"""Promises of time: measured whenever their test runs, and held against the clock in the long form alone.

What a test of the short form waits for has a generous deadline, and no assertion of it is about seconds: on a busy
machine they say more of its neighbours than of the product. `manage.py test --long` sets WATCH_CLOCKS.
"""

import math
import os

WATCHED = bool(os.environ.get("WATCH_CLOCKS"))
PATIENCE = 60.0  # seconds that a test waits for what comes within a few


def deadline(within: float) -> float:
    """How long to wait for what should come within so many seconds."""
    return within if WATCHED else max(within, 2 * PATIENCE)


def in_time(took: float, most: float = math.inf, least: float = 0.0) -> bool:
    """Whether something took no longer, and no less, than it should; where no clock is watched, it is only printed."""
    print(f"took {took:.2f} s; promised: {least:g} to {most:g} s")
    return not WATCHED or least <= took <= most
