"""The judge is judged: each kind of wrong, made up, is found and called by its name; a good run is found good."""

import copy

import pytest

from tests.faults import ledger, page
from tests.faults.kept import Kept
from tests.faults.ledger import Ledger, Promise
from tests.faults.programs import Said
from tests.faults.verdict import judge, kinds

IDS = [f"0000000{n}-0000-4000-8000-000000000000" for n in range(1, 5)]
TABLE = "stream-of-the-table"


def promise(n: int, **told) -> Promise:
    words = f"w00-0000{n}: water\n\nand salmon end-w00-0000{n}"
    at = float(10 * n)
    made = Promise("w00", f"key-{n}", words, first=at, sends=1, answers=[(at + 1, 201, IDS[n - 1], 0.1)])
    return Promise(**(vars(made) | told))


def good() -> tuple[dict[str, Promise], Kept, Said]:
    """Three contributions, kept and seen as they should be."""
    promises = {one.key: one for one in map(promise, (1, 2, 3))}
    entries = [(n, "contribution-made", IDS[n - 1]) for n in (1, 2, 3)]
    said = {IDS[n - 1]: (promises[f"key-{n}"].words, "w00") for n in (1, 2, 3)}
    kept = Kept(said, {"table": entries}, {TABLE: "table"}, {"table": 3})
    drawings = [[TABLE, n, kind, subject, page.plain(said[subject][0])] for n, kind, subject in entries]
    reader = {
        "name": "r000", "seen": {TABLE: {"epoch": "e", "n": 3}}, "streams": {TABLE: [0, 1, 2]},
        "log": [[1.0, "fetched", [TABLE, 0]]], "words": {drawing[3]: drawing[4] for drawing in drawings},
    }  # fmt: skip
    return promises, kept, Said(drawings, [reader, copy.deepcopy(reader) | {"name": "r001"}])


def test_a_good_run_is_found_good():
    assert judge(*good()) == []


def lost(promises, kept, said):
    del kept.contributions[IDS[1]]


def doubled(promises, kept, said):
    kept.contributions[IDS[3]] = kept.contributions[IDS[1]]


def changed(promises, kept, said):
    kept.contributions[IDS[1]] = (kept.contributions[IDS[1]][0].replace("salmon", "trout"), "w00")


def given_to_somebody_else(promises, kept, said):
    kept.contributions[IDS[1]] = (kept.contributions[IDS[1]][0], "w01")


def answered_twice(promises, kept, said):
    promises["key-2"].answers.append((22.0, 200, IDS[2], 0.1))


def refused(promises, kept, said):
    promises["key-2"].answers[0] = (21.0, 403, "no", 0.1)


def unanswered(promises, kept, said):
    promises["key-2"].answers.clear()


def entered_late(promises, kept, said):
    one, two, three = kept.entries["table"]
    kept.entries["table"] = [one, (2, *three[1:]), (3, *two[1:])]


def numbered_with_a_gap(promises, kept, said):
    kept.entries["table"][2] = (4, *kept.entries["table"][2][1:])


def seen_in_another_order(promises, kept, said):
    said.readers[1]["streams"][TABLE] = [1, 0, 2]


def seen_twice(promises, kept, said):
    said.readers[1]["streams"][TABLE] = [0, 1, 1, 2]


def not_seen(promises, kept, said):
    said.readers[1]["streams"][TABLE] = [0, 1]
    said.readers[1]["seen"][TABLE]["n"] = 2


def seen_with_other_words(promises, kept, said):
    said.drawings[1][4] = said.drawings[1][4].replace("salmon", "trout")


def seen_under_another_number(promises, kept, said):
    said.drawings[1][3] = IDS[2]


def shown_with_other_words(promises, kept, said):
    said.readers[0]["words"][IDS[0]] = "w00-00001: something else end-w00-00001"


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lost, {"lost"}),
        (doubled, {"doubled"}),
        (changed, {"changed", "never meant"}),
        (given_to_somebody_else, {"somebody else's"}),
        (answered_twice, {"two answers", "changed"}),
        (refused, {"refused"}),
        (unanswered, {"unanswered"}),
        (entered_late, {"reordered", "seen otherwise"}),
        (numbered_with_a_gap, {"a gap in the record", "seen otherwise"}),
        (seen_in_another_order, {"out of order"}),
        (seen_twice, {"out of order"}),
        (not_seen, {"not caught up"}),
        (seen_with_other_words, {"seen otherwise"}),
        (seen_under_another_number, {"seen otherwise"}),
        (shown_with_other_words, {"other words on the page"}),
    ],
)
def test_what_is_wrong_is_found_and_nothing_else_is_said(spoil, expected):
    promises, kept, said = good()
    spoil(promises, kept, said)
    assert kinds(judge(promises, kept, said)) == expected


def test_a_page_that_was_fetched_again_goes_on_from_there():
    promises, kept, said = good()
    reader = said.readers[0]
    reader["streams"][TABLE] = [0, 2]
    reader["log"].append([25.0, "fetched", [TABLE, 2]])
    assert judge(promises, kept, said) == []


def test_the_ledger_is_on_disk_line_by_line_and_reads_back_what_was_promised(tmp_path):
    book = Ledger(tmp_path / "ledger")
    book.intend("w00", "k1", "Water — naïve & salmon.")
    book.sent("k1")
    book.trouble("k1", "TimeoutError")
    book.sent("k1")
    book.answered("k1", 201, IDS[0], 0.25)
    book.intend("w01", "k2", "Nobody answered this.")
    first, second = ledger.read(tmp_path / "ledger").values()
    assert (first.words, first.sends, first.saved, [why for _at, why in first.troubles]) == (
        "Water — naïve & salmon.", 2, {IDS[0]}, ["TimeoutError"],
    )  # fmt: skip
    assert (second.words, second.answers, second.kept_at) == ("Nobody answered this.", [], None)
    assert ledger.Progress(tmp_path / "ledger").count() == 1


def test_words_are_found_in_whatever_is_drawn_around_them():
    drawn = (
        f'<li id="s-{IDS[0]}"><article id="said-{IDS[0]}" data-version="1"><h3>One participant</h3>'
        "<p>w00-00001: R&amp;D a&lt;b</p>\n<p>œuvre <em>it&#x27;s</em> end-w00-00001</p></article></li>"
    )
    assert page.words_in(drawn) == {IDS[0]: "w00-00001: R&D a<b œuvre it's end-w00-00001"}
