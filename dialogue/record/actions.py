"""Taking turns at an event's record: one writing transaction after another, everything that happened numbered."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from dialogue.access import alone
from dialogue.audit import actions as audit
from dialogue.audit.actions import Done
from dialogue.events.models import Event, Session
from dialogue.line import in_line
from dialogue.people.models import Person
from dialogue.record import hints
from dialogue.record.models import Deed, Entry, Looked, Stream

Id = uuid.UUID

# What is entered because something else was done, so that pages draw it anew: it is no deed of its own.
FOLLOWING = {
    "contribution-touched", "bar-moved", "bars-moved", "finding-changed", "note-changed", "chapter-changed",
    "answers-asked",
}  # fmt: skip


class KeyReused(Exception):
    """A key was sent again with other words."""


def stream_id(session: Id, audience: str) -> Id:
    """The id of a stream that nobody has written in yet: random to everybody without the secret key."""
    made = salted_hmac("dialogue.record.stream", f"{session}/{audience}", algorithm="sha256").digest()
    return uuid.UUID(bytes=made[:16], version=4)


def digest(words: Any) -> str:
    """Words as SHA-256 (hex), to know the same ones again; `words` is anything that JSON can hold."""
    return hashlib.sha256(spelled(words)).hexdigest()


def sealed(key: str, words: Any = None) -> str:
    """A deed's key as it is kept or, with words, what a deed said: as HMAC-SHA-256 (hex) under its page's own key.

    That key is random and only the page has it: out of the database nobody can try out whether somebody said this or
    that, not even with the secret key. So it may stay when the words are erased, and a resend is still known.
    """
    return hmac.new(key.encode(), spelled(words), hashlib.sha256).hexdigest()


def spelled(words: Any) -> bytes:
    """Words in the one way in which the same ones are always spelled."""
    return json.dumps(words, sort_keys=True, default=str).encode()


@dataclass(slots=True)
class Turn:
    """One transaction's hold on an event: what is entered now comes after everything that was entered before.

    `by`: who does all that is done in it; None for a visitor or a command.
    """

    event: Event
    number: int
    by: Person | None
    entered: list[Entry] = field(default_factory=list)
    noted: list[Done] = field(default_factory=list)
    streams: dict[tuple[Id, str], Stream] = field(default_factory=dict)
    fresh: list[Stream] = field(default_factory=list)

    def done(self, session: Session, person: Person, key: str, words: Any) -> Deed | None:
        """The deed that this person did under this key, or None. Raises KeyReused where it said something else."""
        deed = Deed.objects.filter(session=session, person=person, key=sealed(key)).first()
        if deed is not None and deed.words != sealed(key, words):
            raise KeyReused
        return deed

    def keep(self, session: Session, person: Person, key: str, words: Any, kind: str, subject: Id) -> None:
        """Remember a deed, so that the same key finds it again."""
        kept = {"key": sealed(key), "words": sealed(key, words), "kind": kind, "subject": subject}
        Deed.objects.create(session=session, person=person, **kept)

    def enter(self, kind: str, subject: Id, session: Session, audiences: Iterable[str]) -> None:
        """The next number of each audience's stream points at this from now on."""
        told, now = list(dict.fromkeys(audiences)), timezone.now()
        self.read(session, told)
        for audience in told:
            stream = self.streams[session.pk, audience]
            stream.head += 1
            self.entered.append(
                Entry(stream=stream, number=stream.head, kind=kind, subject=subject, turn=self.number, at=now)
            )

    def read(self, session: Session, audiences: list[str]) -> None:
        """Have the streams of these audiences at hand, each read once in this turn; make what is missing."""
        unread = [audience for audience in audiences if (session.pk, audience) not in self.streams]
        if unread:
            for stream in Stream.objects.filter(session=session, audience__in=unread):
                self.streams[session.pk, stream.audience] = stream
        for audience in unread:
            if (session.pk, audience) not in self.streams:
                made = Stream(id=stream_id(session.pk, audience), session=session, audience=audience)
                self.streams[session.pk, audience] = made
                self.fresh.append(made)

    def enter_whole(self, kind: str, session: Session, audiences: Iterable[str]) -> None:
        """Something about the table as a whole: the floor, a span, how it is held.

        Whoever has the floor hears of it on their own stream too, for to them their own turn is drawn as theirs.
        """
        Session.objects.filter(pk=session.pk).update(version=F("version") + 1)
        speaking = Session.objects.filter(pk=session.pk).exclude(speaking__attendee__person=None)
        speaker = [alone(person) for person in speaking.values_list("speaking__attendee__person", flat=True)]
        self.enter(kind, session.pk, session, [*audiences, *speaker])

    def note(self, deed: str, subject: Id, session: Session | None = None) -> None:
        """For the audit: what was done, where what is entered does not say it, or not so precisely."""
        self.noted.append(Done(deed, subject, session.pk if session else None))

    def done_in_it(self) -> list[Done]:
        """What the audit is told: each deed once, however many heard of it at however many tables."""
        where: dict[Id, set[Id]] = {}
        for entry in self.entered:
            where.setdefault(entry.subject, set()).add(entry.stream.session_id)
        entered = dict.fromkeys(Done(entry.kind, entry.subject) for entry in self.entered)
        deeds = dict.fromkeys([*self.noted, *(one for one in entered if one.deed not in FOLLOWING)])
        return [one if one.session else at_its_table(one, where) for one in deeds or entered]

    def finish(self) -> None:
        """Write what was entered and who did it, and let the open pages know once it is committed."""
        if not self.entered and not self.noted:
            return
        told = audit.append(self.event, self.by, self.done_in_it())
        if self.entered:
            self.write_entries()
            told["turn"] = self.number
        Event.objects.filter(pk=self.event.pk).update(**told)

    def write_entries(self) -> None:
        """The entries, and how far their streams have come."""
        fresh = {stream.pk for stream in self.fresh}
        moved = {entry.stream_id: entry.stream for entry in self.entered}
        Stream.objects.bulk_create(self.fresh)
        Stream.objects.bulk_update([stream for pk, stream in moved.items() if pk not in fresh], ["head"])
        Entry.objects.bulk_create(self.entered, batch_size=2000)
        transaction.on_commit(lambda: hints.give(str(self.event.pk)))


