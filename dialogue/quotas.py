"""Quotas: how often one person may do something, as the settings say; counted in this process's memory.

Each is a bucket that holds so many and is filled again over its time, so that whoever has been silent for a
while may do several at once. What is refused is refused before anything is written.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

MOST_KNOWN = 20_000  # people whose buckets are remembered; the ones that were used longest ago are full again


@dataclass(frozen=True, slots=True)
class Rate:
    """So many within so many seconds."""

    amount: int
    seconds: float


class QuotaExceeded(Exception):
    """Too much at once: `seconds` until the next may be done."""

    def __init__(self, seconds: int):
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        told = _("That was very fast. Nothing is lost: wait %(seconds)d seconds, then send it again.")
        return told % {"seconds": self.seconds}


class Buckets:
    """What each person has left of each kind."""

    def __init__(self) -> None:
        self.left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()  # (what is left, as of when)
        self.lock = threading.Lock()

    def spend(self, key: Hashable, rate: Rate) -> float:
        """Take one; 0, or the seconds until there is one."""
        now = time.monotonic()
        with self.lock:
            left, at = self.left.pop(key, (float(rate.amount), now))
            left = min(rate.amount, left + (now - at) * rate.amount / rate.seconds)
            is_there = left >= 1
            self.left[key] = (left - is_there, now)
            while len(self.left) > MOST_KNOWN:
                self.left.popitem(last=False)
        return 0.0 if is_there else (1 - left) * rate.seconds / rate.amount


buckets = Buckets()


def spend(kind: str, whose: Hashable) -> None:
    """Count one thing of a kind (`settings.QUOTAS`) that somebody does. Raises QuotaExceeded where it is too much."""
    rate = rate_of(settings.QUOTAS[kind])
    if rate and (wait := buckets.spend((kind, whose), rate)):
        raise QuotaExceeded(math.ceil(wait))


def rate_of(written: str) -> Rate | None:
    """ "30/60": 30 within 60 seconds. "": no limit. Raises ValueError."""
    if not written:
        return None
    amount, seconds = written.split("/")
    rate = Rate(int(amount), float(seconds))
    if rate.amount < 1 or rate.seconds <= 0:
        raise ValueError(written)
    return rate
