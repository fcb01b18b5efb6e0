"""Reading .gr and .stp: what is taken, what is refused, and how it is said."""

import gzip
from math import inf
from pathlib import Path

import pytest

from guangcheng.base.errors import InputError, WrongFormat
from guangcheng.planning.steiner.files import parse, read
from guangcheng.planning.steiner.model import unreachable

GR = b"""SECTION Graph
Nodes 4
Edges 3
E 1 2 5
E 2 3 7
E 3 4 1
END

SECTION Terminals
Terminals 2
T 1
T 4
END

EOF
"""
RPCST = b"""33D32945 STP File, STP Format Version 1.0

SECTION Comment
Name "a small one"
END

SECTION Graph
Nodes 3
Edges 2
E\t1\t2\t5.250000
E\t2\t3\t7
END

SECTION Terminals
Terminals 3
RootP 1
TP 2\t\t0.5
TP 3 12
END

SECTION Coordinates
DD 1 0 0
END

EOF
"""


def test_a_pace_file_is_read() -> None:
    """Vertices count from 0 inside; terminals must be spanned."""
    problem = parse(GR)
    assert problem.network.vertices == 4
    assert problem.network.cost.tolist() == [5.0, 7.0, 1.0]
    assert problem.prize.tolist() == [inf, 0.0, 0.0, inf]
    assert problem.root == -1


def test_a_rooted_prize_collecting_file_is_read() -> None:
    """Prizes, decimals, tabs, a root, sections that are skipped; lines may end as Windows ends them."""
    for content in (RPCST, RPCST.replace(b"\n", b"\r\n")):
        problem = parse(content)
        assert problem.prize.tolist() == [inf, 0.5, 12.0]
        assert problem.root == 0
        assert problem.network.cost.tolist() == [5.25, 7.0]


def test_the_root_may_be_one_of_the_counted_terminals() -> None:
    """Some files count the root among the terminals, others do not."""
    assert parse(RPCST.replace(b"Terminals 3", b"Terminals 2")).root == 0


def test_gzip_is_read_directly(tmp_path: Path) -> None:
    """By its first bytes, not its name."""
    path = tmp_path / "small.gr"
    path.write_bytes(gzip.compress(GR))
    assert read(path).network.edges == 3


def test_loops_are_left_out() -> None:
    """An edge from a vertex to itself helps no tree."""
    problem = parse(GR.replace(b"E 2 3 7", b"E 2 2 7").replace(b"E 3 4 1", b"E 1 4 1"))
    assert problem.network.cost.tolist() == [5.0, 1.0]


def test_terminals_apart_are_named() -> None:
    """What the first terminal does not reach."""
    problem = parse(GR.replace(b"E 2 3 7", b"E 1 2 7"))
    assert unreachable(problem).tolist() == [3]


@pytest.mark.parametrize(
    ("before", "after", "row", "said"),
    [
        (b"E 2 3 7", b"E 2 3 x", 5, "is not “E from to cost”"),
        (b"E 2 3 7", b"E 2 3", 5, "is not “E from to cost”"),
        (b"E 2 3 7", b"E 2 9 7", 5, "names a vertex outside 1 to 4"),
        (b"E 2 3 7", b"E 2 3 -7", 5, "has a negative or unusable cost"),
        (b"E 2 3 7", b"E 2 3 nan", 5, "has a negative or unusable cost"),
        (b"Edges 3", b"Edges 4", 4, "says 4 edges but has 3"),
        (b"Nodes 4", b"Nodes", 2, "lacks its count"),
        (b"T 4", b"T 5", 12, "is no vertex from 1 to 4"),
        (b"T 4", b"TP 4 -1", 12, "has a prize that is no number ≥ 0"),
        (b"T 4", b"Q 4", 12, "is not understood in the section Terminals"),
        (b"E 1 2 5", b"A 1 2 5", 4, "is directed; only undirected graphs are solved"),
        (b"SECTION Terminals", b"SECTION Presolve", 9, "the section presolve is not supported"),
        (b"SECTION Terminals", b"SECTION Other", 9, "is no section we know"),
        (b"Terminals 2", b"Terminals 3", 16, "says 3 terminals but has 2"),
    ],
)
def test_faults_name_the_line(before: bytes, after: bytes, row: int, said: str) -> None:
    """Which line, what is wrong with it, how to mend it."""
    with pytest.raises(InputError) as caught:
        parse(GR.replace(before, after), "small.gr")
    assert said in caught.value.message.en
    assert (caught.value.where.file, caught.value.where.row) == ("small.gr", row)
    assert caught.value.mend.zh


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    """By its first line; a broken archive and a missing file likewise."""
    with pytest.raises(WrongFormat):
        parse(b"# a heading\n")
    broken = tmp_path / "broken.gr.gz"
    broken.write_bytes(gzip.compress(GR)[:-20])
    for path in (broken, tmp_path / "none.gr"):
        with pytest.raises(WrongFormat):
            read(path)


def test_a_file_without_terminals_is_refused() -> None:
    """There is nothing to connect."""
    with pytest.raises(InputError, match="nothing to connect"):
        parse(GR.replace(b"T 1\n", b"").replace(b"T 4\n", b"").replace(b"Terminals 2", b"Terminals 0"))
