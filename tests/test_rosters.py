"""A round keeps its roster: N of a finding that was put to the table, whoever comes or goes afterwards."""

import pytest
from django.core.exceptions import ValidationError

from dialogue.archive.dump import dump
from dialogue.archive.load import load
from dialogue.convening.actions import merging, people
from dialogue.convening.spreadsheet import Row
from dialogue.events.models import Absence
from dialogue.positions.actions import Taking, take_stance
from dialogue.positions.models import Finding, RosterPlace
from dialogue.rapporteur.actions import calls
from dialogue.rapporteur.actions.findings import findings
from tests.reseated import reseat
from tests.tables import LiveTable, seated
from tests.test_seats import claim, disagree, numbers, remove, replace

pytestmark = pytest.mark.django_db


@pytest.fixture
def table() -> LiveTable:
    made = seated()
    made.run("open_item", "water")
    return made


def put(table: LiveTable, found: Finding) -> Finding:
    """Put it to the table."""
    calls.put_to_round(found, table.person("rapporteur"), 5, was=findings.standing(found).digest)
    found.refresh_from_db()
    return found


def answer(table: LiveTable, found: Finding, who: str, stance: str) -> None:
    """Somebody answers aloud, and the rapporteur enters it."""
    at, key = table.session("table"), table.key()
    take_stance(at, table.person("rapporteur"), found, Taking(stance), key=key, owner=table.attendee(who))


def come(table: LiveTable) -> str:
    """Somebody new has a seat; their key."""
    return people.take_in(table.session(), table.person("convenor"), [Row(1, "Nia Comer")])[0].key


def roster(found: Finding) -> list[str]:
    return list(RosterPlace.objects.filter(finding=found).values_list("attendee__key", flat=True))


# ------------------------------------------------------------------ fixed


def test_roster_is_who_sits_there_when_the_round_begins(table: LiveTable):
    seat = table.attendee("dev").memberships.get()
    Absence.objects.create(membership=seat, item=table.item("water"))
    assert roster(put(table, claim(table))) == ["ada", "ben", "cleo", "eve"]


def test_comings_and_goings_change_no_round(table: LiveTable):
    found = put(table, claim(table))
    answer(table, found, "ada", "agree")
    answer(table, found, "ben", "disagree")
    assert numbers(table, found) == (1, 5, 1)
    come(table)
    remove(table, "ben")
    replace(table, "cleo")
    reseat(table.session(), table.attendee("dev"), "observer", table.person("convenor"))
    assert numbers(table, found) == (1, 5, 1)
    calls.close_round(found, table.person("rapporteur"), 1)
    assert numbers(table, found) == (1, 5, 1)


def test_round_without_a_roster_moves_with_the_seats(table: LiveTable):
    """The control."""
    found = put(table, claim(table))
    answer(table, found, "ben", "disagree")
    come(table)
    assert numbers(table, found) == (0, 5, 1)
    RosterPlace.objects.all().delete()
    assert numbers(table, found) == (0, 6, 1)


@pytest.mark.parametrize("kind", ["read_back", "consensus"])
def test_read_back_and_consensus_call_keep_a_roster_too(table: LiveTable, kind: str):
    found, person = claim(table), table.person("rapporteur")
    calls.enter_call(found, person, kind, 5, 0, was=findings.standing(found).digest)
    come(table)
    assert (numbers(table, found), roster(found)) == ((0, 5, 0), ["ada", "ben", "cleo", "dev", "eve"])
    calls.take_back_call(found, person)
    assert (numbers(table, found), roster(found)) == ((0, 6, 0), [])


def test_whoever_stands_on_the_matter_already_is_on_the_roster(table: LiveTable):
    """Ada wrote its basis, Ben a statement against it, Cleo holds a stance: none of them sits there any more."""
    found = claim(table)
    said = table.say("participant", "a1", "position")
    found.basis.create(contribution=said)
    table.found["f"] = found
    table.say("second-participant", "b1", "position", ("disagrees", "f"))
    disagree(table, found, "cleo")
    assert numbers(table, found) == (1, 5, 2)
    for who in ("ada", "ben", "cleo", "dev"):
        remove(table, who)
    assert roster(put(table, found)) == ["ada", "ben", "cleo", "eve"]
    assert numbers(table, found) == (1, 4, 2)


