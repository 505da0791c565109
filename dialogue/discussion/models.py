"""What is said: contributions, who said them (kept apart), and how one statement stands to another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dialogue.events.models import Attendee, Event, Item, Regime, Session
from dialogue.kept import Kept, Keyed, Listed, one_of
from dialogue.people.models import Language


class Statement(models.Model):
    """The pair of foreign keys of a row that is about a statement: a contribution or a finding."""

    contribution = models.ForeignKey("dialogue.Contribution", models.CASCADE, null=True, related_name="+")
    finding = models.ForeignKey("dialogue.Finding", models.CASCADE, null=True, related_name="+")

    class Meta:
        abstract = True


class ContributionKind(models.TextChoices):
    """What somebody did in saying it."""

    POSITION = "position", _("position")
    QUESTION = "question", _("question")
    COMMENT = "comment", _("comment")


class Attribution(models.TextChoices):
    """The regimes, and off the record: how strict one statement is."""

    NAMED = Regime.NAMED.value, Regime.NAMED.label
    ROLE = Regime.ROLE.value, Regime.ROLE.label
    UNNAMED = Regime.UNNAMED.value, Regime.UNNAMED.label
    CHATHAM_HOUSE = Regime.CHATHAM_HOUSE.value, Regime.CHATHAM_HOUSE.label
    OFF_RECORD = "off_record", _("off the record")


class Contribution(Keyed):
    """One thing said at a table or a forum. Its author stands in `Authorship`: ask `access` how they appear."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="contributions")
    session = models.ForeignKey(Session, models.CASCADE, related_name="contributions")
    item = models.ForeignKey(Item, models.CASCADE, related_name="contributions")
    kind = models.CharField(max_length=16, choices=ContributionKind.choices)
    text = models.TextField()
    language = models.CharField(max_length=2, choices=Language.choices, null=True)
    verb = models.TextField(blank=True)
    attribution = models.CharField(max_length=16, choices=Attribution.choices, null=True)
    recorded = models.BooleanField(default=False)  # spoken, and written down for its speaker
    released = models.BooleanField(default=True)  # false while only staff may see it
    at = models.DateTimeField(null=True)
    at_written = models.TextField(blank=True)

    class Meta(Keyed.Meta):
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="contribution_key_once"),
            models.CheckConstraint(condition=~Q(text=""), name="contribution_has_words"),
            one_of("kind", ContributionKind, "contribution_kind_known"),
            one_of("attribution", Attribution, "contribution_attribution_known"),
            one_of("language", Language, "contribution_language_known"),
        ]


class Authorship(Kept):
    """Who said it. Only access, the count, the archive and the audit read this table."""

    contribution = models.OneToOneField(Contribution, models.CASCADE, related_name="authorship")
    attendee = models.ForeignKey(Attendee, models.CASCADE, related_name="authorships")

    def __str__(self) -> str:
        return str(self.contribution_id)


class RelationKind(models.TextChoices):
    """How one statement stands to another (record format, “Relations”)."""

    OPENS = "opens", _("opens")
    SUPPORTS = "supports", _("supports")
    ECHOES = "echoes", _("echoes")
    BUILDS_ON = "builds_on", _("builds on")
    ILLUSTRATES = "illustrates", _("illustrates")
    AGREES = "agrees", _("agrees with")
    PARTIALLY_AGREES = "partially_agrees", _("agrees in part with")
    CONCEDES = "concedes", _("concedes the point of")
    QUALIFIES = "qualifies", _("qualifies")
    ANSWERS = "answers", _("answers")
    RESPONDS_TO = "responds_to", _("responds to")
    OFFERS_DIFFERENT_VIEW = "offers_different_view", _("sees it differently from")
    DISAGREES = "disagrees", _("disputes")
    CITES = "cites", _("cites")
    SYNTHESISES = "synthesises", _("draws together")


class Relation(Listed):
    """What a statement does to another one, to a finding or to a source; `opens` alone has no target."""

    source_statement = models.ForeignKey(Contribution, models.CASCADE, related_name="relations")
    kind = models.CharField(max_length=24, choices=RelationKind.choices)
    to_contribution = models.ForeignKey(Contribution, models.CASCADE, null=True, related_name="answered_by")
    to_finding = models.ForeignKey("dialogue.Finding", models.CASCADE, null=True, related_name="answered_by")
    to_source = models.ForeignKey("dialogue.Source", models.CASCADE, null=True, related_name="cited_by")

    class Meta(Listed.Meta):
        constraints = [
            one_of("kind", RelationKind, "relation_kind_known"),
            models.CheckConstraint(
                name="relation_only_opens_without_target",
                condition=Q(kind="opens", to_contribution=None, to_finding=None, to_source=None)
                | ~Q(kind="opens")
                & (
                    Q(to_contribution__isnull=False, to_finding=None, to_source=None)
                    | Q(to_contribution=None, to_finding__isnull=False, to_source=None)
                    | Q(to_contribution=None, to_finding=None, to_source__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="relation_not_to_itself",
                condition=Q(to_contribution=None) | ~Q(to_contribution=F("source_statement")),
            ),
        ]

    def __str__(self) -> str:
        return self.kind
