"""What is written down for those who spoke: when it is seen, whose word settles it, spans, and off the record."""

import datetime
import zoneinfo
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from dialogue.archive.dump import dump
from dialogue.discussion.actions import Words
from dialogue.discussion.models import Authorship, Contribution, FormerWords, Relation, Span
from dialogue.discussion.words import as_html
from dialogue.positions.agreement import agreement
from dialogue.positions.models import Finding, FindingBasis, FormerStance, Stance
from dialogue.record.actions import digest, sealed
from dialogue.record.models import Deed
from dialogue.report.compile import compile
from dialogue.report.tree import as_json
from tests.forms import amend, browser, do, entered, of, page, refusal, run, saved, say, stand
from tests.tables import NAMES, LiveTable, seated

pytestmark = pytest.mark.django_db

TABLE = ("second-participant", "observer", "convenor")
STAFF = ("moderator", "rapporteur")
NOT_RELEASED = '<span class="mark">not released yet</span>'
WORDS = "Words that stand nowhere elseq"


@pytest.fixture
def table() -> LiveTable:
    table = seated()
    table.run("open_item", "water")
    return table


def written(
    table: LiveTable, speaker: str = "ada", text: str = WORDS, role: str = "rapporteur", **sent: Any
) -> Contribution:
    """What the rapporteur writes down for somebody."""
    return saved(say(table, role, text, for_=speaker, **sent))


def now(said: Contribution) -> Contribution:
    return Contribution.every.get(pk=said.pk)


def reads(table: LiveTable, words: str = WORDS) -> set[str]:
    """Who of the cast finds the words on their page, or is told that something is there."""
    return {role for role in (*TABLE, *STAFF, "participant") if words in page(table, role)}


# ------------------------------------------------------------------ who writes down, and for whom


def test_who_runs_or_records_the_table_writes_down_what_others_said(table: LiveTable):
    for role in table.people:
        answer = say(table, role, f"Written by the {role}.", for_="cleo")
        assert answer.status_code == (200 if role in STAFF else 403), role
    said = Contribution.every.order_by("position").select_related("authorship__attendee")
    assert [(one.text, one.recorded, one.authorship.attendee.key) for one in said] == [
        (f"Written by the {role}.", True, "cleo") for role in table.people if role in STAFF
    ]


def test_it_is_marked_as_spoken_and_written_down(table: LiveTable):
    said = written(table)
    for role in (*TABLE, *STAFF):
        assert '<span class="mark">spoken, written down</span>' in page(table, role)
    assert NAMES["ada"] in page(table, "observer")
    assert now(said).confirmed is False


def test_the_rapporteur_has_no_words_of_their_own(table: LiveTable):
    assert refusal(say(table, "rapporteur")) == (403, "You may read here, but not speak.")
    saved(say(table, "moderator"))  # who may take part


def test_it_is_written_down_for_somebody_of_the_event_alone(table: LiveTable):
    for nobody in ("nobody", "a\0b", "x" * 200, str(table.person("participant").pk)):
        assert refusal(say(table, "rapporteur", for_=nobody)) == (400, "Choose a person from the list.")
    assert Contribution.every.count() == 0


def test_it_may_be_written_down_after_the_item_has_closed_but_not_before_it_opens(table: LiveTable):
    assert refusal(say(table, "rapporteur", for_="ada", item="air")) == (
        400, "“Air” is not open yet: the moderator opens it.",
    )  # fmt: skip
    table.run("close_item", "water")
    assert now(written(table)).released


def test_the_same_words_for_somebody_else_are_other_words(table: LiveTable):
    first = written(table, key="the-same-key")
    assert written(table, key="the-same-key") == first
    assert refusal(say(table, "rapporteur", WORDS, for_="ben", key="the-same-key"))[0] == 409
    assert [one.authorship.attendee.key for one in Contribution.every.filter(recorded=True)] == ["ada"]


# ------------------------------------------------------------------ when it is seen


def test_released_at_once_everybody_at_the_table_sees_it(table: LiveTable):
    said = written(table)
    assert reads(table) == {*TABLE, *STAFF, "participant"}
    assert now(said).released and entered(table, "table")[-1] == "contribution-made"


