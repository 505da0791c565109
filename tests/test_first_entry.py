"""First entry: the rule is read before anything else; doors that are shut; and how an event looks to others."""

import pytest
from django.core.exceptions import ValidationError

from dialogue.access import audience, reader, visible_events
from dialogue.convening.actions import events, sessions
from dialogue.discussion.actions import Words, contribute, record_for
from dialogue.events.models import Attendee, Event, Membership, Opening, Pass, Session
from dialogue.people.models import Person
from tests.preparing import DAY, Prepared

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Prepared:
    return Prepared()


def change(house: Prepared, **facts: object) -> None:
    """The table's session, changed."""
    told = {"title": "The table", "kind": "roundtable", "access": "closed", "date": DAY, "starts": None, "ends": None}
    sessions.change_session(house.table, house.connie, {**told, "attribution": "chatham_house", **facts})
    house.again()


# ------------------------------------------------------------------ agreeing


def test_who_was_invited_reads_nothing_before_they_agree(house: Prepared):
    ray = house.invited("Ray Crabbe")
    house.open()
    assert ray.get(house.table_page).url == f"{house.at}welcome/"
    who = reader(house.one("Ray Crabbe").person, house.event)
    assert (audience(who, house.table), who.may("read the table"), who.unagreed) == ("", False, {house.table.key})
    assert ray.get(f"{house.at}agreement/").status_code == 403
    house.agree(ray)
    assert ray.get(house.table_page).status_code == 200
    assert ray.get(f"{house.at}agreement/").status_code == 200


def test_who_sits_there_without_having_been_invited_is_not_asked(house: Prepared):
    """As in a record that was loaded, and as before there were invitations."""
    person = Person.objects.create(name="Old", email="old@people.invalid")
    attendee = Attendee.objects.create(event=house.event, name="Old Hand", person=person, position=9)
    Membership.objects.create(session=house.table, attendee=attendee, role="participant", position=9)
    house.open()
    assert house.client(person).get(house.table_page).status_code == 200


def test_what_they_wish_is_how_they_are_printed(house: Prepared):
    ray = house.invited("Ray Crabbe")
    house.agree(ray, name="R. Crabbe", function="Retired", affiliation="", listed="")
    one = Attendee.objects.get(name="R. Crabbe")
    assert (one.function, one.affiliation, one.listed) == ("Retired", "", False)
    assert one.person.name == "R. Crabbe", "and so the pages greet them"
    seat = one.memberships.get()
    assert seat.agreed_to == "chatham_house" and seat.agreed_at is not None


@pytest.mark.parametrize(
    "sent", [{"name": ""}, {"name": "x" * 301}, {"prefers": "named"}, {"prefers": "king"}, {"name": "a\0b"}]
)
def test_a_wish_that_cannot_be_met_agrees_to_nothing(house: Prepared, sent: dict):
    ray = house.invited("Ray Crabbe")
    assert house.agree(ray, **sent).status_code == 422
    assert not Membership.objects.exclude(agreed_at=None).exists()


def test_a_rule_that_was_not_the_one_shown_is_not_agreed_to(house: Prepared):
    ray = house.invited("Ray Crabbe")
    change(house, attribution="named")
    assert house.agree(ray, rule="chatham_house").status_code == 302
    assert not Membership.objects.exclude(agreed_at=None).exists()
    assert house.agree(ray, rule="named").status_code == 302
    assert Membership.objects.get(attendee__name="As I am printed").agreed_to == "named"


@pytest.mark.parametrize(("first", "then", "asked"), [
    ("chatham_house", "named", True), ("named", "chatham_house", False), ("unnamed", "role", True), ("role", "role", False),
])  # fmt: skip
def test_a_rule_that_becomes_more_open_is_asked_again(first: str, then: str, asked: bool):
    house = Prepared(first)
    house.agree(house.invited("Ray Crabbe"), rule=first)
    change(house, attribution=then)
    who = reader(Attendee.objects.get(name="As I am printed").person, house.event)
    assert bool(who.unagreed) is asked


