"""What the hub reads: what is new in the sessions with open pages, and what a page missed. Never a word, but drawn."""

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import override

from dialogue.access import Eyes
from dialogue.events.models import Session
from dialogue.live.drawing import Pointer, drawing
from dialogue.live.wire import framed
from dialogue.record.models import Entry, Stream

AT_ONCE = 500  # entries read in one look
PART = 32  # entries read in one go for pages that missed them: what is new waits no longer than that takes


Frames = list[tuple[int, bytes]]  # (number, frame), in order


class Numbered(NamedTuple):
    """An entry as the hub holds it."""

    stream: uuid.UUID
    number: int
    pointer: Pointer


class Manner(NamedTuple):
    """How entries are drawn: with which eyes, in which language."""

    eyes: Eyes
    language: str


@dataclass(slots=True)
class Standing:
    """Where a session stands: the event's turn, and what tells that rights or the whole record have changed."""

    turn: int
    access_epoch: int
    epoch: str


@dataclass(slots=True)
class News:
    """What one look found: where each session stands, and the new entries in their order."""

    standings: dict[uuid.UUID, Standing] = field(default_factory=dict)
    entries: dict[uuid.UUID, list[Numbered]] = field(default_factory=dict)


def look(seen: dict[uuid.UUID, int]) -> News:
    """What is new in these sessions ({session: the last turn seen}).

    Turn and access are read in one query, entries afterwards and only up to that turn: whatever was committed after
    somebody lost a right is not among them before the loss is.
    """
    news = News()
    for pk, turn, access, epoch in Session.objects.filter(pk__in=seen).values_list(
        "pk", "event__turn", "access_epoch", "event__epoch"
    ):
        news.standings[pk] = Standing(turn, access, epoch)
        if turn > seen[pk]:
            news.entries[pk], news.standings[pk].turn = entries(pk, seen[pk], turn)
    return news


def entries(session: uuid.UUID, after: int, upto: int) -> tuple[list[Numbered], int]:
    """The entries of a session in some turns, in order; where they are too many, whole turns only.

    Returns them with the turn up to which they were read.
    """
    rows = Entry.objects.filter(stream__session=session, turn__gt=after, turn__lte=upto).order_by("turn", "pk")
    found = list(rows.values_list("stream_id", "number", "kind", "subject", "turn")[: AT_ONCE + 1])
    if len(found) > AT_ONCE and found[0][4] != found[-1][4]:
        upto = found[-1][4] - 1
        found = [row for row in found if row[4] <= upto]
    elif len(found) > AT_ONCE:  # one huge turn
        upto = found[0][4]
        found = list(rows.filter(turn=upto).values_list("stream_id", "number", "kind", "subject", "turn"))
    return [Numbered(row[0], row[1], Pointer(row[2], row[3], row[4])) for row in found], upto


def frames(session: uuid.UUID, manner: Manner, some: Sequence[Numbered]) -> list[bytes]:
    """The entries as frames, drawn as things are at this moment."""
    at = Session.objects.select_related("event").get(pk=session)
    with override(manner.language):
        drawn = drawing(at, manner.eyes).entries([one.pointer for one in some])
    return [frame(one, html) for one, html in zip(some, drawn, strict=True)]


def frame(one: Numbered, html: str) -> bytes:
    """One entry as it goes out."""
    told = {"t": "entry", "s": str(one.stream), "n": one.number, "kind": one.pointer.kind, "html": html}
    return framed(json.dumps(told, ensure_ascii=False, separators=(",", ":")))


def heads(streams: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Stream -> its last number; one that nobody has written in yet is not among them."""
    return dict(Stream.objects.filter(pk__in=streams).values_list("pk", "head"))


def missed(session: uuid.UUID, stream: uuid.UUID, manner: Manner, after: int, upto: int, most: int = PART) -> Frames:
    """What follows in a stream on a number, up to a turn, at most so many entries."""
    rows = Entry.objects.filter(stream=stream, number__gt=after, turn__lte=upto).order_by("number")[:most]
    some = [Numbered(stream, one.number, Pointer(one.kind, one.subject, one.turn)) for one in rows]
    return list(zip((one.number for one in some), frames(session, manner, some), strict=True)) if some else []


def drawn_for(
    session: uuid.UUID, some: Sequence[Numbered], manners: Iterable[tuple[uuid.UUID, Manner]]
) -> dict[tuple[uuid.UUID, Manner], Frames]:
    """New entries, drawn once for each stream and manner in which there are pages."""
    by_stream: dict[uuid.UUID, list[Numbered]] = defaultdict(list)
    for one in some:
        by_stream[one.stream].append(one)
    return {
        (stream, manner): list(zip((one.number for one in mine), frames(session, manner, mine), strict=True))
        for stream, manner in manners
        if (mine := by_stream.get(stream))
    }


def streams_of(some: Collection[Numbered]) -> set[uuid.UUID]:
    """The streams that these entries are in."""
    return {one.stream for one in some}
