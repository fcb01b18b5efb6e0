"""Snapshots: whole, dated, immutable; one writer, any number of readers."""

import json
import subprocess
import sys
import textwrap
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import GuangchengError, InputError, NotFound, OutsideKnowledge, Refused, UsageError
from guangcheng.base.provenance import SnapshotRef
from guangcheng.registers import geoparquet
from guangcheng.registers.canonical import canonical, content_hash
from guangcheng.registers.schema import schema
from guangcheng.registers.snapshots import Commit, Difference, Registers, Source
from guangcheng.store.files import only_writer
from tests.registers.samples import AREAS, CRS, VILLAGES, areas, premises, premises_rows, table

D1, D2, D3 = date(2017, 12, 31), date(2018, 6, 30), date(2018, 12, 31)
SOURCE = Source("驻地.csv", "ab" * 32)

fresh_folder = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def registers(tmp_path: Path) -> Registers:
    return Registers(tmp_path, crs=CRS)


def ids(found: pa.Table) -> list[str]:
    listed: list[str] = found["premises_id"].to_pylist()
    return listed


def counts(difference: Difference) -> tuple[int, int, int, int]:
    return difference.added, difference.changed, difference.removed, difference.unchanged


# -- what a commit makes ------------------------------------------------------------------------------------------


def test_a_commit_makes_one_file_that_says_what_it_is(registers: Registers) -> None:
    made = registers.commit("premises", premises(("p2", "1"), ("p1", "1")), as_of=D1, sources=[SOURCE])
    hash_ = content_hash("premises", premises(("p1", "1"), ("p2", "1")))
    assert made == Commit(SnapshotRef("premises", D1, hash_), new=True)
    files = sorted(path.name for path in (registers.folder / "premises").iterdir())
    assert files == [".lock", f"2017-12-31-0001-{hash_[:16]}.parquet"]
    assert registers.history("premises") == [
        geoparquet.Manifest(
            register="premises",
            as_of=D1,
            seq=1,
            hash=hash_,
            rows=2,
            sources=(SOURCE,),
            mode="replace",
            scope=None,
            added=2,
            changed=0,
            removed=0,
            unchanged=0,
        )
    ]


