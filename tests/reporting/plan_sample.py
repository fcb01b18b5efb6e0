"""A small fibre plan laid out by hand: two OLTs, two stages of splitters, twelve premises; made larger on demand.

Each OLT feeds a cabinet with a 1:8 splitter over an existing duct and a trench; one distribution cable goes on to a
row of boxes with 1:8 splitters, one fibre leaving at each; drops go to the premises, a riser to a tower.
"""

import datetime as dt
from collections import Counter, defaultdict
from math import ceil
from typing import Any

import pyproj
import shapely

from guangcheng.base.text import Text
from guangcheng.reporting.plan_files.tables import PlanHead, PlanTables, Prices

CRS = "EPSG:4547"
X0, Y0 = 530_000.0, 3_380_000.0
GEOD = pyproj.Geod(ellps="WGS84")
LOSSES = [
    ("splitter", 8, 10.7, 10.2),
    ("splitter", 64, 21.5, 19.5),
    ("fibre_km", 1310, 0.35, 0.31),
    ("fibre_km", 1490, 0.25, 0.22),
    ("connector", None, 0.5, 0.0),
    ("splice", None, 0.1, 0.0),
    ("margin", None, 3.0, 0.0),
    ("coexistence", None, 1.0, 0.0),
]
PRICES = {
    "duct/": 12.0,
    "trench/asphalt": 180.0,
    "micro_trench/asphalt": 65.0,
    "drop/": 8.0,
    "riser/": 5.0,
    "feeder": 6.0,
    "distribution": 7.0,
    "drop": 1.5,
    "cabinet": 5200.0,
    "splitter_box": 260.0,
    "fusions": 14.0,
    "connectors": 3.0,
}
SPARE_SHARE, SPARE_HOLES = 0.1, 1


