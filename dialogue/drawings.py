"""What was drawn is kept, so that it need not be drawn again: up to so many bytes, not so many things."""

import sys
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, TypeVar

Drawing = TypeVar("Drawing", bound=str)

MOST_BYTES = 8 * 1024 * 1024  # of each kind of drawing


class Drawings(Generic[Drawing]):
    """Drawings by what they are made of; what was asked for longest ago goes where it is too much."""

    def __init__(self, draw: Callable[..., Drawing]) -> None:
        self.draw = draw
        self.found: dict[Any, Drawing] = {}
        self.size = 0
        self.lock = threading.Lock()

    def get(self, *made_of: Any) -> Drawing:
        """The drawing of that, drawn now or before."""
        with self.lock:
            if (known := self.found.pop(made_of, None)) is not None:
                self.found[made_of] = known
                return known
        drawn = self.draw(*made_of)
        with self.lock:
            if made_of not in self.found:
                self.found[made_of] = drawn
                self.size += weight(drawn)
            while self.size > MOST_BYTES:
                self.size -= weight(self.found.pop(next(iter(self.found))))
        return drawn

    def __len__(self) -> int:
        return len(self.found)

    def clear(self) -> None:
        """Forget all: words among them are nobody's any more."""
        with self.lock:
            self.found.clear()
            self.size = 0


def weight(drawn: str) -> int:
    """About how many bytes a drawing takes, with what it is made of: much the same words."""
    return 2 * sys.getsizeof(drawn) + 1000


def kept(draw: Callable[..., Drawing]) -> Any:
    """`draw`, asked once for the same arguments, which must be all that it depends on; `.drawings` can be cleared."""
    drawings = Drawings(draw)

    @wraps(draw)
    def get(*made_of: Any) -> Drawing:
        return drawings.get(*made_of)

    get.drawings = drawings  # type: ignore[attr-defined]
    return get
