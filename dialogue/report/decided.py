"""The outcome of a finding as the report prints it: what was decided, by which rule, and does the record show it."""

from typing import Any

from dialogue.positions.agreement import Holding
from dialogue.positions.decisions import is_met, outcome_words


def meets_decision(finding: dict[str, Any], holding: Holding) -> bool | None:
    """Whether the record shows that what was adopted met its rule of decision.

    None where nothing was adopted under a rule, or where the count may not be told yet.
    """
    decision = finding.get("decision")
    if not decision or finding.get("outcome") != "adopted" or holding.is_unseen:
        return None
    return is_met(decision["rule"], decision["majority"] or "", holding.claim, holding.numbers)


def printed_outcome(finding: dict[str, Any], holding: Holding) -> str:
    """The outcome and rule of decision of a finding in sentences, or ""."""
    decision = finding.get("decision") or {"rule": None, "majority": None}
    met = meets_decision(finding, holding)
    return outcome_words(finding.get("outcome"), decision["rule"], decision["majority"] or "", met=met)
