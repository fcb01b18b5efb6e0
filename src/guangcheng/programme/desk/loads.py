"""Verbs of the registers desk: hand in, settle, check, commit, withdraw a file; look at findings."""

import datetime as dt
import hashlib
import json
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from guangcheng.base.errors import GuangchengError, InputError, NotFound, Refused
from guangcheng.base.places import Datum
from guangcheng.base.text import Text
from guangcheng.programme.desk.flow import DECISIONS, HANDS_IN, LOAD
from guangcheng.programme.desk.models import FindingReview, Load
from guangcheng.programme.desk.settled import Settled
from guangcheng.programme.platform import attachments, ledger, scope
from guangcheng.programme.platform.acts import Act, allow, may
from guangcheng.programme.platform.models import Attachment, Grant
from guangcheng.programme.platform.roles import Role
from guangcheng.registers.city import City
from guangcheng.registers.importing import ImportOptions, ImportReport, import_tables
from guangcheng.registers.mapping import known_headers
from guangcheng.registers.raw import RawTable
from guangcheng.registers.readers import read
from guangcheng.registers.schema import schema
from guangcheng.registers.snapshots import Source

REVIEWS = (Role.REVIEWER,)
_QUEUE = threading.Lock()
"""Two commits of this server queue; another program's is refused by the registers' own lock."""


@dataclass(frozen=True)
class Handed:
    """A file handed in as plain values, so that it can be checked away from the database."""

    name: str
    content: bytes
    register: str
    as_of: dt.date
    area: str
    settled: Settled


@dataclass(frozen=True)
class Checked:
    """What an import of the file would do now, and the tables as read (mended cells put in)."""

    report: ImportReport | None
    error: GuangchengError | None
    """Why the file cannot be used as a whole (columns missing …)."""
    raws: tuple[RawTable, ...]


@transaction.atomic
def hand_in(
    act: Act,
    *,
    register: str,
    name: str,
    content: bytes,
    as_of: dt.date,
    area: str | None = None,
    settled: Mapping[str, Any] | None = None,
) -> Load:
    """Take a file for a register. ``area`` is what it is handed in for: by default the actor's own.

    ``NotFound`` for an unknown register or area, ``Denied`` for somebody who may not report for the area.
    """
    wanted = schema(register)
    where = area or own_area(act)
    if where != scope.top() and where not in scope.areas():
        raise NotFound(
            Text(f"区域台账里没有“{where}”", f"there is no area {where} in the register"),
            mend=Text("选一个已登记的区域", "choose a registered area"),
        )
    allow(act, HANDS_IN, area=where)
    told = Settled().with_changes(settled or {}).checked(wanted)
    kept = attachments.attach(act, name=name, content=content, subject=f"register:{register}", area=where)
    load = Load.objects.create(
        register=register,
        area_code=where,
        as_of=as_of,
        attachment=kept,
        state=LOAD.initial,
        settled=told.kept(),
        made_by=act.user,
        made_at=act.at,
    )
    facts = {"register": register, "as_of": as_of, "file": kept.name, "sha256": kept.digest}
    ledger.record(act, "load.hand_in", load.subject, area=where, facts=facts)
    return load


def own_area(act: Act) -> str:
    """The area somebody reports for: the whole city where they may, else their one area; ``InputError`` if several."""
    codes = Grant.objects.filter(user=act.user, role=Role.REPORTER.value, revoked_at=None)
    areas = sorted(codes.values_list("area_code", flat=True))
    if scope.top() in areas or not areas:
        return scope.top()
    if len(areas) > 1:
        raise InputError(
            Text("您负责几个区域，请选一个", "you report for several areas: choose one"),
            mend=Text("、".join(areas), ", ".join(areas)),
        )
    return areas[0]


@transaction.atomic
def settle(act: Act, load: Load, changes: Mapping[str, Any]) -> Load:
    """Say something about columns, names, cells or the way to import; each change is a version of its own."""
    row = _locked(load)
    told = Settled.of(row.settled).with_changes(changes).checked(schema(row.register))
    row.settled, row.version = told.kept(), row.version + 1
    changed = {name: len(value) if isinstance(value, Mapping) else value for name, value in changes.items()}
    LOAD.advance(act, row, "settle", facts={"version": row.version, **changed})
    return row


def commit(act: Act, load: Load, *, version: int | None = None) -> Load:
    """Make the file's good rows the newest snapshot; refused rows go to quarantine.

    ``version`` is what the person saw; ``Refused`` when somebody has changed it since. The beginning is written into
    the ledger before the snapshot, the end with its hash after: a server killed between leaves the load “being
    committed”, and committing again finishes it (the same rows make no second snapshot).
    """
    with _QUEUE:
        row = _begin(act, load, version)
        try:
            report = _import_now(handed(row))
            if report.status == "refused":
                raise InputError(
                    Text(
                        f"{report.refused} 行都有错误，没有入库", f"all {report.refused} rows have faults: nothing kept"
                    ),
                    mend=Text("改正后再入库", "mend them and commit again"),
                )
        except GuangchengError as error:
            _fail(act, row, error)
            raise
        return _finish(act, row, report)


def _import_now(file: Handed) -> ImportReport:
    with _tables(file) as (raws, folder):
        return _import(scope.the_city(), file, raws, folder, dry_run=False)


@transaction.atomic
def _begin(act: Act, load: Load, version: int | None) -> Load:
    row = _locked(load)
    if version is not None and version != row.version:
        raise Refused(
            Text("别人刚改过这份文件", "somebody has just changed this load"),
            mend=Text("看过新的预览再入库", "look at the new preview, then commit"),
        )
    LOAD.advance(act, row, "begin", facts={"version": row.version})
    return row


