"""The live table against a simple model of it: whatever the cast does through its forms, record and pages are the model's.

The model is lists and dicts, and knows the rules in its own words. `Machine` does one deed after another on both; after
each the record must hold what the model holds, and the pages of the cast show what the model says that they may see:
places, words, names, and how many stand where, or that this is kept back.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.table_machine import Machine
from tests.tables import seated


def play(examples: int, steps: int, **more: Any) -> None:
    """Let the machine run so often, so many deeds each."""
    made = type("Seated", (Machine,), {"table": seated()})
    health = list(HealthCheck)
    run_state_machine_as_test(
        made, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
                                suppress_health_check=health, **more),
    )  # fmt: skip


@pytest.mark.django_db
def test_record_and_pages_are_what_the_model_says() -> None:
    play(8, 20, derandomize=True)


@pytest.mark.long
@pytest.mark.django_db
def test_record_and_pages_are_what_the_model_says_at_length() -> None:
    play(120, 50)
