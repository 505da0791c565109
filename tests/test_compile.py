"""An event into its chapter: names by the rule, words by the count, every sentence with what is behind it."""

import hashlib
from dataclasses import fields, is_dataclass

import pytest

from dialogue.archive.load import load
from dialogue.report.actions import CannotPublish, publish, ready
from dialogue.report.compile import CannotCompile, compile, letter
from dialogue.report.prose import sentences
from dialogue.report.tree import Call, Claim, Link, Sentence, as_json, from_json
from tests.printed import plain, texts
from tests.records import (
    ADA,
    BEN,
    CLEO,
    DEV,
    addressee,
    advice,
    finding,
    footnote,
    item,
    paragraph,
    person,
    relates,
    said,
    session,
    stance,
    table,
)

pytestmark = pytest.mark.django_db


def chapter(record, **asked):
    return compile(load(record, replace=True), **asked)


def nodes(tree, kind):
    """Every node of one class in a tree, in order."""
    if isinstance(tree, kind):
        yield tree
    if isinstance(tree, list):
        for entry in tree:
            yield from nodes(entry, kind)
    elif is_dataclass(tree):
        for one in fields(tree):
            yield from nodes(getattr(tree, one.name), kind)


def prose(report) -> list[str]:
    """The body's paragraphs as plain words."""
    return [plain(block.inlines) for section in report.sections for block in section.blocks]


def printed(report) -> str:
    return "\n".join(text for _where, _kind, text in texts(report))


def annex(report, name):
    return next((one for one in report.annexes if one.anchor == f"annex-{name}"), None)


HEARD = [said("c1", ADA), said("c2", BEN), said("c3", CLEO), said("c4", DEV)]


# ------------------------------------------------------------------ people


def test_a_person_is_named_in_full_first_and_by_surname_afterwards():
    record = table(
        contributions=HEARD,
        paragraphs=[
            paragraph("p1", "@ada spoke. @ada’s point was clear.", "c1"),
            paragraph("p2", "So said @ada.", "c1"),
        ],
    )
    assert prose(chapter(record)) == ["Ada Lovell spoke. Lovell’s point was clear.", "So said Lovell."]


def test_two_people_of_one_surname_are_always_named_in_full():
    record = table(contributions=HEARD, paragraphs=[paragraph("p1", "@ada spoke. @ada went on.", "c1")])
    record["persons"][1]["name"] = "Ben Lovell"
    assert prose(chapter(record)) == ["Ada Lovell spoke. Ada Lovell went on."]


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("Ada Lovell", "Lovell"), ("Ursula von der Leyen", "von der Leyen"), ("Pelé", "Pelé"), ("John Smith Jr.", "Smith"),
        ("Jean de La Fontaine", "Fontaine"),
    ],
)  # fmt: skip
def test_a_surname_keeps_its_particles(name, surname):
    record = table(contributions=HEARD, paragraphs=[paragraph("p1", "@ada spoke. Then @ada.", "c1")])
    record["persons"][0]["name"] = name
    assert prose(chapter(record)) == [f"{name} spoke. Then {surname}."]


@pytest.mark.parametrize("regime", ["unnamed", "chatham_house"])
def test_under_a_strict_rule_a_person_is_one_participant(regime):
    text = "@ada spoke. While agreeing with @ada, @ben disputed it, @ben said."
    record = table(contributions=HEARD, paragraphs=[paragraph("p1", text, "c1", "c2")])
    assert prose(chapter(record, regime=regime)) == [
        "One participant spoke. While agreeing with one participant, another participant disputed it, this participant said."
    ]


def test_by_role_the_kind_of_organisation_stands_where_three_share_it():
    record = table(contributions=HEARD, paragraphs=[paragraph("p1", "@ada and then @dev spoke.", "c1", "c4")])
    for one in record["persons"][:3]:
        one["sector"] = "police"
    assert prose(chapter(record, regime="role")) == [
        "One participant from the police and then another participant spoke."
    ]


def test_a_statement_stricter_than_its_event_decides_for_its_paragraph_alone():
    strict = [{**HEARD[0], "attribution": "unnamed"}, said("c5", ADA), *HEARD[1:]]
    record = table(
        contributions=strict,
        paragraphs=[paragraph("p1", "@ada was strict.", "c1", "c5"), paragraph("p2", "@ada was open.", "c5")],
    )
    assert prose(chapter(record)) == ["One participant was strict.", "Ada Lovell was open."]


