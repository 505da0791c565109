"""The server: Daphne in this process, with limits, and with an orderly end."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import Any, cast

from daphne.server import Server as Daphne
from twisted.internet import defer
from twisted.internet import reactor as installed
from twisted.logger import ILogObserver, LogEvent, globalLogBeginner

from dialogue.due import clock
from dialogue.live import limits
from dialogue.live.hub import hub
from dialogue.live.limits import Channels, Request
from dialogue.live.sockets import Socket, Sockets
from dialogue.live.watchdog import (
    EXIT_CODE,
    list_dead,
    notify_systemd,
    seconds_between_looks,
)
from dialogue.logs import OURS, tell, watch_threads

reactor: Any = installed  # Daphne's, on asyncio's loop

BACKLOG = 2048  # connections that wait to be taken; with Twisted's 50 a thousand pages need four seconds to come in
REQUEST_TAKES = 60  # seconds after which a request is told that it has failed


class Server(Daphne):
    """Serves an ASGI application on one address until SIGTERM or Ctrl-C."""

    def __init__(self, application: Any, host: str, port: int, *, behind_proxy: bool = False) -> None:
        """`behind_proxy`: X-Real-IP says where a request comes from."""
        super().__init__(
            application,
            endpoints=[f"{host}:{port}"],
            http_timeout=REQUEST_TAKES,
            websocket_timeout=-1,
            request_buffer_size=2 * 1024 * 1024,
            proxy_forwarded_address_header="X-Real-IP" if behind_proxy else None,
            server_name="",
        )
        self.host, self.port = host, port
        self.listener: Any = None
        self.is_ending = False
        self.exit_code = 0

    def run(self, ready: Callable[[str], None] = lambda address: None) -> None:
        """Serve until told to stop; `ready(address)` is called when connections are taken.

        Raises CannotListenError.
        """
        limits.allow_many_files()
        watch_threads()
        globalLogBeginner.beginLoggingTo([cast(ILogObserver, failures)], redirectStandardIO=False, discardBuffer=True)
        self.connections: dict = {}
        self.http_factory = Channels(self)
        self.ws_factory = Sockets(self)
        self.listener = reactor.listenTCP(self.port, self.http_factory, backlog=BACKLOG, interface=self.host)
        reactor.callLater(1, self.application_checker)
        reactor.callLater(2, self.timeout_checker)
        reactor.addSystemEventTrigger("before", "shutdown", self.drained)
        reactor.callWhenRunning(self.begin, ready)
        asyncio.set_event_loop(reactor._asyncioEventloop)
        reactor.run(installSignalHandlers=False)

    def begin(self, ready: Callable[[str], None]) -> None:
        """Tell everybody who waits for it that the server is there."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: reactor.callFromThread(self.end))
        port = self.listener.getHost().port
        tell("serving", port=port)
        ready(f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{port}/")
        notify_systemd("READY=1")
        self.watch()

    def watch(self) -> None:
        """Look every few seconds whether all threads live, and say so; end where one has died."""
        dead = list_dead(clock.thread())
        if dead and not self.is_ending:
            tell("threads-dead", logging.ERROR, threads=",".join(dead))
            self.exit_code = EXIT_CODE
            self.end()
        elif not self.is_ending:
            notify_systemd("WATCHDOG=1")
            reactor.callLater(seconds_between_looks(), self.watch)

    # -------------------------------------------------------------- the end

    def end(self) -> None:
        """Begin to stop; being told twice changes nothing."""
        if not self.is_ending:
            self.is_ending = True
            notify_systemd("STOPPING=1")
            over = threading.Timer(limits.END_TAKES, os._exit, [self.exit_code])  # a thread that hangs holds up nobody
            over.daemon = True
            over.start()
            reactor.stop()

    def drained(self) -> defer.Deferred:
        """Twisted waits for it before it stops."""
        return defer.Deferred.fromFuture(asyncio.ensure_future(self.drain()))

    async def drain(self) -> None:
        """Take no more connections, answer what was posted, and tell every page to come again."""
        tell("stopping", pages=len(self.open_pages()), requests=len(self.in_flight()))
        await defer.maybeDeferred(self.listener.stopListening).asFuture(asyncio.get_running_loop())
        await hub.close_all()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.answered(), limits.DRAIN_TAKES)
        left = [details["application_instance"] for details in self.connections.values() if running(details)]
        tell("stopped", logging.WARNING if self.in_flight() else logging.INFO, unanswered=len(self.in_flight()))
        for one in left:
            one.cancel()
        if left:
            await asyncio.wait(left, timeout=0.5)

    def close_pages(self) -> None:
        """1012 to every open page: it comes back by itself within a few seconds."""
        for one in self.open_pages():
            if one.state == one.STATE_CONNECTING:
                one.give_up()
            else:
                one.serverClose(1012)

    async def answered(self) -> None:
        """Wait until every request is answered and every page has left; connections between two requests are closed."""
        while True:
            self.close_pages()
            for channel in list(self.http_factory.channels):
                if channel.is_idle:
                    channel.loseConnection()
                else:
                    channel.persistent = False
            if not self.http_factory.channels and not self.open_pages():
                return
            await asyncio.sleep(0.02)

    def in_flight(self) -> list[Request]:
        """Requests that have come in whole and are not answered."""
        return [
            one for one, details in self.connections.items()
            if isinstance(one, Request) and running(details) and not one.finished
        ]  # fmt: skip

    def open_pages(self) -> list[Socket]:
        """Sockets whose page has not yet heard that it is over, or whose application is not yet done with it."""
        return [one for one, details in self.connections.items() if isinstance(one, Socket) and running(details)]


def running(details: dict) -> bool:
    """Whether a connection's application is at work."""
    application = details.get("application_instance")
    return application is not None and not application.done()


def failures(event: LogEvent) -> None:
    """What fails inside Twisted goes to the log as every exception does; the rest is chatter."""
    if failure := event.get("log_failure"):
        information = (failure.type, failure.value, failure.getTracebackObject())
        logging.getLogger(OURS).error("server-failure", exc_info=information)
