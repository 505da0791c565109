"""The live page of a session: what was said on an item, the form for saying something, the others around the table."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dialogue import quotas
from dialogue.access import NotAgreed, eyes, known_findings, own_eyes
from dialogue.discussion import actions
from dialogue.discussion.models import Attribution, Contribution, ContributionKind, RelationKind
from dialogue.discussion.places import Window, window, window_of, window_with
from dialogue.discussion.views import cited
from dialogue.discussion.words import LIMIT
from dialogue.events.models import STRICTNESS, Absence, Attendee, Item, NamesInRoom, Release, strictest
from dialogue.events.programme import discussion, in_order, line_above, outline
from dialogue.live.asks import draw_asks
from dialogue.live.doors import streams_heard
from dialogue.live.drawing import draw_conduct, draw_items, draw_state, draw_yours
from dialogue.live.findings import draw_findings, has_findings
from dialogue.live.marked import draw_whole, place
from dialogue.live.rules import rules
from dialogue.live.statements import Statements
from dialogue.people.models import Language
from dialogue.positions.attendance import COUNTED
from dialogue.record.actions import KeyReused, look
from dialogue.record.models import Entry, Looked
from dialogue.roundtable import forms
from dialogue.roundtable.views.at_table import PROBLEMS, Seat, saved, seat, seat_of_deed, sentence, told, wants_json

MODES = {"threads": "thread", "time": "position", "new": "position"}
AT_HAND = ("agrees", "builds_on", "disagrees", "concedes", "qualifies")


# What another app shows below what was said: functions (Shown) that give HTML, or "" for nothing.
panels: list[Callable[["Shown"], str]] = []


@require_safe
@never_cache
def table(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The page. `?item=`, `?as=threads|time|new`, `?before=` an earlier part, `?at=` from a statement on, `?reply=`."""
    try:
        return page(request, seat(request, slug, key))
    except NotAgreed:
        return redirect("welcome", slug)


def page(request: HttpRequest, at: Seat, status: int = 200, **kept: Any) -> HttpResponse:
    """The page for a seat; `kept`: what somebody wrote that could not be taken."""
    shown = Shown(request, at)
    return render(request, "roundtable/table.html", {**shown.context(), **kept}, status=status)


@dataclass(frozen=True, slots=True)
class Answered:
    """A statement that the form answers: its id, how it is known again, and what is done to it ("": not chosen)."""

    id: str
    quote: str
    relation: str


