"""A publisher's Word template: no style outside it is used, and what is no template is refused with a sentence."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import opened
import pytest
import trees
from docx.shared import Mm
from opened import W, parts, xml

from dialogue.report import pandoc, publisher
from dialogue.report.pandoc import WriterFailed

DRAFT = "Draft: not for circulation"


def saved(document: docx.document.Document) -> bytes:
    """The bytes of a document."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def rich() -> bytes:
    """A template with all that Word brings, a head of its own and a narrow page."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width = Mm(170)
    section.header.paragraphs[0].text = "Peace Studies Quarterly"
    return saved(document)


def bare(*kept: str) -> bytes:
    """A template with few styles: no notes, no links, no body text, no table; and no head."""
    document = docx.Document()
    for style in list(document.styles):
        if style.name not in kept:
            style.element.getparent().remove(style.element)
    return saved(document)


def german() -> bytes:
    """A template whose styles have German ids, as Word writes them there; their names inside stay English."""
    names = parts(rich())
    styles = names["word/styles.xml"]
    for old, new in ((b"Heading", b"berschrift"), (b"BodyText", b"Textkrper"), (b"Title", b"Titel")):
        styles = re.sub(rb'(w:(?:styleId|val)=")' + old + rb'(\d?)"', rb"\g<1>" + new + rb'\2"', styles)
    for level in range(1, 10):
        styles = styles.replace(b'<w:name w:val="berschrift%d"/>' % level, b'<w:name w:val="heading %d"/>' % level)
    names["word/styles.xml"] = styles.replace(b'<w:name w:val="Titel"/>', b'<w:name w:val="Title"/>')
    return zipped(names)


def zipped(names: dict[str, bytes]) -> bytes:
    """Parts as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in names.items():
            target.writestr(name, content)
    return out.getvalue()


TEMPLATES = {
    "rich": rich, "bare": lambda: bare("Normal", "Heading 1", "Heading 2"), "none": lambda: bare("Normal"), "german": german,
}  # fmt: skip


def used(made: bytes) -> dict[str, set[str]]:
    """The styles that a Word file uses, by kind, in its text, notes, heads and feet."""
    found: dict[str, set[str]] = {"pStyle": set(), "rStyle": set(), "tblStyle": set()}
    for name, source in parts(made).items():
        if name.startswith("word/") and name.endswith(".xml") and name != "word/styles.xml":
            for kind, style in re.findall(r'<w:(pStyle|rStyle|tblStyle)\b[^>]*w:val="([^"]*)"', source.decode()):
                found[kind].add(style)
    return found


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_style_outside_the_template_is_used(name):
    template = TEMPLATES[name]()
    made = pandoc.write(trees.chapter(), "docx", template)
    has = publisher.styles_of(parts(template)["word/styles.xml"])
    for kind, family in (("pStyle", "paragraph"), ("rStyle", "character"), ("tblStyle", "table")):
        assert used(made)[kind] - set(has[family]) == set()
    assert publisher.styles_of(parts(made)["word/styles.xml"]) == has


