"""The log: one line of JSON for each request and each event of a socket, to stderr.

Never in it: words, names, addresses of mail, tokens, and the path of an address, which may hold any of these. So what
libraries say is cut to where they said it, and an exception to its types and places: messages hold values.
"""

import atexit
import contextvars
import json
import logging
import math
import pathlib
import queue
import re
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from dialogue.health import ADDRESS

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = "roundtable"
PLAIN = re.compile(r"[\w.:/-]{1,80}", re.ASCII)  # what a value that is text may be: never a sentence
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}
WAITING = 10_000  # lines that wait for whoever reads the log; more are dropped, and counted
Value = str | int | float | None

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")


def tell(event: str, level: int = logging.INFO, **fields: Value) -> None:
    """Log an event of ours with its fields: numbers, ids and names out of the code, never what anybody wrote."""
    logging.getLogger(OURS).log(level, event, extra={"fields": fields})


class RequestLog:
    """Middleware, before all others: one line for each request."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then say how it went."""
        began, number = time.monotonic(), request_id.set(secrets.token_hex(6))
        try:
            response = self.answer(request)
            route = route_of(request)
            level = logging.DEBUG if route == "health" else logging.INFO
            tell(
                "request", level, method=request.method if request.method in METHODS else "OTHER", route=route,
                status=response.status_code, ms=round((time.monotonic() - began) * 1000, 1),
                waited=waited(request), person=person(request),
            )  # fmt: skip
            return response
        finally:
            request_id.reset(number)


def route_of(request: HttpRequest) -> str | None:
    """The name of the address in the URL conf; None where there is none."""
    if match := request.resolver_match:
        return match.view_name
    if request.path_info == ADDRESS:
        return "health"
    return "static" if request.path_info.startswith(settings.STATIC_URL) else None


def waited(request: HttpRequest) -> float | None:
    """The milliseconds that a request stood in line, if any."""
    return round(getattr(request, "scope", {}).get("waited", 0) * 1000, 1) or None


def person(request: HttpRequest) -> str | None:
    """The id of who is signed in, where the request had to know: nobody is looked up for the log."""
    known = getattr(request, "_cached_user", None)
    return str(known.pk) if known is not None and known.is_authenticated else None


# ------------------------------------------------------------------ lines


class Lines(logging.Formatter):
    """A record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Django’s own."""
        return json.dumps(told(record))


class Readable(logging.Formatter):
    """A record as a line for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Django’s own."""
        line = told(record)
        rest = " ".join(f"{name}={value}" for name, value in line.items() if name not in ("time", "level", "event"))
        return f"{line['time'][11:19]} {line['level']:7} {line['event']} {rest}".rstrip()


def told(record: logging.LogRecord) -> dict[str, Any]:
    """What may be said of a record."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    line: dict[str, Any] = {"time": f"{moment}.{int(record.msecs):03}Z", "level": record.levelname.lower()}
    if record.name == OURS:
        line |= {"event": record.msg, **{name: plain(value) for name, value in fields(record) if value is not None}}
    else:
        line |= {"event": "library", "logger": record.name, "at": place(record.pathname, record.lineno)}
        if record.args and isinstance(record.msg, str):  # a template; without arguments it may be anything
            line["template"] = record.msg
    if number := request_id.get():
        line["request"] = number
    if record.exc_info and record.exc_info[1]:
        line["exception"] = list(causes(record.exc_info[1]))
    return line


def fields(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    """The fields of an event of ours."""
    yield from getattr(record, "fields", {}).items()


def plain(value: Any) -> Value:
    """A value as it may stand in the log: text that is not plainly an id or a name of the code is left out."""
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value) if PLAIN.fullmatch(str(value)) else "?"


def causes(problem: BaseException) -> Iterator[dict[str, Any]]:
    """An exception and what it came from: type, the database's code, and where; never the message."""
    seen: set[int] = set()
    cause: BaseException | None = problem
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        one: dict[str, Any] = {"type": f"{type(cause).__module__}.{type(cause).__qualname__}"}
        if code := getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None):
            one["code"] = plain(code)
        yield {**one, "at": places(cause.__traceback__)}
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def places(trace: TracebackType | None) -> list[str]:
    """The frames of a traceback, the innermost last; no source, no values."""
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{place(code.co_filename, trace.tb_lineno)} {code.co_name}")
        trace = trace.tb_next
    return found[-30:]


def place(path: str, line: int) -> str:
    """A file and line, without where on the machine that lies."""
    short = re.sub(r"^.*[/\\](site-packages|lib[/\\]python3\.\d+)[/\\]", "", path).removeprefix(f"{ROOT}/")
    return f"{short}:{line}"


class Unhurried(logging.Handler):
    """Writes to stderr from a thread of its own: a log that nobody reads must not hold up the table."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: queue.Queue[str] = queue.Queue(WAITING)
        self.dropped = 0
        self.writer: threading.Thread | None = None
        atexit.register(self.flush)

    def emit(self, record: logging.LogRecord) -> None:
        """Put a line in the queue; never waits."""
        if self.writer is None:  # under the handler's lock
            self.writer = threading.Thread(target=self.write, name="log", daemon=True)
            self.writer.start()
        try:
            self.lines.put_nowait(self.format(record))
        except queue.Full:
            self.dropped += 1

    def write(self) -> None:
        """Write line after line."""
        while True:
            line = self.lines.get()
            if dropped := self.dropped:
                self.dropped -= dropped
                line += "\n" + self.format(logging.makeLogRecord(lost(dropped)))
            try:
                sys.stderr.write(line + "\n")
                sys.stderr.flush()
            except (OSError, ValueError):
                pass  # stderr is closed: there is nobody to tell
            self.lines.task_done()

    def flush(self) -> None:
        """Wait up to a second until what is in the queue is written."""
        until = time.monotonic() + 1
        while self.lines.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.005)


def lost(lines: int) -> dict[str, Any]:
    """The record that says how many lines were dropped."""
    return {"name": OURS, "msg": "log-dropped", "levelname": "WARNING", "fields": {"lines": lines}}


def watch_threads() -> None:
    """Log what ends a thread, where Python would print its message."""

    def ended(told: threading.ExceptHookArgs) -> None:
        problem = told.exc_value
        if problem is not None and not isinstance(problem, SystemExit):
            information = (type(problem), problem, problem.__traceback__)
            logging.getLogger(OURS).error("thread-ended", exc_info=information)

    threading.excepthook = ended
