"""Who signs in: one account per person, whatever the events and the names they are printed under."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from dialogue.kept import Kept


class Language(models.TextChoices):
    """The languages of the interface and of records."""

    ENGLISH = "en", "English"
    FRENCH = "fr", "Français"


class People(BaseUserManager["Person"]):
    """Accounts; an address is the same in capitals."""

    def of_address(self, email: str) -> "Person | None":
        """The account of an address, whatever its capitals; None where nobody has it."""
        return self.filter(email__iexact=email).first()

    def get_by_natural_key(self, username: str | None) -> "Person":
        """The account of an address, whatever its capitals."""
        return self.get(email__iexact=username)


class Person(Kept, AbstractBaseUser):
    """The user model. There are no passwords: people sign in with a code by mail, or in the demo with a button."""

    name = models.CharField(max_length=200)
    email = models.EmailField(unique=True, null=True, blank=True)
    language = models.CharField(max_length=2, choices=Language.choices, blank=True)  # "": as the browser says
    may_convene = models.BooleanField(default=False)  # may set up events of their own
    is_active = models.BooleanField(default=True)
    is_sample = models.BooleanField(default=False)  # one of the demo's cast; refused outside the demo

    looks_as: dict[str, str] = {}  # set where they sign in: `people/signed_in.py`

    objects = People()

    # Whether whoever is in front of the page has proved a second factor in this sign-in. No column: it is set where a
    # sign-in is read (`signed_in.py`, `live/doors.py`), and no without one.
    confirmed = False
    only_in = ""  # likewise: the id of the one event that a sign-in by a ticket is good for
    at_most: frozenset[str] | None = None  # likewise: the roles that such a sign-in is good for; None: all of theirs

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def storage_key(self) -> str:
        """The key (hex) under which their own pages keep unsent words in a browser: nobody has it who is signed out."""
        return salted_hmac("dialogue.people.storage", str(self.pk), algorithm="sha256").hexdigest()

    def is_elsewhere(self, event: object) -> bool:
        """Whether this sign-in is by a ticket of another event: here they are a visitor."""
        return bool(self.only_in) and self.only_in != str(event)
