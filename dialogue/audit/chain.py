"""How acts are bound together: each one's hash has all of it in it, and the hash of the one before.

The hashes are keyed: who can write in the database, but does not have the secret key, can make none that fits.
"""

import datetime
import json
import uuid

from django.conf import settings
from django.utils.crypto import salted_hmac

from dialogue.audit.models import Act

Secret = str | bytes


def keyed(purpose: str, told: str, secret: Secret) -> str:
    """HMAC-SHA-256 (hex), under a key made of the secret key for this purpose alone."""
    return salted_hmac(f"dialogue.audit.{purpose}", told, secret=secret, algorithm="sha256").hexdigest()


def mark(secret: Secret) -> str:
    """What a secret key is known again by; the key does not follow from it."""
    return keyed("key", "", secret)[:16]


def secrets() -> dict[str, Secret]:
    """The secret keys that this server knows, by their marks: the one that it writes with first."""
    return {mark(secret): secret for secret in (settings.SECRET_KEY, *settings.FORMER_SECRET_KEYS)}


def spelled(act: Act) -> str:
    """All of an act but its hash, in the one way in which the same one is always spelled."""
    told = [
        act.pk, act.event_id, act.number, act.at.astimezone(datetime.UTC).isoformat(), act.person, act.deed,
        act.subject, act.session, act.key, act.before,
    ]  # fmt: skip
    return json.dumps(told, default=str)


def hashed(act: Act, secret: Secret) -> str:
    """The hash that an act has under a secret key."""
    return keyed("act", spelled(act), secret)


def seal_of_erased(act: Act, secret: Secret) -> str:
    """That an act is as it was written but for its person, who was erased. Its hash stands: the next act has it too."""
    return keyed("erased", json.dumps([spelled(act), act.hash]), secret)


def seal(event: uuid.UUID, number: int, last: str, secret: Secret) -> str:
    """That an event's chain ends with this number and hash.

    Without it, who cuts off the end could write the hash of the act before over that of the last one: every act tells
    its own.
    """
    return keyed("end", json.dumps([str(event), number, last]), secret)