@fresh_folder
@given(rows=premises_rows)
def test_snapshot_round_trip_is_identity(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    registers = Registers(tmp_path_factory.mktemp("city"), crs=CRS)
    content = canonical("premises", table("premises", rows))
    made = registers.commit("premises", content, as_of=D1)
    back = registers.read(made.ref)
    assert canonical("premises", back).equals(content)
    assert back.schema == schema("premises").arrow
    assert content_hash("premises", back) == made.ref.hash
    registers.verify(made.ref)
    assert registers.commit("premises", back, as_of=D2) == Commit(made.ref, new=False)


def test_premises_are_stored_in_cell_order_and_other_registers_by_key(registers: Registers) -> None:
    places = {"p1": (40.0, 0.0), "p2": (0.0, 0.0), "p3": (None, 0.0), "p4": (1.0, 1.0), "p5": (None, None)}
    rows = [premises((key, "1"), x=x, y=y) for key, (x, y) in reversed(places.items())]
    assert ids(registers.read(registers.commit("premises", pa.concat_tables(rows), as_of=D1).ref)) == [
        *("p2", "p4", "p1"),
        *("p3", "p5"),
    ]
    named = registers.commit("areas", areas().take(pa.array(range(len(AREAS))[::-1])), as_of=D1).ref
    codes = registers.read(named)["code"].to_pylist()
    assert codes == sorted(row["code"] for row in AREAS)


def test_a_snapshot_of_an_earlier_version_stays_good(registers: Registers) -> None:
    rows = [premises((key, "1"), x=x, y=0.0) for key, x in (("p1", 40.0), ("p2", 0.0), ("p3", None))]
    content = pa.concat_tables(rows)
    ref = registers.commit("premises", content, as_of=D1).ref
    path = registers.path(ref)
    held = pq.read_table(path)
    assert ids(held) == ["p2", "p1", "p3"]
    # it held the rows sorted by key
    pq.write_table(held.sort_by("premises_id"), path)
    assert ids(registers.read(ref)) == ["p1", "p2", "p3"]
    registers.verify(ref)
    assert registers.verify_all() == []
    assert registers.commit("premises", content, as_of=D2) == Commit(ref, new=False)
    pq.write_table(held.take(pa.array([2, 1, 0])), path)
    with pytest.raises(InputError):
        registers.verify(ref)


def test_the_same_commit_gives_the_same_bytes(tmp_path: Path) -> None:
    paths = []
    for name, given_ in (("a", premises(("p1", "1"), ("p2", "2"))), ("b", premises(("p2", "2"), ("p1", "1")))):
        registers = Registers(tmp_path / name, crs=CRS)
        paths.append(registers.path(registers.commit("premises", given_, as_of=D1, sources=[SOURCE]).ref))
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_columns_are_read_alone_and_in_the_order_asked(registers: Registers) -> None:
    made = registers.commit("premises", premises(("p1", "1"), ("p2", "2")), as_of=D1)
    assert registers.read(made.ref, ["area_code", "premises_id"]).to_pydict() == {
        "area_code": ["1", "2"],
        "premises_id": ["p1", "p2"],
    }


def test_other_programs_read_it_as_geoparquet(registers: Registers) -> None:
    given_ = pa.concat_tables([premises(("p1", "1"), x=38500001.0), premises(("p2", "1"), y=2600009.0)])
    path = registers.path(registers.commit("premises", given_, as_of=D1).ref)
    geo = json.loads(pq.read_schema(path).metadata[b"geo"])
    crs = geo["columns"]["geometry"].pop("crs")
    assert crs["id"] == {"authority": "EPSG", "code": 4526}
    assert geo == {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": ["Point"],
                "bbox": [38500000.0, 2600000.0, 38500001.0, 2600009.0],
            }
        },
    }
    points = shapely.from_wkb(pq.read_table(path)["geometry"].to_pylist())
    assert [point.wkt for point in points] == ["POINT (38500001 2600000)", "POINT (38500000 2600009)"]


def test_lines_and_plain_registers_say_so(registers: Registers) -> None:
    line = shapely.LineString([(0, 0), (3, 4)]).wkb
    streets = registers.commit("streets", table("streets", [{"edge_id": "1", "geometry": line}]), as_of=D1)
    geo = json.loads(pq.read_schema(registers.path(streets.ref)).metadata[b"geo"])["columns"]["geometry"]
    assert (geo["geometry_types"], geo["bbox"]) == (["LineString"], [0.0, 0.0, 3.0, 4.0])
    empty = registers.commit("streets", schema("streets").empty(), as_of=D2)
    geo = json.loads(pq.read_schema(registers.path(empty.ref)).metadata[b"geo"])["columns"]["geometry"]
    assert "bbox" not in geo
    cases = registers.commit("claims", schema("claims").empty(), as_of=D1)
    assert set(pq.read_schema(registers.path(cases.ref)).metadata) == {b"guangcheng"}


def test_geopandas_reads_points_and_crs(registers: Registers) -> None:
    geopandas = pytest.importorskip("geopandas", reason="geopandas is only in the bench extra")
    made = registers.commit("premises", premises(("p1", "1")), as_of=D1)
    frame = geopandas.read_parquet(registers.path(made.ref))
    assert frame.crs.to_epsg() == 4526
    assert frame.geometry.iloc[0].wkt == "POINT (38500000 2600000)"


# -- which snapshot holds -----------------------------------------------------------------------------------------


def test_latest_is_the_greatest_date_then_the_last_commit(registers: Registers) -> None:
    assert registers.latest("premises") is None
    assert registers.history("premises") == []
    later = registers.commit("premises", premises(("p1", "1")), as_of=D3).ref
    first = registers.commit("premises", premises(("p2", "1")), as_of=D1).ref
    again = registers.commit("premises", premises(("p3", "1")), as_of=D1).ref
    assert registers.latest("premises", date(2017, 12, 30)) is None
    assert registers.latest("premises", D1) == again
    assert registers.latest("premises", D2) == again
    assert registers.latest("premises", D3) == later
    assert registers.latest("premises") == later
    assert [(info.ref, info.seq) for info in registers.history("premises")] == [(first, 2), (again, 3), (later, 1)]


