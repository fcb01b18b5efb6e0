"""Loads and reviewed findings."""

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
            name="FindingReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("finding", models.CharField(db_index=True, max_length=64)),
                ("register", models.CharField(max_length=40)),
                ("rule", models.CharField(max_length=10)),
                ("place", models.CharField(max_length=300)),
                ("decision", models.CharField(max_length=20)),
                ("note", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Load",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("register", models.CharField(db_index=True, max_length=40)),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("as_of", models.DateField()),
                ("state", models.CharField(db_index=True, max_length=20)),
                ("steps", models.JSONField(default=dict)),
                ("settled", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=0)),
                ("result", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField()),
                ("receipt_seq", models.BigIntegerField(default=0)),
                ("receipt_hash", models.CharField(blank=True, default="", max_length=64)),
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
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
    ]
