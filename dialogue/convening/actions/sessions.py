"""The sessions of an event and the rule of each: stricter at any time, more open only before anybody comes."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dialogue.convening.actions import preparing
from dialogue.discussion.models import Contribution
from dialogue.events.models import (
    OPENNESS,
    STRICTNESS,
    Event,
    Membership,
    ModeratorCounts,
    NamesInRoom,
    Session,
    new_epoch,
    strictest,
)
from dialogue.kept import next_place
from dialogue.people.models import Person
from dialogue.positions.actions import blindness_changed
from dialogue.record.actions import Turn


def add_session(event: Event, by: Person, facts: dict[str, Any]) -> Session:
    """One more session; `facts` are its columns, `attribution` always given."""
    with preparing(event, by) as turn:
        place = next_place(Session.objects.filter(event=event))
        session = Session.objects.create(
            event=event, position=place, **{"moderator_counts": ModeratorCounts.NEVER, **facts}
        )
        settle_rules(turn.event, own={session.pk: facts["attribution"]})
        turn.note("session-set-up", session.pk, session)
        return session


def change_session(session: Session, by: Person, facts: dict[str, Any]) -> None:
    """The session's columns. Raises ValidationError where a promise would be broken."""
    with preparing(session.event, by) as turn:
        before = Session.objects.get(pk=session.pk)
        keep_promises(turn.event, before, facts)
        keep_names(before, facts)
        keep_count(before, facts)
        opens_to_public = facts["access"] == "public" != before.access
        Session.objects.filter(pk=session.pk).update(**{**facts, **fixed_count(before, facts)})
        become_anonymous(turn, before)
        if opens_to_public:  # they agreed to a closed table
            Membership.objects.filter(session=session).update(agreed_at=None, agreed_to=None)
        settle_rules(turn.event, own={session.pk: facts["attribution"]})
        turn.note("session-changed", session.pk, session)


def remove_session(session: Session, by: Person) -> None:
    """Take a session away. Raises ValidationError where something was said or the doors are open, or it is the last."""
    with preparing(session.event, by) as turn:
        if turn.event.is_open or session.contributions.exists():
            raise ValidationError(_("The doors are open: a session that people know of is not taken away."))
        if turn.event.sessions.count() == 1:
            raise ValidationError(_("An event has at least one session. Change this one instead."))
        turn.note("session-removed", session.pk)
        Session.objects.filter(pk=session.pk).delete()
        settle_rules(turn.event)


def keep_promises(event: Event, session: Session, facts: dict[str, Any]) -> None:
    """Raise ValidationError where people would find their words in the open after they spoke under a stricter rule."""
    if not event.is_open and not session.contributions.exists():
        return
    holds = strictest(event.attribution, session.attribution)
    if STRICTNESS[facts["attribution"]] < STRICTNESS[holds]:
        raise ValidationError(
            _("The doors are open, and people speak under the rule as it is. It can be made stricter, never more open.")
        )
    if facts["access"] == "public" and session.access == "closed":
        raise ValidationError(_("The doors are open, and people speak behind them. A closed session stays closed."))


def become_anonymous(turn: Turn, before: Session) -> None:
    """Where a room has become anonymous, its bars go until each collection closes, and pages are drawn anew without
    what they showed."""
    now = Session.objects.select_related("event").get(pk=before.pk)
    if not now.is_anonymous or before.is_anonymous:
        return
    if not before.blind:
        blindness_changed(turn, now)
    Event.objects.filter(pk=now.event_id).update(epoch=new_epoch())


def fixed_count(session: Session, facts: dict[str, Any]) -> dict[str, str]:
    """Where a room becomes anonymous in which the moderator counts when speaking: they are counted from then on.

    N would tell whether they spoke, and without them a disagreement of theirs would be lost.
    """
    is_hidden = facts.get("names_in_room", session.names_in_room) == NamesInRoom.HIDDEN
    if is_hidden and session.moderator_counts == ModeratorCounts.WHEN_SPEAKING and has_begun(session):
        return {"moderator_counts": ModeratorCounts.ALWAYS}
    return {}


def has_begun(session: Session) -> bool:
    """Whether anything was said in it, or an item opened."""
    return Contribution.every.filter(session=session).exists() or session.runs.exists()


def keep_names(session: Session, facts: dict[str, Any]) -> None:
    """Raise ValidationError where people would be named who spoke where they were not: once anything was said, a room
    only becomes more anonymous."""
    names = facts.get("names_in_room", session.names_in_room)
    if OPENNESS[names] < OPENNESS[session.names_in_room] and Contribution.every.filter(session=session).exists():
        raise ValidationError(
            _("Something was said here already: whose names the room shows can become stricter, never more open.")
        )


def keep_count(session: Session, facts: dict[str, Any]) -> None:
    """Raise ValidationError where a count that stands would change, or tell that its moderator took a side."""
    chosen = facts.get("moderator_counts", session.moderator_counts)
    if fixed_count(session, facts):
        if chosen == ModeratorCounts.NEVER:
            raise ValidationError(
                _("The moderator counted here when speaking: in an anonymous room they are counted always. Choose yes.")
            )
        return
    names = facts.get("names_in_room", session.names_in_room)
    if chosen == ModeratorCounts.WHEN_SPEAKING and (chosen != session.moderator_counts or names == NamesInRoom.HIDDEN):
        raise ValidationError(_("Choose whether the moderator is counted: yes or no."))
    if chosen == session.moderator_counts:
        return
    if has_begun(session):
        raise ValidationError(_("The discussion has begun: who is counted in it stays as it is."))


def settle_rules(event: Event, own: dict[Any, str] | None = None) -> None:
    """Write the rules as the record has them: the event's own is that of its most open session, the others say theirs.

    `own`: {a session's id: its rule} where it was just chosen; else each keeps the one that holds in it.
    """
    rules = {
        session.pk: (own or {}).get(session.pk) or strictest(event.attribution, session.attribution)
        for session in Session.objects.filter(event=event)
    }
    openest = min(rules.values(), key=STRICTNESS.__getitem__)
    Event.objects.filter(pk=event.pk).update(attribution=openest)
    for pk, rule in rules.items():
        Session.objects.filter(pk=pk).update(attribution=None if rule == openest else rule)
