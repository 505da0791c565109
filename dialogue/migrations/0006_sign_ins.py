"""Who is signed in where, for them to look at and to end."""

import datetime
import uuid

import django.db.models.deletion
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations, models
from django.utils import timezone


def take_over(apps, schema_editor):
    """Those who are signed in already can end that, too. Since when is not known any more: since they came last."""
    people = {str(pk) for pk in apps.get_model("dialogue", "Person").objects.values_list("pk", flat=True)}
    found = []
    for row in apps.get_model("sessions", "Session").objects.filter(expire_date__gt=timezone.now()):
        person = SessionStore().decode(row.session_data).get("_auth_user_id")
        if person in people:
            since = row.expire_date - datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
            found.append({"session_id": row.pk, "person_id": person, "since": since})
    some = apps.get_model("dialogue", "SignIn")
    some.objects.bulk_create(some(**told) for told in found)


class Migration(migrations.Migration):

    dependencies = [
        ('dialogue', '0005_convening'),
        ('sessions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('browser', models.CharField(blank=True, max_length=20)),
                ('system', models.CharField(blank=True, max_length=20)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL)),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to='sessions.session')),
            ],
            options={
                'ordering': ['-since'],
            },
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