def test_a_statement_behind_a_finding_counts_as_what_the_paragraph_rests_on():
    record = table(
        contributions=[{**HEARD[0], "attribution": "chatham_house"}, *HEARD[1:]],
        findings=[finding("f1", "one", "c1")],
        paragraphs=[paragraph("p1", "{f1}, @ada, agreed.", "f1")],
    )
    assert prose(chapter(record)) == ["One participant out of four, one participant, agreed."]


def test_a_statement_off_the_record_names_nobody_and_stands_nowhere():
    record = table(
        contributions=[{**HEARD[0], "attribution": "off_record", "text": "CANARY"}, *HEARD[1:]],
        paragraphs=[paragraph("p1", "@ada spoke.", "c1", "c2")],
        recommendations=[addressee("The State", advice("r1", "Dig.", "c1"))],
    )
    report = chapter(record)
    assert prose(report) == ["One participant spoke."]
    assert "CANARY" not in as_json(report) and '"c1"' not in as_json(report)
    assert annex(report, "antecedents")


def test_an_unreleased_statement_stands_nowhere():
    record = table(
        contributions=[{**HEARD[0], "released": False, "text": "CANARY"}, *HEARD[1:]],
        findings=[finding("f1", "one", "c1", "c2")],
        paragraphs=[paragraph("p1", "{f1} spoke.", "f1", "c1")],
    )
    assert "CANARY" not in as_json(chapter(record)) and "basis-c1" not in as_json(chapter(record))


def mixed():
    """A named forum with Ada and a table under the Chatham House Rule with Ada and Ben; Ben sits in the strict one only."""
    return table(
        sessions=[
            session("hall", members=[(ADA, "panelist")], kind="forum", access="public"),
            session(members=[(ADA, "participant"), (BEN, "participant")], attribution="chatham_house"),
        ],
        contributions=[said("c1", ADA, session="hall"), said("c2", ADA), said("c3", BEN)],
    )


def test_a_member_of_strict_sessions_only_appears_nowhere():
    record = mixed() | {
        "paragraphs": [
            paragraph("p1", "@ada opened the forum.", "c1", origin="forum"),
            paragraph("p2", "@ada answered @ben.", "c2", "c3"),
            paragraph("p3", "@ben wrote nothing down.", origin="rapporteur"),
        ]
    }
    report = chapter(record)
    assert prose(report) == [
        "Ada Lovell opened the forum.",
        "One participant answered another participant.",
        "One participant wrote nothing down.",
    ]
    assert "Okri" not in as_json(report) and "Fishers" not in as_json(report)
    assert "Ada Lovell" in plain(next(block.inlines for block in report.front if block.kind == "participants"))


def test_without_a_statement_the_kind_of_session_decides():
    record = mixed() | {
        "paragraphs": [paragraph("p1", "@ada spoke at the table."), paragraph("p2", "@ada spoke.", origin="forum")]
    }
    assert prose(chapter(record)) == ["One participant spoke at the table.", "Ada Lovell spoke."]


# ------------------------------------------------------------------ who took part


def test_the_list_has_names_in_bold_functions_and_the_moderator_last():
    record = table(contributions=HEARD)
    record["persons"][0] |= {"honorific": "Dr.", "function": "Director"}
    record["persons"][1]["listed"] = False
    record["sessions"][0]["members"][2]["role"] = "observer"
    (line,) = [plain(block.inlines) for block in chapter(record).front if block.kind == "participants"]
    assert line == (
        "The following took part in “The table”: Dr. Ada Lovell, Director, Northern Water Board; Dev Patel, Ministry of Canals; and "
        "Rhys Apple, rapporteur. Mona Oduya, Radio Four, was the moderator."
    )


def test_a_long_list_goes_into_an_annex():
    crowd = [person(f"p{n}", f"Guest{n} Person") for n in range(17)]
    record = table(persons=crowd, sessions=[session(members=[(one["id"], "participant") for one in crowd])])
    report = chapter(record)
    (line,) = [plain(block.inlines) for block in report.front if block.kind == "participants"]
    assert line == "17 people are listed; their names are in the annex."
    assert "Guest16 Person" in as_json(report) and annex(report, "participants")


# ------------------------------------------------------------------ agreement words


def claims(level, *basis, reason="", text="{f1} agreed. Then {f1}.", **told):
    record = table(
        contributions=HEARD,
        findings=[finding("f1", level, *basis, reason=reason, **told)],
        paragraphs=[paragraph("p1", text, "f1")],
    )
    return chapter(record)


