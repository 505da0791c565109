"""The count, from a record in the database: who is counted, who supports, who is against."""

import pathlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogue.archive.load import load
from dialogue.positions.agreement import Agreement, agreement
from dialogue.positions.evidence import Evidence, Found, Held, Member, Related, Said
from dialogue.positions.quantifiers import WORDS
from dialogue.report.compile import compile
from tests.records import ADA, BEN, CLEO, DEV, call, count, finding, item, relates, said, session, stance, table

README = pathlib.Path(__file__).parent.parent / "README.md"

pytestmark = pytest.mark.django_db


def holding(record, key="f1"):
    event = load(record, replace=True)
    return agreement(event).holdings[event.findings.get(key=key).pk]


def told(record, key="f1"):
    found = holding(record, key)
    return found.numbers.n, found.numbers.N, found.reached, found.verdict


def test_authors_of_the_basis_and_those_who_agree_support_it_each_once():
    record = table(
        contributions=[said("c1", ADA), said("c2", ADA), said("c3", BEN)],
        findings=[finding("f1", "most", "c1", "c2", "c1", "c3")],
        stances=[stance(ADA, "f1", "agree"), stance(CLEO, "f1", "reservations")],
    )
    assert told(record) == (3, 4, "most", "holds")


def test_silence_and_abstaining_are_no_support():
    record = table(
        contributions=[said("c1", ADA)], findings=[finding("f1", "two", "c1")], stances=[stance(BEN, "f1", "abstain")]
    )
    assert told(record) == (1, 4, "one", "overclaims")


@pytest.mark.parametrize("kind", ["disagree", "abstain"])
def test_an_author_who_took_the_stance_against_it_no_longer_counts(kind):
    record = table(
        contributions=[said("c1", ADA), said("c2", BEN)],
        findings=[finding("f1", "two", "c1", "c2")],
        stances=[stance(BEN, "f1", kind)],
    )
    assert told(record) == (1, 4, "one", "overclaims")


@pytest.mark.parametrize("withheld", [{"released": False}, {"attribution": "off_record"}])
def test_what_is_withheld_counts_for_nothing(withheld):
    record = table(
        contributions=[
            said("c1", ADA),
            said("c2", BEN, **withheld),
            said("c3", CLEO, relations=[relates("disagrees", "f1")], **withheld),
        ],
        findings=[finding("f1", "participants", "c1", "c2")],
        stances=[stance(DEV, "f1", "agree")],
    )
    assert told(record) == (2, 4, "two", "holds")


def test_a_withdrawn_statement_lowers_the_word():
    both = table(contributions=[said("c1", ADA), said("c2", BEN)], findings=[finding("f1", "two", "c1", "c2")])
    event = load(both)
    event.contributions.get(key="c2").delete()
    found = agreement(event).holdings[event.findings.get().pk]
    assert (found.numbers.n, found.reached) == (1, "one")


def test_counted_are_the_sessions_that_discussed_the_item_or_what_lies_below():
    record = table(
        sessions=[
            session(members=[(ADA, "participant"), (BEN, "participant")]),
            session("hall", members=[(CLEO, "panelist"), (ADA, "panelist")]),
            session("other", members=[(DEV, "participant")]),
        ],
        outline=[item("water", item("salt"))],
        contributions=[said("c1", ADA, item="salt"), said("c2", CLEO, session="hall")],
        findings=[finding("f1", "two", "c1", "c2"), finding("f2", "one", "c1", item="salt")],
    )
    assert told(record) == (2, 3, "two", "holds")
    assert told(record, "f2") == (1, 2, "one", "holds")


def test_where_no_session_has_a_word_on_it_all_are_counted():
    assert told(table(findings=[finding("f1", "one")])) == (0, 4, None, "overclaims")


def test_who_was_absent_for_the_item_or_for_what_it_lies_in_is_not_counted():
    seats = [
        {"person": ADA, "role": "participant"},
        {"person": BEN, "role": "participant", "absent": ["water"]},
        {"person": CLEO, "role": "participant", "absent": ["salt"]},
    ]
    record = table(
        sessions=[session(members=seats)],
        outline=[item("water", item("salt"))],
        contributions=[said("c1", ADA, item="salt"), said("c2", BEN)],
        findings=[finding("f1", "one", "c1"), finding("f2", "one", "c1", item="salt")],
    )
    assert told(record)[:2] == (1, 2)
    assert told(record, "f2")[:2] == (1, 1)


def test_rapporteurs_observers_and_staff_are_never_counted():
    seats = [(ADA, "participant"), (BEN, "observer"), (CLEO, "staff"), (DEV, "convenor"), ("rap", "rapporteur")]
    seats.append(("rap", "participant"))
    record = table(
        sessions=[session(members=seats)],
        contributions=[said(f"c{one}", one) for one in (ADA, BEN, CLEO, DEV, "rap")],
        findings=[finding("f1", "one", *(f"c{one}" for one in (ADA, BEN, CLEO, DEV, "rap")))],
        stances=[stance(BEN, "f1", "disagree")],
    )
    assert told(record) == (1, 1, "one", "holds")


