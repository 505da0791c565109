"""The chapter in every format that is not a page: what a reader's program finds in the files."""

from __future__ import annotations

import itertools
import json
import re

import opened
import pytest
import trees
from opened import FORMATS, OPEN, W, parts, squeezed, written, xml

from dialogue.report import pandoc, typst
from dialogue.report.pandoc import WriterFailed
from dialogue.report.plain import cells, glyphs
from dialogue.report.tree import Bar, Call, Emphasis, Link, Note, Paragraph, Report, Section, Sentence, Text, as_json

DRAFT = "Draft: not for circulation"


@pytest.fixture(scope="module")
def chapter() -> dict[str, bytes]:
    """The sample chapter in every format."""
    return {format: opened.sample(format) for format in FORMATS}


def every(kind: str, report: Report) -> list[dict]:
    """Every object of a kind in a tree."""
    found = []

    def look(value: object) -> None:
        if isinstance(value, dict):
            found.extend([value] if value.get("type") == kind else [])
            value = list(value.values())
        if isinstance(value, list):
            for part in value:
                look(part)

    look(json.loads(as_json(report)))
    return found


def inside_links(report: Report) -> int:
    """How many links inside the document the tree asks for, without the rings."""
    links = [link for link in every("Link", report) if link["target"].startswith("#")]
    claims = [claim for claim in every("Claim", report) if claim["target"]]
    return len(links) + len(claims) + len([call for call in every("Call", report) if call["again"]])


def plain(*paragraphs: str) -> Report:
    """A chapter that only has these paragraphs."""
    report = trees.chapter()
    report.front, report.annexes, report.notes = [], [], []
    report.sections = [Section("only", "part", 1, "", "Only", [Paragraph([Text(text)]) for text in paragraphs], [])]
    return report


# ------------------------------------------------------------------ words


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("text", [trees.HOSTILE, trees.LONG_NAME, trees.OTHER_SCRIPTS, "a" * 400])
def test_what_people_wrote_stays_text(chapter, format, text):
    assert squeezed(text) in squeezed(OPEN[format](chapter[format]).text)


@pytest.mark.parametrize("format", FORMATS)
def test_what_no_file_can_hold_is_left_out(format):
    made = written(plain("be\x00fo\x0bre\ud800 \ufffe\x85af\x1bter"), format)
    assert "before after" in re.sub(r"\s+", " ", OPEN[format](made).text)


@pytest.mark.parametrize("format", FORMATS)
def test_signs_of_direction_and_joined_pictures_do_no_harm(format):
    text = OPEN[format](written(plain("left \u202eright\u202c \u2066x\u2069 👩‍🚀 你 end."), format)).text
    assert (
        "left" in text and ("thgir" if format == "pdf" else "right") in text
    )  # a PDF shows what the override asks for
    if format == "pdf":  # no font that travels with typst has these
        assert squeezed("[woman][rocket] [U+4F60] end.") in squeezed(text)
    else:
        assert "👩‍🚀 你 end." in text


def test_markdown_reads_back_as_it_was_written(chapter):
    lines = [
        trees.HOSTILE,
        "(@a) 1) x",
        ": not a definition",
        "it's “quoted” -- and so...",
        "[x]: http://x.example",
        "a_b_c",
    ]
    text = opened.md(written(plain(*lines), "md")).text
    for line in lines:
        assert line in text


@pytest.mark.parametrize("format", ["docx", "odt", "epub", "jats", "md", "pdf"])
def test_french_keeps_its_signs_and_says_that_it_is_french(format):
    made = written(trees.french(), format)
    assert squeezed("« L’eau », dit-elle, « n’attend pas » ; c’est là le cœur.") in squeezed(OPEN[format](made).text)
    says = {
        "docx": lambda: b'w:val="fr-FR"' in parts(made)["word/styles.xml"],
        "odt": lambda: b'fo:language="fr"' in parts(made)["styles.xml"],
        "epub": lambda: b"<dc:language>fr<" in parts(made)["EPUB/content.opf"],
        "jats": lambda: xml(made).get(f"{opened.XML}lang") == "fr",
        "md": lambda: b"\nlang: fr\n" in made,
        "pdf": lambda: b"/Lang (fr)" in made or b"/Lang(fr)" in made,
    }
    assert says[format]()