def test_a_claim_that_holds_prints_its_words_with_a_capital_where_it_opens():
    report = claims("most", "c1", "c2", "c3")
    assert [(one.words, one.state, one.mark) for one in nodes(report.sections, Claim)] == [
        ("Most participants, three of four", "holds", ""),
        ("most participants", "holds", ""),
    ]
    assert report.draft == ""


def test_a_claim_beyond_the_record_with_a_reason_is_marked_and_explained():
    report = claims("most", "c1", reason="The tape is lost.")
    assert {(one.state, one.mark, one.target) for one in nodes(report.sections, Claim)} == {
        ("marked", "†1/4", "#claim-f1")
    }
    assert "The tape is lost." in as_json(report) and report.draft == ""
    assert "in other words than the record reaches" in printed(report)


def test_a_claim_beyond_the_record_without_a_reason_makes_a_draft():
    report = claims("most", "c1")
    assert next(one.words for one in nodes(report.sections, Claim)) == (
        "[Most participants; the record reaches one participant, 1 of 4]"
    )
    assert report.draft


def test_a_draft_cannot_be_published_and_a_reason_mends_it():
    record = table(
        contributions=HEARD, findings=[finding("f1", "most", "c1")], paragraphs=[paragraph("p1", "{f1} agreed.", "f1")]
    )
    event = load(record)
    with pytest.raises(CannotPublish):
        publish(event, None)
    assert event.publications.count() == 0
    event.findings.update(reason="The tape is lost.")
    assert ready(event).draft == ""
    first, second = publish(event, None), publish(event, None)
    assert (first.version, second.version) == (1, 2)
    assert first.digest == hashlib.sha256(first.content.encode()).hexdigest()


def test_an_understatement_is_marked_too():
    assert {one.mark for one in nodes(claims("two", "c1", "c2", "c3", reason="To be safe.").sections, Claim)} == {
        "†3/4"
    }


def test_the_legend_gives_the_event_s_own_thresholds():
    record = table(
        event={"scale": {"several": "1/7", "many": "2/7", "most": "3/7", "nearly_all": "6/7"}},
        contributions=HEARD,
        findings=[finding("f1", "most", "c1", "c2", "c3")],
        paragraphs=[paragraph("p1", "{f1} agreed.", "f1")],
    )
    assert "at least 3/7 of those counted" in as_json(chapter(record))


def test_a_chapter_that_claims_nothing_has_no_legend():
    assert (
        annex(chapter(table(contributions=HEARD, paragraphs=[paragraph("p1", "@ada spoke.", "c1")])), "legend") is None
    )


def test_a_recommendation_s_level_is_counted_too():
    record = table(
        contributions=HEARD,
        recommendations=[
            addressee(
                "The State",
                advice("r1", "Dig.", "c1", "c2", "c3", level="most"),
                advice("r2", "Fill.", "c1", level="most"),
            )
        ],
    )
    report = chapter(record)
    assert [(one.words, one.state) for one in nodes(report, Claim)] == [
        ("(most participants, three of four)", "holds"),
        ("[most participants; the record reaches one participant, 1 of 4]", "open"),
    ]
    assert report.draft


# ------------------------------------------------------------------ what holds against a finding


def against(**asked):
    record = table(
        contributions=[*HEARD[:3], said("c4", DEV, "The river is high.", relations=[relates("disagrees", "f1")])],
        findings=[finding("f1", "two", "c1", "c2")],
        stances=[
            stance(BEN, "f1", "reservations", reason="Only upstream."),
            stance(CLEO, "f1", "disagree", reason="It is not low."),
        ],
        paragraphs=[paragraph("p1", "{f1} agreed.", "f1")],
    )
    return printed(chapter(record, **asked))


def test_the_annex_holds_reservations_and_oppositions_with_their_reasons():
    text = against()
    assert "Ben Okri, agrees with reservations: Only upstream." in text
    assert "Cleo Marsh, disagrees: It is not low." in text
    assert "Dev Patel, in a statement: The river is high." in text


def test_the_annex_keeps_to_the_attribution_rule():
    text = against(regime="chatham_house")
    assert "One participant, agrees with reservations: Only upstream." in text
    assert "One participant, in a statement: The words are kept in the record, for those who were there." in text
    assert "The river is high." not in text
    assert not any(name in text for name in ("Okri", "Marsh", "Patel", "Lovell"))


