"""The level that a recommendation claims: counted over all that it rests on, for it has no stances of its own."""

from dialogue.positions.agreement_words import phrase
from dialogue.positions.quantifiers import Claim, Numbers, printed_level, reached, thresholds, verdict
from dialogue.report import tree
from dialogue.report.material import Material


def rests_on(advice: dict) -> list[str]:
    """What a recommendation rests on, through its lettered parts too, each once."""
    return list(dict.fromkeys([*advice["basis"], *(key for part in advice["items"] for key in part["basis"])]))


def is_unseen(material: Material, advice: dict) -> bool:
    """Whether the count of something that it rests on is kept back: the table is asked blind."""
    return any(material.pks.get(key) in material.counted.unseen for key in rests_on(advice))


def numbers(material: Material, advice: dict) -> Numbers:
    """The people behind a recommendation with a level, through its lettered parts and its findings too."""
    whole = [advice, *advice["items"]]
    unconfirmed = set().union(*(material.unconfirmed.get(one["id"], set()) for one in whole))
    keys = [key for key in rests_on(advice) if key not in unconfirmed]
    findings = [material.pks[key] for key in keys if key in material.findings]
    said = [material.pks[key] for key in keys if key in material.contributions]
    return material.counted.together(findings, said)


def judged(material: Material, advice: dict) -> tuple[bool, str | None, Numbers]:
    """Whether the record reaches the level that a recommendation claims; what it reaches; the numbers."""
    claim, counted = Claim(advice["level"]), numbers(material, advice)
    scale = thresholds(material.event["scale"])
    return verdict(claim, counted, scale) == "holds", reached(claim, counted, scale), counted


def printed(material: Material, advice: dict) -> str:
    """The level that it claims, as it is printed."""
    return printed_level(advice["level"], is_anonymous=numbers(material, advice).is_anonymous) or ""


def claim_words(material: Material, advice: dict) -> tree.Claim:
    """The claim as it is printed after the recommendation: in parentheses where it holds, else in brackets."""
    holds, level, counted = judged(material, advice)
    has_figure = holds and material.figures != "legend"
    words = str(phrase(advice["level"], counted, material.language, has_figure=has_figure, is_beyond=not holds))
    if is_unseen(material, advice):
        return tree.Claim(material.asked(words), "open", "", "")
    if holds:
        return tree.Claim(f"({words})", "holds", "", "")
    return tree.Claim(material.beyond(words, level, counted), "open", "", "")
