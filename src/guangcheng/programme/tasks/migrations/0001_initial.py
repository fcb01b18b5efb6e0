"""Tasks, problems, meetings, reports, bulletins."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("platform", "0002_append_only"),
        ("targets", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bulletin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_index=True, max_length=20)),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("steps", models.JSONField(default=dict)),
                ("year", models.PositiveSmallIntegerField()),
                ("version", models.PositiveSmallIntegerField()),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("made_at", models.DateTimeField()),
                ("published_on", models.DateField(blank=True, null=True)),
                ("receipt_seq", models.BigIntegerField(default=0)),
                ("receipt_hash", models.CharField(blank=True, default="", max_length=64)),
            ],
            options={
                "ordering": ["-year", "-version"],
                "constraints": [models.UniqueConstraint(fields=("year", "version"), name="one_bulletin_version")],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_index=True, max_length=20)),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("steps", models.JSONField(default=dict)),
                ("title", models.CharField(max_length=200)),
                ("held_on", models.DateField()),
                ("minutes", models.TextField(blank=True, default="")),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="platform.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["-held_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_index=True, max_length=20)),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("steps", models.JSONField(default=dict)),
                ("words", models.CharField(max_length=1000)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("result", models.CharField(blank=True, default="", max_length=1000)),
                ("done_on", models.DateField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="platform.organisation",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="tasks.meeting"
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Period",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=40)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("due_on", models.DateField()),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="periods", to="platform.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ["-until", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Problem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_index=True, max_length=20)),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("steps", models.JSONField(default=dict)),
                ("category", models.CharField(db_index=True, max_length=20)),
                ("title", models.CharField(max_length=200)),
                ("words", models.CharField(blank=True, default="", max_length=2000)),
                ("place", models.CharField(blank=True, default="", max_length=200)),
                ("parties", models.CharField(blank=True, default="", max_length=300)),
                ("raised_on", models.DateField()),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("solution", models.CharField(blank=True, default="", max_length=2000)),
                ("solved_on", models.DateField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="problems",
                        to="platform.organisation",
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="platform.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["raised_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=120)),
                ("mark", models.CharField(max_length=40)),
                ("zh", models.CharField(max_length=300)),
                ("en", models.CharField(max_length=300)),
                ("address", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                ("mailed", models.BooleanField(default=False)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_index=True, max_length=20)),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("steps", models.JSONField(default=dict)),
                ("code", models.CharField(db_index=True, max_length=40)),
                ("title_zh", models.CharField(max_length=200)),
                ("title_en", models.CharField(max_length=200)),
                ("start", models.DateField(blank=True, null=True)),
                ("deadline", models.DateField(blank=True, db_index=True, null=True)),
                ("deadline_words", models.CharField(blank=True, default="", max_length=80)),
                ("pass_date", models.DateField(blank=True, null=True)),
                ("continuous", models.BooleanField(default=False)),
                ("deliverable", models.CharField(blank=True, default="", max_length=200)),
                ("indicators", models.JSONField(default=list)),
                ("clause", models.CharField(blank=True, default="", max_length=120)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("done_on", models.DateField(blank=True, null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="tasks.task",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="targets.programme",
                    ),
                ),
            ],
            options={
                "ordering": ["deadline", "code", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("words", models.CharField(max_length=2000)),
                ("percent", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="platform.organisation",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="tasks.task"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=20)),
                ("words", models.CharField(blank=True, default="", max_length=120)),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="platform.organisation",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="tasks.task"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="UnitReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_index=True, max_length=20)),
                ("area_code", models.CharField(db_index=True, max_length=20)),
                ("steps", models.JSONField(default=dict)),
                ("done", models.TextField()),
                ("next", models.TextField(blank=True, default="")),
                ("problems", models.TextField(blank=True, default="")),
                ("handed_in_on", models.DateField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="platform.organisation"
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="tasks.period"
                    ),
                ),
            ],
            options={
                "ordering": ["organisation__code"],
            },
        ),
        migrations.CreateModel(
            name="Weights",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("values", models.JSONField(default=dict)),
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
        migrations.AddConstraint(
            model_name="period",
            constraint=models.UniqueConstraint(fields=("group", "since", "until"), name="one_period"),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(fields=("to", "subject", "mark"), name="reminded_once"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(fields=("task", "role", "organisation"), name="one_part_per_unit"),
        ),
        migrations.AddConstraint(
            model_name="unitreport",
            constraint=models.UniqueConstraint(fields=("period", "organisation"), name="one_report_per_period"),
        ),
    ]
