"""Signing in at an OpenID provider: who is known by an address that it has verified comes in, and nobody else."""

import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.sessions.models import Session as Stored
from django.http import HttpResponse
from django.test import Client

from dialogue.entrance.models import SignIn
from dialogue.management import startup
from dialogue.people.models import Person
from tests.openid_provider import CLIENT, SECRET, OpenIDProvider, providing, rsa_key
from tests.proofs import SECOND, app_code, signed_in_as, with_app
from tests.test_logs import heard
from tests.test_startup import refused

__all__ = ["heard"]
START, BACK = "/sign-in/openid/", "/sign-in/openid/back/"


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada Byron", email="ada@rivers.invalid")


@pytest.fixture
def provider(settings: Any, ada: Person) -> Iterator[OpenIDProvider]:
    with providing(OpenIDProvider()) as there:
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_SECRET = there.base, CLIENT, SECRET
        settings.OIDC_NAME = "The ministry"
        yield there


def gone(client: Client, **sent: str) -> str:
    """The provider's page that the browser is sent to."""
    answer = client.post(START, sent)
    assert answer.status_code == 200
    away = answer.headers["Refresh"].removeprefix("0; url=")
    assert away in answer.text.replace("&amp;", "&")
    return away


def come(client: Client, provider: OpenIDProvider, **sent: str) -> HttpResponse:
    """All the way there and back."""
    back, told = provider.come(gone(client, **sent))
    assert back == f"http://testserver{BACK}"
    return client.get(BACK, told)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def kept() -> list[int]:
    return [table.objects.count() for table in (Person, EmailAddress, SocialAccount, SocialApp, SocialToken)]


# ------------------------------------------------------------------ who comes in


def test_who_is_known_by_a_verified_address_comes_in_under_a_new_key(provider: OpenIDProvider):
    provider.person["email"] = "Ada@Rivers.INVALID"
    client = Client()
    assert "Sign in with The ministry" in client.get("/sign-in/").text
    _back, told = provider.come(gone(client, next="/events/?x=1"))
    before = client.session.session_key
    answer = client.get(BACK, told)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/events/?x=1") and is_in(client)
    assert client.session.session_key != before and not Stored.objects.filter(session_key=before).exists()
    assert SignIn.objects.get().session_id == client.session.session_key
    assert "Ada Byron" in client.get("/you/").text
    assert kept() == [1, 0, 0, 0, 0], "nothing of it is kept"


def test_the_provider_is_asked_as_the_standard_has_it(provider: OpenIDProvider):
    asked = {name: some[0] for name, some in parse_qs(urlsplit(gone(Client())).query).items()}
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert asked["code_challenge_method"] == "S256" and len(asked["nonce"]) >= 32 and len(asked["state"]) >= 16
    other = {name: some[0] for name, some in parse_qs(urlsplit(gone(Client())).query).items()}
    assert not {asked["nonce"], asked["state"], asked["code_challenge"]} & set(other.values())


def test_one_comes_to_no_other_site(provider: OpenIDProvider):
    assert come(Client(), provider, next="https://evil.example/").headers["Location"] == "/"


def test_an_address_that_stands_at_the_userinfo_alone_does_where_it_is_of_the_same_person(provider: OpenIDProvider):
    provider.info = {"sub": "somebody", "email": "ada@rivers.invalid", "email_verified": "true"}
    client = Client()
    come(client, provider)
    assert is_in(client)
    provider.info["sub"] = "somebody else"
    client = Client()
    assert come(client, provider).status_code == 403 and not is_in(client)


def test_who_has_a_second_factor_is_asked_for_it_here_too(provider: OpenIDProvider):
    secret, _codes = with_app(signed_in_as("ada@rivers.invalid"))
    client = Client()
    assert come(client, provider, next="/events/?x=1").headers["Location"] == SECOND and not is_in(client)
    assert client.post(SECOND, {"code": app_code(secret)}).headers["Location"] == "/events/?x=1"
    assert is_in(client)


# ------------------------------------------------------------------ who does not


@pytest.mark.parametrize("who", ["unknown", "unverified", "unsaid", "gone", "sample", "odd", "none", "a list"])
def test_others_are_turned_away_on_one_and_the_same_page(provider: OpenIDProvider, who: str):
    Person.objects.create(name="Gone", email="gone@rivers.invalid", is_active=False)
    Person.objects.create(name="Sample", email="sample@rivers.invalid", is_sample=True)
    known, unverified = {"email": "ada@rivers.invalid"}, {"email_verified": False}
    provider.person = {
        "unknown": {"email": "zoe@rivers.invalid", "email_verified": True}, "unverified": known | unverified, "unsaid": known,
        "gone": {"email": "gone@rivers.invalid", "email_verified": True},
        "sample": {"email": "sample@rivers.invalid", "email_verified": True},
        "odd": {"email": "ada@rivers.invalid\0", "email_verified": True}, "none": {}, "a list": {"email": ["ada@rivers.invalid"]},
    }[who]  # fmt: skip
    before = kept()
    client = Client()
    answer = come(client, provider)
    assert answer.status_code == 403 and not is_in(client) and kept() == before
    assert "does not let you in here" in answer.text
    provider.person = {"email": "nobody@rivers.invalid", "email_verified": True}
    assert sealed(come(Client(), provider).text) == sealed(answer.text)


def sealed(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|name="next" value="[^"]*"', "", page)


