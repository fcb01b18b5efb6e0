"""The platform's tables: organisations with dated names, users, grants, tokens, attachments and the ledger."""

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from guangcheng.base.errors import Refused
from guangcheng.base.text import Text
from guangcheng.programme.platform.roles import KINDS, Role


class Organisation(models.Model):
    """A body that acts. Its ``code`` stays for ever; its names are dated (:class:`OrganisationName`)."""

    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=[(code, words.zh) for code, words in KINDS.items()])
    area_code = models.CharField(max_length=20)
    credit_code = models.CharField(max_length=18, blank=True, default="")
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name_on(None)

    def name_on(self, day: dt.date | None) -> str:
        """Its name on ``day`` (the newest for ``None``); before its first name, that first name."""
        names = sorted(self.names.all(), key=lambda name: name.since)
        held = [name for name in names if day is None or name.since <= day] or names[:1]
        return held[-1].name if held else self.code

    @property
    def name(self) -> str:
        """Its newest name."""
        return self.name_on(None)


class OrganisationName(models.Model):
    """What an organisation is called from a day on."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="names")
    name = models.CharField(max_length=120)
    since = models.DateField()

    class Meta:
        ordering: ClassVar = ["since"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "since"], name="one_name_per_day")]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """Somebody who signs in. Posts rather than persons: no first and last name, a post's title instead."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    title = models.CharField(max_length=80, blank=True, default="")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="users")
    must_change_password = models.BooleanField(default=False)
    lang = models.CharField(max_length=2, default="zh", choices=[("zh", "中文"), ("en", "English")])

    def __str__(self) -> str:
        return self.username

    @property
    def words(self) -> str:
        """Post and organisation, as a receipt names the actor."""
        return " · ".join(part for part in (self.title or self.username, str(self.organisation or "")) if part)


class Grant(models.Model):
    """A role in an area and everything below it, from a day until revoked."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=[(role.value, role.words.zh) for role in Role])
    area_code = models.CharField(max_length=20)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "area_code"], condition=models.Q(revoked_at=None), name="one_live_grant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.area_code}"


class ApiToken(models.Model):
    """A key for programs: only its SHA-256 is kept; it ends on a day and can do no more than its scopes and user."""

    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Attachment(models.Model):
    """A file handed in: kept once by its hash, named as the person named it."""

    digest = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    size = models.BigIntegerField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    area_code = models.CharField(max_length=20)
    subject = models.CharField(max_length=120, blank=True, default="", db_index=True)

    def __str__(self) -> str:
        return self.name


class LedgerEntry(models.Model):
    """One act. Never changed, never deleted: the database's own triggers refuse both."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=150, db_index=True)
    organisation = models.CharField(max_length=40, blank=True, default="")
    via = models.CharField(max_length=10)
    verb = models.CharField(max_length=60, db_index=True)
    subject = models.CharField(max_length=120, db_index=True)
    area_code = models.CharField(max_length=20, blank=True, default="", db_index=True)
    facts = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new entry; an entry already written is refused."""
        if not self._state.adding:
            raise _append_only()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise _append_only()


class LedgerHead(models.Model):
    """Where the ledger ends: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"


def _append_only() -> Refused:
    return Refused(
        Text("操作记录只能追加，不能改也不能删", "the ledger can only be added to, never changed or deleted"),
        mend=Text("再做一次更正的操作，记录会另写一条", "act again to correct it; that writes an entry of its own"),
    )
