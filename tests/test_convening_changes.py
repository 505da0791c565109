"""Somebody of an event is replaced, taken out, merged with another record of theirs, or reached elsewhere."""

import datetime
import re

import pytest
from django.contrib.sessions.models import Session as SignIn
from django.core.exceptions import ValidationError
from django.db import connection

from dialogue.archive.dump import dump
from dialogue.audit.models import Act
from dialogue.convening.actions import invitations, merging, people, sessions
from dialogue.convening.actions.people import Facts
from dialogue.convening.models import Invitation, NameRequest, UnconfirmedName
from dialogue.discussion.models import Authorship, Contribution
from dialogue.entrance.models import Ticket
from dialogue.events.models import Attendee, Membership, Pass
from dialogue.mail import actions as mail
from dialogue.mail.models import Mail
from dialogue.people.models import Person
from dialogue.positions.models import Finding, FormerStance, RosterPlace, Stance
from dialogue.rapporteur.models import Note, Paragraph, Translation
from dialogue.report.compile import compile
from dialogue.restricter import restricter
from dialogue.roundtable.models import Floor
from tests.everything import held
from tests.preparing import SITE, Prepared
from tests.preparing_forms import SOMEBODY

RAY = ("crabbe", "ray@people", "president")  # how Ray Crabbe can be known, in small letters
IVY = Facts("Ivy Guest", "", "Dean", "", "", "ivy@people.invalid", "fr")


@pytest.fixture
def house(db: None) -> Prepared:
    return Prepared()


