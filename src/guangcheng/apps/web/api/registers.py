"""Registers: snapshots, templates, and loads from hand-in to commit."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.pagination import LimitOffsetPagination, paginate

from guangcheng.apps.web import checking
from guangcheng.apps.web.api.door import api_act
from guangcheng.apps.web.api.door import scope as key
from guangcheng.apps.web.pages.quality import visible
from guangcheng.apps.web.pages.registers import SHEET, load_of, quarantine_of, too_large
from guangcheng.apps.web.results import audits
from guangcheng.programme.desk import loads
from guangcheng.programme.desk.models import Load
from guangcheng.programme.desk.settled import Cell
from guangcheng.programme.platform import scope
from guangcheng.programme.platform.acts import roles_in
from guangcheng.registers.schema import schema, schemas
from guangcheng.registers.template import write_template

router = Router()
PATIENCE_S = 20.0
Json = dict[str, Any]


class RegisterOut(Schema):
    """A register and its newest snapshot."""

    name: str
    title: Json
    key: list[str]
    as_of: dt.date | None
    rows: int | None
    hash: str | None


class SnapshotOut(Schema):
    """One snapshot of a register."""

    as_of: dt.date
    seq: int
    hash: str
    rows: int
    mode: str
    scope: str | None
    added: int
    changed: int
    removed: int
    unchanged: int
    sources: list[Json]


class CellIn(Schema):
    """A mended cell, as a fault names its place."""

    sheet: str = ""
    row: int
    column: str
    value: str


class SettleIn(Schema):
    """What is said about a load; what is left out stays as it was."""

    columns: dict[str, str] | None = None
    names: dict[str, str] | None = None
    cells: list[CellIn] | None = None
    mode: str | None = None
    datum: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    default_area: str | None = None
    agrees: bool | None = None


class CommitIn(Schema):
    """What is committed: the version that was looked at."""

    version: int | None = None


def _told(load: Load) -> Json:
    return {
        "id": load.pk,
        "register": load.register,
        "area": load.area_code,
        "as_of": load.as_of.isoformat(),
        "file": load.attachment.name,
        "sha256": load.attachment.digest,
        "state": load.state,
        "version": load.version,
        "settled": load.settled,
        "result": load.result or None,
        "receipt": {"seq": load.receipt_seq, "hash": load.receipt_hash} if load.receipt_hash else None,
    }


def _name(one: checking.Name) -> Json:
    candidates = [{"code": code, "name": name} for code, name in one.candidates]
    return {"name": one.name, "rows": one.rows, "candidates": candidates}


def _previewed(load: Load) -> Json:
    if load.state not in ("received", "committing"):
        return _told(load)
    seen = checking.checked(load, patience=PATIENCE_S)
    error = None
    if seen.error is not None:
        error = {"zh": seen.error.message.zh, "en": seen.error.message.en}
    columns = [
        {"header": one.header, "label": one.label, "sheet": one.sheet, "read_as": one.bound.en if one.bound else None}
        for one in checking.columns(load, seen)
    ]
    names = [_name(one) for one in checking.names(load, seen)]
    status = None if seen.report is None else seen.report.status
    rules = [{"rule": rule, "severity": severity, "count": n} for rule, severity, n in checking.by_rule(seen)]
    preview = {"status": status, "error": error, "counts": checking.counts(seen), "rules": rules}
    return _told(load) | {"preview": preview | {"columns": columns, "names": names}}


@router.get("", response=list[RegisterOut])
@paginate(LimitOffsetPagination)
def registers(request: HttpRequest) -> Any:
    """All registers."""
    api_act(request)
    city = scope.the_city()
    found = []
    for name, wanted in schemas().items():
        history = city.registers.history(name)
        last = history[-1] if history else None
        found.append(
            {
                "name": name,
                "title": {"zh": wanted.title.zh, "en": wanted.title.en},
                "key": list(wanted.key),
                "as_of": last.as_of if last else None,
                "rows": last.rows if last else None,
                "hash": last.hash if last else None,
            }
        )
    return found


@router.get("/findings", response=list[Json])
@paginate(LimitOffsetPagination)
def findings(request: HttpRequest, of: str | None = None) -> Any:
    """What the rules find in the registers as they stand."""
    held = roles_in(api_act(request).user, scope.top())
    return [
        checking.fault_json(checking.FaultRow(fault)) | {"register": one.register}
        for one in visible(audits(patience=PATIENCE_S), held)
        if of in (None, one.register)
        for fault in one.faults
    ]


@router.get("/loads", response=list[Json])
@paginate(LimitOffsetPagination)
def all_loads(request: HttpRequest, of: str | None = None, state: str | None = None) -> Any:
    """The loads one may see, newest first."""
    act = api_act(request)
    found = Load.objects.select_related("attachment").order_by("-pk")
    found = found.filter(register=of) if of else found
    found = found.filter(state=state) if state else found
    return [_told(load) for load in found if loads.may_see(act, load)]


@router.get("/loads/{load_id}", response=Json)
def load(request: HttpRequest, load_id: int) -> Any:
    """A load with the preview of what committing it would do."""
    return _previewed(_load(request, load_id))


@router.get("/loads/{load_id}/faults", response=list[Json])
@paginate(LimitOffsetPagination)
def faults(request: HttpRequest, load_id: int, rule: str | None = None) -> Any:
    """The faults of a load's rows, with the cell to mend."""
    seen = checking.checked(_load(request, load_id), patience=PATIENCE_S)
    found = [] if seen.report is None else [fault for fault in seen.report.faults if rule in (None, fault.rule)]
    return [checking.fault_json(row) for row in checking.fault_rows(seen, found)]


