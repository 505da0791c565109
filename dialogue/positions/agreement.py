"""The count: who of the table stands where on each finding, out of the whole event's record at once.

`evidence.py` reads the database in a fixed number of queries, `Agreement` counts. The rules are those of the record
format, "The count of a finding": silence is never support, nobody counts twice, what is off the record or not
released counts for nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

from dialogue.events.models import Event
from dialogue.positions.attendance import Attendance
from dialogue.positions.evidence import Evidence, Found, Frozen, Held, Id, Related, evidence
from dialogue.positions.quantifiers import Claim, Numbers, reached, thresholds, verdict

DIFFERS = {"disagrees", "offers_different_view"}
ANSWERS = {"answers", "responds_to"}
WITHHELD = {"disagree", "abstain"}  # stances that are no support, not even by an author of the basis
SIDES = ("support", "reservations", "opposed", "abstained", "silent")
NUMBERS = (
    "n", "N", "T", "answers", "reservations", "strong", "opposed", "against", "abstained", "unanswered",
)  # fmt: skip


class Nobody(NamedTuple):
    """One of those counted on something whose names were erased: nobody on anything else."""

    on: frozenset[Id]
    side: str
    place: int


@dataclass(frozen=True, slots=True)
class Bar:
    """Who stands where, each of N in one place. For staff: pages show the numbers.

    `earlier`: (stance, who) of those of N who took theirs on earlier words. Support and reservations given on them
    count as silence, whoever's words the basis is; opposition and abstention stand. `is_anonymous`: of an anonymous
    room, where small numbers are not told; `is_disputed`: statements are against it, whoever made them.
    """

    support: frozenset[Id]
    reservations: frozenset[Id]
    opposed: frozenset[Id]
    abstained: frozenset[Id]
    silent: frozenset[Id]
    earlier: frozenset[tuple[str, Id]] = frozenset()
    is_anonymous: bool = False
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """What the record holds on one finding: its claim, the numbers, what they reach, who (None for a count).

    `verdict` is "holds", "understates", "overclaims", or "unseen" where nothing may be told yet.
    """

    finding: Found
    claim: Claim
    numbers: Numbers
    reached: str | None
    verdict: str
    bar: Bar | None

    @property
    def holds(self) -> bool:
        """Whether the record bears the claim out."""
        return self.verdict == "holds"

    @property
    def is_unseen(self) -> bool:
        """Whether its count is kept back: the table is asked blind, and the round is not over."""
        return self.verdict == "unseen"


class Agreement:
    """The count of every finding of an event, and of any position.

    `unseen`: positions and findings whose count is kept from those whom it is made for. Of such a finding nothing is
    told at all, and nothing that rests on them is supported.
    """

    def __init__(self, record: Evidence, unseen: Collection[Id] = ()):
        self.record = record
        self.unseen = unseen
        self.scale = thresholds(record.scale)
        self.said = {one.id: one for one in record.said}
        self.found = {one.id: one for one in record.findings}
        self.stances: dict[Id, dict[Id, Held]] = defaultdict(dict)
        for held in record.held:
            self.stances[held.on][held.person] = held
        self.towards: dict[Id, list[Related]] = defaultdict(list)
        for related in record.related:
            self.towards[related.to].append(related)
        self.attendance = Attendance(record)
        self.frozen = {(one.kind, one.of): one for one in record.frozen}

    @cached_property
    def holdings(self) -> dict[Id, Holding]:
        """Every finding's id -> what the record holds on it."""
        return {finding.id: self.holding(finding) for finding in self.record.findings}

    def counted(self, item: Id, on: Id) -> frozenset[Id]:
        """N as people, of what stands on an item: of a finding that had a round, its roster.

        Whoever stands somewhere on the matter itself is counted with the seat that they had, and a moderator who
        spoke for themselves, in a session where that counts; in an anonymous room it is the seats, whoever did what.
        """
        if self.is_anonymous(on):
            return self.table(item, on)
        sessions = self.attendance.sessions(item, self.session_of(on))
        spoke = {
            who
            for who in self.attendance.speaking_moderators(sessions)
            if (item, who) in self.stated or (who in self.stances[on] and self.stances[on][who].stance != "abstain")
        }
        if on in self.record.rosters:
            disputing = self.disputing(on) & self.attendance.ever_counted
            return self.record.rosters[on] | spoke | disputing
        there = self.attendance.table(item, self.session_of(on))
        return there | spoke | self.attendance.held(sessions, self.matter(on))

    def table(self, item: Id, on: Id) -> frozenset[Id]:
        """Who is asked about what stands on an item, but for moderators who count where they speak."""
        return self.record.rosters.get(on) or self.attendance.table(item, self.session_of(on))

    def roster(self, finding: Id) -> frozenset[Id]:
        """Of whom a finding is asked that is put to the table now.

        Those who sit there at this moment and are not marked absent, and whoever holds a stance on it, wrote its basis
        or a statement against it: they are there already. `Agreement.counted` is N of it from then on.
        """
        found = self.found[finding]
        if self.is_anonymous(finding):
            return self.attendance.table(found.item, found.session)
        seated = self.attendance.seated_now(found.item, self.asked(found))
        speaking = self.counted(found.item, finding) & self.moderating
        return seated | (self.matter(finding) & self.attendance.ever_counted) | speaking

    def asked(self, found: Found) -> set[Id]:
        """The sessions at which a round on it is held: its own, else the tables that its item concerns, else all."""
        if found.session is not None:
            return {found.session}
        concerned = self.attendance.sessions(found.item) & self.record.closed
        return concerned or set(self.record.closed)

    @cached_property
    def moderating(self) -> frozenset[Id]:
        """Who moderates or moderated a session."""
        return frozenset(seat.person for seat in self.record.members if seat.role == "moderator")

    def is_anonymous(self, on: Id) -> bool:
        """Whether what is counted on it is an anonymous room's: nothing may tell who holds what, or whose words it is.

        A finding of the event draws on each of its rooms.
        """
        if on in self.said:
            return self.said[on].session in self.record.anonymous
        found = self.found.get(on)
        if found is None:
            return False
        return bool(self.record.anonymous) if found.session is None else found.session in self.record.anonymous

    def against(self, on: Id) -> set[Id]:
        """Who of those counted stands against a finding, by an answer or in a statement."""
        table = self.counted(self.found[on].item, on)
        opposed = {who for who, held in self.stances[on].items() if held.stance == "disagree"}
        return ((opposed | self.disputing(on)) & table) | self.late(on, table)

    def late(self, on: Id, table: frozenset[Id]) -> set[Id]:
        """In an anonymous room, who is against it without being one of N: they came after the item was opened.

        Their dissent stands where the room became anonymous after they had spoken.
        """
        if not self.is_anonymous(on):
            return set()
        opposed = {who for who, held in self.stances[on].items() if held.stance == "disagree"}
        return ((opposed | self.disputing(on)) & self.attendance.ever_counted) - table

    def session_of(self, on: Id) -> Id | None:
        """The session that a finding is of, where it is not the event's."""
        return self.found[on].session if on in self.found else None

    def disputing(self, on: Id) -> set[Id]:
        """Who has a statement that disagrees with it."""
        return {self.said[one.statement].author for one in self.towards[on] if one.kind == "disagrees"}

    def matter(self, on: Id) -> set[Id]:
        """Who stands somewhere on the matter: by a stance, as an author of its basis, by a statement against it."""
        basis = self.found[on].basis if on in self.found else (on,)
        return self.stances[on].keys() | {self.said[id].author for id in basis if id in self.said} | self.disputing(on)

    @cached_property
    def stated(self) -> set[tuple[Id, Id]]:
        """(item, person): who stated a position on exactly that item."""
        spoken = (said for said in self.record.said if said.session not in self.record.anonymous)
        return {(said.item, said.author) for said in spoken if said.kind == "position"}

    def bar(self, item: Id, on: Id, authors: Iterable[Id]) -> Bar:
        """Where each of N stands on a statement whose basis these authors are."""
        table = self.counted(item, on)
        stance = {who: held.stance for who, held in self.stances[on].items() if who in table}
        earlier = frozenset((stance[who], who) for who in stance if self.stances[on][who].is_earlier)
        withheld = {who for who, kind in stance.items() if kind in WITHHELD} | {who for _kind, who in earlier}
        support = ((set(authors) & table) | stance.keys()) - withheld
        disputing = set() if self.is_anonymous(on) else self.disputing(on) & table
        opposed = {who for who, kind in stance.items() if kind == "disagree"} | (disputing - support)
        abstained = {who for who, kind in stance.items() if kind == "abstain"} - opposed
        reserved = {who for who in support if stance.get(who) == "reservations"}
        silent = table - support - opposed - abstained
        return Bar(
            frozenset(support - reserved), frozenset(reserved), frozenset(opposed), frozenset(abstained),
            frozenset(silent), earlier, self.is_anonymous(on), bool(self.disputing(on)),
        )  # fmt: skip

    def position_bar(self, contribution: Id) -> Bar:
        """The bar of a position: its author as basis, and the stances on it."""
        if frozen := self.frozen_at("position", contribution):
            return self.frozen_bar(frozen, contribution)
        said = self.said[contribution]
        return self.bar(said.item, contribution, [said.author])

    def has_answers(self, position: Id) -> bool:
        """Whether somebody who counts, other than its author, has answered a position."""
        if frozen := self.frozen_at("position", position):
            return bool(frozen.numbers["answers"])
        return bool(self.answering(position))

    def answering(self, position: Id) -> frozenset[Id]:
        """Who of N, other than its author, has answered a position."""
        bar = self.position_bar(position)
        answered = bar.support | bar.reservations | bar.opposed | bar.abstained | {who for _kind, who in bar.earlier}
        return answered - {self.said[position].author}

    def frozen_at(self, kind: str, *of: Id) -> Frozen | None:
        """What was counted on it when names were erased."""
        return self.frozen.get((kind, frozenset(of))) if self.frozen else None

    def frozen_bar(self, frozen: Frozen, on: Id) -> Bar:
        """The bar of what was counted when names were erased. Of what room it is, and that statements are against it,
        is told as ever: the statements are there."""
        return replace(bar_of(frozen), is_anonymous=self.is_anonymous(on), is_disputed=bool(self.disputing(on)))

    def frozen_numbers(self, frozen: Frozen, *of: Id) -> Numbers:
        """The same for numbers."""
        return replace(
            numbers_of(frozen),
            is_anonymous=any(self.is_anonymous(one) for one in of),
            is_disputed=any(self.disputing(one) for one in of),
        )

    def together(self, findings: list[Id], contributions: list[Id]) -> Numbers:
        """The numbers of what rests on several findings and statements, as a recommendation does.

        N: everyone counted for any of them. In support is who supports one of them and is against none; against is
        who opposes or disputes any of them. Hands have no names: where one of them was counted, nobody supports it.
        """
        if any(one in self.unseen for one in (*findings, *contributions)):
            return Numbers()
        if frozen := self.frozen_at("together", *findings, *contributions):
            return self.frozen_numbers(frozen, *findings, *contributions)
        if self.frozen and len(findings) + len(contributions) > 1:  # who is behind two of them is counted once
            return Numbers()
        holdings = [self.holdings[one] for one in findings]
        bars = [holding.bar for holding in holdings if holding.bar] + [self.position_bar(one) for one in contributions]
        if not bars or len(bars) < len(findings) + len(contributions):
            return Numbers()
        opposed = frozenset().union(*(bar.opposed for bar in bars))
        abstained = frozenset().union(*(bar.abstained for bar in bars)) - opposed
        support = frozenset().union(*(bar.support | bar.reservations for bar in bars)) - opposed - abstained
        reserved = frozenset().union(*(bar.reservations for bar in bars)) & support
        table = frozenset().union(*(bar.silent for bar in bars), support, opposed, abstained)
        disputed = any(holding.numbers.against for holding in holdings)
        against = max(len(opposed), int(disputed))
        return Numbers(
            n=len(support), N=len(table), T=len(support | opposed | abstained), opposed=len(opposed),
            reservations=len(reserved), against=against, abstained=len(abstained), unanswered=against,
            is_anonymous=any(self.is_anonymous(one) for one in (*findings, *contributions)),
            is_disputed=any(bar.is_disputed for bar in bars),
        )  # fmt: skip

    def holding(self, finding: Found) -> Holding:
        """The count of one finding, on record or proposed at the desk."""
        self.found.setdefault(finding.id, finding)  # one that is proposed has its table like the others
        claim = Claim(finding.level, finding.call, finding.objections, self.in_pair(finding))
        if finding.id in self.unseen:
            unseen = Numbers(is_anonymous=self.is_anonymous(finding.id))
            return Holding(finding, claim, unseen, None, "unseen", None)
        frozen = self.frozen_at("finding", finding.id)
        if finding.present is not None:
            bar, numbers = None, replace(hands(finding), is_anonymous=self.is_anonymous(finding.id))
        elif frozen:
            bar, numbers = self.frozen_bar(frozen, finding.id), self.frozen_numbers(frozen, finding.id)
        else:
            bar = self.bar(finding.item, finding.id, self.authors(finding))
            numbers = self.numbers(finding, bar)
        return Holding(
            finding=finding,
            claim=claim,
            numbers=numbers,
            reached=reached(claim, numbers, self.scale),
            verdict=verdict(claim, numbers, self.scale),
            bar=bar,
        )

    def in_pair(self, finding: Found) -> bool:
        """Whether it is one of two findings “some … others” that name each other."""
        other = self.found.get(finding.pair)
        if other is None or other.pair != finding.id:
            return False
        return {finding.level, other.level} == {"some", "others"}

    def authors(self, finding: Found) -> set[Id]:
        """Who said what a finding rests on."""
        return {self.said[id].author for id in finding.basis if id in self.said}

    def numbers(self, finding: Found, bar: Bar) -> Numbers:
        """The numbers of a finding that was not counted by hands."""
        stances = self.stances[finding.id]
        support = bar.support | bar.reservations
        table = support | bar.opposed | bar.abstained | bar.silent
        took = {who for who in stances if who in table} - {who for kind, who in bar.earlier if kind not in WITHHELD}
        opposed = {who for who in took if stances[who].stance == "disagree"}
        against = self.against(finding.id)
        return Numbers(
            n=len(support),
            N=len(table),
            T=len(took | (self.authors(finding) & table)),
            answers=len(took),
            reservations=len(bar.reservations),
            strong=sum(1 for who in support if who in stances and stances[who].strong),
            opposed=len(opposed),
            against=max(len(against), int(bar.is_anonymous and bar.is_disputed)),
            abstained=len(bar.abstained),
            unanswered=sum(1 for who in against if not self.is_answered(who, finding)),
            wide=self.is_wide(finding, table),
            is_anonymous=bar.is_anonymous,
            is_disputed=bar.is_disputed,
        )

    def is_answered(self, holder: Id, finding: Found) -> bool:
        """Whether a disagreement was given words, and these an answer by someone else."""
        objections = [
            one.statement
            for target in (finding.id, *finding.basis)
            for one in self.towards[target]
            if one.kind in DIFFERS and self.said[one.statement].author == holder
        ]
        return any(
            one.kind in ANSWERS and self.said[one.statement].author != holder
            for objection in objections
            for one in self.towards[objection]
        )

    def is_wide(self, finding: Found, table: frozenset[Id]) -> bool:
        """Three or more positions in the basis, each opposed to each other, none held by more than half."""
        positions = list(dict.fromkeys(id for id in finding.basis if id in self.said))
        positions = [id for id in positions if self.said[id].kind == "position"]
        if len(positions) < 3 or any(id in self.unseen for id in positions):
            return False
        opposed = {
            frozenset((one.statement, target))
            for target in positions
            for one in self.towards[target]
            if one.kind in DIFFERS
        }
        if any(frozenset(two) not in opposed for two in combinations(positions, 2)):
            return False
        holders = {id: self.holders(id) & table for id in positions}
        everyone = frozenset().union(*holders.values())
        return bool(everyone) and all(2 * len(some) <= len(everyone) for some in holders.values())

    def holders(self, position: Id) -> set[Id]:
        """Who holds a position: its author and those who agree, also with reservations."""
        stances = self.stances[position]
        withheld = {who for who, held in stances.items() if held.stance in WITHHELD or held.is_earlier}
        return ({self.said[position].author} | stances.keys()) - withheld