# ------------------------------------------------------------------ sentences and what is behind them


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("One. Two.", ["One.", "Two."]),
        (
            "Dr. Ada met J. Smith at 5 p.m. on Monday. Then he left.",
            ["Dr. Ada met J. Smith at 5 p.m. on Monday.", "Then he left."],
        ),
        ("A note.[^n] Next?", ["A note.[^n]", "Next?"]),
        ("He said “no.” She left.", ["He said “no.”", "She left."]),
        ("See e.g. Water.", ["See e.g. Water."]),
        ("@ada spoke. @ben did not! {f1} agreed…", ["@ada spoke.", "@ben did not!", "{f1} agreed…"]),
        ("Il a parlé. « Oui », dit-elle. Été.", ["Il a parlé.", "« Oui », dit-elle.", "Été."]),
        ("", []),
    ],
)
def test_a_paragraph_is_cut_into_its_sentences(text, cut):
    assert sentences(text) == cut


def test_every_attributed_sentence_carries_its_statements():
    record = table(
        contributions=[*HEARD, said("c5", ADA)],
        findings=[finding("f1", "two", "c2", "c3")],
        paragraphs=[
            paragraph("p1", "@ada spoke. It was long. {f1} agreed. The river is old.", "c1", "c5", "f1"),
            paragraph("p2", "@ada spoke again.", "c5"),
        ],
    )
    report = chapter(record)
    carried = [(one.statements, one.anchors) for one in nodes(report.sections, Sentence)]
    assert carried == [
        (["c1", "c5"], ["at-c1", "at-c5"]),
        (["c1", "c5"], ["at2-c1", "at2-c5"]),
        (["f1"], ["at-f1"]),
        ([], []),
        (["c5"], ["at3-c5"]),
    ]


def test_every_link_leads_somewhere_and_every_anchor_is_one(victoria):
    for regime in (None, "role", "unnamed", "chatham_house"):
        report = compile(victoria, regime=regime)
        anchors = [text for text in anchors_of(report) if text]
        assert len(anchors) == len(set(anchors))
        targets = {one.target[1:] for one in nodes(report, Link) if one.target.startswith("#")}
        targets |= {one.target[1:] for one in nodes(report, Claim) if one.target}
        targets |= {f"basis-{label}" for one in nodes(report, Sentence) for label in one.statements}
        assert len(targets) > 100 and targets <= set(anchors)


def anchors_of(tree):
    if isinstance(tree, list):
        for entry in tree:
            yield from anchors_of(entry)
    elif is_dataclass(tree):
        yield getattr(tree, "anchor", "")
        yield from getattr(tree, "anchors", [])
        for one in fields(tree):
            if one.name not in ("anchor", "anchors"):
                yield from anchors_of(getattr(tree, one.name))


def test_under_a_strict_rule_ids_tell_nothing():
    record = table(contributions=[said("ada-1", ADA)], paragraphs=[paragraph("ada-p", "@ada spoke.", "ada-1")])
    assert "ada" in as_json(chapter(record))
    assert "ada" not in as_json(chapter(record, regime="chatham_house"))
    assert "ada" not in as_json(chapter(record, regime="role")).replace("Ada", "")


def test_footnotes_are_numbered_by_their_first_call():
    record = table(
        outline=[item("water", item("salt")), item("mud")],
        contributions=HEARD,
        paragraphs=[
            paragraph("p1", "Mud.[^b] Again.[^a]", item="mud"),
            paragraph("p2", "Water.[^a]"),
            paragraph("p3", "Salt.[^c]", item="salt"),
        ],
        footnotes=[footnote("a", "Note A"), footnote("b", "Note B"), footnote("c", "Note C"), footnote("d", "Note D")],
    )
    report = chapter(record)
    assert [(one.number, one.again) for one in nodes(report.sections, Call)] == [
        (1, False),
        (2, False),
        (3, False),
        (1, True),
    ]
    assert [(note.number, plain(note.inlines)) for note in report.notes] == [
        (1, "Note A"),
        (2, "Note C"),
        (3, "Note B"),
    ]


def test_a_footnote_gives_its_source():
    source = {
        "id": "s", "author": "W. Dorn", "title": "The Peacekeeper", "container": "Peace Magazine 30", "year": 2006,
        "date": "2006-12-01", "url": "https://example.org/a", "accessed": "", "page": "3",
    }  # fmt: skip
    record = table(
        contributions=HEARD, sources=[source], footnotes=[footnote("n", "See", source="s", page="16")],
        paragraphs=[paragraph("p1", "So.[^n]", "c1")],
    )  # fmt: skip
    (note,) = chapter(record).notes
    assert plain(note.inlines) == (
        "See W. Dorn, The Peacekeeper (Peace Magazine 30, 1 December 2006), p. 16. https://example.org/a."
    )


