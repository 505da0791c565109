"""Cases that an adversary found: each would have broken a promise, or stopped a chapter that is sound."""

import pytest

from dialogue.access import reader
from dialogue.archive.load import load
from dialogue.people.models import Person
from dialogue.report.compile import CannotCompile
from dialogue.report.formats import FORMATS, write
from dialogue.report.tree import Claim, Sentence, as_json
from dialogue.restricter import Facts, Spoken, restricter, shown_to
from tests.printed import printed_words as words
from tests.records import (
    ADA,
    BEN,
    CLEO,
    DEV,
    addressee,
    advice,
    finding,
    item,
    paragraph,
    person,
    relates,
    said,
    session,
    stance,
    table,
)
from tests.test_compile import HEARD, chapter, nodes, prose

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ no more agreement than the record shows


def level_of(level: str, **lists) -> str:
    record = table(
        **{"contributions": HEARD, "findings": [finding("f1", "two", "c1", "c2")], **lists},
        recommendations=[addressee("The State", advice("r1", "Dig.", "f1", level=level))],
    )
    return next(one.state for one in nodes(chapter(record).sections, Claim))


def test_a_recommendation_claims_no_more_than_the_findings_that_it_rests_on():
    assert level_of("two") == "holds"
    against = [stance(one, "f1", "disagree") for one in (CLEO, DEV)]
    assert level_of("participants") == "holds"
    assert level_of("participants", stances=against) == "open"
    assert level_of("general", stances=against) == "open"
    disputing = [*HEARD[:3], said("c4", DEV, relations=[relates("disagrees", "f1")])]
    assert level_of("participants", contributions=disputing) == "open"


def test_a_recommendation_is_counted_out_of_everyone_who_was_counted_for_its_basis():
    crowd = [person(f"p{n}", f"P{n}") for n in range(9)]
    record = table()
    sessions = [*record["sessions"], session("hall", members=[(one["id"], "participant") for one in crowd])]
    lists = {
        "persons": record["persons"] + crowd, "sessions": sessions,
        "contributions": [*HEARD, said("c9", "p0", session="hall", kind="question")],
        "findings": [finding("f1", "some", "c1", "c2", "c3")],
    }  # fmt: skip
    assert level_of("most", **lists) == "open"
    assert level_of("some", **lists) == "holds"


def test_hands_have_no_names_and_carry_no_recommendation():
    from tests.records import count

    assert (
        level_of("most", findings=[finding("f1", "all", count="n1")], counts=[count("n1", 4, (4, 0, 0, 0))]) == "open"
    )


def test_a_level_of_a_recommendation_has_its_words_in_the_legend():
    record = table(
        contributions=HEARD,
        recommendations=[addressee("The State", advice("r1", "Dig.", "c1", "c2", level="participants"))],
    )
    assert "at least half of those counted, and nobody against" in as_json(chapter(record))


def test_an_understatement_is_not_said_to_be_beyond_the_record():
    record = table(
        contributions=HEARD,
        findings=[finding("f1", "two", "c1", "c2", "c3", reason="To be safe.")],
        paragraphs=[paragraph("p1", "{f1} agreed.", "f1")],
    )
    assert "does not reach" not in words(chapter(record))


def test_a_moderator_who_is_also_the_rapporteur_is_not_counted():
    seats = [(ADA, "participant"), ("mod", "moderator"), ("mod", "rapporteur")]
    record = table(
        sessions=[session(members=seats)], contributions=[said("c1", ADA)], findings=[finding("f1", "one", "c1")],
        stances=[stance("mod", "f1", "agree")],
    )  # fmt: skip
    from tests.test_agreement import told

    assert told(record)[:2] == (1, 1)


# ------------------------------------------------------------------ every sentence leads back


def test_nothing_in_a_paragraph_s_basis_is_lost():
    record = table(
        contributions=HEARD,
        findings=[finding("f1", "one", "c4")],
        paragraphs=[paragraph("p1", "Water is scarce. @ada said so. {f1} held. It is so.", "c1", "c2", "c3", "f1")],
    )
    carried = [one.statements for one in nodes(chapter(record).sections, Sentence)]
    assert carried == [["c2", "c3"], ["c1"], ["f1"], ["c2", "c3"]]


def test_a_translation_with_marks_of_nothing_is_as_good_as_none():
    from tests.test_compile import bilingual, digest

    record = bilingual()
    record["translations"][1]["text"] = "{nope} et @nobody[^nil]."
    assert prose(chapter(record, language="fr"))[0].startswith("La plupart des participants, trois sur quatre, agreed")
    assert digest(record["paragraphs"][0]["text"]) == record["translations"][1]["original"]


