"""Tables of submissions."""

from typing import Any, ClassVar

from django.db import models

from guangcheng.programme.platform.models import Attachment, Organisation, User


class Submission(models.Model):
    """One version of what an operator hands in for a month. A returned one is answered by the next version."""

    month = models.CharField(max_length=7, db_index=True)
    register = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="submissions")
    area_code = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, db_index=True)
    steps = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    reason = models.TextField(blank=True, default="")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-month", "organisation__code", "register", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["month", "register", "organisation", "version"], name="one_version_of_a_submission"
            )
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"submission:{self.pk}"

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The findings that keep it from being submitted."""
        return [one for one in self.findings if one["severity"] == "error"]


class Reminder(models.Model):
    """A reminder of something not handed in; shown in the pages, sent by e-mail where that is set up."""

    month = models.CharField(max_length=7, db_index=True)
    register = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="reminders")
    at = models.DateTimeField()
    sent_to = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.month} {self.organisation_id}"
