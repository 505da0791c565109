"""An id of another event answers as one that is not there, to the last byte, wherever an id can stand, for each of the cast."""

import pathlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse

from dialogue.discussion.models import Authorship, Contribution
from dialogue.live.doors import Knock, admissions
from tests.cast import CAST
from tests.posted import FORMS, PAPERS, Posted, Room, here, parameters, told
from tests.preparing_forms import ON_PK
from tests.shared import Unwritten, undone
from tests.test_table_input import JSON, PAGE, body_of, pairs_of, post, unwritten
from tests.tiers import some

__all__ = ["here", "unwritten"]
pytestmark = pytest.mark.django_db

# What is new on every page, and the page's own address, to which the choice of a language leads back.
TOKENS = re.compile(rb'name="(csrfmiddlewaretoken|key|next)" value="[^"]*"')
ANOTHER = ("elsewhere", "elsetheme", "Elsewhereq", "elsetable", "of theirs")  # words of the other event
ON = {"sign-in-end": "sign-in", "said": "statement", "stance": "statement", "finding-call": "finding", "assent": "finding"}
ON |= {kind: kind for kind in PAPERS} | {f"{kind}-move": kind for kind in ("paragraph", "addressee", "recommendation")}
ON |= {f"{kind}-confirm": kind for kind in ("finding", "paragraph", "recommendation")}
# Every part of an address behind its "?" that names something; the others choose a manner, a part or a language.
QUERIES = {
    "table": {"item": "<item>", "reply": "<statement>", "at": "<statement>", "before": "<statement>"},
    "record": {"theme": "<item>", "at": "<item>-said"},
    "behind": {"of": "<item>-said"},
    "desk": {"item": "<item>", "for": "finding-<finding>"},
    "note-new": {"rests": "<statement>", "item": "<item>"},
    "paragraph-new": {"rests": "<finding>", "item": "<item>"},
    "paragraph": {"rests": "<statement>"},
    "letters-of": {"to": "<person>"},
    "recommendation-new": {"parent": "<recommendation>", "addressee": "<addressee>", "rests": "<statement>"},
}  # fmt: skip
COME = some(CAST, "visitor", "mallory", "observer", "participant", "moderator", "convenor")
MANNERS = {"as", "part", "upto", "language", "version", "next", "code", "state", "error", "words", "letter"}


def in_place(template: str, names: dict[str, str]) -> str:
    """The template with the names of these things."""
    return re.sub(r"<([\w -]+)>", lambda found: names[found[1]], template)


