"""Convening: doors that open, invitations, tickets, what people agree to and prefer."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dialogue', '0004_audit'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français')], max_length=2)),
                ('times', models.PositiveSmallIntegerField(default=0)),
                ('bounced_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('number', 'number'), ('qr', 'qr')], max_length=8)),
                ('seal', models.CharField(max_length=64, unique=True)),
                ('until', models.DateTimeField()),
                ('spent_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='attendee',
            name='prefers',
            field=models.CharField(choices=[('named', 'named'), ('role', 'by kind of organisation'), ('unnamed', 'unnamed'), ('chatham_house', 'Chatham House Rule')], max_length=16, null=True),
        ),
        migrations.AddField(
            model_name='event',
            name='bilingual',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='event',
            name='doors_opened_at',
            field=models.DateTimeField(default=django.utils.timezone.now, null=True),
        ),
        migrations.AddField(
            model_name='event',
            name='greeting',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='event',
            name='second_factor',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='mail',
            name='answer_to',
            field=models.CharField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name='mail',
            name='calendar',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='agreed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='agreed_to',
            field=models.CharField(choices=[('named', 'named'), ('role', 'by kind of organisation'), ('unnamed', 'unnamed'), ('chatham_house', 'Chatham House Rule')], max_length=16, null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='is_asked',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='person',
            name='may_convene',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='session',
            name='ends',
            field=models.TimeField(null=True),
        ),
        migrations.AddField(
            model_name='session',
            name='starts',
            field=models.TimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='attendee',
            constraint=models.CheckConstraint(condition=models.Q(('prefers__in', ['named', 'role', 'unnamed', 'chatham_house'])), name='attendee_prefers_known'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('agreed_to__in', ['named', 'role', 'unnamed', 'chatham_house'])), name='membership_agreed_known'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='attendee',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='invitation', to='dialogue.attendee'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='mail',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='dialogue.mail'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='attendee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tickets', to='dialogue.attendee'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['number', 'qr'])), name='ticket_kind_known'),
        ),
    ]
