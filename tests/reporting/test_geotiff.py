"""GeoTIFF: read back by another library, pixel for pixel and tag for tag."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from guangcheng.base.errors import InputError
from guangcheng.reporting.geotiff import Frame, geotiff

FRAME = Frame(316_425.0, 5_690_225.0, 50.0, 25833)
SIDES = st.tuples(st.integers(1, 9), st.integers(1, 9))


def test_place_crs_and_no_data_are_written() -> None:
    levels = np.array([[-80.0, np.nan, -100.5], [-70.0, -60.0, -90.25]])
    image = Image.open(BytesIO(geotiff(levels, FRAME)))
    assert (image.size, image.mode) == ((3, 2), "F")
    np.testing.assert_array_equal(np.asarray(image), levels[::-1].astype(np.float32))
    tags = image.tag_v2  # type: ignore[attr-defined]
    assert tags[33550] == (50.0, 50.0, 0.0)
    # the outer corner of the north-west pixel: half a pixel west of its centre, half a pixel north
    assert tags[33922] == (0.0, 0.0, 0.0, 316_400.0, 5_690_300.0, 0.0)
    assert tags[34735] == (1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 25833)
    assert tags[42113] == "nan"


@settings(max_examples=30, deadline=None)
@given(arrays(np.int32, SIDES, elements=st.integers(-1, 2**31 - 1)))
def test_whole_numbers_come_back_equal(servers: np.ndarray) -> None:
    written = geotiff(servers, FRAME)
    image = Image.open(BytesIO(written))
    np.testing.assert_array_equal(np.asarray(image), servers[::-1])
    assert image.tag_v2[42113] == "-1"  # type: ignore[attr-defined]
    assert geotiff(servers, FRAME) == written


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (4,)])
def test_a_raster_without_pixels_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="cannot be written as GeoTIFF"):
        geotiff(np.zeros(shape), FRAME)
