"""The product's hub behind a bare insert, and a page drawn by a plain template loop, for comparison.

`python -m tests.bench.bare HOST PORT` serves what `manage.py serve` serves, and two addresses more. POST `/bare/` writes
a statement at the hall's table and lets the hub know: one transaction, but no sign-in, token, rights, key or form.
`/plain/…` is the table's page with every statement drawn anew by the template, in a loop.
"""

import asyncio
import sys
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dialogue.asgi import application as product  # sets Django up

from django.db import transaction  # isort: skip
from django.db.models import F  # isort: skip
from django.http import HttpRequest, HttpResponse  # isort: skip
from django.template import engines  # isort: skip
from django.urls import path  # isort: skip
from django.utils import timezone  # isort: skip

from dialogue import urls  # isort: skip
from dialogue.discussion.models import Authorship, Contribution  # isort: skip
from dialogue.discussion.threads import below  # isort: skip
from dialogue.events.models import Attendee, Event, Item, Session  # isort: skip
from dialogue.live.server import Server  # isort: skip
from dialogue.live.statements import Statements  # isort: skip
from dialogue.record import hints  # isort: skip
from dialogue.record.actions import stream_id  # isort: skip
from dialogue.record.models import Entry, Stream  # isort: skip
from dialogue.roundtable.views.at_table import seat  # isort: skip
from dialogue.roundtable.views.table import Shown  # isort: skip

LOOP = """{% for one in statements %}<li id="s-{{ one.said.id }}" class="place">{% with s=one.said %}
{% include "roundtable/_statement.html" %}{% endwith %}{% if one.bar %}{% with s=one.bar %}
{% include "roundtable/_bar.html" %}{% endwith %}{% with id=one.said.id own=one.bar.own version=one.bar.own_version %}
{% include "roundtable/_stance.html" %}{% endwith %}{% endif %}</li>{% endfor %}"""


class Insert:
    """Writes a statement of the hall's first speaker, by as few queries as there can be."""

    def __init__(self) -> None:
        self.writer = ThreadPoolExecutor(1)
        self.session: Session | None = None

    def begin(self) -> None:
        self.session = Session.objects.select_related("event").get(event__slug="hall")
        self.item, self.author = (
            Item.objects.get(event__slug="hall"),
            Attendee.objects.get(event__slug="hall", key="p00"),
        )
        self.stream = stream_id(self.session.pk, "table")
        self.number = self.turn = self.session.event.turn
        Stream.objects.get_or_create(id=self.stream, session=self.session, audience="table")

    def write(self, text: str) -> None:
        if self.session is None:
            self.begin()
        self.number, self.turn = self.number + 1, self.turn + 1
        with transaction.atomic():
            said = Contribution(
                event=self.session.event, session=self.session, item=self.item, kind="comment", text=text,
                position=self.turn, thread=below("", self.turn), appeared=self.turn, at=timezone.now(),
            )  # fmt: skip
            Contribution.objects.bulk_create([said])
            Authorship.objects.bulk_create([Authorship(contribution=said, attendee=self.author)])
            Stream.objects.filter(pk=self.stream).update(head=self.number)
            Entry.objects.bulk_create([
                Entry(stream_id=self.stream, number=self.number, kind="contribution-made", subject=said.pk,
                      turn=self.turn, at=said.at),
            ])  # fmt: skip
            Event.objects.filter(pk=self.session.event_id).update(turn=F("turn") + 1)
        hints.give(str(self.session.event_id))


insert = Insert()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The product, and `/bare/`."""
    if scope["type"] != "http" or scope["path"] != "/bare/":
        await product(scope, receive, send)
        return
    body, more = b"", True
    while more:
        part = await receive()
        body, more = body + part.get("body", b""), part.get("more_body")
    text = dict(urllib.parse.parse_qsl(body.decode()))["text"]
    await asyncio.get_running_loop().run_in_executor(insert.writer, insert.write, text)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


class Plain(Shown):
    """The page, its statements in a loop of the template."""

    def statements(self, part: Any) -> list[str]:
        """As the page reads them, but with nothing kept from the last time."""
        theirs = Statements(self.session, self.eyes, self.rules)
        said = theirs.read(part.ids)
        standings = theirs.standings(list(said.values()))
        views = [{"said": theirs.view(said[pk]), "bar": standings.get(pk)} for pk in part.ids]
        return [engines["django"].from_string(LOOP).render({"statements": views, "address": self.at.address})]


def plain(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The table's page, drawn plainly."""
    from django.shortcuts import render

    return render(request, "roundtable/table.html", Plain(request, seat(request, slug, key)).context())


urls.urlpatterns.append(path("plain/<slug:slug>/table/<slug:key>/", plain))

if __name__ == "__main__":
    Server(application, sys.argv[1], int(sys.argv[2])).run()
