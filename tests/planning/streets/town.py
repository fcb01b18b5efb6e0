"""A grid of streets with premises, OLT sites and ducts, made from a seed: metres around a place in Wuhan."""

import numpy as np
import shapely

from guangcheng.planning.streets.build import Rules, planning_graph
from guangcheng.planning.streets.model import Customers, Ducts, Method, PlanningGraph, Shapes, Sites, StreetLines

CRS = "EPSG:4547"
EAST, NORTH = 530_000.0, 3_380_000.0


def line(*points: tuple[float, float]) -> object:
    """A line through points given in metres from the town's corner."""
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in points])


def point(x: float, y: float) -> object:
    """A point in metres from the town's corner."""
    return shapely.Point(EAST + x, NORTH + y)


def shapes(*items: object) -> Shapes:
    """Shapes (or ``None``) as an array."""
    made = np.empty(len(items), dtype=object)
    made[:] = items
    return made


def streets(*lines: object, kind: str = "residential") -> StreetLines:
    """Streets of one class."""
    return StreetLines(tuple(f"s{i}" for i in range(len(lines))), (kind,) * len(lines), shapes(*lines))


def customers(*items: object, households: int = 10) -> Customers:
    """Premises with equal households."""
    many = len(items)
    return Customers(tuple(f"p{i}" for i in range(many)), shapes(*items), np.full(many, households))


def sites(*items: object, ports: int = 1000) -> Sites:
    """OLT sites in use."""
    many = len(items)
    return Sites(tuple(f"olt{i}" for i in range(many)), shapes(*items), np.full(many, ports), np.zeros(many))


def ducts(*lines: object, holes: int = 4, method: Method = Method.DUCT) -> Ducts:
    """Ducts with equal free holes."""
    many = len(lines)
    return Ducts(tuple(f"d{i}" for i in range(many)), (method,) * many, shapes(*lines), np.full(many, holes))


def grid(side: int, block: float = 100.0) -> list[object]:
    """Streets of a grid of ``side`` × ``side`` blocks."""
    far = side * block
    across = [line((0, i * block), (far, i * block)) for i in range(side + 1)]
    up = [line((i * block, 0), (i * block, far)) for i in range(side + 1)]
    return across + up


def town(seed: int, *, many: int = 12, side: int = 3, kind: str = "residential", **rules: object) -> PlanningGraph:
    """The graph of a grid town with ``many`` premises and two sites."""
    rng = np.random.default_rng(seed)
    spots = [point(*rng.uniform(0, side * 100.0, 2)) for _ in range(many)]
    homes = Customers(tuple(f"p{i}" for i in range(many)), shapes(*spots), rng.integers(1, 60, many))
    return planning_graph(
        streets(*grid(side), kind=kind),
        homes,
        sites(point(5, 5), point(side * 100.0 - 5, side * 100.0 - 5)),
        crs=CRS,
        rules=Rules(join_crossings=True, **rules),  # type: ignore[arg-type]
    )