def test_released_with_the_item_it_is_seen_by_staff_until_the_item_closes(table: LiveTable):
    table.hold(release="with_item")
    before = entered(table, "table")
    said = written(table)
    assert reads(table) == {*STAFF, "participant"}, "and by its speaker"
    assert str(said.pk) not in page(table, "observer"), "not even its place"
    assert entered(table, "table") == before, "nobody can tell from a number that it is there"
    assert NOT_RELEASED in page(table, "rapporteur")
    run(table, "moderator", "close", item="water")
    assert reads(table) == {*TABLE, *STAFF, "participant"}
    assert entered(table, "table").count("contribution-released") == 1
    assert NOT_RELEASED not in page(table, "rapporteur")


def test_released_when_seen_it_waits_for_its_speakers_word(table: LiveTable):
    table.hold(release="when_seen")
    said = written(table)
    run(table, "moderator", "close", item="water")
    assert reads(table) == {*STAFF, "participant"}
    saved(do(table, "participant", said, "confirm"))
    assert reads(table) == {*TABLE, *STAFF, "participant"}
    assert "contribution-released" in entered(table, "table")
    assert '<span class="mark">spoken, confirmed by its speaker</span>' in page(table, "observer")


def test_its_speakers_correction_is_their_word_too(table: LiveTable):
    table.hold(release="when_seen")
    said = written(table)
    saved(amend(table, "participant", said, "As I said itq."))
    assert reads(table, "As I said itq.") == {*TABLE, *STAFF, "participant"}
    assert now(said).confirmed
    assert reads(table) == set(), "what was misheard stands on no page"


@pytest.mark.parametrize("release", ["with_item", "when_seen"])
def test_staff_may_release_it_before_and_nobody_else(table: LiveTable, release: str):
    table.hold(release=release)
    said = written(table)
    for role in ("participant", "second-participant", "observer", "convenor"):
        assert do(table, role, said, "release").status_code in (403, 404)
    assert not now(said).released
    saved(do(table, "moderator", said, "release"))
    assert reads(table) == {*TABLE, *STAFF, "participant"}
    for _ in range(2):
        saved(do(table, "moderator", said, "release"))
    assert entered(table, "table").count("contribution-released") == 1


def test_a_correction_by_staff_releases_nothing(table: LiveTable):
    table.hold(release="when_seen")
    said = written(table)
    saved(amend(table, "moderator", said, "Better heardq."))
    assert not now(said).released and not now(said).confirmed
    assert reads(table, "Better heardq.") == {*STAFF, "participant"}


def test_what_waits_counts_for_nothing_until_it_is_released(table: LiveTable):
    table.hold(release="when_seen")
    position = saved(say(table, "second-participant", "It is low.", kind="position"))
    dispute = written(table, relation="disagrees", to=position.pk)
    finding = Finding.objects.create(event=table.event, item=table.item("water"), text="It is low.", level="one")
    FindingBasis.every.create(finding=finding, contribution=dispute)
    before = agreement(table.event)
    assert before.position_bar(position.pk).opposed == set() and before.holdings[finding.pk].numbers.n == 0
    saved(do(table, "participant", dispute, "confirm"))
    after = agreement(table.event)
    assert after.position_bar(position.pk).opposed == {table.attendee("ada").pk}
    assert after.holdings[finding.pk].numbers.n == 1
    assert "bar-moved" in entered(table, "table") and "finding-changed" in entered(table, "staff")


# ------------------------------------------------------------------ its speaker


def test_what_waits_for_its_speaker_stands_in_a_box_of_theirs(table: LiveTable):
    said = written(table)
    box = page(table, "participant").split('id="yours"')[1].split("</ol>")[0]
    assert WORDS in box and 'value="confirm"' in box
    assert WORDS not in page(table, "second-participant").split('id="yours"')[1].split("</ol>")[0]
    saved(do(table, "participant", said, "confirm"))
    assert WORDS not in page(table, "participant").split('id="yours"')[1].split("</ol>")[0]


def test_only_its_speaker_says_so_it_was(table: LiveTable):
    said = written(table)
    for role in (*TABLE, *STAFF):
        assert refusal(do(table, role, said, "confirm")) == (403, "Only its author may do that.")
    for _ in range(2):
        saved(do(table, "participant", said, "confirm"))
    assert now(said).confirmed and entered(table, "table").count("contribution-confirmed") == 1


