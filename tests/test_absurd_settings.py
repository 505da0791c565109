"""Days at the end of the calendar, strange time zones and forged lists: an event that has them is still one that works."""

import datetime
import itertools

import pytest
from django.test import Client

from dialogue.events.models import Disclaimer, Event, Partner, Session
from dialogue.mail.models import Mail
from dialogue.people.models import Person
from tests.preparing import Prepared
from tests.preparing_forms import CREDITS, FACTS, SITTING
from tests.tiers import some

PAGES = ["", "setup/", "setup/facts/", "setup/sessions/", "setup/sessions/new/", "setup/people/", "setup/invitations/"]


@pytest.fixture
def house(db: None) -> Prepared:
    return Prepared()


@pytest.fixture
def client(house: Prepared) -> Client:
    return house.client(house.connie)


FIRST, LAST = "1900-01-01", "2999-12-31"
EASTMOST, WESTMOST = "Pacific/Kiritimati", "Etc/GMT+12"
HOURS = {"none": {}, "day": {"starts": "00:00", "ends": "23:59"}, "night": {"starts": "23:59", "ends": "00:00"}}
EDGES = itertools.product((FIRST, LAST), (EASTMOST, WESTMOST), HOURS)


@pytest.mark.parametrize(
    ("day", "zone", "hours"), some(EDGES, (FIRST, EASTMOST, "day"), (LAST, WESTMOST, "night"), (LAST, EASTMOST, "none"))
)
def test_an_event_as_early_or_late_as_it_can_be_is_set_up_and_invites(
    house: Prepared, client: Client, day: str, zone: str, hours: str
):
    assert client.post(f"{house.at}setup/facts/", FACTS | {"date": day, "time_zone": zone}).status_code == 302
    sitting = {"do": "save", **SITTING, "kind": "roundtable", "access": "closed", "date": day, "starts": "", "ends": ""}
    assert client.post(f"{house.at}setup/sessions/{house.table.key}/", sitting | HOURS[hours]).status_code == 302
    everything_works(house, client)
    like = FACTS | {"like": house.event.slug, "time_zone": zone}
    for when in ("1900-01-01", "2026-03-01", "2999-12-31"):
        assert client.post("/convene/", like | {"date": when}).status_code in (302, 422)


def everything_works(house: Prepared, client: Client) -> None:
    assert {page: client.get(house.at + page).status_code for page in PAGES} == dict.fromkeys(PAGES, 200)
    assert client.get("/").status_code == 200
    assert client.post(f"{house.at}setup/invitations/", {"greeting": ""}).status_code == 302
    assert Mail.objects.count() == 3
    assert house.invited("Ray Crabbe").get(f"{house.at}welcome/").status_code == 200


MIDNIGHT, LATE = datetime.time(0, 0), datetime.time(23, 59)
ENDS = itertools.product((datetime.date.min, datetime.date.max), (EASTMOST, WESTMOST), (None, MIDNIGHT, LATE))


@pytest.mark.parametrize(
    ("day", "zone", "starts"),
    some(ENDS, (datetime.date.min, EASTMOST, MIDNIGHT), (datetime.date.max, WESTMOST, LATE)),
)
def test_a_record_on_the_calendars_first_or_last_day_invites_too(
    house: Prepared, client: Client, day: datetime.date, zone: str, starts: datetime.time | None
):
    Event.objects.update(date=day, time_zone=zone)
    Session.objects.update(date=day, starts=starts)
    everything_works(house, client)


@pytest.mark.parametrize("zone", [
    "localtime", "Factory", "../../etc/passwd", "/etc/localtime", "Europe", "Europe/", "Mars/Base", "UTC+1", "\0", "posix/Europe/Paris",
    "x" * 65, "Europe/Paris\nAsia/Tokyo",
])  # fmt: skip
def test_what_is_no_time_zone_is_refused(house: Prepared, client: Client, zone: str):
    answer = client.post(f"{house.at}setup/facts/", FACTS | {"time_zone": zone})
    assert answer.status_code == 422 and 'class="problem"' in answer.text
    assert Event.objects.get(pk=house.event.pk).time_zone == "Europe/Paris"


@pytest.mark.parametrize("zone", ["europe/paris", " Europe/Paris ", "America/Port of Spain", "UTC"])
def test_a_time_zone_may_be_written_as_people_write_it(house: Prepared, client: Client, zone: str):
    assert client.post(f"{house.at}setup/facts/", FACTS | {"time_zone": zone}).status_code == 302


@pytest.mark.parametrize(
    "day",
    [
        "10000-01-01",
        "0001-01-01",
        "1899-12-31",
        "9999-12-31",
        "2026-02-30",
        "0000-01-01",
        "-2026-01-01",
        "2026-3-1T00:00",
        "9" * 5000,
        "\0",
    ],
)
def test_what_is_no_day_is_refused(house: Prepared, client: Client, day: str):
    before = Event.objects.values().get(), list(Session.objects.values())
    assert client.post(f"{house.at}setup/facts/", FACTS | {"date": day}).status_code == 422
    assert client.post(f"{house.at}setup/sessions/new/", SITTING | {"date": day}).status_code == 422
    assert (Event.objects.values().get(), list(Session.objects.values())) == before


COUNTS = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
FORGED = ("", "x", "1e3", "1001", "9" * 40, "9" * 5000, "\0", "٣", None)


@pytest.mark.parametrize(
    ("field", "value", "prefix"), some(itertools.product(COUNTS, FORGED, ("partner", "disclaimer")))
)
def test_a_forged_number_of_lines_loses_nothing(house: Prepared, client: Client, prefix: str, field: str, value: str):
    Partner.objects.create(event=house.event, name="A partner", position=0)
    Disclaimer.objects.create(event=house.event, text="No.", position=0)
    sent = {name: told for name, told in CREDITS.items() if name != f"{prefix}-{field}"}
    answer = client.post(f"{house.at}setup/credits/", sent | ({} if value is None else {f"{prefix}-{field}": value}))
    kept = list(Partner.objects.values_list("name", flat=True)), Disclaimer.objects.count()
    whole = [f"name {place}" for place in range(3)], 2
    assert kept == (whole if answer.status_code == 302 else (["A partner"], 1))
    if answer.status_code != 302:
        assert answer.status_code == 422 and 'class="problem"' in answer.text


def test_a_name_that_is_longer_than_an_accounts_comes_in_as_any_other(house: Prepared, client: Client):
    long = "Wolfeschlegelsteinhausenbergerdorff " * 8
    table = f"{long}\tlong@people.invalid\n{long}Senior\t"
    assert client.post(f"{house.at}setup/people/", {"session": house.table.key, "table": table}).status_code == 302
    assert client.post(f"{house.at}setup/invitations/", {"greeting": ""}).status_code == 302
    second = house.event.attendees.get(invitation__email="", name=f"{long}Senior")
    assert client.post(f"{house.at}setup/people/{second.pk}/ticket/", {"as": "number"}).status_code == 200
    lent = {"name": f"{long}Junior", "email": "lent@people.invalid", "role": "interpreter"}
    assert client.post(f"{house.at}setup/roles/", lent).status_code == 302
    assert {len(one.name) for one in Person.objects.filter(name__startswith="Wolfe")} == {200}
