"""The agreement words, from numbers alone: the record format's two tables, row by row and as properties."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dialogue.positions.quantifiers import (
    DEFAULT_SCALE,
    ORDER,
    PATTERNS,
    WORDS,
    Claim,
    Numbers,
    patterns,
    quantifier,
    reached,
    thresholds,
    verdict,
)

SCALE = thresholds(None)


def numbers(n: int, of: int, **told) -> Numbers:
    return Numbers(**{"n": n, "N": of, "T": n, "answers": n, **told})


def words(n: int, of: int, call: str | None = None, **told) -> str | None:
    return quantifier(Claim("most", call), numbers(n, of, **told), SCALE)


@pytest.mark.parametrize(
    ("n", "of", "word"),
    [
        (0, 9, None), (1, 9, "one"), (2, 9, "two"), (2, 2, "two"), (1, 1, "one"),
        (3, 13, "some"), (3, 12, "several"), (5, 10, "many"), (4, 9, "several"), (6, 10, "many"),
        (2, 3, "two"), (6, 9, "most"), (9, 9, "most"), (19, 20, "most"),
    ],
)  # fmt: skip
def test_the_first_row_that_fits_is_reached(n, of, word):
    assert words(n, of) == word


def test_all_needs_everyone_s_answer_in_a_check_round_or_a_count():
    assert words(4, 4, "check_round") == "all"
    assert words(4, 4, "check_round", answers=3) == "nearly_all"
    assert words(4, 4, "read_back") == "most"
    assert words(4, 4, is_count=True) == "all"
    assert words(2, 2, "check_round") == "all"
    assert words(1, 1, "check_round") == "one"


def test_nearly_all_needs_nine_in_ten_and_a_check_round_or_a_count():
    assert words(9, 10, "check_round") == "nearly_all"
    assert words(8, 10, "check_round") == "most"
    assert words(9, 10) == "most"
    assert words(9, 10, is_count=True) == "nearly_all"


def test_the_event_s_own_thresholds_decide():
    scale = thresholds({"several": "1/5", "many": "2/5", "most": "3/5", "nearly_all": "4/5"})
    assert quantifier(Claim("most"), numbers(4, 10), scale) == "many"
    assert quantifier(Claim("most"), numbers(4, 10), SCALE) == "several"


def test_some_and_others_hold_as_a_pair_only():
    assert verdict(Claim("some", in_pair=True), numbers(2, 9), SCALE) == "holds"
    assert verdict(Claim("others", in_pair=True), numbers(2, 9), SCALE) == "holds"
    assert verdict(Claim("some"), numbers(2, 9), SCALE) == "overclaims"
    assert verdict(Claim("others"), numbers(2, 9), SCALE) == "overclaims"
    assert verdict(Claim("some", in_pair=True), numbers(1, 9), SCALE) == "overclaims"
    assert reached(Claim("some", in_pair=True), numbers(5, 9), SCALE) == "some"


@pytest.mark.parametrize(
    ("n", "of", "against", "word", "judged"),
    [
        (2, 9, 0, "two", "overclaims"), (2, 8, 0, "two", "overclaims"), (4, 9, 0, "several", "overclaims"),
        (5, 9, 0, "many", "holds"), (4, 8, 0, "many", "holds"), (3, 8, 0, "several", "overclaims"),
        (4, 8, 1, "many", "overclaims"), (2, 4, 0, "two", "holds"), (2, 3, 0, "two", "holds"),
        (1, 2, 0, "one", "overclaims"), (1, 1, 0, "one", "overclaims"), (0, 0, 0, None, "overclaims"),
        (8, 8, 0, "most", "holds"),
    ],
)
def test_participants_holds_from_half_with_nobody_against(n, of, against, word, judged):
    counted = numbers(n, of, against=against)
    assert verdict(Claim("participants"), counted, SCALE) == judged
    assert reached(Claim("participants"), counted, SCALE) == word


def test_no_objection_and_consensus_need_a_call_without_objections():
    none = numbers(0, 9)
    assert verdict(Claim("no_objection", "read_back"), none, SCALE) == "holds"
    assert verdict(Claim("no_objection", "consensus"), none, SCALE) == "holds"
    assert verdict(Claim("no_objection", "check_round"), none, SCALE) == "overclaims"
    assert verdict(Claim("consensus", "consensus"), none, SCALE) == "holds"
    assert verdict(Claim("consensus", "read_back"), none, SCALE) == "overclaims"
    assert verdict(Claim("consensus", "consensus", objections=1), none, SCALE) == "overclaims"
    assert verdict(Claim("consensus", "consensus"), numbers(8, 9, against=1), SCALE) == "overclaims"


def test_less_than_the_record_shows_is_an_understatement():
    assert verdict(Claim("several"), numbers(6, 9), SCALE) == "understates"
    assert verdict(Claim("most"), numbers(5, 9), SCALE) == "overclaims"
    assert verdict(Claim("general"), numbers(9, 9, unanswered=1), SCALE) == "overclaims"


@pytest.mark.parametrize(
    ("told", "holding"),
    [
        ({"n": 8, "N": 10, "T": 10, "strong": 4}, ["strong", "general"]),
        ({"n": 8, "N": 10, "T": 10, "strong": 3}, ["general"]),
        ({"n": 8, "N": 10, "T": 10, "opposed": 2, "unanswered": 1}, ["some_disagreement"]),
        ({"n": 8, "N": 10, "T": 10, "opposed": 2, "unanswered": 0}, ["general", "some_disagreement"]),
        ({"n": 6, "N": 10, "T": 9, "opposed": 3, "unanswered": 3}, ["divided"]),
        ({"n": 5, "N": 10, "T": 10, "opposed": 1, "unanswered": 1}, []),
        ({"n": 3, "N": 10, "T": 5, "wide": True, "unanswered": 1, "opposed": 1}, ["some_disagreement", "wide"]),
        ({"n": 4, "N": 10, "T": 4, "strong": 4, "wide": True}, ["too_few"]),
        ({"n": 5, "N": 10, "T": 5, "strong": 5}, ["strong", "general"]),
        ({}, []),
    ],
)  # fmt: skip
def test_patterns_hold_each_by_its_own_row(told, holding):
    assert patterns(Numbers(**told)) == holding


def test_a_pattern_reached_is_the_one_claimed_where_it_holds_else_the_first():
    both = Numbers(n=8, N=10, T=10, strong=4)
    assert reached(Claim("general"), both, SCALE) == "general"
    assert reached(Claim("divided"), both, SCALE) == "strong"
    assert reached(Claim("divided"), Numbers(n=5, N=10, T=10, opposed=1, unanswered=1), SCALE) is None


def test_every_level_has_its_words_in_both_languages():
    assert all(told.keys() == {"en", "fr"} and all(told.values()) for told in WORDS.values())
    assert set(ORDER) | set(PATTERNS) | {"participants", "others", "no_objection", "consensus"} == WORDS.keys()


# ------------------------------------------------------------------ properties

tables = st.integers(1, 200).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
ratios = st.tuples(st.integers(1, 99), st.integers(1, 99)).map(lambda pair: Fraction(*pair))
scales = st.lists(ratios.filter(lambda one: one < 1), min_size=4, max_size=4).map(
    lambda four: dict(zip(DEFAULT_SCALE, sorted(four), strict=True))
)
calls = st.sampled_from([None, "check_round", "read_back", "consensus"])


def rank(level: str | None) -> int:
    return -1 if level is None else ORDER.index(level)


@given(tables, calls, scales, st.booleans())
def test_one_supporter_more_never_lowers_the_word(table, call, scale, is_count):
    n, of = table
    assume(n < of)
    claim = Claim("most", call)
    one = numbers(n, of, answers=of, is_count=is_count)
    more = replace(one, n=n + 1, T=n + 1)
    low, high = quantifier(claim, one, scale), quantifier(claim, more, scale)
    # with n of 1 or 2 the word is a number and no share: "nearly all" of a small table may rank above it
    assert rank(low) <= rank(high) or high in ("one", "two") or low in ("all", "nearly_all")
    assert rank(quantifier(claim, one, SCALE)) <= rank(quantifier(claim, more, SCALE))


@given(tables, calls, scales, st.integers(0, 200))
def test_all_is_never_reached_without_everyone_s_answer_or_a_count(table, call, scale, answers):
    n, of = table
    level = quantifier(Claim("all", call), numbers(n, of, answers=min(answers, of)), scale)
    assert level != "all" or (call == "check_round" and answers >= of and n == of >= 2)


@given(tables, calls, st.sampled_from([*WORDS]), st.booleans())
def test_a_claim_that_holds_is_reached(table, call, level, in_pair):
    n, of = table
    claim = Claim(level, call, in_pair=in_pair)
    if verdict(claim, numbers(n, of), SCALE) == "holds" and level != "participants":
        assert reached(claim, numbers(n, of), SCALE) == level


@given(tables, st.sampled_from(ORDER))
def test_nobody_supports_it_is_no_word_at_all(table, level):
    _n, of = table
    assert reached(Claim(level), numbers(0, of), SCALE) is None
    assert verdict(Claim(level), numbers(0, of), SCALE) == "overclaims"
