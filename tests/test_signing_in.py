"""Signing in by a code sent by mail: who gets one, how often it may be tried, and that it is good once."""

import pathlib
import re
import subprocess
import sys
import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session as SignIn
from django.core import mail as sent
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from dialogue.archive.load import load
from dialogue.due import actions as due
from dialogue.due.models import Due
from dialogue.entrance.models import Code
from dialogue.events.models import Pass
from dialogue.mail.models import Mail
from dialogue.people.models import Person
from tests import records
from tests.machine import environment
from tests.together import codes_together

ADDRESS, STEP = "/sign-in/", "/sign-in/code/"


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada Byron", email="ada@rivers.invalid")


def asked(email: str, client: Client | None = None, **more: str) -> Client:
    """A browser that has asked for a code."""
    client = client or Client()
    answer = client.post(ADDRESS, {"email": email, **more})
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, STEP)
    return client


def code_for(email: str) -> str:
    """The code in the latest mail to an address."""
    written = Mail.objects.filter(to=email).order_by("-written_at").first()
    assert written
    return re.search(r"^ +(\d{6})$", written.text, re.M)[1]


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_an_address_then_the_code_from_the_mail(ada: Person):
    client = asked("Ada@Rivers.INVALID")
    assert "ada@rivers.invalid" in client.get(STEP).text
    code = code_for("ada@rivers.invalid")
    assert Mail.objects.get().subject == f"Your code: {code}"
    anonymous = client.session.session_key
    answer = client.post(STEP, {"code": f" {code[:3]}-{code[3:]} "})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_in(client) and client.session.session_key != anonymous
    assert not SignIn.objects.filter(session_key=anonymous).exists(), "under a new key"
    assert "Ada Byron" in client.get("/").text
    assert "You are signed in as Ada Byron" in client.get(ADDRESS).text


def test_one_comes_to_the_page_that_one_wanted_and_to_no_other_site(ada: Person):
    for wanted, to in (("/events/?x=1", "/events/?x=1"), ("https://evil.example/", "/"), ("//evil.example", "/")):
        client = asked("ada@rivers.invalid", next=wanted)
        answer = client.post(STEP, {"code": code_for("ada@rivers.invalid"), "next": wanted})
        assert answer.headers["Location"] == to


def test_a_code_is_good_once_and_in_its_own_browser(ada: Person):
    first, second = asked("ada@rivers.invalid"), Client()
    code = code_for("ada@rivers.invalid")
    assert second.post(STEP, {"code": code}).headers["Location"] == ADDRESS
    asked("ada@rivers.invalid", second)
    assert second.post(STEP, {"code": code}).status_code == 422, "that of another browser"
    key = first.cookies["sessionid"].value
    first.post(STEP, {"code": code})
    again = Client()
    again.cookies["sessionid"] = key
    again.post(STEP, {"code": code})
    assert is_in(first) and not is_in(again)


def test_three_wrong_tries_end_a_code(ada: Person):
    client = asked("ada@rivers.invalid")
    code = code_for("ada@rivers.invalid")
    for told in ("This is not the code", "This is not the code", "That was the third wrong code"):
        answer = client.post(STEP, {"code": other(code)})
        assert answer.status_code == 422 and told in answer.text
    assert client.post(STEP, {"code": code}).headers["Location"] == ADDRESS and not is_in(client)
    assert client.post(STEP, {"code": code}).headers["Location"] == ADDRESS


def test_what_cannot_be_a_code_is_no_try(ada: Person):
    client = asked("ada@rivers.invalid")
    for written in ("", "12345", "1234567", "abcdef", "१२३४५६", "\u200b" * 9, "1" * 41):
        answer = client.post(STEP, {"code": written})
        assert answer.status_code == 422 and 'class="problem"' in answer.text
    assert client.post(STEP, {"code": code_for("ada@rivers.invalid")}).status_code == 302


def test_ten_minutes_end_a_code(ada: Person):
    client = asked("ada@rivers.invalid")
    Code.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert client.post(STEP, {"code": code_for("ada@rivers.invalid")}).status_code == 410
    assert not is_in(client)


