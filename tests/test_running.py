"""Running the table: items open and close, the floor, how the table is held, hiding and bringing back."""

import pytest
from django.utils import timezone

from dialogue.archive.dump import dump
from dialogue.discussion.models import Contribution
from dialogue.events.models import Opening, Session
from dialogue.positions.agreement import agreement
from dialogue.record.models import Entry
from dialogue.roundtable.models import Floor, Speaking
from tests.forms import browser, do, entered, of, page, post, refusal, run, saved, say, stand
from tests.tables import NAMES, LiveTable, seated

pytestmark = pytest.mark.django_db

TABLE = ("participant", "second-participant", "observer", "convenor")
STAFF = ("moderator", "rapporteur")
NOT_YOURS = (403, "Only the moderator and the assistant run the table.")
NO_ITEM = (400, "Choose the item of the programme that this belongs to.")


@pytest.fixture
def table() -> LiveTable:
    return seated()


@pytest.fixture
def open_table(table: LiveTable) -> LiveTable:
    table.run("open_item", "water")
    return table


def heads() -> list[int]:
    return list(Entry.objects.order_by("pk").values_list("pk", flat=True))


def listed(shown: str, item: str) -> str:
    """An item as the list of items has it."""
    return next(one for one in shown.split('<li id="item-') if f'href="?item={item}"' in one).split("</li>")[0]


# ------------------------------------------------------------------ items


def test_the_moderator_opens_and_closes_items(table: LiveTable):
    assert 'class="item ahead"' in listed(page(table, "participant"), "air")
    assert run(table, "moderator", "open", item="air").status_code == 200
    assert '<span class="mark">open</span>' in listed(page(table, "participant"), "air")
    saved(say(table, "participant", item="air"))
    assert run(table, "moderator", "close", item="air").status_code == 200
    assert 'class="item closed"' in listed(page(table, "observer"), "air")
    assert [kind for kind in entered(table, "table") if kind.startswith("item-")] == ["item-opened", "item-closed"]
    assert [kind for kind in entered(table, "staff") if kind.startswith("item-")] == ["item-opened", "item-closed"]


def test_an_assistant_does_so_too_and_nobody_else(table: LiveTable):
    for role in table.people:
        for deed in ("open", "close"):
            answer = run(table, role, deed, item="water")
            assert answer.status_code == (200 if role == "moderator" else 403), (role, deed)
    assert refusal(run(table, "rapporteur", "open", item="water")) == NOT_YOURS
    table.session().memberships.filter(attendee__key="ada").update(role="assistant")
    assert run(table, "participant", "open", item="water").status_code == 200


def test_opening_what_is_open_and_closing_what_is_closed_changes_nothing(open_table: LiveTable):
    before, opening = heads(), Opening.objects.get()
    assert run(open_table, "moderator", "open", item="water").status_code == 200
    assert run(open_table, "moderator", "close", item="air").status_code == 200
    assert heads() == before
    assert list(Opening.objects.values()) == [
        {"id": opening.pk, "session_id": opening.session_id, "item_id": opening.item_id,
         "opened_at": opening.opened_at, "closed_at": None, "version": 1},
    ]  # fmt: skip


def test_each_session_has_its_own_items_open(open_table: LiveTable):
    assert "open" not in listed(page(open_table, "panelist", session="forum"), "water").split("</a>")[1]
    assert run(open_table, "moderator", "open", item="air", session="forum").status_code == 200
    assert "item ahead" in listed(page(open_table, "participant"), "air")


@pytest.mark.parametrize("item", ["", "nothing", "wat\0er", "WATER", None, "x" * 5000])
def test_an_item_that_is_none_is_refused(table: LiveTable, item: str | None):
    for deed in ("open", "close"):
        assert refusal(run(table, "moderator", deed, item=item)) == NO_ITEM
    assert not Opening.objects.exists()


def test_the_item_opened_last_is_the_one_that_is_shown(open_table: LiveTable):
    client = browser(open_table, "participant")
    assert '<h1 lang="en">Water</h1>' in client.get("/events/rivers/table/table/").text
    run(open_table, "moderator", "open", item="air")
    assert '<h1 lang="en">Air</h1>' in client.get("/events/rivers/table/table/").text
    run(open_table, "moderator", "close", item="air")
    assert '<h1 lang="en">Water</h1>' in client.get("/events/rivers/table/table/").text


# ------------------------------------------------------------------ the floor


def test_the_moderator_gives_the_floor_and_everybody_sees_who_has_it(open_table: LiveTable):
    assert run(open_table, "moderator", "floor", for_="ada", item="water").status_code == 200
    assert "You have the floor." in page(open_table, "participant")
    for role in {*TABLE, *STAFF} - {"participant"}:
        assert f'<b class="who">{NAMES["ada"]}</b> has the floor since' in page(open_table, role), role
    assert run(open_table, "moderator", "end-floor").status_code == 200
    assert "has the floor" not in page(open_table, "participant")
    assert [kind for kind in entered(open_table, "table") if "floor" in kind] == ["floor-given", "floor-ended"]