def test_confirming_what_one_typed_oneself_changes_nothing(table: LiveTable):
    said = saved(say(table, "participant"))
    saved(do(table, "participant", said, "confirm"))
    assert (now(said).confirmed, now(said).version) == (False, 1)


def test_staff_correct_it_until_its_speaker_has_confirmed(table: LiveTable):
    said = written(table)
    saved(amend(table, "moderator", said, "Better heard."))
    saved(do(table, "participant", said, "confirm"))
    for role in STAFF:
        assert refusal(amend(table, role, now(said), "Otherwise.")) == (403, "Only its author changes a statement.")
    saved(amend(table, "participant", now(said), "As I said it."))
    assert now(said).text == "As I said it."


def test_its_speaker_withdraws_it_and_who_wrote_it_down_does_not(table: LiveTable):
    said = written(table)
    assert refusal(do(table, "rapporteur", said, "withdraw"))[0] == 403
    saved(do(table, "participant", said, "withdraw"))
    assert now(said).text == ""


def test_a_person_who_never_opens_a_page_is_complete_in_the_record(table: LiveTable):
    """Cleo has no account at all: what she said and where she stands is in the bars, the count and the chapter."""
    position = written(table, "cleo", "The river is low.", kind="position")
    other = saved(say(table, "second-participant", "It is dirty.", kind="position"))
    saved_stance = stand(table, "rapporteur", other, "disagree", for_="cleo", strong="1", reason="I swim there.")
    assert saved_stance.status_code == 200
    bar = agreement(table.event).position_bar
    assert bar(position.pk).support == bar(other.pk).opposed == {table.attendee("cleo").pk}
    finding = Finding.objects.create(event=table.event, item=table.item("water"), text="It is low.", level="one")
    FindingBasis.every.create(finding=finding, contribution=position)
    assert agreement(table.event).holdings[finding.pk].holds
    record = dump(table.event)
    assert [(one["by"], one["recorded"]) for one in record["contributions"]] == [("cleo", True), ("ben", False)]
    assert [(one["by"], one["stance"], one["strong"], one["recorded"], one["reason"]) for one in record["stances"]] == [
        ("cleo", "disagree", True, True, "I swim there."),
    ]  # fmt: skip
    assert NAMES["cleo"] in as_json(compile(table.event)), "in the list of participants"
    assert NAMES["cleo"] in page(table, "observer")


# ------------------------------------------------------------------ the next bit is not for attribution


def test_what_is_said_in_a_span_is_under_its_rule(table: LiveTable):
    saved(say(table, "participant", "Beforeq."))
    assert run(table, "rapporteur", "span", attribution="unnamed").status_code == 200
    inside = saved(say(table, "participant", "Insideq."))
    aloud = written(table, "cleo", "Aloudq.")
    assert run(table, "rapporteur", "end-span").status_code == 200
    after = saved(say(table, "participant", "Afterq."))
    assert [now(one).attribution for one in (inside, aloud, after)] == ["unnamed", "unnamed", None]
    shown = page(table, "second-participant")
    assert shown.count(f'<b class="who">{NAMES["ada"]}</b>') == 2 and NAMES["cleo"] not in shown
    assert entered(table, "table").count("span-opened") == entered(table, "table").count("span-closed") == 1


def test_a_span_is_shown_to_everybody_while_it_runs(table: LiveTable):
    told = "What is said now is under a stricter rule: unnamed."
    assert told not in page(table, "participant")
    run(table, "moderator", "span", attribution="unnamed")
    for role in (*TABLE, *STAFF, "participant"):
        assert told in page(table, role)
    run(table, "moderator", "end-span")
    assert told not in page(table, "participant")


def test_it_holds_for_what_is_entered_later_for_that_time(table: LiveTable):
    hour = timezone.now().replace(second=30, microsecond=0) - datetime.timedelta(hours=2)
    Span.objects.create(
        session=table.session(), attribution="unnamed", start=hour, end=hour + datetime.timedelta(minutes=10)
    )
    rules = {}
    for minutes in (-1, 0, 5, 10, 11):
        at = (hour + datetime.timedelta(minutes=minutes)).isoformat()
        rules[minutes] = written(table, text=f"At {minutes}.", at=at).attribution
    assert rules == {-1: None, 0: "unnamed", 5: "unnamed", 10: "unnamed", 11: None}


