"""How a city stands by one standard, arranged once so that a page needs no scan over premises."""

import gzip
import json
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from guangcheng.apps.handover import LEVELS_WITH_WAYS, Looked, way_to_pass
from guangcheng.base.places import reproject
from guangcheng.base.text import Lang
from guangcheng.coverage.conditions import Condition
from guangcheng.coverage.gaps import Fewest
from guangcheng.coverage.results import AreaVerdict, IndicatorResult, Verdict
from guangcheng.coverage.survey import KINDS
from guangcheng.coverage.tree import Tree
from guangcheng.reporting.summary import LevelCount, level_counts
from guangcheng.reporting.tiles import CRS, TileSet, tile_set
from guangcheng.reporting.words import VERDICTS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

Box = tuple[float, float, float, float]
"""West, south, east, north, degrees."""

CATEGORIES = ("pass", "fail", "no_data")
"""What a premises is on the map: capable, not, or not known (keys of the tiles)."""

_CATEGORY = {1: 0, 0: 1, -1: 2}
MOST_TILES = 4096
"""Tiles kept ready, packed."""


@dataclass(frozen=True, slots=True)
class Failing:
    """One premises that is not shown to be capable."""

    id: str
    name: str
    area: str
    kind: str
    known: bool
    """Whether it surely fails; else its answer is missing."""
    reason: Condition | None
    """The furthest condition any operator got to before it failed."""
    households: int | None
    lon: float | None
    lat: float | None


