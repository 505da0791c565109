"""The Word file: the reference document it is written into, and what is put right after pandoc has written it."""

from __future__ import annotations

import functools
import io
import re
import subprocess
from typing import Any
from xml.sax.saxutils import escape

import docx
import pypandoc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from dialogue.report import publisher
from dialogue.report.packed import pack, parts_of
from dialogue.report.plain import clean, event_day
from dialogue.report.publisher import checked
from dialogue.report.tree import Report

__all__ = ["TEMPLATE", "checked", "finished", "reference"]

SERIF = "Georgia"  # on every Windows and Mac; elsewhere Gelasio has its widths
SIGNS = "Segoe UI Symbol"
INK, SOFT, ACCENT, ALARM = "1F1C18", "6B655C", "1D5B63", "A63A1E"
REGION = {"en": "en-GB", "fr": "fr-FR"}  # Word's proofing wants a country

# Pandoc's own template begins with the title; ours stands lower down, among the blocks.
_SPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "o": "urn:schemas-microsoft-com:office:office",
    "v": "urn:schemas-microsoft-com:vml",
    "w10": "urn:schemas-microsoft-com:office:word",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
}
TEMPLATE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<w:document '
    + " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _SPACES.items())
    + ">\n<w:body>\n$body$\n$sectpr$\n</w:body>\n</w:document>\n"
).encode()

_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/extended-properties"><Application>Microsoft Office Word</Application></Properties>'
)
_RESTART = re.compile(rb'(<w:numRestart w:val=)"[^"]*"')
_RUNNING, _DRAFT = "{running}", "{draft}"  # what the reference's head has in place of this chapter's words

# name: (based on, size, colour, bold, italic, before, after, line, keep with next); sizes and spaces in points
_PARAGRAPHS: dict[str, tuple[str, float, str, bool, bool, float, float, float, bool]] = {
    "Normal": ("", 10.5, INK, False, False, 0, 0, 1.0, False),
    "Body Text": ("Normal", 10.5, INK, False, False, 0, 7, 1.34, False),
    "First Paragraph": ("Body Text", 10.5, INK, False, False, 0, 7, 1.34, False),
    "Compact": ("Body Text", 8.5, INK, False, False, 1.5, 1.5, 1.15, False),
    "Draft": ("Normal", 9.5, ALARM, True, False, 0, 18, 1.2, True),
    "Kicker": ("Normal", 10, SOFT, False, False, 30, 0, 1.0, True),
    "Number": ("Normal", 54, ACCENT, False, False, 0, 6, 1.0, True),
    "Title": ("Normal", 25, INK, False, False, 4, 14, 1.12, True),
    "Byline": ("Normal", 11, INK, False, True, 0, 12, 1.2, False),
    "Fact": ("Normal", 9, INK, False, False, 0, 2, 1.2, False),
    "Origin": ("Body Text", 10.5, INK, False, False, 14, 7, 1.34, False),
    "Notice": ("Body Text", 9.5, SOFT, False, True, 0, 7, 1.3, False),
    "Participants": ("Body Text", 10.5, INK, False, False, 0, 7, 1.34, False),
    "Remark": ("Body Text", 9, SOFT, False, False, 0, 5, 1.25, False),
    "Annex Text": ("Body Text", 9.5, INK, False, False, 0, 5, 1.28, False),
    "List Paragraph": ("Body Text", 10.5, INK, False, False, 0, 4, 1.3, False),
    "Heading 1": ("Normal", 15.5, INK, False, False, 26, 8, 1.15, True),
    "Heading 2": ("Normal", 12.5, ACCENT, False, False, 18, 5, 1.15, True),
    "Heading 3": ("Normal", 11, INK, True, False, 13, 4, 1.15, True),
    "Heading 4": ("Normal", 10.5, INK, False, True, 10, 3, 1.15, True),
    "Heading 5": ("Normal", 10.5, SOFT, False, True, 10, 3, 1.15, True),
    "Heading 6": ("Normal", 10, SOFT, False, True, 8, 3, 1.15, True),
    "Heading 7": ("Normal", 10, SOFT, False, True, 8, 3, 1.15, True),
    "Heading 8": ("Normal", 10, SOFT, False, True, 8, 3, 1.15, True),
    "Heading 9": ("Normal", 10, SOFT, False, True, 8, 3, 1.15, True),
    "Footnote Text": ("Normal", 8.5, INK, False, False, 0, 2, 1.2, False),
    "Header": ("Normal", 8.5, SOFT, False, False, 0, 0, 1.0, False),
    "Footer": ("Normal", 8.5, SOFT, False, False, 0, 0, 1.0, False),
}
# name: (font, size, colour, bold)
_CHARACTERS: dict[str, tuple[str, float | None, str, bool]] = {
    "Open Claim": (SERIF, None, ALARM, True),
    "Bar": (SIGNS, 9, ACCENT, False),
    "Label": (SERIF, 8, SOFT, False),
    "Basis": (SERIF, 11, SOFT, False),
    "Fact Label": (SERIF, 9, SOFT, False),
    "Hyperlink": (SERIF, None, ACCENT, False),
    "Footnote Reference": (SERIF, None, ACCENT, False),
}


