"""Values as JSON objects: the shapes that ``schemas/*.schema.json`` describe, one function per shape."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from guangcheng.apps.with_plan import After, Given, Uncounted
from guangcheng.base.places import DatumGuess
from guangcheng.base.provenance import SnapshotRef
from guangcheng.base.text import Text
from guangcheng.coverage.by_route import ByRoute
from guangcheng.coverage.gaps import Fewest
from guangcheng.coverage.results import (
    AreaVerdict,
    DataGap,
    Evaluation,
    Gap,
    IndicatorResult,
    TestResult,
    TraceNode,
)
from guangcheng.registers.faults import Fault
from guangcheng.registers.importing import ImportReport

Json = dict[str, Any]


def text(value: Text) -> Json:
    """Both languages."""
    return {"zh": value.zh, "en": value.en}


def number(value: str | int | None) -> int | float | str | None:
    """Turn a decimal string into a JSON number (whole where it is whole); words stay words."""
    if value is None or isinstance(value, int):
        return value
    try:
        exact = Decimal(value)
    except ArithmeticError:
        return value
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def test(result: TestResult) -> Json:
    """One test of one place; ``value`` is a decimal string, ``threshold`` a number, counts are integers."""
    return {
        "id": result.id,
        "clause": str(result.clause),
        "title": text(result.title),
        "hard": result.hard,
        "numerator": result.numerator,
        "denominator": result.denominator,
        "unknown": result.unknown,
        "value": result.value,
        "unit": result.unit,
        "comparator": result.comparator,
        "threshold": number(result.threshold),
        "ok": result.ok,
        "basis": result.basis.value,
        "trace": result.trace,
    }


def area(verdict: AreaVerdict) -> Json:
    """One place with its tests."""
    return {
        "code": verdict.code,
        "name": verdict.name,
        "level": verdict.level,
        "subtype": verdict.subtype,
        "parent": verdict.parent,
        "verdict": verdict.verdict.value,
        "tests": [test(item) for item in verdict.tests],
        "reasons": [text(reason) for reason in verdict.reasons],
        "trace": verdict.trace,
    }


def gap(value: Gap | None) -> Json | None:
    """What is missing, in real units."""
    return None if value is None else {"amount": number(value.amount), "unit": value.unit}


def indicator(result: IndicatorResult) -> Json:
    """One indicator of one area."""
    return {
        "id": result.id,
        "clause": str(result.clause),
        "name": text(result.name),
        "area": result.area,
        "value": result.value,
        "numerator": number(result.numerator),
        "denominator": number(result.denominator),
        "unit": result.unit,
        "comparator": result.comparator,
        "target": number(result.target),
        "target_date": None if result.target_date is None else result.target_date.isoformat(),
        "status": result.status.value,
        "gap": gap(result.gap),
        "basis": result.basis.value,
        "flags": list(result.flags),
        "notes": [text(note) for note in result.notes],
        "trace": result.trace,
    }


def data_gap(value: DataGap) -> Json:
    """Something the evaluation could not know."""
    return {"kind": value.kind, "where": value.where, "message": text(value.message)}


def snapshots(refs: Mapping[str, SnapshotRef]) -> Json:
    """The day and hash of each register looked at."""
    return {register: {"as_of": ref.as_of.isoformat(), "hash": ref.hash} for register, ref in refs.items()}


def evaluation(value: Evaluation) -> Json:
    """Build the answer of ``guangcheng evaluate``."""
    return {
        "standard": value.standard,
        "standard_version": value.standard_version,
        "area": value.area,
        "as_of": value.as_of.isoformat(),
        "snapshots": snapshots(value.snapshots),
        "areas": [area(item) for item in value.areas],
        "estates": [area(item) for item in value.estates],
        "indicators": [indicator(item) for item in value.indicators],
        "data_gaps": [data_gap(item) for item in value.data_gaps],
        "notes": [text(note) for note in value.notes],
    }


def with_plan(given: Given, after: After, left: Iterable[Uncounted]) -> Json:
    """What a plan laid over the registers changes."""
    points, ports = given.ports
    return {
        "plan": given.name,
        "snapshots": snapshots(dict(sorted(given.view.refs.items()))),
        "access_points": points,
        "ports": ports,
        "levels": [
            {
                "level": one.level,
                "places": one.places,
                "before": one.before,
                "after": one.after,
                "newly": [place.code for place in one.newly],
                "no_longer": [place.code for place in one.no_longer],
            }
            for one in after.levels
        ],
        "indicators": [
            {
                "id": new.id,
                "area": new.area,
                "before": {"value": old.value, "status": old.status.value},
                "after": {"value": new.value, "status": new.status.value},
            }
            for old, new in after.indicators
        ],
        "connected": None if given.connected is None else len(given.connected),
        "uncounted": [{"premises": one.premises, "condition": one.condition, "words": text(one.words)} for one in left],
    }


def ways(found: Mapping[str, Fewest]) -> Json:
    """What to build at the least, by area code; a place that building alone cannot help is not in it."""
    return {
        code: {
            "natural_villages": way.villages,
            "premises": way.premises,
            "natural_village_codes": list(way.village_codes),
            "premises_ids": list(way.premises_ids),
        }
        for code, way in found.items()
    }


def trace(node: TraceNode) -> Json:
    """Build the answer of ``guangcheng explain``: the derivation as a tree."""
    return {
        "title": text(node.title),
        "value": node.value,
        "clause": None if node.clause is None else str(node.clause),
        "basis": None if node.basis is None else node.basis.value,
        "kind": node.kind,
        "rows": [_row(row) for row in node.rows],
        "children": [trace(child) for child in node.children],
    }


def _row(row: Any) -> Json:
    return {str(key): _plain(value) for key, value in row.items()}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)


def texts(values: Iterable[Text]) -> list[Json]:
    """Shape several sentences."""
    return [text(value) for value in values]


def fault(value: Fault) -> Json:
    """One fault with its place, reason and mend."""
    names = ("file", "sheet", "row", "column", "field")
    places = {name: getattr(value.where, name) for name in names}
    return {
        "rule": value.rule,
        "severity": value.severity.value,
        "where": {name: place for name, place in places.items() if place is not None},
        "value": value.value,
        "why": text(value.why),
        "mend": text(value.mend),
    }


def import_report(report: ImportReport) -> Json:
    """Build the answer of ``guangcheng import``."""
    ref = report.snapshot
    return {
        "register": report.register,
        "files": list(report.files),
        "as_of": report.as_of.isoformat(),
        "status": report.status,
        "dry_run": report.options.dry_run,
        "accepted": report.accepted,
        "refused": report.refused,
        "doubles": report.doubles,
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "new_snapshot": report.new,
        "snapshot": None if ref is None else {"as_of": ref.as_of.isoformat(), "hash": ref.hash},
        "quarantine": None if report.quarantine is None else str(report.quarantine),
        "quality": None if report.quality is None else str(report.quality),
        "faults": [fault(item) for item in report.faults],
        "notes": texts(report.notes),
        "unmatched_headers": list(report.unmatched),
        "rules_not_run": list(report.not_run),
        "datum": None if report.datum is None else _guess(report.datum),
    }


def _guess(guess: DatumGuess) -> Json:
    return {
        "suggestion": None if guess.suggestion is None else guess.suggestion.value,
        "reason": text(guess.reason),
    }


def by_route(found: ByRoute, straight: Evaluation) -> Json:
    """What the streets say beside the straight line: totals, then each place with both verdicts and both counts."""
    there = {place.code: place for place in (*found.evaluation.areas, *found.evaluation.estates)}
    return {
        "limit_m": found.limit_m,
        "streets": found.streets,
        "premises": found.premises,
        "straight": found.straight,
        "route": found.route,
        "unknown": found.unknown,
        "detour": found.detour,
        "lost": [{"premises": one.premises, "area": one.area, "straight_m": one.straight_m} for one in found.lost],
        "off_street": list(found.off_street),
        "points_off_street": list(found.points_off_street),
        "places": [_both(place, there[place.code]) for place in (*straight.areas, *straight.estates)],
    }


def _both(straight: AreaVerdict, route: AreaVerdict) -> Json:
    return {
        "code": straight.code,
        "name": straight.name,
        "level": straight.level,
        "straight": straight.verdict.value,
        "route": route.verdict.value,
        "tests": [
            {
                "id": one.id,
                "hard": one.hard,
                "straight": _counts(one),
                "route": _counts(other),
            }
            for one, other in zip(straight.tests, route.tests, strict=True)
        ],
    }


def _counts(result: TestResult) -> Json:
    return {"numerator": result.numerator, "denominator": result.denominator, "unknown": result.unknown}
