"""Vector tiles: read back by the reference library, every place shows once, counts add up, and a million is quick."""

import time
from typing import Any

import mapbox_vector_tile
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import NotFound
from guangcheng.base.places import reproject, to_metric
from guangcheng.reporting.mvt import EXTENT, Layer
from guangcheng.reporting.tiles import CELLS, CRS, MAX_ZOOM, PLACES, PLACES_AT_MOST, TileSet, tile_set

CATEGORIES = ("capable", "not_capable", "unknown")
WORLD_M = 2 * np.pi * 6378137.0


def decoded(tile: bytes) -> dict[str, Any]:
    layers: dict[str, Any] = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    return layers


def made(x: npt.ArrayLike, y: npt.ArrayLike, category: npt.ArrayLike | None = None) -> TileSet:
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    kinds = np.arange(len(east)) % 3 if category is None else np.asarray(category)
    ids = pa.array([f"户{number}" for number in range(len(east))], pa.string())
    return tile_set(east, north, kinds.astype(np.uint8), ids, CATEGORIES)


def city(count: int, spread_m: float = 40_000.0) -> TileSet:
    """A dense middle and a wide country around a point in Hubei."""
    rng = np.random.default_rng(7)
    scale = spread_m * rng.exponential(0.5, count)
    angle = rng.uniform(0, 2 * np.pi, count)
    return made(12_850_000 + scale * np.cos(angle), 3_500_000 + scale * np.sin(angle), rng.integers(0, 3, count))


def tile_of(x: float, y: float, zoom: int) -> tuple[int, int]:
    """The usual XYZ formula, written on its own."""
    return int((x / WORLD_M + 0.5) * 2**zoom), int((0.5 - y / WORLD_M) * 2**zoom)


def test_a_layer_reads_back_as_written() -> None:
    layer = Layer("层")
    layer.point(0, EXTENT - 1, {"id": "甲", "n": 70_000}, 0)
    layer.point(17, 4, {"id": "乙", "n": 0, "m": 70_000}, 2**40)
    layer.point(5, 6, {})
    features = decoded(layer.bytes())["层"]["features"]
    assert decoded(layer.bytes())["层"]["extent"] == EXTENT
    assert decoded(layer.bytes())["层"]["version"] == 2
    assert [(f["geometry"]["coordinates"], f["properties"], f.get("id")) for f in features] == [
        ([0, EXTENT - 1], {"id": "甲", "n": 70_000}, 0),
        ([17, 4], {"id": "乙", "n": 0, "m": 70_000}, 2**40),
        ([5, 6], {}, 0),
    ]


def test_a_layer_is_byte_for_byte_what_the_reference_library_writes() -> None:
    layer = Layer("places")
    layer.point(10, 20, {"id": "a", "category": "unknown"}, 3)
    layer.point(4000, 1, {"id": "b", "category": "unknown"}, 300)
    features = [
        {"geometry": f"POINT({x} {y})", "properties": {"id": name, "category": "unknown"}, "id": number}
        for x, y, name, number in ((10, 20, "a", 3), (4000, 1, "b", 300))
    ]
    theirs = mapbox_vector_tile.encode(
        [{"name": "places", "features": features}], default_options={"y_coord_down": True, "extents": EXTENT}
    )
    assert decoded(layer.bytes()) == decoded(theirs)
    assert len(layer.bytes()) == len(theirs)


