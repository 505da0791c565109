"""From an empty database to a table with people around it: everything in browsers, with real letters.

The convenor sets up an event from a pasted table of twelve and invites them; three come in, by a code, a spoken number
and a QR code; one is replaced, one is removed while reading; each sees what the table of roles says.
"""

import io
import pathlib
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import CHROMIUM
from tests.machine import manage, started
from tests.post_office import PostOffice, code, post_office, text

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]

PEOPLE = [
    ("Ann Webb", "ann", "Dean", "College", "university", "moderator"),
    ("Bo Lind", "bo", "", "Institute", "think tank", "rapporteur"),
    ("Ray Crabbe", "ray", "President", "Royal Military Institute", "military", "participant"),
    ("Peter Kinsman", "peter", "Professor", "University", "university", "participant"),
    ("Jean Lavoie", "jean", "Inspecteur", "Sûreté", "police", "participant"),
    ("Maria Oster", "maria", "Adviser", "Ministry", "government", "participant"),
    ("Tom Reed", "tom", "", "", "", "participant"),
    ("Ida Holm", "ida", "Editor", "The Daily", "press", "participant"),
    ("Olu Bello", "olu", "Counsellor", "Embassy", "government", "observer"),
    ("Pia Noor", "pia", "", "Red Cross", "NGO", "panelist"),
    ("Sam Otis", "sam", "", "", "", "secretariat"),
    ("Wanda Goes", "wanda", "Captain", "Army", "military", "participant"),
]
HEADINGS = "E-mail\tName\tFunction\tAffiliation\tSector\tRole"


def pasted() -> str:
    rows = [f"{key}@people.invalid\t{name}\t{f}\t{a}\t{s}\t{role}" for name, key, f, a, s, role in PEOPLE]
    return "\n".join([HEADINGS, *rows])


@dataclass
class House:
    """A server on an empty database, its post office, and browsers before it."""

    url: str
    office: PostOffice
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def sit(self, width: int = 1280) -> Page:
        context = self.browser.new_context(base_url=self.url, viewport={"width": width, "height": 900}, locale="en")
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if "Content Security" in said.text else None)
        return page


@pytest.fixture
def house(chromium: Browser, tmp_path: pathlib.Path) -> Iterator[House]:
    expect.set_options(timeout=15_000)
    with post_office() as office:
        assert manage(tmp_path, "migrate").returncode == 0
        assert manage(tmp_path, "convene", "connie@house.invalid", "--name", "Connie Venor").returncode == 0
        server = started(tmp_path, "serve", "--port", "0", **office.told())
        try:
            house = House(address(server), office, chromium)
            yield house
            for context in house.contexts:
                context.close()
            assert house.complaints == []
        finally:
            server.kill()
            server.wait()


def address(server: subprocess.Popen) -> str:
    assert server.stdout
    for line in server.stdout:
        if found := re.search(r"Serving at (http://127\.0\.0\.1:\d+)/", line):
            return found[1]
    raise AssertionError("it does not serve")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.locator("main").get_by_role("link", name=name, exact=True).first.click()


def turn_to(page: Page, name: str) -> None:
    """A page of setting up."""
    page.locator("nav.contents").get_by_role("link", name=name, exact=True).click()


def sign_in(house: House, page: Page, email: str, *, before: int = 0) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("The code from the mail").fill(code(house.office.to(email, before)))
    press(page, "Sign in")
    expect(page.get_by_text("Sign out")).to_be_visible()


def set_up(page: Page) -> str:
    """The event, its sessions, programme and people; returns its address."""
    follow(page, "Set up an event")
    page.get_by_label("Title", exact=True).fill("Peacekeeping after Victoria")
    page.get_by_label("Date", exact=True).fill("2027-03-02")
    page.get_by_label("Time zone").fill("america/vancouver")
    page.get_by_label("Place").fill("Victoria")
    page.get_by_label("Convened by").fill("UNA-Canada")
    press(page, "Begin")
    turn_to(page, "Sessions and their rules")
    follow(page, "Roundtable")
    page.get_by_label("From", exact=True).fill("09:30")
    page.get_by_label("To", exact=True).fill("12:00")
    page.locator("[name=attribution][value=chatham_house]").check()
    press(page, "Save")
    follow(page, "One more session")
    page.get_by_label("Title", exact=True).fill("The public forum")
    page.locator("[name=attribution][value=named]").check()
    press(page, "Save")
    turn_to(page, "The programme")
    page.get_by_label("Add points").fill("Rapid deployment\n- A standing force\nCivilians in the field")
    press(page, "Add them")
    turn_to(page, "People")
    page.get_by_label("They sit in").select_option(label="Roundtable")
    page.get_by_label("People, out of a spreadsheet").fill(pasted().replace("maria@", "maria at "))
    press(page, "Take them in")
    expect(page.locator("tr.why")).to_contain_text("“maria at people.invalid” is no e-mail address.")
    expect(page.locator("table.people")).to_have_count(0)  # nobody is in
    page.get_by_label("People, out of a spreadsheet").fill(pasted())
    press(page, "Take them in")
    expect(page.locator("table.people tbody tr")).to_have_count(12)
    return page.url.rpartition("/events/")[2].partition("/")[0]


