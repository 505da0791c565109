"""Signing in at an OpenID provider that the settings name: it says which address somebody has, and that it is theirs.

allauth goes there and fetches; what comes back is judged here, more strictly: the token's signature is looked at
although it was fetched directly, and it must answer this browser's own question (nonce). See OpenID Connect Core 1.0,
section 3.1.3.7.
"""

import secrets
from typing import Any

import jwt
import requests
from allauth.core.internal.datakit import parse_bool_safely
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit, statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare

NAME = "openid"  # of the one provider, in what allauth keeps in a session
SIGNED_WITH = {
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
}  # their keys
LEEWAY = 30  # seconds that their clock may be wrong
UNREADABLE = (OAuth2Error, jwt.PyJWTError, LookupError, ValueError, TypeError, AttributeError)


class Away(Exception):
    """The provider does not answer, or not as one."""


class NotTrusted(Exception):
    """What came back is not what somebody may come in with; says why, in a word for the log."""


def is_configured() -> bool:
    """Whether there is a provider."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID and settings.OIDC_SECRET)


class There(OpenIDConnectOAuth2Adapter):
    """How the provider is talked to."""

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Allauth’s own: where it sends people back to."""
        return request.build_absolute_uri(reverse("openid-back"))


class OpenID(OpenIDConnectProvider):
    """The provider."""

    oauth2_adapter_class = There


class Provider(DefaultSocialAccountAdapter):
    """Knows the one provider that the settings name, and none out of the database."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Allauth’s own."""
        told = {"server_url": settings.OIDC_ISSUER, "oauth_pkce_enabled": True}
        known = {"client_id": settings.OIDC_CLIENT_ID, "secret": settings.OIDC_SECRET}
        app = SocialApp(provider="openid_connect", provider_id=NAME, name=settings.OIDC_NAME, settings=told, **known)
        return [app] if is_configured() else []

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> OpenID:
        """Allauth’s own."""
        return OpenID(request, app=self.get_app(request, provider))


# ------------------------------------------------------------------ there


def away(request: HttpRequest, wanted: str) -> str:
    """The provider's page to go to; what must come back is kept in this browser's session. Raises Away."""
    there, nonce = There(request, NAME), secrets.token_urlsafe(24)
    try:
        provider = there.get_provider()
        response = provider.redirect(request, "login", wanted or None, auth_params={"nonce": nonce}, nonce=nonce)
        issuer, address = there.openid_config["issuer"].rstrip("/"), response.headers["Location"]
    except (requests.RequestException, *UNREADABLE) as problem:
        raise Away from problem
    if issuer != settings.OIDC_ISSUER or not address.startswith(("https://", "http://")):
        raise Away
    return str(address)


# ------------------------------------------------------------------ and back


def back(request: HttpRequest) -> tuple[str, str]:
    """(the address that somebody has, where they wanted to go). Raises Away, NotTrusted."""
    state = statekit.unstash_state(request, state_id=request.GET.get("state", ""), provider_id=NAME)
    if state is None or not request.GET.get("code"):
        raise NotTrusted("state")
    there = There(request, NAME)
    try:
        told = claims(request, there, state)
    except requests.RequestException as problem:
        raise Away from problem
    except UNREADABLE as problem:
        raise NotTrusted("token") from problem
    return verified(told), state.get("next") or settings.LOGIN_REDIRECT_URL


def claims(request: HttpRequest, there: There, state: dict[str, Any]) -> dict[str, Any]:
    """What the provider says about somebody. Raises one of UNREADABLE, or requests.RequestException."""
    app = there.get_provider().app
    client = there.get_client(request, app)
    tokens = there.get_access_token_data(request, app, client, pkce_code_verifier=state["pkce_code_verifier"])
    told = identity(there, tokens["id_token"], state["nonce"])
    if "email" in told:
        return told
    more = there._fetch_user_info(tokens["access_token"])
    if more["sub"] != told["sub"]:
        raise ValueError
    return {**more, **told}


def identity(there: There, token: str, nonce: str) -> dict[str, Any]:
    """What the token says, once everything about it is right. Raises one of UNREADABLE."""
    if jwt.get_unverified_header(token)["alg"] not in SIGNED_WITH:
        raise ValueError
    algorithm, key = jwtkit.fetch_key(token, there.openid_config["jwks_uri"], jwtkit.lookup_kid_jwk)
    told: dict[str, Any] = jwt.decode(
        token, key=key, algorithms=[algorithm], leeway=LEEWAY, audience=settings.OIDC_CLIENT_ID,
        issuer=[settings.OIDC_ISSUER, settings.OIDC_ISSUER + "/"],
        options={"require": ["iss", "sub", "aud", "exp", "iat"]},
    )  # fmt: skip
    if told.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID:
        raise ValueError
    if not constant_time_compare(str(told["nonce"]), nonce):
        raise ValueError
    return told


def verified(told: dict[str, Any]) -> str:
    """The address, if the provider says that it is theirs. Raises NotTrusted."""
    email = told.get("email")
    if not isinstance(email, str) or not parse_bool_safely(told.get("email_verified")):
        raise NotTrusted("unverified")
    try:
        validate_email(email)
    except ValidationError as problem:
        raise NotTrusted("unverified") from problem
    return email