@functools.cache
def reference() -> bytes:
    """The styled document that pandoc writes into, made from pandoc's own."""
    default = [pypandoc.get_pandoc_path(), "--print-default-data-file=reference.docx"]
    document = docx.Document(io.BytesIO(subprocess.run(default, capture_output=True, check=True).stdout))
    _default_font(document)
    for name, wanted in _PARAGRAPHS.items():
        _paragraph_style(document, name, *wanted)
    for name, look in _CHARACTERS.items():
        _character_style(document, name, *look)
    _table_style(document)
    _page(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _style(document: Any, name: str, type: WD_STYLE_TYPE) -> Any:
    """The style of that name, made if pandoc's reference has none, without what it had."""
    names = {style.name: style for style in document.styles}
    style = names[name] if name in names else document.styles.add_style(name, type)
    for part in ("w:pPr", "w:rPr"):
        for old in style.element.findall(qn(part)):
            style.element.remove(old)
    return style


def _default_font(document: Any) -> None:
    fonts = document.styles.element.find(".//" + qn("w:rPrDefault")).find(".//" + qn("w:rFonts"))
    fonts.attrib.clear()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), SERIF)


def _paragraph_style(
    document: Any, name: str, base: str, size: float, colour: str, bold: bool, italic: bool, before: float,
    after: float, line: float, keep: bool,
) -> None:  # fmt: skip
    style = _style(document, name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles[base] if base else None
    style.quick_style = True
    font, shape = style.font, style.paragraph_format
    font.size, font.bold, font.italic, font.color.rgb = Pt(size), bold, italic, RGBColor.from_string(colour)
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), line
    shape.keep_with_next, shape.widow_control = keep, True
    if name.startswith("Heading "):
        shape.keep_together = True
        _add(style.element.get_or_add_pPr(), "w:outlineLvl", val=str(int(name[-1]) - 1))
    if name == "Kicker":
        font.all_caps = True
        tracking = _add(style.element.get_or_add_rPr(), "w:spacing", val="40")
        style.element.rPr.find(qn("w:sz")).addprevious(tracking)  # Word insists on the order of the schema
    if name == "Fact":
        shape.left_indent, shape.first_line_indent = Mm(32), Mm(-32)
        shape.tab_stops.add_tab_stop(Mm(32))
    if name == "Footnote Text":
        shape.left_indent, shape.first_line_indent = Mm(4), Mm(-4)


def _character_style(document: Any, name: str, face: str, size: float | None, colour: str, bold: bool) -> None:
    style = _style(document, name, WD_STYLE_TYPE.CHARACTER)
    style.font.color.rgb = RGBColor.from_string(colour)
    if face != SERIF:
        style.font.name = face
    if size:
        style.font.size = Pt(size)
    if bold:
        style.font.bold = True
    if name == "Footnote Reference":
        style.font.superscript = True


def _table_style(document: Any) -> None:
    """Hairlines between rows, a firmer one under the header; no boxes."""
    style = document.styles["Table"].element
    for old in [*style.findall(qn("w:tblPr")), *style.findall(qn("w:tblStylePr"))]:
        style.remove(old)
    properties = _add(style, "w:tblPr")
    _add(properties, "w:tblInd", w="0", type="dxa")
    borders = _add(properties, "w:tblBorders")
    for side, weight, colour in (("top", "6", INK), ("bottom", "6", INK), ("insideH", "2", "C9C3B8")):
        _add(borders, f"w:{side}", val="single", sz=weight, space="0", color=colour)
    margins = _add(properties, "w:tblCellMar")
    for side, wide in (("top", "30"), ("left", "60"), ("bottom", "30"), ("right", "60")):
        _add(margins, f"w:{side}", w=wide, type="dxa")
    first = _add(style, "w:tblStylePr", type="firstRow")
    run = _add(first, "w:rPr")
    _add(run, "w:b")
    _add(run, "w:color", val=SOFT)
    cell = _add(first, "w:tcPr")
    _add(_add(cell, "w:tcBorders"), "w:bottom", val="single", sz="6", space="0", color=INK)


