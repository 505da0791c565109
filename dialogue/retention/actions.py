"""Erasing who said what once its time has come: the counts stay, the names go, wherever they are kept."""

import datetime
import functools
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import reader
from dialogue.audit import actions as audit
from dialogue.audit.deeds import SPOKEN
from dialogue.convening.actions.merging import sha256
from dialogue.discussion.models import Authorship, Contribution, FormerWords
from dialogue.due import actions as due
from dialogue.due.models import Due
from dialogue.events.models import Event, Session
from dialogue.events.retention import ERASE, erased_on, erases_names, has_wishes
from dialogue.line import in_line
from dialogue.people.models import Person
from dialogue.positions.models import Finding, FrozenCount, RosterPlace, Stance
from dialogue.rapporteur.marks import MARKS
from dialogue.rapporteur.models import Note, Paragraph, Translation
from dialogue.record import actions as record
from dialogue.record.actions import Turn
from dialogue.record.models import Deed, Looked, Stream
from dialogue.report.material import Material, gather
from dialogue.retention.freezing import counts, holders, unattributed, unmarked
from dialogue.roundtable.actions import reset_pages, shut_item
from dialogue.roundtable.models import Floor, Speaking

LONGEST = 365
AGAIN = datetime.timedelta(days=1)  # after which it is looked at again


def erase_names(event: Event, by: Person | None = None) -> bool:
    """Erase who said what, who stands where and who had the floor, where a rule holds that names nobody.

    Every count stays as it is, and nothing that pages and reports print of it changes. Returns whether anything was
    done: names are erased once. It cannot be undone.
    """
    with record.turn(event, by=by) as turn:
        if turn.event.names_erased_at or not (erases_names(turn.event) or has_wishes(turn.event)):
            return False
        end_sessions(turn)
        erase(turn, gather(turn.event, None, None))
        Event.objects.filter(pk=event.pk).update(names_erased_at=timezone.now())
        turn.note("names-erased", event.pk)
        reset_pages(turn.event.sessions.all()[0])
        transaction.on_commit(empty_log)
    return True


def empty_log() -> None:
    """SQLite overwrites what is deleted; the log beside the database has it for a while."""
    if connection.vendor == "sqlite":
        with in_line(), connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def end_sessions(turn: Turn) -> None:
    """Everything that is open closes for good: nobody is asked, or speaks, once it is not known who they were."""
    for session in turn.event.sessions.all():
        for opening in session.openings.filter(closed_at=None).select_related("item"):
            shut_item(turn, session, opening.item)
    Session.objects.filter(event=turn.event, closed_at=None).update(closed_at=timezone.now())
    Session.objects.filter(event=turn.event).update(names_until=None)
    Finding.objects.filter(event=turn.event).update(is_open=False)
    Contribution.every.filter(event=turn.event, session__blind=True).update(stances_open=True)
    Speaking.objects.filter(session__event=turn.event).delete()


def erase(turn: Turn, material: Material) -> None:
    """Every place that tells who said or holds what, in one transaction with the counts that go on without it."""
    event = turn.event
    gone = unattributed(event, material)
    FrozenCount.objects.filter(event=event).delete()
    FrozenCount.objects.bulk_create(
        FrozenCount(event=event, position=place, kind=one.kind, of=one.of, numbers=one.numbers)
        for place, one in enumerate(counts(material))
    )
    erase_marks(event, material)
    erase_holders(event, material)
    Note.objects.filter(pk__in=[one.pk for one in event.notes.all() if material.protected.hides(one.text)]).delete()
    Authorship.objects.filter(contribution__in=gone).delete()
    FormerWords.objects.filter(contribution__in=gone).update(by=None)
    Contribution.every.filter(pk__in=gone).update(version=F("version") + 1)
    RosterPlace.objects.filter(finding__event=event).delete()
    strict = [one for one in event.sessions.all() if material.rules.regime(one.key) != "named"]
    Floor.objects.filter(session__in=strict).delete()
    Deed.objects.filter(session__in=strict).delete()
    Deed.objects.filter(session__event=event, subject__in=gone).delete()
    Stream.objects.filter(session__event=event, audience__startswith="person:").delete()
    Looked.objects.filter(session__event=event).delete()
    named = Contribution.every.filter(event=event).exclude(pk__in=gone).exclude(session__in=strict)
    audit.erase_people(event, SPOKEN, set(named.values_list("pk", flat=True)))


