"""Area codes, datums, the metric CRS, and telling one datum from another."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base import places
from guangcheng.base.errors import InputError
from guangcheng.base.places import Datum

QINGCHENG = (113.05, 23.70)
CRS = "EPSG:4547"


@pytest.mark.parametrize(
    ("lon", "lat", "crs"),
    [
        (113.05, 23.70, "EPSG:4547"),  # 114°E
        (112.49, 23.70, "EPSG:4546"),  # 111°E
        (112.50, 23.70, "EPSG:4547"),
        (106.55, 29.56, "EPSG:4545"),  # 108°E
        (108.62, 21.95, "EPSG:4545"),  # 108°E
        (73.5, 39.0, "EPSG:4534"),  # 75°E
        (135.0, 48.0, "EPSG:4554"),
        (12.37, 51.34, "EPSG:32633"),
        (151.2, -33.9, "EPSG:32756"),
        (180.0, 10.0, "EPSG:32660"),
    ],
)
def test_default_crs(lon: float, lat: float, crs: str) -> None:
    assert places.default_metric_crs(lon, lat) == crs


def test_metres_are_metres() -> None:
    x, y = places.to_metric([113.05, 113.05], [23.70, 23.71], CRS)
    # A hundredth of a degree of latitude there is 1107.6 m on the ellipsoid; the zone's scale is within 1.00002.
    assert y[1] - y[0] == pytest.approx(1107.6, abs=0.2)
    assert x[0] == pytest.approx(403_110, abs=1)  # 0.95° of longitude west of 114°E


def test_lost_points_are_nan_not_infinite() -> None:
    x, y = places.to_metric([float("nan"), 113.05, 113.0], [23.7, float("nan"), 95.0], CRS)
    assert np.isnan(x).all()
    assert np.isnan(y).all()


def test_an_unknown_crs_is_refused() -> None:
    with pytest.raises(InputError, match="EPSG:1"):
        places.to_metric([1.0], [1.0], "EPSG:1")


@settings(max_examples=30)
@given(st.floats(112.5, 115.4), st.floats(20, 40))
def test_metric_round_trip(lon: float, lat: float) -> None:
    crs = places.default_metric_crs(lon, lat)
    back = places.from_metric(*places.to_metric([lon], [lat], crs), crs)
    assert back[0][0] == pytest.approx(lon, abs=1e-8)
    assert back[1][0] == pytest.approx(lat, abs=1e-8)


def test_gcj02_golden() -> None:
    # The published pair of the transformation's own test: 39.90923, 116.397428 in WGS84 at Tian'anmen.
    lon, lat = places.to_wgs84([116.40367217], [39.91063363], Datum.GCJ02)
    assert lon[0] == pytest.approx(116.397428, abs=2e-5)
    assert lat[0] == pytest.approx(39.90923, abs=2e-5)


@settings(max_examples=30)
@given(st.floats(105, 120), st.floats(22, 38))
def test_a_shifted_point_lies_hundreds_of_metres_away(lon: float, lat: float) -> None:
    crs = places.default_metric_crs(lon, lat)
    true = places.to_metric([lon], [lat], crs)
    for datum, least, most in ((Datum.GCJ02, 50, 900), (Datum.BD09, 100, 1800)):
        read = places.to_metric(*places.to_wgs84([lon], [lat], datum), crs)
        assert least < float(np.hypot(read[0] - true[0], read[1] - true[1])[0]) < most
    same = places.to_wgs84([lon], [lat], Datum.CGCS2000)
    assert (same[0][0], same[1][0]) == (lon, lat)


def test_outside_china_nothing_shifts() -> None:
    lon, lat = places.to_wgs84([12.37], [51.34], Datum.GCJ02)
    assert (lon[0], lat[0]) == (12.37, 51.34)


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("WGS84", Datum.WGS84),
        ("WGS-84", Datum.WGS84),
        ("GPS", Datum.WGS84),
        ("国家2000", Datum.CGCS2000),
        ("CGCS 2000", Datum.CGCS2000),
        ("火星坐标", Datum.GCJ02),
        ("高德", Datum.GCJ02),
        ("百度坐标系", Datum.BD09),
        ("西安80", None),
    ],
)
def test_datum_words(text: str, datum: Datum | None) -> None:
    assert places.parse_datum(text) == datum


def test_datum_of_a_crs() -> None:
    assert places.crs_datum("EPSG:4326") is Datum.WGS84
    assert places.crs_datum("EPSG:32649") is Datum.WGS84
    assert places.crs_datum("EPSG:4490") is Datum.CGCS2000
    assert places.crs_datum("EPSG:4547") is Datum.CGCS2000
    assert places.crs_datum("EPSG:2414") is None  # Beijing 54


def test_area_of_use() -> None:
    west, south, east, north = places.area_of_use(CRS) or (0, 0, 0, 0)
    assert (west, east) == (112.5, 115.5)
    assert south < QINGCHENG[1] < north


def test_codes() -> None:
    assert [places.level_of_code("441802006001"[:n]) for n in (2, 4, 6, 9, 12)] == [
        "province",
        "city",
        "district",
        "township",
        "village",
    ]
    assert places.level_of_code("44180200600100220") == "village"
    assert places.level_of_code("4418020") is None
    assert places.level_of_code("ZR-0001") is None
    assert places.level_of_code("４４１８０２") is None
    assert places.parent_codes("441802006001") == ("441802006", "441802", "4418", "44")
    assert places.parent_codes("44180200600100220") == ("441802006001", "441802006", "441802", "4418", "44")
    assert places.parent_codes("own-7") == ()


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("441802000000", "441802"),
        ("441802006000", "441802006"),
        ("441802006001", "441802006001"),
        ("441802006", "441802006"),
        ("44180200000a", "44180200000a"),
        ("000", "000"),
    ],
)
def test_short_code(code: str, short: str) -> None:
    assert places.short_code(code) == short


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("111", "urban"),
        ("112", "urban"),
        ("121", "urban"),
        ("123", "urban"),
        ("210", "rural"),
        ("220", "rural"),
        ("311", None),
        ("11", None),
        ("1a1", None),
    ],
)
def test_urban_rural_class(code: str, zone: str | None) -> None:
    assert places.urban_rural_of_class(code) == zone


def shifted(lon: list[float], lat: list[float], datum: Datum) -> tuple[list[float], list[float]]:
    """WGS84 coordinates written in ``datum``: the library's own forward step, the inverse of what is tested."""
    import geocoordinates_ffi as geo  # type: ignore[import-untyped]

    forward = {Datum.GCJ02: geo.wgs84_to_gcj02, Datum.BD09: geo.wgs84_to_bd09}.get(datum)
    if forward is None:
        return lon, lat
    points = [forward(geo.Wgs84(lat=b, lon=a)) for a, b in zip(lon, lat, strict=True)]
    return [point.lon for point in points], [point.lat for point in points]


