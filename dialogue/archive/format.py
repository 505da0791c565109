"""The record format `dialogue-record/1`: its shape in canonical order, and the rules that shapes cannot tell."""

import codecs
import datetime
import json
import re
import zoneinfo
from collections.abc import Iterable, Iterator
from typing import Any

from dialogue.archive.shape import Error, Nullable, Plain, find, find_text, one_of, shape_errors
from dialogue.discussion.models import Attribution, ContributionKind, RelationKind
from dialogue.events.models import STRICTNESS, ItemKind, Regime, Role, SessionAccess, SessionKind
from dialogue.people.models import Language
from dialogue.positions.models import CallKind, CountKind, Level, StanceKind
from dialogue.rapporteur.marks import MARKS
from dialogue.rapporteur.models import FootnoteKind, Origin

FORMAT = "dialogue-record/1"
LARGEST = 64 * 1024 * 1024  # bytes


class Unreadable(Exception):
    """The file is no record of this format at all: one sentence says why."""


def is_iso(kind: Any, text: Any) -> bool:
    """Whether `kind` (date or datetime) reads this as ISO 8601."""
    try:
        return bool(kind.fromisoformat(text))
    except (TypeError, ValueError):
        return False


def is_text(value: Any) -> bool:
    """Whether it is a string that every database and file can hold."""
    return isinstance(value, str) and not re.search("[\0\ud800-\udfff]", value)


ZONES = zoneinfo.available_timezones()
TEXT = Plain("a string of Unicode characters, without NUL", is_text)
WORDS = Plain("a string with words", lambda value: is_text(value) and bool(value.strip()))
ID = Plain(
    "an id ([a-z0-9-]{1,64})", lambda value: isinstance(value, str) and bool(re.fullmatch("[a-z0-9-]{1,64}", value))
)
BOOL = Plain("true or false", lambda value: type(value) is bool)
NUMBER = Plain("a whole number from 0 to 2147483647", lambda value: type(value) is int and 0 <= value < 2**31)
DATE = Plain(
    "a date (YYYY-MM-DD)",
    lambda value: is_iso(datetime.date, value) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)),
)
TIME = Plain("an ISO time", lambda value: is_iso(datetime.datetime, value) and "T" in value and is_text(value))
RATIO = Plain(
    "a ratio such as 2/3", lambda value: is_text(value) and bool(re.fullmatch("[1-9][0-9]?/[1-9][0-9]?", value))
)
DIGEST = Plain("a SHA-256 in hex", lambda value: isinstance(value, str) and bool(re.fullmatch("[0-9a-f]{64}", value)))
ZONE = Plain("an IANA time zone", lambda value: isinstance(value, str) and value in ZONES)

LANGUAGE = one_of(Language.values)
LEVEL = one_of(Level.values)
STANCE = one_of(StanceKind.values)
REGIME = one_of(Regime.values)
RELATION = {"kind": one_of(RelationKind.values), "to": Nullable(ID)}
CALL = {"kind": one_of(CallKind.values), "at": Nullable(TIME), "present": NUMBER, "objections": NUMBER}
OUTLINE: dict[str, Any] = {
    "id": ID, "kind": one_of(ItemKind.values), "title": WORDS, "announces": [WORDS], "discussed": BOOL,
}  # fmt: skip
OUTLINE["items"] = [OUTLINE]

