"""Taking a stance: one click, changeable, with a reason where one is wanted; blind where the table is held so."""

import re
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from dialogue.archive.dump import dump
from dialogue.discussion.models import Contribution
from dialogue.positions.agreement import Bar, agreement
from dialogue.positions.bars import of_position
from dialogue.positions.models import Finding, FindingBasis, Stance
from tests.forms import amend, do, entered, of, page, refusal, run, saved, say, stand
from tests.tables import NAMES, LiveTable, rivers, seated

pytestmark = pytest.mark.django_db

READ_BY = ("moderator", "rapporteur", "participant", "second-participant", "observer", "convenor")
VEILED = "Result shown when the round closes."
GONE = (400, "This position does not stand any more.")
NOT_PUT = (400, "This finding is not put to the table now.")
CHOOSE = (400, "Choose where you stand: agree, with reservations, disagree or abstain.")
WANTED = (400, "Please give your reason in a sentence: this event asks for one.")
TOO_LONG = (400, "A reason is one sentence, of 500 characters at most.")


@pytest.fixture
def table() -> LiveTable:
    table = seated()
    table.run("open_item", "water")
    return table


@pytest.fixture
def said(table: LiveTable) -> Contribution:
    """Ada's position."""
    return saved(say(table, "participant", "The river is low.", kind="position"))


@pytest.fixture
def finding(table: LiveTable, said: Contribution) -> Finding:
    """The rapporteur's finding that rests on it, put to the table."""
    finding = Finding.objects.create(
        event=table.event, item=table.item("water"), text="It is low.", level="some", is_open=True
    )
    FindingBasis.every.create(finding=finding, contribution=said)
    return finding


def bar(table: LiveTable, said: Contribution) -> dict[str, set[str]]:
    """Who stands where on a position, by their keys; the silent left out."""
    counted: Bar = agreement(table.event).position_bar(said.pk)
    keys = dict(table.event.attendees.values_list("pk", "key"))
    named = {
        part: {keys[one] for one in getattr(counted, part)}  # type: ignore[index]
        for part in ("support", "reservations", "opposed", "abstained")
    }
    return {part: who for part, who in named.items() if who}


def drawn_bar(shown: str, said: Contribution) -> str:
    """What a page says of a position's bar."""
    found = re.search(rf'<div id="bar-{said.pk}"[^>]*>(.*?)</div>', shown, re.DOTALL)
    assert found, "no bar"
    return found[1]


def text_of_bar(shown: str, said: Contribution) -> str:
    """The words at the end of a position's bar."""
    found = re.search(r'<span class="words">(.*?)</span>', drawn_bar(shown, said))
    return found[1] if found else ""


def held() -> list[tuple[str, str, bool, str, bool]]:
    return list(Stance.every.values_list("attendee__key", "stance", "strong", "reason", "recorded"))


# ------------------------------------------------------------------ one's own


def test_a_stance_is_taken_in_one_click_and_everybody_sees_the_bar_move(table: LiveTable, said: Contribution):
    answer = stand(table, "second-participant", said, "disagree")
    assert answer.json() == {"saved": str(said.pk)}
    assert bar(table, said) == {"support": {"ada"}, "opposed": {"ben"}}
    assert "1 supports, 1 opposes" in drawn_bar(page(table, "observer"), said)
    for audience in ("table", "staff", "person:ben"):
        assert entered(table, audience)[-1] == "stance-taken"
    assert held() == [("ben", "disagree", False, "", False)]


def test_position_that_nobody_else_answered_has_no_bar(table: LiveTable, said: Contribution):
    looks = (("observer", page), ("moderator", page), ("participant", page))
    for answered in (None, "agree", "disagree"):
        if answered:
            stand(table, "participant", said, answered)
        for role, look in looks:
            assert drawn_bar(look(table, role), said) == "", (role, answered)
        assert 'class="bar"' not in of(table, "participant", said)
    stand(table, "second-participant", said, "abstain")
    assert 'class="bar"' in drawn_bar(page(table, "observer"), said)


