"""Bad input in every form that is posted: never a failure; what is refused has a sentence, and nothing of it is written."""

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.http import HttpResponse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dialogue.people.models import Person
from tests.everything import held
from tests.posted import BY_URL, FORMS, MISSING, Posted, Room, fields_on, here, parameters, told
from tests.shared import Unwritten, undone

__all__ = ["here"]
pytestmark = pytest.mark.django_db

URLENCODED, JSON, PAGE = "application/x-www-form-urlencoded", "application/json", "text/html"
NO_FIELDS = {"csrfmiddlewaretoken"}
MILLION = "x" * 10**6
Pairs = list[tuple[str, str | bytes]]

# What no browser sends; bytes go out as they are.
HOSTILE: list[str | bytes] = [
    "", " ", "\n", "\0", "a\0b", "\x1b[31m", "\u202eabc", "\u200b", "🙂" * 2000, "x" * 70_000, "<script>alert(1)</script>",
    "'; DROP TABLE", "../..", "__class__", "None", "null", "true", "[]", "{}", '{"a":', "[" * 5000, "NaN", "Infinity",
    "1e999", "-1", "0", "-0", "1.5", "٣", "9" * 19, "9" * 40, "9" * 5000, "0x10", "1_000", "25:61", "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00+23:59", "2026-03-01T09:00", "finding-", "finding-x", f"finding-{MISSING}", MISSING, MISSING.upper(),
    MISSING.replace("-", ""), f"urn:uuid:{MISSING}", f"{{{MISSING}}}", "0" * 32, "9" * 4000, "agree", "open", "save", "delete",
    "on", "off_record", "retains", "disagrees", "cites", "opens", "moderator", "fr", "table",
    b"%ED%A0%80", b"%FF%FE", b"%C3", b"%", b"%ZZ", b"%u0041", b"%00", b"+%2B+", b"\xff\xfe",
]  # fmt: skip
TYPES = [
    "", "text/plain", JSON, "application/octet-stream", "multipart/form-data", "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "x" * 300, "multipart/form-data; boundary=\xff", f"{URLENCODED}; charset=utf-16",
    f"{URLENCODED}; charset=nonsense", "multipart/form-data; boundary=B",
    *(f"{kind}; charset={name}" for name in ("hex", "idna", "undefined", "rot13", "utf-7", "unicode_escape", "'") for kind in (URLENCODED, "multipart/form-data; boundary=B")),
]  # fmt: skip
BODIES = [
    b"", b"=", b"&&&=&", b"%", b"\0", b"\xff" * 100, b"a" * 5000, b"a=1&" * 1200, b"--B", b"--B\r\n\r\n--B--\r\n",
    b'--B\r\nContent-Disposition: form-data; name="text"\r\n\r\nlow', b'--B\r\nContent-Disposition: form-data; name="\r\n\r\n--B--',
    b'--B\r\nContent-Disposition: form-data; name="text"; filename="x"\r\nContent-Type: text/html\r\n\r\nlow\r\n--B--\r\n',
    b'--B\r\nContent-Disposition: form-data; name="text"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--B--\r\n',
    b'--B\r\nContent-Disposition: form-data; name="text"\r\n\r\na\0b\r\n--B--\r\n', b'{"text": "low"}',
]  # fmt: skip


def pairs_of(sent: dict[str, Any]) -> Pairs:
    return [(name, one) for name, value in sent.items() for one in (value if isinstance(value, list) else [value])]


def body_of(pairs: Pairs) -> bytes:
    """A form as a browser writes it; bytes stand in it as they are."""
    return b"&".join(
        quote_plus(name, errors="surrogatepass").encode() + b"="
        + (value if isinstance(value, bytes) else quote_plus(value, errors="surrogatepass").encode())
        for name, value in pairs
    )  # fmt: skip


def post(
    here: Room, form: Posted, body: bytes, kind: str = URLENCODED, *, role: str = "", accept: str = PAGE, **on: str
) -> HttpResponse:
    client = here.clients[role or form.role]
    return client.generic(
        "POST", here.address(form.url, form.on, **on), body, content_type=kind, headers={"accept": accept}
    )


