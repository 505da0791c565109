"""Outcomes and rules of decision: apart from agreement words, and checked against the record."""

import io
import json

import pytest
from django.core.management import call_command

from dialogue.archive import format
from dialogue.archive.load import load
from dialogue.positions.decisions import is_met, majority_of
from dialogue.positions.quantifiers import Claim, Numbers
from dialogue.report.compile import compile
from dialogue.report.tree import as_json
from tests.desks import Desk, desk, press
from tests.records import BEN, DEV, call, count, finding, paragraph, said, stance, table
from tests.test_compile import HEARD, plain, printed


def decided(key: str, level: str, *basis: str, outcome="adopted", rule="consensus", majority=None, **more) -> dict:
    return finding(key, level, *basis, outcome=outcome, decision={"rule": rule, "majority": majority}, **more)


@pytest.mark.parametrize(
    ("rule", "majority", "claim", "numbers", "met"),
    [
        ("consensus", "", Claim("one", "consensus"), Numbers(n=3, N=8), True),
        ("consensus", "", Claim("one", "consensus", objections=1), Numbers(n=3, N=8), False),
        ("consensus", "", Claim("one", "consensus"), Numbers(n=7, N=8, against=1, opposed=1), False),
        ("consensus", "", Claim("one", "read_back"), Numbers(n=8, N=8), False),
        ("consensus", "", Claim("one"), Numbers(n=8, N=8), False),
        ("consent", "", Claim("one", "read_back"), Numbers(n=0, N=8), True),
        ("consent", "", Claim("one", "read_back", objections=1), Numbers(n=7, N=8), False),
        ("consent", "", Claim("one"), Numbers(n=8, N=8), False),
        ("majority", "1:2", Claim("one", "check_round"), Numbers(n=4, N=8, opposed=4), False),
        ("majority", "1:2", Claim("one", "check_round"), Numbers(n=4, N=8, opposed=3), True),
        ("majority", "2:3", Claim("one"), Numbers(n=4, N=8, opposed=2, is_count=True), True),
        ("majority", "2:3", Claim("one"), Numbers(n=3, N=8, opposed=2, is_count=True), False),
        ("majority", "2:3", Claim("one"), Numbers(n=8, N=8), False),
        ("majority", "1:1", Claim("one", "check_round"), Numbers(n=0, N=8), False),
    ],
)
def test_rule_is_met_only_where_the_record_shows_it(rule, majority, claim, numbers, met):
    assert is_met(rule, majority, claim, numbers) is met


@pytest.mark.parametrize("written", ["1:3", "3:2", "0:1", "2/3", "2:3 ", "", "2:", "100:100", "a:b"])
def test_majority_from_half_to_all_and_nothing_else(written):
    assert majority_of(written) is None


def record_of_eight() -> dict:
    """Eight resolutions adopted by consensus: four called for with nobody against, four not so."""
    whole = call("consensus")
    return table(
        contributions=[*HEARD, said("c9", DEV, "It is not.", relations=[{"kind": "disagrees", "to": "f5"}])],
        findings=[
            *(decided(f"f{number}", "one", "c1", call=whole) for number in range(1, 5)),
            decided("f5", "one", "c1", call=whole),
            decided("f6", "one", "c1", call=call("consensus", 1)),
            decided("f7", "one", "c1"),
            decided("f8", "one", "c1", call=whole),
        ],
        stances=[stance(BEN, "f8", "disagree")],
    )


