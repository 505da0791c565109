"""The same words posted five times, at once and an hour later: one contribution, one answer."""

import asyncio
import json

import pytest

from tests.faults import kept
from tests.faults.client import Client
from tests.faults.scene import DATABASES, Scene

WORDS = "w00-00000: The river is low, and said five times. end-w00-00000"


async def posted(scene: Scene, server, times: int, words: str = WORDS) -> list[tuple[int, str]]:
    """(status, saved) of the same form, sent at once from as many tabs."""
    cookie = scene.seats["people"]["w00"]["cookie"]
    tabs = [Client(server.host, server.port, {"sessionid": cookie}) for _ in range(times)]
    for tab in tabs:
        await tab.get(scene.seats["table"])
    form = [("key", "the-same-key"), ("item", scene.seats["item"]), ("kind", "comment"), ("text", words)]
    answers = await asyncio.gather(*(tab.post(f"{scene.seats['table']}say/", form) for tab in tabs))
    for tab in tabs:
        tab.close()
    return [(status, json.loads(body).get("saved", "")) for status, _headers, body in answers]


def five_times_and_an_hour_later(scene: Scene, *defences: str) -> tuple[list[int], set[str], list[str]]:
    """(statuses, ids, what the record holds then) of five posts at once, and one an hour later."""
    server = scene.server(",".join(defences))
    answers = asyncio.run(posted(scene, server, 5))
    server.end()
    later = scene.server(",".join(["an-hour-later", *defences]))
    answers += asyncio.run(posted(scene, later, 1))
    return [status for status, _saved in answers], {saved for _status, saved in answers}, said(scene)


def said(scene: Scene) -> list[str]:
    return [words for words, _who in kept.read(scene.database).contributions.values()]


@pytest.mark.faults_short
@pytest.mark.parametrize("kind", DATABASES)
def test_the_same_words_are_said_once_and_answered_alike(stage, kind):
    statuses, saved, words = five_times_and_an_hour_later(scene := stage(kind))
    assert words == [WORDS]
    assert saved == set(kept.read(scene.database).contributions)
    assert set(statuses) <= {200, 201}
    assert scene.head()[1] == 1


@pytest.mark.faults_short
def test_they_are_said_six_times_where_nobody_looks_for_the_key(stage):
    _statuses, saved, words = five_times_and_an_hour_later(stage("sqlite"), "keys")
    assert words == [WORDS] * 6
    assert len(saved) == 6