# ------------------------------------------------------------------ links and notes


@pytest.mark.parametrize("format", FORMATS)
def test_no_link_leads_nowhere_and_no_place_is_there_twice(chapter, format):
    report, file = trees.chapter(), OPEN[format](chapter[format])
    rings = len(every("Sentence", report)) if format in ("docx", "odt", "epub", "pdf") else 0
    assert rings != 0 or format in ("md", "jats")
    assert len(file.links) >= inside_links(report) + rings
    assert [link for link in file.links if link not in file.places] == []
    assert sorted(set(file.places)) == sorted(file.places)


@pytest.mark.parametrize("format", ["docx", "odt", "epub", "jats", "md"])
def test_every_sentence_with_a_place_can_be_linked_to(chapter, format):
    anchors = [anchor for sentence in every("Sentence", trees.chapter()) for anchor in sentence["anchors"]]
    places = {place.rpartition("#")[2] for place in OPEN[format](chapter[format]).places}
    assert len(anchors) == 6 and set(anchors) <= places


@pytest.mark.parametrize("format", [*FORMATS])
def test_a_broken_link_is_refused_and_named(format):
    report = plain("x")
    report.sections[0].blocks.append(Paragraph([Link("there", "#nowhere-at-all")]))
    with pytest.raises(WriterFailed, match="nowhere-at-all"):
        written(report, format)


@pytest.mark.parametrize("format", [*FORMATS])
def test_two_places_of_one_name_are_refused(format):
    report = plain("x")
    report.sections[0].blocks = [
        Paragraph([Sentence([Text("x")], [], ["twin"])]),
        Paragraph([Text("y")], anchor="twin"),
    ]
    with pytest.raises(WriterFailed, match="twin"):
        written(report, format)


def test_notes_are_real_notes_with_the_numbers_of_the_tree(chapter):
    report = trees.chapter()
    document, notes = (xml(parts(chapter["docx"])[f"word/{name}.xml"]) for name in ("document", "footnotes"))
    called = [call.get(f"{W}id") for call in document.iter(f"{W}footnoteReference")]
    texts = {note.get(f"{W}id"): "".join(note.itertext()).strip() for note in notes.iter(f"{W}footnote")}
    starts = [note.inlines[0].text[:12].strip() for note in report.notes]
    assert [texts[ident][: len(start)] for ident, start in zip(called, starts, strict=True)] == starts
    assert b"continuous" in parts(chapter["docx"])["word/document.xml"] or not list(document.iter(f"{W}numRestart"))
    labels = [note.findtext("label") for note in xml(chapter["jats"]).iter("fn")]
    assert labels == ["1", "2", "3", "4"]
    assert chapter["md"].decode().count("\n[^") == 4
    assert b'text:note-class="footnote"' in parts(chapter["odt"])["content.xml"]
    pages = [name for name in parts(chapter["epub"]) if b'id="fn' in parts(chapter["epub"])[name]]
    assert len(pages) == 1  # on two pages pandoc would count twice


def test_a_second_call_repeats_the_number(chapter):
    document = xml(parts(chapter["docx"])["word/document.xml"])
    again = [link for link in document.iter(f"{W}hyperlink") if (link.get(f"{W}anchor") or "").startswith("call-")]
    assert [("".join(link.itertext()), link.get(f"{W}anchor")) for link in again] == [("1", "call-1"), ("2", "call-2")]
    assert all(link.find(f".//{W}vertAlign") is not None for link in again)
    assert "<sup>[1](#call-1)</sup>" in chapter["md"].decode()


