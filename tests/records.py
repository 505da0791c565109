"""Small records for tests, built from the smallest valid one: each test says only what matters to it."""

import copy
import hashlib
from typing import Any


def person(key: str, name: str, **told: Any) -> dict:
    return {
        "id": key, "name": name, "honorific": "", "function": "", "affiliation": "", "sector": "", "listed": True,
        "aliases": [], **told,
    }  # fmt: skip


def session(key: str = "table", members: Any = (), **told: Any) -> dict:
    """`members`: pairs (person, role), or whole members."""
    seats = [one if isinstance(one, dict) else {"person": one[0], "role": one[1]} for one in members]
    return {
        "id": key, "kind": "roundtable", "title": "The table", "access": "closed", "date": "2026-03-01",
        "attribution": None, "members": seats, **told,
    }  # fmt: skip


def item(key: str, *items: dict, **told: Any) -> dict:
    return {
        "id": key, "kind": "theme", "title": key.capitalize(), "announces": [], "discussed": True,
        "items": list(items), **told,
    }  # fmt: skip


def said(key: str, by: str, text: str = "Something was said.", **told: Any) -> dict:
    return {
        "id": key, "session": "table", "item": "water", "by": by, "kind": "position", "text": text, "language": None,
        "verb": "", "relations": [], "attribution": None, "recorded": True, "released": True, "at": None, **told,
    }  # fmt: skip


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def relates(kind: str, to: str | None) -> dict:
    return {"kind": kind, "to": to}


def finding(key: str, level: str, *basis: str, **told: Any) -> dict:
    return {
        "id": key, "item": "water", "text": "The river is low.", "level": level, "pair": None, "reason": "",
        "basis": list(basis), "count": None, "call": None, **told,
    }  # fmt: skip


def stance(by: str, on: str, kind: str, **told: Any) -> dict:
    return {
        "on": on, "by": by, "stance": kind, "strong": False, "reason": "", "recorded": True, "history": [], **told,
    }  # fmt: skip


def count(key: str, present: int, tally: tuple[int, int, int, int] | None, **told: Any) -> dict:
    names = ("agree", "reservations", "disagree", "abstain")
    return {
        "id": key, "session": "table", "item": "water", "question": "Is it?", "kind": "hands", "at": None,
        "present": present, "tally": dict(zip(names, tally, strict=True)) if tally else None, "options": [], **told,
    }  # fmt: skip


def call(kind: str, objections: int = 0, present: int = 4) -> dict:
    return {"kind": kind, "at": None, "present": present, "objections": objections}


def paragraph(key: str, text: str, *basis: str, **told: Any) -> dict:
    return {"id": key, "item": "water", "origin": "room", "text": text, "basis": list(basis), **told}


def footnote(key: str, text: str = "A note.", **told: Any) -> dict:
    return {"id": key, "kind": "remark", "text": text, "source": None, "page": "", **told}


def advice(key: str, text: str, *basis: str, **told: Any) -> dict:
    return {"id": key, "text": text, "items": [], "basis": list(basis), "level": None, **told}


def addressee(name: str, *items: dict, **told: Any) -> dict:
    return {"addressee": name, "short_name": "", "items": list(items), **told}


ADA, BEN, CLEO, DEV = "ada", "ben", "cleo", "dev"

SMALLEST: dict[str, Any] = {
    "format": "dialogue-record/2",
    "event": {
        "slug": "rivers", "title": "The state of the rivers", "chapter_number": None, "occasion": "",
        "date": "2026-03-01", "time_zone": "Europe/Paris", "place": "", "language": "en",
        "convenor": {"name": "The River Society", "short_name": ""}, "partners": [], "series": None, "byline": "",
        "attribution": "named", "scale": None, "scope": "",
    },
    "disclaimers": [], "persons": [], "sessions": [], "outline": [], "contributions": [], "findings": [], "stances": [],
    "counts": [], "floor": [], "paragraphs": [], "recommendations": [], "sources": [], "footnotes": [], "notes": [],
    "questions": [], "translations": [],
}  # fmt: skip


def record(**lists: Any) -> dict[str, Any]:
    """The smallest valid record, with these lists in place of its empty ones; `event` is merged into its event."""
    whole = copy.deepcopy(SMALLEST)
    whole["event"] |= lists.pop("event", {})
    return whole | lists


def table(**lists: Any) -> dict[str, Any]:
    """A record with four participants (Ada Lovell, Ben Okri, Cleo Marsh, Dev Patel), a moderator and a rapporteur."""
    people = [
        person(ADA, "Ada Lovell", affiliation="Northern Water Board", sector="utility"),
        person(BEN, "Ben Okri", affiliation="Fishers’ Union", sector="trade union"),
        person(CLEO, "Cleo Marsh", affiliation="Delta Research (DR)", sector="research institute"),
        person(DEV, "Dev Patel", affiliation="Ministry of Canals", sector="ministry"),
        person("mod", "Mona Oduya", affiliation="Radio Four"),
        person("rap", "Rhys Apple"),
    ]
    seats = [(one, "participant") for one in (ADA, BEN, CLEO, DEV)] + [("mod", "moderator"), ("rap", "rapporteur")]
    return record(**{"persons": people, "sessions": [session(members=seats)], "outline": [item("water")], **lists})


# ------------------------------------------------------------------ the sample


def real_half(sample: dict) -> dict:
    """The sample event without its made-up forum half: the roundtable of 2007 alone."""
    real = copy.deepcopy(sample)
    forum = next(one for one in real["sessions"] if one["kind"] == "forum")
    gone = {one["id"] for one in real["contributions"] if one["session"] == forum["id"]}
    gone |= {seat["person"] for seat in forum["members"]}
    for name, key in (("contributions", "id"), ("persons", "id"), ("stances", "on")):
        real[name] = [one for one in real[name] if one[key] not in gone]
    real["outline"] = [one for one in real["outline"] if one["id"] != "forum-half"]
    forum |= {"title": "Public forum", "members": []}
    return real | {"questions": []}
