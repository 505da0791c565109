"""The law of the live table leaves nothing out: every kind of entry, every audience, all eyes and both languages have a story."""

import ast
from collections.abc import Iterator

import pytest

from dialogue.access import audience, eyes, own_eyes, reader
from dialogue.events.models import Membership, Role
from dialogue.languages import LANGUAGES
from dialogue.live.doors import RANK
from tests.law import PAGES, language_of
from tests.tables import seated, with_convenor
from tests.test_architecture import modules
from tests.told import Told

pytestmark = pytest.mark.django_db

EVERYBODY = {"public", "table", "staff"}
KNOWN = {*EVERYBODY, "person"}  # and who said it, stands on it, or has the floor, alone
AT_THE_TABLE = {"table", "staff"}

# What is entered, and whom the code tells of it.
TOLD: dict[str, set[str]] = {
    **dict.fromkeys(("item-opened", "item-closed", "session-closed", "session-reopened"), EVERYBODY),
    **dict.fromkeys(("stances-opened", "published"), EVERYBODY),
    **dict.fromkeys(("floor-given", "floor-ended", "conduct-changed", "span-opened", "span-closed"), KNOWN),
    **dict.fromkeys(
        ("contribution-made", "contribution-amended", "contribution-withdrawn", "contribution-released",
         "contribution-confirmed", "contribution-hidden", "contribution-restored", "contribution-erased",
         "contribution-touched", "attribution-changed", "stance-taken", "bar-moved"), KNOWN,
    ),
    "bars-moved": EVERYBODY,
    "finding-made": {*AT_THE_TABLE, "person"}, "finding-changed": {*AT_THE_TABLE, "person"},
    "count-entered": AT_THE_TABLE, "chapter-changed": AT_THE_TABLE,
    "note-made": {"staff"}, "note-changed": {"staff"}, "answers-asked": {"person"},
}  # fmt: skip

ENTERING = {"enter": 0, "enter_whole": 0, "tell": 1, "tell_of_finding": 1}  # and where the kind stands
# They pass on a kind that they were given.
PASSING_ON = {
    "discussion.actions.telling.tell", "positions.actions.tell_of_finding", "rapporteur.actions.papers.tell",
    "rapporteur.actions.papers.Papers.tell", "rapporteur.actions.findings.Findings.tell",
    "rapporteur.actions.notes.Notes.tell",
}  # fmt: skip


def calls(tree: ast.AST, path: str) -> Iterator[tuple[str, str, ast.expr]]:
    """(function that it stands in, what enters, the kind) of each place where something is entered."""
    for node in ast.iter_child_nodes(tree):
        inside = f"{path}.{node.name}" if isinstance(node, ast.FunctionDef | ast.ClassDef) else path
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ENTERING and len(node.args) > ENTERING[name]:
                yield path, name, node.args[ENTERING[name]]
        yield from calls(node, inside)


def kinds() -> tuple[set[str], set[str]]:
    """The kinds of entry that stand in the code, and the functions that pass on one that they were given."""
    found, passing = set(), set()
    for path, parts in modules():
        if "actions" not in parts or "record" in parts or "from dialogue.logs import tell" in path.read_text():
            continue
        tree = ast.parse(path.read_text())
        for where, _name, kind in calls(tree, ".".join(parts[1:])):
            if isinstance(kind, ast.Constant):
                found.add(kind.value)
            elif not papers_own(kind):
                passing.add(where)
        found |= {kind for node in ast.walk(tree) for kind in entered(node)}
    return found, passing


def entered(node: ast.AST) -> Iterator[str]:
    """The kinds that a paper on the desk names for a new one and a changed one."""
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "entered":
        yield from ast.literal_eval(node.value)


def papers_own(kind: ast.expr) -> bool:
    """Whether it is one of those two, or the row that something is told of."""
    return ast.unparse(kind) in {"self.entered[0]", "self.entered[1]", "papers.entered[1]", "now", "row"}


def test_every_kind_of_entry_in_the_code_is_in_the_list_of_who_is_told():
    found, passing = kinds()
    assert found == set(TOLD)
    assert passing == PASSING_ON


@pytest.mark.xdist_group("told")
def test_every_kind_of_entry_reaches_every_audience_that_it_is_for_in_some_story(stories_told: list[Told]):
    """The stories without their pages."""
    heard = set().union(*(one.heard for one in stories_told))
    assert heard == {(kind, audience) for kind, audiences in TOLD.items() for audience in audiences}


def test_there_is_no_audience_but_these():
    assert set(RANK) == EVERYBODY


@pytest.mark.parametrize("at", PAGES)
def test_whatever_role_somebody_has_one_of_the_cast_has_a_page_with_such_eyes(at: str):
    table = with_convenor(seated(at=at))
    session = table.session()

    def seen(person) -> set:
        who = reader(person, table.event)
        if not audience(who, session):
            return set()
        both = [eyes(who, session), *([own_eyes(who, session)] if who.stream else [])]
        return {(one.audience, one.sees_who, bool(one.mine)) for one in both}

    pages = set().union(*(seen(table.people[role]) for role in PAGES[at]))
    seat = Membership.objects.get(session=session, attendee__key="pan" if at == "forum" else "ada")
    somebody = table.people["panelist" if at == "forum" else "participant"]
    for role in Role.values:
        Membership.objects.filter(pk=seat.pk).update(role=role)
        assert seen(somebody) <= pages, role


def test_each_audience_is_read_in_every_language():
    table, read = seated(at="annex"), set()
    for at, roles in PAGES.items():
        for role in roles:
            who = reader(table.people[role], table.event)
            read.add((audience(who, table.session(at)), language_of(role)))
    assert {(open_to, language) for open_to in ("public", "table") for language, _name in LANGUAGES} <= read
