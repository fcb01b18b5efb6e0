"""Read a run folder back: its head, and single tables by the columns wanted, typed as the contract says."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from guangcheng.base.errors import InputError, NotFound, Where
from guangcheng.base.text import Text
from guangcheng.reporting.plan_files.contract import FORMAT, schema
from guangcheng.reporting.plan_files.write import PLAN, TABLES
from guangcheng.store.files import file_sha256

__all__ = ["PlanFolder", "is_plan_folder", "open_plan"]


def is_plan_folder(folder: Path) -> bool:
    """Whether a fibre plan was written there; what else the folder holds does not matter."""
    return (folder / PLAN).is_file() and (folder / TABLES).is_file()


@dataclass(frozen=True, slots=True)
class PlanFolder:
    """A run folder whose tables are those its ``plan.json`` names; ``head`` is that file."""

    folder: Path
    head: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 of the plan, as :func:`.write.plan_hash` gave it."""
        return str(self.head["plan"])

    def table(self, name: str, columns: Sequence[str]) -> pa.Table:
        """The rows of one table in the order they were written; geometry is not read.

        ``InputError`` where the table or a column is missing or holds something of another type.
        """
        wanted = pa.schema([schema(name).field(column) for column in columns])
        listed = ", ".join(f'"{column}"' for column in columns)
        try:
            with closing(sqlite3.connect(f"{(self.folder / TABLES).resolve().as_uri()}?mode=ro", uri=True)) as base:
                rows = base.execute(f'SELECT {listed} FROM "{name}" ORDER BY fid').fetchall()
            held = list(zip(*rows, strict=True)) or [()] * len(columns)
            arrays = [_typed(list(cells), field) for cells, field in zip(held, wanted, strict=True)]
        except (sqlite3.DatabaseError, pa.ArrowException, ValueError) as fault:
            raise _unreadable(self.folder, name) from fault
        return pa.table(arrays, schema=wanted)


def _typed(cells: list[Any], field: pa.Field) -> pa.Array:
    if pa.types.is_boolean(field.type):
        cells = [None if cell is None else bool(cell) for cell in cells]
    return pa.array(cells, type=field.type)


def open_plan(folder: Path) -> PlanFolder:
    """Open a run folder. ``NotFound`` where there is no plan; ``InputError`` for another format or changed tables."""
    path = folder / PLAN
    if not is_plan_folder(folder):
        raise NotFound(
            Text(zh=f"这里没有光纤规划（{PLAN} 和 {TABLES}）", en=f"there is no fibre plan here ({PLAN} and {TABLES})"),
            mend=Text(zh="给出 plan fibre 写出的文件夹", en="give a folder that plan fibre wrote"),
            where=Where(file=str(folder)),
        )
    try:
        head = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        head = None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise InputError(
            Text(zh=f"{PLAN} 不是光纤规划的", en=f"{PLAN} is not that of a fibre plan"),
            mend=Text(zh=f"应写明 format：{FORMAT}", en=f"it should name the format {FORMAT}"),
            where=Where(file=str(path)),
        )
    if file_sha256(folder / TABLES) != head.get("files", {}).get(TABLES):
        raise InputError(
            Text(zh=f"{TABLES} 在写出以后被改过", en=f"{TABLES} was changed after it was written"),
            mend=Text(
                zh="用 plan check 看差在哪里，或重新规划", en="see by plan check where it differs, or plan again"
            ),
            where=Where(file=str(folder / TABLES)),
        )
    return PlanFolder(folder, head)


def _unreadable(folder: Path, name: str) -> InputError:
    return InputError(
        Text(zh=f"{TABLES} 的表 {name} 读不出来", en=f"the table {name} of {TABLES} cannot be read"),
        mend=Text(zh="用 plan check 检查，或重新规划", en="look at it by plan check, or plan again"),
        where=Where(file=str(folder / TABLES)),
    )
