"""The processes of the live benchmark: the servers that are compared, and the load that is put on them."""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
from typing import Any

from tests.faults.servers import free_port, is_answering, told_to_django, wait_for

ROOT = pathlib.Path(__file__).parents[2]
HOST = "127.0.0.1"

SERVERS = {  # name -> the module that is run, with its arguments
    "tutorial": "daphne -v 0 -b {host} -p {port} tests.bench.tutorial:application",
    "limit": "tests.bench.limit {host} {port}",
    "ours": "django serve --host {host} --port {port}",
    "bare": "tests.bench.bare {host} {port}",
    "uvicorn": "uvicorn dialogue.asgi:application --host {host} --port {port} --backlog 2048 --lifespan off"
    " --log-level warning --no-access-log --timeout-keep-alive 75 --ws websockets --ws-per-message-deflate false",
}


class Server:
    """One of them, in a process and with a database of its own."""

    def __init__(self, name: str, room: pathlib.Path) -> None:
        self.name, self.port = name, free_port()
        self.room = room / f"{name}-{self.port}"
        self.room.mkdir()
        shutil.copy(room / "hall.sqlite3", self.room / "data.sqlite3")

    def __enter__(self) -> "Server":
        command = SERVERS[self.name].format(host=HOST, port=self.port).split()
        told = told_to_django(self.room, f"sqlite:///{self.room}/data.sqlite3")
        with (self.room / "log").open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=told, stdout=log, stderr=log, start_new_session=True
            )
        wait_for(self.answers, 60, self.name)
        return self

    def answers(self) -> bool:
        if self.process.poll() is not None:
            raise SystemExit(f"{self.name} ended: {self.log()}")
        return is_answering(HOST, self.port)

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.room)

    @property
    def at(self) -> dict[str, Any]:
        return {"host": HOST, "port": self.port}

    def log(self) -> str:
        """The end of what it said."""
        return (self.room / "log").read_text()[-2000:]

    def get(self, path: str, cookie: str) -> float:
        """Seconds until a page has come whole."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=300)
        start = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": f"sessionid={cookie}", "Accept-Language": "en"})
        answer = connection.getresponse()
        body = answer.read()
        took = time.perf_counter() - start
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}: {body[:500]!r}\n{self.log()}")
        return took

    def cpu(self) -> float:
        """Seconds that all its threads have worked, by Linux's clock of that process (clock_getcpuclockid(3))."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def memory(self) -> float:
        """KiB that are its own (PSS)."""
        lines = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("Pss:"))


class Pages:
    """The load, in a process of its own (`tests.bench.pages`)."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.pages"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, do: str, **told: Any) -> dict[str, Any]:
        """Have it do something; what came of it."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"do": do, **told}).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the load has ended: see above")
        return json.loads(line)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def prepared(room: pathlib.Path, readers: int, sizes: list[int]) -> dict[str, Any]:
    """Make the hall in `room`; who is there (see `hall.py`)."""
    told = told_to_django(room, f"sqlite:///{room}/hall.sqlite3")
    command = [sys.executable, "-m", "tests.bench.hall", str(readers), *map(str, sizes)]
    done = subprocess.run(command, cwd=ROOT, env=told, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)
