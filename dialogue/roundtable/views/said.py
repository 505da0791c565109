"""One statement: its words, its versions, the stances on it, and what may be done with it."""

import secrets
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dialogue import quotas
from dialogue.access import eyes, known_findings, own_eyes
from dialogue.discussion import actions
from dialogue.discussion.models import Contribution
from dialogue.discussion.words import LIMIT, as_html
from dialogue.events.models import STRICTNESS
from dialogue.live.findings import draw_findings, has_findings
from dialogue.live.statements import Standing, Statements
from dialogue.people.signed_in import signed_in
from dialogue.positions import actions as positions
from dialogue.positions.agreement import Holding, agreement
from dialogue.positions.bars import count_words
from dialogue.positions.blind import Answers, answers_on_finding, is_blind, unseen
from dialogue.positions.evidence import is_earlier
from dialogue.positions.models import Finding, Level, Stance, StanceKind
from dialogue.positions.views import names_stances
from dialogue.positions.withdrawal import changes_without
from dialogue.rapporteur.views.changed import sentences_on
from dialogue.record.actions import KeyReused
from dialogue.roundtable import forms
from dialogue.roundtable.views.at_table import PROBLEMS, Seat, saved, seat, sentence, told, wants_json
from dialogue.roundtable.views.table import Shown

NOT_THE_SAME = "not-the-same"
Problem = (actions.ChangedMeanwhile, forms.ValidationError, quotas.QuotaExceeded)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@told
def said(request: HttpRequest, slug: str, key: str, id: Any) -> HttpResponse:
    """GET: the page of a statement, or of a finding. POST: what `do` says to a statement."""
    at = seat(request, slug, key)
    if request.method != "POST" and (found := known_findings(at.session, at.who).filter(pk=id).first()):
        return finding_page(request, at, found)
    one = statement(at, id)
    if request.method != "POST":
        return page(request, at, one)
    try:
        do(request, at, one)
    except Problem as problem:
        if wants_json(request):
            raise
        status = 422 if isinstance(problem, forms.ValidationError) else PROBLEMS[type(problem)]
        one = statement(at, id)
        return page(request, at, one, status, problem=sentence(problem), typed=request.POST.get("text"))
    return saved(request, f"{at.address}said/{one.pk}/", "said", subject=one.pk, message=_("Done."))


def statement(at: Seat, id: Any) -> Contribution:
    """The statement, where this reader sees its place. Raises Http404."""
    one = Contribution.every.select_related("item", "session", "event").filter(session=at.session, pk=id).first()
    if one is None:
        raise Http404
    author = actions.author_of(one)
    if not (one.appeared or one.released or eyes(at.who, at.session).sees_all or actions.is_author(at.who, author)):
        raise Http404
    return one


def do(request: HttpRequest, at: Seat, one: Contribution) -> None:
    """One deed on a statement. Raises what the actions raise."""
    sent, person = request.POST, at.person
    match sent.get("do", ""):
        case "amend":
            version = sent.get("version", "")
            if not version.isascii() or not version.isdigit() or len(version) > 9:
                raise forms.ValidationError(_("The form does not say what it changes. Load the page again."))
            quotas.spend("statement", person.pk)
            actions.amend(
                one, person, sent.get("text", ""), version=int(version), key=forms.key_of(request),
                spelling="spelling" in sent,
            )  # fmt: skip
        case "restrict":
            actions.restrict(one, person, forms.chosen(sent, "attribution", STRICTNESS) or "")
        case "hide":
            actions.hide(one, person, sent.get("why", "").replace("\0", ""))
        case "open-stances":
            positions.open_stances(one, person)
        case "strike":
            if "sure" not in sent:
                raise forms.ValidationError(_("Nothing was struck. Tick the box first: it cannot be undone."))
            actions.strike(one, person)
        case "withdraw" | "confirm" | "release" | "restore" as deed:
            getattr(actions, deed)(one, person)
        case _:
            raise forms.ValidationError(_("That cannot be done here."))


