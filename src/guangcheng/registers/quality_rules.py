"""The checks every import runs, in order: what a row says by itself, keys, references, sums, places."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.places import area_of_use, level_of_code, to_metric
from guangcheng.base.text import Text
from guangcheng.registers.quality import Batch, Check, Finding, Within
from guangcheng.registers.readers.headers import squeeze
from guangcheng.registers.schema import Schema, schema

__all__ = ["CHECKS", "references"]

Floats = npt.NDArray[np.float64]

_MAY_BE_NEGATIVE = frozenset({"rsrp_dbm", "value", "numerator", "denominator"})
_POSITIVE = frozenset({"capacity_mbps", "max_mbps"})
_RSRP_DBM = (-160.0, -20.0)
_PARTS = (
    ("pon_ports", "ports_10g", "ports_total"),
    ("area_facts", "urban_households", "households"),
)
_INTERVALS = (
    ("in_service_from", "in_service_to"),
    ("active_from", "active_to"),
    ("effective_from", "effective_to"),
    ("submitted_at", "completed_at"),
    ("reported_short_at", "finished_at"),
    ("declared_on", "verified_on"),
    ("listed_from", "listed_to"),
)
_RECORDED = ("month", "as_of", "tested_on", "submitted_at", "completed_at", "reported_short_at", "finished_at")
_REFERENCES = {
    "premises_id": "premises",
    "parent_premises": "premises",
    "access_point_id": "access_points",
    "site_id": "wireless_sites",
    "place_id": "key_places",
    "expansion_id": "expansions",
}
_RANK = {"city": 0, "district": 1, "township": 2, "admin_village": 3, "community": 3, "natural_village": 4}
_DIGITS = {"city": "city", "district": "district", "township": "township", "admin_village": "village"}
_DIGITS |= {"community": "village"}
_NEIGHBOURS = 8
"""Least number of located siblings before a point may be called far from them."""
_FAR_TIMES, _FAR_LEAST_M = 8.0, 5000.0
_CITY_POINTS, _CITY_MARGIN_M = 50, 10_000.0


def references(wanted: Schema) -> dict[str, str]:
    """The registers other than areas that rows of ``wanted`` may refer to, each with the field that does."""
    names = {column.name for column in wanted.fields}
    found = {register: name for name, register in _REFERENCES.items() if name in names and (name,) != wanted.key}
    return dict(sorted(found.items()))


def _titled(batch: Batch, name: str, **values: object) -> dict[str, object]:
    title = batch.title(name)
    return {"field_zh": title.zh, "field_en": title.en, **values}


# --- one row by itself -------------------------------------------------------------------------------------------


def negative_numbers(batch: Batch) -> Iterator[Finding]:
    """R-170: counts and capacities below zero."""
    for column in batch.schema.fields:
        if column.type not in ("int", "decimal") or column.name in _MAY_BE_NEGATIVE:
            continue
        values = batch.numeric(column.name)
        for row in np.flatnonzero(values < 0):
            yield Finding("R-170", int(row), column.name, _titled(batch, column.name, shown=_shown(values[row])))


def zero_capacities(batch: Batch) -> Iterator[Finding]:
    """R-172: a capacity or a rate of zero."""
    for column in batch.schema.fields:
        if column.name in _POSITIVE:
            for row in np.flatnonzero(batch.numeric(column.name) == 0):
                yield Finding("R-172", int(row), column.name, _titled(batch, column.name))


def parts_and_wholes(batch: Batch) -> Iterator[Finding]:
    """R-171 and R-174: a part greater than the whole it belongs to."""
    if batch.has("ports_free", "ports_total"):
        small, big = batch.numeric("ports_free"), batch.numeric("ports_total")
        for row in np.flatnonzero(small > big):
            yield Finding("R-171", int(row), "ports_free", {"small": _shown(small[row]), "big": _shown(big[row])})
    for register, part, whole in _PARTS:
        if batch.schema.register != register:
            continue
        small, big = batch.numeric(part), batch.numeric(whole)
        part_title, whole_title = batch.title(part), batch.title(whole)
        for row in np.flatnonzero(small > big):
            values = {
                "small_zh": part_title.zh,
                "small_en": part_title.en,
                "small": _shown(small[row]),
                "big_zh": whole_title.zh,
                "big_en": whole_title.en,
                "big": _shown(big[row]),
            }
            yield Finding("R-174", int(row), part, values)


def people_and_households(batch: Batch) -> Iterator[Finding]:
    """R-173: nobody lives in so many households, or somebody in none."""
    if not batch.has("population", "households"):
        return
    people, households = batch.numeric("population"), batch.numeric("households")
    for zero, other, rows in (
        ("population", "households", (people == 0) & (households > 0)),
        ("households", "population", (households == 0) & (people > 0)),
    ):
        first, second = batch.title(zero), batch.title(other)
        for row in np.flatnonzero(rows):
            value = _shown(batch.numeric(other)[row])
            titles = {"first_zh": first.zh, "first_en": first.en, "second_zh": second.zh, "second_en": second.en}
            yield Finding("R-173", int(row), zero, titles | {"shown": value})


def signal_levels(batch: Batch) -> Iterator[Finding]:
    """R-177: a signal level no receiver reports."""
    if batch.has("rsrp_dbm"):
        low, high = _RSRP_DBM
        values = batch.numeric("rsrp_dbm")
        for row in np.flatnonzero((values < low) | (values > high)):
            limits = {"shown": _shown(values[row]), "low": _shown(low), "high": _shown(high)}
            yield Finding("R-177", int(row), "rsrp_dbm", _titled(batch, "rsrp_dbm", **limits))


def ends_before_starts(batch: Batch) -> Iterator[Finding]:
    """R-176: an interval that ends before it begins."""
    for start, end in _INTERVALS:
        if not batch.has(start, end):
            continue
        wrong = pc.fill_null(pc.less(batch.table[end], batch.table[start]), False)
        starts, ends = batch.table[start], batch.table[end]
        for row in np.flatnonzero(wrong.to_numpy()):
            values = {
                "start_zh": batch.title(start).zh,
                "start_en": batch.title(start).en,
                "start": starts[row].as_py(),
                "end_zh": batch.title(end).zh,
                "end_en": batch.title(end).en,
                "end": ends[row].as_py(),
            }
            yield Finding("R-176", int(row), end, values)


def later_than_as_of(batch: Batch) -> Iterator[Finding]:
    """R-179: something recorded after the day the rows describe."""
    for name in _RECORDED:
        if not batch.has(name):
            continue
        days = batch.table[name]
        late = pc.fill_null(pc.greater(days, pa.scalar(batch.as_of, pa.date32())), False)
        for row in np.flatnonzero(late.to_numpy()):
            yield Finding("R-179", int(row), name, _titled(batch, name, shown=days[row].as_py(), as_of=batch.as_of))


def codes_and_levels(batch: Batch) -> Iterator[Finding]:
    """R-123: a statistical code whose length belongs to another level."""
    if batch.schema.register != "areas":
        return
    levels = dict(schema("areas").field("level").codes)
    for row, (code, level) in enumerate(zip(batch.column("code"), batch.column("level"), strict=True)):
        expected = _DIGITS.get(str(level))
        found = level_of_code(str(code)) if str(code).isdigit() else None
        wrong_length = str(code).isdigit() and len(str(code)) >= 6 and found is None
        if expected is not None and expected != "city" and (wrong_length or found not in (None, expected)):
            yield Finding("R-123", row, "code", {"level": levels[str(level)][0], "digits": len(str(code))})


# --- keys --------------------------------------------------------------------------------------------------------


def double_keys(batch: Batch) -> Iterator[Finding]:
    """R-130 and R-131: a key that occurred before, in the same row (one is kept) or another (it is refused)."""
    keys = list(zip(*(batch.column(name) for name in batch.schema.key), strict=True))
    if len(set(keys)) == len(keys):
        return
    first: dict[tuple[object, ...], int] = {}
    rows = batch.table.drop_columns([name for name in ("geometry",) if name in batch.table.schema.names])
    for row, key in enumerate(keys):
        before = first.setdefault(key, row)
        if before == row:
            continue
        name = batch.schema.key[0]
        if rows.slice(before, 1).to_pylist() == rows.slice(row, 1).to_pylist():
            yield Finding("R-130", row, name, {"first": batch.source_row(before)}, drop=True)
        else:
            shown = " ".join(str(part) for part in key)
            yield Finding("R-131", row, name, {"key": shown, "first": batch.source_row(before)})


# --- references --------------------------------------------------------------------------------------------------


def unknown_parents(batch: Batch) -> Iterator[Finding]:
    """R-132, R-136, R-142: areas whose parent is missing, unknown or of the wrong level.

    Rows refused here take their children with them, so the search runs until nothing falls any more.
    """
    if batch.schema.register != "areas":
        return
    before = batch.before("areas")
    levels: dict[str, str] = {}
    if before is not None:
        levels |= dict(zip(before["code"].to_pylist(), before["level"].to_pylist(), strict=True))
    rows = list(zip(*(batch.column(name) for name in ("code", "level", "parent")), strict=True))
    standing = dict(enumerate(rows))
    while True:
        known = levels | {str(code): str(level) for code, level, _ in standing.values()}
        fallen = {}
        for row, (code, level, parent) in standing.items():
            above = None if parent is None else str(parent)
            finding = _parent_fault(row, str(code), str(level), above, known, batch.top)
            if finding is not None:
                fallen[row] = finding
        if not fallen:
            return
        yield from fallen.values()
        for row in fallen:
            del standing[row]


def _parent_fault(
    row: int, code: str, level: str, parent: str | None, known: dict[str, str], top: str | None
) -> Finding | None:
    words = dict(schema("areas").field("level").codes)
    if parent is None:
        if code == top or _RANK[level] <= _RANK["district"]:
            return None
        return Finding("R-142", row, "parent", {"level": words[level][0]})
    if parent not in known:
        return Finding("R-132", row, "parent", {"shown": parent})
    above = known[parent]
    if _RANK[above] >= _RANK[level]:
        values = {"parent": parent, "parent_level": words[above][0], "level": words[level][0]}
        return Finding("R-136", row, "parent", values)
    return None


def two_lists_of_codes(batch: Batch) -> Iterator[Finding]:
    """R-204, R-205: areas of another list of codes than what is there, joined to it by code or standing beside it.

    The list is what ``code_list`` says before its year (nbs-2023 and nbs-2024 are one list); the city's own codes
    belong to none. What replaces the register may come from any list.
    """
    before = batch.before("areas")
    if batch.schema.register != "areas" or batch.replaces or before is None or "code_list" not in before.schema.names:
        return
    held = {row["code"]: row for row in before.select(["code", "name", "parent", "code_list"]).to_pylist()}
    named = {(row["parent"], squeeze(row["name"] or "")): row for row in held.values()}
    columns = (batch.column(name) for name in ("code", "name", "parent", "code_list"))
    for row, (code, name, parent, listed) in enumerate(zip(*columns, strict=True)):
        own, word = _list_of(listed), squeeze(str(name or ""))
        same_code, same_name = held.get(code), named.get((parent, word))
        told = {"name": name, "code": code, "listed": listed}
        if same_code is not None and squeeze(same_code["name"] or "") != word and _other(same_code, own):
            yield Finding("R-204", row, "code", {**told, "other": same_code["name"], "list": same_code["code_list"]})
        elif same_code is None and same_name is not None and _other(same_name, own):
            yield Finding("R-205", row, "code", {**told, "other": same_name["code"], "list": same_name["code_list"]})


def _other(known: dict[str, object], own: str | None) -> bool:
    theirs = _list_of(known["code_list"])
    return own is not None and theirs is not None and own != theirs


def _list_of(listed: object) -> str | None:
    """The list without its year; ``None`` for the city's own codes."""
    name = str(listed or "").partition("-")[0].lower()
    return None if name in ("", schema("areas").field("code_list").default) else name