@pytest.mark.parametrize(
    ("stances", "english", "french"),
    [
        ({"ben": "agree", "cleo": "disagree"}, "2 of 5 support, 1 against", "2 sur 5 pour, 1 contre"),
        ({"ben": "disagree"}, "1 of 5 supports, 1 against", "1 sur 5 pour, 1 contre"),
        ({"ben": "reservations", "cleo": "agree"},
         "3 of 5 support, 1 of them with reservations", "3 sur 5 pour, dont 1 avec réserves"),
        ({"ben": "agree"}, "2 of 5 support", "2 sur 5 pour"),
        ({"ada": "disagree", "ben": "disagree"}, "0 of 5 support, 2 against", "0 sur 5 pour, 2 contre"),
    ],
)  # fmt: skip
def test_words_of_a_bar_are_support_and_against(table, said, stances, english, french):
    for who, kind in stances.items():
        Stance.every.create(event=table.event, attendee=table.attendee(who), contribution=said, stance=kind, position=0)
    assert text_of_bar(page(table, "observer"), said) == english
    with override("fr"):
        assert of_position(agreement(table.event), said.pk).words == french  # type: ignore[union-attr]


@pytest.mark.parametrize("regime", ["named", "role", "unnamed", "chatham_house"])
def test_the_bar_tells_how_many_and_never_who(regime: str):
    table = seated(regime)
    table.run("open_item", "water")
    said = saved(say(table, "participant", "The river is low.", kind="position"))
    stand(table, "second-participant", said, "disagree", reason="A reasonq of mine.")
    for role in ("participant", "observer", "moderator"):
        shown = page(table, role) + of(table, role, said)
        assert NAMES["ben"] not in shown.split('id="discussion"')[1].split('id="act"')[0], role
    for role in ("participant", "observer"):
        reasons = of(table, role, said).partition("Reasons given")[2].partition("</section>")[0]
        by_name = regime == "named"  # nothing is collected blind here
        assert "reasonq" in reasons and (NAMES["ben"] in reasons) is by_name, role


def test_only_who_takes_part_takes_a_stance(table: LiveTable, said: Contribution):
    for role in table.people:
        answer = stand(table, role, said)
        assert answer.status_code == (200 if role in ("participant", "second-participant", "moderator") else 403), role
    assert {who for who, *_ in held()} == {"ada", "ben", "mod"}


@pytest.mark.parametrize("stance", ["agree", "reservations", "disagree", "abstain"])
def test_there_are_four_stances(table: LiveTable, said: Contribution, stance: str):
    assert stand(table, "second-participant", said, stance).status_code == 200
    assert held() == [("ben", stance, False, "", False)]
    pressed = re.findall(r'value="(\w+)" class="take \w+" aria-pressed="true"', page(table, "second-participant"))
    assert pressed == [stance]
    assert not re.findall(r'class="take \w+" aria-pressed="true"', page(table, "participant"))


@pytest.mark.parametrize("stance", ["", "agrees", "AGREE", "agree\0", "4", None])
def test_and_no_others(table: LiveTable, said: Contribution, stance: str | None):
    assert refusal(stand(table, "second-participant", said, "agree", stance=stance)) == CHOOSE
    assert held() == []


def test_a_stance_may_be_strong_but_an_abstention_is_not(table: LiveTable, said: Contribution):
    stand(table, "second-participant", said, "disagree", strong="1")
    stand(table, "moderator", said, "abstain", strong="1")
    stand(table, "participant", said, "agree", strong="no")
    assert held() == [
        ("ben", "disagree", True, "", False), ("mod", "abstain", False, "", False), ("ada", "agree", False, "", False),
    ]  # fmt: skip


