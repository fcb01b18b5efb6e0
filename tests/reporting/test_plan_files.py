"""The run folder of a fibre plan: complete, deterministic, whole or absent, and nothing in it can run."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyogrio
import pytest
import shapely

from guangcheng.base.errors import Refused
from guangcheng.reporting.plan_files.contract import columns, schema
from guangcheng.reporting.plan_files.features import OFDS_SCHEMA
from guangcheng.reporting.plan_files.tables import PlanTables
from guangcheng.reporting.plan_files.write import plan_hash, write_plan
from tests.reporting.plan_sample import sample

FILES = (
    "plan.json",
    "boq.xlsx",
    "nodes.geojson",
    "ofds-nodes.geojson",
    "ofds-spans.geojson",
    "ofds.json",
    "plan.gpkg",
    "spans.geojson",
    "splices.xlsx",
)


@pytest.fixture(scope="module")
def plan() -> PlanTables:
    return sample()


@pytest.fixture(scope="module")
def run(plan: PlanTables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan") / "run"
    assert write_plan(folder, plan) == FILES
    return folder


def test_every_file_is_there_and_nothing_else(run: Path) -> None:
    assert sorted(path.name for path in run.iterdir()) == sorted(FILES)
    assert [path.name for path in run.parent.iterdir()] == ["run"]


def test_the_same_plan_gives_the_same_bytes(run: Path, plan: PlanTables, tmp_path: Path) -> None:
    write_plan(tmp_path / "again", sample())
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (run / name).read_bytes(), name


def test_another_plan_has_another_hash(plan: PlanTables) -> None:
    onts = plan["onts"]
    moved = onts.set_column(6, onts.schema.field("out_1"), pa.array([9, *onts["out_1"].to_pylist()[1:]], pa.int64()))
    other = PlanTables(plan.head, {**plan.tables, "onts": moved})
    assert plan_hash(sample()) == plan_hash(plan) != plan_hash(other)


def test_gdal_reads_every_table_as_it_was(run: Path, plan: PlanTables) -> None:
    names = {str(name): kind for name, kind in pyogrio.list_layers(run / "plan.gpkg")}
    assert {name: kind for name, kind in names.items() if kind} == {
        "nodes": "Point",
        "spans": "LineString",
        "cables": "LineString",
    }
    assert set(names) == set(columns())
    for name in columns():
        meta, table = pyogrio.read_arrow(run / "plan.gpkg", layer=name)
        wanted = plan[name].drop_columns(["geometry"]) if name == "spans" else plan[name]
        assert table.select(wanted.schema.names).to_pylist() == wanted.to_pylist(), name
        assert meta["crs"] == ("EPSG:4326" if names[name] else None)


def test_a_cable_lies_on_its_spans_from_the_olt_on(run: Path, plan: PlanTables) -> None:
    """F0 runs through a duct, then a trench that is drawn the other way round."""
    meta, table = pyogrio.read_arrow(run / "plan.gpkg", layer="cables")
    line = shapely.from_wkb(table[meta["geometry_name"] or "wkb_geometry"].to_pylist()[0])
    place = {row["node_id"]: (row["lon"], row["lat"]) for row in plan["nodes"].to_pylist()}
    points = [tuple(point) for point in shapely.get_coordinates(line)]
    assert points[0] == place["O0"]
    assert points[-1] == place["C0"]
    assert place["J0"] in points
    assert len(points) == 5  # the trench has one bend, the junction stands twice


def test_plan_json_names_every_file_and_count(run: Path, plan: PlanTables) -> None:
    head = json.loads((run / "plan.json").read_text(encoding="utf-8"))
    assert head["format"] == "guangcheng-plan/1"
    assert head["plan"] == plan_hash(plan)
    assert sorted(head["files"]) == sorted(set(FILES) - {"plan.json"})
    assert head["rows"] == {name: plan[name].num_rows for name in columns()}
    assert head["gap"] == pytest.approx(0.07)
    assert head["for"]["zh"] == "规划工作文件，含设施位置，不得公开"


def test_an_interrupted_writer_leaves_the_earlier_plan(tmp_path: Path, plan: PlanTables) -> None:
    folder = tmp_path / "run"
    write_plan(folder, plan)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def stop(_: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_plan(folder, sample(phased=False), more=stop)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def _extra(part: Path) -> None:
    (part / "extra.txt").write_text("x")


def test_a_new_plan_takes_the_place_of_the_earlier_one(tmp_path: Path, plan: PlanTables) -> None:
    folder = tmp_path / "run"
    write_plan(folder, plan, more=_extra)
    assert (folder / "extra.txt").is_file()
    write_plan(folder, plan)
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path, plan: PlanTables) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(Refused):
        write_plan(tmp_path, plan)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_workbooks_hold_the_tables_and_cannot_run(tmp_path: Path, plan: PlanTables) -> None:
    boq = plan["boq"].to_pylist()
    boq[0]["name_zh"] = boq[0]["name_en"] = '=HYPERLINK("http://x","y")'
    evil = PlanTables(plan.head, {**plan.tables, "boq": pa.Table.from_pylist(boq, schema=schema("boq"))})
    write_plan(tmp_path / "run", evil)
    book = openpyxl.load_workbook(tmp_path / "run" / "boq.xlsx")
    assert book.sheetnames == ["总览", "工程量清单", "检查", "未接通的驻地"]
    rows = list(book["工程量清单"].iter_rows(min_row=3))
    assert [cell.value for cell in rows[0]] == [item.name for item in columns()["boq"]]
    assert [_held([cell.value for cell in row]) for row in rows[1:]] == [_held(list(row.values())) for row in boq]
    assert rows[1][1].data_type == "s"
    assert rows[1][1].quotePrefix
    splices = openpyxl.load_workbook(tmp_path / "run" / "splices.xlsx")
    assert splices.sheetnames == ["PON 口", "接续", "分光器", "光缆", "光缆经过的路段", "ONT"]
    held = [[cell.value for cell in row] for row in splices["接续"].iter_rows(min_row=4)]
    assert held == [list(row.values()) for row in plan["splices"].to_pylist()]


def _held(cells: list[Any]) -> list[Any]:
    """Cells as a workbook keeps them: numbers to 15 digits, 65.0 and 65 the same."""
    return [float(f"{cell:.12g}") if isinstance(cell, int | float) else cell for cell in cells]


def test_geojson_is_the_nodes_and_spans(run: Path, plan: PlanTables) -> None:
    nodes = json.loads((run / "nodes.geojson").read_text(encoding="utf-8"))["features"]
    spans = json.loads((run / "spans.geojson").read_text(encoding="utf-8"))["features"]
    assert [item["properties"]["node_id"] for item in nodes] == plan["nodes"]["node_id"].to_pylist()
    assert [item["properties"]["span_id"] for item in spans] == plan["spans"]["span_id"].to_pylist()
    first = plan["nodes"].to_pylist()[0]
    assert nodes[0]["geometry"]["coordinates"] == pytest.approx([first["lon"], first["lat"]], abs=1e-9)


def _network(folder: Path) -> dict[str, Any]:
    network: dict[str, Any] = json.loads((folder / "ofds.json").read_text(encoding="utf-8"))["networks"][0]
    return network


def test_ofds_joins_spans_to_nodes_and_counts_fibres(run: Path, plan: PlanTables) -> None:
    network = _network(run)
    assert network["links"] == [{"rel": "describedby", "href": OFDS_SCHEMA}]
    ids = {node["id"] for node in network["nodes"]}
    assert all(span["start"] in ids and span["end"] in ids for span in network["spans"])
    duct = next(span for span in network["spans"] if span["id"] == "S0-duct")
    assert (duct["fibreCount"], duct["status"], duct["deployment"]) == (12, "proposed", ["belowGround"])
    assert duct["fibreLength"] == pytest.approx(plan["spans"].to_pylist()[0]["length_m"] / 1000, abs=1e-6)
    assert {node["status"] for node in network["nodes"]} == {"operational", "proposed"}


@pytest.mark.needs_shared
def test_ofds_has_the_shape_of_published_networks(run: Path, shared: Path) -> None:
    """Every key of ours that published networks use has the same kind of value, and what all of them have is there."""
    ours = _network(run)
    found = sorted((shared / "data" / "fibre_ofds").rglob("*.json"))
    theirs = [item for path in found for item in json.loads(path.read_text(encoding="utf-8"))["networks"]]
    assert len(theirs) == 8
    for kind, sure in (("nodes", {"id", "location"}), ("spans", {"id", "status", "route"})):
        rows = [row for network in theirs for row in network[kind]]
        known = {key: type(row[key]) for row in rows for key in row}
        for row in ours[kind]:
            assert sure <= set(row)
            assert {key: type(row[key]) for key in set(row) & set(known)} == {
                key: known[key] for key in set(row) & set(known)
            }


def test_tables_that_break_the_contract_are_refused(plan: PlanTables) -> None:
    nodes = plan["nodes"]
    with pytest.raises(ValueError, match="no such table: poles"):
        PlanTables(plan.head, {"poles": nodes})
    with pytest.raises(ValueError, match="nodes: columns or types"):
        PlanTables(plan.head, {"nodes": nodes.drop_columns(["x"])})
    with pytest.raises(ValueError, match=r"ports\.class: a value is missing"):
        PlanTables.of(plan.head, ports={"olt_node": ["a"], "pon_port": [1], "technology": ["GPON"], "class": [None]})
    with pytest.raises(ValueError, match="ports: columns missing or unknown: olt_node, pole"):
        PlanTables.of(plan.head, ports={"pole": ["a"], "pon_port": [1], "technology": ["GPON"], "class": ["b"]})
    wrong = nodes.set_column(1, schema("nodes").field("kind"), pa.array(["mast"] * nodes.num_rows))
    with pytest.raises(ValueError, match=r"nodes\.kind: mast is not one of"):
        PlanTables(plan.head, {"nodes": wrong})
