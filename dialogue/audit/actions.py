"""Acts are written behind one another, in the transaction of what was done, by whoever holds the event's row."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dialogue.audit import chain
from dialogue.audit.models import Act
from dialogue.events.models import Event, Session
from dialogue.line import in_line
from dialogue.people.models import Person


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the deed, the id of what it was done to, and that of the session where it was in one."""

    deed: str
    subject: uuid.UUID
    session: uuid.UUID | None = None


def note(event: Event, person: Person | None, deed: str, subject: uuid.UUID, session: Session | None = None) -> None:
    """Write down one act outside a turn; in the transaction of what was done, or in one of its own.

    It holds the event's row to the end of that transaction, so what is locked besides is locked after it: whoever takes
    a turn locks that row first. Within a turn at the same event it is `turn.note`.
    """
    with in_line(), transaction.atomic():
        held = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
        end = append(held, person, [Done(deed, subject, session.pk if session else None)])
        Event.objects.filter(pk=event.pk).update(**end)


def erase_people(event: Event, deeds: Iterable[str], but: Collection[uuid.UUID]) -> None:
    """Take the person out of every act of these deeds, but for those on some subjects; the chain stays whole.

    In the turn that holds the event. Nothing else of an act can be changed: the database refuses it.
    """
    acts = list(event.acts.filter(deed__in=deeds, erased="").exclude(person=None).exclude(subject__in=but))
    for act in acts:
        act.person = None
        act.erased = chain.seal_of_erased(act, settings.SECRET_KEY)
    Act.objects.bulk_update(acts, ["person", "erased"], batch_size=200)


def append(held: Event, person: Person | None, done: Iterable[Done]) -> dict[str, Any]:
    """Write acts behind the last one of an event that is held.

    Returns where the chain ends now, as columns of the event: the caller writes them, with what else it has to.
    """
    secret, now = settings.SECRET_KEY, timezone.now()
    number, last, acts = held.audit_number, held.audit_hash, []
    for one in done:
        number += 1
        act = Act(
            event=held, number=number, at=now, person=person.pk if person else None, deed=one.deed,
            subject=one.subject, session=one.session, key=chain.mark(secret), before=last,
        )  # fmt: skip
        act.hash = last = chain.hashed(act, secret)
        acts.append(act)
    Act.objects.bulk_create(acts, batch_size=2000)
    return {"audit_number": number, "audit_hash": last, "audit_seal": chain.seal(held.pk, number, last, secret)}
