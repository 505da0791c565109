"""What the server serves: pages through the gate to Django, sockets of our own pages to the hub."""

import os
from typing import Any, cast

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialogue.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from dialogue.live.consumers import OpenPage  # noqa: E402
from dialogue.live.gate import Gate, Handler, OwnPagesOnly, deny  # noqa: E402

if connections["default"].vendor == "postgresql":  # commands need no pool, and are told why they cannot connect
    connections.settings["default"]["OPTIONS"]["pool"] = settings.POOL

OPEN_PAGE, NOTHING = cast(Any, OpenPage.as_asgi()), cast(Any, deny)  # Django's routes are typed for views alone
SOCKETS = URLRouter([path("live/<uuid:session>/", OPEN_PAGE), re_path("", NOTHING)])

application = ProtocolTypeRouter({"http": Gate(Handler()), "websocket": OwnPagesOnly(SOCKETS)})
