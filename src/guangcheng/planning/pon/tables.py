"""The drawn network as plain columns, named as the plan files name them (lists of equal length by table and column)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from guangcheng.base.text import Text
from guangcheng.planning.fibre.budget import budget
from guangcheng.planning.fibre.tables import Losses, PowerClass
from guangcheng.planning.pon.catalogue import Catalogue, Price
from guangcheng.planning.pon.checks import Check, optical_path
from guangcheng.planning.pon.design import LEVELS, Design

__all__ = ["boq_table", "checks_table", "network_tables", "node_kinds"]

Columns = dict[str, list[Any]]
_NAMES = {
    "splitter": Text(zh="分光器 1:{size}", en="splitter 1:{size}"),
    "feeder": Text(zh="主干光缆 {size} 芯", en="feeder cable, {size} fibres"),
    "distribution": Text(zh="配线光缆 {size} 芯", en="distribution cable, {size} fibres"),
    "drop": Text(zh="入户光缆 {size} 芯", en="drop cable, {size} fibres"),
    "olt_port": Text(zh="PON 口", en="PON port"),
    "room": Text(zh="设备间", en="equipment room"),
    "cabinet": Text(zh="光缆交接箱", en="cross-connect cabinet"),
    "splitter_box": Text(zh="分纤箱", en="splitter box"),
    "closure": Text(zh="接头盒", en="splice closure"),
    "fusion": Text(zh="熔接", en="fusion splice"),
    "connector": Text(zh="活动连接器", en="mated connectors"),
    "attenuator": Text(zh="固定光衰减器", en="fixed attenuator"),
}


def node_kinds(design: Design) -> dict[int, str]:
    """``room``, ``cabinet``, ``splitter_box`` or ``closure`` by node of the forest, where one is built."""
    kinds = dict.fromkeys(design.closures, "closure") | dict.fromkeys(design.boxes, "splitter_box")
    return kinds | dict.fromkeys(design.cabinets, "cabinet") | dict.fromkeys(design.rooms, "room")


def network_tables(
    design: Design,
    catalogue: Catalogue,
    cls: PowerClass,
    losses: Losses,
    *,
    node_ids: Sequence[str],
    span_ids: Sequence[str],
    premises_ids: Mapping[int, str],
) -> dict[str, Columns]:
    """Cables, cable_spans, splitters, ports, onts and splices.

    ``node_ids`` are those :func:`.design.design` was given; ``span_ids`` name the edge from each node to its parent.
    ``cable_spans.hole`` is left empty: the holes of a duct are known to who made the spans.
    """
    runs = [(cable, seq, edge) for cable in design.cables for seq, edge in enumerate(cable.edges, start=1)]
    return {
        "cables": _columns(
            ("cable_id", "level", "from_node", "to_node", "fibres", "fibres_used", "fibres_reserved"),
            (
                (one.id, one.level, node_ids[one.start], node_ids[one.end], one.fibres, one.used, one.reserved)
                for one in design.cables
            ),
        )
        | {
            "slack_m": [0.0 for _ in design.cables],
            "length_m": [one.length_m for one in design.cables],
            "cost": [one.length_m * catalogue.cable[one.fibres].cny for one in design.cables],
        },
        "cable_spans": _columns(
            ("cable_id", "seq", "span_id", "hole"), ((cable.id, seq, span_ids[edge], None) for cable, seq, edge in runs)
        ),
        "splitters": _columns(
            ("splitter_id", "node_id", "stage", "ratio", "input_cable", "input_fibre", "outputs_used"),
            (
                (one.id, node_ids[one.node], one.stage, one.ratio, *(one.input or (None, None)), one.used)
                for one in design.splitters
            ),
        ),
        "ports": _columns(
            ("olt_node", "pon_port", "technology", "class"),
            ((node_ids[one.node], one.number, cls.system, cls.id) for one in design.ports),
        ),
        "onts": _onts(design, cls, losses, node_ids, premises_ids),
        "splices": _columns(
            ("node_id", "up_kind", "up_id", "up_no", "down_kind", "down_id", "down_no", "connectors", "fusions"),
            ((node_ids[one.node], *one.up, *one.down, one.connectors, one.fusions) for one in design.joints),
        ),
    }


def _onts(
    design: Design, cls: PowerClass, losses: Losses, node_ids: Sequence[str], premises_ids: Mapping[int, str]
) -> Columns:
    names = (
        *("ont_id", "premises_id", "node_id", "olt_node", "pon_port", "splitter_1", "out_1", "splitter_2", "out_2"),
        *("length_m", "connectors", "splices", "coexistence", "down_db", "up_db", "least_db"),
    )
    rows = []
    for ont in design.onts:
        way = optical_path(ont)
        light = budget(way, cls, losses)
        stages: list[str | int | None] = [cell for stage in ont.splitters for cell in stage]
        stages += [None] * (4 - len(stages))
        rows.append(
            (
                *(ont.id, premises_ids[ont.node], node_ids[ont.node], node_ids[ont.port.node], ont.port.number),
                *stages,
                *(way.length_m, way.connectors, way.splices, way.coexistence),
                *(light.down_db, light.up_db, light.least_db),
            )
        )
    return _columns(names, rows)


def checks_table(checks: Iterable[Check]) -> Columns:
    """The checks in the order given."""
    return _columns(
        ("check", "clause", "level", "subject", "value", "limit", "passed", "zh", "en"),
        (
            (
                one.check,
                one.clause,
                one.level,
                one.subject,
                one.value,
                one.limit,
                one.passed,
                one.words.zh,
                one.words.en,
            )
            for one in checks
        ),
    )


def boq_table(design: Design, catalogue: Catalogue, cls: PowerClass, *, attenuators: int = 0) -> Columns:
    """Quantities and cost of everything but the spans; what is not used has no row."""
    c = catalogue
    rows: list[tuple[str, str, str, str | None, float, Price]] = []
    metres: dict[tuple[str, int], float] = {}
    for cable in design.cables:
        kind = (cable.level, cable.fibres)
        metres[kind] = metres.get(kind, 0.0) + cable.length_m
    for level, size in sorted(metres, key=lambda item: (LEVELS.index(item[0]), item[1])):
        rows.append((level, str(size), "cables", f"{level}/{size}", metres[level, size], c.cable[size]))
    pieces = Counter(one.ratio for one in design.splitters)
    rows += [("splitter", str(size), "splitters", str(size), pieces[size], c.splitter[size]) for size in sorted(pieces)]
    rows.append(("olt_port", "", "ports", cls.system, len(design.ports), c.single["olt_port"]))
    kinds = Counter(node_kinds(design).values())
    rows += [(kind, "", "nodes", kind, kinds[kind], c.single[kind]) for kind in sorted(kinds)]
    fusions, connectors = (sum(getattr(one, name) for one in design.joints) for name in ("fusions", "connectors"))
    rows.append(("fusion", "", "fusions", None, fusions, c.single["fusion"]))
    rows.append(("connector", "", "connectors", None, connectors, c.single["connector"]))
    rows.append(("attenuator", "", "lump", None, attenuators, c.single["attenuator"]))
    names = ("item", "name_zh", "name_en", "counts", "of", "unit", "quantity", "unit_price", "cost", "source", "year")
    return _columns(names, (_boq(*row) for row in rows if row[4] > 0))


def _boq(item: str, size: str, counts: str, of: str | None, quantity: float, price: Price) -> tuple[Any, ...]:
    name = _NAMES[item].format(size=size)
    found = (f"{item}-{size}" if size else item, name.zh, name.en, counts, of, price.unit.zh, float(quantity))
    return (*found, price.cny, quantity * price.cny, price.source.zh, price.year)


def _columns(names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Columns:
    found = list(rows)
    return {name: [row[at] for row in found] for at, name in enumerate(names)}
