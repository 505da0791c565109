"""Every format, opened: who is named in it, whether its words are there, whether it is the same twice."""

import copy
import io
import os
import pathlib
import subprocess
import sys
import zipfile

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from dialogue.archive.load import load
from dialogue.report.compile import compile
from dialogue.report.formats import FORMATS, write
from dialogue.report.tree import Report
from tests.records import ADA, BEN, addressee, advice, finding, footnote, paragraph, said, stance, table
from tests.shared import undone

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("exports")]
RULES = ("named", "unnamed", "chatham_house", "role")

# What only members know. Each stands where a careless writer would let it out.
CANARIES = {
    "name": "Zebedee", "surname": "Quagmire", "affiliation": "Institute of Owls", "alias": "Quagmyre", "sector": "owlery",
    "function": "Keeper of the great northern owls", "withheld": "unspeakable marmalade", "note": "confidential porridge",
    "id": "quagmire-said",
}  # fmt: skip


def canary_record():
    record = table(
        contributions=[
            said(CANARIES["id"], ADA, "The river is low this year."),
            said("c2", BEN),
            said("c3", ADA, CANARIES["withheld"], attribution="off_record"),
            said("c4", BEN, CANARIES["withheld"], released=False),
        ],
        findings=[finding("f1", "most", CANARIES["id"], "c2", "c3", reason="The tape is lost.")],
        stances=[stance(BEN, "f1", "reservations", reason="Upstream.")],
        paragraphs=[
            paragraph("quagmire-p", "{f1} agreed. @ada told @ben so.[^quagmire-n]", "f1", CANARIES["id"], "c2", "c3")
        ],
        footnotes=[footnote("quagmire-n", "A plain note.")],
        recommendations=[addressee("The State", advice("quagmire-r", "Dig.", CANARIES["id"]))],
        notes=[
            {"id": "k", "by": "rap", "item": None, "about": [], "text": CANARIES["note"], "flagged": False, "at": None}
        ],
    )
    record["persons"][0] |= {
        "name": f"{CANARIES['name']} {CANARIES['surname']}", "affiliation": CANARIES["affiliation"], "sector": CANARIES["sector"],
        "function": CANARIES["function"], "aliases": [CANARIES["alias"]],
    }  # fmt: skip
    return record


def opened(written: bytes) -> str:
    """Everything in a file as text: parts of zips, a PDF's pages and properties, all metadata."""
    if written[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(written)) as parts:
            return "\n".join(f"{name}\n{parts.read(name).decode('utf-8', 'replace')}" for name in parts.namelist())
    if written[:4] == b"%PDF":
        reader = PdfReader(io.BytesIO(written))
        pages = "\n".join(page.extract_text() for page in reader.pages)
        names = " ".join(str(name) for name in reader.named_destinations)
        return f"{pages}\n{dict(reader.metadata or {})}\n{names}\n{reader.xmp_metadata and reader.xmp_metadata.stream.get_data().decode()}"
    return written.decode()


@pytest.fixture(scope="module")
def chapters(module_db: None, victoria_record: dict) -> dict[str, Report]:
    """The chapters that these tests open: Victoria's twice, and one with canaries under each rule."""
    made = {}
    with undone():
        event = load(copy.deepcopy(victoria_record))
        made |= {name: compile(event) for name in ("victoria", "again")}
    with undone():
        event = load(canary_record())
        made |= {rule: compile(event, regime=rule) for rule in ("named", "unnamed", "chatham_house")}
    with undone():
        record = canary_record()
        for person in record["persons"]:
            person["listed"] = False
        made["role"] = compile(load(record), regime="role")
    return made


@pytest.mark.parametrize("name", FORMATS)
def test_no_file_tells_what_its_rule_keeps(name: str, chapters: dict[str, Report]):
    files = {rule: opened(write(chapters[rule], name)).casefold() for rule in RULES}
    assert CANARIES["surname"].casefold() in files["named"].replace("\n", " "), "there is something to leak"
    for rule in ("unnamed", "chatham_house"):
        found = [
            kind
            for kind, canary in CANARIES.items()
            if canary.casefold() in files[rule] or (canary.split()[0].casefold() in files[rule] and kind == "affiliation")
        ]
        assert found == []
        assert "river" in files[rule], "the chapter itself is there"
    assert [rule for rule, file in files.items() if "marmalade" in file or "porridge" in file] == [], "withheld, or a note"
    told = [word for word in ("quagmire", "zebedee", "owls") if word in files["role"]]
    assert told == [], "by role nobody is named in the prose"


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_event_gives_the_same_bytes_twice_with_every_statement(name: str, chapters: dict[str, Report]):
    written = write(chapters["victoria"], name)
    assert written == write(chapters["again"], name)
    file = opened(written)
    assert [label for label in ("v004", "v042", "v097", "v105") if label not in file] == []


