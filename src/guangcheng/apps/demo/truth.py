"""What the city was built to be: for every place its verdict, for every premises whether it is capable and why.

Read from the construction alone (fates, cases, reasons): nothing here measures a distance or knows a standard's engine.
"""

import numpy as np
import pyarrow as pa

from guangcheng.apps.demo.cases import VillageCase
from guangcheng.apps.demo.figures import Figures
from guangcheng.apps.demo.made import TRUTH
from guangcheng.apps.demo.rows import Ints, repeated, texts, whole
from guangcheng.apps.demo.rural import Fate
from guangcheng.apps.demo.site import Site
from guangcheng.apps.demo.tables import area_codes, premises_ids
from guangcheng.apps.demo.urban import LISTED_NUMBERS
from guangcheng.apps.demo.words import CAPABLE_OF_REASON, REASONS, Kind

FATES = {
    Fate.PASS: "pass",
    Fate.FAIL: "fail",
    Fate.UNKNOWN: "no_data",
    Fate.SMALL: "out_of_scope",
    Fate.MISSING: "out_of_scope",
}
_KEY_KINDS = [int(Kind.SCHOOL), int(Kind.HOSPITAL), int(Kind.CLINIC)]
Row = dict[str, object]


def truth_of(site: Site, figures: Figures) -> pa.Table:
    """All rows: district, townships, villages and communities, natural villages, estates, premises."""
    codes = area_codes(site)
    verdicts = {code: case.verdict for code, case in site.villages.items()}
    places = _natural_villages(site, codes)
    listed = [_listed(site, figures, verdicts, number) for number in range(len(site.areas))]
    estates = _estates(site)
    small = pa.Table.from_pylist([*listed, *places, *_indicators(listed, places, estates)], schema=TRUTH)
    return pa.concat_tables([small, estates, _premises(site)]).combine_chunks()


def _indicators(listed: list[Row], places: list[Row], estates: pa.Table) -> list[Row]:
    """Indicators of the whole district that are mere counts of the verdicts above, and its penetration."""
    units = [str(row["verdict"]) for row in listed if row["level"] in ("street", "town")]
    district = next(row for row in listed if row["level"] == "district")
    return [
        _indicator("IND-001-01", _counts(units)[0], None),
        _indicator("IND-001-05", *_counts([str(row["verdict"]) for row in places])[:2]),
        _indicator("IND-001-06", *_counts(estates["verdict"].to_pylist())[:2]),
        _indicator("IND-001-14", district["fibre"], district["broadband"]),
    ]


def _indicator(code: str, numerator: object, denominator: object) -> Row:
    return {"subject": "indicator", "code": code, "numerator": numerator, "denominator": denominator}


def _row(subject: str, code: str, level: str, verdict: str, counts: tuple[int, int, int] | None = None) -> Row:
    row: Row = {"subject": subject, "code": code, "level": level, "verdict": verdict}
    if counts is not None:
        row |= dict(zip(("numerator", "denominator", "unknown"), counts, strict=True))
    return row


def _listed(site: Site, figures: Figures, verdicts: dict[str, str], number: int) -> Row:
    area = site.areas[number]
    if area.level == "community" or area.subtype == "other":
        return _row("area", area.code, area.level, "not_applicable")
    if area.level == "admin_village":
        row = _row("area", area.code, "admin_village", verdicts[area.code], _village(site.villages[area.code]))
    elif area.level == "district":
        units = [case.verdict for case in site.townships.values()]
        # two of its eight streets and towns fail, so it does, whatever the two without data may be
        row = _row("area", area.code, "district", "fail", _counts(units))
    elif area.subtype == "town":
        below = [verdicts[other.code] for other in site.areas if other.parent == area.code and other.code in verdicts]
        row = _row("area", area.code, "town", site.townships[area.code].verdict, _counts(below))
    else:
        row = _row("area", area.code, "street", site.townships[area.code].verdict, _street(site, area.code))
    return row | {"fibre": int(figures.fibre[-1, number]), "broadband": int(figures.broadband[-1, number])}


