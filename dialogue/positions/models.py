"""Who stands where: what the rapporteur says that the table holds, stances, and numbers without names."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogue.discussion.models import Contribution, OnRecord, Statement
from dialogue.events.models import Attendee, Event, Item, Session
from dialogue.kept import Kept, Keyed, Listed, exactly_one, one_of


class StanceKind(models.TextChoices):
    """Where somebody stands."""

    AGREE = "agree", _("agrees")
    RESERVATIONS = "reservations", _("agrees with reservations")
    DISAGREE = "disagree", _("disagrees")
    ABSTAIN = "abstain", _("abstains")


class Level(models.TextChoices):
    """The agreement words of the record format: quantifiers, then patterns."""

    ONE = "one", _("one participant")
    TWO = "two", _("two participants")
    SOME = "some", _("some participants")
    SEVERAL = "several", _("several participants")
    MANY = "many", _("many participants")
    MOST = "most", _("most participants")
    NEARLY_ALL = "nearly_all", _("nearly all participants")
    ALL = "all", _("all participants")
    PARTICIPANTS = "participants", _("participants")
    OTHERS = "others", _("others")
    NO_OBJECTION = "no_objection", _("no objection")
    CONSENSUS = "consensus", _("consensus")
    GENERAL = "general", _("general agreement")
    STRONG = "strong", _("strong agreement")
    SOME_DISAGREEMENT = "some_disagreement", _("some disagreement")
    DIVIDED = "divided", _("divided views")
    WIDE = "wide", _("widely varied opinions")
    TOO_FEW = "too_few", _("too few positions")


class CountKind(models.TextChoices):
    """How numbers without names were taken."""

    HANDS = "hands", _("show of hands")
    POLL = "poll", _("poll")


class CallKind(models.TextChoices):
    """What was done at the table to make sure of a finding."""

    CHECK_ROUND = "check_round", _("check-round")
    READ_BACK = "read_back", _("read-back")
    CONSENSUS = "consensus", _("call for consensus")


class Outcome(models.TextChoices):
    """What became of a matter on which a finding speaks."""

    ADOPTED = "adopted", pgettext_lazy("outcome", "adopted")
    NOT_ADOPTED = "not_adopted", pgettext_lazy("outcome", "not adopted")
    WITHDRAWN = "withdrawn", pgettext_lazy("outcome", "withdrawn")
    OPEN = "open", pgettext_lazy("outcome", "open")


class DecisionRule(models.TextChoices):
    """By which rule a matter is decided: no word of agreement follows from it."""

    CONSENSUS = "consensus", pgettext_lazy("rule of decision", "consensus")
    CONSENT = "consent", pgettext_lazy("rule of decision", "consent")
    MAJORITY = "majority", pgettext_lazy("rule of decision", "majority")


class Count(Keyed):
    """A show of hands or a poll: numbers without names."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="counts")
    session = models.ForeignKey(Session, models.CASCADE, related_name="counts")
    item = models.ForeignKey(Item, models.CASCADE, related_name="counts")
    question = models.TextField()
    kind = models.CharField(max_length=8, choices=CountKind.choices)
    at = models.DateTimeField(null=True)
    at_written = models.TextField(blank=True)
    present = models.PositiveIntegerField()
    agree = models.PositiveIntegerField(null=True)  # the tally: all four, or none of them
    reservations = models.PositiveIntegerField(null=True)
    disagree = models.PositiveIntegerField(null=True)
    abstain = models.PositiveIntegerField(null=True)
    options = models.JSONField(default=list)  # [{"text": str, "votes": int}]

    class Meta(Keyed.Meta):
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="count_key_once"),
            one_of("kind", CountKind, "count_kind_known"),
            models.CheckConstraint(
                name="count_tally_whole_or_none",
                condition=Q(agree=None, reservations=None, disagree=None, abstain=None)
                | Q(
                    agree__isnull=False,
                    reservations__isnull=False,
                    disagree__isnull=False,
                    abstain__isnull=False,
                ),
            ),
        ]


