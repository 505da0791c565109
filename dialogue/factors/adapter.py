"""What is kept of a second factor, and sealed: whoever reads a backup has no codes."""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


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
