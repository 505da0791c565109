"""Which places of an item somebody sees, in which order, and what stands before a new one.

A place once seen stays: what is withdrawn, hidden or erased keeps its place and loses its words.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from dialogue.access import Eyes
from dialogue.discussion.models import Contribution
from dialogue.events.models import Item, Session

PART = 100  # statements drawn at once

EVER_SEEN = Q(appeared__gt=0) | Q(released=True)


def places(session: Session, eyes: Eyes, item: Item | None = None) -> QuerySet[Contribution]:
    """The statements of a session (on one item) whose place these eyes see."""
    rows = Contribution.every.filter(session=session) if item is None else session_item(session, item)
    return rows if eyes.sees_all else rows.filter(EVER_SEEN)


def session_item(session: Session, item: Item) -> QuerySet[Contribution]:
    """Everything ever said on an item of a session."""
    return Contribution.every.filter(session=session, item=item)


def seats(session: Session, eyes: Eyes, items: Collection[Any]) -> dict[Any, int]:
    """Item -> how many places these eyes see on it."""
    counted = places(session, eyes).filter(item__in=items).order_by().values_list("item").annotate(n=Count("pk"))
    return dict(counted)


@dataclass(frozen=True, slots=True)
class Window:
    """A part of an item: the ids of its statements in order, and the one before them ("" where they are the first)."""

    ids: list[Any]
    before: str

    @property
    def is_partial(self) -> bool:
        """Whether there is an earlier part."""
        return bool(self.before)


def window(session: Session, item: Item, eyes: Eyes, by: str, until: Contribution | None = None) -> Window:
    """The last part of an item, or the last one before `until`. `by`: "thread", or "position" for the order of time."""
    rows = places(session, eyes, item).order_by(f"-{by}")
    if until is not None:
        rows = rows.filter(**{f"{by}__lt": getattr(until, by)})
    found = list(rows.values_list("pk", flat=True)[: PART + 1])
    return Window(found[:PART][::-1], str(found[PART]) if len(found) > PART else "")


def window_of(session: Session, item: Item, eyes: Eyes, some: Collection[Any]) -> Window:
    """Those of some statements that lie on an item, in the order of time. At most ten parts, the latest."""
    rows = places(session, eyes, item).filter(pk__in=some).order_by("-position")
    found = list(rows.values_list("pk", flat=True)[: 10 * PART + 1])
    return Window(found[: 10 * PART][::-1], str(found[10 * PART]) if len(found) > 10 * PART else "")


def window_with(session: Session, item: Item, eyes: Eyes, by: str, first: Contribution) -> Window:
    """Everything from `first` to the end of its item: for a link to what lies further up. At most ten parts."""
    rows = places(session, eyes, item).order_by(by)
    found = list(rows.filter(**{f"{by}__gte": getattr(first, by)}).values_list("pk", flat=True)[: 10 * PART])
    above = rows.filter(**{f"{by}__lt": getattr(first, by)}).order_by(f"-{by}").values_list("pk", flat=True).first()
    return Window(found, str(above) if above else "")


def before(ids: Collection[Any], eyes: Eyes) -> dict[Any, tuple[str, str]]:
    """What stands before each of these statements as it appears: (in the thread, in time), as ids, "" for nothing.

    As it was then: what appeared later is not there yet, and what appears in one turn comes in the record's order.
    """
    there = Contribution.every.filter(session=OuterRef("session"), item=OuterRef("item"))
    if eyes.sees_all:
        there = there.filter(position__lt=OuterRef("position"))
    else:
        together = Q(appeared=OuterRef("appeared"), position__lt=OuterRef("position"))
        there = there.filter(EVER_SEEN, Q(appeared__lt=OuterRef("appeared")) | together)

    def last(by: str) -> Subquery:
        return Subquery(there.filter(**{f"{by}__lt": OuterRef(by)}).order_by(f"-{by}").values("pk")[:1])

    rows = Contribution.every.filter(pk__in=ids).order_by().values_list("pk", last("thread"), last("position"))
    return {pk: (str(thread or ""), str(time or "")) for pk, thread, time in rows} if ids else {}
