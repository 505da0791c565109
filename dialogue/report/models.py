"""The published chapter, each version as it was on the day; and what was answered about names in the text."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dialogue.events.models import Event, Regime
from dialogue.kept import Kept, one_of
from dialogue.people.models import Language


class Publication(Kept):
    """One published version of an event's chapter. `content` is the report's tree as JSON; `digest` its SHA-256."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="publications")
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=2, choices=Language.choices)
    regime = models.CharField(max_length=16, choices=Regime.choices)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["event", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["event", "version"], name="publication_version_once"),
            one_of("regime", Regime, "publication_regime_known"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.version}"


class AnswerKind(models.TextChoices):
    """What was answered."""

    NOT_THE_PERSON = "not_the_person", _("not the person")
    AUTHOR = "author", _("may stand as the author of this source")


class NameAnswer(Kept):
    """What somebody answered about a name in the text.

    `term`: the SHA-256 of what was found (no name is kept here); `place`: of which row and field, "" for the event.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="name_answers")
    kind = models.CharField(max_length=16, choices=AnswerKind.choices)
    term = models.CharField(max_length=64)
    place = models.CharField(max_length=160, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["event", "answered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "kind", "term", "place"], name="name_answered_once"
            ),
            one_of("kind", AnswerKind, "name_answer_known"),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}"