def where(*words: str) -> set[str]:
    """Every table of the database that holds one of the words in any of its columns, and the sign-ins."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text = str(cursor.fetchall()).casefold()
            found |= {table} if any(word in text for word in words) else set()
    decoded = str([one.get_decoded() for one in SignIn.objects.all()]).casefold()
    return found | ({"sign-ins"} if any(word in decoded for word in words) else set())


# ------------------------------------------------------------------ replaced, taken out


def invited(house: Prepared) -> None:
    house.invite("Ray Crabbe")


def written_to(house: Prepared) -> None:
    house.invite("Ray Crabbe")
    mail.send(Mail.objects.get().pk)
    house.invite("Ray Crabbe")


def handed(house: Prepared) -> None:
    house.client(house.connie).post(f"{house.at}setup/people/{house.one('Ray Crabbe').pk}/hand-over/")
    house.client(house.connie).post(f"{house.at}setup/people/{house.one('Ray Crabbe').pk}/ticket/")


def come_in(house: Prepared) -> None:
    """By the address in the letter and the code, over the pages; and they have agreed."""
    client = house.client(None)
    house.invite("Ray Crabbe")
    onward = client.post(f"/come/{house.one('Ray Crabbe').invitation.pk}/").url
    code = re.findall(r"\b\d{6}\b", Mail.objects.latest("written_at").text)[0]
    assert client.post(onward, {"code": code}).url == f"{house.at}welcome/"
    house.agree(client, name="Raymond Crabbe")
    Attendee.objects.filter(name="Raymond Crabbe").update(name="Ray Crabbe")


def taken_back(house: Prepared) -> None:
    written_to(house)
    mail.send(Mail.objects.get(sent_at=None).pk)
    invitations.withdraw(house.one("Ray Crabbe"), house.connie, SITE)


def bounced(house: Prepared) -> None:
    """They were first reached elsewhere."""
    ray = house.one("Ray Crabbe")
    invited(house)
    facts = Facts("Ray Crabbe", email="ray@elsewhere.invalid", function="President")
    people.change(house.one("Ray Crabbe"), house.connie, facts, {house.table.key: "participant"}, listed=True)
    house.invite("Ray Crabbe")
    assert ray.pk == house.one("Ray Crabbe").pk


BEFORE = [None, invited, written_to, handed, come_in, taken_back, bounced]
NAMES = [*RAY, "ray@elsewhere"]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("deed", ["replace", "remove"])
def test_former_name_stays_only_where_a_letter_went_out(house: Prepared, before, deed: str):
    if before:
        before(house)
    ray = house.one("Ray Crabbe")
    seat = ray.memberships.get()
    assert where(*NAMES) >= {Attendee._meta.db_table, Invitation._meta.db_table}
    if deed == "replace":
        comes = people.replace(ray, house.connie, IVY)
        now = comes.memberships.get()
        assert (now.role, now.position, comes.position) == (seat.role, seat.position, ray.position)
        assert (now.agreed_at, comes.person, comes.invitation.times) == (None, None, 0)
    else:
        people.remove(ray, house.connie)
    got_a_letter = before in (written_to, come_in, taken_back)
    assert where(*NAMES) == ({Attendee._meta.db_table} if got_a_letter else set())
    assert Membership.every.exclude(ended_at=None).count() == int(got_a_letter)
    assert not Ticket.objects.exists() and Person.objects.filter(attendances=None).count() == 1  # Connie


def test_an_account_that_has_a_part_elsewhere_stays(house: Prepared):
    invited(house)
    account = house.one("Ray Crabbe").person
    other = Prepared()
    Pass.objects.create(event=other.event, person=account, role="observer")
    people.replace(house.one("Ray Crabbe"), house.connie, IVY)
    assert Person.objects.get(pk=account.pk).passes.get().event == other.event


@pytest.mark.parametrize("deed", ["replace", "remove"])
def test_who_has_a_part_in_the_record_keeps_what_they_said(house: Prepared, deed: str):
    said = speak(house, house.one("Ray Crabbe"), "We came too late.")
    if deed == "replace":
        people.replace(house.one("Ray Crabbe"), house.connie, IVY)
    else:
        people.remove(house.one("Ray Crabbe"), house.connie)
    assert said.authorship.attendee.name == "Ray Crabbe"
    assert not house.one("Ray Crabbe").memberships.exists()


@pytest.mark.parametrize("deed", ["replace", "remove"])
def test_who_stands_in_the_rapporteurs_text_stays_in_the_record(house: Prepared, deed: str):
    ray = house.one("Ray Crabbe")
    write(house, f"@{ray.key} could not come. Somebody else came.")
    if deed == "replace":
        people.replace(ray, house.connie, IVY)
    else:
        people.remove(ray, house.connie)
    assert compile(house.event).sections
    assert house.one("Ray Crabbe").key == ray.key


def test_who_is_taken_out_is_out_at_once(house: Prepared):
    client = house.invited("Ray Crabbe")
    house.open()
    house.agree(client, name="Ray Crabbe")
    assert client.get(house.table_page).status_code == 200
    people.remove(house.one("Ray Crabbe"), house.connie)
    assert client.get(house.table_page).status_code in (302, 403, 404)
    assert "person-removed" in Act.objects.values_list("deed", flat=True)


# ------------------------------------------------------------------ merged


def speak(house: Prepared, who: Attendee, text: str) -> Contribution:
    said = Contribution.objects.create(
        event=house.event, session=house.table, item=house.event.items.first(), kind="position", text=text,
        position=Contribution.every.count(), appeared=1, released=True,
    )  # fmt: skip
    Authorship.objects.create(contribution=said, attendee=who)
    return said


def write(house: Prepared, text: str) -> Paragraph:
    item = house.event.items.first()
    return Paragraph.objects.create(event=house.event, item=item, origin="rapporteur", text=text, position=0)


def give_everything(house: Prepared, who: Attendee, on: Contribution) -> None:
    """One row in every table that has people of an event in it."""
    whole = {"event": house.event, "attendee": who, "position": 7}
    moment = datetime.datetime(2027, 3, 2, 9, tzinfo=datetime.UTC)
    item = house.event.items.first()
    speak(house, who, f"Said as {who.name}.")
    Stance.every.create(**whole, contribution=on, stance="agree" if who.name == "Ray Crabbe" else "disagree")
    Note.objects.create(**whole, item=item, text="A note.")
    Floor.objects.create(**whole, session=house.table, item=item, start=moment, end=moment)
    NameRequest.objects.create(attendee=who, name=f"Other {who.name}", asked_at=moment)
    UnconfirmedName.objects.create(attendee=who, name=f"Former {who.name}")
    Ticket.objects.create(attendee=who, kind="qr", seal=who.name, until=moment)
    found, _new = Finding.objects.get_or_create(event=house.event, item=item, text="It is.", level="one")
    RosterPlace.objects.create(finding=found, attendee=who)


def of(who: Attendee) -> dict[str, int]:
    """How many rows of each table are of somebody."""
    return {
        related.related_model.__name__: related.related_model._base_manager.filter(**{related.field.name: who}).count()
        for related in Attendee._meta.related_objects
    }


def test_two_records_of_one_person_become_one_in_every_table(house: Prepared):
    ray, peter = house.one("Ray Crabbe"), house.one("Peter Kinsman")
    on = speak(house, house.one("Ann Webb"), "We came too late.")
    for one in (ray, peter):
        give_everything(house, one, on)
    assert set(of(peter).values()) == {1}  # also in a table that comes one day: then `give_everything` wants a row more
    gone, audited = peter.pk, Act.objects.filter(deed="people-merged").count()
    merging.merge(ray, peter, house.connie)
    once = {"Membership", "Invitation", "Stance", "NameRequest", "RosterPlace", "UnconfirmedName"}
    assert of(ray) == {name: 1 if name in once else 2 for name in of(ray)}
    assert not Attendee.objects.filter(pk=gone).exists() and set(of(Attendee(pk=gone)).values()) == {0}
    assert Stance.every.get().stance == "disagree", "a merge claims no agreement for anybody"
    assert [one.stance for one in FormerStance.objects.all()] == ["agree"]
    assert ray.invitation.email == "ray@people.invalid"
    ray.refresh_from_db()
    assert (ray.name, ray.aliases) == ("Ray Crabbe", ["Peter Kinsman"])
    assert Act.objects.filter(deed="people-merged").count() == audited + 1
    assert compile(Attendee.objects.select_related("event").get(pk=ray.pk).event)


def test_seats_that_only_the_other_had_are_kept(house: Prepared):
    ray, olu = house.one("Ray Crabbe"), house.one("Olu Bello")
    told = {
        "title": "Forum",
        "kind": "forum",
        "access": "public",
        "date": house.event.date,
        "starts": None,
        "ends": None,
    }
    forum = sessions.add_session(house.event, house.connie, {**told, "attribution": "named"})
    Membership.objects.filter(attendee=olu).update(session=forum, role="panelist")
    merging.merge(ray, olu, house.connie)
    assert sorted(ray.memberships.values_list("session__title", "role")) == [
        ("Forum", "panelist"), ("The table", "participant"),
    ]  # fmt: skip


@pytest.mark.parametrize("has", [("ray", "olu"), ("ray",), ("olu",), ()])
def test_the_account_and_the_address_go_together(house: Prepared, has: tuple[str, ...]):
    """Whoever of the two was invited: the address that codes go to is the account's that comes in."""
    ray, olu = house.one("Ray Crabbe"), house.one("Olu Bello")
    Invitation.objects.filter(attendee=olu).update(email="olu@people.invalid")
    for name, one in (("ray", ray), ("olu", olu)):
        if name in has:
            house.invite(one.name)
    merging.merge(house.one("Ray Crabbe"), house.one("Olu Bello"), house.connie)
    ray.refresh_from_db()
    assert ray.person is None or ray.person.email == ray.invitation.email
    assert (ray.person is not None) == bool(has)


