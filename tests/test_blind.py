"""What is collected blind is told to nobody who may not see it: on no page, in no file, in no reason."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from dialogue.discussion.models import Contribution
from dialogue.positions.blind import unseen
from dialogue.positions.models import Finding, FindingBasis
from dialogue.rapporteur.models import Addressee, Paragraph, Recommendation, RecommendationBasis
from dialogue.record.models import Entry
from dialogue.report.actions import CannotPublish, publish, ready
from tests.cast import CAST
from tests.forms import saved, say
from tests.shared import undone
from tests.tables import LiveTable, seated
from tests.test_doors import DOORS
from tests.tiers import some

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("blind")]

WHO_STANDS_FOR_ALL = ("visitor", "participant", "moderator", "rapporteur", "convenor")
SEES_ALL = {"moderator", "rapporteur"}
SEALED = re.compile(r'(name="csrfmiddlewaretoken"|name="key") value="[^"]*"|"[^"]*csrf[^"]*": ?"[^"]*"')
STAFFS = re.compile(
    SEALED.pattern + r'|data-version="\d+"|data-streams="[^"]*"'
)  # they are told that somebody answered


@pytest.fixture
def table() -> LiveTable:
    return asked_blind()


def asked_blind() -> LiveTable:
    """A position, a finding and a recommendation in the chapter; the table is asked about them blind."""
    table = seated()
    table.run("open_item", "water")
    for name in ("low", "lower", "lowest"):
        table.said[name] = saved(say(table, "participant", f"The river is {name}.", kind="position"))
    table.hold(blind=True)
    event, item = table.event, table.item("water")
    finding = Finding.objects.create(
        event=event, key="f1", item=item, text="It is low.", level="some", reason="So we think.", is_open=True,
        call="check_round", call_present=6, call_objections=0,
    )  # fmt: skip
    FindingBasis.every.create(finding=finding, contribution=table.said["low"], position=0)
    Paragraph.objects.create(event=event, key="p1", item=item, origin="room", text="{f1} said that it is low.")
    to = Addressee.objects.create(event=event, name="The council")
    for place, basis in enumerate(({"contribution": table.said["low"]}, {"finding": finding})):
        advice = Recommendation.objects.create(
            event=event, key=f"r{place}", addressee=to, text="Wait.", level="some", position=place
        )
        RecommendationBasis.objects.create(recommendation=advice, position=0, **basis)
    return table


def finding(table: LiveTable) -> Finding:
    return Finding.objects.get(event=table.event)


SETTING_UP = (
    "setup", "setup-facts", "setup-sessions", "session-new", "setup-programme", "setup-people", "setup-roles",
    "setup-credits", "setup-scale", "setup-kept", "kept-of", "letters-of", "welcome",
)  # fmt: skip


def addresses(table: LiveTable) -> Iterator[tuple[str, str]]:
    """Every page and file of the event that is read, but forms at the desk: (name, address)."""
    slug = table.event.slug
    said = table.said["low"]
    for session in ("table", "forum"):
        yield f"table {session}", reverse("table", args=[slug, session])
    read = ("event", "record", "agreement", "chapter", "publish", "desk", "references", "recommendations", "names")
    for name in read:
        yield name, reverse(name, args=[slug])
    yield "said", reverse("said", args=[slug, "table", said.pk])
    yield "behind", reverse("behind", args=[slug]) + "?" + urlencode({"of": f"f1,{said.key}"})
    for kind in some(("json", "html", "md", "typ"), "json", "html"):
        yield f"download {kind}", reverse("download", args=[slug, kind])
    yield "finding-call", reverse("finding-call", args=[slug, finding(table).pk])
    yield "finding", reverse("finding", args=[slug, finding(table).pk])
    yield "assent", reverse("assent", args=[slug, finding(table).pk])
    for name in SETTING_UP:
        yield name, reverse(name, args=[slug])
    one, session, point = table.event.attendees.all()[0], table.event.sessions.all()[0], table.event.items.all()[0]
    yield "person", reverse("person", args=[slug, one.pk])
    yield "replace", reverse("replace", args=[slug, one.pk])
    yield "session", reverse("session", args=[slug, session.key])
    yield "point", reverse("point", args=[slug, point.pk])
    yield "recommendation", reverse("recommendation", args=[slug, Recommendation.objects.all()[0].pk])


def seen(table: LiveTable, role: str, only: Collection[str] = ()) -> dict[str, str]:
    """Everything that one of the cast can read, or some of it, without what is new on every page anyway."""
    client: Client = table.client(role)
    new = STAFFS if role in SEES_ALL else SEALED
    return {name: new.sub("", client.get(address).text) for name, address in addresses(table) if not only or name in only}


def take(table: LiveTable, *stances: str) -> None:
    """Cleo and Dev give theirs aloud, on the position and on the finding; the moderator takes one."""
    for on in ("low", finding(table)):
        for who, stance in zip(("cleo", "dev"), stances, strict=False):
            table.stand("rapporteur", on, stance, "A reasonq.", owner=who)
        table.stand("moderator", on, stances[-1], "A reasonq.")


def changed(table: LiveTable, role: str, only: Collection[str] = ()) -> list[str]:
    """The pages of one of the cast that say something else once others stand elsewhere."""
    take(table, "agree", "agree", "agree")
    before = seen(table, role, only)
    take(table, "disagree", "reservations", "disagree")
    after = seen(table, role, only)
    return [name for name in before if before[name] != after[name]]


Moments = dict[str, dict[str, str]]  # what was answered -> what one of the cast reads then: {page: its text}


@pytest.fixture(scope="module")
def moments(module_db: None) -> dict[str, Moments]:
    """What each of the cast reads before anybody has answered, and after one answer of all and after another."""
    answers = {"nothing": (), "agreed": ("agree", "agree", "agree"), "split": ("disagree", "reservations", "disagree")}
    found: dict[str, Moments] = {role: {} for role in some(CAST, *WHO_STANDS_FOR_ALL)}
    with undone():
        table = asked_blind()
        for moment, stances in answers.items():
            if stances:
                take(table, *stances)
            for role, read in found.items():
                read[moment] = seen(table, role)
    return found


def otherwise(read: Moments, first: str, second: str) -> set[str]:
    """The pages that are not the same at two moments."""
    return {name for name, text in read[first].items() if text != read[second][name]}


@pytest.mark.parametrize("role", some(CAST, *WHO_STANDS_FOR_ALL))
def test_no_page_and_no_file_tells_where_others_stand(moments: dict[str, Moments], role: str):
    """Nor to who runs or records the table."""
    own = {"moderator": {"said", "table table"}}.get(role, set())  # their own answer, where they may change it
    assert otherwise(moments[role], "agreed", "split") == own


@pytest.mark.parametrize("role", [one for one in some(CAST, *WHO_STANDS_FOR_ALL) if one not in SEES_ALL])
def test_nor_whether_anybody_stands_anywhere(moments: dict[str, Moments], role: str):
    assert otherwise(moments[role], "nothing", "split") == set()


TOLD = {"table table", "record", "agreement", "said", "behind", "download json"}


def test_held_openly_these_pages_do_tell(table: LiveTable):
    """The control: each of them has something to tell."""
    table.event.sessions.update(blind=False)
    assert set(changed(table, "participant", TOLD)) == TOLD


@pytest.mark.parametrize("role", some(("participant", "second-participant"), "second-participant"))
def test_after_their_own_stance_they_are_told_no_more(table: LiveTable, role: str):
    """Who said it, and who did not."""
    for on in ("low", finding(table)):
        table.stand(role, on, "agree")
    assert changed(table, role) == []


def test_staff_is_told_who_has_answered(moments: dict[str, Moments]):
    """How many, and who not yet; where the veil is off, the same pages tell the split."""
    read = moments["rapporteur"]
    assert otherwise(read, "nothing", "split") == {"table table", "agreement", "desk", "said", "finding-call"}
    assert "3 of 5 have answered." in read["split"]["said"], "two aloud, and who said it"
    assert "2 of 5 have answered." in read["split"]["agreement"]


def test_veil_taken_off_shows_the_staff_a_split(table: LiveTable, monkeypatch: pytest.MonkeyPatch):
    """The control: without the one veil each of the staff's pages tells."""
    for module in ("discussion.views", "positions.views", "rapporteur.views.board", "rapporteur.views.deeds"):
        monkeypatch.setattr(f"dialogue.{module}.unseen", lambda _event, **_told: frozenset())
    monkeypatch.setattr("dialogue.live.statements.is_blind", lambda *_told: False)
    told = {"record", "agreement", "desk", "finding-call", "said"}
    assert set(changed(table, "rapporteur", told)) == told


