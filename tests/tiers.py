"""Where each test runs: the short form or the long one, and on which database. docs/testing.md says why.

A test runs on SQLite unless it is marked `postgres`. In the short form it runs on PostgreSQL too where it is marked
`both`: by the list below, or because it speaks to the database past Django's models, or because it commits.
What is marked `long` or `faults` runs where it is asked for by name alone (`manage.py test --long`).
"""

import functools
import inspect
import math
import os
import re
from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest

T = TypeVar("T")

# Whether all of it is tried: `manage.py test --long` says so. Else a walk takes those of a kind that stand for it.
WHOLE = bool(os.environ.get("WHOLE"))

# What a test says that meets the database itself: its errors, its locks, its plans, its migrations, its threads.
MEETS = re.compile(
    r"IntegrityError|OperationalError|select_for_update|num_queries|CaptureQueries|connection\.(vendor|cursor)"
    r"|execute_wrapper|\bmigrat|MigrationExecutor"
)
# Files, or beginnings of the names of tests in them, whose promise rests on the database: {where: what rests on it}.
ON_BOTH = {
    "test_access.py": "who reads what is asked for in SQL",
    "test_agreement.py": "the count is a query",
    "test_archive.py": "order and types: a record comes back byte for byte",
    "test_audit.py": "the chain of acts, and the triggers that keep it",
    "test_anonymous_room.py": "who is counted is a query",
    "test_backup.py": "one moment, every type, both dialects",
    "test_blind.py::test_nothing_is_unseen": "what is blind is a query",
    "test_changing.py": "versions, keys and turns",
    "test_confirmed.py": "who is confirmed is asked for in SQL",
    "test_constraints.py": "constraints",
    "test_convening_changes.py": "seats change hands under constraints",
    "test_convening_people.py": "seats are taken in whole or not at all",
    "test_dissent_lasts.py": "seats, runs and rosters are queries",
    "test_desk_input.py::test_no_number": "what a type refuses: zeros, numbers too large, text too long",
    **{
        f"test_desk_writing.py::test_{moved}": "order of papers"
        for moved in ("paragraphs_move", "a_move_sent", "recommendations_parts")
    },
    "test_first_entry.py": "seats and openings",
    "test_hostile_addresses.py": "what a type refuses in an address",
    "test_inviting.py::test_a_": "a ticket is good once",
    **{
        f"test_law.py::test_page_at_n_and_entries_after_n_are_the_page_now[table-named-{story}]": "numbers of entries"
        for story in ("speaking", "standing", "found", "running")
    },
    "test_moderator_counts.py": "who is counted is a query",
    "test_order.py": "the order of statements is the database's",
    "test_room.py::test_c": "who is in the room is asked in SQL",
    "test_promises.py": "cases that rested on order, keys and nulls",
    "test_publishing.py": "nobody waits for a lock",
    "test_recorded.py": "times, spans and turns",
    "test_running.py": "openings, the floor, turns",
    "test_retention.py": "columns, triggers and counts that go on without names",
    "test_rosters.py": "who is asked is a query",
    "test_seats.py": "who is counted is a query",
    "test_second_factor.py": "a code is good once",
    "test_setting_up.py": "an event from an empty database",
    "test_several_tables.py": "which tables a finding draws on is a query",
    "test_shut_doors.py::test_nobody": "who may come in is a query",
    "test_sign_ins.py": "sessions and sign-ins are joined",
    "test_signing_in.py": "tries are counted",
    "test_speaking.py": "on record once: keys, locks, turns",
    "test_stances.py": "one stance each: constraints, bars that are queries",
    "test_startup.py": "what is asked of either database",
    **{
        f"test_table_input.py::test_no_form_fails_and_what_is_refused_leaves_nothing[{url}]": "what a type refuses"
        for url in ("say", "stance", "said", "finding-call", "setup-facts", "setup-people", "session", "sign-in")
    },
    "test_table_model.py": "the record is the model's",
    "test_verify_audit.py": "what is done to the audit by SQL is found",
}


def some(these: Iterable[T], *standing_for_it: T) -> list[T]:
    """What is tried in the short form: those that stand for all of them, each of which is tried in the long form.

    With none named, as many as are about the square root, spread over all.
    """
    every = list(these)
    if WHOLE:
        return every
    if standing_for_it:
        assert set(standing_for_it) <= set(every), "what stands for them is one of them"
        return list(standing_for_it)
    return every[:: max(1, math.isqrt(len(every)))]


@functools.cache
def meets_database(test: Callable[..., object]) -> bool:
    """Whether a test says so."""
    return bool(MEETS.search(inspect.getsource(test)))


def is_on_both(item: pytest.Item) -> bool:
    """Whether it runs on PostgreSQL in the short form."""
    mark = item.get_closest_marker("django_db")
    name = item.nodeid.removeprefix("tests/")
    if mark and mark.kwargs.get("transaction"):
        return True
    test = getattr(item, "function", None)
    return bool(test and meets_database(test)) or any(name.startswith(where) for where in ON_BOTH)


def sort_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what runs on both databases, and leave out the long forms where nobody asked for them."""
    for item in items:
        if is_on_both(item):
            item.add_marker("both")
    asked = config.option.markexpr.replace("faults_short", "")
    out = {item for item in items for kind in ("long", "faults") if item.get_closest_marker(kind) and kind not in asked}
    if out:
        config.hook.pytest_deselected(items=list(out))
        items[:] = [item for item in items if item not in out]
