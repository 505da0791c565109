"""Printed names: nobody takes another's, or one that looks like it, nor lays theirs aside for what they have said."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from dialogue.convening import spreadsheet
from dialogue.convening.actions import naming, people
from dialogue.convening.actions.naming import NameTaken
from dialogue.convening.models import NameRequest
from dialogue.discussion.actions import Words, contribute
from dialogue.entrance import actions as entrance
from dialogue.events.confusables import skeletons
from dialogue.events.models import Attendee, Event, Opening, Pass
from tests.preparing import Prepared

pytestmark = pytest.mark.django_db
PETER = "Peter Kinsman"
LOOK_LIKE_PETER = (
    "Peter Kinsman", "PETER KINSMAN", "peter kinsman", "Peter  Kinsman", "Peter Kinsman.", "Peter-Kinsman",
    "Рeter Kinsman", "Petеr Kinsmаn", "Ρeter Κinsman", "Ｐｅｔｅｒ Ｋｉｎｓｍａｎ", "Péter Kinsman", "Peter Kinsrnan",
    "Peter Kınsman", "𝐏𝐞𝐭𝐞𝐫 𝐊𝐢𝐧𝐬𝐦𝐚𝐧", "Peter Kinſman", "PeterKinsman", "Peter KlNSMAN", "Peter KINSMAN",
)  # fmt: skip


@pytest.fixture
def house() -> Prepared:
    """Ray and Peter, participants, have come in; the doors are open, and so is the item on water."""
    house = Prepared("named")
    for name in ("Ray Crabbe", PETER):
        house.agree(house.invited(name), rule="named", name=name)
    house.open()
    item = house.event.items.get(title="Water")
    Opening.objects.create(session=house.table, item=item, opened_at=house.event.doors_opened_at)
    return house


def ray(house: Prepared) -> Client:
    return house.client(Attendee.objects.get(event=house.event, key="ray-crabbe").person)


@pytest.fixture(autouse=True)
def keys(house: Prepared) -> None:
    """Ray is known by his key, whatever he calls himself."""
    Attendee.objects.filter(event=house.event, name="Ray Crabbe").update(key="ray-crabbe")


def own(house: Prepared) -> Attendee:
    return Attendee.objects.select_related("event", "person").get(event=house.event, key="ray-crabbe")


def renamed(house: Prepared, name: str) -> int:
    """How the page answers Ray, who wants to be printed so."""
    return house.agree(ray(house), rule="named", name=name).status_code


def speak(house: Prepared, text: str) -> None:
    item = house.event.items.get(title="Water")
    person = own(house).person
    contribute(house.table, person, Words(item, "position", text), key=f"key-{text}"[:20].ljust(9, "_"))


@pytest.mark.parametrize("name", LOOK_LIKE_PETER)
def test_name_that_looks_like_another_members_is_refused(house: Prepared, name: str):
    assert renamed(house, name) == 422
    assert own(house).name == "Ray Crabbe"


def test_refusal_says_what_to_do_at_the_field(house: Prepared):
    page = house.agree(ray(house), rule="named", name=PETER).content.decode()
    assert "is the name of somebody else in this event, or could be taken for it. Add what" in page


@pytest.mark.parametrize("name", ["Raymond Crabbe", "Peter Kinsmann", "Petra Kinsman", "王小明", "शर्मा"])
def test_name_of_ones_own_is_taken(house: Prepared, name: str):
    assert renamed(house, name) == 302
    assert own(house).name == name


def test_control_compared_letter_by_letter_lookalikes_are_taken(house: Prepared, monkeypatch):
    monkeypatch.setattr(naming, "skeletons", lambda name: frozenset({name}))
    assert renamed(house, "Рeter Kinsman") == 302
    assert renamed(house, PETER) == 422


def test_what_is_printed_before_a_name_makes_no_other_of_it(house: Prepared):
    Attendee.objects.filter(event=house.event, name=PETER).update(honorific="Prof.")
    assert [renamed(house, name) for name in ("Prof. Peter Kinsman", "Prof Peter Kinsman")] == [422, 422]


@pytest.mark.parametrize("name", ["Connie Venor", "Pete K.", "Piotr Kinsman"])
def test_names_of_convenors_and_former_and_awaited_names_are_taken(house: Prepared, name: str):
    peter = house.one(PETER)
    Attendee.objects.filter(pk=peter.pk).update(aliases=["Pete K."])
    asked = {"name": "Piotr Kinsman", "asked_at": house.event.doors_opened_at}
    NameRequest.objects.create(attendee=peter, **asked)
    assert renamed(house, name) == 422


def test_staff_give_nobody_a_name_that_is_taken(house: Prepared):
    one, olu = house.one("Ray Crabbe"), house.one("Olu Bello")
    facts = people.Facts("PETER KINSMAN", email="ray@people.invalid")
    with pytest.raises(NameTaken):
        people.change(one, house.connie, facts, {house.table.key: "participant"}, listed=True)
    with pytest.raises(NameTaken):
        people.replace(olu, house.connie, people.Facts("Рeter Kinsman"))
    assert house.one("Olu Bello").memberships.count() == 1, "nothing of it is done"
    page = house.client(house.connie)
    sent = {"do": "save", "name": PETER, "language": "en", f"in-{house.table.key}": "observer"}
    assert page.post(f"{house.at}setup/people/{olu.pk}/", sent).status_code == 422


def test_pasted_rows_say_which_name_is_taken(house: Prepared):
    rows = spreadsheet.read("Nora New\nNora  NEW\nPeter Kinsmаn\nOther Body")
    with pytest.raises(Exception, match="Nobody was taken in"):
        people.take_in(house.table, house.connie, rows)
    told = ["Somebody is called so already, or nearly so: add what tells them apart."]
    assert [row.problems for row in rows] == [[], told, told, []]


def test_two_people_of_one_name_in_a_record_keep_it_and_may_change_the_rest(house: Prepared):
    Attendee.objects.filter(event=house.event, name="Olu Bello").update(name="Ray Crabbe")
    assert house.agree(ray(house), rule="named", name="Ray Crabbe", function="Retired").status_code == 302
    assert own(house).function == "Retired"


# ------------------------------------------------------------------ after the first statement


def test_name_before_the_first_statement_changes_at_once(house: Prepared):
    renamed(house, "Raymond C.")
    assert own(house).name == "Raymond C." and not NameRequest.objects.exists()


def shown_to_peter(house: Prepared) -> list[bool]:
    """Whether Peter's page of the table has the one name, and the other."""
    page = house.client(house.one(PETER).person).get(house.table_page).content.decode()
    return [name in page for name in ("Ray Crabbe", "Raymond Other")]


