"""A labelled sample of 两江新区 for the gigabit plan of 2022: real street names, synthetic figures.

Built so that, of its seven indicators, four are met (one exactly) and three are not.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from guangcheng.apps.demo.cases import read_data
from guangcheng.apps.demo.layout import disc, largest_remainder, shares
from guangcheng.apps.demo.made import TRUTH, DemoCity
from guangcheng.apps.demo.rows import (
    NO_DAY,
    NOTE,
    Floats,
    Ints,
    day,
    numbered,
    points,
    repeated,
    stored_rows,
    texts,
)
from guangcheng.apps.demo.words import OPERATORS
from guangcheng.base.places import to_metric
from guangcheng.registers.canonical import stored

DISTRICT = "500157"
CRS = "EPSG:4545"
"""CGCS2000 3-degree Gauss-Krüger, central meridian 108° E."""
AS_OF = date(2022, 8, 31)
STANDARD = "liangjiang-2022-gigabit"
_LIST_NOTE = "名称与代码：民政部行政区划代码2025-12-31；位置为示意"
_MONTHS = (date(2022, 6, 30), date(2022, 7, 31), AS_OF)
_SITES, _OLD_SITES, _COMING_SITES = 720, 90, 25
_REACHED, _UNREACHED, _UNTESTED = 24, 4, 2
_SCENES = ("hospital", "university", "tourism", "rail_station", "road", "business_district", "park")
_SCENE_NAMES = ("示例医院", "示例高校", "示例景区", "示例车站", "示例道路", "示例商圈", "示例园区")
_TIERS = ("20-50", "50-100", "100-500", "500-1000", "ge1000")
_TIER_WEIGHTS = (0.03, 0.09, 0.62, 0.19, 0.07)
_MOBILE = ("mobile_2g", "mobile_4g", "mobile_5g")
_MOBILE_WEIGHTS = (0.06, 0.53, 0.41)
_OPERATOR_WEIGHTS = (0.42, 0.40, 0.18)
_GIGABIT = (84, 61, 38)
"""Per cent of urban households each operator reaches at a gigabit: the union is at least the largest, never the sum."""
_PORTS_10G = 22
Row = dict[str, Any]
_CASES = ("selected", "selected", "selected", "selected", "recommended", "found")


def build_liangjiang(seed: int) -> DemoCity:
    """The sample; its truth holds numerator and denominator of each indicator (of IND-003-04 sites and residents)."""
    rng = np.random.default_rng([seed, 500157])
    streets = read_data("liangjiang_streets.csv")
    codes = [row["code"] for row in streets]
    x, y = to_metric([float(row["lon"]) for row in streets], [float(row["lat"]) for row in streets], CRS)
    households = np.array([int(row["households"]) for row in streets])
    people = np.array([int(row["population"]) for row in streets])
    ports, gigabit = _pon_ports(codes, households)
    broadband, fast, total = _fixed(codes, households)
    mobile, fifth = _mobile(codes, people)
    sites, services = _wireless(rng, codes, x, y)
    places, tests = _key_places(rng, codes)
    truth = {
        "IND-003-01": (gigabit, int(households.sum())),
        "IND-003-02": (sum(row["ports_10g"] for row in _last(ports)), sum(row["ports_total"] for row in _last(ports))),
        "IND-003-03": (_REACHED, _REACHED + _UNREACHED + _UNTESTED),
        "IND-003-04": (_SITES, int(people.sum())),
        "IND-003-05": (fast, total),
        "IND-003-06": (fifth, sum(row["subscribers"] for row in _last(mobile))),
        "IND-003-07": (_CASES.count("selected"), None),
    }
    tables = {
        "areas": _areas(streets, x, y),
        "area_facts": _facts(codes, households, people),
        "pon_ports": stored_rows("pon_ports", ports),
        "subscriber_stats": stored_rows("subscriber_stats", broadband + mobile),
        "wireless_sites": sites,
        "wireless_services": services,
        "key_places": places,
        "key_place_tests": tests,
        "application_cases": _cases(codes),
    }
    return DemoCity(
        "两江新区（样例数据）", "liangjiang", DISTRICT, CRS, AS_OF, STANDARD, tables, indicator_truth(truth), {}
    )


def indicator_truth(expected: dict[str, tuple[int, int | None]]) -> pa.Table:
    """Truth rows of indicators."""
    rows = [
        {"subject": "indicator", "code": code, "numerator": upper, "denominator": lower}
        for code, (upper, lower) in expected.items()
    ]
    return pa.Table.from_pylist(rows, schema=TRUTH)


def _last(rows: Iterable[Row]) -> list[Row]:
    """Only the rows of the last month."""
    return [row for row in rows if row["month"] == _MONTHS[-1]]


def _areas(streets: list[dict[str, str]], x: Floats, y: Floats) -> pa.Table:
    count = len(streets)
    columns = {
        "code": pa.array([DISTRICT, *(row["code"] for row in streets)]),
        "name": pa.array(["两江新区", *(row["name"] for row in streets)]),
        "level": pa.array(["district"] + ["township"] * count),
        "subtype": pa.array([None] + ["street"] * count),
        "parent": pa.array([None] + [DISTRICT] * count),
        "urban_rural": repeated("urban", count + 1),
        "code_list": repeated("mca-2025", count + 1),
        "note": repeated(_LIST_NOTE, count + 1),
    }
    centres = [np.round(np.append(np.mean(values), values)).astype(np.float64) for values in (x, y)]
    return stored("areas", columns | points(centres[0], centres[1], CRS))


def _facts(codes: list[str], households: Ints, people: Ints) -> pa.Table:
    numbers = [(DISTRICT, int(households.sum()), int(people.sum()))]
    numbers += zip(codes, households.tolist(), people.tolist(), strict=True)
    rows = [
        {
            "area_code": code,
            "as_of": date(2021, 12, 31),
            "households": homes,
            "urban_households": homes,
            "population": residents,
            "source_note": NOTE,
        }
        for code, homes, residents in numbers
    ]
    return stored_rows("area_facts", rows)


def _pon_ports(codes: list[str], households: Ints) -> tuple[list[Row], int]:
    """Per operator, street and month, and the households any operator reaches at a gigabit in the last month."""
    rows: list[Row] = []
    gigabit = 0
    for code, homes in zip(codes, households.tolist(), strict=True):
        gigabit += homes * max(_GIGABIT) // 100
        for back, month in enumerate(reversed(_MONTHS)):
            for operator, reach in zip(OPERATORS, _GIGABIT, strict=False):
                ports = homes * reach // 4000
                rows.append(
                    {
                        "operator": operator,
                        "area_code": code,
                        "olt_id": "-",
                        "month": month,
                        "ports_total": ports,
                        "ports_10g": ports * (_PORTS_10G - 2 * back) // 100,
                        "households_gigabit": homes * (reach - 3 * back) // 100,
                        "zone": "urban",
                    }
                )
    return rows, gigabit


def _fixed(codes: list[str], households: Ints) -> tuple[list[Row], int, int]:
    """Broadband by tier; of the last month those at 500 Mbit/s and more, and all, leased lines out."""
    rows: list[Row] = []
    fast = total = 0
    for code, homes in zip(codes, households.tolist(), strict=True):
        for month in _MONTHS:
            for customer, users in (("household", homes * 88 // 100), ("enterprise", homes // 25)):
                grid = largest_remainder(users, np.outer(_OPERATOR_WEIGHTS, _TIER_WEIGHTS).ravel()).reshape(3, 5)
                rows += _statistics(code, month, customer, grid)
                if month == AS_OF:
                    fast, total = fast + int(grid[:, 3:].sum()), total + users
            rows += _statistics(code, month, "leased_line", np.array([[0, 0, 0, 0, homes // 200]]))
    return rows, fast, total


def _statistics(code: str, month: date, customer: str, grid: Ints) -> list[Row]:
    at = {"area_code": code, "month": month, "technology": "fibre", "customer": customer, "zone": "all"}
    return [
        at | {"operator": OPERATORS[operator], "tier": tier, "subscribers": int(grid[operator, column])}
        for operator in range(len(grid))
        for column, tier in enumerate(_TIERS)
    ]


def _mobile(codes: list[str], people: Ints) -> tuple[list[Row], int]:
    rows: list[Row] = []
    fifth = 0
    for code, residents in zip(codes, people.tolist(), strict=True):
        grid = largest_remainder(residents * 5 // 4, np.outer(_OPERATOR_WEIGHTS, _MOBILE_WEIGHTS).ravel()).reshape(3, 3)
        fifth += int(grid[:, 2].sum())
        at = {"area_code": code, "tier": "all", "customer": "household", "zone": "all"}
        rows += [
            at
            | {
                "operator": OPERATORS[operator],
                "technology": technology,
                "month": month,
                "subscribers": int(grid[operator, column]),
            }
            for month in _MONTHS
            for operator in range(3)
            for column, technology in enumerate(_MOBILE)
        ]
    return rows, fifth


def _wireless(rng: np.random.Generator, codes: list[str], x: Floats, y: Floats) -> tuple[pa.Table, pa.Table]:
    """Structures by street; most host several operators. ``_SITES`` of them carry 5G in service on the day."""
    count = _SITES + _OLD_SITES + _COMING_SITES
    street = np.repeat(np.arange(len(codes)), shares(count, len(codes)))
    order = rng.permutation(count)
    fifth, coming = order < _SITES, order >= _SITES + _OLD_SITES
    dx, dy = disc(rng, count, 1500.0)
    ids = numbered("S", np.arange(count), 5)
    sites = {
        "site_id": ids,
        "name": repeated("示例站址（合成）", count),
        "structure": texts(rng.integers(0, 4, count), ["ground_tower", "rooftop", "pole", "indoor"]),
        "owner": repeated("铁塔公司（示例）", count),
        "area_code": texts(street, codes),
        "height_m": pa.array(rng.integers(3, 45, count).astype(np.float64)),
    }
    tenants = rng.integers(1, 4, count)
    row = np.repeat(np.arange(count), tenants)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(tenants) - tenants, tenants)
    operator = (nth + rng.integers(0, 3, count)[row]) % 3
    opened = day("2020-06-01") + rng.integers(0, 700, len(row)).astype("timedelta64[D]")
    services = {
        "service_id": numbered("W", np.arange(len(row)), 6),
        "site_id": ids.take(pa.array(row)),
        "operator": texts(operator, OPERATORS),
        "generation": texts((fifth | coming)[row].astype(np.int64), ["4g", "5g"]),
        "sectors": pa.array(np.full(len(row), 3)),
        "in_service_from": pa.array(np.where(coming[row], day("2022-10-15"), opened)),
        "in_service_to": pa.array(np.full(len(row), NO_DAY)),
    }
    x_, y_ = np.round(x[street] + dx, 2), np.round(y[street] + dy, 2)
    return stored("wireless_sites", sites | points(x_, y_, CRS)), stored("wireless_services", services)


def _key_places(rng: np.random.Generator, codes: list[str]) -> tuple[pa.Table, pa.Table]:
    """Places some operator reaches, places none reaches, places nobody tested; failed first tests repeated later."""
    places: list[Row] = []
    tests: list[Row] = []
    for number in range(_REACHED + _UNREACHED + _UNTESTED):
        scene = number % len(_SCENES)
        place = f"K{number + 1:03d}"
        name = f"{_SCENE_NAMES[scene]}{number + 1}（合成）"
        at = {"area_code": codes[number % len(codes)], "listed_from": date(2022, 1, 1)}
        places.append({"place_id": place, "name": name, "scene": _SCENES[scene]} | at)
        for operator in range(3 if number < _REACHED + _UNREACHED else 0):
            good = number < _REACHED and operator == number % 3
            for month, passed in ((3, False), (8, good)):
                tests.append(_test(rng, f"T{len(tests) + 1:04d}", place, operator, month, passed=passed))
    return _placed(places), stored_rows("key_place_tests", tests)


def _test(rng: np.random.Generator, number: str, place: str, operator: int, month: int, *, passed: bool) -> Row:
    return {
        "test_id": number,
        "place_id": place,
        "operator": OPERATORS[operator],
        "generation": "5g",
        "tested_on": date(2022, month, int(rng.integers(1, 28))),
        "rsrp_dbm": float(rng.integers(-95, -75) if passed else rng.integers(-120, -106)),
        "down_mbps": float(rng.integers(180, 900) if passed else rng.integers(1, 40)),
        "up_mbps": float(rng.integers(20, 90) if passed else rng.integers(0, 5)),
        "passed": passed,
        "criterion": "示例判据",
    }


def _placed(places: list[Row]) -> pa.Table:
    """Key places carry no position of their own here: precise positions are nobody's business in a sample."""
    blank = np.full(len(places), np.nan)
    names = ("place_id", "name", "scene", "area_code", "listed_from")
    columns = {name: pa.array([row[name] for row in places]) for name in names}
    return stored("key_places", columns | points(blank, blank, CRS))


def _cases(codes: list[str]) -> pa.Table:
    fields = ("consumption", "vertical", "livelihood", "digital_government")
    rows = [
        {
            "case_id": f"B{number + 1:02d}",
            "title": f"双千兆应用示例{number + 1}（合成）",
            "field": fields[number % len(fields)],
            "area_code": codes[number % len(codes)],
            "operator": OPERATORS[number % 3],
            "state": state,
            "selected_on": date(2022, 8, 1 + number) if state == "selected" else None,
        }
        for number, state in enumerate(_CASES)
    ]
    return stored_rows("application_cases", rows)
