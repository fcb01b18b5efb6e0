"""Nodes and spans as GeoJSON (RFC 7946), and in the shape of the Open Fibre Data Standard 0.3.

OFDS calls a network ``proposed`` while its financing is not settled; a plan of ours is that. Ids of OFDS are the
plan's own, the network's is a UUID made from the plan's hash.
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from guangcheng.reporting.plan_files.tables import PlanTables

__all__ = ["OFDS_SCHEMA", "feature_files"]

OFDS_SCHEMA = (
    "https://raw.githubusercontent.com/Open-Telecoms-Data/open-fibre-data-standard/0__3__0/schema/network-schema.json"
)
_PLACES = 9
"""Decimals of a degree: 0.1 mm."""
_NODE_TYPES: Mapping[str, str] = MappingProxyType(
    {"olt": "exchange", "room": "pop", "cabinet": "cabinet", "splitter_box": "aggregationPoint"}
)
_WGS84 = {
    "name": "urn:ogc:def:crs:OGC::CRS84",
    "uri": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
}


def feature_files(plan: PlanTables, digest: str) -> dict[str, bytes]:
    """Name and bytes of the five files; ``digest`` (hex) is the plan's hash."""
    points, lines = _points(plan["nodes"]), _lines(plan["spans"])
    nodes = [_without_nulls(row) for row in plan["nodes"].to_pylist()]
    spans = [_without_nulls(row) for row in plan["spans"].drop_columns(["geometry"]).to_pylist()]
    open_nodes, open_spans = _ofds_nodes(plan["nodes"]), _ofds_spans(plan)
    network = _network(plan, digest)
    told = {"id": network["id"], "name": network["name"], "links": network["links"]}
    starts = {node["id"]: node for node in (_located(node, at) for node, at in zip(open_nodes, points, strict=True))}
    return {
        "nodes.geojson": _collection(zip(points, nodes, strict=True)),
        "spans.geojson": _collection(zip(lines, spans, strict=True)),
        "ofds-nodes.geojson": _collection(
            (at, {**node, "network": told, "featureType": "node"}) for at, node in zip(points, open_nodes, strict=True)
        ),
        "ofds-spans.geojson": _collection(
            (
                at,
                {
                    **span,
                    "start": starts[span["start"]],
                    "end": starts[span["end"]],
                    "network": told,
                    "featureType": "span",
                },
            )
            for at, span in zip(lines, open_spans, strict=True)
        ),
        "ofds.json": _dump(
            {
                "networks": [
                    {
                        **network,
                        "nodes": list(starts.values()),
                        "spans": [{**span, "route": at} for span, at in zip(open_spans, lines, strict=True)],
                    }
                ]
            }
        ),
    }


def _points(nodes: pa.Table) -> list[dict[str, Any]]:
    pairs = zip(nodes["lon"].to_pylist(), nodes["lat"].to_pylist(), strict=True)
    return [{"type": "Point", "coordinates": [round(lon, _PLACES), round(lat, _PLACES)]} for lon, lat in pairs]


def _lines(spans: pa.Table) -> list[dict[str, Any]]:
    import shapely

    found = []
    for line in shapely.from_wkb(spans["geometry"].to_pylist()):
        pairs = shapely.get_coordinates(line).round(_PLACES).tolist()
        found.append({"type": "LineString", "coordinates": pairs})
    return found


def _ofds_nodes(nodes: pa.Table) -> list[dict[str, Any]]:
    found = []
    for row in nodes.select(["node_id", "kind", "existing"]).to_pylist():
        node: dict[str, Any] = {"id": row["node_id"], "status": _status(existing=row["existing"])}
        if row["kind"] in _NODE_TYPES:
            node["type"] = [_NODE_TYPES[row["kind"]]]
        node["accessPoint"] = row["kind"] in ("olt", "room", "cabinet", "splitter_box")
        found.append(node)
    return found


def _ofds_spans(plan: PlanTables) -> list[dict[str, Any]]:
    """A span of OFDS for each of ours: fibres of all cables in it, kilometres of cable as the standard counts them."""
    fibres = dict(zip(plan["cables"]["cable_id"].to_pylist(), plan["cables"]["fibres"].to_pylist(), strict=True))
    held: dict[str, list[int]] = {}
    way = plan["cable_spans"]
    for cable, span in zip(way["cable_id"].to_pylist(), way["span_id"].to_pylist(), strict=True):
        held.setdefault(span, []).append(fibres.get(cable, 0))
    found = []
    for row in plan["spans"].select(["span_id", "from_node", "to_node", "method", "length_m"]).to_pylist():
        inside = held.get(row["span_id"], [])
        found.append(
            {
                "id": row["span_id"],
                "status": "proposed",
                "start": row["from_node"],
                "end": row["to_node"],
                "transmissionMedium": ["fibre"],
                "deployment": ["aboveGround" if row["method"] in ("aerial", "riser") else "belowGround"],
                "deploymentDetails": {"description": row["method"]},
                "fibreCount": sum(inside),
                "fibreLength": round(len(inside) * row["length_m"] / 1000, 6),
            }
        )
    return found


def _network(plan: PlanTables, digest: str) -> dict[str, Any]:
    return {
        "id": str(uuid.UUID(hex=digest[:32], version=4)),
        "name": f"{plan.head.city} {plan.head.area} {plan.head.as_of.isoformat()}",
        "crs": _WGS84,
        "links": [{"rel": "describedby", "href": OFDS_SCHEMA}],
    }


def _status(*, existing: bool) -> str:
    return "operational" if existing else "proposed"


def _located(node: Mapping[str, Any], at: Mapping[str, Any]) -> dict[str, Any]:
    return {**node, "location": at}


def _without_nulls(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}


def _collection(features: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> bytes:
    lines = [_dump_line({"type": "Feature", "geometry": at, "properties": held}) for at, held in features]
    inside = ",\n".join(lines)
    return f'{{"type":"FeatureCollection","features":[\n{inside}\n]}}\n'.encode()


def _dump_line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _dump(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
