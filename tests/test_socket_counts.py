"""Open pages are counted: of a person by themselves alone, of visitors by their network; and given back when they close."""

import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from dialogue.live import consumers
from dialogue.live.consumers import OpenPage, network_of

ADA = uuid.uuid4()


def page_from(address: str) -> OpenPage:
    page = OpenPage()
    page.scope = {"client": (address, 50_000)}
    return page


def counted_in(page: OpenPage, person: uuid.UUID | None = None) -> bool:
    admission: Any = SimpleNamespace(person=person)
    return page.count_in(admission)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(consumers, "SOCKETS", 2)
    monkeypatch.setattr(consumers, "VISITORS", 3)
    yield
    consumers.open_sockets.clear()
    consumers.open_visits.clear()


def test_visitors_of_one_network_have_so_many_pages_and_another_network_its_own():
    assert [counted_in(page_from("198.51.100.7")) for _n in range(4)] == [True] * 3 + [False]
    assert counted_in(page_from("203.0.113.5"))
    six = [counted_in(page_from(f"2001:db8::{n}")) for n in range(4)]
    assert six == [True] * 3 + [False], "64 bits of an IPv6 address are one network"
    assert counted_in(page_from("2001:db8:0:1::1"))


def test_signed_in_people_are_counted_by_person_wherever_visitors_are():
    for _n in range(4):
        counted_in(page_from("198.51.100.7"))
    assert [counted_in(page_from("198.51.100.7"), ADA) for _n in range(3)] == [True, True, False]
    assert counted_in(page_from("198.51.100.7"), uuid.uuid4())


def test_closed_pages_are_not_counted_any_more_and_nothing_is_left_of_them():
    pages = [page_from("198.51.100.7") for _n in range(3)] + [page_from("198.51.100.7")]
    assert [counted_in(page) for page in pages] == [True] * 3 + [False]
    for page in pages:
        page.count_out()
        page.count_out()
    assert not consumers.open_visits and not consumers.open_sockets
    assert counted_in(page_from("198.51.100.7"))


def test_network_of_a_socket_whose_address_nobody_knows_is_one_network():
    assert [network_of({}), network_of({"client": None}), network_of({"client": ["no address"]})] == ["", "", "no address"]
