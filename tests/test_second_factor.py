"""A second factor: who has one is asked for it, it is good once, and nobody is signed in before."""

import json
import pathlib
import re
import subprocess
import sys
import time

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session as Stored
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogue.mail.models import Mail
from dialogue.people.models import Person
from tests.machine import environment
from tests.posted import told
from tests.proofs import (
    ADD_APP,
    ADD_PASSKEY,
    FACTOR,
    PASSKEY,
    SECOND,
    Passkey,
    app_code,
    begun,
    by_mail,
    signed_in_as,
    steady,
    with_app,
    with_passkey,
)
from tests.test_logs import heard
from tests.test_table_input import HOSTILE as BAD
from tests.test_table_input import body_of
from tests.together import codes_together

__all__ = ["heard", "steady"]
pytestmark = pytest.mark.usefixtures("steady")
ADA, BEN = "ada@rivers.invalid", "ben@rivers.invalid"
CODES, REMOVE = "/you/second-factor/codes/", "/you/second-factor/remove/"


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada Byron", email=ADA)


@pytest.fixture
def ben(db: None) -> Person:
    return Person.objects.create(name="Ben Okri", email=BEN)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def is_confirmed(client: Client) -> bool:
    return "This sign-in is confirmed." in client.get(FACTOR).text


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def stale(client: Client) -> Client:
    """The same browser an hour later."""
    session = client.session
    for one in session["account_authentication_methods"]:
        one["at"] = time.time() - 3600
    session.save()
    return client


# ------------------------------------------------------------------ an authenticator app


def test_an_app_is_added_by_its_first_code_and_its_secret_is_drawn_on_the_page_alone(ada: Person):
    client = signed_in_as(ADA)
    assert "You have none" in client.get("/you/").text
    assert not Authenticator.objects.exists() and not is_confirmed(client)
    before = client.session.session_key
    client.post(ADD_APP, {"do": "begin"})
    page = client.get(ADD_APP)
    assert "<svg" in page.text and "data:image" not in page.text and "<?xml" not in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    secret = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page.text)[1]
    assert client.post(ADD_APP, {"code": other(app_code(secret))}).status_code == 422
    assert not Authenticator.objects.exists()
    answer = client.post(ADD_APP, {"code": app_code(secret)})
    assert "they are not shown again" in answer.text and len(re.findall(r"<li><code>", answer.text)) == 10
    assert is_confirmed(client), "it was just proved"
    assert client.session.session_key != before and not Stored.objects.filter(session_key=before).exists()
    assert "10 are left" in client.get(FACTOR).text and "<li><code>" not in client.get(FACTOR).text