@dataclass(eq=False)
class Standing:
    """One evaluation and its indexes. Made by :func:`standing_of`; safe to read from many threads."""

    looked: Looked
    tag: str
    areas: Mapping[str, AreaVerdict]
    below: Mapping[str, tuple[AreaVerdict, ...]]
    """By area, the areas directly beneath, by code."""
    estates: Mapping[str, tuple[AreaVerdict, ...]]
    """By area, the estates in it."""
    indicators: Mapping[str, tuple[IndicatorResult, ...]]
    """By indicator, its results by area."""
    tiles: TileSet
    bounds: Mapping[str, Box]
    """By area the box around its premises; an area whose premises have no position is absent."""
    _failing: Ints
    """Rows of premises (records) that are not capable, by area in preorder, then by id."""
    _starts: Mapping[str, tuple[int, int]]
    """By area, the run of ``_failing`` within it and beneath."""
    _lonlat: tuple[Floats, Floats]
    _asking: threading.Lock = field(default_factory=threading.Lock)
    _packing: threading.Lock = field(default_factory=threading.Lock)
    """Apart from the other: no tile waits for a way to be found."""
    _ways: dict[str, Fewest | None] = field(default_factory=dict)
    _packed: "OrderedDict[tuple[int, int, int], bytes]" = field(default_factory=OrderedDict)

    @cached_property
    def levels(self) -> tuple[LevelCount, ...]:
        """Verdicts counted by level, from the top down."""
        return level_counts(self.looked.evaluation)

    @cached_property
    def by_area(self) -> Mapping[str, tuple[IndicatorResult, ...]]:
        """By area, the indicators' results for it."""
        found: dict[str, list[IndicatorResult]] = {}
        for result in self.looked.evaluation.indicators:
            found.setdefault(result.area, []).append(result)
        return {code: tuple(results) for code, results in found.items()}

    @property
    def whole(self) -> tuple[IndicatorResult, ...]:
        """The indicators' results for the whole."""
        return self.by_area.get(self.looked.evaluation.area, ())

    @cached_property
    def lagging(self) -> tuple[AreaVerdict, ...]:
        """Streets and towns somebody has to act on."""
        areas = self.looked.evaluation.areas
        return tuple(area for area in areas if area.level == "township" and failed(area))

    def count_failing(self, code: str) -> int:
        """How many premises in ``code`` and beneath are not capable; 0 for an area not judged."""
        first, last = self._starts.get(code, (0, 0))
        return last - first

    def failing(self, code: str, start: int, stop: int) -> list[Failing]:
        """Those premises, ``start`` to ``stop`` of them: by area down the tree, then by id."""
        first, last = self._starts.get(code, (0, 0))
        rows = self._failing[first + max(start, 0) : min(first + max(stop, 0), last)]
        return [self._one(int(row)) for row in rows]

    def _one(self, row: int) -> Failing:
        survey = self.looked.survey
        premises, state = survey.premises, int(survey.capable[row])
        failed = int(survey.reach.first_failed[row]) if survey.has("access_points") else -1
        lon, lat = (float(axis[row]) for axis in self._lonlat)
        households = int(premises.households[row])
        return Failing(
            id=premises.id_of(row),
            name=premises.label(row),
            area=survey.tree.areas[int(premises.area[row])].code,
            kind=KINDS[int(premises.kind[row])],
            known=state == 0,
            reason=Condition(failed) if failed > 0 else None,
            households=households if households >= 0 else None,
            lon=None if np.isnan(lon) else lon,
            lat=None if np.isnan(lat) else lat,
        )

    def place_of(self, code: str) -> tuple[float, float] | None:
        """Where an area is drawn, degrees; ``None`` when the register gives no point."""
        return self._area_places.get(code)

    @cached_property
    def _area_places(self) -> dict[str, tuple[float, float]]:
        table = self.looked.view.table("areas", ["code", "lon", "lat"]).drop_null()
        columns = (table[name].to_pylist() for name in ("code", "lon", "lat"))
        return {code: (lon, lat) for code, lon, lat in zip(*columns, strict=True)}

    def way(self, code: str) -> Fewest | None:
        """The fewest additions that would make a township or village pass; ``None`` where there is nothing to say."""
        area = self.areas.get(code)
        if area is None or area.level not in LEVELS_WITH_WAYS or not failed(area):
            return None
        if code in self._ways:
            return self._ways[code]
        with self._asking:  # the survey is asked by one at a time
            if code not in self._ways:
                self._ways[code] = way_to_pass(self.looked, code)
            return self._ways[code]

    def tile(self, zoom: int, column: int, row: int) -> bytes:
        """A tile, packed with gzip (empty where nothing lies); ``NotFound`` for one that does not exist."""
        where = (zoom, column, row)
        packed = self._packed.get(where)
        if packed is None:
            plain = self.tiles.tile(zoom, column, row)
            packed = gzip.compress(plain, 5, mtime=0) if plain else b""
            with self._packing:
                self._packed[where] = packed
                while len(self._packed) > MOST_TILES:
                    self._packed.popitem(last=False)
        return packed

    def features(self, code: str, lang: Lang) -> bytes:
        """The areas directly beneath ``code`` that have a point, as GeoJSON with verdict, word and address."""
        found = {"type": "FeatureCollection", "features": list(self._features(code, lang))}
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()

    def _features(self, code: str, lang: Lang) -> Iterator[dict[str, object]]:
        for area in self.below.get(code, ()):
            place = self.place_of(area.code)
            if place is None:
                continue
            yield {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [round(place[0], 6), round(place[1], 6)]},
                "properties": {
                    "code": area.code,
                    "name": area.name,
                    "verdict": area.verdict.value,
                    "word": VERDICTS[area.verdict].in_(lang),
                    "address": f"/areas/{area.code}?standard={self.looked.standard.id}",
                },
            }


def standing_of(looked: Looked, tag: str) -> Standing:
    """Arrange an evaluation for the pages."""
    survey, evaluation = looked.survey, looked.evaluation
    x, y = _positions(looked)
    lon, lat = reproject(x, y, source=looked.city.config.crs, target="EPSG:4326")
    records = np.flatnonzero(survey.premises.record)
    starts, failing = _in_preorder(looked)
    indicators: dict[str, list[IndicatorResult]] = {}
    for result in evaluation.indicators:
        indicators.setdefault(result.id, []).append(result)
    return Standing(
        looked=looked,
        tag=tag,
        areas={area.code: area for area in (*evaluation.areas, *evaluation.estates)},
        below=_grouped(evaluation.areas),
        estates=_grouped(evaluation.estates),
        indicators={name: tuple(results) for name, results in indicators.items()},
        tiles=_tiles(looked, x, y, records),
        bounds=_bounds(looked, lon, lat),
        _failing=failing,
        _starts=starts,
        _lonlat=(lon, lat),
    )


