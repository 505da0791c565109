"""Inviting: who was asked to come, at which address; and names that are not confirmed yet."""

from django.db import models

from dialogue.events.models import Attendee
from dialogue.kept import Kept
from dialogue.mail.models import Mail
from dialogue.people.models import Language


class Invitation(Kept):
    """Where to reach somebody of an event, and what has become of the letter that asks them to come.

    `mail` is the last letter; null: none was written yet. Nobody has the address but those who invite.
    """

    attendee = models.OneToOneField(Attendee, models.CASCADE, related_name="invitation")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2, choices=Language.choices)
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, related_name="+")
    times = models.PositiveSmallIntegerField(default=0)  # that a letter was written
    bounced_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class NameRequest(Kept):
    """How somebody wants to be printed, whose words stand in the record under another name: for the staff to agree to.

    Only its owner and those who invite read it; it goes away when it is agreed to, or not.
    """

    attendee = models.OneToOneField(Attendee, models.CASCADE, related_name="name_request")
    name = models.TextField()
    function = models.TextField(blank=True)
    affiliation = models.TextField(blank=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class UnconfirmedName(Kept):
    """A name or affiliation that somebody set for themselves, and the staff have not confirmed.

    `name`, `affiliation`: those that were confirmed last. They alone stop a report in which they are typed.
    """

    attendee = models.OneToOneField(Attendee, models.CASCADE, related_name="unconfirmed_name")
    name = models.TextField()
    affiliation = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.pk)
