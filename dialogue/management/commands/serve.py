"""serve: the one way to run this in production."""

import logging
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from twisted.internet.error import CannotListenError

from dialogue.live.server import Server
from dialogue.logs import OURS
from dialogue.management import startup


class Command(BaseCommand):
    """Checks the settings, then serves."""

    help = "Serve until SIGTERM or Ctrl-C. What is not safe is refused with a sentence that says how to mend it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
        parser.add_argument("--port", type=int, default=8000, help="0 for any free one")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        """Django’s own: what the command does."""
        startup.require_safe_settings(host)
        startup.require_whole_openid()
        with startup.alone():
            startup.require_database()
            startup.require_static_files()
            for note in startup.notes(host):
                self.say(note)
            connections.close_all()
            self.serve(host, port)

    def serve(self, host: str, port: int) -> None:
        """Serve to the end. Raises CommandError where the port is taken."""
        from dialogue.asgi import application
        from dialogue.due import actions, clock

        logging.getLogger(OURS).setLevel(settings.LOG_LEVEL)
        clock.start(actions.work, actions.forget)
        server = Server(application, host, port, behind_proxy=settings.BEHIND_PROXY)
        try:
            server.run(lambda address: self.say(f"Serving at {address}"))
        except CannotListenError as problem:
            raise CommandError(
                f"{host}:{port} cannot be used ({problem.socketError.strerror or problem.socketError}). Choose another "
                f"port with --port, for example --port {port + 1}."
            ) from problem
        if server.exit_code:
            sys.exit(server.exit_code)

    def say(self, text: str) -> None:
        """A line at once, also where output is a pipe."""
        self.stdout.write(text)
        self.stdout.flush()