def unknown_areas(batch: Batch) -> Iterator[Finding]:
    """R-133: rows of an area that is not in the register of areas."""
    if not batch.has("area_code") or batch.schema.register == "areas":
        return
    areas = batch.before("areas")
    known = pa.array([], pa.string()) if areas is None else areas["code"].combine_chunks()
    codes = batch.table["area_code"]
    unknown = pc.and_(pc.is_valid(codes), pc.invert(pc.is_in(codes, value_set=known)))
    for row in np.flatnonzero(unknown.to_numpy()):
        yield Finding("R-133", int(row), "area_code", {"shown": codes[row].as_py(), "suggest_zh": "", "suggest_en": ""})


def rows_of_other_areas(batch: Batch) -> Iterator[Finding]:
    """R-184: rows outside the part of the city that may be touched, or that the register has outside it."""
    if batch.within is None or not batch.has("area_code"):
        return
    mine, held = batch.within, _held_elsewhere(batch, batch.within)
    keys = zip(*(batch.column(name) for name in batch.schema.key), strict=True)
    for row, (code, key) in enumerate(zip(batch.column("area_code"), keys, strict=True)):
        found = code if code not in mine.codes else held.get(key)
        if code not in mine.codes or key in held:
            yield Finding("R-184", row, "area_code", {"shown": found or "—", "within": mine.code})


