"""What is given, looked at before it is used: what cannot be used is left out and listed."""

import numpy as np

from guangcheng.base.places import Datum, detect_datum, from_metric
from guangcheng.planning.streets.faults import fault
from guangcheng.planning.streets.model import Bools, Customers, Ducts, Shapes, Sites, StreetLines
from guangcheng.planning.streets.prices import street_class
from guangcheng.registers.faults import Fault

__all__ = ["checked_customers", "checked_ducts", "checked_sites", "checked_streets", "doubt_datum"]

_LINES = (1, 5)
_LEAST_M = 0.01
_ASKED = 1000
"""Customers looked at to tell their datum."""
_CHINA = (73.5, 3.0, 136.5, 54.0)


def checked_streets(streets: StreetLines, forbidden: Shapes, faults: list[Fault]) -> StreetLines:
    """Single lines of the classes a cable may be laid along, outside the forbidden areas; ids repeat for parts."""
    import shapely

    kinds = np.array(streets.kinds, dtype=object)
    usable = np.array([street_class(kind).usable for kind in streets.kinds], dtype=np.bool_)
    good = _good_lines(streets.lines, streets.ids, "street", faults)
    index = np.flatnonzero(usable & good)
    lines = shapely.force_2d(streets.lines[index])
    if forbidden.size:
        lines = shapely.difference(lines, shapely.union_all(forbidden))
    parts, owner = shapely.get_parts(lines, return_index=True)
    long_enough = (shapely.length(parts) >= _LEAST_M) & (shapely.get_type_id(parts) == 1)
    parts, owner = parts[long_enough], index[owner[long_enough]]
    return StreetLines(tuple(streets.ids[i] for i in owner), tuple(str(kinds[i]) for i in owner), parts)


def checked_customers(customers: Customers, faults: list[Fault]) -> Customers:
    """The same customers; those that cannot be planned are without a shape."""
    shapes = customers.shapes.copy()
    for i in _repeated(customers.ids, "premises", faults):
        shapes[i] = None
    for i in np.flatnonzero(customers.households < 1).tolist():
        faults.append(fault("S-14", "premises", customers.ids[i], found=int(customers.households[i])))
        shapes[i] = None
    for i in np.flatnonzero(_placeless(customers.shapes)).tolist():
        faults.append(fault("S-03", "premises", customers.ids[i]))
        shapes[i] = None
    return Customers(customers.ids, shapes, customers.households)


def checked_sites(sites: Sites, faults: list[Fault]) -> Sites:
    """The same sites; those that cannot be used are without a point."""
    points = sites.points.copy()
    for i in _repeated(sites.ids, "olt", faults):
        points[i] = None
    reasons = [
        (_placeless(sites.points), "没有可用的坐标", "it has no usable coordinates"),
        (sites.pon_ports < 1, "没有 PON 口", "it has no PON port"),
        (
            ~(np.isfinite(sites.cost) & (sites.cost >= 0)),
            "启用费用不是不小于 0 的数",
            "its cost is no number of 0 or more",
        ),
    ]
    for bad, reason_zh, reason_en in reasons:
        for i in np.flatnonzero(bad).tolist():
            faults.append(fault("S-08", "olt", sites.ids[i], reason_zh=reason_zh, reason_en=reason_en))
            points[i] = None
    return Sites(sites.ids, points, sites.pon_ports, np.where(reasons[2][0], 0.0, sites.cost))


def checked_ducts(ducts: Ducts | None, spare_holes: int, faults: list[Fault]) -> Ducts:
    """Ducts that are single lines and have a hole to give."""
    import shapely

    if ducts is None:
        return Ducts((), (), np.empty(0, dtype=object), np.empty(0, dtype=np.int64))
    good = _good_lines(ducts.lines, ducts.ids, "ducts", faults)
    full = good & (ducts.free_holes <= spare_holes)
    faults += [
        fault("S-12", "ducts", ducts.ids[i], found=int(ducts.free_holes[i]), kept=spare_holes)
        for i in np.flatnonzero(full).tolist()
    ]
    index = np.flatnonzero(good & ~full)
    parts, owner = shapely.get_parts(shapely.force_2d(ducts.lines[index]), return_index=True)
    owner = index[owner]
    return Ducts(
        tuple(ducts.ids[i] for i in owner), tuple(ducts.methods[i] for i in owner), parts, ducts.free_holes[owner]
    )


def doubt_datum(customers: Customers, streets: StreetLines, crs: str, faults: list[Fault]) -> None:
    """Name a datum that fits the customers better than the streets' own: Chinese web maps shift theirs by 300–700 m.

    Only where one reading stands out clearly (:func:`base.places.detect_datum`); a suggestion, nothing is moved.
    """
    import shapely

    placed = customers.shapes[~_placeless(customers.shapes)]
    if not placed.size:
        return
    some = placed[:: max(1, placed.size // _ASKED)]
    spots = shapely.get_coordinates(shapely.centroid(some))
    lon, lat = from_metric(spots[:, 0], spots[:, 1], crs)
    west, south, east, north = _CHINA
    if not (west <= np.median(lon) <= east and south <= np.median(lat) <= north):
        return
    guess = detect_datum(lon, lat, streets.lines.tolist(), crs=crs)
    if guess.suggestion in (Datum.GCJ02, Datum.BD09):
        found = str(guess.suggestion.value)
        reason = {"reason_zh": guess.reason.zh, "reason_en": guess.reason.en}
        faults.append(fault("S-11", "premises", found, found=found.upper(), **reason))


def _good_lines(lines: Shapes, ids: tuple[str, ...], what: str, faults: list[Fault]) -> Bools:
    """Which are lines with a length; the others are named."""
    import shapely

    kind = shapely.get_type_id(lines)
    finite = np.isfinite(shapely.bounds(lines)).all(axis=1)
    is_line = np.isin(kind, _LINES) & finite
    length = np.where(is_line, shapely.length(lines), 0.0)
    for i in np.flatnonzero(~is_line).tolist():
        _say_no_line(ids[i], _type_of(lines[i]), what, faults)
    for i in np.flatnonzero(is_line & (length < _LEAST_M)).tolist():
        if what == "street":
            faults.append(fault("S-01", what, ids[i]))
        else:
            faults.append(fault("S-13", what, ids[i], reason_zh="长度为零", reason_en="has no length"))
    return np.asarray(is_line & (length >= _LEAST_M), dtype=np.bool_)


def _say_no_line(name: str, found: str, what: str, faults: list[Fault]) -> None:
    if what == "street":
        faults.append(fault("S-02", what, name, found=found))
    else:
        faults.append(fault("S-13", what, name, reason_zh=f"不是线（{found}）", reason_en=f"is no line ({found})"))


def _type_of(shape: object) -> str:
    return "—" if shape is None else str(getattr(shape, "geom_type", "?"))


def _placeless(shapes: Shapes) -> Bools:
    import shapely

    return np.asarray(~np.isfinite(shapely.bounds(shapes)).all(axis=1), dtype=np.bool_)


def _repeated(ids: tuple[str, ...], what: str, faults: list[Fault]) -> list[int]:
    """Indices of ids that came before."""
    seen: set[str] = set()
    again: list[int] = []
    for i, one in enumerate(ids):
        if one in seen:
            again.append(i)
            faults.append(fault("S-15", what, one))
        seen.add(one)
    return again
