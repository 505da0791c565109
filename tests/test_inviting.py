"""Letters that ask people to come, what becomes of them, and the tickets of those who cannot get at their mail."""

import pathlib
import re
import subprocess
import sys
from datetime import timedelta

import icalendar
import pytest
from django.contrib.sessions.models import Session as SignIn
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from dialogue.audit.models import Act
from dialogue.convening import spreadsheet
from dialogue.convening.actions import invitations, people
from dialogue.convening.models import Invitation
from dialogue.due import actions as due
from dialogue.entrance import actions as entrance
from dialogue.entrance.models import Ticket, TicketKind
from dialogue.events.models import Attendee, Membership, Pass, Session
from dialogue.grants import MayNotGrant
from dialogue.live.doors import NOT_ALLOWED, Admission, Knock, admissions
from dialogue.mail.models import Mail
from dialogue.people.models import Person
from tests.machine import environment
from tests.post_office import post_office
from tests.preparing import SITE, Prepared
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Prepared:
    return Prepared()


def letters(to: str) -> list[Mail]:
    return list(Mail.objects.filter(to=to).order_by("written_at"))


def state(house: Prepared, name: str) -> str:
    """What the page of people says of somebody's invitation."""
    page = house.client(house.connie).get(f"{house.at}setup/people/").content.decode()
    row = next(one for one in page.partition("</table>")[0].split("<tr>") if name in one)
    return re.sub(r"<[^>]+>", "", row.rpartition("<td>")[2]).strip()


def door(mail: Mail) -> str:
    return re.search(rf"{SITE}(/come/[0-9a-f-]+/)", mail.text)[1]


# ------------------------------------------------------------------ letters


def test_a_letter_says_what_when_where_how_and_under_which_rule(house: Prepared):
    house.invite("Ray Crabbe")
    (mail,) = letters("ray@people.invalid")
    assert mail.subject == "Invitation: Rivers"
    for words in ("Ray Crabbe,", "House invites you to “Rivers”.", "The table (participant)", "2 March 2027",
                  "The Chatham House Rule: what is said may be used", "Connie Venor"):  # fmt: skip
        assert words in mail.text
    assert SITE in mail.html and "<strong>The table</strong>" in mail.html
    assert mail.answer_to == "connie@house.invalid"


def test_the_letter_can_be_looked_at_with_the_convenors_own_lines_before_it_goes(house: Prepared):
    connie, page = house.client(house.connie), f"{house.at}setup/invitations/"
    answer = connie.post(page, {"greeting": "We begin with coffee.", "do": "look"})
    assert answer.url == f"{page}#preview" and not Mail.objects.exists()
    assert "We begin with coffee." in connie.get(page).content.decode().partition('class="letter"')[2]


def test_the_calendar_file_has_the_hours_in_utc_and_the_whole_day_where_none_are_known(house: Prepared):
    house.invite("Ray Crabbe")
    (day,) = icalendar.Calendar.from_ical(letters("ray@people.invalid")[0].calendar).walk("VEVENT")
    assert [day.decoded(one).isoformat() for one in ("dtstart", "dtend")] == ["2027-03-02", "2027-03-03"]
    Session.objects.filter(pk=house.table.pk).update(starts="09:30", ends="12:00")
    house.invite("Ray Crabbe")
    made = icalendar.Calendar.from_ical(letters("ray@people.invalid")[0].calendar)
    (entry,) = made.walk("VEVENT")
    assert entry.decoded("dtstart").isoformat() == "2027-03-02T08:30:00+00:00"
    assert entry.decoded("dtend").isoformat() == "2027-03-02T11:00:00+00:00"
    assert str(entry["summary"]) == "Rivers: The table" and entry["uid"].startswith(str(house.table.pk))
    assert made["method"] == "PUBLISH" and int(entry["sequence"]) == 1


def test_it_is_in_the_language_of_who_gets_it(house: Prepared):
    Invitation.objects.filter(attendee__name="Ray Crabbe").update(language="fr")
    house.invite()
    assert letters("ray@people.invalid")[0].subject == "Invitation : Rivers"
    assert letters("peter@people.invalid")[0].subject == "Invitation: Rivers"
    assert house.one("Ray Crabbe").person.language == "fr"


