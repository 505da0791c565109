"""What a careful editor would ask: each kind of contradiction, and the record that has none."""

import json
import pathlib

import pytest

from dialogue.archive import format
from dialogue.rapporteur.contradictions import contradictions, one_edit_apart
from tests.records import (
    ADA,
    BEN,
    CLEO,
    DEV,
    addressee,
    advice,
    count,
    finding,
    footnote,
    item,
    paragraph,
    said,
    stance,
    table,
)

HEARD = [said(f"c-{one}", one) for one in (ADA, BEN, CLEO, DEV)]


def kinds(**lists):
    record = table(**{"contributions": HEARD, **lists})
    assert format.errors(record) == []
    return [(one.kind, one.where) for one in contradictions(record)]


def test_a_record_in_which_everything_rests_on_something_has_none():
    assert (
        kinds(
            outline=[item("water", item("salt"), announces=["salt"])],
            findings=[finding("f1", "one", "c-ada"), finding("f2", "most", count="n1")],
            counts=[count("n1", 4, (3, 0, 1, 0))],
            paragraphs=[
                paragraph("p1", "@ada said: “the river is low” and 60 percent is gone.[^n]", "c-ada"),
                paragraph("p2", "Rivers are “long”.", origin="rapporteur"),
            ],
            footnotes=[footnote("n")],
            recommendations=[
                addressee("The State", advice("r1", "Dig.", items=[{"id": "r1a", "text": "Now.", "basis": ["f1"]}]))
            ],
        )
        == []
    )


def test_what_is_announced_and_does_not_follow_is_named_and_so_is_the_reverse():
    outline = [item("water", item("salt"), item("mud"), announces=["salt", "Capacity of forces"])]
    assert kinds(outline=outline) == [
        ("announced_without_heading", "$.outline[0].announces[1]"),
        ("heading_not_announced", "$.outline[0].items[1].title"),
    ]


def test_an_announcement_in_words_finds_the_heading_of_that_title():
    assert kinds(outline=[item("water", item("salt", title="Salt and mud"), announces=["salt and mud"])]) == []


def test_a_name_spelt_in_two_ways_is_found_in_prose():
    record = table(contributions=HEARD, paragraphs=[paragraph("p1", "Lovel and Marshs; Marsh’s.", "c-ada")])
    record["persons"][0]["aliases"] = ["Lovel"]
    assert [(one.kind, one.text) for one in contradictions(record)] == [
        ("alias", "“Lovel” is another spelling of Ada Lovell."),
        ("misspelt_name", "“Marshs” is one letter away from Cleo Marsh."),
    ]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("Mathews", "Matthews", True), ("Matthewss", "Matthews", True), ("Metthews", "Matthews", True),
        ("Matthwes", "Matthews", True), ("Matthews", "Matthews", False), ("Mathew", "Matthews", False),
        ("Wattehws", "Matthews", False), ("", "M", True),
    ],
)  # fmt: skip
def test_one_edit_is_a_letter_more_fewer_other_or_swapped(one, other, apart):
    assert one_edit_apart(one, other) is apart
    assert one_edit_apart(other, one) is apart


def test_a_theme_said_to_be_not_discussed_must_not_have_been():
    outline = [item("water", item("salt"), discussed=False)]
    assert kinds(outline=outline) == [("not_discussed", "$.outline[0].discussed")]
    withheld = [{**one, "released": False} for one in HEARD]
    assert ("not_discussed", "$.outline[0].discussed") not in kinds(outline=outline, contributions=withheld)


def test_what_rests_on_nothing_on_record_is_named():
    parts = [{"id": "r2a", "text": "Now.", "basis": []}, {"id": "r2b", "text": "Soon.", "basis": ["c-ben"]}]
    found = kinds(
        findings=[finding("f1", "one")],
        paragraphs=[paragraph("p1", "It was said."), paragraph("p2", "It is known.", origin="literature")],
        recommendations=[addressee("The State", advice("r1", "Dig."), advice("r2", "Fill.", items=parts))],
    )
    assert found == [
        ("recommendation_without_basis", "$.recommendations[0].items[0].basis"),
        ("recommendation_without_basis", "$.recommendations[0].items[1].items[0].basis"),
        ("finding_without_basis", "$.findings[0].basis"),
        ("paragraph_without_basis", "$.paragraphs[0].basis"),
    ]


def test_a_basis_that_is_off_the_record_is_none():
    hidden = [*HEARD[1:], {**HEARD[0], "attribution": "off_record"}]
    assert kinds(contributions=hidden, findings=[finding("f1", "one", "c-ada")]) == [
        ("finding_without_basis", "$.findings[0].basis")
    ]


def test_people_who_sat_at_the_table_and_said_nothing_are_named():
    assert kinds(contributions=HEARD[1:]) == [("no_contribution", "$.persons[0]")]


def test_who_took_stances_and_said_nothing_is_named_so():
    record = table(contributions=HEARD[1:], stances=[stance(ADA, HEARD[1]["id"], "agree")])
    (wrong,) = contradictions(record)
    assert wrong == ("only_stances", "$.persons[0]", "Ada Lovell took stances, said nothing.")


@pytest.mark.parametrize(
    "text",
    [
        "It was “a very long drought”.", "Il a parlé de « la grande sécheresse ».", 'It was "a very long drought".',
        "It cost $6 billion.", "It cost 6,5 milliards d’euros.", "It cost €12.", "It fell 60 per cent.", "Une baisse de 60 %.",
        "It cost 300 dollars.",
    ],
)  # fmt: skip
def test_a_quotation_or_a_figure_wants_a_note(text):
    assert [kind for kind, _where in kinds(paragraphs=[paragraph("p1", text, "c-ada")])] in (
        ["quotation_without_note"],
        ["figure_without_note"],
    )
    assert kinds(paragraphs=[paragraph("p1", f"{text}[^n]", "c-ada")], footnotes=[footnote("n")]) == []


def test_a_number_alone_wants_none():
    assert kinds(paragraphs=[paragraph("p1", "In 2007, 20,000 troops and 10 kilometres of “packages”.", "c-ada")]) == []


def test_a_note_that_no_text_calls_is_named():
    assert kinds(footnotes=[footnote("n")]) == [("note_never_called", "$.footnotes[0]")]


def test_a_call_without_a_note_is_named():
    record = table(contributions=HEARD, paragraphs=[paragraph("p1", "So.[^gone]", "c-ada")])
    assert [one.kind for one in contradictions(record)] == ["call_without_note"]


def test_victoria_announces_six_challenges_and_has_five_headings():
    record = json.loads(pathlib.Path(format.__file__).with_name("victoria-2007.json").read_text())
    found = [one for one in contradictions(record) if one.kind == "announced_without_heading"]
    assert len(found) == 1 and "Capacity of forces" in found[0].text
    rests_on_nothing = [
        one.text.split()[2] for one in contradictions(record) if one.kind == "recommendation_without_basis"
    ]
    assert rests_on_nothing == ["r2-3", "r2-4", "r4-2-b", "r4-3", "r4-5", "r4-7"]
