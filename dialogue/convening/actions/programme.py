"""The programme of an event: points, and points below them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from dialogue.convening.actions import preparing
from dialogue.events.models import Event, Item, ItemKind, Opening
from dialogue.kept import next_place
from dialogue.people.models import Person
from dialogue.record.actions import Turn

BELOW: dict[str | None, str] = {
    None: ItemKind.THEME,
    ItemKind.PART: ItemKind.THEME,
}  # what stands below what; below a theme, subthemes


def add_points(event: Event, by: Person, points: list[tuple[int, str]]) -> None:
    """Points behind those that are there: (how deep below the one above, from 0; title)."""
    with preparing(event, by) as turn:
        line: list[Item] = []
        place = next_place(Item.objects.filter(event=event))
        for number, (deep, title) in enumerate(points):
            line = line[:deep]
            above = line[-1] if line else None
            kind = BELOW.get(above.kind if above else None, ItemKind.SUBTHEME)
            item = Item.objects.create(event=event, parent=above, kind=kind, title=title, position=place + number)
            line.append(item)
            turn.note("item-added", item.pk)


def change_point(item: Item, by: Person, facts: dict[str, Any]) -> None:
    """A point's title and what kind of heading it is."""
    with preparing(item.event, by) as turn:
        Item.objects.filter(pk=item.pk).update(**facts)
        turn.note("item-changed", item.pk)


def move_point(item: Item, by: Person, up: bool) -> None:
    """Before the one above it on its level, or behind the one below; with all that lies below it."""
    with preparing(item.event, by) as turn:
        level = list(Item.objects.filter(event=item.event, parent=item.parent_id))
        here = level.index(item)
        there = here - 1 if up else here + 1
        if not 0 <= there < len(level):
            return
        other = level[there]
        mine, theirs = level[here].position, other.position
        Item.objects.filter(pk=item.pk).update(position=theirs)
        Item.objects.filter(pk=other.pk).update(position=mine)
        turn.note("item-moved", item.pk)


def remove_point(item: Item, by: Person) -> None:
    """Take a point away with all below it. Raises ValidationError where anything hangs on one of them."""
    with preparing(item.event, by) as turn:
        if in_use(turn, item):
            raise ValidationError(_("Something was said or written under this point: it stays. You can rename it."))
        turn.note("item-removed", item.pk)
        try:
            item.delete()
        except ProtectedError as problem:
            raise ValidationError(_("Something was said or written under this point: it stays.")) from problem


def in_use(turn: Turn, item: Item) -> bool:
    """Whether an item, or one below it, was opened or has anything else than items below it."""
    mine = [item.pk]
    for parent in mine:
        mine += turn.event.items.filter(parent=parent).values_list("pk", flat=True)
    related = [one for one in Item._meta.related_objects if one.related_model is not Item]
    assert Opening in [one.related_model for one in related]
    return any(one.related_model._base_manager.filter(**{f"{one.field.name}__in": mine}).exists() for one in related)
