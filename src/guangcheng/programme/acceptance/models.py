"""Tables of acceptance."""

import datetime as dt
from typing import ClassVar

from django.db import models

from guangcheng.programme.platform.models import Attachment, User


class Case(models.Model):
    """One place's way to acceptance by one standard. ``evidence`` is the self-check, pinned to snapshot hashes.

    ``place_code`` is the place itself, an area or an estate (小区); ``area_code`` the area by which rights go: the
    same, or the finest area the estate lies in.
    """

    area_code = models.CharField(max_length=20, db_index=True)
    place_code = models.CharField(max_length=64, db_index=True)
    area_name = models.CharField(max_length=80)
    level = models.CharField(max_length=20)
    standard = models.CharField(max_length=80)
    state = models.CharField(max_length=20, db_index=True)
    steps = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    early = models.BooleanField(default=False)
    sample_seed = models.BigIntegerField(null=True, blank=True)
    notice_from = models.DateField(null=True, blank=True)
    notice_until = models.DateField(null=True, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    plaque_number = models.CharField(max_length=40, blank=True, default="")
    plaque_place = models.CharField(max_length=120, blank=True, default="")
    awarded_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_why = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place_code", "standard"],
                condition=~models.Q(state__in=["withdrawn", "refused"]),
                name="one_live_case",
            ),
            models.UniqueConstraint(
                fields=["plaque_number"], condition=~models.Q(plaque_number=""), name="plaque_number_once"
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"acceptance:{self.pk}"

    @property
    def recheck_due(self) -> dt.date | None:
        """The last day of an accepted place's next re-check: one in each year after that of the award."""
        if not self.public or self.awarded_on is None:
            return None
        last = max([one.year for one in self.rechecks.all()], default=self.awarded_on.year)
        return dt.date(last + 1, 12, 31)

    @property
    def verdict(self) -> str:
        """The verdict of the self-check it rests on."""
        return str(self.evidence.get("verdict", ""))

    @property
    def public(self) -> bool:
        """Whether the public list shows it: accepted and not withdrawn."""
        return self.state in ("awarded", "noticed_only")


class SampleItem(models.Model):
    """One premises drawn for the visit on site, and what was found there."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="sample")
    premises_id = models.CharField(max_length=64)
    claimed = models.CharField(max_length=10)
    found = models.CharField(max_length=10, blank=True, default="")
    note = models.TextField(blank=True, default="")
    visited_on = models.DateField(null=True, blank=True)
    visited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["premises_id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "premises_id"], name="drawn_once")]

    def __str__(self) -> str:
        return self.premises_id

    @property
    def subject(self) -> str:
        """How the ledger and the photographs of the visit name it."""
        return f"{self.case.subject}/{self.premises_id}"

    @property
    def photos(self) -> models.QuerySet[Attachment]:
        """The photographs taken there."""
        return Attachment.objects.filter(subject=self.subject).order_by("pk")

    @property
    def overclaimed(self) -> bool:
        """The register says fibre can be had; on site it cannot."""
        return self.claimed == "yes" and self.found == "no"

    @property
    def underclaimed(self) -> bool:
        """On site fibre can be had; the register does not say so."""
        return self.claimed != "yes" and self.found == "yes"


class Objection(models.Model):
    """An objection raised during public notice. Nothing about the person is kept beyond what they write."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="objections")
    text = models.TextField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"objection:{self.pk}"


class Recheck(models.Model):
    """The yearly look at an accepted place."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="rechecks")
    year = models.PositiveSmallIntegerField()
    day = models.DateField()
    verdict = models.CharField(max_length=20)
    evidence = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["year"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "year"], name="one_recheck_a_year")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.year}"


class DemoSite(models.Model):
    """A demonstration site (示范点): type, area, state. ``count_of`` of the area is held against its counted target."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    area_code = models.CharField(max_length=20, db_index=True)
    state = models.CharField(max_length=20, db_index=True)
    steps = models.JSONField(default=dict)
    note = models.TextField(blank=True, default="")
    proposed_on = models.DateField()
    named_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["area_code", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["area_code", "kind", "name"], name="one_site")]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"demo-site:{self.pk}"
