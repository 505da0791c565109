"""Every table of an event's record: who, what was said, who stands where, what was written.

Frozen: later ones are added."""

import dialogue.kept
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254, null=True, unique=True)),
                (
                    "language",
                    models.CharField(blank=True, choices=[("en", "English"), ("fr", "Français")], max_length=2),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("is_sample", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("slug", models.CharField(max_length=64, unique=True)),
                ("title", models.TextField()),
                ("chapter_number", models.PositiveIntegerField(null=True)),
                ("occasion", models.TextField(blank=True)),
                ("date", models.DateField()),
                ("end_date", models.DateField(null=True)),
                ("time_zone", models.CharField(max_length=64)),
                ("place", models.TextField(blank=True)),
                ("language", models.CharField(choices=[("en", "English"), ("fr", "Français")], max_length=2)),
                ("convenor_name", models.TextField()),
                ("convenor_short_name", models.TextField(blank=True)),
                ("series_title", models.TextField(null=True)),
                ("byline", models.TextField(blank=True)),
                (
                    "attribution",
                    models.CharField(
                        choices=[
                            ("named", "named"),
                            ("role", "by kind of organisation"),
                            ("unnamed", "unnamed"),
                            ("chatham_house", "Chatham House Rule"),
                        ],
                        default="named",
                        max_length=16,
                    ),
                ),
                ("scale", models.JSONField(null=True)),
                ("scope", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-date", "slug"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("attribution__in", ["named", "role", "unnamed", "chatham_house"])),
                        name="event_attribution_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "fr"])), name="event_language_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="partners", to="dialogue.event"
                    ),
                ),
                ("name", models.TextField()),
                ("credit", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Disclaimer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="disclaimers", to="dialogue.event"
                    ),
                ),
                ("text", models.TextField()),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Attendee",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("key", models.CharField(default=dialogue.kept.new_key, max_length=64)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attendees", to="dialogue.event"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="attendances",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name", models.TextField()),
                ("honorific", models.TextField(blank=True)),
                ("function", models.TextField(blank=True)),
                ("affiliation", models.TextField(blank=True)),
                ("sector", models.TextField(blank=True)),
                ("listed", models.BooleanField(default=True)),
                ("aliases", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("event", "key"), name="attendee_key_once"),
                    models.UniqueConstraint(fields=("event", "person"), name="attendee_person_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("key", models.CharField(default=dialogue.kept.new_key, max_length=64)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to="dialogue.event"
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=[("roundtable", "roundtable"), ("forum", "public forum")], max_length=16),
                ),
                ("title", models.TextField()),
                (
                    "access",
                    models.CharField(
                        choices=[("closed", "closed"), ("public", "public")], default="closed", max_length=8
                    ),
                ),
                ("date", models.DateField()),
                (
                    "attribution",
                    models.CharField(
                        choices=[
                            ("named", "named"),
                            ("role", "by kind of organisation"),
                            ("unnamed", "unnamed"),
                            ("chatham_house", "Chatham House Rule"),
                        ],
                        max_length=16,
                        null=True,
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("event", "key"), name="session_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["roundtable", "forum"])), name="session_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("access__in", ["closed", "public"])), name="session_access_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attribution__in", ["named", "role", "unnamed", "chatham_house"])),
                        name="session_attribution_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("key", models.CharField(default=dialogue.kept.new_key, max_length=64)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="dialogue.event"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="items", to="dialogue.item"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("context", "context"),
                            ("part", "part"),
                            ("theme", "theme"),
                            ("subtheme", "subtheme"),
                            ("recommendations", "recommendations"),
                        ],
                        max_length=16,
                    ),
                ),
                ("title", models.TextField()),
                ("announces", models.JSONField(default=list)),
                ("discussed", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("event", "key"), name="item_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["context", "part", "theme", "subtheme", "recommendations"])),
                        name="item_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parent", models.F("id")), _negated=True), name="item_not_in_itself"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="dialogue.session"
                    ),
                ),
                (
                    "attendee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="dialogue.attendee"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("convenor", "convenor"),
                            ("moderator", "moderator"),
                            ("assistant", "assistant"),
                            ("rapporteur", "rapporteur"),
                            ("note_taker", "note-taker"),
                            ("participant", "participant"),
                            ("panelist", "panelist"),
                            ("observer", "observer"),
                            ("interpreter", "interpreter"),
                            ("secretariat", "secretariat"),
                            ("staff", "staff"),
                        ],
                        max_length=16,
                    ),
                ),
                ("absences_noted", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "convenor",
                                    "moderator",
                                    "assistant",
                                    "rapporteur",
                                    "note_taker",
                                    "participant",
                                    "panelist",
                                    "observer",
                                    "interpreter",
                                    "secretariat",
                                    "staff",
                                ],
                            )
                        ),
                        name="membership_role_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="absences", to="dialogue.membership"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dialogue.item"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Pass",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="passes", to="dialogue.event"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="passes", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("convenor", "convenor"),
                            ("moderator", "moderator"),
                            ("assistant", "assistant"),
                            ("rapporteur", "rapporteur"),
                            ("note_taker", "note-taker"),
                            ("participant", "participant"),
                            ("panelist", "panelist"),
                            ("observer", "observer"),
                            ("interpreter", "interpreter"),
                            ("secretariat", "secretariat"),
                            ("staff", "staff"),
                        ],
                        max_length=16,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("event", "person", "role"), name="pass_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "convenor",
                                    "moderator",
                                    "assistant",
                                    "rapporteur",
                                    "note_taker",
                                    "participant",
                                    "panelist",
                                    "observer",
                                    "interpreter",
                                    "secretariat",
                                    "staff",
                                ],
                            )
                        ),
                        name="pass_role_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("key", models.CharField(default=dialogue.kept.new_key, max_length=64)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contributions", to="dialogue.event"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contributions", to="dialogue.session"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contributions", to="dialogue.item"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("position", "position"), ("question", "question"), ("comment", "comment")],
                        max_length=16,
                    ),
                ),
                ("text", models.TextField()),
                (
                    "language",
                    models.CharField(choices=[("en", "English"), ("fr", "Français")], max_length=2, null=True),
                ),
                ("verb", models.TextField(blank=True)),
                (
                    "attribution",
                    models.CharField(
                        choices=[
                            ("named", "named"),
                            ("role", "by kind of organisation"),
                            ("unnamed", "unnamed"),
                            ("chatham_house", "Chatham House Rule"),
                            ("off_record", "off the record"),
                        ],
                        max_length=16,
                        null=True,
                    ),
                ),
                ("recorded", models.BooleanField(default=False)),
                ("released", models.BooleanField(default=True)),
                ("at", models.DateTimeField(null=True)),
                ("at_written", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("event", "key"), name="contribution_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="contribution_has_words"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["position", "question", "comment"])),
                        name="contribution_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attribution__in", ["named", "role", "unnamed", "chatham_house", "off_record"])
                        ),
                        name="contribution_attribution_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "fr"])), name="contribution_language_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Authorship",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "contribution",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="authorship",
                        to="dialogue.contribution",
                    ),
                ),
                (
                    "attendee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="authorships", to="dialogue.attendee"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Count",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("key", models.CharField(default=dialogue.kept.new_key, max_length=64)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="counts", to="dialogue.event"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="counts", to="dialogue.session"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="counts", to="dialogue.item"
                    ),
                ),
                ("question", models.TextField()),
                ("kind", models.CharField(choices=[("hands", "show of hands"), ("poll", "poll")], max_length=8)),
                ("at", models.DateTimeField(null=True)),
                ("at_written", models.TextField(blank=True)),
                ("present", models.PositiveIntegerField()),
                ("agree", models.PositiveIntegerField(null=True)),
                ("reservations", models.PositiveIntegerField(null=True)),
                ("disagree", models.PositiveIntegerField(null=True)),
                ("abstain", models.PositiveIntegerField(null=True)),
                ("options", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("event", "key"), name="count_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["hands", "poll"])), name="count_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("abstain", None), ("agree", None), ("disagree", None), ("reservations", None)),
                            models.Q(
                                ("abstain__isnull", False),
                                ("agree__isnull", False),
                                ("disagree__isnull", False),
                                ("reservations__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="count_tally_whole_or_none",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("key", models.CharField(default=dialogue.kept.new_key, max_length=64)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="dialogue.event"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="dialogue.item"
                    ),
                ),
                ("text", models.TextField()),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("one", "one participant"),
                            ("two", "two participants"),
                            ("some", "some participants"),
                            ("several", "several participants"),
                            ("many", "many participants"),
                            ("most", "most participants"),
                            ("nearly_all", "nearly all participants"),
                            ("all", "all participants"),
                            ("participants", "participants"),
                            ("others", "others"),
                            ("no_objection", "no objection"),
                            ("consensus", "consensus"),
                            ("general", "general agreement"),
                            ("strong", "strong agreement"),
                            ("some_disagreement", "some disagreement"),
                            ("divided", "divided views"),
                            ("wide", "widely varied opinions"),
                            ("too_few", "too few positions"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "pair",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="dialogue.finding"
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                (
                    "count",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="findings",
                        to="dialogue.count",
                    ),
                ),
                (
                    "call",
                    models.CharField(
                        choices=[
                            ("check_round", "check-round"),
                            ("read_back", "read-back"),
                            ("consensus", "call for consensus"),
                        ],
                        max_length=16,
                        null=True,
                    ),
                ),
                ("call_at", models.DateTimeField(null=True)),
                ("call_at_written", models.TextField(blank=True)),
                ("call_present", models.PositiveIntegerField(null=True)),
                ("call_objections", models.PositiveIntegerField(null=True)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("event", "key"), name="finding_key_once"),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="finding_has_words"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "level__in",
                                [
                                    "one",
                                    "two",
                                    "some",
                                    "several",
                                    "many",
                                    "most",
                                    "nearly_all",
                                    "all",
                                    "participants",
                                    "others",
                                    "no_objection",
                                    "consensus",
                                    "general",
                                    "strong",
                                    "some_disagreement",
                                    "divided",
                                    "wide",
                                    "too_few",
                                ],
                            )
                        ),
                        name="finding_level_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("call__in", ["check_round", "read_back", "consensus"])),
                        name="finding_call_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("call", None), ("call_objections", None), ("call_present", None)),
                            models.Q(
                                ("call__isnull", False),
                                ("call_objections__isnull", False),
                                ("call_present__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="finding_call_whole_or_none",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("key", models.CharField(default=dialogue.kept.new_key, max_length=64)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sources", to="dialogue.event"
                    ),
                ),
                ("author", models.TextField(blank=True)),
                ("title", models.TextField()),
                ("container", models.TextField(blank=True)),
                ("year", models.PositiveIntegerField(null=True)),
                ("date", models.TextField(blank=True)),
                ("url", models.TextField(blank=True)),
                ("accessed", models.TextField(blank=True)),
                ("page", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("event", "key"), name="source_key_once")],
            },
        ),
        migrations.CreateModel(
            name="Relation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "source_statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relations",
                        to="dialogue.contribution",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opens", "opens"),
                            ("supports", "supports"),
                            ("echoes", "echoes"),
                            ("builds_on", "builds on"),
                            ("illustrates", "illustrates"),
                            ("agrees", "agrees with"),
                            ("partially_agrees", "agrees in part with"),
                            ("concedes", "concedes the point of"),
                            ("qualifies", "qualifies"),
                            ("answers", "answers"),
                            ("responds_to", "responds to"),
                            ("offers_different_view", "sees it differently from"),
                            ("disagrees", "disputes"),
                            ("cites", "cites"),
                            ("synthesises", "draws together"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "to_contribution",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answered_by",
                        to="dialogue.contribution",
                    ),
                ),
                (
                    "to_finding",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answered_by",
                        to="dialogue.finding",
                    ),
                ),
                (
                    "to_source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cited_by",
                        to="dialogue.source",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "opens",
                                    "supports",
                                    "echoes",
                                    "builds_on",
                                    "illustrates",
                                    "agrees",
                                    "partially_agrees",
                                    "concedes",
                                    "qualifies",
                                    "answers",
                                    "responds_to",
                                    "offers_different_view",
                                    "disagrees",
                                    "cites",
                                    "synthesises",
                                ],
                            )
                        ),
                        name="relation_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "opens"), ("to_contribution", None), ("to_finding", None), ("to_source", None)
                            ),
                            models.Q(
                                models.Q(("kind", "opens"), _negated=True),
                                models.Q(
                                    models.Q(
                                        ("to_contribution__isnull", False), ("to_finding", None), ("to_source", None)
                                    ),
                                    models.Q(
                                        ("to_contribution", None), ("to_finding__isnull", False), ("to_source", None)
                                    ),
                                    models.Q(
                                        ("to_contribution", None), ("to_finding", None), ("to_source__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="relation_only_opens_without_target",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_contribution", None),
                            models.Q(("to_contribution", models.F("source_statement")), _negated=True),
                            _connector="OR",
                        ),
                        name="relation_not_to_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FindingBasis",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="basis", to="dialogue.finding"
                    ),
                ),
                (
                    "contribution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dialogue.contribution"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Stance",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "contribution",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dialogue.contribution",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dialogue.finding"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stances", to="dialogue.event"
                    ),
                ),
                (
                    "attendee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stances", to="dialogue.attendee"
                    ),
                ),
                (
                    "stance",
                    models.CharField(
                        choices=[
                            ("agree", "agrees"),
                            ("reservations", "agrees with reservations"),
                            ("disagree", "disagrees"),
                            ("abstain", "abstains"),
                        ],
                        max_length=16,
                    ),
                ),
                ("strong", models.BooleanField(default=False)),
                ("reason", models.TextField(blank=True)),
                ("recorded", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("contribution__isnull", False), ("finding__isnull", True)),
                            models.Q(("contribution__isnull", True), ("finding__isnull", False)),
                            _connector="OR",
                        ),
                        name="stance_on_one_thing",
                    ),
                    models.UniqueConstraint(fields=("attendee", "contribution"), name="stance_once_a_position"),
                    models.UniqueConstraint(fields=("attendee", "finding"), name="stance_once_a_finding"),
                    models.CheckConstraint(
                        condition=models.Q(("stance__in", ["agree", "reservations", "disagree", "abstain"])),
                        name="stance_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerStance",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "current",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="history", to="dialogue.stance"
                    ),
                ),
                (
                    "stance",
                    models.CharField(
                        choices=[
                            ("agree", "agrees"),
                            ("reservations", "agrees with reservations"),
                            ("disagree", "disagrees"),
                            ("abstain", "abstains"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField(null=True)),
                ("at_written", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("stance__in", ["agree", "reservations", "disagree", "abstain"])),
                        name="former_stance_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Footnote",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("key", models.CharField(default=dialogue.kept.new_key, max_length=64)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="footnotes", to="dialogue.event"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("definition", "definition"), ("citation", "citation"), ("remark", "remark")],
                        max_length=16,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="footnotes",
                        to="dialogue.source",
                    ),
                ),
                ("page", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("event", "key"), name="footnote_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["definition", "citation", "remark"])),
                        name="footnote_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Paragraph",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("key", models.CharField(default=dialogue.kept.new_key, max_length=64)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="paragraphs", to="dialogue.event"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="paragraphs", to="dialogue.item"
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("room", "the room"),
                            ("forum", "the forum"),
                            ("literature", "literature"),
                            ("rapporteur", "rapporteur"),
                        ],
                        max_length=16,
                    ),
                ),
                ("text", models.TextField()),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("event", "key"), name="paragraph_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["room", "forum", "literature", "rapporteur"])),
                        name="paragraph_origin_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ParagraphBasis",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "contribution",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dialogue.contribution",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dialogue.finding"
                    ),
                ),
                (
                    "paragraph",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="basis", to="dialogue.paragraph"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("contribution__isnull", False), ("finding__isnull", True)),
                            models.Q(("contribution__isnull", True), ("finding__isnull", False)),
                            _connector="OR",
                        ),
                        name="paragraph_rests_on_one_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Addressee",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="addressees", to="dialogue.event"
                    ),
                ),
                ("name", models.TextField()),
                ("short_name", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Recommendation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("key", models.CharField(default=dialogue.kept.new_key, max_length=64)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recommendations", to="dialogue.event"
                    ),
                ),
                (
                    "addressee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recommendations",
                        to="dialogue.addressee",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="dialogue.recommendation",
                    ),
                ),
                ("text", models.TextField()),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("one", "one participant"),
                            ("two", "two participants"),
                            ("some", "some participants"),
                            ("several", "several participants"),
                            ("many", "many participants"),
                            ("most", "most participants"),
                            ("nearly_all", "nearly all participants"),
                            ("all", "all participants"),
                            ("participants", "participants"),
                            ("others", "others"),
                            ("no_objection", "no objection"),
                            ("consensus", "consensus"),
                            ("general", "general agreement"),
                            ("strong", "strong agreement"),
                            ("some_disagreement", "some disagreement"),
                            ("divided", "divided views"),
                            ("wide", "widely varied opinions"),
                            ("too_few", "too few positions"),
                        ],
                        max_length=24,
                        null=True,
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("event", "key"), name="recommendation_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "level__in",
                                [
                                    "one",
                                    "two",
                                    "some",
                                    "several",
                                    "many",
                                    "most",
                                    "nearly_all",
                                    "all",
                                    "participants",
                                    "others",
                                    "no_objection",
                                    "consensus",
                                    "general",
                                    "strong",
                                    "some_disagreement",
                                    "divided",
                                    "wide",
                                    "too_few",
                                ],
                            )
                        ),
                        name="recommendation_level_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parent", None), ("level", None), _connector="OR"),
                        name="recommendation_part_claims_nothing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecommendationBasis",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "contribution",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dialogue.contribution",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dialogue.finding"
                    ),
                ),
                (
                    "recommendation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="basis", to="dialogue.recommendation"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("contribution__isnull", False), ("finding__isnull", True)),
                            models.Q(("contribution__isnull", True), ("finding__isnull", False)),
                            _connector="OR",
                        ),
                        name="recommendation_rests_on_one_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("key", models.CharField(default=dialogue.kept.new_key, max_length=64)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="dialogue.event"
                    ),
                ),
                (
                    "attendee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="dialogue.attendee"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="dialogue.item"
                    ),
                ),
                ("text", models.TextField()),
                ("flagged", models.BooleanField(default=False)),
                ("at", models.DateTimeField(null=True)),
                ("at_written", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("event", "key"), name="note_key_once")],
            },
        ),
        migrations.CreateModel(
            name="NoteSubject",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "contribution",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dialogue.contribution",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dialogue.finding"
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="about", to="dialogue.note"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("contribution__isnull", False), ("finding__isnull", True)),
                            models.Q(("contribution__isnull", True), ("finding__isnull", False)),
                            _connector="OR",
                        ),
                        name="note_about_one_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Translation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="translations", to="dialogue.event"
                    ),
                ),
                ("of", models.CharField(max_length=64)),
                ("language", models.CharField(choices=[("en", "English"), ("fr", "Français")], max_length=2)),
                ("text", models.TextField()),
                ("original", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "fr"])), name="translation_language_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="publications", to="dialogue.event"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("language", models.CharField(choices=[("en", "English"), ("fr", "Français")], max_length=2)),
                (
                    "regime",
                    models.CharField(
                        choices=[
                            ("named", "named"),
                            ("role", "by kind of organisation"),
                            ("unnamed", "unnamed"),
                            ("chatham_house", "Chatham House Rule"),
                        ],
                        max_length=16,
                    ),
                ),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField()),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["event", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("event", "version"), name="publication_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("regime__in", ["named", "role", "unnamed", "chatham_house"])),
                        name="publication_regime_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Floor",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="floor", to="dialogue.event"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="floor", to="dialogue.session"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="floor", to="dialogue.item"
                    ),
                ),
                (
                    "attendee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="floor", to="dialogue.attendee"
                    ),
                ),
                ("start", models.DateTimeField()),
                ("start_written", models.TextField(blank=True)),
                ("end", models.DateTimeField()),
                ("end_written", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
            },
        ),
    ]