def page(request: HttpRequest, at: Seat, one: Contribution, status: int = 200, **kept: Any) -> HttpResponse:
    """The statement's page."""
    shown = Shown(request, at)
    author = actions.author_of(one)
    mine = actions.is_author(at.who, author)
    own_drawn = Statements(at.session, shown.own, shown.rules)
    drawn = own_drawn if mine else shown.theirs()
    row = drawn.read([one.pk])[one.pk]
    view = drawn.view(row)
    reads_versions = (mine or shown.eyes.sees_all) and one.state != "erased"
    own, may = own_stance(at, one), rights(at)
    former = [(old, as_html(old.text)) for old in one.former.all()] if reads_versions else []
    published, standing = actions.is_published(one), own_drawn.standings([row]).get(one.pk)
    context = {
        "event": at.event, "session": at.session, "who": at.who, "at": at, "s": view, "said": one, "mine": mine,
        "at_the_table": at.who.may("read the table"), "is_published": at.event.publications.exists(),
        "former": former, "own": own, "may": may, "limit": LIMIT,
        "may_amend": one.state == "said" and not published
        and (mine or (one.recorded and not one.confirmed and may["record"])),
        "would_change": withdrawal(at, shown, one) if mine and one.state == "said" and not published else None,
        "echoes": echoes_at(at) if may["run"] and one.state == "erased" else (),
        "published": published, "is_settled": published and one.state == "said" and (mine or may["record"]),
        "stances": StanceKind.choices, "attributions": () if published else shown.attributions(one.attribution),
        "reasons": given(at, shown, one, standing), "key": secrets.token_urlsafe(16),
        "history": own.history.all() if own else (), "standing": standing,
        "waiting": names_of(at, standing.answers if standing else None),
        "attendees": forms.known_to(at.who) if may["record"] else (),
        "text": one.text if mine or shown.eyes.sees_all else "",
        "replies": Contribution.objects.filter(relations__to_contribution=one, released=True).distinct().count(),
    }  # fmt: skip
    if kept.get("typed") is not None:
        context["text"] = kept["typed"]
    return render(request, "roundtable/said.html", {**context, **kept}, status=status)


def echoes_at(at: Seat) -> QuerySet[Contribution]:
    """The statements of the session that repeat words which were struck: whoever runs the table looks at each."""
    return Contribution.objects.filter(session=at.session, echoes_struck=True).order_by("position")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a withdrawal would change, as far as its owner may know: findings in numbers, the report by count alone."""

    findings: list[tuple[str, str, str]]  # the finding's words; its count before and after
    answers: int  # given on it by others
    sentences: int  # of the report


def withdrawal(at: Seat, shown: Shown, one: Contribution) -> Withdrawal:
    """What its owner is shown before they withdraw a statement. Findings and report only for who may read them."""
    words: dict[Hashable, str] = dict(known_findings(at.session, at.who).values_list("pk", "text"))
    kept_back = unseen(at.event, for_table=not at.who.may("see unreleased"))
    changes = changes_without(one, kept_back) if words and has_findings(at.session, shown.own) else []
    changes = [change for change in changes if change.finding in words]
    others = positions.stances_on(one).exclude(attendee__key=at.who.attendee)
    return Withdrawal(
        findings=[
            (words[change.finding], count_in_words(change.before), count_in_words(change.after)) for change in changes
        ],
        answers=0 if is_blind(at.session, one) or at.session.is_anonymous else others.count(),
        sentences=sentences_on(one) if at.who.may("read the table") else 0,
    )


def count_in_words(holding: Holding) -> str:
    """A finding's count in words."""
    level = str(Level(holding.reached).label) if holding.reached else _("no agreement word")
    return count_words(level, holding.numbers)


def own_stance(at: Seat, on: Contribution | Finding) -> Stance | None:
    """Where the reader stands on it."""
    holder = at.who.attendee
    return positions.stances_on(on).filter(attendee__key=holder).first() if holder else None


def rights(at: Seat) -> dict[str, bool]:
    """What the reader may do here, in the words of the templates."""
    named = {"speak": "speak", "run": "run the table", "record": "record for others"}
    return {name: at.who.may_in(right, at.session.key) for name, right in named.items()}


