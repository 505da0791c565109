"""Who is at the table of a fault test, made with the product's own code in a process of its own.

`python -m tests.faults.seats seat WRITERS READERS` migrates an empty database, loads an event with its table open, and
prints it as JSON. The other commands do to one person what the product itself would do.
"""

import datetime
import json
import os
import sys
import time
from collections.abc import Callable

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session as SignIn  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from dialogue.archive.load import load  # noqa: E402
from dialogue.events.models import Event, Opening, Pass, Session  # noqa: E402
from dialogue.people.models import Person  # noqa: E402
from tests import records, template  # noqa: E402
from tests.reseated import reseat  # noqa: E402

SLUG, TABLE, ITEM = "faults", "table", "water"


def seat(writers: str, readers: str) -> dict:
    """The event, and a signed-in person for each seat: w00, w01, … take part, r000, r001, … observe, mod moderates."""
    template.copy_for(os.environ.get("DATABASE_URL", ""))
    call_command("migrate", verbosity=0, interactive=False)
    roles = {f"w{n:02}": "participant" for n in range(int(writers))} | {
        f"r{n:03}": "observer" for n in range(int(readers))
    }
    roles["mod"] = "moderator"
    with transaction.atomic():
        event = load(whole(roles))
        session, item = event.sessions.get(), event.items.get(key=ITEM)
        Opening.objects.create(session=session, item=item, opened_at=timezone.now())
        people = {key: account(event, key) for key in roles}
    return {
        "table": f"/events/{SLUG}/table/{TABLE}/", "item": ITEM, "session": str(session.pk), "people": people,
    }  # fmt: skip


def whole(roles: dict[str, str]) -> dict:
    """The record of an event with these people at its table."""
    day = timezone.now().date().isoformat()
    return records.record(
        event={"slug": SLUG, "date": day},
        persons=[records.person(key, f"Seat {key}") for key in roles],
        sessions=[records.session(TABLE, members=list(roles.items()), date=day)],
        outline=[records.item(ITEM)],
    )


def account(event: Event, key: str) -> dict:
    """An account for somebody of the record, and the cookie of their browser."""
    person = Person.objects.create(name=f"Account {key}", email=f"{key}@faults.invalid", language="en")
    event.attendees.filter(key=key).update(person=person)
    return {"name": key, **signed_in(person)}


def signed_in(person: Person) -> dict:
    """The cookie of their browser: what signing in leaves behind."""
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return {"person": str(person.pk), "cookie": session.session_key}


# ------------------------------------------------------------------ rights that end


def lose(*told: str) -> dict:
    """Take something from people, each in a turn of its own: `remove KEY` (no seat any more), `lesser KEY` (a seat as an
    observer). {key: the number of that turn, and when it was committed}.
    """
    lost = {key: losing(change, key) for change, key in zip(told[::2], told[1::2], strict=True)}
    time.sleep(0.3)  # until the hints are out: this process ends, a server's does not
    return lost


def losing(change: str, key: str) -> dict:
    session = Session.objects.get()
    attendee = session.event.attendees.get(key=key)
    with transaction.atomic():
        reseat(session, attendee, "" if change == "remove" else "observer", convenor())
        turn = Event.objects.values_list("turn", flat=True).get()
    return {"turn": turn, "at": time.monotonic()}


def convenor() -> Person:
    """Who sees to the seats."""
    told = {"email": "convenor@faults.invalid", "defaults": {"name": "Convenor"}}
    person, _new = Person.objects.get_or_create(**told)
    Pass.objects.get_or_create(event=Event.objects.get(slug=SLUG), person=person, role="convenor")
    return person


def expiring(key: str, seconds: str) -> dict:
    """A sign-in that ends in so many seconds, and when that is."""
    end = timezone.now() + datetime.timedelta(seconds=float(seconds))
    person = Person.objects.get(email=f"{key}@faults.invalid")
    seat = signed_in(person)
    SignIn.objects.filter(session_key=seat["cookie"]).update(expire_date=end)
    return {
        **seat,
        "name": key,
        "until": end.isoformat(),
        "at": time.monotonic() + (end - timezone.now()).total_seconds(),
    }


if __name__ == "__main__":
    commands: dict[str, Callable[..., dict]] = {"seat": seat, "lose": lose, "expiring": expiring}
    print(json.dumps(commands[sys.argv[1]](*sys.argv[2:])))
