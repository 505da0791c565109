"""Assent seen by the rapporteur: entered, confirmed or denied at a read-back, deleted. It enters no count."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.discussion.models import Contribution
from dialogue.events.models import Event
from dialogue.kept import next_place
from dialogue.people.models import Person
from dialogue.positions.models import Assent, Finding
from dialogue.rapporteur.actions.calls import fits
from dialogue.rapporteur.actions.findings import moved
from dialogue.rapporteur.actions.papers import require, tables, tell
from dialogue.record import actions as record
from dialogue.record.actions import Turn

Target = Contribution | Finding


def enter_assent(on: Target, person: Person, seen: int, present: int) -> Assent:
    """Enter how many were seen to assent to a statement or a finding, or other numbers; a read-back is to come.

    Raises PermissionDenied; ValidationError where more were seen than present; ChangedMeanwhile where it is gone.
    """
    with record.turn(on.event, by=person) as turn:
        require(turn.event, person, "write the report")
        now = current(turn, on)
        require_seen(turn.event, now)
        fits(seen, present, _("There are more people assenting than present."))
        mark = Assent.objects.filter(**target(now)).first()
        if mark is None:
            place = next_place(Assent.objects.filter(event=turn.event))
            mark = Assent(event=turn.event, position=place, **target(now))
        mark.seen, mark.present, mark.at, mark.at_written, mark.confirmed = seen, present, timezone.now(), "", None
        mark.words_version = now.words_version
        mark.save()
        announce(turn, now)
        turn.note("assent-entered", now.pk)
        return mark


def require_seen(event: Event, on: Target) -> None:
    """Raises ValidationError in an anonymous room, where nobody notes who nods."""
    at = [on.session] if on.session else tables(event)
    if any(one.is_anonymous for one in at):
        raise ValidationError(_("This is an anonymous room: nobody notes who nods here. Put it to a check-round."))


def confirm_assent(on: Target, person: Person, *, confirmed: bool) -> None:
    """Enter that the table confirmed the mark at a read-back, or denied it. Raises as `enter_assent` does."""
    with record.turn(on.event, by=person) as turn:
        require(turn.event, person, "write the report")
        now = current(turn, on)
        if not Assent.objects.filter(**target(now)).update(confirmed=confirmed, words_version=now.words_version):
            raise ChangedMeanwhile
        announce(turn, now)
        if confirmed:
            turn.note("assent-confirmed", now.pk)
        else:
            turn.note("assent-denied", now.pk)


def delete_assent(on: Target, person: Person) -> None:
    """Delete a mark that was entered by mistake. Raises as `enter_assent` does."""
    with record.turn(on.event, by=person) as turn:
        require(turn.event, person, "write the report")
        now = current(turn, on)
        if Assent.objects.filter(**target(now)).delete()[0]:
            announce(turn, now)
            turn.note("assent-deleted", now.pk)


def target(on: Target) -> dict[str, Target]:
    """The foreign key of a row about it."""
    return {"finding" if isinstance(on, Finding) else "contribution": on}


def current(turn: Turn, on: Target) -> Target:
    """The statement or finding as it is in this turn. Raises ChangedMeanwhile where it is gone."""
    now = type(on)._default_manager.filter(event=turn.event, pk=on.pk).first()
    if now is None:
        raise ChangedMeanwhile
    return now


def announce(turn: Turn, on: Target) -> None:
    """Have it drawn anew where it stands."""
    if isinstance(on, Finding):
        moved(turn, on)
    else:
        tell(turn, "chapter-changed", on.pk)