def _grouped(places: tuple[AreaVerdict, ...]) -> dict[str, tuple[AreaVerdict, ...]]:
    found: dict[str, list[AreaVerdict]] = {}
    for place in places:
        if place.parent is not None:
            found.setdefault(place.parent, []).append(place)
    return {code: tuple(sorted(members, key=lambda place: place.code)) for code, members in found.items()}


def _positions(looked: Looked) -> tuple[Floats, Floats]:
    table = looked.survey.view.table("premises", ["x", "y"])
    x, y = (table[name].to_numpy(zero_copy_only=False).astype(np.float64) for name in ("x", "y"))
    return x, y


def _tiles(looked: Looked, x: Floats, y: Floats, records: Ints) -> TileSet:
    import pyarrow as pa

    survey = looked.survey
    east, north = reproject(x[records], y[records], source=looked.city.config.crs, target=CRS)
    states = survey.capable[records]
    category = np.select([states == state for state in _CATEGORY], list(_CATEGORY.values())).astype(np.uint8)
    ids = survey.premises.ids.take(pa.array(records))
    return tile_set(east, north, category, ids, CATEGORIES)


def _bounds(looked: Looked, lon: Floats, lat: Floats) -> dict[str, Box]:
    """By area (and for the whole) the box around the premises in it and beneath; none where nothing has a position."""
    survey = looked.survey
    tree, area = survey.tree, survey.premises.area
    placed = np.isfinite(lon) & np.isfinite(lat) & (area >= 0)
    if not placed.any():
        return {}
    low, high = np.full((2, len(tree)), np.inf), np.full((2, len(tree)), -np.inf)
    for axis, values in enumerate((lon, lat)):
        np.minimum.at(low[axis], area[placed], values[placed])
        np.maximum.at(high[axis], area[placed], values[placed])
    for index in tree.bottom_up:
        if (above := tree.areas[index].parent) >= 0:
            low[:, above] = np.minimum(low[:, above], low[:, index])
            high[:, above] = np.maximum(high[:, above], high[:, index])
    known = np.isfinite(low).all(axis=0)
    found = {
        one.code: (*low[:, one.index].tolist(), *high[:, one.index].tolist()) for one in tree.areas if known[one.index]
    }
    roots = [root for root in tree.roots if known[root]]
    found[tree.top] = (*low[:, roots].min(axis=1).tolist(), *high[:, roots].max(axis=1).tolist())
    return found


def _in_preorder(looked: Looked) -> tuple[dict[str, tuple[int, int]], Ints]:
    """Failing rows sorted down the tree, and the run of each area: what lies beneath follows its area."""
    import pyarrow as pa
    import pyarrow.compute as pc

    survey = looked.survey
    tree, premises = survey.tree, survey.premises
    order, ends = preorder(tree)
    rows = np.flatnonzero(premises.record & (survey.capable != 1) & (premises.area >= 0))
    rows = rows[pc.sort_indices(premises.ids.take(pa.array(rows))).to_numpy()] if len(rows) else rows
    place = order[premises.area[rows]]
    by_place = np.argsort(place, kind="stable")
    rows, place = rows[by_place], place[by_place]
    first, last = np.searchsorted(place, order), np.searchsorted(place, ends)
    starts = {area.code: (int(first[area.index]), int(last[area.index])) for area in tree.areas}
    if tree.top not in starts:
        starts[tree.top] = (0, len(rows))
    return starts, rows.astype(np.int64)


def preorder(tree: Tree) -> tuple[Ints, Ints]:
    """Per area its number in preorder, and the number after the last area beneath it."""
    order = np.zeros(len(tree), np.int64)
    down = [index for root in tree.roots for index in tree.below(root)]
    order[down] = np.arange(len(down))
    return order, order + tree.rolled_up(np.ones(len(tree), np.int64))


def failed(area: AreaVerdict) -> bool:
    """Whether somebody has to act on the place."""
    return area.verdict in (Verdict.FAIL, Verdict.NO_DATA)
