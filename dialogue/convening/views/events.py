"""Setting up an event: a new one, what is missing, its facts, its doors, and how others will see it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dialogue.access import reader, visible_events
from dialogue.convening import checklist
from dialogue.convening.actions import events
from dialogue.convening.forms import event as forms
from dialogue.convening.forms import zones
from dialogue.convening.views.at_setup import Preparing, prepares, shown, unknown
from dialogue.events.retention import USUAL
from dialogue.people.signed_in import LOOKS_AS, signed_in
from dialogue.retention.actions import keep_names

LOOKS = ("participant", "observer", "panelist", "public")
OF_FACTS = (
    "title", "date", "end_date", "time_zone", "place", "language", "convenor_name", "convenor_short_name", "occasion",
    "scope", "series_title", "chapter_number", "byline", "bilingual", "second_factor",
)  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new event."""
    person = signed_in(request)
    if person is None or not person.may_convene or person.only_in:
        raise PermissionDenied
    former = visible_events(person).filter(passes__person=person, passes__role="convenor")
    last = former.first()
    first = {
        "time_zone": last.time_zone if last else "UTC", "language": get_language() or "en",
        "date": timezone.localdate(),
        "convenor_name": last.convenor_name if last else "",
    }  # fmt: skip
    form = forms.NewEventForm(former, request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        like = form.cleaned_data.pop("like", None)
        event = events.set_up(person, form.cleaned_data, like)
        return redirect("setup", event.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "convening/new.html", {"form": form, "zones": zones()}, status=status)


@prepares()
def setup(at: Preparing) -> HttpResponse:
    """What is missing before the doors open (POST `do`: open, shut or discard)."""
    if at.sent is not None:
        return DEEDS.get(at.sent.get("do", ""), unknown)(at)
    steps = checklist.steps(at.event)
    told = {"steps": steps, "is_ready": not any(step.is_missing for step in steps), "looks": LOOKS}
    told["may_shut"] = at.event.is_open and not at.event.contributions.exists()
    return render(at.request, "convening/setup.html", at.context("setup", **told))


def open_doors(at: Preparing) -> HttpResponse:
    """The doors open."""
    events.open_doors(at.event, at.person)
    return at.done("setup", _("The doors are open: those who are invited may read and speak."))


def shut_doors(at: Preparing) -> HttpResponse:
    """The doors shut again."""
    events.shut_doors(at.event, at.person)
    return at.done("setup", _("The doors are shut again: nobody but the staff sees the event."))


def discard(at: Preparing) -> HttpResponse:
    """The event goes."""
    events.discard(at.event, at.person)
    return redirect("events")


DEEDS = {"open": open_doors, "shut": shut_doors, "discard": discard}


@prepares()
def facts(at: Preparing) -> HttpResponse:
    """What is printed of the event."""
    first = {name: getattr(at.event, name) for name in OF_FACTS}
    form = forms.FactsForm(at.sent, initial=first)
    if form.is_valid():
        events.change_facts(at.event, at.person, form.facts())
        return at.done("setup", _("The facts of the event are kept."))
    return shown(at, "setup-facts", "convening/facts.html", form=form, zones=zones())


@prepares()
def credits(at: Preparing) -> HttpResponse:
    """Partners with their credit lines, and disclaimers."""
    partners = [{"name": one.name, "credit": one.credit} for one in at.event.partners.all()]
    disclaimers = [{"text": one.text} for one in at.event.disclaimers.all()]
    first = forms.Partners(at.sent, initial=partners, prefix="partner", form_kwargs={})
    second = forms.Disclaimers(at.sent, initial=disclaimers, prefix="disclaimer")
    if at.sent is not None and first.is_valid() and second.is_valid():
        events.change_credits(
            at.event, at.person,
            [(one["name"], one["credit"]) for one in first.cleaned_data if one.get("name")],
            [one["text"] for one in second.cleaned_data if one.get("text")],
        )  # fmt: skip
        return at.done("setup-credits", _("Partners and disclaimers are kept."))
    return shown(at, "setup-credits", "convening/credits.html", partners=first, disclaimers=second)


@prepares()
def scale(at: Preparing) -> HttpResponse:
    """The thresholds of the words of agreement."""
    form = forms.ScaleForm(at.sent, initial={**(at.event.scale or {}), "figures": at.event.figures})
    if form.is_valid():
        events.change_facts(at.event, at.person, {"scale": form.scale(), "figures": form.cleaned_data["figures"]})
        return at.done("setup-scale", _("Settings saved. The report prints them in its legend."))
    return shown(at, "setup-scale", "convening/scale.html", form=form, usual=forms.DEFAULT_SCALE)


@prepares()
def kept(at: Preparing) -> HttpResponse:
    """How long names are kept, and the notice at the door."""
    first = {name: getattr(at.event, name) for name in ("notice_en", "notice_fr")}
    form = forms.RetentionForm(at.sent, initial={**first, "days": at.event.names_kept_days or USUAL})
    if form.is_valid():
        keep_names(at.event, at.person, **form.cleaned_data)
        return at.done("setup-kept", _("Settings saved. The dates are shown at the door."))
    return shown(at, "setup-kept", "convening/kept.html", form=form)


@never_cache
@require_http_methods(["POST"])
def look(request: HttpRequest, slug: str) -> HttpResponse:
    """See the event as somebody else will (POST `as`), or as oneself again (anything else); until the doors open."""
    person = signed_in(request)
    event = get_object_or_404(visible_events(person), slug=slug)
    chosen = {key: role for key, role in request.session.get(LOOKS_AS, {}).items() if key != str(event.pk)}
    if person is not None:
        person.looks_as = chosen  # as themselves: whoever looks as another may go back
    reader(person, event).require("set up")
    wanted = request.POST.get("as", "")
    request.session[LOOKS_AS] = {**chosen, str(event.pk): wanted} if wanted in LOOKS else chosen
    return redirect("event" if wanted in LOOKS else "setup", slug)
