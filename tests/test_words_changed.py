"""Answers belong to the words that they were given on: where these change, support lapses until its owner answers."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogue.discussion.models import Contribution
from dialogue.positions import agreement as counting
from dialogue.positions import evidence
from dialogue.positions.agreement import agreement
from dialogue.positions.bars import of_position
from dialogue.positions.models import Stance
from tests.dom import parsed
from tests.forms import amend, entered, of, page, refusal, saved, say, stand
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db

CHANGED = (409, "It was changed meanwhile. Your words are kept: look at what stands there now, then decide.")
VETO, ABOLISHED = "The veto should stay as it is.", "The veto should be abolished."


@pytest.fixture
def table() -> LiveTable:
    table = seated()
    table.run("open_item", "water")
    return table


@pytest.fixture
def veto(table: LiveTable) -> Contribution:
    """Ada's position, with which Ben agrees."""
    veto = saved(say(table, "participant", VETO, kind="position"))
    assert stand(table, "second-participant", veto, "agree").status_code == 200
    return veto


def reworded(table: LiveTable, said: Contribution, text: str = ABOLISHED, **sent: str) -> Contribution:
    """The same position in other words of its author's."""
    return saved(amend(table, "participant", Contribution.every.get(pk=said.pk), text, **sent))


def words(table: LiveTable, said: Contribution) -> tuple[str, str]:
    """What its bar says: the words with n of N, and who is on earlier words."""
    numbers = of_position(agreement(table.event), said.pk)
    return numbers.words, numbers.earlier


def asks(table: LiveTable, role: str) -> str:
    """What somebody's page asks them again; "" where it asks nothing."""
    found = re.search(r'<section id="asks"[^>]*>(.*?)</section>', page(table, role), re.DOTALL)
    assert found, "no list of asks"
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


# ------------------------------------------------------------------ the count


def test_support_lapses_with_the_words_and_comes_back_by_its_owner(table: LiveTable, veto: Contribution):
    assert words(table, veto) == ("2 of 5 support", "")
    reworded(table, veto)
    assert words(table, veto) == ("1 of 5 supports", "on earlier words: 1 supports")
    assert stand(table, "second-participant", veto, "keep").status_code == 200
    assert words(table, veto) == ("2 of 5 support", "")
    history = list(Stance.objects.get(attendee__key="ben").history.values_list("stance", "words_version"))
    assert history == [("agree", 1)]


def test_control_support_would_stand_if_no_version_was_asked_for(table, veto, monkeypatch):
    monkeypatch.setattr(evidence, "Held", lambda *told: counting.Held(*told[:4]))
    reworded(table, veto)
    assert words(table, veto) == ("2 of 5 support", "")


@pytest.mark.parametrize(
    ("stance", "before", "after"),
    [
        ("reservations", (1, 1, 0, 0, 3), (1, 0, 0, 0, 4)),
        ("disagree", (1, 0, 1, 0, 3), (1, 0, 1, 0, 3)),
        ("abstain", (1, 0, 0, 1, 3), (1, 0, 0, 1, 3)),
    ],
)
def test_opposition_stands_and_reservations_count_no_more(table, stance: str, before: tuple, after: tuple):
    said = saved(say(table, "participant", VETO, kind="position"))
    stand(table, "second-participant", said, stance, reason="Of mine.")

    def numbers() -> tuple:
        bar = agreement(table.event).position_bar(said.pk)
        return tuple(map(len, (bar.support, bar.reservations, bar.opposed, bar.abstained, bar.silent)))

    assert numbers() == before
    reworded(table, said)
    assert numbers() == after
    told = {"reservations": "with reservations", "disagree": "opposes", "abstain": "abstains"}[stance]
    assert words(table, said)[1] == f"on earlier words: 1 {told}"


def test_author_stands_on_their_own_new_words(table, veto):
    stand(table, "participant", veto, "agree")
    reworded(table, veto)
    assert words(table, veto) == ("1 of 5 supports", "on earlier words: 1 supports")
    assert asks(table, "participant") == ""


@pytest.mark.parametrize("text", ["THE veto should stay, as it is", "The  veto\nshould stay as it is!"])
def test_spelling_alone_lapses_nothing(table, veto, text: str):
    reworded(table, veto, text)
    assert words(table, veto) == ("2 of 5 support", "")
    assert asks(table, "second-participant") == ""


# ------------------------------------------------------------------ being asked again


def test_owner_is_asked_on_their_page_with_both_wordings(table, veto):
    reworded(table, veto)
    told = asks(table, "second-participant")
    for part in ("Does your answer still hold?", "Your support has lapsed", VETO, ABOLISHED, "Keep my answer"):
        assert part in told, part
    for role in ("participant", "moderator", "observer"):
        assert asks(table, role) == "" and VETO not in page(table, role), role
    assert entered(table, "person:ben")[-2:] == ["answers-asked", "bar-moved"]
    assert "answers-asked" not in entered(table, "table") + entered(table, "staff") + entered(table, "person:ada")


def test_answering_again_ends_the_asking(table, veto):
    reworded(table, veto)
    stand(table, "second-participant", veto, "disagree")
    assert asks(table, "second-participant") == ""
    assert words(table, veto) == ("1 of 5 supports, 1 against", "")