def test_once_the_moderator_has_opened_them_everybody_is_told(table: LiveTable):
    table.open_stances("moderator", "low")
    told = {"record", "said", "table table"}
    assert set(changed(table, "participant", told)) == told


def test_once_the_round_is_over_its_count_is_everybodys(table: LiveTable):
    take(table, "disagree", "reservations", "disagree")
    told = {"agreement", "chapter", "download json", "behind"}
    before = seen(table, "participant", told)
    Finding.objects.update(is_open=False)
    after = seen(table, "participant", told)
    assert {one for one in before if before[one] != after[one]} == told


def test_every_page_of_an_event_is_looked_at(table: LiveTable):
    """What is left out are forms for what has no stances, and the audit: it tells the convenor that stances were taken,
    never which, on what or by whom."""
    forms = {"audit", "note", "paragraph", "source", "footnote", "addressee"}
    forms |= {f"{kind}-new" for kind in (*forms - {"audit"}, "finding", "recommendation")}
    pages = {name for name, door in DOORS.items() if "GET" in door.methods and "slug" in door.arguments}
    assert {name.split()[0] for name, _address in addresses(table)} == pages - forms


def test_the_chapter_says_that_the_table_is_being_asked(table: LiveTable):
    take(table, "disagree", "reservations", "disagree")
    text = table.client("rapporteur").get(reverse("download", args=[table.event.slug, "md"])).text
    assert text.count("the table is being asked") == 3, "a claim and two recommendations"
    assert "not shown before the round is over" in text and "reasonq" not in text


