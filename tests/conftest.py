"""What most tests begin with: the real event of Victoria, the cast around its table, and a browser's client for each."""

import copy
import functools
import gc
import os
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as ours
from django.db import connection
from django.test import Client
from django.test.client import ClientHandler
from django.utils.translation import override
from hypothesis import HealthCheck, settings

from dialogue.archive import format, load
from dialogue.events.models import Event
from dialogue.people.models import Person
from tests import cast, shared, template, tiers
from tests.records import real_half

VICTORIA = pathlib.Path(__file__).parent.parent / "dialogue" / "archive" / "victoria-2007.json"


# How long an example takes says more of the machine: no deadline. The long form tries more of them (tests/run.py).
settings.register_profile(
    "here",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES") or 100),
)
settings.load_profile("here")
ClientHandler.load_middleware = shared.load_middleware  # type: ignore[method-assign]


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Keep SQLite's test database in memory in each process: pytest-django knows Django's own backend alone."""
    default = ours.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3"):
        default.setdefault("TEST", {})["NAME"] = ":memory:"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Before pytest looks at `-m`: which tests are on which database, and in the short form or the long one."""
    tiers.sort_out(config, items)


def pytest_collection_finish() -> None:
    """What is there now stays: looking through it again and again for what may go costs a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.fixture(autouse=True, scope="session")
def events_are_flushed_first() -> Iterator[None]:
    """Between tests SQLite's tables are emptied one by one, and acts go with their events alone."""
    from django.db.backends.sqlite3.base import DatabaseOperations as Operations

    given = Operations.sql_flush

    def ordered(self, style, tables, **options):  # type: ignore[no-untyped-def]
        return given(self, style, sorted(tables, key=lambda name: name != "dialogue_event"), **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Operations, "sql_flush", ordered)
        yield


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """A request leaves its language behind in the thread: no test has that of the one before."""
    with override("en"):
        yield


@pytest.fixture(autouse=True, scope="session")
def nobody_writes_too_fast() -> None:
    """Tests write as fast as they can; those of the quotas set some of their own."""
    ours.QUOTAS = dict.fromkeys(ours.QUOTAS, "")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """An SQLite test database is copied, not migrated: see tests/template.py."""
    creation = connection.creation
    if connection.vendor == "sqlite":
        creation.create_test_db = functools.partial(template.create_test_db, creation)


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What fixtures of a module write stays for all its tests, and is gone after the last: see tests/shared.py."""
    with django_db_blocker.unblock(), shared.standing():
        yield


@pytest.fixture(scope="module")
def standing_room(module_db: None) -> Any:
    """The room of all forms (tests/posted.py), made once for a module; `here` is a test's own view of it."""
    from tests.posted import room

    return room()


@pytest.fixture(scope="session")
def stories_told(django_db_setup: None, django_db_blocker: Any) -> Any:
    """What came of all the stories of the live table: see tests/told.py."""
    from tests.told import tell_all

    with django_db_blocker.unblock():
        return tell_all()


@pytest.fixture(scope="session")
def victoria_record() -> dict:
    """The record of the real event without its made-up forum half, read once: copy it before changing it."""
    return real_half(format.read(VICTORIA.read_bytes()))


@pytest.fixture
def victoria(db: None, victoria_record: dict) -> Event:
    """The real event, loaded."""
    return load.load(copy.deepcopy(victoria_record))


@pytest.fixture
def people(victoria: Event) -> dict[str, Person | None]:
    """The cast around Victoria's table: {role: account}."""
    return cast.seat(victoria)


@pytest.fixture
def elsewhere(people: dict[str, Person | None]) -> Event:
    """The other event, which only Mallory may know of."""
    mallory = people["mallory"]
    assert mallory is not None
    return cast.elsewhere(mallory)


@pytest.fixture
def as_(people: dict[str, Person | None]) -> Callable[..., Client]:
    """`as_("moderator")` is a client signed in as that one of the cast."""

    def client(role: str, **options: bool) -> Client:
        made = Client(**options)  # type: ignore[arg-type]
        if person := people[role]:
            made.force_login(person)
        return made

    return client