def test_a_call_before_a_finding_leaves_it_the_capital():
    from tests.records import footnote

    record = table(
        contributions=HEARD, findings=[finding("f1", "one", "c1")], footnotes=[footnote("n")],
        paragraphs=[paragraph("p1", "[^n] {f1} agreed.", "f1")],
    )  # fmt: skip
    assert next(one.words for one in nodes(chapter(record).sections, Claim)) == "One participant out of four"


@pytest.mark.parametrize("name", FORMATS)
def test_a_byte_order_mark_in_a_title_stops_no_format(name):
    assert write(chapter(table(event={"title": "Rivers\ufeff"}, contributions=HEARD)), name)


# ------------------------------------------------------------------ a name only where the rule allows


def two_tables(**told):
    """A named forum with Ada; a table under the Chatham House Rule with Ben and Cleo; Mona moderates the forum alone."""
    return table(
        sessions=[
            session("hall", members=[(ADA, "panelist"), ("mod", "moderator")], kind="forum", access="public"),
            session(members=[(BEN, "participant"), (CLEO, "participant")], attribution="chatham_house"),
        ],
        contributions=[said("c1", ADA, session="hall"), said("c2", BEN), said("c3", CLEO)],
        **told,
    )


def test_staff_of_one_session_do_not_see_who_is_in_another():
    event = load(two_tables())
    mona = Person.objects.create(name="Mona")
    event.attendees.filter(key="mod").update(person=mona)
    who = reader(mona, event)
    assert shown_to(who, restricter(event), Spoken(BEN, "table", None))[0].label == "one participant"
    assert shown_to(who, restricter(event), Spoken(ADA, "hall", "unnamed"))[0].label == "Ada Lovell"
    assert not who.may("see who") and not who.may("read the table")
    assert who.sessions == {"hall"}


def test_who_sat_at_one_closed_table_does_not_read_another():
    sessions = [
        session(members=[(ADA, "participant")]),
        session("other", members=[(BEN, "participant"), (ADA, "observer")]),
    ]
    event = load(table(sessions=sessions))
    seats = {key: Person.objects.create(name=key) for key in (ADA, BEN)}
    for key, who in seats.items():
        event.attendees.filter(key=key).update(person=who)
    ada, ben = (reader(seats[key], event) for key in (ADA, BEN))
    assert ada.sessions == {"table", "other"} and ada.may("read the table")
    assert ben.sessions == {"other"} and not ben.may("read the table")


def test_a_guest_without_a_seat_belongs_to_where_they_spoke():
    record = table(
        sessions=[session(members=[(ADA, "participant")], attribution="unnamed")], contributions=[said("c1", BEN)]
    )
    record["paragraphs"] = [paragraph("p1", "@ben wrote it down.", origin="rapporteur")]
    assert prose(chapter(record)) == ["One participant wrote it down."]


def test_a_member_of_strict_sessions_is_not_named_for_what_they_said_elsewhere():
    record = two_tables(paragraphs=[paragraph("p1", "@ben spoke.", "c9", origin="forum")])
    record["contributions"].append(said("c9", BEN, session="hall"))
    assert prose(chapter(record)) == ["One participant spoke."]


def test_three_of_a_kind_count_in_the_session_that_is_reported_by_role():
    people = [person(f"p{n}", f"P{n}", sector="police" if n in (0, 3, 4) else "army") for n in range(5)]
    record = table(
        persons=people,
        sessions=[
            session(members=[(f"p{n}", "participant") for n in (0, 1, 2)], attribution="role"),
            session("b", members=[(f"p{n}", "participant") for n in (0, 3, 4)], attribution="chatham_house"),
        ],
        paragraphs=[paragraph("para", "@p0 said so.", origin="rapporteur")],
    )
    assert prose(chapter(record)) == ["One participant said so."]


