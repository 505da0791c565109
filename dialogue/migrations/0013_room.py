"""Whose names a room shows, when a session is over; and the group of a statement is fixed: until now, by today's seats."""

from collections import Counter, defaultdict

from django.db import migrations, models

AUTHORS = ("participant", "panelist")
FEW = 3


def fix_groups(apps, schema_editor):
    """What was said until now has the group that a loader computes of the same record."""
    seats = apps.get_model("dialogue", "Membership").objects.filter(role__in=AUTHORS).exclude(attendee__sector="")
    at = defaultdict(dict)
    for session, person, sector in seats.values_list("session", "attendee", "attendee__sector"):
        at[session][person] = sector
    said = apps.get_model("dialogue", "Contribution")._base_manager
    for session, sectors in at.items():
        for sector, n in Counter(sectors.values()).items():
            if n >= FEW:
                people = [person for person, one in sectors.items() if one == sector]
                said.filter(session=session, authorship__attendee__in=people).update(group=sector)


class Migration(migrations.Migration):

    dependencies = [
        ('dialogue', '0012_name_request'),
    ]

    operations = [
        migrations.AddField(
            model_name='contribution',
            name='group',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='membership',
            name='agreed_names',
            field=models.CharField(choices=[('shown', 'those at the table see who speaks, until the session closes'), ('as_rule', 'as the attribution rule prints them'), ('hidden', 'an anonymous room: nobody but the staff sees who speaks')], default='as_rule', max_length=8),
        ),
        migrations.AddField(
            model_name='session',
            name='closed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='session',
            name='names_in_room',
            field=models.CharField(choices=[('shown', 'those at the table see who speaks, until the session closes'), ('as_rule', 'as the attribution rule prints them'), ('hidden', 'an anonymous room: nobody but the staff sees who speaks')], default='as_rule', max_length=8),
        ),
        migrations.AddField(
            model_name='session',
            name='names_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('agreed_names__in', ['shown', 'as_rule', 'hidden'])), name='membership_names_known'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('names_in_room__in', ['shown', 'as_rule', 'hidden'])), name='session_names_known'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('names_until', None), ('closed_at__isnull', False), _connector='OR'), name='session_names_kept_once_closed'),
        ),
        migrations.RunPython(fix_groups, migrations.RunPython.noop),
    ]
