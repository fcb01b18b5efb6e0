"""Tables of enterprise plans, publicly funded projects and application cases."""

from typing import ClassVar

from django.db import models

from guangcheng.programme.platform.models import Organisation
from guangcheng.programme.tasks.models import Moved, Task


class Plan(Moved):
    """An enterprise's plan: the implementation plan of a programme (003 五(一)) or of a year (132)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="plans")
    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    filed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-year", "organisation__code", "pk"]

    def __str__(self) -> str:
        return self.title


class PlanItem(models.Model):
    """One piece of work of a plan: where, from when to when, for which task of the programme."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="items")
    work = models.CharField(max_length=20)
    words = models.CharField(max_length=300)
    area_code = models.CharField(max_length=20, db_index=True)
    start = models.DateField()
    end = models.DateField()
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="plan_items")

    class Meta:
        ordering: ClassVar = ["start", "pk"]

    def __str__(self) -> str:
        return self.words


class Project(Moved):
    """A publicly funded project; its state is the stage it is in (002 四(二)2)."""

    name = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="projects")
    fund_source = models.CharField(max_length=20)
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    purpose = models.CharField(max_length=20)
    began_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.name


class StageRecord(models.Model):
    """What was done in a stage; written once or more before the project leaves it."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="records")
    stage = models.CharField(max_length=20)
    words = models.CharField(max_length=2000)
    on = models.DateField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.words[:40]

    @property
    def subject(self) -> str:
        """How attachments name it."""
        return f"stage:{self.pk}"


class Filing(models.Model):
    """One of the three documents approved or filed: plan, tender, contract."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="filings")
    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=80)
    on = models.DateField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "kind"], name="one_filing_per_kind")]

    def __str__(self) -> str:
        return self.number


class Issue(models.Model):
    """Something wrong found in a project, until it is corrected."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="issues")
    stage = models.CharField(max_length=20)
    words = models.CharField(max_length=1000)
    found_on = models.DateField()
    corrected_on = models.DateField(null=True, blank=True)
    correction = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["found_on", "pk"]

    def __str__(self) -> str:
        return self.words[:40]


class Case(Moved):
    """An application case (应用案例): counted once selected (C-20), after its three checks (U-36)."""

    title = models.CharField(max_length=200)
    field = models.CharField(max_length=20, db_index=True)
    industry = models.CharField(max_length=60, blank=True, default="")
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="cases")
    partner = models.CharField(max_length=120, blank=True, default="")
    network = models.CharField(max_length=500, blank=True, default="")
    effect = models.CharField(max_length=1000, blank=True, default="")
    checks = models.JSONField(default=dict)
    selected_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.title
