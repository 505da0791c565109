"""The frames drawn lately: pages that missed the same, or were a moment behind, share one drawing of it."""

import uuid
from collections import deque
from collections.abc import Iterable

from dialogue.live.news import Frames, Manner

MOST_BYTES = 16 * 1024 * 1024  # kept by a process

# After these, what was drawn before is still fit to be sent, for the entries that follow bring the page up to now.
# After anything else it may hold words that nobody is to read any more, or somebody's name.
HARMLESS = {"contribution-made", "stance-taken", "bar-moved", "bars-moved", "item-opened"}


class Recent:
    """Frames by stream and manner. `generation` moves when some are forgotten: what was drawn before is not kept."""

    def __init__(self) -> None:
        self.frames: dict[tuple[uuid.UUID, Manner], dict[int, bytes]] = {}
        self.order: deque[tuple[tuple[uuid.UUID, Manner], int]] = deque()
        self.size = 0
        self.generation = 0

    def keep(self, stream: uuid.UUID, manner: Manner, frames: Frames, generation: int) -> None:
        """Keep what was drawn in that generation; what was drawn longest ago goes where it is too much."""
        if generation != self.generation:
            return
        kept = self.frames.setdefault((stream, manner), {})
        for number, frame in frames:
            if number not in kept:
                kept[number] = frame
                self.order.append(((stream, manner), number))
                self.size += len(frame)
        while self.size > MOST_BYTES:
            where, number = self.order.popleft()
            self.size -= len(self.frames[where].pop(number))
            if not self.frames[where]:
                del self.frames[where]

    def after(self, stream: uuid.UUID, manner: Manner, number: int, most: int) -> Frames:
        """What follows on a number without a gap, at most so many."""
        kept = self.frames.get((stream, manner), {})
        found: Frames = []
        while len(found) < most and (frame := kept.get(number := number + 1)) is not None:
            found.append((number, frame))
        return found

    def forget(self) -> None:
        """Keep nothing of what was drawn so far."""
        self.frames.clear()
        self.order.clear()
        self.size = 0
        self.generation += 1

    def mind(self, kinds: Iterable[str]) -> None:
        """Forget what was drawn before, where something of these kinds has happened that calls for it."""
        if not HARMLESS.issuperset(kinds):
            self.forget()