def _held_elsewhere(batch: Batch, mine: Within) -> dict[tuple[object, ...], object]:
    """By key, the area of the rows of the register that lie outside."""
    before = batch.before(batch.schema.register)
    names = (*batch.schema.key, "area_code")
    if before is None or not set(names) <= set(before.column_names):
        return {}
    first = batch.schema.key[0]
    # only rows with a key of the batch: the register may have a million others
    before = before.filter(pc.is_in(before[first], value_set=batch.table[first].combine_chunks()))
    outside = pc.invert(pc.is_in(before["area_code"], value_set=pa.array(sorted(mine.codes), pa.string())))
    rows = before.select(list(dict.fromkeys(names))).filter(pc.fill_null(outside, True)).to_pylist()
    return {tuple(row[name] for name in batch.schema.key): row["area_code"] for row in rows}


def unknown_references(batch: Batch) -> Iterator[Finding]:
    """R-134: numbers of premises, access points, sites … that are in no register; R-135: premises above themselves."""
    for name, register in _REFERENCES.items():
        if not batch.has(name) or (name,) == batch.schema.key:
            continue
        own = register == batch.schema.register
        known: set[object] = set()
        before = batch.before(register)
        key = schema(register).key[0]
        if before is not None:
            known |= set(before[key].to_pylist())
        if own:
            known |= set(batch.column(key))
        title = schema(register).title
        for row, value in enumerate(batch.column(name)):
            if value is None:
                continue
            if value not in known:
                titles = _titled(batch, name, shown=value, register_zh=title.zh, register_en=title.en)
                yield Finding("R-134", row, name, titles)
            elif own and value == batch.table[key][row].as_py():
                yield Finding("R-135", row, name, {"shown": value})


