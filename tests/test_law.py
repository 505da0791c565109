"""The law of the live table: page at n + entries after n = page now, for every kind of entry and every role of the cast."""

import pytest

from tests.law import PAGES, Law
from tests.stories import STORIES
from tests.tables import LiveTable, seated, with_convenor
from tests.tiers import WHOLE

pytestmark = pytest.mark.django_db

LONG = pytest.mark.long  # minutes: with the other long forms

# What is like the others but for the names is tried in its own right where there is time for it.
SHORT = {
    ("table", "named"): set(STORIES),
    ("table", "chatham_house"): {"written_down", "asked_blind"},
    ("table", "role"): {"speaking"},
    ("table", "unnamed"): {"closed"},
    ("forum", "named"): {"speaking", "off_record", "next_door", "found", "written"},
    ("annex", "named"): {"found", "asked_blind"},
    ("forum", "chatham_house"): {
        "hidden", "written_down", "standing", "reworded", "blind", "running", "closed", "reseated",
    },
}
# Whose pages are open in the short form: of each audience, manner and language.
FEW = {
    "table": ("moderator", "participant", "second-participant", "observer"),
    "forum": ("moderator", "second-participant", "panelist", "visitor"),
    "annex": ("moderator", "participant", "second-participant", "observer"),
}
IN_THE_ROOM = {"closed"}  # every manner of naming somebody, and their names going
ALL = [
    pytest.param(at, regime, story, marks=() if story in SHORT.get((at, regime), ()) else LONG)
    for at in PAGES
    for regime in ("named", "role", "unnamed", "chatham_house")
    for story in STORIES
]


def law_of(table: LiveTable) -> Law:
    """The law over all pages at every look, or in the short form over some at some."""
    return Law(table, PAGES[table.at] if WHOLE else FEW[table.at], sparing=not WHOLE)


@pytest.mark.parametrize(("at", "regime", "story"), ALL)
def test_page_at_n_and_entries_after_n_are_the_page_now(at: str, regime: str, story: str) -> None:
    law_of(with_convenor(seated(regime, at=at))).tell(STORIES[story])


@pytest.mark.parametrize("story", [pytest.param(one, marks=() if one in IN_THE_ROOM else LONG) for one in STORIES])
def test_so_they_are_where_the_room_shows_names(story: str) -> None:
    table = with_convenor(seated("chatham_house"))
    table.event.sessions.filter(key="table").update(names_in_room="shown")
    table.shows_names = True
    law_of(table).tell(STORIES[story])


@pytest.mark.parametrize("story", [pytest.param(one, marks=() if one == "hidden" else LONG) for one in STORIES])
def test_so_they_are_at_a_named_forum_beside_a_table_under_the_chatham_house_rule(story: str) -> None:
    law_of(with_convenor(seated("named", at="forum", table_rule="chatham_house"))).tell(STORIES[story])


def test_every_story_is_told_at_the_table_and_in_public_wherever_this_is_run() -> None:
    told = [set().union(*(some for (at, _regime), some in SHORT.items() if at == place)) for place in PAGES]
    assert told == [set(STORIES), set(STORIES) - {"asked", "asked_blind"}, {"found", "asked_blind"}]
