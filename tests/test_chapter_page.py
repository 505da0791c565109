"""The chapter as a page and as one HTML file: who reads what, where a sentence leads, and nothing that breaks out."""

import copy
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from dialogue.archive import load
from dialogue.discussion.models import Contribution
from dialogue.events.models import Event, Session
from dialogue.report import html
from dialogue.report.actions import publish
from dialogue.report.compile import compile
from dialogue.report.formats import FORMATS
from dialogue.report.tree import Link, Paragraph, Report, Sentence, Text
from dialogue.restricter import restricter
from tests import trees

VOID = {"meta", "col", "br", "link", "input", "hr", "img"}
CHAPTER = "/events/victoria-2007/chapter/"
As = Callable[..., Client]


class Walk(HTMLParser):
    """What stands in a page: its elements in order, the ids, the links, the text; unbalanced tags are an error."""

    def __init__(self, page: bytes | str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page.decode() if isinstance(page, bytes) else page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    def all(self, attribute: str) -> list[str]:
        return [attrs[attribute] for _tag, attrs in self.elements if attribute in attrs]

    @property
    def text(self) -> str:
        return "".join(self.words)

    @property
    def levels(self) -> list[int]:
        return [int(tag[1]) for tag, _attrs in self.elements if re.fullmatch(r"h[1-6]", tag)]


def check(page: Walk) -> None:
    """Every id once, every inner link somewhere, one h1, no heading level skipped, no style attribute."""
    ids = page.all("id")
    inner = [href[1:] for href in page.all("href") if href.startswith("#")]
    assert [one for one in ids if ids.count(one) > 1] == []
    assert [one for one in inner if one not in ids] == []
    assert inner
    assert page.levels.count(1) == 1
    assert [(one, after) for one, after in zip(page.levels, page.levels[1:], strict=False) if after > one + 1] == []
    assert page.all("style") == []


def sentences(value: Any) -> Iterator[Sentence]:
    if isinstance(value, Sentence):
        yield value
    if isinstance(value, list):
        for one in value:
            yield from sentences(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from sentences(getattr(value, one.name))


# ------------------------------------------------------------------ the file


@pytest.mark.parametrize("tree", [trees.chapter(), trees.chapter("Draft"), trees.french()], ids=["en", "draft", "fr"])
def test_in_the_file_of_a_made_up_chapter_every_link_resolves_and_every_id_is_unique(tree: Report) -> None:
    check(Walk(html.write(tree)))


def test_in_the_file_of_victoria_every_sentence_leads_to_its_statements_and_back(victoria: Event) -> None:
    report = compile(victoria)
    page = Walk(html.write(report))
    check(page)
    resting = [one for one in sentences(report) if one.statements]
    spans = [attrs for tag, attrs in page.elements if attrs.get("class") == "sentence"]
    rings = [attrs["href"] for tag, attrs in page.elements if tag == "a" and attrs.get("class") == "behind"]
    rows = [f"basis-{statement}" for one in resting for statement in one.statements]
    assert len(resting) == 100
    assert [span["data-statements"] for span in spans] == [" ".join(one.statements) for one in resting]
    assert [span["id"] for span in spans] == [one.anchors[0] for one in resting]
    assert rings == [f"#basis-{one.statements[0]}" for one in resting]
    assert set(rows) <= set(page.all("id"))  # whoever wants the others finds their rows as well


def test_the_file_needs_nothing_else_and_is_the_same_twice(victoria: Event) -> None:
    once, twice = html.write(compile(victoria)), html.write(compile(victoria))
    page = Walk(once)
    assert once == twice
    assert {"script", "link", "img", "iframe"} & {tag for tag, _attrs in page.elements} == set()
    assert page.all("src") == []
    assert b"url(" not in once and b"@import" not in once
    assert ("html", {"lang": "en"}) in page.elements
    assert ("meta", {"name": "author", "content": compile(victoria).author}) in page.elements


def test_a_note_stands_once_and_a_second_call_leads_to_it_without_an_id_of_its_own() -> None:
    page = Walk(html.write(trees.chapter()))
    calls = [attrs for _tag, attrs in page.elements if attrs.get("class") == "call" and attrs["href"] == "#note-1"]
    assert [call.get("id") for call in calls] == ["call-1", None, None]  # in the text, again, in another note
    assert page.all("id").count("note-1") == 1
    assert page.all("href").count("#call-1") == 1


def test_a_table_says_what_it_is_and_which_cells_head_it() -> None:
    written = html.write(trees.chapter()).decode()
    assert "<caption>What the words of agreement mean</caption>" in written
    assert written.count('<th scope="col">') == 6
    assert '<tr id="legend-most"><th scope="row" data-column="Words">most</th>' in written


# ------------------------------------------------------------------ what must not break out

HOSTILE = [
    "</p><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)",
    "<img src=x onerror=alert(1)>",
    "</style><svg onload=alert(1)>",
    "--><iframe srcdoc=x>",
    "&lt;script&gt;&amp;",
    "{{ 7|add:7 }}{% debug %}",
    "javascript:alert(1)",
    "\x00\x1b\u2028\ud800",
    trees.HOSTILE,
]
# How a tree is put together; all its other text is somebody's words.
FIXED = {"language", "state", "date"}


def poison(value: Any, hostile: str) -> Any:
    """The same tree with hostile words before every text in it, anchors and addresses included."""
    if isinstance(value, list):
        return [hostile + one if isinstance(one, str) else poison(one, hostile) for one in value]
    if is_dataclass(value):
        for one in fields(value):
            inside = getattr(value, one.name)
            if isinstance(inside, str) and one.name not in FIXED and not (one.name == "kind" and inside in html.LISTS):
                setattr(value, one.name, hostile + inside)
            elif isinstance(inside, dict):
                setattr(value, one.name, {key: hostile + words for key, words in inside.items()})
            elif not isinstance(inside, str):
                poison(inside, hostile)
            if isinstance(inside, list):
                setattr(value, one.name, poison(inside, hostile))
    return value


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_anywhere_in_the_tree_stay_words(hostile: str) -> None:
    clean, poisoned = trees.chapter("Draft"), poison(trees.chapter("Draft"), hostile)
    assert poisoned != clean
    for written in (html.write(poisoned), str(html.parts(poisoned, "/behind/?of=").body).encode()):
        page = Walk(written)
        tags = {tag for tag, _attrs in page.elements}
        names = {name for _tag, attrs in page.elements for name in attrs}
        assert tags & {"script", "img", "svg", "iframe"} == set()
        assert {name for name in names if name.startswith("on")} | names & {"style", "srcdoc", "src"} == set()
        schemes = {href.split(":")[0] for href in page.all("href") if not href.startswith(("#", "/"))}
        assert schemes <= {"https"}


def test_hostile_words_are_there_to_be_read() -> None:
    page = Walk(html.write(poison(trees.chapter(), HOSTILE[0])))
    assert page.text.count("</p><script>alert(1)</script>") > 100


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "data:text/html,x", " https://a.example", "//a.example", "file:///etc", "#nowhere"],
)
def test_a_link_that_is_no_web_address_and_leads_to_no_place_is_printed_as_words(target: str) -> None:
    tree = trees.chapter()
    tree.sections[0].blocks = [
        Paragraph([Link("look here", target), Text("; "), Link("there", "https://b.example/?a&b")])
    ]
    written = html.write(tree).decode()
    assert '<p>look here; <a href="https://b.example/?a&amp;b" rel="noreferrer">there</a></p>' in written


