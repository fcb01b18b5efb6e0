"""Which customers a site reaches at all, and the site that is supposed where none is given."""

from dataclasses import replace

import numpy as np

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text
from guangcheng.planning.streets.faults import fault
from guangcheng.planning.streets.model import Ints, PlanningGraph
from guangcheng.planning.streets.noding import groups
from guangcheng.registers.faults import Fault

__all__ = ["SUPPOSED", "settled"]

SUPPOSED = "supposed-1"
"""The id of the site a plan supposes where none is usable."""
_PORTS = 1 << 20


def settled(graph: PlanningGraph, faults: list[Fault]) -> PlanningGraph:
    """The graph with a supposed site if it has none, unreachable customers taken off and named, and all faults."""
    part = groups(graph.nodes, graph.tail, graph.head)
    if not (graph.site_node >= 0).any():
        graph = _suppose(graph, part, faults)
    reached = np.zeros(int(part.max()) + 1, dtype=np.bool_)
    reached[part[graph.site_node[graph.site_node >= 0]]] = True
    hung = graph.premises_node >= 0
    lost = hung & ~reached[part[graph.premises_node]]
    faults += [fault("S-06", "premises", graph.premises_ids[i]) for i in np.flatnonzero(lost).tolist()]
    return replace(graph, premises_node=np.where(lost, -1, graph.premises_node), faults=tuple(faults))


def _suppose(graph: PlanningGraph, part: Ints, faults: list[Fault]) -> PlanningGraph:
    hung = np.flatnonzero(graph.premises_node >= 0)
    if not hung.size:
        raise InputError(
            Text(
                "既没有可用的局点，也没有可以规划的驻地", "there is neither a usable OLT site nor premises to plan for"
            ),
            mend=Text("检查两者的坐标和坐标系", "check the coordinates and datum of both"),
        )
    node, weight = graph.premises_node[hung], graph.households[hung].astype(np.float64)
    largest = int(np.argmax(np.bincount(part[node], weights=weight)))
    inside = part[node] == largest
    x = float(np.average(graph.x[node[inside]], weights=weight[inside]))
    y = float(np.average(graph.y[node[inside]], weights=weight[inside]))
    on_streets = np.unique(np.concatenate([graph.tail[graph.street >= 0], graph.head[graph.street >= 0]]))
    on_streets = on_streets[part[on_streets] == largest]
    site = int(on_streets[np.argmin(np.hypot(graph.x[on_streets] - x, graph.y[on_streets] - y))])
    faults.append(fault("S-07", "olt", SUPPOSED, lon=f"{graph.lon[site]:.6f}", lat=f"{graph.lat[site]:.6f}"))
    return replace(
        graph,
        site_ids=(*graph.site_ids, SUPPOSED),
        site_node=np.append(graph.site_node, site),
        pon_ports=np.append(graph.pon_ports, _PORTS),
        site_cost=np.append(graph.site_cost, 0.0),
    )
