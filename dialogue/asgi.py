"""What the server serves: pages through the gate to Django, sockets of our own pages to the hub."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialogue.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from dialogue.live.consumers import OpenPage  # noqa: E402
from dialogue.live.gate import Gate, Handler, OwnPagesOnly, deny  # noqa: E402

SOCKETS = URLRouter([path("live/<uuid:session>/", OpenPage.as_asgi()), path("<path:anything>", deny)])

application = ProtocolTypeRouter({"http": Gate(Handler()), "websocket": OwnPagesOnly(SOCKETS)})
