"""Names typed into prose: every spelling is found, ordinary prose stops nothing, and each find has its place."""

import json
import pathlib
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogue.archive.load import load
from dialogue.report.name_detector import NameDetector
from dialogue.report.name_terms import terms_of
from dialogue.report.runs_of_words import StrictWords
from dialogue.restricter import Facts
from tests.records import ADA, BEN, CLEO, footnote, paragraph, person, said, session, table

VICTORIA = pathlib.Path(__file__).parent.parent / "dialogue/archive/victoria-2007.json"


def detected(name: str, text: str, language: str | None = "en", **facts) -> list[tuple[str, str]]:
    """(as it stands there, "stop" or "warn") of everything found."""
    detector = NameDetector(terms_of(Facts("someone", name, **facts)))
    return [(one.text, one.action) for one in detector.find(text, language)]


STOPS = [
    ("Anna Weiß", "As Weiss said.", "Weiss"),
    ("Anna Weiß", "As Weiß said.", "Weiß"),
    ("Anna Weiß", "As WEISS said.", "WEISS"),
    ("Anna Weiß", "As A. Weiß said.", "A. Weiß"),
    ("Anna Weiß", "Weiß, Anna: a letter.", "Weiß, Anna"),
    ("Jörg Strauß", "As Jörg Strauß said.", "Jörg Strauß"),
    ("Jörg Strauß", "As STRAUẞ said.", "STRAUẞ"),
    ("王小明", "据王小明说。", "王小明"),
    ("王小明", "据王 小明说。", "王 小明"),
    ("山田 太郎", "山田さんが話した。", "山田"),
    ("山田 太郎", "山田太郎が話した。", "山田太郎"),
    ("العلي", "قال العلي ذلك", "العلي"),
    ("محمد العلي", "قال العلي ذلك", "العلي"),
    ("शर्मा", "फिर शर्मा ने कहा", "शर्मा"),
    ("राहुल शर्मा", "फिर शर्मा ने कहा", "शर्मा"),
    ("Marie d’Aubigné", "As d'Aubigne said.", "d'Aubigne"),
    ("Marie d’Aubigné", "D’Aubigné said so.", "D’Aubigné"),
    ("Marie d’Aubigné", "As Aubigné said.", "Aubigné"),
    ("Eva Kühlmann-Groß", "As Kühlmann said.", "Kühlmann"),
    ("Eva Kühlmann-Groß", "As Gross said.", "Gross"),
    ("Eva Kühlmann-Groß", "Kühlmann Groß said.", "Kühlmann Groß"),
    ("Nguyễn Văn Minh", "As Nguyen said.", "Nguyen"),
    ("Minh Nguyễn", "Nguyễn Minh said.", "Nguyễn Minh"),
    ("Lars Østergård", "As Ostergard said.", "Ostergard"),
    ("Jean Dupont-Aignan", "selon Dupont", "Dupont"),
    ("bell hooks", "as hooks said", "hooks"),
    ("bell hooks", "as bell hooks said", "bell hooks"),
    ("김민수", "그리고 김민수는 말했다", "김민수"),
    ("김 민수", "그리고 김민수가 말했다", "김민수"),
    ("สมชาย ใจดี", "นายใจดีกล่าว", "ใจดี"),
    ("Виктор Волков", "как ВОЛКОВ сказал", "ВОЛКОВ"),
    ("Виктор Волков", "как Волков сказал", "Волков"),
    ("Νίκος Παπάς", "όπως είπε ο ΠΑΠΑΣ", "ΠΑΠΑΣ"),
    ("דוד לוי", "אמר לוי כי", "לוי"),
    ("Juan García López", "As García said.", "García"),
    ("Juan García López", "García López said.", "García López"),
    ("Hans van der Berg", "As Mr Berg said.", "Berg"),
    ("Hans Van der Berg", "As van der Berg said.", "van der Berg"),
    ("İbrahim Işık", "As IŞIK said.", "IŞIK"),
    ("İbrahim Işık", "As Isik said.", "Isik"),
    ("Łukasz Żółć", "As Zolc said.", "Zolc"),
    ("Đorđe Đurić", "As Duric said.", "Duric"),
    ("Jón Þórsson", "As Thorsson said.", "Thorsson"),
    ("Ann March", "As Mr March said.", "March"),
    ("Ann Marsh", "MARSH said so.", "MARSH"),
    ("Ann Smith", "As Smi\u00adth said.", "Smi\u00adth"),
    ("Ann Smith", "As *Smi*th said.", "Smi*th"),
    ("Ann Smith", "As Sm\u0456th said.", "Sm\u0456th"),  # a Cyrillic і
    ("Zoe\u0308 Mu\u0308ller", "As Müller said.", "Müller"),
    ("Pat O’Neil", "selon l'O'Neil", "O'Neil"),
    ("Paul The", "As Paul The said.", "Paul The"),
]
WARNS = [
    ("Anna Weiß", "Weiß said so.", "Weiß"),  # a capital that begins a sentence says nothing
    ("Anna Weiß", "As Anna said.", "Anna"),
    ("Anna Weiß", "Write to anna.weiss@example.org", "anna.weiss@example.org"),
    ("Pat O’Brien", "As OBrien said.", "OBrien"),
    ("Eva Kühlmann", "As Kuehlmann said.", "Kuehlmann"),
    ("Eva Muehlmann", "As Mühlmann said.", "Mühlmann"),
    ("Lars Østergård", "As Oestergaard said.", "Oestergaard"),
    ("Ian MacLow", "As Mac Low said.", "Mac Low"),
    ("王小明", "国王说。", "王"),
    ("山田 太郎", "太郎が話した。", "太郎"),
    ("محمد العلي", "والعلي قال", "والعلي"),
    ("Paul The", "The river is low.", "The"),
    ("Ann March", "They met in March.", "March"),
]
NOTHING = [
    ("Ann March", "They met in march."),
    ("Ann Berg", "An iceberg."),
    ("Will Stone", "Will it rain?"),
    ("Ann Lee", "The leeward side."),
    ("Anna Weiß", "So sprach niemand."),
    ("Paul The", "As the others said."),
]