@router.post("/loads/{load_id}/settle", response=Json, auth=key("act"))
def settle(request: HttpRequest, load_id: int, body: SettleIn) -> Any:
    """Say something about columns, names, cells or the way to import; the answer is the new preview."""
    one = _load(request, load_id)
    changes = body.dict(exclude_none=True)
    if body.cells is not None:
        changes["cells"] = {Cell(cell.sheet, cell.row, cell.column): cell.value for cell in body.cells}
    return _previewed(loads.settle(api_act(request), one, changes))


@router.post("/loads/{load_id}/commit", response=Json, auth=key("act"))
def commit(request: HttpRequest, load_id: int, body: CommitIn) -> Any:
    """Make it the newest snapshot; the answer has the receipt."""
    return _told(loads.commit(api_act(request), _load(request, load_id), version=body.version))


@router.post("/loads/{load_id}/withdraw", response=Json, auth=key("act"))
def withdraw(request: HttpRequest, load_id: int) -> Any:
    """Take it back."""
    return _told(loads.withdraw(api_act(request), _load(request, load_id)))


@router.get("/loads/{load_id}/quarantine")
def quarantine(request: HttpRequest, load_id: int) -> HttpResponse:
    """The refused rows as a workbook."""
    content, _ = quarantine_of(_load(request, load_id))
    return HttpResponse(content, content_type=SHEET)


@router.get("/{name}", response=list[SnapshotOut])
@paginate(LimitOffsetPagination)
def history(request: HttpRequest, name: str) -> Any:
    """Every snapshot of a register, oldest first."""
    api_act(request)
    schema(name)
    return [
        {
            **{field: getattr(one, field) for field in SnapshotOut.model_fields if field != "sources"},
            "sources": [{"file": source.file, "sha256": source.sha256} for source in one.sources],
        }
        for one in scope.the_city().registers.history(name)
    ]


@router.get("/{name}/template")
def template(request: HttpRequest, name: str) -> HttpResponse:
    """The workbook to fill in."""
    api_act(request)
    with tempfile.TemporaryDirectory(prefix="guangcheng-template-") as folder:
        file = Path(folder) / "template.xlsx"
        write_template(schema(name).register, file)
        return HttpResponse(file.read_bytes(), content_type=SHEET)


@router.post("/{name}/loads", response={201: Json}, auth=key("act"))
def hand_in(
    request: HttpRequest,
    name: str,
    file: File[UploadedFile],
    as_of: Form[dt.date],
    area: Form[str | None] = None,
    mode: Form[str] = "upsert",
) -> Any:
    """Hand in a file; the answer is its preview."""
    too_large(file)
    made = loads.hand_in(
        api_act(request),
        register=name,
        name=file.name or "file",
        content=file.read(),
        as_of=as_of,
        area=area,
        settled={"mode": mode},
    )
    return Status(201, _previewed(made))


def _load(request: HttpRequest, load_id: int) -> Load:
    return load_of(api_act(request), load_id)
