"""The table of roles in the docs is the one in the code, and the doors answer as it says."""

import io
import pathlib

import pytest
from django.core.management import call_command

from dialogue.access import REFUSALS, RIGHTS
from dialogue.events.models import Role
from dialogue.grants import GRANTS
from dialogue.management.roles import PLAIN
from tests.cast import CAST
from tests.test_doors import DOORS, METHODS

ROOT = pathlib.Path(__file__).parent.parent
# In which role each of the cast is at Victoria's table.
ROLE = {role: role for role in CAST} | {"second-participant": "participant", "visitor": "", "mallory": ""}
# Doors whose answer is a right's: which one, and the method that needs it.
BEHIND = {
    "agreement": ("read the table", "GET"), "chapter": ("read the table", "GET"), "behind": ("read the table", "GET"),
    "download": ("read the table", "GET"), "table": ("read the table", "GET"), "looked": ("read the table", "POST"),
    "publish": ("publish", "POST"), "audit": ("read the audit", "GET"), "say": ("speak", "POST"),
    "stance": ("speak", "POST"), "run": ("run the table", "POST"), "desk": ("keep notes", "GET"),
    "note-new": ("keep notes", "POST"), "setup": ("set up", "GET"), "setup-people": ("invite", "GET"),
    "person": ("invite", "GET"), "withdraw": ("invite", "POST"), "setup-programme": ("set up", "POST"),
} | {
    name: ("write the report", "POST") for name in DOORS
    if name.rpartition("-")[0] in ("finding", "paragraph", "source", "footnote", "addressee", "recommendation") and name != "finding-call"
}  # fmt: skip


def test_the_page_of_the_docs_is_the_table_of_the_code():
    """Make it again with: manage.py roles -o docs/roles.md"""
    call_command("roles", stdout=(out := io.StringIO()))
    assert (ROOT / "docs" / "roles.md").read_text(encoding="utf-8") == out.getvalue()


def test_every_right_has_plain_words_and_only_known_roles():
    assert RIGHTS.keys() == PLAIN.keys()
    assert {role for roles in RIGHTS.values() for role in roles} <= {*Role.values}
    assert REFUSALS.keys() <= RIGHTS.keys()


def test_the_page_marks_each_role_that_has_a_right_and_no_other():
    rights = (ROOT / "docs" / "roles.md").read_text().partition("\n# Who may give")[0]
    rows = [line.split("|")[1:-1] for line in rights.splitlines() if line.startswith("|")]
    head = [cell.strip() for cell in rows[0][2:]]
    by_label = {str(role.label): role.value for role in Role}
    told = {
        row[0].strip(): {by_label[name] for name, cell in zip(head, row[2:], strict=True) if "●" in cell}
        for row in rows[2:]
    }
    assert told == RIGHTS


def test_page_of_grants_marks_each_role_that_may_be_given_and_no_other():
    grants = (ROOT / "docs" / "roles.md").read_text().partition("\n# Who may give")[2]
    rows = [line.split("|")[1:-1] for line in grants.splitlines() if line.startswith("|")]
    by_label = {str(role.label): role.value for role in Role}
    head = [by_label[cell.strip()] for cell in rows[0][1:]]
    assert {by_label[row[0].strip()] for row in rows[2:]} == {*Role.values}
    told = {
        granter: {by_label[row[0].strip()] for row in rows[2:] if "●" in row[at + 1]} for at, granter in enumerate(head)
    }
    assert told == GRANTS


@pytest.mark.parametrize("name", BEHIND)
def test_a_door_opens_to_the_roles_that_the_table_says(name: str):
    right, method = BEHIND[name]
    assert method in METHODS and right in RIGHTS
    opens = {role for role in CAST if DOORS[name].cell(method, role) in (200, 302, 409, 422)}
    told = {role for role in CAST if ROLE[role] in RIGHTS[right]}
    assert opens == (told - {"panelist"} if right == "speak" else told)  # the panelist speaks at the forum, not here


def test_every_right_that_the_cast_can_try_is_tried_at_a_door():
    tried = {right for right, _method in BEHIND.values()}
    assert RIGHTS.keys() - tried == {"see who", "see unreleased", "record for others", "set the conduct"}
