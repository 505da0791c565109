"""The OpenDocument reference: pandoc's own, with the chapter's styles, page and language."""

from __future__ import annotations

import functools
import re
import subprocess
from xml.sax.saxutils import escape, quoteattr

import pypandoc

from dialogue.report.packed import pack, parts_of
from dialogue.report.plain import clean, event_day
from dialogue.report.tree import Report

TEMPLATE = b"""<?xml version="1.0" encoding="utf-8" ?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.3">
<office:automatic-styles>
$automatic-styles$
</office:automatic-styles>
<office:body>
<office:text>
$body$
</office:text>
</office:body>
</office:document-content>
"""


SERIF = "Georgia"
INK, SOFT, ACCENT, ALARM = "#1f1c18", "#6b655c", "#1d5b63", "#a63a1e"
COUNTRY = {"en": "GB", "fr": "FR"}
_RUNNING, _DRAFT = "{running}", "{draft}"  # what the reference's head has in place of this chapter's words

# name: (parent, size in points, colour, what else about the text, space before, space after, line height in per cent)
_PARAGRAPHS: dict[str, tuple[str, float, str, str, float, float, int]] = {
    "Standard": ("", 10.5, INK, "", 0, 0, 100),
    "Text body": ("Standard", 10.5, INK, "", 0, 7, 134),
    "First paragraph": ("Text body", 10.5, INK, "", 0, 7, 134),
    "Draft": ("Standard", 9.5, ALARM, "bold", 0, 18, 120),
    "Kicker": ("Standard", 10, SOFT, "caps", 30, 0, 100),
    "Number": ("Standard", 54, ACCENT, "", 0, 6, 100),
    "Title": ("Standard", 25, INK, "", 4, 14, 112),
    "Byline": ("Standard", 11, INK, "italic", 0, 12, 120),
    "Fact": ("Standard", 9, INK, "hang", 0, 2, 120),
    "Origin": ("Text body", 10.5, INK, "", 14, 7, 134),
    "Notice": ("Text body", 9.5, SOFT, "italic", 0, 7, 130),
    "Participants": ("Text body", 10.5, INK, "", 0, 7, 134),
    "Remark": ("Text body", 9, SOFT, "", 0, 5, 125),
    "Annex Text": ("Text body", 9.5, INK, "", 0, 5, 128),
    "Heading 1": ("Heading", 15.5, INK, "", 26, 8, 115),
    "Heading 2": ("Heading", 12.5, ACCENT, "", 18, 5, 115),
    "Heading 3": ("Heading", 11, INK, "bold", 13, 4, 115),
    "Heading 4": ("Heading", 10.5, INK, "italic", 10, 3, 115),
    "Heading 5": ("Heading", 10.5, SOFT, "italic", 10, 3, 115),
    "Heading 6": ("Heading", 10, SOFT, "italic", 8, 3, 115),
    "Table Contents": ("Standard", 8.5, INK, "", 1, 3, 115),
    "Table Heading": ("Table Contents", 8.5, SOFT, "", 1, 3, 115),
    "Footnote": ("Standard", 8.5, INK, "", 0, 2, 120),
    "Footer": ("Standard", 8.5, SOFT, "middle", 0, 0, 100),
    "Header": ("Standard", 8.5, SOFT, "head", 0, 0, 100),
}
# name: what its text looks like
_CHARACTERS = {
    "Open Claim": f'fo:color="{ALARM}" fo:font-weight="bold"',
    "Bar": f'fo:color="{ACCENT}" fo:font-size="9pt" fo:letter-spacing="0.03em"',
    "Label": f'fo:color="{SOFT}" fo:font-size="8pt"',
    "Basis": 'fo:color="#6B655C" style:text-position="super 66%"',
    "Fact Label": f'fo:color="{SOFT}"',
    "Internet link": f'fo:color="{ACCENT}"',
    "Definition": f'fo:color="{ACCENT}"',
    "Footnote anchor": f'fo:color="{ACCENT}" style:text-position="super 62%"',
}
_LOOKS = {
    "bold": 'fo:font-weight="bold"',
    "italic": 'fo:font-style="italic"',
    "caps": 'fo:text-transform="uppercase" fo:letter-spacing="0.06em"',
}
_SHAPES = {
    "middle": ('fo:text-align="center"', ""),
    "hang": ('fo:margin-left="32mm" fo:text-indent="-32mm"', '<style:tab-stop style:position="0mm"/>'),
    "head": ("", '<style:tab-stop style:position="130mm" style:type="right"/>'),
}

_NOTES = '<text:notes-configuration text:note-class="footnote"'
_LINE = f"0.7pt solid {INK}"
_LINES = {  # pandoc's cells have no lines; hairlines between rows, firmer ones around the header
    "TableHeaderRowCell": f'fo:border-top="{_LINE}" fo:border-bottom="{_LINE}" fo:padding-right="2mm"',
    "TableRowCell": 'fo:border-bottom="0.3pt solid #c9c3b8" fo:padding-right="2mm"',
}
_CELL = """<style:style style:name="{}" style:family="table-cell">
  <style:table-cell-properties {} />"""


