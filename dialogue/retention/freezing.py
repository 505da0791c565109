"""What stays when names are erased: every count as numbers, every mark in the report as what it prints."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from dialogue.events.models import Event, strictest
from dialogue.positions.agreement import as_frozen
from dialogue.positions.models import FrozenKind
from dialogue.positions.quantifiers import Numbers
from dialogue.rapporteur.marks import MARKS
from dialogue.report.annexes import said_already
from dialogue.report.material import Material
from dialogue.report.prose import Resolving, Writing
from dialogue.report.recommended import numbers, rests_on


class Count(NamedTuple):
    """A count as it is kept: what was counted, of what (keys of the record), its numbers."""

    kind: str
    of: list[str]
    numbers: dict[str, Any]


def counts(material: Material) -> Iterator[Count]:
    """Every count that pages and reports draw from who said what and who stands where."""
    counted = material.counted
    for key in material.findings:
        found = counted.found[material.pks[key]]
        holding = counted.holding(replace(found, present=None, tally=None))  # hands may be taken back
        told = as_frozen(holding.numbers, holding.bar)
        yield Count(FrozenKind.FINDING.value, [key], {**told, "said": sorted(said_already(material, key))})
    for pk, said in counted.said.items():
        if said.kind == "position":
            bar = counted.position_bar(pk)
            support = len(bar.support) + len(bar.reservations)
            whole = support + len(bar.opposed) + len(bar.abstained) + len(bar.silent)
            told = as_frozen(Numbers(n=support, N=whole, answers=len(counted.answering(pk))), bar)
            yield Count(FrozenKind.POSITION.value, [material.keys[pk]], told)
    yield from together(material)


def together(material: Material) -> Iterator[Count]:
    """The people behind each recommendation, over all that it rests on; the same things are counted once."""
    done: set[frozenset[str]] = set()
    for group in material.record["recommendations"]:
        for advice in group["items"]:
            unconfirmed = {
                key for one in (advice, *advice["items"]) for key in material.unconfirmed.get(one["id"], set())
            }
            known = material.findings.keys() | material.contributions.keys()
            of = sorted(key for key in rests_on(advice) if key in known and key not in unconfirmed)
            if of and frozenset(of) not in done:
                done.add(frozenset(of))
                yield Count(FrozenKind.TOGETHER.value, of, as_frozen(numbers(material, advice), None))


class Unmarked(NamedTuple):
    """A paragraph whose marks stand for nobody in particular: mark -> the new one; and whom these are of."""

    key: str
    marks: dict[str, str]
    unnamed: list[dict[str, Any]]


def unmarked(material: Material) -> Iterator[Unmarked]:
    """Every paragraph that marks somebody whom the report does not name there, each with marks of its own."""
    number = 0
    for paragraph in material.record["paragraphs"]:
        resolving = Resolving(Writing(material), paragraph)
        texts = [paragraph["text"]]
        texts += [one["text"] for one in material.record["translations"] if one["of"] == paragraph["id"]]
        people = dict.fromkeys(key for text in texts for key in MARKS["persons"].findall(text))
        marks, unnamed = {}, []
        for person in people:
            if person not in material.rules.people:
                continue
            seen = resolving.appearance(person)
            if seen.is_named:
                continue
            number += 1
            while f"someone-{number}" in material.rules.people:
                number += 1
            marks[person] = f"someone-{number}"
            said = [key for key in resolving.statements if material.contributions[key]["by"] == person]
            unnamed.append({"id": marks[person], "group": seen.group, "said": [] if resolving.is_strict else said})
        if marks:
            yield Unmarked(paragraph["id"], marks, unnamed)


class Holder(NamedTuple):
    """Whether the name of who took a stance is erased, and the kind of organisation that may still be named."""

    is_erased: bool
    group: str


def holders(material: Material) -> dict[str, Holder]:
    """Everybody of the event by their key, as the report would tell of a stance of theirs."""
    rules = material.rules
    found = {}
    for key in rules.people:
        regime = strictest(*rules.regimes_of(key))
        found[key] = Holder(regime != "named", rules.group(key) if regime == "role" else "")
    return found


def unattributed(event: Event, material: Material) -> set[Any]:
    """The statements (ids) whose author no report may name, those too that were withdrawn or never released."""
    rows = event.contributions.model.every.filter(event=event).exclude(authorship=None)
    told = rows.values_list("pk", "session__key", "attribution", "authorship__attendee__key")
    rules = material.rules
    return {pk for pk, at, rule, by in told if not rules.appearance(by, rules.regime(at, rule)).is_named}
