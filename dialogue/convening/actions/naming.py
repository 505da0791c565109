"""Printed names: refused where another member's could be taken for them, and changed late only with the staff."""

from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.convening.actions import inviting
from dialogue.convening.models import NameRequest, UnconfirmedName
from dialogue.entrance.actions import greeted
from dialogue.events.confusables import skeletons
from dialogue.events.models import Attendee, Event, Pass
from dialogue.people.models import Person
from dialogue.record.actions import Turn

PRINTED = ("name", "function", "affiliation")  # what somebody says of themselves, and statements are printed with


class NameTaken(ValidationError):
    """Another member is called so, or so much alike that they could be taken for one another."""


def require_free_name(attendee: Attendee, name: str, honorific: str = "") -> None:
    """Raises NameTaken where a name is, or looks like, that of somebody else in the event (`attendee` aside)."""
    wanted = skeletons_of(name, honorific)
    for other in names_in(attendee.event, but=attendee):
        if wanted & skeletons(other):
            told = _(
                "“%(name)s” is the name of somebody else in this event, or could be taken for it. Add what tells you "
                "apart, as a second given name or a place."
            )
            raise NameTaken(told % {"name": name})


def skeletons_of(name: str, honorific: str = "") -> frozenset[str]:
    """The skeletons of a name, alone and with what is printed before it."""
    return skeletons(name) | skeletons(f"{honorific} {name}")


def names_in(event: Event, *, but: Attendee) -> Iterator[str]:
    """Every name that somebody else is or was printed under in an event, asks to be, or convenes it with."""
    others = Attendee.objects.filter(event=event).exclude(pk=but.pk)
    for name, honorific, aliases in others.values_list("name", "honorific", "aliases"):
        yield from (name, f"{honorific} {name}", *aliases)
    yield from NameRequest.objects.filter(attendee__in=others).values_list("name", flat=True)
    lent = Pass.objects.filter(event=event)
    if but.person_id:
        lent = lent.exclude(person=but.person_id)
    yield from lent.values_list("person__name", flat=True)


def note_taken(event: Event, rows: Iterable[tuple[str, list[str]]]) -> None:
    """Say of each (name, its problems), where there are none yet, whether somebody has that name: here or above."""
    nobody = Attendee(event=event)
    known = {skeleton for name in names_in(event, but=nobody) for skeleton in skeletons(name)}
    for name, problems in rows:
        own = skeletons(name)
        if own & known and not problems:
            problems.append(_("Somebody is called so already, or nearly so: add what tells them apart."))
        known |= own


# ------------------------------------------------------------------ a change after something stands under it


def print_as(attendee: Attendee, printed: dict[str, str], **more: object) -> None:
    """Somebody is printed so from now on, everywhere; their account is greeted so where it was greeted as they were."""
    if attendee.family_name not in printed["name"]:
        more["family_name"] = ""
    Attendee.objects.filter(pk=attendee.pk).update(**printed, **more)
    accounts = Person.objects.filter(attendances=attendee, name=attendee.name)
    accounts.update(name=greeted(printed["name"]))


def ask_for_name(turn: Turn, attendee: Attendee, printed: dict[str, str]) -> None:
    """Somebody whose words stand in the record wants to be printed otherwise: the staff are asked.

    Until they agree, everything stands under the former name. Who wants what is printed already takes the request back.
    """
    former = NameRequest.objects.filter(attendee=attendee)
    if printed == {name: getattr(attendee, name) for name in PRINTED}:
        former.delete()
        return
    if not former.filter(**printed).exists():
        asked = {**printed, "asked_at": timezone.now()}
        NameRequest.objects.update_or_create(attendee=attendee, defaults=asked)
        turn.note("name-asked", attendee.pk)


def agree_to_name(attendee: Attendee, by: Person) -> None:
    """The staff agree: everything that stands in the record is printed so. Raises NameTaken, or PermissionDenied."""
    with inviting(attendee.event, by) as turn:
        asked = NameRequest.objects.filter(attendee=attendee).first()
        if asked is None:
            raise ValidationError(_("Nothing is asked for any more. Load the page again."))
        require_free_name(attendee, asked.name, attendee.honorific)
        printed = {name: getattr(asked, name) for name in PRINTED}
        print_as(attendee, printed, aliases=sorted({*attendee.aliases, attendee.name} - {asked.name}))
        asked.delete()
        UnconfirmedName.objects.filter(attendee=attendee).delete()
        turn.note("name-agreed", attendee.pk)


def keep_name(attendee: Attendee, by: Person) -> None:
    """The staff do not agree: the name stays as it is printed. Raises PermissionDenied for who may not invite."""
    with inviting(attendee.event, by) as turn:
        if NameRequest.objects.filter(attendee=attendee).delete()[0]:
            turn.note("name-kept", attendee.pk)
