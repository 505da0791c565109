"""How much a page may send: so many frames a second, and some at once."""

import time

RATE, BURST = 20.0, 100.0  # frames a second, and at once


class Allowance:
    """What one page may still send."""

    def __init__(self) -> None:
        self.left, self.at = BURST, time.monotonic()

    def spend(self) -> bool:
        """Count a frame. False where it is one too many."""
        now = time.monotonic()
        self.left = min(BURST, self.left + (now - self.at) * RATE) - 1
        self.at = now
        return self.left >= 0
