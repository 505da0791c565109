"""The published chapter: each version as it was on the day, frozen."""

from django.conf import settings
from django.db import models

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
