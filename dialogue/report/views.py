"""The chapter as a page: what stands now for the table, the newest published version for everybody."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from dialogue.access import Reader, reader, visible_events
from dialogue.events.models import Event
from dialogue.live.watch import watch
from dialogue.people.signed_in import signed_in
from dialogue.report import formats, html
from dialogue.report.actions import CannotPublish, ready
from dialogue.report.actions import publish as freeze
from dialogue.report.behind import NothingThere, as_published, from_record
from dialogue.report.compile import CannotCompile, compile, refuse
from dialogue.report.failed import WriterFailed
from dialogue.report.leak_check import unanswered
from dialogue.report.material import chapter_languages, gather
from dialogue.report.models import Publication
from dialogue.report.tree import Report, as_json, from_json

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Edition:
    """What one reader has in front of them. `publication` is None for the chapter as it stands now.

    `is_instead`: it is the newest published version, because the draft cannot be made; `instead` says to staff why.
    """

    who: Reader
    report: Report
    publication: Publication | None
    is_instead: bool = False
    instead: tuple[str, ...] = ()

    @property
    def event(self) -> Event:
        """The event that the chapter is about."""
        return self.who.event

    @property
    def newest(self) -> Publication | None:
        """The newest published version, whatever stands here."""
        return self.event.publications.order_by("-version").first()

    @property
    def query(self) -> str:
        """What an address needs to lead to this edition again: "", "?version=2" or "?language=fr"."""
        if self.publication:
            return "?" + urlencode({"version": self.publication.version})
        if self.report.language != self.event.language:
            return "?" + urlencode({"language": self.report.language})
        return ""

    @property
    def languages(self) -> list[tuple[str, str, bool]]:
        """(code, its own name, whether it is this one) of each language that the chapter has; [] where it has one."""
        if self.publication:
            codes = list(dict.fromkeys(self.event.publications.values_list("language", flat=True)))
        else:
            codes = chapter_languages(self.event)
        named = [(code, get_language_info(code)["name_local"], code == self.report.language) for code in codes]
        return named if len(named) > 1 else []


# ------------------------------------------------------------------ which event, which version


def meeting(request: HttpRequest, slug: str) -> Reader:
    """The reader in front of an event. Raises Http404 where they may not know of it."""
    event = get_object_or_404(visible_events(signed_in(request)), slug=slug)
    return reader(signed_in(request), event)


def version(request: HttpRequest, who: Reader) -> Publication | None:
    """The published version that is asked for; None is the chapter as it stands now, which the table reads.

    Who is not of the table reads the newest version alone. Raises PermissionDenied where nothing is published,
    Http404 where there is no such version for this reader.
    """
    at_the_table, asked, language = who.may("read the table"), request.GET.get("version"), request.GET.get("language")
    if at_the_table and asked is None:
        return None
    versions = who.event.publications.order_by("-version")
    newest = (versions.filter(language=language) if language else versions).first()
    if not versions:
        who.require("read the table")
    if asked is not None:
        newest = versions.filter(version=asked).first() if asked.isdecimal() and len(asked) < 9 else None
        if newest and not at_the_table and newest != versions.filter(language=newest.language).first():
            newest = None  # what was published before may have been taken back for a reason
    if newest is None:
        raise Http404
    return newest


def edition(request: HttpRequest, slug: str) -> Edition:
    """The chapter that a request is about; the newest published version where the draft cannot be made.

    Raises CannotCompile where nothing has been published either, or the language is none that the chapter has.
    """
    who = meeting(request, slug)
    publication, language = version(request, who), request.GET.get("language")
    if publication:
        return Edition(who, from_json(publication.content), publication)
    refuse(who.event, None, language)
    try:
        return Edition(who, compile(who.event, language=language), None)
    except CannotCompile as problem:
        versions = who.event.publications.filter(language=language or who.event.language)
        last = versions.order_by("-version").first()
        if last is None:
            raise
        why = tuple(problem.reasons) if who.may("see who") else ()
        return Edition(who, from_json(last.content), last, True, why)


def or_say_why(view: View) -> View:
    """A chapter that cannot be made, or a file that cannot be written, is a page with the reasons."""

    @wraps(view)
    def answered(request: HttpRequest, slug: str, **rest: str) -> HttpResponse:
        try:
            return view(request, slug, **rest)
        except CannotCompile as problem:
            return stopped(request, slug, 409, problem.reasons)
        except WriterFailed as problem:
            return stopped(request, slug, 503, [str(problem)])

    return answered


def stopped(request: HttpRequest, slug: str, status: int, reasons: list[str]) -> HttpResponse:
    """The page that says why there is no chapter to show, with its status."""
    who = meeting(request, slug)
    told = reasons if status == 503 or who.may("see who") else []  # a reason may name whom the rule protects
    context = {"reasons": told, "status": status, **place(who)}
    return render(request, "report/stopped.html", context, status=status)


def place(who: Reader) -> dict[str, object]:
    """What every page of an event tells its templates."""
    return {
        "event": who.event,
        "who": who,
        "at_the_table": who.may("read the table"),
        "is_published": who.event.publications.exists(),
    }


# ------------------------------------------------------------------ the pages


@require_safe
@cache_control(private=True)
@or_say_why
def chapter(request: HttpRequest, slug: str) -> HttpResponse:
    """The chapter to read; `?version=` for a published one, `?language=` for a translation."""
    news = watch(meeting(request, slug))
    shown = edition(request, slug)
    ask = reverse("behind", args=[slug]) + (f"{shown.query}&of=" if shown.query else "?of=")
    context = {
        "edition": shown,
        "report": shown.report,
        "parts": html.parts(shown.report, ask),
        "formats": formats.FORMATS,
        "watch": news if shown.publication is None or shown.is_instead else None,
        "may_publish": shown.who.may("publish") and shown.publication is None,
        **place(shown.who),
    }
    return render(request, "report/chapter.html", context)


@require_safe
@cache_control(private=True)
@or_say_why
def behind(request: HttpRequest, slug: str) -> HttpResponse:
    """The statements behind a sentence (`?of=` their labels): a fragment for the margin, or a page without scripts."""
    who = meeting(request, slug)
    publication, asked = version(request, who), request.GET.get("of", "")
    address = reverse("chapter", args=[slug]) + (f"?version={publication.version}" if publication else "")
    context = {**place(who), "chapter": address, "statements": []}
    try:
        context["statements"] = statements(who, publication, asked, address)
    except NothingThere:
        context["is_missing"] = True
    name = "report/_behind.html" if request.htmx else "report/behind.html"  # type: ignore[attr-defined]
    response = render(request, name, context, status=200 if context["statements"] else 404)
    patch_vary_headers(response, ["HX-Request"])
    return response


def statements(who: Reader, publication: Publication | None, asked: str, address: str) -> list:
    """From the record for the table, as printed for everybody else. Raises NothingThere."""
    if publication is None:
        return list(from_record(who, asked))
    if who.may("read the table"):
        try:
            return list(from_record(who, asked))
        except NothingThere:
            pass  # the rule has changed since, and with it the labels: as printed, then
    return list(as_published(from_json(publication.content), asked, address))


@require_safe
@cache_control(private=True)
@or_say_why
def download(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """The chapter as a file."""
    if format not in formats.FORMATS:
        raise Http404
    shown, kind = edition(request, slug), formats.FORMATS[format]
    language = "" if shown.report.language == shown.event.language else f"-{shown.report.language}"
    response = HttpResponse(formats.write(shown.report, format), content_type=kind.media_type)
    number = f"-version-{shown.publication.version}" if shown.publication and shown.is_instead else ""
    name = f"{slug}-chapter{language}{number}.{kind.suffix}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publishing, in two steps: GET tells what will happen and what stands against it, POST does it."""
    who = meeting(request, slug)
    if not who.may("publish"):
        who.ask_to_confirm()
        raise PermissionDenied
    newest = who.event.publications.order_by("-version").first()
    follows = str(newest.version) if newest else "0"
    context = {**place(who), "newest": newest, "follows": follows, "next": int(follows) + 1}
    if request.method != "POST":
        told = {**context, **prospect(who.event, newest), "may_see_names": who.may("see who") and who.may("set up")}
        return render(request, "report/publish.html", told)
    if request.POST.get("follows") != follows:  # sent twice, or somebody else was faster
        messages.info(request, _("Nothing was published: version %(number)s is out already.") % {"number": follows})
        return redirect("chapter", slug)
    try:
        made = freeze(who.event, who.person)
    except CannotPublish as problem:
        return render(request, "report/publish.html", {**context, "reasons": problem.reasons}, status=409)
    done = _("Version %(number)d is published. Everyone can read it now.")
    messages.success(request, done % {"number": made.version})
    return redirect(reverse("chapter", args=[slug]) + f"?version={made.version}")


def prospect(event: Event, newest: Publication | None) -> dict[str, object]:
    """What publishing now would meet: reasons against it, or that nothing has changed since the newest version."""
    try:
        report = ready(event)
    except CannotPublish as problem:
        return {"reasons": problem.reasons}
    digest = hashlib.sha256(as_json(report).encode()).hexdigest()
    return {
        "is_same": newest is not None and newest.digest == digest,
        "unanswered": len(unanswered(gather(event, None, None))),
    }