@pytest.mark.parametrize(("name", "text", "found"), STOPS)
def test_listed_name_stops_however_it_is_written(name, text, found):
    assert (found, "stop") in detected(name, text)


@pytest.mark.parametrize(("name", "text", "found"), WARNS)
def test_doubtful_name_only_warns(name, text, found):
    assert detected(name, text) == [(found, "warn")]


@pytest.mark.parametrize(("name", "text"), NOTHING)
def test_other_words_are_no_name(name, text):
    assert detected(name, text) == []


@pytest.mark.parametrize(
    ("affiliation", "text", "found"),
    [
        ("ISP Ireland", "As ISP-Ireland says.", [("ISP-Ireland", "stop")]),
        ("ISP-Ireland", "As ISP Ireland says.", [("ISP Ireland", "stop")]),
        ("ISP Ireland", "As ISPIreland says.", [("ISPIreland", "warn")]),
        ("清华大学", "在清华大学的人", [("清华大学", "stop")]),
        ("Water", "The Water is low; water.", [("Water", "warn")]),
        ("WHO", "Who is it? The WHO says.", [("WHO", "stop")]),
        ("The Northern Water Board", "a northern water board", [("northern water board", "stop")]),
        ("Civil Society", "as civil society says", [("civil society", "warn")]),
    ],
)
def test_affiliation_is_found_with_other_hyphens_and_blanks(affiliation, text, found):
    assert detected("X Y", text, affiliation=affiliation) == found


def test_family_name_given_decides_which_part_stops():
    assert detected("Nagy Péter", "As Nagy said.") == [("Nagy", "warn")]
    assert detected("Nagy Péter", "As Nagy said.", family_name="Nagy") == [("Nagy", "stop")]
    assert detected("Nagy Péter", "As Péter said.", family_name="Nagy") == [("Péter", "warn")]


def test_alias_counts_as_the_name():
    assert detected("X Y", "As d'Aubigné said.", aliases=("d’Aubigné",)) == [("d'Aubigné", "stop")]


# ------------------------------------------------------------------ properties

LISTED = [
    "Anna Weiß", "Jörg Strauß", "Marie d’Aubigné", "Eva Kühlmann-Groß", "Lars Østergård", "Łukasz Żółkiewski",
    "Nguyễn Văn Minh", "İbrahim Işıktan", "Jean Dupont-Aignan", "Pat O’Neil", "Виктор Волков", "Νίκος Παπαδάκης",
]  # fmt: skip
BEFORE = ["as stated by", "The proposal of", "Nobody, not even", "selon", "“We agree,” said"]
BEHIND = ["said.", ", who agreed, said so.", "’s proposal", ": no.", "(twice)"]