def test_who_has_no_address_is_not_written_to_and_the_page_says_so(house: Prepared):
    house.invite()
    assert Mail.objects.count() == 3
    assert state(house, "Olu Bello") == "no address: let them in with a number"


def test_the_page_says_what_has_become_of_each(house: Prepared, settings):
    assert state(house, "Ray Crabbe") == "not invited yet"
    house.invite()
    assert state(house, "Ray Crabbe") == "on its way"
    with post_office() as office:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", office.port, False
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        office.refuses = {"peter@people.invalid"}
        while due.work():
            pass
        assert len(office.letters) == 2
    assert state(house, "Ray Crabbe") == "invited"
    assert state(house, "Peter Kinsman") == "came back: mend the address, then send it again"
    sent_id = str(office.letters[0]["Message-ID"])
    assert Mail.objects.exclude(text="").count() == 1, "what was sent is forgotten"
    notice = f"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\nContent-Type: message/rfc822\n\nMessage-ID: {sent_id}\n\n--x--\n"
    to = str(office.letters[0]["To"])
    done = piped(notice)
    assert "is marked as come back" in done
    name = Invitation.objects.get(email=to).attendee.name
    assert state(house, name) == "came back: mend the address, then send it again"
    house.invite(name)
    assert state(house, name) == "on its way"
    house.agree(house.invited(name))
    assert state(house, "As I am printed") == "has come in"


def piped(notice: str) -> str:
    """What `bounced` says of a mail on its standard input."""
    import io
    from unittest import mock

    out = io.StringIO()
    with mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(notice.encode()))):
        call_command("bounced", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    "notice",
    [
        "",
        "Subject: hello\n\nhello",
        "\0\0",
        "Content-Type: multipart/report; boundary=x\n\n--x\n\nMessage-ID: <not-ours@x>\n",
    ],
)
def test_a_mail_that_is_no_notice_of_ours_changes_nothing(house: Prepared, notice: str):
    house.invite()
    assert "No invitation was in it." in piped(notice)
    assert not Invitation.objects.exclude(bounced_at=None).exists()


def test_a_letter_sent_again_takes_the_place_of_one_that_has_not_gone_out(house: Prepared):
    house.invite("Ray Crabbe")
    house.invite("Ray Crabbe")
    (mail,) = letters("ray@people.invalid")
    assert mail.subject == "Again: Rivers"
    assert Invitation.objects.get(attendee__name="Ray Crabbe").times == 2


def test_a_withdrawn_invitation_opens_nothing_and_a_letter_says_so(house: Prepared):
    house.invite("Ray Crabbe")
    (mail,) = letters("ray@people.invalid")
    address = door(mail)
    assert Client().get(address).status_code == 200
    Mail.objects.update(sent_at=timezone.now())
    client = house.client(house.one("Ray Crabbe").person)
    invitations.withdraw(house.one("Ray Crabbe"), house.connie, SITE)
    assert Client().get(address).status_code == 404
    assert client.get(house.at).status_code == 404, "the doors are shut, and this is nobody of the event any more"
    last = letters("ray@people.invalid")[-1]
    assert last.subject == "Withdrawn: Rivers" and "METHOD:CANCEL" in last.calendar
    assert state(house, "Ray Crabbe") == "withdrawn"
    house.invite("Ray Crabbe")
    assert Client().get(address).status_code == 200


def test_a_withdrawn_letter_that_has_not_gone_out_goes_nowhere(house: Prepared):
    house.invite("Ray Crabbe")
    invitations.withdraw(house.one("Ray Crabbe"), house.connie, SITE)
    assert letters("ray@people.invalid") == []


def test_the_address_in_a_letter_sends_the_code_to_who_it_was_written_to(house: Prepared):
    house.invite("Ray Crabbe")
    address = door(letters("ray@people.invalid")[0])
    client = Client()
    page = client.get(address).content.decode()
    assert "r…@people.invalid" in page and "ray@people.invalid" not in page
    answer = client.post(address)
    assert answer.url == f"/sign-in/code/?next={house.at}welcome/"
    page = client.get(answer.url).content.decode()
    assert "r…@people.invalid" in page and "ray@people.invalid" not in page and f'href="{address}"' in page
    assert letters("ray@people.invalid")[-1].subject.startswith("Your code")
    assert house.invited("Peter Kinsman").get(address).status_code == 200, "somebody else is told so"
    assert house.client(house.one("Ray Crabbe").person).get(address).url == f"{house.at}welcome/"