def blocked(name: str, text: str, **told) -> bool:
    record = table(contributions=HEARD, paragraphs=[paragraph("p1", text, "c1")], event=told.pop("event", {}))
    record["persons"][0] |= {"name": name, "affiliation": "", **told}
    try:
        chapter(record, regime="chatham_house")
    except CannotCompile:
        return True
    return False


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Zoë Müller", "As Mu\u0308ller said."), ("Zoe\u0308 Mu\u0308ller", "As Müller said."), ("Pat O’Neil", "As O'Neil said."),
        ("Ann Smith", "As Smi\u200bth said."), ("Ann Smith", "As _Smith_ said."), ("Ann Smith", "As Smith2 said."),
        ("Ann Smith PhD", "As Smith said."), ("Ann Smith, MP", "As Smith said."), ("Smith, Ann", "As Smith said."),
        ("Hans van der Berg", "As Van der Berg said."), ("Hans van der Berg", "As Mr Berg said."),
        ("Juan Garcia Lopez", "As Garcia said."), ("Ian MacLow", "As Maclow said."), ("Ian Mathews", "The Mathewses said."),
        ("Ian Mathews", "ian mathews said."), ("Ann Smith", "As *Ann* Smith said."), ("Ann Smith", "As Smіth said."), ("Ann Smith", "As Ѕmitһ said."), ("Ann Smith", "As Ｓｍｉｔｈ said."),
        ("Иван Смирнов", "As Смирнов said."), ("Νίκος Παπάς", "As Παπας said."), ("Ann Smith", "As Ann *Smi*th said."),
        ("Ann Smith", "As x_@ada said."),
    ],
)  # fmt: skip
def test_a_typed_name_is_found_however_it_is_written(name, text):
    assert blocked(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ann March", "They met in march."), ("Ann Berg", "An iceberg."), ("Ann Lee", "The leeward side."), ("Will Stone", "Will it rain?"),
        ("Ann House", "A plain text."), ("Ann Statement", "A plain text."),
    ],
)  # fmt: skip
def test_a_common_word_stops_no_chapter(name, text):
    assert not blocked(name, text)


def test_an_affiliation_stops_no_chapter_by_a_word_of_its_own():
    assert not blocked("Ann Smith", "The police spoke.", affiliation="Police, Geneva", event={"place": "Geneva"})
    assert not blocked("Ann Smith", "A plain text.", affiliation="Chatham House")
    assert blocked("Ann Smith", "As Chatham House says.", affiliation="Chatham House")
    assert blocked("Ann Smith", "As the northern water board says.", affiliation="Northern Water Board")
    assert blocked("Ann Smith", "As CDFAI says.", affiliation="Defence Institute (CDFAI)")


def test_a_convenor_s_short_name_hides_no_longer_word():
    assert blocked("Ann Marsh", "As Marsh said.", event={"convenor": {"name": "Ma", "short_name": "Mar"}})


def test_a_byline_stands_as_byline_alone():
    assert blocked("Rhys Apple", "Rhys Apple argued.", event={"byline": "Rhys Apple"})
    assert not blocked("Rhys Apple", "A plain text.", event={"byline": "Rhys Apple"})


def test_who_is_listed_may_share_an_affiliation_with_who_is_hidden():
    record = two_tables()
    record["persons"][0]["affiliation"] = record["persons"][1]["affiliation"] = "Northern Water Board"
    record["persons"][2]["name"] = "Cleo Lovell"
    assert "Northern Water Board" in as_json(chapter(record))


def test_a_name_typed_beside_a_strict_statement_is_found():
    strict = [{**HEARD[0], "attribution": "chatham_house"}, *HEARD[1:]]
    record = table(contributions=strict, paragraphs=[paragraph("p1", "Ada Lovell said so; @ada.", "c1")])
    with pytest.raises(CannotCompile, match="“Ada Lovell”"):
        chapter(record)
    record["paragraphs"][0]["basis"] = ["c2"]
    assert chapter(record)


def test_words_of_others_that_name_somebody_hidden_are_not_printed():
    record = table(
        contributions=[*HEARD[:3], said("c4", DEV, "Lovell is wrong.", relations=[relates("disagrees", "f1")])],
        findings=[finding("f1", "one", "c1")],
        stances=[stance(BEN, "f1", "disagree", reason="Lovell again.")],
        paragraphs=[paragraph("p1", "{f1} agreed.", "f1")],
    )
    text = as_json(chapter(record, regime="chatham_house"))
    assert "Lovell" not in text and text.count("These words name somebody") == 1  # the reason
    assert ", in a statement: The words are kept in the record, for those who were there." in text
    assert "Lovell is wrong." in as_json(chapter(record))


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("Ann Smith PhD", "Smith"),
        ("Ann Smith, MP", "Smith"),
        ("Smith, Ann", "Smith"),
        ("Ann Smith III", "Smith"),
        ("Cher", "Cher"),
    ],
)
def test_a_degree_is_no_surname(name, surname):
    assert Facts("a", name).surname == surname


def test_family_name_given_is_the_surname():
    assert Facts("a", "Nguyễn Văn An", family_name="Nguyễn").surname == "Nguyễn"
    assert Facts("a", "Nguyễn Văn An").surname == "An"


def test_more_hands_than_people_are_a_contradiction():
    from tests.records import count
    from tests.test_contradictions import kinds

    assert kinds(counts=[count("n1", 3, (3, 1, 0, 0))]) == [("more_hands_than_people", "$.counts[0].tally")]
    assert kinds(counts=[count("n1", 4, (3, 1, 0, 0))], outline=[item("water")]) == []
