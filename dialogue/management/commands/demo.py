"""demo: the Victoria event, from an empty machine to an open page."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from typing import Any

import segno
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dialogue.archive import format
from dialogue.archive.load import load
from dialogue.archive.rehearsal import rehearsal
from dialogue.events.actions import CAST, seat_samples
from dialogue.events.models import Event
from dialogue.events.programme import in_order, outline
from dialogue.management.events import one_at_a_time, ready_database
from dialogue.management.files import keep
from dialogue.people.demo import entry_code
from dialogue.people.models import Person
from dialogue.report import formats
from dialogue.report.actions import publish
from dialogue.report.compile import compile
from dialogue.roundtable.actions import open_item

RECORD = pathlib.Path(format.__file__).with_name("victoria-2007.json")
SLUG = "victoria-2007"
REHEARSAL = "rehearsal"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Command(BaseCommand):
    """From an empty database to an open page."""

    help = "Set up the Victoria event of 2007 and serve it, or write its chapter in every format."

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets phones on the same network join")
        parser.add_argument("--port", type=int, default=8000, help="0 for any free one")
        parser.add_argument("--fresh", action="store_true", help="start over: the demo's event as it was at first")
        parser.add_argument(
            "--export", metavar="DIR", help="write the chapter in every format to DIR, and serve nothing"
        )

    def handle(self, *args: Any, host: str, port: int, fresh: bool, export: str | None, **options: Any) -> None:
        """Django’s own: what the command does."""
        if not export:
            port = free_port(host, port)  # before anything that takes time
        with one_at_a_time():
            event = self.prepare(fresh)
        if export:
            self.export(event, pathlib.Path(export))
        else:
            self.serve(event, host, port)

    def say(self, text: str = "") -> None:
        """A line at once, also where output is a pipe."""
        self.stdout.write(text)
        self.stdout.flush()

    def prepare(self, fresh: bool) -> Event:
        """The event with its cast and its published chapter; what is there already stays."""
        ready_database()
        event = Event.objects.filter(slug=SLUG).first()
        if event and fresh:
            event.delete()
            Person.objects.filter(is_sample=True).delete()
            event = None
        is_new = event is None
        if event is None:
            self.say("Loading the Victoria event …")
            event = load(format.read(RECORD.read_bytes()))
        people = seat_samples(event)
        if is_new:
            open_forum(event, people)
        if not event.publications.exists():
            publish(event, people[0])
        self.prepare_rehearsal(people, fresh)
        return event

    def prepare_rehearsal(self, people: list[Person], fresh: bool) -> None:
        """A table where nothing is said yet, its first item open, so that one can try it at once."""
        former = Event.objects.filter(slug=REHEARSAL).first()
        if former and fresh:
            former.delete()
        elif former:
            open_forum(former, seat_samples(former))
            return
        title = "A table to try: what comes next for peacekeeping"
        record = rehearsal(format.read(RECORD.read_bytes()), REHEARSAL, title, timezone.localdate())
        event = load(record)
        seat_samples(event)
        open_forum(event, people)
        table = event.sessions.get(kind="roundtable")
        first = next(one for one in in_order(outline(event)) if one.kind == "theme")
        open_item(table, people[list(CAST).index("moderator")], first)

    # -------------------------------------------------------------- files

    def export(self, event: Event, folder: pathlib.Path) -> None:
        """Write the chapter in every format to a folder; print each file’s name and size."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise CommandError(f"{folder}: {problem.strerror}.") from problem
        report = compile(event)
        for name, told in formats.FORMATS.items():
            path = folder / f"{event.slug}-chapter.{told.suffix}"
            written = formats.write(report, name)
            keep(path, written)
            self.say(f"{path}  {len(written):,} bytes")

    # -------------------------------------------------------------- pages

    def serve(self, event: Event, host: str, port: int) -> None:
        """Serve until Ctrl-C or SIGTERM; exit with the server’s own code."""
        addresses = own_addresses() if host in {"0.0.0.0", "::"} else []
        server = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--host", host, "--port", str(port)],
            cwd=settings.BASE_DIR,
            env=environment(host, addresses),
            stdout=subprocess.DEVNULL,
        )
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        try:
            if answers(host, port, server):
                self.tell(addresses[0] if addresses else host, port)
            sys.exit(server.wait())
        except KeyboardInterrupt:
            server.terminate()
            server.wait(15)
            self.say("\nStopped. The data stay; the same command starts again.")

    def tell(self, host: str, port: int) -> None:
        """Print the addresses to open, and a QR code where phones may join."""
        name = f"[{host}]" if ":" in host else host
        base = f"http://{name}:{port}"
        self.say(f"\nThe Victoria event is open at {base}/")
        self.say(f"Its published chapter, for everybody: {base}/events/{SLUG}/chapter/\n")
        self.say(f"A table where nothing is said yet, to try it live: {base}/events/{REHEARSAL}/table/roundtable/")
        self.say(f"Its public forum, made up, to answer what was said: {base}/events/{REHEARSAL}/table/forum/\n")
        self.say("To come in as one of its people, open one of these and press the button:")
        for role in CAST:
            self.say(f"  {role:19} {base}/enter/{role}/{entry_code(role)}/")
        if host not in LOOPBACK:
            self.say("\nA phone on the same network comes in as a participant with this code:")
            segno.make(f"{base}/enter/participant/{entry_code('participant')}/", error="l").terminal(
                out=sys.stdout, compact=True, border=2
            )
        self.say("\nCtrl-C stops it.")


def open_forum(event: Event, people: list[Person]) -> None:
    """Open the item of the forum on which something was said first, or the first theme, where none was opened yet."""
    forum = event.sessions.filter(kind="forum").first()
    if forum is None or forum.openings.exists():
        return
    said = event.contributions.filter(session=forum).select_related("item").first()
    themes = (one for one in in_order(outline(event)) if one.kind == "theme")
    if item := said.item if said else next(themes, None):
        open_item(forum, people[list(CAST).index("moderator")], item)


def free_port(host: str, port: int) -> int:
    """The port to serve on. Raises CommandError where somebody else has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError as problem:
            raise CommandError(f"--port {port}: a port is a number from 0 to 65535.") from problem
        except OSError as problem:
            raise CommandError(
                f"{host}:{port} cannot be used ({problem.strerror}). Is the demo running already? "
                f"Choose another port with --port, for example --port {port + 1}."
            ) from problem
        return int(probe.getsockname()[1])


def own_addresses() -> list[str]:
    """This machine's address on the network that leads out, then its name. Nothing is sent."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address of no machine: only the route is looked up
            found.append(probe.getsockname()[0])
        except OSError:
            pass  # no network at all: the name must do
    return [*found, socket.gethostname()]


def environment(host: str, addresses: list[str]) -> dict[str, str]:
    """The served process's environment: the demo's doors open, and only this machine's own names accepted."""
    hosts = ["localhost", "127.0.0.1", "[::1]", *addresses, *(f"{one}.local" for one in addresses[-1:])]
    hosts += [host] if host not in {"0.0.0.0", "::"} else []
    return os.environ | {"DIALOGUE_DEMO": "1", "ALLOWED_HOSTS": ",".join(dict.fromkeys(hosts))}


def answers(host: str, port: int, server: subprocess.Popen) -> bool:
    """Wait until the server takes connections; False where it ended instead."""
    at = "127.0.0.1" if host == "0.0.0.0" else "::1" if host == "::" else host
    while server.poll() is None:
        try:
            socket.create_connection((at, port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False
