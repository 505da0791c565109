"""Notes: the rapporteurs' own, bound to statements, findings or an item. For staff alone, in no report."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import Reader
from dialogue.discussion.actions import own_seat, strikes
from dialogue.discussion.models import Contribution
from dialogue.events.models import Item, Session
from dialogue.rapporteur.actions.papers import Papers, Words, tables
from dialogue.rapporteur.models import Note, NoteSubject
from dialogue.record.actions import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWords(Words):
    """A note; its `basis` is what it is about."""

    item: Item | None
    text: str
    flagged: bool


class Notes(Papers[NoteWords]):
    """The notes of an event. Everybody who keeps notes reads all of them, and changes their own."""

    model, words = Note, NoteWords
    right = "keep notes"
    entered = ("note-made", "note-changed")
    basis, owner = NoteSubject, "note"

    def own(self, who: Reader) -> dict[str, Any]:
        """Whose note it is, and when it was written. Raises PermissionDenied for who has no seat in the record."""
        return {"attendee": own_seat(who), "at": timezone.now()}

    def require_own(self, who: Reader, row: Any) -> None:
        """Only its writer changes a note."""
        if row.attendee.key != who.attendee:
            raise PermissionDenied(_("Only its writer changes a note."))

    def tell(self, turn: Turn, row: Any, kind: str) -> None:
        """Enter it for the staff of the sessions that it is about, and for nobody else."""
        for session in about(row, self.rests(row)):
            turn.enter(kind, row.pk, session, ["staff"])


def about(note: Note, subjects: Sequence[uuid.UUID]) -> list[Session]:
    """The closed sessions in which a note's statements were said, or in which its item was discussed; else all."""
    closed = tables(note.event)
    said = Contribution.objects.filter(event=note.event)
    for some in (said.filter(pk__in=subjects), said.filter(item=note.item)):
        known = set(some.order_by().values_list("session", flat=True).distinct())
        if found := [session for session in closed if session.pk in known]:
            return found
    return closed


notes = Notes()


def strike_notes(turn: Turn, said: Contribution) -> None:
    """What was noted about a statement that is struck goes with it."""
    for row in Note.objects.filter(about__contribution=said).distinct():
        notes.tell(turn, row, "note-changed")
        row.delete()


strikes.append(strike_notes)