def _village(case: VillageCase) -> tuple[int, int, int] | None:
    """Natural villages in scope, or without any the settlements of the admin village itself (the made ones are 3)."""
    if case.direct:
        return (3 if case.direct == "capable" else 0, 3, 0)
    return (case.passing, case.in_scope, case.unknown) if case.in_scope else None


def _counts(verdicts: list[str]) -> tuple[int, int, int]:
    """Passed, counted and unknown members; those that do not apply are left out."""
    counted = [verdict for verdict in verdicts if verdict not in ("not_applicable", "out_of_scope")]
    passed = sum(verdict in ("pass", "pass_with_remark") for verdict in counted)
    return passed, len(counted), counted.count("no_data")


def _street(site: Site, code: str) -> tuple[int, int, int]:
    """Premises of the listed kinds anywhere in the street."""
    inside = np.array([area.parent == code for area in site.areas])
    of_hamlets = inside[site.hamlets.ints("parent")]
    rows = site.premises
    listed = np.isin(rows.ints("kind"), LISTED_NUMBERS)
    here = listed & np.concatenate([inside, of_hamlets])[rows.ints("area")]
    capable = CAPABLE_OF_REASON[rows.ints("reason")[here]]
    return int((capable == 1).sum()), len(capable), int((capable < 0).sum())


def _natural_villages(site: Site, codes: list[str]) -> list[Row]:
    """Counts are the places a natural village is judged on: main settlements, schools, hospitals, clinics."""
    rows = site.premises
    key = ((rows.ints("kind") == int(Kind.SETTLEMENT)) & (rows.ints("main") == 1)) | np.isin(
        rows.ints("kind"), _KEY_KINDS
    )
    size = len(codes)
    area, capable = rows.ints("area")[key], CAPABLE_OF_REASON[rows.ints("reason")[key]]
    counted = np.bincount(area, minlength=size)
    good = np.bincount(area[capable == 1], minlength=size)
    unknown = np.bincount(area[capable < 0], minlength=size)
    made = []
    for number, fate in zip(site.hamlets.ints("area").tolist(), site.hamlets.ints("fate").tolist(), strict=True):
        verdict = FATES[Fate(fate)]
        counts = (int(good[number]), int(counted[number]), int(unknown[number]))
        judged = None if verdict == "out_of_scope" else counts
        made.append(_row("area", codes[number], "natural_village", verdict, judged))
    return made


def _estates(site: Site) -> pa.Table:
    """Counts are an estate's residential buildings (one that does not say is residential)."""
    rows = site.premises
    estates = np.flatnonzero(rows.ints("kind") == int(Kind.ESTATE))
    houses = np.flatnonzero((rows.ints("parent") >= 0) & (rows.ints("residential") != 0))
    parent, capable = rows.ints("parent")[houses], CAPABLE_OF_REASON[rows.ints("reason")[houses]]
    good, unknown = _per(parent[capable == 1], estates, len(rows)), _per(parent[capable < 0], estates, len(rows))
    counted = _per(parent, estates, len(rows))
    verdict = np.where(good + unknown < counted, 1, np.where(unknown > 0, 2, 0))
    return _table(
        len(estates),
        subject=repeated("estate", len(estates)),
        code=premises_ids(estates),
        level=repeated("estate", len(estates)),
        verdict=texts(verdict, ["pass", "fail", "no_data"]),
        numerator=whole(good),
        denominator=whole(counted),
        unknown=whole(unknown),
    )


def _per(values: Ints, wanted: Ints, size: int) -> Ints:
    counts: Ints = np.bincount(values, minlength=size)[wanted]
    return counts


def _premises(site: Site) -> pa.Table:
    reason = site.premises.ints("reason")
    count = len(reason)
    return _table(
        count,
        subject=repeated("premises", count),
        code=premises_ids(np.arange(count)),
        capable=texts(1 - CAPABLE_OF_REASON[reason], ["yes", "no", "unknown"]),
        reason=texts(reason, REASONS),
    )


def _table(count: int, **columns: pa.Array) -> pa.Table:
    made = [columns.get(field.name, pa.nulls(count, field.type)) for field in TRUTH]
    return pa.Table.from_arrays(made, schema=TRUTH)
