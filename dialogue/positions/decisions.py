"""Outcomes and rules of decision, apart from agreement words: was a rule met by the record, and both in sentences."""

import re
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dialogue.positions.quantifiers import Claim, Numbers

MAJORITY = re.compile(r"([1-9][0-9]?):([1-9][0-9]?)")  # as 2:3, of those who voted for or against
HALF = Fraction(1, 2)


def majority_of(written: str) -> Fraction | None:
    """A majority as 2:3; None where it is none: less than half, or more than all."""
    match = MAJORITY.fullmatch(written)
    if not match:
        return None
    share = Fraction(int(match[1]), int(match[2]))
    return share if HALF <= share <= 1 else None


def wanted_majority() -> str:
    """What to say to whoever wrote another majority than these."""
    told = _("Write the majority as %(example)s, from %(least)s to %(most)s.")
    return told % {"example": "2:3", "least": "1:2", "most": "1:1"}


def is_met(rule: str, majority: str, claim: Claim, numbers: Numbers) -> bool:
    """Whether the record shows that a matter was carried by its rule of decision.

    Consensus: called for, no objection sustained, nobody against. Consent: the same, or read back. A majority is of
    those for or against, in a check-round or a count: 1:2 is more than half, any other share is reached.
    """
    if rule == "majority":
        votes, share = numbers.n + numbers.opposed, majority_of(majority)
        counted = numbers.is_count or claim.call == "check_round"
        if not (counted and votes and share):
            return False
        carried = Fraction(numbers.n, votes)
        return carried > HALF if share == HALF else carried >= share
    calls = {"consensus": ("consensus",), "consent": ("consensus", "read_back")}[rule]
    return claim.call in calls and claim.objections == 0 and numbers.against == 0


def rule_words(rule: str, majority: str) -> str:
    """A rule of decision in words."""
    words = {
        "consensus": pgettext("rule of decision", "consensus"),
        "consent": pgettext("rule of decision", "consent"),
        "majority": pgettext("rule of decision", "majority"),
    }
    return f"{words[rule]} {majority}" if majority else words[rule]


def outcome_words(outcome: str | None, rule: str | None, majority: str, *, met: bool | None) -> str:
    """The outcome of a finding and its rule of decision in sentences; "" where it has neither.

    `met`: whether the record shows that the rule was met, None where that may not be told yet.
    """
    words = {
        "adopted": pgettext("outcome", "adopted"),
        "not_adopted": pgettext("outcome", "not adopted"),
        "withdrawn": pgettext("outcome", "withdrawn"),
        "open": pgettext("outcome", "open"),
    }
    said = []
    if outcome:
        said.append(_("Outcome: %(outcome)s.") % {"outcome": words[outcome]})
    if rule:
        said.append(_("Rule of decision: %(rule)s.") % {"rule": rule_words(rule, majority)})
    if outcome == "adopted" and rule and met is False:
        said.append(_("The record does not show that this rule was met."))
    return " ".join(said)