def test_equal_content_makes_a_snapshot_only_where_it_changes_the_state(registers: Registers) -> None:
    one, two = premises(("p1", "1")), premises(("p2", "1"))
    first = registers.commit("premises", one, as_of=D1)
    assert registers.commit("premises", one, as_of=D1, sources=[SOURCE]) == Commit(first.ref, new=False)
    assert registers.commit("premises", one, as_of=D2) == Commit(first.ref, new=False)
    assert registers.commit("premises", two, as_of=D2).new is True
    back = registers.commit("premises", one, as_of=D2)
    assert back.new is True
    assert registers.latest("premises", D2) == back.ref
    assert registers.commit("premises", one, as_of=date(2017, 1, 1)).new is True
    assert len(registers.history("premises")) == 4


def test_the_last_of_two_equal_names_is_read(registers: Registers) -> None:
    """Back to an earlier state on the same day: two files with the same date and hash, both whole."""
    one, two = premises(("p1", "1")), premises(("p2", "1"))
    refs = [registers.commit("premises", given_, as_of=D1).ref for given_ in (one, two, one)]
    assert refs[0] == refs[2]
    assert registers.path(refs[0]).name.startswith("2017-12-31-0003-")
    assert registers.read(refs[0]).equals(canonical("premises", one))


def test_unknown_registers_and_snapshots_are_not_found(registers: Registers) -> None:
    with pytest.raises(NotFound):
        registers.latest("mayors")
    with pytest.raises(NotFound):
        registers.read(SnapshotRef("premises", D1, "0" * 64))


def test_other_files_in_the_folder_are_passed_over(registers: Registers) -> None:
    made = registers.commit("premises", premises(("p1", "1")), as_of=D1)
    folder = registers.folder / "premises"
    (folder / "quarantine").mkdir()
    (folder / ".part-x.parquet").write_bytes(b"half")
    (folder / "2019-01-01-0002-00.parquet").write_bytes(b"not a name of ours")
    assert [info.ref for info in registers.history("premises")] == [made.ref]
    registers.commit("premises", premises(("p2", "1")), as_of=D1)
    assert not (folder / ".part-x.parquet").exists()
    assert (folder / "quarantine").is_dir()


# -- what would change --------------------------------------------------------------------------------------------


def test_upsert_keeps_what_it_does_not_name(registers: Registers) -> None:
    registers.commit("premises", premises(("p1", "1"), ("p2", "1"), ("p3", "1")), as_of=D1)
    base = registers.latest("premises")
    new = pa.concat_tables([premises(("p0", "1"), ("p2", "1")), premises(("p3", "1"), kind="school")])
    found = registers.difference("premises", new, as_of=D2)
    assert counts(found) == (1, 1, 0, 2)
    assert (found.base, found.mode, found.before) == (base, "upsert", 3)
    assert ids(found.result) == ["p0", "p1", "p2", "p3"]
    assert found.result["kind"].to_pylist() == ["building", "building", "building", "school"]
    made = registers.commit("premises", found.result, as_of=D2, sources=[SOURCE], difference=found)
    told = registers.history("premises")[-1]
    assert (told.mode, told.added, told.changed, told.removed, told.unchanged) == ("upsert", 1, 1, 0, 2)
    assert made.new is True


def test_replace_removes_what_it_does_not_name(registers: Registers) -> None:
    registers.commit("premises", premises(("p1", "1"), ("p2", "1"), ("p3", "1")), as_of=D1)
    found = registers.difference("premises", premises(("p4", "1"), ("p3", "1")), as_of=D1, mode="replace")
    assert counts(found) == (1, 0, 2, 1)
    assert ids(found.result) == ["p3", "p4"]


def test_the_first_import_adds_everything(registers: Registers) -> None:
    for mode in ("upsert", "replace"):
        found = registers.difference("premises", premises(("p1", "1")), as_of=D1, mode=mode)
        assert (found.base, counts(found)) == (None, (1, 0, 0, 0))


