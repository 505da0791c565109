"""Who is here, where several processes serve one table: each tells the others who is with it."""

import asyncio
import json
import re
import shutil
import time
from collections.abc import Callable

import pytest
from websockets.sync.client import ClientConnection, connect

from dialogue.live.presence import BELIEVED, EVERY
from tests.clocks import deadline
from tests.faults import page
from tests.faults.client import Client
from tests.faults.scene import Scene, slack
from tests.faults.servers import Server, wait_for

needs_redis = pytest.mark.skipif(
    not shutil.which("redis-server"), reason="no redis-server found (install redis-server)"
)


class Sitting:
    """Somebody with the table open, who looks at who is here."""

    def __init__(self, scene: Scene, server: Server, who: str) -> None:
        cookie = scene.seats["people"][who]["cookie"]
        browser = Client(server.host, server.port, {"sessionid": cookie})

        async def drawn() -> page.Page:
            _status, _headers, body = await browser.get(scene.seats["table"])
            browser.close()
            return page.read(body.decode())

        there = asyncio.run(drawn())
        place = f"{server.host}:{server.port}"
        self.socket: ClientConnection = scene.keep(
            connect(f"ws://{place}{there.socket}", additional_headers={"Cookie": f"sessionid={cookie}"},
                    origin=f"http://{place}", compression=None)
        )  # fmt: skip
        self.socket.send(json.dumps({"t": "hello", "v": 1, "seen": there.heads}))

    def sees(self, fits: Callable[[set[str]], bool], within: float) -> set[str]:
        """Who is here, once it fits, or whoever is here when the time is over."""
        here: set[str] = set()
        end = time.monotonic() + within
        while not fits(here) and (left := end - time.monotonic()) > 0:
            try:
                frame = json.loads(self.socket.recv(left))
            except TimeoutError:
                break
            if frame["t"] == "now":
                here = set(re.findall(r'<b class="who">(.*?)</b>', frame["html"]))
        return here


@needs_redis
@pytest.mark.faults_short
def test_who_is_with_another_process_is_here_until_they_leave_or_it_dies(stage):
    scene = stage("postgres")
    redis = scene.redis()
    here, there = scene.server(redis=redis), scene.server(redis=redis)
    ada = Sitting(scene, here, "r000")
    alone = ada.sees(lambda seen: len(seen) == 1, deadline(5 * slack()))
    assert len(alone) == 1
    ben = Sitting(scene, there, "r001")
    both = ada.sees(lambda seen: len(seen) == 2, deadline(5 * slack()))
    assert len(both) == 2 and both > alone
    assert ben.sees(lambda seen: seen == both, deadline((EVERY + 3) * slack())) == both  # who was there before is told in time
    ben.socket.close()
    assert ada.sees(lambda seen: seen == alone, deadline(5 * slack())) == alone
    Sitting(scene, there, "r001")
    assert ada.sees(lambda seen: seen == both, deadline(5 * slack())) == both
    there.kill()  # it can no longer say that they are gone
    assert ada.sees(lambda seen: seen == alone, deadline((BELIEVED + 5) * slack())) == alone


@pytest.mark.faults_short
def test_a_socket_s_life_is_told_in_the_log_by_ids_and_numbers(stage):
    scene = stage("sqlite")
    server = scene.server()
    ada = Sitting(scene, server, "r000")
    ada.sees(lambda seen: bool(seen), deadline(5 * slack()))
    ada.socket.close(1001)
    wait_for(lambda: "socket-closed" in server.log.read_text(), deadline(5 * slack()), "its end in the log")
    told = [json.loads(line) for line in server.log.read_text().splitlines() if '"socket-' in line]
    assert [(one["event"], one.get("behind"), one.get("code")) for one in told] == [
        ("socket-opened", 0, None), ("socket-closed", None, 1001),
    ]  # fmt: skip
    assert set(told[0]) == {"time", "level", "event", "session", "person", "behind"}
    assert set(told[1]) == {"time", "level", "event", "session", "code", "seconds"}
