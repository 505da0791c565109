"""The matrix of doors: every address × method × each of the cast, generated from the URL conf.

An address that nobody declared here fails, and so does one that answers somebody differently than declared.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from django.conf import settings as told
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from dialogue.archive import load
from dialogue.convening.models import Invitation
from dialogue.discussion.models import Authorship, Contribution
from dialogue.entrance.actions import sealed, soon
from dialogue.entrance.models import Ticket
from dialogue.events.models import Attendee, Event, Item, Membership, Opening
from dialogue.people.demo import entry_code
from dialogue.people.models import Person
from dialogue.positions.models import Finding
from dialogue.rapporteur.models import Addressee, Footnote, Note, Paragraph, Recommendation, Source
from tests import cast
from tests.cast import CAST, TABLE, account
from tests.shared import Unwritten
from tests.tiers import WHOLE, some

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("doors")]

READING, WRITING = ("GET", "HEAD", "OPTIONS"), ("POST", "PUT", "DELETE")
METHODS = (*READING, *WRITING)
FEW = ("visitor", "convenor")  # who else knocks by those methods that pages and forms never use


def who_come(method: str) -> tuple[str, ...]:
    """Who of the cast comes by a method: all as pages and forms have it, and everybody by all of them in the long form."""
    return tuple(CAST) if method in ("GET", "POST") or WHOLE else FEW


def who_forges(method: str) -> tuple[str, ...]:
    """Who comes without a token: it is asked for before anybody is looked at."""
    return tuple(CAST) if WHOLE else (*FEW, "rapporteur") if method == "POST" else FEW


KNOCKS = [(method, role) for method in METHODS for role in who_come(method)]
Cells = dict[str, int]  # one of the cast -> the status


def everyone(status: int) -> Cells:
    return dict.fromkeys(CAST, status)


def only(some: set[str], status: int, *, others: int) -> Cells:
    return {role: status if role in some else others for role in CAST}


@dataclass
class Door:
    """What each of the cast gets, by method. What is not declared must be refused with 405."""

    methods: dict[str, Cells]
    arguments: dict[str, str] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    query: str = ""

    def foreign(self, elsewhere: dict[str, str]) -> dict[str, str]:
        """What in the door's address would be another event's."""
        return {name: value for name, value in elsewhere.items() if name in self.arguments}

    def cell(self, method: str, role: str) -> int:
        return self.methods.get(method, everyone(405))[role]


def read(cells: Cells, **arguments: str) -> Door:
    return Door({"GET": cells, "HEAD": cells}, arguments)


def pressed(cells: Cells, arguments: dict[str, str] | None = None, **sent: str) -> Door:
    return Door({"POST": cells}, arguments or {}, sent)


def form_of(some: set[str], arguments: dict[str, str], *, status: int = 302, **sent: str) -> Door:
    """A page with a form that posts to itself."""
    shown = only(some, 200, others=403)
    return Door({"GET": shown, "HEAD": shown, "POST": only(some, status, others=403)}, arguments, sent)


SAID = "5a1d5a1d-5a1d-4a1d-8a1d-5a1d5a1d5a1d"  # what the participant said at the table
VICTORIA = {"slug": "victoria-2007"}
AT_TABLE = {**VICTORIA, "key": "roundtable"}
ON_SAID = {**AT_TABLE, "id": SAID}
MEMBERS = only(TABLE, 200, others=403)
PAPER = "9a9e9a9e-9a9e-4a9e-8a9e-9a9e9a9e9a9e"  # one of each kind on the rapporteur's desk
ON_PAPER = {**VICTORIA, "id": PAPER}
RECORDERS = only({"moderator", "rapporteur"}, 200, others=403)
WRITER = only({"rapporteur"}, 200, others=403)
SPEAKERS = {"moderator", "participant", "second-participant"}
CONVENOR = only({"convenor"}, 200, others=403)
OF_ONESELF = only({"visitor"}, 302, others=200)
MISSING = "5a1d5a1d-5a1d-4a1d-8a1d-000000000000"
GUEST = "6e576e57-6e57-4e57-8e57-6e576e576e57"  # somebody else at the table, who is invited; and their invitation
POINT = "9017901a-9017-4017-8017-9017901a9017"  # a point of the programme under which nothing was said
ON_GUEST, ON_POINT = {**VICTORIA, "pk": GUEST}, {**VICTORIA, "pk": POINT}
TICKET = "A-ticket-that-is-good_"  # what is on a QR code
SEATED = {"moderator", "rapporteur", "participant", "second-participant"}
SITTING = {"title": "A sitting", "date": "2007-02-06", "attribution": "named"}
FACTS = {
    "title": "Peacekeeping", "date": "2007-02-06", "time_zone": "America/Vancouver", "language": "en",
    "convenor_name": "UNA-Canada",
}  # fmt: skip
CREDITS = {
    "partner-TOTAL_FORMS": "1", "partner-INITIAL_FORMS": "0", "partner-0-name": "A partner",
    "disclaimer-TOTAL_FORMS": "0", "disclaimer-INITIAL_FORMS": "0",
}  # fmt: skip


def prepared(arguments: dict[str, str] = VICTORIA, **sent: str) -> Door:
    """A page of setting up, with its form: the convenor's."""
    return form_of({"convenor"}, arguments, **sent)