@transaction.atomic
def _finish(act: Act, load: Load, report: ImportReport) -> Load:
    row = _locked(load)
    row.result = result_of(report)
    anchor = LOAD.advance(act, row, "finish", facts=row.result)
    row.receipt_seq, row.receipt_hash = anchor.seq, anchor.hash
    row.save(update_fields=["receipt_seq", "receipt_hash"])
    return row


@transaction.atomic
def _fail(act: Act, load: Load, error: GuangchengError) -> None:
    LOAD.advance(act, _locked(load), "fail", facts={"why": error.message.en})


@transaction.atomic
def withdraw(act: Act, load: Load) -> Load:
    """Take a file back before it is committed."""
    row = _locked(load)
    LOAD.advance(act, row, "withdraw")
    return row


def _locked(load: Load) -> Load:
    return Load.objects.select_for_update().select_related("attachment").get(pk=load.pk)


def may_see(act: Act, load: Load) -> bool:
    """Whether somebody may look at a load: who reports, reviews or administers for its area."""
    wanted = (Role.REPORTER, Role.REVIEWER, Role.APPROVER, Role.ADMINISTRATOR, Role.INSPECTOR)
    return act.actor is not None and may(act.actor, wanted, load.area_code)


def handed(load: Load) -> Handed:
    """The file with all that was said about it."""
    content = attachments.content_of(load.attachment)
    settled = Settled.of(load.settled)
    return Handed(load.attachment.name, content, load.register, load.as_of, load.area_code, settled)


def check(city: City, file: Handed) -> Checked:
    """What committing the file would do now; nothing is written."""
    tables: tuple[RawTable, ...] = ()
    try:
        with _tables(file) as (raws, folder):
            tables = tuple(raws)
            return Checked(_import(city, file, raws, folder, dry_run=True), None, tables)
    except GuangchengError as error:
        return Checked(None, error, tables)


@contextmanager
def _tables(file: Handed) -> Iterator[tuple[list[RawTable], Path]]:
    """The tables of the file, mended; the folder lives as long as the block."""
    with tempfile.TemporaryDirectory(prefix="guangcheng-load-") as made:
        folder = Path(made)
        path = folder / file.name
        path.write_bytes(file.content)
        wanted, told = schema(file.register), file.settled
        raws = read(path, encoding=told.encoding or None, sheet=told.sheet or None, known_headers=known_headers(wanted))
        yield told.mended(raws), folder


def _import(city: City, file: Handed, raws: list[RawTable], folder: Path, *, dry_run: bool) -> ImportReport:
    told, whole = file.settled, file.area == scope.top()
    map_file, decisions = told.files(folder)
    options = ImportOptions(
        as_of=file.as_of,
        mode=told.mode,
        scope=file.area if told.mode == "replace" and not whole else None,
        datum=Datum(told.datum) if told.datum else None,
        area=told.default_area or None,
        map_file=map_file,
        decisions_file=decisions,
        within=None if whole else file.area,
        dry_run=dry_run,
        yes=told.agrees or dry_run,
    )
    return import_tables(city, file.register, raws, _sources(file), options)


def _sources(file: Handed) -> tuple[Source, ...]:
    """The file, and the cells mended in the page as a source of their own."""
    found = [Source(file.name, hashlib.sha256(file.content).hexdigest())]
    if file.settled.cells:
        mended = json.dumps(file.settled.kept()["cells"], ensure_ascii=False, sort_keys=True)
        found.append(Source(f"{file.name}（网页更正）", hashlib.sha256(mended.encode()).hexdigest()))
    return tuple(found)


def result_of(report: ImportReport) -> dict[str, Any]:
    """What an import did, as the ledger and the load keep it."""
    snapshot = report.snapshot
    return {
        "status": report.status,
        "accepted": report.accepted,
        "refused": report.refused,
        "doubles": report.doubles,
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "snapshot": None if snapshot is None else snapshot.hash,
        "as_of": report.as_of.isoformat(),
        "new": report.new,
        "quarantine": None if report.quarantine is None else report.quarantine.name,
        "rules": report.by_rule(),
    }


DOCUMENTS = "document"
"""Subject of the city documents handed in to be read."""


@transaction.atomic
def hand_in_document(act: Act, *, name: str, content: bytes) -> Attachment:
    """Keep a city's document, to be read into a draft standard; an administrator's act."""
    allow(act, (Role.ADMINISTRATOR,), area=scope.top())
    return attachments.attach(act, name=name, content=content, subject=DOCUMENTS, area=scope.top())


@transaction.atomic
def review_finding(
    act: Act, *, finding: str, register: str, rule: str, place: str, decision: str, note: str
) -> FindingReview:
    """Say what is to be thought of a finding; earlier decisions stay in the history."""
    allow(act, REVIEWS, area=scope.top())
    if decision not in DECISIONS or not note.strip():
        raise InputError(
            Text("要选一种结论并写明依据", "choose a decision and say on what grounds"),
            mend=Text("结论：" + "、".join(DECISIONS), "decisions: " + ", ".join(DECISIONS)),
        )
    made = FindingReview.objects.create(
        finding=finding,
        register=register,
        rule=rule,
        place=place[:300],
        decision=decision,
        note=note.strip()[:500],
        by=act.user,
        at=act.at,
    )
    facts = {"register": register, "rule": rule, "place": place, "decision": decision, "note": made.note}
    ledger.record(act, "finding.review", f"finding:{finding[:16]}", area=scope.top(), facts=facts)
    return made