def test_taken_again_it_is_changed_and_its_history_is_kept(table: LiveTable, said: Contribution):
    stand(table, "second-participant", said, "disagree", reason="It rained.")
    stand(table, "second-participant", said, "reservations", reason="It rained  little.")
    stand(table, "second-participant", said, "agree", strong="on")
    assert held() == [("ben", "agree", True, "", False)]
    [stance] = dump(table.event)["stances"]
    assert [(one["stance"], one["reason"]) for one in stance["history"]] == [
        ("disagree", "It rained."), ("reservations", "It rained little."),
    ]  # fmt: skip
    assert bar(table, said) == {"support": {"ada", "ben"}}
    own = of(table, "second-participant", said)
    assert "disagrees: It rained." in own and "agrees with reservations: It rained little." in own
    assert "It rained." not in of(table, "moderator", said)


def test_each_change_is_newer_than_the_one_before(table: LiveTable, said: Contribution):
    versions = []
    for stance in ("agree", "disagree", "disagree"):
        stand(table, "second-participant", said, stance)
        versions.append(Contribution.objects.get(pk=said.pk).voices)
    assert versions == sorted(set(versions))
    found = re.search(rf'id="stance-{said.pk}" data-version="(\d+)" data-mine', page(table, "second-participant"))
    assert found and int(found[1]) == Stance.objects.get().version


def test_an_author_may_leave_their_own_position(table: LiveTable, said: Contribution):
    stand(table, "participant", said, "disagree")
    assert "ada" in bar(table, said)["opposed"]


# ------------------------------------------------------------------ reasons


def test_a_reason_is_asked_for_and_not_forced(table: LiveTable, said: Contribution):
    for stance in ("reservations", "disagree"):
        assert stand(table, "second-participant", said, stance).status_code == 200


def test_where_the_table_is_held_so_reservations_and_disagreement_need_one(table: LiveTable, said: Contribution):
    table.hold(reasons=True)
    for stance in ("reservations", "disagree"):
        for nothing in ("", "  ", "\n"):
            assert refusal(stand(table, "second-participant", said, stance, reason=nothing)) == WANTED
        assert stand(table, "second-participant", said, stance, reason="It rained.").status_code == 200
    for stance in ("agree", "abstain"):
        assert stand(table, "second-participant", said, stance).status_code == 200
    assert "Reservations and disagreement need a reason here." in page(table, "observer")


def test_a_stance_given_aloud_needs_none(table: LiveTable, said: Contribution):
    table.hold(reasons=True)
    assert stand(table, "rapporteur", said, "disagree", for_="cleo").status_code == 200


def test_a_reason_is_one_sentence(table: LiveTable, said: Contribution):
    assert stand(table, "second-participant", said, reason="a" * 500).status_code == 200
    assert refusal(stand(table, "second-participant", said, reason="a" * 501)) == TOO_LONG
    assert Stance.objects.get().reason == "a" * 500


@pytest.mark.parametrize("sign", ["\0", "\x01", "\x1b", "\x7f"])
def test_a_reason_holds_nothing_that_cannot_be_printed(table: LiveTable, said: Contribution, sign: str):
    assert refusal(stand(table, "second-participant", said, reason=f"a{sign}b"))[0] == 400
    assert held() == []


def test_a_reason_stands_as_text(table: LiveTable, said: Contribution):
    stand(table, "second-participant", said, reason="<script>alert(1)</script> *x*")
    shown = of(table, "second-participant", said)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; *x*" in shown and "<script>alert" not in shown


# ------------------------------------------------------------------ given aloud


def test_who_records_enters_a_stance_that_was_given_aloud(table: LiveTable, said: Contribution):
    for role in table.people:
        answer = stand(table, role, said, "disagree", for_="cleo")
        assert answer.status_code == (200 if role in ("moderator", "rapporteur") else 403), role
    assert held() == [("cleo", "disagree", False, "", True)]
    assert bar(table, said)["opposed"] == {"cleo"}
    assert refusal(stand(table, "rapporteur", said, for_="nobody")) == (400, "Choose a person from the list.")


