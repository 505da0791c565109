"""What somebody may not know is in nothing that they get: a canary scan over the live and the loaded event.

The short form goes to one page of each kind of the live event, and to every statement’s, where tables have several rules;
the long one to more of both events under every rule, and asks as htmx, too.
"""

import base64
import io
import zipfile
from collections.abc import Callable

import pytest
from django.apps import apps
from django.core import mail as outbox
from django.core.management import call_command
from django.test import Client

from dialogue.due import actions as due
from dialogue.events.models import Event
from dialogue.mail.models import Mail
from dialogue.report.compile import compile
from dialogue.report.formats import FORMATS, write
from tests.canaries import WAYS, Scanner, opened
from tests.crawl import Crawl, Got, addresses, frames
from tests.planted import CAST, REGIMES, TIMES, Planted, loaded, planted
from tests.test_logs import Heard, heard
from tests.tiers import some

__all__ = ["heard"]
pytestmark = pytest.mark.django_db
GUIDES = ("moderator", "rapporteur", "convenor", "participant")  # whose links the others try as well
SAID_NOTHING = {"visitor", "mallory", "observer"}  # whoever else sees the time of their own statements

# Of these nothing is shown to anybody: they stand in the record, for the chapter's last look, and in the database.
UNSEEN = ("alias", "sector", "function", "affiliation", "mail")


class Watch:
    """Looks through all that the cast get."""

    def __init__(self, made: Planted):
        self.made = made
        self.scanner = Scanner(made.canaries)
        self.leaks: set[tuple[str, str, str]] = set()
        self.read: dict[str, set[str]] = {role: set() for role in CAST}
        self.looked_at = 0

    def page(self, role: str, where: str, told: bytes | str) -> None:
        self.looked_at += 1
        for word in self.scanner.found(told):
            canary = self.made.canaries[word]
            self.read[role].add(word)
            if role not in canary.pages:
                self.leaks.add((role, where, canary.what))
        text = told if isinstance(told, str) else told.decode("utf-8", "replace")
        if role in SAID_NOTHING and self.made.rule("table") != "named" and TIMES.search(text):
            self.leaks.add((role, where, "when something was said"))

    def answer(self, role: str, one: Got) -> None:
        assert one.status < 500, (role, one.where)
        self.page(role, one.where, one.head)
        self.file(role, one) if one.is_file else self.page(role, one.where, one.body)

    def file(self, role: str, one: Got) -> None:
        """A file goes from hand to hand: what is in it everybody may know."""
        self.page(role, one.where, one.head)
        self.looked_at += 1
        for word in self.scanner.found(one.body):
            self.leaks.add((role, one.where, self.made.canaries[word].what))
        if self.made.rule("table") != "named" and TIMES.search(opened(one.body)):
            self.leaks.add((role, one.where, "when something was said"))


def browser(made: Planted, role: str) -> Client:
    client = Client(raise_request_exception=False)
    if person := made.people[role]:
        client.force_login(person)
    return client


def scan(made: Planted, events: list[Event], *, most: int, files: bool, all_of: tuple[str, ...] = ("said",)) -> Watch:
    """The cast go wherever they get to; the guides first, and the others also where those were."""
    watch = Watch(made)
    start = ["/", *(address for event in events for address in addresses(event)), "/nothing/", "/events/nothing/"]
    for role in (*GUIDES, *(role for role in CAST if role not in GUIDES)):
        crawl = Crawl(browser(made, role), most, all_of)
        for answer in crawl.pages(start):
            watch.answer(role, answer)
        if role in GUIDES:
            start += sorted(crawl.seen - set(start))
        for answer in crawl.fragments() if most > 1 else ():
            watch.answer(role, answer)
        for event in events:
            for where, frame in frames(crawl.client, event):
                watch.page(role, where, frame)
            for answer in crawl.files(event.slug) if files and role in ("convenor", "visitor") else ():
                assert answer.status == 200, answer.where
                watch.file(role, answer)
    return watch


def letters(made: Planted, watch: Watch) -> int:
    """What goes out by mail: each asks for a code, and each letter is its reader's."""
    by_mail = {person.email: role for role, person in made.people.items() if person}
    for email in by_mail:
        Client().post("/sign-in/", {"email": email})
    for one in Mail.objects.all():
        watch.page(by_mail[one.to], "mail", f"{one.subject}\n{one.text}\n{one.html}")
    while due.work():
        pass
    for sent in outbox.outbox:
        watch.page(by_mail[sent.to[0]], "mail as sent", sent.message().as_bytes())
    return len(outbox.outbox)


def nothing_leaks(made: Planted, watch: Watch, heard: Heard) -> None:
    assert letters(made, watch) >= len(CAST) - 2
    assert sorted(watch.leaks) == []
    log = "\n".join(heard.lines)
    assert log.count("\n") > 500 and watch.scanner.found(log) == set()
    unseen = {one.what for word, one in made.canaries.items() if not any(word in read for read in watch.read.values())}
    assert {what for what in unseen if not what.startswith(tuple(f"the {kind} of" for kind in UNSEEN))} == set()


