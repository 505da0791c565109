"""Runs everything: lint, types, the suite on SQLite, what rests on the database on PostgreSQL too, the browser's part, and
the short fault tests; with --long all that is longer. Says what was skipped, why, and how long each part took.

`manage.py test` calls this with the Python of .venv. Which test is in which part: docs/testing.md.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import os
import pathlib
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree

import psycopg

ROOT = pathlib.Path(__file__).resolve().parent.parent
STAGES = ["lint", "types", "tests"]
NOTHING_COLLECTED = 5  # pytest's exit code
# The database need not exist: Django asks `postgres` to make a test database, here one of this run's own.
POSTGRES = [
    f"postgres://{place}/roundtable_{os.getpid()}"
    for place in ("postgres@127.0.0.1:5432", "%2Fvar%2Frun%2Fpostgresql", "%2Ftmp")
]


@dataclasses.dataclass
class Outcome:
    """How one stage went: tests by result, those left out by reason, and a note where there is nothing to count."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    note: str = ""
    took: float = 0  # seconds

    def __str__(self):
        counts = [f"{self.passed} passed"] * bool(self.passed) + [f"{self.failed} failed"] * bool(self.failed)
        took = [f"{self.took / 60:.1f} min"] * (self.took >= 6)
        note = self.note or ", ".join(counts + took)
        return f"{self.name} ({note})" if note else self.name


def main(arguments):
    """Run the stages that were asked for, then report. Returns the exit code: 0 only when all that ran passed."""
    options, for_pytest = parsed(arguments)
    outcomes, missing = [], []
    if "lint" in options.only:
        outcomes.append(checked("lint", "ruff", "check", "."))
    if "types" in options.only:
        outcomes.append(checked("types", "mypy", "dialogue", "forum"))
    if "tests" in options.only:
        more, missing = tested(for_pytest, options.long)
        outcomes += more
    lines, code = report(outcomes, missing, options.require_all)
    print("", *lines, sep="\n", flush=True)
    return code


def parsed(arguments):
    end = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(prog="manage.py test", description=__doc__, epilog="What follows -- is pytest's.")
    parser.add_argument("--require-all", action="store_true", help="a missing tool or a skipped test is a failure")
    parser.add_argument("--only", action="append", choices=STAGES, help="run this part alone; may be repeated")
    parser.add_argument("--long", action="store_true", help="the long forms too, and everything on PostgreSQL (hours)")
    parser.add_argument("--faults", action="store_true", help="what --long was called before")
    options = parser.parse_args(arguments[:end])
    if options.faults:
        print("--faults is now called --long, and runs all long forms.", flush=True)
        options.long = True
    options.only = options.only or STAGES
    return options, arguments[end + 1 :]


def checked(name, *command):
    """Run a tool that passes or fails as a whole."""
    failed = ran(name, command, environment()) != 0
    return Outcome(name, failed=int(failed), note="failed" if failed else "")


SHORT = "not browser and not faults_short and not faults and not long"
WAITING = {"browser", "faults"}  # they wait more than they work, so the short form has them run beside the others
APART = ["-n2", "--dist", "loadgroup"]  # two processes; what shares a walk stays together (`xdist_group`)


def tested(for_pytest, long):
    """Run pytest once for each setting. Returns the outcomes, and a sentence for each part that has no tool."""
    missing = []
    tools = environment()
    for variable, path, sentence in programs():
        if path:
            tools[variable] = path
        else:
            missing.append(sentence)
    postgres, why_not = postgres_url()
    if not postgres:
        missing.append(f"unit on PostgreSQL: {why_not}")
    if long:
        tools |= {"WATCH_CLOCKS": "1", "HYPOTHESIS_EXAMPLES": "1000", "WHOLE": "1"}
    chosen = list(parts("SOFFICE" in tools, postgres, "CHROMIUM" in tools, long))
    waiting = [] if long else [part for part in chosen if part[0] in WAITING]

    def run(some, out=None):
        return [
            suite(name, markers, tools | more, [*how, *for_pytest], out, may_be_empty=bool(for_pytest) or name == "browser")
            for name, markers, more, how in some
        ]

    with tempfile.TemporaryFile("w+") as said, concurrent.futures.ThreadPoolExecutor(1) as beside:
        later = beside.submit(run, waiting, said)
        outcomes = run([part for part in chosen if part not in waiting])
        outcomes += later.result()
        said.seek(0)
        print(said.read(), flush=True)
    if not redis_answers():
        missing.append("Redis: no answer (nothing uses it yet; start redis-server, or set REDIS_URL)")
    return outcomes, missing


