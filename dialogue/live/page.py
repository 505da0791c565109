"""One open page as the hub knows it: who it is, what it was sent, what it has acknowledged."""

import datetime
import json
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable

from dialogue.live.awake import awake
from dialogue.live.doors import Admission, Knock
from dialogue.live.news import Frames, Manner
from dialogue.live.wire import Direct, Queued, framed

RESTARTING, TOO_SLOW = 1012, 4009


class Page:
    """An open page. `sent`: stream -> the last number that went out; it owes an acknowledgement for what is `owed`."""

    MOST_OWED = 64  # entries
    MOST_BYTES = 256 * 1024

    __slots__ = (
        "_close", "admission", "beats_at", "came_at", "here", "is_open", "is_pumped", "knock", "lacks", "owed",
        "owed_bytes", "owes_since", "sent", "wire",
    )  # fmt: skip

    def __init__(
        self, knock: Knock, admission: Admission, wire: Direct | Queued, close: Callable[[int], Awaitable[None]]
    ):
        self.knock = knock
        self.admission = admission
        self.wire = wire
        self._close = close
        self.sent: dict[uuid.UUID, int] = {}
        self.here = ""  # who is here, as it was told last
        self.owed: deque[tuple[uuid.UUID, int, int]] = deque()  # (stream, number, bytes)
        self.owed_bytes = 0
        self.owes_since = 0.0
        self.came_at = time.monotonic()
        self.beats_at = self.came_at + 20
        self.is_open = True
        self.is_pumped = False
        self.lacks: set[uuid.UUID] = set()  # streams of which there is more than it was sent

    def manner(self, stream: uuid.UUID) -> Manner:
        """How entries of a stream are drawn for this page."""
        heard = next(one for one in self.admission.streams if one.stream == stream)
        return Manner(heard.eyes, self.admission.language)

    def has_expired(self, now: datetime.datetime) -> bool:
        """Whether its sign-in has ended."""
        return self.admission.until is not None and now >= self.admission.until

    # ------------------------------------------------------------ sending

    def write(self, frame: bytes) -> None:
        """Send something that needs no acknowledgement."""
        if self.is_open:
            self.wire.write(frame)

    def has_room(self) -> bool:
        """Whether it may be sent more before it acknowledges."""
        return self.is_open and len(self.owed) < self.MOST_OWED and self.owed_bytes < self.MOST_BYTES

    def send(self, stream: uuid.UUID, number: int, frame: bytes) -> None:
        """Send the entry that follows."""
        self.wire.write(frame)
        self.sent[stream] = number
        self.owed.append((stream, number, len(frame)))
        self.owed_bytes += len(frame)
        self.owes_since = self.owes_since or awake.now()

    def take(self, stream: uuid.UUID, frames: Frames) -> bool:
        """Send in order what follows on what was sent. False where it stopped before the end."""
        for number, frame in frames:
            if not self.is_open or stream not in self.sent:
                return True
            if number <= self.sent[stream]:
                continue
            if number > self.sent[stream] + 1 or not self.has_room():
                return False
            self.send(stream, number, frame)
        return True

    def acknowledge(self, stream: uuid.UUID, number: int) -> None:
        """The page has applied a stream up to a number."""
        kept = [one for one in self.owed if one[0] != stream or one[1] > number]
        if len(kept) < len(self.owed):
            self.owed = deque(kept)
            self.owed_bytes = sum(size for _stream, _number, size in kept)
            self.owes_since = awake.now() if kept else 0.0

    # ------------------------------------------------------------ ends

    def reset_all(self, why: str) -> None:
        """Have the page fetch everything again; until it says hello anew it is sent nothing."""
        for stream in list(self.sent):
            self.reset(stream, why)
        self.sent.clear()
        self.lacks.clear()

    def reset(self, stream: uuid.UUID, why: str) -> None:
        """Have the page fetch what a stream shows again."""
        self.write(framed(json.dumps({"t": "reset", "s": str(stream), "why": why}, separators=(",", ":"))))

    async def close(self, code: int) -> None:
        """Close it with a code, once."""
        if self.is_open:
            self.is_open = False
            await self._close(code)
