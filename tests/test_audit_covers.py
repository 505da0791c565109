"""Nothing is done without its act: each deed makes exactly those that it should, and every deed in the code has a story."""

import ast
import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections

from dialogue.audit import chain
from dialogue.audit.deeds import SENTENCES
from dialogue.audit.models import Act
from dialogue.discussion import actions as discussion
from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.events.models import Event
from dialogue.rapporteur.actions.papers import Papers
from dialogue.rapporteur.actions.sources import sources
from dialogue.record.actions import FOLLOWING, KeyReused
from tests import everything
from tests.audited import AUDITED, Story, source
from tests.desk_stories import AtDesk
from tests.everything import held
from tests.forms import saved, say
from tests.posted import FORMS, Posted, Room, room
from tests.shared import undone
from tests.tables import LiveTable, seated
from tests.test_architecture import modules
from tests.test_backup import do
from tests.test_law_covers import kinds
from tests.told import Told, is_whole

pytestmark = pytest.mark.django_db

MOVED = {"paragraph", "addressee", "recommendation"}  # papers that have a place among others


@pytest.fixture
def table() -> LiveTable:
    table = seated()
    table.run("open_item", "water")
    return table


def acts(event: Event, since: int = 0) -> list[tuple]:
    """(person, deed, subject, session) of the acts after so many."""
    rows = Act.objects.filter(event=event, number__gt=since).order_by("number")
    return list(rows.values_list("person", "deed", "subject", "session"))


def played(table: LiveTable, story: Story) -> tuple[list[tuple], list[tuple]]:
    """The acts that a story's deed makes, and those that it should."""
    telling = story(table)
    next(telling)
    before = Act.objects.filter(event=table.event).count()
    role, expected = next(telling)
    person = table.person(role).pk if role else None
    sessions = dict(table.event.sessions.values_list("key", "pk")) | {"": None}
    return acts(table.event, before), [(person, deed, subject, sessions[key]) for deed, subject, key in expected]


DEEDS: dict[str, set[str]] = {}  # what was done in the stories that were told


@pytest.mark.xdist_group("forms")
@pytest.mark.parametrize("name", AUDITED)
def test_a_deed_makes_exactly_its_acts(table: LiveTable, name: str):
    made, expected = played(table, AUDITED[name])
    DEEDS[name] = {deed for _person, deed, _subject, _session in made}
    assert sorted(made, key=str) == sorted(expected, key=str)
    assert is_whole(table.event)


# ------------------------------------------------------------------ nothing is left out


