"""Seats that end, the runs of an item, rosters of rounds, findings of one session, when a moderator counts."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


def run_what_was_opened(apps, schema_editor):
    """An item that was opened before has one run, from when it was first opened."""
    runs = apps.get_model("dialogue", "ItemRun").objects
    openings = apps.get_model("dialogue", "Opening").objects.order_by("opened_at")
    for place, one in enumerate(openings):
        told = {"session_id": one.session_id, "item_id": one.item_id, "position": place}
        runs.create(**told, start=one.opened_at, end=one.closed_at)


class Migration(migrations.Migration):

    dependencies = [
        ('dialogue', '0014_outcome'),
    ]

    operations = [
        migrations.CreateModel(
            name='ItemRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField(default=0)),
                ('start', models.DateTimeField()),
                ('start_written', models.TextField(blank=True)),
                ('end', models.DateTimeField(null=True)),
                ('end_written', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['position'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RosterPlace',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField(default=0)),
            ],
            options={
                'ordering': ['position'],
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='finding',
            name='session',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='dialogue.session'),
        ),
        migrations.AddField(
            model_name='membership',
            name='ended_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='ended_at_written',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='started_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='started_at_written',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='succeeds',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='successors', to='dialogue.membership'),
        ),
        migrations.AddField(
            model_name='session',
            name='moderator_counts',
            field=models.CharField(choices=[('never', 'no: whoever moderates is in no count'), ('always', 'yes, as a participant is'), ('when_speaking', 'where they take a side: the count then shows that they did')], default='when_speaking', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('moderator_counts__in', ['never', 'always', 'when_speaking'])), name='session_moderator_counts_known'),
        ),
        migrations.AddField(
            model_name='itemrun',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='dialogue.item'),
        ),
        migrations.AddField(
            model_name='itemrun',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='dialogue.session'),
        ),
        migrations.AddField(
            model_name='rosterplace',
            name='attendee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roster_places', to='dialogue.attendee'),
        ),
        migrations.AddField(
            model_name='rosterplace',
            name='finding',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roster', to='dialogue.finding'),
        ),
        migrations.AddConstraint(
            model_name='rosterplace',
            constraint=models.UniqueConstraint(fields=('finding', 'attendee'), name='roster_place_once'),
        ),
        migrations.RunPython(run_what_was_opened, migrations.RunPython.noop),
    ]
