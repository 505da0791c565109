"""The page on which a rapporteur enters the assent that they saw, and what a read-back said of it."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.positions.assent import assent_on
from dialogue.positions.models import Assent
from dialogue.rapporteur.actions.assent import Target, confirm_assent, delete_assent, enter_assent, target
from dialogue.rapporteur.forms import AssentForm
from dialogue.rapporteur.views.at_desk import Chosen, Desk, chosen, desk, sentences


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit_assent(request: HttpRequest, slug: str, id: uuid.UUID) -> HttpResponse:
    """GET: the mark on a statement or finding. POST: `do` saves numbers, confirms, denies or deletes it."""
    at = desk(request, slug)
    at.who.require("write the report")
    on, shown = find_target(at, id)
    if request.method != "POST":
        return assent_page(request, at, on, shown)
    act, form = request.POST.get("do", ""), AssentForm(request.POST, label_suffix="")
    if act == "save" and not form.is_valid():
        return assent_page(request, at, on, shown, 422, form=form)
    try:
        apply_act(act, on, at, form)
    except (ValidationError, ChangedMeanwhile) as problem:
        status = 422 if isinstance(problem, ValidationError) else 409
        return assent_page(request, at, on, shown, status, problems=sentences(problem), form=form)
    messages.success(request, _("Saved."))
    return redirect(at.address(on.item, f"at-{on.pk}"))


def apply_act(act: str, on: Target, at: Desk, form: AssentForm) -> None:
    """Save, confirm, deny or delete. Raises what the actions raise."""
    match act:
        case "save":
            enter_assent(on, at.person, form.cleaned_data["seen"], form.cleaned_data["present"])
        case "confirm" | "deny":
            confirm_assent(on, at.person, confirmed=act == "confirm")
        case "delete":
            delete_assent(on, at.person)
        case _unknown:
            raise ValidationError(_("That cannot be done here."))


def find_target(at: Desk, id: uuid.UUID) -> tuple[Target, Chosen]:
    """The statement or finding, and how the reader may see it. Raises Http404."""
    shown = chosen(at, [id])
    rows: Any = at.event.findings if at.event.findings.filter(pk=id).exists() else at.event.contributions
    on = rows.select_related("item").filter(pk=id).first()
    if on is None or not shown:
        raise Http404
    return on, shown[0]


def assent_page(
    request: HttpRequest, at: Desk, on: Target, shown: Chosen, status: int = 200, **kept: Any
) -> HttpResponse:
    """The page."""
    mark = Assent.objects.filter(**target(on)).first()
    initial = {"seen": mark.seen, "present": mark.present} if mark else {}
    context = {
        **at.context(), "target": shown, "back": at.address(on.item, f"at-{on.pk}"),
        "mark": assent_on(at.event, **target(on)).get(on.pk, ""),
        "form": AssentForm(initial=initial, label_suffix=""), **kept,
    }  # fmt: skip
    return render(request, "rapporteur/assent.html", context, status=status)
