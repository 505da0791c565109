"""French: every English string has it, with the same places to fill in, and it comes out in pages and chapters."""

import html
import io
import json
import pathlib
import re

import pytest
from babel.messages import Catalog, Message, pofile
from babel.messages.extract import extract
from django.test import Client
from django.utils.translation import gettext, ngettext, override, pgettext
from django.utils.translation.template import templatize

from dialogue.archive.load import load
from dialogue.events.models import Event
from dialogue.languages import compiled
from dialogue.people.models import Person
from dialogue.positions.bars import spoken
from dialogue.positions.models import Level
from dialogue.positions.quantifiers import ORDER, WORDS
from dialogue.report.compile import compile
from dialogue.report.joined import joined
from dialogue.report.prose import sentences
from dialogue.report.tree import Report
from tests.printed import plain, texts
from tests.records import ADA, BEN, DEV, addressee, advice, finding, footnote, paragraph, relates, said, stance, table

ROOT = pathlib.Path(__file__).parent.parent
CATALOGUE = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
WORD = re.compile(r"[^\W\d_]{2,}")
PLACE = re.compile(r"%\((\w+)\)([a-z])")
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip

Said = tuple[str | None, str | tuple[str, ...]]  # (context, the English or its singular and plural)


def said_in(source: str, *, is_template: bool = False) -> set[Said]:
    """What a Python file or a template says to people in English."""
    text = f"({templatize(source)})" if is_template else source  # within brackets no line is indented wrongly
    found = extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
    return {(context, message) for _line, message, _comments, context in found if message}


def english() -> set[Said]:
    """Every string of the code and the templates that is for people."""
    found: set[Said] = set()
    for path in [*ROOT.glob("dialogue/**/*.py"), *ROOT.glob("forum/**/*.py")]:
        found |= said_in(path.read_text())
    for path in [*ROOT.glob("templates/**/*.html"), *ROOT.glob("templates/**/*.txt")]:
        found |= said_in(path.read_text(), is_template=True)
    return found


def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as text:
        return pofile.read_po(text, locale="fr")


def translations() -> dict[Said, Message]:
    return {(one.context, one.id): one for one in catalogue() if one.id}


def without_french(strings: set[Said]) -> list[Said]:
    """Those of the strings that have no French, or one that is empty, half done or uncertain."""
    known = translations()

    def is_done(one: Message | None) -> bool:
        forms = [] if one is None else one.string if one.pluralizable else [one.string]
        return (
            one is not None
            and not one.fuzzy
            and bool(forms)
            and all(forms)
            and len(forms) == (len(one.id) if one.pluralizable else 1)
        )

    return sorted((one for one in strings if not is_done(known.get(one))), key=str)


# ------------------------------------------------------------------ the catalogue


def test_every_english_string_has_its_french():
    strings = english()
    assert (None, "Read the chapter") in strings  # from a template
    assert (None, "one participant") in strings  # from Python
    assert (None, ("%(n)s statement", "%(n)s statements")) in strings
    assert ("a session", "closed") in strings
    assert without_french(strings) == []


def test_a_new_string_without_french_is_found():
    python = said_in('told = _("Nobody has said this before.")\nngettext("%(n)d wish", "%(n)d wishes", 2)')
    template = said_in(
        '{% load i18n %}<p>{% translate "Nor this." %}{% blocktranslate trimmed %}\n Nor\n that, {{ name }}.{% endblocktranslate %}',
        is_template=True,
    )
    assert without_french(python | template) == [
        (None, "Nobody has said this before."),
        (None, "Nor that, %(name)s."),
        (None, "Nor this."),
        (None, ("%(n)d wish", "%(n)d wishes")),
    ]  # fmt: skip


def test_the_catalogue_holds_nothing_that_nobody_says():
    assert sorted(translations().keys() - english(), key=str) == []
    assert list(catalogue().obsolete) == []


def test_the_french_has_the_places_that_the_english_has():
    wrong = []
    for one in translations().values():
        singular, plural = (one.id[0], one.id[-1]) if one.pluralizable else (one.id, one.id)
        forms = one.string if one.pluralizable else (one.string,)
        for source, form in zip((singular, plural), forms, strict=False):
            # An English singular may leave out what its plural counts, and its French may say it.
            if set(PLACE.findall(form)) not in (set(PLACE.findall(source)), set(PLACE.findall(plural))):
                wrong.append((source, form))
            if re.findall(r"</?\w+>", form) != re.findall(r"</?\w+>", source):
                wrong.append((source, form))
    assert wrong == []


def test_french_is_set_as_french_is_set():
    """A no-break space before a colon and inside guillemets, a narrow one before ; ! ?, and curved apostrophes."""
    forms = [form for one in translations().values() for form in (one.string if one.pluralizable else (one.string,))]
    assert len(forms) > 300
    outside = [re.sub(r"<[^>]*>|https?://\S+", "", form) for form in forms]
    assert [
        form for form in outside if re.search(r"[^\u00a0]:|[^\u202f][;!?]|«[^\u00a0]|[^\u00a0]»|[\"'“”]", form)
    ] == []


