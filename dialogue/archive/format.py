"""The record format: its two versions, its shape in canonical order, reading and writing a file.

A key that a later version adds is marked `Added` in SHAPE, with its default; `docs/record-format.md` has the recipe.
"""

import codecs
import copy
import datetime
import json
import re
import zoneinfo
from collections.abc import Iterator
from typing import Any

from dialogue.archive.meaning import meaning_errors
from dialogue.archive.shape import Added, Error, Nullable, Plain, added_keys, one_of, shape_errors
from dialogue.discussion.models import Attribution, ContributionKind, RelationKind
from dialogue.events.models import (
    Figures,
    ItemKind,
    ModeratorCounts,
    NamesInRoom,
    Regime,
    Role,
    SessionAccess,
    SessionKind,
)
from dialogue.people.models import Language
from dialogue.positions.decisions import majority_of
from dialogue.positions.models import CallKind, CountKind, DecisionRule, FrozenKind, Level, Outcome, StanceKind
from dialogue.rapporteur.models import FootnoteKind, Origin

FORMATS = {"dialogue-record/1": 1, "dialogue-record/2": 2}  # what is read: name -> version
FORMAT = "dialogue-record/2"  # what is written
LARGEST = 64 * 1024 * 1024  # bytes
LONGEST = 100_000  # characters of a text; forms take 5,000 in a statement, 20,000 in a paragraph
LONGEST_TIME = 64  # characters
MOST_PARTS = 1_000_000  # objects and lists, which take far more memory than their bytes
DEEPEST = 8  # levels of an outline; forms make three


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
    return isinstance(value, str) and len(value) <= LONGEST and not re.search("[\0\ud800-\udfff]", value)


def is_time(value: Any) -> bool:
    """Whether it is a moment as ISO 8601 writes it, to whatever part of a second."""
    return is_text(value) and len(value) <= LONGEST_TIME and "T" in value and is_iso(datetime.datetime, value)


ZONES = zoneinfo.available_timezones()
TEXT = Plain(f"a string of at most {LONGEST:,} Unicode characters, without NUL", is_text)
WORDS = Plain(
    f"a string with words, of at most {LONGEST:,} characters", lambda value: is_text(value) and bool(value.strip())
)
ID = Plain(
    "an id ([a-z0-9-]{1,64})", lambda value: isinstance(value, str) and bool(re.fullmatch("[a-z0-9-]{1,64}", value))
)
BOOL = Plain("true or false", lambda value: type(value) is bool)
NUMBER = Plain("a whole number from 0 to 2147483647", lambda value: type(value) is int and 0 <= value < 2**31)
DATE = Plain(
    "a date (YYYY-MM-DD)",
    lambda value: is_iso(datetime.date, value) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)),
)
TIME = Plain("an ISO time", is_time)
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
VERSION = {"number": NUMBER, "text": TEXT}  # earlier words; "" where they are not for a file
ON_VERSIONS = Added([{"of": ID, "version": NUMBER}], [])  # of a basis: what it is on in earlier words
MAJORITY = Plain("a majority from 1:2 to 1:1", lambda value: is_text(value) and bool(majority_of(value)))
DECISION = {"rule": one_of(DecisionRule.values), "majority": Nullable(MAJORITY)}
FROZEN = {
    "kind": one_of(FrozenKind.values), "of": [ID],
    "n": NUMBER, "N": NUMBER, "T": NUMBER, "answers": NUMBER, "reservations": NUMBER, "strong": NUMBER,
    "opposed": NUMBER, "against": NUMBER, "abstained": NUMBER, "unanswered": NUMBER, "wide": BOOL,
    "bar": Nullable({
        "support": NUMBER, "reservations": NUMBER, "opposed": NUMBER, "abstained": NUMBER, "silent": NUMBER,
    }),
    "earlier": {"agree": NUMBER, "reservations": NUMBER, "disagree": NUMBER, "abstain": NUMBER},
    "said": [ID],
}  # fmt: skip
DAYS = Plain("a whole number from 1 to 365", lambda value: type(value) is int and 1 <= value <= 365)
NO_LEVEL = Plain(f"[]: an outline has {DEEPEST} levels at the most", lambda value: value == [])


