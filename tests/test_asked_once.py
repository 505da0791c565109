"""A post asks nothing twice: how many queries it makes, the sign-in's two, the turn's own and the audit's one included.

One of a statement's is for its group: who could have said it, fixed when it is said.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dialogue.discussion.models import Contribution
from tests.forms import saved, say, stand
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db

Deed = Callable[[LiveTable, Contribution], Any]
BEN = "second-participant"
DEEDS: dict[str, tuple[int, Deed]] = {
    "say": (16, lambda table, said: say(table, BEN)),
    "reply": (18, lambda table, said: say(table, BEN, relation="answers", to=said.pk)),
    "write down": (18, lambda table, said: say(table, "rapporteur", for_="cleo")),
    "dispute": (20, lambda table, said: say(table, BEN, relation="disagrees", to=said.pk)),
    "position": (17, lambda table, said: say(table, BEN, kind="position")),
    "stance": (18, lambda table, said: stand(table, BEN, said, "disagree")),
    "resend": (9, lambda table, said: say(table, BEN, "Once.", key="the-same-key")),
}


@pytest.fixture
def table() -> LiveTable:
    table = seated()
    table.run("open_item", "water")
    return table


def queries(deed: Callable[[], Any]) -> int:
    """How many a deed makes, without the marks of the test's own transaction."""
    with CaptureQueriesContext(connection) as asked:
        assert deed().status_code == 200
    return sum("SAVEPOINT" not in one["sql"] for one in asked.captured_queries)


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_asks_no_more_than_this(table: LiveTable, name: str):
    most, deed = DEEDS[name]
    said = saved(say(table, "participant", kind="position"))
    deed(table, said)  # streams are made once
    assert queries(lambda: deed(table, said)) <= most


@pytest.mark.parametrize("name", DEEDS)
def test_nor_more_where_much_was_said(table: LiveTable, name: str):
    most, deed = DEEDS[name]
    said = saved(say(table, "participant", kind="position"))
    for number in range(40):
        say(table, "participant", f"Statement {number}.", relation="agrees", to=said.pk)
    deed(table, said)
    assert queries(lambda: deed(table, said)) <= most
