"""Tables of programmes and targets."""

from typing import ClassVar

from django.db import models

from guangcheng.base.text import Text


class Programme(models.Model):
    """A standard the area has taken up: its targets and tasks are this programme's."""

    standard_id = models.SlugField(max_length=80)
    version = models.CharField(max_length=20)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    area_code = models.CharField(max_length=20)
    started_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["standard_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["standard_id", "area_code"], name="one_programme_per_area")
        ]

    def __str__(self) -> str:
        return self.standard_id

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"programme:{self.standard_id}:{self.area_code}"

    @property
    def title(self) -> Text:
        """What it is called."""
        return Text(self.title_zh, self.title_en)


class Target(models.Model):
    """A number (or words) to be reached in an area by a day. ``parent`` is the target it was split from.

    Never changed: a new value or a new split retires it. ``status`` is the standard's: a disputed target stays
    visible and is never scored.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="targets")
    indicator = models.CharField(max_length=40, db_index=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    unit = models.CharField(max_length=20)
    comparator = models.CharField(max_length=4, blank=True, default="")
    area_code = models.CharField(max_length=20, db_index=True)
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    value_words = models.CharField(max_length=120, blank=True, default="")
    date = models.DateField()
    role = models.CharField(max_length=20, default="pass")
    status = models.CharField(max_length=20, default="active")
    each = models.CharField(max_length=20, blank=True, default="")
    hardness = models.CharField(max_length=40, blank=True, default="")
    clause = models.CharField(max_length=120, blank=True, default="")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["indicator", "date", "pk"]

    def __str__(self) -> str:
        return f"{self.indicator} {self.date}"

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"target:{self.pk}"

    @property
    def name(self) -> Text:
        """The indicator's name."""
        return Text(self.name_zh, self.name_en)

    @property
    def shown(self) -> str:
        """The value as people write it, with comparator and unit; words for a qualitative one."""
        if self.value is None:
            return self.value_words or "—"
        return f"{self.comparator} {plain(self.value)} {self.unit}".strip()


def plain(value: object) -> str:
    """A decimal without the zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
