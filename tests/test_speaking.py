"""Speaking at the table: what may be said, in answer to what, by whom, and that it is on record once."""

import datetime
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from dialogue.archive.dump import dump
from dialogue.discussion.models import Authorship, Contribution, Relation, RelationKind
from dialogue.events.models import Event
from dialogue.record.models import Deed, Entry, Stream
from tests.forms import amend, browser, do, entered, page, post, refusal, run, saved, say
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db

GONE = "What you answer is not there any more. Your words are kept: send them on their own."
CLOSED = "“Water” is closed. Keep your words: the moderator can open it again."


@pytest.fixture
def table() -> LiveTable:
    """The table under the open rule, with its first item open."""
    table = seated()
    table.run("open_item", "water")
    return table


def ties(said: Contribution) -> list[tuple[str, str]]:
    """What a statement does to others: [(relation, the words of the other or "")]."""
    return [
        (tie.kind, tie.to_contribution.text if tie.to_contribution else "")
        for tie in Relation.every.filter(source_statement=said).select_related("to_contribution")
    ]


def words_on_record() -> list[str]:
    return list(Contribution.every.order_by("position").values_list("text", flat=True))


# ------------------------------------------------------------------ who, and where


def test_only_who_takes_part_in_a_session_speaks_in_it(table: LiveTable):
    may = {"participant", "second-participant", "moderator"}
    for role in table.people:
        answer = say(table, role, f"Says the {role}.")
        assert answer.status_code == (200 if role in may else 403), role
    assert sorted(words_on_record()) == [f"Says the {role}." for role in sorted(may)]
    assert refusal(say(table, "observer")) == (403, "You may read here, but not speak.")
    assert refusal(say(table, "visitor")) == (
        403,
        "You are signed out. Your words are kept: sign in again, then send them.",
    )


def test_a_panelist_speaks_in_the_forum_and_a_visitor_there_is_asked_to_sign_in(table: LiveTable):
    table.run("open_item", "water", at="forum")
    assert saved(say(table, "panelist", session="forum")).session == table.session("forum")
    assert refusal(say(table, "visitor", session="forum")) == (403, "Sign in before you write.")
    assert refusal(say(table, "participant", session="forum")) == (403, "You may read here, but not speak.")


def test_one_speaks_on_an_item_while_it_is_open(table: LiveTable):
    assert refusal(say(table, "participant", item="air")) == (400, "“Air” is not open yet: the moderator opens it.")
    saved(say(table, "participant"))
    table.run("close_item", "water")
    assert refusal(say(table, "participant")) == (400, CLOSED)
    table.run("open_item", "water")
    saved(say(table, "participant"))
    assert Contribution.every.count() == 2


def test_who_has_no_seat_of_their_own_in_the_record_cannot_speak(table: LiveTable):
    person = table.person("participant")
    table.event.attendees.filter(person=person).update(person=None)
    table.event.passes.create(person=person, role="participant")
    assert refusal(say(table, "participant")) == (
        403, "You have no seat in the record of this event: the secretariat can give you one.",
    )  # fmt: skip


# ------------------------------------------------------------------ what


@pytest.mark.parametrize("kind", ["position", "question", "comment"])
def test_a_statement_is_a_position_a_question_or_a_comment(table: LiveTable, kind: str):
    assert saved(say(table, "participant", kind=kind)).kind == kind


def test_without_a_kind_it_is_a_comment_and_of_no_other_kind(table: LiveTable):
    assert saved(say(table, "participant", kind="")).kind == "comment"
    assert refusal(say(table, "participant", kind="motion")) == (400, "“motion” cannot be chosen here.")


