"""Small random cities for the reach tests, and the rule RUL-001-05 written down a second time, row by row."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from guangcheng.base.days import WorkingCalendar, months_before
from guangcheng.coverage.reach import ReachRule
from guangcheng.registers.view import RegisterView
from guangcheng.standards import library
from tests.policy import build

Row = dict[str, Any]
City = Mapping[str, list[Row]]

AS_OF = date(2018, 12, 28)
CALENDAR = WorkingCalendar()
OPERATORS = ("telecom", "mobile", "unicom", "cable")

AREAS: list[Row] = [
    {"code": "441802", "level": "district"},
    {"code": "441802001", "level": "township", "subtype": "street", "parent": "441802"},
    {"code": "441802100", "level": "township", "subtype": "town", "parent": "441802"},
    {"code": "441802100201", "level": "admin_village", "parent": "441802100"},
    {"code": "V1", "level": "natural_village", "parent": "441802100201"},
]


def rule(**overrides: Any) -> ReachRule:
    """The rule as the acceptance standard sets it."""
    return ReachRule.of(library.load("qingcheng-2017-all-optical"), AS_OF, overrides)


def view(city: Mapping[str, Any], as_of: date = AS_OF) -> RegisterView:
    """The city's registers; areas are the five above unless it brings its own."""
    return build.view({"areas": AREAS, **city}, as_of)


# --- random cities -----------------------------------------------------------------------------------------------


def _days(first: int, last: int) -> list[date]:
    return [AS_OF + timedelta(days=number) for number in range(first, last + 1)]


# Coordinates are multiples of 40 m, so that many points lie exactly on 200 m (120, 160) and 1,000 m (600, 800).
_CHOICES: Mapping[str, Mapping[str, list[Any]]] = {
    "premises": {
        "kind": ["settlement"],
        "area_code": ["V1", "441802001", "441802100"],
        "zone": ["urban", "rural", None],
        "x": [*(40.0 * step for step in range(-25, 26)), None],
        "y": [40.0 * step for step in range(-25, 26)],
    },
    "access_points": {
        "operator": [*OPERATORS, "telecom", "mobile", "tower"],
        "x": [40.0 * step for step in range(-20, 21)],
        "y": [40.0 * step for step in range(-20, 21)],
        "capacity_mbps": [None, 49.99, 50.0, 50.0, 100.0, 100.0],
        "ports_free": [None, 0, 0, 1, 1],
        "tv_only": [False] * 5 + [True],
        "in_service_from": [None, None, *_days(-1, 1)],
        "in_service_to": [None, None, *_days(0, 1)],
    },
    "expansions": {
        "access_point_id": [f"A{number}" for number in range(6)],
        "reported_short_at": _days(-30, 2),
        "finished_at": [None] * 8 + _days(-15, 2),
    },
    "install_orders": {
        "operator": list(OPERATORS),
        "premises_id": ["P0", "P1", "P2", None],
        "area_code": ["V1", "441802001", None],
        "submitted_at": _days(-30, 1) + _days(-366, -364) * 5,
        "completed_at": [None] * 8 + _days(-15, 2),
        "expansion_id": [None, None, "E0", "E1", "E9"],
    },
}
_KEYS = {"premises": "premises_id", "access_points": "access_point_id", "expansions": "expansion_id"}
_MOST = {"premises": 4, "access_points": 12, "expansions": 5, "install_orders": 9}


def random_city(seed: int) -> City:
    """A city whose rows are drawn evenly from what the rule can tell apart."""
    random = Random(seed)
    return {
        name: [
            {_KEYS.get(name, "order_no"): f"{name[0].upper()}{number}"}
            | {column: random.choice(values) for column, values in columns.items()}
            for number in range(random.randint(0, _MOST[name]))
        ]
        for name, columns in _CHOICES.items()
    }


cities = st.integers(0, 2**32 - 1).map(random_city)


# --- the rule a second time --------------------------------------------------------------------------------------


def judge(city: City, premises: Row, operator: str) -> int:
    """First failure of one operator at one premises: 0 none, -1 not known, else the condition's number."""
    if premises["x"] is None:
        return -1
    mine = [point for point in city["access_points"] if point["operator"] == operator]
    steps: tuple[Callable[[Row], bool | None], ...] = (
        _serves,
        lambda point: not point["tv_only"],
        lambda point: _near(premises, point),
        _fast,
        lambda point: _ports(city, point),
    )
    for number, step in enumerate(steps, start=1):
        mine = [point for point in mine if step(point) is not False]
        if not mine:
            return number
    if any(order_late(city, order) for order in _orders(city, premises, operator)):
        return 6
    return 0 if any(_fast(point) and _ports(city, point) for point in mine) else -1


def _serves(point: Row) -> bool:
    begin, end = point.get("in_service_from"), point.get("in_service_to")
    return (begin is None or begin <= AS_OF) and (end is None or end > AS_OF)


def _near(premises: Row, point: Row) -> bool:
    zone = premises["zone"] or ("urban" if premises["area_code"] == "441802001" else "rural")
    radius = 200 if zone == "urban" else 1000
    return bool((premises["x"] - point["x"]) ** 2 + (premises["y"] - point["y"]) ** 2 <= radius**2)


def _fast(point: Row) -> bool | None:
    return None if point["capacity_mbps"] is None else point["capacity_mbps"] >= 50


def _ports(city: City, point: Row) -> bool | None:
    known = [e for e in city["expansions"] if e["access_point_id"] == point["access_point_id"]]
    known = [e for e in known if e["reported_short_at"] <= AS_OF]
    if known:
        latest = max(known, key=lambda e: (e["reported_short_at"], e["expansion_id"]))
        if not expansion_late(latest):
            return True
    return None if point["ports_free"] is None else point["ports_free"] > 0


def expansion_late(expansion: Row) -> bool:
    finished = expansion["finished_at"]
    end = AS_OF if finished is None or finished > AS_OF else finished
    return end > CALENDAR.add_working_days(expansion["reported_short_at"], 15)


def _orders(city: City, premises: Row, operator: str) -> list[Row]:
    since = months_before(AS_OF, 12)
    orders = [o for o in city["install_orders"] if o["operator"] == operator and since < o["submitted_at"] <= AS_OF]
    here = premises["premises_id"], premises["area_code"]
    return [
        o
        for o in orders
        if (o["premises_id"] or here[0]) == here[0] and (o["premises_id"] or o["area_code"] == here[1])
    ]


def order_late(city: City, order: Row) -> bool:
    completed = order["completed_at"]
    end = AS_OF if completed is None or completed > AS_OF else completed
    waits = [e for e in city["expansions"] if e["expansion_id"] == order["expansion_id"]]
    waits = [e for e in waits if e["reported_short_at"] <= AS_OF]
    if not waits:
        return end > CALENDAR.add_working_days(order["submitted_at"], 10)
    finished = waits[0]["finished_at"]
    finished = None if finished is None or finished > AS_OF else finished
    due = CALENDAR.paused_due(order["submitted_at"], 10, waits[0]["reported_short_at"], finished)
    return expansion_late(waits[0]) or (due is not None and end > due)
