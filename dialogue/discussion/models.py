"""What is said: contributions, who said them (kept apart), and how one statement stands to another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dialogue.events.models import Attendee, Event, Item, Regime, Session
from dialogue.kept import Kept, Keyed, Listed, one_of
from dialogue.people.models import Language, Person


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


class State(models.TextChoices):
    """Whether the words still stand. A place once taken stays."""

    SAID = "said", _("said")
    WITHDRAWN = "withdrawn", _("withdrawn")  # by its author; versions stay for those who may read them
    ERASED = "erased", _("erased")  # was off the record: no words and no versions are left


class OnRecord(models.Manager):
    """The rows that are about what still stands: the rest is for the live page and the backup alone."""

    paths: tuple[str, ...] = ()  # a class's own: Django makes related managers of the class, without arguments

    @classmethod
    def by(cls, *paths: str) -> "OnRecord":
        """A manager of rows that lead to a contribution by these columns; "" is the contribution itself."""
        return type("OnRecord", (cls,), {"paths": paths})()

    def get_queryset(self) -> models.QuerySet:
        """Django's own: the rows."""
        rows = super().get_queryset()
        for path in self.paths:
            stands = Q(**{f"{path}__state" if path else "state": State.SAID})
            rows = rows.filter(stands | Q(**{path: None}) if path else stands)
        return rows


class Contribution(Keyed):
    """One thing said at a table or a forum. Its author stands in `Authorship`: ask `access` how they appear.

    `group`: the kind of organisation that may be named for its author, fixed when it was made; "" for none.
    `version` counts what changed its drawing, `voices` the stances taken on it; `appeared` is the event's turn at
    which the table first saw it, `thread` its path below what it answers (see `threads.py`). `words_version` counts
    what changed its words beyond spelling, withdrawing too; `words_turn` is the event's turn at which that was last.
    `objects` are those on record; `every` has the withdrawn and the erased ones too.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="contributions")
    session = models.ForeignKey(Session, models.CASCADE, related_name="contributions")
    item = models.ForeignKey(Item, models.CASCADE, related_name="contributions")
    kind = models.CharField(max_length=16, choices=ContributionKind.choices)
    text = models.TextField()
    language = models.CharField(max_length=2, choices=Language.choices, null=True)
    verb = models.TextField(blank=True)
    attribution = models.CharField(max_length=16, choices=Attribution.choices, null=True)
    group = models.TextField(blank=True, default="")
    recorded = models.BooleanField(default=False)  # spoken, and written down for its speaker
    released = models.BooleanField(default=True)  # false while only staff may see it
    at = models.DateTimeField(null=True)
    at_written = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.SAID)
    hidden = models.BooleanField(default=False)  # by the moderator; not `released` as long as it is
    hidden_why = models.TextField(blank=True)
    confirmed = models.BooleanField(default=False)  # recorded, and its speaker has said: so it was
    echoes_struck = models.BooleanField(default=False)  # repeats words that were struck: for those who run the table
    stances_open = models.BooleanField(default=False)  # collected blind, and shown to everybody since
    version = models.PositiveIntegerField(default=1)
    words_version = models.PositiveIntegerField(default=1)
    words_turn = models.PositiveBigIntegerField(default=0)
    voices = models.PositiveIntegerField(default=0)
    appeared = models.PositiveBigIntegerField(default=0)
    thread = models.CharField(max_length=40, blank=True)

    objects = OnRecord.by("")
    every = models.Manager()

    class Meta(Keyed.Meta):
        indexes = [
            models.Index(fields=["session", "item", "thread"], name="contribution_in_thread"),
            models.Index(fields=["session", "item", "position"], name="contribution_in_time"),
            models.Index(fields=["session", "item", "appeared", "released"], name="contribution_seen"),  # counts places
            models.Index(fields=["event", "position"], name="contribution_place"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="contribution_key_once"),
            models.CheckConstraint(condition=~Q(text="") | ~Q(state="said"), name="contribution_has_words"),
            models.CheckConstraint(condition=~Q(state="erased") | Q(text=""), name="contribution_erased_is_empty"),
            one_of("state", State, "contribution_state_known"),
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

    objects = OnRecord.by("source_statement", "to_contribution")
    every = models.Manager()

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


class FormerWords(Kept):
    """What a contribution said, and under which rule, before its author changed it. `version`: the one it was.

    Of several with one `words_version` the last is how those words were spelled in the end.
    """

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="former")
    version = models.PositiveIntegerField()
    words_version = models.PositiveIntegerField(default=1)
    text = models.TextField()
    attribution = models.CharField(max_length=16, choices=Attribution.choices, null=True)
    at = models.DateTimeField()  # when it was replaced
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["contribution", "version"], name="former_words_once"),
            one_of("attribution", Attribution, "former_words_attribution_known"),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id} as of version {self.version}"


class Span(Kept):
    """A stretch of time at a table under a stricter rule: “the next bit is not for attribution”."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="spans")
    attribution = models.CharField(max_length=16, choices=Attribution.choices)
    start = models.DateTimeField()
    end = models.DateTimeField(null=True)

    class Meta:
        ordering = ["start"]
        constraints = [
            one_of("attribution", Attribution, "span_attribution_known"),
            models.CheckConstraint(condition=Q(end=None) | Q(end__gte=F("start")), name="span_ends_after_it_begins"),
            models.UniqueConstraint(fields=["session"], condition=Q(end=None), name="span_open_once"),
        ]

    def __str__(self) -> str:
        return self.attribution
