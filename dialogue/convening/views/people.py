"""The people of an event: pasted, seated, changed, replaced, merged; and roles without a seat."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogue.convening import spreadsheet
from dialogue.convening.actions import invitations, merging, naming, people
from dialogue.convening.actions.naming import NameTaken
from dialogue.convening.forms import people as forms
from dialogue.convening.models import Invitation, NameRequest
from dialogue.convening.views.at_setup import Preparing, prepares, shown, unknown
from dialogue.due.models import Due
from dialogue.entrance.models import Ticket
from dialogue.events.models import Attendee, Role
from dialogue.grants import MayNotGrant, grantable_roles, in_words, roles_behind


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody in the list: their seats in words, and what has become of their invitation."""

    one: Attendee
    seats: list[str]
    email: str
    state: str
    is_wrong: bool  # somebody has to see to it
    asked: NameRequest | None  # how they want to be printed, where the staff have to agree
    arrival: Ticket | None  # the number or QR code that they came in by, with who handed it over


@prepares("invite")
def everybody(at: Preparing) -> HttpResponse:
    """The people (POST takes a pasted table in, all of it or nothing)."""
    form = forms.PasteForm(at.event, at.sent)
    told: dict[str, Any] = {"form": form, "columns": COLUMNS()}
    if form.is_valid():
        try:
            rows = spreadsheet.read(form.cleaned_data["table"])
            told["rows"] = rows
            taken = people.take_in(form.cleaned_data["session"], at.person, rows)
        except ValidationError as problem:
            form.add_error("table", problem)
        else:
            message = ngettext("%(n)d person is in.", "%(n)d people are in.", len(taken)) % {"n": len(taken)}
            if left := spreadsheet.left_out(form.cleaned_data["table"]):
                message += " " + _("These columns were not understood, and left out: %(what)s.") % {
                    "what": ", ".join(left)
                }
            return at.done("setup-people", message)
    told["lines"] = lines(at)
    told["unasked"] = sum(line.state == NOT_YET() and bool(line.email) for line in told["lines"])
    return shown(at, "setup-people", "convening/people.html", **told)


def COLUMNS() -> list[str]:  # noqa: N802 - a list of words in the reader's language
    """The headings of a pasted table, in its order."""
    return [
        _("Name"),
        _("E-mail"),
        _("Function"),
        _("Affiliation"),
        _("Kind of organisation"),
        _("Role"),
        _("Language"),
    ]


def NOT_YET() -> str:  # noqa: N802
    """That nobody has written to them."""
    return _("not invited yet")


def lines(at: Preparing) -> list[Line]:
    """Everybody, in the record's order."""
    letters = {one.attendee_id: one for one in sent(at)}
    failed = set(
        Due.objects.filter(kind="mail", subject__in=[one.mail_id for one in letters.values()], done_at__isnull=False)
        .exclude(problem="")
        .values_list("subject", flat=True)
    )
    arrived = arrivals(at)
    asked = {one.attendee_id: one for one in NameRequest.objects.filter(attendee__event=at.event)}
    out = []
    for one in at.event.attendees.prefetch_related("memberships__session"):
        seats = [f"{Role(seat.role).label} · {seat.session.title}" for seat in one.memberships.all()]
        letter = letters.get(one.pk)
        state, is_wrong = state_of(one, letter, bool(letter and letter.mail_id in failed))
        out.append(
            Line(one, seats, letter.email if letter else "", state, is_wrong, asked.get(one.pk), arrived.get(one.pk))
        )
    return out


def arrivals(at: Preparing) -> dict[object, Ticket]:
    """The tickets that somebody has come in by, by their attendee's id."""
    used = Ticket.objects.filter(attendee__event=at.event, spent_at__isnull=False)
    return {ticket.attendee_id: ticket for ticket in used.select_related("by")}


def sent(at: Preparing) -> list[Invitation]:
    """Every invitation of the event with its letter."""
    return list(Invitation.objects.filter(attendee__event=at.event).select_related("mail"))