def numbers_of(frozen: Frozen) -> Numbers:
    """The numbers of what was counted when names were erased."""
    return Numbers(**{name: frozen.numbers[name] for name in NUMBERS}, wide=frozen.numbers["wide"])


def bar_of(frozen: Frozen) -> Bar:
    """The bar of it, of nobody in particular."""
    told, earlier = frozen.numbers["bar"] or dict.fromkeys(SIDES, 0), frozen.numbers["earlier"]

    def some(side: str, number: int) -> frozenset[Id]:
        return frozenset(Nobody(frozen.of, side, place) for place in range(number))

    before = frozenset((kind, who) for kind, number in earlier.items() for who in some(kind, number))
    support, reservations, opposed, abstained, silent = (some(side, told[side]) for side in SIDES)
    return Bar(support, reservations, opposed, abstained, silent, before)


def as_frozen(numbers: Numbers, bar: Bar | None) -> dict[str, Any]:
    """Numbers and a bar without anybody in them, as the record format has them; `said` is the caller's."""
    kinds = [kind for kind, _who in bar.earlier] if bar else []
    told = asdict(numbers)
    return {
        **{name: told[name] for name in NUMBERS},
        "wide": numbers.wide,
        "bar": {side: len(getattr(bar, side)) for side in SIDES} if bar else None,
        "earlier": {kind: kinds.count(kind) for kind in ("agree", "reservations", "disagree", "abstain")},
        "said": [],
    }