@pytest.mark.parametrize(("removed", "more"), [(1, False), (2, True)])
def test_exactly_ten_percent_is_not_more_than_ten(registers: Registers, removed: int, more: bool) -> None:
    rows = [(f"p{n}", "1") for n in range(10)]
    registers.commit("premises", premises(*rows), as_of=D1)
    found = registers.difference("premises", premises(*rows[removed:]), as_of=D1, mode="replace")
    assert found.removed == removed
    assert found.removes_more_than(10) is more


def test_lists_and_gaps_count_as_changes(registers: Registers) -> None:
    registers.commit("areas", areas(), as_of=D1)
    rows = areas().to_pylist()
    rows[3]["aliases"] = ["大甲", "甲"]
    rows[4]["parent"] = None
    found = registers.difference("areas", table("areas", rows), as_of=D1)
    assert counts(found) == (0, 2, 0, 5)


def test_a_later_state_is_not_compared_with(registers: Registers) -> None:
    registers.commit("premises", premises(("p1", "1")), as_of=D3)
    assert registers.difference("premises", premises(("p1", "1")), as_of=D2).base is None


def _in_two_towns(registers: Registers) -> None:
    registers.commit("areas", areas(), as_of=D1)
    rows = [("p1", "441802101201"), ("p2", "441802101201-1"), ("p3", "441802102201"), ("p4", "441802101")]
    registers.commit("premises", premises(*rows), as_of=D1)


def test_replace_within_a_town_drops_only_what_lies_beneath_it(registers: Registers) -> None:
    _in_two_towns(registers)
    new = premises(("p9", "441802101202"), ("p2", "441802101201-1"))
    found = registers.difference("premises", new, as_of=D2, mode="replace", scope="441802101")
    assert counts(found) == (1, 0, 2, 2)
    assert ids(found.result) == ["p2", "p3", "p9"]
    made = registers.commit("premises", found.result, as_of=D2, difference=found)
    told = registers.history("premises")[-1]
    assert (told.ref, told.mode, told.scope) == (made.ref, "replace", "441802101")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("p9", "441802102201"), "1 rows are not within the scope 441802101, such as p9"),
        (("p9", "unknown"), "1 rows are not within the scope 441802101, such as p9"),
        (("p3", "441802101201"), "1 rows now belong outside the scope 441802101, such as p3"),
    ],
)
def test_replace_within_a_scope_refuses_to_touch_the_rest(
    registers: Registers, row: tuple[str, str], message: str
) -> None:
    _in_two_towns(registers)
    with pytest.raises(Refused) as caught:
        registers.difference("premises", premises(row), as_of=D2, mode="replace", scope="441802101")
    assert caught.value.message.en.startswith(message)


def test_replace_of_areas_follows_old_and_new_parents(registers: Registers) -> None:
    registers.commit("areas", areas(), as_of=D1)
    town = areas().to_pylist()[1]
    village = {"code": "441802101203", "name": "丁村", "level": "admin_village", "parent": "441802101"}
    found = registers.difference("areas", table("areas", [town, village]), as_of=D2, mode="replace", scope="441802101")
    assert counts(found) == (1, 0, 3, 4)
    assert sorted(found.result["code"].to_pylist()) == [
        "441802",
        "441802101",
        "441802101203",
        "441802102",
        "441802102201",
    ]


def test_a_loop_of_parents_ends(registers: Registers) -> None:
    loop = table("areas", [{"code": "a", "parent": "b"}, {"code": "b", "parent": "a"}, {"code": "c"}])
    registers.commit("premises", premises(("p1", "a"), ("p2", "b"), ("p3", "c")), as_of=D1)
    found = registers.difference("premises", premises(), as_of=D1, mode="replace", scope="a", areas=loop)
    assert ids(found.result) == ["p3"]


def test_a_scope_needs_mode_replace_and_a_register_with_areas(registers: Registers) -> None:
    with pytest.raises(UsageError):
        registers.difference("premises", premises(("p1", "1")), as_of=D1, scope="1")
    with pytest.raises(UsageError):
        registers.difference("expansions", schema("expansions").empty(), as_of=D1, mode="replace", scope="1")


