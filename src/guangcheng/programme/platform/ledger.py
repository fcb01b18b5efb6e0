"""The ledger of acts (操作记录): append-only, each entry chained to the one before by SHA-256 and sealed by a key.

``hash`` covers the entry's own columns and the previous hash, so an edit, a deletion or a swap breaks the chain at the
first entry touched. ``seal`` is an HMAC of the hash under a key kept outside the database, so a chain re-hashed by
somebody who has only the database is found too. A ledger cut off together with its head looks whole from inside; an
*anchor* (sequence and hash, as printed on receipts, reports and plaques) finds it.
"""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from guangcheng.base.text import Text
from guangcheng.programme.platform.acts import Act, scope_of
from guangcheng.programme.platform.models import LedgerEntry, LedgerHead, User
from guangcheng.programme.platform.roles import Role

START = "0" * 64
"""The hash before the first entry."""

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place of the ledger as something printed it: the entry's number and its hash."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}-{self.hash}"


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the ledger is not what it was."""

    seq: int
    why: Text


def canonical(facts: Mapping[str, Any]) -> str:
    """Facts as the one text that is hashed: sorted keys, no spaces; days and moments as ISO text."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value)


def record(act: Act, verb: str, subject: str, *, area: str = "", facts: Mapping[str, Any] | None = None) -> Anchor:
    """Write one entry at the end of the ledger and give its anchor.

    Must run inside the transaction that makes the change (``RuntimeError`` otherwise): either both are there or none.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an act and its ledger entry belong in one transaction")
    head, _ = LedgerHead.objects.select_for_update().get_or_create(pk=1)
    entry = LedgerEntry(
        seq=head.seq + 1,
        at=act.at,
        actor=act.name,
        organisation=act.organisation,
        via=act.via,
        verb=verb,
        subject=subject,
        area_code=area,
        facts=canonical(facts or {}),
        previous=head.hash,
    )
    entry.hash = digest_of(entry)
    entry.seal = _seal(entry.hash)
    entry.save(force_insert=True)
    head.seq, head.hash = entry.seq, entry.hash
    head.save(update_fields=["seq", "hash"])
    return Anchor(entry.seq, entry.hash)


def digest_of(entry: LedgerEntry) -> str:
    """The hash an entry must have, from its columns and the hash before it."""
    at = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    parts = [entry.seq, at, entry.actor, entry.organisation, entry.via, entry.verb, entry.subject, entry.area_code]
    whole = json.dumps([*parts, entry.facts, entry.previous], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()


def _seal(digest: str) -> str:
    from django.conf import settings

    return hmac.new(settings.LEDGER_KEY, digest.encode(), hashlib.sha256).hexdigest()


def seen_by(user: User) -> QuerySet[LedgerEntry]:
    """The entries an administrator or inspector may read: all for the whole city, else those of their areas."""
    areas = scope_of(user, (Role.ADMINISTRATOR, Role.INSPECTOR))
    return LedgerEntry.objects.all() if areas is None else LedgerEntry.objects.filter(area_code__in=areas)


def head() -> Anchor:
    """Where the ledger ends now; sequence 0 before the first act."""
    found = LedgerHead.objects.filter(pk=1).first()
    return Anchor(found.seq, found.hash) if found else Anchor(0, START)


def last_of(subject: str) -> Anchor:
    """The newest entry about ``subject``; ``LedgerEntry.DoesNotExist`` where there is none."""
    found = LedgerEntry.objects.filter(subject=subject).latest("seq")
    return Anchor(found.seq, found.hash)


def verify(anchors: Iterable[Anchor] = ()) -> Break | None:
    """Read the whole ledger and give the first break, or ``None``; memory does not grow with its length.

    An anchor that does not fit is reported at its own sequence: the first change is there or before it.
    """
    expected: dict[int, list[str]] = {}
    for anchor in anchors:
        expected.setdefault(anchor.seq, []).append(anchor.hash)
    with transaction.atomic():
        end = head()
        count, previous = 0, START
        for entry in LedgerEntry.objects.order_by("seq").iterator(chunk_size=CHUNK):
            count += 1
            if broken := _wrong(entry, count, previous, expected.get(count, [])):
                return broken
            previous = entry.hash
    if (count, previous) != (end.seq, end.hash):
        return Break(
            min(count, end.seq) + 1,
            Text(
                f"记录止于第{count}条，末尾标记却说有{end.seq}条", f"it ends at entry {count}, its head says {end.seq}"
            ),
        )
    lost = [seq for seq in sorted(expected) if seq > count]
    return _cut(count, lost[0]) if lost else None


def _wrong(entry: LedgerEntry, count: int, previous: str, anchored: list[str]) -> Break | None:
    if entry.seq != count:
        return Break(count, Text(f"第{count}条不见了", f"entry {count} is missing"))
    if entry.previous != previous:
        return Break(count, Text(f"第{count}条接不上前一条", f"entry {count} does not follow the one before"))
    if digest_of(entry) != entry.hash:
        return Break(count, Text(f"第{count}条的内容被改过", f"the content of entry {count} was changed"))
    if not hmac.compare_digest(_seal(entry.hash), entry.seal):
        return Break(
            count, Text(f"第{count}条的封印不对，是重算过的", f"entry {count} was re-hashed: its seal is wrong")
        )
    if any(hash_ != entry.hash for hash_ in anchored):
        return Break(count, Text(f"第{count}条与凭证上印的不同", f"entry {count} is not the one printed on a receipt"))
    return None


def _cut(count: int, anchored: int) -> Break:
    return Break(
        count + 1,
        Text(
            f"凭证上印有第{anchored}条，记录却止于第{count}条",
            f"a receipt names entry {anchored}, but the ledger ends at {count}",
        ),
    )


def facts_of(entry: LedgerEntry) -> dict[str, Any]:
    """What an entry says, as it was recorded."""
    found: dict[str, Any] = json.loads(entry.facts)
    return found
