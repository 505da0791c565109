"""The audit: acts, where each event's chain of them ends, and that the database refuses to change one."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

# An act is never changed: no code does, so the database refuses it to everybody. That rows go away it allows, for it
# cannot tell why: an event that is deleted takes its acts along, a backup that is restored replaces all of them, and
# SQLite asks its triggers row by row, before it can be seen whether a whole chain goes. Who may delete in the database
# may drop a trigger as well. It shows all the same: the numbers have no gaps, and where a chain ends stands elsewhere,
# under a seal (`verify_audit`).
SQLITE = """
CREATE TRIGGER act_stands BEFORE UPDATE ON dialogue_act
BEGIN
    SELECT RAISE(ABORT, 'what is in the audit is never changed');
END
"""
POSTGRESQL = """
CREATE FUNCTION act_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is in the audit is never changed';
END
$$;
CREATE TRIGGER act_stands BEFORE UPDATE ON dialogue_act FOR EACH ROW EXECUTE FUNCTION act_stands();
"""


def refuse_changes(apps, schema_editor):
    """Have the database refuse every change of an act."""
    schema_editor.execute(SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL)


def allow_changes(apps, schema_editor):
    """Take the trigger away again."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER act_stands")
    else:
        schema_editor.execute("DROP TRIGGER act_stands ON dialogue_act; DROP FUNCTION act_stands()")


class Migration(migrations.Migration):

    dependencies = [
        ('dialogue', '0003_coming_in'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='audit_hash',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='event',
            name='audit_number',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='event',
            name='audit_seal',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField()),
                ('at', models.DateTimeField()),
                ('person', models.UUIDField(null=True)),
                ('deed', models.CharField(max_length=32)),
                ('subject', models.UUIDField()),
                ('session', models.UUIDField(null=True)),
                ('key', models.CharField(max_length=16)),
                ('before', models.CharField(blank=True, max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acts', to='dialogue.event')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('event', 'number'), name='act_number_once')],
            },
        ),
        migrations.RunPython(refuse_changes, allow_changes),
    ]
