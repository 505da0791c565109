"""The table's page in process: what stands on it, in which order, for whom, and what it says where there is nothing."""

import re
import uuid
from collections.abc import Iterator

import pytest

from dialogue.discussion import places as discussion_places
from dialogue.discussion import threads
from dialogue.discussion.models import Authorship, Contribution, Relation
from dialogue.discussion.places import PART
from dialogue.events.models import Item
from dialogue.record.models import Stream
from tests import tables
from tests.dom import Element, OpenPage, live, parsed
from tests.forms import address, browser, page, post
from tests.law import Broken, Law
from tests.stories import speaking
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db

MANY = 250


@pytest.fixture
def table() -> LiveTable:
    """A table with its first item open."""
    table = seated()
    table.run("open_item", "water")
    return table


def discussion(html: str) -> Element:
    found = parsed(html).find("discussion")
    assert found is not None
    return found


def places(html: str) -> list[Element]:
    """The places of statements on a page, in their order."""
    return [one for one in discussion(html).walk() if one.tag == "li" and one.id.startswith("s-")]


def order(table: LiveTable, html: str) -> list[str]:
    """The statements on a page by their short names."""
    names = {f"s-{said.pk}": name for name, said in table.said.items()}
    return [names[one.id] for one in places(html)]


def text(element: Element) -> str:
    """What somebody reads."""
    return " ".join(" ".join(word for one in element.walk() for word in one.children if isinstance(word, str)).split())


def looked(table: LiveTable, role: str) -> None:
    """They have seen the page as it is now."""
    heads = {str(one.pk): one.head for one in Stream.objects.all()}
    assert post(table, role, "looked/", heads=str(heads).replace("'", '"')).status_code == 200


def link(html: str) -> str:
    """The address of the earlier part, "" where there is none."""
    found = next((one for one in discussion(html).walk() if "data-earlier" in one.attributes), None)
    return found.attributes["href"] if found else ""


# ------------------------------------------------------------------ three ways of reading


@pytest.fixture
def exchange(table: LiveTable) -> LiveTable:
    """Two positions; three answers below the first, one of them to an answer."""
    table.say("participant", "p1", "position")
    table.say("second-participant", "c1", "comment", ("disagrees", "p1"))
    table.say("moderator", "p2", "position")
    table.say("participant", "c2", "comment", ("answers", "c1"))
    table.say("moderator", "c3", "question", ("responds_to", "p1"))
    return table


def test_as_threads_an_answer_hangs_below_what_it_answers(exchange: LiveTable):
    shown = page(exchange, "observer")
    assert order(exchange, shown) == ["p1", "c1", "c2", "c3", "p2"]
    deep = [re.search(r"depth-(\d)", one.attributes["class"])[1] for one in places(shown)]  # type: ignore[index]
    assert deep == ["0", "1", "2", "1", "0"]
    assert order(exchange, page(exchange, "observer", **{"as": "threads"})) == order(exchange, shown)
    assert discussion(shown).attributes["data-as"] == "threads"


def test_in_the_order_of_time_the_latest_stands_last(exchange: LiveTable):
    shown = page(exchange, "observer", **{"as": "time"})
    assert order(exchange, shown) == ["p1", "c1", "p2", "c2", "c3"]
    assert discussion(shown).attributes["data-as"] == "time"


def test_of_what_is_new_only_what_came_since_one_looked(exchange: LiveTable):
    looked(exchange, "observer")
    assert order(exchange, page(exchange, "observer", **{"as": "new"})) == []
    exchange.say("second-participant", "c4", "comment", ("answers", "c2"))
    exchange.amend("participant", "p1")
    exchange.say("second-participant", "c5")
    shown = page(exchange, "observer", **{"as": "new"})
    assert order(exchange, shown) == ["c4", "c5"]
    assert all("is-new" in one.attributes["class"] for one in places(shown))
    marked = [one for one in places(page(exchange, "observer")) if "is-new" in one.attributes["class"]]
    assert [one.id for one in marked] == [f"s-{exchange.said[name].pk}" for name in ("c4", "c5")]


