"""Who sits at the table of a browser test; made, and changed, with the product's own code in a process of its own.

`python -m tests.browser.seating talk` migrates an empty database, loads an event with its first item open, and prints
who sits there as JSON; `begin` loads one where nothing has begun. The other commands do what the product would do.
"""

import json
import os
import sys
import time
from collections.abc import Callable

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from dialogue.archive.load import load  # noqa: E402
from dialogue.events.models import Event, Opening, Pass, Session  # noqa: E402
from dialogue.people.models import Person  # noqa: E402
from tests import records, template  # noqa: E402
from tests.faults.seats import signed_in  # noqa: E402
from tests.reseated import reseat  # noqa: E402

NAMES = {
    "ada": "Ada Lovell", "ben": "Ben Okri", "cleo": "Cleo Marsh", "dev": "Dev Patel", "eve": "Eve Quill",
    "mod": "Mona Oduya", "rap": "Rhys Apple", "obs": "Olu Bello",
}  # fmt: skip
ROLES = {"mod": "moderator", "rap": "rapporteur", "obs": "observer"}


def talk() -> dict:
    """Five participants who may speak on the first of two items, and may have come to it."""
    return seat(list(NAMES), "water")


def begin() -> dict:
    """Three participants, a moderator and a rapporteur; no item is open, and nobody has said anything."""
    return seat(["ada", "ben", "cleo", "mod", "rap"])


def seat(keys: list[str], opened: str = "") -> dict:
    """The event with these people, each with an account and the cookie of a browser; a convenor and a stranger too."""
    template.copy_for(os.environ.get("DATABASE_URL", ""))
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        event = load(whole(keys))
        if opened:
            Opening.objects.create(
                session=event.sessions.get(), item=event.items.get(key=opened), opened_at=timezone.now()
            )
        people = {key: account(event, key) for key in [*keys, "convenor"]}
    Pass.objects.create(event=event, person=Person.objects.get(email="convenor@browser.invalid"), role="convenor")
    return {"event": "/events/rivers/", "table": "/events/rivers/table/table/", "people": people}


def whole(keys: list[str]) -> dict:
    """The record: people and programme, no statement."""
    day = timezone.now().date().isoformat()
    return records.record(
        event={"date": day},
        persons=[records.person(key, NAMES[key], affiliation=f"House of {NAMES[key].split()[0]}") for key in keys],
        sessions=[records.session(members=[(key, ROLES.get(key, "participant")) for key in keys], date=day)],
        outline=[records.item("water"), records.item("fish")],
    )


def account(event: Event, key: str) -> dict:
    """An account, in the record's seat where there is one."""
    person = Person.objects.create(name=NAMES.get(key, key.title()), email=f"{key}@browser.invalid", language="en")
    event.attendees.filter(key=key).update(person=person)
    return signed_in(person)


def again(key: str) -> dict:
    """Somebody signs in once more."""
    return signed_in(Person.objects.get(email=f"{key}@browser.invalid"))


def remove(key: str) -> dict:
    """Somebody loses their seat."""
    session = Session.objects.get()
    convenor = Person.objects.get(email="convenor@browser.invalid")
    reseat(session, session.event.attendees.get(key=key), "", convenor)
    return {"at": time.monotonic()}


def room(rule: str) -> dict:
    """The closed table is under that rule, and its room shows names."""
    Session.objects.update(attribution=rule, names_in_room="shown")
    return {}


if __name__ == "__main__":
    commands: dict[str, Callable[..., dict]] = {
        "talk": talk, "begin": begin, "again": again, "remove": remove, "room": room,
    }  # fmt: skip
    print(json.dumps(commands[sys.argv[1]](*sys.argv[2:])))