# ------------------------------------------------------------------ other shapes of chapter


def test_an_event_of_nothing_but_a_title_is_a_chapter():
    report = chapter(table(persons=[], sessions=[], outline=[]))
    assert report.title == "The state of the rivers" and report.sections == [] and report.annexes == []


def test_three_levels_number_their_subthemes_and_empty_headings_say_so():
    outline = [item("part", item("theme", item("a", kind="subtheme"), item("b", kind="subtheme")), kind="part")]
    report = chapter(table(outline=outline))
    theme = report.sections[0].sections[0]
    assert [(one.level, one.number) for one in theme.sections] == [(3, "(1)"), (3, "(2)")]
    assert plain(theme.sections[0].blocks[0].inlines) == "The record holds no text under this heading."


def test_recommendations_are_grouped_numbered_and_lettered():
    parts = [{"id": "r2a", "text": "Now.", "basis": ["c1"]}, {"id": "r2b", "text": "Soon.", "basis": []}]
    record = table(
        contributions=HEARD,
        recommendations=[
            addressee("The State", advice("r1", "Dig."), advice("r2", "Fill.", items=parts), short_name="S"),
            addressee("Farmers"),
        ],
    )
    report = chapter(record)
    (section,) = [one for one in report.sections if one.kind == "recommendations"]
    assert [one.title for one in section.sections] == ["The State (S)", "Farmers"]
    missing = annex(report, "antecedents")
    assert [plain(one.blocks[0].inlines) for one in missing.blocks[0].items] == ["S 1 Dig.", "S 2b Soon."]


def test_recommendations_stand_where_the_outline_puts_them():
    record = table(
        outline=[item("water"), item("advice", kind="recommendations", title="What to do"), item("end")],
        contributions=HEARD,
        recommendations=[addressee("The State", advice("r1", "Dig.", "c1"))],
    )
    assert [one.title for one in chapter(record).sections] == ["Water", "What to do", "End"]


def test_no_recommendations_no_heading_for_them():
    record = table(outline=[item("water"), item("advice", kind="recommendations", title="What to do")])
    assert [one.title for one in chapter(record).sections] == ["Water"]


@pytest.mark.parametrize(("place", "said_as"), [(0, "a"), (25, "z"), (26, "aa"), (701, "zz")])
def test_letters_go_on_after_z(place, said_as):
    assert letter(place) == said_as


def test_literature_and_the_rapporteur_s_own_text_are_marked():
    origins = ["room", "forum", "literature", "rapporteur"]
    record = table(contributions=HEARD, paragraphs=[paragraph(f"p-{one}", "So.", "c1", origin=one) for one in origins])
    assert [block.label for block in chapter(record).sections[0].blocks] == ["", "forum", "literature", "rapporteur"]


# ------------------------------------------------------------------ French and translations


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def bilingual():
    text = "{f1} agreed with @ada."
    return table(
        contributions=HEARD,
        findings=[finding("f1", "most", "c1", "c2", "c3")],
        paragraphs=[paragraph("p1", text, "f1", "c1"), paragraph("p2", "A second one.", "c2")],
        translations=[
            {
                "of": "event",
                "language": "fr",
                "text": "L’état des rivières",
                "original": digest("The state of the rivers"),
            },
            {"of": "p1", "language": "fr", "text": "{f1} étaient d’accord avec @ada.", "original": digest(text)},
            {"of": "p2", "language": "fr", "text": "Un second.", "original": "0" * 64},
        ],
    )


def test_a_chapter_in_another_language_says_what_is_not_translated():
    report = chapter(bilingual(), language="fr")
    assert report.title == "L’état des rivières" and report.language == "fr"
    assert prose(report) == [
        "La plupart des participants, trois sur quatre, étaient d’accord avec Ada Lovell.",
        "A second one.",
    ]
    # left in the original: a heading, p2, the finding, and the words of the three statements behind the text
    assert plain(report.front[-1].inlines).startswith("6 passages")


def test_a_language_that_the_chapter_does_not_have_is_refused():
    with pytest.raises(CannotCompile, match="no version in 'de'; it has: en, fr"):
        chapter(bilingual(), language="de")
    with pytest.raises(CannotCompile, match="no version in 'fr'"):
        chapter(table(), language="fr")