@fresh_folder
@given(old=premises_rows, new=premises_rows, scope=st.sampled_from([*VILLAGES, "441802101", "441802"]))
def test_replace_within_a_scope_leaves_everything_else_untouched(
    tmp_path_factory: pytest.TempPathFactory, old: list[dict[str, Any]], new: list[dict[str, Any]], scope: str
) -> None:
    registers = Registers(tmp_path_factory.mktemp("city"))
    before = canonical("premises", registers.read(registers.commit("premises", table("premises", old), as_of=D1).ref))
    beneath = {code for code in VILLAGES if code.startswith(scope)}
    elsewhere = [row for row in before.to_pylist() if row["area_code"] not in beneath]
    outside_ids = {row["premises_id"] for row in elsewhere}
    given_ = [row for row in new if row["area_code"] in beneath and row["premises_id"] not in outside_ids]
    found = registers.difference(
        "premises", table("premises", given_), as_of=D1, mode="replace", scope=scope, areas=areas()
    )
    after = found.result.to_pylist()
    assert [row for row in after if row["area_code"] not in beneath] == elsewhere
    assert {row["premises_id"] for row in after if row["area_code"] in beneath} == {
        row["premises_id"] for row in given_
    }


@fresh_folder
@given(old=premises_rows, new=premises_rows)
def test_upsert_counts_add_up_and_a_second_time_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> None:
    registers = Registers(tmp_path_factory.mktemp("city"))
    registers.commit("premises", table("premises", old), as_of=D1)
    found = registers.difference("premises", table("premises", new), as_of=D2)
    before = {row["premises_id"]: row for row in canonical("premises", table("premises", old)).to_pylist()}
    named = {row["premises_id"]: row for row in canonical("premises", table("premises", new)).to_pylist()}
    assert {row["premises_id"]: row for row in found.result.to_pylist()} == before | named
    added = sum(key not in before for key in named)
    changed = sum(key in before and before[key] != row for key, row in named.items())
    assert counts(found) == (added, changed, 0, len(before | named) - added - changed)
    made = registers.commit("premises", found.result, as_of=D2, difference=found)
    assert made.new is bool(added or changed)
    again = registers.difference("premises", table("premises", new), as_of=D2)
    assert counts(again) == (0, 0, 0, len(before | named))
    assert registers.commit("premises", again.result, as_of=D2, difference=again) == Commit(made.ref, new=False)


def test_composite_keys_are_matched_whole(registers: Registers) -> None:
    def values(*rows: tuple[str, str, float]) -> pa.Table:
        told = [{"indicator_id": a, "area_code": b, "as_of": D1, "value": value} for a, b, value in rows]
        return table("indicator_values", told)

    registers.commit("indicator_values", values(("i", "jk", 1), ("ij", "k", 2)), as_of=D1)
    found = registers.difference("indicator_values", values(("ij", "k", 3), ("ij", "jk", 4)), as_of=D1)
    assert counts(found) == (1, 1, 0, 1)


# -- writers, readers and crashes ---------------------------------------------------------------------------------


def test_a_second_writer_is_refused_and_loses_nothing(registers: Registers) -> None:
    made = registers.commit("premises", premises(("p1", "1")), as_of=D1)
    with only_writer(registers.folder / "premises"), pytest.raises(Refused) as caught:
        registers.commit("premises", premises(("p2", "1")), as_of=D1)
    assert caught.value.mend.en == "wait until it has finished, then do this again"
    assert registers.latest("premises") == made.ref
    assert registers.commit("premises", premises(("p2", "1")), as_of=D1).new is True


def test_a_difference_that_was_overtaken_is_refused(registers: Registers) -> None:
    found = registers.difference("premises", premises(("p1", "1")), as_of=D1)
    between = registers.commit("premises", premises(("p2", "1")), as_of=D1)
    with pytest.raises(Refused) as caught:
        registers.commit("premises", found.result, as_of=D1, difference=found)
    assert caught.value.mend.en == "run the import again"
    assert registers.latest("premises") == between.ref


