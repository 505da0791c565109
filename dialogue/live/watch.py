"""What a page needs to learn that something happened since it was drawn, where it does not draw it itself."""

import json
from dataclasses import dataclass

from dialogue.access import Reader, audience
from dialogue.live.doors import streams_heard


@dataclass(frozen=True, slots=True)
class Watch:
    """Where the page's socket is, and from which heads it begins (JSON)."""

    socket: str
    streams: str


def watch(who: Reader) -> Watch | None:
    """The session whose news make a page of the whole event stale: its closed table, else its first session.

    Ask before anything is drawn. None where the reader hears no session.
    """
    sessions = [one for one in who.event.sessions.select_related("event") if audience(who, one)]
    sessions.sort(key=lambda one: one.access != "closed")
    if not sessions:
        return None
    streams = streams_heard([(sessions[0], who)])
    heads = {str(pk): {"epoch": who.event.epoch, "n": head} for pk, head in streams.values()}
    return Watch(f"/live/{sessions[0].pk}/", json.dumps(heads))
