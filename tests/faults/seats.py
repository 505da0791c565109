"""Who is at the table of a fault test, made with the product's own code in a process of its own.

`python -m tests.faults.seats seat WRITERS READERS` migrates an empty database, loads an event with its table open, and
prints it as JSON. The other commands do to one person what the product itself would do.
"""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from dialogue.archive.load import load  # noqa: E402
from dialogue.events.models import Event, Opening  # noqa: E402
from dialogue.people.models import Person  # noqa: E402
from tests import records  # noqa: E402

SLUG, TABLE, ITEM = "faults", "table", "water"


def seat(writers: int, readers: int) -> dict:
    """The event, and a signed-in person for each seat: w00, w01, … take part, r000, r001, … observe, mod moderates."""
    call_command("migrate", verbosity=0, interactive=False)
    roles = {f"w{n:02}": "participant" for n in range(writers)} | {f"r{n:03}": "observer" for n in range(readers)}
    roles["mod"] = "moderator"
    with transaction.atomic():
        event = load(record(roles))
        session, item = event.sessions.get(), event.items.get(key=ITEM)
        Opening.objects.create(session=session, item=item, opened_at=timezone.now())
        people = {key: signed_in(event, key) for key in roles}
    return {
        "table": f"/events/{SLUG}/table/{TABLE}/", "item": ITEM, "session": str(session.pk), "people": people,
    }  # fmt: skip


def record(roles: dict[str, str]) -> dict:
    day = timezone.now().date().isoformat()
    return records.record(
        event={"slug": SLUG, "date": day},
        persons=[records.person(key, f"Seat {key}") for key in roles],
        sessions=[records.session(TABLE, members=list(roles.items()), date=day)],
        outline=[records.item(ITEM)],
    )


def signed_in(event: Event, key: str) -> dict:
    """An account for somebody of the record, and the cookie of their browser."""
    person = Person.objects.create(name=f"Account {key}", email=f"{key}@faults.invalid", language="en")
    event.attendees.filter(key=key).update(person=person)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return {"name": key, "person": str(person.pk), "cookie": session.session_key}


if __name__ == "__main__":
    told = {"seat": seat}[sys.argv[1]](*map(int, sys.argv[2:]))
    print(json.dumps(told))