def test_ones_own_words_are_no_news(exchange: LiveTable):
    looked(exchange, "participant")
    exchange.say("participant", "mine")
    exchange.say("moderator", "theirs")
    shown = {one.id: one.attributes["class"] for one in places(page(exchange, "participant"))}
    assert "is-new" not in shown[f"s-{exchange.said['mine'].pk}"]
    assert "is-new" in shown[f"s-{exchange.said['theirs'].pk}"]


def test_what_one_looked_at_is_new_to_the_others_still(exchange: LiveTable):
    for role in ("observer", "participant"):
        looked(exchange, role)
    exchange.say("moderator", "c4")
    looked(exchange, "observer")
    assert order(exchange, page(exchange, "observer", **{"as": "new"})) == []
    assert order(exchange, page(exchange, "participant", **{"as": "new"})) == ["c4"]


def test_the_way_of_reading_that_is_on_is_marked_and_no_other_is_known(exchange: LiveTable):
    for asked, on in (("threads", "threads"), ("time", "time"), ("new", "new"), ("", "threads"), ("\0x", "threads")):
        shown = parsed(page(exchange, "observer", **{"as": asked}))
        links = [one for one in shown.walk() if one.tag == "a" and "data-as" in one.attributes]
        assert [one.attributes["data-as"] for one in links if "aria-current" in one.attributes] == [on]
        assert [one.attributes["href"] for one in links] == [
            f"?item=water&as={name}" for name in ("threads", "time", "new")
        ]


# ------------------------------------------------------------------ parts of the address


NONSENSE = ["", "x", "\0", "../../etc/passwd", "<script>", "0" * 4000, "{id}x", "00000000-0000-4000-8000-000000000000"]


@pytest.mark.parametrize("name", ["before", "at", "reply"])
@pytest.mark.parametrize("value", NONSENSE)
def test_what_an_address_says_that_is_nonsense_is_passed_over(exchange: LiveTable, name: str, value: str):
    value = value.replace("{id}", str(exchange.said["c1"].pk))
    shown = page(exchange, "participant", **{name: value})
    assert order(exchange, shown) == ["p1", "c1", "c2", "c3", "p2"]
    form = parsed(shown).find("say")
    assert form is not None and text(next(one for one in form.walk() if one.tag == "ol")) == ""


@pytest.mark.parametrize("name", ["before", "at", "reply"])
def test_what_one_may_not_see_is_no_place_to_begin_from(exchange: LiveTable, name: str):
    exchange.hold(release="when_seen")
    waiting = exchange.write_down("rapporteur", "cleo", "r1", "comment", ("answers", "p1"))
    exchange.run("open_item", "water", at="forum")
    elsewhere = exchange.say("panelist", "f1", at="forum")
    plain = [one.id for one in places(page(exchange, "participant"))]
    for hidden in (waiting, elsewhere):
        shown = page(exchange, "participant", **{name: str(hidden.pk)})
        assert [one.id for one in places(shown)] == plain
        assert "r1v0" not in shown and "f1v0" not in shown
    assert "r1v0" in page(exchange, "rapporteur", at=str(waiting.pk)), "it is there, for who may"


def test_an_answer_asked_for_by_its_address_stands_in_the_form(exchange: LiveTable):
    said = exchange.said["c1"]
    form = parsed(page(exchange, "participant", reply=str(said.pk))).find("say")
    assert form is not None
    row = next(one for one in form.walk() if one.tag == "ol").elements
    assert [text(one) for one in row[0].walk() if one.tag == "q"] == ["Ben Okribeq: What c1q says: c1v0."]
    assert [one.attributes["value"] for one in row[0].walk() if one.attributes.get("name") == "to"] == [str(said.pk)]


def test_a_statement_asked_for_without_its_item_is_shown_on_it(exchange: LiveTable):
    exchange.run("open_item", "air")
    there = exchange.say("participant", "a1", item="air")
    for name in ("at", "reply"):
        shown = browser(exchange, "observer").get(address(exchange), {name: str(there.pk)}).text
        assert order(exchange, shown) == ["a1"]


