"""Is a chain of acts whole? One pass over it, in the memory of a few acts; and which act is not as it was written."""

import datetime
import enum
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from dialogue.audit.chain import Secret, hashed, seal, seal_of_erased, secrets
from dialogue.audit.models import Act
from dialogue.events.models import Event

MOST = 200  # acts that are kept in mind because something is the matter with them, and numbers that are looked for
AT_ONCE = 1000  # rows


class What(enum.StrEnum):
    """What may be the matter with acts."""

    CHANGED = "changed"
    MOVED = "moved"  # it has another number
    MISSING = "missing"
    CUT_OFF = "cut off"  # missing at the end
    ADDED = "added"  # by somebody without the secret key
    BEYOND = "beyond"  # the event's row says that the chain ends before
    APART = "apart"  # each is whole, and the second does not follow on the first
    END = "end"  # the event's row does not say truly where the chain ends
    STRANGE = "strange"  # made under a secret key that is not known here: nobody can say


class End(NamedTuple):
    """Where a chain ends, as the event's row has it."""

    number: int
    hash: str
    seal: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is the matter with the acts from `first` to `last`; of one that was moved, from where and to where.

    `at`: when the first was done, or the last before what is missing.
    """

    what: What
    first: int
    last: int
    at: datetime.datetime | None = None


def end_of(event: uuid.UUID) -> End:
    """Where an event's chain ends at this moment."""
    return End(*Event.objects.values_list("audit_number", "audit_hash", "audit_seal").get(pk=event))


def checked(event: Event) -> "Walk":
    """A pass over an event's acts. Others may go on writing meanwhile."""
    walk = Walk(event.pk, end_of(event.pk))  # before any act is read: each up to there must come
    for act in Act.objects.filter(event=event).order_by("number", "pk").iterator(chunk_size=AT_ONCE):
        walk.meet(act)
    return walk


