"""The pages: what each shows to whom, how much of it, and in how many queries."""

import datetime
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from dialogue import errors
from dialogue.discussion import reading
from dialogue.discussion.models import Authorship, Contribution, Relation
from dialogue.events.models import Attendee, Event
from dialogue.people.demo import entry_code
from dialogue.people.models import Person
from dialogue.positions.bars import MOST_CELLS, Numbers, drawn, shares
from tests.cast import CAST, STAFF, TABLE, account
from tests.test_doors import DOORS, address

As = Callable[..., Client]
RECORD, AGREEMENT, FRONT = (f"/events/victoria-2007/{page}" for page in ("record/", "agreement/", ""))
FORM = "application/x-www-form-urlencoded"
CRABBE_SAYS = "Casualties are unwelcome, UN command is mistrusted"


def articles(page: str) -> dict[str, str]:
    """The statements of a page: {anchor: its HTML}."""
    return dict(re.findall(r'<article class="statement[^"]*" id="([^"]+)"(.*?)</article>', page, re.DOTALL))


def words(html: str) -> str:
    """A page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def grow(event: Event, key: str, number: int, *, chained: bool = False) -> list[Contribution]:
    """Many more statements on one item, by Crabbe and Kinsman in turn; each answers the one before if chained."""
    item, session = event.items.get(key=key), event.sessions.get(key="roundtable")
    speakers = list(event.attendees.filter(key__in=["crabbe", "kinsman"]))
    said = [
        Contribution(event=event, session=session, item=item, key=f"g{n:05}", kind="position", text=f"Number {n}.",
                     position=1000 + n)
        for n in range(number)
    ]  # fmt: skip
    Contribution.objects.bulk_create(said)
    Authorship.objects.bulk_create(Authorship(contribution=one, attendee=speakers[n % 2]) for n, one in enumerate(said))
    if chained:
        Relation.objects.bulk_create(
            Relation(source_statement=one, kind="answers", to_contribution=before) for before, one in pairwise(said)
        )
    return said


# ------------------------------------------------------------------ events


def test_a_visitor_is_told_what_will_stand_here_while_there_is_nothing(client: Client, db: None):
    page = client.get("/").text
    assert "Here will stand the events that you may know of" in page
    assert "<ol" not in page


def test_events_to_come_stand_before_the_past_ones_and_closed_ones_are_not_told(as_: As, victoria: Event, elsewhere):
    tomorrow = datetime.date.today() + datetime.timedelta(days=2)
    Event.objects.filter(slug="elsewhere").update(date=tomorrow)
    mallorys, visitors = as_("mallory").get("/").text, as_("visitor").get("/").text
    assert re.findall(r"<h[23][^>]*>(?:<a[^>]*>)?([^<]+)", mallorys) == [
        "To come", "A table elsewhere", "Past", victoria.title,
    ]  # fmt: skip
    assert re.findall(r"<h[23][^>]*>(?:<a[^>]*>)?([^<]+)", visitors) == ["Past", victoria.title]


def test_the_front_page_says_what_when_where_and_who_convened(as_: As):
    page = words(as_("visitor").get(FRONT).text)
    for told in (
        "Future challenges of UN peacekeeping", "6 February 2007", "Where Victoria",
        "Convened by United Nations Association in Canada", "Occasion 50th anniversary of UN Peacekeeping",
        "Closed: only its members read what is said. What somebody says is reported with their name.",
        "Public: everyone may read along.", "Political will",
    ):  # fmt: skip
        assert told in page


@pytest.mark.parametrize(
    ("regime", "told"),
    [
        ("named", "reported with their name"),
        ("role", "with the kind of organisation that they come from, never with their name"),
        ("unnamed", "reported without names"),
        ("chatham_house", "not who said it, nor who was there"),
    ],
)
def test_the_rule_of_a_session_is_told_in_plain_words(regime: str, told: str, as_: As, victoria: Event):
    victoria.sessions.filter(key="roundtable").update(attribution=regime)
    page = as_("visitor").get(FRONT).text
    assert told in page
    assert page.count("reported with their name") == (2 if regime == "named" else 1)  # the forum's own rule stays


def test_the_list_of_participants_is_for_the_table_until_something_is_published(as_: As, victoria: Event):
    def listing(role: str) -> bool:
        return "Ray Crabbe" in as_(role).get(FRONT).text

    assert {role for role in CAST if listing(role)} == TABLE
    publish(victoria, "named")
    assert {role for role in CAST if listing(role)} == set(CAST)


def test_a_publication_without_names_opens_no_list_to_visitors(as_: As, victoria: Event):
    publish(victoria, "chatham_house")
    assert "Ray Crabbe" not in as_("visitor").get(FRONT).text
    assert "Ray Crabbe" in as_("participant").get(FRONT).text


def publish(event: Event, regime: str) -> None:
    event.publications.create(
        version=1,
        language="en",
        regime=regime,
        content="{}",
        digest="",
        published_at=datetime.datetime.now(datetime.UTC),
    )


# ------------------------------------------------------------------ the record


def test_the_table_reads_every_statement_and_a_visitor_none_of_a_closed_session(as_: As, victoria: Event):
    keys = set(victoria.contributions.values_list("key", flat=True))
    assert len(keys) == 78
    found = {role: set(articles(as_(role).get(RECORD).text)) for role in CAST}
    assert found == {role: keys if role in TABLE else set() for role in CAST}


def test_a_record_with_nothing_to_read_promises_something_only_while_the_event_is_to_come(as_: As, victoria: Event):
    over = words(as_("visitor").get(RECORD).text)
    Event.objects.filter(pk=victoria.pk).update(date=datetime.date(2999, 2, 6), end_date=None)
    coming = words(as_("visitor").get(RECORD).text)
    assert "Nothing is on record in the public sessions. What was said" in over
    assert "Here will stand what is said" not in over
    assert "Nothing is on record in the public sessions yet. What is said" in coming
    assert "Here will stand what is said" in coming


def test_the_event_offers_the_record_to_whoever_finds_something_in_it(as_: As, victoria: Event):
    said = victoria.contributions.get(key="v004")
    offered = {role for role in CAST if "Read what was said" in as_(role).get(FRONT).text}
    assert offered == TABLE
    victoria.contributions.exclude(pk=said.pk).delete()
    victoria.contributions.filter(pk=said.pk).update(attribution="off_record")
    said.authorship.attendee.memberships.update(role="participant")
    offered = {role for role in CAST if "Read what was said" in as_(role).get(FRONT).text}
    assert offered == {"moderator", "rapporteur", "participant"}  # Crabbe, who said it, and who keeps the record


def test_a_role_that_a_function_says_already_is_not_said_twice(as_: As):
    listed = words(as_("participant").get(FRONT).text)
    assert "Michael Bloomfield Rapporteur, University of Victoria" in listed
    assert "Dr. Michael Webb moderator Acting Chair" in listed


def test_an_event_without_members_says_so_and_blames_no_rule(as_: As, victoria: Event):
    victoria.contributions.all().delete()
    for session in victoria.sessions.all():
        session.memberships.all().delete()
    page = words(as_("convenor").get(FRONT).text)
    assert "Nobody has a seat at this table yet." in page
    assert "Nobody is listed" not in page
    assert 'href="/events/victoria-2007/record/"' in as_("convenor").get(FRONT).text


def test_who_answers_whom_stands_beside_each_statement(as_: As):
    said = articles(as_("observer").get(RECORD).text)
    assert "disputes Crabbe" in words(said["v006"])
    assert 'href="#v004"' in said["v006"]
    assert re.findall(r'href="#(v\d+)">(\w+)</a>', said["v060"]) == [
        ("v047", "Gantz"),
        ("v053", "Kinsman"),
        ("v054", "Kinsman"),
    ]
    assert words(said["v004"]).startswith(
        'aria-labelledby="by-v004"> builds on the table Aversion to casualties, and distaste for… Ray Crabbe'
    )
    assert 'href="../agreement/#v003"' in said["v004"]


def test_a_statement_that_cites_a_source_names_it_and_leads_to_it(as_: As, victoria: Event):
    said, source = victoria.contributions.get(key="v097"), victoria.sources.first()
    assert source
    source.author, source.title, source.year, source.url = "A. Author", "A report", 2006, "https://example.org/report"
    source.save()
    Relation.objects.create(source_statement=said, kind="cites", to_source=source, position=9)
    page = articles(as_("observer").get(RECORD).text)
    assert '>cites <a href="https://example.org/report">A. Author, A report (2006)</a>' in page["v097"]
    source.url = "javascript:alert(1)"
    source.save()
    assert "javascript" not in as_("observer").get(RECORD).text


def test_a_speaker_who_goes_on_is_named_once(as_: As):
    said = articles(as_("observer").get(RECORD).text)
    assert "Ray Crabbe" in said["v027"]
    assert "Ray Crabbe" not in said["v028"]  # builds on v027, by the same


def test_ones_own_words_are_marked_as_ones_own(as_: As):
    page = articles(as_("participant").get(RECORD).text)
    assert '<b class="who">you</b>' in page["v004"]
    assert "disputes you" in words(page["v006"])


def test_without_names_no_name_affiliation_or_key_reaches_the_table(as_: As, victoria: Event):
    Event.objects.update(attribution="unnamed")
    page = as_("observer").get(RECORD).text
    staff = as_("moderator").get(RECORD).text
    assert CRABBE_SAYS in page
    assert page.count("one participant") > 78
    for attendee in victoria.attendees.all():
        for told in filter(None, (attendee.name, attendee.name.split()[-1], attendee.affiliation)):
            assert not re.search(rf"\b{re.escape(told)}\b", page), told
    assert not re.search(r"\bv\d{3}\b", page)
    assert "Ray Crabbe" in staff  # staff see who: there was something to hide


def test_without_names_nothing_tells_that_one_speaker_goes_on(as_: As):
    Event.objects.update(attribution="unnamed")
    assert "continues" not in as_("observer").get(RECORD).text
    assert "continues" in as_("moderator").get(RECORD).text


@pytest.mark.parametrize(
    ("change", "mark", "readers"),
    [
        ({"released": False}, "not released yet", {"moderator", "rapporteur", "participant"}),
        ({"attribution": "off_record"}, "off the record", {"moderator", "rapporteur", "participant"}),
    ],
)
def test_what_is_withheld_is_read_by_its_author_and_staff_alone(change: dict, mark: str, readers: set[str], as_: As):
    Contribution.objects.filter(key="v004").update(**change)
    pages = {role: as_(role).get(RECORD).text for role in TABLE}
    assert {role for role in TABLE if CRABBE_SAYS in pages[role]} == readers
    assert {role for role in TABLE if mark in pages[role]} == readers
    others = articles(pages["second-participant"])
    assert len(others) == 77
    assert "disputes" not in others["v006"]  # nor does a relation tell that something is there
    assert "77 statements that you may read" in pages["second-participant"]


def test_a_theme_can_be_read_alone(as_: As):
    page = as_("observer").get(RECORD + "?theme=rule-of-law").text
    assert list(articles(page)) == ["v067", "v068", "v069", "v070", "v071"]
    assert as_("observer").get(RECORD + "?theme=nothing").status_code == 404


def test_a_long_theme_comes_in_parts_and_no_statement_is_lost_or_doubled(as_: As, victoria: Event):
    grow(victoria, "political-will", 350)
    client = as_("observer")
    found: list[str] = []
    part = 1
    while part:
        page = client.get(f"{RECORD}?theme=political-will&part={part}").text
        found += articles(page)
        part = part + 1 if "Read on" in page else 0
        assert len(articles(page)) <= 200
    assert len(found) == len(set(found)) == 363
    assert len(articles(client.get(RECORD).text)) < 200  # the others wait behind their titles
    assert "g00349" in articles(client.get(RECORD + "?at=g00349").text)
    assert client.get(RECORD + "?at=g99999").status_code == 404


def test_what_lies_too_deep_in_an_exchange_is_folded(as_: As, victoria: Event):
    grow(victoria, "canada", 6, chained=True)
    page = as_("observer").get(RECORD + "?theme=canada").text
    assert "3 more in this exchange" in page
    folded = re.search(r"<details class=\"fold\">.*?</details>", page, re.DOTALL)
    assert folded
    assert list(articles(folded[0])) == ["g00003", "g00004", "g00005"]


def test_an_exchange_of_thousands_is_no_matter(as_: As, victoria: Event):
    grow(victoria, "canada", 3000, chained=True)
    assert "g02999" in articles(as_("observer").get(RECORD + "?at=g02999").text)


@pytest.mark.parametrize("rule", ["named", "chatham_house"])
def test_chain_of_one_speaker_is_read_in_parts(rule: str, as_: As, victoria: Event):
    grow(victoria, "canada", 1000, chained=True)
    one_speaker = victoria.attendees.get(key="crabbe").pk
    Authorship.objects.filter(contribution__key__startswith="g").update(attendee=one_speaker)
    victoria.sessions.update(attribution=rule)
    client = as_("moderator")  # sees who under every rule: one speaker's statements are one turn
    sizes, found, part = [], [], 1
    while part:
        page = client.get(f"{RECORD}?theme=canada&part={part}").text
        sizes.append(len(articles(page)))
        found += articles(page)
        part = part + 1 if "Read on" in page else 0
    assert len(found) == len(set(found)) == victoria.contributions.filter(item__key="canada").count()
    assert max(sizes) <= 2 * reading.PART


@pytest.mark.parametrize("url", [RECORD, AGREEMENT])
def test_the_number_of_queries_does_not_grow_with_the_record(url: str, as_: As, victoria: Event):
    client = as_("moderator")
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    grow(victoria, "political-will", 1000)
    finding = victoria.findings.get(key="v001")
    for n in range(40):
        finding.pk, finding.key, finding._state.adding = None, f"grown{n}", True
        finding.save()
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few) < 30


def test_a_time_is_told_where_the_event_takes_place(as_: As):
    Contribution.objects.filter(key="v004").update(at=datetime.datetime(2007, 2, 6, 18, 5, tzinfo=datetime.UTC))
    assert ">10:05</time>" in articles(as_("observer").get(RECORD).text)["v004"]


def test_without_names_no_exact_time_tells_who_spoke(as_: As):
    Contribution.objects.update(at=datetime.datetime(2007, 2, 6, 18, 5, tzinfo=datetime.UTC))
    Event.objects.update(attribution="unnamed")
    assert "10:05" in as_("moderator").get(RECORD).text
    assert "10:05" not in as_("observer").get(RECORD).text and "T18:05" not in as_("observer").get(RECORD).text


def test_markup_in_what_was_said_is_only_words(as_: As):
    Contribution.objects.filter(key="v004").update(text="<script>alert(1)</script>")
    page = as_("observer").get(RECORD).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


# ------------------------------------------------------------------ agreement


def test_the_table_of_findings_says_what_the_record_bears_out(as_: As):
    page = as_("observer").get(AGREEMENT).text
    rows = dict(re.findall(r'<tr role="row" id="([^"]+)">(.*?)</tr>', page, re.DOTALL))
    assert len(rows) == 26
    assert "Of 26 findings, the record bears out 0." in words(page)
    assert "two participants, 2 of 8, 1 of them with reservations" in words(rows["v001"])
    assert 'aria-label="two participants, 2 of 8, 1 of them with reservations: 1 supports, 1 with reservations, 6 silent"' in rows["v001"]
    bar = rows["v001"].partition("See who")[0]
    assert re.findall(r'class="cell (\w+)"', bar) == ["agree", "reservations"] + ["silent"] * 6
    assert "overclaims" in rows["v001"] and "overclaims" in rows["v002"]
    assert "As the rapporteur wrote it in 2007" in rows["v002"]
    assert "no agreement word, 0 of " in words(rows["v096"])


@pytest.mark.parametrize(
    ("rule", "readers"), [("named", TABLE), *((rule, STAFF) for rule in ("role", "unnamed", "chatham_house"))]
)
def test_who_is_behind_the_numbers_is_for_staff_unless_named(rule: str, readers: set[str], as_: As):
    Event.objects.update(attribution=rule)
    pages = {role: as_(role).get(AGREEMENT).text for role in TABLE}
    assert {role for role in TABLE if "See who" in pages[role]} == set(readers)
    assert {role for role in TABLE if "Jeremy Kinsman" in pages[role]} == set(readers)


def test_an_event_without_findings_says_what_will_stand_here(as_: As, victoria: Event):
    victoria.findings.all().delete()
    assert "Nothing has been found yet." in as_("observer").get(AGREEMENT).text


@given(st.lists(st.integers(0, 500), min_size=5, max_size=5))
def test_a_bar_has_a_cell_for_each_or_forty_in_proportion(numbers: list[int]):
    cells = shares(numbers)
    assert sum(cells) == min(sum(numbers), MOST_CELLS)
    assert [bool(cell) for cell in cells] == [bool(number) for number in numbers]
    assert cells == numbers or all(
        abs(cell - number * MOST_CELLS / sum(numbers)) < 4 for cell, number in zip(cells, numbers, strict=True)
    )


def test_a_bar_is_drawn_in_its_order_and_read_aloud():
    bar = drawn(Numbers(2, 1, 1, 0, 1, "several participants, 3 of 5"))
    assert bar.kinds == ["agree", "agree", "reservations", "disagree", "silent"]
    assert bar.label == "several participants, 3 of 5: 2 support, 1 with reservations, 1 opposes, 1 silent"


# ------------------------------------------------------------------ signing in, language, colours


def test_the_demos_button_signs_in_under_a_new_session(client: Client, people, settings):
    settings.DEMO = True
    sample = account("observer", is_sample=True)
    client.force_login(people["participant"])
    before = client.session.session_key
    answer = client.post(reverse("enter", args=["observer", entry_code("observer")]))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(sample.pk)
    assert client.session.session_key != before


def test_reading_the_entry_page_signs_nobody_in(client: Client, people, settings):
    settings.DEMO = True
    account("observer", is_sample=True)
    page = client.get(reverse("enter", args=["observer", entry_code("observer")])).text
    assert "You will be Account of observer" in words(page)
    assert page.count("<button>") == 1
    assert "sessionid" not in client.cookies


def test_the_demos_people_are_strangers_outside_the_demo(client: Client, victoria: Event, settings):
    sample = account("participant", is_sample=True)
    Attendee.objects.filter(key="crabbe").update(person=sample)
    client.force_login(sample)
    settings.DEMO = True
    assert client.get(AGREEMENT).status_code == 200
    settings.DEMO = False
    assert client.get(AGREEMENT).status_code == 403


def test_signing_out_ends_it(as_: As):
    client = as_("participant")
    assert client.get(AGREEMENT).status_code == 200
    client.post(reverse("sign-out"))
    assert client.get(AGREEMENT).status_code == 403


def test_a_chosen_language_is_kept_with_the_person_and_wins_over_the_browser(as_: As, people):
    client = as_("participant")
    assert '<html lang="fr"' in client.get("/", headers={"accept-language": "fr"}).text, "nothing chosen yet"
    client.post(reverse("language"), {"language": "fr", "next": "/"})
    people["participant"].refresh_from_db()
    assert people["participant"].language == "fr"
    answer = as_("participant").get("/", headers={"accept-language": "en"})  # another browser
    assert '<html lang="fr"' in answer.text
    assert answer.headers["Content-Language"] == "fr"


def test_a_visitors_language_is_kept_in_a_cookie(as_: As):
    client = as_("visitor")
    assert '<html lang="fr"' in client.get("/", headers={"accept-language": "fr"}).text
    client.post(reverse("language"), {"language": "en", "next": "/"})
    assert '<html lang="en"' in client.get("/", headers={"accept-language": "fr"}).text
    assert Person.objects.filter(language="fr").count() == 0


def test_the_chosen_colours_stand_on_the_page(as_: As):
    client = as_("visitor")
    for chosen, attribute in (("dark", ' data-theme="dark"'), ("light", ' data-theme="light"'), ("system", "")):
        client.post(reverse("theme"), {"theme": chosen, "next": "/"})
        assert f'<html lang="en"{attribute}>' in client.get("/").text


@pytest.mark.parametrize("door", ["language", "theme"])
def test_a_switch_leads_back_to_the_page_and_never_to_another_site(door: str, as_: As):
    def leads(target: str) -> str:
        answer = as_("visitor").post(reverse(door), {**DOORS[door].sent, "next": target})
        return answer.headers["Location"]

    assert leads(RECORD + "?theme=ngos") == RECORD + "?theme=ngos"
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", ""):
        assert leads(elsewhere) == "/"
    assert as_("visitor").post(reverse(door), {door: "klingon"}).status_code == 400


# ------------------------------------------------------------------ what went wrong


def test_each_error_says_what_happened_and_what_to_do(as_: As):
    client = as_("participant")
    told = {
        404: (client.get("/events/missing/"), "There is nothing here for you to read"),
        403: (as_("visitor").get(AGREEMENT), "sign in first"),
        400: (client.post(reverse("theme"), {"theme": "x"}), "could not be understood"),
        413: (
            client.post(reverse("language"), "language=" + "a" * 2**21, content_type=FORM),
            "What you sent is too large",
        ),
    }
    for status, (answer, sentence) in told.items():
        assert (answer.status_code, sentence in words(answer.text)) == (status, True)
        assert "<form" not in answer.text
        assert "Content-Security-Policy" in answer.headers


def test_too_often_says_how_long_to_wait(rf: RequestFactory):
    answer = errors.too_many(rf.get("/"), 30)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert "Wait 30 seconds, then try again." in words(answer.text)


def test_a_failure_is_told_without_a_database(rf: RequestFactory):
    answer = errors.failed(rf.get("/"))  # this test may not use the database: a query would fail it
    assert answer.status_code == 500
    assert "Something failed here" in answer.text


def test_a_view_that_fails_answers_with_that_page(as_: As, victoria: Event):
    victoria.sessions.update(attribution=None)
    Event.objects.update(time_zone="No/Where")
    Contribution.objects.filter(key="v004").update(at=datetime.datetime.now(datetime.UTC))
    answer = as_("observer", raise_request_exception=False).get(RECORD)
    assert answer.status_code == 500
    assert "Something failed here" in answer.text
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", DOORS)
def test_every_answer_carries_its_security_headers_and_nothing_inline(name: str, as_: As, settings):
    settings.DEMO = True
    account("participant", is_sample=True)
    for role in ("convenor", "visitor"):
        for method in ("get", "post", "put"):
            answer = getattr(as_(role), method)(address(name))
            csp = answer.headers["Content-Security-Policy"]
            assert "default-src 'self'" in csp
            assert "unsafe" not in csp
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            if name != "download":
                assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=", answer.text)
