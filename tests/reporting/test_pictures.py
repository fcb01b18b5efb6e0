"""Charts and the map: reproducible, honest about missing values, nothing but our own layers."""

import io
import re
import warnings
from collections.abc import Callable
from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import Status, Verdict
from guangcheng.reporting import charts, maps, summary
from guangcheng.reporting.charts import Format, PhasePath
from guangcheng.reporting.document import phase_paths
from guangcheng.reporting.maps import MapValues, Places
from tests.reporting import sample

PATHS = (
    PhasePath(
        Text("占比", "share"),
        "%",
        ((date(2018, 3, 31), 40.0), (date(2018, 6, 30), 60.0)),
        ((date(2018, 6, 30), 55.0),),
        ((date(2017, 12, 31), 100.0),),
    ),
)


def bars(lang: Lang, form: Format) -> bytes:
    return charts.verdict_bars(summary.level_counts(sample.evaluation()), lang=lang, form=form)


def bullets(lang: Lang, form: Format) -> bytes:
    return charts.indicator_bullets(sample.indicators(), places=["示例区"] * 7, lang=lang, form=form)


def phases(lang: Lang, form: Format) -> bytes:
    return charts.phase_paths(PATHS, as_of=date(2018, 8, 1), lang=lang, form=form)


def the_map(lang: Lang, form: Format) -> bytes:
    picture = maps.verdict_map(maps.map_values(sample.evaluation(), sample.positions()), lang=lang, form=form)
    assert picture is not None
    return picture


DRAWINGS: tuple[Callable[[Lang, Format], bytes], ...] = (bars, bullets, phases, the_map)


@cache
def picture(draw: Callable[[Lang, Format], bytes], form: Format) -> bytes:
    """The Chinese picture, drawn once for all tests."""
    return draw("zh", form)


