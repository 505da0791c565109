"""The house stays as it is drawn: who may import whom."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent
ORDER = [
    "db", "kept", "line", "quotas", "drawings", "people", "events", "audit", "access", "grants", "restricter", "record", "due", "mail", "discussion", "positions", "roundtable",
    "entrance", "factors", "rapporteur", "convening", "archive", "report", "retention", "live",
]  # fmt: skip
LAST = {"forms", "views", "urls", "management", "templatetags"}  # may use any models and actions
SEES_EVERYTHING = {"settings", "urls", "asgi", "models", "apps", "errors", "languages", "bootstrap"}
INSIDE = {"models": 0, "actions": 1, "forms": 2, "views": 3, "urls": 4}


def modules():
    for path in sorted([*ROOT.glob("dialogue/**/*.py"), *ROOT.glob("forum/**/*.py")]):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "migrations" not in parts:
            yield path, [part for part in parts if part != "__init__"]


def imported(path: pathlib.Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: import by full name"
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names if name.split(".")[0] in {"dialogue", "forum"}}


def wrong(parts: list[str], name: str) -> bool:
    """Whether a module (its dotted path in parts) may not import that name."""
    target = name.split(".")
    if parts[0] == "dialogue" and target[0] == "forum":
        return True
    if parts[0] == "forum" or len(parts) < 2 or len(target) < 2:
        return False
    room, other = parts[1], target[1]
    if room == other and len(parts) > 2 and len(target) > 2:
        return INSIDE.get(parts[2], 0) < INSIDE.get(target[2], 0)
    if room in SEES_EVERYTHING and len(parts) == 2:
        return False
    if LAST & set(parts[1:]):
        return False
    return other in ORDER and room in ORDER and ORDER.index(other) > ORDER.index(room)


def test_nothing_on_the_left_imports_what_is_on_its_right():
    found = [(".".join(parts), name) for path, parts in modules() for name in imported(path) if wrong(parts, name)]
    assert found == []


def test_every_folder_has_its_place_in_the_order():
    rooms = {path.name for path in (ROOT / "dialogue").iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert rooms - {"migrations", "management", "templatetags"} <= set(ORDER)


@pytest.mark.parametrize(
    ("module", "name", "is_wrong"),
    [
        ("dialogue.people.models", "dialogue.events.models", True),
        ("dialogue.events.models", "dialogue.people.models", False),
        ("dialogue.people.views", "dialogue.report.actions", False),
        ("dialogue.report.models", "dialogue.report.views", True),
        ("dialogue.report.compile", "forum.models", True),
        ("forum.models", "dialogue.report.models", False),
    ],
)
def test_the_rule_can_fail(module, name, is_wrong):
    assert wrong(module.split("."), name) is is_wrong


# The archive's two: a record into an event, a backup into a whole database, which has no actions to go through.
WRITERS = (["dialogue", "archive", "load"], ["dialogue", "archive", "restore"])


def test_only_actions_and_the_archive_write():
    writes = ("save", "create", "bulk_create", "update_or_create", "get_or_create", "bulk_update")
    found = []
    for path, parts in modules():
        if "actions" in parts or parts[:3] in WRITERS:  # a module, or one in a folder of that name
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writes:
                owner = ast.unparse(node.func.value)
                if "objects" in owner or node.func.attr != "save":
                    found.append((".".join(parts), ast.unparse(node.func)))
    assert found == []


def test_nothing_is_read_from_outside_the_checkout():
    for path, _parts in modules():
        assert "../shared" not in path.read_text(), path