@pytest.mark.parametrize("who", ["nobody", "gone", "sample"])
def test_whether_an_address_is_known_nobody_can_tell(ada: Person, who: str):
    if who == "gone":
        Person.objects.create(name="Gone", email="gone@rivers.invalid", is_active=False)
    if who == "sample":
        Person.objects.create(name="Sample", email="sample@rivers.invalid", is_sample=True)
    asked("before@rivers.invalid")  # the network's own count is there
    pages, queries = [], []
    for email in ("ada@rivers.invalid", f"{who}@rivers.invalid"):
        client = Client()
        with Counted() as counted:
            client.post(ADDRESS, {"email": email})
        queries.append(counted.statements)
        page = client.get(STEP).text.replace(email, "ADDRESS")
        wrong = client.post(STEP, {"code": "000000"})
        pages.append([sealed(page), wrong.status_code, sealed(wrong.text.replace(email, "ADDRESS"))])
    assert pages[0] == pages[1]
    assert queries[0] == queries[1], "the same is read and written for both"
    assert not Mail.objects.filter(to=f"{who}@rivers.invalid").exists()
    while due.work():
        pass
    assert [letter.to for letter in sent.outbox] == [["ada@rivers.invalid"]]


class Counted:
    """The shape of the statements that the database is asked."""

    def __enter__(self) -> "Counted":
        self.statements: list[str] = []
        self.wrapping = connection.execute_wrapper(self.count)
        self.wrapping.__enter__()
        return self

    def count(self, execute, sql, params, many, context):
        words = sql.split()
        if words[0] not in ("SAVEPOINT", "RELEASE"):
            self.statements.append(
                " ".join(words[:3]) if words[0] != "SELECT" else sql.partition(" FROM ")[2].split()[0]
            )
        return execute(sql, params, many, context)

    def __exit__(self, *told) -> None:
        self.wrapping.__exit__(*told)