def test_only_who_invites_does(house: Prepared):
    ray = house.one("Ray Crabbe")
    house.invite("Ann Webb")
    moderator = house.one("Ann Webb").person
    for deed in (
        lambda: invitations.invite(house.event, moderator, [ray], SITE),
        lambda: invitations.withdraw(ray, moderator, SITE),
        lambda: entrance.hand_over(ray, moderator, TicketKind.NUMBER),
        lambda: people.remove(ray, moderator),
    ):
        with pytest.raises(PermissionDenied):
            deed()
    secretary = entrance.account("sec@house.invalid", "Sec")
    Pass.objects.create(event=house.event, person=secretary, role="secretariat")
    assert len(invitations.invite(house.event, secretary, [ray], SITE)) == 1
    with pytest.raises(PermissionDenied):
        invitations.lend(house.event, secretary, "x@house.invalid", "X", "convenor", SITE)


def test_an_account_that_sits_there_already_is_not_seated_twice(house: Prepared):
    house.invite("Ray Crabbe")
    Invitation.objects.filter(attendee__name="Peter Kinsman").update(email="ray@people.invalid")
    with pytest.raises(ValidationError, match="somebody else's in this event"):
        house.invite("Peter Kinsman")


# ------------------------------------------------------------------ tickets


def number_for(house: Prepared, name: str, kind: TicketKind = TicketKind.NUMBER) -> str:
    return entrance.hand_over(house.one(name), house.connie, kind)


def tried(written: str, client: Client | None = None):
    return (client or Client()).post("/number/", {"number": written})


def test_a_spoken_number_lets_in_once_and_both_ends_are_in_the_audit(house: Prepared):
    written = number_for(house, "Olu Bello")
    assert re.fullmatch(r"\d{8}", written)
    client = Client()
    before = client.session.session_key
    answer = tried(f" {written[:4]}-{written[4:]} ", client)
    assert answer.url == f"{house.at}welcome/"
    assert client.session["_auth_user_id"] == str(house.one("Olu Bello").person_id)
    assert client.session.session_key != before
    assert tried(written).status_code == 422
    acts = Act.objects.filter(event=house.event, deed__startswith="ticket").order_by("number")
    olu = house.one("Olu Bello")
    assert [(act.deed, act.person, act.subject) for act in acts] == [
        ("ticket-handed-over", house.connie.pk, olu.pk), ("ticket-used", olu.person_id, olu.pk),
    ]  # fmt: skip


def test_neither_number_nor_code_is_kept(house: Prepared):
    written = {number_for(house, "Olu Bello"), number_for(house, "Ray Crabbe", TicketKind.QR)}
    assert not any(one in str(list(Ticket.objects.values())) for one in written)


def test_a_ticket_is_over_after_ten_minutes(house: Prepared):
    written = number_for(house, "Olu Bello")
    left = Ticket.objects.get().until - timezone.now()
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)
    Ticket.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert tried(written).status_code == 422


def test_a_new_ticket_ends_the_one_before_and_a_removed_person_has_none(house: Prepared):
    first = number_for(house, "Olu Bello")
    second = number_for(house, "Olu Bello")
    assert tried(first).status_code == 422
    people.remove(house.one("Olu Bello"), house.connie)
    assert tried(second).status_code == 422


def test_a_camera_that_looks_ahead_spends_nothing(house: Prepared):
    address = f"/in/{number_for(house, 'Olu Bello', TicketKind.QR)}/"
    client = Client()
    for _ in range(3):
        page = client.get(address)
        assert page.status_code == 200 and b"Olu Bello" in page.content
    assert client.post(address).url == f"{house.at}welcome/"
    assert Client().get(address).status_code == 410
    assert Client().post(address).status_code == 410


def test_who_is_signed_in_spends_nobody_elses_ticket(house: Prepared):
    written = number_for(house, "Olu Bello")
    other = house.invited("Ray Crabbe")
    assert "Sign out first" in tried(written, other).content.decode()
    assert other.session["_auth_user_id"] == str(house.one("Ray Crabbe").person_id)
    assert tried(written).status_code == 302