@pytest.mark.parametrize(("text", "then"), [
    ("@{goes} said so, and @{stays} not.", "@{stays} said so, and @{stays} not."),
    ("Write to x.@{goes} or a@{goes}.", "Write to x.@{goes} or a@{goes}."),
    ("*@{goes}* and @{goes}-2 and @{goes}’s friend", "*@{stays}* and @{goes}-2 and @{stays}’s friend"),
])  # fmt: skip
def test_marks_of_the_one_become_marks_of_the_other(house: Prepared, text: str, then: str):
    ray, peter = house.one("Ray Crabbe"), house.one("Peter Kinsman")
    names = {"goes": peter.key, "stays": ray.key}
    paragraph = write(house, text.format(**names))
    Translation.objects.create(
        event=house.event, of=paragraph.key, text=text.format(**names), original=merging.sha256(paragraph.text),
        language="fr", position=0,
    )  # fmt: skip
    merging.merge(ray, peter, house.connie)
    paragraph.refresh_from_db()
    translation = Translation.objects.get()
    assert (paragraph.text, translation.text) == (then.format(**names), then.format(**names))
    assert translation.original == merging.sha256(paragraph.text)  # it is not stale


def test_nobody_is_merged_with_themselves_or_with_somebody_of_another_event(house: Prepared):
    other, before = Prepared(), held()
    for goes in (house.one("Ray Crabbe"), other.one("Peter Kinsman")):
        with pytest.raises(ValidationError):
            merging.merge(house.one("Ray Crabbe"), goes, house.connie)
    assert len(before) == len(held())
    assert house.event.attendees.count() == other.event.attendees.count() == 4


