"""What is put to the table from the desk, the order of things, and the lists of what belongs to the whole chapter."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.positions.actions import tables_of
from dialogue.positions.agreement import Agreement, Holding, agreement
from dialogue.positions.bars import few, of_holding
from dialogue.positions.blind import answers_on_finding, unseen
from dialogue.positions.models import Finding, Level
from dialogue.rapporteur import forms
from dialogue.rapporteur.actions import calls
from dialogue.rapporteur.actions.advice import recommendations as advice
from dialogue.rapporteur.actions.findings import findings
from dialogue.rapporteur.actions.writing import move as move_in_line
from dialogue.rapporteur.actions.writing import order
from dialogue.rapporteur.levels import for_recommendation
from dialogue.rapporteur.models import Recommendation, RecommendationBasis
from dialogue.rapporteur.views.at_desk import Desk, desk, sentences
from dialogue.rapporteur.views.changed import changed_marks
from dialogue.rapporteur.views.sheets import SHEETS

# ------------------------------------------------------------------ at the table


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def call(request: HttpRequest, slug: str, id: uuid.UUID) -> HttpResponse:
    """GET: what can be done at the table to make sure of a finding. POST: what `do` says was done."""
    at = desk(request, slug)
    if not at.may_call:
        at.who.require("write the report")
    finding = get_object_or_404(at.event.findings.select_related("item", "count", "session"), pk=id)
    if request.method != "POST":
        return call_page(request, at, finding)
    deed = request.POST.get("do", "")
    sent = bound(deed, finding, request.POST)
    if sent and not sent.is_valid():
        # The form to close a round stands on the page only while one is open.
        unseen = [*sent.errors.values()] if deed == "close" and not finding.is_open else []
        problems = [str(problem) for some in unseen for problem in some]
        shown = {deed.replace("-", "_"): sent}
        return call_page(request, at, finding, 422, problems=problems, **shown)
    try:
        message = done(deed, at, finding, sent, request.POST.get("was", ""))
    except (ValidationError, ChangedMeanwhile) as problem:
        finding = get_object_or_404(at.event.findings.select_related("item", "count", "session"), pk=id)
        kept = {deed.replace("-", "_"): sent} if sent else {}
        status = 422 if isinstance(problem, ValidationError) else 409
        return call_page(request, at, finding, status, problems=sentences(problem), **kept)
    messages.success(request, message)
    return redirect(at.address(finding.item, f"at-{finding.pk}"))


def bound(deed: str, finding: Finding, sent: Any) -> Any:
    """The form that a deed comes with, or None."""
    if deed == "hands":
        return forms.HandsForm(tables_of(finding), sent)
    made: dict[str, type[django_forms.Form]] = {
        "round": forms.RoundForm, "close": forms.CloseForm, "call": forms.CallForm,
    }  # fmt: skip
    return made[deed](sent, label_suffix="", auto_id=f"{deed}-%s") if deed in made else None


def done(deed: str, at: Desk, finding: Finding, sent: Any, was: str) -> str:
    """Do it; what to say about it. Raises what the actions raise."""
    told, person = sent.cleaned_data if sent else {}, at.person
    match deed:
        case "round":
            calls.put_to_round(finding, person, told["present"], was=was)
            return _("It is put to the table: everybody can take a stance on it.")
        case "close":
            calls.close_round(finding, person, told["objections"])
            return _("The check-round is closed.")
        case "call":
            calls.enter_call(finding, person, told["kind"], told["present"], told["objections"], was=was)
            return _("It is entered.")
        case "hands":
            calls.enter_hands(finding, sent.session_of(), person, sent.hands(), was=was)
            return _("The show of hands is entered.")
        case "take-back-call":
            calls.take_back_call(finding, person)
            return _("It is taken back.")
        case "take-back-hands":
            calls.take_back_hands(finding, person)
            return _("It is taken back.")
    raise ValidationError(_("That cannot be done here."))


def call_page(request: HttpRequest, at: Desk, finding: Finding, status: int = 200, **kept: Any) -> HttpResponse:
    """The page of a finding at the table."""
    counted = agreement(at.event, unseen(at.event))
    holding, answers = counted.holdings[finding.pk], answers_on_finding(counted, finding.pk)
    present = {"present": finding.call_present or holding.numbers.N}
    count = finding.count
    hands = {"present": count.present, **{name: getattr(count, name) for name in TALLY}} if count else present
    context = {
        **at.context(), "finding": finding, "was": findings.standing(finding).digest,
        "bar": None if holding.is_unseen else of_holding(holding), "n": number(holding), "holding": holding,
        "table": answers.table if holding.is_unseen else holding.numbers.N,
        "claimed": Level(finding.level).label, "reached": Level(holding.reached).label if holding.reached else "",
        "answers": answers.n if holding.is_unseen else holding.numbers.answers,
        "round": forms.RoundForm(initial=present, label_suffix="", auto_id="round-%s"),
        "close": forms.CloseForm(initial={"objections": 0}, label_suffix="", auto_id="close-%s"),
        "call": forms.CallForm(initial={**present, "objections": 0}, label_suffix="", auto_id="call-%s"),
        "hands": forms.HandsForm(tables_of(finding), initial=hands),
        "back": at.address(finding.item, f"at-{finding.pk}"),
    }  # fmt: skip
    return render(request, "rapporteur/call.html", {**context, **kept}, status=status)


def number(holding: Holding) -> str:
    """How many support it, as it is printed."""
    return few(holding.numbers.n, least=True) if holding.numbers.is_anonymous else str(holding.numbers.n)


TALLY = ("agree", "reservations", "disagree", "abstain")


# ------------------------------------------------------------------ order


@require_POST
@never_cache
def move(request: HttpRequest, slug: str, kind: str, id: uuid.UUID) -> HttpResponse:
    """One place up or down (`to`)."""
    at, sheet = desk(request, slug), SHEETS[kind]
    at.who.require(sheet.papers.right)
    row = get_object_or_404(sheet.papers.rows(at.event), pk=id)
    try:
        move_in_line(sheet.papers, row, at.person, request.POST.get("to") == "up", was=request.POST.get("was", ""))
    except ChangedMeanwhile:
        messages.error(request, _("The order was changed meanwhile, so nothing was moved: look again."))
    return redirect(sheet.back(at, row))


# ------------------------------------------------------------------ what belongs to the whole chapter


def writers_page(template: str, context: Callable[[Desk], dict[str, Any]]) -> Callable[..., HttpResponse]:
    """A page of the desk for those who write the chapter."""

    @require_safe
    @never_cache
    def page(request: HttpRequest, slug: str) -> HttpResponse:
        at = desk(request, slug)
        at.who.require("write the report")
        return render(request, template, {**at.context(), **context(at)})

    return page


def references_of(at: Desk) -> dict[str, Any]:
    """The sources and the footnotes."""
    footnotes = list(at.event.footnotes.select_related("source"))
    texts = list(at.event.paragraphs.values_list("text", flat=True))
    called = {one.key for one in footnotes if any(f"[^{one.key}]" in text for text in texts)}
    return {"footnotes": footnotes, "sources": at.event.sources.all(), "called": called}


def recommendations_of(at: Desk) -> dict[str, Any]:
    """The recommendations by addressee, with what the record holds for each."""
    rows = list(advice.rows(at.event).select_related("addressee"))
    marks = changed_marks(at)
    counted = agreement(at.event, unseen(at.event)) if any(one.level for one in rows) else None
    basis: dict[Any, list[Any]] = {one.pk: [] for one in rows}
    for tie in RecommendationBasis.objects.filter(recommendation__event=at.event).order_by("position"):
        basis[tie.recommendation_id].append(tie.contribution_id or tie.finding_id)
    whole: dict[Any, list[Any]] = {}
    for one in rows:
        whole.setdefault(one.parent_id or one.addressee_id, []).append(one)

    def shown(one: Recommendation) -> dict[str, Any]:
        parts = whole.get(one.pk, [])
        behind = tuple(dict.fromkeys(id for each in (one, *parts) for id in basis[each.pk]))
        unconfirmed = set().union(*(marks[each.pk].unconfirmed for each in (one, *parts) if each.pk in marks))
        counting = tuple(id for id in behind if id not in unconfirmed)
        return {
            "row": one, "behind": behind, "verdict": verdict(counted, one, counting), "order": order(parts),
            "changed": marks.get(one.pk),
            "parts": [{"row": part, "behind": basis[part.pk], "changed": marks.get(part.pk)} for part in parts],
        }  # fmt: skip

    addressees = list(at.event.addressees.all())
    groups = [(to, [shown(one) for one in whole.get(to.pk, [])], order(whole.get(to.pk, []))) for to in addressees]
    return {"groups": groups, "order": order(addressees)}


def verdict(counted: Agreement | None, one: Recommendation, behind: tuple[Any, ...]) -> str:
    """Whether the record bears the level out that a recommendation claims; "" where it claims none."""
    return for_recommendation(counted, behind).verdict(one.level) if counted and one.level else ""


references = writers_page("rapporteur/references.html", references_of)
recommendations = writers_page("rapporteur/recommendations.html", recommendations_of)