def harm(unwritten: Unwritten, answer: HttpResponse) -> str:
    """What is wrong with an answer to a bad form; "" for nothing."""
    if answer.status_code >= 500:
        return f"failed with {answer.status_code}"
    sentence = told(answer)
    if answer.status_code >= 400 and len(sentence) < 10:
        return f"{answer.status_code} without a sentence"
    if (answer.status_code >= 400 or sentence) and not unwritten.is_so():
        return f"{answer.status_code} {sentence}: and yet something was written"
    return ""


# ------------------------------------------------------------------ every form is here


def test_every_address_that_takes_a_form_is_tried(here: Room):
    taking = set()
    for url in parameters():
        with undone():
            if here.client("moderator").post(here.address(url)).status_code != 405:
                taking.add(url)
    assert taking == {form.url for form in FORMS}


def test_every_field_of_every_page_is_tried(here: Room):
    """The other way round too, but for what scripts send alone."""
    found: dict[str, set[str]] = {}
    for role in ("moderator", "rapporteur", "participant", "convenor", "visitor"):
        client = here.client(role)
        for url in parameters():
            page = client.get(here.address(url))
            if page.status_code == 200 and page.headers["Content-Type"].startswith("text/html"):
                for goes, name in fields_on(page):
                    found.setdefault(goes, set()).add(name)
    tried: dict[str, set[str]] = {}
    for form in FORMS:
        tried.setdefault(form.url, set()).update(form.sent, form.ids)
    missing = {url: names - tried.get(url, set()) - NO_FIELDS for url, names in found.items()}
    assert {url: names for url, names in missing.items() if names} == {}
    assert len(found) > 15 and "text" in found["say"]


EXPECTED = {
    "finding-call close": [(422, True)],  # it is not put to the table
    "assent confirm": [(409, True)],  # nothing was seen yet
    "addressee delete": [(409, True)],  # a recommendation is directed to it
    "enter": [(404, True)],  # but in a demo
    "run away for": [(302, True)],  # they took part in the item
    "person agree-name": [(302, True)],  # nothing is asked for
    "names": [(422, True)],  # no name was found
    **{form: [(302, True)] for form in ("setup shut", "setup discard", "session remove")},  # something was said
    "openid": [(404, True)],  # but where a provider is named
}


@pytest.mark.parametrize("url", BY_URL)
def test_a_good_form_is_accepted(here: Room, url: str):
    """Else nothing would follow from a bad one being refused."""
    for form in BY_URL[url]:
        with undone():
            accept(here, form)


def accept(here: Room, form: Posted) -> None:
    answer = post(here, form, body_of(pairs_of(here.sent(form))))
    assert (answer.status_code, bool(told(answer))) in EXPECTED.get(str(form), [(302, False), (200, False)]), told(
        answer
    )


# ------------------------------------------------------------------ and nothing fails


def mutations(here: Room, form: Posted) -> st.SearchStrategy[Pairs]:
    """A good form with some of its fields left out, sent again, added or filled with what no browser sends."""
    names = sorted({*form.sent, *form.ids, "do", "key", "text", "x"})
    strange = [*HOSTILE, *here.own.values(), *here.foreign.values(), *here.missing.values()]
    value = st.one_of(st.sampled_from(strange), st.sampled_from(strange), st.text(max_size=40), st.integers().map(str))
    change = st.tuples(st.sampled_from(["instead", "beside", "without", "before"]), st.sampled_from(names), value)

    def changed(changes: list[tuple[str, str, str | bytes]]) -> Pairs:
        pairs = pairs_of(here.sent(form))
        for how, name, new in changes:
            if how in ("instead", "without"):
                pairs = [one for one in pairs if one[0] != name]
            if how != "without":
                pairs = [(name, new), *pairs] if how == "before" else [*pairs, (name, new)]
        return pairs

    return st.lists(change, min_size=1, max_size=4).map(changed)


@pytest.fixture(scope="module")
def unwritten(standing_room: Room) -> Unwritten:
    """What stands in the room before anything is sent."""
    return Unwritten(held)


@contextlib.contextmanager
def tried(unwritten: Unwritten) -> Iterator[None]:
    """What is sent here is taken back."""
    with undone():
        unwritten.renew()
        yield


