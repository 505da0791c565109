"""The meeting: the event, its sessions, who is in them in which role, and the outline of what is discussed."""

import secrets
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogue.kept import Kept, Keyed, Listed, one_of
from dialogue.people.models import Language, Person


class Regime(models.TextChoices):
    """The attribution regimes of the record format, in its order: from open to strict."""

    NAMED = "named", _("named")
    ROLE = "role", _("by kind of organisation")
    UNNAMED = "unnamed", _("unnamed")
    CHATHAM_HOUSE = "chatham_house", _("Chatham House Rule")


STRICTNESS = {regime: place for place, regime in enumerate([*Regime.values, "off_record"])}


def strictest(*regimes: str | None) -> str:
    """The strictest of the regimes given; None stands for "as what it belongs to" and is passed over."""
    return max((regime for regime in regimes if regime), key=STRICTNESS.__getitem__)


class Figures(models.TextChoices):
    """Where the chapter prints the figure of a small group beside the agreement words."""

    FIRST_USE = "first_use", _("at the first use of a finding’s words")
    ALWAYS = "always", _("at every use")
    LEGEND = "legend", _("in the legend alone")


class Role(models.TextChoices):
    """The roles of the record format; a person has one in each session."""

    CONVENOR = "convenor", _("convenor")
    MODERATOR = "moderator", _("moderator")
    ASSISTANT = "assistant", _("assistant")
    RAPPORTEUR = "rapporteur", _("rapporteur")
    NOTE_TAKER = "note_taker", _("note-taker")
    PARTICIPANT = "participant", _("participant")
    PANELIST = "panelist", _("panelist")
    OBSERVER = "observer", _("observer")
    INTERPRETER = "interpreter", _("interpreter")
    SECRETARIAT = "secretariat", _("secretariat")
    STAFF = "staff", _("staff")


def new_epoch() -> str:
    """A fresh name for a stretch of a record's life: what follows a restore is told apart from what was before."""
    return secrets.token_hex(6)


class Event(Kept):
    """One meeting, with the facts that its chapter prints about it.

    `turn` counts the writing transactions at its tables: the order of everything that happened there. `audit_…` is
    where the chain of its acts ends: kept apart from them, so that it shows where the last ones are cut off.
    `doors_opened_at`: null while it is being set up, when only its staff knows of it; a loaded record is of an event
    that is there. `second_factor`: its staff is staff only where they have confirmed who they are. `greeting`: the
    convenor’s own lines in the invitation; `notice_…`: their own lines on what is kept.

    `names_kept_days`: so many days after the report is out, and at the latest a year after its sessions, who said what
    under a strict rule is erased; null where that was promised to nobody. `names_erased_at`: it is done.
    """

    slug = models.CharField(max_length=64, unique=True)
    title = models.TextField()
    chapter_number = models.PositiveIntegerField(null=True)
    occasion = models.TextField(blank=True)
    date = models.DateField()
    end_date = models.DateField(null=True)
    time_zone = models.CharField(max_length=64)
    place = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=Language.choices)
    convenor_name = models.TextField()
    convenor_short_name = models.TextField(blank=True)
    series_title = models.TextField(null=True)
    byline = models.TextField(blank=True)
    attribution = models.CharField(max_length=16, choices=Regime.choices, default=Regime.NAMED)
    scale = models.JSONField(
        null=True
    )  # {"several": "1/4", "many": …, "most": …, "nearly_all": …}, or the format's own
    figures = models.CharField(max_length=16, choices=Figures.choices, default=Figures.FIRST_USE)
    scope = models.TextField(blank=True)
    doors_opened_at = models.DateTimeField(null=True, default=timezone.now)
    bilingual = models.BooleanField(default=False)  # people speak either language: each statement says which
    second_factor = models.BooleanField(default=False)
    greeting = models.TextField(blank=True)
    notice_en = models.TextField(blank=True)
    notice_fr = models.TextField(blank=True)
    names_kept_days = models.PositiveSmallIntegerField(null=True)
    names_erased_at = models.DateTimeField(null=True)
    turn = models.PositiveBigIntegerField(default=0)
    epoch = models.CharField(max_length=16, default=new_epoch)
    audit_number = models.PositiveBigIntegerField(default=0)
    audit_hash = models.CharField(max_length=64, blank=True)
    audit_seal = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-date", "slug"]
        constraints = [
            one_of("attribution", Regime, "event_attribution_known"),
            one_of("language", Language, "event_language_known"),
            one_of("figures", Figures, "event_figures_known"),
            models.CheckConstraint(
                condition=Q(names_kept_days=None) | Q(names_kept_days__range=(1, 365)), name="event_names_kept_a_year"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Django’s own; but what others count on meanwhile is never set back to what it was when this one was read."""
        if update_fields is None and not self._state.adding:
            every = {field.name for field in self._meta.concrete_fields if not field.primary_key}
            update_fields = every - {"turn", "epoch", "audit_number", "audit_hash", "audit_seal", "names_erased_at"}
        super().save(*args, update_fields=update_fields, **options)

    @property
    def is_open(self) -> bool:
        """Whether the doors are open: its members may read and speak, and the public may know of it."""
        return self.doors_opened_at is not None


class Partner(Listed):
    """Who helped to hold the event, and the credit line that it wants."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="partners")
    name = models.TextField()
    credit = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class Disclaimer(Listed):
    """A sentence of the convenor’s, printed in the front matter."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="disclaimers")
    text = models.TextField()

    def __str__(self) -> str:
        return self.text


class Attendee(Keyed):
    """Somebody as they stand in one event's record: how name, function and affiliation are printed there.

    The account that they sign in with, if they ever do, is `person`. `prefers`: the regime that they want for what they
    say, where it is stricter than the session's; null: as the session.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="attendees")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="attendances")
    name = models.TextField()
    honorific = models.TextField(blank=True)
    function = models.TextField(blank=True)
    affiliation = models.TextField(blank=True)
    sector = models.TextField(blank=True)
    listed = models.BooleanField(default=True)
    prefers = models.CharField(max_length=16, choices=Regime.choices, null=True)
    aliases = models.JSONField(default=list)  # [str]: other spellings that prose may contain
    family_name = models.TextField(blank=True)  # where it is not the last word of the name
    asks_version = models.PositiveIntegerField(default=0)  # of the list of answers that they are asked for again

    class Meta(Keyed.Meta):
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="attendee_key_once"),
            models.UniqueConstraint(fields=["event", "person"], name="attendee_person_once"),
            one_of("prefers", Regime, "attendee_prefers_known"),
        ]


