"""Real servers in processes of their own: the product, PostgreSQL and Redis; to be killed, frozen and started again."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

import psycopg

from tests.clocks import deadline

ROOT = pathlib.Path(__file__).parent.parent.parent
SECRET = "only for tests of faults: sixty-four characters that nobody has to guess"


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def is_answering(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def wait_for(holds, within: float, what: str) -> float:
    """Ask until it holds; how long it took. Fails with `what` after `within` seconds."""
    start, within = time.monotonic(), deadline(within)
    while not holds():
        assert time.monotonic() - start < within, f"{what}: not within {within} s"
        time.sleep(0.02)
    return time.monotonic() - start


class Process:
    """A process that can be killed, frozen and started again at the same place."""

    name = "process"

    def __init__(self, folder: pathlib.Path, host: str, port: int) -> None:
        self.folder, self.host, self.port = folder, host, port
        self.process: subprocess.Popen | None = None
        self.user: dict = {}  # as whom it runs, in the words of Popen

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    @property
    def place(self) -> pathlib.Path:
        """Where it runs."""
        return self.folder

    @property
    def log(self) -> pathlib.Path:
        """What it said."""
        return self.folder / f"{self.name}-{self.port}.log"

    def start(self, within: float = 30) -> float:
        """Start it and wait until it answers; how long that took."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.command(),
                env=self.environment(), cwd=self.place, stdout=log, stderr=log, start_new_session=True, **self.user,
            )  # fmt: skip
        return wait_for(self.answers, within, f"{self.name} {self.log.read_text()[-2000:]}")

    def answers(self) -> bool:
        assert self.process and self.process.poll() is None, f"{self.name} ended: {self.log.read_text()[-3000:]}"
        return is_answering(self.host, self.port)

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def kill(self) -> None:
        """-9: at once, without a chance to finish anything."""
        self.signal(signal.SIGKILL)
        assert self.process
        self.process.wait()

    def freeze(self) -> None:
        """It keeps its connections and says nothing."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        self.signal(signal.SIGCONT)

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def end(self) -> None:
        """Gone, whatever it was doing."""
        if self.process and self.process.poll() is None:
            self.thaw()
            self.kill()


class Server(Process):
    """One process of the product. `defence`: the one that is switched off in it (see `weakened.py`)."""

    name = "server"

    def __init__(self, folder, host: str, database: str, redis: str = "", defence: str = "", port: int = 0) -> None:
        super().__init__(folder, host, port or free_port(host))
        self.database, self.redis, self.defence = database, redis, defence

    place = ROOT

    def command(self) -> list[str]:
        start = ["-m", "tests.faults.weakened", self.defence] if self.defence else ["manage.py"]
        return [sys.executable, *start, "serve", "--host", self.host, "--port", str(self.port)]

    def environment(self) -> dict[str, str]:
        told = told_to_django(self.folder, self.database) | {"ALLOWED_HOSTS": "127.0.0.1,127.0.0.2"}
        return told | ({"REDIS_URL": self.redis} if self.redis else {})

    def drain(self, within: float = 15) -> int:
        """SIGTERM; its exit code."""
        assert self.process
        self.process.terminate()
        return self.process.wait(within)

    def connections(self) -> int:
        """How many it holds open now."""
        here = f"{int.from_bytes(socket.inet_aton(self.host), 'little'):08X}:{self.port:04X}"
        lines = (line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:])
        return sum(words[1] == here and words[3] == "01" for words in lines)

    def memory(self) -> int:
        """Bytes that it keeps in memory now."""
        pages = int(pathlib.Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def told_to_django(folder: pathlib.Path, database: str) -> dict[str, str]:
    """The environment of whatever uses the product's own code in a test of faults."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DIALOGUE_DEMO"}}
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "dialogue.settings", "DIALOGUE_HOME": str(folder), "DATABASE_URL": database,
        "SECRET_KEY": SECRET, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1",
        "LIMIT_STATEMENTS": "0", "LIMIT_STANCES": "0", "LIMIT_RENAMES": "0",  # they write as fast as they can
    }  # fmt: skip


class Redis(Process):
    """A Redis of the test's own, which keeps nothing on disk."""

    name = "redis"

    def command(self) -> list[str]:
        told = {"--port": str(self.port), "--bind": self.host, "--save": "", "--dir": str(self.folder)}
        return ["redis-server", *(word for pair in told.items() for word in pair)]

    @property
    def url(self) -> str:
        return f"redis://{self.host}:{self.port}"

    def empty(self) -> None:
        """All keys gone, all connections cut."""
        with socket.create_connection((self.host, self.port), timeout=3) as wire:
            wire.sendall(b"FLUSHALL\r\nCLIENT KILL TYPE normal SKIPME yes\r\nCLIENT KILL TYPE pubsub\r\n")
            wire.recv(100)


class Postgres(Process):
    """A PostgreSQL cluster of the test's own, with the defaults of production: fsync on, commits synchronous."""

    name = "postgres"

    def __init__(self, folder: pathlib.Path) -> None:
        super().__init__(folder, "127.0.0.1", free_port())
        self.bin = self.programs()[-1]
        self.data = folder / "cluster"
        self.data.mkdir()
        if os.geteuid() == 0:  # which PostgreSQL refuses to be
            self.user = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(self.data, "postgres", "postgres")
        initdb = [self.bin / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=self.data, **self.user)

    @staticmethod
    def programs() -> list[pathlib.Path]:
        """Where PostgreSQL is installed, the newest last."""
        return sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))

    @classmethod
    def is_installed(cls) -> bool:
        """Whether there is one to start."""
        return bool(cls.programs())

    def command(self) -> list[str]:
        told = {"listen_addresses": self.host, "port": self.port, "unix_socket_directories": "", "max_connections": 200}
        return [
            str(self.bin / "postgres"),
            "-D",
            str(self.data),
            *(f"--{name}={value}" for name, value in told.items()),
        ]

    def answers(self) -> bool:
        if not super().answers():
            return False
        with contextlib.suppress(psycopg.OperationalError):
            self.do("SELECT 1")
            return True
        return False

    def do(self, statement: str) -> None:
        """One statement as its owner, outside any database of a test."""
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=3) as connection:
            connection.execute(statement)

    def url(self, name: str) -> str:
        return f"postgres://postgres@{self.host}:{self.port}/{name}"

    def crash(self) -> None:
        """Every process of the cluster ends at once; what had not been written is in its log alone."""
        self.signal(signal.SIGQUIT)
        assert self.process
        self.process.wait(20)

    def end(self) -> None:
        if self.process and self.process.poll() is None:
            self.thaw()
            self.crash()

    def pids(self) -> list[int]:
        """The postmaster and all its children."""
        stats = (path.read_text() for path in pathlib.Path("/proc").glob("[0-9]*/stat") if path.exists())
        found = (stat.rsplit(")", 1) for stat in stats)
        return [self.pid, *(int(first.split()[0]) for first, rest in found if int(rest.split()[1]) == self.pid)]
