"""The log: what each line says, and that no words, names, addresses or tokens get into it."""

import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.utils import DataError, IntegrityError, OperationalError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from dialogue.discussion.models import Contribution
from dialogue.events.models import Event
from dialogue.logs import OURS, PLAIN, Lines, Readable, Unhurried, told
from tests.clocks import in_time

As = Callable[..., Client]
CANARY = "Canary-7f3a Müller said: the treaty is dead"


class Heard(logging.Handler):
    """Keeps what is logged as the lines that would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(Lines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.told if line["event"] == event]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """All that is logged while a test runs, from our own events down to the debugging ones."""
    handler, ours = Heard(), logging.getLogger(OURS)
    level = ours.level
    ours.setLevel(logging.DEBUG)
    for name in ("", "django", "django.request"):
        monkeypatch.setattr(logging.getLogger(name), "handlers", [handler])
    yield handler
    ours.setLevel(level)


# ------------------------------------------------------------------ requests


def test_a_request_has_one_line_that_says_how_it_went_and_for_whom(as_: As, people, heard: Heard):
    assert as_("participant").get("/events/victoria-2007/record/?q=secret").status_code == 200
    (line,) = heard.of("request")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert re.fullmatch(r"[0-9a-f]{12}", line.pop("request"))
    assert 0 < line.pop("ms") < 60_000
    assert line == {
        "level": "info", "event": "request", "method": "GET", "route": "record", "status": 200,
        "person": str(people["participant"].pk),
    }  # fmt: skip


def test_a_visitor_has_no_id_and_nobody_is_looked_up_for_the_log(client: Client, victoria: Event, heard: Heard):
    client.get("/events/victoria-2007/record/")
    (line,) = heard.of("request")
    assert "person" not in line


def test_an_address_that_is_none_is_not_repeated(client: Client, db: None, heard: Heard):
    assert client.get("/events/canary-slug/canary/?canary=1").status_code == 404
    assert client.generic("CANARY", "/sign-in/").status_code == 405
    lines = heard.of("request")
    assert [(line["method"], line.get("route"), line["status"]) for line in lines] == [
        ("GET", None, 404), ("OTHER", "sign-in", 405),
    ]  # fmt: skip
    assert "canary" not in "".join(heard.lines).lower()


def test_the_health_address_is_no_news(client: Client, db: None, heard: Heard):
    assert client.get("/health/").status_code == 200
    assert [line["level"] for line in heard.of("request")] == ["debug"]


# ------------------------------------------------------------------ what fails


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception | type[Exception]], None]:
    """Make the front page fail in that way."""

    def breaks(problem: Exception | type[Exception]) -> None:
        def fail(*_arguments: Any, **_named: Any) -> None:
            who = CANARY  # a local value
            raise problem if isinstance(problem, Exception) else problem(who)

        monkeypatch.setattr("dialogue.events.views.visible_events", fail)

    return breaks


@pytest.mark.parametrize("problem", [ValueError, IntegrityError, DataError, KeyError, RuntimeError])
def test_a_failure_says_its_type_and_place_and_no_value(broken, db: None, heard: Heard, problem: type[Exception]):
    broken(problem)
    assert Client(raise_request_exception=False).get("/").status_code == 500
    line = next(line for line in heard.told if "exception" in line)
    (cause,) = line["exception"]
    assert cause["type"].endswith(f".{problem.__name__}")
    assert re.fullmatch(r"tests/test_logs\.py:\d+ fail", cause["at"][-1])
    assert any(re.fullmatch(r"dialogue/events/views\.py:\d+ \w+", place) for place in cause["at"])
    assert line["level"] == "error"
    assert [one["request"] for one in heard.of("request")] == [line["request"]]
    assert "Canary" not in "".join(heard.lines) and "treaty" not in "".join(heard.lines)


def test_what_a_database_says_of_a_row_stays_out(transactional_db: None, victoria: Event, heard: Heard):
    """There is something to leak: both databases name the values of the row that they refuse."""
    one = Contribution.objects.filter(event=victoria).first()
    assert one is not None
    try:
        Contribution.objects.create(
            event=victoria, session=one.session, item=one.item, key=one.key, kind=one.kind, text=CANARY
        )
    except IntegrityError as problem:
        leaks = connection.vendor == "postgresql"
        assert (one.key in str(problem)) is leaks
        logging.getLogger("django.request").error("It failed: %s", CANARY, exc_info=problem)
    line = heard.told[-1]
    assert [cause["code"] for cause in line["exception"] if "code" in cause] == [
        "23505" if connection.vendor == "postgresql" else "SQLITE_CONSTRAINT_UNIQUE"
    ]
    assert line["template"] == "It failed: %s"
    assert "Canary" not in heard.lines[-1] and f'"{one.key}"' not in heard.lines[-1]


def test_a_database_that_is_away_is_no_fault_and_is_tried_again(broken, db: None):
    broken(OperationalError(f"connection to {CANARY} failed"))
    answer = Client(raise_request_exception=False).get("/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert answer.json() == {
        "error": "The database does not answer at this moment. Wait a few seconds, then try again: the same words sent "
        "twice are kept once."
    }


# ------------------------------------------------------------------ lines


def record(message: Any, *arguments: Any, name: str = "library", problem: BaseException | None = None, **more: Any):
    information = (type(problem), problem, problem.__traceback__) if problem else None
    made = logging.LogRecord(
        name, logging.WARNING, "/somewhere/site-packages/lib/x.py", 7, message, arguments, information
    )
    vars(made).update(more)
    return made


@given(st.text(), st.text(min_size=1))
def test_what_a_library_says_is_cut_to_where_it_said_it(words: str, argument: str):
    assert {key: value for key, value in told(record(words)).items() if key != "time"} == {
        "level": "warning", "event": "library", "logger": "library", "at": "lib/x.py:7",
    }  # fmt: skip
    assert told(record("It said %r.", argument))["template"] == "It said %r."


@given(st.dictionaries(st.sampled_from(["route", "status", "why"]), st.text() | st.integers() | st.floats()))
def test_a_value_that_is_no_plain_name_is_left_out(fields: dict[str, Any]):
    line = told(record("request", name=OURS, fields=fields))
    assert json.loads(json.dumps(line, allow_nan=False)) == line
    for name, value in fields.items():
        assert line[name] in (value, str(value)) if PLAIN.fullmatch(str(value)) else line[name] in (value, "?")
        assert not isinstance(line[name], str) or PLAIN.fullmatch(line[name]) or line[name] == "?"


def test_causes_are_told_from_the_last_to_the_first():
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as cause:
            raise ValueError(CANARY) from cause
    except ValueError as problem:
        made = record("It failed: %s", CANARY, problem=problem)
    causes = told(made)["exception"]
    assert [cause["type"] for cause in causes] == ["builtins.ValueError", "builtins.KeyError"]
    assert "Canary" not in Lines().format(made) + Readable().format(made)
    assert "Canary" in logging.Formatter().format(made)  # Python's own would tell
    assert "\n" not in Lines().format(made)


def test_a_person_at_a_terminal_reads_a_sentence_rather_than_json():
    made = record("request", name=OURS, fields={"method": "GET", "status": 200})
    assert re.fullmatch(r"\d\d:\d\d:\d\d warning request method=GET status=200", Readable().format(made))


# ------------------------------------------------------------------ who reads it


def test_a_log_that_nobody_reads_holds_up_nobody():
    """A pipe that is full: the lines wait, then are dropped and counted, and whoever logs goes on."""
    code = """
import logging, sys, time
from dialogue import logs
logs.WAITING = 100
import django; django.setup()
logging.getLogger("roundtable").setLevel("INFO")
began = time.monotonic()
for n in range(5000):
    logs.tell("request", status=n)
print(time.monotonic() - began, flush=True)
sys.stdin.readline()
logs.tell("request", status=-1)
"""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "dialogue.settings", "LOG_LEVEL": "INFO"}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout and process.stdin
        assert in_time(float(process.stdout.readline()), 5)
        _out, err = process.communicate("\n", timeout=20)
    lines = [json.loads(line) for line in err.splitlines()]
    assert lines[0]["status"] == 0
    dropped = sum(line["lines"] for line in lines if line["event"] == "log-dropped")
    assert dropped > 0
    assert dropped + sum(line["event"] == "request" for line in lines) == 5001


def test_the_lines_come_in_order_and_the_last_one_before_the_end(monkeypatch: pytest.MonkeyPatch):
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    handler = Unhurried()
    handler.setFormatter(Lines())
    for n in range(500):
        handler.handle(record("request", name=OURS, fields={"status": n}))
    handler.flush()
    assert [json.loads(line)["status"] for line in written.getvalue().splitlines()] == list(range(500))
