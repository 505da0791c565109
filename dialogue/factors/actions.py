"""A second factor is proved, added, taken away."""

import hashlib
import time
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.core import ratelimit
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import delete_dangling_recovery_codes, post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, TOTP, generate_totp_secret, validate_totp_code
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dialogue.entrance import actions as entrance
from dialogue.factors import passkeys
from dialogue.line import in_line
from dialogue.mail import actions as mail
from dialogue.people.models import Person
from dialogue.people.signed_in import means
from dialogue.roundtable.actions import signed_out

FRESH = 30 * 60  # seconds after showing who one is in which one may change how one shows it
MOST_PASSKEYS = 20
TOO_MANY = "too_many"


# ------------------------------------------------------------------ what somebody has


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody can prove themselves with."""

    app: Authenticator | None
    passkeys: list[Authenticator]
    codes_left: int

    def __bool__(self) -> bool:
        return self.app is not None or bool(self.passkeys)


def factors(person: Person) -> Factors:
    """All that this person has set up."""
    rows = list(Authenticator.objects.filter(user=person).order_by("created_at"))
    codes = next((one for one in rows if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return Factors(
        app=next((one for one in rows if one.type == Authenticator.Type.TOTP), None),
        passkeys=[one for one in rows if one.type == Authenticator.Type.WEBAUTHN],
        codes_left=codes_left(codes) if codes else 0,
    )


def codes_left(codes: Authenticator) -> int:
    """How many recovery codes were not used yet; none where they are sealed with another key."""
    try:
        return len(RecoveryCodes(codes).get_unused_codes())
    except ValidationError:
        return 0


def name_of(factor: Authenticator) -> str:
    """What a form calls a factor: as little of it as tells it from the others of the same person."""
    if factor.type != Authenticator.Type.WEBAUTHN:
        return str(factor.type)
    return hashlib.sha256(factor.data["credential"]["rawId"].encode()).hexdigest()[:16]


# ------------------------------------------------------------------ proving it


def prove_by_code(request: HttpRequest, person: Person, code: str) -> None:
    """A code of the app, good once, or a recovery code. Raises ValidationError; its code is TOO_MANY after five."""
    with in_line():
        form = AuthenticateForm(user=person, data={"code": code})
        if form.is_valid():
            post_authentication(request, form.authenticator)
            return
    problem = form.errors.as_data()["code"][0]
    raise too_many() if problem.code == "too_many_login_attempts" else not_the_code()


def too_many() -> ValidationError:
    """The refusal of the sixth try in five minutes."""
    return ValidationError(_("Too many tries. Wait five minutes, then try again."), code=TOO_MANY)


def not_the_code() -> ValidationError:
    """The refusal of a wrong one."""
    return ValidationError(_("This is not the code. Look at the app again: it shows a new one every half minute."))


def prove_by_passkey(request: HttpRequest, person: Person, written: str) -> None:
    """One of this person's passkeys. Raises ValidationError."""
    post_authentication(request, passkeys.used(person, written))


def may_try_passkey(request: HttpRequest) -> bool:
    """Count a try from this network; False where there were too many."""
    return bool(ratelimit.consume(request, action="passkey"))


def prove_both(request: HttpRequest, passkey: Authenticator) -> None:
    """A passkey that came alone is both factors at once."""
    post_authentication(request, passkey, passwordless=True)


def confirmed_here(request: HttpRequest, person: Person) -> None:
    """This sign-in counts as confirmed from now on: under a new key, and its pages are asked anew who they are."""
    entrance.renew(request)
    signed_out(person)


def is_fresh(request: HttpRequest, person: Person) -> bool:
    """Whether this person has shown lately who they are, in this sign-in."""
    return any(time.time() - one.get("at", 0) < FRESH for one in means(request.session, person))


# ------------------------------------------------------------------ adding


def begin_app(request: HttpRequest) -> None:
    """Make a secret for an authenticator app; it counts once a code of the app has proved that it is there."""
    request.session[SECRET_SESSION_KEY] = generate_totp_secret()


def waiting_secret(request: HttpRequest) -> str:
    """The secret that this sign-in has begun with, or ""."""
    return str(request.session.get(SECRET_SESSION_KEY) or "")


def add_app(request: HttpRequest, person: Person, code: str) -> list[str]:
    """Add the app that shows this code; new recovery codes come back where there were none. Raises ValidationError."""
    if not ratelimit.consume(request, action="login_failed", key=f"add-app-{person.pk}"):
        raise too_many()
    if not validate_totp_code(waiting_secret(request), code):
        raise not_the_code()
    with in_line(), transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).delete()
        app = TOTP.activate(person, request.session.pop(SECRET_SESSION_KEY))
        app.validate_code(code)  # used up: it does not sign in too
        codes = first_codes(person)
    added(request, person, app.instance)
    return codes


def add_passkey(request: HttpRequest, person: Person, name: str, written: str) -> list[str]:
    """Add a passkey; new recovery codes come back where there were none. Raises ValidationError."""
    told = passkeys.made(written)
    with in_line(), transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).count() >= MOST_PASSKEYS:
            raise ValidationError(_("You have twenty passkeys: remove one first."))
        passkey = WebAuthn.add(person, name, told)
        codes = first_codes(person)
    added(request, person, passkey.instance)
    return codes


def added(request: HttpRequest, person: Person, factor: Authenticator) -> None:
    """Whoever has just added it has it in their hands: the sign-in is confirmed by it. A letter tells the owner."""
    post_authentication(request, factor)
    confirmed_here(request, person)
    tell_owner(person, is_added=True)


def tell_owner(person: Person, *, is_added: bool) -> None:
    """Write to whom the account is of: whoever has taken it over would do this first."""
    if person.email:
        mail.write("factor", person.email, (person.language or get_language() or "en")[:2], {"is_added": is_added})


def first_codes(person: Person) -> list[str]:
    """Recovery codes for whoever has none yet; [] where there are some."""
    if Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).exists():
        return []
    return list(RecoveryCodes.activate(person).get_unused_codes())


def new_codes(person: Person) -> list[str]:
    """Recovery codes in place of the old ones, which are good no more."""
    with in_line(), transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
        return first_codes(person)


# ------------------------------------------------------------------ taking away


def remove(request: HttpRequest, person: Person, factor: Authenticator) -> None:
    """Take a factor away, and the recovery codes with the last; all other sign-ins end.

    What was proved with it counts no more here either.
    """
    with in_line(), transaction.atomic():
        factor.delete()
        delete_dangling_recovery_codes(person)
    left = set(Authenticator.objects.filter(user=person).values_list("pk", flat=True))
    kept = [one for one in means(request.session, person) if one.get("method") != "mfa" or one.get("id") in left]
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = kept
    entrance.end(person, others(request, person))
    tell_owner(person, is_added=False)


def others(request: HttpRequest, person: Person) -> QuerySet[Any]:
    """The sign-ins of this person but for the one that asks."""
    return person.sign_ins.exclude(session=request.session.session_key)


def forget(person: Person) -> int:
    """Take all factors of somebody away, who has lost them, and end all their sign-ins; how many factors there were."""
    with in_line(), transaction.atomic():
        count = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES).count()
        Authenticator.objects.filter(user=person).delete()
        Person.objects.filter(pk=person.pk).update(password=make_password(None))  # ends whatever is not listed, too
    entrance.end(person, person.sign_ins.all())
    if count:
        tell_owner(person, is_added=False)
    return count
