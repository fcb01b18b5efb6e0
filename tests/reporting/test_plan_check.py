"""The check of a plan: the clean one passes, every seeded fault is caught under its own name."""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from guangcheng.base.errors import InputError, NotFound
from guangcheng.reporting.plan_check.check import check_plan
from guangcheng.reporting.plan_check.model import sentences
from guangcheng.reporting.plan_files.write import write_plan
from tests.reporting.plan_sample import sample

# the SQL, the finding meant, and those that follow from it
FAULTS: dict[str, tuple[str, str, set[str]]] = {
    "an id twice": ("update nodes set node_id='J0' where node_id='J1'", "id-twice", {"reference"}),
    "a node gone": ("delete from nodes where node_id='J0'", "reference", {"row-count"}),
    "a node moved": ("update nodes set x=x+3 where node_id='J0'", "node-place", set()),
    "a span to another node": (
        "update spans set to_node='C1' where span_id='S0-duct'",
        "span-ends",
        {"cable-route", "phase-order"},
    ),
    "a span stretched": (
        "update spans set length_m=length_m+5 where span_id='S0-duct'",
        "span-length",
        {"cable-length", "boq-quantity"},
    ),
    "a cable in the wrong order": (
        "update cable_spans set seq=3-seq where cable_id='F0'",
        "cable-route",
        set(),
    ),
    "a cable too short": (
        "update cables set length_m=length_m-20 where cable_id='F0'",
        "cable-length",
        {"boq-quantity", "ont-length", "ont-loss"},
    ),
    "fibres used": ("update cables set fibres_used=fibres_used+1 where cable_id='D0'", "fibres-used", set()),
    "a fibre that is not there": (
        "update splices set up_no=99 where up_kind='cable' and up_id='D0' and up_no=1",
        "fibre-number",
        {"ont-dark", "fibres-used", "splitter-input", "span-onts"},
    ),
    "a fibre joined twice": (
        "update splices set up_no=1 where up_kind='cable' and up_id='D0' and up_no=2",
        "fibre-twice",
        {"splitter-input", "ont-port"},
    ),
    "a joint elsewhere": (
        "update splices set node_id='O0' where up_kind='cable' and up_id='D0' and up_no=2",
        "joint-place",
        set(),
    ),
    "an output too many": (
        "update splices set up_no=9 where up_kind='splitter' and up_id='M0.0' and up_no=1",
        "splitter-output",
        {"ont-port"},
    ),
    "outputs used": ("update splitters set outputs_used=7 where splitter_id='M0.0'", "splitter-used", set()),
    "the input of a splitter": ("update splitters set input_fibre=5 where splitter_id='M0.1'", "splitter-input", set()),
    "a larger splitter": (
        "update splitters set ratio=64 where splitter_id='L0'",
        "split-ratio",
        {"ont-loss", "power", "boq-quantity", "boq-missing"},
    ),
    "an ONT in the dark": (
        "delete from splices where up_kind='port' and up_id='O1'",
        "ont-dark",
        {"row-count", "boq-quantity", "span-onts"},
    ),
    "a wrong port": ("update onts set olt_node='O1' where ont_id='T000-1'", "ont-port", set()),
    "a port gone": (
        "update ports set pon_port=2 where olt_node='O1'",
        "port-unknown",
        {"ont-dark", "span-onts", "boq-quantity", "boq-missing"},
    ),
    "length of an ONT": ("update onts set length_m=length_m+1 where ont_id='T000-1'", "ont-length", set()),
    "connectors of an ONT": ("update onts set connectors=4 where ont_id='T000-1'", "ont-connectors", set()),
    "splices of an ONT": ("update onts set splices=0 where ont_id='T000-1'", "ont-splices", set()),
    "loss of an ONT": ("update onts set down_db=down_db-1 where ont_id='T000-1'", "ont-loss", set()),
    "a class too weak": ("update classes set max_loss_db=25", "power", set()),
    "a class too near": ("update classes set reach_km=0.3", "reach", set()),
    "too much light": ("update classes set min_loss_db=24", "overload", set()),
    "a hole taken": ("update cable_spans set hole=1 where span_id='S0-duct'", "hole", set()),
    "ONTs behind a span": ("update spans set onts=onts+1 where span_id='S0-duct'", "span-onts", set()),
    "no spare fibres": (
        "update cables set fibres_reserved=23 where cable_id='D0'",
        "limit-hidden",
        set(),
    ),
    "no spare hole": ("update spans set holes=1 where span_id='S0-trench'", "limit-hidden", set()),
    "too many homes": ("update nodes set households=200 where node_id='P0.0.2'", "limit-hidden", set()),
    "a check that lies": ("update checks set value=0.01", "check-wrong", set()),
    "a quantity": (
        "update boq set quantity=quantity+10, cost=(quantity+10)*unit_price where counts='splitters'",
        "boq-quantity",
        {"plan-cost"},
    ),
    "a row of the bill gone": (
        "delete from boq where counts='nodes' and \"of\"='cabinet'",
        "boq-missing",
        {"row-count", "plan-cost"},
    ),
    "a price": ("update boq set unit_price=unit_price*2 where counts='ports'", "boq-cost", set()),
    "cost of a span": ("update spans set cost=cost+100 where span_id='S0-duct'", "part-cost", set()),
    "a premises lost": (
        "update nodes set kind='premises', premises_id='new', households=3 where node_id='J0'",
        "premises-lost",
        set(),
    ),
    "a premises twice": ("update unserved set premises_id='Q000'", "premises-twice", set()),
    "more ONTs than homes": ("update nodes set households=1 where node_id='P0.0.2'", "premises-onts", set()),
    "a span in no phase": (
        "delete from phases where id='S0-duct'",
        "phase-parts",
        {"row-count", "phase-total", "phase-order"},
    ),
    "a phase too early": ("update phases set phase=3-phase where kind='premises'", "phase-order", {"phase-budget"}),
    "a phase too dear": (
        "update phases set cost=cost+5000 where id='S0-duct'",
        "phase-budget",
        {"phase-total"},
    ),
    "the sum of phases": ("update phases set cost=0 where id='S0-duct'", "phase-total", set()),
}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan") / "run"
    write_plan(folder, sample())
    return folder


