"""What is made once and stands for all tests of a module, each of which is undone by itself; and a cheap witness of writing.

A module that makes its scene once has a fixture of its own for it, above `module_db`:

    @pytest.fixture(scope="module")
    def scene(module_db: None) -> Scene: ...

Its tests are marked `django_db`: each runs in a savepoint within, so the next one finds the rows as they were made. The
Python objects of the scene are shared, too: a test that changes one fetches its own. No test of such a module may commit
(`transaction=True`). With xdist the module is marked `xdist_group`, else each process makes the scene again.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.conf import UserSettingsHolder, settings
from django.db import connection, transaction
from django.test.client import ClientHandler

LOAD = ClientHandler.load_middleware
Rows = dict[str, list[dict[str, Any]]]


@contextlib.contextmanager
def standing() -> Iterator[None]:
    """A transaction that is taken back at its end, and within which tests have theirs."""
    whole = transaction.atomic()
    whole._from_testcase = True  # type: ignore[attr-defined]  # as a test's own: what must be outermost may begin in it
    with whole:
        yield
        transaction.set_rollback(True)


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Whatever is written here is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows() -> Rows:
    """Every row of every table."""
    return {str(model): list(model._default_manager.order_by("pk").values()) for model in apps.get_models()}


def count_writes() -> int:
    """How many rows this connection has inserted, changed and deleted, also where that was taken back since."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        return connection.connection.total_changes
    with connection.cursor() as cursor:  # of this transaction
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0] or 0)


class Unwritten:
    """Tells whether anything was written: asks for the rows only where this connection wrote at all."""

    def __init__(self, read: Callable[[], Any] = rows):
        self.read, self.before = read, read()
        self.writes = count_writes()

    def renew(self) -> None:
        """Count anew: what was written since then was taken back."""
        self.writes = count_writes()

    def is_so(self) -> bool:
        """Whether all is as it was when this was made, or as it was when it last was so."""
        now = count_writes()
        if now != self.writes and self.read() != self.before:
            return False
        self.writes = now
        return True


def load_middleware(handler: ClientHandler, *arguments: Any, **more: Any) -> None:
    """Give every client of the tests the same middleware, made once: looking through all static files takes long.

    Where a test has other settings, its clients have their own.
    """
    if isinstance(settings._wrapped, UserSettingsHolder):  # type: ignore[misc]
        return LOAD(handler, *arguments, **more)
    if not CHAIN:
        first = ClientHandler()
        LOAD(first)
        CHAIN.append(first._middleware_chain)  # type: ignore[attr-defined]
    handler._middleware_chain = CHAIN[0]  # type: ignore[attr-defined]
    return None


CHAIN: list[Any] = []
