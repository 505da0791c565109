"""The tables that the live benchmark speaks at, made with the product's own code in a process of its own.

`python -m tests.bench.hall READERS STATEMENTS …` fills an empty database: a hall with so many people who listen and a
few who speak, and for each number of statements a table where that many were made. It prints as JSON who is there.
"""

import json
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from dialogue.archive.load import load  # noqa: E402
from dialogue.events.models import Event, Opening, Pass  # noqa: E402
from dialogue.people.models import Person  # noqa: E402
from dialogue.record.actions import stream_id  # noqa: E402
from tests import records  # noqa: E402
from tests.faults.seats import signed_in  # noqa: E402

TABLE, ITEM = "table", "water"
WRITERS, MEMBERS = 4, 20
KINDS = ("position", "comment", "question")
WORDS = "The river is lower than it was, and those who live by it say so in words that nobody had written down before. "


def hall(readers: int) -> dict:
    """One table of twenty, four of whom speak, its item open; and so many observers who are let in to listen."""
    event = made("hall", seats(), [])
    people = [Person(name=f"Reader {n}", email=f"r{n}@hall.invalid", language="en") for n in range(readers)]
    Person.objects.bulk_create(people)
    Pass.objects.bulk_create([Pass(event=event, person=person, role="observer") for person in people])
    return {
        **place(event), "writers": [account(event, f"p{n:02}") for n in range(WRITERS)],
        "readers": [browser(event, person) for person in people],
    }  # fmt: skip


def discussion(statements: int) -> dict:
    """A table where so many statements were made by twenty people, a third of them positions, half of them answers."""
    event = made(f"talk-{statements}", seats(), [statement(n) for n in range(statements)])
    first = event.contributions.order_by("position")[0]
    return {**place(event), "reader": account(event, "p00"), "first": str(first.pk)}


def seats() -> dict[str, str]:
    return {f"p{n:02}": "participant" for n in range(MEMBERS)}


def statement(n: int) -> dict:
    answers = [records.relates("builds_on", f"s{max(0, n - 1 - n % 7)}")] if n % 2 else []
    return records.said(
        f"s{n}", f"p{n * 7 % MEMBERS:02}", words(n, 1000), kind=KINDS[n % 3], relations=answers, recorded=False
    )


def words(n: int, length: int) -> str:
    """So many characters, which nobody else has said."""
    return f"{n}: {WORDS * (length // len(WORDS) + 1)}"[:length]


def made(slug: str, roles: dict[str, str], contributions: list[dict]) -> Event:
    """An event with these people at its table, the item open."""
    day = timezone.now().date().isoformat()
    record = records.record(
        event={"slug": slug, "date": day}, persons=[records.person(key, f"Seat {key}") for key in roles],
        sessions=[records.session(TABLE, members=list(roles.items()), date=day)], outline=[records.item(ITEM)],
        contributions=contributions,
    )  # fmt: skip
    event = load(record)
    Opening.objects.create(session=event.sessions.get(), item=event.items.get(), opened_at=timezone.now())
    return event


def account(event: Event, key: str) -> dict:
    """Somebody of the record, with an account."""
    person = Person.objects.create(name=f"Account {key}", email=f"{key}@{event.slug}.invalid", language="en")
    event.attendees.filter(key=key).update(person=person)
    return browser(event, person)


def browser(event: Event, person: Person) -> dict:
    """Somebody signed in: their cookie, and the stream that is theirs alone."""
    return {**signed_in(person), "stream": str(stream_id(event.sessions.get().pk, f"person:{person.pk}"))}


def place(event: Event) -> dict:
    session = event.sessions.get()
    return {
        "table": f"/events/{event.slug}/table/{TABLE}/", "socket": f"/live/{session.pk}/", "item": ITEM,
        "epoch": event.epoch, "stream": str(stream_id(session.pk, "table")), "session": str(session.pk),
    }  # fmt: skip


def main(readers: str, *sizes: str) -> None:
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        told = {"hall": hall(int(readers)), "talks": {size: discussion(int(size)) for size in sizes}}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
