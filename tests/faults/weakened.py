"""A server of the product with one of its defences switched off: what every fault test's control runs against.

`python -m tests.faults.weakened DEFENCE[,DEFENCE…] serve …`. Nothing in the product knows of this; each function below
takes away the defence of its name, before anything is served. Two are no defences: an hour that has passed, and a
network that swallows entries.
"""

import datetime
import os
import sys
import threading
import time
import uuid

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialogue.settings")


def synchronous_commit() -> None:
    """A commit is answered before it is on disk."""
    from django.db.backends.signals import connection_created

    from dialogue.management import startup

    def relax(connection, **_told) -> None:
        statement = "PRAGMA synchronous=OFF" if connection.vendor == "sqlite" else "SET synchronous_commit = off"
        with connection.cursor() as cursor:
            cursor.execute(statement)

    connection_created.connect(relax, weak=False)
    startup.require_database = lambda: None  # which would not serve so


def committing_first() -> None:
    """The answer goes out at once, and the words are written down a moment later."""
    from dialogue.discussion import actions
    from dialogue.discussion.models import Contribution

    contribute, chosen = actions.contribute, threading.local()
    Contribution._meta.pk.__dict__["_get_default"] = lambda: getattr(chosen, "pk", None) or uuid.uuid4()

    def answer_early(session, person, words, *, key):
        pk = uuid.uuid5(person.pk, key)

        def later() -> None:
            time.sleep(0.3)
            chosen.pk = pk
            contribute(session, person, words, key=key)

        threading.Thread(target=later, daemon=True).start()
        return Contribution(pk=pk, session=session)

    actions.contribute = answer_early


def keys() -> None:
    """Nobody remembers what was said under a key."""
    from dialogue.record.actions import Turn

    Turn.done = lambda self, *told: None
    Turn.keep = lambda self, *told: None


def hints() -> None:
    """No hint is given."""
    from dialogue.record import hints

    hints.give = lambda event: None


def clock() -> None:
    """The hub looks when it is told to, and never by itself."""
    from dialogue.live import hub

    hub.CLOCK = 1e6


def queue() -> None:
    """A hint is given by whoever has one to give, who waits until it is gone."""
    import redis
    from django.conf import settings

    from dialogue.record import hints

    client = redis.Redis.from_url(settings.REDIS_URL)

    def give(event: str) -> None:
        hints.told(event)
        client.publish(hints.CHANNEL, event)

    hints.give = give


def acknowledging() -> None:
    """Nobody counts what a page has not acknowledged."""
    from dialogue.live import hub
    from dialogue.live.page import Page

    Page.has_room = lambda self: True
    hub.PATIENCE = 1e6


def pinging() -> None:
    """Nobody is asked whether they are still there."""
    from dialogue.live.sockets import Socket

    Socket.check_timeouts = lambda self: None


def asking_again() -> None:
    """Who was let in once stays in."""
    from dialogue.live.hub import Hub
    from dialogue.live.page import Page

    async def nobody(self, pages) -> None:
        pass

    Hub.ask_again = nobody
    Page.has_expired = lambda self, now: False


def reconnecting() -> None:
    """The connection to the database is kept for ever, and never looked at."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    from dialogue import settings

    settings.POOL, settings.WORKERS = False, 1
    settings.DATABASES["default"] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
    BaseDatabaseWrapper.close_if_unusable_or_obsolete = lambda self: None


def draining() -> None:
    """The server ends as soon as it is told to."""
    from twisted.internet import defer

    from dialogue.live.server import Server

    Server.drained = lambda self: defer.succeed(None)


def swallowing() -> None:
    """No defence less, but a line that swallows every seventh entry, once on its way to each person."""
    from dialogue.live.page import Page

    take, swallowed = Page.take, set()

    def some(self, stream, frames) -> bool:
        for number, frame in frames:
            this = (self.knock.sign_in, stream, number)
            if number % 7 == 3 and self.sent.get(stream) == number - 1 and this not in swallowed:
                swallowed.add(this)
                self.sent[stream] = number
            elif not take(self, stream, [(number, frame)]):
                return False
        return True

    Page.take = some


def an_hour_later() -> None:
    """No defence less, but every clock shows an hour more."""
    from django.utils import timezone

    now, wall = timezone.now, time.time
    timezone.now = lambda: now() + datetime.timedelta(hours=1)
    time.time = lambda: wall() + 3600


BEFORE_DJANGO = {"reconnecting"}


def main(names: list[str], arguments: list[str]) -> None:
    """Take the defences away, then serve."""
    import django

    known = {name.replace("_", "-"): function for name, function in globals().items() if callable(function)}
    for name in BEFORE_DJANGO & set(names):
        known[name]()
    django.setup()
    for name in set(names) - BEFORE_DJANGO:
        known[name]()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *arguments])


if __name__ == "__main__":
    main(sys.argv[1].split(","), sys.argv[2:])