def test_a_minute_that_a_span_touches_is_under_its_rule(table: LiveTable):
    """Who writes 14:05 may mean any second of it, and the stricter rule is the one that breaks no promise."""
    minute = timezone.now().replace(second=0, microsecond=0) - datetime.timedelta(hours=2)
    Span.objects.create(
        session=table.session(), attribution="unnamed", start=minute + datetime.timedelta(seconds=30),
        end=minute + datetime.timedelta(seconds=90),
    )  # fmt: skip
    rules = [
        written(table, at=(minute + datetime.timedelta(minutes=minutes)).isoformat()).attribution
        for minutes in (-1, 0, 1, 2)
    ]
    assert rules == [None, "unnamed", "unnamed", None]


def test_who_only_records_says_whose_words_they_are(table: LiveTable):
    """A choice that was forgotten must not put words into the mouth of whoever writes them down."""
    assert say(table, "rapporteur", "Whose?").status_code == 403
    assert '<select name="for" required><option value="">choose …</option>' in page(table, "rapporteur")
    said = saved(say(table, "participant", "Mine.", kind="position"))
    assert '<select name="for" required><option value="">choose …</option>' in of(table, "rapporteur", said)
    assert '<option value="">me</option>' in page(table, "moderator")


def test_the_clock_is_that_of_the_table(table: LiveTable):
    """`14:05` is five past two where the table sits, today."""
    there = timezone.now().astimezone(zoneinfo.ZoneInfo("Europe/Paris"))
    for written_so in (f"{there:%H:%M}", f"{there:%H}h{there:%M}", f"{there:%H.%M}"):
        said = written(table, at=written_so)
        assert said.at is not None
        assert timezone.now() - said.at < datetime.timedelta(minutes=2)


def test_the_strictest_of_span_statement_and_table_decides(table: LiveTable):
    run(table, "moderator", "span", attribution="unnamed")
    assert saved(say(table, "participant", attribution="chatham_house")).attribution == "chatham_house"
    assert saved(say(table, "participant", attribution="role")).attribution == "unnamed"


def test_a_span_opened_in_a_span_takes_its_place(table: LiveTable):
    run(table, "moderator", "span", attribution="unnamed")
    run(table, "rapporteur", "span", attribution="off_record")
    assert saved(say(table, "participant")).attribution == "off_record"
    run(table, "rapporteur", "end-span")
    assert saved(say(table, "participant")).attribution is None
    assert [span.end is None for span in Span.objects.all()] == [False, False]


def test_spans_that_overlap_for_a_time_do_so_at_the_stricter_rule(table: LiveTable):
    hour = timezone.now() - datetime.timedelta(hours=2)
    for rule, start, end in (("unnamed", 0, 30), ("chatham_house", 10, 20)):
        Span.objects.create(
            session=table.session(), attribution=rule, start=hour + datetime.timedelta(minutes=start),
            end=hour + datetime.timedelta(minutes=end),
        )  # fmt: skip
    rules = [
        written(table, at=(hour + datetime.timedelta(minutes=minutes)).isoformat()).attribution
        for minutes in (5, 15, 25)
    ]
    assert rules == ["unnamed", "chatham_house", "unnamed"]


def test_a_span_is_stricter_than_the_tables_rule_or_is_none():
    table = seated("unnamed")
    for rule in ("named", "role", "unnamed"):
        assert refusal(run(table, "moderator", "span", attribution=rule)) == (
            400, "The rule of the next bit must be stricter than the one that holds at the table.",
        )  # fmt: skip
    assert run(table, "moderator", "span", attribution="secret").status_code == 400
    assert Span.objects.count() == 0
    assert run(table, "moderator", "span", attribution="chatham_house").status_code == 200


def test_only_who_runs_or_records_the_table_opens_a_span(table: LiveTable):
    for role in table.people:
        answer = run(table, role, "span", attribution="unnamed")
        assert answer.status_code == (200 if role in STAFF else 403), role
        assert run(table, role, "end-span").status_code == (200 if role in STAFF else 403), role


