"""Tables of the monthly report."""

from typing import ClassVar

from django.db import models

from guangcheng.programme.platform.models import Attachment, User


class Report(models.Model):
    """One frozen version of a month's report. Its files and facts never change; a correction is the next version."""

    month = models.CharField(max_length=7, db_index=True)
    version = models.PositiveSmallIntegerField()
    standard = models.CharField(max_length=80)
    facts = models.JSONField()
    snapshots = models.JSONField()
    files = models.ManyToManyField(Attachment, related_name="+")
    why = models.TextField(blank=True, default="")
    head_seq = models.BigIntegerField()
    head_hash = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-month", "-version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["month", "standard", "version"], name="one_report")]

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"monthly:{self.month}/{self.standard}/{self.version}"


class Receipt(models.Model):
    """That a recipient has a version of the report."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="receipts")
    recipient = models.CharField(max_length=40)
    at = models.DateTimeField()
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "recipient"], name="one_receipt_each")]

    def __str__(self) -> str:
        return self.recipient
