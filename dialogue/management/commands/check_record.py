"""check_record EVENT: does the record reach what the chapter claims, and where does it contradict itself?"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dialogue.archive.format import value_of
from dialogue.management.events import event_called
from dialogue.positions.agreement import Holding
from dialogue.positions.decisions import outcome_words, rule_words
from dialogue.positions.quantifiers import FEW, printed_level
from dialogue.rapporteur.contradictions import Contradiction, contradictions
from dialogue.report.decided import meets_decision
from dialogue.report.leak_check import leaks, unanswered
from dialogue.report.material import Material, gather
from dialogue.report.recommended import judged

SENTENCES = {
    "holds": "holds",
    "understates": "says less than the record shows",
    "overclaims": "claims more than the record shows",
    "unseen": "not shown before the round, or the sitting, is over",
}


class Command(BaseCommand):
    """Asks the record what its chapter may claim."""

    help = (
        "Print the agreement report and the contradiction report of an event. Exits 1 where a finding claims more "
        "than the record shows without a reason, or where the record contradicts itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("event", help="the event's slug")
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, event: str, **options: Any) -> None:
        """Django’s own: what the command does."""
        found = event_called(event)
        material = gather(found, None, None)
        rows = [row(finding, material.holdings[finding["id"]]) for finding in material.record["findings"]]
        wrong = [*contradictions(material.record), *claimed_too_much(material), *decisions_not_shown(material)]
        wrong += typed_names(material)
        doubts = doubtful_words(material)
        assent = value_of(material.record, "assent")
        if options["json"]:
            told: dict[str, Any] = {"findings": rows, "contradictions": [one._asdict() for one in wrong]}
            told["warnings"] = [one._asdict() for one in doubts]
            if assent:
                told["assent"] = assent
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            self.print(rows, wrong, assent)
            self.print_doubts(doubts)
        if wrong or any(row["verdict"] == "overclaims" and not row["reason"] for row in rows):
            sys.exit(1)

    def print(self, rows: list[dict], wrong: list[Contradiction], assent: list[dict]) -> None:
        """The two reports in words, and the assent that was seen between them: it is in no count."""
        holding = sum(row["holds"] for row in rows)
        self.stdout.write(f"Agreement: of {len(rows)} findings, the record reaches {holding}.\n")
        width = max((len(row["id"]) for row in rows), default=0)
        for row in rows:
            reason = f" Reason: {row['reason']}" if row["reason"] else ""
            reached = row["reached"] or ("what is not shown yet" if row["verdict"] == "unseen" else "nothing")
            self.stdout.write(
                f"  {row['id']:{width}}  {row['claimed']}: {n_of(row)} of {row['N']}, reaches {reached}; "
                f"{SENTENCES[row['verdict']]}.{reason}{outcome_of(row)}"
            )
        decided = [row for row in rows if "is_met" in row]
        if decided:
            met = sum(row["is_met"] for row in decided)
            self.stdout.write(f"\nDecisions: of {len(decided)} adopted under a rule, the record shows {met}.")
        if assent:
            self.stdout.write(f"\nAssent seen by the rapporteur, in no count: {len(assent)}.")
        for mark in assent:
            read_back = {None: "not read back", True: "confirmed at a read-back", False: "denied at a read-back"}
            status = read_back[mark["confirmed"]]
            self.stdout.write(f"  {mark['on']}: about {mark['seen']} of {mark['of']}; {status}.")
        self.stdout.write(f"\nContradictions: {len(wrong)}.")
        for one in wrong:
            self.stdout.write(f"  {one.kind}  {one.where}: {one.text}")

    def print_doubts(self, doubts: list[Contradiction]) -> None:
        """What is to be looked at and stops nothing."""
        self.stdout.write(f"\nWarnings: {len(doubts)}.")
        for one in doubts:
            self.stdout.write(f"  {one.kind}  {one.where}: {one.text}")


def n_of(row: dict[str, Any]) -> str:
    """How many support a finding, in words where it is not told."""
    return "fewer than three" if row["n"] is None else str(row["n"])


def row(finding: dict, holding: Holding) -> dict[str, Any]:
    """One finding as the JSON report has it; `n` is null for fewer than three of an anonymous room."""
    numbers = holding.numbers
    is_few = numbers.is_anonymous and numbers.n < FEW
    told = {
        "id": finding["id"],
        "claimed": printed_level(holding.claim.level, is_anonymous=numbers.is_anonymous),
        "n": None if is_few else numbers.n,
        "N": numbers.N,
        "reached": holding.reached,
        "verdict": holding.verdict,
        "holds": holding.holds,
        "reason": finding["reason"],
    }
    told |= {name: finding[name] for name in ("outcome", "decision") if name in finding}
    met = meets_decision(finding, holding)
    return told if met is None else {**told, "is_met": met}


def outcome_of(row: dict[str, Any]) -> str:
    """A finding's outcome and rule of decision in a sentence, or ""."""
    rule = row.get("decision") or {"rule": None, "majority": None}
    words = outcome_words(row.get("outcome"), rule["rule"], rule["majority"] or "", met=row.get("is_met"))
    return f" {words}" if words else ""


def decisions_not_shown(material: Material) -> list[Contradiction]:
    """What was adopted under a rule of decision that the record does not show to have been met."""
    return [
        Contradiction(
            "decision_not_shown",
            f"$.findings[{place}].decision",
            f"The finding {finding['id']} was adopted by {rule_words(**decision_of(finding))}, and the record does not "
            "show that the rule was met.",
        )
        for place, finding in enumerate(material.record["findings"])
        if meets_decision(finding, material.holdings[finding["id"]]) is False
    ]


def decision_of(finding: dict) -> dict[str, str]:
    """The rule of decision of a finding that has one, as `rule_words` takes it."""
    return {"rule": finding["decision"]["rule"], "majority": finding["decision"]["majority"] or ""}


def claimed_too_much(material: Material) -> list[Contradiction]:
    """Recommendations with a level that what they rest on does not reach."""
    return [
        Contradiction(
            "recommendation_overclaims",
            f"$.recommendations[{place}].items[{index}].level",
            f"The recommendation {advice['id']} claims “{advice['level']}”, and what it rests on does not reach it.",
        )
        for place, group in enumerate(material.record["recommendations"])
        for index, advice in enumerate(group["items"])
        if advice["level"] and not judged(material, advice)[0]
    ]


def typed_names(material: Material) -> list[Contradiction]:
    """Names that the event's own rule protects, typed into a text that the chapter prints."""
    return [Contradiction("protected_name", one.place.path, one.sentence) for one in leaks(material)]


def doubtful_words(material: Material) -> list[Contradiction]:
    """Words that may be names, or are a strict statement's, and nobody has answered."""
    return [
        Contradiction("strict_words" if one.why == "words" else "possible_name", one.place.path, one.sentence)
        for one in unanswered(material)
    ]
