"""Changes of case, spacing, punctuation and accents are spelling; whatever else a reader reads is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue.discussion.spelling import is_spelling

SAME = [
    ("The veto should stay as it is.", "the VETO should stay, as it is"),
    ("The veto  should\nstay.", " The veto should stay. "),
    ("L’élève a été là.", "L'eleve a ete la"),
    ("We must co-operate.", "We must cooperate."),
    ("A veto-right for all", "A veto right for all"),
    ("It's so.", "Its so"),
    ("Stop! Now.", "Stop; now…"),
    ("*Never* again", "Never again"),
    ("soft\u00adhyphen", "softhyphen"),
    ("Le texte\u00a0: oui", "Le texte: oui"),
    ("STRASSE", "Straße"),
    ("In 2026.", "In 2026"),
]
OTHER = [
    ("The veto should stay as it is.", "The veto should be abolished."),
    ("The veto should stay.", "The veto should not stay."),
    ("The veto should stay.", "The veto should stay?"),
    ("We do not know", "We do now know"),
    ("1.5 million", "15 million"),
    ("It fell by -5 degrees", "It fell by 5 degrees"),
    (".5 of it", "5 of it"),
    ("5% of it", "5 of it"),
    ("5 < 6", "5 > 6"),
    ("€5", "$5"),
    ("We are now here", "We are nowhere"),
    ("cat", "cast"),
    ("мой", "мои"),
    ("किताब", "कताब"),
    ("a", ""),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_spelling_is_known_as_such(old: str, new: str):
    assert is_spelling(old, new) and is_spelling(new, old)


@pytest.mark.parametrize(("old", "new"), OTHER)
def test_other_words_are_no_spelling(old: str, new: str):
    assert not is_spelling(old, new) and not is_spelling(new, old)


@given(st.text())
def test_spelling_holds_for_every_text_itself(text: str):
    assert is_spelling(text, text)


@given(st.text("abcd ef", min_size=1), st.text(".,;:! \n“”", max_size=5), st.integers(0, 40))
def test_added_punctuation_between_words_is_spelling(text: str, signs: str, at: int):
    words = text.split(" ")
    at = at % (len(words) + 1)
    assert is_spelling(text, " ".join([*words[:at], signs, *words[at:]]))


@given(st.text("abc ", min_size=1), st.sampled_from(["not", "7", "%", "?", "+"]), st.integers(0, 40))
def test_an_added_word_is_never_spelling(text: str, word: str, at: int):
    words = text.split(" ")
    at = at % (len(words) + 1)
    assert not is_spelling(text, " ".join([*words[:at], word, *words[at:]]))