def _page(document: Any) -> None:
    """A4, a measure of some 68 characters, the running head above and the page's number below."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(40)
    section.top_margin, section.bottom_margin = Mm(34), Mm(34)
    section.header_distance, section.footer_distance = Mm(18), Mm(18)
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    head.style, foot.style = document.styles["Header"], document.styles["Footer"]
    head.paragraph_format.tab_stops.add_tab_stop(Mm(130), WD_TAB_ALIGNMENT.RIGHT)
    head.add_run(_RUNNING)
    draft = head.add_run(f"\t{_DRAFT}")
    draft.font.bold, draft.font.color.rgb = True, RGBColor.from_string(ALARM)
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add(foot._p, "w:fldSimple", instr=" PAGE ").append(_run("1"))


def _run(words: str) -> Any:
    run = OxmlElement("w:r")
    _add(run, "w:t").text = words
    return run


def _add(parent: Any, tag: str, **values: str) -> Any:
    element = OxmlElement(tag)
    for name, value in values.items():
        element.set(qn(f"w:{name}"), value)
    parent.append(element)
    return element


# ------------------------------------------------------------------ after pandoc


def finished(made: bytes, report: Report, template: bytes | None) -> bytes:
    """Pandoc's file with this chapter's running head and language, and nothing about who made it where.

    With a publisher's template no style but the template's is used, and its head stays (a draft says so in it).
    """
    parts = parts_of(made)
    if template is None:
        _own_words(parts, report)
    else:
        publisher.only_its_styles(parts, template, clean(report.draft))
    # LibreOffice takes "each section" for "each heading 1"; the chapter counts its notes through, and so do its links.
    parts["word/document.xml"] = _RESTART.sub(rb'\1"continuous"', parts["word/document.xml"])
    _language(parts, REGION.get(report.language, report.language))
    parts["docProps/app.xml"] = _APP
    parts["docProps/core.xml"] = parts["docProps/core.xml"].replace(
        b"1970-01-01", event_day(report).date().isoformat().encode()
    )
    return pack(parts, "[Content_Types].xml")


def _own_words(parts: dict[str, bytes], report: Report) -> None:
    words = {_RUNNING: report.running, _DRAFT: report.draft}
    for name in [name for name in parts if name.startswith("word/header")]:
        for place, text in words.items():
            parts[name] = parts[name].replace(place.encode(), escape(clean(text)).encode())
    document = parts["word/document.xml"]
    parts["word/document.xml"] = document.replace(b"<w:tr><w:tc>", b"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc>")
    if report.annexes:
        parts["word/document.xml"] = _new_page(parts["word/document.xml"], report.annexes[0].anchor.encode())


def _new_page(document: bytes, anchor: bytes) -> bytes:
    """The first annex begins a page of its own."""
    start = document.find(b'w:name="%s"' % anchor)
    end = document.find(b"</w:pPr>", start)
    return document[:end] + b"<w:pageBreakBefore/>" + document[end:] if start >= 0 <= end else document


def _language(parts: dict[str, bytes], language: str) -> None:
    code = escape(language).encode()
    styles = parts["word/styles.xml"]
    if re.search(rb"<w:lang\b[^>]*w:val=", styles):
        styles = re.sub(rb'(<w:lang\b[^>]*w:val=")[^"]*', rb"\g<1>" + code, styles)
    elif b"</w:rPrDefault>" in styles:
        styles = styles.replace(b"</w:rPr></w:rPrDefault>", b'<w:lang w:val="%s"/></w:rPr></w:rPrDefault>' % code, 1)
    parts["word/styles.xml"] = styles
    settings = parts["word/settings.xml"]
    parts["word/settings.xml"] = re.sub(rb'(<w:themeFontLang\b[^>]*w:val=")[^"]*', rb"\g<1>" + code, settings)
