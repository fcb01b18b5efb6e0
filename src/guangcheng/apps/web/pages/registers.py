"""The registers in the browser: templates, files handed in, preview, mending, commit, history."""

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from guangcheng.apps.bootstrap import as_of_day
from guangcheng.apps.web import checking
from guangcheng.apps.web.http import act_of, download, kept_file, page, paged, say_done, say_refused, show, user_of
from guangcheng.base.errors import Denied, GuangchengError, InputError, NotFound
from guangcheng.base.text import Text
from guangcheng.programme.desk import loads
from guangcheng.programme.desk.flow import LOAD
from guangcheng.programme.desk.models import Load
from guangcheng.programme.desk.settled import Cell, Settled
from guangcheng.programme.platform import attachments, scope
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.platform.models import Grant
from guangcheng.programme.platform.roles import Role
from guangcheng.registers.rulebook import rules
from guangcheng.registers.schema import schema, schemas
from guangcheng.registers.template import write_template

FAULTS = 40
HISTORY = 40
SHEET = attachments.TYPES["xlsx"]
DATUMS = (
    ("", Text("按文件所写", "as the file says")),
    ("wgs84", Text("WGS84", "WGS84")),
    ("cgcs2000", Text("CGCS2000", "CGCS2000")),
    ("gcj02", Text("GCJ-02（火星坐标）", "GCJ-02")),
    ("bd09", Text("BD-09（百度）", "BD-09")),
)
MODES = (
    ("upsert", Text("按编号更新，其余保留", "update by key, keep the rest")),
    ("replace", Text("整体替换本区域的行", "replace all rows of the area")),
)


LABELS = {
    "file": Text("文件（XLSX、CSV…）", "File (XLSX, CSV …)"),
    "as_of": Text("数据截至", "The rows describe the day"),
    "area": Text("所报区域", "Area reported for"),
    "area_hint": Text("只收这个区域的行，其他区域的行会退回", "only rows of this area are taken, others are refused"),
    "mode": Text("方式", "Way"),
    "datum": Text("坐标系", "Datum"),
    "encoding": Text("文字编码", "Text encoding"),
    "encoding_hint": Text("留空则自动判断，如 gb18030", "told automatically when empty, such as gb18030"),
    "default_area": Text("没写区域的行属于", "Area of rows that name none"),
    "agrees": Text("确认删去一成以上的行", "I agree to removing more than a tenth of the rows"),
    "nothing": Text("还没有快照", "No snapshot yet"),
    "before": Text("现有行", "Rows now"),
    "added": Text("新增", "Added"),
    "changed": Text("更改", "Changed"),
    "removed": Text("删去", "Removed"),
    "unchanged": Text("不变", "Unchanged"),
    "refused": Text("退回", "Refused"),
}


_TITLE = Text("台账", "Registers")


class HandInForm(forms.Form):
    """A file for a register."""

    file = forms.FileField()
    as_of = forms.DateField()
    area = forms.CharField(max_length=20, required=False)
    mode = forms.ChoiceField(choices=[(code, code) for code, _ in MODES], required=False)


@page()
@require_GET
def registers(request: HttpRequest) -> HttpResponseBase:
    """All registers: what there is, as of when, how much."""
    city = scope.the_city()
    rows = []
    for name, wanted in schemas().items():
        history = city.registers.history(name)
        rows.append({"name": name, "schema": wanted, "last": history[-1] if history else None, "count": len(history)})
    mine = _visible(request)[:12]
    return show(request, "registers/list.html", {"rows": rows, "loads": mine, "states": LOAD.states})


def _visible(request: HttpRequest) -> list[Load]:
    """The newest loads the person may look at."""
    act = act_of(request)
    found = Load.objects.select_related("attachment", "made_by").order_by("-pk")[:200]
    return [load for load in found if loads.may_see(act, load)]


@page()
@require_GET
def register(request: HttpRequest, name: str) -> HttpResponseBase:
    """One register: its snapshots, its template, the form to hand in a file."""
    return _register(request, name, None)


def _register(request: HttpRequest, name: str, form: HandInForm | None) -> HttpResponseBase:
    wanted, city = schema(name), scope.the_city()
    context = {
        "name": name,
        "crumbs": [(_TITLE, "/registers/"), (wanted.title, None)],
        "labels": LABELS,
        "schema": wanted,
        "history": paged(city.registers.history(name)[::-1], request, HISTORY),
        "areas": _own_areas(request),
        "as_of": as_of_day(city, None),
        "modes": MODES,
        "form": form,
        "wrong": {field: str(errors[0]) for field, errors in form.errors.items()} if form else {},
        "loads": [load for load in _visible(request) if load.register == name][:12],
        "states": LOAD.states,
    }
    return show(request, "registers/register.html", context, status=422 if form else 200)