@pytest.mark.parametrize("regime", ["role", "unnamed", "chatham_house"])
def test_under_a_strict_rule_only_those_who_may_know_see_who_has_it(regime: str):
    table = seated(regime)
    table.run("open_item", "water")
    run(table, "moderator", "floor", for_="ada", item="water")
    for role in ("second-participant", "observer"):
        shown = page(table, role)
        assert "A participant has the floor." in shown and NAMES["ada"] not in shown, role
    assert f'<b class="who">{NAMES["ada"]}</b> has the floor since' in page(table, "moderator")


def test_who_had_it_when_is_on_record(open_table: LiveTable):
    for who in ("ada", "cleo"):
        run(open_table, "moderator", "floor", for_=who, item="water")
    run(open_table, "moderator", "end-floor")
    assert [(one["person"], one["item"], one["session"]) for one in dump(open_table.event)["floor"]] == [
        ("ada", "water", "table"), ("cleo", "water", "table"),
    ]  # fmt: skip
    first, second = Floor.objects.order_by("position")
    assert first.start <= first.end <= second.start <= second.end <= timezone.now()
    assert not Speaking.objects.exists()


def test_ending_it_where_nobody_has_it_changes_nothing(open_table: LiveTable):
    before = heads()
    assert run(open_table, "moderator", "end-floor").status_code == 200
    assert heads() == before and not Floor.objects.exists()


def test_closing_the_item_ends_it(open_table: LiveTable):
    run(open_table, "moderator", "floor", for_="ada", item="water")
    run(open_table, "moderator", "close", item="water")
    assert not Speaking.objects.exists() and Floor.objects.get().attendee.key == "ada"
    assert "has the floor" not in page(open_table, "participant")


def test_the_floor_is_for_who_has_a_seat_at_this_table(open_table: LiveTable):
    assert refusal(run(open_table, "moderator", "floor", for_="pan", item="water")) == (
        400, "That person has no seat at this table.",
    )  # fmt: skip
    assert refusal(run(open_table, "moderator", "floor", for_="nobody", item="water")) == (
        400, "Choose a person from the list.",
    )  # fmt: skip
    assert refusal(run(open_table, "moderator", "floor", for_="ada", item="")) == NO_ITEM
    assert run(open_table, "rapporteur", "floor", for_="ada", item="water").status_code == 403
    assert not Speaking.objects.exists()


# ------------------------------------------------------------------ how the table is held


def test_the_moderator_and_the_convenor_say_how_the_table_is_held(table: LiveTable):
    for role in table.people:
        answer = run(table, role, "conduct", release="when_seen", blind="on", reasons="on")
        assert answer.status_code == (200 if role in ("moderator", "convenor") else 403), role
    session = table.session()
    assert (session.release, session.blind, session.reasons, session.shows_presence) == ("when_seen", True, True, False)
    assert entered(table, "table").count("conduct-changed") == 2
    assert "Result hidden until the round closes." in page(table, "participant")


def test_what_is_not_ticked_is_not_held_so(table: LiveTable):
    run(table, "moderator", "conduct", release="at_once", blind="on", reasons="on", shows_presence="on")
    run(table, "moderator", "conduct")
    session = table.session()
    assert (session.release, session.blind, session.reasons, session.shows_presence) == ("at_once", False, False, False)


def test_a_way_of_release_that_is_none_is_refused(table: LiveTable):
    before = Session.objects.values().get(pk=table.session().pk)
    assert refusal(run(table, "moderator", "conduct", release="never", blind="on")) == (
        400, "“never” cannot be chosen here.",
    )  # fmt: skip
    assert Session.objects.values().get(pk=table.session().pk) == before


def test_one_session_is_held_otherwise_than_another(table: LiveTable):
    run(table, "moderator", "conduct", blind="on")
    assert not table.session("forum").blind


# ------------------------------------------------------------------ hiding


def test_the_moderator_hides_a_statement_and_brings_it_back(open_table: LiveTable):
    said = saved(say(open_table, "participant", "Hideousq words."))
    assert saved(do(open_table, "moderator", said, "hide", why="Off topicq.")) == said
    for role in TABLE[1:]:
        shown = page(open_table, role)
        assert "Hideousq" not in shown and "Hidden by the moderator." in shown, role
        assert "Hideousq" not in of(open_table, role, said), role
        assert "Off topicq" not in shown + of(open_table, role, said), role
    saved(do(open_table, "moderator", said, "restore"))
    for role in (*TABLE, *STAFF):
        assert "Hideousq words." in page(open_table, role), role
        assert "Off topicq" not in page(open_table, role), role
    assert [kind for kind in entered(open_table, "table") if kind[-3:] in ("den", "red")] == [
        "contribution-hidden", "contribution-restored",
    ]  # fmt: skip


def test_its_author_reads_why_and_so_does_staff(open_table: LiveTable):
    said = saved(say(open_table, "participant", "Hideousq words."))
    do(open_table, "moderator", said, "hide", why="Off topicq.")
    for role in ("participant", *STAFF):
        assert "hidden from the table: Off topicq." in page(open_table, role), role
    assert entered(open_table, "person:ada")[-1] == "contribution-hidden"


