"""The group that may be named for a statement's author, as a loader computes it of the seats in a record."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Any

from dialogue.restricter import shared_groups

Groups = dict[tuple[str, Hashable], str]


def groups_of_seats(seats: Iterable[tuple[str, str, str, str]]) -> Groups:
    """{(session, person): group}. `seats`: (session, person, role, kind of organisation)."""
    by_session: dict[str, list[tuple[Hashable, str, str]]] = defaultdict(list)
    for session, *seat in seats:
        by_session[session].append((seat[0], seat[1], seat[2]))
    return {
        (session, person): group
        for session, some in by_session.items()
        for person, group in shared_groups(some).items()
    }


def groups_of_record(record: dict[str, Any]) -> Groups:
    """The same for a record of the right shape."""
    sectors = {person["id"]: person["sector"] for person in record["persons"]}
    return groups_of_seats(
        (session["id"], member["person"], member["role"], sectors.get(member["person"], ""))
        for session in record["sessions"]
        for member in session["members"]
    )