@pytest.mark.parametrize("format", ["docx", "pdf"])
def test_notes_called_out_of_order_are_refused(format):
    report = plain("x")
    report.notes = [Note(1, [Text("one")]), Note(2, [Text("two")])]
    report.sections[0].blocks = [Paragraph([Call(2, False), Call(1, False)])]
    with pytest.raises(WriterFailed, match="footnote 2 is called where footnote 1 is due"):
        written(report, format)


def test_only_web_addresses_become_links():
    report = plain("x")
    links = [
        Link("script", "javascript:alert(1)"),
        Link("file", "file:///etc/passwd"),
        Link("web", "https://a.example/"),
    ]
    report.sections[0].blocks.append(Paragraph(links))
    for format in FORMATS:
        made = written(report, format)
        files = parts(made).values() if format in ("docx", "odt", "epub") else [made]
        assert not any(b"javascript:alert" in file or b"file:///etc" in file for file in files)
        assert any(b"https://a.example/" in file for file in files)
        assert "script" in OPEN[format](made).text


# ------------------------------------------------------------------ claims, bars, headings, the title block


def test_a_claim_that_the_record_does_not_reach_carries_its_mark(chapter):
    document = parts(chapter["docx"])["word/document.xml"].decode()
    mark = re.search(r'<w:hyperlink w:anchor="legend-several">(.*?)</w:hyperlink>', document)
    assert mark and "†4/9" in mark[1] and "superscript" in mark[1]
    assert "Several participants†4/9 thought" in opened.docx(chapter["docx"]).text
    assert "Most participants saw" in opened.docx(chapter["docx"]).text


def test_an_open_claim_stands_out(chapter):
    words = "[All participants: the record reaches “several”, 4 of 9]"
    runs = [
        run
        for run in xml(parts(chapter["docx"])["word/document.xml"]).iter(f"{W}r")
        if "".join(run.itertext()) == words
    ]
    assert len(runs) == 1 and runs[0].find(f"{W}rPr/{W}b") is not None
    assert runs[0].find(f"{W}rPr/{W}rStyle").get(f"{W}val") == "OpenClaim"


def test_a_bar_has_one_cell_a_person_and_says_its_numbers(chapter):
    assert glyphs(Bar(4, 1, 2, 1, 1, "")) == "■■■■◧▨▨○·"
    for format in ("docx", "odt", "epub", "md"):
        assert "■■■■◧▨▨○· several, 4 of 9" in re.sub(r"\s+", " ", OPEN[format](chapter[format]).text)
    assert "several, 4 of 9" in opened.pdf(chapter["pdf"]).text


@pytest.mark.parametrize("counts", [(60, 20, 9, 1, 30), (1, 1, 1, 1, 9996), (39, 1, 1, 0, 0), (0, 0, 0, 0, 41)])
def test_a_long_bar_is_drawn_to_scale_and_loses_nobody(counts):
    drawn, numbers = cells(Bar(*counts, words=""))
    assert sum(drawn) == 40
    assert [bool(count) for count in drawn] == [bool(count) for count in counts]
    assert numbers == " ".join(f"{glyph} {count}" for glyph, count in zip("■◧▨○·", counts, strict=True))
    assert cells(Bar(40, 0, 0, 0, 0, "")) == ([40, 0, 0, 0, 0], "")


@pytest.mark.parametrize(("format", "deepest"), [("docx", 9), ("md", 6), ("epub", 6), ("pdf", 6)])
def test_headings_are_never_skipped_and_stop_at_the_formats_deepest(format, deepest):
    section = Section("level-12", "theme", 12, "", "Level 12", [], [])
    for level in range(11, 0, -1):
        section = Section(f"level-{level}", "theme", level * 2, "", f"Level {level}", [], [section])
    report = plain("x")
    report.sections = [section]
    made = written(report, format)
    if format == "docx":
        levels = [int(level) for level in re.findall(rb'"Heading(\d)"', parts(made)["word/document.xml"])]
    elif format == "md":
        levels = [len(signs) for signs in re.findall(r"^(#+) Level", made.decode(), re.MULTILINE)]
    elif format == "epub":
        levels = [int(level) for level in re.findall(rb"<h(\d)", parts(made)["EPUB/text/ch001.xhtml"])]
    else:
        levels = opened.pdf_headings(made)
    assert levels[0] == 1 and max(levels) == deepest and len(levels) >= deepest
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_the_number_of_a_section_stands_before_its_title(chapter):
    for format in FORMATS:
        assert "(1) Who reads the gauges" in re.sub(r"\s+", " ", OPEN[format](chapter[format]).text)


