"""The ledger: what was meant and what was answered, written down outside the server before and after it happened.

A file that is only ever added to, one JSON object a line, on disk before the next step is taken. Whatever the server
or its database does, here is what a person was promised.
"""

import json
import os
import pathlib
import time
from dataclasses import dataclass, field


class Ledger:
    """Where a load program writes. Times are of this machine's monotonic clock: other processes have the same."""

    def __init__(self, path: pathlib.Path | str) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def intend(self, writer: str, key: str, words: str) -> None:
        """On disk before the words are sent for the first time."""
        self.put(what="intent", writer=writer, key=key, words=words)

    def sent(self, key: str) -> None:
        """The words go out, once more perhaps. What a crash leaves unsaid here harms no verdict: no need to wait."""
        self.put(durably=False, what="sent", key=key)

    def trouble(self, key: str, why: str) -> None:
        """No answer, or one that says: again."""
        self.put(durably=False, what="trouble", key=key, why=why)

    def answered(self, key: str, status: int, saved: str, took: float) -> None:
        """On disk before the writer believes that its words are saved. `took`: seconds of the last request."""
        self.put(what="answer", key=key, status=status, saved=saved, took=round(took, 4))

    def put(self, durably: bool = True, **told: object) -> None:
        line = json.dumps({"at": round(time.monotonic(), 6), **told}, ensure_ascii=False) + "\n"
        os.write(self.file, line.encode())
        if durably:
            os.fsync(self.file)


@dataclass
class Promise:
    """One intent and what became of it. `first`: when it was first sent; `answers`: (when, status, saved id, took)."""

    writer: str
    key: str
    words: str
    first: float = 0.0
    sends: int = 0
    answers: list[tuple[float, int, str, float]] = field(default_factory=list)
    troubles: list[tuple[float, str]] = field(default_factory=list)

    @property
    def saved(self) -> set[str]:
        """The ids that the server named in its acknowledgements: one, if all is well."""
        return {saved for _at, status, saved, _took in self.answers if status < 300}

    @property
    def kept_at(self) -> float | None:
        """When it was first acknowledged."""
        return min((at for at, status, _saved, _took in self.answers if status < 300), default=None)


def read(path: pathlib.Path | str) -> dict[str, Promise]:
    """{key: promise}, in the order in which they were meant."""
    promises: dict[str, Promise] = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            what, key, at = told["what"], told["key"], told["at"]
            if what == "intent":
                promises[key] = Promise(told["writer"], key, told["words"], first=at)
            elif what == "sent":
                promises[key].sends += 1
                promises[key].first = at if promises[key].sends == 1 else promises[key].first
            elif what == "trouble":
                promises[key].troubles.append((at, told["why"]))
            else:
                promises[key].answers.append((at, told["status"], told["saved"], told["took"]))
    return promises


class Progress:
    """Counts the answers in a ledger that another process is writing."""

    def __init__(self, path: pathlib.Path | str) -> None:
        self.path, self.place, self.answers, self.rest = path, 0, 0, b""

    def count(self) -> int:
        """How many answers there are by now."""
        try:
            with open(self.path, "rb") as file:
                file.seek(self.place)
                new = file.read()
        except FileNotFoundError:
            return 0
        self.place += len(new)
        *whole, self.rest = (self.rest + new).split(b"\n")
        self.answers += sum(b'"what": "answer"' in line for line in whole)
        return self.answers
