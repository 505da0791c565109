"""A statement cites a source of the event: what the form offers, what is taken, how it is drawn and who may do it."""

import json

import pytest

from dialogue.archive import format
from dialogue.archive.dump import dump
from dialogue.discussion.models import Contribution, Relation
from dialogue.rapporteur.actions.sources import SourceWords, sources
from dialogue.rapporteur.models import Source
from tests.dom import Element, parsed
from tests.forms import page, refusal, saved, say
from tests.law import Law
from tests.tables import LiveTable, rivers, seated

pytestmark = pytest.mark.django_db

GONE = "The source that you cite is not there any more. Your words are kept: choose another."


def book(table: LiveTable, title: str = "Gauges", **told: object) -> Source:
    """A source that the rapporteur entered."""
    given = {"author": "Kyer", "container": "", "year": 1999, "date": "", "url": "", "accessed": "", "page": ""}
    words = SourceWords(title=title, **(given | told))  # type: ignore[arg-type]
    return sources.make(table.event, table.person("rapporteur"), words, key=table.key())


@pytest.fixture
def table() -> LiveTable:
    """A table with its first item open."""
    table = seated()
    table.run("open_item", "water")
    return table


def offered(html: str) -> list[tuple[str, str, bool]]:
    """(id, words, whether it is chosen) of the sources that the form offers."""
    lists = [one for one in parsed(html).walk() if one.tag == "select" and one.attributes.get("name") == "cites"]
    return [
        (one.attributes["value"], "".join(map(str, one.children)), "selected" in one.attributes)
        for some in lists
        for one in some.elements
    ]


def cites(said: Contribution) -> list[tuple[str, object]]:
    return list(Relation.every.filter(source_statement=said).values_list("kind", "to_source"))


def test_the_form_offers_the_events_sources_and_nothing_where_there_is_none(table: LiveTable):
    assert offered(page(table, "participant")) == []
    assert "cite a source" not in page(table, "participant")
    one = book(table)
    assert offered(page(table, "participant")) == [
        ("", "no source", False), (str(one.pk), "Kyer, Gauges (1999)", False),
    ]  # fmt: skip
    assert "cite a source" in page(table, "participant"), "in the list of keys"
    assert offered(page(table, "observer")) == []


def test_a_statement_cites_a_source_beside_what_it_answers(table: LiveTable):
    one, other = book(table), book(table, "Floods")
    first = saved(say(table, "participant"))
    both = saved(say(table, "second-participant", relation="disagrees", to=first.pk, cites=[one.pk, other.pk]))
    assert cites(both) == [("disagrees", None), ("cites", one.pk), ("cites", other.pk)]
    assert both.thread.startswith(first.thread)
    assert cites(saved(say(table, "participant", cites=""))) == []
    alone = saved(say(table, "moderator", cites=[one.pk, one.pk]))
    assert cites(alone) == [("cites", one.pk)], "the same source twice is one"
    assert len(alone.thread) == 7


def test_a_statement_may_cite_another_one(table: LiveTable):
    first = saved(say(table, "participant"))
    row = next(one for one in parsed(page(table, "participant")).walk() if one.id == "relation-row")
    assert "cites" in [one.attributes.get("value") for one in row.walk()]
    assert cites(saved(say(table, "second-participant", relation="cites", to=first.pk))) == [("cites", None)]


def test_only_what_is_a_source_of_this_event_is_cited(table: LiveTable):
    elsewhere = rivers("named", "elsewhere")
    foreign = Source.objects.create(event=elsewhere, key="b1", title="Foreign")
    missing = "00000000-0000-4000-8000-000000000000"
    first = saved(say(table, "participant"))
    for wrong in (foreign.pk, missing, first.pk):
        assert refusal(say(table, "participant", cites=wrong)) == (400, GONE)
    for wrong in ("x", "source", "\0", "source-" + missing):
        told = (400, "That is not there (any more). Load the page again.")
        assert refusal(say(table, "participant", cites=wrong)) == told
    one = book(table)
    assert refusal(say(table, "participant", relation="agrees", to=one.pk))[0] == 400, "one only cites a source"
    assert (Contribution.every.count(), Relation.every.count()) == (1, 0)