def test_its_owner_may_change_what_was_entered_for_them(table: LiveTable, said: Contribution):
    stand(table, "rapporteur", said, "disagree", for_="ben")
    assert 'value="disagree" class="take disagree" aria-pressed="true"' in page(table, "second-participant")
    stand(table, "second-participant", said, "agree")
    assert held() == [("ben", "agree", False, "", False)]


def test_it_is_told_to_its_owner_too(table: LiveTable, said: Contribution):
    stand(table, "rapporteur", said, "disagree", for_="ben")
    assert entered(table, "person:ben") == ["stance-taken"]


# ------------------------------------------------------------------ on what


def test_on_nothing_but_a_position_that_stands(table: LiveTable, said: Contribution):
    comment = saved(say(table, "participant", "Only a comment."))
    assert refusal(stand(table, "second-participant", comment)) == GONE
    do(table, "moderator", said, "hide", why="Off topic.")
    assert refusal(stand(table, "second-participant", said)) == GONE
    do(table, "moderator", said, "restore")
    assert stand(table, "second-participant", said).status_code == 200
    do(table, "participant", said, "withdraw")
    assert refusal(stand(table, "second-participant", said, "disagree")) == GONE


def test_not_on_one_that_is_not_released(table: LiveTable):
    table.hold(release="when_seen")
    waiting = saved(say(table, "rapporteur", "It is low.", kind="position", for_="ada"))
    assert stand(table, "second-participant", waiting).status_code == 404
    assert refusal(stand(table, "participant", waiting)) == GONE
    assert refusal(stand(table, "rapporteur", waiting, for_="ben")) == GONE
    assert held() == []


def test_also_once_the_item_has_closed_but_not_before_it_opens(table: LiveTable, said: Contribution):
    run(table, "moderator", "close", item="water")
    assert stand(table, "second-participant", said).status_code == 200
    said.session.openings.all().delete()
    assert refusal(stand(table, "second-participant", said)) == (400, "The table has not come to this item yet.")


def test_on_a_finding_while_it_is_put_to_the_table(table: LiveTable, said: Contribution, finding: Finding):
    assert stand(table, "second-participant", finding, "agree").status_code == 200
    assert agreement(table.event).holdings[finding.pk].numbers.n == 2
    assert "put to the table" in page(table, "second-participant")
    Finding.objects.update(is_open=False)
    assert refusal(stand(table, "second-participant", finding, "disagree")) == NOT_PUT
    assert held() == [("ben", "agree", False, "", False)]


def test_a_finding_of_another_event_is_none(table: LiveTable):
    other = rivers("named", "lakes")
    theirs = Finding.objects.create(
        event=other, item=other.items.get(key="air"), text="No.", level="some", is_open=True
    )
    assert stand(table, "second-participant", theirs).status_code == 404


def test_by_way_of_the_forum_a_closed_tables_finding_is_not_there(table: LiveTable, finding: Finding):
    missing = Finding(pk=uuid.uuid4())
    for role in ("panelist", "visitor", "mallory"):
        answers = [stand(table, role, on, session="forum") for on in (finding, missing)]
        assert [one.status_code for one in answers] == [404, 404], role
        assert answers[0].content == answers[1].content, role


def test_stances_on_a_position_count_for_no_finding(table: LiveTable, said: Contribution, finding: Finding):
    stand(table, "second-participant", said)
    assert agreement(table.event).holdings[finding.pk].numbers.n == 1


# ------------------------------------------------------------------ blind


def test_blind_split_is_seen_by_nobody_before_the_collection_closes(table: LiveTable, said: Contribution):
    """Neither after one's own stance, nor by the moderator or the rapporteur: they see how many have answered."""
    table.hold(blind=True)
    stand(table, "moderator", said, "disagree")
    stand(table, "second-participant", said, "abstain")
    stand(table, "second-participant", said, "disagree")
    for role in ("participant", "second-participant", "observer", "convenor"):
        assert VEILED in drawn_bar(page(table, role), said), role
    for role in ("rapporteur", "moderator"):
        shown = drawn_bar(page(table, role), said)
        assert "2 of 5 have answered. Result hidden until the round closes." in shown, role
        assert "oppose" not in shown and 'class="cell' not in shown, role
    assert 'value="disagree" class="take disagree" aria-pressed="true"' in page(table, "second-participant")