# ------------------------------------------------------------------ the address of somebody else


@pytest.mark.parametrize("deed", ["change", "replace"])
@pytest.mark.parametrize("email", ["peter@people.invalid", "PETER@People.Invalid"])
def test_the_address_of_somebody_else_of_the_event_is_refused(house: Prepared, deed: str, email: str):
    client, ray, before = house.client(house.connie), house.one("Ray Crabbe"), held()
    address = f"{house.at}setup/people/{ray.pk}/" + ("replace/" if deed == "replace" else "")
    seats = {f"in-{house.table.key}": "observer"}
    sent = {"do": "save", "name": "Somebody", "language": "en", "email": email, **seats}
    answer = client.post(address, sent)
    assert answer.status_code == 422 and "Somebody else in this event has that address." in answer.text
    assert held() == before


def test_a_letter_that_has_not_gone_out_does_not_go_to_an_address_that_was_wrong(house: Prepared):
    house.invite("Ray Crabbe")
    facts = Facts("Ray Crabbe", email="right@people.invalid")
    people.change(house.one("Ray Crabbe"), house.connie, facts, {house.table.key: "participant"}, listed=True)
    assert not Mail.objects.filter(to="ray@people.invalid").exists()
    assert house.one("Ray Crabbe").person is None
    house.invite("Ray Crabbe")
    assert house.one("Ray Crabbe").person.email == "right@people.invalid"


def test_another_address_is_another_account_that_has_to_agree_anew(house: Prepared):
    client = house.invited("Ray Crabbe")
    house.agree(client, name="Ray Crabbe")
    facts = Facts("Ray Crabbe", email="right@people.invalid")
    people.change(house.one("Ray Crabbe"), house.connie, facts, {house.table.key: "participant"}, listed=True)
    house.open()
    assert client.get(house.table_page).status_code != 200
    assert house.one("Ray Crabbe").memberships.get().agreed_at is None


# ------------------------------------------------------------------ the family name


def test_family_name_is_set_on_the_page_of_the_person(house: Prepared):
    ray, client = house.one("Ray Crabbe"), house.client(house.connie)
    address = f"{house.at}setup/people/{ray.pk}/"
    sent = SOMEBODY | {"name": "Nguyễn Văn An", "do": "save", "in-table": "participant"}
    assert client.post(address, sent | {"family_name": "Nguyen"}).status_code == 422
    assert client.post(address, sent | {"family_name": "Nguyễn"}).status_code == 302
    ray.refresh_from_db()
    assert (ray.name, ray.family_name) == ("Nguyễn Văn An", "Nguyễn")
    assert 'value="Nguyễn"' in client.get(address).text
    written = [one.get("family_name") for one in dump(house.event)["persons"] if one["id"] == ray.key]
    assert written == ["Nguyễn"]
    assert restricter(house.event).people[ray.key].surname == "Nguyễn"