def test_who_has_one_is_asked_for_it_before_anybody_is_signed_in(ada: Person):
    secret, _codes = with_app(signed_in_as(ADA))
    client, keys = Client(), []
    client.get("/sign-in/")
    answer = by_mail(client, ADA, next="/events/?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (302, SECOND) and not is_in(client)
    keys.append(client.session.session_key)
    assert client.get("/you/").headers["Location"].startswith("/sign-in/"), "not signed in"
    assert client.get(SECOND).status_code == 200
    assert client.post(SECOND, {"code": other(app_code(secret))}).status_code == 422 and not is_in(client)
    answer = client.post(SECOND, {"code": f" {app_code(secret)[:3]}-{app_code(secret)[3:]} "})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/events/?x=1") and is_in(client)
    assert is_confirmed(client)
    assert client.session.session_key not in keys and not Stored.objects.filter(session_key__in=keys).exists()


def test_a_new_key_is_made_when_the_code_from_the_mail_is_right(ada: Person):
    with_app(signed_in_as(ADA))
    client = Client()
    client.post("/sign-in/", {"email": ADA})
    before = client.session.session_key
    by_mail(client, ADA)
    assert client.session.session_key != before and not Stored.objects.filter(session_key=before).exists()


def test_the_step_is_for_those_alone_who_have_written_the_right_code(ada: Person):
    secret, _codes = with_app(signed_in_as(ADA))
    client = Client()
    for answer in (client.get(SECOND), client.post(SECOND, {"code": app_code(secret)})):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/")
    client.post("/sign-in/", {"email": ADA})
    assert client.post(SECOND, {"code": app_code(secret)}).headers["Location"] == "/sign-in/" and not is_in(client)


def test_a_code_of_the_app_is_good_once(ada: Person):
    secret, _codes = with_app(signed_in_as(ADA))
    first, second = Client(), Client()
    for client in (first, second):
        by_mail(client, ADA)
    code = app_code(secret)
    first.post(SECOND, {"code": code})
    assert second.post(SECOND, {"code": code}).status_code == 422
    assert (is_in(first), is_in(second)) == (True, False)
    second.post(SECOND, {"code": app_code(secret, 1)})
    assert is_in(second), "half a minute on"


def test_the_code_that_added_the_app_signs_nobody_in(ada: Person):
    secret, _codes = with_app(signed_in_as(ADA))
    client = Client()
    by_mail(client, ADA)
    assert client.post(SECOND, {"code": app_code(secret, -1)}).status_code == 422 and not is_in(client)


def test_a_recovery_code_is_good_once(ada: Person):
    _secret, codes = with_app(signed_in_as(ADA))
    assert len(set(codes)) == 10
    for expected in (True, False):
        client = Client()
        by_mail(client, ADA)
        client.post(SECOND, {"code": codes[3]})
        assert is_in(client) is expected
    client = Client()
    by_mail(client, ADA)
    client.post(SECOND, {"code": codes[4]})
    assert "8 are left" in client.get(FACTOR).text


def test_after_five_wrong_tries_the_right_one_waits_from_wherever_it_comes(ada: Person):
    secret, codes = with_app(signed_in_as(ADA))
    client = Client()
    by_mail(client, ADA)
    assert [client.post(SECOND, {"code": "000000"}).status_code for _n in range(5)] == [422] * 5
    answer = client.post(SECOND, {"code": app_code(secret)})
    assert answer.status_code == 429 and "Wait five minutes" in answer.text
    again = Client(REMOTE_ADDR="203.0.113.9")
    by_mail(again, ADA)
    assert again.post(SECOND, {"code": codes[0]}).status_code == 429 and not is_in(again)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "123456789", "abcdef", "१२३४५६", "\u200b" * 9, "1" * 41])
def test_what_cannot_be_a_code_is_no_try(ada: Person, code: str):
    secret, _codes = with_app(signed_in_as(ADA))
    client = Client()
    by_mail(client, ADA)
    for _n in range(6):
        answer = client.post(SECOND, {"code": code})
        assert answer.status_code == 422 and 'class="problem"' in answer.text
    client.post(SECOND, {"code": app_code(secret)})
    assert is_in(client)


def test_who_was_shut_out_meanwhile_does_not_come_in(ada: Person):
    secret, _codes = with_app(signed_in_as(ADA))
    client = Client()
    by_mail(client, ADA)
    Person.objects.update(is_active=False)
    client.post(SECOND, {"code": app_code(secret)})
    assert not is_in(client)


# ------------------------------------------------------------------ changing it


def test_who_has_shown_long_ago_who_they_are_shows_it_again_first(ada: Person):
    client = stale(signed_in_as(ADA))
    assert client.get(ADD_APP).headers["Location"].startswith(FACTOR)
    assert "sign out, then sign in again" in client.get(FACTOR).text
    client = signed_in_as(ADA)
    secret, _codes = with_app(client)
    stale(client)
    for address in (ADD_APP, ADD_PASSKEY, CODES, REMOVE):
        answer = client.post(address, {"which": "totp", "do": "begin"})
        assert answer.headers["Location"].startswith(f"{FACTOR}?next=%2Fyou%2Fsecond-factor%2F&anew=1")
    assert Authenticator.objects.count() == 2
    key = client.session.session_key
    answer = client.post(f"{FACTOR}?next={ADD_PASSKEY}&anew=1", {"code": app_code(secret), "next": ADD_PASSKEY})
    assert answer.headers["Location"] == ADD_PASSKEY and client.session.session_key != key
    assert client.get(ADD_PASSKEY).status_code == 200


