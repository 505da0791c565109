"""Pandoc and typst get words as words: nothing is read, run or fetched for them, and nothing lasts for ever."""

import io
import json
import pathlib
import re
import subprocess
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from dialogue.report import pandoc, typst
from dialogue.report.compile import compile
from dialogue.report.failed import WriterFailed
from dialogue.report.formats import FORMATS, write
from tests.canaries import opened
from tests.clocks import in_time
from tests.xss import Texts, event_of

pytestmark = pytest.mark.django_db
SECRET = "zqsecret7f3"
# What of a document may be markup: signs behind a backslash each in Markdown, and what is the same in every chapter.
FIXED = r"(?:\\.)+|</?sup>|<w:r><w:tab/></w:r>|<text:tab/>"

# Each would have a file read, a program run, a page fetched, or the words taken for something else.
ATTACKS = [
    '#read("{file}")', '#include "{file}"', '#import "{file}": *', '#image("{file}")', '#plugin("{file}")', "#eval(\"read(\\\"{file}\\\")\")",
    "#{{ while true {{}} }}", '#json("report.json")', "#set page(fill: red)", "$ integral $", "@ada", "<label>", "#context here()",
    "![x](file://{file})", "![x]({file})", "![x](http://127.0.0.1:9/x.png)", "[x](file://{file})", "[x]: file://{file}",
    "```{{=openxml}}\n<w:p/>\n```", "`{file}`{{=html}}", "<iframe src=\"file://{file}\"></iframe>", "<img src='{file}'>",
    "\\input{{{file}}}", "\\write18{{cat {file}}}", "\\include{{{file}}}", "\\begin{{verbatim}}", "{{{{ {file} }}}}", "$(cat {file})", "`cat {file}`",
    "<!ENTITY x SYSTEM \"file://{file}\">&x;", "<?xml-stylesheet href=\"{file}\"?>", "<xi:include href=\"{file}\" parse=\"text\"/>",
    "INCLUDETEXT \"{file}\"", "{{ INCLUDEPICTURE \"http://127.0.0.1:9/x\" }}", "{{ DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc\" }}",
    "=HYPERLINK(\"http://127.0.0.1:9/?\"&A1)", "+1+1", "-1+1", "@SUM(1+1)", "\t=1+1", "=cmd|' /C calc'!A0", "---\ntitle: x\ninclude: {file}\n---",
    "%%{{init}}%%", "{{% include '{file}' %}}", "${{7*7}}", "<%= 7*7 %>", "]]>", "--- >8 ---", "+RTS -M1k -RTS",
]  # fmt: skip


@pytest.fixture
def secret(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


@pytest.fixture
def files(secret: pathlib.Path) -> dict[str, bytes]:
    """A chapter whose every text is one of them, in every format."""
    event = event_of(Texts(hostile=False), "attacked", people=4, statements=12)
    event.disclaimers.all().delete()
    texts = [one.format(file=secret) for one in ATTACKS]
    for place, text in enumerate(texts):
        event.disclaimers.create(text=text, position=place)
    for place, one in enumerate(event.findings.all()):
        event.findings.filter(pk=one.pk).update(text=texts[place])
    event.sources.update(title=texts[0], container=texts[13], author=texts[22], url=f"file://{secret}", page=texts[1])
    event.items.update(title=texts[5])
    event.title, event.place, event.byline, event.occasion = texts[0], texts[13], texts[22], texts[2]
    event.save()
    return {name: write(compile(event), name) for name in FORMATS}


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00ad\u200b\\-]+", "", text)


def test_nothing_is_read_for_them_and_they_are_printed_as_they_are(files: dict[str, bytes], secret: pathlib.Path):
    assert [name for name, made in files.items() if SECRET in opened(made)] == []
    for name in ("pdf", "docx", "html"):
        whole = squeezed(words_of(name, files[name]))
        missing = [one for one in ATTACKS if squeezed(one.format(file=secret)) not in whole]
        assert missing == [], name


def words_of(name: str, made: bytes) -> str:
    """What stands in a file to be read."""
    if name == "html":
        from lxml import html

        return html.fromstring(made).text_content()
    if name == "docx":
        from docx import Document

        return "\n".join(one.text for one in Document(io.BytesIO(made)).paragraphs)
    return opened(made)