def finding_page(request: HttpRequest, at: Seat, found: Finding) -> HttpResponse:
    """A finding with its bar and, while it is put to the table, the form for a stance with a reason. Raises Http404."""
    drawn = draw_findings(at.session, own_eyes(at.who, at.session), [found.pk])
    if not drawn:
        raise Http404
    own, may = own_stance(at, found), rights(at)
    context = {
        "event": at.event, "session": at.session, "who": at.who, "at": at, "said": found, "drawn": drawn, "own": own,
        "at_the_table": True, "is_published": at.event.publications.exists(), "may": may,
        "stances": StanceKind.choices, "history": own.history.all() if own else (), "key": secrets.token_urlsafe(16),
        "attendees": forms.known_to(at.who) if may["record"] else (), "waiting": names_of(at, asked_of(at, found)),
    }  # fmt: skip
    return render(request, "roundtable/found.html", context)


def asked_of(at: Seat, found: Finding) -> Answers | None:
    """For the staff of all closed tables, while a finding is asked about blind: how many have answered."""
    hidden = unseen(at.event)
    if found.pk not in hidden or not at.who.may("see unreleased"):
        return None
    return answers_on_finding(agreement(at.event, hidden), found.pk)


def names_of(at: Seat, answers: Answers | None) -> list[str]:
    """Who has not answered yet, by name: for those who may see who."""
    if answers is None or not at.who.may_in("see who", at.session.key):
        return []
    people = at.event.attendees.values_list("pk", "name")
    return sorted(name for pk, name in people if pk in answers.waiting)


@dataclass(frozen=True, slots=True)
class Given:
    """A stance as this reader may see it: whose ("" for somebody), where they stand, how strongly, and why."""

    name: str
    stance: str
    strong: bool
    reason: str
    is_earlier: bool  # given on earlier words


def given(at: Seat, shown: Shown, one: Contribution, standing: Standing | None) -> list[Given]:
    """The stances on a statement that have a reason or are strong, unless they are veiled. Their order tells nothing.

    Who stands where is for those who may see who, and for everybody where all at the closed tables are named; else the
    others read what was said for it and against it.
    """
    if standing is None or standing.is_veiled or standing.numbers is None:
        return []
    rows = positions.stances_on(one).select_related("attendee").order_by("stance", "pk")
    out = []
    sees_who = shown.own.sees_who or (at.session.access == "closed" and names_stances(at.event, shown.rules))
    for row in rows:
        if row.reason or (row.strong and not at.session.is_anonymous):  # there a number of people, and no more, is told
            is_known = sees_who or row.attendee.key == shown.own.mine
            if not is_known and positions.is_uncounted(at.event, row.attendee):
                continue  # it is in no bar, so it would say whose it is
            name, earlier = row.attendee.name if is_known else "", is_earlier(row, one.words_version)
            out.append(Given(name, row.get_stance_display(), row.strong, row.reason, earlier))
    return out


@require_POST
@never_cache
@told
def stance(request: HttpRequest, slug: str, key: str, id: Any) -> HttpResponse:
    """Take a stance on a position or a finding, or write down one that was given aloud (`for`)."""
    at, on = stood_on(request, slug, key, id)
    try:
        owner = forms.attendee_of(at.who, request.POST["for"]) if request.POST.get("for") else None
        deed, taking = forms.key_of(request), forms.taking_of(request)
        quotas.spend("stance", at.person.pk)
        if taking.stance == NOT_THE_SAME:
            positions.refuse_spelling(at.session, at.person, on, words=taking.words)
        else:
            positions.take_stance(at.session, at.person, on, taking, key=deed, owner=owner)
    except (forms.ValidationError, PermissionDenied, KeyReused, actions.ChangedMeanwhile, quotas.QuotaExceeded):
        if isinstance(on, Contribution):
            statement(at, id)  # what this reader may not see is not there, whatever else is wrong
        raise
    back = f"{at.address}said/{id}/" if request.POST.get("from") == "said" else f"{at.address}#s-{id}"
    return saved(request, back, "stance", subject=id, message=_("Your stance is on record."))


def stood_on(request: HttpRequest, slug: str, key: str, id: Any) -> tuple[Seat, Any]:
    """The seat, and the position or finding of that id. Raises Http404 where there is none that the reader may see."""
    here = Contribution.every.select_related("session__event")
    if one := here.filter(pk=id, session__key=key, session__event__slug=slug).first():
        return Seat(signed_in(request), one.session), one
    at = seat(request, slug, key)
    return at, get_object_or_404(known_findings(at.session, at.who), pk=id)
