"""How the people of an event may be shown, kept from one drawing to the next: they change far more seldom."""

import uuid
from typing import Any

from dialogue.events.models import Event, Session
from dialogue.restricter import Restricter, restricter

MOST_EVENTS = 100

_kept: dict[uuid.UUID, tuple[Any, Restricter]] = {}


def rules(event: Event) -> Restricter:
    """The restricter of an event, in one query where nothing has changed that it rests on.

    Whatever changes somebody's seat or how they appear moves the `access_epoch` of the session; a regime is a column
    of the event or of a session; a record restored or loaded has another `epoch`.
    """
    sessions = Session.objects.filter(event=event).order_by("position")
    stands = (event.epoch, event.attribution, tuple(sessions.values_list("key", "kind", "attribution", "access_epoch")))
    kept = _kept.get(event.pk)
    if kept is None or kept[0] != stands:
        if len(_kept) >= MOST_EVENTS:
            _kept.clear()
        kept = _kept[event.pk] = (stands, restricter(event))
    return kept[1]
