"""The values in the rows of a backup: what each column takes, and in which words another value is refused."""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection

from dialogue.archive.shape import shown

# Kinds of columns by Django's names: those that are text anyway, and those for whose values JSON has no form.
TEXTS = {"CharField", "TextField", "EmailField", "SlugField", "URLField"}
WRITTEN = {
    "UUIDField": "a UUID", "DateTimeField": "a moment with its offset (ISO 8601)", "DateField": "a date (YYYY-MM-DD)",
    "TimeField": "a time of day (HH:MM:SS)", "DecimalField": "a decimal number as text",
    "BinaryField": "bytes in base64",
}  # fmt: skip


class Wrong(Exception):
    """A value that its column does not take: what it must be."""


def value_for(field: Any, value: Any) -> Any:
    """What the column of that field is to hold, from what a backup has for it. Raises Wrong."""
    while field.remote_field:  # a foreign key is what it points at
        null, field = field.null, field.target_field
        if value is None and null:
            return None
    if value is None:
        if field.null:
            return None
        raise Wrong("must not be null")
    kind = field.get_internal_type()
    if kind in TEXTS:
        return text_for(field, value)
    if kind in WRITTEN:
        return written_for(field, value, WRITTEN[kind])
    if kind == "BooleanField":
        return of_type(value, bool, "true or false")
    if kind == "FloatField":
        return float(of_type(value, int | float, "a number"))
    if kind == "JSONField":
        return whole(value)
    return number_for(field, value)


def of_type(value: Any, kind: Any, name: str) -> Any:
    """The value, where it is of that type; true and false are no numbers. Raises Wrong."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise Wrong(f"must be {name}, not {shown(value)}")
    return value


def number_for(field: Any, value: Any) -> int:
    """A whole number that fits."""
    least, most = connection.ops.integer_field_range(field.get_internal_type())
    if not least <= of_type(value, int, "a whole number") <= most:
        raise Wrong(f"must be a whole number from {least} to {most}, not {shown(value)}")
    return value


def text_for(field: Any, value: Any) -> str:
    """A text that fits."""
    text = whole(of_type(value, str, "text"), is_escaped=False)
    most = field.max_length if connection.vendor == "postgresql" else None  # SQLite keeps any length, and so it may be
    if most and len(text) > most:
        raise Wrong(f"must have at most {most} characters, and has {len(text):,}")
    return text


def written_for(field: Any, value: Any, name: str) -> Any:
    """A value for which JSON has no form, as text."""
    try:
        found = field.to_python(of_type(value, str, name))
    except (ValidationError, ValueError, ArithmeticError):
        found = None
    if found is None or (isinstance(found, datetime.datetime) and found.tzinfo is None):
        raise Wrong(f"must be {name}, not {shown(value)}")
    return found


def whole(value: Any, *, is_escaped: bool = True) -> Any:
    """A text, or whatever JSON can say (SQLite keeps it escaped), without what the database has no form for."""
    is_strict = connection.vendor == "postgresql"
    for text in texts_in(value):
        if re.search("[\ud800-\udfff]", text) and (is_strict or not is_escaped):
            raise Wrong(f"must be Unicode, without half a pair of surrogates, not {shown(text)}")
        if "\0" in text and is_strict:
            raise Wrong(f"must be without NUL, which PostgreSQL does not keep, not {shown(text)}")
    return value


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a value, at any depth."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            left += [*one, *one.values()]
        elif isinstance(one, list):
            left += one
