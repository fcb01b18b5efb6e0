"""Coordinates of Chinese web maps are told from true ones by the streets of the city, or nothing is said."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from guangcheng.base.places import Datum, Floats, from_metric
from guangcheng.registers.city import City, CityConfig
from guangcheng.registers.importing import ImportOptions, ImportReport, import_files
from tests.apps.cli.conftest import run_guangcheng
from tests.base.test_places import CRS as TOWN_CRS
from tests.base.test_places import shifted, small_town
from tests.real.published import LISTED, map_file

DATUMS = (Datum.WGS84, Datum.GCJ02, Datum.BD09)


@dataclass(frozen=True)
class Town:
    """A city with streets, and the true places of its estates."""

    city: City
    lon: list[float]
    lat: list[float]
    work: Path

    def send(self, datum: Datum, rows: slice, *, declared: Datum | None = None) -> ImportReport:
        """A file of estates as someone using ``datum`` would send it, tried without changing the city."""
        path = self.work / f"estates-{datum.value}-{rows.start}-{rows.stop}.csv"
        lon, lat = shifted(self.lon[rows], self.lat[rows], datum)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("驻地编号", "类型", "经度", "纬度"))
            writer.writerows((f"E{n}", "小区", *place) for n, place in enumerate(zip(lon, lat, strict=True)))
        options = ImportOptions(area=self.city.config.area_code, datum=declared, dry_run=declared is None)
        return import_files(self.city, "premises", [path], options)


def make(work: Path, crs: str, layer: Path, lon: Sequence[float], lat: Sequence[float]) -> Town:
    city = City.create(work / "city", CityConfig(name="城", area_code="420106", crs=crs, as_of=LISTED))
    areas = work / "areas.csv"
    areas.write_text("代码,名称,层级\n420106,城,区县\n", encoding="utf-8")
    import_files(city, "areas", [areas])
    report = import_files(city, "streets", [layer], ImportOptions(map_file=map_file(work, "streets")))
    assert (report.status, report.refused) == ("imported", 0)
    return Town(city, list(lon), list(lat), work)


def _degrees(points: Floats) -> list[list[float]]:
    lon, lat = from_metric(points[:, 0], points[:, 1], TOWN_CRS)
    return [list(place) for place in zip(lon.tolist(), lat.tolist(), strict=True)]


def small(work: Path) -> Town:
    """A small town of our own making: uneven streets, houses that keep clear of them."""
    import shapely

    lines, lon, lat = small_town()
    features = [
        {
            "type": "Feature",
            "properties": {"u": number, "v": 0, "key": 0, "highway": "residential"},
            "geometry": {
                "type": "LineString",
                "coordinates": _degrees(shapely.get_coordinates(line)),
            },
        }
        for number, line in enumerate(lines)
    ]
    layer = work / "streets.geojson"
    layer.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return make(work, TOWN_CRS, layer, lon, lat)


def wuchang(shared: Path, work: Path) -> Town:
    """The published estates and streets of 武昌区."""
    clip = shared / "data/cn_wuhan/derived_wuchang_420106"
    estates = json.loads((clip / "residential_neighbourhoods.geojson").read_text(encoding="utf-8"))["features"]
    lon, lat = zip(*(feature["geometry"]["coordinates"] for feature in estates), strict=True)
    return make(work, "EPSG:4547", clip / "streets.gpkg", lon, lat)


@pytest.fixture(scope="module", params=[pytest.param("small"), pytest.param("wuchang", marks=pytest.mark.needs_shared)])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Town:
    work = tmp_path_factory.mktemp(request.param)
    return small(work) if request.param == "small" else wuchang(request.getfixturevalue("shared"), work)


@pytest.mark.parametrize("datum", DATUMS)
def test_an_undeclared_datum_is_suggested_rightly(town: Town, datum: Datum) -> None:
    report = town.send(datum, slice(0, len(town.lon)))
    assert report.by_rule()["R-162"] == 1
    assert report.datum is not None
    assert report.datum.suggestion is datum
    assert [item.datum for item in report.datum.evidence] == list(DATUMS)


@pytest.mark.parametrize("datum", DATUMS)
def test_a_part_of_the_file_is_told_rightly_or_not_at_all(town: Town, datum: Datum) -> None:
    for start in range(0, len(town.lon) - 59, 20):
        report = town.send(datum, slice(start, start + 60))
        assert report.datum is not None
        assert report.datum.suggestion in (datum, None)


@pytest.mark.parametrize("datum", DATUMS)
def test_a_few_points_cannot_tell(town: Town, datum: Datum) -> None:
    report = town.send(datum, slice(0, 40))
    assert report.datum is not None
    assert report.datum.suggestion is None
    assert report.datum.reason.zh.startswith("判断不了坐标系")


def test_a_declared_datum_brings_every_point_back(town: Town) -> None:
    places = []
    for datum in DATUMS:
        report = town.send(datum, slice(0, len(town.lon)), declared=datum)
        assert (report.refused, report.datum) == (0, None)
        assert "R-162" not in report.by_rule()
        table = town.city.view().table("premises", ["premises_id", "x", "y"])
        order = np.argsort([int(name[1:]) for name in table["premises_id"].to_pylist()])
        places.append(np.column_stack([table["x"].to_numpy(), table["y"].to_numpy()])[order])
    for other in places[1:]:
        assert np.abs(other - places[0]).max() < 1.0


def test_a_suggestion_changes_nothing(town: Town) -> None:
    """Undeclared means WGS84, whatever is suggested: the same numbers give the same points."""
    town.send(Datum.GCJ02, slice(0, len(town.lon)), declared=Datum.WGS84)
    kept = town.city.view().refs["premises"].hash
    report = town.send(Datum.GCJ02, slice(0, len(town.lon)))
    assert (report.status, report.changed) == ("unchanged", 0)
    assert town.city.view().refs["premises"].hash == kept


def test_the_suggestion_is_shown_to_the_person(town: Town) -> None:
    town.send(Datum.GCJ02, slice(0, len(town.lon)))
    path = town.work / f"estates-gcj02-0-{len(town.lon)}.csv"
    for lang, words in (("zh", "按 gcj02 读"), ("en", "read as gcj02")):
        ran = run_guangcheng("import", town.city.folder, "premises", path, "--area", "420106", "--dry-run", lang=lang)
        assert (ran.code, words in ran.out) == (0, True)
    answer = run_guangcheng("import", town.city.folder, "premises", path, "--area", "420106", "--dry-run", "--json")
    assert answer.json["datum"]["suggestion"] == "gcj02"
