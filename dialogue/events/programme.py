"""The outline of an event as a programme: what will be, or was, discussed, in its order."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dialogue.events.models import Event, Item


@dataclass(slots=True)
class Point:
    """An item of the outline with what lies below it."""

    item: Item
    below: list["Point"] = field(default_factory=list)


def outline(event: Event) -> list[Point]:
    """The outline as a tree, in one query."""
    below: dict[Any, list[Item]] = defaultdict(list)
    for item in event.items.all():
        below[item.parent_id].append(item)

    def points(parent: Any) -> list[Point]:
        return [Point(item, points(item.pk)) for item in below[parent]]

    return points(None)


def line_above(item: Any, parents: Mapping[Any, Any]) -> list[Any]:
    """An item and everything that it lies in (ids), from it upwards."""
    line = []
    while item is not None:
        line.append(item)
        item = parents.get(item)
    return line


def in_order(points: list[Point]) -> Iterator[Item]:
    """Every item in the order in which a reader meets it."""
    for point in points:
        yield point.item
        yield from in_order(point.below)


def discussion(points: list[Point]) -> list[Point]:
    """The part of an outline that is discussed: without the chapter's context and recommendations."""
    return [point for point in points if point.item.kind not in ("context", "recommendations")]
