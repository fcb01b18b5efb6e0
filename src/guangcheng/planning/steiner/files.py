"""Reading ``.gr`` (PACE 2018) and ``.stp`` (SteinLib, with the DIMACS prize-collecting sections), also gzipped.

Vertices are numbered from 1 in the files and from 0 inside. ``T v`` must be spanned; ``TP v p`` pays ``p`` when it is
not; ``Root``/``RootP v`` must be spanned and is the root. Sections we do not need (Comment, Coordinates, …) are
skipped; directed graphs and pre-solved files are refused rather than misread.
"""

import gzip
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from guangcheng.base.errors import InputError, Where, WrongFormat
from guangcheng.base.text import Text
from guangcheng.planning.steiner.model import Floats, Ints, Network, Problem

__all__ = ["parse", "read"]

_SKIPPED = {"comment", "comments", "coordinates", "presolve", "maximumdegrees", "nodeweights"}
_REFUSED = {"presolve", "maximumdegrees", "nodeweights"}


def read(path: Path) -> Problem:
    """Read a problem; raises WrongFormat or InputError naming the line and how to mend it."""
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise WrongFormat(
            Text(f"打不开或解不开：{error}", f"cannot be opened or unpacked: {error}"),
            where=Where(file=str(path)),
            mend=Text("请给出 .gr 或 .stp 文件，或其 gzip 压缩", "give a .gr or .stp file, or one packed by gzip"),
        ) from error
    return parse(content, str(path))


def parse(content: bytes, name: str = "-") -> Problem:
    """Read a problem from the bytes of a file called ``name`` in messages."""
    lines = content.split(b"\n")
    reader = _Reader(name)
    at = 0
    while at < len(lines):
        at = reader.line(lines, at)
        if reader.ended:
            break
    return reader.problem(len(lines))


