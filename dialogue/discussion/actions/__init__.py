"""Speaking at a table: saying something, for oneself or for who spoke, and what may happen to it afterwards.

Each action is one turn at the event's record: rights are asked once the record is held, and what happened is entered
for everybody who may know.
"""

from dialogue.discussion.actions.afterwards import (
    amend,
    close_span,
    confirm,
    erase_off_record,
    hide,
    is_author,
    is_published,
    open_span,
    release,
    release_waiting,
    restore,
    restrict,
    withdraw,
)
from dialogue.discussion.actions.saying import (
    MOST_RELATIONS,
    ChangedMeanwhile,
    Tie,
    Words,
    contribute,
    own_seat,
    record_for,
)
from dialogue.discussion.actions.striking import strike, strikes
from dialogue.discussion.actions.telling import (
    author_of,
    forgets,
    move_bars,
    recount,
    recounts,
    rewordings,
    ripples,
    touch,
)

__all__ = [
    "MOST_RELATIONS",
    "ChangedMeanwhile",
    "Tie",
    "Words",
    "amend",
    "author_of",
    "close_span",
    "confirm",
    "contribute",
    "erase_off_record",
    "forgets",
    "hide",
    "is_author",
    "is_published",
    "move_bars",
    "open_span",
    "own_seat",
    "record_for",
    "recount",
    "recounts",
    "release",
    "release_waiting",
    "restore",
    "restrict",
    "rewordings",
    "ripples",
    "strike",
    "strikes",
    "touch",
    "withdraw",
]
