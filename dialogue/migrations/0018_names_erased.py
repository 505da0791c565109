"""What is kept, and until when: dates of an event, counts that outlive names, acts whose person was erased."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

# Of an act nothing is ever changed, but that once its person is taken out of it, under a seal (`audit/chain.py`).
SQLITE = [
    "DROP TRIGGER IF EXISTS act_stands",
    """
CREATE TRIGGER act_stands BEFORE UPDATE ON dialogue_act
WHEN NOT (
    OLD.erased = '' AND NEW.erased <> '' AND NEW.person IS NULL AND NEW.id IS OLD.id AND NEW.event_id IS OLD.event_id
    AND NEW.number IS OLD.number AND NEW.at IS OLD.at AND NEW.deed IS OLD.deed AND NEW.subject IS OLD.subject
    AND NEW.session IS OLD.session AND NEW.key IS OLD.key AND NEW.before IS OLD.before AND NEW.hash IS OLD.hash
)
BEGIN
    SELECT RAISE(ABORT, 'what is in the audit is never changed');
END
""",
]
POSTGRESQL = """
CREATE OR REPLACE FUNCTION act_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.erased = '' AND NEW.erased <> '' AND NEW.person IS NULL AND NEW.id = OLD.id AND NEW.event_id = OLD.event_id
        AND NEW.number = OLD.number AND NEW.at = OLD.at AND NEW.deed = OLD.deed AND NEW.subject = OLD.subject
        AND NEW.session IS NOT DISTINCT FROM OLD.session AND NEW.key = OLD.key AND NEW.before = OLD.before
        AND NEW.hash = OLD.hash
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what is in the audit is never changed';
END
$$;
"""
FORMER_SQLITE = [
    "DROP TRIGGER IF EXISTS act_stands",
    """
CREATE TRIGGER act_stands BEFORE UPDATE ON dialogue_act
BEGIN
    SELECT RAISE(ABORT, 'what is in the audit is never changed');
END
""",
]
FORMER_POSTGRESQL = """
CREATE OR REPLACE FUNCTION act_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is in the audit is never changed';
END
$$;
"""


def let_people_be_erased(apps, schema_editor):
    """Have the database allow that one change of an act, and no other."""
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else [POSTGRESQL]:
        schema_editor.execute(statement)


def refuse_every_change(apps, schema_editor):
    """As it was."""
    for statement in FORMER_SQLITE if schema_editor.connection.vendor == "sqlite" else [FORMER_POSTGRESQL]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('dialogue', '0017_unconfirmed_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='FrozenCount',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField(default=0)),
                ('kind', models.CharField(choices=[('finding', 'finding'), ('position', 'position'), ('together', 'together')], max_length=16)),
                ('of', models.JSONField(default=list)),
                ('numbers', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['position'],
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='act',
            name='erased',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='event',
            name='names_erased_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='event',
            name='names_kept_days',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='event',
            name='notice_en',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='event',
            name='notice_fr',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='paragraph',
            name='unnamed',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='stance',
            name='group',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AlterField(
            model_name='stance',
            name='attendee',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='stances', to='dialogue.attendee'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('names_kept_days', None), ('names_kept_days__range', (1, 365)), _connector='OR'), name='event_names_kept_a_year'),
        ),
        migrations.AddField(
            model_name='frozencount',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='frozen_counts', to='dialogue.event'),
        ),
        migrations.AddConstraint(
            model_name='frozencount',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['finding', 'position', 'together'])), name='frozen_count_kind_known'),
        ),
        migrations.RunPython(let_people_be_erased, refuse_every_change),
    ]
