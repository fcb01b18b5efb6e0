"""Plain covering instances: four text formats, told apart by their first lines; anything else is refused.

* ``cordeau``: ``n m``, then ``F id x y cost`` per site and ``C id x y demand`` per customer (tab or space);
* ``tsplib``: keywords, ``NODE_COORD_SECTION`` with latitude and longitude in degrees, ``DEMAND_SECTION``; every node is
  customer and candidate, distances are great circles in metres;
* ``sjc``: ``n 9999 p S``, then ``x y weight`` per node;
* ``pcb``: ``n n 0``, then ``x y weight`` per node; in both every node is customer and candidate.
"""

import io
from pathlib import Path

import numpy as np

from guangcheng.base.errors import InputError, NotFound, Where, WrongFormat
from guangcheng.base.text import Text
from guangcheng.planning.cover.model import Distance, Floats, Instance

__all__ = ["FORMATS", "read_instance"]

FORMATS = ("cordeau", "tsplib", "sjc", "pcb")
_MEND = Text(
    zh="支持四种格式：Cordeau（n m，F/C 行）、TSPLIB（NODE_COORD_SECTION、DEMAND_SECTION）、"
    "SJC（n 9999 p S）、PCB（n n 0）",
    en="four formats are read: Cordeau (n m, lines F and C), TSPLIB (NODE_COORD_SECTION, DEMAND_SECTION), "
    "SJC (n 9999 p S), PCB (n n 0)",
)


def read_instance(path: Path) -> Instance:
    """Read an instance of any of the four formats.

    Raises :class:`NotFound` for a missing file, :class:`WrongFormat` for an unknown format, :class:`InputError` with
    the line where one line is not as its format has it.
    """
    if not path.is_file():
        raise NotFound(
            Text(zh="找不到这个文件", en="there is no such file"),
            mend=Text(zh="检查路径", en="check the path"),
            where=Where(file=str(path)),
        )
    content = path.read_bytes()
    head = [line.split() for line in content[:4096].decode("latin-1").splitlines()[:40]]
    kind = _detect([tokens for tokens in head if tokens])
    if kind is None:
        raise WrongFormat(
            Text(zh="认不出这是哪种覆盖算例格式", en="this is none of the known formats of covering instances"),
            mend=_MEND,
            where=Where(file=str(path)),
        )
    text = content.decode("latin-1")
    return {"cordeau": _cordeau, "tsplib": _tsplib, "sjc": _nodes, "pcb": _nodes}[kind](text, kind, path)


def _detect(head: list[list[str]]) -> str | None:
    if not head:
        return None
    first = head[0]
    if any(tokens[0] == "NODE_COORD_SECTION" for tokens in head):
        return "tsplib"
    if len(first) == 2 and all(_is_int(t) for t in first) and len(head) > 1 and head[1][0] == "F":
        return "cordeau"
    if len(first) == 4 and _is_int(first[0]) and first[2:] == ["p", "S"]:
        return "sjc"
    if len(first) == 3 and all(_is_int(t) for t in first) and first[0] == first[1]:
        return "pcb"
    return None


def _is_int(token: str) -> bool:
    return token.isascii() and token.isdigit()


def _fault(path: Path, row: int | None, zh: str, en: str) -> InputError:
    mend = Text(zh="改正这一行再试", en="mend this line and try again")
    return InputError(Text(zh=zh, en=en), mend=mend, where=Where(file=str(path), row=row))


def _table(lines: list[str], columns: int, path: Path, first_row: int) -> Floats:
    """Read ``columns`` finite numbers from every line."""
    out = np.empty((len(lines), columns))
    for at, line in enumerate(lines):
        tokens = line.split()
        try:
            values = [float(token) for token in tokens]
        except ValueError:
            values = []
        if len(values) != columns or not np.isfinite(values).all():
            raise _fault(path, first_row + at, f"这里应有 {columns} 个数", f"{columns} numbers are expected here")
        out[at] = values
    return out


def _instance(
    kind: str, path: Path, ids: tuple[int, ...], sites: Floats, customers: Floats, distance: Distance
) -> Instance:
    """Put columns x, y, cost and x, y, demand together; refuse negative ones."""
    for numbers, zh, en in ((sites[:, 2], "成本", "cost"), (customers[:, 2], "需求", "demand")):
        if (numbers < 0).any():
            at = int(np.flatnonzero(numbers < 0)[0]) + 1
            raise _fault(path, None, f"第 {at} 个{zh}是负数", f"{en} number {at} is negative")
    columns = [np.ascontiguousarray(table[:, k]) for table in (sites, customers) for k in range(3)]
    return Instance(kind, distance, ids, *columns)


