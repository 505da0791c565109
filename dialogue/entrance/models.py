"""Coming in: codes that sign somebody in, tickets of those who cannot get at their mail, and who is signed in where."""

from django.conf import settings
from django.db import models

from dialogue.events.models import Attendee
from dialogue.kept import Kept, one_of
from dialogue.people.models import Person


class Code(Kept):
    """A code that was sent, counted apart from the sign-in that it is for: many tries at once are still many tries.

    The code itself lies in the session of who asked for it.
    """

    until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    spent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "spent" if self.spent_at else "open"


class TicketKind(models.TextChoices):
    """How a ticket is handed over: read out, or shown as a QR code."""

    NUMBER = "number", "number"
    QR = "qr", "qr"


class Ticket(Kept):
    """Lets one person of an event in, once, within minutes. What is on it is kept only as what it is known again by.

    `by` is the account of who handed it over.
    """

    attendee = models.ForeignKey(Attendee, models.CASCADE, related_name="tickets")
    kind = models.CharField(max_length=8, choices=TicketKind.choices)
    seal = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField()
    spent_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [one_of("kind", TicketKind, "ticket_kind_known")]

    def __str__(self) -> str:
        return "spent" if self.spent_at else "open"


class SignIn(Kept):
    """A browser in which somebody is signed in, for them to recognise it by; gone when the sign-in is.

    No network address is kept, and of what the browser says of itself two words.
    """

    session = models.OneToOneField("sessions.Session", on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_ins")
    since = models.DateTimeField()
    browser = models.CharField(max_length=20, blank=True)
    system = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["-since"]

    def __str__(self) -> str:
        return f"{self.browser} {self.system}".strip()
