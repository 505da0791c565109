"""The verdict: what was promised, what is kept and what was seen, held against one another.

Each finding is a sentence; none is the only good verdict. It knows nothing of how the product works.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.faults import page
from tests.faults.kept import Kept
from tests.faults.ledger import Promise
from tests.faults.programs import Said

MADE = "contribution-made"


def judge(promises: dict[str, Promise], kept: Kept, said: Said | None = None, audience: str = "table") -> list[str]:
    """Everything that is wrong, as sentences."""
    found = [*of_record(promises, kept), *of_order(promises, kept, audience)]
    if said:
        found += of_readers(promises, kept, said, audience)
    return found


def of_record(promises: dict[str, Promise], kept: Kept) -> Iterator[str]:
    """Lost, doubled, changed, never meant, never answered."""
    by_words: dict[str, list[str]] = defaultdict(list)
    for one, (words, _who) in kept.contributions.items():
        by_words[page.plain(words)].append(one)
    meant = set()
    for promise in promises.values():
        places = by_words.get(page.plain(promise.words), [])
        meant.update(places)
        yield from of_promise(promise, places, kept)
    for stray in kept.contributions.keys() - meant:
        yield f"never meant: {stray} says {kept.contributions[stray][0][:60]!r}"


def of_promise(promise: Promise, places: list[str], kept: Kept) -> Iterator[str]:
    """One intent against the record."""
    name = f"{promise.words[:9]} ({promise.key})"
    refused = [status for _at, status, _saved, _took in promise.answers if status >= 300]
    if refused:
        yield f"refused: {name} with {refused}"
    if not promise.answers:
        yield f"unanswered: {name} after {promise.sends} tries"
    if len(promise.saved) > 1:
        yield f"two answers: {name} is {sorted(promise.saved)}"
    if len(places) > 1:
        yield f"doubled: {name} stands {len(places)} times"
    for saved in promise.saved:
        if saved not in kept.contributions:
            yield f"lost: {name} was acknowledged as {saved}"
        elif kept.contributions[saved][0] != promise.words:
            yield f"changed: {name} now says {kept.contributions[saved][0][:60]!r}"
        elif kept.contributions[saved][1] != promise.writer:
            yield f"somebody else's: {name} is {kept.contributions[saved][1]}'s"


def of_order(promises: dict[str, Promise], kept: Kept, audience: str) -> Iterator[str]:
    """The streams are counted without a gap, once for each statement, and what was answered before it was meant comes first."""
    for name, entries in kept.entries.items():
        if [number for number, _kind, _subject in entries] != list(range(1, len(entries) + 1)):
            yield f"a gap in the record: {name}"
        if kept.heads[name] != len(entries):
            yield f"a wrong head: {name} has {len(entries)} entries and says {kept.heads[name]}"
        for subject, times in Counter(subject for _number, kind, subject in entries if kind == MADE).items():
            if times > 1:
                yield f"entered {times} times: {subject} in {name}"
    by_id = {saved: promise for promise in promises.values() for saved in promise.saved}
    made = [subject for _number, kind, subject in kept.entries.get(audience, []) if kind == MADE]
    for missing in by_id.keys() - set(made):
        yield f"never entered: {missing}"
    latest = 0.0  # when the latest of those before was sent
    for promise in (by_id[subject] for subject in made if subject in by_id):
        if promise.kept_at is not None and promise.kept_at < latest:
            yield f"reordered: {promise.words[:9]} was answered before one that precedes it was sent"
        latest = max(latest, promise.first)


def of_readers(promises: dict[str, Promise], kept: Kept, said: Said, audience: str) -> Iterator[str]:
    """Each saw what the record says, in its order, number after number, with the words that were meant."""
    stream = next((one for one, name in kept.streams.items() if name == audience), None)
    if stream is None:  # nothing was ever entered: whatever was promised is told to be lost
        return
    record = {number: (kind, subject) for number, kind, subject in kept.entries[audience]}
    words = {saved: page.plain(promise.words) for promise in promises.values() for saved in promise.saved}
    wrong = {
        index: list(of_drawing(drawing, record, words))
        for index, drawing in enumerate(said.drawings)
        if drawing[0] == stream
    }
    for reader in said.readers:
        seen = reader["streams"].get(stream, [])
        for index in seen:
            yield from (f"seen otherwise: {reader['name']} saw {finding}" for finding in wrong[index])
        yield from of_sequence(reader, stream, [said.drawings[index][1] for index in seen], len(record))
        for statement, promised in words.items():
            if reader["words"].get(statement, promised) != promised:
                yield f"other words on the page: {reader['name']} shows {statement}"


def of_drawing(drawing: list, record: dict, words: dict[str, str]) -> Iterator[str]:
    """One entry as it was drawn, against the record and what was meant."""
    _stream, number, kind, statement, drawn = drawing
    if number not in record:
        yield f"an entry that is not there: {number}"
    elif record[number][0] != kind:
        yield f"number {number} as {kind}: the record says {record[number][0]}"
    elif kind == MADE and record[number][1] != statement:
        yield f"number {number} about {statement}: the record says {record[number][1]}"
    elif kind == MADE and words.get(statement, drawn) != drawn:
        yield f"number {number} with other words: {drawn[:60]!r}"


def of_sequence(reader: dict, stream: str, numbers: list[int], last: int) -> Iterator[str]:
    """The numbers that one reader applied: each one more than the one before, but where the page was fetched anew."""
    fetched = [detail[1] for _at, what, detail in reader["log"] if what == "fetched" and detail[0] == stream]
    begins = set(fetched)
    stands = fetched[0] if fetched else 0
    for number in numbers:
        if number != stands + 1 and number - 1 not in begins:
            yield f"out of order: {reader['name']} was told {number} after {stands}"
        stands = number
    if reader["seen"].get(stream, {"n": 0})["n"] != last:
        yield f"not caught up: {reader['name']} stands at {reader['seen'].get(stream)} of {last}"


@dataclass
class Figures:
    """A run in numbers, for the reader of its output."""

    promises: int
    troubles: int
    resent: int
    drawn: int
    opened: int
    gaps: int
    resets: int

    def __str__(self) -> str:
        return (
            f"{self.promises} contributions, {self.resent} of them sent more than once ({self.troubles} requests without "
            f"an answer to believe); {self.drawn} entries applied over {self.opened} connections, {self.gaps} gaps "
            f"noticed, {self.resets} parts fetched again"
        )


def figures(promises: dict[str, Promise], said: Said) -> Figures:
    """Count."""
    logged = Counter(what for reader in said.readers for _at, what, _detail in reader["log"])
    return Figures(
        promises=len(promises),
        troubles=sum(len(promise.troubles) for promise in promises.values()),
        resent=sum(promise.sends > 1 for promise in promises.values()),
        drawn=sum(len(seen) for reader in said.readers for seen in reader["streams"].values()),
        opened=logged["welcome"],
        gaps=logged["gap"],
        resets=logged["reset"],
    )


def latencies(promises: dict[str, Promise], said: Said, since: float = 0, until: float = 1e18) -> list[float]:
    """Seconds from an acknowledgement to its drawing on each page, of what was acknowledged in that time."""
    kept_at = {saved: promise.kept_at for promise in promises.values() for saved in promise.saved}
    drawings = {index: drawing[3] for index, drawing in enumerate(said.drawings) if drawing[2] == MADE}
    found = []
    for reader in said.readers:
        for stream, seen in reader["streams"].items():
            for index, at in zip(seen, reader["times"][stream], strict=True):
                acknowledged = kept_at.get(drawings.get(index, ""))
                if acknowledged is not None and since <= acknowledged <= until:
                    found.append(max(0.0, at - acknowledged))
    return found


def kinds(findings: list[str]) -> set[str]:
    """The findings without their particulars: "lost", "doubled", …"""
    return {finding.split(":")[0] for finding in findings}
