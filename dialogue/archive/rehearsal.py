"""A fresh event to try things at: people, seats and programme of a real one, nothing said at its table yet."""

import copy
import datetime

FRAME = ("disclaimers", "persons", "sessions", "outline")  # what was there before anything was said
SAMPLES = ("convenor", "observer")  # the demo's people without a part in the record


def rehearsal(record: dict, slug: str, title: str, day: datetime.date) -> dict:
    """A record of an event that has not begun, from one that is over; what was said in its forum stays, to be answered.

    The demo's people without a part get a seat, and the moderator of the table runs the forum too.
    """
    fresh = copy.deepcopy(record)
    for name, value in fresh.items():
        if isinstance(value, list) and name not in FRAME:
            fresh[name] = []
    keep_forum(fresh, record)
    fresh["event"] |= {"slug": slug, "title": title, "date": day.isoformat(), "chapter_number": None}
    fresh["event"].pop("end_date", None)
    for session in fresh["sessions"]:
        session["date"] = day.isoformat()
    for role in SAMPLES:
        fresh["persons"].append(sample(role))
    tables = [one for one in fresh["sessions"] if one["kind"] == "roundtable"]
    moderators = [seat for table in tables for seat in table["members"] if seat["role"] == "moderator"]
    for table in tables:
        table["members"] += [{"person": f"sample-{role}", "role": role} for role in SAMPLES]
    for forum in forums(fresh):
        known = {seat["person"] for seat in forum["members"]}
        forum["members"] += [
            {"person": one["person"], "role": "moderator"} for one in moderators if one["person"] not in known
        ]
    return fresh


def sample(role: str) -> dict:
    """Somebody of the demo who is not in the record."""
    empty = dict.fromkeys(("honorific", "function", "affiliation", "sector"), "")
    return {"id": f"sample-{role}", "name": f"Sample {role}", **empty, "listed": False, "aliases": []}


def forums(record: dict) -> list[dict]:
    """The public half of a record's sessions."""
    return [one for one in record["sessions"] if one["kind"] == "forum"]


def keep_forum(fresh: dict, record: dict) -> None:
    """Put back what was said and asked in the forum, without what pointed at the rest."""
    public = {one["id"] for one in forums(record)}
    said = [copy.deepcopy(one) for one in record["contributions"] if one["session"] in public]
    known = {one["id"] for one in said}
    for one in said:
        one["relations"] = [tie for tie in one["relations"] if tie["to"] is None or tie["to"] in known]
    fresh["contributions"] = said
    fresh["stances"] = [copy.deepcopy(one) for one in record["stances"] if one["on"] in known]
    asked = [copy.deepcopy(one) for one in record["questions"] if one["session"] in public]
    for question in asked:
        question["answers"] = [answer for answer in question["answers"] if answer in known]
    fresh["questions"] = asked