# Keys in canonical order; one that ends in "?" may be left out.
SHAPE: dict[str, Any] = {
    "format": one_of([FORMAT]),
    "event": {
        "slug": ID, "title": WORDS, "chapter_number": Nullable(NUMBER), "occasion": TEXT, "date": DATE,
        "end_date?": DATE, "time_zone": ZONE, "place": TEXT, "language": LANGUAGE,
        "convenor": {"name": WORDS, "short_name": TEXT}, "partners": [{"name": WORDS, "credit": TEXT}],
        "series": Nullable({"title": WORDS}), "byline": TEXT, "attribution": REGIME,
        "scale": Nullable({"several": RATIO, "many": RATIO, "most": RATIO, "nearly_all": RATIO}), "scope": TEXT,
    },
    "disclaimers": [{"text": WORDS}],
    "persons": [{
        "id": ID, "name": WORDS, "honorific": TEXT, "function": TEXT, "affiliation": TEXT, "sector": TEXT,
        "listed": BOOL, "aliases": [WORDS],
    }],
    "sessions": [{
        "id": ID, "kind": one_of(SessionKind.values), "title": WORDS, "access": one_of(SessionAccess.values),
        "date": DATE, "attribution": Nullable(REGIME),
        "members": [{"person": ID, "role": one_of(Role.values), "absent?": [ID]}],
    }],
    "outline": [OUTLINE],
    "contributions": [{
        "id": ID, "session": ID, "item": ID, "by": ID, "kind": one_of(ContributionKind.values), "text": WORDS,
        "language": Nullable(LANGUAGE), "verb": TEXT, "relations": [RELATION],
        "attribution": Nullable(one_of(Attribution.values)), "recorded": BOOL, "released": BOOL, "at": Nullable(TIME),
    }],
    "findings": [{
        "id": ID, "item": ID, "text": WORDS, "level": LEVEL, "pair": Nullable(ID), "reason": TEXT, "basis": [ID],
        "count": Nullable(ID), "call": Nullable(CALL),
    }],
    "stances": [{
        "on": ID, "by": ID, "stance": STANCE, "strong": BOOL, "reason": TEXT, "recorded": BOOL,
        "history": [{"stance": STANCE, "reason": TEXT, "at": Nullable(TIME)}],
    }],
    "counts": [{
        "id": ID, "session": ID, "item": ID, "question": WORDS, "kind": one_of(CountKind.values), "at": Nullable(TIME),
        "present": NUMBER,
        "tally": Nullable({"agree": NUMBER, "reservations": NUMBER, "disagree": NUMBER, "abstain": NUMBER}),
        "options": [{"text": WORDS, "votes": NUMBER}],
    }],
    "floor": [{"session": ID, "item": ID, "person": ID, "start": TIME, "end": TIME}],
    "paragraphs": [{"id": ID, "item": ID, "origin": one_of(Origin.values), "text": WORDS, "basis": [ID]}],
    "recommendations": [{
        "addressee": WORDS, "short_name": TEXT,
        "items": [{
            "id": ID, "text": WORDS, "items": [{"id": ID, "text": WORDS, "basis": [ID]}], "basis": [ID],
            "level": Nullable(LEVEL),
        }],
    }],
    "sources": [{
        "id": ID, "author": TEXT, "title": WORDS, "container": TEXT, "year": Nullable(NUMBER), "date": TEXT,
        "url": TEXT, "accessed": TEXT, "page": TEXT,
    }],
    "footnotes": [{"id": ID, "kind": one_of(FootnoteKind.values), "text": TEXT, "source": Nullable(ID), "page": TEXT}],
    "notes": [{
        "id": ID, "by": ID, "item": Nullable(ID), "about": [ID], "text": WORDS, "flagged": BOOL, "at": Nullable(TIME),
    }],
    "questions": [{
        "id": ID, "session": ID, "item": Nullable(ID), "name": Nullable(WORDS), "text": WORDS,
        "status": one_of(["pending", "approved", "rejected", "answered"]), "votes": NUMBER,
        "forwarded_to": Nullable(ID), "answers": [ID],
    }],
    "translations": [{"of": ID, "language": LANGUAGE, "text": WORDS, "original": DIGEST}],
}  # fmt: skip

ADVICE = ["recommendations[].items[].id", "recommendations[].items[].items[].id"]

# The list that must hold an id, and where such ids stand.
REFERENCES: dict[str, list[str]] = {
    "persons": ["sessions[].members[].person", "contributions[].by", "stances[].by", "floor[].person", "notes[].by"],
    "sessions": ["contributions[].session", "questions[].session", "counts[].session", "floor[].session"],
    "outline": [
        "sessions[].members[].absent[]", "contributions[].item", "findings[].item", "paragraphs[].item",
        "counts[].item", "floor[].item", "notes[].item", "questions[].item", "questions[].forwarded_to",
    ],
    "sources": ["footnotes[].source"],
    "counts": ["findings[].count"],
    "findings": ["findings[].pair"],
    "contributions": ["findings[].basis[]", "questions[].answers[]"],
    "statements": [
        "stances[].on", "paragraphs[].basis[]", "notes[].about[]", "recommendations[].items[].basis[]",
        "recommendations[].items[].items[].basis[]",
    ],
    "translatable": ["translations[].of"],
}  # fmt: skip


def read(text: bytes) -> Any:
    """The JSON value in a file's bytes. Raises Unreadable with one sentence where it is none."""
    if len(text) > LARGEST:
        raise Unreadable(f"the file is larger than {LARGEST >> 20} MiB; a record of an event is not")
    if text.startswith(codecs.BOM_UTF8):
        raise Unreadable("it begins with a byte order mark: save it as UTF-8 without one")
    try:
        record = json.loads(text.decode("utf-8"), object_pairs_hook=_no_key_twice)
    except RecursionError:
        raise Unreadable("it is nested too deeply to be a record of an event") from None
    except ValueError as problem:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise Unreadable(f"cannot be read as JSON: {problem}") from None
    version = record.get("format") if isinstance(record, dict) else None
    if isinstance(version, str) and version != FORMAT:
        raise Unreadable(f"its format is {json.dumps(version)[:60]}, and this program reads {FORMAT}")
    return record


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {json.dumps(twice)[:60]} stands twice in one object")
    return whole


def errors(record: Any) -> list[Error]:
    """Every error of a record, each with its JSON path, in the order of the file's lists; [] where it is valid.

    Raises Unreadable where it is nested too deeply to be walked.
    """
    try:
        found = [*shape_errors(record, SHAPE, "$")]
        return [*found, *meaning_errors(record)] if isinstance(record, dict) else found
    except RecursionError:
        raise Unreadable("it is nested too deeply to be a record of an event") from None


