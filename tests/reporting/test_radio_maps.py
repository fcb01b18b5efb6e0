"""Pictures and tiles of a radio prediction, read back by another library."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from guangcheng.base.places import from_metric
from guangcheng.base.text import Text
from guangcheng.reporting.geotiff import Frame
from guangcheng.reporting.radio_maps import (
    Marks,
    Paper,
    chance_scale,
    class_map,
    legend_picture,
    level_scale,
    rgb,
    server_map,
)
from guangcheng.reporting.raster_tiles import TILE, indexed_png, pyramid, tiles

FRAME = Frame(316_410.0, 5_690_210.0, 20.0, 25833)
PAPER = Paper(Text("图", "map"), Text("脚注", "foot"), (Marks(Text("站址", "sites"), [316_600.0], [5_690_400.0]),))


def test_a_value_on_a_break_lies_above_it_and_nothing_is_no_class() -> None:
    scale = level_scale(-105.0)
    assert scale.breaks == (-120.0, -110.0, -105.0, -95.0, -85.0, -75.0)
    values = np.array([-130.0, -120.0, -105.0, -105.01, -75.0, np.nan])
    assert scale.classes(values).tolist() == [1, 2, 4, 3, 7, 0]
    assert len(scale.colours) == len(scale.labels) == len(scale.breaks) + 1
    assert chance_scale(0.9).breaks == (0.25, 0.5, 0.75, 0.9)


def test_pictures_are_the_same_twice_and_have_the_colours_of_their_classes() -> None:
    scale = level_scale(-105.0)
    levels = np.repeat(np.linspace(-125, -70, 40)[None, :], 30, axis=0)
    levels[:5] = np.nan
    one = class_map(scale.classes(levels), scale, FRAME, PAPER)
    assert one == class_map(scale.classes(levels), scale, FRAME, PAPER)
    held = {
        tuple(pixel)
        for pixel in np.unique(np.asarray(Image.open(BytesIO(one)).convert("RGB")).reshape(-1, 3), axis=0).tolist()
    }
    assert {rgb(colour) for colour in scale.colours} <= held
    assert one != class_map(scale.classes(levels), scale, FRAME, PAPER, lang="en")
    assert Image.open(BytesIO(legend_picture(scale))).format == "PNG"


def test_neighbours_have_unlike_colours() -> None:
    server = np.zeros((20, 30), dtype=np.int32)
    server[:, 10:20], server[:, 20:] = 1, -1
    picture = Image.open(BytesIO(server_map(server, [0, 1], FRAME, PAPER))).convert("RGB")
    wide, high = picture.size
    row = [picture.getpixel((int(wide * part), int(high * 0.35))) for part in (0.15, 0.5)]
    assert row[0] != row[1]
    # one site with two cells is one colour
    same = Image.open(BytesIO(server_map(server, [0, 0], FRAME, PAPER))).convert("RGB")
    assert same.getpixel((int(wide * 0.15), int(high * 0.35))) == same.getpixel((int(wide * 0.5), int(high * 0.35)))


@settings(max_examples=30, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 2)))
def test_an_indexed_png_comes_back_pixel_for_pixel(classes: np.ndarray) -> None:
    colours = [(10, 20, 30), (200, 100, 0)]
    image = Image.open(BytesIO(indexed_png(classes, colours)))
    found = np.asarray(image.convert("RGBA"))
    wanted = np.array([(0, 0, 0, 0), (10, 20, 30, 255), (200, 100, 0, 255)], dtype=np.uint8)[classes]
    np.testing.assert_array_equal(found, wanted)


def test_every_pixel_lies_in_the_tile_and_at_the_spot_it_belongs_to() -> None:
    classes = np.ones((60, 80), dtype=np.uint8)
    classes[41, 57] = 2
    cut = pyramid(FRAME, classes.shape)
    (lon,), (lat,) = from_metric([FRAME.x0 + 20.0 * 57], [FRAME.y0 + 20.0 * 41], "EPSG:25833")
    seen: dict[int, list[tuple[float, float]]] = {}
    for zoom, column, row, (found,) in tiles([classes], FRAME, cut):
        assert found is not None
        for down, across in np.argwhere(found == 2).tolist():
            seen.setdefault(zoom, []).append((column + (across + 0.5) / TILE, row + (down + 0.5) / TILE))
    x = (float(lon) + 180) / 360
    y = (1 - np.arcsinh(np.tan(np.radians(float(lat)))) / np.pi) / 2
    places = np.array(seen[cut.highest])
    # the middle of all pixels of that colour is the middle of the raster's pixel, to a pixel of the tile
    assert places.mean(axis=0) == pytest.approx([x * 2**cut.highest, y * 2**cut.highest], abs=1 / TILE)
    assert cut.highest - cut.lowest == 4


def test_zoom_follows_the_pixel_and_empty_layers_write_nothing() -> None:
    empty, full = np.zeros((60, 80), dtype=np.uint8), np.ones((60, 80), dtype=np.uint8)
    cut = pyramid(FRAME, full.shape)
    ground = 2 * np.pi * 6378137.0 * np.cos(np.radians((cut.bounds[1] + cut.bounds[3]) / 2)) / TILE / 2**cut.highest
    assert ground <= 20.0 < 2 * ground
    found = [both for *_, both in tiles([empty, full], FRAME, cut)]
    assert found
    assert all(one is None and two is not None for one, two in found)