class SessionKind(models.TextChoices):
    """A closed table or a public forum."""

    ROUNDTABLE = "roundtable", _("roundtable")
    FORUM = "forum", _("public forum")


class SessionAccess(models.TextChoices):
    """Who may read along."""

    CLOSED = "closed", pgettext_lazy("a session", "closed")
    PUBLIC = "public", pgettext_lazy("a session", "public")


class Release(models.TextChoices):
    """When the table sees what was written down for somebody who spoke."""

    AT_ONCE = "at_once", _("at once")
    WITH_ITEM = "with_item", _("when the item is closed")
    WHEN_SEEN = "when_seen", _("when its speaker has seen it")


class NamesInRoom(models.TextChoices):
    """Whose names those in the room see, from open to strict. Outside, the attribution rule holds all the same."""

    SHOWN = "shown", _("those at the table see who speaks, until the session closes")
    AS_RULE = "as_rule", _("as the attribution rule prints them")
    HIDDEN = "hidden", _("an anonymous room: nobody but the staff sees who speaks")


OPENNESS = {one.value: place for place, one in enumerate(NamesInRoom)}  # the lower, the more is seen


class ModeratorCounts(models.TextChoices):
    """When the moderator of a session is one of N. `WHEN_SPEAKING` shows by N that they took sides on an item."""

    NEVER = "never", _("no: whoever moderates is in no count")
    ALWAYS = "always", _("yes, as a participant is")
    WHEN_SPEAKING = "when_speaking", _("where they take a side: the count then shows that they did")


class Session(Keyed):
    """One sitting of the event: the closed table or the public forum, with an attribution rule of its own.

    How it is held: `release`; `blind` (each sees others' stances after their own); `reasons` (reservations and
    disagreement need one); `shows_presence`; `moderator_counts`. `names_in_room`: whether those at a closed table see
    who speaks, while it is open and, where the convenor says so, for a day after. `access_epoch` moves whenever
    somebody's rights in it may have changed, `version` whenever its page says something else about the table as a whole
    (the floor, a span, the conduct).
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions")
    kind = models.CharField(max_length=16, choices=SessionKind.choices)
    title = models.TextField()
    access = models.CharField(max_length=8, choices=SessionAccess.choices, default=SessionAccess.CLOSED)
    date = models.DateField()
    starts = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    attribution = models.CharField(max_length=16, choices=Regime.choices, null=True)
    release = models.CharField(max_length=16, choices=Release.choices, default=Release.AT_ONCE)
    blind = models.BooleanField(default=False)
    reasons = models.BooleanField(default=False)
    shows_presence = models.BooleanField(default=True)
    names_in_room = models.CharField(max_length=8, choices=NamesInRoom.choices, default=NamesInRoom.AS_RULE)
    closed_at = models.DateTimeField(null=True)  # the sitting is over
    names_until = models.DateTimeField(null=True)  # closed, and its members see names that long
    moderator_counts = models.CharField(
        max_length=16, choices=ModeratorCounts.choices, default=ModeratorCounts.WHEN_SPEAKING
    )  # of a session out of an older record; one that is set up begins with `NEVER`
    access_epoch = models.PositiveBigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta(Keyed.Meta):
        constraints = [
            one_of("release", Release, "session_release_known"),
            one_of("names_in_room", NamesInRoom, "session_names_known"),
            models.CheckConstraint(
                condition=Q(names_until=None) | Q(closed_at__isnull=False), name="session_names_kept_once_closed"
            ),
            one_of("moderator_counts", ModeratorCounts, "session_moderator_counts_known"),
            models.UniqueConstraint(fields=["event", "key"], name="session_key_once"),
            one_of("kind", SessionKind, "session_kind_known"),
            one_of("access", SessionAccess, "session_access_known"),
            one_of("attribution", Regime, "session_attribution_known"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        """Whether the sitting is closed."""
        return self.closed_at is not None

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody below the staff may find out who said or holds what."""
        return self.names_in_room == NamesInRoom.HIDDEN

    @property
    def collects_blind(self) -> bool:
        """Whether nobody sees where others stand before a collection closes; always so in an anonymous room."""
        return self.blind or self.is_anonymous