def test_the_catalogue_compiles(tmp_path: pathlib.Path):
    compiled(ROOT / "locale", tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [
        "fr/LC_MESSAGES/django.mo"
    ]
    with override("fr"):
        assert gettext("Read the chapter") == "Lire le chapitre"
        assert pgettext("a session", "closed") == "à huis clos"
        assert [ngettext("%(n)s statement", "%(n)s statements", n) % {"n": n} for n in (0, 1, 2)] == [
            "0 intervention", "1 intervention", "2 interventions",
        ]  # fmt: skip


def test_pages_call_the_levels_what_the_chapter_calls_them():
    with override("fr"):
        for level in [*ORDER, "participants", "others"]:
            assert str(Level(level).label) == WORDS[level]["fr"]


# ------------------------------------------------------------------ what a rapporteur wrote around a mark


@pytest.mark.parametrize(
    ("before", "words", "told"),
    [
        ("l’avis de ", "une personne participante", "l’avis d’une personne participante"),
        ("l’avis d’", "une personne participante", "l’avis d’une personne participante"),
        ("l’avis d’", "Lovell", "l’avis de Lovell"),
        ("l’avis de ", "Okri", "l’avis d’Okri"),
        ("De ", "Okri", "D’Okri"),
        ("parce qu’", "cette personne", "parce que cette personne"),
        ("parce que ", "aucun participant ne s’y est opposé", "parce qu’aucun participant ne s’y est opposé"),
        ("l’avis de ", "les participants", "l’avis des participants"),
        ("De ", "les participants", "Des participants"),
        ("Quant à ", "les participants", "Quant aux participants"),
        ("l’avis de ", "de nombreux participants", "l’avis de nombreux participants"),
        ("l’avis de ", "d’autres", "l’avis d’autres"),
        ("l’avis de ", "la plupart des participants", "l’avis de la plupart des participants"),
        ("de ", "Henri", "de Henri"),
        ("la politique ", "Okri", "la politique Okri"),
        ("rue Clyde ", "Okri", "rue Clyde Okri"),
        ("", "Okri", "Okri"),
    ],
)
def test_small_words_fit_what_stands_in_a_marks_place(before, words, told):
    assert "".join(joined(before, words)) == told


def test_a_sentence_may_end_inside_guillemets():
    assert sentences("« Il faut agir.\u00a0» Puis « oui\u202f!\u00a0»[^n] Bien. « Non.\u00a0»") == [
        "« Il faut agir.\u00a0»", "Puis « oui\u202f!\u00a0»[^n]", "Bien.", "« Non.\u00a0»",
    ]  # fmt: skip


# ------------------------------------------------------------------ the chapter


RIVERS = {
    "language": "fr", "title": "L’état des rivières", "place": "Gatineau", "occasion": "Semaine de l’eau",
    "convenor": {"name": "Société des rivières", "short_name": "SDR"},
    "partners": [{"name": "Radio Quatre", "credit": "enregistrement"}],
}  # fmt: skip


def french_record() -> dict:
    """A French event: four heard, one finding with too little behind it, opposition to it, a note and a recommendation."""
    source = {
        "id": "s1", "author": "Luc Tremblay", "title": "Les eaux", "container": "Revue", "year": 2025,
        "date": "2025-06-03", "url": "https://example.org/eaux", "accessed": "2026-01-02", "page": "",
    }  # fmt: skip
    return table(
        event=RIVERS,
        contributions=[
            said("c1", ADA, "La rivière est basse."),
            said("c2", BEN, "Pas en amont.", relations=[relates("disagrees", "c1")]),
        ],
        findings=[finding("f1", "most", "c1", "c2", text="Que la rivière est basse."), finding("f2", "participants", "c1", "c2")],
        stances=[stance(DEV, "f1", "disagree", reason="Elle monte.")],
        paragraphs=[
            paragraph("p1", "De l’avis de @ben, et de {f2}, il faut attendre. {f1} contestent[^n1].", "f1", "f2", "c2"),
            paragraph("p2", "D’autres sources existent.", origin="literature"),
        ],
        footnotes=[footnote("n1", "Voir", source="s1", page="12")],
        sources=[source],
        recommendations=[addressee("Gouvernement du Canada", advice("r1", "Mesurer le débit."))],
    )  # fmt: skip


def printed(report: Report) -> list[str]:
    """Everything that a chapter prints, paragraph by paragraph."""
    return [text for _where, _kind, text in texts(report)]


def test_the_fixed_words_of_a_french_chapter_are_french(db: None):
    report = compile(load(french_record()))
    told = printed(report)
    assert (report.kicker, report.draft) == ("Rapport", "Version provisoire\u00a0: ne pas publier")
    assert [fact.label for fact in report.facts] == [
        "Organisateur",
        "Partenaire",
        "Occasion",
        "Lieu",
        "Date",
        "Séances",
    ]
    for words in (
        "Ce chapitre rend compte d’un événement organisé par Société des rivières (SDR), Gatineau, 1er mars 2026. "
        "Occasion\u00a0: Semaine de l’eau. Il s’appuie sur les propos tenus lors de «\u00a0The table\u00a0». "
        "Radio Quatre\u00a0: enregistrement.",
        "Les propos tenus lors de «\u00a0The table\u00a0» sont attribués nommément.",
        "Participants à «\u00a0The table\u00a0»\u00a0: Ada Lovell, Northern Water Board\u202f; Ben Okri, Fishers’ Union\u202f; "
        "Cleo Marsh, Delta Research (DR)\u202f; Dev Patel, Ministry of Canals\u202f; Rhys Apple, rapporteur. "
        "Mona Oduya, Radio Four (modération).",
        "De l’avis de Ben Okri, et des participants, deux sur quatre, il faut attendre. [La plupart des participants\u202f; le registre "
        "établit\u00a0: deux participants, 2 sur 4] contestent.",
        "Dev Patel, n’est pas d’accord\u00a0: Elle monte.",
    ):  # fmt: skip
        assert words in told
    assert [block.label for block in report.sections[0].blocks] == ["", "documentation"]
    assert plain(report.notes[0].inlines) == (
        "Voir Luc Tremblay, Les eaux (Revue, 3 juin 2025), p.\u00a012. https://example.org/eaux. "
        "Consulté le 2 janvier 2026."
    )
    assert [one.title for one in report.annexes] == [
        "Comment lire les termes d’accord", "Ce qui s’oppose à ces constats",
        "Recommandations sans antécédent au registre", "Interventions à l’appui du texte",
    ]  # fmt: skip


def test_under_the_chatham_house_rule_small_words_fit_who_is_not_named(db: None):
    report = compile(load(french_record()), regime="chatham_house")
    told = " ".join(printed(report))
    assert "De l’avis d’une personne participante, et des participants, deux sur quatre, il faut attendre." in told
    assert "sont rapportés sous la règle de Chatham House\u00a0:" in told
    assert "Une personne participante, n’est pas d’accord\u00a0: Elle monte." in told
    assert "Okri" not in told


def test_no_fixed_word_of_a_french_chapter_is_english(db: None):
    """What two chapters that differ in their language alone have in common is the record's own words."""
    french, english = french_record(), french_record()
    english["event"]["language"] = "en"
    ours, theirs = (set(printed(compile(load(one, replace=True)))) for one in (french, english))
    assert len(ours - theirs) > 50 < len(theirs - ours)
    own = set(WORD.findall(json.dumps(french, ensure_ascii=False)))
    codes = re.compile(r"#?[a-z]+\d?(-[\w-]+)?|https://\S+")  # kinds, states and places, which nobody reads
    common = {word for text in ours & theirs if not codes.fullmatch(text) for word in WORD.findall(text)}
    assert common - own == {"Position"}


# ------------------------------------------------------------------ the pages


def french_page(client: Client, address: str, **rest: str) -> str:
    """A page as a browser that asks for French has it, as one line of words."""
    answer = client.get(address, HTTP_ACCEPT_LANGUAGE="fr-CA,fr;q=0.9", **rest)
    assert '<html lang="fr">' in answer.text
    return html.unescape(re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def test_a_browser_that_asks_for_french_has_french_pages(client: Client, victoria: Event):
    page = french_page(client, "/events/victoria-2007/")
    assert "Publique\u00a0: tout le monde peut suivre." in page
    assert "6 février 2007" in page
    assert "Rien n’est au registre des séances publiques." in french_page(client, "/events/victoria-2007/record/")
    assert "Il n’y a rien à lire ici pour vous" in french_page(client, "/events/nowhere/")
    assert "Cette page est réservée aux membres de la table" in french_page(client, "/events/victoria-2007/chapter/")


def test_each_language_is_offered_under_its_own_name(client: Client, db: None):
    for asked in ("fr", "en"):
        page = client.get("/", HTTP_ACCEPT_LANGUAGE=asked).text
        assert re.findall(r'lang="(..)" aria-pressed="\w+">(\w+)<', page) == [("en", "English"), ("fr", "Français")]


def test_the_switch_speaks_french_to_a_browser_that_asked_for_english(client: Client, db: None):
    assert "<h1>Events</h1>" in client.get("/").text
    client.post("/language/", {"language": "fr", "next": "/"})
    assert "<h1>Événements</h1>" in client.get("/").text


def test_whoever_is_answered_is_spoken_of_as_a_french_object(as_, victoria: Event, people):
    """The object of a verb is "votre propos", where the speaker's own line is "vous"."""
    Person.objects.update(language="fr")
    page = french_page(as_("participant"), "/events/victoria-2007/record/")
    assert "conteste votre propos" in page and " vous Canadian Defence" in page
    assert "conteste vous" not in page
    assert "conteste Crabbe" in french_page(as_("second-participant"), "/events/victoria-2007/record/")


def test_the_bar_is_read_aloud_in_french():
    with override("fr"):
        assert spoken([2, 1, 1, 0, 3], "deux participants, 3 sur 7") == (
            "deux participants, 3 sur 7\u00a0: 2 appuis, 1 avec réserves, 1 opposition, 3 silences"
        )
