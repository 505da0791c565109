"""N of an item: whose seats count for what was discussed. The one definition, as the record format has it.

Counted are the seats held during any run of the item or of an item below it; in a session without runs, all its seats;
less those marked absent. The sessions concerned are those that ran the item or one below, or have a statement there;
else all. Somebody is counted once, whatever their seats. Acts only add: whoever left a trace on the item (spoke, had
the floor, took a stance) is counted with the seat that they had, and not acting never lowers N.

In an anonymous room none of that may show: N of an item is the seats when it, or an item below it, was first opened.
"""

from collections import defaultdict
from collections.abc import Collection
from functools import cached_property

from dialogue.events.programme import line_above
from dialogue.positions.evidence import EARLIEST, LATEST, Evidence, Id, Member, Moment, Run

COUNTED = {"participant", "panelist"}
NEVER = {"rapporteur", "observer", "staff", "convenor"}


def overlaps(since: Moment, until: Moment, other_since: Moment, other_until: Moment) -> bool:
    """Whether two stretches of time have a moment in common; None is without beginning or end."""
    return max(since or EARLIEST, other_since or EARLIEST) < min(until or LATEST, other_until or LATEST)


class Attendance:
    """Who was there for what, out of the seats, the runs and what people did."""

    def __init__(self, record: Evidence):
        self.record = record
        self._tables: dict[tuple[Id, Id | None], frozenset[Id]] = {}

    def above(self, item: Id | None) -> list[Id]:
        """An item and everything that it lies in."""
        return line_above(item, self.record.parents)

    # ------------------------------------------------------------ sessions

    @cached_property
    def heard(self) -> dict[Id, set[Id]]:
        """Item -> the sessions that have a statement on it or below."""
        sessions: dict[Id, set[Id]] = defaultdict(set)
        for said in self.record.said:
            for item in self.above(said.item):
                sessions[item].add(said.session)
        return sessions

    @cached_property
    def runs(self) -> dict[Id, dict[Id, list[Run]]]:
        """Item -> session -> the runs there of it or of an item below."""
        found: dict[Id, dict[Id, list[Run]]] = defaultdict(lambda: defaultdict(list))
        for run in self.record.runs:
            for item in self.above(run.item):
                found[item][run.session].append(run)
        return found

    def sessions(self, item: Id, only: Id | None = None) -> set[Id]:
        """The sessions concerned: `only` that one, or those that ran the item or heard of it, else all."""
        if only is not None:
            return {only}
        concerned = self.heard.get(item, set()) | set(self.runs.get(item, ()))
        return concerned or {seat.session for seat in self.record.members}

    # ------------------------------------------------------------ seats

    @cached_property
    def counted_seats(self) -> list[Member]:
        """The seats that count at all: by their role, and not while their holder has a role there that never does."""
        return [seat for seat in self.record.members if self.is_counted_role(seat) and not self.is_outdone(seat)]

    @cached_property
    def never(self) -> dict[tuple[Id, Id], list[Member]]:
        """(session, person) -> their seats there in a role that is never counted."""
        seats: dict[tuple[Id, Id], list[Member]] = defaultdict(list)
        for seat in self.record.members:
            if seat.role in NEVER:
                seats[seat.session, seat.person].append(seat)
        return seats

    def is_outdone(self, seat: Member) -> bool:
        """Whether its holder has a role there at the same time that is never counted."""
        others = self.never.get((seat.session, seat.person), ())
        return any(overlaps(seat.since, seat.until, other.since, other.until) for other in others)

    def is_counted_role(self, seat: Member) -> bool:
        """Whether who sits there counts whether they speak or not."""
        always = seat.role == "moderator" and self.record.moderators.get(seat.session) == "always"
        return seat.role in COUNTED or always

    @cached_property
    def ever_counted(self) -> frozenset[Id]:
        """Everybody who has or had a seat that counts."""
        return frozenset(seat.person for seat in self.counted_seats)

    def speaking_moderators(self, sessions: Collection[Id]) -> set[Id]:
        """Who moderates a session in which the moderator counts where they speak for themselves."""
        return {
            seat.person
            for seat in self.record.members
            if seat.role == "moderator"
            and seat.session in sessions
            and self.record.moderators.get(seat.session, "when_speaking") == "when_speaking"
            and not self.is_outdone(seat)
        }

    # ------------------------------------------------------------ who is counted

    def table(self, item: Id, only: Id | None = None) -> frozenset[Id]:
        """N of an item as people, but for moderators who count where they speak."""
        if (item, only) not in self._tables:
            sessions = self.sessions(item, only)
            seats = [seat for seat in self.counted_seats if seat.session in sessions]
            self._tables[item, only] = frozenset(seat.person for seat in seats if self.is_present(seat, item))
        return self._tables[item, only]

    def seated_now(self, item: Id, sessions: Collection[Id]) -> frozenset[Id]:
        """Who sits in these sessions at this moment, in a seat that counts, and is not marked absent for the item."""
        line = set(self.above(item))
        return frozenset(
            seat.person
            for seat in self.counted_seats
            if seat.until is None and seat.session in sessions and not line & seat.absent
        )

    def held(self, sessions: Collection[Id], people: Collection[Id]) -> set[Id]:
        """Those of these people who have or had a seat in one of these sessions that is not held all the time."""
        return {seat.person for seat in self.partly if seat.session in sessions and seat.person in people}

    @cached_property
    def partly(self) -> list[Member]:
        """The seats that were not held all the time, or whose holder was marked away."""
        return [seat for seat in self.counted_seats if seat.since or seat.until or self.is_absence_of_runs(seat)]

    def is_absence_of_runs(self, seat: Member) -> bool:
        """Whether somebody was marked away in a session whose items were run here: their acts there outdo that."""
        return bool(seat.absent) and any(run.session == seat.session for run in self.record.runs)

    def sat_when_opened(self, seat: Member, item: Id) -> bool:
        """Whether a seat was held when an item was first opened; in a record without runs, from the beginning."""
        runs = self.runs.get(item, {}).get(seat.session, [])
        if not runs:
            return seat.since is None
        opened = min(run.since or EARLIEST for run in runs)
        return (seat.since or EARLIEST) <= opened < (seat.until or LATEST)

    def is_present(self, seat: Member, item: Id) -> bool:
        """Whether a seat counts for an item."""
        if seat.session in self.record.anonymous:
            return self.sat_when_opened(seat, item)
        runs = self.runs.get(item, {}).get(seat.session, [])
        has_acted = (item, seat.person) in self.traces
        if set(self.above(item)) & seat.absent and not (runs and has_acted):
            return False
        if not runs:
            return seat.until is None or has_acted or seat.session in self.heard.get(item, ())
        during = [run for run in runs if overlaps(seat.since, seat.until, run.since, run.until)]
        if not during:
            return has_acted and (seat.since or EARLIEST) >= min(run.since or LATEST for run in runs)
        left_midway = seat.is_succeeded and all((seat.until or LATEST) < (run.until or LATEST) for run in during)
        return has_acted or not left_midway

    @cached_property
    def traces(self) -> set[tuple[Id, Id]]:
        """(item, person): who left a trace on it or on an item below."""
        return {(item, who) for at, who in self.record.acted for item in self.above(at)}
