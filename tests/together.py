"""Many who do the same at the same moment, each with a connection of their own."""

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import connection
from django.test import Client

Result = TypeVar("Result")


def together(deeds: Iterable[Callable[[], Result]]) -> list[Result]:
    """What came of each of these, begun together; in the order in which they ended."""
    some = list(deeds)
    found: list[Result] = []
    ready = threading.Barrier(len(some))

    def do(deed: Callable[[], Result]) -> None:
        ready.wait()
        found.append(deed())
        connection.close()

    threads = [threading.Thread(target=do, args=(deed,)) for deed in some]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def codes_together(key: str, step: str, codes: list[str]) -> list[str]:
    """What came of each of these codes, sent at once to one step of coming in by the browser with that key."""

    def send(code: str) -> str:
        client = Client()
        client.cookies["sessionid"] = key
        answer = client.post(step, {"code": code})
        is_in = client.cookies["sessionid"].value not in ("", key) and "_auth_user_id" in client.session
        return "in" if is_in else "wrong" if answer.status_code == 422 else "over"

    return together([lambda code=code: send(code) for code in codes])
