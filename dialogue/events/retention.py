"""Until when names are kept: the dates of an event, as they are shown at the door and as the job queue keeps them.

Templates load this module as `{% load retention %}` (settings name it).
"""

import datetime
import zoneinfo
from dataclasses import dataclass

from django import template
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dialogue.events.models import Event, Regime, strictest

register = template.Library()

ERASE = "erase-names"  # kind of the work that is due: to look whether the day has come
USUAL = 90  # days after the report is out, of an event that is set up
YEAR = datetime.timedelta(days=365)  # after a session, at the latest
DAY = datetime.timedelta(days=1)
LAST = datetime.date.max - 2 * DAY  # whatever the time zone, it is a day of the calendar


def is_promised(event: Event) -> bool:
    """Whether the event says when names are erased; one out of an older record does not, until its convenor does."""
    return event.names_kept_days is not None


def erases_names(event: Event) -> bool:
    """Whether anything of it is reported without names: what is said by name under its rule, stays so."""
    rules = event.sessions.values_list("attribution", flat=True)
    return any(strictest(event.attribution, rule) != Regime.NAMED for rule in rules)


def has_wishes(event: Event) -> bool:
    """Whether somebody spoke under a stricter rule than their session's, though that one names everybody."""
    return event.contributions.exclude(attribution=None).exclude(attribution=Regime.NAMED).exists()


def latest(event: Event) -> datetime.datetime:
    """A year after the first session, though not before the last one is over."""
    days = list(event.sessions.values_list("date", flat=True)) or [event.date]
    day = max(later(min(days), YEAR), later(max(*days, event.end_date or event.date), DAY))
    return datetime.datetime.combine(day, datetime.time(), zoneinfo.ZoneInfo(event.time_zone))


def later(day: datetime.date, by: datetime.timedelta) -> datetime.date:
    """So much later, or the last day that the calendar has."""
    return day + by if day < LAST - by else LAST


def erased_on(event: Event) -> datetime.datetime | None:
    """When names are erased, as things stand: so many days after the first report, or a year after the session.

    None where that was promised to nobody. A later version of the report moves it no further.
    """
    if event.names_kept_days is None:
        return None
    first = event.publications.order_by("published_at").values_list("published_at", flat=True).first()
    at_latest = latest(event)
    return min(first + datetime.timedelta(days=event.names_kept_days), at_latest) if first else at_latest


@dataclass(frozen=True, slots=True)
class Dates:
    """What a page says of an event: `day`, on which names are erased, or were (`is_erased`); None for no such day.

    `days`: after the report is out; `is_strict`: whether anything is reported without names; `notice`: the convenor’s
    own lines on it, in the reader’s language.
    """

    day: datetime.date | None
    days: int | None
    is_strict: bool
    is_erased: bool
    is_out: bool
    notice: str


@register.simple_tag
def dates_of(event: Event) -> Dates:
    """The dates of an event as they stand now."""
    at = event.names_erased_at or erased_on(event)
    day = at.astimezone(zoneinfo.ZoneInfo(event.time_zone)).date() if at else None
    is_out = event.publications.exists()
    is_erased = event.names_erased_at is not None
    return Dates(day, event.names_kept_days, erases_names(event), is_erased, is_out, notice_of(event))


def notice_of(event: Event) -> str:
    """The convenor’s own lines, in the reader’s language or else in the other one."""
    own = (event.notice_fr, event.notice_en) if get_language() == "fr" else (event.notice_en, event.notice_fr)
    return own[0] or own[1]


def require_names(event: Event) -> None:
    """Raises ValidationError once names are erased: what would be said or answered then could not be counted."""
    if event.names_erased_at is not None:
        raise ValidationError(_("The names of this event are erased: nothing is said or answered here any more."))