def test_a_ticket_opens_nothing_but_the_event_that_it_is_of(house: Prepared):
    """Who invites in one event can write anybody's address there: that must not open what else that account has."""
    other = Prepared("named")
    other.invite("Ray Crabbe")
    other.open()
    house.invite("Ray Crabbe")
    person = house.one("Ray Crabbe").person
    assert other.one("Ray Crabbe").person == person
    Person.objects.filter(pk=person.pk).update(may_convene=True)
    by_ticket, by_code = Client(), house.client(person)
    assert tried(number_for(house, "Ray Crabbe"), by_ticket).status_code == 302
    assert [one.get(f"{house.at}welcome/").status_code for one in (by_ticket, by_code)] == [200, 200]
    assert [one.get(f"{other.at}welcome/").status_code for one in (by_ticket, by_code)] == [404, 200]
    assert [one.get("/convene/").status_code for one in (by_ticket, by_code)] == [403, 200]
    assert [one.get("/you/").status_code for one in (by_ticket, by_code)] == [403, 200]
    assert b"Sign in with a code by mail to change this." in by_ticket.get("/you/").content
    signed = SignIn.objects.get(session_key=by_ticket.session.session_key)
    by_code.get("/")
    knocks = [Knock(key, other.table.pk, "en") for key in (signed.session_key, by_code.session.session_key)]
    Membership.objects.filter(attendee__person=person).update(is_asked=False)
    shut, let = admissions(knocks)
    assert shut == NOT_ALLOWED and isinstance(let, Admission)


def test_sign_in_by_a_number_changes_no_language_but_its_browsers(house: Prepared):
    house.invite("Ray Crabbe")
    Person.objects.filter(email="ray@people.invalid").update(language="en")
    by_number, by_code = Client(), house.client(house.one("Ray Crabbe").person)
    tried(number_for(house, "Ray Crabbe"), by_number)
    by_number.post("/language/", {"language": "fr"})
    assert house.one("Ray Crabbe").person.language == "en"
    pages = [one.get(f"{house.at}welcome/").content.decode() for one in (by_number, by_code)]
    assert [re.search('<html lang="(..)"', page)[1] for page in pages] == ["fr", "en"]
    house.open()
    assert [drawn_in(one, house) for one in (by_number, by_code)] == ["fr", "en"]
    by_code.post("/language/", {"language": "fr"})
    assert house.one("Ray Crabbe").person.language == "fr", "control: their own sign-in does"


def drawn_in(client: Client, house: Prepared) -> str:
    """The language of an open page of the table, whose browser asks for French."""
    Membership.objects.update(is_asked=False)
    (found,) = admissions([Knock(client.session.session_key or "", house.table.pk, "fr")])
    assert isinstance(found, Admission)
    return found.language


def test_numbers_cannot_be_guessed_at_leisure(house: Prepared):
    number_for(house, "Olu Bello")
    answers = [tried(f"{guess:08}").status_code for guess in range(64)]
    assert answers == [422] * 60 + [429] * 4


def test_numbers_tried_by_strangers_keep_nobody_out(house: Prepared):
    short = number_for(house, "Olu Bello")
    for guess in range(300):
        Client().post("/number/", {"number": f"{guess:08}"}, REMOTE_ADDR=f"198.51.100.{guess // 50}")
    mine = Client(REMOTE_ADDR="203.0.113.5")
    answer = mine.post("/number/", {"number": short})
    assert answer.status_code == 429 and "Ask for a new one: it is longer" in answer.text
    person = f"{house.at}setup/people/{house.one('Olu Bello').pk}/ticket/"
    page = house.client(house.connie).post(person, {"as": "number"}).text
    long = re.search(r'told-number figures">([\d ]+)<', page)[1]
    assert len(long.replace(" ", "")) == 12
    assert mine.post("/number/", {"number": long}).url == f"{house.at}welcome/"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_with_one_number_are_one():
    assert at_once() == 1


@pytest.mark.sqlite
def test_so_it_is_in_a_file_too(tmp_path: pathlib.Path):
    code = "import django; django.setup()\nfrom django.core.management import call_command; call_command('migrate', verbosity=0)"
    code += "\nfrom django.conf import settings; settings.ALLOWED_HOSTS = ['testserver']"
    code += "\nfrom tests.test_inviting import at_once; print(at_once())"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "1\n", done.stderr