# ------------------------------------------------------------------ who reads which chapter


def test_the_table_reads_the_chapter_as_it_stands_and_a_visitor_nothing_before_it_is_published(
    victoria: Event, as_: As
) -> None:
    for role in ("convenor", "moderator", "rapporteur", "participant", "observer"):
        page = as_(role).get(CHAPTER)
        assert page.status_code == 200
        assert "As the record stands now" in page.content.decode()
    for role in ("visitor", "mallory", "panelist"):
        assert [as_(role).get(CHAPTER + path).status_code for path in ("", "behind/?of=v005", "download/md/")] == [
            403
        ] * 3


def test_the_page_of_victoria_has_one_of_every_id_and_every_link_leads_somewhere(victoria: Event, as_: As) -> None:
    page = Walk(as_("participant").get(CHAPTER).content)
    check(page)
    asked = [attrs for tag, attrs in page.elements if attrs.get("class") == "behind"]
    resting = [one for one in sentences(compile(victoria)) if one.statements]
    assert [one["href"] for one in asked] == [f"{CHAPTER}behind/?of={','.join(one.statements)}" for one in resting]
    assert asked[0]["aria-label"] == "2 statements behind this sentence"


def test_the_page_says_once_what_a_ring_is_for_and_the_file_leaves_it_to_the_annex(victoria: Event, as_: As) -> None:
    hint = "Press a sentence, or the ° at its end"
    assert as_("participant").get(CHAPTER).content.decode().count(hint) == 1
    assert hint not in html.write(compile(victoria)).decode()


