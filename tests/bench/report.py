"""How long a large record takes, beside what the tools below take alone. Prints two tables and which aims are met.

    python tests/bench/report.py [--small] [--times 3] [--postgres postgres://user:password@host/] [step or format …]

Each step runs in a process of its own, so that its peak of memory is its own; what is compared is done in turn, and
the medians are told. The database is a fresh one (of SQLite, or made on the server named) and is gone afterwards.
"""

import argparse
import contextlib
import importlib
import io
import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from typing import Any

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench import generate  # noqa: E402 - started as a file, it finds the project itself

STEPS = ["load", "dump", "count", "check", "compile", "compile under the Chatham House Rule"]
# Each format, and the function that starts the program which writes it.
FORMATS = {
    "docx": ("dialogue.report.pandoc", "run"),
    "odt": ("dialogue.report.pandoc", "run"),
    "epub": ("dialogue.report.pandoc", "run"),
    "jats": ("dialogue.report.pandoc", "run"),
    "md": ("dialogue.report.pandoc", "run"),
    "pdf": ("dialogue.report.typst", "_compile"),
    "html": None,
    "json": None,
}
MOST_MEMORY = 500  # MiB
Deed = Callable[[], Any]


# ------------------------------------------------------------------ measuring, in a process for each step


def in_turn(times: int, *deeds: Deed, before: Deed = lambda: None) -> list[list[float]]:
    """Seconds of each deed, once a round; `before` makes ready for each and is not counted."""
    return [[clocked(deed, before) for deed in deeds] for _ in range(times)]


def clocked(deed: Deed, before: Deed) -> float:
    before()
    start = time.perf_counter()
    deed()
    return time.perf_counter() - start


def medians(rounds: list[list[float]]) -> list[float]:
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def ratio(rounds: list[list[float]], *parts: int, to: int) -> float:
    """The median over the rounds of these columns' sum to another column."""
    return statistics.median(sum(one[part] for part in parts) / one[to] for one in rounds)


def peak(whose: int = resource.RUSAGE_SELF) -> float:
    """The most memory held at once until now, in MiB."""
    held = resource.getrusage(whose).ru_maxrss
    return held / 1024 if sys.platform != "darwin" else held / 1024**2


def queries(deed: Deed) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        deed()
    return len(asked)


def measure(step: str, path: pathlib.Path, times: int) -> dict[str, Any]:
    """One step's figures; for the first of them the database is made."""
    import django

    django.setup()
    from dialogue.events.models import Event

    if step == "load":
        return load(path, times)
    event = Event.objects.get()
    return written(step, event, times) if step in FORMATS else read(step, event, times)


def load(path: pathlib.Path, times: int) -> dict[str, Any]:
    """Reading, checking and loading, beside `json.load` and a bare `bulk_create` of the same rows, both into empty tables."""
    from django.core.management import call_command
    from django.db import transaction

    from dialogue.archive import format, load
    from dialogue.events.models import Event

    call_command("migrate", verbosity=0)

    def whole() -> None:
        load.load(format.read(path.read_bytes()))

    whole()
    held = peak()
    event = Event.objects.get()
    rows = load.Loading(event, {})
    rows.read(format.read(path.read_bytes()))

    def bare() -> None:
        with path.open() as file:
            json.load(file)
        with transaction.atomic():
            Event.objects.bulk_create([event])
            for model, some in rows.rows.items():
                model._default_manager.bulk_create(some)

    rounds = in_turn(times, bare, whole, before=lambda: call_command("flush", interactive=False, verbosity=0))
    alone, took = medians(rounds)
    told = "json.load and bare bulk_create"
    return {"seconds": took, "against": told, "alone": alone, "ratio": ratio(rounds, 1, to=0), "own": held}


def read(step: str, event: Any, times: int) -> dict[str, Any]:
    from django.core.management import call_command

    from dialogue.archive import dump, format
    from dialogue.positions.agreement import agreement
    from dialogue.report.compile import compile

    def check() -> None:
        with contextlib.suppress(SystemExit):
            call_command("check_record", event.slug, stdout=io.StringIO())

    deed = {
        "dump": lambda: format.canonical(dump.dump(event)),
        "count": lambda: agreement(event).holdings,
        "check": check,
        "compile": lambda: compile(event),
        "compile under the Chatham House Rule": lambda: compile(event, regime="chatham_house"),
    }[step]
    asked = queries(deed)
    (took,) = medians(in_turn(times, deed))
    return {"seconds": took, "queries": asked, "own": peak()}


def written(name: str, event: Any, times: int) -> dict[str, Any]:
    """Compiling, writing one format, and the program that writes it alone on what it was handed."""
    from dialogue.report import formats
    from dialogue.report.compile import compile

    made = compile(event)
    write, program = partial(formats.write, made, name), FORMATS[name]
    alone = [handed(*program, write)] if program else []
    size = len(write())
    rounds = in_turn(times, lambda: compile(event), write, *alone)
    took = medians(rounds)
    figures = {"compile": took[0], "write": took[1], "own": peak(), "size": size}
    if alone:
        figures |= {"alone": took[2], "program": peak(resource.RUSAGE_CHILDREN)}
        figures |= {"write/alone": ratio(rounds, 1, to=2), "compile/alone": ratio(rounds, 0, to=2)}
        figures |= {"all/alone": ratio(rounds, 0, 1, to=2)}
    return figures


def handed(module: str, name: str, write: Deed) -> Deed:
    """The program's run with what the writer hands to it, caught while it writes once."""
    home = importlib.import_module(module)
    run, caught = getattr(home, name), []

    def catch(*arguments: Any) -> Any:
        caught.append(arguments)
        return run(*arguments)

    setattr(home, name, catch)
    write()
    setattr(home, name, run)
    return lambda: run(*caught[0])