def test_no_file_fetches_or_includes_anything(files: dict[str, bytes]):
    """Pictures, fields, outside targets: what a program would follow when it opens the file."""
    with zipfile.ZipFile(io.BytesIO(files["docx"])) as parts:
        names, whole = (
            parts.namelist(),
            b"".join(parts.read(one) for one in parts.namelist() if one.endswith((".xml", ".rels"))),
        )
    assert not [one for one in names if "media" in one or "embeddings" in one]
    targets = set(re.findall(rb'Target="([^"]+)" TargetMode="External"', whole))
    assert {one for one in targets if not one.startswith(b"https://")} == set()
    assert not re.search(rb"<w:instrText[^>]*>[^<]*(?:INCLUDE|DDE|HYPERLINK)", whole) and b"<w:fldSimple" not in re.sub(
        rb'<w:fldSimple w:instr="\s*(?:PAGE|NUMPAGES|TOC)[^"]*"', b"", whole
    )
    with zipfile.ZipFile(io.BytesIO(files["epub"])) as parts:
        pages = b"".join(parts.read(one) for one in parts.namelist() if one.endswith("html"))
    assert b"<img" not in pages and b"<script" not in pages and b"file://" not in re.sub(rb">[^<]*<", b"><", pages)
    assert (
        b"/JavaScript" not in files["pdf"] and b"/Launch" not in files["pdf"] and b"/EmbeddedFile" not in files["pdf"]
    )


def test_a_program_that_was_not_shut_in_would_have_read_it(secret: pathlib.Path, tmp_path: pathlib.Path):
    """The control: the same words as markup, without the sandbox."""
    import pypandoc
    import typst as program

    source = tmp_path / "x.tex"
    source.write_text(f"\\input{{{secret}}}")
    loose = subprocess.run(
        [pypandoc.get_pandoc_path(), "-f", "latex", "-t", "plain", str(source)], capture_output=True, cwd="/", text=True
    )
    shut = subprocess.run(
        [pypandoc.get_pandoc_path(), "--sandbox", "-f", "latex", "-t", "plain", str(source)],
        capture_output=True,
        text=True,
    )
    assert SECRET in loose.stdout and SECRET not in shut.stdout
    (tmp_path / "main.typ").write_text('#read("secret.txt")')
    assert SECRET in opened(program.compile(str(tmp_path / "main.typ"), root=str(tmp_path)))


def test_what_the_writers_are_told_is_data_and_a_fixed_program(monkeypatch: pytest.MonkeyPatch, secret: pathlib.Path):
    """The command line and the template are ours whatever is in the chapter; pandoc is in its sandbox, with a small heap."""
    seen: list[tuple[list[str], bytes]] = []
    run = subprocess.run

    def told(command, **options):
        seen.append((list(command), options["input"]))
        assert options["timeout"] <= 120 and not {"HTTP_PROXY", "PATH"} & options["env"].keys()
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", told)
    for hostile in (True, False):
        event = event_of(Texts(hostile=hostile), f"told-{hostile}".lower(), people=4, statements=8)
        for name in ("docx", "odt", "epub", "md", "jats", "pdf"):
            write(compile(event), name)
    half = len(seen) // 2
    assert [command for command, _data in seen[:half]] == [command for command, _data in seen[half:]]
    for command, data in seen:
        told_data = json.loads(data)
        if "--from=json" in command:
            assert "--sandbox" in command and f"-M{pandoc.HEAP}" in command
            assert [one for one in raw(told_data) if not re.fullmatch(FIXED, one)] == []
        else:
            assert told_data["template"] == typst.TEMPLATE.read_text(encoding="utf-8") and "-I" in command


def raw(value: Any) -> Iterator[str]:
    """What of a document pandoc takes for markup of the format: signs behind a backslash each, and what is fixed."""
    if isinstance(value, dict) and value.get("t") in ("RawInline", "RawBlock"):
        yield value["c"][1]
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from raw(one)


@pytest.mark.parametrize("name", ["docx", "pdf"])
def test_a_writer_that_does_not_end_is_ended(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path):
    report = compile(event_of(Texts(hostile=False), "slow", people=4, statements=8))
    sleeper = tmp_path / "sleeper"
    sleeper.write_text("#!/bin/sh\nexec sleep 60\n")
    sleeper.chmod(0o700)
    (tmp_path / "sleeper.py").write_text("import time; time.sleep(60)")
    monkeypatch.setattr(pandoc, "LIMIT", 1)
    monkeypatch.setattr(typst, "LIMIT", 1)
    monkeypatch.setattr("pypandoc.get_pandoc_path", lambda: str(sleeper))
    monkeypatch.setattr(typst, "PROGRAM", tmp_path / "sleeper.py")
    began = time.monotonic()
    with pytest.raises(WriterFailed, match="within 1 seconds"):
        write(report, name)
    assert in_time(time.monotonic() - began, 20)
