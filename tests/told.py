"""All the stories of the law of the live table, told once without pages; what came of them is looked at by several tests."""

from dataclasses import dataclass

from dialogue.audit.checking import Walk, end_of
from dialogue.audit.models import Act
from dialogue.events.models import Event
from dialogue.record.models import Entry
from tests.shared import undone
from tests.stories import STORIES
from tests.tables import NAMES, LiveTable, seated, with_convenor

RULES = {"table": "chatham_house", "forum": "named", "annex": "named"}  # where each is told, and under which rule


@dataclass
class Told:
    """What came of a story."""

    heard: set[tuple[str, str]]  # (kind, audience) of all that was entered; a person's own stream is “person”
    acts: list[Act]
    is_whole: bool  # whether the audit is
    without_act: bool  # whether the record once moved on and the audit did not
    secrets: set[str]  # names and words that stand nowhere else


def is_whole(event: Event) -> bool:
    """Whether an event's audit is."""
    walk = Walk(event.pk, end_of(event.pk))
    for act in Act.objects.filter(event=event).order_by("number"):
        walk.meet(act)
    return walk.count > 0 and not list(walk.faults(end_of(event.pk)))


def tell_all() -> list[Told]:
    """Tell each story at each place, and take it back."""
    out = []
    for at, regime in RULES.items():
        for story in STORIES.values():
            with undone():
                out.append(tell(story, with_convenor(seated(regime, at=at))))
    return out


def tell(story, table: LiveTable) -> Told:  # type: ignore[no-untyped-def]
    """Tell one, and look after each deed whether the audit has moved on where the record has."""
    event = table.event.pk
    known, missed = {"turn": 0, "audit_number": 1}, []

    def look() -> None:
        now = Event.objects.values("turn", "audit_number").get(pk=event)
        if now["turn"] != known["turn"] and now["audit_number"] <= known["audit_number"]:
            missed.append(now)
        known.update(now)

    table.heard = look
    story(table)
    rows = Entry.objects.filter(stream__session=table.session()).values_list("kind", "stream__audience").distinct()
    return Told(
        heard={(kind, audience.split(":")[0]) for kind, audience in rows},
        acts=list(Act.objects.filter(event=event)),
        is_whole=is_whole(table.event),
        without_act=bool(missed),
        secrets={*NAMES.values(), *(f"{one}q" for one in (*table.said, *table.found)), "whyq", "reasonq", "noteq"},
    )
