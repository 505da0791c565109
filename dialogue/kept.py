"""What every kept thing has: a random id, its name in the record, its place in its list, the words of a time."""

import datetime
import secrets
import uuid
import zoneinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max, Q


def new_key() -> str:
    """A fresh record id, `[a-z0-9-]`, random so that it says nothing about order or people."""
    return f"k{secrets.token_hex(8)}"


class Kept(models.Model):
    """A row that no outsider can number: its primary key is random."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class Listed(Kept):
    """A row with a place in a list of the record; the place counts from 0."""

    position = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position"]


def next_place(rows: models.QuerySet[Any]) -> int:
    """The place behind all of these listed rows."""
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


class Keyed(Listed):
    """A listed row that the record calls by an id of its own."""

    key = models.CharField(max_length=64, default=new_key)

    class Meta:
        abstract = True
        ordering = ["position"]

    def __str__(self) -> str:
        return self.key


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """The database keeps a column to its choices (null passes where the column allows it)."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=name)


def exactly_one(name: str, *fields: str) -> models.CheckConstraint:
    """One of several foreign keys is set and the others are not: a row is about one thing."""
    choice = Q()
    for chosen in fields:
        choice |= Q(**{f"{field}__isnull": field != chosen for field in fields})
    return models.CheckConstraint(condition=choice, name=name)


def instant(written: str, zone: str) -> datetime.datetime:
    """The moment that an ISO time means, in UTC; one without an offset is read in the event's time zone.

    Raises ValidationError where it is no ISO time.
    """
    try:
        moment = datetime.datetime.fromisoformat(written)
    except ValueError as problem:
        raise ValidationError(f"not an ISO time: {written}") from problem
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zoneinfo.ZoneInfo(zone))
    try:
        return moment.astimezone(datetime.UTC)
    except OverflowError:  # the first and last day of the calendar cannot be shifted
        return moment.replace(tzinfo=datetime.UTC)


def local(moment: datetime.datetime, zone: str) -> datetime.datetime:
    """A moment as the clocks of a place show it; the calendar's first and last day, which cannot be shifted, in UTC."""
    try:
        return moment.astimezone(zoneinfo.ZoneInfo(zone))
    except OverflowError:
        return moment
