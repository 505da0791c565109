"""The agreement words as they are printed: figures, reservations, and the commas that a sentence needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import FORMATS, OPEN, squeezed, written

from dialogue.archive.load import load
from dialogue.positions.agreement_words import English, French, carries_reservations, phrase
from dialogue.positions.quantifiers import ORDER, WORDS, Claim, Numbers, quantifier, thresholds, verdict
from dialogue.report.compile import compile
from dialogue.report.formats import write
from dialogue.report.tree import Claim as Printed
from dialogue.report.tree import Paragraph, Sentence
from tests.records import addressee, advice, call, finding, paragraph, person, said, session, stance, table

SCALE = thresholds(None)


def counted(n: int, of: int, reservations: int = 0, **more: int) -> Numbers:
    return Numbers(**{"n": n, "N": of, "T": n, "answers": n, "reservations": reservations, **more})


def printed(level: str, numbers: Numbers, language: str = "en", following: str = " held", **how) -> str:
    words, comma, taken = phrase(level, numbers, language, **how).before(following)
    return f"{words}{comma}{following[taken:]}"


# ------------------------------------------------------------------ from numbers alone


@pytest.mark.parametrize(
    ("level", "numbers", "english", "french"),
    [
        ("most", counted(6, 8), "most participants, six of eight, held", "la plupart des participants, six sur huit, held"),
        ("most", counted(9, 13), "most participants held", "la plupart des participants held"),
        ("most", counted(9, 12), "most participants, nine of twelve, held", "la plupart des participants, neuf sur douze, held"),
        ("most", counted(7, 8, 3),
         "most participants, seven of eight, three of them with reservations, held",
         "la plupart des participants, sept sur huit, dont trois avec réserves, held"),
        ("most", counted(7, 8, 2), "most participants, seven of eight, held", "la plupart des participants, sept sur huit, held"),
        ("most", counted(20, 24, 7),
         "most participants, seven of them with reservations, held",
         "la plupart des participants, dont sept avec réserves, held"),
        ("most", counted(60, 80, 20),
         "most participants, 20 of them with reservations, held", "la plupart des participants, dont 20 avec réserves, held"),
        ("many", counted(4, 8, 4),
         "many participants, four of eight, all of them with reservations, held",
         "de nombreux participants, quatre sur huit, tous avec réserves, held"),
        ("all", counted(8, 8), "all eight participants held", "tous les participants, au nombre de huit, held"),
        ("one", counted(1, 9), "one participant out of nine held", "une personne participante sur neuf held"),
        ("one", counted(1, 9, 1),
         "one participant out of nine, with reservations, held", "une personne participante sur neuf, avec réserves, held"),
        ("two", counted(2, 9, 1),
         "two participants out of nine, one of them with reservations, held",
         "deux participants sur neuf, dont un avec réserves, held"),
        ("two", counted(2, 9, 2),
         "two participants out of nine, both with reservations, held",
         "deux participants sur neuf, tous deux avec réserves, held"),
        ("others", counted(3, 8), "others, three of eight, held", "d’autres, trois sur huit, held"),
        ("participants", counted(5, 8), "participants, five of eight, held", "les participants, cinq sur huit, held"),
        ("general", counted(6, 8, 2),
         "there was general agreement (six of eight, two of them with reservations) held",
         "il y avait un accord général (six sur huit, dont deux avec réserves) held"),
        ("divided", counted(4, 8, T=7, opposed=3),
         "views were divided (four of eight in support, three against) held",
         "les avis étaient partagés (quatre sur huit pour, trois contre) held"),
        ("too_few", counted(0, 8, T=1),
         "too few positions to characterise (one of eight took a position) held",
         "trop peu de prises de position (une personne sur huit a pris position) held"),
        ("wide", counted(3, 8, T=7),
         "opinions varied widely (seven of eight took a position) held",
         "les opinions divergeaient largement (sept sur huit ont pris position) held"),
    ],
)  # fmt: skip
def test_figure_and_reservations_stand_with_the_words(level, numbers, english, french):
    assert printed(level, numbers) == english
    assert printed(level, numbers, "fr") == french


def test_calls_that_claim_no_support_print_who_was_present():
    assert printed("no_objection", counted(0, 9), present=8) == "no participant objected (eight present) held"
    assert printed("consensus", counted(0, 9), "fr", present=1) == (
        "les participants sont parvenus à un consensus (une personne présente) held"
    )
    assert (
        printed("consensus", counted(6, 9, 3), present=30)
        == "participants reached consensus (three with reservations) held"
    )


@pytest.mark.parametrize(
    ("following", "sentence"),
    [
        (", however, held", "most participants, six of eight, however, held"),
        (".", "most participants, six of eight."),
        ("", "most participants, six of eight"),
        (" (see below)", "most participants, six of eight (see below)"),
        ("\u00a0; others", "most participants, six of eight\u00a0; others"),
        (" — among them the chair —", "most participants, six of eight — among them the chair —"),
        ("’s view", "most participants’ (six of eight) view"),
        ("’ view", "most participants’ (six of eight) view"),
        ("-led work", "most participants-led (six of eight) work"),
        (" “held”", "most participants, six of eight, “held”"),
    ],
)
def test_closing_comma_depends_on_what_follows(following, sentence):
    assert printed("most", counted(6, 8), following=following) == sentence


def test_no_figure_leaves_the_reservations():
    assert (
        printed("most", counted(7, 8, 3), has_figure=False)
        == "most participants, three of them with reservations, held"
    )
    assert (
        printed("general", counted(6, 8, 2), has_figure=False)
        == "there was general agreement (two with reservations) held"
    )
    assert printed("strong", counted(6, 8, 6), "fr", has_figure=False) == (
        "les participants ont vivement convenu (tous les appuis avec réserves) held"
    )


def test_words_that_are_another_number_say_whose_reservations():
    assert printed("one", counted(3, 8, 1), has_figure=False) == "one participant (one of the three in support with reservations) held"


@pytest.mark.parametrize(
    ("numbers", "english", "french"),
    [
        (counted(1, 9, 1), "all participants, the only supporter with reservations, held",
         "tous les participants, le seul appui avec réserves, held"),
        (counted(2, 9, 1), "all participants, one of the two in support with reservations, held",
         "tous les participants, un des deux appuis avec réserves, held"),
        (counted(2, 9, 2), "all participants, all in support with reservations, held",
         "tous les participants, tous les appuis avec réserves, held"),
    ],
)  # fmt: skip
def test_words_beyond_the_record_count_reservations_of_the_support(numbers, english, french):
    assert printed("all", numbers, has_figure=False, is_beyond=True) == english
    assert printed("all", numbers, "fr", has_figure=False, is_beyond=True) == french


tables = st.integers(1, 40).flatmap(
    lambda of: st.integers(0, of).flatmap(lambda n: st.tuples(st.just(n), st.just(of), st.integers(0, n)))
)


@given(tables, st.sampled_from(ORDER), st.sampled_from(["en", "fr"]))
def test_printed_figure_is_what_the_record_counts(numbers, level, language):
    n, of, reserved = numbers
    held = Numbers(n=n, N=of, T=n, answers=of, reservations=reserved, is_count=True)
    words = str(phrase(level, held, language))
    wording = (French if language == "fr" else English)(level, held, None)
    assert (wording.name(of) in words) or of > 12
    mentions = "with reservations" in words or "avec réserves" in words
    assert mentions == carries_reservations(held) == (0 < n <= 3 * reserved)
    if verdict(Claim(level), held, SCALE) == "holds":
        assert quantifier(Claim(level), held, SCALE) == level and words.startswith(WORDS[level][language][:3])


# ------------------------------------------------------------------ in a chapter

PEOPLE = [f"p{number}" for number in range(8)]


def chapter(
    text, *, level="most", stances=("agree",) * 3 + ("reservations",) * 3 + ("disagree",), language="en", **more
):
    """Eight at the table; p0 said it, and the others take these stances in order."""
    taken = [stance(who, "f1", kind) for who, kind in zip(PEOPLE[1:], stances, strict=False)]
    record = table(
        event={"language": language, **more.pop("event", {})},
        persons=[person(key, f"Guest {key.upper()}") for key in PEOPLE],
        sessions=[session(members=[(key, "participant") for key in PEOPLE])],
        contributions=[said("c0", "p0")],
        findings=[finding("f1", level, "c0", call=call("check_round", 8), **more.pop("finding", {}))],
        stances=taken,
        paragraphs=[paragraph("t1", text, "f1")],
        **more,
    )
    return compile(load(record, replace=True))


def prose(report) -> list[str]:
    """The sentences of the body."""
    return [
        "".join(getattr(part, "text", "") or getattr(part, "words", "") for part in sentence.inlines)
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Paragraph)
        for sentence in block.inlines
        if isinstance(sentence, Sentence)
    ]


@pytest.mark.django_db
def test_seven_for_with_three_reservations_and_one_against():
    report = chapter("{f1} saw it so. Then {f1} did. It was seen by {f1}.")
    assert prose(report) == [
        "Most participants, seven of eight, three of them with reservations, saw it so. ",
        "Then most participants, three of them with reservations, did. ",
        "It was seen by most participants, three of them with reservations.",
    ]
    assert "most participants, 7 of 8, 3 of them with reservations, 1 against" in write(report, "html").decode()


@pytest.mark.django_db
def test_french_chapter_prints_figures_and_elides():
    report = chapter(
        "Selon l’avis de {f1}, oui. {f1} l’ont vu.", language="fr", level="participants", stances=("agree",) * 6
    )
    assert prose(report) == [
        "Selon l’avis des participants, sept sur huit, oui. ",
        "Les participants l’ont vu.",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("figures", "sentences"),
    [
        ("first_use", ["Most participants, seven of eight, held. ", "Later most participants held."]),
        ("always", ["Most participants, seven of eight, held. ", "Later most participants, seven of eight, held."]),
        ("legend", ["Most participants held. ", "Later most participants held."]),
    ],
)
def test_figures_setting_decides_where_the_figure_stands(figures, sentences):
    event = {} if figures == "first_use" else {"event": {"figures": figures}}
    assert prose(chapter("{f1} held. Later {f1} held.", stances=("agree",) * 6, **event)) == sentences


@pytest.mark.django_db
def test_footnote_call_and_emphasis_keep_one_comma():
    note = {"id": "n", "kind": "remark", "text": "So.", "source": None, "page": ""}
    report = chapter(
        "{f1}[^n] held. And {f1} *held*.", stances=("agree",) * 6, footnotes=[note], event={"figures": "always"}
    )
    assert prose(report) == [
        "Most participants, seven of eight, held. ", "And most participants, seven of eight, held.",
    ]  # fmt: skip


@pytest.mark.django_db
def test_marked_claim_carries_reservations_and_its_numbers():
    report = chapter(
        "{f1} agreed.", level="all", stances=("reservations",) * 3, finding={"reason": "The tape is lost."}
    )
    (sentence,) = prose(report)
    assert sentence == "All participants, three of the four in support with reservations, agreed."
    (claim,) = [one for one in report.sections[0].blocks[0].inlines[0].inlines if isinstance(one, Printed)]
    assert (claim.state, claim.mark) == ("marked", "†4/8")


@pytest.mark.django_db
def test_claim_without_a_reason_is_bracketed_with_its_reservations():
    report = chapter("{f1} agreed.", level="all", stances=("reservations",) * 3)
    assert prose(report) == [
        "[All participants, three of the four in support with reservations; the record reaches many participants, 4 of 8] agreed."
    ]
    assert report.draft


@pytest.mark.django_db
@pytest.mark.parametrize("level", [*WORDS])
def test_printed_level_beyond_the_record_has_a_reason_or_makes_a_draft(level):
    for reason in ("", "The tape is lost."):
        report = chapter("{f1} agreed.", level=level, finding={"reason": reason})
        (claim,) = [one for one in report.sections[0].blocks[0].inlines[0].inlines if isinstance(one, Printed)]
        holds = level in ("most", "some_disagreement")
        state = "holds" if holds else "marked" if reason else "open"
        assert (claim.state, bool(report.draft)) == (state, state == "open")
        assert "reservations" in claim.words


@pytest.mark.django_db
def test_recommendation_carries_the_reservations_of_what_it_rests_on():
    groups = [addressee("The State", advice("r1", "Dig.", "f1", level="most"))]
    report = chapter("{f1} held.", stances=("agree",) * 3 + ("reservations",) * 3, recommendations=groups)
    (section,) = [one for one in report.sections if one.kind == "recommendations"]
    (item,) = section.sections[0].blocks[0].items
    words = [part.words for part in item.blocks[0].inlines if isinstance(part, Printed)]
    assert words == ["(most participants, seven of eight, three of them with reservations)"]


@pytest.mark.django_db
def test_every_format_prints_figure_and_reservations():
    report = chapter("{f1} saw it so.")
    for format in FORMATS:
        text = squeezed(OPEN[format](written(report, format)).text)
        assert squeezed("Most participants, seven of eight, three of them with reservations, saw it so.") in text, (
            format
        )
