"""check_format against a table of broken files; where the checker of version 1 lies beside the repository, against it."""

import copy
import importlib.util
import json
import pathlib
import re
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dialogue.archive import format
from tests.machine import ROOT, manage
from tests.test_archive import EVERYTHING, VICTORIA, as_version_1

SHARED = next(
    (one for one in (ROOT.parent / "shared", pathlib.Path("/work/shared")) if (one / "check_format.py").exists()), None
)
OLDER = as_version_1(EVERYTHING)
WRONG: list[Any] = [
    None,
    True,
    1,
    -1,
    2**31,
    1.5,
    "",
    "  ",
    "zed",
    "Zed!",
    "a\0b",
    "\ud800",
    [],
    [1],
    {},
    {"id": "zed"},
]


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """Where a value stands, at any depth."""
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in entries:
        yield from places(inner, (*path, name))


def changed(record: Any, path: tuple, change: Callable[[Any, Any], None]) -> Any:
    """A copy of a record, changed at one place."""
    broken = holder = copy.copy(record)
    for name in path[:-1]:
        holder[name] = copy.copy(holder[name])
        holder = holder[name]
    change(holder, path[-1])
    return broken


def mutations() -> Iterator[Any]:
    """Files of version 1 with one thing wrong, or changed and right."""
    for number, path in enumerate([*places(OLDER)][1:]):
        for value in (WRONG[(number + step) % len(WRONG)] for step in (0, 3, 7)):
            yield changed(OLDER, path, lambda holder, name, value=value: holder.__setitem__(name, value))
        yield changed(OLDER, path, lambda holder, name: holder.__delitem__(name))
        if isinstance(path[-1], int):
            yield changed(OLDER, path, lambda holder, name: holder.append(copy.deepcopy(holder[name])))
        else:
            yield changed(OLDER, path, lambda holder, _name: holder.update(extra=1))


