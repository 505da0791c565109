"""The calendar file of an invitation (iCalendar, RFC 5545)."""

import datetime
import zoneinfo
from collections.abc import Iterable

import icalendar
from django.utils import timezone

from dialogue.events.models import Event, Session


def calendar(event: Event, sessions: Iterable[Session], address: str, *, edition: int, is_off: bool = False) -> str:
    """The sessions as entries of a calendar. `edition` grows with each letter; `is_off` takes the entries out again."""
    made = icalendar.Calendar()
    made.add("prodid", "-//Roundtable//EN")
    made.add("version", "2.0")
    made.add("method", "CANCEL" if is_off else "PUBLISH")
    for session in sessions:
        made.add_component(entry(event, session, address, edition, is_off))
    return made.to_ical().decode()


def entry(event: Event, session: Session, address: str, edition: int, is_off: bool) -> icalendar.Event:
    """One session: with its hours where they are known, else the whole day."""
    made = icalendar.Event()
    made.add("uid", f"{session.pk}@roundtable")
    made.add("sequence", edition)
    made.add("dtstamp", timezone.now())
    made.add("summary", f"{event.title}: {session.title}")
    made.add("status", "CANCELLED" if is_off else "CONFIRMED")
    made.add("url", address)
    if event.place:
        made.add("location", event.place)
    try:
        begins, ends = hours(event, session)
    except OverflowError:  # on the calendar's first and last day, which a record may have
        begins = ends = session.date
    made.add("dtstart", begins)
    made.add("dtend", ends)
    return made


def hours(event: Event, session: Session) -> tuple[datetime.date, datetime.date]:
    """When a session begins and ends: moments in UTC, or days (the end is the first day after)."""
    if session.starts is None:
        return session.date, session.date + datetime.timedelta(days=1)
    zone = zoneinfo.ZoneInfo(event.time_zone)
    begins = datetime.datetime.combine(session.date, session.starts, zone)
    ends = datetime.datetime.combine(session.date, session.ends, zone) if session.ends else begins
    if ends <= begins:
        ends = begins + datetime.timedelta(hours=2 if session.ends is None else 24)
    return begins.astimezone(datetime.UTC), ends.astimezone(datetime.UTC)
