"""The sessions of an event and the rule of each, with what it would print; and the programme."""

import uuid

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from dialogue.convening.actions import programme as points
from dialogue.convening.actions import sessions
from dialogue.convening.forms import event as forms
from dialogue.convening.rules import Example, examples, in_plain_words
from dialogue.convening.views.at_setup import Preparing, prepares, shown, unknown
from dialogue.events.models import STRICTNESS, Event, Item, Membership, NamesInRoom, Session, strictest
from dialogue.events.programme import in_order, outline


@prepares(methods=("GET", "HEAD"))
def all_of_them(at: Preparing) -> HttpResponse:
    """The sessions."""
    rows = [(one, in_plain_words(at.event, one), one.memberships.count()) for one in at.event.sessions.all()]
    return render(at.request, "convening/sessions.html", at.context("setup-sessions", rows=rows))


@prepares()
def new_session(at: Preparing) -> HttpResponse:
    """One more session."""
    first = {"kind": "forum", "access": "public", "date": at.event.date, "attribution": at.event.attribution,
             "names_in_room": NamesInRoom.SHOWN}  # fmt: skip
    form = forms.SessionForm(at.sent, initial=first)
    if form.is_valid():
        sessions.add_session(at.event, at.person, form.cleaned_data)
        return at.done("setup-sessions", _("The session is kept."))
    return shown(at, "setup-sessions", "convening/session.html", form=form, rules=examples_of(at.event))


@prepares()
def session(at: Preparing, key: str) -> HttpResponse:
    """One session (POST `do`: save or remove)."""
    one = get_object_or_404(at.event.sessions.select_related("event"), key=key)
    names = ("title", "kind", "access", "date", "starts", "ends", "names_in_room", "moderator_counts")
    first = {name: getattr(one, name) for name in names}
    first["attribution"] = strictest(at.event.attribution, one.attribution)
    if at.sent is not None and at.sent.get("do") == "remove":
        sessions.remove_session(one, at.person)
        return at.done("setup-sessions", _("The session is taken away."))
    form = forms.SessionForm(at.sent, initial=first)
    if form.is_valid():
        return kept(at, one, form)
    return shown(at, "setup-sessions", "convening/session.html", form=form, one=one, rules=rules_for(at, one))


def kept(at: Preparing, one: Session, form: forms.SessionForm) -> HttpResponse:
    """Write the session down; what would break a promise is said at the form."""
    try:
        sessions.change_session(one, at.person, form.cleaned_data)
    except ValidationError as problem:
        form.add_error(None, problem)
        return shown(at, "setup-sessions", "convening/session.html", form=form, one=one, rules=rules_for(at, one))
    return at.done("setup-sessions", _("The session is kept."))


def rules_for(at: Preparing, one: Session) -> list[Example]:
    """The rules that a session can have now: with open doors none that is more open than the one that holds."""
    holds = STRICTNESS[strictest(at.event.attribution, one.attribution)] if at.event.is_open else 0
    return [rule for rule in examples_of(at.event) if STRICTNESS[rule.regime] >= holds]


def examples_of(event: Event) -> list[Example]:
    """What each rule would print of a remark of the first person of the event, or of somebody made up."""
    seats = Membership.objects.filter(session__event=event, role__in=("participant", "panelist"))
    one = event.attendees.filter(memberships__in=seats).first()
    if one is None:
        return examples("Ray Crabbe", _("Royal Military Institute"), _("police"))
    return examples(f"{one.honorific} {one.name}".strip(), one.affiliation, one.sector)


# ------------------------------------------------------------------ the programme


@prepares()
def programme(at: Preparing) -> HttpResponse:
    """The programme (POST adds points)."""
    form = forms.PointsForm(at.sent)
    if form.is_valid():
        points.add_points(at.event, at.person, form.cleaned_data["points"])
        return at.done("setup-programme", _("The points are in the programme."))
    told = {"form": form, "items": [(one, depth(one)) for one in in_order(outline(at.event))]}
    return shown(at, "setup-programme", "convening/programme.html", **told)


def depth(item: Item) -> int:
    """How many points it lies in."""
    return 0 if item.parent_id is None else 1 + depth(item.parent) if item.parent else 0


@prepares()
def point(at: Preparing, pk: uuid.UUID) -> HttpResponse:
    """One point (POST `do`: save, up, down or remove)."""
    item = get_object_or_404(at.event.items.select_related("event"), pk=pk)
    form = forms.PointForm(at.sent, initial={"title": item.title, "kind": item.kind})
    do = at.sent.get("do", "") if at.sent is not None else ""
    if do in ("up", "down"):
        points.move_point(item, at.person, do == "up")
        return at.done("setup-programme", _("The point is moved."))
    if do == "remove":
        points.remove_point(item, at.person)
        return at.done("setup-programme", _("The point is taken away."))
    if at.sent is not None and do != "save":
        return unknown(at)
    if form.is_valid():
        points.change_point(item, at.person, form.cleaned_data)
        return at.done("setup-programme", _("The point is kept."))
    return shown(at, "setup-programme", "convening/point.html", form=form, item=item)
