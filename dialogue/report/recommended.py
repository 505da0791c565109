"""The level that a recommendation claims, counted like a finding's: its basis is the authors of what it rests on."""

from django.utils.translation import gettext as _

from dialogue.positions.quantifiers import WORDS, Claim, Numbers, reached, thresholds, verdict
from dialogue.report import tree
from dialogue.report.material import Material


def numbers(material: Material, advice: dict) -> Numbers:
    """n: the authors of the statements that it or a finding in its basis rests on; N: everyone counted on their items.

    A recommendation has no stances of its own, so nobody is against it and no check-round was held on it.
    """
    keys = [*advice["basis"], *(key for part in advice["items"] for key in part["basis"])]
    findings = [material.findings[key] for key in keys if key in material.findings]
    said = [material.contributions[key] for key in keys if key in material.contributions]
    said += [material.contributions[key] for one in findings for key in one["basis"] if key in material.contributions]
    sessions = {one["session"] for one in said} or set(material.rules.sessions)
    counted = {
        person
        for session, person, role in material.rules.members
        if session in sessions and role in ("participant", "panelist")
    }
    authors = {one["by"] for one in said} & counted
    return Numbers(n=len(authors), N=len(counted), T=len(authors))


def claim_words(material: Material, advice: dict) -> tree.Claim:
    """The claim as it is printed after the recommendation: in parentheses where it holds, else in brackets."""
    counted = numbers(material, advice)
    claim = Claim(advice["level"])
    scale = thresholds(material.event["scale"])
    words = WORDS[advice["level"]][material.language]
    if verdict(claim, counted, scale) == "holds":
        return tree.Claim(f"({words})", "holds", "", "")
    level = reached(claim, counted, scale)
    told = _("[%(words)s; the record reaches %(reached)s, %(n)d of %(N)d]")
    got = WORDS[level][material.language] if level else _("no level")
    return tree.Claim(told % {"words": words, "reached": got, "n": counted.n, "N": counted.N}, "open", "", "")