class Shown:
    """Everything on one reader's page. The heads are read first, then what is drawn: nothing falls between."""

    def __init__(self, request: HttpRequest, at: Seat):
        self.request, self.at, self.who, self.session = request, at, at.who, at.session
        self.heads = self.read_heads()
        self.eyes, self.own = eyes(at.who, at.session), own_eyes(at.who, at.session)
        self.rules = rules(at.event)
        self.items = list(in_order(discussion(outline(at.event))))
        self.item = self.choose_item()
        self.mode = request.GET.get("as", "threads") if request.GET.get("as") in MODES else "threads"

    def read_heads(self) -> dict[str, dict[str, Any]]:
        """Stream -> where it stands: what the page's socket begins from."""
        heard = streams_heard([(self.session, self.who)])
        return {str(pk): {"epoch": self.at.event.epoch, "n": head} for pk, head in heard.values()}

    def choose_item(self) -> Item | None:
        """The item that is asked for; else the one opened last; else the first."""
        asked = self.request.GET.get("item") or self.request.POST.get("item")
        if asked:
            found = next((one for one in self.items if one.key == asked), None)
            if found is None and self.request.method != "POST":
                raise Http404
            if found:
                return found
        if target := self.target("at") or self.target("reply"):
            return next((one for one in self.items if one.pk == target.item_id), None)
        opened = self.session.openings.filter(closed_at=None).order_by("-opened_at").values_list("item", flat=True)
        by_pk = {one.pk: one for one in self.items}
        return next((by_pk[pk] for pk in opened if pk in by_pk), self.items[0] if self.items else None)

    def target(self, name: str) -> Contribution | None:
        """The statement that a part of the address names, where this reader sees its place."""
        return self.seen(self.request.GET.get(name, ""))

    def seen(self, id: str) -> Contribution | None:
        """The statement of that id, where this reader sees its place."""
        try:
            wanted = forms.id_of(id)
        except ValidationError:
            return None
        found = Contribution.every.filter(session=self.session, pk=wanted).first()
        return found if found and (self.eyes.sees_all or found.appeared or found.released) else None

    # ------------------------------------------------------------ what was said

    def window(self) -> Window:
        """The part of the item that stands on the page."""
        if self.item is None:
            return Window([], "")
        if self.mode == "new":
            return window_of(self.session, self.item, self.eyes, self.new)
        by = MODES[self.mode]
        if first := self.target("at"):
            return window_with(self.session, self.item, self.eyes, by, first)
        return window(self.session, self.item, self.eyes, by, self.target("before"))

    @cached_property
    def new(self) -> set[Any]:
        """The statements that came since this reader looked."""
        if self.who.person is None:
            return set()
        looked = Looked.objects.filter(session=self.session, person=self.who.person).first()
        if looked is None:
            return set()
        came = Entry.objects.filter(
            stream__session=self.session, stream__audience=self.eyes.audience, turn__gt=looked.turn,
            kind__in=("contribution-made", "contribution-released"),
        )  # fmt: skip
        return set(came.values_list("subject", flat=True))

    def theirs(self) -> Statements:
        """Statements drawn as for the reader's whole audience, but for “you”."""
        return Statements(self.session, self.eyes, self.rules, self.own.mine)

    def own_words(self) -> str:
        """The ids of what this reader said here, for the page to know what answers them."""
        if not self.own.mine:
            return ""
        own = {"authorship__attendee__key": self.own.mine, "authorship__attendee__event": self.at.event}
        said = Contribution.every.filter(session=self.session, **own)
        return " ".join(map(str, said.order_by().values_list("pk", flat=True)))

    def statements(self, part: Window) -> list[str]:
        """The part, drawn: one's own with one's own eyes, the others' with those of the audience."""
        theirs, mine = self.theirs(), Statements(self.session, self.own, self.rules)
        said, new = theirs.read(part.ids), self.new
        mine.share(theirs)
        standings = mine.standings(list(said.values()))
        out: list[str] = []
        after = part.before
        for pk in part.ids:
            one, is_mine = said[pk], mine.is_mine(said[pk])
            inner = draw_whole((mine if is_mine else theirs).view(one), standings.get(pk))
            out.append(place(one, inner, after, after, is_new=pk in new and not is_mine))
            after = str(pk)
        return out

    def yours(self) -> list[str]:
        """What was written down for this reader and waits for their word."""
        if not self.who.attendee:
            return []
        waiting = Contribution.objects.filter(
            session=self.session, recorded=True, confirmed=False, authorship__attendee__key=self.who.attendee,
            authorship__attendee__event=self.at.event,
        ).order_by("position")  # fmt: skip
        ids, own = [one.pk for one in waiting], Statements(self.session, self.own, self.rules)
        said = own.read(ids)
        return [draw_yours(own, said[pk]) for pk in ids]

    # ------------------------------------------------------------ the page

    def context(self) -> dict[str, Any]:
        """What the template needs."""
        part = self.window()
        may = {right: self.who.may_in(right, self.session.key) for right in RIGHTS.values()}
        has_seat = bool(self.who.attendee) or self.who.is_looking  # as those have whom one looks as
        rights = [name for name in RIGHTS if may[RIGHTS[name]] and (name != "speak" or has_seat)]
        return {
            "event": self.at.event, "session": self.session, "who": self.who, "at": self.at, "may": rights,
            "at_the_table": self.who.may("read the table"), "is_published": self.at.event.publications.exists(),
            "streams": json.dumps(self.heads), "mode": self.mode, "modes": self.modes(), "item": self.item,
            "items": draw_items(self.session, self.eyes, [one.pk for one in self.items]),
            "statements": self.statements(part), "earlier": self.earlier(part), "is_partial": part.is_partial,
            "state": draw_state(self.session, self.own, self.rules),
            "conduct": draw_conduct(self.session, self.own, self.rules),
            "lacks_seat": may["speak"] and not has_seat,
            "opening": self.opening(), "is_asked": self.is_asked(),
            "findings": draw_findings(self.session, self.own),
            "has_findings": has_findings(self.session, self.own), "yours": self.yours(),
            "asks": draw_asks(self.session, self.own), "own_words": self.own_words(),
            "key": secrets.token_urlsafe(16), "limit": LIMIT, "kinds": ContributionKind.choices,
            "relations_at_hand": [(one, str(RelationKind(one).label)) for one in AT_HAND],
            "relations": [one for one in RelationKind.choices if one[0] not in (*AT_HAND, "opens")],
            "attributions": self.attributions(self.prefers), "prefers": self.prefers,
            "answers": self.answers(), "text": "",
            "sources": self.sources() if "speak" in rights or "record" in rights else (),
            "attendees": forms.known_to(self.who) if "record" in rights or "run" in rights else (),
            "seated": self.seated() if "run" in rights else (), "is_away": self.is_away(),
            "languages": Language.choices, "speaks": self.speaks(),
            "shows_names": self.session.names_in_room == NamesInRoom.SHOWN and self.session.access == "closed",
            "is_anonymous": self.session.is_anonymous,
            "releases": Release.choices, "items_all": self.items, "open_items": self.open_items(),
            "panels": [drawn for panel in panels if (drawn := panel(self))],
        }  # fmt: skip

    def speaks(self) -> str | None:
        """The language that the form offers first, where people speak either: the reader's, where they are named for
        what they say; else the event's. What is left as it was would tell in which language somebody reads."""
        is_named = self.rules.tells_wishes(self.session.key)
        return self.request.POST.get("language") or (get_language() if is_named else self.at.event.language)

    def modes(self) -> list[tuple[str, str, bool]]:
        """(name, in words, whether it is this one) of the ways of reading."""
        told = {"threads": _("As threads"), "time": _("As it came"), "new": _("Only what is new")}
        return [(name, words, name == self.mode) for name, words in told.items()]

    def opening(self) -> str:
        """Whether the item on the page is open, closed or still ahead."""
        opening = self.session.openings.filter(item=self.item).first() if self.item else None
        return "ahead" if opening is None else "open" if opening.is_open else "closed"

    def open_items(self) -> set[Any]:
        """The items on which one may speak now."""
        return set(self.session.openings.filter(closed_at=None).values_list("item", flat=True))

    def away(self) -> set[Any]:
        """Who is marked away from the item on the page, or from what it lies in."""
        line = line_above(self.item.pk, dict(self.at.event.items.values_list("pk", "parent_id"))) if self.item else []
        seats = Absence.objects.filter(membership__session=self.session, membership__ended_at=None, item__in=line)
        return set(seats.values_list("membership__attendee", flat=True))

    def seated(self) -> list[tuple[Attendee, bool]]:
        """(person, whether they are marked away from the item) of the seats that count, for who runs the table."""
        away = self.away()
        seats = self.session.memberships.filter(role__in=COUNTED).select_related("attendee")
        return [(seat.attendee, seat.attendee_id in away) for seat in seats]

    def is_away(self) -> bool | None:
        """Whether the reader is marked away from the item; None where they have no seat that counts."""
        own = self.session.memberships.filter(attendee__key=self.who.attendee or None, role__in=COUNTED)
        return self.who.attendee_id in self.away() if self.item and own.exists() else None

    def is_asked(self) -> bool:
        """Whether a finding is put to this table now, as far as the reader knows."""
        return known_findings(self.session, self.who).filter(is_open=True).exists()

    def earlier(self, part: Window) -> str:
        """The address of the earlier part, or ""."""
        if not part.is_partial or self.item is None:
            return ""
        manner = "time" if self.mode == "new" else self.mode  # what is new is no longer new once it was looked at
        return f"?item={self.item.key}&as={manner}&before={part.ids[0]}"

    @property
    def prefers(self) -> str | None:
        """The regime under which the reader's own words stand, where they prefer a stricter one than the session's."""
        wish = self.who.prefers
        return wish if wish in dict(self.attributions()) else None

    def attributions(self, own: str | None = None) -> list[tuple[str, str]]:
        """The rules stricter than the one that holds here, or for a statement with a rule of its `own`."""
        holds = STRICTNESS[strictest(self.at.event.attribution, self.session.attribution, own)]
        offered = [(value, str(label)) for value, label in Attribution.choices if STRICTNESS[value] > holds]
        if self.session.is_anonymous:  # the mark, and the gap later, would tie some statements to each other
            return [(value, label) for value, label in offered if value != Attribution.OFF_RECORD]
        return offered

    def sources(self) -> list[tuple[str, str]]:
        """(id, in words) of what a statement may cite: the event's sources, for those who read all its tables."""
        some = self.at.event.sources.all() if self.who.may("read the table") else ()
        return [(str(one.pk), cited(one)[0]) for one in some]

    def answers(self) -> list[Answered]:
        """What the form answers: as it was sent, or else as the address says."""
        sent = self.request.POST
        chosen = list(zip(sent.getlist("relation"), sent.getlist("to"), strict=False))[: actions.MOST_RELATIONS]
        asked = chosen or [("", self.request.GET.get("reply", ""))]
        found = [(one, relation) for relation, to in asked if (one := self.seen(to))]
        theirs = self.theirs()
        said = theirs.read([one.pk for one, _relation in found])
        out = []
        for one, relation in found:
            view = theirs.view(said[one.pk])
            if not view.gone:
                who = _("you") if theirs.authors[one.pk] == self.own.mine else view.name
                quote = _("%(who)s: %(words)s") % {"who": who, "words": one.text[:90]}
                out.append(Answered(str(one.pk), quote, relation))
        return out


