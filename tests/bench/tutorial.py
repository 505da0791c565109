"""What the tutorials of Channels do, for comparison: `group_send` of ready text over the layer in memory; no database.

Served as they say, by `daphne tests.bench.tutorial:application`. `/chat/` is their consumer; `/bare/` one that does
nothing; a POST sends its text to everybody in the chat.
"""

import os
import urllib.parse

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="for a comparison", ALLOWED_HOSTS=["*"], INSTALLED_APPS=["daphne", "channels"],
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
)  # fmt: skip
os.environ.pop("DJANGO_SETTINGS_MODULE", None)
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402


class Chat(AsyncWebsocketConsumer):
    """The chat of the tutorial."""

    async def connect(self):
        await self.channel_layer.group_add("chat", self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard("chat", self.channel_name)

    async def chat_message(self, event):
        await self.send(text_data=event["message"])


class Bare(AsyncWebsocketConsumer):
    """As little as a consumer can be."""


async def post(scope, receive, send):
    """Send what is posted as `text` to the chat."""
    body, more = b"", True
    while more:
        part = await receive()
        body, more = body + part.get("body", b""), part.get("more_body")
    text = dict(urllib.parse.parse_qsl(body.decode()))["text"]
    await get_channel_layer().group_send("chat", {"type": "chat.message", "message": text})
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


sockets = URLRouter([path("chat/", Chat.as_asgi()), path("bare/", Bare.as_asgi())])
application = ProtocolTypeRouter({"http": post, "websocket": sockets})
