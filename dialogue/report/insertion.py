"""Punctuation around what is inserted behind agreement words: it depends on the text that follows in the sentence."""

from dialogue.positions.agreement_words import Phrase
from dialogue.report.tree import Call, Claim, Emphasis, Inline, Strong, Text


def close(inlines: list[Inline], claim: Claim, printed: Phrase, language: str) -> None:
    """Print the phrase in the claim that stands among these, and the comma that closes it where the sentence goes on.

    A footnote's call stands behind that comma in English, before it in French.
    """
    place = next(at for at, inline in enumerate(inlines) if inline is claim)
    behind = inlines[place + 1 :]
    claim.words, comma, taken = printed.before("".join(map(words_of, behind)))
    if taken and behind and isinstance(behind[0], Text):
        behind[0].text = behind[0].text[taken:]
    if not comma:
        return
    calls = 0
    while language == "fr" and calls < len(behind) and isinstance(behind[calls], Call):
        calls += 1
    follows = behind[calls] if calls < len(behind) else None
    if isinstance(follows, Text):
        follows.text = comma + follows.text
    else:
        inlines.insert(place + 1 + calls, Text(comma))


def words_of(inline: Inline) -> str:
    """The text of an inline, or "" where it has none in the line."""
    if isinstance(inline, Text | Emphasis | Strong):
        return inline.text
    return inline.words if isinstance(inline, Claim) else ""