def test_and_is_not_published_meanwhile(table: LiveTable):
    Recommendation.objects.all().delete()
    with pytest.raises(CannotPublish) as refused:
        publish(table.event, table.people["convenor"])
    assert refused.value.reasons == [
        "The table is being asked about “It is low.”, each without seeing the others: close the round."
    ]
    Finding.objects.update(is_open=False)
    ready(table.event)


def test_nothing_is_unseen_where_nothing_is_blind(table: LiveTable):
    everything = {one.pk for one in table.said.values()} | {finding(table).pk}
    assert unseen(table.event) == everything
    table.open_stances("moderator", "low")
    assert unseen(table.event) == everything - {table.said["low"].pk}
    table.event.sessions.update(blind=False)
    assert unseen(table.event) == set()


@pytest.mark.parametrize(("blind", "tells"), [(True, False), (False, True)])
def test_a_pattern_tells_nothing_of_positions_that_are_not_shown(table: LiveTable, blind: bool, tells: bool):
    """Whether opinions vary widely depends on who holds the positions in its basis."""
    one = finding(table)
    one.basis.all().delete()
    said: list[Contribution] = []
    for place, role in enumerate(("participant", "second-participant", "moderator")):
        ties: dict = {"relation": ["disagrees"] * len(said), "to": [str(each.pk) for each in said]} if said else {}
        said.append(saved(say(table, role, f"Position {place}.", kind="position", **ties)))
        FindingBasis.every.create(finding=one, contribution=said[-1], position=place)
    Finding.objects.update(is_open=False, level="wide")
    table.hold(blind=blind)
    before = level(table)
    table.said["last"] = said[-1]
    heard = told(one, "table")
    for who in ("cleo", "dev"):
        table.stand("rapporteur", "last", "agree", owner=who)
    assert (told(one, "table") > heard, told(one, "staff") > heard) == (tells, tells)
    assert [one != other for one, other in zip(before, level(table), strict=True)] == [tells, tells]
    if blind:
        table.open_stances("moderator", "last")
        assert told(one, "table") == heard + 1


def told(finding: Finding, audience: str) -> int:
    """How often an audience was told of a finding."""
    return Entry.objects.filter(subject=finding.pk, stream__audience=audience).count()


def level(table: LiveTable) -> list[str]:
    """What an observer reads of the finding: on the page of the agreement, and beside the table."""
    client, event = table.client("observer"), table.event.slug
    agreed, beside = client.get(reverse("agreement", args=[event])), client.get(reverse("table", args=[event, "table"]))
    return [SEALED.sub("", agreed.text), beside.text.partition('id="findings"')[2].partition("</ol>")[0]]