class ItemKind(models.TextChoices):
    """What a heading of the outline is."""

    CONTEXT = "context", _("context")
    PART = "part", _("part")
    THEME = "theme", _("theme")
    SUBTHEME = "subtheme", _("subtheme")
    RECOMMENDATIONS = "recommendations", _("recommendations")


class Item(Keyed):
    """A point of the outline: a part, a theme or a subtheme, with what lies below it."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="items")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="items")
    kind = models.CharField(max_length=16, choices=ItemKind.choices)
    title = models.TextField()
    announces = models.JSONField(default=list)  # [str]: keys of items, or plain words
    discussed = models.BooleanField(default=True)

    class Meta(Keyed.Meta):
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="item_key_once"),
            one_of("kind", ItemKind, "item_kind_known"),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="item_not_in_itself"),
        ]

    def __str__(self) -> str:
        return self.title


class Opening(Kept):
    """An item as it is run in one session: open while `opened_at` is set and `closed_at` is not.

    `version` counts the changes, so that a page knows the newer of two drawings.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="openings")
    item = models.ForeignKey(Item, models.CASCADE, related_name="openings")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "item"], name="opening_once")]

    def __str__(self) -> str:
        return f"{self.item}: {'closed' if self.closed_at else 'open'}"

    @property
    def is_open(self) -> bool:
        """Whether one may speak on the item now."""
        return self.closed_at is None


class ItemRun(Listed):
    """A stretch in which an item was open in one session; `end` is null while it is open now.

    Whoever has a seat during a run is counted for the item. `Opening` is how the item stands now.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="runs")
    item = models.ForeignKey(Item, models.CASCADE, related_name="runs")
    start = models.DateTimeField()
    start_written = models.TextField(blank=True)
    end = models.DateTimeField(null=True)
    end_written = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.item} from {self.start:%H:%M}"


class CurrentSeats(models.Manager):
    """The seats that somebody has now: what gives rights. The count reads `every` seat, also those that ended."""

    def get_queryset(self) -> models.QuerySet:
        """Django's own: the rows."""
        return super().get_queryset().filter(ended_at=None)


class Membership(Listed):
    """A seat: somebody in one session, in one role. Position is the place in the session's list of members.

    A seat ends, and is not deleted once anything was discussed that it counts for (`ended_at`; null: it is somebody's
    now). `started_at` is null for a seat that was there before anything was discussed in its session. `succeeds`: the
    seat of somebody else that this one took over. `objects` are the seats of now, `every` has those that ended too.

    `is_asked`: whoever has this seat agrees to the session's rule before they come in; `agreed_to` is the regime that
    they agreed to, `agreed_names` whose names those in the room see by that, `agreed_at` when. Nobody is asked for a
    seat out of a record.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="memberships")
    attendee = models.ForeignKey(Attendee, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    absences_noted = models.BooleanField(default=False)  # an empty list of absences says: was there all the time
    is_asked = models.BooleanField(default=False)
    agreed_to = models.CharField(max_length=16, choices=Regime.choices, null=True)
    agreed_at = models.DateTimeField(null=True)
    agreed_names = models.CharField(max_length=8, choices=NamesInRoom.choices, default=NamesInRoom.AS_RULE)
    started_at = models.DateTimeField(null=True)
    started_at_written = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_at_written = models.TextField(blank=True)
    succeeds = models.ForeignKey("self", models.SET_NULL, null=True, related_name="successors")

    objects = CurrentSeats()
    every = models.Manager()

    class Meta(Listed.Meta):
        constraints = [
            one_of("role", Role, "membership_role_known"),
            one_of("agreed_names", NamesInRoom, "membership_names_known"),
            one_of("agreed_to", Regime, "membership_agreed_known"),
        ]

    def __str__(self) -> str:
        return f"{self.attendee}: {self.role}"


# A seat that took over another stands at the same place of the list, after it.
SEAT_ORDER = ("position", models.F("started_at").asc(nulls_first=True), "pk")


class Absence(Listed):
    """An item that a member missed, with all below it."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="absences")
    item = models.ForeignKey(Item, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.membership} missed {self.item}"


class Pass(Kept):
    """A role in an event that the record does not hold: the convenor's own people, a role lent for a day."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="passes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="passes")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "person", "role"], name="pass_once"),
            one_of("role", Role, "pass_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"
