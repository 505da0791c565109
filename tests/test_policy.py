"""The Content-Security-Policy, letter by letter, on whatever is answered; and no unsafe request without its token."""

import contextlib
import copy
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from dialogue.live.refusals import TOLD, refusal
from tests.cast import CAST, account
from tests.crawl import addresses
from tests.posted import FORMS, Room, parameters
from tests.posted import room_alone as here
from tests.shared import undone
from tests.tiers import WHOLE, some

__all__ = ["here"]
pytestmark = pytest.mark.django_db

POLICY = {
    "default-src": ["'self'"], "object-src": ["'none'"], "base-uri": ["'none'"], "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
}  # fmt: skip
FORM = "application/x-www-form-urlencoded"


def read(header: str) -> dict[str, list[str]]:
    """A policy as its directives."""
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {name: sources for name, *sources in parts}


def wrong(answer: Any) -> str:
    """What is wrong with the policy of an answer; "" for nothing."""
    found = answer.headers.get("Content-Security-Policy", "")
    return "" if read(found) == POLICY else f"{answer.status_code}: {found!r}"


@contextlib.contextmanager
def cookies_kept(client: Client) -> Iterator[None]:
    """Whoever is signed in stays so, whatever is answered: to sign out is one of the addresses."""
    before = copy.deepcopy(client.cookies)
    yield
    client.cookies = before


def test_on_every_answer_of_every_address_whatever_it_says(here: Room, settings):
    settings.DEMO = True
    account("participant", is_sample=True)
    found, statuses, stored = {}, set(), []
    for name in parameters():
        for method in ("get", "post", "put", "head", "options"):
            for role in some(("rapporteur", "convenor", "visitor"), "rapporteur", "visitor"):
                with undone(), cookies_kept(here.clients[role]):
                    answer = getattr(here.clients[role], method)(here.address(name))
                statuses.add(answer.status_code)
                found[name, method, role] = wrong(answer)
                if role != "visitor" and "no-store" not in answer.headers.get("Cache-Control", ""):
                    stored.append((name, method, role))
    assert {case: what for case, what in found.items() if what} == {}
    assert statuses >= {200, 302, 403, 404, 405} and len(found) > (500 if WHOLE else 400)
    assert stored == [], "what a signed-in person sees is kept in no cache"


def test_on_errors_redirects_static_files_and_the_health_address(here: Room, monkeypatch: pytest.MonkeyPatch):
    client, strict = here.clients["participant"], here.table.client("participant")
    strict.handler.enforce_csrf_checks = True
    answers = {
        200: client.get("/health/"), 301: client.get("/events/rivers"), 302: client.post(reverse("theme"), {"theme": "dark"}),
        400: client.post(reverse("theme"), {"theme": "x"}), 403: strict.post(reverse("theme"), {"theme": "dark"}),
        404: client.get("/nothing/at/all/"), 405: client.get(reverse("theme")),
        413: client.post(reverse("language"), "language=" + "a" * 2**21, content_type=FORM),
    }  # fmt: skip
    assert {status: (answer.status_code, wrong(answer)) for status, answer in answers.items()} == {
        status: (status, "") for status in answers
    }
    for path in ("/static/css/tokens.css", "/static/js/table.js", "/static/icon.svg", "/static/missing.css"):
        assert (path, wrong(client.get(path))) == (path, "")
    host = client.get("/", headers={"host": "evil.example"})
    assert (host.status_code, wrong(host)) == (400, "")
    monkeypatch.setattr("dialogue.events.views.visible_events", lambda _person: 1 / 0)
    failed = client.get("/")
    assert (failed.status_code, wrong(failed)) == (500, "")


def test_on_what_is_answered_too_often(here: Room):
    """Eleven codes for one address in a row: the last answers say 429."""
    client, answers = Client(raise_request_exception=False), []
    for _again in range(12):
        answers.append(client.post(reverse("sign-in"), {"email": "participant@cast.invalid"}))
    statuses = [one.status_code for one in answers]
    assert 429 in statuses, statuses
    assert [wrong(one) for one in answers if wrong(one)] == []


def test_on_the_pages_that_the_server_itself_answers():
    for why in TOLD:
        status, headers, _page = refusal(why, [])
        policy = {name.lower(): value for name, value in headers}[b"content-security-policy"].decode()
        assert (why, status, read(policy)) == (why, status, POLICY)
    assert {refusal(why, [])[0] for why in TOLD} >= {400, 413, 503}


def test_no_page_of_ours_loosens_it():
    """No view is told to: the one place where a policy is written is the settings."""
    told = [path for root in ("dialogue", "forum") for path in pathlib.Path(root).rglob("*.py")]
    loosens = [
        str(path)
        for path in told
        if re.search(r"csp_(?:exempt|update|replace)|CSP_REPORT|xframe_options", path.read_text())
    ]
    assert loosens == []


def test_another_policy_is_noticed(client: Client):
    answer = client.get("/sign-in/")
    assert wrong(answer) == ""
    for policy in ("", "default-src 'self'", answer.headers["Content-Security-Policy"] + "; script-src 'unsafe-inline'",
                   answer.headers["Content-Security-Policy"].replace("'none'", "'self'", 1)):  # fmt: skip
        answer.headers["Content-Security-Policy"] = policy
        assert wrong(answer) != ""


# ------------------------------------------------------------------ tokens, and what reading changes

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def rows() -> dict[str, list]:
    """Every row of every table."""
    return {str(model): list(model._base_manager.order_by("pk").values()) for model in apps.get_models()}


def test_no_unsafe_request_is_taken_without_a_token(here: Room, settings):
    """Generated from the URL conf: also an address that takes no such method says 403, and not what it takes."""
    settings.DEMO = True
    clients = {role: here.table.client(role) for role in CAST}
    for client in clients.values():
        client.handler.enforce_csrf_checks = True
    before, found = rows(), {}
    for name in parameters():
        for method in UNSAFE:
            for role in some(("moderator", "rapporteur", "convenor", "visitor"), "convenor", "visitor"):
                answer = clients[role].generic(method, here.address(name), "do=save&text=x", content_type=FORM)
                if answer.status_code != 403:
                    found[name, method, role] = answer.status_code
    assert {case: status for case, status in found.items() if case[0] != "health"} == {}
    assert {status for (name, _method, _role), status in found.items() if name == "health"} <= {200, 405}
    assert rows() == before


def test_reading_changes_no_row_of_any_table(here: Room, settings):
    settings.DEMO = True
    """By everybody else of the cast: see the doors."""
    reading = some(("moderator", "rapporteur", "convenor", "visitor"), "rapporteur", "convenor")
    clients = [here.clients[role] for role in reading]
    every = {*addresses(here.table.event), *(here.address(name) for name in parameters() if name != "download")}
    before = rows()
    for client in clients:
        for address in every:
            client.get(address)
            if WHOLE:
                client.head(address)
    assert rows() == before
    assert sum(map(len, before.values())) > 60


def test_what_changes_a_row_is_noticed(here: Room):
    before = rows()
    here.clients["participant"].post(here.address("say"), here.sent(next(one for one in FORMS if one.url == "say")))
    assert rows() != before
