"""When a moderator is counted: never in new sessions, so that no count and no frame tells that they took a side."""

import pytest

from dialogue.events.models import Session
from dialogue.positions.agreement import agreement
from dialogue.record.models import Entry
from tests.preparing import DAY, Prepared
from tests.tables import LiveTable, seated
from tests.test_seats import bar, claim, disagree, numbers

pytestmark = pytest.mark.django_db


def held(counts: str) -> LiveTable:
    """A table whose moderator counts so; water is open, and Ada has stated two positions."""
    made = seated("chatham_house")
    Session.objects.filter(event=made.event).update(moderator_counts=counts)
    made.run("open_item", "water")
    for name in ("w1", "w2"):
        made.say("participant", name, "position")
    return made


def totals(table: LiveTable) -> list[int]:
    """N of each of Ada's positions."""
    return [sum(bar(table, name)) for name in ("w1", "w2")]


def frames(table: LiveTable) -> list[tuple[str, str]]:
    """(audience, kind) of everything entered at the table so far."""
    rows = Entry.objects.filter(stream__session=table.session()).order_by("turn", "stream__audience", "kind")
    return list(rows.values_list("stream__audience", "kind"))


@pytest.mark.parametrize(("counts", "before", "after"), [
    ("never", [5, 5], [5, 5]), ("always", [6, 6], [6, 6]), ("when_speaking", [5, 5], [6, 6]),
])  # fmt: skip
def test_moderators_first_position_moves_n_only_when_speaking(counts: str, before: list[int], after: list[int]):
    table = held(counts)
    assert totals(table) == before
    started = len(frames(table))
    table.say("moderator", "m1", "position")
    assert totals(table) == after
    told = sorted(kind for audience, kind in frames(table)[started:] if audience == "table")
    assert told == (["bars-moved", "contribution-made"] if counts == "when_speaking" else ["contribution-made"])


@pytest.mark.parametrize(("counts", "after"), [("never", [5, 5]), ("always", [6, 6]), ("when_speaking", [6, 5])])
def test_moderators_stance_leaves_no_bar_of_its_own_under_never(counts: str, after: list[int]):
    table = held(counts)
    version, started = table.one("w1").voices, len(frames(table))
    table.stand("moderator", "w1", "disagree", reason="It is not so.")
    assert totals(table) == after
    told = {audience for audience, _kind in frames(table)[started:]}
    alone = f"person:{table.person('moderator').pk}"
    is_quiet = counts == "never"
    assert told == ({alone} if is_quiet else {"staff", "table", alone})
    assert table.one("w1").voices - version == int(not is_quiet)
    page = table.client("participant").get(f"/events/rivers/table/table/said/{table.said['w1'].pk}/")
    assert ("It is not so." in page.content.decode()) != is_quiet


def test_moderators_stance_counts_for_a_finding_as_the_session_says():
    table = held("never")
    found = claim(table)
    disagree(table, found, "mod")
    assert numbers(table, found) == (0, 5, 0)
    for counts in ("always", "when_speaking"):
        Session.objects.filter(event=table.event).update(moderator_counts=counts)
        assert numbers(table, found) == (0, 6, 1)
    assert agreement(table.event).holdings[found.pk].bar is not None


# ------------------------------------------------------------------ setting up


def test_new_sessions_count_no_moderator_and_older_records_where_they_speak():
    house = Prepared()
    assert [one.moderator_counts for one in house.event.sessions.all()] == ["never"]
    assert {one.moderator_counts for one in seated().event.sessions.all()} == {"when_speaking"}


FACTS = {
    "title": "The table", "kind": "roundtable", "access": "closed", "date": DAY.isoformat(), "starts": "", "ends": "",
    "attribution": "chatham_house", "do": "save",
}  # fmt: skip


def test_form_sets_it_until_the_discussion_begins():
    house = Prepared()
    client, page = house.client(house.connie), f"{house.at}setup/sessions/{house.table.key}/"
    assert "no: whoever moderates is in no count" in client.get(page).content.decode()
    assert "take a side" not in client.get(page).content.decode(), "no new session begins so"
    client.post(page, {**FACTS, "moderator_counts": "always"})
    house.again()
    assert house.table.moderator_counts == "always"
    client.post(page, FACTS)
    house.again()
    assert house.table.moderator_counts == "always", "a form that does not say it leaves it"
    house.table.runs.create(item=house.event.items.first(), start="2027-03-02T09:00Z")
    answer = client.post(page, {**FACTS, "moderator_counts": "never"})
    assert "The discussion has begun: who is counted in it stays as it is." in answer.content.decode()
    house.again()
    assert house.table.moderator_counts == "always"
