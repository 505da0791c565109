"""A small OpenID provider, for tests: it answers as OpenID Connect has it, or wrongly in the way that it is told."""

import base64
import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "the-table", "a secret of the table"


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@dataclass
class OpenIDProvider:
    """`person`: what it says of whoever comes. `wrong`: claims of its tokens that it gets wrong (None: left out)."""

    person: dict[str, Any] = field(default_factory=lambda: {"email": "ada@rivers.invalid", "email_verified": True})
    wrong: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    info: dict[str, Any] | None = None  # what is told at the userinfo address alone
    signs_with: Any = field(default_factory=rsa_key)
    shows: Any = None  # the key that it publishes, where that is another one
    says_issuer: str = ""
    status: int = 200  # of its token address
    asked: dict[str, dict[str, str]] = field(default_factory=dict)  # code -> what the browser came with
    told: list[dict[str, str]] = field(default_factory=list)  # what was posted for tokens
    base: str = ""

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.says_issuer or self.base, "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token", "jwks_uri": f"{self.base}/keys", "userinfo_endpoint": f"{self.base}/info",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }  # fmt: skip

    def keys(self) -> dict[str, Any]:
        public = (self.shows or self.signs_with).public_key()
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(public))
        return {"keys": [key | {"kid": "one", "alg": "RS256", "use": "sig"}]}

    def come(self, address: str) -> tuple[str, dict[str, str]]:
        """Somebody comes with their browser, and signs in: where they are sent back to, and with what."""
        asked = {name: some[0] for name, some in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code" and "openid" in asked["scope"].split()
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return asked["redirect_uri"], {"code": code, "state": asked["state"]}

    def tokens(self, sent: dict[str, str]) -> dict[str, Any]:
        self.told.append(sent)
        asked = self.asked.pop(sent["code"])
        assert (sent["client_id"], sent["client_secret"]) == (CLIENT, SECRET)
        assert sent["redirect_uri"] == asked["redirect_uri"]
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
        now = int(time.time())
        said = {
            "iss": self.base,
            "sub": "somebody",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        said |= ({} if self.info else self.person) | self.wrong
        said = {name: value for name, value in said.items() if value is not None}
        algorithm = self.header.get("alg", "RS256")
        key = {"RS256": self.signs_with, "HS256": SECRET * 3, "none": None}[algorithm]
        signed = jwt.encode(said, key, algorithm, headers={"kid": "one", **self.header})
        return {"access_token": "an access token", "token_type": "Bearer", "id_token": signed}


@contextlib.contextmanager
def providing(provider: OpenIDProvider) -> Iterator[OpenIDProvider]:
    """The provider answers on a port of its own, in a thread."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages = {
                "/.well-known/openid-configuration": provider.configuration, "/keys": provider.keys,
                "/info": lambda: provider.info or {"sub": "somebody", **provider.person},
            }  # fmt: skip
            page = pages.get(urlsplit(self.path).path)
            self.answer(200 if page else 404, page() if page else {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            sent = {name: some[0] for name, some in parse_qs(body).items()}
            self.answer(
                provider.status, provider.tokens(sent) if provider.status == 200 else {"error": "invalid_grant"}
            )

        def answer(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_told: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    provider.base = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