def test_words_that_do_not_fit_are_refused_and_nothing_is_on_record(table: LiveTable):
    for text, told in [
        ("", "There are no words in it yet."),
        (" \n ", "There are no words in it yet."),
        ("a\0b", "The text holds signs that cannot be printed. Take them out, or type it anew."),
        ("a" * 5001, "The text is 1 character too long: 5000 fit."),
    ]:
        assert refusal(say(table, "participant", text)) == (400, told)
    assert (Contribution.every.count(), Deed.objects.count()) == (0, 0)
    assert saved(say(table, "participant", "a" * 5000)).text == "a" * 5000


def test_bytes_that_are_no_text_become_the_sign_for_that(table: LiveTable):
    """No browser sends them; a surrogate or a broken sequence is no character of any language."""
    client = browser(table, "participant")
    body = b"item=water&text=low%ED%A0%80%FF&key=" + table.key().encode()
    answer = client.post(
        "/events/rivers/table/table/say/", body, content_type="application/x-www-form-urlencoded",
        headers={"accept": "application/json"},
    )  # fmt: skip
    assert saved(answer).text == "low\ufffd\ufffd\ufffd\ufffd"


def test_what_is_said_stands_on_the_page_as_safe_html(table: LiveTable):
    said = saved(say(table, "participant", "An *accent*, <script>alert(1)</script> and\n\nhttps://example.org/?a&b"))
    assert (
        "<p>An <em>accent</em>, &lt;script&gt;alert(1)&lt;/script&gt; and</p>\n<p>"
        '<a href="https://example.org/?a&amp;b" rel="nofollow noopener noreferrer">https://example.org/?a&amp;b</a></p>'
    ) in page(table, "second-participant")
    assert f'id="said-{said.pk}" data-version="1"' in page(table, "observer")


def test_it_is_entered_for_the_table_the_staff_and_its_author_with_the_next_number(table: LiveTable):
    before = {stream.audience: stream.head for stream in Stream.objects.all()}
    said = saved(say(table, "participant"))
    person = f"person:{table.person('participant').pk}"
    entries = Entry.objects.filter(subject=said.pk).values_list("stream__audience", "number", "kind")
    assert sorted(entries) == [
        (person, 1, "contribution-made"),
        ("staff", before["staff"] + 1, "contribution-made"),
        ("table", before["table"] + 1, "contribution-made"),
    ]


# ------------------------------------------------------------------ what it does to others


def test_a_reply_says_what_it_does_and_may_do_two_things_to_two_statements(table: LiveTable):
    first = saved(say(table, "participant", "We were slow."))
    second = saved(say(table, "moderator", "We were too few."))
    both = saved(say(table, "second-participant", relation=["concedes", "disagrees"], to=[first.pk, second.pk]))
    assert ties(both) == [("concedes", "We were slow."), ("disagrees", "We were too few.")]
    assert both.thread.startswith(first.thread), "it hangs on the first that it answers"


def test_two_things_may_be_done_to_the_same_statement(table: LiveTable):
    first = saved(say(table, "participant", "We were slow."))
    reply = saved(say(table, "second-participant", relation=["concedes", "qualifies"], to=[first.pk] * 2))
    assert [kind for kind, _ in ties(reply)] == ["concedes", "qualifies"]
    same = saved(say(table, "second-participant", relation=["agrees", "agrees"], to=[first.pk] * 2))
    assert [kind for kind, _ in ties(same)] == ["agrees"], "the same thing twice is one thing"


@pytest.mark.parametrize("kind", [kind for kind in RelationKind.values if kind != "opens"])
def test_every_relation_of_the_record_can_be_chosen(table: LiveTable, kind: str):
    first = saved(say(table, "participant", "We were slow."))
    reply = saved(say(table, "second-participant", relation=kind, to=first.pk))
    assert ties(reply) == [(kind, "We were slow.")]


def test_none_is_forced(table: LiveTable):
    first = saved(say(table, "participant", "We were slow."))
    assert ties(saved(say(table, "second-participant"))) == []
    assert ties(saved(say(table, "second-participant", relation="", to=""))) == []
    assert ties(saved(say(table, "second-participant", relation="", to=first.pk))) == [
        ("responds_to", "We were slow."),
    ]  # fmt: skip
    assert ties(saved(say(table, "second-participant", relation="opens", to=""))) == [("opens", "")]