DOORS: dict[str, Door] = {
    "health": read(everyone(200)),
    "events": read(everyone(200)),
    "event": read(everyone(200), **VICTORIA),
    "record": read(everyone(200), **VICTORIA),
    "agreement": read(MEMBERS, **VICTORIA),
    "chapter": read(MEMBERS, **VICTORIA),
    "behind": Door({"GET": MEMBERS, "HEAD": MEMBERS}, VICTORIA, query="?of=v004"),
    "download": read(MEMBERS, **VICTORIA, format="json"),
    "publish": Door(
        {"GET": CONVENOR, "HEAD": CONVENOR, "POST": only({"convenor"}, 302, others=403)}, VICTORIA, {"follows": "x"}
    ),
    "audit": read(CONVENOR, **VICTORIA),
    "table": read(MEMBERS, **AT_TABLE),
    "say": pressed(
        only(SPEAKERS, 302, others=403), AT_TABLE, key="a-key-of-a-page", item="rapid-deployment", text="We were slow."
    ),
    "said": Door(
        {"GET": MEMBERS, "HEAD": MEMBERS, "POST": only({"participant"}, 302, others=403)}, ON_SAID, {"do": "withdraw"}
    ),
    "stance": pressed(only(SPEAKERS, 302, others=403), ON_SAID, key="a-key-of-a-page", stance="agree"),
    "run": pressed(only({"moderator"}, 302, others=403), AT_TABLE, do="close", item="rapid-deployment"),
    "looked": pressed(only(TABLE, 302, others=403), AT_TABLE, heads="{}"),
    "desk": read(RECORDERS, **VICTORIA),
    "names": form_of({"rapporteur", "convenor"}, VICTORIA, again=MISSING),
    "references": read(WRITER, **VICTORIA),
    "recommendations": read(WRITER, **VICTORIA),
    "note-new": form_of({"moderator", "rapporteur"}, VICTORIA, text="A note."),
    "note": form_of({"rapporteur"}, ON_PAPER, do="delete", status=409),  # not the one that was shown
    "finding-new": form_of({"rapporteur"}, VICTORIA, item="rapid-deployment", text="We are slow.", level="one"),
    "finding": form_of({"rapporteur"}, ON_PAPER, do="delete", status=409),
    "finding-confirm": pressed(only({"rapporteur"}, 302, others=403), ON_PAPER, was="x"),
    "assent": form_of({"rapporteur"}, ON_PAPER, do="save", seen="4", present="8"),
    "finding-call": form_of({"moderator", "rapporteur"}, ON_PAPER, do="take-back-call"),
    "paragraph-new": form_of({"rapporteur"}, VICTORIA, item="rapid-deployment", text="Slow.", origin="room"),
    "paragraph": form_of({"rapporteur"}, ON_PAPER, do="delete", status=409),
    "paragraph-confirm": pressed(only({"rapporteur"}, 302, others=403), ON_PAPER, was="x"),
    "paragraph-move": pressed(only({"rapporteur"}, 302, others=403), ON_PAPER, to="up"),
    "source-new": form_of({"rapporteur"}, VICTORIA, title="A book"),
    "source": form_of({"rapporteur"}, ON_PAPER, do="delete", status=409),
    "footnote-new": form_of({"rapporteur"}, VICTORIA, kind="remark", text="A remark."),
    "footnote": form_of({"rapporteur"}, ON_PAPER, do="delete", status=409),
    "addressee-new": form_of({"rapporteur"}, VICTORIA, name="Somebody"),
    "addressee": form_of({"rapporteur"}, ON_PAPER, do="delete", status=409),
    "addressee-move": pressed(only({"rapporteur"}, 302, others=403), ON_PAPER, to="up"),
    "recommendation-new": form_of({"rapporteur"}, VICTORIA, addressee=PAPER, text="Be quick."),
    "recommendation": form_of({"rapporteur"}, ON_PAPER, do="delete", status=409),
    "recommendation-confirm": pressed(only({"rapporteur"}, 302, others=403), ON_PAPER, was="x"),
    "recommendation-move": pressed(only({"rapporteur"}, 302, others=403), ON_PAPER, to="up"),
    "sign-in": Door(
        {"GET": everyone(200), "HEAD": everyone(200), "POST": only({"visitor"}, 302, others=200)},
        sent={"email": "nobody@cast.invalid"},
    ),
    "sign-in-code": Door({"GET": everyone(302), "HEAD": everyone(302), "POST": everyone(302)}, sent={"code": "000000"}),
    "sign-in-passkey": Door(  # what the browser is to be asked; not for those who are in
        {"POST": only({"visitor"}, 200, others=302)}, sent={"do": "begin"}
    ),
    "sign-in-second": Door(
        {"GET": everyone(302), "HEAD": everyone(302), "POST": everyone(302)}, sent={"code": "000000"}
    ),
    "openid": pressed(everyone(404)),  # where no provider is named
    "openid-back": Door({"GET": everyone(404), "HEAD": everyone(404)}, query="?state=x&code=y"),
    "you": read(OF_ONESELF),
    "second-factor": Door({"GET": OF_ONESELF, "HEAD": OF_ONESELF, "POST": everyone(302)}, sent={"code": "000000"}),
    # Who came in long ago is sent to show first who they are.
    "factor-app": Door({"GET": everyone(302), "HEAD": everyone(302), "POST": everyone(302)}, sent={"do": "begin"}),
    "factor-passkey": Door({"GET": everyone(302), "HEAD": everyone(302), "POST": everyone(302)}, sent={"do": "begin"}),
    "factor-codes": pressed(everyone(302)),
    "factor-remove": pressed(everyone(302), which="totp"),
    "sign-in-end": pressed(only({"visitor"}, 302, others=404), {"id": MISSING}),
    "sign-ins-end": pressed(everyone(302)),
    "letters": read(everyone(200)),
    "enter": Door(
        {"GET": everyone(200), "HEAD": everyone(200), "POST": everyone(302)},
        {"role": "participant", "code": entry_code("participant")},
    ),
    "convene": form_of({"convenor"}, {}, **FACTS),
    "setup": prepared(do="shut"),  # which is refused: something was said
    "setup-facts": prepared(**FACTS),
    "setup-credits": prepared(**CREDITS),
    "setup-scale": prepared(several="1/4", many="1/2", most="2/3", nearly_all="9/10", figures="always"),
    "setup-kept": prepared(days="30", notice_en="Ours.", notice_fr=""),
    "kept": read(everyone(200)),
    "kept-of": read(everyone(200), **VICTORIA),
    "look": pressed(only({"convenor"}, 302, others=403), VICTORIA, **{"as": "observer"}),
    "setup-sessions": read(CONVENOR, **VICTORIA),
    "session-new": prepared(kind="forum", access="public", **SITTING),
    "session": prepared(AT_TABLE, do="save", kind="roundtable", access="closed", **SITTING),
    "setup-programme": prepared(points="A point\n- and one below it"),
    "point": prepared(ON_POINT, do="save", title="Another point", kind="theme"),
    "setup-people": prepared(session="roundtable", table="Somebody New\tnew@people.invalid"),
    "person": prepared(ON_GUEST, do="save", name="Ivy Guest", language="en"),
    "replace": prepared(ON_GUEST, name="Somebody Else", language="en"),
    "merge": pressed(only({"convenor"}, 302, others=403), ON_GUEST, other="cran"),
    "withdraw": pressed(only({"convenor"}, 302, others=403), ON_GUEST),
    "hand-over": pressed(CONVENOR, ON_GUEST, **{"as": "number"}),
    "letters-of": prepared(greeting="Do come."),
    "setup-roles": prepared(email="lent@people.invalid", name="Somebody Lent", role="interpreter"),
    "welcome": Door(  # the moderator comes first and takes the name
        {
            "GET": only(SEATED, 200, others=302), "HEAD": only(SEATED, 200, others=302),
            "POST": only(SEATED - {"moderator"}, 422, others=302),
        },
        VICTORIA,
        {"name": "Somebody"},
    ),
    "come": Door(
        {"GET": everyone(200), "HEAD": everyone(200), "POST": only({"visitor"}, 302, others=200)}, {"pk": GUEST}
    ),
    "number": Door(
        {"GET": everyone(200), "HEAD": everyone(200), "POST": only({"visitor"}, 422, others=200)},
        sent={"number": "0000 0000"},
    ),
    "ticket": Door(  # the visitor has used it up before Mallory comes; whoever is signed in uses nothing up
        {"GET": everyone(200), "HEAD": everyone(200), "POST": everyone(200) | {"visitor": 302, "mallory": 410}},
        {"written": TICKET},
    ),
    "sign-out": pressed(everyone(302)),
    "language": pressed(everyone(302), language="fr", next="/"),
    "theme": pressed(everyone(302), theme="dark", next="/"),
}
PUBLISHED = ("chapter", "behind", "download")  # open to everyone once a version is published