def test_blind_answer_may_change_until_the_collection_closes(table: LiveTable, said: Contribution):
    table.hold(blind=True)
    stand(table, "second-participant", said, "abstain")
    stand(table, "second-participant", said, "agree")
    assert held() == [("ben", "agree", False, "", False)]
    saved(do(table, "moderator", said, "open-stances"))
    assert "2 support" in drawn_bar(page(table, "observer"), said)


def test_blind_staff_reads_who_has_not_answered(table: LiveTable, said: Contribution):
    table.hold(blind=True)
    stand(table, "second-participant", said, "disagree")
    told = "Not answered yet: Cleo Marshcloq, Dev Pateldeq, Eve Quillevq"
    assert {role for role in READ_BY if told in of(table, role, said)} == {"moderator", "rapporteur"}


def test_blind_once_shown_stays_shown(table: LiveTable, said: Contribution):
    """Nobody takes a look by asking openly for a moment: everybody sees it then, and goes on seeing it."""
    table.hold(blind=True)
    stand(table, "second-participant", said, "disagree")
    table.hold(blind=False)
    table.hold(blind=True)
    assert "1 opposes" in drawn_bar(page(table, "observer"), said)


def test_blind_round_ends_blind(table: LiveTable, finding: Finding):
    table.hold(blind=True)
    with pytest.raises(ValidationError, match="A round is open, and its result hidden until it closes"):
        table.hold(blind=False)
    Finding.objects.update(is_open=False)
    table.hold(blind=False)
    assert not table.session().blind


def test_blind_the_streams_tell_nothing_before(table: LiveTable, said: Contribution):
    table.hold(blind=True)
    before = entered(table, "table")
    stand(table, "moderator", said, "disagree")
    assert entered(table, "table") == before
    assert entered(table, "person:ada") == ["contribution-made"]
    stand(table, "second-participant", said, "agree")
    stand(table, "rapporteur", said, "agree", for_="cleo")
    assert entered(table, "person:ben") == ["stance-taken"], "one’s own alone"
    assert entered(table, "table") == before


def test_blind_the_pages_of_a_statement_tell_nothing_before(table: LiveTable, said: Contribution):
    table.hold(blind=True)
    stand(table, "moderator", said, "disagree")
    assert VEILED in drawn_bar(of(table, "observer", said), said)
    assert VEILED in drawn_bar(of(table, "participant", said), said), "nor its author’s"
    assert "1 opposes" not in of(table, "rapporteur", said)


def test_the_moderator_opens_what_was_collected_blind(table: LiveTable, said: Contribution):
    table.hold(blind=True)
    stand(table, "moderator", said, "disagree")
    for role in ("participant", "rapporteur", "observer", "convenor"):
        assert do(table, role, said, "open-stances").status_code == 403
    assert VEILED in page(table, "observer")
    saved(do(table, "moderator", said, "open-stances"))
    for role in ("participant", "observer"):
        assert "1 opposes" in drawn_bar(page(table, role), said)
    assert entered(table, "table")[-1] == "stances-opened"
    stand(table, "second-participant", said, "agree")
    assert entered(table, "table")[-1] == "stance-taken", "from then on everybody hears"


def test_held_openly_again_everybody_sees(table: LiveTable, said: Contribution):
    table.hold(blind=True)
    stand(table, "moderator", said, "disagree")
    table.hold(blind=False)
    assert "1 opposes" in drawn_bar(page(table, "observer"), said)