def test_one_answers_across_items_and_hangs_on_none_there(table: LiveTable):
    table.run("open_item", "air")
    first = saved(say(table, "participant", "We were slow."))
    reply = saved(say(table, "second-participant", item="air", relation="answers", to=first.pk))
    assert ties(reply) == [("answers", "We were slow.")]
    assert len(reply.thread) == 7, "first on its own item"
    assert f'href="/events/rivers/table/table/said/{first.pk}/"' in page(table, "observer", item="air")


def test_of_two_that_it_answers_it_hangs_on_the_one_of_its_own_item(table: LiveTable):
    table.run("open_item", "air")
    there, here = saved(say(table, "participant", item="air")), saved(say(table, "participant"))
    reply = saved(say(table, "moderator", relation=["agrees", "answers"], to=[there.pk, here.pk]))
    assert reply.thread.startswith(here.thread)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"relation": ["agrees", "answers"], "to": ["{first}"]}, "The list of what this answers is broken. Load the page again."),
        ({"relation": [], "to": ["{first}"]}, "The list of what this answers is broken. Load the page again."),
        ({"relation": "outdoes", "to": "{first}"}, "“outdoes” cannot be chosen here."),
        ({"relation": "agrees", "to": "first"}, "That is not there (any more). Load the page again."),
        ({"relation": "agrees", "to": ""}, "That is not there (any more). Load the page again."),
        ({"relation": "agrees", "to": "finding-"}, "That is not there (any more). Load the page again."),
        ({"relation": "agrees", "to": "00000000-0000-4000-8000-000000000000"}, GONE),
        ({"relation": "agrees", "to": "finding-00000000-0000-4000-8000-000000000000"}, GONE),
        ({"relation": ["agrees"] * 13, "to": [f"00000000-0000-4000-8000-{n:012}" for n in range(13)]}, "One statement relates to 12 others at most."),
    ],
)  # fmt: skip
def test_a_list_of_relations_that_cannot_be_is_refused(table: LiveTable, sent: dict, told: str):
    first = saved(say(table, "participant"))
    sent = json.loads(json.dumps(sent).replace("{first}", str(first.pk)))
    assert refusal(say(table, "second-participant", **sent)) == (400, told)
    assert (Contribution.every.count(), Relation.every.count()) == (1, 0)


def test_twelve_relations_fit(table: LiveTable):
    said = [saved(say(table, "participant", f"Number {n}.")) for n in range(12)]
    reply = saved(say(table, "second-participant", relation=["agrees"] * 12, to=[one.pk for one in said]))
    assert len(ties(reply)) == 12


def test_nobody_answers_what_is_not_for_them_to_see(table: LiveTable):
    """Another session's, what waits for its release, what was withdrawn or hidden: as if it had never been."""
    table.run("open_item", "water", at="forum")
    table.hold(release="with_item")
    others = {
        "of another session": saved(say(table, "panelist", session="forum")),
        "waiting": table.write_down("rapporteur", "cleo", "r1"),
        "withdrawn": saved(say(table, "participant")),
        "hidden": saved(say(table, "participant")),
    }
    do(table, "participant", others["withdrawn"], "withdraw")
    do(table, "moderator", others["hidden"], "hide")
    for what, other in others.items():
        answer = say(table, "second-participant", relation="agrees", to=other.pk)
        assert (what, refusal(answer)) == (what, (400, GONE))
    assert Relation.every.count() == 0
    assert ties(saved(say(table, "moderator", relation="agrees", to=others["waiting"].pk))) == [
        ("agrees", "What r1q says: r1v0."),
    ], "who sees it may"  # fmt: skip