class Finding(Keyed):
    """A sentence about the table together, with the level of agreement that it claims and what it rests on."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="findings")
    item = models.ForeignKey(Item, models.CASCADE, related_name="findings")
    session = models.ForeignKey(Session, models.CASCADE, null=True, related_name="findings")  # null: the event's
    text = models.TextField()
    level = models.CharField(max_length=24, choices=Level.choices)
    pair = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    reason = models.TextField(blank=True)  # why it is claimed although the record does not reach it
    count = models.ForeignKey(Count, models.SET_NULL, null=True, related_name="findings")
    call = models.CharField(max_length=16, choices=CallKind.choices, null=True)
    call_at = models.DateTimeField(null=True)
    call_at_written = models.TextField(blank=True)
    call_present = models.PositiveIntegerField(null=True)
    call_objections = models.PositiveIntegerField(null=True)  # sustained ones
    outcome = models.CharField(max_length=16, choices=Outcome.choices, null=True)
    decision_rule = models.CharField(max_length=16, choices=DecisionRule.choices, null=True)
    decision_majority = models.CharField(max_length=5, blank=True)  # as 2:3; "" under another rule
    is_open = models.BooleanField(default=False)  # put to the table: stances are taken now
    version = models.PositiveIntegerField(default=1)
    words_version = models.PositiveIntegerField(default=1)
    words_turn = models.PositiveBigIntegerField(default=0)  # the event's turn at which its words last changed
    voices = models.PositiveIntegerField(default=0)

    class Meta(Keyed.Meta):
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="finding_key_once"),
            models.CheckConstraint(condition=~Q(text=""), name="finding_has_words"),
            one_of("level", Level, "finding_level_known"),
            one_of("call", CallKind, "finding_call_known"),
            one_of("outcome", Outcome, "finding_outcome_known"),
            models.CheckConstraint(
                name="finding_majority_under_its_rule",
                condition=(Q(decision_rule=None) | Q(decision_rule__in=["consensus", "consent"]))
                & Q(decision_majority="")
                | Q(decision_rule="majority") & ~Q(decision_majority=""),
            ),
            models.CheckConstraint(
                name="finding_call_whole_or_none",
                condition=Q(call=None, call_present=None, call_objections=None)
                | Q(call__isnull=False, call_present__isnull=False, call_objections__isnull=False),
            ),
        ]


class FormerFinding(Kept):
    """An earlier wording of a finding, with what was counted on it: it stays citable."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="former")
    words_version = models.PositiveIntegerField()
    text = models.TextField()
    count = models.ForeignKey(Count, models.SET_NULL, null=True, related_name="former_findings")
    call = models.CharField(max_length=16, choices=CallKind.choices, null=True)
    call_at = models.DateTimeField(null=True)
    call_at_written = models.TextField(blank=True)
    call_present = models.PositiveIntegerField(null=True)
    call_objections = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()  # when it was replaced

    class Meta:
        ordering = ["words_version"]
        constraints = [
            one_of("call", CallKind, "former_finding_call_known"),
            models.UniqueConstraint(fields=["finding", "words_version"], name="former_finding_once"),
            models.CheckConstraint(condition=~Q(text=""), name="former_finding_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.finding} as of words {self.words_version}"


class FindingBasis(Listed):
    """A statement that a finding rests on; `words_version`: of its words, as the rapporteur last confirmed them."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="basis")
    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="+")
    words_version = models.PositiveIntegerField(default=1)

    objects = OnRecord.by("contribution")
    every = models.Manager()

    def __str__(self) -> str:
        return f"{self.finding} rests on {self.contribution}"


class RosterPlace(Listed):
    """Somebody of whom a finding was asked: fixed when it was put to the table, whoever comes or goes afterwards."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="roster")
    attendee = models.ForeignKey(Attendee, models.CASCADE, related_name="roster_places")

    class Meta(Listed.Meta):
        constraints = [models.UniqueConstraint(fields=["finding", "attendee"], name="roster_place_once")]

    def __str__(self) -> str:
        return f"{self.attendee} was asked for {self.finding}"


class Stance(Statement, Listed):
    """Where one person stands on a position or a finding: one row a person and target.

    `words_version`: the version of the words that its owner answered on. `carried_to`: a later one, to which its author
    claims that only the spelling changed. `refused_at`: the version that its owner called “not the same”.

    `attendee` is null once names are erased; `group` is then the kind of organisation that may be named for its owner.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="stances")
    attendee = models.ForeignKey(Attendee, models.CASCADE, null=True, related_name="stances")
    group = models.TextField(blank=True, default="")
    stance = models.CharField(max_length=16, choices=StanceKind.choices)
    strong = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    recorded = models.BooleanField(default=False)  # given aloud, entered for its owner
    version = models.PositiveIntegerField(default=1)
    words_version = models.PositiveIntegerField(default=1)
    carried_to = models.PositiveIntegerField(null=True)
    refused_at = models.PositiveIntegerField(null=True)

    objects = OnRecord.by("contribution")
    every = models.Manager()

    class Meta(Listed.Meta):
        constraints = [
            exactly_one("stance_on_one_thing", "contribution", "finding"),
            models.UniqueConstraint(fields=["attendee", "contribution"], name="stance_once_a_position"),
            models.UniqueConstraint(fields=["attendee", "finding"], name="stance_once_a_finding"),
            one_of("stance", StanceKind, "stance_kind_known"),
        ]

    def __str__(self) -> str:
        return self.stance


class FrozenKind(models.TextChoices):
    """What was counted."""

    FINDING = "finding", _("finding")
    POSITION = "position", _("position")
    TOGETHER = "together", _("together")  # several things that a recommendation rests on


class FrozenCount(Listed):
    """What the record held on something when the names behind it were erased: the count goes on from these numbers.

    `of`: the keys of what was counted; `numbers`: as the record format has them.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="frozen_counts")
    kind = models.CharField(max_length=16, choices=FrozenKind.choices)
    of = models.JSONField(default=list)  # [str]
    numbers = models.JSONField(default=dict)

    class Meta(Listed.Meta):
        constraints = [one_of("kind", FrozenKind, "frozen_count_kind_known")]

    def __str__(self) -> str:
        return f"{self.kind} {self.of}"


class Assent(Statement, Listed):
    """How many the rapporteur saw assent to a statement or a finding, out of those present. It enters no count."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="assents")
    seen = models.PositiveIntegerField()
    present = models.PositiveIntegerField()
    at = models.DateTimeField(null=True)
    at_written = models.TextField(blank=True)
    confirmed = models.BooleanField(null=True)  # at a read-back; None before one
    words_version = models.PositiveIntegerField(default=1)  # of the words on which it was seen

    objects = OnRecord.by("contribution")
    every = models.Manager()

    class Meta(Listed.Meta):
        constraints = [
            exactly_one("assent_on_one_thing", "contribution", "finding"),
            models.UniqueConstraint(fields=["contribution"], name="assent_once_a_statement"),
            models.UniqueConstraint(fields=["finding"], name="assent_once_a_finding"),
            models.CheckConstraint(name="assent_within_those_present", condition=Q(seen__lte=models.F("present"))),
        ]

    def __str__(self) -> str:
        return f"{self.seen} of {self.present}"


class FormerStance(Listed):
    """What somebody's stance was before they changed it."""

    current = models.ForeignKey(Stance, models.CASCADE, related_name="history")
    stance = models.CharField(max_length=16, choices=StanceKind.choices)
    reason = models.TextField(blank=True)
    words_version = models.PositiveIntegerField(default=1)  # that it was on
    at = models.DateTimeField(null=True)
    at_written = models.TextField(blank=True)

    class Meta(Listed.Meta):
        constraints = [one_of("stance", StanceKind, "former_stance_kind_known")]

    def __str__(self) -> str:
        return self.stance