def test_each_kind_of_paragraph_has_its_style(chapter):
    document = parts(chapter["docx"])["word/document.xml"].decode()
    used = set(re.findall(r'w:pStyle w:val="(\w+)"', document))
    assert {"Kicker", "Number", "Title", "Byline", "Fact", "Origin", "Notice", "Participants", "Remark"} <= used
    assert "[rapporteur]" in opened.docx(chapter["docx"]).text and "[literature]" in opened.docx(chapter["docx"]).text


def test_a_draft_says_so_on_every_page_and_in_the_files_title():
    draft = trees.chapter(draft=DRAFT)
    word = parts(pandoc.write(draft, "docx"))
    heads = [name for name in word if name.startswith("word/header")]
    assert heads and all(DRAFT.encode() in word[name] for name in heads)
    assert DRAFT.encode() in word["docProps/core.xml"] and DRAFT.encode() in word["word/document.xml"]
    reader = opened.pypdf.PdfReader(opened.io.BytesIO(typst.write(draft)))
    assert DRAFT in (reader.metadata.title or "")
    assert len(reader.pages) > 2 and all(DRAFT in page.extract_text() for page in reader.pages)


def test_what_is_no_draft_does_not_say_so(chapter):
    for format in FORMATS:
        files = parts(chapter[format]).values() if format in ("docx", "odt", "epub") else [chapter[format]]
        assert not any(b"raft" in file and DRAFT.encode() in file for file in files)
        assert not any(b"{draft}" in file or b"{running}" in file for file in files)
    assert b"Tarn Basin Society, Albi, 14 May 2019" in parts(chapter["docx"])["word/header1.xml"]


@pytest.mark.parametrize("format", FORMATS)
def test_a_chapter_with_almost_nothing_in_it_can_be_printed(format):
    report = trees.chapter()
    report.kicker = report.number = report.byline = report.draft = report.running = report.author = report.date = ""
    report.facts, report.front, report.annexes, report.notes = [], [], [], []
    report.sections = [Section("", "part", 1, "", "Only", [Paragraph([Bar(0, 0, 0, 0, 0, "no level, 0 of 0")])], [])]
    assert "no level, 0 of 0" in re.sub(r"\s+", " ", OPEN[format](written(report, format)).text)


def test_words_ring_is_as_large_as_the_text_and_no_style_for_program_code_stands_among_the_chapters():
    styles = parts(pandoc.write(trees.chapter(), "docx"))["word/styles.xml"].decode()
    ring = re.search(r'<w:style [^>]*>\s*<w:name w:val="Basis".*?</w:style>', styles, re.DOTALL)
    assert ring is not None
    assert 'w:val="6B655C"' in ring[0] and '<w:sz w:val="22"' in ring[0]
    assert "superscript" not in ring[0]
    assert "Tok" not in styles and "SourceCode" not in styles


def test_a_space_before_a_sentences_last_word_is_printed_after_a_name_as_well():
    report = trees.chapter()
    words: list = [Text("Nobody disputed what "), Emphasis("Okri"), Text(" answered. ")]
    report.sections[0].blocks.insert(
        0, Paragraph([Sentence(words, [], []), Sentence([Text("Nobody.")], [], [])], "body")
    )
    assert "what Okri answered. Nobody." in " ".join(opened.pdf(typst.write(report)).text.split())
