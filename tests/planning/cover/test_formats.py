"""The four formats, small and by hand; anything else is refused with the line."""

from pathlib import Path

import pytest

from guangcheng.base.errors import InputError, NotFound, UsageError, WrongFormat
from guangcheng.planning.cover.formats import read_instance
from guangcheng.planning.cover.model import Distance
from guangcheng.planning.cover.recipe import Recipe

SJC = "3\t9999\tp\tS\r\n0\t0\t50\t\r\n3\t4\t4\t\r\n10\t0\t7\t\r\n"
PCB = "3 3 0\n0 0 50\n3 4 4\n10 0 7\n"
TSPLIB = (
    "NAME : Town\nTYPE : MCLP\nEDGE_WEIGHT_TYPE : COORD\nDIMENSION : 2\nNODE_COORD_SECTION\t\n"
    "40.5 -074.0\n40.6 -074.0\nDEMAND_SECTION\n2\n988\nEOF"
)
CORDEAU = "2\t2\nF\t7\t0.5\t1.5\t10\nF\t9\t2\t3\t20\nC\t0\t1\t1\t100\nC\t1\t2\t2\t5\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "instance.txt"
    path.write_bytes(text.encode("latin-1"))
    return path


@pytest.mark.parametrize(("text", "kind"), [(SJC, "sjc"), (PCB, "pcb")])
def test_nodes(tmp_path: Path, text: str, kind: str) -> None:
    read = read_instance(written(tmp_path, text))
    assert (read.format, read.distance, read.site_ids) == (kind, Distance.PLANE, (1, 2, 3))
    assert read.x.tolist() == read.site_x.tolist() == [0, 3, 10]
    assert read.y.tolist() == [0, 4, 0]
    assert read.demand.tolist() == [50, 4, 7]
    assert read.site_cost.tolist() == [1, 1, 1]


def test_tsplib(tmp_path: Path) -> None:
    read = read_instance(written(tmp_path, TSPLIB))
    assert (read.format, read.distance, read.site_ids) == ("tsplib", Distance.SPHERE, (1, 2))
    assert read.x.tolist() == [40.5, 40.6]
    assert read.y.tolist() == [-74.0, -74.0]
    assert read.demand.tolist() == [2, 988]


@pytest.mark.parametrize("text", [CORDEAU, CORDEAU.replace("\t", " ")])
def test_cordeau(tmp_path: Path, text: str) -> None:
    read = read_instance(written(tmp_path, text))
    assert (read.format, read.distance, read.site_ids) == ("cordeau", Distance.PLANE, (7, 9))
    assert read.site_x.tolist() == [0.5, 2]
    assert read.site_cost.tolist() == [10, 20]
    assert read.demand.tolist() == [100, 5]


@pytest.mark.parametrize("text", ["", "hello\n", "3 4 0\n1 2 3\n", '{"a": 1}', "3 9999 q S\n", "2 2\nX 1 2 3 4\n"])
def test_unknown_format(tmp_path: Path, text: str) -> None:
    with pytest.raises(WrongFormat, match="none of the known formats"):
        read_instance(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "message", "row"),
    [
        (PCB.replace("3 4 4", "3 4"), "3 numbers", 3),
        (PCB.replace("3 4 4", "3 x 4"), "3 numbers", 3),
        (PCB.replace("3 4 4", "3 nan 4"), "3 numbers", 3),
        (PCB.replace("3 3 0", "4 4 0"), "promises 4", None),
        (PCB.replace("3 4 4", "3 4 -4"), "demand number 2 is negative", None),
        (SJC.replace("3\t4\t4", "3\t4"), "3 numbers", 3),
        (TSPLIB.replace("40.6 -074.0", "40.6 west"), "2 numbers", 7),
        (TSPLIB.replace("DIMENSION : 2", "DIMENSION : 3"), "promises 3", None),
        (TSPLIB.replace("DEMAND_SECTION", "OTHER_SECTION"), "DEMAND_SECTION is missing", None),
        (TSPLIB.replace("COORD\n", "EUC_2D\n", 1), "only EDGE_WEIGHT_TYPE", None),
        (CORDEAU.replace("2\t2\n", "2\t3\n", 1), "promises 2 sites and 3", None),
        (CORDEAU.replace("1\t1\t100", "1\tone\t100"), "not 'F/C", None),
    ],
)
def test_faulty_lines(tmp_path: Path, text: str, message: str, row: int | None) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_instance(written(tmp_path, text))
    assert caught.value.where.row == row


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_instance(tmp_path / "none.txt")


def test_recipe_text() -> None:
    assert Recipe.parse("cordeau:n=1e2,m=1e6,seed=3,grid=300,cost=10-100,R=4") == Recipe(
        100, 1_000_000, 3, 300.0, 4.0, (10, 100)
    )
    assert Recipe.parse("cordeau:n=5,m=7,seed=0,cost=3,demand=2..9").demand == (2, 9)


@pytest.mark.parametrize(
    "text",
    ["cordeau:", "cordeau:n=5", "cordeau:n=0,m=1,seed=1", "cordeau:n=5,m=1.5,seed=1", "cordeau:n=5,m=9,seed=1,q=2"],
)
def test_bad_recipe_text(text: str) -> None:
    with pytest.raises(UsageError):
        Recipe.parse(text)
