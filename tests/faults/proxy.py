"""The network between pages and a server, as bad as wanted: cut, half-open, slow, or eating the answers."""

import asyncio
import threading
from collections.abc import Coroutine


class Proxy:
    """Carries TCP from a port of its own to `port` of `host`; runs in a thread, so that a test may do other things.

    `state` is "open"; "cut" (connections break, new ones are refused); "half-open" (what is connected stays so and
    hears nothing any more, new connections hang); "dumb" (requests pass, answers do not).
    """

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.state, self.delay, self.host, self.port = "open", 0.0, "127.0.0.1", 0
        self.pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter | None]] = set()
        self.dead: set[asyncio.StreamWriter] = set()  # half-open for ever
        self.tasks: set[asyncio.Task] = set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.do(self.listen())

    def do(self, what: Coroutine):
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(10)

    async def listen(self) -> None:
        self.server = await asyncio.start_server(self.accept, self.host, self.port, backlog=1024)
        self.port = self.server.sockets[0].getsockname()[1]

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry it in a task of our own: of one that asyncio starts, it asks after the end what went wrong, and says so."""
        task = self.loop.create_task(self.carry(reader, writer))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.state == "half-open":
            self.dead.add(writer)
            return
        try:
            onward_reader, onward = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        pair = (writer, onward)
        self.pairs.add(pair)
        try:
            await asyncio.gather(self.pump(reader, onward, pair, False), self.pump(onward_reader, writer, pair, True))
        finally:
            self.pairs.discard(pair)
            if writer not in self.dead:
                writer.transport.abort()
                onward.transport.abort()

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pair: tuple, is_answer: bool):
        """One direction, until it ends; then the other ends too."""
        try:
            while data := await reader.read(65536):
                if self.delay:
                    await asyncio.sleep(self.delay)
                if pair[0] in self.dead or (is_answer and self.state == "dumb"):
                    continue
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            if pair[0] not in self.dead:
                for one in pair:
                    one.transport.abort()

    def cut(self) -> None:
        """Break everything, and refuse what comes."""
        self.do(self.break_all(close=True))

    def eat_answers(self) -> None:
        """From now on requests arrive and answers do not."""
        self.state = "dumb"

    def half_open(self) -> None:
        """From now on nothing passes, and nobody is told."""
        self.state = "half-open"
        self.dead |= {pair[0] for pair in self.pairs}

    def forget(self) -> None:
        """What is connected has died without a word; new connections pass."""
        self.half_open()
        self.state = "open"

    def mend(self) -> None:
        """New connections pass again; what died stays dead."""
        was, self.state = self.state, "open"
        if was == "cut":
            self.do(self.listen())

    async def break_all(self, close: bool) -> None:
        if close:
            self.state = "cut"
            self.server.close()
        for pair in list(self.pairs):
            for one in pair:
                one.transport.abort()

    async def finish(self) -> None:
        """Let what still carries come to its end."""
        for one in self.dead:
            one.transport.abort()
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def drop_connections(self) -> None:
        """Break everything; new connections pass."""
        self.do(self.break_all(close=False))

    def close(self) -> None:
        """The end of it."""
        self.do(self.break_all(close=True))
        self.do(self.finish())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()