def test_a_french_event_has_french_words():
    record = table(
        event={"language": "fr"},
        contributions=HEARD,
        findings=[finding("f1", "most", "c1", "c2", "c3")],
        paragraphs=[paragraph("p1", "{f1} étaient d’accord ; @ada aussi.", "f1", "c1")],
    )
    report = chapter(record, regime="unnamed")
    assert prose(report) == [
        "La plupart des participants, trois sur quatre, étaient d’accord ; une personne participante aussi."
    ]
    assert ("Date", "1er mars 2026") in [(fact.label, fact.text) for fact in report.facts]


# ------------------------------------------------------------------ refusals


def test_a_regime_may_only_be_stricter():
    record = mixed()
    with pytest.raises(CannotCompile, match="'role' is more open"):
        chapter(record, regime="role")
    assert chapter(record, regime="chatham_house").regime == "chatham_house"
    with pytest.raises(CannotCompile, match="'named' is more open"):
        chapter(table(event={"attribution": "unnamed"}), regime="named")


TYPED = [
    ("So thought Lovell.", "Lovell"),
    ("The Northern Water Board thought so.", "Northern Water Board"),
    ("Delta Research thought so, and so did DR.", "Delta Research"),
    ("MARSH thought so.", "MARSH"),
    ("So thought Lovel.", "Lovel"),
]


@pytest.mark.parametrize(("text", "term"), TYPED)
@pytest.mark.parametrize("regime", ["unnamed", "chatham_house"])
def test_a_protected_name_typed_into_a_text_blocks_the_chapter(text, term, regime):
    record = table(contributions=HEARD, paragraphs=[paragraph("p1", text, "c1")])
    record["persons"][0]["aliases"] = ["Lovel"]
    assert prose(chapter(record)) == [text]
    with pytest.raises(CannotCompile) as refused:
        chapter(record, regime=regime)
    assert f"“{term}” stands in paragraph 1 under “Water”" in refused.value.reasons[0]


def test_a_name_is_also_found_in_titles_notes_recommendations_and_reasons():
    places = {
        "title": table(event={"title": "Ada Lovell on rivers"}),
        "heading": table(outline=[item("water", title="Water, as Lovell sees it")]),
        "note": table(paragraphs=[paragraph("p1", "So.[^n]")], footnotes=[footnote("n", "As Lovell says.")]),
        "advice": table(recommendations=[addressee("Ada Lovell", advice("r1", "Dig."))]),
        "disclaimer": table(disclaimers=[{"text": "Paid by Lovell."}]),
        "scope": table(event={"scope": "What Lovell thinks."}),
        "across emphasis": table(paragraphs=[paragraph("p1", "Ada *Lovell* spoke.")]),
    }
    for place, record in places.items():
        with pytest.raises(CannotCompile):
            chapter(record, regime="chatham_house")
            pytest.fail(place)


def test_by_role_names_may_stand_in_the_list_and_not_in_the_prose():
    record = table(contributions=HEARD, paragraphs=[paragraph("p1", "So thought Lovell.", "c1")])
    with pytest.raises(CannotCompile):
        chapter(record, regime="role")
    record["paragraphs"] = []
    assert "Lovell" in as_json(chapter(record, regime="role"))


def test_the_convenor_s_and_partners_own_names_stand():
    record = table(
        event={
            "convenor": {"name": "Northern Water Board", "short_name": "DR"},
            "partners": [{"name": "Delta Research", "credit": "Paid"}],
            "byline": "Rhys Apple",
        },
        contributions=HEARD,
        paragraphs=[paragraph("p1", "Convened by the Northern Water Board (DR) with Delta Research.", "c1")],
    )
    report = chapter(record, regime="chatham_house")
    assert "Northern Water Board" in as_json(report) and report.byline == "Rhys Apple"


def test_the_tree_survives_json(victoria):
    report = compile(victoria)
    assert from_json(as_json(report)) == report


def test_victoria_under_the_chatham_house_rule_names_nobody(victoria):
    text = as_json(compile(victoria, regime="chatham_house"))
    for one in victoria.attendees.all():
        for word in [one.name, one.name.split()[-1], *one.aliases]:
            assert word not in text, word
        if one.affiliation and one.affiliation != "UNA-Canada":  # the convenor's own name
            assert one.affiliation not in text