COMMITTER = textwrap.dedent("""
    import sys
    from datetime import date
    from pathlib import Path
    from guangcheng.registers.snapshots import Registers
    from tests.registers.samples import premises
    registers = Registers(Path(sys.argv[1]))
    whole = premises(*[(f"p{n:05d}", "1") for n in range(5_000)])
    print("ready", flush=True)
    for households in range(int(sys.argv[2]), 10_000):
        name = whole.append_column("households", __import__("pyarrow").array([households] * whole.num_rows))
        registers.commit("premises", name, as_of=date(2018, 1, 1))
        print("committed", flush=True)
""")


def _start(folder: Path, first: int = 0) -> "subprocess.Popen[str]":
    """Start a process that commits one state after the other, the number ``first`` and on from there."""
    command = [sys.executable, "-c", COMMITTER, str(folder), str(first)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _stop(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_killed_in_the_middle_leaves_a_whole_state(tmp_path: Path) -> None:
    registers = Registers(tmp_path)
    wholes = 0
    for run, (commits, wait) in enumerate([(0, 0.0), (1, 0.0), (1, 0.013), (2, 0.029), (1, 0.047)]):
        process = _start(tmp_path, 1000 * run)
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(commits)] == ["committed\n"] * commits
        time.sleep(wait)
        _stop(process)
        assert registers.verify_all() == []
        history = registers.history("premises")
        assert [info.seq for info in history] == list(range(1, len(history) + 1))
        for info in history[wholes:]:
            table_ = registers.read(info.ref, ["households"])
            assert table_["households"].value_counts().to_pylist()[0]["counts"] == 5_000
        wholes = len(history)
    made = registers.commit("premises", premises(("after", "1")), as_of=D3)
    assert made.new is True
    assert registers.latest("premises") == made.ref
    names = {path.name for path in (tmp_path / "premises").iterdir() if path.name.startswith(".")}
    assert names == {".lock"}
    assert wholes >= 5


def test_readers_see_only_whole_snapshots_while_another_process_commits(tmp_path: Path) -> None:
    registers = Registers(tmp_path)
    seen: set[int] = set()
    faults: list[GuangchengError] = []
    enough = threading.Event()

    def look() -> None:
        while not enough.wait(0.005):
            try:
                ref = registers.latest("premises")
                if ref is not None:
                    values = registers.read(ref, ["households"])["households"].value_counts().to_pylist()
                    assert [value["counts"] for value in values] == [5_000]
                    seen.add(values[0]["values"])
            except GuangchengError as fault:
                faults.append(fault)

    process = _start(tmp_path)
    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    latest_end = time.monotonic() + 60
    while len(seen) < 5 and not faults and time.monotonic() < latest_end:
        time.sleep(0.02)
    enough.set()
    for reader in readers:
        reader.join()
    _stop(process)
    assert faults == []
    assert len(seen) >= 5


# -- damage -------------------------------------------------------------------------------------------------------


def _flipped(registers: Registers, ref: SnapshotRef, position: int) -> None:
    path = registers.path(ref)
    content = bytearray(path.read_bytes())
    content[position % len(content)] ^= 0x55
    path.write_bytes(content)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 100_000))
def test_a_flipped_byte_is_found_or_changes_nothing(tmp_path_factory: pytest.TempPathFactory, position: int) -> None:
    """A byte of the footer may be one nobody reads; whatever is read is exactly what was hashed."""
    registers = Registers(tmp_path_factory.mktemp("city"), crs=CRS)
    content = canonical("premises", premises(("p1", "甲"), ("p2", "乙"), name="驻地"))
    ref = registers.commit("premises", content, as_of=D1).ref
    told = registers.history("premises")
    _flipped(registers, ref, position)
    try:
        registers.verify(ref)
        assert registers.history("premises") == told
    except InputError:
        assert [damage.path for damage in registers.verify_all()] == [registers.path(ref)]
    else:
        assert registers.read(ref).equals(content)


def test_reading_alone_never_gives_other_values(registers: Registers) -> None:
    """The page checksums find a rotten value without hashing everything again."""
    content = canonical("premises", premises(("p1", "甲村"), ("p2", "乙村"), name="驻地"))
    ref = registers.commit("premises", content, as_of=D1).ref
    whole = registers.path(ref).read_bytes()
    for position in range(0, len(whole), 59):
        _flipped(registers, ref, position)
        try:
            read = registers.read(ref)
        except InputError:
            read = content
        assert read.equals(content), position
        registers.path(ref).write_bytes(whole)


