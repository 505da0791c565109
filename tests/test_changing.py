"""What becomes of a statement: its author amends it, withdraws it, moves it to a stricter rule."""

import re

import pytest
from django.utils import timezone

from dialogue.archive.dump import dump
from dialogue.discussion.models import Contribution, FormerWords, Relation
from dialogue.positions.agreement import agreement
from dialogue.positions.models import Finding, FindingBasis
from dialogue.report.models import Publication
from tests.forms import amend, do, entered, of, page, refusal, saved, say, stand
from tests.tables import NAMES, LiveTable, seated

pytestmark = pytest.mark.django_db

ADA, HER_HOUSE = NAMES["ada"], "House of adaq"
NOT_YOURS = (403, "Only its author changes a statement.")
CHANGED = (409, "It was changed meanwhile. Your words are kept: look at what stands there now, then decide.")
ERRATUM = (403, "The chapter with this statement is published. Ask the convenor for an erratum.")
OTHERS = ("convenor", "moderator", "rapporteur", "second-participant", "observer")


@pytest.fixture
def table() -> LiveTable:
    table = seated()
    table.run("open_item", "water")
    return table


@pytest.fixture
def said(table: LiveTable) -> Contribution:
    """What Ada said."""
    return saved(say(table, "participant", "The first words.", kind="position"))


def now(said: Contribution) -> Contribution:
    return Contribution.every.get(pk=said.pk)


def former(said: Contribution) -> list[tuple[int, str, str | None]]:
    return list(FormerWords.objects.filter(contribution=said).values_list("version", "text", "attribution"))


def publish(table: LiveTable) -> None:
    """The chapter goes out."""
    Publication.objects.create(
        event=table.event,
        version=1,
        language="en",
        regime="named",
        content="{}",
        digest="",
        published_at=timezone.now(),
    )


def rests_on(table: LiveTable, *said: Contribution) -> Finding:
    """A finding of the rapporteur."""
    finding = Finding.objects.create(event=table.event, item=table.item("water"), text="It is low.", level="two")
    for place, one in enumerate(said):
        FindingBasis.every.create(finding=finding, contribution=one, position=place)
    return finding


# ------------------------------------------------------------------ amending


def test_the_author_amends_and_every_version_is_kept(table: LiveTable, said: Contribution):
    saved(amend(table, "participant", said, "The second words."))
    saved(amend(table, "participant", now(said), "The third words."))
    assert (now(said).text, now(said).version) == ("The third words.", 3)
    assert former(said) == [(1, "The first words.", None), (2, "The second words.", None)]
    for audience in ("table", "staff", "person:ada"):
        assert entered(table, audience).count("contribution-amended") == 2
    shown = page(table, "second-participant")
    assert "The third words." in shown and '<span class="mark">amended</span>' in shown
    assert "The first words." not in shown and "The second words." not in shown


def test_the_versions_are_read_by_the_author_and_those_who_run_or_record_the_table(
    table: LiveTable, said: Contribution
):
    saved(amend(table, "participant", said, "The second words."))
    reads = {role for role in (*OTHERS, "participant") if "The first words." in of(table, role, said)}
    assert reads == {"participant", "moderator", "rapporteur"}
    assert all("The second words." in of(table, role, said) for role in (*OTHERS, "participant"))


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_amends_what_somebody_said(table: LiveTable, said: Contribution, role: str):
    assert refusal(amend(table, role, said, "Words put into her mouth.")) == NOT_YOURS
    assert (now(said).text, former(said)) == ("The first words.", [])


def test_what_was_changed_meanwhile_is_not_overwritten(table: LiveTable, said: Contribution):
    saved(amend(table, "participant", said, "From one page."))
    assert refusal(amend(table, "participant", said, "From another page.")) == CHANGED
    assert (now(said).text, now(said).version) == ("From one page.", 2)


def test_a_page_without_scripts_shows_what_stands_there_now_and_keeps_the_words(table: LiveTable, said: Contribution):
    saved(amend(table, "participant", said, "From one page."))
    answer = amend(table, "participant", said, "From <another> page.", script=False)
    assert answer.status_code == 409
    assert "It was changed meanwhile." in answer.text
    assert "<p>From one page.</p>" in answer.text
    assert ">From &lt;another&gt; page.</textarea>" in answer.text
    assert '<input type="hidden" name="version" value="2">' in answer.text, "sent again, it is a decision"
    assert amend(table, "participant", said, "From <another> page.", version=2, script=False).status_code == 302
    assert now(said).text == "From <another> page."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "There are no words in it yet."),
        ("a" * 5001, "1 character too long"),
        ("a\0", "signs that cannot be printed"),
    ],
)
def test_words_that_do_not_fit_change_nothing(table: LiveTable, said: Contribution, text: str, told: str):
    status, sentence = refusal(amend(table, "participant", said, text))
    assert status == 400 and told in sentence
    answer = amend(table, "participant", said, text, script=False)
    assert answer.status_code == 422 and told in answer.text
    assert f">{text.replace(chr(0), '')}" in answer.text.replace("\0", ""), "the words are kept"
    assert (now(said).text, now(said).version, former(said)) == ("The first words.", 1, [])


