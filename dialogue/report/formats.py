"""The formats in which a chapter can be had, and the writer of each."""

from collections.abc import Callable
from dataclasses import dataclass

from dialogue.report import html, pandoc, typst
from dialogue.report.tree import Report, as_json


@dataclass(frozen=True, slots=True)
class Format:
    """`write` makes the file's bytes from the tree; what it is called, how the web knows it."""

    suffix: str
    media_type: str
    label: str
    write: Callable[[Report], bytes]


def by_pandoc(name: str) -> Callable[[Report], bytes]:
    """The writer of a format that pandoc makes."""
    return lambda report: pandoc.write(report, name)


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = {
    "html": Format("html", "text/html; charset=utf-8", "HTML", html.write),
    "docx": Format("docx", WORD, "Word", by_pandoc("docx")),
    "pdf": Format("pdf", "application/pdf", "PDF", typst.write),
    "odt": Format("odt", "application/vnd.oasis.opendocument.text", "OpenDocument", by_pandoc("odt")),
    "epub": Format("epub", "application/epub+zip", "EPUB", by_pandoc("epub")),
    "md": Format("md", "text/markdown; charset=utf-8", "Markdown", by_pandoc("md")),
    "jats": Format("xml", "application/xml", "JATS", by_pandoc("jats")),
    "json": Format("json", "application/json", "JSON", lambda report: as_json(report).encode()),
}


def write(report: Report, format: str, reference: bytes | None = None) -> bytes:
    """A chapter as a file's bytes. `reference` is a publisher's Word template and goes with "docx" alone.

    Raises KeyError for an unknown format, pandoc.WriterFailed where a writer fails.
    """
    if reference is not None:
        return pandoc.write(report, format, reference)
    return FORMATS[format].write(report)