@pytest.mark.parametrize("kept", [0, 3, 100, -1])
def test_a_cut_off_file_is_damaged_and_no_older_one_takes_its_place(registers: Registers, kept: int) -> None:
    registers.commit("premises", premises(("p1", "1")), as_of=D1)
    ref = registers.commit("premises", premises(("p2", "1")), as_of=D2).ref
    path = registers.path(ref)
    path.write_bytes(path.read_bytes()[:kept])
    for act in (lambda: registers.latest("premises"), lambda: registers.read(ref), lambda: registers.verify(ref)):
        with pytest.raises(InputError) as caught:
            act()
        assert caught.value.where.file == str(path)
    assert [damage.path for damage in registers.verify_all()] == [path]


def test_other_content_under_the_name_is_damage(registers: Registers) -> None:
    one = registers.commit("premises", premises(("p1", "1")), as_of=D1).ref
    two = registers.commit("premises", premises(("p2", "1")), as_of=D2).ref
    registers.path(two).write_bytes(registers.path(one).read_bytes())
    with pytest.raises(InputError):
        registers.latest("premises")
    with pytest.raises(InputError):
        registers.verify(two)
    assert [damage.path for damage in registers.verify_all()] == [registers.path(two)]


def _rewritten(registers: Registers, ref: SnapshotRef, manifest: dict[str, Any], **values: object) -> None:
    """Write the file again with valid checksums but another manifest, or other values in a column."""
    path = registers.path(ref)
    held = pq.read_table(path)
    told = json.loads(held.schema.metadata[b"guangcheng"]) | manifest
    for name, value in values.items():
        field = held.schema.field(name)
        held = held.set_column(held.schema.names.index(name), field, pa.array([value] * held.num_rows, field.type))
    pq.write_table(held.replace_schema_metadata({b"guangcheng": json.dumps(told).encode()}), path)


@pytest.mark.parametrize(
    ("change", "error"),
    [({"removed": 7}, InputError), ({"seal": ""}, InputError), ({"schema_version": 99}, OutsideKnowledge)],
)
def test_a_changed_manifest_is_found(
    registers: Registers, change: dict[str, Any], error: type[GuangchengError]
) -> None:
    ref = registers.commit("premises", premises(("p1", "1")), as_of=D1).ref
    _rewritten(registers, ref, {})
    registers.verify(ref)
    _rewritten(registers, ref, change)
    with pytest.raises(error):
        registers.latest("premises")


@pytest.mark.parametrize(
    ("name", "value"), [("x", 38500000.001), ("name", " "), ("name", "b"), ("geometry", None), ("premises_id", "p2")]
)
def test_a_changed_value_is_found_though_every_checksum_fits(registers: Registers, name: str, value: object) -> None:
    ref = registers.commit("premises", premises(("p1", "1"), name="a"), as_of=D1).ref
    _rewritten(registers, ref, {}, **{name: value})
    with pytest.raises(InputError):
        registers.verify(ref)


@pytest.mark.parametrize("rows", [0, 2])
def test_lost_or_doubled_rows_are_found(registers: Registers, rows: int) -> None:
    ref = registers.commit("premises", premises(("p1", "1")), as_of=D1).ref
    path = registers.path(ref)
    held = pq.read_table(path)
    pq.write_table(pa.concat_tables([held.slice(0, 0), *[held] * rows]), path)
    with pytest.raises(InputError) as caught:
        registers.verify(ref)
    assert caught.value.where.file == str(path)


def test_a_parquet_file_of_somebody_else_is_no_snapshot(registers: Registers) -> None:
    ref = registers.commit("premises", premises(("p1", "1")), as_of=D1).ref
    pq.write_table(pa.table({"a": [1]}), registers.path(ref))
    with pytest.raises(InputError):
        registers.latest("premises")
    with pytest.raises(InputError):
        registers.read(ref)
