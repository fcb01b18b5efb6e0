"""``solve steiner`` from the command line: its JSON, its exit codes, its sentence."""

import signal
from pathlib import Path

import pytest

from guangcheng.apps.cli.solve_steiner import interruptible
from tests.apps.cli.conftest import Run
from tests.apps.cli.schemas import validate
from tests.planning.steiner.checker import faults, load
from tests.planning.steiner.test_files import GR, RPCST


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.gr"
    path.write_bytes(GR)
    return path


def test_the_answer_is_one_json_object(file: Path, run: Run) -> None:
    ran = run("solve", "steiner", file, "--json")
    assert ran.code == 0, ran.err
    validate("solve-steiner", ran.json)
    assert faults(load(file), ran.json) == []
    assert (ran.json["cost"], ran.json["lower_bound"], ran.json["proven_optimal"]) == (13, 13, True)
    assert ran.json["edges"] == [[1, 2], [2, 3], [3, 4]]
    assert ran.json["nodes"] == [1, 2, 3, 4]


def test_a_single_vertex_is_listed(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "prizes.stp"
    path.write_bytes(RPCST.replace(b"TP 3 12", b"TP 3 11"))
    ran = run("solve", "steiner", path, "--json", "--time-limit", "5", "--seed", "3")
    validate("solve-steiner", ran.json)
    assert (ran.json["edges"], ran.json["nodes"], ran.json["cost"]) == ([], [1], 11.5)
    assert (ran.json["terminals_connected"], ran.json["seed"]) == (1, 3)


def test_terminals_apart_end_in_one_with_the_list(file: Path, run: Run) -> None:
    file.write_bytes(GR.replace(b"E 2 3 7", b"E 1 2 7"))
    ran = run("solve", "steiner", file, "--json")
    validate("solve-steiner", ran.json)
    assert (ran.code, ran.json) == (1, {"cost": None, "unreachable": [4]})
    assert "no tree: 1 terminals are not connected with the others: 4" in run("solve", "steiner", file, lang="en").err


def test_a_faulty_file_ends_in_two_with_its_line(file: Path, run: Run) -> None:
    file.write_bytes(GR.replace(b"E 2 3 7", b"E 2 3 many"))
    ran = run("solve", "steiner", file, "--json")
    validate("error", ran.json)
    assert ran.code == 2
    assert ran.json["error"]["where"] == {"file": str(file), "row": 5}
    assert run("solve", "steiner", file, "--effort", "0", "--json").code == 2
    assert run("solve", "steiner", file.parent / "none.gr", "--json").code == 2


def test_people_read_a_sentence(file: Path, run: Run) -> None:
    assert "费用 13，下界 13（已证最优）；3 条边，4 个点，接入终端 2 个" in run("solve", "steiner", file).out
    assert "cost 13, bound 13 (proven optimal); 3 edges" in run("solve", "steiner", file, lang="en").out


def test_an_interrupt_asks_the_search_to_stop_and_a_second_one_ends_it() -> None:
    with interruptible() as asked:
        assert not asked()
        signal.raise_signal(signal.SIGINT)
        assert asked()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
