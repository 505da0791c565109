"""Where somebody is signed in: they see it, end one, end all others; what is open there closes within a second."""

import json
import pathlib
import time

import pytest
from django.contrib.sessions.models import Session as Stored
from django.test import Client
from django.utils import timezone

from dialogue.entrance.browsers import browser
from dialogue.entrance.models import SignIn
from dialogue.live.refusals import CLOSED
from dialogue.people.demo import entry_code
from dialogue.people.models import Person
from tests.cast import account
from tests.clocks import in_time
from tests.faults.scene import slack
from tests.proofs import SECOND, app_code, by_mail, signed_in_as, with_app
from tests.served import program
from tests.wires import Wire, hall_at

ADA, BEN = "ada@rivers.invalid", "ben@rivers.invalid"
OTHERS = "/you/sign-ins/end-others/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada Byron", email=ADA)


@pytest.fixture
def ben(db: None) -> Person:
    return Person.objects.create(name="Ben Okri", email=BEN)


def with_browser(told: str, email: str = ADA, address: str = "198.51.100.7") -> Client:
    client = Client(HTTP_USER_AGENT=told, REMOTE_ADDR=address)
    by_mail(client, email)
    return client


def is_in(client: Client) -> bool:
    return client.get("/you/").status_code == 200


def of(client: Client) -> SignIn:
    return SignIn.objects.get(session=client.session.session_key)


def test_one_sees_where_one_is_signed_in_and_which_is_this_one(ada: Person, ben: Person):
    here, there = with_browser(FIREFOX), with_browser(IPHONE)
    with_browser(FIREFOX, BEN)
    text = " ".join(here.get("/you/").text.split())
    assert "Firefox on Windows <strong>(this one)</strong>" in text and "Safari on iPhone" in text
    assert text.count('class="inline"') == 2 and "Ben" not in text
    assert f"/you/sign-ins/{of(there).pk}/end/" in text
    assert abs((of(here).since - timezone.now()).total_seconds()) < 60


def test_no_network_address_is_kept_and_of_the_browser_two_words(ada: Person):
    with_browser(f"{IPHONE} canary-7f3a", address="203.0.113.77")
    kept = json.dumps([str(one) for one in SignIn.objects.values_list()]) + json.dumps(
        [str(one.get_decoded()) for one in Stored.objects.all()]
    )
    assert "Safari" in kept and "203.0.113" not in kept and "canary" not in kept and "Mozilla" not in kept


def test_one_is_ended_and_the_others_go_on(ada: Person):
    here, there, third = signed_in_as(ADA), signed_in_as(ADA), signed_in_as(ADA)
    answer = here.post(f"/you/sign-ins/{of(there).pk}/end/")
    assert answer.headers["Location"] == "/you/" and "That sign-in has ended." in here.get("/you/").text
    assert [is_in(client) for client in (here, there, third)] == [True, False, True]
    assert SignIn.objects.count() == Stored.objects.count() == 2


def test_all_others_are_ended(ada: Person, ben: Person):
    here, there, bens = signed_in_as(ADA), signed_in_as(ADA), signed_in_as(BEN)
    here.post(OTHERS)
    assert "You are signed in here only." in here.get("/you/").text
    assert [is_in(client) for client in (here, there, bens)] == [True, False, True]


def test_to_end_this_one_is_to_sign_out(ada: Person):
    here, there = signed_in_as(ADA), signed_in_as(ADA)
    assert here.post(f"/you/sign-ins/{of(here).pk}/end/").headers["Location"] == "/"
    assert [is_in(client) for client in (here, there)] == [False, True]


def test_anothers_and_a_missing_one_are_the_same(ada: Person, ben: Person):
    here, bens = signed_in_as(ADA), signed_in_as(BEN)
    missing = "5a1d5a1d-5a1d-4a1d-8a1d-5a1d5a1d5a1d"
    answers = [here.post(f"/you/sign-ins/{one}/end/") for one in (of(bens).pk, missing)]
    assert answers[0].status_code == answers[1].status_code == 404 and answers[0].content == answers[1].content
    assert is_in(bens)
    assert here.get(f"/you/sign-ins/{of(here).pk}/end/").status_code == 405 and is_in(here), "a link ends nothing"


def test_a_sign_in_is_gone_from_the_list_when_it_is_over(ada: Person):
    client = signed_in_as(ADA)
    client.post("/sign-out/")
    assert not SignIn.objects.exists()
    signed_in_as(ADA)
    Stored.objects.update(expire_date=timezone.now())
    Client().session.clear_expired()
    assert not SignIn.objects.exists()


def test_it_is_the_same_one_under_its_new_key(ada: Person):
    client = signed_in_as(ADA)
    before, key = of(client), client.session.session_key
    secret, _codes = with_app(client)
    assert client.session.session_key != key and of(client) == before
    assert (of(client).since, SignIn.objects.count()) == (before.since, 1)
    again = Client()
    by_mail(again, ADA)
    assert SignIn.objects.count() == 1, "between the two steps nobody is signed in"
    again.post(SECOND, {"code": app_code(secret)})
    assert SignIn.objects.count() == 2


def test_whoever_comes_by_the_demos_door_is_in_the_list_too(db: None, settings):
    settings.DEMO = True
    person = account("participant", is_sample=True)
    client = Client(HTTP_USER_AGENT=FIREFOX)
    client.post(f"/enter/participant/{entry_code('participant')}/")
    assert [str(one) for one in person.sign_ins.all()] == ["Firefox Windows"]
    assert "(this one)" in client.get("/you/").text


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (FIREFOX, ("Firefox", "Windows")),
        (IPHONE, ("Safari", "iPhone")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", ("Edge", "macOS")),
        ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("curl/8.5.0", ("", "")),
        ("", ("", "")),
        ("\x00" * 9000, ("", "")),
    ],
)  # fmt: skip
def test_a_browser_in_two_words(told: str, words: tuple[str, str]):
    assert browser(told) == words


# ------------------------------------------------------------------ what is open there

TWICE = """
import json, django
django.setup()
from dialogue.entrance.models import SignIn
from dialogue.people.models import Person
from django.utils import timezone
from tests.faults.seats import signed_in
person = Person.objects.get(email="w07@faults.invalid")
told = [signed_in(person)["cookie"] for _n in range(3)]
for key in told:
    SignIn.objects.create(session_id=key, person=person, since=timezone.now())
print(json.dumps([told, [str(SignIn.objects.get(session=key).pk) for key in told]]))
"""


def test_what_is_open_there_closes_within_a_second_and_what_is_open_here_stays(tmp_path: pathlib.Path):
    with hall_at(tmp_path, program("")) as hall:
        done = hall.server.home.run(TWICE)
        assert done.returncode == 0, done.stderr[-3000:]
        (here, there, third), (_here, ended, _third) = json.loads(done.stdout.splitlines()[-1])
        with (
            Wire(hall, cookie=f"sessionid={here}") as mine,
            Wire(hall, cookie=f"sessionid={there}") as one,
            Wire(hall, cookie=f"sessionid={third}") as other,
        ):
            for wire in (mine, one, other):
                wire.hello()
            hall.server.jar = {"sessionid": here, "csrftoken": "t" * 32}
            for address, wire in ((f"/you/sign-ins/{ended}/end/", one), (OTHERS, other)):
                began = time.monotonic()
                assert hall.server.ask("POST", address, {"csrfmiddlewaretoken": "t" * 32}).status == 302
                assert wire.closed() == (4001, CLOSED[4001])
                assert in_time(time.monotonic() - began, 1 * slack())
            assert mine.is_open()