def test_family_name_lapses_with_the_name_that_had_it(house: Prepared):
    ray = house.invited("Ray Crabbe")
    Attendee.objects.filter(name="Ray Crabbe").update(family_name="Ray")
    house.agree(ray, name="Crabbe Ray")
    assert Attendee.objects.get(name="Crabbe Ray").family_name == "Ray"
    house.agree(ray, name="R. Crabbe")
    assert Attendee.objects.get(name="R. Crabbe").family_name == ""


def test_a_preference_makes_their_own_words_stricter_and_nobody_elses(house: Prepared):
    change(house, attribution="named")
    ray, peter = house.invited("Ray Crabbe"), house.invited("Peter Kinsman")
    house.agree(ray, rule="named", name="Ray Crabbe", prefers="unnamed")
    house.agree(peter, rule="named", name="Peter Kinsman")
    house.open()
    item = house.event.items.get(title="Water")
    Opening.objects.create(session=house.table, item=item, opened_at=house.event.doors_opened_at)
    own = contribute(house.table, house.one("Ray Crabbe").person, Words(item, "position", "I say."), key="a" * 9)
    stricter = contribute(
        house.table,
        house.one("Ray Crabbe").person,
        Words(item, "position", "And this.", attribution="chatham_house"),
        key="b" * 9,
    )
    rapporteur = Person.objects.create(name="Rap", email="rap@people.invalid")
    Pass.objects.create(event=house.event, person=rapporteur, role="rapporteur")
    spoken = record_for(house.table, rapporteur, house.one("Ray Crabbe"), Words(item, "comment", "Aloud."), key="c" * 9)
    other = contribute(house.table, house.one("Peter Kinsman").person, Words(item, "position", "I too."), key="d" * 9)
    assert [one.attribution for one in (own, stricter, spoken, other)] == ["unnamed", "chatham_house", "unnamed", None]
    page = ray.get(house.table_page).content.decode()
    assert "as you prefer" in page and "as the table’s rule" in peter.get(house.table_page).content.decode()


def test_agreeing_again_later_changes_how_one_is_printed(house: Prepared):
    ray = house.invited("Ray Crabbe")
    house.agree(ray)
    page = ray.get(f"{house.at}welcome/").content.decode()
    assert "As I am printed" in page and "I agree, and come in" not in page
    house.agree(ray, name="Otherwise")
    assert Attendee.objects.filter(name="Otherwise").exists()


def test_who_has_no_seat_is_not_asked(house: Prepared):
    client = house.client(house.connie)
    assert client.get(f"{house.at}welcome/").url == house.at
    assert house.client(None).get(f"{house.at}welcome/").status_code == 404
    house.open()
    Session.objects.create(event=house.event, kind="forum", access="public", title="Forum", date=DAY, position=5)
    assert house.client(None).get(f"{house.at}welcome/").url == f"/sign-in/?next={house.at}welcome/"


# ------------------------------------------------------------------ promises


def test_open_doors_let_a_rule_be_made_stricter_and_never_more_open():
    house = Prepared("role")
    house.open()
    change(house, attribution="unnamed")
    with pytest.raises(ValidationError, match="never more open"):
        change(house, attribution="named")
    with pytest.raises(ValidationError, match="stays closed"):
        change(house, attribution="unnamed", access="public", kind="forum")
    assert Event.objects.get().attribution == "unnamed"


def test_what_was_said_keeps_the_rule_even_behind_doors_that_are_shut_again(house: Prepared):
    house.open()
    with pytest.raises(ValidationError, match="never more open"):
        change(house, attribution="named")
    events.shut_doors(house.event, house.connie)
    change(house, attribution="named")  # nobody has spoken


def test_doors_stay_open_once_something_was_said(house: Prepared):
    house.open()
    ray = house.invited("Ray Crabbe")
    house.agree(ray, name="Ray Crabbe")
    item = house.event.items.get(title="Water")
    Opening.objects.create(session=house.table, item=item, opened_at=house.event.doors_opened_at)
    contribute(house.table, house.one("Ray Crabbe").person, Words(item, "position", "I say."), key="a" * 9)
    with pytest.raises(ValidationError, match="doors stay open"):
        events.shut_doors(house.event, house.connie)


def test_a_closed_session_that_becomes_public_is_agreed_to_anew(house: Prepared):
    house.agree(house.invited("Ray Crabbe"))
    change(house, access="public", kind="forum")
    assert Membership.objects.get(attendee__name="As I am printed").agreed_at is None


