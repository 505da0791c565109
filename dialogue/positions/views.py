"""Where the table stands: every finding, what it claims, and what the record reaches."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dialogue.access import reader, visible_events
from dialogue.events.models import Event, Item
from dialogue.events.programme import in_order, outline
from dialogue.live.watch import watch
from dialogue.people.signed_in import signed_in
from dialogue.positions.agreement import Agreement, Bar, Holding, agreement
from dialogue.positions.assent import assent_on
from dialogue.positions.bars import KINDS, Numbers, count_words, of_holding
from dialogue.positions.blind import Answers, answers_on_finding, unseen
from dialogue.positions.decisions import is_met, outcome_words
from dialogue.positions.models import Finding, Level, Outcome
from dialogue.positions.quantifiers import printed_level
from dialogue.restricter import Restricter, restricter

VERDICTS = {
    "holds": gettext_lazy("holds"),
    "understates": gettext_lazy("understates"),
    "overclaims": gettext_lazy("overclaims"),
    "unseen": gettext_lazy("not shown yet"),
}
STANDINGS = {
    "agree": gettext_lazy("support"),
    "reservations": gettext_lazy("with reservations"),
    "disagree": gettext_lazy("oppose"),
    "abstained": gettext_lazy("abstain"),
    "silent": gettext_lazy("silent"),
}
WAITING = gettext_lazy("not answered yet")


@dataclass(frozen=True, slots=True)
class Standing:
    """Those of the table who stand in one place, by name: for staff."""

    kind: str
    word: str
    names: list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A finding with what the record holds on it."""

    label: str
    finding: Finding
    claimed: str
    reached: str  # "several participants", or "" where nothing is reached
    verdict: str
    verdict_word: str
    bar: Numbers | None  # None while the table is asked blind
    answers: Answers | None  # meanwhile, for the staff: how many have answered
    who: list[Standing]
    is_count: bool
    is_anonymous: bool  # of an anonymous room
    outcome: str  # with its rule of decision, in sentences; "" for none
    assent: str  # that the rapporteur saw, in sentences; "" for none


@require_safe
@cache_control(private=True)
def agreement_table(request: HttpRequest, slug: str) -> HttpResponse:
    """The table of the findings. Members of the table read it; who is behind the numbers, its staff alone."""
    event = get_object_or_404(visible_events(signed_in(request)), slug=slug)
    who = reader(signed_in(request), event)
    who.require("read the table")
    news = watch(who)
    counted = agreement(event, unseen(event, for_table=not who.may("see unreleased")))
    rules = restricter(event)
    may_see = who.may("see who") or names_stances(event, rules)
    names, is_staff = names_of(event, rules) if may_see else {}, who.may("see unreleased")
    assents = assent_on(event)
    rows = {
        one.pk: row(one, counted, rules, names, is_staff=is_staff, assent=assents.get(one.pk, ""))
        for one in event.findings.all()
    }
    context = {
        "watch": news,
        "event": event,
        "who": who,
        "at_the_table": True,
        "is_published": event.publications.exists(),
        "groups": list(by_item(in_order(outline(event)), list(rows.values()))),
        "total": len(rows),
        "holding": sum(row.verdict == "holds" for row in rows.values()),
        "judged": sum(row.verdict != "unseen" for row in rows.values()),
        "scale": [(Level(level).label, str(share)) for level, share in counted.scale.items()],
        "standings": STANDINGS.items(),
        "sees_who": may_see,
        "is_anonymous": any(row.is_anonymous for row in rows.values()),
    }
    return render(request, "positions/agreement.html", context)


def names_of(event: Event, rules: Restricter) -> dict[Any, str]:
    """Attendee -> name. Only for those who may see who stands where."""
    return {pk: rules.named(key).name for pk, key in event.attendees.values_list("pk", "key")}


def names_stances(event: Event, rules: Restricter) -> bool:
    """Whether everybody at the tables may see who stands where: only where all of them are named, by the rule of each
    closed table and by their own wish. Who is not would be found among those who are.

    Under any other rule speaking is heard in the room; pressing “Disagree” is not.
    """
    closed = [one for one in event.sessions.all() if one.access == "closed"]
    is_anonymous = any(one.is_anonymous for one in closed)
    seats = [(session, person) for session, person, _role in rules.members if session in {one.key for one in closed}]
    return bool(closed) and not is_anonymous and all(rules.is_named_at(person, at) for at, person in seats)


def row(
    finding: Finding, counted: Agreement, rules: Restricter, names: dict[Any, str], *, is_staff: bool, assent: str = ""
) -> Row:
    """A finding as its row of the table shows it; to the staff, while the table is asked blind, who has answered."""
    holding = counted.holdings[finding.pk]
    answers = answers_on_finding(counted, finding.pk) if holding.is_unseen and is_staff else None
    reached = str(Level(holding.reached).label) if holding.reached else ""
    is_anonymous = counted.is_anonymous(finding.pk)
    words = count_words(reached or _("no agreement word"), holding.numbers)
    return Row(
        label=rules.common_label(finding.key),
        finding=finding,
        claimed=str(Level(printed_level(finding.level, is_anonymous=is_anonymous) or "").label),
        reached=reached,
        verdict=holding.verdict,
        verdict_word=str(VERDICTS[holding.verdict]),
        bar=None if holding.is_unseen else of_holding(holding, words),
        answers=answers,
        who=waiting(answers, names) if answers else standings(holding, names),
        is_count=finding.count_id is not None,
        is_anonymous=is_anonymous,
        outcome=outcome_of(finding, holding),
        assent=assent,
    )


def outcome_of(finding: Finding, holding: Holding) -> str:
    """The outcome of a finding and its rule of decision in sentences, or ""."""
    rule, majority = finding.decision_rule, finding.decision_majority
    is_judged = rule and finding.outcome == Outcome.ADOPTED and not holding.is_unseen
    met = is_met(rule, majority, holding.claim, holding.numbers) if rule and is_judged else None
    return outcome_words(finding.outcome, rule, majority, met=met)


def standings(holding: Holding, names: dict[Any, str]) -> list[Standing]:
    """Who stands where on a finding, for staff; [] where it was counted without names."""
    bar: Bar | None = holding.bar
    if bar is None or not names:
        return []
    sets = (bar.support, bar.reservations, bar.opposed, bar.abstained, bar.silent)
    return [
        Standing(kind, str(STANDINGS[kind]), sorted(names[one] for one in some))
        for kind, some in zip(KINDS, sets, strict=True)
        if some and some <= names.keys()  # nobody, where the names behind a count were erased
    ]


def waiting(answers: Answers, names: dict[Any, str]) -> list[Standing]:
    """Who has not answered yet; [] where all have."""
    some = sorted(names[one] for one in answers.waiting if one in names)
    return [Standing("silent", str(WAITING), some)] if some else []


def by_item(items: Iterator[Item], rows: list[Row]) -> Iterator[tuple[Item, list[Row]]]:
    """The rows under their items, in the outline's order."""
    place = {item.pk: (number, item) for number, item in enumerate(items)}
    ordered = sorted(rows, key=lambda row: place[row.finding.item_id][0])
    for item, some in groupby(ordered, key=lambda row: row.finding.item_id):
        yield place[item][1], list(some)
