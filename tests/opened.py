"""Files opened the way a reader's program opens them: their words, the places in them and the links to these."""

from __future__ import annotations

import functools
import io
import json
import posixpath
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypandoc
import pypdf
import trees
from lxml import etree

from dialogue.report import pandoc, typst
from dialogue.report.tree import Report

FORMATS = ["docx", "odt", "epub", "md", "jats", "pdf"]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
XLINK = "{http://www.w3.org/1999/xlink}"
XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass
class Opened:
    """`links` are inside ones; in a PDF the places are the pages they can lead to."""

    text: str
    places: list[str]
    links: list[str]


def written(report: Report, format: str) -> bytes:
    """The report in a format."""
    return typst.write(report) if format == "pdf" else pandoc.write(report, format)


@functools.cache
def sample(format: str) -> bytes:
    """The sample chapter in a format, made once."""
    return written(trees.chapter(), format)


def parts(packed: bytes) -> dict[str, bytes]:
    """The parts of a zip file by name."""
    with zipfile.ZipFile(io.BytesIO(packed)) as source:
        assert source.testzip() is None
        return {name: source.read(name) for name in source.namelist()}


def xml(source: bytes) -> Any:
    """The root of an XML document."""
    return etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def squeezed(text: str) -> str:
    """Text without what lines are broken with: spaces, hyphens and marks that show nothing."""
    return re.sub(r"[\s\-\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]", "", text)


def docx(made: bytes) -> Opened:
    """A Word file; the notes' words after the text's."""
    names = parts(made)
    roots = [xml(names["word/document.xml"]), xml(names["word/footnotes.xml"])]
    text = "\n".join(
        "".join(run.text or "" for run in line.iter(f"{W}t")) for root in roots for line in root.iter(f"{W}p")
    )
    places = [mark.get(f"{W}name") for root in roots for mark in root.iter(f"{W}bookmarkStart")]
    links = [link.get(f"{W}anchor") for root in roots for link in root.iter(f"{W}hyperlink") if link.get(f"{W}anchor")]
    return Opened(text, places, links)


def odt(made: bytes) -> Opened:
    """An OpenDocument text."""
    root = xml(parts(made)["content.xml"])
    places = [mark.get(f"{TEXT}name") for kind in ("bookmark", "bookmark-start") for mark in root.iter(f"{TEXT}{kind}")]
    links = [link.get(f"{XLINK}href") for link in root.iter(f"{TEXT}a")]
    for gap in root.iter(f"{TEXT}s", f"{TEXT}tab"):
        gap.text = " "
    lines = ["".join(line.itertext()) for line in root.iter(f"{TEXT}p", f"{TEXT}h")]
    return Opened("\n".join(lines), places, [link[1:] for link in links if link.startswith("#")])


def epub(made: bytes) -> Opened:
    """An e-book; a place is its page and its id."""
    text, places, links = "", [], []
    for name, source in parts(made).items():
        if not name.endswith(".xhtml"):
            continue
        root = xml(source)
        text += "\n" + "\n".join(root.itertext())
        places += [name, *(f"{name}#{element.get('id')}" for element in root.iter() if element.get("id"))]
        for element in root.iter("{http://www.w3.org/1999/xhtml}a"):
            href = element.get("href")
            if not re.match(r"\w+:", href):
                page = (
                    posixpath.normpath(posixpath.join(posixpath.dirname(name), href)) if href[0] != "#" else name + href
                )
                links.append(page)
    return Opened(text, places, links)


def jats(made: bytes) -> Opened:
    """A JATS article."""
    root = xml(made)
    places = [element.get("id") for element in root.iter() if element.get("id")]
    return Opened("".join(root.itertext()), places, [link.get("rid") for link in root.iter("xref")])


def _walk(element: Any) -> Iterator[dict[str, Any]]:
    if isinstance(element, dict):
        yield element
        yield from _walk(element.get("c"))
    elif isinstance(element, list):
        for part in element:
            yield from _walk(part)


def _words(element: dict[str, Any]) -> str:
    if element["t"] == "Quoted":
        return {"SingleQuote": "'", "DoubleQuote": '"'}[element["c"][0]["t"]]
    return element["c"] if element["t"] == "Str" else " " if element["t"] in ("Space", "SoftBreak") else ""


def md(made: bytes) -> Opened:
    """Markdown as pandoc reads it."""
    command = [pypandoc.get_pandoc_path(), "--from=markdown-auto_identifiers", "--to=json"]
    tree = json.loads(subprocess.run(command, input=made, capture_output=True, check=True).stdout)
    places, links = [], []
    for element in _walk(tree["blocks"]):
        attributes = {"Header": 1, "Span": 0, "Div": 0}.get(element["t"])
        if attributes is not None and element["c"][attributes][0]:
            places.append(element["c"][attributes][0])
        if element["t"] == "Link" and element["c"][2][0].startswith("#"):
            links.append(element["c"][2][0][1:])
    return Opened("".join(_words(element) for element in _walk(tree["blocks"])), places, links)


def pdf(made: bytes) -> Opened:
    """A PDF; a link that leads to no page of it is "nowhere"."""
    reader = pypdf.PdfReader(io.BytesIO(made))
    pages = {page.indirect_reference.idnum for page in reader.pages if page.indirect_reference}
    links = []
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            target = annotation.get_object()
            action = target.get("/A", {})
            where = action.get("/D") if action.get("/S") == "/GoTo" else target.get("/Dest")
            if where is not None:
                where = reader.named_destinations[where].dest_array if isinstance(where, str) else where
                links.append(str(where[0].idnum) if where[0].idnum in pages else "nowhere")
    text = "\n".join(page.extract_text() for page in reader.pages)
    return Opened(text, sorted(str(page) for page in pages), links)


def pdf_headings(made: bytes) -> list[int]:
    """The levels of the headings that a PDF's tags name, in order."""
    found = []

    def look(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for part in node:
                look(part)
        elif isinstance(node, dict):
            if match := re.fullmatch(r"/H(\d)", str(node.get("/S", ""))):
                found.append(int(match[1]))
            if "/K" in node:
                look(node["/K"])

    look(pypdf.PdfReader(io.BytesIO(made)).trailer["/Root"]["/StructTreeRoot"])
    return found


OPEN = {"docx": docx, "odt": odt, "epub": epub, "jats": jats, "md": md, "pdf": pdf}