def test_from_an_empty_database_to_a_table_with_people_around_it(house: House):
    connie = house.sit()
    sign_in(house, connie, "connie@house.invalid")
    slug = set_up(connie)
    event, setup = f"/events/{slug}/", f"/events/{slug}/setup/"

    # One is replaced before anybody is written to: the old name is nowhere.
    connie.goto(f"{setup}people/")
    follow(connie, "Wanda Goes")
    follow(connie, "Somebody comes instead")
    connie.get_by_label("Name", exact=True).fill("Nils Comes")
    connie.get_by_label("E-mail address").fill("nils@people.invalid")
    connie.get_by_label("send the invitation at once").uncheck()
    press(connie, "Replace")
    expect(connie.locator("table.people")).not_to_contain_text("Wanda")
    follow(connie, "Invite 12 people")
    expect(connie.locator("pre.letter")).to_contain_text("Chatham House Rule")
    connie.get_by_label("Your own lines in the letter").fill("We begin with coffee.")
    press(connie, "Send all 12")
    expect(connie.locator(".message")).to_contain_text("12 invitations are on their way.")

    # By a code: from the letter to the first statement, at most six clicks and one code.
    letter = house.office.to("ray@people.invalid")
    assert "We begin with coffee." in text(letter) and letter.get_body(("html",)) is not None
    assert [part.get_filename() for part in letter.iter_attachments()] == ["event.ics"]
    assert not [one for one in house.office.letters if "wanda" in str(one["To"])]
    connie.goto(setup)
    press(connie, "Open the doors")
    ray = house.sit(width=390)
    clicks = 1  # on the address in the letter
    ray.goto(re.search(r"http://\S+/come/\S+", text(letter))[0])  # type: ignore[index]
    press(ray, "Send me the code")
    ray.get_by_label("The code from the mail").fill(code(house.office.to("ray@people.invalid", 1)))
    press(ray, "Sign in")
    expect(ray.locator(".rule-read").first).to_contain_text("The Chatham House Rule")
    assert faults(ray) == []
    press(ray, "I agree, and come in")
    clicks += 3
    expect(ray.locator("#discussion")).to_be_visible()

    # By a spoken number, and by a QR code: the moderator and an observer, who cannot get at their mail.
    connie.goto(f"{setup}people/")
    follow(connie, "Ann Webb")
    press(connie, "Let in with a number")
    spoken = connie.locator(".told-number").inner_text()
    ann = house.sit()
    ann.goto("/number/")
    ann.get_by_label("Your number").fill("0000 0000")
    press(ann, "Come in")
    expect(ann.locator(".problem")).to_be_visible()
    ann.get_by_label("Your number").fill(spoken)
    press(ann, "Come in")
    press(ann, "I agree, and come in")
    again = house.sit()
    again.goto("/number/")
    again.get_by_label("Your number").fill(spoken)
    press(again, "Come in")
    expect(again.locator(".problem")).to_contain_text("once")
    connie.goto(f"{setup}people/")
    follow(connie, "Olu Bello")
    press(connie, "Let in with a QR code")
    olu = house.sit(width=390)
    olu.goto(read(connie))
    press(olu, "Come in")
    press(olu, "I agree, and come in")

    # The table: the moderator opens, he speaks on a phone, everybody hears it.
    press(ann, "Open this item")
    expect(ray.locator("#items")).to_contain_text("open")
    ray.locator("#say-text").fill("We came too late, and we knew it.")
    press(ray, "Put it on record")
    clicks += 1
    assert clicks <= 6
    expect(olu.locator(".thread")).to_contain_text("We came too late, and we knew it.")
    expect(olu.locator(".thread")).to_contain_text("Ray Crabbe")  # a new session shows names to those in the room
    expect(ann.locator(".thread")).to_contain_text("Ray Crabbe")
    expect(olu.locator("#say")).to_have_count(0)

    # What each may see.
    visitor = house.sit()
    for path, seen in (("", 200), ("table/", 404), ("setup/", 403), ("record/", 200), ("agreement/", 403)):
        answer = visitor.goto(event + path)
        assert answer is not None and answer.status == seen, path
    outside = visitor.goto(event + "record/").text()  # type: ignore[union-attr]
    assert "too late" not in outside and "Crabbe" not in outside
    assert olu.request.get(setup).status == 403
    assert ann.request.get(setup).status == 403

    # One becomes a participant, and is one no more, while reading.
    connie.goto(f"{setup}people/")
    follow(connie, "Olu Bello")
    connie.get_by_label("In “Roundtable”").select_option("participant")
    press(connie, "Save")
    expect(olu.locator("#say")).to_be_visible(timeout=3000)
    follow(connie, "Olu Bello")
    connie.get_by_label("In “Roundtable”").select_option("observer")
    press(connie, "Save")
    expect(olu.locator("main")).to_contain_text("Your place at this table was changed", timeout=3000)
    follow(olu, "Open it again")
    expect(olu.locator(".thread")).to_contain_text("We came too late")
    expect(olu.locator("#say")).to_have_count(0)

    # One is removed while reading.
    connie.goto(f"{setup}people/")
    follow(connie, "Olu Bello")
    connie.locator("summary", has_text="Take out of the event").click()
    press(connie, "Take out of the event")
    expect(olu.locator("main")).to_contain_text("has left the screen", timeout=2000)
    expect(olu.locator("body")).not_to_contain_text("too late")
    assert olu.request.get(ray.url).status == 403
    expect(ray.locator(".thread")).to_contain_text("We came too late")


def read(page: Page) -> str:
    """The address in the QR code on a page, read from the picture as a camera would."""
    picture = Image.open(io.BytesIO(page.locator(".square").screenshot()))
    found = zxingcpp.read_barcodes(picture)
    assert len(found) == 1
    return found[0].text
