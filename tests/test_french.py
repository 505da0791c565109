"""French: every English string has it, with the same places to fill in, and it comes out in pages and chapters."""

import io
import pathlib
import re

import pytest
from babel.messages import Catalog, Message, pofile
from babel.messages.extract import extract
from django.utils.translation import gettext, ngettext, override, pgettext
from django.utils.translation.template import templatize

from dialogue.languages import compiled
from dialogue.positions.models import Level
from dialogue.positions.quantifiers import ORDER, WORDS
from dialogue.report.joined import joined
from dialogue.report.prose import sentences

ROOT = pathlib.Path(__file__).parent.parent
CATALOGUE = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
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
    for path in ROOT.glob("templates/**/*.html"):
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
