"""Tables of member bodies."""

import datetime as dt
from typing import ClassVar

from django.db import models

from guangcheng.programme.platform.models import Organisation, User


class Member(models.Model):
    """A body belongs to a coordinating group (an organisation of kind ``office``) from a day on."""

    group = models.ForeignKey(Organisation, models.PROTECT, related_name="members")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["organisation__code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "organisation"], condition=models.Q(until=None), name="one_live_membership"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} / {self.group}"


class Liaison(models.Model):
    """The one post that answers for a body (联络员), dated; a post's account, never a person's name."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="liaisons")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["organisation__code", "since"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation"], condition=models.Q(until=None), name="one_live_liaison")
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.user}"


class Licence(models.Model):
    """A business licence of an enterprise (业务经营许可证)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="licences")
    kind = models.CharField(max_length=80)
    number = models.CharField(max_length=60)
    valid_to = models.DateField()

    class Meta:
        ordering: ClassVar = ["organisation__code", "kind", "-valid_to"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "kind", "number"], name="one_licence_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    def valid_on(self, day: dt.date) -> bool:
        """Whether it holds on ``day``, its last day included."""
        return day <= self.valid_to
