"""An event from nothing, or from a former one; its facts, and its doors."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from dialogue.audit import actions as audit
from dialogue.convening import checklist
from dialogue.convening.actions import preparing
from dialogue.due import actions as due
from dialogue.events.models import (
    Disclaimer,
    Event,
    Item,
    ModeratorCounts,
    NamesInRoom,
    Partner,
    Pass,
    Role,
    Session,
)
from dialogue.events.retention import ERASE, USUAL
from dialogue.kept import Listed
from dialogue.line import in_line
from dialogue.people.models import Person

OF_AN_EVENT = (  # what a new event takes over from a former one
    "occasion", "time_zone", "place", "convenor_name", "convenor_short_name", "series_title", "attribution", "scale",
    "figures", "bilingual", "second_factor", "greeting", "notice_en", "notice_fr",
)  # fmt: skip
OF_A_SESSION = (
    "key", "kind", "title", "access", "attribution", "starts", "ends", "release", "blind", "reasons", "shows_presence",
    "position",
)  # fmt: skip


def set_up(by: Person, facts: dict[str, Any], like: Event | None = None) -> Event:
    """A new event, its doors shut, with a closed table or with all that `like` had but its people.

    `facts` are columns of Event. Raises PermissionDenied where this person may not convene.
    """
    if not by.may_convene:
        raise PermissionDenied(_("You may not set up events. Who runs this server can let you: manage.py convene."))
    with in_line(), transaction.atomic():
        former = {name: getattr(like, name) for name in OF_AN_EVENT} if like else {}
        kept = (like.names_kept_days if like else None) or USUAL
        event = Event.objects.create(
            **{**former, **facts}, slug=free_slug(facts), doors_opened_at=None, names_kept_days=kept
        )
        Pass.objects.create(event=event, person=by, role=Role.CONVENOR)
        if like:
            take_over(event, like)
        else:
            Session.objects.create(
                event=event, kind="roundtable", title=_("Roundtable"), date=event.date,
                names_in_room=NamesInRoom.SHOWN, moderator_counts=ModeratorCounts.NEVER,
            )  # fmt: skip
        audit.note(event, by, "event-set-up", event.pk)
        return event


def free_slug(facts: dict[str, Any]) -> str:
    """What the event is called in its address: its title and its year, and a number where that is taken."""
    made = slugify(facts["title"])[:50].strip("-") or "event"
    base = f"{made}-{facts['date'].year}"
    taken = set(Event.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)


def take_over(event: Event, like: Event) -> None:
    """The former event's partners, disclaimers, sessions and programme, without a word that was said."""
    for former in (*like.partners.all(), *like.disclaimers.all()):
        again(former, event=event)
    later = event.date - like.date
    for session in like.sessions.all():
        told = {name: getattr(session, name) for name in OF_A_SESSION}
        told |= {"names_in_room": names_like(session), "moderator_counts": ModeratorCounts.NEVER}
        if session.moderator_counts == ModeratorCounts.ALWAYS:
            told["moderator_counts"] = ModeratorCounts.ALWAYS
        Session.objects.create(event=event, date=session.date + later, **told)
    below(event, like, None, None)


def names_like(former: Session) -> str:
    """Whose names a new session's room shows: as in the former one where that is anonymous, else who is in it."""
    return NamesInRoom.HIDDEN if former.names_in_room == NamesInRoom.HIDDEN else NamesInRoom.SHOWN


def again(former: Listed, **own: Any) -> None:
    """The same row for another event."""
    former.pk, former._state.adding = None, True
    for name, value in own.items():
        setattr(former, name, value)
    former.pk = type(former)._meta.pk.get_default()
    former.save(force_insert=True)


def below(event: Event, like: Event, parent: Item | None, former: Item | None) -> None:
    """The programme under one item of a former event, under its twin in the new one."""
    for item in Item.objects.filter(event=like, parent=former):
        twin = Item.objects.create(
            event=event, parent=parent, kind=item.kind, title=item.title, key=item.key, position=item.position
        )
        below(event, like, twin, item)


# ------------------------------------------------------------------ facts


def change_facts(event: Event, by: Person, facts: dict[str, Any]) -> None:
    """Columns of the event. Its language stays where something was said: statements are in it without saying so."""
    with preparing(event, by) as turn:
        held = turn.event
        if facts.get("language", held.language) != held.language and held.contributions.exists():
            raise ValidationError(
                _("Something was said already, in the language of the event: that cannot change now.")
            )
        Event.objects.filter(pk=event.pk).update(**facts)
        turn.note("event-changed", event.pk)


def change_credits(event: Event, by: Person, partners: list[tuple[str, str]], disclaimers: list[str]) -> None:
    """All partners (name, credit line) and all disclaimers, in their order."""
    with preparing(event, by) as turn:
        Partner.objects.filter(event=event).delete()
        Disclaimer.objects.filter(event=event).delete()
        Partner.objects.bulk_create(
            Partner(event=event, name=name, credit=credit, position=place)
            for place, (name, credit) in enumerate(partners)
        )
        Disclaimer.objects.bulk_create(
            Disclaimer(event=event, text=text, position=place) for place, text in enumerate(disclaimers)
        )
        turn.note("event-changed", event.pk)


# ------------------------------------------------------------------ doors


def open_doors(event: Event, by: Person) -> None:
    """Let members read and speak, and the public know of it. Raises ValidationError while something is missing."""
    with preparing(event, by) as turn:
        if turn.event.is_open:
            return
        if missing := [step.title for step in checklist.steps(turn.event) if step.is_missing]:
            raise ValidationError(_("This is still missing: %(what)s.") % {"what": ", ".join(map(str, missing))})
        Event.objects.filter(pk=event.pk).update(doors_opened_at=timezone.now())
        due.put(ERASE, event.pk)
        turn.note("doors-opened", event.pk)


def shut_doors(event: Event, by: Person) -> None:
    """Take the opening back. Raises ValidationError once something was said."""
    with preparing(event, by) as turn:
        if turn.event.contributions.exists():
            raise ValidationError(_("Something was said already: the doors stay open."))
        Event.objects.filter(pk=event.pk).update(doors_opened_at=None)
        turn.note("doors-shut", event.pk)


def discard(event: Event, by: Person) -> None:
    """The event goes, with all that was prepared. Raises ValidationError where the doors are open or a letter went."""
    with preparing(event, by) as turn:
        if turn.event.is_open or turn.event.contributions.exists():
            raise ValidationError(_("The doors are open: an event that people know of is not taken away."))
        if event.attendees.filter(invitation__times__gt=0).exists():
            raise ValidationError(_("People are invited already: withdraw their invitations first."))
    with in_line(), transaction.atomic():
        Event.objects.filter(pk=event.pk).delete()