def test_everyone_reads_the_newest_version_as_it_was_frozen(victoria: Event, as_: As) -> None:
    publish(victoria, None)
    victoria.title = "Another title"
    victoria.save()
    visitor, member = as_("visitor"), as_("participant")
    assert "<h1>Future challenges of UN peacekeeping</h1>" in visitor.get(CHAPTER).content.decode()
    assert "<h1>Another title</h1>" in member.get(CHAPTER).content.decode()
    assert "<h1>Future challenges of UN peacekeeping</h1>" in member.get(CHAPTER + "?version=1").content.decode()


def test_only_the_table_reads_a_version_that_another_has_followed(victoria: Event, as_: As) -> None:
    publish(victoria, None)
    publish(victoria, None)
    visitor, member = as_("visitor"), as_("participant")
    assert [visitor.get(f"{CHAPTER}?version={one}").status_code for one in ("1", "2", "3", "x", "9" * 30)] == [
        404, 200, 404, 404, 404,
    ]  # fmt: skip
    older = member.get(CHAPTER + "?version=1")
    assert older.status_code == 200
    assert "A newer version is out." in older.content.decode()


def test_an_event_that_one_may_not_know_of_has_no_chapter_there(elsewhere: Event, as_: As) -> None:
    assert as_("convenor").get("/events/elsewhere/chapter/").status_code == 404
    assert as_("mallory").get("/events/elsewhere/chapter/").status_code == 200


def test_a_chapter_that_cannot_be_made_says_why_to_the_staff_only(victoria_record: dict, as_: As) -> None:
    record = copy.deepcopy(victoria_record)
    record["event"]["attribution"] = "chatham_house"
    for session in record["sessions"]:
        session["attribution"] = None
    record["paragraphs"][0]["text"] = "There was Crabbe."
    load.load(record, replace=True)
    told = as_("convenor").get(CHAPTER)
    assert told.status_code == 409
    assert "Crabbe" in told.content.decode()


# ------------------------------------------------------------------ what stands behind a sentence


def ask(client: Client, of: str, **headers: str) -> tuple[int, str]:
    answer = client.get(f"{CHAPTER}behind/", {"of": of}, headers={"HX-Request": "true", **headers})
    return answer.status_code, re.sub(r"\s+", " ", Walk(answer.content).text).strip()


def test_a_member_sees_who_said_it_the_words_and_how_it_stands_to_others(victoria: Event, as_: As) -> None:
    status, told = ask(as_("observer"), "v006")
    words = Contribution.objects.get(key="v006").text
    assert (status, told) == (
        200,
        f"Jeremy Kinsman {words} disputes Crabbe Position, Political will · in the record v006",
    )


def test_without_htmx_it_is_a_whole_page_with_the_way_back(victoria: Event, as_: As) -> None:
    page = as_("participant").get(f"{CHAPTER}behind/?of=v005,v006")
    walked = Walk(page.content)
    assert page.status_code == 200
    assert "The 2 statements behind the sentence" in walked.text
    assert CHAPTER in walked.all("href")
    assert walked.levels.count(1) == 1


def test_a_member_sees_ones_own_words_as_theirs(victoria: Event, as_: As) -> None:
    assert ask(as_("second-participant"), "v006")[1].startswith("Jeremy Kinsman you ")


