"""The public side: questions from the hall and from home."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dialogue.discussion.models import Contribution
from dialogue.events.models import Event, Item, Session
from dialogue.kept import Keyed, Listed, one_of


class QuestionStatus(models.TextChoices):
    """How far a question has come."""

    PENDING = "pending", _("pending")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    ANSWERED = "answered", _("answered")


class Question(Keyed):
    """A question put to a forum. Without a name it was asked anonymously."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="questions")
    session = models.ForeignKey(Session, models.CASCADE, related_name="questions")
    item = models.ForeignKey(Item, models.CASCADE, null=True, related_name="questions")
    name = models.TextField(null=True)
    text = models.TextField()
    status = models.CharField(max_length=16, choices=QuestionStatus.choices)
    votes = models.PositiveIntegerField(default=0)
    forwarded_to = models.ForeignKey(Item, models.SET_NULL, null=True, related_name="questions_forwarded")

    class Meta(Keyed.Meta):
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="question_key_once"),
            one_of("status", QuestionStatus, "question_status_known"),
        ]


class Answer(Listed):
    """A contribution that answers a question."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.question)