def test_an_item_that_is_none_is_not_there(exchange: LiveTable):
    for asked in ("nothing", "\0", "x" * 5000):
        assert browser(exchange, "observer").get(address(exchange), {"item": asked}).status_code == 404


# ------------------------------------------------------------------ a long item


Path = tuple[int, ...]


def path(n: int) -> Path:
    """Where statement n hangs: every odd one answers the one of half its number, and four steps are drawn."""
    return (*path(n // 2)[:3], n) if n % 2 and n > 1 else (n,)


@pytest.fixture
def crowded(table: LiveTable) -> LiveTable:
    """A table at which many have spoken, and answered what lies far above."""
    session, item, ada = table.session(), table.item("water"), table.attendee("ada")
    paths: list[str] = []
    for n in range(MANY):
        paths.append(threads.below(paths[n // 2] if n % 2 and n > 1 else "", n))
    said = [
        Contribution(event=table.event, session=session, item=item, position=n, kind="comment", text=f"Number {n}.",
                     appeared=1, thread=paths[n])
        for n in range(MANY)
    ]  # fmt: skip
    Contribution.objects.bulk_create(said)
    Authorship.objects.bulk_create(Authorship(contribution=one, attendee=ada) for one in said)
    Relation.objects.bulk_create(
        Relation(source_statement=said[n], kind="answers", to_contribution=said[n // 2], position=0)
        for n in range(3, MANY, 2)
    )
    table.said = {str(n): one for n, one in enumerate(said)}
    return table


IN_TIME = [str(n) for n in range(MANY)]
IN_THREADS = [str(n) for n in sorted(range(MANY), key=path)]


def parts(table: LiveTable, html: str) -> Iterator[list[str]]:
    """The page's statements, then those of each earlier part, as one follows its links."""
    for _part in range(MANY):
        yield order(table, html)
        if not (href := link(html)):
            return
        html = browser(table, "observer").get(address(table) + href).text


def together(found: list[list[str]]) -> list[str]:
    """The parts as one page, the earliest first."""
    return [one for part in reversed(found) for one in part]


@pytest.mark.parametrize(("manner", "expected"), [("threads", IN_THREADS), ("time", IN_TIME)])
def test_a_long_item_shows_its_end_and_the_rest_on_demand(crowded: LiveTable, manner: str, expected: list[str]):
    found = list(parts(crowded, page(crowded, "observer", **{"as": manner})))
    assert [len(one) for one in found] == [100, 100, 50]
    assert together(found) == expected
    assert IN_THREADS != IN_TIME


def test_a_page_that_is_a_part_says_so_to_its_script(crowded: LiveTable):
    last = discussion(page(crowded, "observer"))
    first = discussion(page(crowded, "observer", before=str(crowded.said[IN_THREADS[PART]].pk)))
    lists = [next(one for one in at.walk() if one.tag == "ol") for at in (last, first)]
    assert ["data-partial" in one.attributes for one in lists] == [True, False]


def test_at_the_boundary_nothing_is_doubled_or_missed_when_others_speak_meanwhile(crowded: LiveTable):
    """The page was drawn; then somebody answers what lies further up, and something there is withdrawn."""
    shown = page(crowded, "observer")
    early, late = IN_THREADS[20], order(crowded, shown)[0]
    crowded.say("participant", "deep", "comment", ("answers", early))
    crowded.say("participant", "near", "comment", ("answers", late))
    crowded.do("participant", "withdraw", IN_THREADS[30])
    whole = together(list(parts(crowded, shown)))
    assert sorted(whole) == sorted([*IN_TIME, "deep"]), "what is said below the boundary comes by itself"
    assert whole.index("deep") > whole.index(early)


def test_from_a_statement_on_everything_stands_to_the_end(crowded: LiveTable):
    for manner, expected in (("threads", IN_THREADS), ("time", IN_TIME)):
        asked = expected[20]
        shown = page(crowded, "observer", at=str(crowded.said[asked].pk), **{"as": manner})
        assert order(crowded, shown) == expected[20:]
        assert together(list(parts(crowded, shown))) == expected


def test_all_that_is_new_is_shown_however_much_it_is(crowded: LiveTable):
    looked(crowded, "observer")
    for n in range(PART + 5):
        crowded.say("participant", f"new{n}")
    assert order(crowded, page(crowded, "observer", **{"as": "new"})) == [f"new{n}" for n in range(PART + 5)]


def test_of_what_is_new_beyond_ten_parts_the_rest_is_a_link_away(crowded: LiveTable, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(discussion_places, "PART", 1)
    looked(crowded, "observer")
    for n in range(12):
        crowded.say("participant", f"new{n}")
    shown = page(crowded, "observer", **{"as": "new"})
    assert order(crowded, shown) == [f"new{n}" for n in range(2, 12)]
    assert order(crowded, browser(crowded, "observer").get(address(crowded) + link(shown)).text) == ["new1"]


# ------------------------------------------------------------------ to oneself


def answered(html: str, said: Contribution) -> list[str]:
    """Whose words a statement answers, as its page says."""
    article = parsed(html).find(f"said-{said.pk}")
    assert article is not None
    return [text(one) for one in article.walk() if one.tag == "a" and "data-of" in one.attributes]


@pytest.mark.parametrize("manner", ["threads", "time"])
@pytest.mark.parametrize(("regime", "others"), [("named", "Lovelladq"), ("chatham_house", "one participant")])
def test_who_answers_ones_own_words_answers_you(regime: str, others: str, manner: str):
    table = seated(regime)
    table.run("open_item", "water")
    table.say("participant", "p1")
    answer = table.say("second-participant", "c1", "comment", ("disagrees", "p1"), ("concedes", "p1"))
    assert answered(page(table, "participant", **{"as": manner}), answer) == ["you", "you"]
    assert answered(page(table, "observer", **{"as": manner}), answer) == [others] * 2
    assert answered(page(table, "second-participant", **{"as": manner}), answer) == [others] * 2
    for role, told in (("participant", "you"), ("observer", others)):
        assert answered(browser(table, role).get(address(table, f"said/{answer.pk}/")).text, answer) == [told] * 2


def test_on_another_item_too(exchange: LiveTable):
    exchange.run("open_item", "air")
    there = exchange.say("moderator", "a1", "comment", ("agrees", "c1"), item="air")
    assert answered(page(exchange, "second-participant", item="air"), there) == ["you"]
    assert answered(page(exchange, "participant", item="air"), there) == ["Okribeq"]


def test_what_is_no_longer_there_is_nobodys(exchange: LiveTable):
    exchange.do("participant", "withdraw", "p1")
    for role in ("participant", "observer"):
        shown = page(exchange, role)
        assert answered(shown, exchange.said["c1"]) == []
        assert "disputes <a" in shown and "a statement that is no longer there" in shown


def test_the_page_knows_which_words_are_its_readers(exchange: LiveTable):
    own = {str(exchange.said[name].pk) for name in ("p1", "c2")}
    assert set(discussion(page(exchange, "participant")).attributes["data-own"].split()) == own
    assert discussion(page(exchange, "observer")).attributes["data-own"] == ""
    assert "<q data-quote>you: What" in page(exchange, "participant", reply=str(exchange.said["p1"].pk))


def test_a_page_that_would_not_say_you_of_what_comes_breaks_the_law(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(OpenPage, "address", lambda _page: None)
    with pytest.raises(Broken, match="you"):
        speaking(Law(seated()).table)


# ------------------------------------------------------------------ large and foreign


def test_a_french_reader_reads_french_around_english_words(exchange: LiveTable):
    for person in exchange.people.values():
        if person:
            person.language = "fr"
            person.save(update_fields=["language"])
    shown = page(exchange, "participant")
    root = parsed(shown)
    assert next(one for one in root.walk() if one.tag == "html").attributes["lang"] == "fr"
    modes = next(one for one in root.walk() if one.attributes.get("class") == "modes")
    assert text(modes) == "Par fils de discussion Dans l’ordre d’arrivée Seulement ce qui est nouveau"
    place = places(shown)[1]
    assert {one.attributes["lang"] for one in place.walk() if "lang" in one.attributes} == {"en"}
    assert text(place).startswith("conteste votre propos Ben Okribeq House of benq What c1q says: c1v0. commentaire")
    assert "Répondre" in text(place) and "Reply" not in text(root)


LONG = " ".join(["Maximiliane"] * 25)
assert len(LONG) == 299


def test_a_name_is_never_cut_however_long(exchange: LiveTable):
    exchange.event.attendees.filter(key="ben").update(name=LONG, affiliation=f"House of {LONG}")
    place = places(page(exchange, "observer"))[1]
    speaker = next(one for one in place.walk() if one.attributes.get("class") == "speaker")
    assert text(speaker) == f"{LONG} House of {LONG}"


def test_words_of_five_thousand_signs_stand_whole(table: LiveTable):
    words = ("à <&> " * 834)[:4999] + "."
    assert post(table, "participant", "say/", key=table.key(), item="water", text=words).status_code == 200
    shown = next(one for one in places(page(table, "observer"))[0].walk() if one.attributes.get("class") == "words")
    assert text(shown) == words
    assert post(table, "participant", "say/", key=table.key(), item="water", text=words + "+").status_code == 400


# ------------------------------------------------------------------ nothing there


def empty(html: str) -> list[str]:
    return [text(one) for one in discussion(html).walk() if "empty" in one.attributes.get("class", "")]


def test_an_item_without_words_says_what_will_be_there(table: LiveTable):
    shown = page(table, "observer")
    assert empty(shown) == ["Nothing is said on this item yet. What is said appears here by itself."]
    assert empty(page(table, "observer", **{"as": "new"})) == [
        "Nothing is new to you here. What comes now appears by itself."
    ]
    assert places(shown) == []


def test_an_event_without_a_programme_says_so_and_asks_for_nothing(table: LiveTable):
    table.session().openings.all().delete()
    Item.objects.filter(event=table.event).delete()
    for role in ("observer", "participant", "moderator"):
        shown = browser(table, role).get(address(table)).text
        assert empty(shown) == ["This event has no programme yet: what is to be discussed stands here, item by item."]
        assert parsed(shown).find("say") is None
    again = browser(table, "participant").get(address(table), {"as": "new", "at": str(uuid.uuid4()), "before": "x"})
    assert again.status_code == 200


def test_a_closed_item_is_read_and_marked_as_closed(exchange: LiveTable):
    assert (
        text(parsed(page(exchange, "observer")).find(f"item-{exchange.item('water').pk}")) == "Water 5 statements open"
    )  # type: ignore[arg-type]
    exchange.run("close_item", "water")
    shown = page(exchange, "observer")
    assert order(exchange, shown) == ["p1", "c1", "c2", "c3", "p2"]
    assert text(parsed(shown).find(f"item-{exchange.item('water').pk}")) == "Water 5 statements closed"  # type: ignore[arg-type]


# ------------------------------------------------------------------ who sees what


CANARIES = [word for key, name in tables.NAMES.items() if key != "pan" for word in (name.split()[-1], f"{key}q")]


def told(html: str) -> set[str]:
    """The names and organisations that the source of a page holds, in words, attributes or comments."""
    return {word for word in CANARIES if re.search(rf"\b{word}\b", html)}


def spoken(regime: str) -> LiveTable:
    """A table at which everybody did something."""
    table = seated(regime)
    table.run("open_item", "water")
    for role in ("observer", "participant"):
        looked(table, role)
    table.say("participant", "p1", "position")
    table.say("second-participant", "c1", "comment", ("disagrees", "p1"))
    table.say("moderator", "c2", "comment", ("answers", "c1"))
    for n, speaker in enumerate(("cleo", "dev", "eve", "rap")):
        table.write_down("rapporteur", speaker, f"r{n}", "comment", ("agrees", "p1"))
    table.stand("second-participant", "p1", "agree", "Because.")
    table.stand("rapporteur", "p1", "disagree", owner="eve")
    table.run("give_floor", "ada", "water")
    return table


@pytest.mark.parametrize("manner", ["threads", "time", "new"])
@pytest.mark.parametrize("regime", ["chatham_house", "unnamed"])
def test_without_names_the_source_holds_none(regime: str, manner: str):
    table = spoken(regime)
    said = str(table.said["c1"].pk)
    for role in ("observer", "participant"):
        own = {"Lovelladq", "adaq"} if role == "participant" else set()
        for query in ({}, {"at": said}, {"reply": said}):
            shown = page(table, role, **{"as": manner, **query})
            assert told(shown) <= own, (role, query)
            assert len(places(shown)) >= 6


def test_by_name_it_holds_those_of_all_who_spoke():
    table = spoken("named")
    assert told(page(table, "observer")) == set(CANARIES)
    assert "Lovelladq" not in "".join(text(one) for one in places(page(table, "participant"))[:1]), "one's own is “you”"


def test_who_runs_or_records_the_table_sees_who_under_every_rule():
    table = spoken("chatham_house")
    for role in ("convenor", "moderator", "rapporteur"):
        names = {word for one in places(page(table, role)) for word in told(text(one))}
        assert names >= {"Okribeq", "Marshcloq", "Pateldeq", "Quillevq"}, role


def test_an_observer_reads_and_has_no_form_to_speak_with(exchange: LiveTable):
    shown = parsed(page(exchange, "observer"))
    assert shown.find("say") is None
    assert shown.find("discussion").attributes["data-may"] == ""  # type: ignore[union-attr]
    assert not [one for one in shown.walk() if one.attributes.get("class") == "run"]
    assert parsed(page(exchange, "participant")).find("say") is not None


def test_who_was_removed_reads_nothing_any_more(exchange: LiveTable):
    assert "c1v0" in page(exchange, "second-participant")
    exchange.reseat("ben", "")
    answer = browser(exchange, "second-participant").get(address(exchange), {"item": "water"})
    assert answer.status_code == 403
    assert "v0" not in answer.text and not told(answer.text)


@pytest.mark.parametrize("role", ["visitor", "mallory", "panelist"])
def test_who_has_no_place_at_the_table_reads_nothing_of_it(exchange: LiveTable, role: str):
    answer = browser(exchange, role).get(address(exchange), {"item": "water"})
    assert answer.status_code == 403
    assert "v0" not in answer.text and not told(answer.text)


def test_a_visitor_reads_the_forum_and_has_nothing_to_press(exchange: LiveTable):
    exchange.run("open_item", "water", at="forum")
    exchange.say("panelist", "f1", "position", at="forum")
    shown = parsed(page(exchange, "visitor", session="forum"))
    assert [text(one) for one in shown.walk() if one.attributes.get("class") == "words"] == ["What f1q says: f1v0."]
    assert shown.find("say") is None
    assert shown.find("discussion").attributes["data-may"] == ""  # type: ignore[union-attr]


def test_a_page_of_parts_still_takes_in_what_comes(crowded: LiveTable):
    """What comes below the boundary stands on the page, what comes above it does not: the earlier part has it."""
    opened = OpenPage(live(parsed(page(crowded, "observer"))))
    before = [one.id for one in opened.root.walk() if one.id.startswith("s-")]
    last, first = crowded.said[IN_THREADS[-1]].pk, crowded.said[IN_THREADS[20]].pk
    thread = f'data-into="thread-{crowded.item("water").pk}"'
    opened.take(
        f'<li id="s-low" {thread} data-after="s-{last}"></li><li id="s-high" {thread} data-after="s-{first}"></li>'
    )
    assert [one.id for one in opened.root.walk() if one.id.startswith("s-")] == [*before, "s-low"]
