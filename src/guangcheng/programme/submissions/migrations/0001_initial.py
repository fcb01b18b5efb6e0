"""The first tables of submissions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("platform", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.CharField(db_index=True, max_length=7)),
                ("register", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("sent_to", models.PositiveSmallIntegerField(default=0)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="platform.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.CharField(db_index=True, max_length=7)),
                ("register", models.CharField(max_length=40)),
                ("area_code", models.CharField(max_length=20)),
                ("version", models.PositiveSmallIntegerField()),
                ("state", models.CharField(db_index=True, max_length=20)),
                ("steps", models.JSONField(default=dict)),
                ("findings", models.JSONField(default=list)),
                ("result", models.JSONField(default=dict)),
                ("reason", models.TextField(blank=True, default="")),
                ("made_at", models.DateTimeField()),
                (
                    "attachment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="platform.attachment"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="platform.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["-month", "organisation__code", "register", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "register", "organisation", "version"), name="one_version_of_a_submission"
                    )
                ],
            },
        ),
    ]
