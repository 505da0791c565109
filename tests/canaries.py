"""Finds unique words in whatever goes out: as they are, escaped, encoded, in other capitals, inside files inside files."""

import base64
import functools
import hashlib
import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote, unquote_plus

from pypdf import PdfReader

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
JSON_ESCAPE = re.compile(r"\\u([0-9a-f]{4})", re.I)
CODES = re.compile(r"[\w+/-]{12,}")
BACKSLASH_HEX = re.compile(r"\\x([0-9a-f]{2})|%u00([0-9a-f]{2})", re.I)


# ------------------------------------------------------------------ what is in a container


def opened(written: bytes, name: str = "") -> str:
    """All text in some bytes: of a zip every part and its name, of a PDF its pages, outline, names and metadata."""
    if written[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(written)) as parts:
            whole = [f"{one}\n{opened(parts.read(one), one)}" for one in parts.namelist()]
            return "\n".join([*whole, parts.comment.decode("utf-8", "replace")])
    if written[:4] == b"%PDF":
        return printed(PdfReader(io.BytesIO(written)))
    if written[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return written.decode("utf-16", "replace")
    return written.decode("utf-8", "replace")


def printed(reader: PdfReader) -> str:
    """What a PDF tells: a word may be broken at the end of a line, so its pages stand there without spaces, too."""
    pages = "\n".join(page.extract_text() for page in reader.pages)
    titles = " ".join(str(one.title) for one in flat(reader.outline))
    names = " ".join(map(str, reader.named_destinations))
    xmp = reader.xmp_metadata.stream.get_data().decode() if reader.xmp_metadata else ""
    links = " ".join(str(note.get_object()) for page in reader.pages for note in page.get("/Annots", ()))
    return "\n".join([pages, re.sub(r"[\s-]+", "", pages), titles, names, str(dict(reader.metadata or {})), xmp, links])


def flat(some: Iterable) -> Iterator:
    for one in some:
        yield from flat(one) if isinstance(one, list) else [one]


# ------------------------------------------------------------------ finding words


class Scanner:
    """Knows some words (ASCII letters and digits, each standing nowhere else) and finds them."""

    def __init__(self, words: Iterable[str]):
        self.words = sorted({one.casefold() for one in words})
        self.coded = {code: word for word in self.words for code in base64_of(word)}
        self.seen: dict[bytes, frozenset[str]] = {}

    def found(self, written: bytes | str) -> frozenset[str]:
        """Which of the words stand in it, in whatever way they are written there."""
        raw = written.encode("utf-8", "surrogatepass") if isinstance(written, str) else written
        digest = hashlib.sha256(raw).digest()
        if digest not in self.seen:
            self.seen[digest] = frozenset(self.look(opened(raw)))
        return self.seen[digest]

    def look(self, text: str) -> Iterator[str]:
        for form in {text, *(read(text) for read in READINGS)}:
            folded, codes = INVISIBLE.sub("", form).casefold(), " ".join(CODES.findall(form))
            yield from (word for word in self.words if word in folded)
            yield from (word for code, word in self.coded.items() if code in codes)


def unjson(text: str) -> str:
    """What stands in JSON's, Python's and JavaScript's escapes."""
    text = JSON_ESCAPE.sub(lambda one: chr(int(one[1], 16)), text)
    return BACKSLASH_HEX.sub(lambda one: chr(int(one[1] or one[2], 16)), text)


READINGS: list[Callable[[str], str]] = [
    html.unescape, unquote_plus, unjson,
    lambda text: html.unescape(unjson(text)),  # what a frame holds
    lambda text: unquote_plus(html.unescape(text)),  # what an attribute's address holds
]  # fmt: skip


@functools.cache
def base64_of(word: str) -> frozenset[str]:
    """The letters that a word becomes in base64, at each of the three places where it may begin, in three capitals."""
    codes = set()
    for written in {word, word.upper(), word.capitalize()}:
        for before in range(3):
            code = base64.b64encode(b"\0" * before + written.encode()).decode().rstrip("=")
            first = -(-before * 4 // 3)  # the letters in which what stands before has a part
            last = (before + len(written)) * 8 // 6
            codes.add(code[first:last])
    return frozenset(codes)


# ------------------------------------------------------------------ the ways in which a word may be written

WAYS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "capitals": str.upper,
    "HTML, each letter": lambda word: "".join(f"&#{ord(one)};" for one in word),
    "HTML, in hex": lambda word: "".join(f"&#x{ord(one):x};" for one in word),
    "HTML, as Django does": lambda word: html.escape(f"<“{word}”>"),
    "URL, each letter": lambda word: "".join(f"%{ord(one):02X}" for one in word),
    "URL, as Django does": lambda word: quote(f"Zoë {word}"),
    "JSON, each letter": lambda word: "".join(f"\\u{ord(one):04x}" for one in word),
    "JSON, as Python does": lambda word: json.dumps(f"é“{word}”"),
    "JSON in HTML": lambda word: html.escape(json.dumps({"html": f"<b>{word}</b>"}).replace(word[0], f"\\u{ord(word[0]):04x}")),
    "URL in HTML": lambda word: html.escape(f"?a=1&b={quote('é ' + word)}"),
    "base64, first place": lambda word: base64.b64encode(word.encode()).decode(),
    "base64, second place": lambda word: base64.b64encode(b"x" + word.encode() + b"yz").decode(),
    "base64, third place": lambda word: base64.b64encode(b"xy" + word.encode() + b"z").decode(),
    "base64, capitals": lambda word: base64.urlsafe_b64encode(b"?>" + word.upper().encode()).decode(),
    "broken by what nobody sees": lambda word: "\u00ad".join(word),
}  # fmt: skip