def _own_areas(request: HttpRequest) -> list[tuple[str, Text]]:
    """The areas the person reports for."""
    found = Grant.objects.filter(user=user_of(request), role=Role.REPORTER.value, revoked_at=None)
    codes = sorted(found.values_list("area_code", flat=True))
    return [(code, Text(scope.area_name(code), scope.area_name(code))) for code in codes]


@page()
@require_GET
def template(_request: HttpRequest, name: str) -> HttpResponseBase:
    """The workbook to fill in."""
    wanted = schema(name)
    with tempfile.TemporaryDirectory(prefix="guangcheng-template-") as folder:
        file = Path(folder) / f"{name}.xlsx"
        write_template(name, file)
        return download(file.read_bytes(), f"{wanted.title.zh}.xlsx", SHEET)


@page(Role.REPORTER)
@require_POST
def hand_in(request: HttpRequest, name: str) -> HttpResponseBase:
    """Take a file; its preview comes next."""
    schema(name)
    form = HandInForm(request.POST, request.FILES)
    if not form.is_valid():
        return _register(request, name, form)
    given = form.cleaned_data
    file: UploadedFile[Any] = given["file"]
    too_large(file)
    try:
        load = loads.hand_in(
            act_of(request),
            register=name,
            name=file.name or "file",
            content=file.read(),
            as_of=given["as_of"],
            area=given["area"] or None,
            settled={"mode": given["mode"] or "upsert"},
        )
    except GuangchengError as error:
        say_refused(request, error)
        return redirect("register", name=name)
    return redirect("load", load_id=load.pk)


def too_large(file: "UploadedFile[Any]") -> None:
    """``InputError`` before the whole file is read into memory."""
    if (file.size or 0) > attachments.LARGEST:
        raise InputError(
            Text(f"文件大于 {attachments.LARGEST >> 20} MiB", f"the file exceeds {attachments.LARGEST >> 20} MiB"),
            mend=Text("分成几个文件，或用命令行导入", "split it, or import it at the command line"),
        )


def load_of(act: Act, load_id: int) -> Load:
    """A load the person may look at; ``Denied`` otherwise."""
    load = get_object_or_404(Load.objects.select_related("attachment", "made_by"), pk=load_id)
    if not loads.may_see(act, load):
        raise Denied(
            Text("这份导入件不在您的区域内", "this load is not of your area"),
            mend=Text("请该区域的填报人或管理员处理", "let the reporter of that area see to it"),
        )
    return load


@page()
@require_GET
def load(request: HttpRequest, load_id: int) -> HttpResponseBase:
    """A file handed in: columns, names, faults to mend, what would change; later its receipt."""
    one = load_of(act_of(request), load_id)
    name = Text(one.attachment.name, one.attachment.name)
    context: dict[str, Any] = {
        "load": one,
        "crumbs": [(_TITLE, "/registers/"), (schema(one.register).title, f"/registers/{one.register}/"), (name, None)],
        "labels": LABELS,
        "schema": schema(one.register),
        "state": LOAD.states[one.state],
        "steps": {step.name for step in LOAD.open_to(act_of(request), one)},
        "settled": Settled.of(one.settled),
    }
    if one.state in ("received", "committing"):
        context |= _preview(request, one)
    return show(request, "registers/load.html", context)


def _preview(request: HttpRequest, one: Load) -> dict[str, Any]:
    seen = checking.checked(one)
    asked = request.GET.get("rule", "")
    faults = [] if seen.report is None else [f for f in seen.report.faults if not asked or f.rule == asked]
    shown = paged(faults, request, FAULTS)
    return {
        "seen": seen,
        "report": seen.report,
        "counts": checking.counts(seen),
        "columns": checking.columns(one, seen),
        "choices": checking.choices(one),
        "names": checking.names(one, seen),
        "area_choices": checking.area_choices(one),
        "by_rule": [(rule, kind, n, rules()[rule].title) for rule, kind, n in checking.by_rule(seen)],
        "asked_rule": asked,
        "faults": shown,
        "fault_rows": checking.fault_rows(seen, shown.object_list),
        "needs_agreement": checking.needs_agreement(seen),
        "datums": DATUMS,
        "modes": MODES,
        "mended": len(Settled.of(one.settled).cells),
    }


