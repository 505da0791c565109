"""A server that is really stopped for a while: it keeps the pages whose acknowledgements it could not hear."""

import json
import os
import pathlib
import signal
import time

import pytest

from dialogue.live.refusals import CLOSED
from tests.served import program
from tests.wires import Wire, frame, hall_at

SHORT = "import django\ndjango.setup()\nfrom dialogue.live import awake, hub\nhub.PATIENCE = 4.0\n"
COUNTING = "awake.LONGEST = 1e9\n"
ASLEEP = 8.0  # seconds: longer than that patience, and than what the clock takes for being busy
AFTER = 1.5  # seconds after waking until the last of what was sent has come


def after_sleep(folder: pathlib.Path, more: str) -> tuple[bool, str]:
    """Whether a page stays open that owes when its server is stopped; else with which sentence it is closed."""
    with hall_at(folder, program(SHORT + more)) as hall, Wire(hall, "w02") as page:
        page.listen()
        hall.say()
        heard = page.said()
        while heard["t"] != "entry":
            heard = page.said()
        os.kill(hall.server.process.pid, signal.SIGSTOP)
        try:
            time.sleep(ASLEEP)
        finally:
            os.kill(hall.server.process.pid, signal.SIGCONT)
        time.sleep(AFTER)
        page.send(frame(json.dumps({"t": "seen", heard["s"]: heard["n"]})))
        is_open = page.is_open()
        return is_open, "" if is_open else page.ended[2:].decode()


@pytest.mark.long
def test_stopped_server_keeps_its_pages(tmp_path):
    assert after_sleep(tmp_path, "") == (True, "")


@pytest.mark.long
def test_with_its_sleep_counted_it_closes_them(tmp_path):
    assert after_sleep(tmp_path, COUNTING) == (False, CLOSED[4009])
