"""The list of events, and one event: what, when, where, who."""

import datetime
import zoneinfo
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dialogue.access import Reader, reader, sees, visible_events
from dialogue.convening.rules import in_plain_words
from dialogue.events.models import Event, Role, Session
from dialogue.events.programme import discussion, outline
from dialogue.people.signed_in import signed_in
from dialogue.restricter import Restricter, restricter


@dataclass(frozen=True, slots=True)
class Sitting:
    """A session with the rule that holds in it, in plain words."""

    session: Session
    rule: str


@dataclass(slots=True)
class Listed:
    """Somebody in the list of participants, once, with all their roles."""

    name: str
    function: str
    affiliation: str
    roles: list[str]


@require_safe
@cache_control(private=True)
def events(request: HttpRequest) -> HttpResponse:
    """Every event that the reader may know of: those to come, soonest first, and the past ones, latest first."""
    known = list(visible_events(signed_in(request)))
    coming = [event for event in known if not is_over(event)]
    past = [event for event in known if is_over(event)]
    return render(request, "events/events.html", {"coming": coming[::-1], "past": past})


def is_over(event: Event) -> bool:
    """Whether its last day has gone by where it takes place."""
    return (event.end_date or event.date) < today(event.time_zone)


def today(zone: str) -> datetime.date:
    """The present day in an event’s time zone."""
    return timezone.localdate(timezone=zoneinfo.ZoneInfo(zone))


@require_safe
@cache_control(private=True)
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """One event's front page, with as much of who was there as this reader may know."""
    meeting = get_object_or_404(visible_events(signed_in(request)), slug=slug)
    who = reader(signed_in(request), meeting)
    published = meeting.publications.order_by("-version").first()
    at_the_table = who.may("read the table")
    participants, nobody_is_in_it = None, False
    if at_the_table or published:
        floor = "named" if at_the_table or published is None else published.regime
        rules = restricter(meeting, floor)
        participants, nobody_is_in_it = listed(rules), at_the_table and not rules.members
    context = {
        "event": meeting,
        "who": who,
        "at_the_table": at_the_table,
        "is_published": published is not None,
        "sittings": [Sitting(session, in_plain_words(meeting, session)) for session in meeting.sessions.all()],
        "partners": meeting.partners.all(),
        "programme": discussion(outline(meeting)),
        "participants": participants,
        "nobody_is_in_it": nobody_is_in_it,
        "has_words": has_words(who),
        "roles": roles(who),
    }
    return render(request, "events/event.html", context)


def has_words(who: Reader) -> bool:
    """Whether there is a statement that this reader may read; looks no further than the first."""
    rows = who.event.contributions.filter(session__key__in=who.sessions).values_list(
        "session__key", "released", "attribution", "authorship__attendee__key"
    )
    return any(sees(who, *row) for row in rows.iterator())


def roles(who: Reader) -> list[str]:
    """What the reader is in this event, in words and in the roles' order."""
    return [str(role.label) for role in Role if role.value in who.roles]


def listed(rules: Restricter) -> list[Listed]:
    """The list of participants by its rule: each once, in the record's order, with the roles that need saying.

    Those of plain participants do not, nor those that their function says already.
    """
    people: dict[str, Listed] = {}
    for _session, key, role in rules.listed():
        facts = rules.people[key]
        entry = people.setdefault(key, Listed(facts.full_name, facts.function, facts.affiliation, []))
        word = str(Role(role).label)
        said = [part.strip().casefold() for part in facts.function.split(",")]
        if role != "participant" and word not in entry.roles and word.casefold() not in said:
            entry.roles.append(word)
    return list(people.values())
