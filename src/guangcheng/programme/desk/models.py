"""Tables of the registers desk."""

from typing import Any, ClassVar

from django.db import models

from guangcheng.programme.platform.ledger import Anchor
from guangcheng.programme.platform.models import Attachment, User


class Load(models.Model):
    """A file handed in for a register, until it is a snapshot or withdrawn.

    ``area_code`` is the area it was handed in for: rows outside are refused. ``settled`` is what people said about it
    (see ``loads.Settled``); ``version`` counts the changes of that. ``result`` tells what the commit did.
    """

    register = models.CharField(max_length=40, db_index=True)
    area_code = models.CharField(max_length=20, db_index=True)
    as_of = models.DateField()
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, db_index=True)
    steps = models.JSONField(default=dict)
    settled = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    receipt_seq = models.BigIntegerField(default=0)
    receipt_hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"load:{self.pk}"

    @property
    def receipt(self) -> Anchor | None:
        """Where the ledger says that it was committed."""
        return Anchor(self.receipt_seq, self.receipt_hash) if self.receipt_hash else None

    @property
    def told(self) -> dict[str, Any]:
        """What the commit did: counts, snapshot, quarantine."""
        return dict(self.result)


class FindingReview(models.Model):
    """What somebody decided about one finding in the data. The newest counts; none is ever changed."""

    finding = models.CharField(max_length=64, db_index=True)
    register = models.CharField(max_length=40)
    rule = models.CharField(max_length=10)
    place = models.CharField(max_length=300)
    decision = models.CharField(max_length=20)
    note = models.CharField(max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.rule} {self.place}"
