"""Whatever anybody writes stays words: on pages, in frames, in refusals, in files."""

import io
import re

import pytest
from django.test import Client
from docx import Document

from dialogue.events.models import Event, Pass
from dialogue.report.compile import compile
from dialogue.report.formats import write
from tests import cast
from tests.canaries import opened
from tests.crawl import Crawl, addresses, frames
from tests.posted import FORMS, Room
from tests.posted import room_alone as here
from tests.printed import printed_words
from tests.shared import undone
from tests.test_table_input import body_of, pairs_of, post
from tests.xss import CORPUS, RUN, Texts, bad_addresses, event_of, made_of

__all__ = ["here"]
pytestmark = pytest.mark.django_db
WORDS = {("em", ()), ("strong", ()), ("p", ()), ("br", ()), ("a", ("href", "rel"))}  # what words may be drawn as
SEATED = {"p0": "moderator", "p1": "rapporteur"}


def attended(event: Event) -> dict[str, Client]:
    """Browsers of some who sit there, of the convenor, and of nobody."""
    clients = {"visitor": Client(raise_request_exception=False)}
    for key, role in {**SEATED, "": "convenor"}.items():
        person = cast.account(f"{role}-of-{event.slug}")
        event.attendees.filter(key=key).update(person=person)
        if not key:
            Pass.objects.create(event=event, person=person, role="convenor")
        clients[role] = Client(raise_request_exception=False)
        clients[role].force_login(person)
    return clients


def drawn(event: Event, most: int = 1) -> dict[tuple[str, str], list[bytes]]:
    """{(role, name of the address): the pages}, the frames of open pages among them."""
    found: dict[tuple[str, str], list[bytes]] = {}
    for role, client in attended(event).items():
        for one in Crawl(client, most, ()).pages(addresses(event)):
            assert one.status < 500, one.where
            if b"<html" in one.body:
                found.setdefault((role, one.route), []).append(one.body)
        for _where, frame in frames(client, event):
            found.setdefault((role, "frame"), []).append(f"<div>{frame}</div>".encode())
    return found


def test_there_are_enough_of_them_and_each_would_run_something():
    assert len(set(CORPUS)) == len(CORPUS) > 300
    assert all(RUN in one for one in CORPUS)


def test_no_page_has_an_element_or_an_attribute_from_them():
    texts = Texts(hostile=True)
    hostile, plain = drawn(event_of(texts, "hostile", 30)), drawn(event_of(Texts(hostile=False), "plain", 30))
    assert hostile.keys() == plain.keys() and len(hostile) > 30
    ours = WORDS.union(*(made_of(page) for pages in plain.values() for page in pages))
    for where, pages in hostile.items():
        assert set().union(*map(made_of, pages)) - ours == set(), where
        assert set().union(*map(bad_addresses, pages)) == set(), where
    seen = "".join(page.decode() for pages in hostile.values() for page in pages)
    assert seen.count("&lt;script&gt;ran7()") > 100 and len(texts.all) > 800


def test_what_would_break_out_is_noticed():
    plain = b"<html><body><p class=a>zz</p></body></html>"
    pages = [plain.replace(b"zz", one.encode()) for one in CORPUS if not one.endswith(('="ran7()', "='ran7()"))]
    noticed = [page for page in pages if made_of(page) - made_of(plain) or bad_addresses(page)]
    assert len(noticed) > 300  # the others are none where they stand: a body in a body, an address that is no link's
    assert made_of(plain.replace(b"class=a", b"class='' onmouseover='ran7()'")) - made_of(plain)
    assert bad_addresses(b'<a href="javascript:ran7()">x</a>') == {"javascript:ran7()"}


def test_no_refusal_has_an_element_or_an_attribute_from_them(here: Room):
    """Every field of every form in turn: the page that comes back, or the one that it leads to."""
    at, wrong, pages = 0, [], 0
    for form in FORMS:
        for name in form.sent:
            at += 7
            with undone():
                sent = here.sent(form) | {name: CORPUS[at % len(CORPUS)]}
                answer = post(here, form, body_of(pairs_of(sent)))
                leads = answer.headers.get("Location", "")
                page = here.clients[form.role].get(leads).content if leads.startswith("/") else answer.content
            assert answer.status_code < 500, (str(form), name)
            if b"<html" in page:
                pages += 1
                wrong += [(str(form), name)] if is_bad(made_of(page)) or bad_addresses(page) else []
    assert wrong == [] and pages > 150


ATTACKS = {"img", "svg", "iframe", "object", "video", "audio", "math", "marquee", "animate", "style", "x", "noscript"}


def is_bad(kinds: set[tuple[str, tuple[str, ...]]]) -> bool:
    """Whether a page has elements or attributes that ours never have."""
    return any(
        tag in ATTACKS or (tag == "script" and "src" not in names) or any(is_bad_name(name) for name in names)
        for tag, names in kinds
    )


def is_bad_name(name: str) -> bool:
    return name.startswith(("on", "hx-on")) or name in ("srcdoc", "style", "shadowrootmode", "http-equiv")


def test_what_is_bad_is_noticed():
    assert not is_bad(made_of(b"<p class=a><script src=/x.js></script><a href=/ rel=x>x</a></p>"))
    assert sum(is_bad(made_of(f"<html><p>{one}</p></html>".encode())) for one in CORPUS) > 250


# ------------------------------------------------------------------ files

SQUEEZED = re.compile(r"[\s\u00ad\u200b-]+")


def squeezed(text: str) -> str:
    """Without white space and hyphens: a file may break lines where it likes."""
    return SQUEEZED.sub("", text)


@pytest.fixture
def printed(db: None) -> tuple[list[str], dict[str, bytes]]:
    """Texts that a chapter prints, all of the corpus among them, and the chapter in some formats."""
    event = event_of(Texts(hostile=True), "printed", people=8, statements=40)
    event.disclaimers.all().delete()
    for place, text in enumerate(CORPUS):
        event.disclaimers.create(text=text, position=place)
    report = compile(event)
    assert all(text in printed_words(report) for text in CORPUS)
    return CORPUS, {name: write(report, name) for name in ("html", "docx", "pdf")}


def test_a_file_prints_them_letter_by_letter(printed: tuple[list[str], dict[str, bytes]]):
    corpus, files = printed
    from lxml import html

    word = Document(io.BytesIO(files["docx"]))
    texts = {
        "html": html.fromstring(files["html"]).text_content(),
        "docx": "\n".join(one.text for one in word.paragraphs),
        "pdf": opened(files["pdf"]),
    }
    for name, text in texts.items():
        whole = squeezed(text)
        assert [one for one in corpus if squeezed(one) not in whole] == [], name
    allowed = {"script", "img", "iframe", "svg", "object", "video", "input", "form"}
    assert {tag for tag, _names in made_of(files["html"])} & allowed == set()
    assert bad_addresses(files["html"]) == set()