def erase_marks(event: Event, material: Material) -> None:
    """A mark of somebody whom the report does not name becomes one of nobody, that prints the same."""
    for one in unmarked(material):
        paragraph = Paragraph.objects.get(event=event, key=one.key)
        was, paragraph.text = paragraph.text, remarked(paragraph.text, one.marks)
        paragraph.unnamed = [*paragraph.unnamed, *one.unnamed]
        paragraph.save(update_fields=["text", "unnamed"])
        for translation in Translation.objects.filter(event=event, of=one.key):
            translation.text = remarked(translation.text, one.marks)
            if translation.original == sha256(was):  # it says the same as before: it is not stale
                translation.original = sha256(paragraph.text)
            translation.save(update_fields=["text", "original"])


def remarked(text: str, marks: dict[str, str]) -> str:
    """A text with other marks for people."""
    return MARKS["persons"].sub(lambda found: f"@{marks.get(found[1], found[1])}", text)


def erase_holders(event: Event, material: Material) -> None:
    """Stances of people whom no report names are nobody's; what was never counted goes."""
    known = holders(material)
    counted = material.counted
    tables = functools.cache(counted.counted)
    groups: dict[str, list[Any]] = {}
    uncounted = []
    for one in Stance.every.filter(event=event).exclude(attendee=None).select_related("attendee"):
        holder = known[one.attendee.key]  # type: ignore[union-attr]
        if not holder.is_erased:
            continue
        on = one.contribution_id or one.finding_id
        target = counted.said.get(on) or counted.found.get(on)
        if target and one.attendee_id not in tables(target.item, on):
            uncounted.append(one.pk)
        else:
            groups.setdefault(holder.group, []).append(one.pk)
    Stance.every.filter(pk__in=uncounted).delete()
    for group, some in groups.items():
        Stance.every.filter(pk__in=some).update(attendee=None, group=group)


# ------------------------------------------------------------------ in time


def keep_names(event: Event, by: Person, days: int, notice_en: str = "", notice_fr: str = "") -> None:
    """So many days after the report is out names are erased. Once the doors are open, it only becomes sooner.

    The notices are the convenor’s own lines at the door.

    Raises PermissionDenied, ValidationError.
    """
    with record.turn(event, by=by) as turn:
        reader(by, turn.event).require("set up")
        if not 1 <= days <= LONGEST:
            raise ValidationError(_("Choose a number of days from 1 to %(most)d.") % {"most": LONGEST})
        before = turn.event.names_kept_days
        if turn.event.is_open and before is not None and days > before:
            raise ValidationError(
                _("The event is open, and people were told the day. Names can be erased sooner, never later.")
            )
        told = {"names_kept_days": days, "notice_en": notice_en, "notice_fr": notice_fr}
        if told != {name: getattr(turn.event, name) for name in told}:
            Event.objects.filter(pk=event.pk).update(**told)
            turn.note("retention-changed", event.pk)
            due.put(ERASE, event.pk)


def erase_when_due(pk: uuid.UUID) -> None:
    """Erase names where their day has come, else look again: every day, for a date may be changed, and what failed is
    tried again."""
    event = Event.objects.filter(pk=pk, names_erased_at=None).first()
    day = erased_on(event) if event else None
    if event is None or day is None:
        return
    now = timezone.now()
    if not Due.objects.filter(kind=ERASE, subject=pk, done_at=None, due_at__gt=now).exists():
        with in_line():
            due.put(ERASE, pk, now + AGAIN if day <= now else min(day, now + AGAIN))
    if day <= now:
        erase_names(event)


due.kinds[ERASE] = erase_when_due