def test_a_sign_in_from_before_there_was_a_factor_can_be_confirmed(ada: Person):
    earlier = signed_in_as(ADA)
    secret, _codes = with_app(signed_in_as(ADA))
    assert not is_confirmed(earlier) and "Confirm that it is you." in earlier.get(FACTOR).text
    for wanted, to in (("/events/?x=1", "/events/?x=1"), ("https://evil.example/", FACTOR)):
        assert earlier.post(FACTOR, {"code": app_code(secret), "next": wanted}).headers["Location"] == to
        assert is_confirmed(earlier)
        secret, _codes = with_app(earlier)


def test_taking_the_last_one_away_takes_the_recovery_codes_and_all_other_sign_ins(ada: Person):
    client = signed_in_as(ADA)
    secret, _codes = with_app(client)
    elsewhere = Client()
    by_mail(elsewhere, ADA)
    elsewhere.post(SECOND, {"code": app_code(secret)})
    assert is_in(elsewhere)
    assert client.post(REMOVE, {"which": "nothing"}).status_code == 404
    assert client.post(REMOVE, {"which": "totp"}).headers["Location"] == FACTOR
    assert not Authenticator.objects.exists()
    assert elsewhere.get("/you/").status_code == 302, "signed out"
    assert client.get("/you/").status_code == 200 and not is_confirmed(client)
    assert by_mail(Client(), ADA).headers["Location"] == "/"


def test_what_was_proved_with_a_key_that_is_gone_counts_no_more(ada: Person):
    client = signed_in_as(ADA)
    with_app(client)
    assert client.post(REMOVE, {"which": "totp"}).status_code == 302
    with_passkey(client)
    secret, _codes = with_app(client)
    assert is_confirmed(client)
    again = Client()
    by_mail(again, ADA)
    again.post(SECOND, {"code": app_code(secret)})
    assert is_confirmed(again)
    again.post(REMOVE, {"which": "totp"})
    assert not is_confirmed(again) and "Confirm that it is you." in again.get(FACTOR).text


def test_new_recovery_codes_take_the_place_of_the_old_ones(ada: Person):
    client = signed_in_as(ADA)
    _secret, old = with_app(client)
    new = [one.replace(" ", "") for one in re.findall(r"<li><code>(\d{4} \d{4})</code>", client.post(CODES).text)]
    assert len(new) == 10 and not set(new) & set(old)
    for code, expected in ((old[0], False), (new[0], True)):
        again = Client()
        by_mail(again, ADA)
        again.post(SECOND, {"code": code})
        assert is_in(again) is expected


def test_the_owner_is_written_to_when_a_factor_comes_or_goes_in_their_language_without_a_word_of_it(ada: Person):
    Person.objects.update(language="fr")
    client = signed_in_as(ADA)
    secret, codes = with_app(client)
    client.post(REMOVE, {"which": "totp"})
    letters = list(Mail.objects.filter(to=ADA).order_by("written_at"))[1:]
    assert [letter.subject for letter in letters] == [
        "Un second facteur a été ajouté à votre compte", "Un second facteur a été retiré de votre compte",
    ]  # fmt: skip
    told = "".join(letter.text + letter.html for letter in letters)
    assert "fermez toutes vos autres sessions" in told and not any(one in told for one in (secret, *codes))


def test_anothers_key_cannot_be_named(ada: Person, ben: Person):
    with_passkey(signed_in_as(BEN))
    theirs = re.search(r'name="which" value="([0-9a-f]+)"', passkey_page(BEN))[1]
    client = signed_in_as(ADA)
    with_app(client)
    foreign, missing = (client.post(REMOVE, {"which": which}) for which in (theirs, "0" * 16))
    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content) == (404, foreign.content)
    assert Authenticator.objects.filter(user=ben, type="webauthn").exists()


