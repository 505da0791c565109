"""Putting work down in the transaction that makes it due, and doing it afterwards, again where it failed."""

import datetime
import logging
import uuid
from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from dialogue.due import clock
from dialogue.due.models import Due
from dialogue.line import in_line
from dialogue.logs import tell

LEASE = datetime.timedelta(minutes=2)  # longer than any of it may take
MOST_TRIES = 8  # some four hours
FIRST_WAIT = datetime.timedelta(seconds=30)  # after the first failure, then twice as long each time
LONGEST_WAIT = datetime.timedelta(hours=1)
KEPT = datetime.timedelta(days=30)  # what is done is remembered so long

# Kind of work -> how it is done: (subject) -> None. It raises where it failed and is to be tried again. Other rooms add
# theirs; what is done twice because a process died in between must do no harm.
kinds: dict[str, Callable[[uuid.UUID], None]] = {}


class Hopeless(Exception):
    """Trying again would change nothing."""


def put(kind: str, subject: uuid.UUID, at: datetime.datetime | None = None) -> Due:
    """Have it done at that time, or as soon as this transaction is committed."""
    made = Due.objects.create(kind=kind, subject=subject, due_at=at or timezone.now())
    transaction.on_commit(clock.wake)
    return made


def work() -> bool:
    """Do one thing that is due. Returns whether there was one."""
    due = take()
    if due is None:
        return False
    try:
        kinds[due.kind](due.subject)
    except Exception as problem:
        fail(due, problem)
    else:
        finish(due, "")
    return True


def take() -> Due | None:
    """The first thing that is due and that nobody has, with a lease on it."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    rows = Due.objects.filter(free, done_at=None, due_at__lte=now).order_by("due_at")
    if not rows.exists():  # asked every few seconds, and no reason to hold up who writes
        return None
    with in_line(), transaction.atomic():
        due = rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked).first()
        if due is not None:
            due.leased_until, due.tries = now + LEASE, due.tries + 1
            due.save(update_fields=["leased_until", "tries"])
        return due


def fail(due: Due, problem: Exception) -> None:
    """It did not work: again later, or never where that is hopeless."""
    word = type(problem).__name__[:64]
    ended = isinstance(problem, Hopeless) or due.tries >= MOST_TRIES
    tell("due-failed", logging.ERROR if ended else logging.WARNING, kind=due.kind, subject=str(due.subject),
         problem=word, tries=due.tries)  # fmt: skip
    if ended:
        finish(due, word)
        return
    wait = min(FIRST_WAIT * 2 ** (due.tries - 1), LONGEST_WAIT)
    with in_line():
        Due.objects.filter(pk=due.pk).update(due_at=timezone.now() + wait, leased_until=None, problem=word)


def finish(due: Due, problem: str) -> None:
    """It is over, well or not."""
    with in_line():
        Due.objects.filter(pk=due.pk).update(done_at=timezone.now(), leased_until=None, problem=problem)


def forget() -> None:
    """Remove what was done long ago."""
    with in_line():
        Due.objects.filter(done_at__lt=timezone.now() - KEPT).delete()
