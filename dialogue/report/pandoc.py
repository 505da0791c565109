"""The chapter by pandoc: Word, OpenDocument, EPUB, Markdown and JATS from one document of plain dicts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pypandoc

from dialogue.report import docx, front, odt
from dialogue.report.elements import API, Elements
from dialogue.report.failed import WriterFailed
from dialogue.report.packed import pack, parts_of
from dialogue.report.plain import NotPrintable, event_day
from dialogue.report.tree import Report
from dialogue.report.uncollected import uncollected

LIMIT = 120  # seconds
HEAP = "512M"  # of pandoc's own heap
SHEET = Path(__file__).with_name("chapter.css")
WRITERS = {
    "docx": ["--to=docx", "--template=chapter.openxml", "--reference-doc=reference.docx", "--syntax-highlighting=none"],
    "odt": ["--to=odt", "--template=chapter.opendocument", "--reference-doc=reference.odt"],
    "epub": ["--to=epub3", "--epub-title-page=false", "--split-level=1"],
    "md": ["--to=markdown-smart", "--standalone", "--wrap=none"],
    "jats": ["--to=jats_archiving", "--standalone", "--wrap=none"],
}


def document(report: Report, format: str = "docx", *, ringed: bool = True) -> dict[str, Any]:
    """The report as a Pandoc document, ready for `json.dumps`; `format` because each shows a title its own way.

    `ringed` gives each sentence a small link to the statements behind it, where the format can hide one.
    Raises WriterFailed when a link leads nowhere or a footnote is called out of order.
    """
    with uncollected():
        return _document(report, format, ringed)


def _document(report: Report, format: str, ringed: bool) -> dict[str, Any]:
    # In an e-book the title is the first heading, the body stands below it and each annex is a page of its own -
    # unless one calls a footnote, for pandoc begins to count anew on every page.
    below = 2 if format == "epub" else 1
    try:
        elements = Elements(report, format, ringed)
        blocks = front.title_block(elements)
        blocks += elements.blocks_of(report.front)
        blocks += elements.sections_of(report.sections, below)
        called = elements.called
        elements.in_annex = True
        annexes = elements.sections_of(report.annexes)
        if format == "epub" and elements.called > called:
            elements.called = called
            annexes = elements.sections_of(report.annexes, below)
    except NotPrintable as broken:
        raise WriterFailed(f"This chapter cannot be printed: {broken}.") from broken
    blocks += annexes
    return {"pandoc-api-version": API, "meta": front.metadata(elements, blocks), "blocks": blocks}


def write(report: Report, format: str, reference: bytes | None = None) -> bytes:
    """The report as a file: "docx", "odt", "epub", "md" or "jats"; `reference` is a publisher's Word template.

    The same report gives the same bytes. Raises WriterFailed.
    """
    if format not in WRITERS:
        raise WriterFailed(f"There is no format “{format}”; there are {', '.join(WRITERS)}.")
    if reference is not None and format != "docx":
        raise WriterFailed(f"A publisher's template is for Word; it cannot be used for {format}.")
    publisher = docx.checked(reference) if reference is not None else None
    # A manuscript for a publisher is kept free of what only a screen can use.
    tree = document(report, format, ringed=publisher is None)
    source = json.dumps(tree, ensure_ascii=False, check_circular=False).encode()
    made = run(report, format, source, _files(report, format, publisher))
    if format == "docx":
        return docx.finished(made, report, publisher)
    if format == "odt":
        return odt.finished(made, report)
    if format == "epub":
        return _epub(made, report)
    return _jats(made, report) if format == "jats" else made


def _files(report: Report, format: str, publisher: bytes | None) -> dict[str, bytes]:
    """The files that pandoc reads beside the document."""
    if format == "docx":
        return {"chapter.openxml": docx.TEMPLATE, "reference.docx": publisher or docx.reference()}
    if format == "odt":
        return {"chapter.opendocument": odt.TEMPLATE, "reference.odt": odt.reference()}
    return {}


def run(report: Report, format: str, source: bytes, files: Mapping[str, bytes]) -> bytes:
    """What pandoc makes of a document (JSON) beside `files`, in its sandbox and a directory that is gone afterwards.

    Raises WriterFailed when pandoc fails, runs out of memory or takes longer than two minutes.
    """
    command = [pypandoc.get_pandoc_path(), "--from=json", "--sandbox", *WRITERS[format], "--output=-"]
    with tempfile.TemporaryDirectory(prefix="chapter-") as room:
        for name, content in files.items():
            Path(room, name).write_bytes(content)
        try:
            done = subprocess.run(
                [*command, "+RTS", f"-M{HEAP}", "-RTS"],
                input=source, capture_output=True, cwd=room, env=surroundings(report, room), timeout=LIMIT, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as late:
            raise WriterFailed(f"pandoc did not finish the {format} file within {LIMIT} seconds.") from late
        except OSError as missing:
            raise WriterFailed(f"pandoc could not be started: {missing.strerror}.") from missing
    if b"Heap exhausted" in done.stderr:
        raise WriterFailed(f"pandoc needs more than {HEAP}B of memory for the {format} file; the chapter is too large.")
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip() or f"it ended with {done.returncode} and said nothing"
        raise WriterFailed(f"pandoc could not write the {format} file: {said[:500]}")
    return done.stdout


def surroundings(report: Report, home: str) -> dict[str, str]:
    """The environment of a writer's process: nobody's home, no proxies, the event's date for a clock."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "SYSTEMDRIVE") if name in os.environ}  # Windows' own
    epoch = str(int(event_day(report).timestamp()))
    return kept | {"HOME": home, "TMPDIR": home, "LANG": "C.UTF-8", "TZ": "UTC", "SOURCE_DATE_EPOCH": epoch}


def _epub(made: bytes, report: Report) -> bytes:
    """Pandoc's book with our style sheet (its sandbox reads none), the event's day and pages that have a title."""
    parts = parts_of(made)
    parts["EPUB/styles/stylesheet1.css"] = SHEET.read_bytes()
    parts["EPUB/content.opf"] = parts["EPUB/content.opf"].replace(
        b"1970-01-01", event_day(report).date().isoformat().encode()
    )
    title = b"<title>%s</title>" % escape(front.property_title(report)).encode()
    for name in parts:
        if name.startswith("EPUB/text/"):
            parts[name] = re.sub(rb"<title>ch\d+\.xhtml</title>", lambda _: title, parts[name], count=1)
    return pack(parts, "mimetype")


def _jats(made: bytes, report: Report) -> bytes:
    """Pandoc's article with its language, and without the empty journal."""
    made = re.sub(rb"<journal-meta>.*?</journal-meta>\n", b"", made, count=1, flags=re.DOTALL)
    return made.replace(b"<article ", b'<article xml:lang="%s" ' % report.language.encode(), 1)
