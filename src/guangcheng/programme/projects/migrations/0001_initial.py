"""Plans, projects, cases."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("platform", "0002_append_only"),
        ("tasks", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_index=True, max_length=20)),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("steps", models.JSONField(default=dict)),
                ("title", models.CharField(max_length=200)),
                ("field", models.CharField(db_index=True, max_length=20)),
                ("industry", models.CharField(blank=True, default="", max_length=60)),
                ("partner", models.CharField(blank=True, default="", max_length=120)),
                ("network", models.CharField(blank=True, default="", max_length=500)),
                ("effect", models.CharField(blank=True, default="", max_length=1000)),
                ("checks", models.JSONField(default=dict)),
                ("selected_on", models.DateField(blank=True, null=True)),
                (
                    "operator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="platform.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_index=True, max_length=20)),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("steps", models.JSONField(default=dict)),
                ("kind", models.CharField(max_length=20)),
                ("year", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("filed_on", models.DateField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="platform.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ["-year", "organisation__code", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PlanItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("work", models.CharField(max_length=20)),
                ("words", models.CharField(max_length=300)),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("start", models.DateField()),
                ("end", models.DateField()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="projects.plan"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_items",
                        to="tasks.task",
                    ),
                ),
            ],
            options={
                "ordering": ["start", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_index=True, max_length=20)),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("steps", models.JSONField(default=dict)),
                ("name", models.CharField(max_length=200)),
                ("fund_source", models.CharField(max_length=20)),
                ("budget", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ("purpose", models.CharField(max_length=20)),
                ("began_on", models.DateField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="projects", to="platform.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.CharField(max_length=20)),
                ("words", models.CharField(max_length=1000)),
                ("found_on", models.DateField()),
                ("corrected_on", models.DateField(blank=True, null=True)),
                ("correction", models.CharField(blank=True, default="", max_length=1000)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="issues", to="projects.project"
                    ),
                ),
            ],
            options={
                "ordering": ["found_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="StageRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.CharField(max_length=20)),
                ("words", models.CharField(max_length=2000)),
                ("on", models.DateField()),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="records", to="projects.project"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Filing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("number", models.CharField(max_length=80)),
                ("on", models.DateField()),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="filings", to="projects.project"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("project", "kind"), name="one_filing_per_kind")],
            },
        ),
    ]
