"""The rules that shapes cannot tell: ids, what they point at, marks, and the rules between keys."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from dialogue.archive.groups import groups_of_record
from dialogue.archive.shape import Error, find, find_text
from dialogue.archive.versions import version_errors
from dialogue.events.models import STRICTNESS
from dialogue.rapporteur.marks import MARKS

ADVICE = ["recommendations[].items[].id", "recommendations[].items[].items[].id"]

# The list that must hold an id, and where such ids stand.
REFERENCES: dict[str, list[str]] = {
    "persons": [
        "sessions[].members[].person", "contributions[].by", "stances[].by", "floor[].person", "notes[].by",
        "findings[].roster[]",
    ],
    "sessions": [
        "contributions[].session", "questions[].session", "counts[].session", "floor[].session", "findings[].session",
    ],
    "outline": [
        "sessions[].members[].absent[]", "contributions[].item", "findings[].item", "paragraphs[].item",
        "counts[].item", "floor[].item", "notes[].item", "questions[].item", "questions[].forwarded_to",
        "sessions[].runs[].item",
    ],
    "sources": ["footnotes[].source"],
    "counts": ["findings[].count", "findings[].versions[].count"],
    "findings": ["findings[].pair"],
    "contributions": [
        "findings[].basis[]", "questions[].answers[]", "paragraphs[].unnamed[].said[]", "counted[].said[]",
    ],
    "statements": [
        "counted[].of[]", "stances[].on", "assent[].on", "paragraphs[].basis[]", "notes[].about[]",
        "recommendations[].items[].basis[]", "recommendations[].items[].items[].basis[]",
    ],
    "translatable": ["translations[].of"],
}  # fmt: skip


def meaning_errors(record: dict, lists: Iterable[str]) -> Iterator[Error]:
    """Every breach of the rules between keys; `lists`: the format's keys, in whose entries ids may stand."""
    entries = {name: find_text(record, f"{name}[].id") for name in lists}
    entries["outline"] = list(outline_ids(record.get("outline")))
    entries["advice"] = [entry for pattern in ADVICE for entry in find_text(record, pattern)]
    yield from twice((entry for found in entries.values() for entry in found), "duplicate id")
    stances = [
        (path, stance)
        for path, stance in find(record, "stances[]")
        if isinstance(stance, dict) and stance.get("by") is not None
    ]
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
    yield from family_name_errors(record)
    yield from version_errors(record)
    yield from group_errors(record)
    yield from decision_errors(record)
    yield from assent_errors(record)
    yield from seat_errors(record)
    yield from erased_errors(record)


def outline_ids(items: Any, path: str = "$.outline") -> Iterator[tuple[str, str]]:
    """(path, id) of every item of an outline, at any depth, also beyond what the format and Python's stack allow."""
    left = [*find(items, "[]", path)][::-1]
    while left:
        here, item = left.pop()
        if isinstance(item, dict):
            if isinstance(item.get("id"), str):
                yield f"{here}.id", item["id"]
            left += [*find(item.get("items"), "[]", f"{here}.items")][::-1]


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
    paragraphs = dict(find(record, "paragraphs[]"))
    for path, text in find_text(record, "paragraphs[].text"):
        paragraph = paragraphs[path.removesuffix(".text")]
        unnamed = {id for _path, id in find_text(paragraph, "unnamed[].id")}
        for name, mark in MARKS.items():
            known = ids[name] | (unnamed if name == "persons" else set())
            for found in mark.finditer(text):
                if found.group(1) not in known:
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


def family_name_errors(record: dict) -> Iterator[Error]:
    """Family names that are no part of the name: a later mention would print somebody else."""
    for path, person in find(record, "persons[]"):
        family = person.get("family_name") if isinstance(person, dict) else None
        if isinstance(family, str) and family not in str(person.get("name")):
            yield f"{path}.family_name", "must be a part of the name, as it is written there"


def group_errors(record: dict) -> Iterator[Error]:
    """Groups written out that a loader computes by itself."""
    some = [(path, said) for path, said in find(record, "contributions[]") if isinstance(said, dict)]
    if not any(isinstance(said.get("group"), str) for _path, said in some):
        return
    try:
        computed = groups_of_record(record)
    except (KeyError, TypeError):  # of another shape than it must be, which is said elsewhere
        return
    for path, said in some:
        session, by = said.get("session"), said.get("by")
        is_known = isinstance(session, str) and isinstance(by, str)
        if is_known and said.get("group") == computed.get((str(session), by), ""):
            yield f"{path}.group", "leave it out: it is what it is without"


def decision_errors(record: dict) -> Iterator[Error]:
    """Rules of decision with a majority that they do not have, or without the one that they want."""
    for path, decision in find(record, "findings[].decision"):
        if not isinstance(decision, dict):
            continue
        if (decision.get("rule") == "majority") != (decision.get("majority") is not None):
            yield f"{path}.majority", "must be a majority as 2:3 under the rule 'majority', and null under every other"


def assent_errors(record: dict) -> Iterator[Error]:
    """Two marks of assent on one thing, and more people assenting than present."""
    yield from twice(find_text(record, "assent[].on"), "second assent on")
    for path, mark in find(record, "assent[]"):
        seen, present = (mark.get("seen"), mark.get("of")) if isinstance(mark, dict) else (None, None)
        if isinstance(seen, int) and isinstance(present, int) and seen > present:
            yield f"{path}.seen", "must not be more than were there ('of')"


def erased_errors(record: dict) -> Iterator[Error]:
    """Nobody where somebody must be, and counts and marks without anybody, in a record whose names were not erased."""
    event = record.get("event")
    if isinstance(event, dict) and event.get("names_erased") is True:
        return
    for pattern in ("contributions[].by", "stances[].by"):
        for path, by in find(record, pattern):
            if by is None:
                yield path, "must be an id: null stands where names were erased, and 'event.names_erased' says so"
    for pattern in ("stances[].group", "paragraphs[].unnamed", "counted"):
        for path, _value in find(record, pattern):
            yield path, "leave it out: it stands where names were erased, and 'event.names_erased' says so"


def seat_errors(record: dict) -> Iterator[Error]:
    """Seats that succeed nobody, seats and runs that end before they begin, rosters with somebody twice."""
    for path, session in find(record, "sessions[]"):
        members = [(here, one) for here, one in find(session, "members[]", path) if isinstance(one, dict)]
        left = {str(one.get("person")) for _here, one in members if one.get("until")}
        for here, one in members:
            if isinstance(former := one.get("succeeds"), str) and (former not in left or former == one.get("person")):
                yield f"{here}.succeeds", f"nobody else's seat in this session ended that was of '{former}'"
            yield from order_errors(here, one, "since", "until")
        for here, run in find(session, "runs[]", path):
            if isinstance(run, dict):
                yield from order_errors(here, run, "start", "end")
    for path, finding in find(record, "findings[]"):
        places = ((here, one) for here, one in find(finding, "roster[]", path) if isinstance(one, str))
        yield from twice(places, "second place on the roster of")


def order_errors(path: str, entry: dict, first: str, last: str) -> Iterator[Error]:
    """A stretch of time that ends before it begins, where both moments can be compared as they are written."""
    try:
        began, ended = (datetime.datetime.fromisoformat(entry[name]) for name in (first, last))
    except (KeyError, TypeError, ValueError):
        return
    if (began.tzinfo is None) == (ended.tzinfo is None) and ended < began:
        yield f"{path}.{last}", f"is before {path}.{first}"
