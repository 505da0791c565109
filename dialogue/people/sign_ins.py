"""Sign-ins as Django keeps them, but for keys that it never made: on PostgreSQL one with a NUL fails the request."""

from django.contrib.sessions.backends.db import SessionStore as Django


def is_sign_in(key: str) -> bool:
    """Whether a cookie's value may be the key of a sign-in."""
    return key.isascii() and key.isalnum()


class SessionStore(Django):
    """Django’s own; any other key is nobody's."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and is_sign_in(key) and super()._validate_session_key(key))  # type: ignore[misc]
