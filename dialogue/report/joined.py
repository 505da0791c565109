"""French joins its small words to what follows: they fit whatever stands in a mark's place when the chapter is made.

A rapporteur writes "l’avis de @crabbe"; under a stricter rule that is "l’avis d’une personne participante", and "selon
l’avis de {f1}" may become "l’avis des participants" or "l’avis de nombreux participants".
"""

import re

from dialogue.report.tree import Claim, Emphasis, Inline, Text

# A name that begins with h or y may go either way: there, what was written stands.
VOWEL = re.compile("[aeiouàâäæéèêëîïôöœùûü]", re.IGNORECASE)
CONSONANT = re.compile("[bcdfgjklmnpqrstvwxzç]", re.IGNORECASE)
WHOLE = re.compile(r"(?<![\w’'-])(d|qu|lorsqu|puisqu|quoiqu)e[ \u00a0]$", re.IGNORECASE)
ELIDED = re.compile(r"(?<![\w’'-])(d|qu|lorsqu|puisqu|quoiqu)[’']$", re.IGNORECASE)
OF = re.compile(r"(?<![\w’'-])(d)(?:e[ \u00a0]|[’'])$", re.IGNORECASE)
TO = re.compile(r"(?<![\w’'-])à[ \u00a0]$", re.IGNORECASE)


def joined(before: str, words: str) -> tuple[str, str]:
    """The text before a mark and the words in its place, as French writes the two together."""
    small = OF.search(before) or TO.search(before)
    if words.startswith("les ") and small:
        article = "des" if OF.search(before) else "aux"
        article = article.capitalize() if small[0][0].isupper() else article
        return before[: small.start()], article + words.removeprefix("les")
    if words.startswith(("de ", "d’")):
        return OF.sub("", before), words
    if VOWEL.match(words):
        return WHOLE.sub(r"\1’", before), words
    if CONSONANT.match(words):
        return ELIDED.sub(r"\1e ", before), words
    return before, words


def fit(inlines: list[Inline]) -> None:
    """Make the last of these, which stands for a mark, and the text before it fit each other."""
    if len(inlines) < 2 or not isinstance(inlines[-2], Text):
        return
    before, last = inlines[-2], inlines[-1]
    if isinstance(last, Claim):
        before.text, last.words = joined(before.text, last.words)
    elif isinstance(last, Text | Emphasis):
        before.text, last.text = joined(before.text, last.text)