def noted(tree: ast.AST, by: str) -> Iterator[str]:
    """The deeds that are noted somewhere, by `turn.note("…", …)` or by `audit.note(event, person, "…", …)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"{by}.note":
            yield from told(node.args[{"turn": 0, "audit": 2}[by]])


def told(deed: ast.expr) -> Iterator[str]:
    """A deed's name as it stands there, or those that it may be; a paper's has that of its kind in front."""
    if isinstance(deed, ast.Constant):
        yield str(deed.value)
    elif isinstance(deed, ast.IfExp):
        yield from (*told(deed.body), *told(deed.orelse))
    elif isinstance(deed, ast.JoinedStr):
        suffix = ast.unparse(deed.values[-1]).strip("'")
        for papers in Papers.__subclasses__():
            name = papers().name
            if suffix != "-moved" or name in MOVED:
                yield name + suffix
    else:
        raise AssertionError(f"this may be any deed: {ast.unparse(deed)}")


def in_turns() -> set[str]:
    """Every deed that the code does in a turn."""
    found = set()
    for path, parts in modules():
        if "actions" in parts and "turn.note(" in path.read_text():
            found |= set(noted(ast.parse(path.read_text()), "turn"))
    return found | kinds()[0] - FOLLOWING


def outside_turns() -> set[str]:
    """Every deed that is noted outside one."""
    texts = (path.read_text() for path, _parts in modules())
    return {deed for text in texts if "audit.note(" in text for deed in noted(ast.parse(text), "audit")}


@pytest.mark.xdist_group("forms")
def test_every_deed_in_the_code_has_a_story_or_a_form(table: LiveTable, deeds_of_forms: set[str]):
    """Each story is told by a test of its own; where that was in another process, it is told again."""
    for name in (name for name in AUDITED if name not in DEEDS):
        with undone():
            DEEDS[name] = {deed for _person, deed, _subject, _session in played(table, AUDITED[name])[0]}
    assert in_turns() - deeds_of_forms.union(*DEEDS.values()) == set()


def test_every_deed_in_the_code_is_told_in_plain_words_and_no_other():
    assert set(SENTENCES) == in_turns() | outside_turns()
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", deed) and len(deed) <= 32 for deed in SENTENCES)


def test_what_merely_follows_is_entered_somewhere():
    assert kinds()[0] >= FOLLOWING


def test_whoever_takes_a_turn_says_who_they_are():
    """Python wants it said; here that nobody says None where there is a person."""
    places = {
        (path.name, ast.unparse(word.value))
        for path, _parts in modules() if path.name != "test_audit.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "record.turn"
        for word in node.keywords
    }  # fmt: skip
    assert {who for _name, who in places} == {"person", "by"}


# What is written besides, and is nobody's deed in an event: what was seen, who signs in, letters on their way, an account.
OF_NO_EVENT = {"dialogue.looked", "dialogue.code", "dialogue.mail", "dialogue.due", "dialogue.person"}


@dataclass
class Sent:
    """What came of a form that was sent."""

    acts: list[Act]  # in whatever event
    sender: str  # whose browser it was: one of the cast's, or of whoever has just come in with it
    changed: set[str]  # the tables in which anything is otherwise
    is_whole: bool  # whether the audit of each of these events is


def send(here: Room, form: Posted, before: dict[str, list[tuple]]) -> Sent:
    """Send it in a room as it was."""
    known = set(Act.objects.values_list("pk", flat=True))
    client, person = here.clients[form.role], here.table.people[form.role]
    client.post(here.address(form.url, form.on), here.sent(form))
    made, after = list(Act.objects.exclude(pk__in=known)), held()
    sender = str(person.pk) if person else str(client.session.get(SESSION_KEY))
    changed = {table for table in after if after[table] != before[table]}
    return Sent(made, sender, changed, all(is_whole(one.event) for one in made))


@pytest.fixture(scope="module")
def forms_sent(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> list[Sent]:
    """What all of the forms do, each sent once; the tests look at what came of it."""
    found = []
    with django_db_blocker.unblock(), undone():  # type: ignore[attr-defined]
        tried, before = room(), held()
        for form in FORMS:
            with undone():
                found.append(send(tried.entered(), form, before))
    return found


@pytest.fixture
def deeds_of_forms(forms_sent: list[Sent]) -> set[str]:
    """The deeds that all of them do."""
    return {one.deed for sent in forms_sent for one in sent.acts}


@pytest.mark.xdist_group("forms")
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_form_that_changes_anything_makes_an_act_of_who_sent_it_and_no_other_does(
    forms_sent: list[Sent], form: Posted
):
    """Whatever page it is on: a room that is added later writes nothing past the audit."""
    sent = forms_sent[FORMS.index(form)]
    assert {str(one.person) for one in sent.acts} == ({sent.sender} if sent.changed - OF_NO_EVENT else set())
    assert sent.is_whole


@pytest.mark.xdist_group("forms")
def test_some_forms_change_something(deeds_of_forms: set[str]):
    """Else the one above would prove nothing."""
    assert len(deeds_of_forms) > 25


# Rooms in which everything that is written is an event's.
ROOMS = {"events", "convening", "discussion", "positions", "roundtable", "rapporteur", "archive", "report", "retention"}
WITHOUT_ACT = {
    "convening.actions.events.discard": "an event that nobody was asked to goes, and its audit with it",
    "events.actions.seat_samples": "the demo's own people",
    "roundtable.actions.rights_changed": "has pages asked anew; whoever calls it has noted why",
    "archive.restore.all_or_nothing": "a backup has its audit in it",
    "archive.restore.write": "a backup has its audit in it",
}


def beside_turns() -> set[str]:
    """Where those rooms write in a transaction that is no turn, and note nothing."""
    found = set()
    for path, parts in modules():
        if len(parts) < 3 or parts[1] not in ROOMS or not {"actions", "load", "restore"} & set(parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            text = ast.unparse(node) if isinstance(node, ast.FunctionDef) else ""
            if "atomic" in text and "audit.note(" not in text:
                found.add(".".join([*parts[1:], node.name]))  # type: ignore[attr-defined]
    return found


def test_what_is_written_outside_a_turn_notes_it_or_is_nobodys_deed():
    assert beside_turns() == set(WITHOUT_ACT)


# ------------------------------------------------------------------ neither words nor names

HEX = re.compile(r"[0-9a-f]{64}|")
ADDRESS = re.compile(r"\S+@\S+")


@pytest.mark.xdist_group("told")
def test_in_all_that_happens_no_act_says_a_word_or_a_name(stories_told: list[Told]):
    """All the stories of the law of the live table, in which every name and most words stand nowhere else."""
    for one in stories_told:
        assert one.is_whole and not one.without_act
        assert all(row.deed in SENTENCES and row.key == one.acts[0].key for row in one.acts)
        assert all(HEX.fullmatch(row.hash) and HEX.fullmatch(row.before) and not row.erased for row in one.acts)
        text = "\n".join(chain.spelled(row) + str(row.hash) for row in one.acts)
        assert [word for word in one.secrets if word in text] == [] and not ADDRESS.search(text)
    assert sum(len(one.acts) for one in stories_told) > 200


def test_no_column_of_an_act_has_room_for_words():
    text = {
        field.name: field.max_length
        for field in Act._meta.concrete_fields
        if field.get_internal_type() in ("CharField", "TextField")
    }
    assert text == {"deed": 32, "key": 16, "before": 64, "hash": 64, "erased": 64}


# ------------------------------------------------------------------ what does not happen leaves nothing


def test_what_is_sent_again_is_one_act(table: LiveTable):
    first = saved(say(table, "participant", key="the-same-key"))
    before = acts(table.event)
    assert saved(say(table, "participant", key="the-same-key")) == first
    assert acts(table.event) == before


def test_a_paper_that_is_sent_again_is_one_act(table: LiveTable):
    made = [
        sources.make(table.event, table.person("rapporteur"), source(table, "Rivers"), key="the-same-key")
        for _ in range(2)
    ]
    assert made[0] == made[1] and [deed for _p, deed, _s, _at in acts(table.event)].count("source-made") == 1


REFUSED = {
    "who may not speak": (PermissionDenied, lambda t: t.say("observer", "x1")),
    "who may not run the table": (PermissionDenied, lambda t: t.run("close_item", "water", role="participant")),
    "an item that is not open": (ValidationError, lambda t: t.say("participant", "x1", item="air")),
    "what is not one's own": (PermissionDenied, lambda t: t.do("second-participant", "withdraw", "p1")),
    "who may not end the floor": (PermissionDenied, lambda t: t.run("end_floor", role="rapporteur")),
    "a finding that nobody has put to the table": (ValidationError, lambda t: AtDesk(t).call("close_round", "f1", 0)),
    "a stance that is none": (ValidationError, lambda t: t.stand("participant", "p1", "perhaps")),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_refused_leaves_no_act(table: LiveTable, why: str):
    table.say("participant", "p1", "position")
    AtDesk(table).find("f1", "most", "p1")
    before, (refusal, deed) = acts(table.event), REFUSED[why]
    with pytest.raises(refusal):
        deed(table)
    assert acts(table.event) == before and is_whole(table.event)


def test_a_key_with_other_words_leaves_no_act(table: LiveTable):
    table.key = lambda: "the-same-key"  # type: ignore[method-assign]
    table.say("participant", "p1")
    before = acts(table.event)
    with pytest.raises(KeyReused):
        table.say("participant", "p2")
    assert acts(table.event) == before


def test_a_change_of_what_was_changed_meanwhile_leaves_no_act(table: LiveTable):
    said = table.say("participant", "p1")
    table.amend("participant", "p1")
    before = acts(table.event)
    with pytest.raises(ChangedMeanwhile):
        discussion.amend(said, table.person("participant"), "Later.", version=said.version, key="another-key")
    assert acts(table.event) == before


def test_what_is_done_already_makes_no_act(table: LiveTable):
    before = acts(table.event)
    table.run("open_item", "water")
    table.run("end_floor")
    assert acts(table.event) == before


# ------------------------------------------------------------------ several at once


@pytest.mark.sqlite
def test_writers_at_once_make_one_chain_on_sqlite(tmp_path: pathlib.Path):
    assert do(tmp_path, "write_at_once", "3", "10") == {"acts": 61, "faults": [], "problems": []}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_writers_at_once_make_one_chain_on_postgresql():
    assert everything.write_at_once("3", "10") == {"acts": 61, "faults": [], "problems": []}
    connections.close_all()
    assert connection.vendor == "postgresql"