def test_a_finding_shows_what_it_claims_and_what_the_record_reaches(victoria: Event, as_: As) -> None:
    status, told = ask(as_("participant"), "v002")
    assert status == 200
    assert told.startswith("A finding of the rapporteur ")
    assert "and the record" in told


@pytest.mark.parametrize(
    "of", ["", ",", "nope", "v999", "%00", "V005", "v005 v006", "x" * 3000, ",".join("abcdefgh" * 9)]
)
def test_labels_that_are_none_get_a_calm_answer(victoria: Event, as_: As, of: str) -> None:
    status, told = ask(as_("participant"), of)
    assert (status, told.startswith("What stood behind this sentence is not here")) == (404, True)


def test_off_the_record_is_known_to_nobody_but_its_author_and_those_who_may(victoria: Event, as_: As) -> None:
    Contribution.objects.filter(key="v006").update(attribution="off_record")
    label = label_of(victoria, "v006")
    assert [ask(as_(role), label)[0] for role in ("participant", "observer", "convenor")] == [404] * 3
    assert [ask(as_(role), label)[0] for role in ("second-participant", "moderator")] == [200] * 2


def test_words_of_a_session_that_one_does_not_sit_in_stay_there(victoria: Event, as_: As) -> None:
    forum = victoria.sessions.get(key="forum")
    Contribution.objects.filter(key="v006").update(session=forum)
    words = Contribution.objects.get(key="v006").text
    assert words in ask(as_("observer"), "v006")[1]
    Session.objects.update(access="closed")
    status, told = ask(as_("participant"), "v006")
    assert (status, words in told) == (403, False), "the chapter draws on both tables, and this reader sits at one"


def label_of(event: Event, key: str) -> str:
    one = event.contributions.select_related("session").get(key=key)
    rules = restricter(event)
    return rules.label(key, rules.regime(one.session.key, one.attribution))


def test_under_a_strict_rule_a_member_sees_no_name_and_asks_by_codes_that_tell_nothing(
    victoria_record: dict, victoria: Event, as_: As
) -> None:
    Event.objects.update(attribution="unnamed")
    victoria.refresh_from_db()
    code = label_of(victoria, "v006")
    assert re.fullmatch("s[0-9a-f]{12}", code)
    assert ask(as_("participant"), "v006")[0] == 404
    assert ask(as_("participant"), code)[1].startswith("one participant We may be making")
    assert (
        "disputes one participant" in ask(as_("participant"), code)[1]
        or "disputes you" in ask(as_("participant"), code)[1]
    )
    assert ask(as_("moderator"), code)[1].startswith("Jeremy Kinsman ")


def test_a_visitor_sees_of_a_statement_what_the_published_annex_prints_and_nothing_that_came_later(
    victoria: Event, as_: As
) -> None:
    publish(victoria, None)
    printed = Contribution.objects.get(key="v006").text
    Contribution.objects.filter(key="v006").update(text="Said differently today.")
    status, told = ask(as_("visitor"), "v006")
    assert status == 200
    assert printed in told
    assert "differently" not in told
    assert ask(as_("participant"), "v006")[1].count("Said differently today.") == 1
    in_no_sentence = set(Contribution.objects.values_list("key", flat=True)) - printed_labels(victoria)
    assert [ask(as_("visitor"), key)[0] for key in sorted(in_no_sentence)] == [404] * len(in_no_sentence)


def test_a_visitor_sees_the_bar_of_a_finding_as_it_was_printed(victoria: Event, as_: As) -> None:
    publish(victoria, None)
    as_it_was = ask(as_("visitor"), "v002")
    victoria.stances.all().delete()
    assert "too few positions to characterise, 1 of 8" in as_it_was[1]
    assert ask(as_("visitor"), "v002") == as_it_was


def printed_labels(event: Event) -> set[str]:
    annex = compile(event).annexes[-1]
    return {anchor.removeprefix("basis-") for table in annex.blocks for anchor in getattr(table, "anchors", [])}


