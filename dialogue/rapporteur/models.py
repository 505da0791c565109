"""What the rapporteur writes: paragraphs with what they rest on, notes, sources, footnotes, recommendations."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dialogue.discussion.models import OnRecord, Statement
from dialogue.events.models import Attendee, Event, Item
from dialogue.kept import Keyed, Listed, exactly_one, one_of
from dialogue.people.models import Language
from dialogue.positions.models import Level


class Origin(models.TextChoices):
    """Whose a paragraph is: the room’s, the forum’s, the literature’s, the rapporteur’s own."""

    ROOM = "room", _("the room")
    FORUM = "forum", _("the forum")
    LITERATURE = "literature", _("literature")
    RAPPORTEUR = "rapporteur", _("rapporteur")


class FootnoteKind(models.TextChoices):
    """What a footnote is for."""

    DEFINITION = "definition", _("definition")
    CITATION = "citation", _("citation")
    REMARK = "remark", _("remark")


class Source(Keyed):
    """A publication that statements cite and footnotes refer to."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="sources")
    author = models.TextField(blank=True)
    title = models.TextField()
    container = models.TextField(blank=True)
    year = models.PositiveIntegerField(null=True)
    date = models.TextField(blank=True)
    url = models.TextField(blank=True)
    accessed = models.TextField(blank=True)
    page = models.TextField(blank=True)

    class Meta(Keyed.Meta):
        constraints = [models.UniqueConstraint(fields=["event", "key"], name="source_key_once")]


class Footnote(Keyed):
    """A footnote of the chapter; numbered only in print, by its first call."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="footnotes")
    kind = models.CharField(max_length=16, choices=FootnoteKind.choices)
    text = models.TextField(blank=True)
    source = models.ForeignKey(Source, models.SET_NULL, null=True, related_name="footnotes")
    page = models.TextField(blank=True)

    class Meta(Keyed.Meta):
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="footnote_key_once"),
            one_of("kind", FootnoteKind, "footnote_kind_known"),
        ]


class Paragraph(Keyed):
    """A paragraph of the chapter. Its text holds marks (`@person`, `{finding}`, `[^footnote]`), never names.

    `unnamed`: whom marks stood for before their names were erased, [{"id", "group", "said"}]: the mark that stands
    there now, the kind of organisation that may be named, the statements of the basis that are behind it.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="paragraphs")
    item = models.ForeignKey(Item, models.CASCADE, related_name="paragraphs")
    origin = models.CharField(max_length=16, choices=Origin.choices)
    text = models.TextField()
    unnamed = models.JSONField(default=list)
    looked_turn = models.PositiveBigIntegerField(default=0)  # the event's turn at which what it rests on was looked at

    class Meta(Keyed.Meta):
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="paragraph_key_once"),
            one_of("origin", Origin, "paragraph_origin_known"),
        ]


class ParagraphBasis(Statement, Listed):
    """A statement that a paragraph rests on."""

    paragraph = models.ForeignKey(Paragraph, models.CASCADE, related_name="basis")
    words_version = models.PositiveIntegerField(default=1)  # of its words, as the rapporteur last confirmed them

    objects = OnRecord.by("contribution")
    every = models.Manager()

    class Meta(Listed.Meta):
        constraints = [exactly_one("paragraph_rests_on_one_thing", "contribution", "finding")]

    def __str__(self) -> str:
        return str(self.paragraph)


class Addressee(Listed):
    """A body to which recommendations are directed."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="addressees")
    name = models.TextField()
    short_name = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class Recommendation(Keyed):
    """One recommendation, or a lettered part of one (then `parent` is set, and there is no level)."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="recommendations")
    addressee = models.ForeignKey(Addressee, models.CASCADE, related_name="recommendations")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="items")
    text = models.TextField()
    level = models.CharField(max_length=24, choices=Level.choices, null=True)
    looked_turn = models.PositiveBigIntegerField(default=0)  # the event's turn at which what it rests on was looked at

    class Meta(Keyed.Meta):
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="recommendation_key_once"),
            one_of("level", Level, "recommendation_level_known"),
            models.CheckConstraint(condition=Q(parent=None) | Q(level=None), name="recommendation_part_claims_nothing"),
        ]


class RecommendationBasis(Statement, Listed):
    """A statement that a recommendation rests on."""

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="basis")
    words_version = models.PositiveIntegerField(default=1)  # of its words, as the rapporteur last confirmed them

    objects = OnRecord.by("contribution")
    every = models.Manager()

    class Meta(Listed.Meta):
        constraints = [exactly_one("recommendation_rests_on_one_thing", "contribution", "finding")]

    def __str__(self) -> str:
        return str(self.recommendation)


class Note(Keyed):
    """A rapporteur's own note: for staff only, in no report."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="notes")
    attendee = models.ForeignKey(Attendee, models.CASCADE, related_name="notes")
    item = models.ForeignKey(Item, models.CASCADE, null=True, related_name="notes")
    text = models.TextField()
    flagged = models.BooleanField(default=False)
    at = models.DateTimeField(null=True)
    at_written = models.TextField(blank=True)

    class Meta(Keyed.Meta):
        constraints = [models.UniqueConstraint(fields=["event", "key"], name="note_key_once")]


class NoteSubject(Statement, Listed):
    """A statement that a note is about."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="about")

    objects = OnRecord.by("contribution")
    every = models.Manager()

    class Meta(Listed.Meta):
        constraints = [exactly_one("note_about_one_thing", "contribution", "finding")]

    def __str__(self) -> str:
        return str(self.note)


class Translation(Listed):
    """The words of one thing in another language. `of` is its key in the record, or "event" for the title.

    `original` is the SHA-256 (hex) of the text that was translated: another one means that it is stale.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="translations")
    of = models.CharField(max_length=64)
    language = models.CharField(max_length=2, choices=Language.choices)
    text = models.TextField()
    original = models.CharField(max_length=64)

    class Meta(Listed.Meta):
        constraints = [one_of("language", Language, "translation_language_known")]

    def __str__(self) -> str:
        return f"{self.of} ({self.language})"