def parts(has_office, postgres, has_chromium, long):
    """(name, markers, environment, how pytest is run) of each part that can be run here."""
    office = "" if has_office else " and not office"
    yield "unit on SQLite", f"{SHORT} and not postgres{office}", {}, APART
    if long:
        yield "long forms on SQLite", f"long and not postgres{office}", {}, APART
    if postgres:
        on_postgres = {"DATABASE_URL": postgres}
        if long:
            everything = "not browser and not faults_short and not faults and not sqlite"
            yield "everything on PostgreSQL", f"(long or not long) and {everything}{office}", on_postgres, APART
        else:
            yield "unit on PostgreSQL", f"{SHORT} and (both or postgres) and not sqlite{office}", on_postgres, APART
    if has_chromium:  # each process has a browser of its own: a second Playwright in a process does not start
        yield "browser", "browser" if long else "browser and not long", {}, APART
    # They freeze and kill servers of their own, on both databases; one after another where clocks are watched.
    yield "faults", "faults_short", {}, [] if long else APART
    if long:
        yield "faults, long forms", "faults", {}, ["-s"]


def programs():
    """(environment variable, path or None, sentence for when it is missing) of each program that tests use."""
    given = os.environ.get("CHROMIUM")
    chromium = found(given) if given else found("chromium", "chromium-browser", "google-chrome")
    yield "CHROMIUM", chromium, "browser tests: no Chromium found (install chromium, or set CHROMIUM=/path)"
    yield "SOFFICE", found("soffice", "libreoffice"), "office tests: no LibreOffice found (install libreoffice-writer)"
    yield "PDFTOPPM", found("pdftoppm"), "pictures of PDF pages: no pdftoppm found (install poppler-utils)"


def found(*names):
    return next(filter(None, map(shutil.which, names)), None)


def environment():
    """What the stages inherit: no database of the developer's own, and caches where one may write."""
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if home := os.environ.get("DIALOGUE_HOME"):
        caches = pathlib.Path(home).absolute()
        inherited |= {"RUFF_CACHE_DIR": f"{caches}/.ruff_cache", "MYPY_CACHE_DIR": f"{caches}/.mypy_cache"}
        inherited["PYTEST_ADDOPTS"] = f"-o cache_dir={caches}/.pytest_cache"
    return inherited


def postgres_url():
    """(url, None) of a server where we may make databases, or (None, why there is none)."""
    given = os.environ.get("TEST_POSTGRES_URL")
    for url in [given] if given else POSTGRES:
        server = urllib.parse.urlsplit(url)._replace(path="/postgres").geturl()
        try:
            with psycopg.connect(server, connect_timeout=3) as connection:
                may = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                if connection.execute(may).fetchone() == (True,):
                    return url, None
        except psycopg.Error:
            continue
    return None, "no PostgreSQL that lets us make databases (start one, or set TEST_POSTGRES_URL=postgres://...)"


def redis_answers():
    place = urllib.parse.urlsplit(os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379")
    try:
        with socket.create_connection((place.hostname or "127.0.0.1", place.port or 6379), timeout=3) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False


def suite(name, markers, environ, arguments, out=None, *, may_be_empty):
    """Run pytest on the tests that the marker expression selects, and count them. `out`: the file that it speaks to."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, "junit.xml")
        code = ran(name, ["pytest", "-rs", f"--junitxml={path}", "-m", markers, *arguments], environ, out)
        outcome = counted(name, path.read_text()) if path.exists() else Outcome(name)
    outcome.took = time.monotonic() - began
    if code == NOTHING_COLLECTED:
        outcome.note = "no tests"
    if code and not (code == NOTHING_COLLECTED and may_be_empty):
        outcome.failed = outcome.failed or 1  # 1: pytest itself broke, or found nothing
    return outcome


def counted(name, junit):
    """Count a JUnit report; a test that is expected to fail counts as passed."""
    outcome = Outcome(name)
    for case in ElementTree.fromstring(junit).iter("testcase"):
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failed += 1
        elif skipped is not None and skipped.get("type") != "pytest.xfail":
            outcome.skipped[skipped.get("message", "")] += 1
        else:
            outcome.passed += 1
    return outcome


def ran(name, command, environ, out=None):
    print(f"\n== {name}: {shlex.join(command)}", file=out, flush=True)
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=environ, stdout=out, stderr=out and subprocess.STDOUT
    ).returncode


def report(outcomes, missing, require_all):
    """The last lines to print and the exit code, from the outcomes and the sentences about what is missing."""
    passed, failed = sum(each.passed for each in outcomes), sum(each.failed for each in outcomes)
    skips = [f"{each.name}: {count} x {why}" for each in outcomes for why, count in each.skipped.items()]
    skipped = len(missing) + sum(each.skipped.total() for each in outcomes)
    lines = ["ran: " + ", ".join(map(str, outcomes))]
    lines += [f"skipped: {sentence}" for sentence in missing + skips]
    if require_all and skipped:
        lines.append("--require-all: nothing may be missing or skipped, so this run fails.")
    nothing_ran = all(each.note == "no tests" for each in outcomes)
    if nothing_ran:
        lines.append("No test was selected, so this run fails.")
    lines.append(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return lines, int(bool(failed or nothing_ran or (require_all and skipped)))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