def sealed(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"', "", page)


def test_of_unknown_addresses_no_code_is_right(db: None):
    client = asked("nobody@rivers.invalid")
    for code in ("000000", "", "None"):
        client.post(STEP, {"code": code})
    assert not is_in(client)


def test_codes_are_asked_for_a_few_times_an_address(ada: Person):
    for _n in range(5):
        asked("ada@rivers.invalid")
    answer = Client().post(ADDRESS, {"email": "ADA@rivers.invalid"})
    assert answer.status_code == 429 and "wait some minutes" in answer.text
    assert Mail.objects.count() == 5
    asked("ben@rivers.invalid")


def asked_from(network: str, email: str = "ada@rivers.invalid", client: Client | None = None, **more: str) -> int:
    """How the page answers who asks for a code from another network."""
    return (client or Client()).post(ADDRESS, {"email": email, **more}, REMOTE_ADDR=network).status_code


def test_stranger_uses_up_nothing_of_another_network(ada: Person):
    assert [asked_from("198.51.100.9") for _n in range(6)] == [302] * 5 + [429]
    assert asked_from("203.0.113.5") == 302
    assert [asked_from("2001:db8::1"), asked_from("2001:db8::2")] == [302, 302]


def test_letters_to_an_address_are_few_a_day_whoever_asks_for_them(ada: Person):
    answers = [asked_from(f"198.51.100.{n // 5}") for n in range(40)]
    assert answers == [302] * 30 + [429] * 10
    assert Mail.objects.count() == 30
    assert asked_from("198.51.100.9", "ben@rivers.invalid") == 302


def at_the_limit(email: str) -> None:
    """Strangers have asked for all the codes of a day."""
    for n in range(30):
        asked_from(f"198.51.100.{n // 5}", email)


def test_known_browser_passes_the_limit_that_strangers_have_used_up(ada: Person):
    mine = asked("ada@rivers.invalid")
    mine.post(STEP, {"code": code_for("ada@rivers.invalid")})
    mine.get("/")
    mine.post("/sign-out/")
    at_the_limit("ada@rivers.invalid")
    assert [asked_from("192.0.2.1"), asked_from("192.0.2.1", client=mine)] == [429, 302]
    assert asked_from("192.0.2.1", client=mine) == 302
    forged = Client()
    forged.cookies["known"] = mine.cookies["known"].value[:-1] + "x"
    assert asked_from("192.0.2.1", client=forged) == 429
    assert [asked_from("192.0.2.1", client=mine) for _n in range(4)] == [302] * 3 + [429], "and it has one of its own"


def test_known_browser_is_known_for_its_own_account_alone(ada: Person):
    Person.objects.create(name="Ben", email="ben@rivers.invalid")
    mine = asked("ada@rivers.invalid")
    mine.post(STEP, {"code": code_for("ada@rivers.invalid")})
    mine.get("/")
    mine.post("/sign-out/")
    at_the_limit("ben@rivers.invalid")
    assert asked_from("192.0.2.1", "ben@rivers.invalid", mine) == 429


def test_letter_that_came_passes_the_limit_that_strangers_have_used_up(ada: Person):
    at_the_limit("ada@rivers.invalid")
    letter = Mail.objects.order_by("-written_at")[0].text
    page = re.search(r"http://testserver(/sign-in/\?letter=\S+)", letter)[1]
    mine = Client(REMOTE_ADDR="192.0.2.7")
    told = re.search(r'name="letter" value="([^"]+)"', mine.get(page).text)[1]
    assert asked_from("192.0.2.7", client=mine, letter=told) == 302
    assert asked_from("192.0.2.7", letter=f"x{told}") == 429
    assert asked_from("192.0.2.7", letter="") == 429
    at_the_limit("ben@rivers.invalid")
    assert asked_from("192.0.2.7", "ben@rivers.invalid", letter=told) == 429, "it went to another address"


def test_control_counted_by_address_alone_a_stranger_keeps_its_owner_out(ada: Person, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"code_to_stranger_daily": "5/600s/key"}
    for _n in range(5):
        asked_from("198.51.100.9")
    assert asked_from("203.0.113.5") == 429


def test_cookie_of_a_known_browser_names_no_account(ada: Person):
    mine = asked("ada@rivers.invalid")
    mine.post(STEP, {"code": code_for("ada@rivers.invalid")})
    mine.get("/")
    cookie = mine.cookies["known"]
    assert str(ada.pk) not in cookie.value and (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize("email", ["", "ada", "a@b", "ada@rivers.invalid\0", "x" * 300 + "@rivers.invalid"])
def test_what_is_no_address_is_told(db: None, email: str):
    answer = Client().post(ADDRESS, {"email": email})
    assert answer.status_code == 422 and 'class="problem"' in answer.text
    assert not Mail.objects.exists() and not Code.objects.exists()


def test_a_code_speaks_the_language_of_whom_it_is_for(ada: Person):
    Person.objects.filter(pk=ada.pk).update(language="fr")
    asked("ada@rivers.invalid")
    assert Mail.objects.get().subject.startswith("Votre code")


# ------------------------------------------------------------------ many at once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_fifty_tries_at_once_sign_in_once_and_fifty_guesses_are_three():
    assert at_once() == (1, 3)


@pytest.mark.sqlite
def test_so_it_is_in_a_file_too(tmp_path: pathlib.Path):
    """In a process of its own: the database that tests have in memory locks whole tables."""
    code = "import django; django.setup()\nfrom django.core.management import call_command; call_command('migrate', verbosity=0)"
    code += "\nfrom django.conf import settings; settings.ALLOWED_HOSTS = ['testserver']"
    code += "\nfrom tests.test_signing_in import at_once; print(*at_once())"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "1 3\n", done.stderr


def at_once() -> tuple[int, int]:
    """How many of fifty tries with the right code come in, and how many of fifty guesses are looked at."""
    Person.objects.create(name="Ada Byron", email="ada@rivers.invalid")
    client = asked("ada@rivers.invalid")
    code, key = code_for("ada@rivers.invalid"), client.cookies["sessionid"].value
    came_in = codes_together(key, STEP, [code] * 50).count("in")
    client = asked("ada@rivers.invalid")
    code, key = code_for("ada@rivers.invalid"), client.cookies["sessionid"].value
    return came_in, codes_together(key, STEP, [other(code)] * 50).count("wrong")


# ------------------------------------------------------------------ who is let in


def test_admit_lets_a_person_of_the_record_in_and_somebody_with_a_role(db: None, capsys):
    event = load(records.table())
    before = event.sessions.get().access_epoch
    call_command("admit", event.slug, "ada@rivers.invalid", key="ada")
    call_command("admit", event.slug, "chris@rivers.invalid", role="convenor", name="Chris Doe")
    call_command("admit", event.slug, "Chris@rivers.invalid", role="convenor")
    assert event.attendees.get(key="ada").person.email == "ada@rivers.invalid"
    assert Pass.objects.get().person.name == "Chris Doe"
    assert event.sessions.get().access_epoch > before, "open pages are asked anew"
    client = asked("ada@rivers.invalid")
    client.post(STEP, {"code": code_for("ada@rivers.invalid")})
    assert client.get(f"/events/{event.slug}/table/table/").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "told", "why"),
    [
        (["{slug}", "ada@rivers.invalid"], {}, "Say who this is"),
        (["{slug}", "ada@rivers.invalid"], {"key": "ada", "role": "observer"}, "Say who this is"),
        (["{slug}", "ada"], {"key": "ada"}, "no e-mail address"),
        (["elsewhere", "ada@rivers.invalid"], {"key": "ada"}, "load_record FILE"),
        (["{slug}", "ada@rivers.invalid"], {"key": "zoe"}, "has the id “zoe”"),
    ],
)
def test_admit_says_what_is_wrong_and_changes_nothing(db: None, arguments, told, why):
    slug = load(records.table()).slug
    with pytest.raises(CommandError, match=why):
        call_command("admit", *(one.format(slug=slug) for one in arguments), **told)
    assert not Person.objects.exists()