# ------------------------------------------------------------------ off the record


def holds(words: str) -> list[str]:
    """The tables of the database in which some words stand."""
    return [
        model.__name__
        for model in apps.get_models()
        if any(words in str(value) for row in model._base_manager.values_list() for value in row)
    ]


def test_what_is_off_the_record_is_erased_when_the_item_closes(table: LiveTable):
    said = saved(say(table, "participant", "Secretq one.", kind="position", attribution="off_record"))
    saved(amend(table, "participant", said, "Secretq two."))
    aloud = written(table, "cleo", "Secretq three.", attribution="off_record")
    reply = saved(say(table, "second-participant", "An open answer.", relation="answers", to=said.pk))
    saved(do(table, "moderator", aloud, "hide", why="Secretq reason."))
    assert holds("Secretq") == ["Contribution", "FormerWords"]
    run(table, "moderator", "close", item="water")
    assert holds("Secretq") == []
    for one in (said, aloud):
        assert (now(one).state, now(one).text) == ("erased", "")
    assert not Authorship.objects.filter(contribution__in=[said, aloud]).exists()
    assert not FormerWords.objects.exists() and not Relation.every.filter(source_statement=said).exists()
    assert now(reply).text == "An open answer."
    assert len(as_html.drawings) == 0, "nor in memory"


def test_words_that_were_erased_are_still_the_same_words(table: LiveTable):
    first: dict[str, Any] = {"attribution": "off_record", "key": "the-first-key"}
    aloud: dict[str, Any] = {"for_": "cleo", "attribution": "off_record", "key": "key-of-rapporteur"}
    said = saved(say(table, "participant", "Secretq one.", kind="position", **first))
    saved(amend(table, "participant", said, "Secretq two.", key="the-second-key"))
    spoken = saved(say(table, "rapporteur", "Secretq three.", **aloud))
    assert stand(table, "second-participant", said, "disagree", key="the-third-key").status_code == 200
    run(table, "moderator", "close", item="water")
    before = entered(table, "table")
    assert saved(say(table, "participant", "Secretq one.", kind="position", **first)).pk == said.pk
    assert saved(amend(table, "participant", said, "Secretq two.", key="the-second-key")).pk == said.pk
    assert saved(say(table, "rapporteur", "Secretq three.", **aloud)).pk == spoken.pk
    assert stand(table, "second-participant", said, "disagree", key="the-third-key").status_code == 200
    assert holds("Secretq") == [] and entered(table, "table") == before
    others = (
        say(table, "participant", "Other words.", kind="position", **first),
        amend(table, "participant", said, "Other words.", key="the-second-key"),
        say(table, "rapporteur", "Other words.", **aloud),
        stand(table, "second-participant", said, "agree", key="the-third-key"),
    )
    assert [answer.status_code for answer in others] == [409] * 4
    assert amend(table, "second-participant", said, "Secretq two.", key="the-second-key").status_code == 403


def test_nobody_can_try_out_of_the_database_what_was_said(table: LiveTable):
    """The digest of a deed is made with its page's key, and the key is not kept."""
    key, words = "the-key-of-a-page", {"attribution": "off_record"}
    said = saved(say(table, "participant", "Secretq.", key=key, **words))
    run(table, "moderator", "close", item="water")
    told = Words(table.item("water"), "comment", "Secretq.", (), "off_record").told
    deed = Deed.objects.get(subject=said.pk)
    assert (deed.key, deed.words) == (sealed(key), sealed(key, told)), "the page knows it again"
    assert holds(key) == []
    assert digest(told) not in (deed.key, deed.words)


def test_a_marker_stays_where_it_was_said(table: LiveTable):
    said = saved(say(table, "participant", "Secretq.", attribution="off_record"))
    reply = saved(say(table, "second-participant", "An open answer.", relation="answers", to=said.pk))
    run(table, "moderator", "close", item="water")
    for role in (*TABLE, *STAFF, "participant"):
        shown = page(table, role)
        place = shown.split(f'<li id="s-{said.pk}"')[1].split("</li>")[0]
        assert "This was said off the record, and its words are erased." in place, role
        assert NAMES["ada"] not in place and "Secretq" not in shown, role
        assert shown.index(str(said.pk)) < shown.index(f"s-{reply.pk}"), role
        assert "Secretq" not in of(table, role, said), role
    assert "contribution-erased" in entered(table, "table")
    assert [one["text"] for one in dump(table.event)["contributions"]] == ["An open answer."]


