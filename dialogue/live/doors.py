"""Who may open, or keep open, a live page: asked in numbers, because pages come in storms."""

import copy
import datetime
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, load_backend
from django.contrib.sessions.models import Session as SignIn
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_supported_language_variant

from dialogue.access import Eyes, Reader, audience, eyes, own_eyes, readers
from dialogue.events.models import Session
from dialogue.people.language import language_of
from dialogue.people.models import Person
from dialogue.people.sign_ins import is_sign_in
from dialogue.people.signed_in import at_most, confirmed, only_in
from dialogue.record.actions import stream_id
from dialogue.record.models import Stream

SIGNED_OUT, NOT_ALLOWED = 4001, 4003
RANK = {"public": 0, "table": 1, "staff": 2}
RIGHTS = ("speak", "record for others", "run the table", "set the conduct", "write the report")


class Knock(NamedTuple):
    """Somebody at the door of a session's page: their sign-in's key ("" for none), and the language asked for."""

    sign_in: str
    session: uuid.UUID
    language: str


@dataclass(frozen=True, slots=True)
class Listening:
    """A stream that a page hears, and with which eyes it is drawn for it."""

    stream: uuid.UUID
    audience: str
    eyes: Eyes


@dataclass(frozen=True, slots=True)
class Admission:
    """What an open page is let in as."""

    session: uuid.UUID
    event: uuid.UUID
    person: uuid.UUID | None
    language: str
    rights: frozenset[str]
    streams: tuple[Listening, ...]
    until: datetime.datetime | None  # when the sign-in ends
    heads: dict[uuid.UUID, int] = field(compare=False)
    epoch: str
    access_epoch: int  # of the session, as it was before anybody was asked

    def lost_against(self, before: "Admission") -> bool:
        """Whether this is less than it was: another person, a narrower audience, fewer rights."""
        now, then = self.streams[0].eyes, before.streams[0].eyes
        return (
            self.person != before.person
            or RANK[now.audience] < RANK[then.audience]
            or (then.sees_who and not now.sees_who)
            or bool(before.rights - self.rights)
        )


Answer = Admission | int  # or a close code
Way = tuple[uuid.UUID, bool, bool, frozenset[str] | None]


def admissions(knocks: Sequence[Knock]) -> list[Answer]:
    """What each is let in as, or the code that the page is closed with; a few queries however many knock."""
    people, ends = signed_in({knock.sign_in for knock in knocks if knock.sign_in})
    sessions = {
        one.pk: one
        for one in Session.objects.select_related("event").filter(pk__in={knock.session for knock in knocks})
    }
    known = readers_of(knocks, people, sessions)
    who = [reader_of(knock, people, sessions, known) for knock in knocks]
    streams = streams_heard([(sessions[knock.session], one) for knock, one in zip(knocks, who, strict=True) if one])
    return [
        SIGNED_OUT if knock.sign_in and knock.sign_in not in people
        else admission(knock, one, sessions[knock.session], streams, ends.get(knock.sign_in)) if one
        else NOT_ALLOWED
        for knock, one in zip(knocks, who, strict=True)
    ]  # fmt: skip


Streams = dict[tuple[uuid.UUID, str], tuple[uuid.UUID, int]]  # (session, audience) -> (its stream, the head)


def streams_heard(heard: Sequence[tuple[Session, Reader]]) -> Streams:
    """The streams of what these readers hear, with their heads; one that nobody has written in yet stands at 0."""
    wanted = {(session.pk, name) for session, who in heard for name in (audience(who, session), who.stream) if name}
    rows = Stream.objects.filter(session__in={pk for pk, _name in wanted}, audience__in={name for _pk, name in wanted})
    there = {
        (session, name): (pk, head) for session, name, pk, head in rows.values_list("session", "audience", "pk", "head")
    }
    return {one: there.get(one, (stream_id(*one), 0)) for one in wanted}