def try_all(here: Room, unwritten: Unwritten, form: Posted, times: int) -> None:
    roles = st.sampled_from([form.role] * 6 + ["visitor", "mallory", "observer"])

    @settings(
        max_examples=times,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        derandomize=times < 100,
    )
    @given(mutations(here, form), st.sampled_from([JSON, PAGE]), roles)
    def story(pairs: Pairs, accept: str, role: str) -> None:
        with tried(unwritten):
            answer = post(here, form, body_of(pairs), role=role, accept=accept)
            assert harm(unwritten, answer) == ""

    story()


@pytest.mark.parametrize("url", BY_URL)
def test_no_form_fails_and_what_is_refused_leaves_nothing(here: Room, unwritten: Unwritten, url: str):
    for form in BY_URL[url]:
        try_all(here, unwritten, form, 8)


@pytest.mark.long
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_no_form_fails_whatever_stands_in_it(here: Room, unwritten: Unwritten, form: Posted):
    try_all(here, unwritten, form, 500)
    found = {}
    for name in {*form.sent, *form.ids, "do"}:
        for value in [*HOSTILE, MILLION]:
            with tried(unwritten):
                pairs = [*(one for one in pairs_of(here.sent(form)) if one[0] != name), (name, value)]
                found[name, value[:40]] = harm(unwritten, post(here, form, body_of(pairs)))
    assert {case: what for case, what in found.items() if what} == {}


def try_bodies(here: Room, unwritten: Unwritten, form: Posted) -> None:
    """Broken ones, of every kind and of the wrong one; and a million letters."""
    good = body_of(pairs_of(here.sent(form)))
    long = body_of([*pairs_of(here.sent(form)), ("text" if "text" in form.sent else "key", MILLION)])
    every = [(one, URLENCODED) for one in [*BODIES, long]] + [(good, kind) for kind in TYPES]
    every += [(body, "multipart/form-data; boundary=B") for body in BODIES]
    found = {}
    for body, kind in every:
        with tried(unwritten):
            found[kind, body[:40]] = harm(unwritten, post(here, form, body, kind))
    assert {case: what for case, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "url", ["say", "looked", "stance", "paragraph-new", "setup-credits", "setup-people", "welcome", "number"]
)
def test_no_body_fails(here: Room, unwritten: Unwritten, url: str):
    try_bodies(here, unwritten, BY_URL[url][0])


@pytest.mark.long
@pytest.mark.parametrize("url", BY_URL)
def test_no_body_fails_anywhere(here: Room, unwritten: Unwritten, url: str):
    try_bodies(here, unwritten, BY_URL[url][-1])


COOKIES = ["\0" * 8, '"\\000\\000\\000\\000\\000\\000\\000\\000"', '"\\377\\377\\377\\377\\377\\377\\377\\377"', "x" * 4000, "é" * 8, "", "../../etc"]  # fmt: skip


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages", "django_language", "theme"])
def test_no_cookie_fails(here: Room, name: str):
    for value in COOKIES:
        for role in ("visitor", "participant"):
            client = here.client(role)
            signed = client.cookies["sessionid"].value if role == "participant" else ""
            header = f"{name}={value}" if name == "sessionid" or not signed else f"sessionid={signed}; {name}={value}"
            client.cookies.clear()
            for address in ("/", here.address("table"), here.address("record")):
                answer = client.get(address, HTTP_COOKIE=header)
                assert answer.status_code in (200, 404, 403), (value, address)


# ------------------------------------------------------------------ the controls


def test_it_is_noticed_when_a_refused_form_writes_fails_or_says_nothing(here: Room, monkeypatch: pytest.MonkeyPatch):
    with undone():
        notice(here, monkeypatch)


def notice(here: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    form, bad = next(one for one in FORMS if one.url == "say"), b"item=water&text="
    unwritten = Unwritten(held)
    assert harm(unwritten, post(here, form, bad)) == ""
    Person.objects.create(name="Nobody", email="nobody@cast.invalid")
    assert "something was written" in harm(unwritten, post(here, form, bad))
    monkeypatch.setattr("dialogue.roundtable.views.table.sentence", lambda problem: "")
    unwritten = Unwritten(held)
    assert "without a sentence" in harm(unwritten, post(here, form, bad))
    monkeypatch.setattr("dialogue.roundtable.forms.fit", lambda text: 1 / 0)
    assert "failed with 500" in harm(unwritten, post(here, form, bad))
