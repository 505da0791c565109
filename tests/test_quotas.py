"""Quotas: one person writes so much and no more, loses nothing, and takes nothing from anybody else."""

import pytest
from django.test import Client

from dialogue import quotas
from dialogue.discussion.models import Contribution
from dialogue.events.models import Attendee
from dialogue.positions.models import Stance
from dialogue.quotas import Buckets, QuotaExceeded, Rate, rate_of
from tests.preparing import Prepared
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db
SAY = "/events/rivers/table/table/say/"
JSON = {"headers": {"Accept": "application/json"}}


class Clock:
    """A clock that stands still unless it is set forward."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(quotas, "time", clock)
    return clock


@pytest.fixture
def table(settings) -> LiveTable:
    settings.QUOTAS = {"statement": "3/60", "stance": "2/60", "rename": "2/600"}
    table = seated()
    table.run("open_item", "water")
    return table


def say(client: Client, n: int, **more):
    sent = {"text": f"Statement {n}.", "item": "water", "kind": "position", "key": f"key-of-{n:08}"}
    return client.post(SAY, sent, **more)


def test_statements_of_one_person_are_so_many_and_the_next_says_when(table: LiveTable):
    mine, others = table.client("participant"), table.client("second-participant")
    answers = [say(mine, n, **JSON) for n in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[3].headers["Retry-After"] == "20"
    assert answers[3].json()["error"] == "That was very fast. Nothing is lost: wait 20 seconds, then send it again."
    assert Contribution.objects.count() == 3
    assert say(others, 9, **JSON).status_code == 200, "another person's are their own"


def test_words_that_were_too_fast_stay_in_the_form(table: LiveTable):
    mine = table.client("participant")
    for n in range(3):
        say(mine, n)
    page = say(mine, 7)
    assert page.status_code == 429
    assert "Statement 7." in page.text and "That was very fast. Nothing is lost" in page.text


def test_control_without_a_quota_a_hundred_are_taken(table: LiveTable, settings):
    settings.QUOTAS = settings.QUOTAS | {"statement": ""}
    mine = table.client("participant")
    assert {say(mine, n, **JSON).status_code for n in range(100)} == {200}


def test_amended_words_count_as_statements(table: LiveTable):
    mine = table.client("participant")
    id = say(mine, 0, **JSON).json()["saved"]
    page = f"/events/rivers/table/table/said/{id}/"
    sent = [{"do": "amend", "text": f"Amended {n}.", "version": str(n + 1), "key": f"amend-{n:08}"} for n in range(3)]
    answers = [mine.post(page, one) for one in sent]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Amended 2." in answers[2].text, "the words stay in the form"


def test_stances_of_one_person_are_so_many(table: LiveTable):
    id = say(table.client("second-participant"), 0, **JSON).json()["saved"]
    mine = table.client("participant")
    taken = [
        mine.post(
            f"/events/rivers/table/table/stance/{id}/",
            {"stance": stance, "key": f"stance-{n:08}"},
            **JSON,
        ).status_code
        for n, stance in enumerate(("agree", "abstain", "agree"))
    ]
    assert taken == [200, 200, 429]
    assert Stance.objects.get().stance == "abstain"


def test_renames_of_one_person_are_so_many_and_other_wishes_are_none(settings):
    settings.QUOTAS = settings.QUOTAS | {"rename": "2/600"}
    house = Prepared("named")
    ray = house.invited("Ray Crabbe")
    names = ("Ray One", "Ray Two", "Ray Three")
    answers = [house.agree(ray, rule="named", name=name) for name in names]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Ray Three" in answers[2].text and "That was very fast." in answers[2].text
    assert house.agree(ray, rule="named", name="Ray Two", listed="").status_code == 302
    assert not Attendee.objects.get(name="Ray Two").listed


def test_bucket_is_filled_again_over_its_time(clock: Clock):
    buckets, rate = Buckets(), Rate(3, 30)
    assert [buckets.spend("a", rate) for _n in range(4)] == [0, 0, 0, 10]
    clock.now += 4
    assert buckets.spend("a", rate) == 6
    clock.now += 6
    assert [buckets.spend("a", rate), buckets.spend("a", rate)] == [0, 10]
    assert buckets.spend("b", rate) == 0


def test_buckets_remember_no_more_people_than_they_may(monkeypatch):
    monkeypatch.setattr(quotas, "MOST_KNOWN", 10)
    buckets = Buckets()
    for n in range(50):
        buckets.spend(n, Rate(3, 30))
    assert list(buckets.left) == list(range(40, 50))


@pytest.mark.parametrize("written", ["0/60", "3/0", "x/60", "3"])
def test_rate_that_is_none_is_refused(written: str):
    with pytest.raises(ValueError):
        rate_of(written)


def test_quota_says_how_long_to_wait(settings):
    settings.QUOTAS = settings.QUOTAS | {"statement": "1/7"}
    quotas.spend("statement", "somebody of this test")
    with pytest.raises(QuotaExceeded) as found:
        quotas.spend("statement", "somebody of this test")
    assert found.value.seconds == 7