def pixels(png: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("form", ["png", "svg"])
def test_the_same_values_give_the_same_bytes_without_a_warning(draw: Callable[..., bytes], form: Format) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = draw("zh", form)
    assert again == picture(draw, form)


@pytest.mark.parametrize("draw", DRAWINGS)
def test_png_has_200_dpi_and_no_word_of_maker_or_day(draw: Callable[..., bytes]) -> None:
    drawn = Image.open(io.BytesIO(picture(draw, "png")))
    assert [round(dpi) for dpi in drawn.info["dpi"]] == [200, 200]
    assert sorted(drawn.info) == ["dpi"]
    assert drawn.width == round(charts.PAGE_WIDTH_IN * 200)


@pytest.mark.parametrize("draw", DRAWINGS)
def test_the_language_is_seen(draw: Callable[..., bytes]) -> None:
    assert draw("en", "png") != picture(draw, "png")


@pytest.mark.parametrize("draw", DRAWINGS)
def test_svg_carries_its_glyphs_and_no_day(draw: Callable[..., bytes]) -> None:
    svg = picture(draw, "svg").decode()
    assert svg.count("<text") == 0
    assert re.findall(r"dc:(?:date|creator)|https?://(?!www\.w3\.org|purl\.org|creativecommons)", svg) == []


def test_every_verdict_is_seen_in_grey_too() -> None:
    """Two bars of one verdict each never look the same without colour: hatch or lightness differ."""
    greys = []
    for verdict in Verdict:
        drawn = pixels(charts.verdict_bars([summary.LevelCount("town", {verdict: 100})])).mean(axis=2)
        greys.append(drawn[60:140, 300:900])
    for number, one in enumerate(greys):
        for other in greys[number + 1 :]:
            assert np.abs(one - other).mean() > 8


@pytest.mark.parametrize(
    "empty",
    [
        lambda: charts.verdict_bars([]),
        lambda: charts.indicator_bullets([]),
        lambda: charts.phase_paths([], as_of=date(2018, 1, 1)),
    ],
)
def test_nothing_to_draw_is_still_a_picture(empty: Callable[[], bytes]) -> None:
    assert pixels(empty()).shape[2] == 3


def test_a_bar_of_twice_the_target_ends_at_the_edge() -> None:
    near, far = (sample.an_indicator("01", "甲", "a", Status.MET, value, "100") for value in ("200", "2000"))
    near_bar, far_bar = (pixels(charts.indicator_bullets([result]))[:, 300:850] for result in (near, far))
    assert (near_bar == far_bar).all()


@pytest.mark.parametrize("unit", ["%", "个/万人", "万户", "工作日", "个"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_long_units_stay_on_the_picture(unit: str, lang: Lang) -> None:
    item = sample.an_indicator("04", "基站", "base stations", Status.BEHIND, "118.25", "270.5", unit=unit)
    drawn = np.asarray(Image.open(io.BytesIO(charts.indicator_bullets((item,), lang=lang, form="png"))).convert("L"))
    assert int(drawn[:, -12:].min()) == 255


def test_phase_paths_come_from_scored_targets_and_values_only() -> None:
    paths = list(phase_paths(sample.evaluation(), sample.standard(), summary.names(sample.evaluation())))
    assert [(path.title.zh, path.place, path.targets, path.measured, path.disputed) for path in paths] == [
        (
            "全光网街镇数量",
            "",
            ((date(2018, 6, 30), 4.0), (date(2018, 9, 30), 6.0), (date(2018, 12, 31), 8.0)),
            ((sample.AS_OF, 2.0),),
            (),
        ),
        (
            "各镇自然村全光网乡村占比",
            "太和镇",
            (
                (date(2018, 3, 31), 40.0),
                (date(2018, 6, 30), 60.0),
                (date(2018, 12, 31), 90.0),
                (date(2019, 3, 31), 100.0),
            ),
            ((sample.AS_OF, 90.0),),
            ((date(2017, 12, 31), 100.0),),
        ),
    ]


def test_map_values_join_positions_to_verdicts() -> None:
    values = maps.map_values(sample.evaluation(), sample.positions())
    assert values.places.labels == ("石马头", "石马尾", "湖畔花园", "+1 号院")
    assert values.places.verdicts == (Verdict.FAIL, Verdict.PASS, Verdict.PASS, Verdict.FAIL)
    assert values.places.x.tolist() == [38_400_000.0, 38_403_000.0, 38_409_000.0, 38_409_400.0]
    assert dict(
        zip(values.townships.labels, zip(values.townships.x, values.townships.y, strict=True), strict=True)
    ) == {
        "东湖街道": (38_409_200.0, 2_625_750.0),
        "太和镇": (38_404_000.0, 2_628_000.0),
        "石马镇": (38_401_500.0, 2_621_250.0),
    }
    assert values.belongs == (2, 2, 0, 0)


def test_a_city_without_positions_has_no_map() -> None:
    assert maps.verdict_map(maps.map_values(sample.evaluation(), {})) is None
    nowhere = Places(np.array([np.nan]), np.array([1.0]), (Verdict.PASS,), ("甲",))
    assert maps.verdict_map(MapValues(nowhere, nowhere, (0,))) is None


def test_one_place_alone_can_be_drawn() -> None:
    place = Places(np.array([500.0]), np.array([500.0]), (Verdict.PASS,), ("甲",))
    nobody = Places(np.array([]), np.array([]), (), ())
    assert maps.verdict_map(MapValues(place, nobody)) is not None


def test_outlines_are_filled() -> None:
    ring = np.array([[0.0, 0.0], [9000.0, 0.0], [9000.0, 7000.0], [0.0, 7000.0]])
    nobody = Places(np.array([]), np.array([]), (), ())
    with_ring = maps.verdict_map(MapValues(nobody, nobody, outlines=((ring, Verdict.FAIL),)))
    assert with_ring is not None
    assert (pixels(with_ring).reshape(-1, 3) == (0xFB, 0xE5, 0xDC)).all(axis=1).mean() > 0.4


def test_a_name_moves_only_as_far_as_other_names_force_it() -> None:
    frame = (0.0, 100.0, 0.0, 100.0)
    taken = [(50.0, 50.0, 20.0, 10.0)]
    assert maps.free_spot(50.0, 70.0, 20.0, 10.0, taken, frame) == (50.0, 70.0)
    assert maps.free_spot(50.0, 50.0, 20.0, 10.0, taken, frame) == (50.0, 39.0)
    assert maps.free_spot(98.0, 50.0, 20.0, 10.0, taken, frame) == (90.0, 50.0)
    full = [(50.0, float(middle), 20.0, 10.0) for middle in range(0, 101, 5)]
    assert maps.free_spot(50.0, 50.0, 20.0, 10.0, full, frame) == (50.0, 50.0)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(10, 90), st.floats(10, 90)), max_size=6))
def test_names_do_not_cover_each_other_where_there_is_room(places: list[tuple[float, float]]) -> None:
    taken: list[tuple[float, float, float, float]] = []
    for x, y in places:
        spot = maps.free_spot(x, y, 12.0, 4.0, taken, (0.0, 100.0, 0.0, 100.0))
        assert all(abs(spot[0] - a) >= 12 or abs(spot[1] - b) >= 4 for a, b, _, _ in taken)
        taken.append((*spot, 12.0, 4.0))


def test_arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        Places(np.array([1.0]), np.array([1.0, 2.0]), (Verdict.PASS,), ("甲",))


@pytest.mark.parametrize(("metres", "length"), [(1.0, 1.0), (1999.9, 1000.0), (2000.0, 2000.0), (9999.0, 5000.0)])
def test_scale_bars_are_round(metres: float, length: float) -> None:
    assert maps.round_length(metres) == length


@settings(max_examples=50)
@given(st.floats(1e-2, 1e7))
def test_a_scale_bar_fits_and_is_not_less_than_half_of_the_room(metres: float) -> None:
    assert metres / 2.5 * (1 - 1e-9) <= maps.round_length(metres) <= metres * (1 + 1e-9)