# ------------------------------------------------------------------ the whole run, and what it prints


@contextlib.contextmanager
def database(server: str | None, room: str) -> Iterator[str]:
    """The address of an empty database that is gone afterwards."""
    if server is None:
        yield f"sqlite:///{room}/bench.sqlite3"
        return
    import psycopg

    name = f"bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server.rstrip('/').rpartition('/')[0] if server.count('/') > 2 else server}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def figures(steps: list[str], sizes: dict[str, int], times: int, server: str | None) -> dict[str, dict[str, Any]]:
    """Step -> its figures. Each step is this file once more, with its own place to write."""
    with tempfile.TemporaryDirectory(prefix="bench-") as room, database(server, room) as url:
        record = pathlib.Path(room, "record.json")
        record.write_text(generate.canonical(generate.generate(**sizes)), encoding="utf-8")
        surroundings = os.environ | {
            "DATABASE_URL": url, "DIALOGUE_HOME": room, "DJANGO_SETTINGS_MODULE": "dialogue.settings",
        }  # fmt: skip
        found = {}
        for step in steps:
            print(f"{step} …", file=sys.stderr, flush=True)
            command = [sys.executable, __file__, "--times", str(times), "--step", str(record), step]
            done = subprocess.run(command, env=surroundings, stdout=subprocess.PIPE, text=True, check=True)
            found[step] = json.loads(done.stdout)
        return found


def machine() -> str:
    cpus = pathlib.Path("/proc/cpuinfo")
    lines = cpus.read_text().splitlines() if cpus.exists() else []
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())
    tools = ", ".join(f"{tool} {version(tool)}" for tool in ("django", "pypandoc_binary", "typst"))
    return f"{os.cpu_count()} × {model.strip()}, {platform.system()}; Python {platform.python_version()}, {tools}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown, its columns aligned for the eye too."""
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


def number(figures: dict[str, Any], name: str, form: str = ".2f") -> str:
    return format(figures[name], form) if name in figures else ""


def steps_table(found: dict[str, dict[str, Any]]) -> str:
    head = ["step", "seconds", "alone", "ratio", "queries", "MiB"]
    rows = [
        [step, number(one, "seconds"), number(one, "alone"), number(one, "ratio"), number(one, "queries", "d"), number(one, "own", ".0f")]
        for step, one in found.items() if step in STEPS
    ]  # fmt: skip
    return table(head, rows)


def formats_table(found: dict[str, dict[str, Any]]) -> str:
    head = [
        "format",
        "write",
        "alone",
        "write/alone",
        "(compile+write)/alone",
        "compile/alone",
        "MiB",
        "program's MiB",
        "KiB",
    ]
    rows = [
        [
            step, number(one, "write"), number(one, "alone"), number(one, "write/alone"), number(one, "all/alone"),
            number(one, "compile/alone"), number(one, "own", ".0f"), number(one, "program", ".0f"), f"{one['size'] / 1024:.0f}",
        ]
        for step, one in found.items() if step in FORMATS
    ]  # fmt: skip
    return table(head, rows)


def aims(found: dict[str, dict[str, Any]]) -> list[tuple[str, bool]]:
    """(what is aimed at, with the figure found; whether it is met)."""
    by_program = {step: one for step, one in found.items() if "compile/alone" in one}
    slowest, compiling = max(
        ((step, one["compile/alone"]) for step, one in by_program.items()), key=lambda pair: pair[1]
    )
    hungry, memory = max(
        ((step, max(one["own"], one.get("program", 0))) for step, one in found.items()), key=lambda pair: pair[1]
    )
    loading, word, asked = found["load"]["ratio"], found["docx"]["write/alone"], found["count"]["queries"]
    return [
        (f"loading takes less than 10 × json.load and bulk_create: {loading:.2f} ×", loading < 10),
        (f"compiling takes less than any writer alone: at most {compiling:.2f} × ({slowest})", compiling < 1),
        (f"Word takes at most 1.3 × pandoc alone: {word:.2f} ×", word <= 1.3),
        (f"memory stays below {MOST_MEMORY} MiB: at most {memory:.0f} MiB ({hungry})", memory < MOST_MEMORY),
        (f"the count takes one or two queries, not thousands: {asked}", asked <= 2),
    ]


def main() -> None:
    asking = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asking.add_argument("--small", action="store_true", help="a record of a few pages, for a quick look")
    asking.add_argument("--times", type=int, default=3, help="rounds of each step; the medians are told")
    asking.add_argument("--postgres", metavar="URL", help="a server on which a database may be made and dropped")
    asking.add_argument("--step", metavar="RECORD", help=argparse.SUPPRESS)  # in a process of its own
    asking.add_argument("steps", nargs="*", help="only these; loading comes first in any case")
    asked = asking.parse_args()
    if asked.step:
        (step,), path = asked.steps, asked.step
        json.dump(measure(step, pathlib.Path(path), asked.times), sys.stdout)
        return
    sizes = generate.SMALL if asked.small else generate.FULL
    steps = [step for step in [*STEPS, *FORMATS] if step == "load" or not asked.steps or step in asked.steps]
    found = figures(steps, sizes, asked.times, asked.postgres)
    print(
        ", ".join(f"{size:,} {name}" for name, size in sizes.items()),
        f"on {'PostgreSQL' if asked.postgres else 'SQLite'}",
    )
    print(machine(), end="\n\n")
    print(steps_table(found), formats_table(found), sep="\n\n", end="\n\n")
    for aim, is_met in aims(found) if {"count", "docx"} <= found.keys() else ():
        print(f"{'met   ' if is_met else 'MISSED'}  {aim}")


if __name__ == "__main__":
    main()
