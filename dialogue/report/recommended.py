"""The level that a recommendation claims: counted over all that it rests on, for it has no stances of its own."""

from django.utils.translation import gettext as _

from dialogue.positions.quantifiers import WORDS, Claim, Numbers, reached, thresholds, verdict
from dialogue.report import tree
from dialogue.report.material import Material


def numbers(material: Material, advice: dict) -> Numbers:
    """The people behind a recommendation with a level, through its lettered parts and its findings too."""
    keys = dict.fromkeys([*advice["basis"], *(key for part in advice["items"] for key in part["basis"])])
    findings = [material.pks[key] for key in keys if key in material.findings]
    said = [material.pks[key] for key in keys if key in material.contributions]
    return material.counted.together(findings, said)


def holds(material: Material, advice: dict) -> bool:
    """Whether the record reaches the level that a recommendation claims."""
    scale = thresholds(material.event["scale"])
    return verdict(Claim(advice["level"]), numbers(material, advice), scale) == "holds"


def claim_words(material: Material, advice: dict) -> tree.Claim:
    """The claim as it is printed after the recommendation: in parentheses where it holds, else in brackets."""
    words = WORDS[advice["level"]][material.language]
    if holds(material, advice):
        return tree.Claim(f"({words})", "holds", "", "")
    counted = numbers(material, advice)
    level = reached(Claim(advice["level"]), counted, thresholds(material.event["scale"]))
    told = _("[%(words)s; the record reaches %(reached)s, %(n)d of %(N)d]")
    got = WORDS[level][material.language] if level else _("no level")
    return tree.Claim(told % {"words": words, "reached": got, "n": counted.n, "N": counted.N}, "open", "", "")