def at_once() -> int:
    """How many of fifty who use one ticket at once come in."""
    house = Prepared()
    good = entrance.ticket(TicketKind.NUMBER, number_for(house, "Olu Bello"))
    assert good is not None
    return sum(person is not None for person in together([lambda: entrance.let_in(good)] * 50))


# ------------------------------------------------------------------ nobody gives what they have not


def secretary(house: Prepared) -> Person:
    person = entrance.account("sec@house.invalid", "Sec")
    Pass.objects.create(event=house.event, person=person, role="secretariat")
    return person


def facts(one: Attendee, **more: str) -> people.Facts:
    return people.Facts(**{name: getattr(one, name) for name in people.FACTS} | {"email": one.invitation.email} | more)


def test_only_a_convenor_makes_a_convenor(house: Prepared):
    sec, ray, at = secretary(house), house.one("Ray Crabbe"), house.table.key
    rows = spreadsheet.read("Con Venor\tcon@people.invalid\t\t\t\tconvenor")
    with pytest.raises(ValidationError, match="Nobody was taken in"):
        people.take_in(house.table, sec, rows)
    assert rows[0].problems == [
        "You cannot give or take away this role: convenor. Ask a convenor. Nothing was changed."
    ]
    with pytest.raises(MayNotGrant, match="this role: convenor"):
        people.change(ray, sec, facts(ray), {at: "convenor"}, listed=True)
    assert not house.table.memberships.filter(role="convenor").exists()
    people.change(ray, house.connie, facts(ray), {at: "convenor"}, listed=True)
    ray = house.one("Ray Crabbe")
    for deed in (
        lambda: people.change(ray, sec, facts(ray, email="mine@house.invalid"), {at: "convenor"}, listed=True),
        lambda: people.replace(ray, sec, people.Facts("Mine", email="mine@house.invalid")),
        lambda: entrance.hand_over(ray, sec, TicketKind.NUMBER),
    ):
        with pytest.raises(MayNotGrant, match="this role: convenor"):
            deed()
    assert house.one("Ray Crabbe").invitation.email == "ray@people.invalid"
    assert invitations.invite(house.event, sec, [house.one("Ray Crabbe")], SITE), (
        "the letter may be sent by the secretariat"
    )


def test_nobody_puts_somebody_in_the_list_who_took_themselves_out_of_it(house: Prepared):
    house.agree(house.invited("Ray Crabbe"), name="Ray Crabbe", listed="")
    ray = house.one("Ray Crabbe")
    people.change(ray, house.connie, facts(ray), {house.table.key: "participant"}, listed=True)
    assert not house.one("Ray Crabbe").listed
    peter = house.one("Peter Kinsman")
    people.change(peter, house.connie, facts(peter), {house.table.key: "participant"}, listed=False)
    people.change(house.one("Peter Kinsman"), house.connie, facts(peter), {house.table.key: "participant"}, listed=True)
    assert house.one("Peter Kinsman").listed, "who has not come in yet has said nothing"


# ------------------------------------------------------------------ roles without a seat


def test_a_lent_role_is_told_by_mail_and_can_be_taken_back(house: Prepared):
    lent = invitations.lend(house.event, house.connie, "Sec@House.invalid", "Sec Retary", "secretariat", SITE)
    (mail,) = letters("sec@house.invalid")
    assert mail.subject == "Your role in Rivers" and "secretariat" in mail.text and f"{SITE}{house.at}" in mail.text
    client = house.client(Person.objects.get(email="sec@house.invalid"))
    assert client.get(f"{house.at}setup/people/").status_code == 200
    assert client.get(f"{house.at}setup/").status_code == 403
    invitations.take_role_back(lent, house.connie)
    assert client.get(f"{house.at}setup/people/").status_code == 404


def test_the_last_convenor_stays(house: Prepared):
    only = Pass.objects.get(event=house.event, role="convenor")
    with pytest.raises(ValidationError, match="needs one convenor"):
        invitations.take_role_back(only, house.connie)
    other = invitations.lend(house.event, house.connie, "two@house.invalid", "Two", "convenor", SITE)
    invitations.take_role_back(only, house.connie)
    assert list(Pass.objects.filter(event=house.event)) == [other]
