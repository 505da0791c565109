"""Skeletons of names: two names that a reader may take for one another have one in common.

After Unicode Technical Standard 39, section 4 (https://www.unicode.org/reports/tr39/#Confusable_Detection), with a
pinned table of the Latin, Cyrillic and Greek letters that names are written in, and folded further than there:
capitals, accents, blanks and punctuation tell no two people apart.
"""

import re
import unicodedata

# Letters that look like a Latin one, beside those that NFKD makes one (fullwidth, mathematical, circled letters).
ALIKE = {
    "a": "аαɑᴀ", "b": "ьвƅʙ", "c": "сϲᴄ", "d": "ԁđɖᴅ", "e": "еεҽᴇə", "f": "ƒſ", "g": "ɡցɢγ", "h": "һħнհʜ",
    "i": "іιıɩɪї", "j": "јϳʝᴊ", "k": "кκĸᴋ", "l": "ӏłʟ1|ǀ׀", "m": "мᴍ", "n": "ոηпɴп", "o": "оοσøօ0ᴏ", "p": "рρᴘ",
    "q": "ԛզ", "r": "гʀ", "s": "ѕꜱ", "t": "тτŧᴛ", "u": "υսᴜц", "v": "ѵνᴠ", "w": "ԝωᴡш", "x": "хχ×", "y": "уүʏ",
    "z": "ᴢ",
    "A": "АΑ", "B": "ВΒ", "C": "СϹ", "D": "ĐƉ", "E": "ЕΕ", "H": "НΗ", "I": "ІΙӀ", "J": "Ј", "K": "КΚ", "L": "Ł",
    "M": "МΜ", "N": "Ν", "O": "ОΟØՕ", "P": "РΡ", "S": "Ѕ", "T": "ТΤŦ", "X": "ХΧ", "Y": "УΥҮ", "Z": "Ζ",
    "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "th": "þ", "ss": "ß", "SS": "ẞ",
}  # fmt: skip
LATIN = str.maketrans({letter: like for like, letters in ALIKE.items() for letter in letters})
L_FOR_I = re.compile(r"(?<=[A-Z])l|l(?=[A-Z])")  # among capitals
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))  # two letters that look like one
HAVE_ACCENTS = ("LATIN", "GREEK", "CYRILLIC")  # in other scripts a mark is a letter


def skeletons(name: str) -> frozenset[str]:
    """What a name is compared by: as it is written, in capitals or not, and with I and l taken for one another."""
    plain = without_accents(unicodedata.normalize("NFKD", name))
    latin = plain.translate(LATIN)
    read = (plain.casefold(), latin, latin.replace("I", "l"), L_FOR_I.sub("I", latin))
    return frozenset(skeleton for one in read if (skeleton := folded(one)))


def folded(text: str) -> str:
    """Letters and figures alone, as Latin ones where they look like these."""
    latin = without_accents(unicodedata.normalize("NFKD", text.casefold())).translate(LATIN)
    letters = "".join(sign for sign in latin if unicodedata.category(sign)[0] in "LNM")
    for pair, like in PAIRS:
        letters = letters.replace(pair, like)
    return letters or "".join(text.split())


def without_accents(text: str) -> str:
    """The text (NFKD) without the marks on Latin, Greek and Cyrillic letters."""
    kept, base = [], ""
    for sign in text:
        if unicodedata.category(sign) != "Mn":
            base = unicodedata.name(sign, "")
        elif base.startswith(HAVE_ACCENTS):
            continue
        kept.append(sign)
    return "".join(kept)
