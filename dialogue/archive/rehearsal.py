"""A fresh table to try things at: the people, seats and programme of a real event, and nothing said yet."""

import copy
import datetime

EMPTY = (
    "contributions", "findings", "stances", "counts", "floor", "paragraphs", "recommendations", "sources", "footnotes",
    "notes", "questions", "translations",
)  # fmt: skip
SAMPLES = {"convenor": "roundtable", "observer": "roundtable", "panelist": "forum"}  # who has no part in the record


def rehearsal(record: dict, slug: str, title: str, day: datetime.date) -> dict:
    """A record of an event that has not begun, from one that is over; the demo's people without a part get a seat."""
    fresh = copy.deepcopy(record)
    for name in EMPTY:
        fresh[name] = []
    fresh["event"] |= {"slug": slug, "title": title, "date": day.isoformat(), "chapter_number": None}
    fresh["event"].pop("end_date", None)
    for session in fresh["sessions"]:
        session["date"] = day.isoformat()
    for role, kind in SAMPLES.items():
        fresh["persons"].append(
            {
                "id": f"sample-{role}", "name": f"Sample {role}", "honorific": "", "function": "", "affiliation": "",
                "sector": "", "listed": False, "aliases": [],
            }
        )  # fmt: skip
        for session in fresh["sessions"]:
            if session["kind"] == kind:
                session["members"].append({"person": f"sample-{role}", "role": role})
    return fresh
