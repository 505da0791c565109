"""The limit on this machine in Python, for comparison: `websockets` broadcasts what comes in at `/say/` to all others.

`python -m tests.bench.limit HOST PORT`
"""

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve

pages: set[ServerConnection] = set()


async def page(connection: ServerConnection) -> None:
    if connection.request.path == "/say/":
        async for text in connection:
            broadcast(pages, text)
    else:
        pages.add(connection)
        try:
            await connection.wait_closed()
        finally:
            pages.discard(connection)


async def main(host: str, port: str) -> None:
    async with serve(
        page, host, int(port), compression=None, ping_interval=None, max_size=None, backlog=2048
    ) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