def state_of(one: Attendee, letter: Invitation | None, has_failed: bool) -> tuple[str, bool]:
    """What has become of an invitation, in words, and whether somebody has to see to it."""
    if any(seat.agreed_at for seat in one.memberships.all()):
        return _("has come in"), False
    if letter is None or not (letter.email or letter.times):
        return _("no address: let them in with a number"), one.person_id is None
    if letter.withdrawn_at:
        return _("withdrawn"), False
    if letter.bounced_at or has_failed:
        return _("came back: mend the address, then send it again"), True
    if not letter.times:
        return NOT_YET(), False
    if letter.mail and letter.mail.sent_at is None:
        return _("on its way"), False
    return _("invited"), False


@prepares("invite")
def person(at: Preparing, pk: uuid.UUID) -> HttpResponse:
    """One person (POST `do`: save, remove, agree-name or keep-name)."""
    one = get_object_or_404(at.event.attendees.select_related("event", "person"), pk=pk)
    letter = Invitation.objects.filter(attendee=one).select_related("mail").first()
    do = at.sent.get("do", "") if at.sent is not None else ""
    if do == "remove":
        people.remove(one, at.person)
        return at.done("setup-people", _("%(name)s is in the event no more.") % {"name": one.name})
    if do in ("agree-name", "keep-name"):
        return answer_name(at, one, do)
    if at.sent is not None and do != "save":
        return unknown(at)
    grantable = grantable_roles(at.who)
    first = {**facts_of(one, letter), "listed": one.listed}
    form = forms.SeatedForm(one, grantable, at.sent, initial=first)
    if form.is_valid():
        try:
            people.change(one, at.person, form.facts(), form.roles(), listed=form.cleaned_data["listed"])
        except (MayNotGrant, NameTaken) as problem:
            form.add_error("name" if isinstance(problem, NameTaken) else None, problem)
        except ValidationError as problem:
            form.add_error("email", problem)
        else:
            return at.done("setup-people", _("%(name)s is kept.") % {"name": form.cleaned_data["name"]})
    others = at.event.attendees.exclude(pk=one.pk)
    state, is_wrong = state_of(one, letter, False)
    beyond = in_words(roles_behind(one) - grantable)
    told = {
        "form": form,
        "one": one,
        "letter": letter,
        "state": state,
        "is_wrong": is_wrong,
        "others": others,
        "beyond": beyond,
        "asked": NameRequest.objects.filter(attendee=one).first(),
    }
    return shown(at, "setup-people", "convening/person.html", **told)


def answer_name(at: Preparing, one: Attendee, do: str) -> HttpResponse:
    """What the staff say to how somebody wants to be printed."""
    if do == "keep-name":
        naming.keep_name(one, at.person)
        return at.done("person", _("%(name)s stays as printed.") % {"name": one.name}, one.pk)
    naming.agree_to_name(one, at.person)
    return at.done("person", _("It is agreed: everything of theirs stands under it."), one.pk)


def facts_of(one: Attendee, letter: Invitation | None) -> dict[str, str]:
    """What the form begins with."""
    told = {name: getattr(one, name) for name in people.FACTS}
    return {
        **told,
        "email": letter.email if letter else "",
        "language": letter.language if letter else one.event.language,
    }


@prepares("invite")
def replace(at: Preparing, pk: uuid.UUID) -> HttpResponse:
    """Somebody else comes in this person's place."""
    one = get_object_or_404(at.event.attendees.select_related("event", "person"), pk=pk)
    first = {
        "affiliation": one.affiliation,
        "sector": one.sector,
        "function": one.function,
        "language": facts_of(one, Invitation.objects.filter(attendee=one).first())["language"],
    }
    form = forms.PersonForm(at.sent, initial=first)
    if form.is_valid():
        try:
            comes = people.replace(one, at.person, form.facts())
        except (MayNotGrant, NameTaken) as problem:
            form.add_error("name" if isinstance(problem, NameTaken) else None, problem)
        except ValidationError as problem:
            form.add_error("email", problem)
        else:
            if comes.invitation.email and at.sent is not None and at.sent.get("invite"):
                invitations.invite(at.event, at.person, [comes], at.site)
            return at.done("setup-people", _("%(name)s comes instead.") % {"name": comes.name})
    return shown(at, "setup-people", "convening/replace.html", form=form, one=one)


