"""The matrix of doors: every address × method × each of the cast, generated from the URL conf.

An address that nobody declared here fails, and so does one that answers somebody differently than declared.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from dialogue.discussion.models import Authorship, Contribution
from dialogue.events.models import Event, Opening
from dialogue.people.demo import entry_code
from dialogue.positions.models import Finding
from dialogue.rapporteur.models import Addressee, Footnote, Note, Paragraph, Recommendation, Source
from tests.cast import CAST, TABLE, account

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
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
    "references": read(WRITER, **VICTORIA),
    "recommendations": read(WRITER, **VICTORIA),
    "note-new": form_of({"moderator", "rapporteur"}, VICTORIA, text="A note."),
    "note": form_of({"rapporteur"}, ON_PAPER, do="delete", status=409),  # not the one that was shown
    "finding-new": form_of({"rapporteur"}, VICTORIA, item="rapid-deployment", text="We are slow.", level="one"),
    "finding": form_of({"rapporteur"}, ON_PAPER, do="delete", status=409),
    "finding-call": form_of({"moderator", "rapporteur"}, ON_PAPER, do="take-back-call"),
    "paragraph-new": form_of({"rapporteur"}, VICTORIA, item="rapid-deployment", text="Slow.", origin="room"),
    "paragraph": form_of({"rapporteur"}, ON_PAPER, do="delete", status=409),
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
    "recommendation-move": pressed(only({"rapporteur"}, 302, others=403), ON_PAPER, to="up"),
    "sign-in": Door(
        {"GET": everyone(200), "HEAD": everyone(200), "POST": only({"visitor"}, 302, others=200)},
        sent={"email": "nobody@cast.invalid"},
    ),
    "sign-in-code": Door({"GET": everyone(302), "HEAD": everyone(302), "POST": everyone(302)}, sent={"code": "000000"}),
    "letters": read(everyone(200)),
    "enter": Door(
        {"GET": everyone(200), "HEAD": everyone(200), "POST": everyone(302)},
        {"role": "participant", "code": entry_code("participant")},
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


@pytest.fixture
def demo(settings, people) -> None:
    """A demo, with the sample person that the entry door lets in."""
    settings.DEMO = True
    account("participant", is_sample=True)


@pytest.fixture(autouse=True)
def talking(victoria: Event) -> None:
    """The table talks: an item is open, and the participant has said something on it."""
    session, item = victoria.sessions.get(key="roundtable"), victoria.items.get(key="rapid-deployment")
    Opening.objects.create(session=session, item=item, opened_at=timezone.now())
    said = Contribution.objects.create(
        pk=SAID, event=victoria, session=session, item=item, kind="position", text="We were slow.", position=500
    )
    Authorship.objects.create(contribution=said, attendee=victoria.attendees.get(key="crabbe"))


@pytest.fixture(autouse=True)
def written(victoria: Event) -> None:
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


def rows() -> dict[str, list]:
    """Every row of every table."""
    return {str(model): list(model._default_manager.order_by("pk").values()) for model in apps.get_models()}


def test_every_address_is_declared_and_nothing_else_is():
    assert sorted(names()) == sorted(DOORS)


@pytest.mark.parametrize("name", DOORS)
def test_every_door_answers_each_of_the_cast_as_declared(name: str, as_: Callable[..., Client], demo: None):
    door = DOORS[name]
    found = {(method, role): knock(as_(role), method, name).status_code for method in METHODS for role in CAST}
    assert found == {(method, role): door.cell(method, role) for method in METHODS for role in CAST}


@pytest.mark.parametrize("name", DOORS)
def test_nothing_is_changed_by_reading(name: str, as_: Callable[..., Client], demo: None):
    clients = [as_(role) for role in CAST]
    before = rows()
    for client in clients:
        client.get(address(name))
        client.head(address(name))
        client.options(address(name))
    assert rows() == before
    assert sum(map(len, before.values())) > 300  # there was something to change


@pytest.mark.parametrize("name", [name for name in DOORS if "POST" in DOORS[name].methods])
def test_without_a_token_nothing_is_accepted_from_anybody(name: str, as_: Callable[..., Client], demo: None):
    clients = {role: as_(role, enforce_csrf_checks=True) for role in CAST}
    before = rows()
    for method in ("POST", "PUT", "DELETE"):
        answers = {role: knock(client, method, name) for role, client in clients.items()}
        assert {role: answer.status_code for role, answer in answers.items()} == everyone(403)
        assert all("did not come from this site" in answer.text for answer in answers.values())
    assert rows() == before


def test_with_a_token_the_same_request_is_accepted(as_: Callable[..., Client], demo: None):
    client = as_("participant", enforce_csrf_checks=True)
    client.get("/")
    sent = {"theme": "dark", "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post(reverse("theme"), sent).status_code == 302


@pytest.mark.parametrize("name", [name for name in DOORS if "slug" in DOORS[name].arguments])
def test_a_foreign_event_and_a_missing_one_are_the_same_to_the_last_byte(
    name: str, as_: Callable[..., Client], elsewhere: Event
):
    theirs = DOORS[name].foreign(
        {"slug": "elsewhere", "key": "closed", "id": str(Contribution.objects.get(key="m1").pk)}
    )
    for role in sorted({*CAST} - {"mallory"}):
        client = as_(role)
        for method in METHODS:
            foreign, missing = (
                client.generic(method, address(name, **theirs | {"slug": slug})) for slug in ("elsewhere", "missing")
            )
            assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content)
            assert dict(foreign.headers) == dict(missing.headers)
            assert foreign.status_code == (404 if method in DOORS[name].methods else 405)
            assert method in ("HEAD", "OPTIONS") or foreign.status_code == 405 or "nothing here for you" in foreign.text


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
    account("participant", is_sample=True)
    settings.DEMO = not right
    code = entry_code("participant")
    wrong = address("enter") if right else address("enter", code=code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert client.get(wrong).status_code == 404
    assert client.post(wrong).status_code == 404
    settings.DEMO = True
    assert client.get(address("enter")).status_code == 200
