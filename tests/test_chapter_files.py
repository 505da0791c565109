"""The chapter's files as files: the same every time, whole, silent about who made them, and refused in time."""

from __future__ import annotations

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

import opened
import pytest
import trees
from opened import FORMATS, parts, squeezed, written, xml

from dialogue.report import pandoc, typst
from dialogue.report.pandoc import WriterFailed


@pytest.fixture(scope="module")
def chapter() -> dict[str, bytes]:
    """The sample chapter in every format."""
    return {format: opened.sample(format) for format in FORMATS}


_DIGESTS = """
import hashlib, trees
from dialogue.report import pandoc, typst
for format in ["docx", "odt", "epub", "md", "jats"]:
    print(format, hashlib.sha256(pandoc.write(trees.chapter(), format)).hexdigest())
print("pdf", hashlib.sha256(typst.write(trees.chapter())).hexdigest())
"""


def test_the_same_chapter_is_the_same_bytes_in_another_process_and_time_zone(chapter):
    here = pathlib.Path(__file__).parent
    want = [f"{format} {hashlib.sha256(chapter[format]).hexdigest()}" for format in FORMATS]
    for seed, zone in (("1", "Pacific/Auckland"), ("2", "America/Los_Angeles")):
        surroundings = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "PYTHONPATH": f"{here.parent}{os.pathsep}{here}",
        }
        done = subprocess.run(
            [sys.executable, "-c", _DIGESTS], env=surroundings, capture_output=True, text=True, check=True
        )
        assert done.stdout.split("\n")[:-1] == want


def test_another_word_is_another_book():
    other = trees.chapter()
    other.sections[0].title = "Water before the dry years"
    identifiers = {re.search(rb"urn:uuid:[0-9a-f-]+", parts(pandoc.write(report, "epub"))["EPUB/content.opf"])[0]
                   for report in (trees.chapter(), other, trees.chapter())}  # fmt: skip
    assert len(identifiers) == 2


def test_nothing_tells_whose_machine_it_was(chapter):
    word = parts(chapter["docx"])
    core = xml(word["docProps/core.xml"])
    assert [element.text for element in core if element.tag.endswith("creator")] == ["Tarn Basin Society"]
    assert not [element for element in core if element.tag.endswith("lastModifiedBy") and element.text]
    assert b"2019-05-14T00:00:00Z" in word["docProps/core.xml"]
    assert b"Template" not in word["docProps/app.xml"] and b"Company" not in word["docProps/app.xml"]
    machine = [
        b"/work/",
        b"/site-packages",
        b"/tmp/",
        f"{pathlib.Path.home()}/".encode(),
        f"{pathlib.Path.cwd()}".encode(),
    ]
    for format in FORMATS:
        files = parts(chapter[format]).values() if format in ("docx", "odt", "epub") else [chapter[format]]
        assert not any(value in file for value in machine for file in files)


def test_the_pdf_is_tagged_and_claims_both_standards(chapter):
    reader = opened.pypdf.PdfReader(opened.io.BytesIO(chapter["pdf"]))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in catalogue
    told = catalogue["/Metadata"].get_object().get_data().decode()
    assert re.search(r"<pdfuaid:part>1<", told)
    assert re.search(r"<pdfaid:part>2<", told) and re.search(r"<pdfaid:conformance>A<", told)
    assert (
        reader.metadata.title == "Sharing a river that everybody needs"
        and reader.metadata.author == "Tarn Basin Society"
    )


def test_an_e_book_is_whole_and_fetches_nothing(chapter):
    with opened.zipfile.ZipFile(opened.io.BytesIO(chapter["epub"])) as book:
        first = book.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", opened.zipfile.ZIP_STORED)
    names = parts(chapter["epub"])
    package = xml(names["EPUB/content.opf"])
    listed = {f"EPUB/{item.get('href')}" for item in package.iter("{http://www.idpf.org/2007/opf}item")}
    assert listed == {name for name in names if name.startswith("EPUB/")} - {"EPUB/content.opf"}
    pages = b"".join(names[name] for name in listed)
    assert not re.search(rb'(src|href)="https?://[^"]*\.(css|js|png|jpe?g|woff2?)"', pages)
    assert b"<img" not in pages and b"@import" not in pages and b"url(" not in pages


def test_jats_is_an_article_with_its_title_and_notes(chapter):
    article = xml(chapter["jats"])
    assert article.tag == "article" and article.findtext(".//article-title") == "Sharing a river that everybody needs"
    assert len(article.findall(".//fn")) == 4 and article.find(".//journal-meta") is None


def test_a_writer_that_takes_too_long_is_stopped(monkeypatch):
    for writer, format in ((pandoc, "docx"), (typst, "pdf")):
        monkeypatch.setattr(writer, "LIMIT", 0.001)
        with pytest.raises(WriterFailed, match="did not finish"):
            written(trees.chapter(), format)


def test_a_writer_that_runs_out_of_memory_says_so(monkeypatch):
    monkeypatch.setattr(pandoc, "HEAP", "64M")
    with pytest.raises(WriterFailed, match="needs more than 64MB"):
        written(trees.large(rows=3000), "docx")


def test_an_unknown_format_is_refused():
    with pytest.raises(WriterFailed, match="no format"):
        pandoc.write(trees.chapter(), "tiff")


@pytest.mark.office
def test_libreoffice_opens_the_word_file_and_finds_its_notes(chapter, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "chapter.docx").write_bytes(chapter["docx"])
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        office,
        "--headless",
        profile,
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "chapter.docx"),
    ]
    subprocess.run(command, capture_output=True, check=True, timeout=180)
    text = opened.pdf((tmp_path / "chapter.pdf").read_bytes()).text
    assert squeezed("Sharing a river that everybody needs") in squeezed(text)
    assert squeezed("anybody does.°3") in squeezed(text)  # counted through, over a heading
    assert text.count("Tarn Basin Society, Albi, 14 May 2019") >= 3