def at_its_table(done: Done, where: dict[Id, set[Id]]) -> Done:
    """The same with its session, where what it was done to was entered in one alone. `where`: {subject: sessions}."""
    sessions = where.get(done.subject, set())
    return replace(done, session=next(iter(sessions))) if len(sessions) == 1 else done


@contextmanager
def turn(event: Event, *, by: Person | None) -> Iterator[Turn]:
    """One transaction on an event's record, alone: `with turn(event, by=person) as taken: …`.

    The event's row is locked first, so the numbers follow the order of the commits: whoever has read up to n never
    finds anything new at n or below.
    """
    with in_line(), transaction.atomic():
        locked = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
        taken = Turn(locked, locked.turn + 1, by)
        yield taken
        taken.finish()


def look(session: Session, person: Person, heads: dict[uuid.UUID, int]) -> None:
    """Remember that somebody has seen a session up to these heads of theirs ({stream id: number})."""
    seen = [
        Entry.objects.filter(stream__session=session, stream=stream, number__lte=number).order_by("-number").first()
        for stream, number in heads.items()
    ]
    turns = [entry.turn for entry in seen if entry]
    with in_line(), transaction.atomic():
        looked, new = Looked.objects.get_or_create(
            session=session, person=person, defaults={"turn": max(turns, default=0)}
        )
        if not new and turns and max(turns) > looked.turn:
            looked.turn = max(turns)
            looked.save(update_fields=["turn"])
