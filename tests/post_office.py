"""A mail server that keeps what is sent to it, for tests that send real mail."""

import email
import email.policy
import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class PostOffice:
    """Letters by the order in which they came; `refuses` are addresses that it does not know."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    def to(self, address: str, after: int = 0, within: float = 15) -> EmailMessage:
        """The next letter to somebody after so many that they got already."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            mine = [one for one in list(self.letters) if address in str(one["To"])]
            if len(mine) > after:
                return mine[after]
            time.sleep(0.02)
        raise AssertionError(f"no letter came to {address}")

    def told(self) -> dict[str, str]:
        """The settings of a server that sends its mail here."""
        return {
            "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self.port), "EMAIL_TLS": "0",
            "EMAIL_FROM": "table@house.invalid",
        }  # fmt: skip


def text(letter: EmailMessage) -> str:
    """What it says."""
    body = letter.get_body(("plain",))
    assert body is not None
    return body.get_content()


def code(letter: EmailMessage) -> str:
    """The six digits in it."""
    return re.findall(r"\b\d{6}\b", text(letter))[0]


class Talk(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as Django speaks."""

    office: PostOffice

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "QUIT":
                return self.say("221 bye")
            if word == "RCPT" and any(one in line for one in self.office.refuses):
                self.say("550 nobody of that name")
            elif word == "DATA":
                self.say("354 go on")
                self.keep()
                self.say("250 kept")
            else:
                self.say("250 well")
        return None

    def keep(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        letter = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.office.letters.append(letter)  # type: ignore[arg-type]


@contextmanager
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    handler = type("Here", (Talk,), {"office": office})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        office.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield office
        server.shutdown()