def test_answer_works_without_scripts(table, veto):
    reworded(table, veto)
    shown = parsed(page(table, "second-participant")).find("asks")
    button = next(one for one in shown.walk() if one.attributes.get("value") == "keep")
    client = table.client("second-participant")
    answer = client.post(button.attributes["formaction"], {"stance": "keep"}, follow=True)
    assert answer.status_code == 200
    assert words(table, veto) == ("2 of 5 support", "")


def test_answer_on_words_that_changed_meanwhile_is_refused(table, veto):
    reworded(table, veto)
    assert refusal(stand(table, "second-participant", veto, "agree", words="1")) == CHANGED
    assert words(table, veto)[0] == "1 of 5 supports"
    assert stand(table, "second-participant", veto, "agree", words="2").status_code == 200


def test_nothing_to_keep_is_refused(table, veto):
    assert refusal(stand(table, "moderator", veto, "keep")) == (400, "You have no answer here yet: choose one.")


def test_withdrawn_words_are_not_asked_about(table, veto):
    reworded(table, veto)
    table.said["veto"] = veto
    table.do("participant", "withdraw", "veto")
    assert asks(table, "second-participant") == ""


def test_reason_given_on_earlier_words_says_so(table):
    said = saved(say(table, "participant", VETO, kind="position"))
    stand(table, "second-participant", said, "disagree", reason="A reasonq.")
    assert "on earlier words" not in of(table, "moderator", said)
    reworded(table, said)
    part = of(table, "moderator", said).partition("Reasons given")[2].partition("</section>")[0]
    assert "A reasonq." in part and '<span class="mark">on earlier words</span>' in part


# ------------------------------------------------------------------ “spelling only”, claimed


@pytest.fixture
def carried(table, veto) -> Contribution:
    """Ada claims that only the spelling changed; Ben, Cleo, Dev and Eve agreed before."""
    for key in ("cleo", "dev", "eve"):
        stand(table, "rapporteur", veto, "agree", for_=key)
    return reworded(table, veto, "The vetoes should stay as they are.", spelling="1")


def test_claimed_spelling_carries_answers_over_and_shows_both(table, carried):
    assert words(table, carried) == ("5 of 5 support", "")
    told = asks(table, "second-participant")
    assert "Its author says: spelling only." in told and "Not the same" in told and VETO in told


def test_owner_who_says_not_the_same_lapses_alone(table, carried):
    assert stand(table, "second-participant", carried, "not-the-same").status_code == 200
    assert words(table, carried)[0] == "4 of 5 support"
    assert words(table, carried)[1] == "on earlier words: 1 supports"


def test_a_third_who_say_not_the_same_have_everybody_asked(table, carried):
    for key, role in (("cleo", "observer"),):
        person = table.people[role]
        table.event.attendees.filter(key=key).update(person=person)
    stand(table, "second-participant", carried, "not-the-same")
    assert words(table, carried)[0] == "4 of 5 support"
    assert stand(table, "observer", carried, "not-the-same").status_code == 200
    assert words(table, carried) == ("1 of 5 supports", "on earlier words: 4 support")


def test_nobody_refuses_what_nobody_claims(table, veto):
    reworded(table, veto)
    refused = refusal(stand(table, "second-participant", veto, "not-the-same"))
    assert refused == (400, "Your answer is not carried over from earlier words.")


def test_answer_on_claimed_spelling_page_of_statement_offers_the_claim(table, veto):
    assert 'name="spelling"' in of(table, "participant", veto)


# ------------------------------------------------------------------ whatever happens


ACTS = st.one_of(
    st.tuples(st.just("stand"), st.sampled_from(["ben", "cleo", "dev", "eve"]),
              st.sampled_from(["agree", "reservations", "disagree", "abstain", "keep"])),
    st.tuples(st.just("amend"), st.integers(0, 3), st.just("")),
    st.tuples(st.just("respell"), st.booleans(), st.just("")),
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(ACTS, max_size=8))
def test_no_amendment_raises_n_without_an_act_of_each_supporter(acts: list[tuple]):
    from django.db import transaction

    with transaction.atomic():
        table = seated()
        table.run("open_item", "water")
        table.said["veto"] = said = saved(say(table, "participant", VETO, kind="position"))
        since: set[str] = set()  # who answered with support after the last amendment that was not spelling
        for act, what, how in acts:
            before = agreement(table.event).position_bar(said.pk)
            if act == "stand":
                answer = stand(table, "rapporteur", said, how, for_=what)
                held = Stance.objects.filter(attendee__key=what).first()
                if answer.status_code == 200 and held.stance in ("agree", "reservations"):
                    since.add(what)
                else:
                    since.discard(what)
            elif act == "amend":
                reworded(table, said, f"Words number {what}.")
                if Contribution.objects.get(pk=said.pk).words_version != said.words_version:
                    since.clear()
                said = Contribution.objects.get(pk=said.pk)
            else:
                text = Contribution.objects.get(pk=said.pk).text
                reworded(table, said, text.upper() if what else text.lower())
            bar = agreement(table.event).position_bar(said.pk)
            n = len(bar.support | bar.reservations)
            assert act == "stand" or n <= len(before.support | before.reservations)
            keys = dict(table.event.attendees.values_list("pk", "key"))
            assert {keys[one] for one in bar.support | bar.reservations} - {"ada"} == since
        transaction.set_rollback(True)