@pytest.mark.parametrize("regime", some(("role", "chatham_house", "mixed"), "mixed"))
def test_nobody_gets_what_they_may_not_know(regime: str, heard: Heard):
    made = planted(regime)
    strict = regime in ("mixed", "chatham_house")
    watch = scan(made, [made.event], most=1, files=strict)
    nothing_leaks(made, watch, heard)
    assert watch.looked_at > 400


@pytest.mark.parametrize("regime", ["chatham_house"])
def test_names_that_a_room_shows_are_read_by_nobody_outside(regime: str, heard: Heard):
    """The public, the forum's staff, who speaks there, files, letters and logs get none; members do: they are there."""
    made = planted(regime, shows_names=True)
    watch = scan(made, [made.event], most=1, files=True)
    assert {"lovelladq", "okribeq"} <= watch.read["observer"] | watch.read["participant"]
    nothing_leaks(made, watch, heard)


@pytest.mark.long
@pytest.mark.parametrize("regime", REGIMES)
def test_nobody_gets_what_they_may_not_know_wherever_they_look(regime: str, heard: Heard):
    made = planted(regime)
    watch = scan(made, [made.event, loaded(made)], most=4, files=True)
    nothing_leaks(made, watch, heard)
    assert watch.looked_at > 3000


def test_what_was_done_is_kept_without_words_and_names():
    made = planted("chatham_house")
    scanner, acts = Scanner(made.canaries), made.event.acts.values()
    assert len(acts) > 15 and scanner.found(repr(list(acts))) == set()


# ------------------------------------------------------------------ the controls


def test_there_is_something_to_leak(capsys: pytest.CaptureFixture):
    """Each of the words is in the database, and all but the accounts' in the record that a file keeps."""
    made = planted("chatham_house")
    scanner = Scanner(made.canaries)
    rows = repr(
        [list(model._base_manager.values()) for model in apps.get_models() if model._meta.app_label != "sessions"]
    )
    assert scanner.found(rows) == {*scanner.words}
    call_command("dump_record", made.event.slug)
    kept = scanner.found(capsys.readouterr().out)
    missing = {made.canaries[word].what for word in {*scanner.words} - kept}
    assert {what for what in missing if not what.startswith(("the account", "the mail"))} == {
        "former words", "withdrawn words", "why it is hidden",
    }  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_word_is_found_however_it_is_written(way: str):
    scanner = Scanner(["Zqlovell7f3", "zqokrib09"])
    for word in scanner.words:
        for around in ("{}", "<p>before {} after</p>", '{{"html": "x {} y"}}', "ab{}cd"):
            assert scanner.found(around.format(WAYS[way](word))) == {word}
            assert scanner.found(around.format(WAYS[way](word[:-1]))) == set()


def packed(name: str, written: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, written)
    return out.getvalue()


CONTAINERS: dict[str, Callable[[str], bytes]] = {
    "a part of a file": lambda word: packed("word/document.xml", f"<w:t>{word}</w:t>".encode()),
    "the name of a part": lambda word: packed(f"word/{word}.xml", b""),
    "a file in a file": lambda word: packed("x.zip", packed("y.xml", word.encode())),
    "UTF-16": lambda word: f"<p>{word}</p>".encode("utf-16"),
    "base64 in a part": lambda word: packed("x.xml", base64.b64encode(f"ab{word}".encode())),
}  # fmt: skip


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_word_is_found_in_whatever_it_is_packed(container: str):
    assert Scanner(["zqlovell7f3"]).found(CONTAINERS[container]("Zqlovell7f3")) == {"zqlovell7f3"}


def test_a_word_is_found_in_every_format():
    """In the title, which is metadata as well; in the prose; in an annex."""
    made = planted("named")
    made.event.title = "The river zqtitle7f3"
    made.event.paragraphs.update(text="It is zqprose7f3 of @ada. {f1} said so.")
    made.event.findings.update(text="It holds zqannex7f3.")
    made.event.save()
    words = {"zqtitle7f3", "zqprose7f3", "zqannex7f3"}
    chapter = compile(made.event)
    assert {name: Scanner(words).found(write(chapter, name)) for name in FORMATS} == dict.fromkeys(FORMATS, words)


def test_the_watch_sees_a_leak_on_a_page_in_a_frame_and_in_a_file():
    made = planted("chatham_house")
    watch = Watch(made)
    for role, sees in (("observer", {"the name of ada"}), ("moderator", set()), ("participant", set())):
        watch.leaks.clear()
        watch.page(role, "/", "<b>Ada Lovelladq</b>")
        assert {what for _role, _where, what in watch.leaks} == sees
    watch.page("observer", "/", '<time datetime="2026-03-01T04:18:43+01:00">04:18</time>')
    watch.file("moderator", Got("/", "download", 200, "", packed("x.xml", b"Lovelladq")))
    assert {what for _role, _where, what in watch.leaks} == {"the name of ada", "when something was said"}


def test_who_runs_the_public_forum_does_not_learn_who_sits_at_the_closed_table():
    """The guard against a scan that nobody below the table takes part in: the host has a desk to read from."""
    made = planted("mixed")
    page = browser(made, "host").get("/events/rivers/table/forum/?item=water").text
    assert 'name="for"' in page and "Pia Novakpanq" in page and "Ada Lovelladq" not in page
