"""As much of a browser as a load program needs: HTTP/1.1 over one kept connection, cookies, and a form's token."""

import asyncio
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode


class NoAnswer(Exception):
    """Refused, cut, or too late: whether the server did it, nobody here can know."""


@dataclass
class Client:
    """A signed-in browser at `host`:`port`; `patience` is how many seconds it waits for one answer."""

    host: str
    port: int
    cookies: dict[str, str]
    patience: float = 10.0
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None, repr=False)

    async def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body)."""
        return await self.ask("GET", path, b"", {})

    async def post(self, path: str, fields: list[tuple[str, str]]) -> tuple[int, dict[str, str], bytes]:
        """Send a form as the page's script does: with the token, and asking for JSON."""
        sent = [*fields, ("csrfmiddlewaretoken", self.cookies.get("csrftoken", ""))]
        told = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return await self.ask("POST", path, urlencode(sent).encode(), told | {"Origin": f"http://{self.place}"})

    async def is_answered(self, path: str) -> bool:
        """Whether somebody answers who is well."""
        try:
            return (await self.get(path))[0] == 200
        except NoAnswer:
            return False

    @property
    def place(self) -> str:
        """What the address line says."""
        return f"{self.host}:{self.port}"

    async def ask(self, method: str, path: str, body: bytes, told: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        try:
            async with asyncio.timeout(self.patience):
                return await self.exchange(method, path, body, told)
        except (OSError, EOFError, ValueError, TimeoutError) as problem:
            self.close()
            raise NoAnswer(type(problem).__name__) from problem

    async def exchange(self, method: str, path: str, body: bytes, told: dict[str, str]):
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self.streams
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.place}", f"Cookie: {cookies}", "Accept-Language: en"]
        lines += [f"{name}: {value}" for name, value in told.items()] + [f"Content-Length: {len(body)}", "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()
        status, headers = await head(reader)
        answer = await content(reader, headers)
        for name, value in re.findall(r"^set-cookie: ([^=]+)=([^;]*)", headers.get("", ""), re.M):
            self.cookies[name] = value
        if headers.get("connection", "").lower() == "close":
            self.close()
        return status, headers, answer

    def close(self) -> None:
        """Let go of the connection; the next request makes a new one."""
        if self.streams:
            self.streams[1].transport.abort()
            self.streams = None


async def head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """The status and the headers (names in lower case; under "" all Set-Cookie lines)."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = [line.split(":", 1) for line in lines[1:] if ":" in line]
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    headers[""] = "\n".join(f"set-cookie: {v.strip()}" for name, v in pairs if name.strip().lower() == "set-cookie")
    return int(lines[0].split()[1]), headers


async def content(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    """The body, by length, in chunks, or up to the end."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        parts = []
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            parts.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readuntil(b"\r\n")
        return b"".join(parts)
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return await reader.read()
