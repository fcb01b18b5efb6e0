"""Tables of the tasks and of what is done about them."""

from typing import ClassVar

from django.db import models

from guangcheng.base.text import Text
from guangcheng.programme.platform.models import Organisation, User
from guangcheng.programme.targets.models import Programme


class Moved(models.Model):
    """What a workflow moves: a state, an area, who took which step last."""

    state = models.CharField(max_length=20, db_index=True)
    area_code = models.CharField(max_length=20, db_index=True)
    steps = models.JSONField(default=dict)

    class Meta:
        abstract = True

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"{self._meta.model_name}:{self.pk}"


class Task(Moved):
    """Something to be done.

    ``deadline`` is the task's own date, ``pass_date`` the day it is judged by (003, C-17): past the first it is amber,
    past the second red. A continuous task has no deadline and is never finished.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="tasks")
    code = models.CharField(max_length=40, db_index=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    start = models.DateField(null=True, blank=True)
    deadline = models.DateField(null=True, blank=True, db_index=True)
    deadline_words = models.CharField(max_length=80, blank=True, default="")
    pass_date = models.DateField(null=True, blank=True)
    continuous = models.BooleanField(default=False)
    deliverable = models.CharField(max_length=200, blank=True, default="")
    indicators = models.JSONField(default=list)
    clause = models.CharField(max_length=120, blank=True, default="")
    percent = models.PositiveSmallIntegerField(default=0)
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["deadline", "code", "pk"]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> Text:
        """What is to be done."""
        return Text(self.title_zh, self.title_en or self.title_zh)


class Assignment(models.Model):
    """A unit's part in a task. ``words`` are the document's; without ``organisation`` no body is found yet."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=20)
    words = models.CharField(max_length=120, blank=True, default="")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="assignments")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "role", "organisation"], name="one_part_per_unit")
        ]

    def __str__(self) -> str:
        return str(self.organisation or self.words)


class Note(models.Model):
    """What was done on a task, said by a unit on a day; its evidence hangs on ``subject``."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="notes")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    words = models.CharField(max_length=2000)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.words[:40]

    @property
    def subject(self) -> str:
        """How attachments name it."""
        return f"note:{self.pk}"


class Reminder(models.Model):
    """A reminder to one person; written once per subject and ``mark`` (such as ``soon:7``)."""

    to = models.ForeignKey(User, models.PROTECT, related_name="reminders")
    subject = models.CharField(max_length=120)
    mark = models.CharField(max_length=40)
    zh = models.CharField(max_length=300)
    en = models.CharField(max_length=300)
    address = models.CharField(max_length=120)
    at = models.DateTimeField()
    mailed = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["to", "subject", "mark"], name="reminded_once")]

    def __str__(self) -> str:
        return self.zh

    @property
    def words(self) -> Text:
        """What it says."""
        return Text(self.zh, self.en)


class Problem(Moved):
    """A difficulty or dispute of building (建设难题): who raised it, who is to solve it, how far up it has gone."""

    category = models.CharField(max_length=20, db_index=True)
    title = models.CharField(max_length=200)
    words = models.CharField(max_length=2000, blank=True, default="")
    place = models.CharField(max_length=200, blank=True, default="")
    parties = models.CharField(max_length=300, blank=True, default="")
    raised_by = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    raised_on = models.DateField()
    owner = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="problems")
    level = models.PositiveSmallIntegerField(default=0)
    solution = models.CharField(max_length=2000, blank=True, default="")
    solved_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["raised_on", "pk"]

    def __str__(self) -> str:
        return self.title


class Meeting(Moved):
    """A meeting of a group; ``minutes`` once it was held."""

    title = models.CharField(max_length=200)
    group = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="meetings")
    held_on = models.DateField()
    minutes = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return self.title


class Decision(Moved):
    """What a meeting decided: which unit does what by when."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    words = models.CharField(max_length=1000)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="decisions")
    due_on = models.DateField(null=True, blank=True)
    result = models.CharField(max_length=1000, blank=True, default="")
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.words[:40]


class Period(models.Model):
    """A stretch of days member bodies report on, due on a day."""

    label = models.CharField(max_length=40)
    group = models.ForeignKey(Organisation, models.PROTECT, related_name="periods")
    since = models.DateField()
    until = models.DateField()
    due_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["-until", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["group", "since", "until"], name="one_period")]

    def __str__(self) -> str:
        return self.label

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"period:{self.pk}"


class UnitReport(Moved):
    """What a member body reports for a period: done, to do, difficulties."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="reports")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="reports")
    done = models.TextField()
    next = models.TextField(blank=True, default="")
    problems = models.TextField(blank=True, default="")
    handed_in_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["organisation__code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["period", "organisation"], name="one_report_per_period")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.period}"


class Weights(models.Model):
    """How the parts of a unit's score count; the newest holds, none is changed."""

    values = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return str(self.values)


class Bulletin(Moved):
    """A year's bulletin (年度通报), frozen: its content is hashed and never changed; a correction is a version."""

    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=500, blank=True, default="")
    made_at = models.DateTimeField()
    published_on = models.DateField(null=True, blank=True)
    receipt_seq = models.BigIntegerField(default=0)
    receipt_hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["-year", "-version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["year", "version"], name="one_bulletin_version")]

    def __str__(self) -> str:
        return f"{self.year} v{self.version}"
