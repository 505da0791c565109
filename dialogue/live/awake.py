"""The clock of what others owe us: it stands still while this process sleeps, or is held up as a whole.

Whoever is stopped for half a minute (SIGSTOP, a virtual machine that is moved, a laptop that is closed) could hear
nobody meanwhile: what was sent to it lies unread, and is read only after the clocks have been looked at.
"""

import time
from collections.abc import Callable

LOOKS = 1.0  # seconds between two looks at the clock
LONGEST = 3.0  # seconds between two looks of a process that is awake, however busy


class AwakeClock:
    """Seconds in which this process was awake, from an arbitrary beginning."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self.slept = clock, 0.0
        self.looked_at = clock()

    def now(self) -> float:
        """The time now. What has passed since the last look, where that is long ago, was sleep and does not count."""
        moment = self.clock()
        gap, self.looked_at = moment - self.looked_at, moment
        if gap > LONGEST:
            self.slept += gap
        return moment - self.slept


awake = AwakeClock()