def bare(answer: HttpResponse) -> tuple[Any, ...]:
    """Everything that an answer tells, but for the tokens that are new every time."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("Content-Length", "Expires")}
    return answer.status_code, TOKENS.sub(b"", answer.content), headers, told(answer)


def difference(here: Room, foreign: HttpResponse, missing: HttpResponse, names: tuple[str, str]) -> str:
    """What somebody could learn from the answers to a foreign and to a missing name; "" for nothing."""
    if bare(foreign) != bare(missing):
        return f"{foreign.status_code} and {missing.status_code}: another answer"
    text = TOKENS.sub(b"", foreign.content).decode() + told(foreign) + foreign.headers.get("Location", "")
    return next((f"{foreign.status_code} tells {word}" for word in (*ANOTHER, names[0]) if word in text), "")


def as_each(here: Room) -> Iterator[tuple[str, Any]]:
    yield from ((role, here.clients[role]) for role in COME)


# ------------------------------------------------------------------ in the path


def test_every_parameter_of_every_address_is_tried():
    known = {"slug", "key", "id", "pk"} | {"format", "role", "code", "written"}  # the program's own words, or secret
    assert {name for names in parameters().values() for name in names} == known
    assert {url for url, names in parameters().items() if "id" in names} == set(ON)
    assert set(ON_PK) < {url for url, names in parameters().items() if "pk" in names}


@pytest.mark.parametrize("parameter", ["key", "id", "pk"])  # for events: test_doors
def test_in_an_address(here: Room, parameter: str):
    found = {}
    for url, names in parameters().items():
        if parameter not in names or url == "come":  # an invitation's address is of no event: who has it is asked
            continue
        kind = {"key": "session", "pk": ON_PK.get(url, "person")}.get(parameter) or ON[url]
        for role, client in as_each(here):
            for method in ("GET", "POST"):
                sent = (here.foreign[kind], here.missing[kind])
                foreign, missing = (
                    client.generic(method, here.address(url, ON.get(url, ""), **{parameter: one})) for one in sent
                )
                found[url, role, method] = difference(here, foreign, missing, sent)
    assert {case: what for case, what in found.items() if what} == {}
    assert len(found) >= 2 * len(COME) * 6


# ------------------------------------------------------------------ behind the "?"


def test_every_part_of_an_address_that_names_something_is_tried():
    told = "".join(one.read_text() for one in pathlib.Path("dialogue").rglob("*.py"))
    read = set(re.findall(r"""GET(?:\.get(?:list)?\(|\[)"(\w+)"|\.target\("(\w+)"\)""", told))
    names = {one or other for one, other in read} | {"rests", "parent", "addressee"}  # of `edit`, by another name
    assert names == {name for some in QUERIES.values() for name in some} | MANNERS


@pytest.mark.parametrize("url", QUERIES)
def test_behind_an_address(here: Room, url: str):
    found = {}
    for name, template in QUERIES[url].items():
        sent = in_place(template, here.foreign), in_place(template, here.missing)
        for role, client in as_each(here):
            foreign, missing = (client.get(here.address(url), {name: one}) for one in sent)
            found[name, role] = difference(here, foreign, missing, sent)
    assert {case: what for case, what in found.items() if what} == {}


# ------------------------------------------------------------------ in a form


@pytest.mark.parametrize("form", [form for form in FORMS if form.ids], ids=str)
def test_in_a_form(here: Room, unwritten: Unwritten, form: Posted):
    found = {}
    for name, kind in form.ids.items():
        template = form.sent.get(name, "")
        template = re.sub(r"<[\w -]+>", f"<{kind}>", template) if "<" in template else f"<{kind}>"
        sent = in_place(template, here.foreign), in_place(template, here.missing)
        assert sent[0] != sent[1] and in_place(template, here.own) not in sent
        for role in some(CAST, *dict.fromkeys((form.role, "mallory", "observer", "convenor"))):
            for accept in (PAGE, JSON) if role == form.role else (PAGE,):
                answers = []
                for one in sent:
                    with undone():
                        unwritten.renew()
                        body = body_of(pairs_of(here.sent(form) | {name: one}))
                        answers.append(post(here, form, body, role=role, accept=accept))
                        if role == form.role and told(answers[-1]):
                            assert unwritten.is_so(), (name, one)
                found[name, role, accept] = difference(here, *answers, sent)
    assert {case: what for case, what in found.items() if what} == {}


def test_every_field_that_names_something_is_tried():
    """Whatever of a good form holds a name of the room's."""
    named = {(form.url, name) for form in FORMS for name, value in form.sent.items() if "<" in str(value)}
    digests = {(url, name) for url, name in named if name == "was" or url.endswith("-move")}
    assert named - digests <= {(form.url, name) for form in FORMS for name in form.ids}


# ------------------------------------------------------------------ at the door of a socket


def test_at_the_door_of_a_socket(here: Room):
    for role, client in as_each(here):
        key = client.cookies["sessionid"].value if "sessionid" in client.cookies else ""
        for one in (here.foreign["socket"], here.missing["socket"]):
            assert admissions([Knock(key, one, "en")]) == [4003], role  # type: ignore[arg-type]


# ------------------------------------------------------------------ what is of another audience


def test_what_the_table_has_not_heard_is_as_missing_to_it(here: Room):
    """Written down for Ben and not released: those who record it know of it, and he; to the others it is not there."""
    with undone():
        found = whatever_tells_of_what_is_unheard(here)
    assert {case: what for case, what in found.items() if what} == {}


def whatever_tells_of_what_is_unheard(here: Room) -> dict[tuple[str, ...], str]:
    event = here.table.event
    said = Contribution.objects.create(
        event=event, session=event.sessions.get(key="table"), item=event.items.get(key="water"), kind="position",
        text="Not yet.", position=900, key="unheard", released=False, recorded=True,
    )  # fmt: skip
    Authorship.objects.create(contribution=said, attendee=event.attendees.get(key="ben"))
    sent, found, forms = (str(said.pk), here.missing["statement"]), {}, [one for one in FORMS if one.on == "statement"]
    strange = {
        "stance": [{}, {"stance": "x"}, {"key": "<"}, {"for": "nobody"}, {"for": "cleo"}],
        "said": [{}, {"do": "x"}],
    }
    for role in ("participant", "observer", "convenor", "mallory"):
        client = here.clients[role]
        for name in ("reply", "at", "before"):
            answers = [client.get(here.address("table"), {name: one}) for one in sent]
            found[role, name] = difference(here, *answers, sent)
        found[role, "GET"] = difference(here, *(client.get(here.address("said", id=one)) for one in sent), sent)
        for form, more in ((one, more) for one in forms for more in strange[one.url]):
            answers = []
            for one in sent:
                with undone():
                    body = body_of(pairs_of(here.sent(form) | more))
                    answers.append(post(here, form, body, role=role, accept=JSON, id=one))
            found[role, str(form), str(more)] = difference(here, *answers, sent)
    assert here.clients["second-participant"].get(here.address("said", id=sent[0])).status_code == 200
    return found


# ------------------------------------------------------------------ the control


def test_a_difference_is_noticed(here: Room):
    client, sent = here.clients["participant"], (here.foreign["statement"], here.missing["statement"])
    one, other = (client.get(here.address("table"), {"item": item}) for item in ("water", "nothing"))
    assert difference(here, one, other, sent) == "200 and 404: another answer"
    assert difference(here, one, one, ("Water", "")) == "200 tells Water"
    assert difference(here, other, other, sent) == ""