def test_under_the_chatham_house_rule_a_visitor_learns_neither_who_nor_the_words(victoria: Event, as_: As) -> None:
    Event.objects.update(attribution="chatham_house")
    victoria.refresh_from_db()
    report = compile(victoria)
    publish(victoria, None)
    words = list(Contribution.objects.values_list("text", flat=True))
    names = [one.name.split()[-1] for one in victoria.attendees.all()]
    labels = sorted({label for one in sentences(report) for label in one.statements})
    assert len(labels) > 50
    told = " ".join(ask(as_("visitor"), ",".join(labels[at : at + 20]))[1] for at in range(0, len(labels), 20))
    assert "One participant" in told
    assert [one for one in [*words, *names] if one in told] == []


# ------------------------------------------------------------------ files, and publishing


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("pdf", "odt", "epub")])
def test_a_file_has_a_readable_name_and_its_media_type(victoria: Event, as_: As, name: str) -> None:
    answer = as_("participant").get(f"{CHAPTER}download/{name}/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == FORMATS[name].media_type
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="victoria-2007-chapter.{FORMATS[name].suffix}"'
    )


def test_a_visitor_takes_the_published_version_away_byte_for_byte(victoria: Event, as_: As) -> None:
    made = publish(victoria, None)
    Event.objects.update(title="Another title")
    assert as_("visitor").get(f"{CHAPTER}download/json/").content.decode() == made.content


def test_a_format_that_is_none_is_not_there(victoria: Event, as_: As) -> None:
    assert as_("participant").get(f"{CHAPTER}download/exe/").status_code == 404


def test_a_chapter_in_two_languages_offers_both_and_its_file_says_which_it_is(victoria_record: dict, as_: As) -> None:
    record = copy.deepcopy(victoria_record)
    paragraph = record["paragraphs"][0]
    original = hashlib.sha256(paragraph["text"].encode()).hexdigest()
    translated = {"of": paragraph["id"], "language": "fr", "text": "Depuis peu, tout a changé.", "original": original}
    record["translations"].append(translated)
    load.load(record, replace=True)
    page = as_("convenor").get(f"{CHAPTER}?language=fr").content.decode()
    assert '<article class="chapter" lang="fr">' in page
    assert "Depuis peu, tout a changé." in page
    assert '<a href="/events/victoria-2007/chapter/?language=en" lang="en" hreflang="en">English</a>' in page
    file = as_("convenor").get(f"{CHAPTER}download/html/?language=fr")
    assert file.headers["Content-Disposition"] == 'attachment; filename="victoria-2007-chapter-fr.html"'
    assert '<html lang="fr">' in file.content.decode()


def test_a_language_that_the_chapter_has_not_is_refused_with_a_page(victoria: Event, as_: As) -> None:
    assert [as_("convenor").get(f"{CHAPTER}{path}?language=fr").status_code for path in ("", "download/md/")] == [
        409
    ] * 2


def test_only_a_convenor_publishes_and_nothing_is_published_by_looking(victoria: Event, as_: As) -> None:
    for role in ("moderator", "rapporteur", "participant", "observer", "panelist", "visitor", "mallory"):
        client = as_(role)
        assert [client.get(CHAPTER + "publish/").status_code, client.post(CHAPTER + "publish/").status_code] == [
            403
        ] * 2
    assert as_("convenor").get(CHAPTER + "publish/").status_code == 200
    assert victoria.publications.count() == 0


def test_publishing_once_makes_one_version_however_often_it_is_sent(victoria: Event, as_: As) -> None:
    convenor = as_("convenor")
    answers = [convenor.post(CHAPTER + "publish/", {"follows": "0"}) for _again in range(2)]
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [
        (302, f"{CHAPTER}?version=1"), (302, CHAPTER),
    ]  # fmt: skip
    assert [one.version for one in victoria.publications.all()] == [1]
    assert "Nothing has changed" in convenor.get(CHAPTER + "publish/").content.decode()


def test_a_draft_is_not_published_and_says_what_is_in_the_way(victoria: Event, as_: As) -> None:
    victoria.findings.update(reason="")
    convenor = as_("convenor")
    assert '<p class="draft">' in convenor.get(CHAPTER).content.decode()
    assert "cannot be published yet" in convenor.get(CHAPTER + "publish/").content.decode()
    refused = convenor.post(CHAPTER + "publish/", {"follows": "0"})
    assert (refused.status_code, victoria.publications.count()) == (409, 0)