@pytest.mark.parametrize("version", ["", "-1", "one", "１", "1.0", "9" * 30, None])
def test_a_version_that_is_none_changes_nothing(table: LiveTable, said: Contribution, version: str | None):
    assert refusal(amend(table, "participant", said, "Other words.", version=version)) == (
        400, "The form does not say what it changes. Load the page again.",
    )  # fmt: skip
    assert now(said).version == 1


def test_the_same_change_sent_again_is_one_change(table: LiveTable, said: Contribution):
    for _ in range(2):
        saved(amend(table, "participant", said, "The second words.", key="the-same-key"))
    assert (now(said).version, len(former(said))) == (2, 1)
    assert refusal(amend(table, "participant", said, "The third words.", key="the-same-key"))[0] == 409


def test_the_key_of_a_statement_is_no_key_for_its_change(table: LiveTable):
    said = saved(say(table, "participant", "The first words.", key="the-same-key"))
    assert refusal(amend(table, "participant", said, "The first words.", key="the-same-key"))[0] == 409


def test_amending_does_not_move_it_or_its_answers(table: LiveTable, said: Contribution):
    reply = saved(say(table, "second-participant", "An answer.", relation="answers", to=said.pk))
    saved(amend(table, "participant", said, "The second words."))
    assert (now(said).position, now(said).thread, now(said).at) == (said.position, said.thread, said.at)
    shown = page(table, "observer")
    assert shown.index("The second words.") < shown.index("An answer.")
    assert Relation.objects.get(source_statement=reply).to_contribution_id == said.pk


# ------------------------------------------------------------------ withdrawing


def test_a_withdrawn_statement_keeps_its_place_and_loses_its_words(table: LiveTable, said: Contribution):
    reply = saved(say(table, "second-participant", "An answer.", relation="answers", to=said.pk))
    assert saved(do(table, "participant", said, "withdraw")) == said
    for role in ("participant", "second-participant", "observer", "moderator", "convenor"):
        shown = page(table, role)
        assert "The first words." not in shown, role
        assert "Withdrawn by its author." in shown, role
        assert shown.index(f'id="s-{said.pk}"') < shown.index(f'id="s-{reply.pk}"'), role
    assert former(said) == [(1, "The first words.", None)]


def test_who_answered_it_is_told(table: LiveTable, said: Contribution):
    reply = saved(say(table, "second-participant", "An answer.", relation="answers", to=said.pk))
    assert "2 statements that answer it" not in of(table, "participant", said)
    assert "1 statement that answers it is told." in of(table, "participant", said)
    saved(do(table, "participant", said, "withdraw"))
    assert now(reply).version == 2
    for audience in ("table", "staff", "person:ben"):
        assert entered(table, audience)[-1] in ("contribution-touched", "bar-moved"), audience
        assert "contribution-touched" in entered(table, audience), audience
    assert "a statement that is no longer there" in page(table, "second-participant")


def test_a_finding_that_rested_on_it_is_counted_anew(table: LiveTable, said: Contribution):
    other = saved(say(table, "second-participant", "The same.", kind="position"))
    finding = rests_on(table, said, other)
    assert agreement(table.event).holdings[finding.pk].numbers.n == 2
    saved(do(table, "participant", said, "withdraw"))
    assert agreement(table.event).holdings[finding.pk].numbers.n == 1
    assert agreement(table.event).holdings[finding.pk].verdict == "overclaims"
    assert Finding.objects.get().version == 2
    assert "finding-changed" in entered(table, "staff")


def test_the_bar_that_it_disputed_is_counted_anew(table: LiveTable, said: Contribution):
    dispute = saved(say(table, "second-participant", "No.", relation="disagrees", to=said.pk))
    assert agreement(table.event).position_bar(said.pk).opposed == {table.attendee("ben").pk}
    moved = now(said).voices
    saved(do(table, "second-participant", dispute, "withdraw"))
    assert agreement(table.event).position_bar(said.pk).opposed == set()
    assert now(said).voices == moved + 1
    assert entered(table, "table")[-1] == "bar-moved"