def names(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[str]:
    """The name of every address in the URL conf; one without a name could not be declared, and fails."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            yield pattern.name


def address(name: str, **instead: str) -> str:
    door = DOORS[name]
    return reverse(name, kwargs={**door.arguments, **instead}) + door.query


def knock(client: Client, method: str, name: str):
    """Try a door with what its form would send."""
    form = urlencode(DOORS[name].sent)
    return client.generic(method, address(name), form, content_type="application/x-www-form-urlencoded")


# ------------------------------------------------------------------ the event, made once for all doors


@pytest.fixture(scope="module")
def victoria(module_db: None, victoria_record: dict) -> Event:
    """The real event, loaded; people, papers and letters are added to it once."""
    event = load.load(victoria_record)
    people = cast.seat(event)
    talk(event)
    write(event)
    ask(event, people["convenor"])
    account("participant", is_sample=True)  # whom the demo's door lets in
    return event


@pytest.fixture(scope="module")
def people(victoria: Event) -> dict[str, Person | None]:
    """The cast around its table: {role: account}."""
    by_mail = {person.email: person for person in Person.objects.all()}
    return {role: by_mail.get(f"{role}@cast.invalid") for role in CAST}


@pytest.fixture(scope="module")
def signed_in(people: dict[str, Person | None]) -> dict[str, str]:
    """{role: the cookie of a sign-in} of everybody who has an account."""
    found = {}
    for role, person in people.items():
        if person:
            client = Client()
            client.force_login(person)
            found[role] = client.cookies[told.SESSION_COOKIE_NAME].value
    return found


@pytest.fixture
def as_(signed_in: dict[str, str]) -> Callable[..., Client]:
    """A client with the sign-in of one of the cast."""

    def client(role: str, **options: bool) -> Client:
        made = Client(**options)  # type: ignore[arg-type]
        if role in signed_in:
            made.cookies[told.SESSION_COOKIE_NAME] = signed_in[role]
        return made

    return client


@pytest.fixture
def demo(settings) -> None:
    """A demo."""
    settings.DEMO = True


def talk(victoria: Event) -> None:
    """The table talks: an item is open, and the participant has said something on it."""
    session, item = victoria.sessions.get(key="roundtable"), victoria.items.get(key="rapid-deployment")
    Opening.objects.create(session=session, item=item, opened_at=timezone.now())
    said = Contribution.objects.create(
        pk=SAID, event=victoria, session=session, item=item, kind="position", text="We were slow.", position=500
    )
    Authorship.objects.create(contribution=said, attendee=victoria.attendees.get(key="crabbe"))


def write(victoria: Event) -> None:
    """The rapporteur has one paper of each kind on the desk."""
    whole = {"pk": PAPER, "event": victoria, "position": 500}
    item, rapporteur = victoria.items.get(key="rapid-deployment"), victoria.attendees.get(key="bloomfield")
    Note.objects.create(**whole, attendee=rapporteur, item=item, text="A note.")
    Finding.objects.create(**whole, item=item, text="We were slow.", level="one")
    Paragraph.objects.create(**whole, item=item, origin="rapporteur", text="It was slow.")
    Source.objects.create(**whole, title="A book")
    Footnote.objects.create(**whole, kind="remark", text="A remark.")
    addressee = Addressee.objects.create(**whole, name="Somebody")
    Recommendation.objects.create(**whole, addressee=addressee, text="Be quick.")


def ask(victoria: Event, convenor: Person | None) -> None:
    """Somebody else of the table is invited, and has a ticket; the convenor may set up events."""
    guest = Attendee.objects.create(
        pk=GUEST, event=victoria, key="guest", name="Ivy Guest", person=account("guest"), position=500
    )
    session = victoria.sessions.get(key="roundtable")
    Membership.objects.create(session=session, attendee=guest, role="observer", position=500)
    Invitation.objects.create(pk=GUEST, attendee=guest, email="guest@cast.invalid", language="en", times=1)
    Ticket.objects.create(attendee=guest, kind="qr", seal=sealed("qr", TICKET), until=soon(), by=convenor)
    Item.objects.create(pk=POINT, event=victoria, kind="theme", title="A point", position=500)
    assert convenor
    convenor.may_convene = True
    convenor.save()


@pytest.fixture(scope="module")
def unwritten(signed_in: dict[str, str]) -> Unwritten:
    """Everything that stands in the database before anybody comes to a door."""
    made = Unwritten()
    assert sum(map(len, made.before.values())) > 300  # there is something to change
    return made


# ------------------------------------------------------------------ the walk


@dataclass
class Walk:
    """What one door answered all of the cast, in whatever manner they came."""

    answers: dict[tuple[str, str], int] = field(default_factory=dict)  # (method, role) -> the status
    was_read_only: bool = False  # whether those that came to read left everything as it was
    refused: dict[tuple[str, str], tuple[int, bool]] = field(default_factory=dict)  # without a token; was it said why?
    was_refused_only: bool = False


@pytest.fixture(scope="module")
def walks() -> dict[str, Walk]:
    """The walks so far: each door is walked to once, and the tests look at what came of it."""
    return {}


@pytest.fixture
def walk(
    walks: dict[str, Walk],
    people: dict[str, Person | None],
    as_: Callable[..., Client],
    unwritten: Unwritten,
    demo: None,
) -> Callable[[str], Walk]:
    """`walk("event")` is the walk to that door."""

    def walked(name: str) -> Walk:
        if name not in walks:
            walks[name] = come_to(name, people, as_, unwritten)
        return walks[name]

    return walked


def come_to(name: str, people: dict[str, Person | None], as_: Callable[..., Client], unwritten: Unwritten) -> Walk:
    """All of the cast come: first without a token, then to read, then with what the form sends."""
    walk, clients = Walk(), {role: as_(role) for role in CAST}
    for role in CAST if "POST" in DOORS[name].methods else ():
        stranger = as_(role, enforce_csrf_checks=True)
        for method in (one for one in WRITING if role in who_forges(one)):
            answer = knock(stranger, method, name)
            walk.refused[method, role] = answer.status_code, "did not come from this site" in answer.text
    walk.was_refused_only = unwritten.is_so()
    for method in METHODS:
        if method == WRITING[0]:
            walk.was_read_only = unwritten.is_so()
        for role in who_come(method):
            answer = knock(clients[role], method, name)
            walk.answers[method, role] = answer.status_code
            if told.SESSION_COOKIE_NAME in answer.cookies:  # in or out by this: the next knock is of one who comes anew
                clients[role] = Client()
                if person := people[role]:
                    clients[role].force_login(person)
    return walk


def test_every_address_is_declared_and_nothing_else_is():
    assert sorted(names()) == sorted(DOORS)


@pytest.mark.parametrize("name", DOORS)
def test_every_door_answers_each_of_the_cast_as_declared(name: str, walk: Callable[[str], Walk]):
    door = DOORS[name]
    assert walk(name).answers == {(method, role): door.cell(method, role) for method, role in KNOCKS}


@pytest.mark.parametrize("name", DOORS)
def test_nothing_is_changed_by_reading(name: str, walk: Callable[[str], Walk]):
    assert walk(name).was_read_only


def test_what_is_written_is_noticed(unwritten: Unwritten, victoria: Event):
    """The control of the ones above."""
    assert unwritten.is_so()
    Event.objects.filter(pk=victoria.pk).update(title="Another title")
    assert not unwritten.is_so()
    Event.objects.filter(pk=victoria.pk).update(title=victoria.title)
    assert unwritten.is_so()


@pytest.mark.parametrize("name", [name for name in DOORS if "POST" in DOORS[name].methods])
def test_without_a_token_nothing_is_accepted_from_anybody(name: str, walk: Callable[[str], Walk]):
    assert walk(name).refused == {(method, role): (403, True) for method in WRITING for role in who_forges(method)}
    assert walk(name).was_refused_only


def test_with_a_token_the_same_request_is_accepted(as_: Callable[..., Client], demo: None):
    client = as_("participant", enforce_csrf_checks=True)
    client.get("/")
    sent = {"theme": "dark", "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post(reverse("theme"), sent).status_code == 302


@pytest.mark.parametrize("name", [name for name in DOORS if "slug" in DOORS[name].arguments])
def test_a_foreign_event_and_a_missing_one_are_the_same_to_the_last_byte(
    name: str, as_: Callable[..., Client], elsewhere: Event
):
    person, point = elsewhere.attendees.get(), elsewhere.items.get()
    said = Contribution.objects.get(key="m1")
    ids = {"key": "closed", "id": str(said.pk), "pk": str((point if name == "point" else person).pk)}
    theirs = DOORS[name].foreign({"slug": "elsewhere", **ids})
    for role in some(sorted({*CAST} - {"mallory"}), "visitor", "convenor", "moderator", "participant"):
        client = as_(role)
        for method in (one for one in METHODS if role in who_come(one)):
            foreign, missing = (
                client.generic(method, address(name, **theirs | {"slug": slug})) for slug in ("elsewhere", "missing")
            )
            assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content)
            assert apart_from_the_clock(foreign) == apart_from_the_clock(missing)
            assert foreign.status_code == (404 if method in DOORS[name].methods else 405)
            assert method in ("HEAD", "OPTIONS") or foreign.status_code == 405 or "nothing here for you" in foreign.text


def apart_from_the_clock(answer: HttpResponse) -> dict[str, str]:
    """The headers of an answer, without the second at which it is over."""
    return {name: value for name, value in answer.headers.items() if name != "Expires"}


def test_the_foreign_event_is_there_for_its_own(as_: Callable[..., Client], elsewhere: Event):
    assert "What was said elsewhere." in as_("mallory").get("/events/elsewhere/record/").text


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_chapter_is_open_to_everyone(name: str, as_: Callable[..., Client], victoria: Event):
    follows = as_("convenor").post(address("publish"), {"follows": "0"})
    assert follows.status_code == 302
    assert victoria.publications.count() == 1
    assert {role: as_(role).get(address(name)).status_code for role in CAST} == everyone(200)


@pytest.mark.parametrize("right", [True, False])
def test_the_demos_door_is_there_in_a_demo_only_and_for_the_right_code_only(right: bool, people, settings, client):
    settings.DEMO = not right
    code = entry_code("participant")
    wrong = address("enter") if right else address("enter", code=code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert client.get(wrong).status_code == 404
    assert client.post(wrong).status_code == 404
    settings.DEMO = True
    assert client.get(address("enter")).status_code == 200