def outline_of(levels: int) -> Any:
    """The shape of an outline that is so many levels deep at the most."""
    if not levels:
        return NO_LEVEL
    return [{
        "id": ID, "kind": one_of(ItemKind.values), "title": WORDS, "announces": [WORDS], "discussed": BOOL,
        "items": outline_of(levels - 1),
    }]  # fmt: skip


# Keys in canonical order; one that ends in "?" may be left out.
SHAPE: dict[str, Any] = {
    "format": one_of(list(FORMATS)),
    "event": {
        "slug": ID, "title": WORDS, "chapter_number": Nullable(NUMBER), "occasion": TEXT, "date": DATE,
        "end_date?": DATE, "time_zone": ZONE, "place": TEXT, "language": LANGUAGE,
        "convenor": {"name": WORDS, "short_name": TEXT}, "partners": [{"name": WORDS, "credit": TEXT}],
        "series": Nullable({"title": WORDS}), "byline": TEXT, "attribution": REGIME,
        "scale": Nullable({"several": RATIO, "many": RATIO, "most": RATIO, "nearly_all": RATIO}), "scope": TEXT,
        "figures": Added(one_of(Figures.values), Figures.FIRST_USE.value),
        "names_kept_days": Added(DAYS, None), "names_erased": Added(BOOL, False),
    },
    "disclaimers": [{"text": WORDS}],
    "persons": [{
        "id": ID, "name": WORDS, "honorific": TEXT, "function": TEXT, "affiliation": TEXT, "sector": TEXT,
        "listed": BOOL, "aliases": [WORDS], "family_name": Added(TEXT, ""),
    }],
    "sessions": [{
        "id": ID, "kind": one_of(SessionKind.values), "title": WORDS, "access": one_of(SessionAccess.values),
        "date": DATE, "attribution": Nullable(REGIME),
        "members": [{
            "person": ID, "role": one_of(Role.values), "absent?": [ID], "since": Added(Nullable(TIME), None),
            "until": Added(Nullable(TIME), None), "succeeds": Added(Nullable(ID), None),
        }],
        "names_in_room": Added(one_of(NamesInRoom.values), "as_rule"), "closed": Added(BOOL, False),
        "moderator_counts": Added(one_of(ModeratorCounts.values), "when_speaking"),
        "runs": Added([{"item": ID, "start": TIME, "end": Nullable(TIME)}], []),
    }],
    "outline": outline_of(DEEPEST),
    "contributions": [{
        "id": ID, "session": ID, "item": ID, "by": Nullable(ID), "kind": one_of(ContributionKind.values), "text": WORDS,
        "language": Nullable(LANGUAGE), "verb": TEXT, "relations": [RELATION],
        "attribution": Nullable(one_of(Attribution.values)), "recorded": BOOL, "released": BOOL, "at": Nullable(TIME),
        "versions": Added([VERSION], []),
        "group": Added(Nullable(TEXT), None),
    }],
    "findings": [{
        "id": ID, "item": ID, "text": WORDS, "level": LEVEL, "pair": Nullable(ID), "reason": TEXT, "basis": [ID],
        "count": Nullable(ID), "call": Nullable(CALL),
        "versions": Added([{**VERSION, "count": Nullable(ID), "call": Nullable(CALL)}], []),
        "basis_versions": ON_VERSIONS,
        "outcome": Added(one_of(Outcome.values), None), "decision": Added(DECISION, None),
        "session": Added(Nullable(ID), None), "roster": Added([ID], []),
    }],
    "stances": [{
        "on": ID, "by": Nullable(ID), "stance": STANCE, "strong": BOOL, "reason": TEXT, "recorded": BOOL,
        "history": [{"stance": STANCE, "reason": TEXT, "at": Nullable(TIME)}],
        "version": Added(Nullable(NUMBER), None), "carried": Added(BOOL, False), "group": Added(TEXT, ""),
    }],
    "counts": [{
        "id": ID, "session": ID, "item": ID, "question": WORDS, "kind": one_of(CountKind.values), "at": Nullable(TIME),
        "present": NUMBER,
        "tally": Nullable({"agree": NUMBER, "reservations": NUMBER, "disagree": NUMBER, "abstain": NUMBER}),
        "options": [{"text": WORDS, "votes": NUMBER}],
    }],
    "floor": [{"session": ID, "item": ID, "person": ID, "start": TIME, "end": TIME}],
    "paragraphs": [{
        "id": ID, "item": ID, "origin": one_of(Origin.values), "text": WORDS, "basis": [ID],
        "basis_versions": ON_VERSIONS, "unnamed": Added([{"id": ID, "group": TEXT, "said": [ID]}], []),
    }],
    "recommendations": [{
        "addressee": WORDS, "short_name": TEXT,
        "items": [{
            "id": ID, "text": WORDS,
            "items": [{"id": ID, "text": WORDS, "basis": [ID], "basis_versions": ON_VERSIONS}],
            "basis": [ID], "level": Nullable(LEVEL), "basis_versions": ON_VERSIONS,
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
    "assent": Added(
        [{
            "on": ID, "seen": NUMBER, "of": NUMBER, "at": Nullable(TIME), "confirmed": Nullable(BOOL),
            "on_earlier_words": BOOL,
        }],
        [],
    ),
    "counted": Added([FROZEN], []),
}  # fmt: skip

ADDED = dict(added_keys(SHAPE))  # as `persons[].family_name` -> its shape, default and version


def read(text: bytes) -> Any:
    """The JSON value in a file's bytes. Raises Unreadable with one sentence where it is none."""
    if len(text) > LARGEST:
        raise Unreadable(f"the file is larger than {LARGEST >> 20} MiB; a record of an event is not")
    if text.count(b"{") + text.count(b"[") > MOST_PARTS:
        raise Unreadable(f"it has more than {MOST_PARTS:,} objects and lists; a record of an event has not")
    if text.startswith(codecs.BOM_UTF8):
        raise Unreadable("it begins with a byte order mark: save it as UTF-8 without one")
    try:
        record = json.loads(text.decode("utf-8"), object_pairs_hook=_no_key_twice)
    except RecursionError:
        raise Unreadable("it is nested too deeply to be a record of an event") from None
    except ValueError as problem:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise Unreadable(f"cannot be read as JSON: {problem}") from None
    version = record.get("format") if isinstance(record, dict) else None
    if isinstance(version, str) and version not in FORMATS:
        known = " and ".join(FORMATS)
        raise Unreadable(f"its format is {json.dumps(version)[:60]}, and this program reads {known}")
    return record


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {json.dumps(twice)[:60]} stands twice in one object")
    return whole


def errors(record: Any) -> list[Error]:
    """Every error of a record, each with its JSON path, in the order of the file's lists; [] where it is valid."""
    return list(each_error(record))


def each_error(record: Any) -> Iterator[Error]:
    """The same one by one, found as they are asked for: a wrong file of the largest size has millions."""
    yield from shape_errors(record, SHAPE, "$", version_of(record))
    if isinstance(record, dict):
        yield from meaning_errors(record, SHAPE)


def version_of(record: Any) -> int:
    """The version by whose rules a record is read: the last one where it names none that is known."""
    name = record.get("format") if isinstance(record, dict) else None
    return FORMATS.get(name, FORMATS[FORMAT]) if isinstance(name, str) else FORMATS[FORMAT]


def value_of(entry: dict, path: str) -> Any:
    """The value of an added key of an entry, as `persons[].family_name`: its default where the entry lacks it."""
    name = path.rpartition(".")[2]
    return entry[name] if name in entry else copy.copy(ADDED[path].default)


def differing(where: str, **values: Any) -> dict[str, Any]:
    """The added keys of an entry, as those of `persons[]`, that are not at their default and so are written."""
    return {name: value for name, value in values.items() if value != ADDED[f"{where}.{name}"].default}


def in_order(value: Any, shape: Any = SHAPE) -> Any:
    """A valid record, or a part of one, with its keys in the order of the format."""
    if isinstance(shape, Nullable | Added):
        return value if value is None else in_order(value, shape.shape)
    if isinstance(shape, list):
        return [in_order(entry, shape[0]) for entry in value]
    if not isinstance(shape, dict):
        return value
    names = {declared.rstrip("?"): inner for declared, inner in shape.items()}
    return {name: in_order(value[name], inner) for name, inner in names.items() if name in value}


def canonical(record: dict) -> str:
    """The canonical text of a record whose keys stand in order: two spaces, unescaped, a newline at the end."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"