def test_the_record_that_is_taken_home_has_nothing_of_it(table: LiveTable, said: Contribution):
    saved(say(table, "second-participant", "An answer.", relation="answers", to=said.pk))
    stand(table, "second-participant", said, "disagree", reason="A reason for that.")
    rests_on(table, said)
    saved(do(table, "participant", said, "withdraw"))
    record = dump(table.event)
    assert "The first words." not in str(record) and "A reason for that." not in str(record)
    assert [(one["text"], one["relations"]) for one in record["contributions"]] == [("An answer.", [])]
    assert record["stances"] == []
    assert record["findings"][0]["basis"] == []


def test_withdrawing_twice_is_withdrawing_once(table: LiveTable, said: Contribution):
    for _ in range(2):
        saved(do(table, "participant", said, "withdraw"))
    assert entered(table, "table").count("contribution-withdrawn") == 1
    assert (now(said).version, len(former(said))) == (2, 1)


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_withdraws_it(table: LiveTable, said: Contribution, role: str):
    assert refusal(do(table, role, said, "withdraw")) == (403, "Only its author may do that.")
    assert now(said).state == "said"


def test_what_is_withdrawn_is_changed_no_more(table: LiveTable, said: Contribution):
    saved(do(table, "participant", said, "withdraw"))
    assert refusal(amend(table, "participant", now(said), "Other words.")) == CHANGED
    assert refusal(do(table, "participant", said, "restrict", attribution="unnamed")) == CHANGED
    saved(do(table, "moderator", said, "hide", why="Why not."))
    assert (now(said).state, now(said).hidden, now(said).version) == ("withdrawn", False, 2)


# ------------------------------------------------------------------ a stricter rule


@pytest.mark.parametrize("rule", ["unnamed", "chatham_house"])
def test_under_a_stricter_rule_nobody_reads_who_said_it_but_staff_and_the_author(
    table: LiveTable, said: Contribution, rule: str
):
    assert ADA in page(table, "second-participant")
    saved(do(table, "participant", said, "restrict", attribution=rule))
    for role in ("second-participant", "observer"):
        shown = page(table, role)
        assert "The first words." in shown
        assert ADA not in shown and HER_HOUSE not in shown and "<time" not in shown, role
    for role in ("moderator", "rapporteur", "convenor"):
        assert ADA in page(table, role)
    assert '<b class="who">you</b>' in page(table, "participant")


def test_by_kind_of_organisation_needs_three_of_the_kind(table: LiveTable, said: Contribution):
    table.event.attendees.filter(key__in=("ada", "cleo", "dev")).update(sector="utility")
    table.event.attendees.filter(key="ben").update(sector="union")
    for role in ("participant", "second-participant"):
        one = saved(say(table, role, f"What the {role} says."))
        saved(do(table, role, one, "restrict", attribution="role"))
    shown = page(table, "observer")
    assert "one participant from the utility" in shown and "from the union" not in shown
    assert NAMES["ben"] not in shown


@pytest.mark.parametrize(
    ("now_", "wanted"),
    [
        (None, "named"),
        ("unnamed", "named"),
        ("unnamed", "role"),
        ("unnamed", "unnamed"),
        ("chatham_house", "unnamed"),
        (None, ""),
    ],
)
def test_it_never_becomes_more_open(table: LiveTable, said: Contribution, now_: str | None, wanted: str):
    if now_:
        saved(do(table, "participant", said, "restrict", attribution=now_))
    assert refusal(do(table, "participant", said, "restrict", attribution=wanted)) == (
        400, "A statement can only move to a stricter rule than the one that holds for it.",
    )  # fmt: skip
    assert now(said).attribution == now_


@pytest.mark.parametrize(
    ("regime", "offered"),
    [
        ("named", ["role", "unnamed", "chatham_house", "off_record"]),
        ("unnamed", ["chatham_house", "off_record"]),
        ("chatham_house", ["off_record"]),
    ],
)
def test_only_what_is_stricter_than_the_tables_rule_can_be_chosen(regime: str, offered: list[str]):
    table = seated(regime)
    table.run("open_item", "water")
    said = saved(say(table, "participant", "The first words."))
    for rule in ("named", "role", "unnamed", "chatham_house", "off_record"):
        assert (f'<option value="{rule}">' in of(table, "participant", said)) is (rule in offered)
        assert saved(say(table, "participant", "Said so.", attribution=rule)).attribution == (
            rule if rule in offered else None
        ), "one that is more open adds nothing"


