"""The first tables of acceptance."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("area_name", models.CharField(max_length=80)),
                ("level", models.CharField(max_length=20)),
                ("standard", models.CharField(max_length=80)),
                ("state", models.CharField(db_index=True, max_length=20)),
                ("steps", models.JSONField(default=dict)),
                ("evidence", models.JSONField(default=dict)),
                ("opened_at", models.DateTimeField()),
                ("early", models.BooleanField(default=False)),
                ("sample_seed", models.BigIntegerField(blank=True, null=True)),
                ("notice_from", models.DateField(blank=True, null=True)),
                ("notice_until", models.DateField(blank=True, null=True)),
                ("approved_on", models.DateField(blank=True, null=True)),
                ("plaque_number", models.CharField(blank=True, default="", max_length=40)),
                ("plaque_place", models.CharField(blank=True, default="", max_length=120)),
                ("awarded_on", models.DateField(blank=True, null=True)),
                ("withdrawn_on", models.DateField(blank=True, null=True)),
                ("withdrawn_why", models.TextField(blank=True, default="")),
                (
                    "opened_by",
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
            name="DemoSite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=20)),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("state", models.CharField(db_index=True, max_length=20)),
                ("steps", models.JSONField(default=dict)),
                ("note", models.TextField(blank=True, default="")),
                ("proposed_on", models.DateField()),
                ("named_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["area_code", "name"],
                "constraints": [models.UniqueConstraint(fields=("area_code", "kind", "name"), name="one_site")],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("received_at", models.DateTimeField()),
                ("state", models.CharField(default="open", max_length=10)),
                ("answer", models.TextField(blank=True, default="")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="acceptance.case"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Recheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("day", models.DateField()),
                ("verdict", models.CharField(max_length=20)),
                ("evidence", models.JSONField(default=dict)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rechecks", to="acceptance.case"
                    ),
                ),
            ],
            options={
                "ordering": ["year"],
            },
        ),
        migrations.CreateModel(
            name="SampleItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("premises_id", models.CharField(max_length=64)),
                ("claimed", models.CharField(max_length=10)),
                ("found", models.CharField(blank=True, default="", max_length=10)),
                ("note", models.TextField(blank=True, default="")),
                ("visited_on", models.DateField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sample", to="acceptance.case"
                    ),
                ),
                (
                    "visited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["premises_id"],
            },
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["withdrawn", "refused"]), _negated=True),
                fields=("area_code", "standard"),
                name="one_live_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("plaque_number", ""), _negated=True),
                fields=("plaque_number",),
                name="plaque_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="recheck",
            constraint=models.UniqueConstraint(fields=("case", "year"), name="one_recheck_a_year"),
        ),
        migrations.AddConstraint(
            model_name="sampleitem",
            constraint=models.UniqueConstraint(fields=("case", "premises_id"), name="drawn_once"),
        ),
    ]
