"""The rule by which an amendment changes the spelling alone: case, spacing, punctuation and accents."""

import unicodedata

QUESTION = frozenset("?¿؟？⸮՞፧")  # a question is no statement spelled otherwise
TELLING = frozenset("%‰‱&@#/\\§¶") | QUESTION  # Unicode calls them punctuation, and a reader reads them
JOINING = frozenset("'’‘ʼ`´-‐‑‒") | {"\N{MINUS SIGN}"}  # within a word: “co-operate”, “it’s”
SIGNS = frozenset("-‐‑‒–—.,") | {"\N{MINUS SIGN}"}  # before or between figures: “-5”, “.5”, “1,5”
PLAIN = ("LATIN", "GREEK")  # the scripts in which a mark above or below a letter is an accent


def is_spelling(old: str, new: str) -> bool:
    """Whether two texts differ in case, spacing, punctuation and accents alone.

    Figures, symbols, question marks and the borders between words are no spelling: “1.5” is not “15”, “now here” not
    “nowhere”. A hyphen may join two words or part them.
    """
    return fold(old, "") == fold(new, "") or fold(old, " ") == fold(new, " ")


def fold(text: str, joint: str) -> list[str]:
    """The words of a text without case, accents and punctuation; `joint` stands for what joins two parts of a word."""
    signs = without_accents(text)
    out = []
    for place, sign in enumerate(signs):
        before, after = signs[place - 1 : place] or " ", signs[place + 1 : place + 2] or " "
        out.append(folded(sign, before, after, joint))
    return "".join(out).split()


def folded(sign: str, before: str, after: str, joint: str) -> str:
    """What is left of one sign between its neighbours."""
    if sign in QUESTION:
        return " ? "
    if sign in SIGNS and after.isdigit() and (before.isdigit() or not before.isalnum()):
        return "-" if unicodedata.category(sign) in ("Pd", "Sm") else sign
    if sign in JOINING:
        return joint if before.isalnum() and after.isalnum() else " "
    if unicodedata.category(sign) == "Cf":  # a soft hyphen, a zero-width space
        return ""
    if sign.isspace() or (unicodedata.category(sign)[0] in "PC" and sign not in TELLING):
        return " "
    return sign


def without_accents(text: str) -> str:
    """A text without case, and without the accents of Latin and Greek letters; other scripts keep their marks."""
    out: list[str] = []
    for sign in unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).casefold()):
        accent = "\u0300" <= sign <= "\u036f"
        if not accent or not any(plain in unicodedata.name(base(out), "") for plain in PLAIN):
            out.append(sign)
    return unicodedata.normalize("NFC", "".join(out))


def base(signs: list[str]) -> str:
    """The last sign of a text so far, which an accent stands on."""
    return signs[-1] if signs else " "
