"""What people prove themselves with, made by hand: the codes of an authenticator app (RFC 6238), and a passkey."""

import base64
import hashlib
import hmac
import json
import os
import re
import struct
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.http import HttpResponse
from django.test import Client
from fido2 import cbor
from fido2.cose import ES256

from dialogue.mail.models import Mail

STEP, SECOND, PASSKEY = "/sign-in/code/", "/sign-in/second-factor/", "/sign-in/passkey/"
FACTOR, ADD_APP, ADD_PASSKEY = "/you/second-factor/", "/you/second-factor/app/", "/you/second-factor/passkey/"


def app_code(secret: str, shift: int = 0) -> str:
    """What an app shows that holds this secret, now or some half minutes away."""
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + shift), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """The half minute of an app does not end in the middle of a test."""
    now = time.time()
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", SimpleNamespace(time=lambda: now))
    monkeypatch.setattr("tests.proofs.time", SimpleNamespace(time=lambda: now))


def by_mail(client: Client, email: str, **more: str) -> HttpResponse:
    """Sign in as far as the code from the mail goes."""
    client.post("/sign-in/", {"email": email})
    letter = Mail.objects.filter(to=email).order_by("-written_at").first()
    assert letter
    found = re.search(r"^ +(\d{6})$", letter.text, re.M)
    assert found
    return client.post(STEP, {"code": found[1], **more})


def signed_in_as(email: str) -> Client:
    client = Client()
    assert by_mail(client, email).headers["Location"] == "/"
    return client


def with_app(client: Client) -> tuple[str, list[str]]:
    """Add an authenticator app by the pages: its secret, and the recovery codes where there were none."""
    assert client.post(ADD_APP, {"do": "begin"}).status_code == 302
    found = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', client.get(ADD_APP).text)
    assert found
    answer = client.post(ADD_APP, {"code": app_code(found[1], -1)})
    if answer.status_code == 422:  # the half minute was just over
        answer = client.post(ADD_APP, {"code": app_code(found[1], -1)})
    assert answer.status_code in (200, 302), answer.text
    return found[1], [code.replace(" ", "") for code in re.findall(r"<li><code>(\d{4} \d{4})</code>", answer.text)]


def letters(some: bytes) -> str:
    return base64.urlsafe_b64encode(some).decode().rstrip("=")


def unlettered(some: str) -> bytes:
    return base64.urlsafe_b64decode(some + "=" * (-len(some) % 4))


@dataclass
class Passkey:
    """A passkey as an authenticator holds it. `flags`: user present 1, user verified 4."""

    origin: str = "https://testserver"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: os.urandom(32))
    handle: str = ""
    flags: int = 5
    rp: str = "testserver"

    def made(self, options: dict[str, Any]) -> str:
        """What a browser answers when it was asked to make it."""
        asked = options["publicKey"]
        self.handle = asked["user"]["id"]
        cose = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        credential = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cose
        data = self.head(0x40) + credential
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self.told({"clientDataJSON": self.client("create", asked), "attestationObject": attestation})

    def used(self, options: dict[str, Any], **instead: str) -> str:
        """What it answers when it was asked to show it."""
        asked = {**options["publicKey"], **instead}
        data, client = self.head(), self.client("get", asked)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        told = {"clientDataJSON": client, "authenticatorData": data, "signature": signed}
        return self.told(told | {"userHandle": unlettered(asked.get("handle", self.handle))})

    def head(self, more: int = 0) -> bytes:
        return hashlib.sha256(self.rp.encode()).digest() + bytes([self.flags | more]) + bytes(4)

    def client(self, what: str, asked: dict[str, Any]) -> bytes:
        told = {"type": f"webauthn.{what}", "challenge": asked["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def told(self, response: dict[str, bytes]) -> str:
        written = {name: letters(value) for name, value in response.items()}
        return json.dumps(
            {"id": letters(self.id), "rawId": letters(self.id), "type": "public-key", "response": written}
        )


def begun(client: Client, address: str) -> dict[str, Any]:
    """What the page's script is told that the browser is to be asked."""
    answer = client.post(address, {"do": "begin"})
    assert answer.status_code == 200, answer
    return answer.json()


def with_passkey(client: Client, name: str = "blue key") -> Passkey:
    """Add a passkey by the pages."""
    passkey = Passkey()
    answer = client.post(ADD_PASSKEY, {"name": name, "credential": passkey.made(begun(client, ADD_PASSKEY))})
    assert answer.status_code in (200, 302), answer.text
    return passkey