def test_at_the_forum_the_closed_tables_sources_are_not_there(table: LiveTable):
    one = book(table)
    table.run("open_item", "water", at="forum")
    assert offered(page(table, "panelist", session="forum")) == []
    assert refusal(say(table, "panelist", session="forum", cites=one.pk)) == (400, GONE)
    assert saved(say(table, "moderator", session="forum", cites=one.pk)), "who reads the table may cite there"
    assert "Kyer, Gauges (1999)" in page(table, "visitor", session="forum")


def ties_of(html: str, said: Contribution) -> list[Element]:
    """What stands above a statement's words."""
    place = parsed(html).find(f"said-{said.pk}")
    assert place is not None
    return [one for one in place.walk() if one.attributes.get("class") == "relation"]


def test_it_stands_on_the_page_with_its_address_where_it_has_one(table: LiveTable):
    plain = saved(say(table, "participant", cites=book(table).pk))
    linked = saved(say(table, "participant", cites=book(table, "<b>Web", url="https://example.org/g", year=None).pk))
    odd = saved(say(table, "participant", cites=book(table, "Odd", url="javascript:alert(1)").pk))
    shown = page(table, "observer")
    assert [one.children for one in ties_of(shown, plain)] == [["cites Kyer, Gauges (1999)"]]
    (tie,) = ties_of(shown, linked)
    (link,) = tie.elements
    assert (link.attributes, link.children) == ({"href": "https://example.org/g"}, ["Kyer, <b>Web"])
    assert [one.children for one in ties_of(shown, odd)] == [["cites Kyer, Odd (1999)"]]
    assert "javascript:alert" not in shown


def test_what_could_not_be_taken_comes_back_with_its_source(table: LiveTable):
    one, other = book(table), book(table, "Floods")
    table.run("close_item", "water")
    answer = say(table, "participant", "Words of mine.", script=False, cites=other.pk)
    assert answer.status_code == 422
    assert [chosen for _value, _words, chosen in offered(answer.text)] == [False, False, True]
    assert one.pk != other.pk


def test_the_same_words_with_another_source_are_other_words(table: LiveTable):
    one, other = book(table), book(table, "Floods")
    first = saved(say(table, "participant", key="the-same-key", cites=one.pk))
    assert saved(say(table, "participant", key="the-same-key", cites=one.pk)) == first
    assert say(table, "participant", key="the-same-key", cites=other.pk).status_code == 409


def test_the_record_that_is_taken_home_has_it(table: LiveTable):
    one = book(table)
    said = saved(say(table, "participant", cites=one.pk))
    record = format.read(json.dumps(dump(table.event)).encode())
    (told,) = [each for each in record["contributions"] if each["id"] == said.key]
    assert told["relations"] == [{"kind": "cites", "to": one.key}]


def rename(table: LiveTable, row: Source, title: str) -> None:
    now = Source.objects.get(pk=row.pk)
    words = sources.standing(now)
    given = words.columns | {"title": title}
    sources.change(now, table.person("rapporteur"), SourceWords(**given), was=words.digest)
    table.heard()


def citing(table: LiveTable) -> None:
    """Sources are cited, renamed, and cited by what is hidden or withdrawn."""
    table.run("open_item", "water")
    one = book(table)
    for role, name in (("participant", "p1"), ("second-participant", "c1"), ("moderator", "c2")):
        table.said[name] = saved(say(table, role, f"What {name}q says: {name}v0.", cites=one.pk))
        table.authors[name] = {"participant": "ada", "second-participant": "ben", "moderator": "mod"}[role]
        table.heard()
    table.look()
    rename(table, one, "Gauges, anew")
    table.look()
    table.do("participant", "withdraw", "p1")
    table.do("moderator", "hide", "c1", "whyq")
    rename(table, one, "Gauges, again")
    table.look()
    assert "Gauges, again" in page(table, "observer")


@pytest.mark.parametrize("regime", ["named", "chatham_house"])
def test_pages_that_are_open_hear_of_it(regime: str):
    citing(Law(seated(regime)).table)