@functools.cache
def reference() -> bytes:
    """The styled document that pandoc writes into, made from pandoc's own."""
    command = [pypandoc.get_pandoc_path(), "--print-default-data-file=reference.odt"]
    parts = parts_of(subprocess.run(command, capture_output=True, check=True).stdout)
    styles = parts["styles.xml"].decode()
    made = [_paragraph(name, *look) for name, look in _PARAGRAPHS.items()]
    made += [_character(name, look) for name, look in _CHARACTERS.items()]
    for name in (*_PARAGRAPHS, *_CHARACTERS):
        old = rf'<style:style style:name="{_coded(name)}"[^>]*?(/>|>.*?</style:style>)'
        styles = re.sub(old, "", styles, count=1, flags=re.DOTALL)
    styles = styles.replace("</office:styles>", "\n".join(made) + "\n</office:styles>")
    styles = styles.replace(_NOTES, f'{_NOTES} style:num-suffix="  "')
    styles = re.sub(r"'?(Times New Roman|Arial)'?", SERIF, styles)
    styles = styles.replace('fo:keep-together="auto"', 'fo:keep-together="always"')  # a row stays on one page
    parts["styles.xml"] = _page(styles).encode()
    return pack(parts, "mimetype")


def _coded(name: str) -> str:
    return name.replace(" ", "_20_")


def _opening(name: str, family: str, more: str = "") -> str:
    shown = f" style:display-name={quoteattr(name)}" if " " in name else ""
    return f'<style:style style:name="{_coded(name)}"{shown} style:family="{family}" {more}>'


def _character(name: str, look: str) -> str:
    return f"{_opening(name, 'text')}<style:text-properties {look}/></style:style>"


def _paragraph(
    name: str, parent: str, size: float, colour: str, look: str, before: float, after: float, line: int
) -> str:
    more = f'style:parent-style-name="{_coded(parent)}"' if parent else ""
    if name.startswith("Heading "):
        more += f' style:default-outline-level="{name[-1]}" style:next-style-name="Text_20_body"'
    keep = 'fo:keep-with-next="always"' if parent == "Heading" or name in ("Draft", "Kicker", "Number", "Title") else ""
    shape, stops = _SHAPES.get(look, ("", ""))
    return (
        f'{_opening(name, "paragraph", more)}<style:paragraph-properties fo:margin-top="{before}pt"'
        f' fo:margin-bottom="{after}pt" fo:line-height="{line}%" fo:widows="2" fo:orphans="2"'
        f" {keep} {shape}><style:tab-stops>{stops}</style:tab-stops></style:paragraph-properties>"
        f'<style:text-properties style:font-name="{SERIF}" fo:color="{colour}" fo:font-size="{size}pt"'
        f" {_LOOKS.get(look, '')}/></style:style>"
    )


def _page(styles: str) -> str:
    """A4 with the DOCX's margins, the running head above and the page's number below."""
    styles = styles.replace('fo:page-width="8.5in"', 'fo:page-width="210mm"').replace("11in", "297mm")
    for side, wide in (("top", 18), ("bottom", 18), ("left", 40), ("right", 40)):
        styles = re.sub(rf'(<style:page-layout-properties[^>]*?fo:margin-{side}=)"1in"', rf'\g<1>"{wide}mm"', styles)
    space = '<style:header-footer-properties fo:min-height="16mm" fo:margin-bottom="10mm"/>'
    styles = styles.replace("<style:header-style />", f"<style:header-style>{space}</style:header-style>")
    head = (
        f'<style:header><text:p text:style-name="Header">{_RUNNING}<text:tab/>'
        f'<text:span text:style-name="Open_20_Claim">{_DRAFT}</text:span></text:p></style:header>'
    )
    styles = styles.replace('text:style-name="MP1"', 'text:style-name="Footer"')
    return re.sub(r"(<style:master-page[^>]*>)", lambda opening: opening[1] + head, styles, count=1)


def finished(made: bytes, report: Report) -> bytes:
    """Pandoc's file with this chapter's running head, language and day."""
    parts = parts_of(made)
    styles = parts["styles.xml"].decode()
    for place, text in ((_RUNNING, report.running), (_DRAFT, report.draft)):
        styles = styles.replace(place, escape(clean(text)))
    language = escape(report.language)
    styles = re.sub(r'fo:language="\w+"', f'fo:language="{language}"', styles)
    styles = re.sub(r'fo:country="\w+"', f'fo:country="{COUNTRY.get(language, "none")}"', styles)
    parts["styles.xml"] = styles.encode()
    for name, lines in _LINES.items():
        bare, ruled = _CELL.format(name, 'fo:border="none"'), _CELL.format(name, lines)
        parts["content.xml"] = parts["content.xml"].replace(bare.encode(), ruled.encode())
    parts["meta.xml"] = parts["meta.xml"].replace(b"1970-01-01", event_day(report).date().isoformat().encode())
    return pack(parts, "mimetype")