def test_a_finding_put_to_the_table_is_blind_too(table: LiveTable, finding: Finding):
    table.hold(blind=True)
    stand(table, "moderator", finding, "disagree")
    shown = page(table, "second-participant")
    assert VEILED in shown.split(f'id="finding-said-{finding.pk}"')[1].split("</li>")[0]
    stand(table, "second-participant", finding, "agree")
    for role, told in (("second-participant", VEILED), ("moderator", "1 of 5 have answered.")):
        shown = page(table, role).split(f'id="finding-said-{finding.pk}"')[1].split("</li>")[0]
        assert told in shown and "1 opposes" not in shown, role
    Finding.objects.update(is_open=False)
    assert "1 opposes" in page(table, "second-participant").split(f'id="finding-said-{finding.pk}"')[1]


# ------------------------------------------------------------------ once


def test_reasons_are_read_by_everybody_and_by_name_where_named(table: LiveTable, said: Contribution):
    stand(table, "second-participant", said, "disagree", reason="It rained.", strong="1")
    told = {role: of(table, role, said).partition("Reasons given")[2].partition("</section>")[0]
            for role in ("participant", "second-participant", "observer", "moderator", "convenor")}  # fmt: skip
    assert all("It rained." in one and "strongly" in one for one in told.values())
    named = {role for role, one in told.items() if 'class="who"' in one}
    assert named == told.keys()  # the rule of this table is “named”; of the others: test_the_bar_tells…
    table.hold(blind=True)
    assert {role for role in told if "It rained." in of(table, role, said)} == {"second-participant"}


def test_the_same_stance_sent_again_is_one_stance(table: LiveTable, said: Contribution):
    for _ in range(3):
        assert stand(table, "second-participant", said, "disagree", key="the-same-key").status_code == 200
    assert entered(table, "table").count("stance-taken") == 1
    assert Stance.objects.get().history.count() == 0
    told = "Something else was sent from this form already. Your words are kept: send them again."
    for other in ({"stance": "agree"}, {"reason": "Why."}, {"strong": "1"}):
        sent = {"stance": "disagree", "key": "the-same-key"} | other
        assert refusal(stand(table, "second-participant", said, **sent)) == (409, told)


def test_sent_again_after_another_it_does_not_undo_it(table: LiveTable, said: Contribution):
    stand(table, "second-participant", said, "disagree", key="the-first-key")
    stand(table, "second-participant", said, "agree", key="the-second-key")
    assert stand(table, "second-participant", said, "disagree", key="the-first-key").status_code == 200
    assert held() == [("ben", "agree", False, "", False)]


def test_sent_again_after_the_position_was_withdrawn_it_has_its_answer(table: LiveTable, said: Contribution):
    stand(table, "second-participant", said, "disagree", key="the-same-key")
    do(table, "participant", said, "withdraw")
    assert stand(table, "second-participant", said, "disagree", key="the-same-key").status_code == 200
    assert refusal(stand(table, "second-participant", said, "disagree")) == GONE


def test_amending_the_position_keeps_the_stances(table: LiveTable, said: Contribution):
    stand(table, "second-participant", said, "disagree")
    saved(amend(table, "participant", said, "The river is very low."))
    assert bar(table, said)["opposed"] == {"ben"}


# ------------------------------------------------------------------ without scripts


def test_a_page_without_scripts_presses_a_button_and_comes_back(table: LiveTable, said: Contribution):
    answer = stand(table, "second-participant", said, "disagree", script=False, key=None)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/events/rivers/table/table/#s-{said.pk}")
    assert "Your stance is on record." in page(table, "second-participant")


def test_what_cannot_be_taken_is_said_on_the_page_that_it_came_from(table: LiveTable, said: Contribution):
    table.hold(reasons=True)
    answer = stand(table, "second-participant", said, "disagree", script=False)
    assert answer.headers["Location"] == "/events/rivers/table/table/"
    assert WANTED[1] in page(table, "second-participant")
    answer = stand(table, "second-participant", said, "disagree", script=False, from_="said")
    assert answer.headers["Location"] == f"/events/rivers/table/table/said/{said.pk}/"
    assert WANTED[1] in of(table, "second-participant", said)
