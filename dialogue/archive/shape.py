"""Shapes of JSON: what a value must be, and every place where it is not."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

Error = tuple[str, str]  # (JSON path, what is wrong)
QUOTED = 60  # characters of a wrong value that an error shows


class Plain(NamedTuple):
    """A plain value: how an error names it, and its test."""

    name: str
    accepts: Callable[[Any], bool]


class Nullable(NamedTuple):
    """A shape, or null."""

    shape: Any


class Added(NamedTuple):
    """A key that a later version of a format adds: its shape, the value at which it is left out, the version.

    Whoever lacks the key has its default; whoever writes the default breaks the rule that a file comes back as it was.
    """

    shape: Any
    default: Any
    version: int = 2


def one_of(names: list[str]) -> Plain:
    """A string out of a few."""
    known = frozenset(names)
    return Plain("one of " + ", ".join(names), lambda value: isinstance(value, str) and value in known)


def shown(value: Any) -> str:
    """A value as an error quotes it: JSON, at most sixty characters; of a long text also how many it has."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, str) and len(value) > QUOTED:
        return f"{json.dumps(value[:QUOTED])[:QUOTED]}… ({len(value):,} characters)"
    return json.dumps(value)[:QUOTED]


def shape_errors(value: Any, shape: Any, path: str, version: int) -> Iterator[Error]:
    """Every place at or below `path` where `value` departs from `shape`, in a file of that version of the format.

    A shape is a Plain, a Nullable, a list of one shape, or a dict of them, where a key may be left out that ends in
    "?" or is Added.
    """
    if isinstance(shape, Plain):
        if not shape.accepts(value):
            yield path, f"must be {shape.name}, not {shown(value)}"
    elif isinstance(shape, Nullable):
        if value is not None:
            yield from shape_errors(value, shape.shape, path, version)
    elif isinstance(shape, Added):
        yield from added_errors(value, shape, path, version)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield path, f"must be a list, not {shown(value)}"
            return
        for index, entry in enumerate(value):
            yield from shape_errors(entry, shape[0], f"{path}[{index}]", version)
    elif not isinstance(value, dict):
        yield path, f"must be an object, not {shown(value)}"
    else:
        yield from object_errors(value, shape, path, version)


def object_errors(value: dict, shape: dict, path: str, version: int) -> Iterator[Error]:
    """Unknown and missing keys of an object, and every error of its values."""
    known = {name.rstrip("?") for name in shape}
    yield from ((f"{path}.{name}", "unknown key") for name in value if name not in known)
    for declared, inner in shape.items():
        name = declared.rstrip("?")
        if name in value:
            yield from shape_errors(value[name], inner, f"{path}.{name}", version)
        elif name == declared and not isinstance(inner, Added):
            yield f"{path}.{name}", "is missing"


def added_errors(value: Any, added: Added, path: str, version: int) -> Iterator[Error]:
    """A key in a file of a version before its own, its default written out, and every error of its value."""
    if version < added.version:
        yield path, f"a key of version {added.version}, and the file says that it is of version {version}"
    elif value == added.default and type(value) is type(added.default):
        yield path, f"leave it out: {json.dumps(value)} is what it is without"
    else:
        yield from shape_errors(value, added.shape, path, version)


def added_keys(shape: Any, path: str = "", above: tuple[int, ...] = ()) -> Iterator[tuple[str, Added]]:
    """(path, key) of every key that a later version adds, as `persons[].family_name`; a shape in itself once."""
    if id(shape) in above:
        return
    above = (*above, id(shape))
    if isinstance(shape, Nullable | Added):
        yield from added_keys(shape.shape, path, above)
    elif isinstance(shape, list):
        yield from added_keys(shape[0], f"{path}[]", above)
    elif isinstance(shape, dict):
        for declared, inner in shape.items():
            here = f"{path}.{declared.rstrip('?')}".lstrip(".")
            if isinstance(inner, Added):
                yield here, inner
            yield from added_keys(inner, here, above)


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
