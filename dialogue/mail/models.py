"""Mail on its way out: written in the transaction of what it tells, sent afterwards."""

from django.db import models
from django.utils import timezone

from dialogue.kept import Kept
from dialogue.people.models import Language


class Mail(Kept):
    """One letter to one address. What it says is kept until it is sent, and in a demo, which sends nothing, for good.

    A mail without an address goes nowhere: a code that is asked for where nobody has the address costs as much as one.
    """

    to = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=2, choices=Language.choices)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True)  # a file in iCalendar's format (RFC 5545)
    answer_to = models.CharField(max_length=254, blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)