def hands(finding: Found) -> Numbers:
    """The numbers of a finding that was counted: from the count alone."""
    agree, reservations, disagree, abstain = finding.tally or (0, 0, 0, 0)
    return Numbers(
        n=agree + reservations,
        N=finding.present or 0,
        T=agree + reservations + disagree + abstain,
        answers=agree + reservations + disagree + abstain,
        reservations=reservations,
        opposed=disagree,
        against=disagree,
        abstained=abstain,
        unanswered=disagree,  # a hand has no words that anybody could answer
        is_count=True,
    )


def agreement(event: Event, unseen: Collection[Id] = ()) -> Agreement:
    """The count of an event as the database has it now; `unseen` as `blind.unseen` has it for who reads it."""
    return Agreement(evidence(event), unseen)


def rests_on_runs(event: Event) -> bool:
    """Whether anybody is counted otherwise than they would be without the runs of items: a record then holds these."""
    record = evidence(event)
    if not record.runs:
        return False
    with_runs, without = Agreement(record), Agreement(replace(record, runs=[]))
    if all(seat.is_whole for seat in record.members):
        return any(with_runs.attendance.sessions(one) != without.attendance.sessions(one) for one in record.parents)
    subjects: list[tuple[Id, Id]] = [(item, None) for item in record.parents]
    subjects += [(found.item, found.id) for found in record.findings] + [(said.item, said.id) for said in record.said]
    return any(with_runs.counted(*one) != without.counted(*one) for one in subjects)
