"""What comes in from the table's forms, turned into the words of the actions; anything wrong is a ValidationError."""

import datetime
import re
import secrets
import uuid
import zoneinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import Reader
from dialogue.discussion.actions import Tie, Words
from dialogue.discussion.models import Attribution, ContributionKind, RelationKind
from dialogue.discussion.words import fit
from dialogue.events.models import Attendee, Event, Item, Release, Session
from dialogue.people.models import Language
from dialogue.positions.actions import Taking
from dialogue.restricter import may_know, restricter

KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
CLOCK = re.compile(r"([01]?\d|2[0-3])[:h.]([0-5]\d)")


def key_of(request: HttpRequest) -> str:
    """The key of a deed; a form without scripts brings the one that its page was drawn with, or gets a fresh one."""
    key = request.POST.get("key", "")
    if key and not KEY.fullmatch(key):
        raise ValidationError(_("The key of this form is not one of ours. Load the page again."))
    return key or secrets.token_urlsafe(16)


def id_of(written: str) -> uuid.UUID:
    """An id as a form brings it."""
    try:
        return uuid.UUID(written)
    except ValueError as problem:
        raise ValidationError(_("That is not there (any more). Load the page again.")) from problem


def item_of(event: Event, key: str) -> Item:
    """The item of that key."""
    item = event.items.filter(key=plain(key)).first()
    if item is None:
        raise ValidationError(_("Choose the item of the programme that this belongs to."))
    return item


def known_to(who: Reader) -> list[Attendee]:
    """The people of the event from whom this reader may choose, in the record's order."""
    rules = restricter(who.event)
    return [one for one in who.event.attendees.all() if may_know(who, rules, one.key)]


def attendee_of(who: Reader, key: str) -> Attendee:
    """The person of that key in the event's record, where this reader may know of them."""
    attendee = who.event.attendees.filter(key=plain(key)).first()
    if attendee is None or not (who.may("see who") or may_know(who, restricter(who.event), attendee.key)):
        raise ValidationError(_("Choose a person from the list."))
    return attendee


def plain(written: str) -> str:
    """A key as it goes into a query; "" for what is none: no database takes NUL, and no key is longer."""
    return "" if "\0" in written or len(written) > 64 else written


def chosen(sent: QueryDict, name: str, choices: Any, otherwise: str | None = None) -> str | None:
    """One of some choices; "" or nothing is `otherwise`."""
    value = sent.get(name, "")
    if not value:
        return otherwise
    if value not in choices:
        raise ValidationError(_("“%(value)s” cannot be chosen here.") % {"value": value[:40]})
    return value


def words_of(request: HttpRequest, session: Session) -> Words:
    """What somebody wants to say."""
    sent = request.POST
    return Words(
        item=item_of(session.event, sent.get("item", "")),
        kind=chosen(sent, "kind", ContributionKind.values, "comment") or "comment",
        text=fit(sent.get("text", "")),
        ties=(*ties_of(sent), *(Tie(RelationKind.CITES, source=id_of(one)) for one in sent.getlist("cites") if one)),
        attribution=chosen(sent, "attribution", Attribution.values),
        at=moment_of(sent.get("at", ""), session),
        language=language_of(sent, session.event),
    )


def language_of(sent: QueryDict, event: Event) -> str | None:
    """The language of a statement, where people speak either; None for the event's own."""
    spoken = chosen(sent, "language", Language.values) if event.bilingual else None
    return None if spoken == event.language else spoken


def ties_of(sent: QueryDict) -> list[Tie]:
    """What it does to others: `relation` and `to` stand in parallel; a row with neither is none.

    An answer whose relation was not chosen simply responds.
    """
    relations, targets = sent.getlist("relation"), sent.getlist("to")
    if len(relations) != len(targets):
        raise ValidationError(_("The list of what this answers is broken. Load the page again."))
    ties = []
    for kind, to in zip(relations, targets, strict=True):
        if not kind and not to:
            continue
        kind = kind or RelationKind.RESPONDS_TO
        if kind not in RelationKind.values:
            raise ValidationError(_("“%(value)s” cannot be chosen here.") % {"value": kind[:40]})
        if kind == RelationKind.OPENS:
            ties.append(Tie(kind))
        elif to.startswith("finding-"):
            ties.append(Tie(kind, finding=id_of(to.removeprefix("finding-"))))
        else:
            ties.append(Tie(kind, contribution=id_of(to)))
    return ties


def moment_of(written: str, session: Session) -> datetime.datetime | None:
    """When something was spoken: a time of the clock today where the table sits, or an ISO time; none to come."""
    written = written.strip()
    if not written:
        return None
    zone = zoneinfo.ZoneInfo(session.event.time_zone)
    try:
        if clock := CLOCK.fullmatch(written):
            today = timezone.localdate(timezone=zone)
            moment = datetime.datetime.combine(today, datetime.time(int(clock[1]), int(clock[2])), zone)
        else:
            moment = datetime.datetime.fromisoformat(written)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        moment = moment.astimezone(datetime.UTC)
    except (ValueError, OverflowError) as problem:
        raise ValidationError(_("Write the time as 14:05.")) from problem
    if moment > timezone.now() + datetime.timedelta(minutes=1):
        raise ValidationError(_("That time is still to come."))
    return moment


def taking_of(request: HttpRequest) -> Taking:
    """Where somebody stands."""
    sent = request.POST
    strong = sent.get("strong", "") in ("1", "on", "true")
    return Taking(sent.get("stance", ""), strong, sent.get("reason", ""), version_of_words(request))


def version_of_words(request: HttpRequest) -> int | None:
    """The version of the words that was in front of who answers, as form or address say; None: neither does."""
    written = request.POST.get("words") or request.GET.get("words") or ""
    if not written:
        return None
    if not re.fullmatch("[0-9]{1,9}", written):
        raise ValidationError(_("The form does not say what it changes. Load the page again."))
    return int(written)


def conduct_of(request: HttpRequest) -> dict[str, Any]:
    """How a table is to be held."""
    sent = request.POST
    return {
        "release": chosen(sent, "release", Release.values, Release.AT_ONCE),
        **{name: name in sent for name in ("blind", "reasons", "shows_presence")},
    }


def hours_of(request: HttpRequest) -> int:
    """For how many hours after the close members still see names."""
    written = request.POST.get("hours", "") or "0"
    if not (written.isascii() and written.isdigit() and len(written) < 3):
        raise ValidationError(_("Write a number of hours, from 0 to 24."))
    return int(written)