def test_a_moderator_counts_where_he_or_she_took_a_position():
    base = {"contributions": [said("c1", ADA)], "findings": [finding("f1", "one", "c1")]}
    assert told(table(**base))[:2] == (1, 4)
    spoke = [said("c1", ADA), said("c2", "mod")]
    assert told(table(**base | {"contributions": spoke}))[:2] == (1, 5)
    assert told(table(**base | {"contributions": [said("c1", ADA), said("c2", "mod", kind="comment")]}))[:2] == (1, 4)
    below = {"outline": [item("water", item("salt"))]}
    assert told(table(**base | below | {"contributions": [said("c1", ADA), said("c2", "mod", item="salt")]}))[:2] == (
        1,
        4,
    )
    assert told(table(**base, stances=[stance("mod", "f1", "agree")]))[:2] == (2, 5)
    assert told(table(**base, stances=[stance("mod", "f1", "abstain")]))[:2] == (1, 4)


def test_a_statement_that_disputes_the_finding_is_against_it():
    record = table(
        contributions=[said("c1", ADA), said("c2", BEN), said("c3", CLEO, relations=[relates("disagrees", "f1")])],
        findings=[finding("f1", "participants", "c1", "c2")],
    )
    assert told(record) == (2, 4, "two", "overclaims")
    other = said("c3", CLEO, relations=[relates("disagrees", "c1")])
    assert told(table(**{**record, "contributions": [*record["contributions"][:2], other]}))[3] == "holds"


def test_a_count_gives_all_the_numbers():
    record = table(
        contributions=[said("c1", ADA)],
        findings=[finding("f1", "all", "c1", count="n1"), finding("f2", "most", "c1", count="n2")],
        stances=[stance(BEN, "f1", "disagree")],
        counts=[count("n1", 12, (10, 2, 0, 0)), count("n2", 12, None, kind="poll")],
    )
    assert told(record) == (12, 12, "all", "holds")
    assert told(record, "f2") == (0, 12, None, "overclaims")


def test_all_needs_an_answer_of_everyone_counted():
    agreed = [stance(one, "f1", "agree") for one in (ADA, BEN, CLEO, DEV)]
    record = table(findings=[finding("f1", "all", call=call("check_round"))], stances=agreed)
    assert told(record) == (4, 4, "all", "holds")
    author = table(
        contributions=[said("c1", DEV)],
        findings=[finding("f1", "all", "c1", call=call("check_round"))],
        stances=agreed[:3],
    )
    assert told(author) == (4, 4, "nearly_all", "overclaims")


def test_a_general_agreement_waits_for_the_answer_to_a_disagreement():
    objection = said("c5", DEV, relations=[relates("offers_different_view", "c1")])
    record = table(
        contributions=[*(said(f"c{n}", one) for n, one in enumerate((ADA, BEN, CLEO), 1)), objection],
        findings=[finding("f1", "general", "c1", "c2", "c3")],
        stances=[stance(DEV, "f1", "disagree")],
    )
    assert told(record) == (3, 4, "some_disagreement", "overclaims")
    own = said("c6", DEV, kind="comment", relations=[relates("answers", "c5")])
    assert told(table(**{**record, "contributions": [*record["contributions"], own]}))[3] == "overclaims"
    answer = said("c6", ADA, kind="comment", relations=[relates("responds_to", "c5")])
    assert told(table(**{**record, "contributions": [*record["contributions"], answer]}))[2:] == ("general", "holds")


def test_opinions_vary_widely_where_each_position_opposes_each_other_and_none_prevails():
    def wide(*relations, stances=()):
        contributions = [
            said("c1", ADA),
            said("c2", BEN, relations=[relates("disagrees", "c1")]),
            said("c3", CLEO, relations=[*relations]),
        ]
        return told(
            table(contributions=contributions, findings=[finding("f1", "wide", "c1", "c2", "c3")], stances=[*stances])
        )[3]

    both = relates("disagrees", "c1"), relates("offers_different_view", "c2")
    assert wide(*both) == "holds"
    assert wide(both[0]) == "overclaims"
    assert wide(*both, stances=[stance(DEV, "c1", "agree"), stance(CLEO, "c1", "agree")]) == "overclaims"


def test_stances_on_positions_never_count_for_a_finding():
    record = table(
        contributions=[said("c1", ADA)], findings=[finding("f1", "one", "c1")], stances=[stance(BEN, "c1", "agree")]
    )
    assert told(record) == (1, 4, "one", "holds")


def test_a_bar_puts_everyone_in_one_place():
    record = table(
        contributions=[said("c1", ADA)],
        findings=[finding("f1", "one", "c1")],
        stances=[stance(BEN, "f1", "reservations"), stance(CLEO, "f1", "disagree"), stance(DEV, "f1", "abstain")],
    )
    bar = holding(record).bar
    assert [len(part) for part in (bar.support, bar.reservations, bar.opposed, bar.abstained, bar.silent)] == [
        1,
        1,
        1,
        1,
        0,
    ]


