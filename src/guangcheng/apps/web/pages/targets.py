"""Programmes, their dated targets with today's values, splits to areas."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_http_methods

from guangcheng.apps.web import results
from guangcheng.apps.web.deeds import Deed, answer
from guangcheng.apps.web.fields import AreaField, amount, words
from guangcheng.apps.web.http import page, paged
from guangcheng.base.errors import InputError
from guangcheng.base.text import Text
from guangcheng.coverage.results import IndicatorResult
from guangcheng.programme.members.verbs import OFFICE
from guangcheng.programme.platform import scope
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.targets import verbs
from guangcheng.programme.targets.models import Programme, Target, plain
from guangcheng.programme.tasks import programmes
from guangcheng.reporting.words import STATUSES


class TakeUpForm(forms.Form):
    """A standard to take up."""

    standard = forms.ChoiceField(label=Text("标准", "standard"), choices=verbs.offered)  # type: ignore[arg-type]
    area = AreaField()


class AnewForm(forms.Form):
    """Another value of a target."""

    value = amount(Text("新目标值", "new value"))
    reason = words(Text("依据", "on what grounds"), long=True, most=500)


class SplitForm(forms.Form):
    """Shares of areas, one a line."""

    shares = forms.CharField(
        label=Text("各区域的数", "the areas' numbers"),  # type: ignore[arg-type]
        max_length=20000,
        widget=forms.Textarea,
        help_text=Text("每行：区域代码或名称，空格，数", "each line: area code or name, a space, the number"),  # type: ignore[arg-type]
    )


@page()
@require_http_methods(["GET", "POST"])
def targets(request: HttpRequest) -> HttpResponseBase:
    """All programmes; taking up another standard."""
    rows = [
        {
            "programme": one,
            "targets": one.targets.filter(retired_on=None).count(),
            "tasks": one.tasks.count(),
            "done": one.tasks.filter(state="done").count(),
        }
        for one in Programme.objects.all()
    ]
    take_up = Deed(
        "take_up",
        Text("立项：按标准建立目标和任务", "take up a standard"),
        lambda act, given: f"/targets/{programmes.begin(act, given['standard'], area=given['area']).pk}",
        TakeUpForm,
        roles=OFFICE,
        area=None,
        done=Text("目标和任务已建立", "its targets and tasks are there"),
    )
    return answer(request, "work/programmes.html", {"rows": rows}, [take_up], "/targets/")


@page()
@require_http_methods(["GET"])
def programme(request: HttpRequest, programme_id: int) -> HttpResponseBase:
    """One programme's targets, with today's value and gap; parts stand in the target's own page."""
    one = get_object_or_404(Programme, pk=programme_id)
    area = request.GET.get("area", "")
    found = one.targets.filter(retired_on=None)
    found = found.filter(area_code=area) if area else found.filter(parent=None)
    split_to = sorted(set(one.targets.filter(retired_on=None).values_list("area_code", flat=True)))
    context = {"programme": one, "page_of": paged(found, request), "area": area, "areas": split_to}
    return answer(request, "work/programme.html", context | {"rows": _rows(context["page_of"], one)}, [], "")


def _rows(found: Any, one: Programme) -> list[dict[str, Any]]:
    known = _values(one)
    return [{"target": target, **_now(known.get((target.indicator, target.area_code)), target)} for target in found]


def _values(one: Programme) -> dict[tuple[str, str], IndicatorResult]:
    """Today's results by indicator and area; none while they are worked out, or for a standard not computed here."""
    if one.standard_id not in results.standards_in_force():
        return {}
    standing = results.ready(one.standard_id)
    if standing is None:
        return {}
    return {(row.id, row.area): row for rows in standing.indicators.values() for row in rows}


def _now(result: IndicatorResult | None, target: Target) -> dict[str, Any]:
    if result is None:
        return {"value": None}
    judged = result.target_date == target.date
    return {
        "value": result.value,
        "look": result.status.value if judged else "",
        "word": STATUSES[result.status] if judged else "",
    }


@page()
@require_http_methods(["GET", "POST"])
def target(request: HttpRequest, target_id: int) -> HttpResponseBase:
    """One target: its parts, their total, splitting, another value."""
    one = get_object_or_404(Target.objects.select_related("programme", "parent"), pk=target_id)
    parts = _parts(one)
    total = sum((part.value for part in parts if part.value is not None), Decimal(0))
    deeds = []
    if one.retired_on is None and one.value is not None:
        listed = "\n".join(f"{part.area_code} {plain(part.value)}" for part in parts)
        deeds.append(
            Deed(
                "split",
                Text("分解到区域", "split to areas"),
                lambda act, given: _split(act, one, given),
                SplitForm,
                {"shares": listed},
                OFFICE,
                one.area_code,
            )
        )
    if one.retired_on is None and one.parent_id is None:
        deeds.append(
            Deed(
                "anew",
                Text("调整目标值", "set another value"),
                lambda act, given: f"/targets/item/{verbs.set_anew(act, one, **given).pk}",
                AnewForm,
                roles=OFFICE,
                area=one.area_code,
            )
        )
    context = {
        "target": one,
        "parts": parts,
        "total": plain(total),
        "adds_up": one.unit in verbs.ADDED_UP and not one.each,
        "earlier": Target.objects.filter(
            programme=one.programme,
            indicator=one.indicator,
            date=one.date,
            role=one.role,
            area_code=one.area_code,
            retired_on__isnull=False,
        ),
        **_now(_values(one.programme).get((one.indicator, one.area_code)), one),
    }
    return answer(request, "work/target.html", context, deeds, f"/targets/item/{one.pk}")


def _parts(one: Target) -> QuerySet[Target]:
    return one.parts.filter(retired_on=None).order_by("area_code")


def _split(act: Act, one: Target, given: Mapping[str, Any]) -> None:
    verbs.split(act, one, shares_of(given["shares"]))


def shares_of(text: str) -> dict[str, Decimal]:
    """Lines of area and number as numbers by area code; ``InputError`` names the line."""
    names: dict[str, list[str]] = {}
    for code, (name, _, _) in scope.areas().items():
        names.setdefault(name, []).append(code)
    shares: dict[str, Decimal] = {}
    for place, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        area, _, value = line.strip().replace("\t", " ").replace("，", " ").replace(",", " ").rpartition(" ")
        meant = names.get(area.strip(), [area.strip()])
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise _wrong_line(place, line) from None
        if not area.strip() or len(meant) != 1 or meant[0] in shares or not number.is_finite():
            raise _wrong_line(place, line)
        shares[meant[0]] = number
    return shares


def _wrong_line(place: int, line: str) -> InputError:
    return InputError(
        Text(f"第 {place} 行读不懂：{line.strip()[:60]}", f"line {place} cannot be read: {line.strip()[:60]}"),
        mend=Text(
            "每行一个区域（代码，或不重名的名称）、空格、一个数",
            "one area (code, or a name of its own), a space, a number",
        ),
    )


urlpatterns = [
    path("targets/", targets, name="targets"),
    path("targets/<int:programme_id>", programme, name="programme"),
    path("targets/item/<int:target_id>", target, name="target"),
]