@dataclass(slots=True)
class _Reader:
    name: str
    section: str = ""
    ended: bool = False
    nodes: int | None = None
    edges: int | None = None
    terminals: int | None = None
    tail: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    head: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    cost: Floats = field(default_factory=lambda: np.empty(0))
    prizes: dict[int, float] = field(default_factory=dict)
    root: int | None = None
    graph_line: int = 0

    def line(self, lines: list[bytes], at: int) -> int:
        """Take the line ``at`` (and the edges after it, at once); return the next line to look at."""
        words = lines[at].split()
        if not words:
            return at + 1
        key = words[0].decode("utf-8", "replace").lower()
        if self.section == "":
            self._outside(key, words, at)
        elif key == "end":
            self.section = ""
        elif self.section == "graph":
            return self._graph(key, words, lines, at)
        elif self.section == "terminals":
            self._terminals(key, words, at)
        return at + 1

    def _outside(self, key: str, words: list[bytes], at: int) -> None:
        if key == "eof":
            self.ended = True
        elif key == "section" and len(words) >= 2:
            self.section = words[1].decode("utf-8", "replace").lower()
            self._known_section(at)
        elif not (key == "33d32945" and at == 0):
            raise self._fault(at, "不在任何 SECTION 里", "stands outside every SECTION", words)

    def _known_section(self, at: int) -> None:
        if self.section in _REFUSED:
            raise self._fault(
                at,
                f"不支持 {self.section} 部分",
                f"the section {self.section} is not supported",
                [self.section.encode()],
            )
        if self.section not in _SKIPPED | {"graph", "terminals"}:
            raise self._fault(at, "没有这种 SECTION", "is no section we know", [self.section.encode()])

    def _graph(self, key: str, words: list[bytes], lines: list[bytes], at: int) -> int:
        if key in ("nodes", "edges"):
            setattr(self, key, self._count(words, at))
        elif key == "e":
            stop = next((i for i in range(at, len(lines)) if lines[i][:3].upper() == b"END"), len(lines))
            self.graph_line = at
            self._edges(lines, at, stop)
            return stop
        elif key in ("a", "arcs", "aa"):
            raise self._fault(at, "是有向边；这里只解无向图", "is directed; only undirected graphs are solved", words)
        elif key != "obstacles":
            raise self._fault(at, "在 Graph 部分里看不懂", "is not understood in the section Graph", words)
        return at + 1

    def _edges(self, lines: list[bytes], at: int, stop: int) -> None:
        tokens = b" ".join(lines[at:stop]).split()
        whole = len(tokens) % 4 == 0 and set(tokens[0::4]) <= {b"E", b"e"}
        if whole:
            try:
                self.tail = np.array(tokens[1::4], dtype="S").astype(np.int64) - 1
                self.head = np.array(tokens[2::4], dtype="S").astype(np.int64) - 1
                self.cost = np.array(tokens[3::4], dtype="S").astype(np.float64)
            except ValueError:
                whole = False
        if not whole:
            raise self._first_bad_edge(lines, at, stop)
        self._check_edges(lines, at, stop)

    def _check_edges(self, lines: list[bytes], at: int, stop: int) -> None:
        nodes = self.nodes if self.nodes is not None else -1
        low, high = np.minimum(self.tail, self.head), np.maximum(self.tail, self.head)
        bad = (low < 0) | (high >= nodes) | ~np.isfinite(self.cost) | (self.cost < 0)
        if bad.any():
            rows = [i for i in range(at, stop) if lines[i].strip()]
            i = int(np.flatnonzero(bad)[0])
            negative = self.cost[i] < 0 or not np.isfinite(self.cost[i])
            zh = "费用为负或不是数" if negative else f"端点不在 1 到 {nodes} 之间"
            en = "has a negative or unusable cost" if negative else f"names a vertex outside 1 to {nodes}"
            raise self._fault(rows[i], zh, en, lines[rows[i]].split())

    def _first_bad_edge(self, lines: list[bytes], at: int, stop: int) -> InputError:
        for i in range(at, stop):
            words = lines[i].split()
            if words and not _is_edge(words):
                return self._fault(i, "不是“E 起点 终点 费用”", "is not “E from to cost”", words)
        return self._fault(at, "边表读不懂", "begins edges that cannot be read", lines[at].split())

    def _terminals(self, key: str, words: list[bytes], at: int) -> None:
        if key == "terminals":
            self.terminals = self._count(words, at)
        elif key in ("root", "rootp"):
            self.root = self._vertex(words, at)
        elif key == "t":
            self.prizes[self._vertex(words, at)] = np.inf
        elif key == "tp" and len(words) >= 3:
            vertex = self._vertex(words, at)
            self.prizes[vertex] = self._number(words, at)
        else:
            raise self._fault(at, "在 Terminals 部分里看不懂", "is not understood in the section Terminals", words)

    def _count(self, words: list[bytes], at: int) -> int:
        try:
            count = int(words[1])
        except (IndexError, ValueError):
            count = -1
        if count < 0:
            raise self._fault(at, "缺少个数", "lacks its count", words)
        return count

    def _vertex(self, words: list[bytes], at: int) -> int:
        try:
            vertex = int(words[1]) - 1
        except (IndexError, ValueError):
            vertex = -1
        if not 0 <= vertex < (self.nodes or 0):
            raise self._fault(at, f"不是 1 到 {self.nodes} 的点", f"is no vertex from 1 to {self.nodes}", words)
        return vertex

    def _number(self, words: list[bytes], at: int) -> float:
        try:
            value = float(words[2])
        except ValueError:
            value = -1.0
        if not 0 <= value < np.inf:
            raise self._fault(at, "奖值不是非负数", "has a prize that is no number ≥ 0", words)
        return value

    def problem(self, lines: int) -> Problem:
        if self.nodes is None:
            raise self._fault(lines - 1, "没有 Graph 部分", "has no section Graph", [])
        if self.edges is not None and self.edges != self.tail.size:
            zh = f"写明 {self.edges} 条边，却有 {self.tail.size} 条"
            raise self._fault(self.graph_line, zh, f"says {self.edges} edges but has {self.tail.size}", [])
        listed = len(self.prizes)
        if self.terminals is not None and self.terminals not in (listed, listed + (self.root is not None)):
            zh = f"写明 {self.terminals} 个终端，却有 {listed} 个"
            raise self._fault(lines - 1, zh, f"says {self.terminals} terminals but has {listed}", [])
        prize = np.zeros(self.nodes)
        for vertex, value in self.prizes.items():
            prize[vertex] = value
        root = -1 if self.root is None else self.root
        if root >= 0:
            prize[root] = np.inf
        kept = self.tail != self.head  # a loop never helps a tree; edge numbers are those of the edges kept
        network = Network.of(self.nodes, self.tail[kept], self.head[kept], self.cost[kept])
        try:
            return Problem(network, prize, root)
        except InputError as error:
            raise InputError(error.message, mend=error.mend, where=Where(file=self.name)) from error

    def _fault(self, at: int, zh: str, en: str, words: list[bytes]) -> InputError:
        said = b" ".join(words).decode("utf-8", "replace")[:60]
        first = at == 0 and self.section == ""
        kind = WrongFormat if first else InputError
        return kind(
            Text(f"“{said}”{zh}" if said else zh, f"“{said}” {en}" if said else f"the file {en}"),
            where=Where(file=self.name, row=at + 1),
            mend=Text("按 SteinLib 或 PACE 格式改这一行", "put this line right by the SteinLib or PACE format"),
        )


def _is_edge(words: list[bytes]) -> bool:
    if len(words) != 4 or words[0].upper() != b"E":
        return False
    try:
        int(words[1]), int(words[2]), float(words[3])
    except ValueError:
        return False
    return True