def test_it_can_be_said_under_a_stricter_rule_from_the_first(table: LiveTable):
    saved(say(table, "participant", "The first words.", attribution="unnamed"))
    shown = page(table, "observer")
    assert "The first words." in shown and ADA not in shown
    assert refusal(say(table, "participant", attribution="anonymous")) == (400, "“anonymous” cannot be chosen here.")


def test_who_records_may_move_it_too_and_others_may_not(table: LiveTable, said: Contribution):
    for role in ("second-participant", "observer", "convenor"):
        assert do(table, role, said, "restrict", attribution="unnamed").status_code == 403
    assert now(said).attribution is None
    saved(do(table, "rapporteur", said, "restrict", attribution="unnamed"))
    assert now(said).attribution == "unnamed"


def test_answers_to_it_name_it_no_more(table: LiveTable, said: Contribution):
    other = saved(say(table, "moderator", "Something else."))
    saved(say(table, "second-participant", "An answer.", relation=["agrees", "disagrees"], to=[other.pk, said.pk]))
    assert "Lovelladq" in page(table, "observer").split('class="relations"')[1]
    saved(do(table, "participant", said, "restrict", attribution="unnamed"))
    assert "Lovelladq" not in page(table, "observer")


# ------------------------------------------------------------------ once it is published


def test_what_is_published_is_not_taken_back_any_more(table: LiveTable, said: Contribution):
    publish(table)
    assert refusal(do(table, "participant", said, "withdraw")) == ERRATUM
    assert refusal(do(table, "participant", said, "restrict", attribution="unnamed")) == ERRATUM
    assert refusal(amend(table, "participant", said, "Other words.")) == ERRATUM
    assert (now(said).text, now(said).state, now(said).attribution) == ("The first words.", "said", None)


def test_its_page_says_so_and_offers_nothing_that_would_be_refused(table: LiveTable, said: Contribution):
    told, forms = "The chapter with this statement is published: it stays as it is.", ("amend", "restrict", "withdraw")
    before = of(table, "participant", said)
    assert told not in before and all(f'value="{one}"' in before for one in forms)
    publish(table)
    after = of(table, "participant", said)
    assert told in after and not any(f'value="{one}"' in after for one in forms)
    assert told not in of(table, "observer", said)


def test_only_stricter_rules_than_its_own_are_offered(table: LiveTable, said: Contribution):
    saved(do(table, "participant", said, "restrict", attribution="unnamed"))
    offered = re.findall(
        r'<option value="(\w+)"', of(table, "participant", said).partition("A stricter attribution")[2]
    )
    assert offered == ["chatham_house", "off_record"]
    saved(do(table, "participant", said, "restrict", attribution="off_record"))
    assert "A stricter attribution" not in of(table, "participant", said)


def test_what_was_said_since_is(table: LiveTable, said: Contribution):
    publish(table)
    since = saved(say(table, "participant", "Said since."))
    saved(do(table, "participant", since, "restrict", attribution="unnamed"))
    saved(do(table, "participant", since, "withdraw"))


# ------------------------------------------------------------------ without scripts


def test_a_page_without_scripts_comes_back_to_the_statement(table: LiveTable, said: Contribution):
    answer = amend(table, "participant", said, "The second words.", script=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/events/rivers/table/table/said/{said.pk}/")
    shown = of(table, "participant", said)
    assert "Done." in shown and "The second words." in shown


def test_what_cannot_be_done_to_a_statement_is_said_in_a_sentence(table: LiveTable, said: Contribution):
    for deed in ("", "delete", "release_waiting", "__class__"):
        assert refusal(do(table, "participant", said, deed)) == (400, "That cannot be done here.")
        answer = do(table, "participant", said, deed, script=False)
        assert answer.status_code == 422 and "That cannot be done here." in answer.text


def test_one_is_offered_what_one_may_do_and_nothing_else(table: LiveTable, said: Contribution):
    deeds = {
        role: {deed for deed in ("amend", "withdraw", "restrict", "hide", "confirm", "release", "restore") if f'value="{deed}"' in of(table, role, said)}
        for role in (*OTHERS, "participant")
    }  # fmt: skip
    assert deeds == {
        "participant": {"amend", "withdraw", "restrict"}, "moderator": {"restrict", "hide"}, "rapporteur": {"restrict"},
        "second-participant": set(), "observer": set(), "convenor": set(),
    }  # fmt: skip