def shared_checker() -> ModuleType | None:
    """The reference checker of version 1, where it is."""
    if SHARED is None:
        return None
    spec = importlib.util.spec_from_file_location("shared_check_format", SHARED / "check_format.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.zoneinfo = SimpleNamespace(available_timezones=lambda: format.ZONES)  # read once, not a time for each file
    return module


def paths(errors: Any) -> set[str]:
    return {path for path, _text in errors}


def theirs(checker: ModuleType, record: Any) -> set[str] | None:
    """The places that the reference checker names; None where it breaks down, on an id that is a list or an object."""
    try:
        return paths([*checker.shape_errors(record, checker.SHAPE, "$"), *checker.meaning_errors(record)])
    except TypeError:
        return None


def test_both_checkers_name_the_same_places():
    checker = shared_checker()
    differ, number, broken_down = [], 0, 0
    for record in mutations():
        number += 1
        ours = paths(format.errors(record))
        other = theirs(checker, record) if checker else ours
        broken_down += other is None
        if other is not None and ours != other:
            differ.append(ours ^ other)
    assert (number > 1000, broken_down < 20) == (True, True)
    assert differ == []


@pytest.mark.parametrize(
    ("path", "value", "errors"),
    [
        (("format",), "dialogue-record/9", {"$.format"}),
        (("event", "end_date"), None, {"$.event.end_date"}),
        (("event", "time_zone"), "Mars/Olympus", {"$.event.time_zone"}),
        (("event", "scale", "many"), "0/5", {"$.event.scale.many"}),
        (("persons", 0, "family_name"), "Ada", {"$.persons[0].family_name"}),
        (("persons", 0, "id"), "zed", {
            "$.sessions[0].members[0].person", "$.sessions[0].members[3].person", "$.contributions[0].by",
            "$.floor[0].person", "$.notes[0].by",
            "$.stances[2].by", "$.paragraphs[0].text",
        }),
        (("sessions", 0, "members", 1, "absent"), ["zed"], {"$.sessions[0].members[1].absent[0]"}),
        (("outline", 0, "items", 0, "id"), "water", {
            "$.outline[0].items[0].id", "$.questions[0].forwarded_to",
        }),
        (("contributions", 0, "relations", 2, "to"), "c1", {"$.contributions[0].relations[2].to"}),
        (("contributions", 1, "at"), "2026-03-01", {"$.contributions[1].at"}),
        (("contributions", 1, "session"), "zed", {"$.contributions[1].session"}),
        (("findings", 0, "call", "present"), "4", {"$.findings[0].call.present"}),
        (("stances", 0, "on"), "c2", {"$.stances[0].on"}),
        (("stances", 1, "on"), "c1", {"$.stances[1]"}),
        (("paragraphs", 0, "text"), "{f9}", {"$.paragraphs[0].text"}),
        (("translations", 0, "original"), "A" * 64, {"$.translations[0].original"}),
        (("questions",), {}, {"$.questions"}),
    ],
)  # fmt: skip
def test_broken_file_of_version_1_is_named_by_its_paths(path: tuple, value: Any, errors: set[str]):
    record = changed(OLDER, path, lambda holder, name: holder.__setitem__(name, value))
    assert paths(format.errors(record)) == errors
    checker = shared_checker()
    assert checker is None or theirs(checker, record) == errors


# ------------------------------------------------------------------ the command


@pytest.fixture
def written(tmp_path: pathlib.Path) -> Callable[[Any], str]:
    """`written(record)` is a file with it, in canonical form."""

    def write(record: Any) -> str:
        path = tmp_path / "record.json"
        path.write_text(format.canonical(record))
        return str(path)

    return write


def test_valid_file_is_named_with_its_version_and_lists(written, capsys):
    call_command("check_format", written(OLDER))
    call_command("check_format", written(EVERYTHING))
    first, second = capsys.readouterr().out.splitlines()
    assert re.search("dialogue-record/1, in canonical form; 1 disclaimers, 2 persons, 2 sessions, 1 outline", first)
    assert "dialogue-record/2, in canonical form" in second


def test_sample_is_valid_and_in_canonical_form(capsys):
    call_command("check_format", str(VICTORIA))
    assert "dialogue-record/2, in canonical form" in capsys.readouterr().out


def test_file_in_another_order_is_valid_and_not_canonical(written, capsys):
    call_command("check_format", written(json.loads(json.dumps(EVERYTHING, sort_keys=True))))
    assert "not in canonical form" in capsys.readouterr().out


def test_keys_are_put_in_order_at_every_depth():
    shuffled = json.loads(json.dumps(EVERYTHING, sort_keys=True))
    assert format.canonical(format.in_order(shuffled)) == format.canonical(EVERYTHING)


def test_every_error_is_printed_and_the_command_exits_1(written, capsys):
    record = copy.deepcopy(EVERYTHING)
    record["persons"][1]["name"] = ""
    record["stances"][1]["by"] = "zed"
    with pytest.raises(SystemExit) as end:
        call_command("check_format", written(record))
    assert end.value.code == 1
    assert [line.split(": ")[0] for line in capsys.readouterr().out.splitlines()] == [
        "$.persons[1].name",
        "$.stances[1].by",
    ]


def test_file_that_is_no_record_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "a.json").write_bytes(b"{")
    with pytest.raises(CommandError, match="cannot be read as JSON"):
        call_command("check_format", str(tmp_path / "a.json"))
    with pytest.raises(CommandError, match="No such file"):
        call_command("check_format", str(tmp_path / "b.json"))


def test_command_asks_no_database(tmp_path):
    (tmp_path / "record.json").write_text(format.canonical(EVERYTHING))
    done = manage(tmp_path, "check_format", "record.json", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert (done.returncode, done.stderr) == (0, "")


# ------------------------------------------------------------------ the page


def test_page_names_every_key_of_the_format():
    page = (ROOT / "docs" / "record-format.md").read_text()
    added = page.partition("## What version 2 adds")[2]
    added_names = {path.rpartition(".")[2] for path in format.ADDED}
    assert [name for name in added_names if not re.search(rf"^\|.*\b{name}(\[\])?`.*\|", added, re.MULTILINE)] == []
    names = {name.rstrip("?") for name in keys_of(format.SHAPE)} - added_names
    assert [name for name in names if not re.search(rf"\b{name}\b", page)] == []


def keys_of(shape: Any, above: tuple = ()) -> Iterator[str]:
    """Every key of a shape, at any depth, once for each object."""
    if id(shape) in above:
        return
    if isinstance(shape, dict):
        for name, inner in shape.items():
            yield name
            yield from keys_of(inner, (*above, id(shape)))
    elif isinstance(shape, list):
        yield from keys_of(shape[0], (*above, id(shape)))
    elif hasattr(shape, "shape"):
        yield from keys_of(shape.shape, above)
