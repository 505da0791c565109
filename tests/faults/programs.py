"""The programs of a run, from the outside: starting writers and readers, asking them, ending them."""

import contextlib
import json
import pathlib
import subprocess
import sys
import threading
from dataclasses import dataclass
from queue import Empty, Queue

from tests.clocks import deadline
from tests.faults.ledger import Progress

ROOT = pathlib.Path(__file__).parent.parent.parent


class Program:
    """A Python module run as a process, with lines in and lines out."""

    def __init__(self, module: str, plan: dict, folder: pathlib.Path, name: str) -> None:
        path = folder / f"{name}.json"
        path.write_text(json.dumps(plan))
        self.name, self.lines = name, Queue[str | None]()
        self.errors = folder / f"{name}.stderr"
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, str(path)],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line.strip())
        self.lines.put(None)

    def line(self, within: float) -> str:
        """Its next line. Fails with what it wrote to its error output."""
        with contextlib.suppress(Empty):
            if (said := self.lines.get(timeout=deadline(within))) is not None:
                return said
        raise AssertionError(f"{self.name}: no line within {within} s; {self.errors.read_text()[-3000:]}")

    def tell(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self) -> None:
        """Kill it, if it is still there."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


class Writers(Program):
    """`tests.faults.writers`, with its ledger."""

    def __init__(self, plan: dict, folder: pathlib.Path, name: str = "writers") -> None:
        self.ledger = folder / f"{name}.ledger"
        self.progress = Progress(self.ledger)
        super().__init__("tests.faults.writers", plan | {"ledger": str(self.ledger)}, folder, name)

    def begin(self) -> None:
        """Wait until all have signed in; then they speak."""
        assert self.line(120) == "signed in"

    def stop(self, within: float = 60) -> None:
        """No new words; what is under way is carried to its answer."""
        self.tell("stop")
        assert self.line(within) == "done"

    def finish(self, within: float) -> None:
        """Wait until everything has its answer."""
        assert self.line(within) == "done"


@dataclass
class Said:
    """What the readers were told, as `Readers.report` brings it home."""

    drawings: list[list]  # [stream, number, kind, statement, words]
    readers: list[dict]


class Readers(Program):
    """`tests.faults.readers`."""

    def __init__(self, plan: dict, folder: pathlib.Path, name: str = "readers") -> None:
        self.folder = folder
        super().__init__("tests.faults.readers", plan, folder, name)

    def ask(self, do: str, within: float = 30, **told) -> dict:
        """Give a command; its answer."""
        self.tell(json.dumps({"do": do, "within": within, **told}))
        return json.loads(self.line(within + 60))

    def all(self, do: str, within: float, **told) -> float:
        """Wait for all of them, and fail where one is missing; how long it took."""
        answer = self.ask(do, within, **told)
        if missing := answer["missing"]:
            [reader] = [one for one in self.report().readers if one["name"] == missing[0]]
            last = "\n".join(f"{at:.2f} {what} {detail}" for at, what, detail in reader["log"][-30:])
            raise AssertionError(f"{do}: {len(missing)} missing, {missing[0]} at {reader['seen']}:\n{last}")
        return answer["took"]

    def report(self) -> Said:
        """What each was told up to now."""
        path = self.folder / f"{self.name}.report"
        self.ask("report", path=str(path))
        return Said(**json.loads(path.read_text()))