class Walk:
    """A pass over one chain: `meet` its acts in the order of their numbers, then ask for the faults."""

    def __init__(self, event: uuid.UUID, end: End):
        self.known, self.end, self.count = secrets(), end, 0
        sealed = (seal(event, end.number, end.hash, secret) == end.seal for secret in self.known.values())
        self.is_sealed = end == End(0, "", "") or any(sealed)
        self.before: Act | None = None  # the act met last
        self.verdict: What | None = None  # on it; None: whole
        self.highest = 0  # number met; and of the acts that did not change:
        self.highest_whole = 0
        self.odd: list[Act] = []  # whose hash does not fit
        self.twice: set[int] = set()  # numbers that more than one act has
        self.gaps: list[Fault] = []
        self.apart: list[Fault] = []
        self.strange: list[Fault] = []
        self.untold = 0

    # ------------------------------------------------------------ on the way

    def meet(self, act: Act) -> None:
        """The next act."""
        verdict = self.judged(act)
        if act.number > self.highest + 1:
            self.keep(self.gaps, Fault(What.MISSING, self.highest + 1, act.number - 1, self.last_at))
        if self.before and act.number == self.before.number:
            self.keep(self.twice, act.number)
        if verdict is None:
            self.follow(act)
        elif verdict is What.STRANGE:
            self.pass_by(act)
        else:
            self.keep(self.odd, act)
        self.highest = max(self.highest, act.number)
        self.before, self.verdict, self.count = act, verdict, self.count + 1

    def keep(self, some: list | set, one: Any) -> None:
        """Keep something in mind that is the matter, unless it is too much already."""
        if len(some) >= MOST:
            self.untold += 1
        elif isinstance(some, set):
            some.add(one)
        else:
            some.append(one)

    @property
    def last_at(self) -> datetime.datetime | None:
        """When the act was done that was met last."""
        return self.before.at if self.before else None

    def judged(self, act: Act) -> What | None:
        """CHANGED, STRANGE or, where its hash fits, None. Where the seal's key is known, so is that of the last act.

        Of an act whose person was erased the seal is asked instead: it was made when that was done.
        """
        if act.erased:
            whole = act.person is None and any(seal_of_erased(act, one) == act.erased for one in self.known.values())
            return None if whole else What.CHANGED
        if secret := self.known.get(act.key):
            return None if hashed(act, secret) == act.hash else What.CHANGED
        must_be_known = self.is_sealed and act.number == self.end.number
        if must_be_known or any(fits(act, self.known, key=key) for key in self.known):
            return What.CHANGED
        return What.STRANGE

    def follow(self, act: Act) -> None:
        """An act that is whole tells on the one before it, whose hash it has; the event's row tells on the last."""
        before = self.before
        if before and before.number == act.number - 1 and act.before != before.hash:
            if self.verdict is What.STRANGE:
                self.take_back()
                self.keep(self.odd, before)
            elif self.verdict is None:
                self.keep(self.apart, Fault(What.APART, before.number, act.number, before.at))
        if self.is_sealed and act.number == self.end.number and act.hash != self.end.hash:
            self.keep(self.apart, Fault(What.APART, act.number, act.number, act.at))
        self.highest_whole = max(self.highest_whole, act.number)

    def pass_by(self, act: Act) -> None:
        """One more under a secret key that is not known here."""
        if self.strange and self.strange[-1].last == act.number - 1:
            self.strange[-1] = replace(self.strange[-1], last=act.number)
        else:
            self.keep(self.strange, Fault(What.STRANGE, act.number, act.number, act.at))
        self.highest_whole = max(self.highest_whole, act.number)

    def take_back(self) -> None:
        """The last of those was none."""
        run = self.strange.pop()
        if run.first < run.last:
            self.strange.append(replace(run, last=run.last - 1))

    # ------------------------------------------------------------ at the end

    def faults(self, newest: End) -> Iterator[Fault]:
        """Everything that is the matter. `newest`: where the chain ends by now, others having written meanwhile."""
        end, top = self.end.number, max(self.end.number, newest.number)
        if not self.is_sealed and self.verdict is not What.STRANGE:
            end = top = self.highest_whole
            yield Fault(What.END, end, end, self.last_at)
        if self.highest < end:
            self.keep(self.gaps, Fault(What.MISSING, self.highest + 1, end, self.last_at))
        gaps = [replace(gap, last=min(gap.last, top)) for gap in self.gaps if gap.first <= top]
        moved = self.moved(gaps)
        yield from (Fault(What.MOVED, number, act.number, act.at) for number, act in moved.items())
        yield from (self.named(act, moved, top) for act in self.odd if act not in moved.values())
        yield from (one for gap in gaps for one in left_of(gap, moved, end))
        yield from (*self.apart, *self.strange)
        if self.highest_whole > top:
            yield Fault(What.BEYOND, top + 1, self.highest_whole, self.last_at)

    def moved(self, gaps: list[Fault]) -> dict[int, Act]:
        """Acts that have another number than they were written with, by that one."""
        vacant = [number for gap in gaps for number in range(gap.first, min(gap.last, gap.first + MOST) + 1)][:MOST]
        wanted = [*vacant, *(act.number for act in self.odd)]
        return {number: act for act in self.odd for number in wanted if fits(act, self.known, number=number)}

    def named(self, act: Act, moved: dict[int, Act], top: int) -> Fault:
        """Whether an act that is not as it was written is one that was, or one more."""
        is_extra = act.number in self.twice or act.number in moved or not 1 <= act.number <= top
        return Fault(What.ADDED if is_extra else What.CHANGED, act.number, act.number, act.at)


def fits(act: Act, known: dict[str, Secret], **told: object) -> bool:
    """Whether an act's hash is right if it says something else: another number, the mark of another key.

    Never that of one whose person was erased: nobody can tell.
    """
    if act.erased:
        return False
    columns = {field.attname: getattr(act, field.attname) for field in act._meta.concrete_fields}
    true = Act(**columns | told)
    return true.key in known and hashed(true, known[true.key]) == act.hash


def left_of(gap: Fault, moved: dict[int, Act], end: int) -> Iterator[Fault]:
    """What is missing of a gap, without the numbers whose acts were found elsewhere."""
    first = gap.first
    for number in [*sorted(number for number in moved if gap.first <= number <= gap.last), gap.last + 1]:
        if first < number:
            yield Fault(What.CUT_OFF if number > end else What.MISSING, first, number - 1, gap.at)
        first = number + 1