def reader_of(
    knock: Knock,
    people: dict[str, Person],
    sessions: dict[uuid.UUID, Session],
    known: dict[Way, dict[object, Reader]],
) -> Reader | None:
    """What one is in the event of the session that they knock at; None where they may hear nothing of it."""
    person, session = people.get(knock.sign_in), sessions.get(knock.session)
    there = known.get(way(session, person)) if session else None
    who = there[person.pk if person else None] if there else None
    return who if session and who and audience(who, session) else None


def signed_in(keys: set[str]) -> tuple[dict[str, Person], dict[str, datetime.datetime]]:
    """The people behind sign-ins that still count, and when each ends: {key: person}, {key: end}."""
    told, ends = {}, {}
    keys = {key for key in keys if is_sign_in(key)}  # one bad key would fail the query of all who knock together
    for row in SignIn.objects.filter(session_key__in=keys, expire_date__gt=timezone.now()):
        told[row.session_key] = row.get_decoded()
        ends[row.session_key] = row.expire_date
    ids = {one[SESSION_KEY] for one in told.values() if SESSION_KEY in one}
    accounts = {str(person.pk): person for person in Person.objects.filter(pk__in=ids)}
    people = {}
    for key, one in told.items():
        person = accounts.get(one.get(SESSION_KEY, ""))
        if person is not None and still_counts(person, one):
            people[key] = copy.copy(person)  # the same person may have signed in elsewhere, and not confirmed it there
            people[key].confirmed, people[key].only_in = confirmed(one, person), only_in(one, person)
            people[key].at_most = at_most(one, person)
    return people, ends


def still_counts(person: Person, told: dict[str, Any]) -> bool:
    """Whether a sign-in is by a way that is still open to this person (as Django asks on every request)."""
    backend = told.get(BACKEND_SESSION_KEY, "")
    if backend not in settings.AUTHENTICATION_BACKENDS:
        return False
    if not load_backend(backend).user_can_authenticate(person):  # type: ignore[attr-defined]
        return False
    return constant_time_compare(told.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())


def way(session: Session, person: Person | None) -> Way:
    """How somebody knocks: at which event, whether confirmed, by a ticket of another one, and one for which roles."""
    if person is None:
        return session.event_id, False, False, None
    return session.event_id, person.confirmed, person.is_elsewhere(session.event_id), person.at_most


def readers_of(
    knocks: Sequence[Knock], people: dict[str, Person], sessions: dict[uuid.UUID, Session]
) -> dict[Way, dict[object, Reader]]:
    """What everybody is who so knocks at a session of an event."""
    by_event: dict[Way, dict[object, Person]] = defaultdict(dict)
    for knock in knocks:
        person, session = people.get(knock.sign_in), sessions.get(knock.session)
        if session:
            some = by_event[way(session, person)]
            if person:
                some[person.pk] = person
    events = {session.event_id: session.event for session in sessions.values()}
    return {one: readers(list(some.values()), events[one[0]]) for one, some in by_event.items()}


def admission(
    knock: Knock, who: Reader, session: Session, streams: Streams, until: datetime.datetime | None
) -> Admission:
    """What a reader's page is let in as."""
    heard = tuple(listening(who, session, streams))
    heads = {streams[session.pk, one.audience][0]: streams[session.pk, one.audience][1] for one in heard}
    return Admission(
        session=session.pk, event=session.event_id, person=who.person.pk if who.person else None,
        language=(language_of(who.person) if who.person else "") or supported(knock.language),
        rights=frozenset(right for right in RIGHTS if who.may_in(right, session.key)),
        streams=heard, until=until, heads=heads, epoch=session.event.epoch,
        access_epoch=session.access_epoch,
    )  # fmt: skip


def listening(who: Reader, session: Session, streams: Streams) -> list[Listening]:
    """The streams that a reader hears of a session: that of their audience, and their own."""
    heard = audience(who, session)
    out = [Listening(streams[session.pk, heard][0], heard, eyes(who, session))]
    if who.stream:
        out.append(Listening(streams[session.pk, who.stream][0], who.stream, own_eyes(who, session)))
    return out


def supported(language: str) -> str:
    """The interface's language for what a browser asked for."""
    try:
        return get_supported_language_variant(language)
    except LookupError:
        return settings.LANGUAGE_CODE
