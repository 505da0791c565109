"""What would change if a statement were withdrawn: the findings that rest on it, in numbers and words."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace

from dialogue.discussion.models import Contribution
from dialogue.positions.agreement import Agreement, Holding
from dialogue.positions.evidence import Evidence, Id, evidence


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A finding whose count a withdrawal would change: what it holds before and after."""

    finding: Id
    before: Holding
    after: Holding


def changes_without(said: Contribution, unseen: Collection[Id] = ()) -> list[FindingChange]:
    """The findings that hold otherwise without a statement, in the record's order; not those kept from the reader."""
    record = evidence(said.event)
    before, after = Agreement(record, unseen), Agreement(without(record, said.pk), unseen)
    return [
        FindingChange(finding, one, after.holdings[finding])
        for finding, one in before.holdings.items()
        if not one.is_unseen and counted(one) != counted(after.holdings[finding])
    ]


def counted(holding: Holding) -> tuple[object, ...]:
    """What is printed of a finding's count."""
    return holding.numbers, holding.reached, holding.verdict


def without(record: Evidence, said: uuid.UUID) -> Evidence:
    """The evidence as it is where a statement is not on record: with it go its relations, stances and bases."""
    return replace(
        record,
        said=[one for one in record.said if one.id != said],
        related=[one for one in record.related if said not in (one.statement, one.to)],
        held=[one for one in record.held if one.on != said],
        findings=[replace(one, basis=tuple(on for on in one.basis if on != said)) for one in record.findings],
    )
