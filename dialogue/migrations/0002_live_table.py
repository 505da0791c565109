"""The live table: turns, streams and deeds; items that open and close; versions, spans, and what a page draws by."""

import dialogue.events.models
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from dialogue.discussion.threads import below


def place_in_threads(apps, schema_editor):
    """What is on record already gets its path: below the first earlier statement of its item that it relates to."""
    Contribution, Relation = apps.get_model("dialogue", "Contribution"), apps.get_model("dialogue", "Relation")
    targets = {}
    rows = Relation.objects.exclude(to_contribution=None).order_by("position")
    for source, target in rows.values_list("source_statement_id", "to_contribution_id"):
        targets.setdefault(source, []).append(target)
    placed = {}
    for one in Contribution.objects.order_by("event_id", "position").iterator():
        here = (one.session_id, one.item_id)
        above = next((placed[to][1] for to in targets.get(one.pk, ()) if to in placed and placed[to][0] == here), "")
        one.thread = below(above, one.position)
        placed[one.pk] = here, one.thread
        one.save(update_fields=["thread"])


class Migration(migrations.Migration):

    dependencies = [
        ('dialogue', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Deed',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=64)),
                ('words', models.CharField(max_length=64)),
                ('kind', models.CharField(max_length=32)),
                ('subject', models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField()),
                ('kind', models.CharField(max_length=32)),
                ('subject', models.UUIDField()),
                ('turn', models.PositiveBigIntegerField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='FormerWords',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('attribution', models.CharField(choices=[('named', 'named'), ('role', 'by kind of organisation'), ('unnamed', 'unnamed'), ('chatham_house', 'Chatham House Rule'), ('off_record', 'off the record')], max_length=16, null=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['version'],
            },
        ),
        migrations.CreateModel(
            name='Looked',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('turn', models.PositiveBigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Span',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('attribution', models.CharField(choices=[('named', 'named'), ('role', 'by kind of organisation'), ('unnamed', 'unnamed'), ('chatham_house', 'Chatham House Rule'), ('off_record', 'off the record')], max_length=16)),
                ('start', models.DateTimeField()),
                ('end', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['start'],
            },
        ),
        migrations.CreateModel(
            name='Speaking',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('start', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Stream',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('audience', models.CharField(max_length=48)),
                ('head', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='contribution',
            name='contribution_has_words',
        ),
        migrations.AddField(
            model_name='contribution',
            name='appeared',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='contribution',
            name='confirmed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='contribution',
            name='hidden',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='contribution',
            name='hidden_why',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='contribution',
            name='stances_open',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='contribution',
            name='state',
            field=models.CharField(choices=[('said', 'said'), ('withdrawn', 'withdrawn'), ('erased', 'erased')], default='said', max_length=16),
        ),
        migrations.AddField(
            model_name='contribution',
            name='thread',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='contribution',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='contribution',
            name='voices',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='event',
            name='epoch',
            field=models.CharField(default=dialogue.events.models.new_epoch, max_length=16),
        ),
        migrations.AddField(
            model_name='event',
            name='turn',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='finding',
            name='is_open',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='finding',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='finding',
            name='voices',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='session',
            name='access_epoch',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='session',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='session',
            name='blind',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='session',
            name='reasons',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='session',
            name='release',
            field=models.CharField(choices=[('at_once', 'at once'), ('with_item', 'when the item is closed'), ('when_seen', 'when its speaker has seen it')], default='at_once', max_length=16),
        ),
        migrations.AddField(
            model_name='session',
            name='shows_presence',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='stance',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddIndex(
            model_name='contribution',
            index=models.Index(fields=['session', 'item', 'position'], name='contribution_in_time'),
        ),
        migrations.AddIndex(
            model_name='contribution',
            index=models.Index(fields=['session', 'item', 'appeared', 'released'], name='contribution_seen'),
        ),
        migrations.AddIndex(
            model_name='contribution',
            index=models.Index(fields=['event', 'position'], name='contribution_place'),
        ),
        migrations.AddIndex(
            model_name='contribution',
            index=models.Index(fields=['session', 'item', 'thread'], name='contribution_in_thread'),
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('state', 'said'), _negated=True), _connector='OR'), name='contribution_has_words'),
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'erased'), _negated=True), ('text', ''), _connector='OR'), name='contribution_erased_is_empty'),
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['said', 'withdrawn', 'erased'])), name='contribution_state_known'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('release__in', ['at_once', 'with_item', 'when_seen'])), name='session_release_known'),
        ),
        migrations.AddField(
            model_name='deed',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deeds', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deed',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deeds', to='dialogue.session'),
        ),
        migrations.AddField(
            model_name='formerwords',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='formerwords',
            name='contribution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former', to='dialogue.contribution'),
        ),
        migrations.AddField(
            model_name='looked',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='looks', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='looked',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='looks', to='dialogue.session'),
        ),
        migrations.AddField(
            model_name='opening',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openings', to='dialogue.item'),
        ),
        migrations.AddField(
            model_name='opening',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openings', to='dialogue.session'),
        ),
        migrations.AddField(
            model_name='span',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spans', to='dialogue.session'),
        ),
        migrations.AddField(
            model_name='speaking',
            name='attendee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='dialogue.attendee'),
        ),
        migrations.AddField(
            model_name='speaking',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='dialogue.item'),
        ),
        migrations.AddField(
            model_name='speaking',
            name='session',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='speaking', to='dialogue.session'),
        ),
        migrations.AddField(
            model_name='stream',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='streams', to='dialogue.session'),
        ),
        migrations.AddField(
            model_name='entry',
            name='stream',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='dialogue.stream'),
        ),
        migrations.AddConstraint(
            model_name='deed',
            constraint=models.UniqueConstraint(fields=('session', 'person', 'key'), name='deed_key_once'),
        ),
        migrations.AddConstraint(
            model_name='formerwords',
            constraint=models.UniqueConstraint(fields=('contribution', 'version'), name='former_words_once'),
        ),
        migrations.AddConstraint(
            model_name='formerwords',
            constraint=models.CheckConstraint(condition=models.Q(('attribution__in', ['named', 'role', 'unnamed', 'chatham_house', 'off_record'])), name='former_words_attribution_known'),
        ),
        migrations.AddConstraint(
            model_name='looked',
            constraint=models.UniqueConstraint(fields=('session', 'person'), name='looked_once'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.UniqueConstraint(fields=('session', 'item'), name='opening_once'),
        ),
        migrations.AddConstraint(
            model_name='span',
            constraint=models.CheckConstraint(condition=models.Q(('attribution__in', ['named', 'role', 'unnamed', 'chatham_house', 'off_record'])), name='span_attribution_known'),
        ),
        migrations.AddConstraint(
            model_name='span',
            constraint=models.CheckConstraint(condition=models.Q(('end', None), ('end__gte', models.F('start')), _connector='OR'), name='span_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='span',
            constraint=models.UniqueConstraint(condition=models.Q(('end', None)), fields=('session',), name='span_open_once'),
        ),
        migrations.AddConstraint(
            model_name='stream',
            constraint=models.UniqueConstraint(fields=('session', 'audience'), name='stream_once_an_audience'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['turn', 'stream'], name='entry_by_turn'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(fields=('stream', 'number'), name='entry_number_once'),
        ),
        migrations.RunPython(place_in_threads, migrations.RunPython.noop),
    ]
