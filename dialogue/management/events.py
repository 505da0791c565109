"""What the commands share: a database that is ready, and the event that was named."""

import contextlib
import time
from collections.abc import Iterator

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from dialogue.bootstrap import seized
from dialogue.events.models import Event


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two commands that set up the same data take turns. The lock ends with its process."""
    with (settings.DATA / "setup.lock").open("a+") as lock:
        while not seized(lock):
            time.sleep(0.1)
        yield


def ready_database() -> None:
    """Give an empty database its tables. Raises CommandError where it cannot be reached, or is of another version."""
    if not has_tables():
        call_command("migrate", verbosity=0, interactive=False, database=DEFAULT_DB_ALIAS)


def require_tables() -> None:
    """Raise CommandError where the database cannot be reached, is of another version, or is empty.

    For a command that cannot mean an empty one: whoever lets somebody in has an event, and named another database.
    """
    if not has_tables():
        raise CommandError("The database is empty. Make its tables: manage.py migrate")


def has_tables() -> bool:
    """Whether the database has the tables of this version; False where it has none.

    Raises CommandError where it cannot be reached, or is of another version.
    """
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as problem:
        raise CommandError(f"The database cannot be reached: {problem}. DATABASE_URL says where it is.") from problem
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return True
    if executor.loader.applied_migrations:
        raise CommandError("The database is of an older version: back it up, then run the command migrate.")
    return False


def event_called(slug: str) -> Event:
    """The event of that slug. Raises CommandError, naming the events that there are."""
    ready_database()
    event = Event.objects.filter(slug=slug).first()
    if event is None:
        known = ", ".join(Event.objects.values_list("slug", flat=True)[:20]) or "none yet; load_record loads one"
        raise CommandError(f"There is no event '{slug}'. Events here: {known}.")
    return event
