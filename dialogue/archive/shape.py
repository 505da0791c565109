"""Shapes of JSON: what a value must be, and every place where it is not."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

Error = tuple[str, str]  # (JSON path, what is wrong)


class Plain(NamedTuple):
    """A plain value: how an error names it, and its test."""

    name: str
    accepts: Callable[[Any], bool]


class Nullable(NamedTuple):
    """A shape, or null."""

    shape: Any


def one_of(names: list[str]) -> Plain:
    """A string out of a few."""
    known = frozenset(names)
    return Plain("one of " + ", ".join(names), lambda value: isinstance(value, str) and value in known)


def shown(value: Any) -> str:
    """A value as an error quotes it: JSON, at most sixty characters."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(value)[:60]


def shape_errors(value: Any, shape: Any, path: str) -> Iterator[Error]:
    """Every place at or below `path` where `value` departs from `shape`.

    A shape is a Plain, a Nullable, a list of one shape, or a dict of them, where a key ending in "?" may be left out.
    """
    if isinstance(shape, Plain):
        if not shape.accepts(value):
            yield path, f"must be {shape.name}, not {shown(value)}"
    elif isinstance(shape, Nullable):
        if value is not None:
            yield from shape_errors(value, shape.shape, path)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield path, f"must be a list, not {shown(value)}"
            return
        for index, entry in enumerate(value):
            yield from shape_errors(entry, shape[0], f"{path}[{index}]")
    elif not isinstance(value, dict):
        yield path, f"must be an object, not {shown(value)}"
    else:
        yield from object_errors(value, shape, path)


def object_errors(value: dict, shape: dict, path: str) -> Iterator[Error]:
    """Unknown and missing keys of an object, and every error of its values."""
    known = {name.rstrip("?") for name in shape}
    yield from ((f"{path}.{name}", "unknown key") for name in value if name not in known)
    for declared, inner in shape.items():
        name = declared.rstrip("?")
        if name in value:
            yield from shape_errors(value[name], inner, f"{path}.{name}")
        elif name == declared:
            yield f"{path}.{name}", "is missing"


STEP = re.compile(r"\.?(\[\]|\w+)(.*)")


def find(value: Any, pattern: str, path: str = "$") -> Iterator[tuple[str, Any]]:
    """What stands at a pattern such as `findings[].basis[]`, each with its own path; nothing where shapes are wrong."""
    if not pattern:
        yield path, value
        return
    step, rest = STEP.fullmatch(pattern).groups()  # type: ignore[union-attr]
    if step == "[]":
        for index, entry in enumerate(value if isinstance(value, list) else ()):
            yield from find(entry, rest, f"{path}[{index}]")
    elif isinstance(value, dict) and step in value:
        yield from find(value[step], rest, f"{path}.{step}")


def find_text(value: Any, pattern: str) -> list[tuple[str, str]]:
    """As `find`, only what is text."""
    return [(path, found) for path, found in find(value, pattern) if isinstance(found, str)]
