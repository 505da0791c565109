"""First entry: somebody reads the rule, and says how they are to be printed."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import reader
from dialogue.convening.actions import appearing
from dialogue.convening.actions.naming import PRINTED, ask_for_name, print_as, require_free_name
from dialogue.convening.actions.people import has_part
from dialogue.convening.models import UnconfirmedName
from dialogue.events.models import Attendee, Event, Membership, NamesInRoom, Session, strictest
from dialogue.people.models import Person
from dialogue.record import actions as record
from dialogue.record.actions import Turn


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wants to be printed. `prefers`: the regime for their own words, None: as the session."""

    name: str
    function: str
    affiliation: str
    listed: bool
    prefers: str | None


def agree(
    event: Event, person: Person, wishes: Wishes, rules: dict[str, str], names: dict[str, str] | None = None
) -> Attendee:
    """This person agrees to the rules that they have read: {session's key: regime}, and is printed as they wish.

    `names`: {session's key: whose names the room shows}, as they have read it, where it is not as the rule prints them.

    A session whose rule has become another since they read it is left out: they are asked again. Raises
    PermissionDenied for who has no seat, NameTaken where somebody else in the event could be taken for them.
    """
    with record.turn(event, by=person) as turn:
        who = reader(person, turn.event)
        attendee = Attendee.objects.filter(event=event, person=person, key=who.attendee).first()
        if attendee is None:
            raise PermissionDenied(_("You have no seat in this event."))
        with appearing(turn.event):
            Attendee.objects.filter(pk=attendee.pk).update(listed=wishes.listed, prefers=wishes.prefers)
            change_name(turn, attendee, {name: getattr(wishes, name) for name in PRINTED})
            agreed(turn, attendee, rules, names or {})
        if not turn.noted:
            turn.note("person-changed", attendee.pk)
        return attendee


def change_name(turn: Turn, attendee: Attendee, printed: dict[str, str]) -> None:
    """Somebody is printed so: at once as long as nothing stands under their name, and later when the staff agree."""
    if printed["name"] != attendee.name:
        require_free_name(attendee, printed["name"], attendee.honorific)
    if has_part(attendee):
        ask_for_name(turn, attendee, printed)
    else:
        keep_confirmed_name(attendee, printed)
        print_as(attendee, printed)


def keep_confirmed_name(attendee: Attendee, printed: dict[str, str]) -> None:
    """Remember what the staff confirmed last of a name and affiliation that somebody changes themselves."""
    confirmed = UnconfirmedName.objects.filter(attendee=attendee).first()
    before = confirmed or attendee
    if (printed["name"], printed["affiliation"]) == (before.name, before.affiliation):
        UnconfirmedName.objects.filter(attendee=attendee).delete()
    elif confirmed is None:
        made = {"name": attendee.name, "affiliation": attendee.affiliation}
        UnconfirmedName.objects.create(attendee=attendee, **made)


def agreed(turn: Turn, attendee: Attendee, rules: dict[str, str], names: dict[str, str]) -> None:
    """Write down what is agreed to now, in sessions whose rule and whose names in the room it still is."""
    for session in Session.objects.filter(event=turn.event, key__in=rules):
        rule, room = rules[session.key], names.get(session.key, NamesInRoom.AS_RULE)
        seats = Membership.objects.filter(session=session, attendee=attendee).exclude(agreed_to=rule, agreed_names=room)
        still = strictest(turn.event.attribution, session.attribution), session.names_in_room
        if still == (rule, room) and seats.exists():
            seats.update(agreed_to=rule, agreed_names=room, agreed_at=timezone.now())
            turn.note("rule-agreed", attendee.pk, session)