@page(Role.REPORTER)
@require_POST
def settle(request: HttpRequest, load_id: int) -> HttpResponseBase:
    """Take what the form says about columns, names and cells; the file is checked anew."""
    one = load_of(act_of(request), load_id)
    changes = changes_of(request.POST)
    try:
        loads.settle(act_of(request), one, changes)
    except GuangchengError as error:
        say_refused(request, error)
        return redirect("load", load_id=load_id)
    say_done(request, Text("已按您的更正重新检查", "checked anew with what you said"))
    return redirect("load", load_id=load_id)


def changes_of(posted: Any) -> dict[str, Any]:
    """What a form changes: ``column:<header>``, ``name:<name>``, ``cell:<cell>`` (if not as it ``was:``), options."""
    columns, names, cells = {}, {}, {}
    for key, given in posted.items():
        kind, _, what = key.partition(":")
        value = given.strip()
        if kind == "column":
            columns[what] = value
        elif kind == "name" and value:
            names[what] = value.split(" ")[0]
        elif kind == "cell" and value != posted.get(f"was:{what}", "").strip():
            cells[Cell.parse(what)] = value
    changes: dict[str, Any] = {"columns": columns, "names": names, "cells": cells}
    for option in ("mode", "datum", "encoding", "sheet", "default_area"):
        if option in posted:
            changes[option] = posted[option].strip()
    if "has_agrees" in posted:
        changes["agrees"] = posted.get("agrees") == "yes"
    return {name: value for name, value in changes.items() if value or name not in ("columns", "names", "cells")}


@page(Role.REPORTER)
@require_POST
def commit(request: HttpRequest, load_id: int) -> HttpResponseBase:
    """Make it the newest snapshot."""
    one = load_of(act_of(request), load_id)
    version = request.POST.get("version", "")
    try:
        loads.commit(act_of(request), one, version=int(version) if version.isdigit() else None)
    except GuangchengError as error:
        say_refused(request, error)
        return redirect("load", load_id=load_id)
    say_done(request, Text("已入库，凭证如下", "committed; the receipt is below"))
    return redirect("load", load_id=load_id)


@page(Role.REPORTER)
@require_POST
def withdraw(request: HttpRequest, load_id: int) -> HttpResponseBase:
    """Take it back."""
    one = load_of(act_of(request), load_id)
    try:
        loads.withdraw(act_of(request), one)
    except GuangchengError as error:
        say_refused(request, error)
        return redirect("load", load_id=load_id)
    say_done(request, Text("已撤回", "withdrawn"))
    return redirect("register", name=one.register)


@page()
@require_GET
def load_file(request: HttpRequest, load_id: int) -> HttpResponseBase:
    """The file as it was handed in."""
    return kept_file(load_of(act_of(request), load_id).attachment)


@page()
@require_GET
def quarantine(request: HttpRequest, load_id: int) -> HttpResponseBase:
    """The refused rows, to be mended and handed in again."""
    return download(*quarantine_of(load_of(act_of(request), load_id)), SHEET)


def quarantine_of(one: Load) -> tuple[bytes, str]:
    """Content and name of a load's quarantine; ``NotFound`` when no row was refused."""
    name = one.told.get("quarantine") or ""
    file = scope.the_city().registers.folder / one.register / "quarantine" / Path(str(name)).name
    if not name or not file.is_file():
        raise NotFound(
            Text("这次导入没有被退回的行", "no row of this load was refused"),
            mend=Text("看导入件页面上的结果", "see the result on the load's page"),
        )
    return file.read_bytes(), file.name


urlpatterns = [
    path("registers/", registers, name="registers"),
    path("registers/loads/<int:load_id>", load, name="load"),
    path("registers/loads/<int:load_id>/settle", settle, name="load_settle"),
    path("registers/loads/<int:load_id>/commit", commit, name="load_commit"),
    path("registers/loads/<int:load_id>/withdraw", withdraw, name="load_withdraw"),
    path("registers/loads/<int:load_id>/file", load_file, name="load_file"),
    path("registers/loads/<int:load_id>/quarantine.xlsx", quarantine, name="quarantine"),
    path("registers/<str:name>/", register, name="register"),
    path("registers/<str:name>/template.xlsx", template, name="register_template"),
    path("registers/<str:name>/loads", hand_in, name="hand_in"),
]