def without_accents(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


WRITTEN = {
    "as listed": lambda name: name,
    "NFD": lambda name: unicodedata.normalize("NFD", name),
    "capitals": str.upper,
    "without accents": without_accents,
    "other apostrophe": lambda name: name.replace("’", "'"),
    "no-break blanks": lambda name: name.replace(" ", "\u00a0"),
    "other hyphen": lambda name: name.replace("-", "\u2011"),
    "soft hyphen": lambda name: name[:-2] + "\u00ad" + name[-2:],
    "zero width": lambda name: name[:-2] + "\u200b" + name[-2:],
    "emphasis": lambda name: f"{name[:-2]}*{name[-2:]}*",
}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(LISTED), st.sampled_from([*WRITTEN]), st.sampled_from(BEFORE), st.sampled_from(BEHIND))
def test_name_in_any_spelling_in_any_sentence_stops(name, spelling, before, behind):
    written = WRITTEN[spelling](name)
    text = f"{before} {written}{'' if behind[0] in ',:’' else ' '}{behind}"
    assert "stop" in [action for _text, action in detected(name, text)], text


def prose() -> list[str]:
    """The sentences of the sample's record."""
    record = json.loads(VICTORIA.read_text())
    texts = [one["text"] for one in (*record["contributions"], *record["paragraphs"], *record["findings"])]
    return [sentence for text in texts for sentence in re.split(r"(?<=[.!?])\s+", text) if len(sentence) > 20]


STRANGERS = [
    "Annika Weißenfels", "Zbigniew Wrzesniewski", "Nguyễn Văn Thoại", "王小明", "محمد العلي", "Paul The", "Ann March",
    "Will Stone", "bell hooks", "Grace House", "Eva Kühlmann-Großkopf", "Jean Du Pont", "Mark May",
]  # fmt: skip


def test_ordinary_prose_stops_for_no_stranger():
    sentences = prose()
    assert len(sentences) > 200
    terms = [one for name in STRANGERS for one in terms_of(Facts(name, name, affiliation="Water"))]
    detector = NameDetector(terms)
    found = {one.text for text in sentences for one in detector.find(text, "en") if one.stops}
    assert found == set()
    assert detector.find("as Zbigniew Wrzesniewski said", "en")[0].stops  # the control: it finds who is there


# ------------------------------------------------------------------ words of a strict statement

STATEMENT = "We must never again let the northern dam be opened without a word to those downstream."


def test_eight_words_of_a_statement_are_a_run():
    strict = StrictWords([STATEMENT])
    assert [run.text for run in strict.runs("He says: let the NORTHERN dam be opened, without a word.")] == [
        "let the NORTHERN dam be opened, without a word"
    ]
    assert list(strict.runs("let the northern dam be opened without")) == []


def test_run_goes_on_within_one_statement_only():
    strict = StrictWords(["a b c d e f g h", "b c d e f g h i"])
    assert [run.folded for run in strict.runs("a b c d e f g h i")] == ["a b c d e f g h"]


# ------------------------------------------------------------------ in a chapter


def strict_table(**lists):
    event = {"attribution": "chatham_house", **lists.pop("event", {})}
    return table(event=event, contributions=[said("c1", ADA, STATEMENT), said("c2", BEN), said("c3", CLEO)], **lists)


def reasons_of(record) -> list[tuple[str, str]]:
    """(sentence, address) of everything that stops the chapter."""
    from dialogue.report.compile import CannotCompile, compile

    try:
        compile(load(record))
    except CannotCompile as problem:
        return [(str(one), one.address) for one in problem.reasons]
    return []


@pytest.mark.django_db
def test_each_stop_has_its_place_and_a_link():
    record = strict_table(
        paragraphs=[
            paragraph("p1", "It is low.[^n1]"), paragraph("p2", "As Lovell said."), paragraph("p3", "The Okri report."),
        ],
        footnotes=[footnote("n1", "See the Northern Water Board.")],
    )  # fmt: skip
    found = reasons_of(record)
    assert [sentence for sentence, _address in found] == [
        "“Lovell” stands in paragraph 2 under “Water”; under the attribution rule it must not.",
        "“Okri” stands in paragraph 3 under “Water”; under the attribution rule it must not.",
        "“Northern Water Board” stands in the note [^n1]; under the attribution rule it must not.",
    ]
    assert [re.sub("[0-9a-f-]{36}", "ID", address) for _sentence, address in found] == [
        "/events/rivers/desk/paragraph/ID/", "/events/rivers/desk/paragraph/ID/", "/events/rivers/desk/footnote/ID/",
    ]  # fmt: skip


@pytest.mark.django_db
def test_participant_called_the_of_affiliation_water_stops_nothing():
    record = strict_table(paragraphs=[paragraph("p1", "The river is low. In the Water, and of the May.")])
    record["persons"].append(person("paul", "Paul The", affiliation="Water"))
    record["persons"].append(person("may", "Mark May", affiliation="The Police"))
    record["sessions"] = [
        session(members=[(one["id"], "participant") for one in record["persons"]])
    ]
    assert reasons_of(record) == []