# --- sums --------------------------------------------------------------------------------------------------------


def zones_and_total(batch: Batch) -> Iterator[Finding]:
    """R-180: urban + rural ≠ all, of subscribers that are otherwise the same."""
    if not batch.has("subscribers", "zone"):
        return
    for rows in _groups(batch, "zone").values():
        if {"urban", "rural", "all"} <= rows.keys():
            counts = {zone: int(batch.numeric("subscribers")[rows[zone]]) for zone in ("urban", "rural", "all")}
            total = counts["urban"] + counts["rural"]
            if total != counts["all"]:
                values = {"urban": counts["urban"], "rural": counts["rural"], "sum": total, "total": counts["all"]}
                yield from (Finding("R-180", rows[zone], "subscribers", values) for zone in ("urban", "rural", "all"))


def tiers_and_total(batch: Batch) -> Iterator[Finding]:
    """R-182: the speed tiers, all of them given, do not add up to the tier ``all``."""
    if not batch.has("subscribers", "tier"):
        return
    tiers = [code for code in schema("subscriber_stats").field("tier").codes if code != "all"]
    for rows in _groups(batch, "tier").values():
        if not ({*tiers, "all"} <= rows.keys()):
            continue
        counts = batch.numeric("subscribers")
        total, added = int(counts[rows["all"]]), int(sum(counts[rows[tier]] for tier in tiers))
        if added != total:
            values = {"sum": added, "total": total}
            yield from (Finding("R-182", row, "subscribers", values) for row in sorted(rows.values()))


def _groups(batch: Batch, over: str) -> dict[tuple[object, ...], dict[str, int]]:
    """Rows that differ only in ``over`` among the key fields: the other keys → code of ``over`` → row."""
    others = [name for name in batch.schema.key if name != over]
    found: dict[tuple[object, ...], dict[str, int]] = defaultdict(dict)
    keys = zip(*(batch.column(name) for name in others), strict=True)
    for row, (key, code) in enumerate(zip(keys, batch.column(over), strict=True)):
        found[key][str(code)] = row
    return found


# --- places ------------------------------------------------------------------------------------------------------


def outside_the_city(batch: Batch) -> Iterator[Finding]:
    """R-153: points outside the city, which is where its known points lie, else where its CRS is used."""
    if batch.schema.geometry != "point":
        return
    x, y = batch.numeric("x"), batch.numeric("y")
    west, south, east, north = _city_box(batch)
    outside = np.isfinite(x) & ~((x >= west) & (x <= east) & (y >= south) & (y <= north))
    lon, lat = batch.numeric("lon"), batch.numeric("lat")
    for row in np.flatnonzero(outside):
        yield Finding("R-153", int(row), "lon", {"lon": f"{lon[row]:.6f}", "lat": f"{lat[row]:.6f}"})