def meaning_errors(record: dict) -> Iterator[Error]:
    """What shapes cannot tell: ids, what they point at, marks, and the rules between keys."""
    entries = {name: find_text(record, f"{name}[].id") for name in SHAPE}
    entries["outline"] = list(outline_ids(record.get("outline")))
    entries["advice"] = [entry for pattern in ADVICE for entry in find_text(record, pattern)]
    yield from twice((entry for found in entries.values() for entry in found), "duplicate id")
    stances = [(path, stance) for path, stance in find(record, "stances[]") if isinstance(stance, dict)]
    yield from twice(((path, f"{one.get('by')} on {one.get('on')}") for path, one in stances), "second stance of")
    ids = {name: {id for _, id in found} for name, found in entries.items()}
    ids["statements"] = ids["contributions"] | ids["findings"]
    ids["translatable"] = ids["outline"] | ids["statements"] | ids["paragraphs"] | ids["footnotes"] | ids["advice"]
    ids["translatable"].add("event")
    yield from reference_errors(record, ids)
    yield from relation_errors(record, ids)
    yield from stance_errors(record, ids)
    yield from mark_errors(record, ids)
    yield from regime_errors(record)


def outline_ids(items: Any, path: str = "$.outline") -> Iterator[tuple[str, str]]:
    """(path, id) of every item of an outline, at any depth."""
    for here, item in find(items, "[]", path):
        if isinstance(item, dict):
            if isinstance(item.get("id"), str):
                yield f"{here}.id", item["id"]
            yield from outline_ids(item.get("items"), f"{here}.items")


def twice(entries: Iterable[tuple[str, str]], complaint: str) -> Iterator[Error]:
    """An error for every (path, name) whose name stood before."""
    first: dict[str, str] = {}
    for path, name in entries:
        if first.setdefault(name, path) != path:
            yield path, f"{complaint} '{name}', first at {first[name]}"


def reference_errors(record: dict, ids: dict[str, set[str]]) -> Iterator[Error]:
    """Ids that stand for something and are in no list."""
    for name, patterns in REFERENCES.items():
        for pattern in patterns:
            for path, id in find_text(record, pattern):
                if id not in ids[name]:
                    yield path, f"unknown id '{id}' (looked for in: {name})"


def relation_errors(record: dict, ids: dict[str, set[str]]) -> Iterator[Error]:
    """Relations without the target that their kind wants, to nothing, or to themselves."""
    targets = ids["statements"] | ids["sources"]
    for path, said in find(record, "contributions[]"):
        for here, relation in find(said, "relations[]", path):
            if not isinstance(relation, dict):
                continue
            to = relation.get("to")
            if (to is None) != (relation.get("kind") == "opens"):
                yield f"{here}.to", "must be null where the statement opens, and an id everywhere else"
            if isinstance(to, str) and to == said.get("id"):
                yield f"{here}.to", "a statement cannot be related to itself"
            elif isinstance(to, str) and to not in targets:
                yield f"{here}.to", f"unknown id '{to}' (looked for in: statements, sources)"


def stance_errors(record: dict, ids: dict[str, set[str]]) -> Iterator[Error]:
    """Stances on what is neither a position nor a finding."""
    said = [one for _path, one in find(record, "contributions[]") if isinstance(one, dict)]
    positions = {one["id"] for one in said if one.get("kind") == "position" and isinstance(one.get("id"), str)}
    for path, on in find_text(record, "stances[].on"):
        if on in ids["contributions"] and on not in positions:
            yield path, f"a stance is taken on a position or a finding, and '{on}' is neither"


def mark_errors(record: dict, ids: dict[str, set[str]]) -> Iterator[Error]:
    """Marks in paragraphs that point at nothing."""
    for path, text in find_text(record, "paragraphs[].text"):
        for name, mark in MARKS.items():
            for found in mark.finditer(text):
                if found.group(1) not in ids[name]:
                    yield path, f"mark '{found.group()}' has no target (looked for in: {name})"


def regime_errors(record: dict) -> Iterator[Error]:
    """Sessions more open than their event, statements more open than their session."""
    event = record.get("event")
    floor = event.get("attribution") if isinstance(event, dict) else None
    regimes: dict[Any, Any] = {}
    for path, session in find(record, "sessions[]"):
        if isinstance(session, dict):
            if isinstance(session.get("id"), str):
                regimes[session["id"]] = session.get("attribution") or floor
            yield from too_open(path, session, floor)
    for path, said in find(record, "contributions[]"):
        if isinstance(said, dict) and isinstance(said.get("session"), str):
            yield from too_open(path, said, regimes.get(said["session"]))


def too_open(path: str, part: dict, floor: Any) -> Iterator[Error]:
    """A session against its event, a statement against its session: stricter is allowed, more open is not."""
    regime = part.get("attribution")
    if not (isinstance(regime, str) and isinstance(floor, str) and {regime, floor} <= STRICTNESS.keys()):
        return
    if STRICTNESS[regime] < STRICTNESS[floor]:
        yield f"{path}.attribution", f"'{regime}' is more open than the '{floor}' of what it belongs to"


def canonical(record: dict) -> str:
    """The canonical text of a record whose keys stand in order: two spaces, unescaped, a newline at the end."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"