mercator = st.floats(-WORLD_M / 2 + 1, WORLD_M / 2 - 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(mercator, mercator), min_size=1, max_size=12), st.integers(0, MAX_ZOOM))
def test_every_place_is_in_its_own_tile_within_a_step(points: list[tuple[float, float]], zoom: int) -> None:
    tiles = made([x for x, _ in points], [y for _, y in points])
    seen: dict[str, tuple[float, float]] = {}
    step = WORLD_M / 2**zoom / EXTENT
    for column, row in sorted({tile_of(x, y, zoom) for x, y in points}):
        for feature in decoded(tiles.tile(zoom, column, row))[PLACES]["features"]:
            left, top = feature["geometry"]["coordinates"]
            number = int(feature["id"])
            assert feature["properties"] == {"id": f"户{number}", "category": CATEGORIES[number % 3]}
            seen[feature["properties"]["id"]] = (
                (column * EXTENT + left) * step - WORLD_M / 2,
                WORLD_M / 2 - (row * EXTENT + top) * step,
            )
    assert sorted(seen) == sorted(f"户{number}" for number in range(len(points)))
    for number, (x, y) in enumerate(points):
        east, north = seen[f"户{number}"]
        assert 0 <= x - east + 1e-3 <= step + 2e-3
        assert 0 <= north - y + 1e-3 <= step + 2e-3


def test_coordinates_of_a_city_arrive_where_longitude_and_latitude_say() -> None:
    lon, lat, zoom = 113.05, 23.7, 12
    x, y = to_metric([lon], [lat], "EPSG:4547")
    tiles = made(*reproject(x, y, source="EPSG:4547", target=CRS))
    across = (lon + 180) / 360 * 2**zoom
    down = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**zoom
    (feature,) = decoded(tiles.tile(zoom, int(across), int(down)))[PLACES]["features"]
    assert feature["geometry"]["coordinates"] == [int(across % 1 * EXTENT), int(down % 1 * EXTENT)]


def total(tiles: TileSet, zoom: int, column: int, row: int) -> dict[str, int]:
    """Places by category in a tile, whichever layer shows them."""
    found = dict.fromkeys(CATEGORIES, 0)
    for name, layer in (decoded(tiles.tile(zoom, column, row)) or {}).items():
        for feature in layer["features"]:
            properties = feature["properties"]
            if name == PLACES:
                found[properties["category"]] += 1
            else:
                assert properties["count"] == sum(properties.get(category, 0) for category in CATEGORIES)
                for category in CATEGORIES:
                    found[category] += properties.get(category, 0)
    return found


def test_counts_of_a_tile_are_those_of_its_four_children() -> None:
    tiles = city(20_000)
    whole = {category: int(np.sum(tiles.category == index)) for index, category in enumerate(CATEGORIES)}
    assert total(tiles, 0, 0, 0) == whole
    column, row = tile_of(12_850_000, 3_500_000, 8)
    for zoom in range(8, 13):
        children = [total(tiles, zoom + 1, 2 * column + i, 2 * row + j) for i in (0, 1) for j in (0, 1)]
        assert total(tiles, zoom, column, row) == {c: sum(child[c] for child in children) for c in CATEGORIES}
        column, row = 2 * column, 2 * row


def test_a_cell_stands_at_the_mean_of_its_places() -> None:
    step = WORLD_M / EXTENT
    crowd = PLACES_AT_MOST
    x = np.concatenate([np.full(crowd, 10.5), np.full(crowd, 20.5), [1000.5]]) * step
    y = np.concatenate([np.full(crowd, -2.5), np.full(crowd, -12.5), [-1000.5]]) * step
    tiles = made(x, y, np.concatenate([np.zeros(crowd), np.full(crowd, 2), [1]]))
    half = EXTENT // 2
    assert [
        (f["geometry"]["coordinates"], f["properties"]) for f in decoded(tiles.tile(0, 0, 0))[CELLS]["features"]
    ] == [
        ([half + 15, half + 7], {"count": 2 * crowd, "capable": crowd, "unknown": crowd}),
        ([half + 1000, half + 1000], {"count": 1, "not_capable": 1}),
    ]


@pytest.mark.parametrize(("count", "layer"), [(PLACES_AT_MOST, PLACES), (PLACES_AT_MOST + 1, CELLS)])
def test_a_crowded_tile_shows_cells_at_any_zoom(count: int, layer: str) -> None:
    tiles = made(np.full(count, 100.0), np.full(count, 200.0))
    for zoom in (0, 9, MAX_ZOOM):
        assert list(decoded(tiles.tile(zoom, *tile_of(100.0, 200.0, zoom)))) == [layer]