def sealed(folder: Path, **head: object) -> Path:
    """Write the hashes again, as somebody would who wants it to pass."""
    path = folder / "plan.json"
    told = json.loads(path.read_text(encoding="utf-8")) | head
    told["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in told["files"]}
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return folder


def broken(clean: Path, folder: Path, sql: str) -> Path:
    shutil.copytree(clean, folder)
    with closing(sqlite3.connect(folder / "plan.gpkg")) as db, db:
        assert db.execute(sql).rowcount > 0 or "table" in sql
    return folder


def test_the_clean_plan_passes(clean: Path) -> None:
    checked = check_plan(clean)
    assert (checked.ok, checked.counts) == (True, {})
    assert checked.looked_at["onts"] == 17


@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_is_caught_by_its_name(fault: str, clean: Path, tmp_path: Path) -> None:
    sql, wanted, others = FAULTS[fault]
    checked = check_plan(sealed(broken(clean, tmp_path / "run", sql)))
    assert wanted in checked.counts
    assert set(checked.counts) - {wanted} == others
    assert {one.id for one in checked.findings} == set(checked.counts)


def test_a_file_changed_since_is_a_finding_of_its_own(clean: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(clean, folder)
    (folder / "boq.xlsx").write_bytes(b"other")
    assert check_plan(folder).counts == {"file-changed": 1}


def test_heads_that_lie(clean: Path, tmp_path: Path) -> None:
    for name, value, wanted in (
        ("cost", 1.0, {"plan-cost", "bound", "phase-total"}),
        ("lower_bound", 1e9, {"bound"}),
        ("gap", 0.5, {"bound"}),
        ("phase_budgets", [], {"phase-budget"}),
        ("rows", {"onts": 3}, {"row-count"}),
    ):
        folder = tmp_path / name
        shutil.copytree(clean, folder)
        assert set(check_plan(sealed(folder, **{name: value})).counts) == wanted


def test_a_table_or_the_plan_missing(clean: Path, tmp_path: Path) -> None:
    folder = sealed(broken(clean, tmp_path / "run", "drop table ports"))
    assert check_plan(folder).counts == {"table-missing": 1}
    with pytest.raises(NotFound):
        check_plan(tmp_path)
    (tmp_path / "plan.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(InputError):
        check_plan(tmp_path)
    (folder / "plan.gpkg").write_bytes(b"no database at all, but long enough to look like one" * 20)
    with pytest.raises(InputError):
        check_plan(folder)


def test_every_sentence_is_some_faults(clean: Path) -> None:
    tried = {wanted for _, wanted, _ in FAULTS.values()} | {"file-changed", "table-missing", "row-count"}
    tried |= {"plan-cost", "bound"}
    assert set(sentences()) == tried
    assert clean.is_dir()
