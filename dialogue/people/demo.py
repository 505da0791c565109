"""The demo's sign-in: one address for each role of the cast, good for this installation only."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.utils.crypto import constant_time_compare, salted_hmac

from dialogue.people.models import Person


def entry_code(role: str) -> str:
    """The code in a role's sign-in address: it can be made only by whoever knows the secret key."""
    return salted_hmac("dialogue.demo.enter", role, algorithm="sha256").hexdigest()[:12]


def cast_member(role: str, code: str) -> Person | None:
    """The sample person of a role, where this is a demo and the code is right."""
    if not settings.DEMO or not constant_time_compare(code, entry_code(role)):
        return None
    return Person.objects.filter(is_sample=True, is_active=True, email=f"{role}@demo.invalid").first()


class KnownPeople(ModelBackend):
    """Whose session still counts: active people, and the demo's cast in a demo only."""

    def user_can_authenticate(self, user: Person | None) -> bool:  # type: ignore[override]
        """Active accounts, and sample people only in the demo."""
        return user is not None and user.is_active and (settings.DEMO or not user.is_sample)
