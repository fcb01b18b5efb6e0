"""Programmes and targets."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Programme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("standard_id", models.SlugField(max_length=80)),
                ("version", models.CharField(max_length=20)),
                ("title_zh", models.CharField(max_length=200)),
                ("title_en", models.CharField(max_length=200)),
                ("area_code", models.CharField(max_length=20)),
                ("started_on", models.DateField()),
            ],
            options={
                "ordering": ["standard_id"],
                "constraints": [
                    models.UniqueConstraint(fields=("standard_id", "area_code"), name="one_programme_per_area")
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("indicator", models.CharField(db_index=True, max_length=40)),
                ("name_zh", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
                ("unit", models.CharField(max_length=20)),
                ("comparator", models.CharField(blank=True, default="", max_length=4)),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("value", models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                ("value_words", models.CharField(blank=True, default="", max_length=120)),
                ("date", models.DateField()),
                ("role", models.CharField(default="pass", max_length=20)),
                ("status", models.CharField(default="active", max_length=20)),
                ("each", models.CharField(blank=True, default="", max_length=20)),
                ("hardness", models.CharField(blank=True, default="", max_length=40)),
                ("clause", models.CharField(blank=True, default="", max_length=120)),
                ("retired_on", models.DateField(blank=True, null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="targets.target",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="targets", to="targets.programme"
                    ),
                ),
            ],
            options={
                "ordering": ["indicator", "date", "pk"],
            },
        ),
    ]