def test_two_processes_write_the_same_bytes(tmp_path):
    """Other hash seeds, another time zone, another working folder: the same files."""
    root = pathlib.Path(__file__).parent.parent

    def export(name: str, **environment: str) -> dict[str, bytes]:
        home = tmp_path / "home"  # one secret key for both
        told = {
            **os.environ,
            "DIALOGUE_HOME": str(home),
            "DATABASE_URL": f"sqlite:///{tmp_path}/{name}.sqlite3",
            **environment,
        }
        command = [sys.executable, str(root / "manage.py")]
        ready = "import sys; sys.argv[1:] = ['demo', '--export', sys.argv[1]]; from django.core.management import execute_from_command_line as go; go(sys.argv)"
        told["DJANGO_SETTINGS_MODULE"] = "dialogue.settings"
        told["PYTHONPATH"] = str(root)
        folder = tmp_path / name
        command = [sys.executable, "-c", ready, str(folder)]
        done = subprocess.run(command, env=told, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert [
            line.split()[0].endswith(file)
            for line, file in zip(done.stdout.splitlines()[1:], sorted(FORMATS), strict=False)
        ]
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    first = export("one", PYTHONHASHSEED="1", TZ="America/Vancouver")
    second = export("two", PYTHONHASHSEED="2", TZ="Asia/Tokyo")
    assert len(first) == len(FORMATS)
    assert first == second


# ------------------------------------------------------------------ the command


def test_the_report_command_writes_a_file_and_says_how_large(tmp_path, victoria):
    path = tmp_path / "chapter.md"
    call_command("report", "victoria-2007", "--format", "md", "-o", str(path), stdout=(out := io.StringIO()))
    assert out.getvalue() == f"{path}: {path.stat().st_size:,} bytes.\n"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["--language", "fr"], "no version in 'fr'"),
        (["--regime", "named"], None),
        (["--reference", "/nowhere.docx"], "goes with --format docx"),
    ],
)
def test_what_cannot_be_had_is_refused_and_nothing_is_written(tmp_path, victoria, asked, sentence):
    path = tmp_path / "chapter.md"
    arguments = ["report", "victoria-2007", "--format", "md", "-o", str(path), *asked]
    if sentence is None:
        call_command(*arguments, stdout=io.StringIO())
        assert path.exists()
        return
    with pytest.raises(CommandError, match=sentence):
        call_command(*arguments)
    assert not path.exists()


def test_a_typed_name_blocks_the_export_and_the_check_finds_it(tmp_path):
    record = canary_record()
    record["event"]["attribution"] = "chatham_house"
    record["paragraphs"].append(paragraph("p2", "So thought Quagmire.", "c2"))
    load(record)
    path = tmp_path / "chapter.md"
    with pytest.raises(CommandError, match="“Quagmire” stands in paragraph 2 under “Water”.* /events/rivers/desk/paragraph/"):
        call_command("report", "rivers", "--format", "md", "-o", str(path))
    assert not path.exists()
    with pytest.raises(SystemExit):
        call_command("check_record", "rivers", stdout=(out := io.StringIO()))
    assert "protected_name" in out.getvalue()


def test_a_file_that_cannot_be_written_gets_a_sentence_and_the_old_one_stays(tmp_path, victoria):
    with pytest.raises(CommandError, match="No such file or directory"):
        call_command("report", "victoria-2007", "--format", "json", "-o", str(tmp_path / "no" / "chapter.json"))


# ------------------------------------------------------------------ the check


def test_check_record_as_json_has_the_agreed_keys(victoria):
    import json

    with pytest.raises(SystemExit) as ended:
        call_command("check_record", "victoria-2007", "--json", stdout=(out := io.StringIO()))
    told = json.loads(out.getvalue())
    assert ended.value.code == 1
    assert [*told] == ["findings", "contradictions", "warnings"]
    assert told["findings"][0] == {
        "id": "v001", "claimed": "participants", "n": 2, "N": 8, "reached": "two", "verdict": "overclaims", "holds": False,
        "reason": "As the rapporteur wrote it in 2007; the statements that survive name fewer.",
    }  # fmt: skip
    assert {"kind", "where", "text"} == told["contradictions"][0].keys()
    assert sum(row["holds"] for row in told["findings"]) == 0


def test_check_record_of_a_sound_record_ends_well():
    from tests.test_compile import HEARD

    load(table(contributions=HEARD, findings=[finding("f1", "two", "c1", "c2")]))
    call_command("check_record", "rivers", stdout=(out := io.StringIO()))
    assert "the record reaches 1" in out.getvalue() and "Contradictions: 0." in out.getvalue()


def test_check_record_fails_on_an_overclaim_without_a_reason_only():
    from tests.test_compile import HEARD

    load(
        table(
            contributions=HEARD,
            findings=[finding("f1", "most", "c1", "c2", reason="Lost."), finding("f2", "one", "c1", "c2")],
        )
    )
    call_command("check_record", "rivers", stdout=io.StringIO())
    load(table(contributions=HEARD, findings=[finding("f1", "most", "c1", "c2")]), replace=True)
    with pytest.raises(SystemExit):
        call_command("check_record", "rivers", stdout=io.StringIO())
