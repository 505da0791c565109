"""Around a real table: its server in a process of its own, the network before it, and a browser for each person."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.clocks import deadline
from tests.faults.proxy import Proxy
from tests.faults.scene import Scene
from tests.faults.servers import ROOT, Server, told_to_django

# What a page says to itself where the network was broken on purpose.
BROKEN = re.compile(r"net::ERR_|WebSocket connection to|Failed to load resource")
# Nobody waits as long in a test as they would at a table.
HASTE = {"first": 100, "most": 500, "restart": 500, "retry": 100, "others": 500, "steady": 500}


def inside(folder: pathlib.Path, database: str, *told: str) -> dict:
    """Run a command of `seating.py`."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.seating", *told],
        env=told_to_django(folder, database), cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@dataclass
class Seated:
    """A database with an event in it; made once, copied for each test."""

    folder: pathlib.Path
    kind: str  # talk or begin
    seats: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seats = inside(self.folder, f"sqlite:///{self.folder / 'seated.sqlite3'}", self.kind)

    def copy(self, folder: pathlib.Path) -> Scene:
        shutil.copy(self.folder / "seated.sqlite3", folder / "data.sqlite3")
        return Scene(folder, "sqlite", f"sqlite:///{folder / 'data.sqlite3'}", self.seats, seed=1)


@dataclass
class Around:
    """The people around one table."""

    scene: Scene
    browser: Browser
    server: Server = field(init=False)
    network: Proxy = field(init=False)
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    is_rough: bool = False  # the network breaks here, and the pages say so in their console
    refusals: tuple[int, ...] = ()  # statuses that the test provokes: the console tells of them

    def __post_init__(self) -> None:
        expect.set_options(timeout=15_000)
        self.server = self.scene.server()
        self.network = self.scene.keep(Proxy(self.server.host, self.server.port))

    @property
    def table(self) -> str:
        return self.scene.seats["table"]

    def sit(
        self, key: str, path: str = "", width: int = 1440, haste: Any = None, by: Any = None, **options: Any
    ) -> Page:
        """Somebody in front of the table in a browser of their own, connected (`by` the network, or the server itself).

        "" is a visitor.
        """
        url = f"http://{(by or self.network).host}:{(by or self.network).port}"
        context = self.browser.new_context(viewport={"width": width, "height": 900}, base_url=url, **options)
        self.contexts.append(context)
        if key:
            sign_in(context, self.scene.seats["people"][key], url)
        if haste:
            told = json.dumps(json.dumps(haste))
            context.add_init_script(
                "document.addEventListener('readystatechange', () =>"
                f" document.getElementById('discussion')?.setAttribute('data-times', {told}))"
            )
        context.on("console", self.heard)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        page = context.new_page()
        page.goto(path or self.table)
        if options.get("java_script_enabled", True) and page.locator("#connection").count():
            live(page)
        return page

    def heard(self, said: Any) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def wrong(self) -> list[str]:
        """Every complaint of a browser that the test did not ask for."""
        asked = [BROKEN] * self.is_rough + [re.compile(f"status of {status}") for status in self.refusals]
        return [one for one in self.complaints if not any(known.search(one) for known in asked)]

    def do(self, *told: str) -> dict:
        """A command of `seating.py`, on this database."""
        return inside(self.scene.folder, self.scene.database, *told)

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.scene.end()


def sign_in(context: BrowserContext, seat: dict, url: str) -> None:
    """Their browser has the cookie of a sign-in from now on."""
    context.add_cookies([{"name": "sessionid", "value": seat["cookie"], "url": url}])


# ------------------------------------------------------------------ what one does on the page


def live(page: Page) -> None:
    """Wait until the page is connected and knows all."""
    state(page, "live")


def state(page: Page, name: str | re.Pattern[str]) -> None:
    """Wait until the page says so of its connection."""
    expect(page.locator("#connection")).to_have_attribute("data-state", name)


def say(page: Page, words: str, **chosen: str) -> None:
    """Write something and send it; `chosen`: what else is chosen in the form."""
    page.locator("#say textarea").click()  # the form unfolds where one writes
    for name, value in chosen.items():
        page.locator(f"#say [name={name}]").select_option(value)
    page.locator("#say textarea").fill(words)
    page.get_by_role("button", name="Put it on record").click()


def statement(page: Page, words: str) -> Locator:
    """The place of the statement with these words."""
    return page.locator("#discussion li.place").filter(has=page.locator("div.words", has_text=words))


def waiting(page: Page) -> Locator:
    """What has not been saved yet."""
    return page.locator("[data-waiting] > li")


def order(page: Page) -> list[str]:
    """The statements on the page, by id."""
    return page.locator("#discussion li.place").evaluate_all("all => all.map(one => one.id)")


DRAWN = """all => all.map(one => [
    one.id, [...one.classList].filter(name => name.startsWith("depth")).join(),
    ...[...one.children].filter(part => part.id).map(part => [
        part.id, part.dataset.version, part.className, part.innerText.replace(/\\s+/g, " "),
        [...part.querySelectorAll("button")].map(button => button.getAttribute("aria-pressed")).join(),
    ])])"""


def drawn(page: Page) -> list[Any]:
    """Everything that stands in the discussion, without what only marks it as new or as having come."""
    return page.locator("#discussion li.place").evaluate_all(DRAWN)


def is_as_fresh(page: Page) -> None:
    """Fails where a page that is opened now shows anything else."""
    fresh = page.context.new_page()
    fresh.goto(page.url.split("#")[0])
    assert drawn(page) == drawn(fresh)
    fresh.close()


def wait_for(holds: Any, within: float, what: str) -> float:
    """Ask until it holds; how long it took, in seconds."""
    start, within = time.monotonic(), deadline(within)
    while not holds():
        assert time.monotonic() - start < within, f"{what}: not within {within} s"
        time.sleep(0.02)
    return time.monotonic() - start