@pytest.mark.django_db
def test_of_eight_resolutions_by_consensus_the_record_shows_four():
    load(record_of_eight())
    with pytest.raises(SystemExit):
        call_command("check_record", "rivers", stdout=(out := io.StringIO()))
    assert "Decisions: of 8 adopted under a rule, the record shows 4." in out.getvalue()
    with pytest.raises(SystemExit):
        call_command("check_record", "rivers", "--json", stdout=(out := io.StringIO()))
    report = json.loads(out.getvalue())
    assert [row["is_met"] for row in report["findings"]] == [True] * 4 + [False] * 4
    shown = [one["where"] for one in report["contradictions"] if one["kind"] == "decision_not_shown"]
    assert shown == [f"$.findings[{place}].decision" for place in (4, 5, 6, 7)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Outcome: adopted. Rule of decision: majority 2:3. The record does not show that this rule was met."),
        ("fr", "Issue\u00a0: adopté. Règle de décision\u00a0: majorité 2:3. "
               "Le compte rendu ne montre pas que cette règle a été respectée."),
    ],
)  # fmt: skip
def test_legend_and_annex_print_outcome_and_rule(language, sentence):
    record = table(
        event={"language": language},
        contributions=HEARD, counts=[count("n1", 9, (3, 0, 2, 1))],
        findings=[decided("f1", "several", "c1", rule="majority", majority="2:3", count="n1")],
        paragraphs=[paragraph("p1", "{f1} agreed.", "f1")],
    )  # fmt: skip
    report = compile(load(record))
    assert as_json(report).count(sentence) == 2
    body = plain(report.sections[0].blocks[0].inlines)
    assert "majorit" not in body and body.endswith("agreed.")


@pytest.mark.django_db
@pytest.mark.parametrize("outcome", ["not_adopted", "withdrawn", "open"])
def test_what_was_not_adopted_is_not_judged(outcome):
    record = table(
        contributions=HEARD, findings=[decided("f1", "one", "c1", outcome=outcome)],
        paragraphs=[paragraph("p1", "{f1} agreed.", "f1")],
    )  # fmt: skip
    words = printed(compile(load(record)))
    assert f"Outcome: {outcome.replace('_', ' ')}. Rule of decision: consensus." in words
    assert "does not show that this rule" not in words


@pytest.mark.parametrize(
    ("decision", "where"),
    [
        ({"rule": "majority", "majority": None}, "$.findings[0].decision.majority"),
        ({"rule": "consensus", "majority": "2:3"}, "$.findings[0].decision.majority"),
        ({"rule": "majority", "majority": "1:3"}, "$.findings[0].decision.majority"),
        ({"rule": "lot", "majority": None}, "$.findings[0].decision.rule"),
    ],
)
def test_wrong_decisions_are_refused_by_their_path(decision, where):
    record = table(contributions=HEARD, findings=[finding("f1", "one", "c1", decision=decision)])
    assert [path for path, _wrong in format.errors(record)] == [where]


def test_file_of_version_one_has_no_outcome():
    record = table(contributions=HEARD, findings=[finding("f1", "one", "c1", outcome="adopted")])
    assert format.errors(record) == []
    record["format"] = "dialogue-record/1"
    assert [path for path, _wrong in format.errors(record)] == ["$.findings[0].outcome"]


@pytest.fixture
def room(db: None) -> Desk:
    return desk()


def test_desk_enters_outcome_and_rule(room: Desk):
    us, one = room.client(), room.say("ada", "It is low.")
    form = us.get(f"{room.address}finding/new/?item=water&rests={one.pk}")
    wrong = press(us, form, "Save", text="It is low.", outcome="adopted", decision_rule="majority", decision_majority="2")
    assert wrong.status_code == 422 and "Write the majority as 2:3, from 1:2 to 1:1." in wrong.text
    board = press(us, form, "Save", text="It is low.", outcome="adopted", decision_rule="majority", decision_majority="2 : 3")
    found = room.event.findings.get()
    assert (found.outcome, found.decision_rule, found.decision_majority) == ("adopted", "majority", "2:3")
    assert "Rule of decision: majority 2:3. The record does not show that this rule was met." in board.text
    change = us.get(f"{room.address}finding/{found.pk}/")
    press(us, change, "Save", outcome="", decision_rule="consent")
    found.refresh_from_db()
    assert (found.outcome, found.decision_rule, found.decision_majority) == (None, "consent", "")