def test_doors_do_not_open_while_something_is_missing(house: Prepared):
    house.event.items.all().delete()
    with pytest.raises(ValidationError, match="The programme"):
        house.open()
    assert not Event.objects.get().is_open


# ------------------------------------------------------------------ shut doors, and looking


def test_behind_shut_doors_is_only_the_staff(house: Prepared):
    Session.objects.create(event=house.event, kind="forum", access="public", title="Forum", date=DAY, position=5)
    ray, ann = house.invited("Ray Crabbe"), house.invited("Ann Webb")
    house.agree(ray), house.agree(ann, name="Ann Webb")
    assert [ann.get(house.table_page).status_code, ray.get(house.table_page).status_code] == [200, 403]
    assert ray.get(house.at).status_code == 200, "they know of it"
    for page in (house.table_page, f"{house.at}agreement/"):
        assert "The doors of this event are not open yet." in ray.get(page).content.decode()
    assert house.client(None).get(house.at).status_code == 404
    assert list(visible_events(None)) == []
    house.open()
    assert [ann.get(house.table_page).status_code, ray.get(house.table_page).status_code] == [200, 200]
    assert house.client(None).get(house.at).status_code == 200


@pytest.mark.parametrize(("role", "table", "speaks", "agreement"), [
    ("participant", 200, True, 200), ("observer", 200, False, 200), ("panelist", 403, False, 403), ("public", 403, False, 403),
])  # fmt: skip
def test_the_convenor_looks_as_somebody_else_will(house: Prepared, role: str, table: int, speaks: bool, agreement: int):
    Session.objects.create(event=house.event, kind="forum", access="public", title="Forum", date=DAY, position=5)
    connie = house.client(house.connie)
    assert connie.post(f"{house.at}setup/look/", {"as": role}).url == house.at
    page = connie.get(house.table_page)
    assert page.status_code == table
    assert (b'id="say"' in page.content) is speaks
    assert connie.get(f"{house.at}agreement/").status_code == agreement
    assert connie.get(f"{house.at}setup/").status_code == 403
    assert b"Back to yourself" in connie.get(house.at).content
    item = house.event.items.first()
    connie.post(f"{house.table_page}say/", {"item": item.key, "text": "I only look."})
    assert not house.event.contributions.exists()
    assert connie.post(f"{house.at}setup/look/").url == f"{house.at}setup/"
    assert connie.get(f"{house.at}setup/").status_code == 200


def test_looking_ends_when_the_doors_open(house: Prepared):
    connie = house.client(house.connie)
    connie.post(f"{house.at}setup/look/", {"as": "public"})
    house.open()
    assert connie.get(f"{house.at}setup/").status_code == 200


def test_nobody_else_looks(house: Prepared):
    ray = house.invited("Ray Crabbe")
    house.agree(ray)
    ray.post(f"{house.at}setup/look/", {"as": "observer"})
    assert ray.get(house.table_page).status_code == 403


def test_a_new_event_takes_over_all_but_the_people(house: Prepared):
    change(house, starts="09:30")
    events.change_credits(house.event, house.connie, [("A partner", "With support")], ["Views are their own."])
    made = events.set_up(house.connie, {"title": "Rivers", "date": DAY.replace(year=2028), "language": "en",
                                        "time_zone": "Europe/Paris", "convenor_name": "House"}, house.event)  # fmt: skip
    assert made.slug == "rivers-2028" and not made.is_open and not made.attendees.exists()
    assert [(one.title, one.attribution, str(one.starts), str(one.date)) for one in made.sessions.all()] == [
        ("The table", None, "09:30:00", "2028-03-02")
    ]
    assert made.attribution == "chatham_house"
    assert [(one.title, one.parent and one.parent.title) for one in made.items.all()] == [
        ("Water", None), ("Weirs", "Water"), ("Fish", None),
    ]  # fmt: skip
    assert [one.name for one in made.partners.all()] == ["A partner"]
    assert house.event.items.count() == 3 and house.event.partners.count() == 1
    assert list(made.passes.values_list("person__name", "role")) == [("Connie Venor", "convenor")]
