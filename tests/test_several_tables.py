"""Findings draw on all closed tables: where there are several, each who may read them all is told alone."""

import pytest

from dialogue.access import Eyes, own_eyes, reader
from dialogue.live.findings import draw_findings
from dialogue.positions import actions as positions
from dialogue.positions.actions import Taking
from dialogue.positions.models import Finding
from dialogue.rapporteur.actions.findings import FindingWords, findings
from tests import records
from tests.desks import Desk, another, desk


@pytest.fixture
def two_tables(db: None) -> Desk:
    """Ada sits at one of two closed tables, the rapporteur and Ben at both; convenor and observer may read both."""
    room = desk(sessions=[records.session("table"), records.session("other"), records.session("open", access="public")])
    for session in ("table", "other"):
        another(room, "rapporteur", session)
        another(room, "ben", session, "participant")
    another(room, "ada", "table", "participant")
    another(room, "moderator", "other", "moderator")
    return room


def claim(room: Desk) -> Finding:
    """The rapporteur makes a finding."""
    told = FindingWords(item=room.event.items.get(key="water"), text="It is low.", level="one", reason="", basis=())
    return findings.make(room.event, room.people["rapporteur"], told, key="a-key-of-a-form")


def drawn_for(room: Desk, who: str, session: str) -> str:
    """The findings as somebody's page of a session has them."""
    at = room.event.sessions.get(key=session)
    return draw_findings(at, own_eyes(reader(room.people[who], room.event), at))


def test_with_two_closed_tables_each_who_may_read_both_hears_of_findings_alone(two_tables: Desk):
    room, both = two_tables, ("ben", "convenor", "observer", "rapporteur")
    claim(room)
    told = [(session, f"person:{room.people[who].pk}") for session in ("table", "other") for who in both]
    staff = [("other", "staff"), ("table", "staff")]
    assert room.entries() == sorted((*one, "finding-made") for one in (*told, *staff))
    for session in ("table", "other"):
        assert all("It is low." in drawn_for(room, who, session) for who in both)
        assert all(not draw_findings(room.event.sessions.get(key=session), Eyes(one)) for one in ("staff", "table"))
        assert not drawn_for(room, "ada", session)
    assert not drawn_for(room, "ben", "open")
    pages = {who: room.client(who).get(f"/events/{room.event.slug}/table/table/").text for who in ("ben", "ada")}
    assert "It is low." in pages["ben"] and "It is low." not in pages["ada"], "they stand on the page, too"


def test_at_two_tables_a_stance_shows_at_both_and_while_one_is_asked_blind_to_nobody_else(two_tables: Desk):
    room, ben = two_tables, two_tables.people["ben"]
    found = claim(room)
    Finding.objects.filter(pk=found.pk).update(is_open=True)
    room.event.sessions.filter(key="other").update(blind=True)
    before, shown = len(room.entries()), drawn_for(room, "observer", "table")
    positions.take_stance(room.event.sessions.get(key="table"), ben, found, Taking("agree"), key="stance-ben")
    who = [f"person:{room.people[one].pk}" for one in ("ben", "rapporteur")]  # whose it is; who records both
    assert sorted({audience for _at, audience, _kind in room.entries(before)}) == sorted([*who, "staff"])
    assert drawn_for(room, "observer", "table") == shown, "veiled at both"
    for session in ("table", "other"):
        assert "1 of 2" not in drawn_for(room, "ben", session), "nor after one's own"
        assert "1 of 2 have answered." in drawn_for(room, "rapporteur", session), "who records both"