def _city_box(batch: Batch) -> tuple[float, float, float, float]:
    points = [_located(table) for table in (batch.before("premises"), batch.before("areas")) if table is not None]
    known = np.concatenate(points) if points else np.empty((0, 2))
    if len(known) >= _CITY_POINTS:
        low, high = known.min(axis=0) - _CITY_MARGIN_M, known.max(axis=0) + _CITY_MARGIN_M
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])
    area = area_of_use(batch.crs)
    if area is None:
        return -np.inf, -np.inf, np.inf, np.inf
    west, south, east, north = area
    x, y = to_metric([west, east, west, east], [south, south, north, north], batch.crs)
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def _located(table: pa.Table) -> Floats:
    xy = np.column_stack([table[name].to_numpy(zero_copy_only=False).astype(np.float64) for name in ("x", "y")])
    located: Floats = xy[np.isfinite(xy).all(axis=1)]
    return located


def far_from_its_area(batch: Batch) -> Iterator[Finding]:
    """R-155: points far from the middle of the other points of their area (its known premises and these rows)."""
    if batch.schema.geometry != "point" or not batch.has("area_code"):
        return
    x, y, codes = batch.numeric("x"), batch.numeric("y"), np.array(batch.column("area_code"), dtype=object)
    before = batch.before("premises")
    known_codes = np.array([] if before is None else before["area_code"].to_pylist(), dtype=object)
    known_xy = np.empty((0, 2))
    if before is not None:
        known_xy = np.column_stack([before[n].to_numpy(zero_copy_only=False).astype(np.float64) for n in ("x", "y")])
    all_xy = np.concatenate([known_xy, np.column_stack([x, y])])
    all_codes = np.concatenate([known_codes, codes])
    for code, members in _by_code(all_codes, np.isfinite(all_xy).all(axis=1)).items():
        if len(members) <= _NEIGHBOURS:
            continue
        middle = np.median(all_xy[members], axis=0)
        distance = np.hypot(*(all_xy[members] - middle).T)
        limit = max(_FAR_LEAST_M, _FAR_TIMES * float(np.median(distance)))
        for member, metres in zip(members, distance, strict=True):
            row = int(member) - len(known_codes)
            if row >= 0 and metres > limit:
                yield Finding("R-155", row, "lon", {"km": f"{metres / 1000:.1f}", "code": code})


def _by_code(codes: npt.NDArray[np.object_], located: npt.NDArray[np.bool_]) -> dict[str, Sequence[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row in np.flatnonzero(located):
        if codes[row] is not None:
            found[str(codes[row])].append(int(row))
    return {code: found[code] for code in sorted(found)}


def _shown(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)


CHECKS: tuple[Check, ...] = (
    Check(Text(zh="负数", en="negative numbers"), negative_numbers),
    Check(Text(zh="零容量", en="zero capacities"), zero_capacities),
    Check(Text(zh="部分与总数", en="parts and wholes"), parts_and_wholes),
    Check(Text(zh="人口与户数", en="people and households"), people_and_households),
    Check(Text(zh="信号强度", en="signal levels"), signal_levels),
    Check(Text(zh="起止日期", en="starts and ends"), ends_before_starts),
    Check(Text(zh="基准日以后的日期", en="dates after the as-of day"), later_than_as_of),
    Check(Text(zh="代码与层级", en="codes and levels"), codes_and_levels),
    Check(Text(zh="主键", en="keys"), double_keys),
    Check(Text(zh="上级区域", en="parents"), unknown_parents),
    Check(Text(zh="两份代码名单", en="two lists of codes"), two_lists_of_codes),
    Check(Text(zh="所属区域", en="areas"), unknown_areas),
    Check(Text(zh="本区域以外的行", en="rows of other areas"), rows_of_other_areas),
    Check(Text(zh="引用", en="references"), unknown_references),
    Check(Text(zh="城乡之和", en="urban and rural sums"), zones_and_total),
    Check(Text(zh="速率档之和", en="sums of tiers"), tiers_and_total),
    Check(Text(zh="城市范围", en="bounds of the city"), outside_the_city),
    Check(Text(zh="离所属区域的距离", en="distance from the area"), far_from_its_area),
)
"""In this order; each sees what the ones before left."""
