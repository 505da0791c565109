"""The audit: an act is only ever added behind the last one, and goes away with its event alone."""

import django.db.models.deletion
from django.db import migrations, models

# An event that is deleted takes its acts along, by a trigger of its own: so acts of an event that is there never go,
# whoever asks. A backup is restored by rows in no order, before their event is there again: then no number is the next.
# SQLite: REPLACE takes a row away without asking the triggers of DELETE, so a row that is there already is refused
# first, by its id and by its place in the table.
SQLITE = [
    "DROP TRIGGER IF EXISTS act_stands",
    """
CREATE TRIGGER act_stands BEFORE UPDATE ON dialogue_act
BEGIN
    SELECT RAISE(ABORT, 'what is in the audit is never changed');
END
""",
    """
CREATE TRIGGER act_is_next BEFORE INSERT ON dialogue_act
WHEN EXISTS (SELECT 1 FROM dialogue_act WHERE id = NEW.id OR rowid = NEW.rowid)
    OR EXISTS (SELECT 1 FROM dialogue_act WHERE event_id = NEW.event_id AND number = NEW.number)
    OR EXISTS (SELECT 1 FROM dialogue_event WHERE id = NEW.event_id)
        AND NEW.number <> 1 + COALESCE((SELECT MAX(number) FROM dialogue_act WHERE event_id = NEW.event_id), 0)
BEGIN
    SELECT RAISE(ABORT, 'only the next act is added to the audit');
END
""",
    """
CREATE TRIGGER act_stays BEFORE DELETE ON dialogue_act
WHEN EXISTS (SELECT 1 FROM dialogue_event WHERE id = OLD.event_id)
BEGIN
    SELECT RAISE(ABORT, 'what is in the audit goes away with its event alone');
END
""",
    """
CREATE TRIGGER acts_go AFTER DELETE ON dialogue_event
BEGIN
    DELETE FROM dialogue_act WHERE event_id = OLD.id;
END
""",
]
POSTGRESQL = """
CREATE FUNCTION act_is_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM dialogue_act WHERE id = NEW.id)
        OR EXISTS (SELECT 1 FROM dialogue_act WHERE event_id = NEW.event_id AND number = NEW.number)
        OR EXISTS (SELECT 1 FROM dialogue_event WHERE id = NEW.event_id)
            AND NEW.number <> 1 + COALESCE((SELECT MAX(number) FROM dialogue_act WHERE event_id = NEW.event_id), 0)
    THEN
        RAISE EXCEPTION 'only the next act is added to the audit';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER act_is_next BEFORE INSERT ON dialogue_act FOR EACH ROW EXECUTE FUNCTION act_is_next();
CREATE FUNCTION act_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM dialogue_event WHERE id = OLD.event_id) THEN
        RAISE EXCEPTION 'what is in the audit goes away with its event alone';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER act_stays BEFORE DELETE ON dialogue_act FOR EACH ROW EXECUTE FUNCTION act_stays();
CREATE FUNCTION acts_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM dialogue_event) THEN
        RAISE EXCEPTION 'what is in the audit goes away with its event alone';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER acts_stay AFTER TRUNCATE ON dialogue_act FOR EACH STATEMENT EXECUTE FUNCTION acts_stay();
CREATE FUNCTION acts_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM dialogue_act WHERE event_id = OLD.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER acts_go AFTER DELETE ON dialogue_event FOR EACH ROW EXECUTE FUNCTION acts_go();
"""
UNDO_SQLITE = ["DROP TRIGGER act_is_next", "DROP TRIGGER act_stays", "DROP TRIGGER acts_go"]
UNDO_POSTGRESQL = """
DROP TRIGGER acts_go ON dialogue_event; DROP FUNCTION acts_go();
DROP TRIGGER acts_stay ON dialogue_act; DROP FUNCTION acts_stay();
DROP TRIGGER act_stays ON dialogue_act; DROP FUNCTION act_stays();
DROP TRIGGER act_is_next ON dialogue_act; DROP FUNCTION act_is_next();
"""


def guard_acts(apps, schema_editor):
    """Have the database refuse every act but the next, and to take one away."""
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else [POSTGRESQL]:
        schema_editor.execute(statement)


def unguard_acts(apps, schema_editor):
    """Take these triggers away again; the one of 0004 stays."""
    for statement in UNDO_SQLITE if schema_editor.connection.vendor == "sqlite" else [UNDO_POSTGRESQL]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('dialogue', '0010_echoes_struck'),
    ]

    operations = [
        migrations.AlterField(
            model_name='act',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='acts', to='dialogue.event'),
        ),
        migrations.RunPython(guard_acts, unguard_acts),
    ]