RIGHTS = {
    "speak": "speak", "record": "record for others", "run": "run the table", "conduct": "set the conduct",
    "write": "write the report",
}  # fmt: skip


# ------------------------------------------------------------------ what is posted


@require_POST
@never_cache
@told
def say(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Say something, or write down what somebody else said (`for`)."""
    at = seat_of_deed(request, slug, key)
    try:
        deed = forms.key_of(request)
        words = forms.words_of(request, at.session)
        quotas.spend("statement", at.person.pk)
        if request.POST.get("for"):
            speaker = forms.attendee_of(at.who, request.POST["for"])
            said = actions.record_for(at.session, at.person, speaker, words, key=deed)
        else:
            said = actions.contribute(at.session, at.person, words, key=deed)
    except (ValidationError, KeyReused, quotas.QuotaExceeded) as problem:
        here = seat(request, slug, key)
        require_to_say(request, here)
        if wants_json(request):
            raise
        return unsaid(request, here, problem)
    return saved(
        request,
        f"{at.address}?item={words.item.key}#s-{said.pk}",
        "said",
        subject=said.pk,
        message=_("It is on record."),
    )


def require_to_say(request: HttpRequest, at: Seat) -> None:
    """Whoever may not speak is told that, not what is wrong with the words: their page has no form to say it in."""
    right = "record for others" if request.POST.get("for") else "speak"
    if at.person:  # else PermissionDenied
        at.who.require_in(right, at.session.key)


def unsaid(request: HttpRequest, at: Seat, problem: ValidationError | KeyReused | quotas.QuotaExceeded) -> HttpResponse:
    """The page again, with the words that could not be taken and all that was chosen; with a fresh key if need be."""
    sent = request.POST.copy()
    if isinstance(problem, KeyReused) or not forms.KEY.fullmatch(sent.get("key", "")):
        sent.pop("key", None)
    status = PROBLEMS[type(problem)] if isinstance(problem, KeyReused | quotas.QuotaExceeded) else 422
    return page(request, at, status, text=sent.get("text", ""), problem=sentence(problem), sent=sent)


@require_POST
@never_cache
@told
def looked(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The reader has seen the page up to these heads."""
    at = seat(request, slug, key)
    try:
        heads = json.loads(request.POST.get("heads", ""))
        told_heads = {forms.id_of(str(stream)): int(n) for stream, n in heads.items()}
        if len(told_heads) > 8 or any(not 0 <= n < 1 << 53 for n in told_heads.values()):
            raise ValueError
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as problem:
        raise ValidationError(_("The page did not say how far it is.")) from problem
    look(at.session, at.person, told_heads)
    return saved(request, at.address, "looked")