@prepares("invite", methods=("POST",), back="person")
def merge(at: Preparing, pk: uuid.UUID) -> HttpResponse:
    """Another record is this person too."""
    one = get_object_or_404(at.event.attendees.select_related("event", "person"), pk=pk)
    other = at.event.attendees.select_related("event", "person").filter(key=key_of(at)).first()
    if other is None:
        raise ValidationError(_("Choose the record that is the same person."))
    merging.merge(one, other, at.person)
    return at.done("setup-people", _("%(name)s has one record now.") % {"name": one.name})


def key_of(at: Preparing) -> str:
    """The key that was sent, as it may go into a query."""
    sent = at.sent.get("other", "") if at.sent is not None else ""
    return "" if "\0" in sent or len(sent) > 64 else sent


# ------------------------------------------------------------------ letters


@prepares("invite")
def letters(at: Preparing) -> HttpResponse:
    """Who is written to, and what the letter says (POST sends; `again`: also to who was written to before)."""
    form = forms.GreetingForm(at.sent, initial={"greeting": at.event.greeting})
    rows = [one for one in sent(at) if one.email and not one.withdrawn_at]
    chosen = at.event.attendees.filter(invitation__in=rows).select_related("event", "person")
    asked_for = picked(at)
    chosen = chosen.filter(invitation__times=0) if asked_for is None else chosen.filter(pk__in=asked_for)
    if at.sent is not None and form.is_valid():
        invitations.greet(at.event, at.person, form.cleaned_data["greeting"])
        if at.sent.get("do") == "look":
            return redirect(at.request.get_full_path() + "#preview")
        written = invitations.invite(at.event, at.person, list(chosen), at.site)
        told = ngettext("%(n)d invitation is on its way.", "%(n)d invitations are on their way.", len(written))
        return at.done("setup-people", told % {"n": len(written)})
    first = chosen.first()
    shows = invitations.preview(first, at.person, at.site) if first else None
    told_all = {"form": form, "chosen": list(chosen), "preview": shows}
    return shown(at, "setup-people", "convening/letters.html", **told_all)


def picked(at: Preparing) -> list[uuid.UUID] | None:
    """The people that the page was asked about; None: all who were not written to yet."""
    return ids(at.request.GET.getlist("to")) if "to" in at.request.GET else None


@prepares("invite", methods=("POST",), back="person")
def withdraw(at: Preparing, pk: uuid.UUID) -> HttpResponse:
    """An invitation is taken back."""
    one = get_object_or_404(at.event.attendees.select_related("event", "person"), pk=pk)
    invitations.withdraw(one, at.person, at.site)
    return at.done("setup-people", _("The invitation of %(name)s is withdrawn.") % {"name": one.name})


# ------------------------------------------------------------------ roles without a seat


@prepares()
def roles(at: Preparing) -> HttpResponse:
    """Roles that the record does not hold (POST lends one, or takes `back` one)."""
    if at.sent is not None and at.sent.get("back"):
        lent = at.event.passes.filter(pk__in=ids(at.sent.getlist("back"))).first()
        if lent is None:
            return unknown(at)
        invitations.take_role_back(lent, at.person)
        return redirect(at.address("setup-roles") if lent.person_id != at.person.pk else "/")
    form = forms.LendForm(at.sent)
    if form.is_valid():
        told = form.cleaned_data
        invitations.lend(at.event, at.person, told["email"], told["name"], told["role"], at.site)
        return at.done("setup-roles", _("%(name)s has the role.") % {"name": told["name"]})
    rows = [(one, str(Role(one.role).label)) for one in at.event.passes.select_related("person").order_by("role")]
    return shown(at, "setup-roles", "convening/roles.html", form=form, rows=rows)


def ids(written: list[str]) -> list[uuid.UUID]:
    """What of these is an id."""
    found = []
    for one in written:
        try:
            found.append(uuid.UUID(one))
        except ValueError:
            continue
    return found