def test_without_a_template_the_styles_are_ours_and_would_be_foreign_to_the_bare_one():
    ours = used(pandoc.write(trees.chapter(), "docx"))
    assert {"Origin", "Heading4", "FootnoteText", "FirstParagraph"} <= ours["pStyle"]
    assert {"FootnoteReference", "Hyperlink", "OpenClaim"} <= ours["rStyle"] and ours["tblStyle"] == {"Table"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_words_and_links_are_the_same_in_any_template(name):
    made = opened.docx(pandoc.write(trees.chapter(), "docx", TEMPLATES[name]()))
    own = opened.docx(pandoc.write(trees.chapter(), "docx"))
    assert made.text == own.text.replace("°", "")  # the rings to the statements are for the screen
    assert len(made.links) > 8 and set(made.links) <= set(made.places)


def test_what_the_template_lacks_falls_back_to_the_nearest():
    styles = used(pandoc.write(trees.chapter(), "docx", TEMPLATES["bare"]()))
    assert styles == {"pStyle": {"Heading1", "Heading2"}, "rStyle": set(), "tblStyle": set()}
    assert used(pandoc.write(trees.chapter(), "docx", TEMPLATES["none"]()))["pStyle"] == set()


def test_a_note_stays_raised_where_its_style_is_missing():
    document = xml(parts(pandoc.write(trees.chapter(), "docx", TEMPLATES["bare"]()))["word/document.xml"])
    calls = [run for run in document.iter(f"{W}r") if run.find(f"{W}footnoteReference") is not None]
    assert len(calls) == 4
    assert all(run.find(f"{W}rPr/{W}vertAlign").get(f"{W}val") == "superscript" for run in calls)


def test_styles_are_found_by_their_names_in_any_language():
    styles = used(pandoc.write(trees.chapter(), "docx", german()))["pStyle"]
    assert {"berschrift1", "berschrift2", "Titel", "Textkrper"} <= styles


def test_the_templates_page_and_head_stay():
    made = parts(pandoc.write(trees.chapter(), "docx", rich()))
    heads = [source for name, source in made.items() if name.startswith("word/header")]
    assert any(b"Peace Studies Quarterly" in head for head in heads)
    width = xml(made["word/document.xml"]).find(f".//{W}pgSz").get(f"{W}w")
    assert abs(int(width) - 9638) <= 2  # 170 mm in twentieths of a point


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_draft_says_so_in_the_head_of_any_template(name):
    made = parts(pandoc.write(trees.chapter(draft=DRAFT), "docx", TEMPLATES[name]()))
    heads = [source for part, source in made.items() if part.startswith("word/header")]
    assert heads and all(DRAFT.encode() in head for head in heads)
    assert b"headerReference" in made["word/document.xml"]
    docx.Document(io.BytesIO(zipped(made)))  # still a document that opens


def test_what_leads_to_the_publishers_disk_is_left_behind():
    names = parts(rich())
    names["word/settings.xml"] = re.sub(
        rb"(<w:settings\b[^>]*>)", rb'\1<w:attachedTemplate r:id="rId1"/>', names["word/settings.xml"], count=1
    )
    names["word/_rels/settings.xml.rels"] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
        b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
        b' Target="file:///C:/Users/smith/house.dotx" TargetMode="External"/></Relationships>'
    )
    made = parts(pandoc.write(trees.chapter(), "docx", zipped(names)))
    assert not any(b"smith" in source or b"attachedTemplate" in source for source in made.values())


def changed(**names: bytes | None) -> bytes:
    """The rich template with parts replaced, added or (None) taken away; "__" stands for "/"."""
    found = parts(rich())
    for name, content in names.items():
        place = name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin")
        if content is None:
            del found[place]
        else:
            found[place] = content
    return zipped(found)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: b"", "cannot be unpacked"),
        (lambda: b"%PDF-1.7 not a zip", "cannot be unpacked"),
        (lambda: rich()[:-400], "cannot be unpacked"),
        (lambda: zipped({"hello.txt": b"hello"}), "no \\[Content_Types\\].xml"),
        (lambda: changed(word__styles_xml=None), "no word/styles.xml"),
        (lambda: changed(word__styles_xml=b"<w:styles"), "damaged"),
        (lambda: changed(word__vbaProject_bin=b"x"), "macros"),
        (lambda: changed(word__big_xml=b"0" * (65 * 1024 * 1024)), "64 MiB"),
        (lambda: changed(word__theme_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "entities"),
    ],
    ids=["empty", "a-pdf", "cut", "another-zip", "no-styles", "broken-styles", "macros", "bomb", "entities"],
)
def test_what_is_no_template_is_refused_with_a_sentence(make, why):
    with pytest.raises(WriterFailed, match=why):
        pandoc.write(trees.chapter(), "docx", make())


def test_a_template_goes_with_word_alone():
    with pytest.raises(WriterFailed, match="Word"):
        pandoc.write(trees.chapter(), "odt", rich())
