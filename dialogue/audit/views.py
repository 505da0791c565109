"""The audit as the convenor reads it: who did what and when, the latest first."""

import datetime
import itertools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogue.access import STAFF, reader, visible_events
from dialogue.audit.deeds import SPOKEN, in_words
from dialogue.audit.models import Act
from dialogue.events.models import Event, Membership
from dialogue.kept import local
from dialogue.people.models import Person
from dialogue.people.signed_in import signed_in

MOST = 100  # acts on a page


@dataclass(frozen=True, slots=True)
class Line:
    """An act as it is told. `subject`: the beginning of an id, "" where it could tell who said something."""

    number: int
    at: datetime.datetime
    who: str
    deed: str
    where: str
    subject: str

    @property
    def time(self) -> str:
        """The time of the day, where the event takes place."""
        return self.at.strftime("%H:%M:%S")


@require_safe
@never_cache
def audit(request: HttpRequest, slug: str) -> HttpResponse:
    """What was done in an event; `?upto=` some act, by its number."""
    event = get_object_or_404(visible_events(signed_in(request)), slug=slug)
    who = reader(signed_in(request), event)
    who.require("read the audit")
    newest = event.audit_number
    upto = asked_for(request.GET.get("upto", ""), newest)
    acts = list(event.acts.filter(number__lte=upto).order_by("-number")[:MOST])
    context = {
        "event": event, "who": who, "at_the_table": who.may("read the table"),
        "is_published": event.publications.exists(), "days": by_day(told(event, acts)), "count": newest,
        "later": min(upto + MOST, newest) if upto < newest else None, "is_last": upto + MOST >= newest,
        "earlier": acts[-1].number - 1 if acts else 0,
    }  # fmt: skip
    return render(request, "audit/audit.html", context)


def asked_for(written: str, newest: int) -> int:
    """The number of the act that the page begins with: the newest, where none is asked for that can be."""
    number = int(written) if written.isascii() and written.isdecimal() and len(written) < 19 else newest
    return min(number, newest)


def told(event: Event, acts: list[Act]) -> Iterable[Line]:
    """Acts in words. Staff is named, and what they did it to, but for statements and stances; of others, neither."""
    names = staff(event, {act.person for act in acts if act.person})
    sessions = dict(event.sessions.values_list("pk", "title"))
    for act in acts:
        name = names.get(act.person) if act.person else _("A visitor or the server")
        name = _("Name erased") if act.erased else name
        is_told = act.person in names and act.deed not in SPOKEN
        yield Line(
            act.number, local(act.at, event.time_zone), name or _("A member of the table"), in_words(act.deed),
            sessions.get(act.session, "") if act.session else "", str(act.subject)[:8] if is_told else "",
        )  # fmt: skip


def staff(event: Event, people: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of those of these people who have a staff role in the event, as its record has them."""
    seats = Membership.objects.filter(session__event=event, role__in=STAFF)
    seated = Q(attendances__memberships__in=seats)
    has_role = seated | Q(passes__event=event, passes__role__in=STAFF)
    names = dict(Person.objects.filter(has_role, pk__in=people).values_list("pk", "name"))
    return names | dict(event.attendees.filter(person__in=names).values_list("person", "name"))


def by_day(lines: Iterable[Line]) -> list[tuple[datetime.date, list[Line]]]:
    """The lines of each day together."""
    return [(day, list(some)) for day, some in itertools.groupby(lines, key=lambda line: line.at.date())]
