"""The forms of setting up an event and of coming in, as `tests/posted.py` knows forms; and what they are about."""

import uuid
from typing import Any

from dialogue.convening.models import Invitation
from dialogue.entrance.actions import sealed, soon
from dialogue.entrance.models import Ticket, TicketKind
from dialogue.events.models import Attendee, Event, Item, Membership, Pass, Session
from dialogue.people.models import Person

NUMBER = "1234 5678"  # what is on the ticket of the room's guest
TICKET = "what-is-on-a-QR-code__"

WHEN = {"title": "A table", "date": "2026-03-01", "end_date": "", "time_zone": "Europe/Paris", "place": "Lyon"}
HOUSE = {"language": "en", "convenor_name": "The River Society"}
FACTS = {
    **WHEN, **HOUSE, "convenor_short_name": "", "occasion": "", "scope": "", "series_title": "", "chapter_number": "3",
    "byline": "", "bilingual": "on", "second_factor": "",
}  # fmt: skip
CREDITS = {
    **{f"partner-{name}": "3" for name in ("TOTAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")},
    **{f"disclaimer-{name}": "2" for name in ("TOTAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")},
    **{f"partner-{place}-{name}": f"{name} {place}" for place in range(3) for name in ("name", "credit")},
    **{f"disclaimer-{place}-text": f"No {place}." for place in range(2)},
    "partner-INITIAL_FORMS": "0", "disclaimer-INITIAL_FORMS": "0",
}  # fmt: skip
SITTING = {
    "title": "A sitting", "kind": "forum", "access": "public", "date": "2026-03-01", "starts": "09:30", "ends": "12:00",
    "attribution": "named", "names_in_room": "as_rule", "moderator_counts": "never",
}  # fmt: skip
SOMEBODY = {
    "name": "Ivy Guest", "honorific": "", "function": "Dean", "affiliation": "", "sector": "", "email": "ivy@people.invalid",
    "language": "fr", "family_name": "Guest",
}  # fmt: skip
SEATS = {"listed": "on", "in-table": "observer", "in-forum": ""}
WISHES = {
    "name": "Ada", "function": "", "affiliation": "", "listed": "on", "prefers": "unnamed", "rule-table": "named", "names-table": "as_rule",
    "rule-forum": "named", "names-forum": "as_rule",
}  # fmt: skip
LENT = {"email": "lent@people.invalid", "name": "Somebody Lent", "role": "interpreter"}

# (address, who, what a good form holds, field -> what it names)
PREPARING: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
    ("convene", "convenor", {**WHEN, **HOUSE, "like": "<event>"}, {"like": "event"}),
    *(("setup", "convenor", {"do": deed}, {}) for deed in ("open", "shut", "discard")),
    ("setup-facts", "convenor", FACTS, {}),
    ("setup-credits", "convenor", CREDITS, {}),
    ("setup-scale", "convenor", {"several": "1/4", "many": "0.5", "most": "66 %", "nearly_all": "9/10", "figures": "always"}, {}),
    ("setup-kept", "convenor", {"days": "30", "notice_en": "Ours.", "notice_fr": "Le nôtre."}, {}),
    ("look", "convenor", {"as": "observer"}, {}),
    ("session-new", "convenor", {"do": "save", **SITTING}, {}),
    ("session", "convenor", {
        "do": "save", **SITTING, "kind": "roundtable", "access": "closed", "moderator_counts": "when_speaking",
    }, {}),
    ("session", "convenor", {"do": "remove"}, {}),
    ("setup-programme", "convenor", {"points": "One\n- Two\n-- Three\nFour"}, {}),
    ("point", "convenor", {"do": "save", "title": "Another", "kind": "theme"}, {}),
    *(("point", "convenor", {"do": deed}, {}) for deed in ("up", "down", "remove")),
    ("setup-people", "convenor", {"session": "<session>", "table": "New\tnew@people.invalid"}, {"session": "session"}),
    ("person", "convenor", {"do": "save", **SOMEBODY, **SEATS}, {}),
    ("person", "convenor", {"do": "remove"}, {}),
    *(("person", "convenor", {"do": deed}, {}) for deed in ("agree-name", "keep-name")),
    ("replace", "convenor", {**SOMEBODY, "name": "Instead", "family_name": "Instead", "invite": "1"}, {}),
    ("merge", "convenor", {"other": "<attendee>"}, {"other": "attendee"}),
    ("withdraw", "convenor", {}, {}),
    *(("hand-over", "convenor", {"as": kind}, {}) for kind in ("number", "qr")),
    ("letters-of", "convenor", {"greeting": "Do come."}, {}),
    ("setup-roles", "convenor", LENT, {}),
    ("setup-roles", "convenor", {"back": "<lent>"}, {"back": "lent"}),
    ("welcome", "participant", WISHES, {}),
    ("come", "visitor", {}, {}),
    ("number", "visitor", {"number": NUMBER}, {}),
    ("ticket", "visitor", {}, {}),
]
ON_PK = {"point": "point", "come": "invitation"}  # what stands in an address as <pk>; a person of the event else


def prepare(event: Event, item: str, first: uuid.UUID) -> dict[str, str]:
    """Somebody of the event who is invited and has tickets, a point, a role that is lent; kind -> its name."""
    session, own = event.sessions.first(), first.int == 1 << 120
    assert isinstance(session, Session)
    guest = Attendee.objects.create(event=event, key=f"guest-{item}", name=f"Guest of {item}", position=900)
    guest.person = Person.objects.create(name=guest.name, email=f"guest@{item}.invalid")
    guest.save()
    Membership.objects.create(session=session, attendee=guest, role="observer", position=900)
    invitation = Invitation.objects.create(attendee=guest, email=guest.person.email, language="en", times=1)
    convenor = Pass.objects.filter(event=event, role="convenor").first()
    by = convenor.person if convenor else None
    for kind, written in ((TicketKind.NUMBER, NUMBER.replace(" ", "")), (TicketKind.QR, TICKET)):
        seal = sealed(kind, written if own else item)
        Ticket.objects.create(attendee=guest, kind=kind, seal=seal, until=soon(), by=by)
    point = Item.objects.create(event=event, kind="theme", title=f"Point of {item}", position=900)
    helper = Person.objects.create(name=f"Helper of {item}", email=f"helper@{item}.invalid")
    lent = Pass.objects.create(event=event, person=helper, role="interpreter")
    made = {"person": guest, "point": point, "invitation": invitation, "lent": lent}
    return {kind: str(one.pk) for kind, one in made.items()}