def passkey_page(email: str) -> str:
    """The page of one's factors, in a browser that has just made one more."""
    client = Client()
    client.force_login(Person.objects.get(email=email))
    session, person = client.session, Person.objects.get(email=email)
    session["account_authentication_methods"] = [{"method": "mfa", "id": 0, "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client.get(FACTOR).text


# ------------------------------------------------------------------ passkeys


def test_a_passkey_alone_signs_in_and_counts_as_both(ada: Person):
    passkey = with_passkey(signed_in_as(ADA))
    client = Client()
    options = begun(client, PASSKEY)
    assert options["publicKey"].get("allowCredentials") in (None, []), "nobody is named to a visitor"
    assert options["publicKey"]["userVerification"] == "required"
    before = client.session.session_key
    answer = client.post(PASSKEY, {"do": "use", "credential": passkey.used(options), "next": "/events/?x=1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/events/?x=1")
    assert is_in(client) and is_confirmed(client) and client.session.session_key != before
    assert "blue key" in client.get(FACTOR).text


def test_a_passkey_is_a_second_factor_too(ada: Person):
    passkey = with_passkey(signed_in_as(ADA))
    client = Client()
    assert by_mail(client, ADA).headers["Location"] == SECOND
    assert "data-passkey" in client.get(SECOND).text
    client.post(SECOND, {"do": "use", "credential": passkey.used(begun(client, SECOND))})
    assert is_in(client) and is_confirmed(client)


def test_an_answer_to_another_question_does_not_do(ada: Person, ben: Person):
    passkey, theirs = with_passkey(signed_in_as(ADA)), with_passkey(signed_in_as(BEN))
    wrong = {
        "another challenge": lambda options: passkey.used(options, challenge="A" * 43),
        "another site": lambda options: changed(passkey, origin="https://evil.example").used(options),
        "plain http": lambda options: changed(passkey, origin="http://testserver").used(options),
        "another relying party": lambda options: changed(passkey, rp="evil.example").used(options),
        "nobody looked": lambda options: changed(passkey, flags=1).used(options),
        "nobody was there": lambda options: changed(passkey, flags=4).used(options),
        "another key": lambda options: changed(passkey, key=theirs.key).used(options),
        "in another's name": lambda options: passkey.used(options, handle=theirs.handle),
        "in nobody's name": lambda options: passkey.used(options, handle="AAAA"),
        "unknown": lambda options: Passkey(handle=passkey.handle).used(options),
    }
    for why, answered in wrong.items():
        client = Client()
        answer = client.post(PASSKEY, {"credential": answered(begun(client, PASSKEY))})
        assert answer.status_code == 422 and 'class="problem"' in answer.text and not is_in(client), why
    client = Client()
    answer = client.post(PASSKEY, {"credential": passkey.used(begun(Client(), PASSKEY))})
    assert answer.status_code == 422 and not is_in(client), "asked in another browser"
    client.post(PASSKEY, {"credential": passkey.used(begun(client, PASSKEY))})
    assert is_in(client), "the control"


def changed(passkey: Passkey, **instead: object) -> Passkey:
    return Passkey(**{**vars(passkey), **instead})  # type: ignore[arg-type]


def test_a_passkey_of_somebody_else_is_no_second_factor_of_mine(ada: Person, ben: Person):
    with_passkey(signed_in_as(ADA))
    theirs = with_passkey(signed_in_as(BEN))
    client = Client()
    by_mail(client, ADA)
    answer = client.post(SECOND, {"credential": theirs.used(begun(client, SECOND))})
    assert answer.status_code == 422 and not is_in(client)


def test_who_was_shut_out_has_no_use_of_a_passkey(ada: Person):
    passkey = with_passkey(signed_in_as(ADA))
    Person.objects.update(is_active=False)
    client = Client()
    assert client.post(PASSKEY, {"credential": passkey.used(begun(client, PASSKEY))}).status_code == 422
    assert not is_in(client) and "account_authentication_methods" not in client.session


def test_a_passkey_is_added_only_where_somebody_was_there_and_looked_at(ada: Person):
    client = signed_in_as(ADA)
    for wrong in ({"flags": 1}, {"flags": 4}, {"origin": "https://evil.example"}, {"rp": "evil.example"}):
        passkey = Passkey(**wrong)  # type: ignore[arg-type]
        answer = client.post(ADD_PASSKEY, {"name": "x", "credential": passkey.made(begun(client, ADD_PASSKEY))})
        assert answer.status_code == 422 and "does not do here" in answer.text
    assert not Authenticator.objects.exists()


HOSTILE = [
    "",
    "{}",
    "[]",
    "null",
    "1",
    '"x"',
    "{",
    "[" * 5000,
    "NaN",
    '{"id":',
    "\0",
    "é",
    '{"response":{}}',
    "x" * 70_000,
]
PARTS = st.text(alphabet="AZaz09-_", max_size=60) | st.none() | st.integers() | st.just("AAAA" * 5000)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.data())
def test_whatever_comes_instead_of_a_passkey_is_refused_in_a_sentence(data: st.DataObject):
    cache.clear()  # else there were too many tries
    client = Client(raise_request_exception=False)
    good = json.loads(Passkey(handle="AAAA").used(begun(client, PASSKEY)))
    for name in data.draw(st.lists(st.sampled_from(["id", "rawId", "type"]), max_size=2)):
        good[name] = data.draw(PARTS)
    for name in data.draw(st.lists(st.sampled_from(sorted(good["response"])), max_size=3)):
        good["response"][name] = data.draw(PARTS)
    written = data.draw(st.sampled_from([json.dumps(good), *HOSTILE]))
    answer = client.post(PASSKEY, {"credential": written})
    assert answer.status_code == 422 and 'class="problem"' in answer.text


def test_so_it_is_where_one_is_added(ada: Person):
    client = signed_in_as(ADA)
    client.raise_request_exception = False
    good = json.loads(Passkey().made(begun(client, ADD_PASSKEY)))
    some = [
        *HOSTILE,
        *(
            json.dumps(good | {"response": good["response"] | {"attestationObject": part}})
            for part in ("AA", "_" * 99, "oA")
        ),
    ]
    answers = [
        client.post(ADD_PASSKEY, {"name": "\0" if n % 2 else "x" * 99, "credential": one}) for n, one in enumerate(some)
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert not Authenticator.objects.exists()


FIELDS = {
    FACTOR: ["do", "code", "credential", "next"], ADD_APP: ["do", "code"], ADD_PASSKEY: ["do", "name", "credential"],
    REMOVE: ["which"], CODES: ["x"], SECOND: ["do", "code", "credential"], PASSKEY: ["do", "credential", "next"],
}  # fmt: skip


@pytest.mark.parametrize("address", FIELDS)
def test_no_form_fails_whatever_stands_in_it(ada: Person, settings, address: str):
    """By somebody who has just shown who they are, and has begun with an app (`test_table_input` tries all others)."""
    settings.ACCOUNT_RATE_LIMITS = False
    client = signed_in_as(ADA)
    with_app(client)
    client.post(ADD_APP, {"do": "begin"})
    if address in (SECOND, PASSKEY):
        client = Client()
        by_mail(client, ADA)
    client.raise_request_exception = False
    kept = list(Authenticator.objects.values("pk", "type"))
    for name, value in ((name, value) for name in FIELDS[address] for value in BAD):
        body = body_of([(name, value)])
        answer = client.post(address, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code < 500, (name, value)
        assert answer.status_code < 400 or len(told(answer)) > 10, (name, value)
    if address != CODES:  # which makes new ones, whatever comes with it
        assert list(Authenticator.objects.values("pk", "type")) == kept


# ------------------------------------------------------------------ what is kept, and what is lost


def test_no_secret_lies_open_in_the_database_or_the_log(ada: Person, heard):
    client = signed_in_as(ADA)
    secret, codes = with_app(client)
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    bare = secret.replace(" ", "")
    assert bare not in kept and "gAAAA" in kept
    assert "mfa.totp.secret" not in client.session
    again = Client()
    by_mail(again, ADA)
    again.post(SECOND, {"code": app_code(secret)})
    again.post(SECOND, {"code": codes[0]})
    told = "".join(heard.lines)
    assert "sign-in-second" in told
    again = Client()
    by_mail(again, ADA)
    again.post(SECOND, {"code": codes[1][:6]})
    (line,) = heard.of("factor-refused")
    assert (line["person"], line["status"]) == (str(ada.pk), 422)
    assert not any(one in told for one in (bare, app_code(secret), *codes, ADA))


def test_with_another_key_of_the_installation_no_code_is_right_and_nothing_fails(ada: Person, settings):
    client = signed_in_as(ADA)
    secret, codes = with_app(client)
    first = settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 10
    again = Client(raise_request_exception=False)
    by_mail(again, ADA)
    for code in (app_code(secret), codes[0]):
        assert again.post(SECOND, {"code": code}).status_code == 422
    settings.SECRET_KEY_FALLBACKS = [first]
    again.post(SECOND, {"code": app_code(secret)})
    assert is_in(again), "while the former key is named"


def test_who_runs_the_server_forgets_a_lost_factor_and_the_log_says_so(ada: Person, heard, capsys):
    client, unlisted = signed_in_as(ADA), Client()
    with_app(client)
    unlisted.force_login(ada)
    call_command("forget_factor", "ADA@rivers.invalid")
    assert unlisted.get("/you/").status_code == 302
    assert capsys.readouterr().out.startswith("The second factor of Ada Byron is forgotten")
    assert not Authenticator.objects.exists() and client.get("/you/").status_code == 302
    (line,) = heard.of("factor-forgotten")
    assert (line["person"], line["factors"], line["level"]) == (str(ada.pk), 1, "warning") and ADA not in "".join(
        heard.lines
    )
    assert by_mail(Client(), ADA).headers["Location"] == "/"
    with pytest.raises(CommandError, match="has no second factor"):
        call_command("forget_factor", ADA)
    with pytest.raises(CommandError, match="Nobody signs in with zoe@rivers.invalid"):
        call_command("forget_factor", "zoe@rivers.invalid")


# ------------------------------------------------------------------ many at once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_thirty_tries_at_once_with_one_code_sign_in_once_and_thirty_guesses_are_five():
    assert at_once() == (1, 1, 5)


@pytest.mark.sqlite
def test_so_it_is_in_a_file_too(tmp_path: pathlib.Path):
    """In a process of its own: the database that tests have in memory locks whole tables."""
    code = "import django; django.setup()\nfrom django.core.management import call_command; call_command('migrate', verbosity=0)"
    code += "\nfrom django.conf import settings; settings.ALLOWED_HOSTS = ['testserver']"
    code += "\nfrom tests.test_second_factor import at_once; print(*at_once())"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "1 1 5\n", done.stderr


def at_once() -> tuple[int, int, int]:
    """How many come in with one code of the app, with one recovery code, and how many of many guesses are looked at.

    Each of those who try has written a code from the mail of their own.
    """
    for email in (ADA, BEN):
        Person.objects.create(name="Somebody", email=email)
    secret, codes = with_app(signed_in_as(ADA))
    guessed, _codes = with_app(signed_in_as(BEN))
    waiting = Client()
    by_mail(waiting, ADA)
    first = tried(waiting, [app_code(secret)] * 5)
    waiting = Client()
    by_mail(waiting, ADA)
    second = tried(waiting, [codes[0]] * 5)
    waiting = Client()
    by_mail(waiting, BEN)
    return first.count("in"), second.count("in"), tried(waiting, [other(app_code(guessed))] * 30).count("wrong")


def tried(waiting: Client, codes: list[str]) -> list[str]:
    """What came of each of these codes, sent at once from one browser."""
    return codes_together(waiting.cookies["sessionid"].value, SECOND, codes)
