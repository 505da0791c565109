"""What no browser sends, behind every address, in its path and in the headers: never a failure."""

import itertools
from urllib.parse import quote_plus

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.posted import Room, here, parameters
from tests.test_foreign_ids import MANNERS, QUERIES
from tests.test_table_input import HOSTILE
from tests.tiers import some

__all__ = ["here"]
pytestmark = pytest.mark.django_db
ROLES = some(("rapporteur", "convenor", "visitor"), "rapporteur", "convenor")
NAMES = sorted({name for some in QUERIES.values() for name in some} | MANNERS | {"x", "q", "page"})
# Some that only look like others: Cyrillic and Greek letters, full width, what is not seen, both directions of writing.
LOOKALIKES = [
    "Аda Lоvell", "Αda Lοvell", "Ａｄａ Ｌｏｖｅｌｌ", "A\u200bda Lo\u00advell", "\u202eleoL adA", "A\u0301\u0301\u0301da" * 400, "\ufeffAda",
    "\U000e0041\U000e0064", "Ada\u2028Lovell\u2029", "ﬁ\u0130ıſ", "\ud7ff\ue000\ufffe\uffff",
]  # fmt: skip
BAD = [*HOSTILE, *LOOKALIKES]


def query(value: str | bytes, names: list[str]) -> str:
    written = value.decode("latin-1") if isinstance(value, bytes) else quote_plus(value, errors="surrogatepass")
    return "&".join(f"{name}={written}" for name in names)


def tried(client: Client, address: str) -> int:
    """The status of an address as it is written, without the test client's own reading of it."""
    path, _mark, behind = address.partition("?")
    return client.get(path, QUERY_STRING=behind).status_code


def failing(here: Room, values: list[str | bytes], urls: list[str]) -> dict[tuple[str, str, str], int]:
    found = {}
    for url, (place, value), role in itertools.product(urls, enumerate(values), ROLES):
        names = NAMES if place % 2 else [NAMES[place % len(NAMES)]]
        status = tried(here.clients[role], f"{here.address(url)}?{query(value, names)}")
        if status >= 500:
            found[url, str(value)[:30], role] = status
    return found


def test_nothing_behind_an_address_makes_it_fail(here: Room):
    """Each address with some of them, in turn; the long form tries all."""
    urls = [url for url in parameters() if url != "download"]
    found = {}
    for place, url in enumerate(urls):
        found |= failing(here, [BAD[(place * 2 + n) % len(BAD)] for n in range(2)], [url])
    assert found == {} and len(urls) > 30


@pytest.mark.long
@pytest.mark.parametrize("url", sorted(parameters()))
def test_nothing_at_all_behind_an_address_makes_it_fail(here: Room, url: str):
    assert failing(here, BAD, [url]) == {}


def test_nothing_in_the_path_makes_an_address_fail(here: Room):
    """As part of the path, where the URL conf lets it through, and where it does not."""
    found, through = {}, 0
    for url, names in parameters().items():
        for name, value in itertools.product(
            names, ("a\0b", "x" * 5000, "٣", "-1", "9" * 40, "Ａ", "..", "%2e%2e", "\u202e", "NaN")
        ):
            try:
                address = reverse(url, kwargs=dict.fromkeys(names, "x") | {name: value})
                through += 1
            except NoReverseMatch:
                address = here.address(url).rstrip("/") + f"{value}/"
            for role in some(("moderator", "visitor"), "moderator"):
                status = here.clients[role].get(address).status_code
                if status not in (200, 302, 400, 403, 404, 405, 410):
                    found[url, value[:20], role] = status
    assert found == {} and through > 20


HEADERS = ("accept", "accept-language", "referer", "user-agent", "x-forwarded-for", "x-forwarded-proto", "x-real-ip",
           "origin", "hx-request", "hx-current-url", "hx-target", "if-modified-since", "if-none-match", "range", "content-type")  # fmt: skip
ADDRESSES = some(("table", "behind", "sign-in"), "table")  # the page that reads most of them


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_makes_an_address_fail(here: Room, header: str):
    values = [
        "\xff\xfe",
        "x" * 8000,
        ",;=,;=",
        "en;q=nan,fr;q=1e999",
        "\t",
        "true",
        "-1",
        "bytes=0-0,1-9" * 50,
        "null",
        "text/html;q=x",
    ]
    found = {}
    for url, value, role in itertools.product(ADDRESSES, values, ("rapporteur",)):
        status = here.clients[role].get(here.address(url), headers={header: value}).status_code
        if status >= 500:
            found[url, value[:20], role] = status
    assert found == {}


def test_a_failure_is_noticed(here: Room, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialogue.roundtable.views.table.Shown.choose_item", lambda _shown: 1 / 0)
    assert set(failing(here, ["x"], ["table"]).values()) == {500}