def test_two_people_of_an_event_do_not_share_an_address(db: None):
    event = load(records.table())
    call_command("admit", event.slug, "ada@rivers.invalid", key="ada")
    with pytest.raises(CommandError, match="somebody else's in this event"):
        call_command("admit", event.slug, "ada@rivers.invalid", key="ben")
    assert event.attendees.get(key="ben").person is None


# ------------------------------------------------------------------ due work


def test_a_letter_is_sent_and_then_forgotten(ada: Person):
    asked("ada@rivers.invalid")
    code = code_for("ada@rivers.invalid")
    while due.work():
        pass
    letter = sent.outbox[0]
    assert code in letter.subject and code in letter.body and code in letter.alternatives[0][0]
    kept = Mail.objects.get()
    assert (kept.subject, kept.text, kept.html) == ("", "", "") and kept.sent_at
    assert kept.pk.hex in letter.extra_headers["Message-ID"].replace("-", "")
    assert not due.work() and len(sent.outbox) == 1


def test_the_demo_sends_nothing_and_shows_its_mail(ada: Person, settings):
    assert Client().get("/letters/").status_code == 404
    settings.DEMO = True
    asked("ada@rivers.invalid")
    while due.work():
        pass
    assert sent.outbox == []
    assert code_for("ada@rivers.invalid") in Client().get("/letters/").text
    assert Client(REMOTE_ADDR="192.168.1.20").get("/letters/").status_code == 404, "a phone that has joined"


def test_what_fails_is_tried_again_later_and_at_last_given_up(ada: Person, monkeypatch):
    tried: list[uuid.UUID] = []

    def broken(subject: uuid.UUID) -> None:
        tried.append(subject)
        raise ConnectionRefusedError("no words of it are kept")

    monkeypatch.setitem(due.kinds, "mail", broken)
    one = due.put("mail", uuid.uuid4())
    waits = []
    while not Due.objects.get(pk=one.pk).done_at:
        assert due.work()
        kept = Due.objects.get(pk=one.pk)
        waits.append((kept.due_at - timezone.now()).total_seconds())
        assert kept.problem == "ConnectionRefusedError"
        assert not due.work(), "not before its time"
        Due.objects.filter(done_at=None).update(due_at=timezone.now())
    assert len(tried) == due.MOST_TRIES
    assert [round(wait) for wait in waits[:4]] == [30, 60, 120, 240] and max(waits) <= 3600


def test_what_is_hopeless_is_not_tried_again(ada: Person, monkeypatch):
    def refused(subject: uuid.UUID) -> None:
        raise due.Hopeless

    monkeypatch.setitem(due.kinds, "mail", refused)
    one = due.put("mail", uuid.uuid4())
    due.work()
    assert Due.objects.get(pk=one.pk).done_at


def test_who_takes_work_and_dies_leaves_it_to_others(db: None, monkeypatch):
    done: list[uuid.UUID] = []
    monkeypatch.setitem(due.kinds, "mail", done.append)
    one = due.put("mail", uuid.uuid4())
    assert due.take() == one and due.take() is None, "nobody else has it meanwhile"
    assert not due.work()
    Due.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert due.work() and done == [one.subject]
