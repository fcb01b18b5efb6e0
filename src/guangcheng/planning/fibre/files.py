"""Optical paths and losses from a person's table (CSV, XLSX): one row an ONT, bad rows listed, the others kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from guangcheng.base.errors import InputError, Where
from guangcheng.base.text import Text
from guangcheng.planning.fibre.budget import OpticalPath, path
from guangcheng.planning.fibre.tables import Losses, read_losses

__all__ = ["Ways", "losses_file", "paths_file"]

_HEADERS = {
    "port": ("port", "PON口"),
    "ont": ("ont", "ONT"),
    "spans_m": ("spans_m", "各段长度(米)"),
    "splitters": ("splitters", "分光"),
    "closures": ("closures", "接头盒"),
}
_LOSS_HEADERS = ("item", "key", "most_db", "least_db")
_BETWEEN_SPANS = re.compile(r"[;；+、]")
_BETWEEN_STAGES = re.compile(r"[;；×xX*]")


@dataclass(frozen=True, slots=True)
class Ways:
    """The paths of a file by PON port, in the order of the file, and one error for each row that cannot be used."""

    ports: Mapping[str, tuple[OpticalPath, ...]]
    refused: tuple[InputError, ...]


def paths_file(file: Path, losses: Losses, *, coexistence: int = 0) -> Ways:
    """Read ``port``, ``ont``, ``spans_m`` (``1800;240;35``), ``splitters`` (``64`` or ``8×8``) and ``closures``.

    ``closures`` may be empty or absent (none). A row with a bad figure, a splitter not in ``losses`` or an ONT that
    came before is refused, with its place. Raises ``InputError`` when a column is missing, and what
    :func:`registers.readers.read` raises.
    """
    rows = _rows(file, _HEADERS, optional=("closures",))
    ports: dict[str, list[OpticalPath]] = {}
    refused: list[InputError] = []
    seen: set[str] = set()
    for number, row in rows:
        where = Where(file=str(file), row=number)
        try:
            port, way = _way(row, seen, coexistence)
            for ratio in way.splitters:
                losses.of_splitter(ratio)
        except InputError as error:
            refused.append(type(error)(error.message, mend=error.mend, where=where))
            continue
        seen.add(way.ont)
        ports.setdefault(port, []).append(way)
    return Ways({name: tuple(ways) for name, ways in ports.items()}, tuple(refused))


def losses_file(file: Path) -> Losses:
    """A person's own losses, as :func:`tables.read_losses` wants them."""
    heads = {name: (name,) for name in (*_LOSS_HEADERS, "source")}
    return read_losses(_rows(file, heads, optional=("source",)), file=str(file))


def _rows(
    file: Path, heads: Mapping[str, tuple[str, ...]], *, optional: tuple[str, ...]
) -> list[tuple[int, dict[str, str]]]:
    """Source row and text of each cell by our name, of the first table of the file."""
    from guangcheng.registers.readers import read
    from guangcheng.registers.readers.headers import normalise

    names = {normalise(head): name for name, said in heads.items() for head in said}
    table = read(file, known_headers=frozenset(names))[0]
    found = {names[key]: column for column in table.columns if (key := normalise(column.header)) in names}
    missing = [name for name in heads if name not in found and name not in optional]
    if missing:
        raise InputError(
            Text(zh=f"缺少列：{'、'.join(missing)}", en=f"columns are missing: {', '.join(missing)}"),
            mend=Text(zh=f"表头写成：{'、'.join(heads)}", en=f"write the header {', '.join(heads)}"),
            where=Where(file=str(file), sheet=table.sheet),
        )
    return [
        (number, {name: _said(column.cells[index]) for name, column in found.items()})
        for index, number in enumerate(table.rows)
    ]


def _said(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _way(row: Mapping[str, str], seen: set[str], coexistence: int) -> tuple[str, OpticalPath]:
    port, ont = row["port"], row["ont"]
    if not port or not ont:
        raise InputError(
            Text(zh="PON 口或 ONT 是空的", en="the PON port or the ONT is empty"),
            mend=Text(zh="两列都要填", en="fill in both"),
        )
    if ont in seen:
        raise InputError(
            Text(zh=f"ONT {ont} 前面已经有了", en=f"ONT {ont} came before"),
            mend=Text(zh="每个 ONT 只写一行", en="write one row for each ONT"),
        )
    spans = [_figure(part, "spans_m") for part in _BETWEEN_SPANS.split(row["spans_m"])]
    stages = [part.strip().removeprefix("1:") for part in _BETWEEN_STAGES.split(row["splitters"])]
    ratios = [_count(part, "splitters") for part in stages]
    closures = _count(row.get("closures") or "0", "closures")
    return port, path(ont, spans, ratios, closures=closures, coexistence=coexistence)


def _figure(text: str, column: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(
            Text(zh=f"{column} 列的“{text}”不是数", en=f"“{text}” in column {column} is not a number"),
            mend=Text(
                zh="长度写成 1800;240;35，分光写成 64 或 8×8，接头盒写个数",
                en="write spans as 1800;240;35, splitters as 64 or 8×8, closures as their number",
            ),
        ) from None


def _count(text: str, column: str) -> int:
    value = _figure(text, column)
    if not (value >= 0 and value == value // 1):
        raise InputError(
            Text(zh=f"{column} 列的“{text}”不是个数", en=f"“{text}” in column {column} is not a count"),
            mend=Text(zh="改成不小于 0 的整数", en="write a whole number of at least 0"),
        )
    return int(value)