def test_the_bar_of_a_position_counts_its_author_and_the_stances_on_it():
    event = load(table(contributions=[said("c1", ADA)], stances=[stance(BEN, "c1", "reservations")]))
    bar = agreement(event).position_bar(event.contributions.get().pk)
    assert (len(bar.support), len(bar.reservations), len(bar.silent)) == (1, 1, 2)


def test_two_findings_are_a_pair_only_when_they_name_each_other():
    pair = [
        finding("f1", "some", "c1", "c2", pair="f2"),
        finding("f2", "others", "c3", "c4", pair="f1"),
    ]
    contributions = [said(f"c{n}", one) for n, one in enumerate((ADA, BEN, CLEO, DEV), 1)]
    record = table(contributions=contributions, findings=pair)
    assert told(record)[2:] == ("some", "holds") and told(record, "f2")[2:] == ("others", "holds")
    pair[1]["pair"] = None
    assert told(record)[2:] == ("two", "overclaims") and told(record, "f2")[2:] == ("two", "overclaims")


def test_the_count_asks_the_database_the_same_number_of_times_whatever_the_size():
    def asked(number):
        record = table(
            contributions=[said(f"c{n}", ADA) for n in range(number)],
            findings=[finding(f"f{n}", "one", f"c{n}") for n in range(number)],
        )
        event = load(record, replace=True)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            agreement(event).holdings  # noqa: B018 - counted here
        return len(queries)

    assert asked(3) == asked(60) == 11


def test_of_26_claims_of_victoria_the_record_reaches_none(victoria):
    holdings = agreement(victoria).holdings.values()
    assert (len(holdings), sum(one.holds for one in holdings)) == (26, 0)


def test_readme_table_is_the_one_that_the_record_gives(victoria):
    short = {level: level for level in [*WORDS, None]}
    short |= {"general": "general agreement", "strong": "strong agreement", None: "nothing"}
    short |= {"some_disagreement": "some disagreement", "wide": "opinions varied widely"}
    short |= {"too_few": "too few positions"}
    counted = [
        [short[one.claim.level], f"{one.numbers.n} of {one.numbers.N}", short[one.reached], one.verdict]
        for one in agreement(victoria).holdings.values()
    ]
    rows = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert [[cell.strip() for cell in row.split("|")[2:6]] for row in rows[1:]] == counted


def test_sample_without_one_of_its_reasons_is_a_draft(victoria):
    assert compile(victoria).draft == ""
    victoria.findings.filter(key="v001").update(reason="")
    assert compile(victoria).draft == "Draft: not for publication"


# ------------------------------------------------------------------ properties, without a database

people = st.sampled_from([f"p{n}" for n in range(8)])
kinds = st.sampled_from(["agree", "reservations", "disagree", "abstain"])


@st.composite
def evidence(draw):
    counted = draw(st.sets(people, min_size=1))
    statements = [
        Said(f"c{n}", "table", "water", author, "position")
        for n, author in enumerate(draw(st.lists(people, max_size=6)))
    ]
    stances = draw(st.dictionaries(people, kinds, max_size=8))
    ids = [one.id for one in statements]
    basis = tuple(draw(st.lists(st.sampled_from(ids), max_size=6))) if ids else ()
    related = [Related(id, "disagrees", "f1") for id in ids if draw(st.booleans())]
    return Evidence(
        parents={"water": None},
        members=[Member("table", one, "participant") for one in counted],
        said=statements,
        related=related,
        held=[Held("f1", who, kind, False) for who, kind in stances.items()],
        findings=[Found("f1", "water", draw(st.sampled_from(["most", "general", "participants"])), basis)],
    )


@settings(deadline=None)
@given(evidence())
def test_nobody_is_counted_twice_and_nobody_outside_the_table(record):
    holding = Agreement(record).holdings["f1"]
    bar, counted = holding.bar, {one.person for one in record.members}
    parts = [bar.support, bar.reservations, bar.opposed, bar.abstained, bar.silent]
    assert sum(map(len, parts)) == holding.numbers.N == len(counted)
    assert frozenset().union(*parts) == counted
    assert holding.numbers.n <= holding.numbers.T <= holding.numbers.N


@settings(deadline=None)
@given(evidence())
def test_the_silent_are_never_in_the_support(record):
    holding = Agreement(record).holdings["f1"]
    heard = {held.person for held in record.held} | {one.author for one in record.said}
    assert (holding.bar.support | holding.bar.reservations) <= heard


@settings(deadline=None)
@given(evidence())
def test_taking_a_statement_away_never_adds_support(record):
    before = Agreement(record).holdings["f1"].numbers.n
    if record.said:
        record.said.pop()
        record.related = [one for one in record.related if one.statement in {said.id for said in record.said}]
    assert Agreement(record).holdings["f1"].numbers.n <= before