@pytest.mark.parametrize(
    ("wrong", "header"),
    [
        ({"nonce": "another"}, {}), ({"nonce": None}, {}), ({"aud": "another"}, {}), ({"aud": None}, {}),
        ({"iss": "https://evil.example"}, {}), ({"iss": None}, {}), ({"exp": int(time.time()) - 60}, {}), ({"exp": None}, {}),
        ({"iat": int(time.time()) + 3600}, {}), ({"iat": None}, {}), ({"sub": None}, {}), ({"azp": "another"}, {}),
        ({"exp": "soon"}, {}), ({}, {"alg": "HS256"}), ({}, {"alg": "none"}), ({}, {"kid": "another"}),
    ],
)  # fmt: skip
def test_a_token_that_is_wrong_in_anything_is_worth_nothing(provider: OpenIDProvider, wrong: dict, header: dict):
    provider.wrong, provider.header = wrong, header
    client = Client()
    answer = come(client, provider)
    assert answer.status_code == 403 and not is_in(client)
    provider.wrong, provider.header = {}, {}
    come(client, provider)
    assert is_in(client), "the control"


def test_a_signature_of_another_key_is_none_although_the_token_was_fetched_directly(provider: OpenIDProvider):
    provider.shows = rsa_key()
    client = Client()
    assert come(client, provider).status_code == 403 and not is_in(client)


def test_the_state_is_this_browsers_own_and_good_once(provider: OpenIDProvider):
    client, other = Client(), Client()
    _back, told = provider.come(gone(client))
    for strange in ({"code": told["code"]}, {"state": told["state"]}, told | {"state": "x"}, {}, told | {"code": ""}):
        assert other.get(BACK, strange).status_code == 403
    assert other.get(BACK, told).status_code == 403 and not is_in(other), "in another browser"
    client.get(BACK, told)
    assert is_in(client)
    client.post("/sign-out/")
    assert client.get(BACK, told).status_code == 403 and not is_in(client)


def test_who_thinks_better_of_it_is_where_they_began(provider: OpenIDProvider):
    client = Client()
    _back, told = provider.come(gone(client))
    assert client.get(BACK, {"error": "access_denied", "state": told["state"]}).headers["Location"] == "/sign-in/"
    assert client.get(BACK, {"error": "server_error", "state": told["state"]}).status_code == 403


def test_a_provider_that_refuses_or_fails_lets_nobody_in_and_is_no_failure_of_ours(provider: OpenIDProvider, settings):
    client = Client()
    provider.status = 400
    assert come(client, provider).status_code == 403 and not is_in(client)
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    answer = client.post(START)
    assert answer.status_code == 503 and "does not answer" in answer.text
    settings.OIDC_ISSUER = provider.base
    provider.says_issuer = "https://evil.example"
    assert client.post(START).status_code == 503, "it says that it is another"


def test_who_is_signed_in_stays_who_they_are(provider: OpenIDProvider):
    Person.objects.create(name="Ben Okri", email="ben@rivers.invalid")
    client = Client()
    _back, told = provider.come(gone(client))
    ben = signed_in_as("ben@rivers.invalid")
    assert ben.get(BACK, told).headers["Location"] == ben.post(START).headers["Location"] == "/sign-in/"
    assert "Ben Okri" in ben.get("/you/").text


# ------------------------------------------------------------------ settings, pages, log


def test_without_a_provider_there_is_no_button_and_no_address(ada: Person):
    client = Client()
    assert "Sign in with" not in client.get("/sign-in/").text
    assert (client.post(START).status_code, client.get(BACK).status_code) == (404, 404)


@pytest.mark.parametrize("missing", ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_SECRET"])
def test_a_provider_that_is_named_by_halves_is_refused_at_the_start(settings, missing: str):
    whole = {"OIDC_ISSUER": "https://id.example.org", "OIDC_CLIENT_ID": CLIENT, "OIDC_SECRET": SECRET}
    for name, value in whole.items():
        setattr(settings, name, value)
    startup.require_whole_openid()
    setattr(settings, missing, "")
    told = refused(startup.require_whole_openid)
    assert f"{missing} is missing. Set OIDC_ISSUER" in told
    for name in whole:
        setattr(settings, name, "")
    startup.require_whole_openid()


def test_a_provider_without_tls_is_refused_but_on_this_machine(settings):
    settings.OIDC_CLIENT_ID, settings.OIDC_SECRET = CLIENT, SECRET
    settings.OIDC_ISSUER = "http://id.example.org"
    assert "must begin with https://" in refused(startup.require_whole_openid)
    settings.OIDC_ISSUER = "http://127.0.0.1:8080"
    startup.require_whole_openid()


def test_the_page_that_leads_there_obeys_our_own_rule_for_forms(provider: OpenIDProvider):
    answer = Client().post(START)
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_network_asks_the_provider_a_limited_number_of_times(provider: OpenIDProvider, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"openid": "2/m/ip"}
    answers = [Client().post(START) for _n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429] and "Wait a minute" in answers[2].text
    assert Client(REMOTE_ADDR="203.0.113.9").post(START).status_code == 200


def test_nothing_of_it_is_in_the_log(provider: OpenIDProvider, heard):
    client = Client()
    come(client, provider)
    provider.person["email"] = "zoe@rivers.invalid"
    come(Client(), provider)
    told = "".join(heard.lines)
    assert [line["why"] for line in heard.of("openid-refused")] == ["unknown"] and "openid-back" in told
    spent = [value for sent in provider.told for name, value in sent.items() if name in ("code", "code_verifier")]
    assert len(spent) == 4 and not any(one in told for one in (*spent, SECRET, "rivers.invalid", "an access token"))
