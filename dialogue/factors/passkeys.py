"""What browsers say of passkeys: taken apart here, judged by fido2 by way of allauth."""

import json
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from dialogue.people.models import Person

LONGEST = 16 * 1024  # letters of one field; an attestation with its certificates has some 4,000
ENCODED = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST}}}")
MADE = ("clientDataJSON", "attestationObject")
USED = ("clientDataJSON", "authenticatorData", "signature", "userHandle")
NOT_IT = _("This passkey does not do here. Try again, or use another way.")
# What taking apart bytes that no browser sends may end in, within fido2.
UNREADABLE = (
    ValidationError, ValueError, TypeError, LookupError, AttributeError, AssertionError, NotImplementedError,
    OverflowError, RecursionError, struct.error, InvalidSignature, UnsupportedAlgorithm,
)  # fmt: skip


@contextmanager
def judged() -> Iterator[None]:
    """Whatever is wrong with a passkey is told in one sentence, as ValidationError."""
    try:
        yield
    except UNREADABLE as problem:
        raise ValidationError(NOT_IT) from problem


def credential(written: str, *fields: str) -> dict[str, Any]:
    """A browser's answer: these fields of it and nothing else, each of the signs that base64url has.

    Raises ValidationError.
    """
    with judged():
        told = json.loads(written)
        answered = told["response"]
        names = [told["id"], told["rawId"], *(answered[field] for field in fields)]
        if not all(isinstance(one, str) and ENCODED.fullmatch(one) for one in names) or told["type"] != "public-key":
            raise ValueError
        return {
            "id": told["id"], "rawId": told["rawId"], "type": "public-key",
            "response": {field: answered[field] for field in fields},
            "clientExtensionResults": {"credProps": {"rk": True}},  # it is asked for, and cannot be refused
        }  # fmt: skip


def plain(options: dict[str, Any]) -> Any:
    """What the browser is asked, as JSON has it."""
    return json.loads(json.dumps(options, cls=DjangoJSONEncoder, default=dict))


def to_make(person: Person) -> Any:
    """What the browser is asked for a new passkey; the challenge is kept in the sign-in."""
    return plain(auth.begin_registration(person, passwordless=True))


def to_use(person: Person | None) -> Any:
    """What it is asked for one that is there: of this person, or of whoever has one."""
    return plain(auth.begin_authentication(person))


def made(written: str) -> dict[str, Any]:
    """A new passkey that answers what was asked. Raises ValidationError."""
    told = credential(written, *MADE)
    with judged():
        auth.parse_registration_response(told)
        if not auth.complete_registration(told).is_user_verified():
            raise ValueError
    return told


def used(person: Person | None, written: str) -> Authenticator:
    """The passkey that answers what was asked: one of this person's, or of whom it names. Raises ValidationError."""
    told = credential(written, *USED)
    with judged():
        response = auth.parse_authentication_response(told)
        found = auth.complete_authentication(person or auth.extract_user_from_response(told), told)
        if not response.response.authenticator_data.is_user_verified():
            raise ValueError
        return found