def test_the_speaker_of_what_waits_may_answer_it(table: LiveTable):
    table.hold(release="with_item")
    waiting = table.write_down("rapporteur", "ada", "r1")
    assert ties(saved(say(table, "participant", relation="qualifies", to=waiting.pk)))[0][0] == "qualifies"


# ------------------------------------------------------------------ when


def test_only_who_records_says_when_something_was_said(table: LiveTable):
    before = timezone.now()
    said = saved(say(table, "participant", at="2026-03-01T09:30"))
    assert said.at is not None and said.at >= before
    mine = saved(say(table, "moderator", at="2026-03-01T09:30"))
    assert mine.at == datetime.datetime(2026, 3, 1, 8, 30, tzinfo=datetime.UTC), "in the event’s time zone"


@pytest.mark.parametrize(
    "at",
    ["25:00", "9", "soon", "2026-13-01T00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "14:05\0"],
)
def test_a_time_that_is_none_or_still_to_come_is_refused(table: LiveTable, at: str):
    assert refusal(say(table, "moderator", at=at))[0] == 400
    assert Contribution.every.count() == 0


def test_a_time_of_the_distant_past_breaks_no_page(table: LiveTable):
    Event.objects.update(time_zone="America/Vancouver")  # where that day is in a year before the first
    answer = say(table, "moderator", at="0001-01-01T00:00:00+00:00")
    assert answer.status_code in (200, 400)
    assert page(table, "observer")


# ------------------------------------------------------------------ once


def test_the_same_words_under_the_same_key_are_one_statement_and_one_answer(table: LiveTable):
    answers = [say(table, "participant", key="the-same-key") for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert Contribution.every.count() == 1
    assert entered(table, "table").count("contribution-made") == 1, "a resend leaves no gap and takes no number"


@pytest.mark.parametrize(
    "other",
    [{"text": "Other words."}, {"kind": "position"}, {"attribution": "unnamed"}, {"relation": "opens", "to": ""}],
)
def test_other_words_under_the_same_key_are_refused(table: LiveTable, other: dict):
    first = saved(say(table, "participant", key="the-same-key"))
    told = "Something else was sent from this form already. Your words are kept: send them again."
    assert refusal(say(table, "participant", **{"key": "the-same-key", **other})) == (409, told)
    assert list(Contribution.every.all()) == [first]
    assert saved(say(table, "participant", key="the-same-key")) == first, "the first words are still there"


def test_the_same_key_is_another_ones_own_and_another_sessions_own(table: LiveTable):
    table.run("open_item", "water", at="forum")
    said = {
        saved(say(table, role, key="the-same-key", session=at))
        for role, at in (("participant", ""), ("moderator", ""), ("moderator", "forum"))
    }
    assert len(said) == 3


def test_a_resend_is_answered_after_the_item_has_closed_and_after_the_words_were_changed(table: LiveTable):
    first = saved(say(table, "participant", key="the-same-key"))
    amend(table, "participant", first, "Other words.")
    table.run("close_item", "water")
    assert saved(say(table, "participant", key="the-same-key")) == first
    do(table, "participant", first, "withdraw")
    assert saved(say(table, "participant", key="the-same-key")) == first
    assert refusal(say(table, "participant")) == (400, CLOSED)


def test_a_resend_is_not_answered_to_who_was_removed_meanwhile(table: LiveTable):
    saved(say(table, "participant", key="the-same-key"))
    table.session().memberships.filter(attendee__key="ada").delete()
    assert say(table, "participant", key="the-same-key").status_code == 403


@pytest.mark.parametrize("key", ["short", "a" * 65, "with space", "ключ-ключ", "semi;colon", "line\nbreak"])
def test_a_key_is_eight_to_sixty_four_plain_signs(table: LiveTable, key: str):
    assert refusal(say(table, "participant", key=key)) == (
        400, "The key of this form is not one of ours. Load the page again.",
    )  # fmt: skip


def test_a_form_without_a_key_speaks_each_time_that_it_is_sent(table: LiveTable):
    for _ in range(2):
        saved(say(table, "participant", key=None))
    assert Contribution.every.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_five_that_send_the_same_words_at_once_have_one_answer():
    table = seated()
    table.run("open_item", "water")
    clients = [table.client("participant") for _ in range(5)]
    together = threading.Barrier(5)

    def send(client) -> bytes:
        together.wait()
        sent = {"key": "the-same-key", "item": "water", "text": "The river is low."}
        try:
            return client.post("/events/rivers/table/table/say/", sent, headers={"accept": "application/json"}).content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as threads:
        answers = set(threads.map(send, clients))
    assert answers == {json.dumps({"saved": str(Contribution.every.get().pk)}).encode()}
    assert Entry.objects.filter(kind="contribution-made", stream__audience="table").count() == 1


# ------------------------------------------------------------------ without scripts


def test_a_page_without_scripts_sends_the_form_and_comes_back_with_a_message(table: LiveTable):
    answer = say(table, "participant", script=False)
    said = Contribution.every.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/events/rivers/table/table/?item=water#s-{said.pk}"
    assert "It is on record." in page(table, "participant")
    assert "It is on record." not in page(table, "participant"), "once"


def test_what_cannot_be_taken_comes_back_with_its_words_and_everything_that_was_chosen(table: LiveTable):
    first, second = saved(say(table, "moderator", "We were slow.")), saved(say(table, "moderator", "We were too few."))
    table.run("close_item", "water")
    answer = say(
        table, "participant", "Words of mine & <others>.", script=False, kind="question", attribution="unnamed",
        relation=["concedes", "disagrees"], to=[first.pk, second.pk], key="the-key-of-this-form",
    )  # fmt: skip
    assert answer.status_code == 422
    form = answer.text[answer.text.index('<form id="say"') :]
    assert CLOSED in form
    assert ">Words of mine &amp; &lt;others&gt;.</textarea>" in form
    assert '<option value="question" selected>' in form
    assert '<option value="unnamed" selected>' in form
    assert '<input type="hidden" name="key" value="the-key-of-this-form">' in form
    rows = form[form.index('<ol class="relations">') : form.index("</ol>")]
    assert rows.count("<li>") == 2
    assert rows.index(f'name="to" value="{first.pk}"') < rows.index(f'name="to" value="{second.pk}"')
    assert rows.count(" selected>") == 2
    assert '<option value="concedes" selected>' in rows and '<option value="disagrees" selected>' in rows
    assert "We were slow." in rows and "We were too few." in rows
    assert Contribution.every.count() == 2


def test_other_words_from_a_form_sent_before_come_back_with_a_fresh_key(table: LiveTable):
    """Sent, gone back, written anew, sent again: no browser without scripts knows that it needs another key."""
    say(table, "participant", script=False, key="the-same-key")
    answer = say(table, "participant", "Written anew.", script=False, key="the-same-key")
    assert answer.status_code == 409
    assert ">Written anew.</textarea>" in answer.text
    assert "Something else was sent from this form already." in answer.text
    assert 'value="the-same-key"' not in answer.text
    assert words_on_record() == ["The river is low."]


def test_who_may_not_speak_is_told_so_by_a_page(table: LiveTable):
    answer = say(table, "observer", script=False)
    assert answer.status_code == 403
    assert "This is for the members of the table" in answer.text


def test_the_chapters_record_has_what_was_said(table: LiveTable):
    first = saved(say(table, "participant", "We were slow.", kind="position"))
    saved(say(table, "second-participant", "We were too few.", relation="qualifies", to=first.pk))
    told = [(one["by"], one["text"], one["recorded"], one["released"]) for one in dump(table.event)["contributions"]]
    assert told == [("ada", "We were slow.", False, True), ("ben", "We were too few.", False, True)]
    assert Authorship.objects.count() == 2
    assert post(table, "participant", "looked/", heads="{}").status_code == 200
    assert run(table, "moderator", "close", item="water").status_code == 200
