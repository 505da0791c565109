"""What the table's forms send, in a word each: as the page's script sends them, or as a page without scripts does."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from dialogue.discussion.models import Contribution
from dialogue.record.models import Entry, Stream
from tests.tables import LiveTable

Answer = tuple[int, str]  # the status, and the sentence of a refusal ("" where there is none)


def address(table: LiveTable, name: str = "", session: str = "") -> str:
    return f"/events/{table.event.slug}/table/{session or table.at}/{name}"


def browser(table: LiveTable, role: str) -> Client:
    """The browser of one of the cast; always the same one."""
    clients: dict[str, Client] = table.__dict__.setdefault("clients", {})
    if role not in clients:
        clients[role] = table.client(role)
    return clients[role]


def post(
    table: LiveTable, role: str, where: str, /, *, script: bool = True, session: str = "", **sent: Any
) -> HttpResponse:  # fmt: skip
    """Send a form. `script`: as the page's own script does, which is answered in JSON. `for_` is the field `for`."""
    headers = {"accept": "application/json"} if script else {}
    sent = {name.rstrip("_"): value for name, value in sent.items() if value is not None}
    return browser(table, role).post(address(table, where, session), sent, headers=headers)


def say(table: LiveTable, role: str, text: str = "The river is low.", /, **sent: Any) -> HttpResponse:
    """Say something on `water`, as a comment of its own unless told otherwise."""
    return post(table, role, "say/", **{"key": table.key(), "item": "water", "kind": "comment", "text": text} | sent)


def do(table: LiveTable, role: str, said: Contribution, deed: str, /, **sent: Any) -> HttpResponse:
    """Do something with a statement."""
    return post(table, role, f"said/{said.pk}/", do=deed, **sent)


def amend(table: LiveTable, role: str, said: Contribution, text: str, /, **sent: Any) -> HttpResponse:
    """Change the words of a statement, as it stood in front of them."""
    return do(table, role, said, "amend", **{"key": table.key(), "version": said.version, "text": text} | sent)


def stand(table: LiveTable, role: str, on: Any, stance: str = "agree", /, **sent: Any) -> HttpResponse:
    """Take a stance on a position or a finding."""
    return post(table, role, f"stance/{on.pk}/", **{"key": table.key(), "stance": stance} | sent)


def run(table: LiveTable, role: str, deed: str, /, **sent: Any) -> HttpResponse:
    """Run the table."""
    return post(table, role, "run/", do=deed, **sent)


def page(table: LiveTable, role: str, /, *, session: str = "", **query: str) -> str:
    """The table's page as one of the cast gets it."""
    answer = browser(table, role).get(address(table, session=session), {"item": "water", **query})
    assert answer.status_code == 200
    return answer.text


def of(table: LiveTable, role: str, said: Contribution, /, **query: str) -> str:
    """The page of one statement as one of the cast gets it."""
    answer = browser(table, role).get(address(table, f"said/{said.pk}/"), query)
    assert answer.status_code == 200
    return answer.text


def saved(answer: HttpResponse) -> Contribution:
    """What was said: the statement that the answer names."""
    assert answer.status_code == 200, (answer.status_code, answer.content)
    return Contribution.every.get(pk=json.loads(answer.content)["saved"])


def refusal(answer: HttpResponse) -> Answer:
    """Status and sentence of what was refused."""
    told = json.loads(answer.content)
    assert told.keys() == {"error"}, told
    return answer.status_code, told["error"]


def entered(table: LiveTable, audience: str) -> list[str]:
    """The kinds of the entries that an audience of the table was told, in order; `person:ada` for Ada's account."""
    if audience.startswith("person:"):
        person = table.attendee(audience.removeprefix("person:")).person
        assert person is not None
        audience = f"person:{person.pk}"
    stream = Stream.objects.filter(session=table.session(), audience=audience).first()
    return list(Entry.objects.filter(stream=stream).values_list("kind", flat=True)) if stream else []