def test_name_after_the_first_statement_waits_for_the_staff(house: Prepared):
    speak(house, "Weirs first.")
    assert renamed(house, "Raymond Other") == 302
    assert (own(house).name, shown_to_peter(house)) == ("Ray Crabbe", [True, False])
    speak(house, "Then fish.")
    assert shown_to_peter(house) == [True, False], "what is said meanwhile stands under the former name too"
    page = ray(house).get(f"{house.at}welcome/").content.decode()
    assert "waits for the staff to agree" in page and 'value="Raymond Other"' in page
    connie = house.client(house.connie)
    assert "asks to be printed as “Raymond Other”" in connie.get(f"{house.at}setup/people/").content.decode()
    person = f"{house.at}setup/people/{own(house).pk}/"
    assert "Agree to the new name" in connie.get(person).content.decode()
    assert connie.post(person, {"do": "agree-name"}).status_code == 302
    assert shown_to_peter(house) == [False, True]
    assert own(house).aliases == ["Ray Crabbe"], "the former name is looked for in the chapter as well"


def test_staff_who_do_not_agree_keep_the_former_name(house: Prepared):
    speak(house, "Weirs first.")
    renamed(house, "Raymond Other")
    naming.keep_name(own(house), house.connie)
    assert (own(house).name, NameRequest.objects.count()) == ("Ray Crabbe", 0)


def test_owner_can_take_the_request_back(house: Prepared):
    speak(house, "Weirs first.")
    renamed(house, "Raymond Other")
    one = own(house)
    told = {"name": one.name, "function": one.function, "affiliation": one.affiliation}
    house.agree(ray(house), rule="named", **told)
    assert not NameRequest.objects.exists()


def test_who_is_in_the_list_and_how_strictly_is_nobodys_to_wait_for(house: Prepared):
    speak(house, "Weirs first.")
    house.agree(ray(house), rule="named", name="Raymond Other", listed="", prefers="unnamed")
    assert (own(house).listed, own(house).prefers, own(house).name) == (False, "unnamed", "Ray Crabbe")


def test_affiliation_waits_as_the_name_does(house: Prepared):
    speak(house, "Weirs first.")
    house.agree(ray(house), rule="named", name="Ray Crabbe", affiliation="Ministry of Truth")
    assert own(house).affiliation == ""
    assert NameRequest.objects.get().affiliation == "Ministry of Truth"


def test_only_who_invites_agrees(house: Prepared):
    speak(house, "Weirs first.")
    renamed(house, "Raymond Other")
    moderator = entrance.account("mod@house.invalid", "Mod")
    Pass.objects.create(event=house.event, person=moderator, role="moderator")
    for answer in (naming.agree_to_name, naming.keep_name):
        with pytest.raises(PermissionDenied):
            answer(own(house), moderator)
    assert own(house).name == "Ray Crabbe"


def test_name_that_was_taken_meanwhile_is_not_agreed_to(house: Prepared):
    speak(house, "Weirs first.")
    renamed(house, "Raymond Other")
    Attendee.objects.filter(event=house.event, name="Olu Bello").update(name="Raymond Other")
    with pytest.raises(NameTaken):
        naming.agree_to_name(own(house), house.connie)


def test_control_without_the_wait_words_are_laid_under_another_name(house: Prepared, monkeypatch):
    from dialogue.convening.actions import welcoming

    speak(house, "Weirs first.")
    monkeypatch.setattr(welcoming, "has_part", lambda attendee: False)
    renamed(house, "Raymond Other")
    assert shown_to_peter(house) == [False, True]


def test_open_pages_fetch_themselves_anew_when_the_staff_agree(house: Prepared):
    speak(house, "Weirs first.")
    renamed(house, "Raymond Other")
    before = Event.objects.get(pk=house.event.pk).epoch
    naming.agree_to_name(own(house), house.connie)
    assert Event.objects.get(pk=house.event.pk).epoch != before


def test_skeletons_of_other_scripts_keep_what_tells_names_apart():
    assert not skeletons("शर्मा") & skeletons("शर्मी")
    assert not skeletons("王小明") & skeletons("王小朋")
    assert skeletons("🙂") and skeletons("Иван") & skeletons("ИВАН")
