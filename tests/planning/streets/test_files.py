"""Streets, premises, sites and ducts from files of several kinds, and the houses made for measurements."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyogrio.raw import write as write_raw

from guangcheng.apps.bench.fibre_city import kotka, with_ducts, wuchang
from guangcheng.base.errors import InputError, UsageError
from guangcheng.base.places import Datum, from_metric
from guangcheng.planning.streets.files import read_areas, read_customers, read_ducts, read_sites, read_streets
from guangcheng.planning.streets.model import Method
from tests.planning.streets.town import CRS, EAST, NORTH, grid, line, shapes, streets


def written(path: Path, items: Sequence[Any], kind: str, crs: str = CRS, **columns: Sequence[Any]) -> Path:
    """Write shapes with columns as a GeoPackage or GeoJSON."""
    names = list(columns)
    data = [np.array(columns[name], dtype=object if isinstance(columns[name][0], str) else None) for name in names]
    write_raw(path, shapely.to_wkb(shapes(*items)), data, names, geometry_type=kind, crs=crs)
    return path


def test_streets_of_a_geopackage_in_degrees_come_into_the_city_s_metres(tmp_path: Path) -> None:
    road = line((0, 0), (100, 0))
    x, y = shapely.get_coordinates(np.array([road])).T
    lon, lat = from_metric(x, y, CRS)
    degrees = shapely.LineString(np.column_stack([lon, lat]))
    path = written(tmp_path / "s.gpkg", [degrees], "LineString", "EPSG:4326", highway=["primary"], edge_id=["a"])
    found = read_streets(path, crs=CRS)
    assert (found.ids, found.kinds) == (("a",), ("primary",))
    assert shapely.get_coordinates(found.lines) == pytest.approx(np.column_stack([x, y]), abs=1e-3)


def test_premises_as_outlines_with_households(tmp_path: Path) -> None:
    box = shapely.box(EAST, NORTH, EAST + 9, NORTH + 9)
    path = written(tmp_path / "p.gpkg", [box, box], "Polygon", 户数=[12, 30], 编号=["x", "y"])
    found = read_customers(path, crs=CRS)
    assert found.ids == ("x", "y")
    assert found.households.tolist() == [12, 30]
    assert shapely.area(found.shapes) == pytest.approx([81, 81])


def test_sites_of_a_table_in_a_shifted_datum(tmp_path: Path) -> None:
    path = tmp_path / "olt.csv"
    path.write_text("olt_id,lon,lat,pon_ports\no1,114.31,30.55,64\no2,,30.5,x\n", encoding="utf-8")
    plain, shifted = read_sites(path, crs=CRS), read_sites(path, crs=CRS, datum=Datum.GCJ02)
    assert plain.ids == ("o1", "o2")
    assert plain.pon_ports.tolist() == [64, -1]
    assert plain.points[1] is None
    assert 300 < shapely.distance(plain.points[0], shifted.points[0]) < 700


def test_ducts_and_areas(tmp_path: Path) -> None:
    roads = [line((0, 0), (50, 0)), line((0, 9), (50, 9))]
    path = written(tmp_path / "d.gpkg", roads, "LineString", method=["duct", "aerial"], free_holes=[3, 1])
    found = read_ducts(path, crs=CRS)
    assert found.methods == (Method.DUCT, Method.AERIAL)
    assert found.free_holes.tolist() == [3, 1]
    wrong = written(tmp_path / "w.gpkg", roads, "LineString", method=["duct", "rope"])
    with pytest.raises(InputError):
        read_ducts(wrong, crs=CRS)
    with pytest.raises(InputError):
        read_areas(path, crs=CRS)
    box = shapely.box(EAST, NORTH, EAST + 9, NORTH + 9)
    assert read_areas(written(tmp_path / "a.gpkg", [box], "Polygon"), crs=CRS).size == 1


def test_a_table_without_places_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("premises_id,households\na,3\n", encoding="utf-8")
    with pytest.raises(UsageError):
        read_customers(path, crs=CRS)


def test_ducts_for_measurement_lie_under_no_more_than_the_share() -> None:
    roads = streets(*grid(4))
    laid = with_ducts(roads, share=0.4, seed=3)
    assert shapely.length(laid.lines).sum() == pytest.approx(0.4 * shapely.length(roads.lines).sum())
    assert laid.ids == with_ducts(roads, share=0.4, seed=3).ids


@pytest.mark.needs_shared
def test_wuchang_houses_everybody_in_buildings_of_at_most_120_households(shared: Path) -> None:
    city, again = wuchang(shared), wuchang(shared)
    assert len(city.streets.ids) == 12_314
    assert city.customers.households.sum() == round(693_089.7 / 2.6)
    assert (city.customers.households.min(), city.customers.households.max()) == (1, 120)
    assert shapely.equals(city.customers.shapes, again.customers.shapes).all()


@pytest.mark.needs_shared
def test_kotka_has_its_buildings_with_outlines(shared: Path) -> None:
    city = kotka(shared)
    assert len(city.customers.ids) == 2208
    assert (shapely.get_type_id(city.customers.shapes) == 3).sum() == 2171