def test_the_same_places_give_the_same_bytes_and_an_empty_tile_none() -> None:
    assert city(6000).tile(0, 0, 0) == city(6000).tile(0, 0, 0)
    assert city(10).tile(4, 0, 0) == b""
    assert made([], []).tile(0, 0, 0) == b""


def test_the_last_step_of_a_tile_belongs_to_it_and_the_next_does_not() -> None:
    step = WORLD_M / 2**MAX_ZOOM / EXTENT
    tiles = made([-0.5 * step, 0.5 * step], [0.5 * step, -0.5 * step])
    below = 2 ** (MAX_ZOOM - 1)
    ends = [
        (f["id"], f["geometry"]["coordinates"])
        for column, row in ((below - 1, below - 1), (below, below))
        for f in decoded(tiles.tile(MAX_ZOOM, column, row))[PLACES]["features"]
    ]
    assert ends == [(0, [EXTENT - 1, EXTENT - 1]), (1, [0, 0])]


def test_places_on_one_spot_keep_the_order_given() -> None:
    count = 1000
    tiles = made(np.tile([100.0, 900.0], count), np.full(2 * count, 200.0))
    zoom = 17
    shown = decoded(tiles.tile(zoom, *tile_of(100.0, 200.0, zoom)))[PLACES]["features"]
    assert [feature["id"] for feature in shown] == list(range(0, 2 * count, 2))


def test_rows_without_a_place_on_the_map_are_left_out_and_counted() -> None:
    half = WORLD_M / 2
    tiles = made([np.nan, np.inf, 1.0, half, 1.0, 5.0, -np.nextafter(half, 0)], [1.0, 1.0, np.nan, 1.0, -half, 6.0, 0])
    assert tiles.unplaced == 5
    shown = decoded(tiles.tile(0, 0, 0))[PLACES]["features"]
    assert sorted(feature["properties"]["id"] for feature in shown) == ["户5", "户6"]


@pytest.mark.parametrize("address", [(-1, 0, 0), (MAX_ZOOM + 1, 0, 0), (1, 2, 0), (1, 0, 2), (1, -1, 0), (1, 0, -1)])
def test_a_tile_that_does_not_exist_is_refused(address: tuple[int, int, int]) -> None:
    with pytest.raises(NotFound) as refusal:
        city(10).tile(*address)
    assert "/".join(map(str, address)) in refusal.value.in_("zh")


@pytest.mark.parametrize(
    ("columns", "categories"),
    [
        (([1.0], [1.0, 2.0], [0], ["a"]), CATEGORIES),
        (([1.0], [1.0], [3], ["a"]), CATEGORIES),
        (([1.0], [1.0], [0], [None]), CATEGORIES),
        (([1.0], [1.0], [0], ["a"]), ("same", "same")),
        (([1.0], [1.0], [0], ["a"]), ("count",)),
    ],
)
def test_columns_that_do_not_fit_are_refused(columns: tuple[Any, ...], categories: tuple[str, ...]) -> None:
    x, y, category, ids = columns
    with pytest.raises(ValueError, match=r"must be|needs"):
        tile_set(np.array(x), np.array(y), np.array(category, np.uint8), pa.array(ids, pa.string()), categories)


@pytest.mark.nightly
def test_tiles_of_a_million_places_are_quick() -> None:
    tiles = city(1_000_000)
    rng = np.random.default_rng(1)
    seconds = []
    for number in range(300):
        zoom = number % (MAX_ZOOM + 1)
        at = int(rng.integers(len(tiles.x)))
        shift = MAX_ZOOM + 12 - zoom
        start = time.process_time()
        tile = tiles.tile(zoom, int(tiles.x[at]) >> shift, int(tiles.y[at]) >> shift)
        seconds.append(time.process_time() - start)
        assert 0 < len(tile) < 500_000
    assert np.percentile(seconds, 95) < 0.1