def test_without_a_reason_it_says_so(open_table: LiveTable):
    said = saved(say(open_table, "participant"))
    do(open_table, "moderator", said, "hide")
    assert "hidden from the table: no reason given" in page(open_table, "participant")


def test_a_long_reason_is_cut_and_stands_as_text(open_table: LiveTable):
    said = saved(say(open_table, "participant"))
    do(open_table, "moderator", said, "hide", why="<b>no</b>\0" + "a" * 900)
    assert len(Contribution.objects.get().hidden_why) == 500
    assert "&lt;b&gt;no&lt;/b&gt;aaa" in page(open_table, "participant")


def test_what_is_hidden_counts_for_nothing(open_table: LiveTable):
    said = saved(say(open_table, "participant", kind="position"))
    dispute = saved(say(open_table, "second-participant", "No.", relation="disagrees", to=said.pk))
    stand(open_table, "moderator", said, "agree")
    do(open_table, "moderator", dispute, "hide")
    assert agreement(open_table.event).position_bar(said.pk).opposed == set()
    do(open_table, "moderator", dispute, "restore")
    assert agreement(open_table.event).position_bar(said.pk).opposed == {open_table.attendee("ben").pk}
    do(open_table, "moderator", said, "hide")
    assert said.pk not in agreement(open_table.event).said


def test_hiding_twice_and_bringing_back_twice_is_once(open_table: LiveTable):
    said = saved(say(open_table, "participant"))
    for deed in ("restore", "hide", "hide", "restore", "restore"):
        saved(do(open_table, "moderator", said, deed))
    assert Contribution.objects.get().version == 3
    assert entered(open_table, "table").count("contribution-hidden") == 1


def test_nobody_else_hides_or_brings_back(open_table: LiveTable):
    said = saved(say(open_table, "participant"))
    for role in ("participant", "second-participant", "rapporteur", "observer", "convenor"):
        assert refusal(do(open_table, role, said, "hide")) == NOT_YOURS
        assert refusal(do(open_table, role, said, "restore")) == NOT_YOURS
    assert do(open_table, "mallory", said, "hide").status_code == 403
    assert not Contribution.objects.get().hidden


def test_its_author_may_still_change_and_withdraw_it(open_table: LiveTable):
    said = saved(say(open_table, "participant", "Hideousq words."))
    do(open_table, "moderator", said, "hide")
    saved(do(open_table, "participant", said, "amend", text="Milder words.", version=2, key=open_table.key()))
    assert "Milder words." not in page(open_table, "observer")
    saved(do(open_table, "participant", said, "withdraw"))
    saved(do(open_table, "moderator", said, "restore"))
    shown = page(open_table, "observer")
    assert "Withdrawn by its author." in shown and "Milder" not in shown


# ------------------------------------------------------------------ without scripts, and what is none


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"do": "open", "item": "water"}, "The item is open: everybody may speak on it."),
        ({"do": "close", "item": "water"}, "The item is closed."),
        ({"do": "floor", "for": "ada", "item": "water"}, f"{NAMES['ada']} has the floor."),
        ({"do": "end-floor"}, "Nobody has the floor."),
        ({"do": "away", "for": "ada", "item": "water"}, "Attendance is saved."),
        ({"do": "back", "for": "ada", "item": "water"}, "Attendance is saved."),
        ({"do": "span", "attribution": "unnamed"}, "What is said from now on is under the stricter rule."),
        ({"do": "span"}, "What is said from now on is under the stricter rule."),
        ({"do": "end-span"}, "The table’s own rule holds again."),
        ({"do": "conduct"}, "The table is held so from now on."),
        ({"do": "open", "item": "nothing"}, NO_ITEM[1]),
        ({"do": "dance"}, "That cannot be done here."),
        ({}, "That cannot be done here."),
    ],
)
def test_a_page_without_scripts_comes_back_with_a_sentence(table: LiveTable, sent: dict, told: str):
    answer = post(table, "moderator", "run/", script=False, **sent)
    assert answer.status_code == 302
    item = "?item=water" if sent.get("item") == "water" else ""
    assert answer.headers["Location"] == f"/events/rivers/table/table/{item}"
    assert told in browser(table, "moderator").get(answer.headers["Location"]).text


def test_one_is_offered_what_one_may_run_and_nothing_else(open_table: LiveTable):
    deeds = ("open", "close", "floor", "end-floor", "away", "back", "span", "end-span", "conduct")
    offered = {
        role: {deed for deed in deeds if f'name="do" value="{deed}"' in page(open_table, role)}
        for role in (*TABLE, *STAFF)
    }
    assert offered == {
        "participant": {"away"}, "second-participant": {"away"}, "observer": set(), "convenor": {"conduct"},
        "rapporteur": {"span", "end-span"}, "moderator": {*deeds} - {"open"},
    }  # fmt: skip