def _numbered(lines: list[str], expected: int, path: Path, what: str) -> None:
    if len(lines) != expected:
        raise _fault(
            path,
            None,
            f"开头说有 {expected} 行{what}，实有 {len(lines)} 行",
            f"the head promises {expected} lines ({what}), there are {len(lines)}",
        )


def _nodes(text: str, kind: str, path: Path) -> Instance:
    lines = [line for line in text.splitlines() if line.strip()]
    count = int(lines[0].split()[0])
    _numbered(lines[1:], count, path, "节点 nodes")
    table = _table(lines[1:], 3, path, 2)
    sites = np.column_stack([table[:, :2], np.ones(count)])
    return _instance(kind, path, tuple(range(1, count + 1)), sites, table, Distance.PLANE)


def _tsplib(text: str, kind: str, path: Path) -> Instance:
    lines = text.splitlines()
    keys = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines[:40]) if value}
    if keys.get("EDGE_WEIGHT_TYPE", "COORD") != "COORD":
        zh, en = "只认 EDGE_WEIGHT_TYPE : COORD（经纬度）", "only EDGE_WEIGHT_TYPE : COORD (degrees) is known"
        raise _fault(path, None, zh, en)
    nodes, at = _section(lines, "NODE_COORD_SECTION", path)
    demands, demand_at = _section(lines, "DEMAND_SECTION", path)
    count = int(keys["DIMENSION"]) if keys.get("DIMENSION", "").isdigit() else len(nodes)
    _numbered(nodes, count, path, "NODE_COORD_SECTION")
    _numbered(demands, count, path, "DEMAND_SECTION")
    wide = len(nodes[0].split()) if nodes else 2
    table = _table(nodes, wide if wide in (2, 3) else 2, path, at)
    weight = _table(demands, len(demands[0].split()) if demands else 1, path, demand_at)[:, -1:]
    ids = tuple(int(v) for v in table[:, 0]) if table.shape[1] == 3 else tuple(range(1, count + 1))
    place = table[:, -2:]
    customers = np.column_stack([place, weight])
    return _instance(kind, path, ids, np.column_stack([place, np.ones(count)]), customers, Distance.SPHERE)


def _section(lines: list[str], name: str, path: Path) -> tuple[list[str], int]:
    """Lines of one section and the 1-based row of its first."""
    begin = next((k for k, line in enumerate(lines) if line.strip() == name), None)
    if begin is None:
        raise _fault(path, None, f"缺少 {name}", f"{name} is missing")
    out = []
    for line in lines[begin + 1 :]:
        if not line.strip():
            continue
        if line.strip()[0].isalpha():
            break
        out.append(line)
    return out, begin + 2


def _cordeau(text: str, kind: str, path: Path) -> Instance:
    import pyarrow as pa
    from pyarrow import csv

    head, _, body = text.partition("\n")
    n, m = (int(token) for token in head.split())
    delimiter = "\t" if "\t" in body[:200] else " "
    names = ["kind", "id", "x", "y", "amount"]
    types = dict(zip(names, (pa.string(), pa.int64(), pa.float64(), pa.float64(), pa.float64()), strict=True))
    try:
        table = csv.read_csv(
            io.BytesIO(body.encode("latin-1")),
            read_options=csv.ReadOptions(column_names=names),
            parse_options=csv.ParseOptions(delimiter=delimiter),
            convert_options=csv.ConvertOptions(column_types=types),
        )
    except pa.ArrowInvalid as error:
        raise _fault(
            path, None, f"有一行不是“F/C 编号 x y 数”：{error}", f"a line is not 'F/C id x y number': {error}"
        ) from error
    kinds = table["kind"].to_numpy()
    parts = [np.flatnonzero(kinds == letter) for letter in ("F", "C")]
    if parts[0].size != n or parts[1].size != m or table.num_rows != n + m:
        raise _fault(
            path,
            None,
            f"开头说有 {n} 个站点、{m} 个客户，实有 {parts[0].size}、{parts[1].size}",
            f"the head promises {n} sites and {m} customers, there are {parts[0].size} and {parts[1].size}",
        )
    columns = np.column_stack([table[name].to_numpy() for name in names[2:]])
    if not np.isfinite(columns).all():
        raise _fault(path, None, "有的数缺失或不是有限数", "a number is missing or not finite")
    ids = tuple(int(value) for value in table["id"].to_numpy()[parts[0]])
    return _instance(kind, path, ids, columns[parts[0]], columns[parts[1]], Distance.PLANE)