def small_town() -> tuple[list[shapely.LineString], list[float], list[float]]:
    """Streets at uneven distances (metres) and 200 houses along them, none within 27 m of a centre line, in degrees."""
    rng = np.random.default_rng(7)
    x0, y0 = (float(axis[0]) for axis in places.to_metric([QINGCHENG[0]], [QINGCHENG[1]], CRS))
    xs = x0 + np.cumsum(rng.uniform(60, 200, 40))
    ys = y0 + np.cumsum(rng.uniform(60, 200, 40))
    lines = [shapely.LineString([(x, ys[0]), (x, ys[-1])]) for x in xs]
    lines += [shapely.LineString([(xs[0], y), (xs[-1], y)]) for y in ys]
    x, y = rng.uniform(xs[12], xs[-12], 2000), rng.uniform(ys[12], ys[-12], 2000)
    clear = shapely.distance(shapely.points(x, y), shapely.MultiLineString(lines)) > 27
    lon, lat = places.from_metric(x[clear][:200], y[clear][:200], CRS)
    return lines, lon.tolist(), lat.tolist()


@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.GCJ02, Datum.BD09])
def test_a_small_town_tells_its_datum(datum: Datum) -> None:
    lines, lon, lat = small_town()
    guess = places.detect_datum(*shifted(lon, lat, datum), lines, crs=CRS)
    assert guess.suggestion == datum
    assert next(item for item in guess.evidence if item.datum is datum).near == 0.0
    assert datum.value in guess.reason.zh


@pytest.mark.parametrize(
    ("z", "suggestion"),
    [
        ((-3.5, 0.1, 2.49), Datum.WGS84),
        ((0.1, 3.5, -2.49), Datum.GCJ02),
        ((0.1, -2.4, -8.0), Datum.BD09),
        ((-3.49, 0.1, 0.2), None),
        ((-5.0, 0.1, 2.5), None),
        ((-5.0, -5.0, 0.0), None),
        ((0.0, 0.0, 0.0), None),
    ],
)
def test_only_one_reading_may_stand_out(z: tuple[float, float, float], suggestion: Datum | None) -> None:
    readings = zip((Datum.WGS84, Datum.GCJ02, Datum.BD09), z, strict=True)
    evidence = tuple(places.Evidence(datum, 100, 0.1, 0.2, score) for datum, score in readings)
    assert places.judge(evidence).suggestion is suggestion


def test_too_few_points_cannot_tell() -> None:
    lines, lon, lat = small_town()
    assert len(lon) == 200
    guess = places.detect_datum(lon[:49], lat[:49], lines, crs=CRS)
    assert guess.suggestion is None
    assert "49" in guess.reason.zh
    assert places.detect_datum(lon, lat, [], crs=CRS).suggestion is None


def test_points_strewn_by_chance_cannot_tell() -> None:
    lines, lon, lat = small_town()
    rng = np.random.default_rng(3)
    anywhere = rng.uniform(min(lon), max(lon), 200), rng.uniform(min(lat), max(lat), 200)
    guess = places.detect_datum(*anywhere, lines, crs=CRS)
    assert guess.suggestion is None
    assert guess.reason.zh.startswith("判断不了")


@pytest.mark.needs_shared
@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.GCJ02, Datum.BD09])
def test_wuchang_tells_its_datum(shared: Path, datum: Datum) -> None:
    import pyogrio

    folder = shared / "data/cn_wuhan/derived_wuchang_420106"
    _, _, found, _ = pyogrio.raw.read(folder / "streets.gpkg", columns=[])
    streets = shapely.transform(
        shapely.from_wkb(found), lambda c: np.column_stack(places.to_metric(c[:, 0], c[:, 1], CRS))
    )
    estates = json.loads((folder / "residential_neighbourhoods.geojson").read_text(encoding="utf-8"))["features"]
    lon = [feature["geometry"]["coordinates"][0] for feature in estates]
    lat = [feature["geometry"]["coordinates"][1] for feature in estates]
    assert len(lon) == 120
    whole = places.detect_datum(*shifted(lon, lat, datum), streets, crs=CRS)
    assert whole.suggestion == datum
    # Parts of them are told rightly or not at all, never wrongly.
    for start in (0, 20, 40, 60):
        part = slice(start, start + 60)
        some = places.detect_datum(*shifted(lon[part], lat[part], datum), streets, crs=CRS)
        assert some.suggestion in (datum, None)