class Draft:
    """Rows of every table as they are laid out."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.transform = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
        self.at: dict[str, tuple[float, float]] = {}
        self.length: dict[str, float] = {}
        self.holes: Counter[str] = Counter()

    def add(self, table: str, **row: Any) -> None:
        self.rows[table].append(row)

    def node(self, name: str, kind: str, x: float, y: float, **more: Any) -> None:
        lon, lat = self.transform.transform(X0 + x, Y0 + y)
        self.at[name] = (lon, lat)
        told = {"existing": False, "premises_id": None, "households": None, "grade": None} | more
        self.add("nodes", node_id=name, kind=kind, x=X0 + x, y=Y0 + y, lon=lon, lat=lat, **told)

    def span(self, name: str, ends: tuple[str, str], method: str, surface: str | None = None, **more: Any) -> None:
        told: dict[str, Any] = {"rise_m": 0.0, "duct_id": None, "holes": None, "holes_taken": None, "bend": ()} | more
        places = [self.at[ends[0]], *told.pop("bend"), self.at[ends[1]]]
        line = shapely.LineString(places)
        length = GEOD.line_length([x for x, _ in places], [y for _, y in places]) + told["rise_m"]
        self.length[name] = length
        key = f"{method}/{surface or ''}"
        self.add(
            "spans",
            span_id=name,
            from_node=ends[0],
            to_node=ends[1],
            method=method,
            surface=surface,
            length_m=length,
            cost=length * PRICES[key],
            onts=0,
            geometry=shapely.to_wkb(line),
            **told,
        )

    def cable(self, name: str, level: str, ends: tuple[str, str], fibres: int, spans: list[str], reserved: int) -> None:
        slack = 10.0 if level == "feeder" else 0.0
        length = sum(self.length[span] for span in spans) + slack
        self.add(
            "cables",
            cable_id=name,
            level=level,
            from_node=ends[0],
            to_node=ends[1],
            fibres=fibres,
            fibres_used=0,
            fibres_reserved=reserved,
            slack_m=slack,
            length_m=length,
            cost=length * PRICES[level],
        )
        holes = {row["span_id"]: row for row in self.rows["spans"]}
        for seq, span in enumerate(spans, start=1):
            hole = None
            if holes[span]["holes"] is not None:
                self.holes[span] += 1
                hole = holes[span]["holes_taken"] + self.holes[span]
            self.add("cable_spans", cable_id=name, seq=seq, span_id=span, hole=hole)

    def joint(
        self, node: str, up: tuple[str, str, int], down: tuple[str, str, int | None], joints: tuple[int, int]
    ) -> None:
        self.add(
            "splices",
            node_id=node,
            up_kind=up[0],
            up_id=up[1],
            up_no=up[2],
            down_kind=down[0],
            down_id=down[1],
            down_no=down[2],
            connectors=joints[0],
            fusions=joints[1],
        )


Home = tuple[int, str]
"""Homes of a premises and its grade."""
_ONE: Home = (1, "standard")
_TWO: Home = (2, "standard")
LAYOUT: tuple[tuple[tuple[Home, ...], ...], ...] = (
    ((_ONE, _ONE, _TWO, _ONE), (_ONE, (1, "high"), (4, "standard"))),
    ((_ONE, _ONE), (_TWO, _ONE, _ONE)),
)
"""Per OLT the boxes, per box its premises; the last premises of the first OLT is a tower reached by a riser."""


def sample(layout: tuple[tuple[tuple[Home, ...], ...], ...] = LAYOUT, *, phased: bool = True) -> PlanTables:
    """The plan of ``layout``."""
    draft = Draft()
    for number, boxes in enumerate(layout):
        _tree(draft, number, boxes)
    _finish(draft)
    cost = sum(row["cost"] for row in draft.rows["boq"])
    budgets = _phases(draft, cost) if phased else ()
    for item, key, most, least in LOSSES:
        draft.add("losses", item=item, key=key, most_db=most, least_db=least, source="hand-made")
    draft.add(
        "classes", id="gpon-c+", min_loss_db=17.0, max_loss_db=32.0, down_nm=1490, up_nm=1310,
        differential_km=20.0, reach_km=60.0,
    )  # fmt: skip
    draft.add(
        "unserved", premises_id="P-none", households=3, reason="no_street", zh="附近没有道路", en="no street near"
    )
    trench = sum(row["cost"] for row in draft.rows["spans"])
    head = PlanHead(
        city="青石市",
        area="441802",
        as_of=dt.date(2026, 11, 1),
        crs=CRS,
        prices=Prices("example-2026", "CNY", 2026, True, Text("示例价目", "an example price list")),
        objective="connect-all",
        seed=1,
        effort=4,
        cost=cost,
        lower_bound=0.93 * cost,
        trench_cost=trench,
        trench_lower_bound=trench,
        inputs={"streets.gpkg": "0" * 64},
        parameters={"spare_share": SPARE_SHARE, "spare_holes": SPARE_HOLES, "reel_m": 2000.0, "max_split": 64,
                    "cabinet_households": 120, "room_households": 300, "take_rate": 1.0},
        phase_budgets=budgets,
        assumptions=(Text("每户一个 ONT", "one ONT a home"),),
    )  # fmt: skip
    given = {name: {key: [row[key] for row in rows] for key in rows[0]} for name, rows in draft.rows.items()}
    return PlanTables.of(head, **given)


def _tree(draft: Draft, k: int, boxes: tuple[tuple[Home, ...], ...]) -> None:
    base = 3000.0 * k
    draft.node(f"O{k}", "olt", base, 0, existing=True)
    draft.node(f"J{k}", "junction", base + 180, 20)
    draft.node(f"C{k}", "cabinet", base + 420, 20)
    draft.span(f"S{k}-duct", (f"O{k}", f"J{k}"), "duct", duct_id=f"D{k}", holes=6, holes_taken=2)
    bend = (draft.transform.transform(X0 + base + 300, Y0 + 45),)
    draft.span(f"S{k}-trench", (f"C{k}", f"J{k}"), "trench", "asphalt", holes=4, holes_taken=0, bend=bend)
    draft.cable(f"F{k}", "feeder", (f"O{k}", f"C{k}"), 12, [f"S{k}-duct", f"S{k}-trench"], 0)
    draft.add("ports", olt_node=f"O{k}", pon_port=1, technology="GPON", **{"class": "gpon-c+"})
    draft.joint(f"O{k}", ("port", f"O{k}", 1), ("cable", f"F{k}", 1), (1, 0))
    draft.joint(f"C{k}", ("cable", f"F{k}", 1), ("splitter", f"L{k}", None), (1, 1))
    draft.add(
        "splitters", splitter_id=f"L{k}", node_id=f"C{k}", stage=1, ratio=8, input_cable=f"F{k}", input_fibre=1,
        outputs_used=len(boxes),
    )  # fmt: skip
    before, spans = f"C{k}", []
    for i in range(len(boxes)):
        box = f"B{k}.{i}"
        draft.node(box, "splitter_box", base + 480 + 60 * i, 20 if i % 2 else 24)
        draft.span(f"S{k}-m{i}", (before, box), "micro_trench", "asphalt", holes=2, holes_taken=0)
        spans.append(f"S{k}-m{i}")
        before = box
    draft.cable(f"D{k}", "distribution", (f"C{k}", before), 24, spans, 0)
    for i, premises in enumerate(boxes):
        _box(draft, k, i, premises, base)


def _box(draft: Draft, k: int, i: int, premises: tuple[Home, ...], base: float) -> None:
    box, splitter = f"B{k}.{i}", f"M{k}.{i}"
    draft.joint(f"C{k}", ("splitter", f"L{k}", i + 1), ("cable", f"D{k}", i + 1), (1, 1))
    draft.joint(box, ("cable", f"D{k}", i + 1), ("splitter", splitter, None), (1, 1))
    output = 0
    for j, (homes, grade) in enumerate(premises):
        place = f"P{k}.{i}.{j}"
        tower = homes == 4
        x, y = (480 + 60 * i, 20 if i % 2 else 24) if tower else (470 + 60 * i + 9 * j, 40 if j % 2 else -5)
        draft.node(place, "premises", base + x, y, premises_id=f"Q{k}{i}{j}", households=homes, grade=grade)
        span = f"S{place}"
        draft.span(span, (box, place), "riser" if tower else "drop", rise_m=36.0 if tower else 0.0)
        spare = homes if grade == "high" else 0
        draft.cable(f"X{place}", "drop", (box, place), max(2, homes + spare), [span], spare)
        for home in range(1, homes + 1):
            output += 1
            draft.joint(box, ("splitter", splitter, output), ("cable", f"X{place}", home), (1, 0))
            draft.joint(place, ("cable", f"X{place}", home), ("ont", f"T{k}{i}{j}-{home}", None), (1, 0))
            draft.add(
                "onts", ont_id=f"T{k}{i}{j}-{home}", premises_id=f"Q{k}{i}{j}", node_id=place, olt_node=f"O{k}",
                pon_port=1, splitter_1=f"L{k}", out_1=i + 1, splitter_2=splitter, out_2=output, coexistence=0,
                **_light(draft, k, i, f"X{place}"),
            )  # fmt: skip
    draft.add(
        "splitters", splitter_id=splitter, node_id=box, stage=2, ratio=8, input_cable=f"D{k}", input_fibre=i + 1,
        outputs_used=output,
    )  # fmt: skip


def _light(draft: Draft, k: int, i: int, drop: str) -> dict[str, Any]:
    cables = {row["cable_id"]: row for row in draft.rows["cables"]}
    boxes = sum(1 for row in draft.rows["cable_spans"] if row["cable_id"] == f"D{k}")
    part = sum(draft.length[f"S{k}-m{n}"] for n in range(i + 1)) + (cables[f"D{k}"]["slack_m"] if i + 1 == boxes else 0)
    used = [cables[f"F{k}"]["length_m"], part, cables[drop]["length_m"]]
    length, splices = sum(used), 3 + sum(max(0, ceil(piece / 2000) - 1) for piece in used)
    fixed = 2 * 10.7 + 6 * 0.5 + splices * 0.1 + 3.0
    return {
        "length_m": length,
        "connectors": 6,
        "splices": splices,
        "down_db": fixed + length / 1000 * 0.25,
        "up_db": fixed + length / 1000 * 0.35,
        "least_db": 2 * 10.2 + length / 1000 * 0.22,
    }


def _finish(draft: Draft) -> None:
    """Fill in what follows from the rest: fibres used, ONTs behind a span, quantities, checks."""
    rows = draft.rows
    used: dict[str, set[int]] = defaultdict(set)
    for row in rows["splices"]:
        for side in ("up", "down"):
            if row[f"{side}_kind"] == "cable":
                used[row[f"{side}_id"]].add(row[f"{side}_no"])
    for row in rows["cables"]:
        row["fibres_used"] = len(used[row["cable_id"]])
    boxes = defaultdict(list)
    for ont in rows["onts"]:
        boxes[ont["olt_node"][1:]].append(ont)
    for row in rows["spans"]:
        name = row["span_id"]
        k, _, rest = name[1:].partition("-")
        if rest.startswith("m"):
            row["onts"] = sum(ont["out_1"] > int(rest[1:]) for ont in boxes[k])
        elif rest:
            row["onts"] = len(boxes[k])
        else:
            row["onts"] = sum(ont["node_id"] == name[1:] for ont in rows["onts"])
    _boq(draft)
    for cable in rows["cables"]:
        if cable["level"] != "drop":
            spare = 1 - (cable["fibres_used"] + cable["fibres_reserved"]) / cable["fibres"]
            draft.add(
                "checks", check="spare_fibres", clause="GB 50846-2012 3.2.4", level="must", subject=cable["cable_id"],
                value=spare, limit=SPARE_SHARE, passed=spare >= SPARE_SHARE, zh="余芯", en="spare fibres",
            )  # fmt: skip


def _boq(draft: Draft) -> None:
    rows = draft.rows
    found: dict[tuple[str, str | None], float] = defaultdict(float)
    for row in rows["spans"]:
        found["spans", f"{row['method']}/{row['surface'] or ''}"] += row["length_m"]
    for row in rows["cables"]:
        found["cables", f"{row['level']}/{row['fibres']}"] += row["length_m"]
    for row in rows["nodes"]:
        if not row["existing"] and row["kind"] not in ("junction", "premises"):
            found["nodes", row["kind"]] += 1
    for row in rows["splitters"]:
        found["splitters", str(row["ratio"])] += 1
    found["ports", "GPON"] = len(rows["ports"])
    found["onts", "GPON"] = len(rows["onts"])
    for what in ("fusions", "connectors"):
        found[what, None] = sum(row[what] for row in rows["splices"])
    found["lump", "survey"] = 1
    for (counts, of), quantity in found.items():
        price = _price(counts, of)
        draft.add(
            "boq", item=f"{counts}:{of or 'all'}", name_zh=f"{counts} {of or ''}", name_en=f"{counts} {of or ''}",
            counts=counts, of=of, unit="m" if counts in ("spans", "cables") else "pc", quantity=float(quantity),
            unit_price=price, cost=quantity * price, source="hand-made", year=2026,
        )  # fmt: skip


def _price(counts: str, of: str | None) -> float:
    if counts == "cables":
        return PRICES[str(of).split("/")[0]]
    return {"splitters": 95.0, "ports": 900.0, "onts": 110.0, "lump": 3000.0}.get(counts) or PRICES[of or counts]


def _phases(draft: Draft, cost: float) -> tuple[float, ...]:
    """One phase for each OLT; each premises bears its share of all that is no civil work."""
    spans, places = draft.rows["spans"], [row for row in draft.rows["nodes"] if row["kind"] == "premises"]
    share = (cost - sum(row["cost"] for row in spans)) / len(places)
    spent: Counter[int] = Counter()
    for row in spans:
        phase = 1 + int(row["span_id"].lstrip("SP").partition("-")[0].partition(".")[0])
        draft.add("phases", phase=phase, kind="span", id=row["span_id"], cost=row["cost"], households=0)
        spent[phase] += row["cost"]
    for row in places:
        phase = 1 + int(row["node_id"][1:].partition(".")[0])
        draft.add(
            "phases", phase=phase, kind="premises", id=row["premises_id"], cost=share, households=row["households"]
        )
        spent[phase] += share
    return tuple(ceil(spent[phase]) for phase in sorted(spent))
