"""One run: a fresh copy of the seated event on one database, with servers, writers and readers around it."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
from dataclasses import dataclass, field

from tests.clocks import deadline
from tests.faults import kept, verdict
from tests.faults import ledger as ledgers
from tests.faults.programs import ROOT, Readers, Said, Writers
from tests.faults.servers import Postgres, Redis, Server, free_port, told_to_django

HOST = "127.0.0.2"  # clients come from 127.0.0.1: none of them can take a killed server's port as its own end
FIRST_SEED = 20070914
DATABASES = ["sqlite", "postgres"]


def slack() -> float:
    """How many times longer things may take now: 1 on a machine that has a core for whoever wants one, more on a busy
    one. What is promised is promised of the product, not of its neighbours.
    """
    busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    if busy > 1.5:
        print(f"[the machine is busy: everything may take {busy:.1f} times as long]")
    return busy


@dataclass
class Ground:
    """The databases that runs are copied from; made once."""

    folder: pathlib.Path
    writers: int
    readers: int
    postgres: Postgres | None = None
    seated: dict[str, dict] = field(default_factory=dict)

    def cluster(self) -> Postgres:
        """The PostgreSQL that all runs share, but those that break it."""
        if self.postgres is None:
            self.postgres = cluster(self.folder / "postgres")
        return self.postgres

    def copy(self, kind: str, folder: pathlib.Path, own: Postgres | None = None) -> tuple[str, dict]:
        """(url, seats) of a fresh copy of the seated event."""
        if kind == "sqlite":
            seats = self.seat("sqlite", f"sqlite:///{self.folder / 'seated.sqlite3'}")
            path = folder / "data.sqlite3"
            shutil.copy(self.folder / "seated.sqlite3", path)
            return f"sqlite:///{path}", seats
        if own:
            own.do("CREATE DATABASE seated")
            return own.url("seated"), seat(self, own.url("seated"))
        postgres = self.cluster()
        if "postgres" not in self.seated:
            postgres.do("CREATE DATABASE seated")
        seats = self.seat("postgres", postgres.url("seated"))
        name = f"run_{os.urandom(4).hex()}"
        postgres.do(f"CREATE DATABASE {name} TEMPLATE seated")
        return postgres.url(name), seats

    def seat(self, kind: str, database: str) -> dict:
        if kind not in self.seated:
            self.seated[kind] = seat(self, database)
        return self.seated[kind]


def seat(ground: Ground, database: str) -> dict:
    """Make the event in an empty database; who sits there."""
    return inside(ground.folder, database, "seat", ground.writers, ground.readers)


def inside(folder: pathlib.Path, database: str, *told: object) -> dict:
    """Run a command of `seats.py`: the product's own code, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.seats", *map(str, told)],
        env=told_to_django(folder, database), cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def cluster(folder: pathlib.Path) -> Postgres:
    """A PostgreSQL of one's own, started."""
    folder.mkdir()
    made = Postgres(folder)
    made.start()
    return made


@dataclass
class Scene:
    """What a test is about. Whatever it starts, it ends."""

    folder: pathlib.Path
    kind: str  # sqlite or postgres
    database: str
    seats: dict
    seed: int
    cluster: Postgres | None = None
    started: list = field(default_factory=list)

    def keep(self, one):
        """To be ended with the scene."""
        self.started.append(one)
        return one

    def server(self, defence: str = "", redis: Redis | None = None, port: int = 0) -> Server:
        """A server of the product, started; with one of its defences switched off, if that is said."""
        made = Server(self.folder, HOST, self.database, redis.url if redis else "", defence, port)
        self.keep(made).start()
        return made

    def redis(self) -> Redis:
        """A Redis of one's own, started."""
        made = self.keep(Redis(self.folder, "127.0.0.1", free_port()))
        made.start()
        return made

    def plan(self, at, **told) -> dict:
        """What every program is told. `at`: the server or the proxy that it goes to."""
        return {
            "host": at.host, "port": at.port, "table": self.seats["table"], "item": self.seats["item"],
            "seed": self.seed, **told,
        }  # fmt: skip

    def writers(self, at, count: int, each: int, name: str = "writers", first: int = 0, **told) -> Writers:
        """Signed in, and speaking."""
        who = [self.seats["people"][f"w{n:02}"] for n in range(first, first + count)]
        made = self.keep(Writers(self.plan(at, writers=who, each=each, **told), self.folder, name))
        made.begin()
        return made

    def readers(self, at, count: int, name: str = "readers", first: int = 0, **told) -> Readers:
        """So many readers, welcomed."""
        who = [self.seats["people"][f"r{n:03}"] for n in range(first, first + count)]
        return self.keep_readers(at, who, name, **told)

    def keep_readers(self, at, who: list[dict], name: str = "readers", **told) -> Readers:
        """These readers, welcomed."""
        made = self.keep(Readers(self.plan(at, readers=who, **told), self.folder, name))
        made.all("joined", 60 + 2 * len(who))
        return made

    def head(self, audience: str = "table") -> tuple[str, int]:
        """(stream, its last number) as the record has it."""
        return kept.head(self.database, audience)

    def caught_up(self, readers: Readers, within: float, audience: str = "table", **told: object) -> float:
        """Wait until all pages stand at the record's head; how long it took."""
        stream, number = self.head(audience)
        return readers.all("reached", deadline(within), stream=stream, n=number, **told) if number else 0.0

    def verdict(self, writers: list[Writers], readers: Readers | None = None) -> list[str]:
        """Everything that is wrong."""
        promises = self.promises(*writers)
        return verdict.judge(promises, kept.read(self.database), readers.report() if readers else None)

    def promises(self, *writers: Writers) -> dict:
        """All ledgers as one."""
        return {key: one for some in writers for key, one in ledgers.read(some.ledger).items()}

    def tell(self, writers: Writers, said: Said, more: str = "") -> None:
        """Print the run in numbers."""
        print(f"\n[{self.kind}, seed {self.seed}] {verdict.figures(self.promises(writers), said)}. {more}")

    def end(self) -> None:
        """End everything, the last first."""
        for one in reversed(self.started):
            one.close() if hasattr(one, "close") else one.end()
