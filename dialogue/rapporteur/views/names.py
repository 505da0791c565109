"""Names in the text: what stops the chapter, what may be a name, and what was answered."""

import re
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dialogue.access import Reader, reader, visible_events
from dialogue.people.signed_in import signed_in
from dialogue.report.actions import answer_name, ask_again
from dialogue.report.leak_check import Addresses, Leak, leaks, warnings
from dialogue.report.material import Material, gather
from dialogue.report.models import AnswerKind, NameAnswer
from dialogue.roundtable.forms import id_of

ANSWER = re.compile(r"(?P<kind>not_the_person|author)/(?P<term>[0-9a-f]{64})/(?P<place>[\w:-]{0,160})")


@dataclass(frozen=True, slots=True)
class Asked:
    """A find as the page shows it: with its address, and what can be answered to it."""

    leak: Leak
    address: str
    answer: NameAnswer | None = None

    @property
    def value(self) -> str:
        """What its button sends; "" where nothing can be answered."""
        return answer_value(self.leak)


def answer_value(leak: Leak) -> str:
    """What the button of a find sends; "" where it stops the chapter and nothing can be answered."""
    if not leak.stops:
        return f"{AnswerKind.NOT_THE_PERSON}/{leak.term}/{leak.scope}"
    is_author = leak.place.kind == "footnote" and leak.place.field == "author"
    return f"{AnswerKind.AUTHOR}/{leak.term}/{leak.place.id}" if is_author else ""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def names(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the finds of the whole chapter. POST: `answer` one, or ask one `again`; `next` is where it was pressed."""
    event = get_object_or_404(visible_events(signed_in(request)), slug=slug)
    who = reader(signed_in(request), event)
    if not (who.may("write the report") or (who.may("set up") and who.may("see who"))):
        who.require("write the report")
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "rapporteur/names.html", context(who))
    try:
        done = answered(who, request.POST)
    except ValidationError as problem:
        told = {**context(who), "problems": problem.messages}
        return render(request, "rapporteur/names.html", told, status=422)
    messages.success(request, done)
    onward = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(onward, allowed_hosts=None) and onward.startswith("/")
    return redirect(onward if is_ours else reverse("names", args=[slug]))


def answered(who: Reader, sent: Any) -> str:
    """Keep the answer, or take one back; what to say about it. Raises ValidationError, PermissionDenied."""
    assert who.person is not None
    if sent.get("again"):
        answer = NameAnswer.objects.filter(event=who.event, pk=id_of(sent["again"])).first()
        if answer is not None:
            ask_again(answer, who.person)
        return _("The answer is taken back.")
    given = ANSWER.fullmatch(sent.get("answer", ""))
    if given is None:
        raise ValidationError(_("That cannot be done here."))
    answer_name(who.event, who.person, given["kind"], given["term"], given["place"])
    return _("Answer saved.")


def context(who: Reader) -> dict[str, Any]:
    """What the page tells its template."""
    material, addresses = gather(who.event, None, None), Addresses(who.event)
    kept = {
        (one.kind, one.term, one.place): one for one in who.event.name_answers.select_related("answered_by")
    }
    asked = [Asked(one, addresses.of(one.place), answer_to(one, kept)) for one in found(material)]
    return {
        "event": who.event, "who": who, "at_the_table": who.may("read the table"),
        "is_published": who.event.publications.exists(), "may_write": who.may("write the report"),
        "stops": [one for one in asked if one.leak.stops and one.answer is None],
        "warnings": [one for one in asked if not one.leak.stops and one.answer is None],
        "answered": [one for one in asked if one.answer is not None],
    }  # fmt: skip


def found(material: Material) -> list[Leak]:
    """Everything that was found, whether it is answered or not."""
    unanswered = replace(material, answers=frozenset())
    return [*leaks(unanswered), *warnings(unanswered)]


def answer_to(leak: Leak, kept: dict[tuple[str, str, str], NameAnswer]) -> NameAnswer | None:
    """The answer to a find, if there is one."""
    if leak.stops:
        return kept.get((AnswerKind.AUTHOR.value, leak.term, leak.place.id))
    return kept.get((AnswerKind.NOT_THE_PERSON.value, leak.term, leak.scope))
