"""The page on security names tests that are there, in a row for each promise."""

import pathlib
import re

ROOT = pathlib.Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISES = [
    "Doors", "Rights", "Names", "Ids", "Canaries", "Speakers", "The room", "Groups and wishes", "Blind", "Questions",
    "Counts", "Sockets", "Signing in", "After signing out", "CSRF", "CSP", "XSS", "Export injection", "Input", "Floods", "Start-up", "Logs", "Audit", "Names erased",
    "Dependencies",
]  # fmt: skip


def rows() -> dict[str, str]:
    """{promise: where it is proved}."""
    cells = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| **")]
    return {re.findall(r"\*\*(.+?)\.\*\*", told)[0]: proof for told, proof in cells}


def test_every_promise_has_a_row_and_every_row_a_proof():
    assert [*rows()] == PROMISES
    assert [promise for promise, proof in rows().items() if "tests/" not in proof] == []


def test_every_file_that_it_names_is_there_and_has_tests():
    named = set(re.findall(r"`(tests/[\w/.]+)`", PAGE))
    assert len(named) > 25
    assert [one for one in named if not (ROOT / one).is_file()] == []
    proofs = {one for proof in rows().values() for one in re.findall(r"`(tests/[\w/]*test_\w+\.py)`", proof)}
    assert [one for one in proofs if "def test_" not in (ROOT / one).read_text()] == []


def test_its_number_of_attacks_is_that_of_the_corpus():
    from tests.xss import CORPUS

    assert f"{len(CORPUS)} attacks" in PAGE