def test_newcomer_is_not_asked_in_a_round_that_began_before(table: LiveTable):
    found = put(table, claim(table))
    key = come(table)
    with pytest.raises(ValidationError, match="This round began without that seat"):
        answer(table, found, key, "agree")
    assert numbers(table, found) == (0, 5, 0)


def test_newcomers_statement_against_it_counts(table: LiveTable):
    found = put(table, claim(table))
    table.found["f"] = found
    table.write_down("moderator", come(table), "n1", "position", ("disagrees", "f"))
    assert numbers(table, found) == (0, 6, 1)


def test_merged_records_have_one_place_on_a_roster(table: LiveTable):
    found = put(table, claim(table))
    answer(table, found, "ben", "agree")
    answer(table, found, "eve", "disagree")
    merging.merge(table.attendee("ben"), table.attendee("eve"), table.person("convenor"))
    assert (roster(found), numbers(table, found)) == (["ada", "ben", "cleo", "dev"], (0, 4, 1))


def test_roster_is_in_the_record(table: LiveTable):
    put(table, claim(table))
    remove(table, "ben")
    written = dump(table.event)
    assert written["findings"][0]["roster"] == ["ada", "ben", "cleo", "dev", "eve"]
    table.event = load(written, replace=True)
    assert dump(table.event) == written
    assert numbers(table, table.event.findings.get()) == (0, 5, 0)


# ------------------------------------------------------------------ of one table


def annexed() -> LiveTable:
    """Two closed tables: Ada, Ben, Cleo, Dev sit at both, Eve at one, Pia at the other; water is open at both."""
    made = seated(at="annex")
    for at in ("table", "annex"):
        made.run("open_item", "water", at=at)
    return made


def test_finding_of_one_table_is_counted_over_it():
    table = annexed()
    at = table.session("annex")
    of_annex, of_event = claim(table, session=at), claim(table)
    assert (numbers(table, of_annex)[1], numbers(table, of_event)[1]) == (5, 6)
    assert roster(put(table, of_annex)) == ["ada", "ben", "cleo", "dev", "pan"]
    assert dump(table.event)["findings"][0]["session"] == "annex"


def test_members_of_one_table_are_asked_by_theirs():
    table = annexed()
    at = table.session("annex")
    found = put(table, claim(table, session=at))
    pia = table.person("panelist")
    page = table.client("panelist").get("/events/rivers/table/annex/").content.decode()
    assert f'id="finding-{found.pk}"' in page
    take_stance(at, pia, found, Taking("disagree"), key=table.key())
    assert numbers(table, found) == (0, 5, 1)
    other = table.client("participant").get("/events/rivers/table/table/").content.decode()
    assert str(found.pk) not in other
    with pytest.raises(ValidationError, match="not put to the table now"):
        take_stance(table.session("table"), table.person("participant"), found, Taking("agree"), key=table.key())


def test_finding_of_the_event_asks_nobody_who_sits_at_one_table_alone():
    """The control: without a session Pia, who sits at one of two tables, neither sees it nor answers."""
    table = annexed()
    found = put(table, claim(table))
    page = table.client("panelist").get("/events/rivers/table/annex/").content.decode()
    assert str(found.pk) not in page
    assert table.client("panelist").get(f"/events/rivers/table/annex/said/{found.pk}/").status_code == 404


def test_call_that_is_taken_back_loses_no_disagreement(table: LiveTable):
    """Ben was marked away, in a record without runs, and disputes it: he is counted by the roster alone."""
    found = claim(table)
    table.found["f"] = found
    table.say("second-participant", "b1", "position", ("disagrees", "f"))
    Absence.objects.create(membership=table.attendee("ben").memberships.get(), item=table.item("water"))
    table.session().runs.all().delete()
    assert numbers(table, found) == (0, 4, 0)
    calls.take_back_call(put(table, found), table.person("rapporteur"))
    found.refresh_from_db()
    assert (found.call, numbers(table, found), len(roster(found))) == (None, (0, 5, 1), 5)
    RosterPlace.objects.all().delete()
    assert numbers(table, found) == (0, 4, 0), "the control"
