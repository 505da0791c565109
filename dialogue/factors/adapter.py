"""The steps of coming in; and what is kept of a second factor, sealed: whoever reads a backup has no codes."""

import base64
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from dialogue.entrance import actions
from dialogue.entrance.adapter import Entrance


class Steps(Entrance):
    """Mail's code or an OpenID provider, then the second factor of whoever has one."""

    def get_login_stages(self) -> list[str]:
        """The steps of coming in, in order."""
        return ["allauth.account.stages.LoginByCodeStage", "dialogue.factors.stages.SecondFactor"]

    def login(self, request: HttpRequest, user: Any) -> None:
        """All steps are done: from now on this browser is signed in, under a new key."""
        super().login(request, user)
        actions.begin(request, user)


def seals() -> MultiFernet:
    """One for the installation's key, with which is sealed, and for each that it had before (SECRET_KEY_FALLBACKS)."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = (salted_hmac("dialogue.factors", "seal", secret=key, algorithm="sha256").digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in made])


class Sealed(DefaultMFAAdapter):
    """Secrets of apps and of recovery codes are sealed with the installation's key."""

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return seals().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a seal. Raises ValidationError (no code is right) where it was made with another key."""
        try:
            return seals().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as problem:
            raise self.validation_error("incorrect_code") from problem