def test_stances_on_it_and_their_reasons_go_with_it(table: LiveTable):
    said = saved(say(table, "participant", "Secretq.", kind="position", attribution="off_record"))
    for stance in ("disagree", "reservations"):
        assert stand(table, "second-participant", said, stance, reason="Because of secretq.").status_code == 200
    assert holds("secretq") == ["Stance", "FormerStance"]
    run(table, "moderator", "close", item="water")
    assert holds("secretq") == []
    assert (Stance.every.count(), FormerStance.objects.count()) == (0, 0)


def test_what_was_withdrawn_off_the_record_leaves_no_version_either(table: LiveTable):
    said = saved(say(table, "participant", "Secretq.", attribution="off_record"))
    saved(do(table, "participant", said, "withdraw"))
    assert holds("Secretq") == ["FormerWords"]
    run(table, "moderator", "close", item="water")
    assert holds("Secretq") == []


def test_moved_off_the_record_it_goes_with_the_versions_from_before(table: LiveTable):
    said = saved(say(table, "participant", "Secretq one."))
    saved(amend(table, "participant", said, "Secretq two."))
    saved(do(table, "participant", said, "restrict", attribution="off_record"))
    run(table, "moderator", "close", item="water")
    assert holds("Secretq") == []


def test_moved_off_the_record_after_the_item_has_closed_it_goes_at_once(table: LiveTable):
    said = saved(say(table, "participant", "Secretq one."))
    run(table, "moderator", "close", item="water")
    saved(do(table, "participant", said, "restrict", attribution="off_record"))
    assert holds("Secretq") == []
    assert now(said).state == "erased"


def test_after_the_item_has_closed_nothing_is_written_down_off_the_record(table: LiveTable):
    run(table, "moderator", "close", item="water")
    assert refusal(say(table, "rapporteur", "Secretq.", for_="ada", attribution="off_record")) == (
        400, "The item is closed: what was said on it off the record is erased, and no more is kept.",
    )  # fmt: skip
    assert holds("Secretq") == []


def test_what_is_off_the_record_on_another_item_stays(table: LiveTable):
    table.run("open_item", "air")
    said = saved(say(table, "participant", "Secretq.", item="air", attribution="off_record"))
    run(table, "moderator", "close", item="water")
    assert now(said).text == "Secretq."


def test_off_the_record_is_for_those_at_the_table_and_counts_for_nothing(table: LiveTable):
    position = saved(say(table, "second-participant", "It is low.", kind="position"))
    saved(say(table, "participant", "Secretq.", attribution="off_record", relation="disagrees", to=position.pk))
    assert reads(table, "Secretq.") == {*TABLE, *STAFF, "participant"}
    assert agreement(table.event).position_bar(position.pk).opposed == set()
    assert "Secretq" not in as_json(compile(table.event))


def test_at_a_public_session_no_visitor_reads_what_is_off_the_record(table: LiveTable):
    table.run("open_item", "water", at="forum")
    said = saved(say(table, "panelist", "Secretq.", session="forum", attribution="off_record"))
    for role in ("visitor", "mallory", "observer"):
        shown = page(table, role, session="forum")
        assert "Secretq" not in shown, role
        assert "This was said off the record." in shown, role
        answer = browser(table, role).get(f"/events/rivers/table/forum/said/{said.pk}/")
        assert answer.status_code == 200 and "Secretq" not in answer.text
    assert "Secretq" in page(table, "panelist", session="forum")


def test_the_words_come_back_by_no_resend(table: LiveTable):
    say(table, "participant", "Secretq.", attribution="off_record", key="the-same-key")
    run(table, "moderator", "close", item="water")
    again = saved(say(table, "participant", "Secretq.", attribution="off_record", key="the-same-key"))
    assert (again.state, again.text) == ("erased", "")
    assert holds("Secretq") == []
