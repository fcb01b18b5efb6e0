"""What people said about a file handed in: columns, names, mended cells, how to import it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from guangcheng.base.errors import InputError
from guangcheng.base.places import Datum
from guangcheng.base.text import Text
from guangcheng.registers.mapfile import IGNORE, header_key
from guangcheng.registers.raw import RawColumn, RawTable
from guangcheng.registers.schema import Schema

MOST_CELLS = 5000
"""Cells mended in the page; more than that is mended in the file."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as a fault names it: sheet, 1-based source row, column label."""

    sheet: str
    row: int
    column: str

    def __str__(self) -> str:
        return json.dumps([self.sheet, self.row, self.column], ensure_ascii=False)

    @classmethod
    def parse(cls, text: str) -> "Cell":
        """Back from :func:`str`; ``InputError`` for anything else."""
        try:
            sheet, row, column = json.loads(text)
            return cls(str(sheet), int(row), str(column))
        except (ValueError, TypeError) as fault:
            raise InputError(
                Text(f"没有这样的单元格：{text[:80]}", f"there is no such cell: {text[:80]}"),
                mend=Text("刷新页面后再改", "reload the page and mend it again"),
            ) from fault


@dataclass(frozen=True, slots=True)
class Settled:
    """All of it. ``columns``: header → field or ``ignore``; ``names``: area's name → code; ``cells``: new values."""

    columns: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[Cell, str] = field(default_factory=dict)
    mode: Literal["upsert", "replace"] = "upsert"
    datum: str = ""
    encoding: str = ""
    sheet: str = ""
    default_area: str = ""
    """Area of rows that name none."""
    agrees: bool = False
    """Agrees to removing more than a tenth of the rows."""

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Settled":
        """As kept in the database."""
        cells = {Cell.parse(name): value for name, value in content.get("cells", {}).items()}
        return cls(**{**content, "cells": cells})

    def kept(self) -> dict[str, Any]:
        """As kept in the database."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "cells"}
        return {
            **plain,
            "columns": dict(self.columns),
            "names": dict(self.names),
            "cells": {str(cell): value for cell, value in sorted(self.cells.items(), key=lambda item: str(item[0]))},
        }

    def checked(self, wanted: Schema) -> "Settled":
        """Itself; ``InputError`` for a field, mode or datum there is none of, or too many mended cells."""
        fields = {item.name for item in wanted.fields}
        unknown = [name for name in self.columns.values() if name != IGNORE and name not in fields]
        if unknown:
            raise _wrong(f"台账没有字段“{unknown[0]}”", f"the register has no field {unknown[0]}")
        if self.mode not in ("upsert", "replace"):
            raise _wrong(f"没有“{self.mode}”这种方式", f"there is no mode {self.mode}")
        if self.datum and self.datum not in tuple(Datum):
            raise _wrong(f"不认识坐标系“{self.datum}”", f"the datum {self.datum} is not known")
        if len(self.cells) > MOST_CELLS:
            raise _wrong(f"改的单元格超过 {MOST_CELLS} 个", f"more than {MOST_CELLS} cells were mended")
        return self

    def with_changes(self, changes: Mapping[str, Any]) -> "Settled":
        """The same with some of it said anew: maps are added to, an empty value takes an entry back."""
        told: dict[str, Any] = {}
        for name, value in changes.items():
            if name in ("columns", "names", "cells"):
                before = getattr(self, name)
                key = header_key if name == "columns" else (lambda item: item)
                merged = {**before, **{key(item): new for item, new in value.items()}}
                told[name] = {item: new for item, new in merged.items() if new or name == "cells"}
            else:
                told[name] = value
        return replace(self, **told)

    def files(self, folder: Path) -> tuple[Path | None, Path | None]:
        """The map file and the decisions file the import reads, written into ``folder``; ``None`` for nothing said."""
        written: list[Path | None] = []
        for name, content in (("columns", self.columns), ("names", self.names)):
            path = folder / f"{name}.json"
            if content:
                path.write_text(json.dumps(dict(content), ensure_ascii=False), encoding="utf-8")
            written.append(path if content else None)
        return written[0], written[1]

    def mended(self, raws: Sequence[RawTable]) -> list[RawTable]:
        """The tables with the mended cells put in; what the reader had against those cells falls away."""
        if not self.cells:
            return list(raws)
        return [self._mended(raw) for raw in raws]

    def _mended(self, raw: RawTable) -> RawTable:
        mine = {cell: value for cell, value in self.cells.items() if cell.sheet == (raw.sheet or "")}
        rows = {row: at for at, row in enumerate(raw.rows)}
        columns = []
        for column in raw.columns:
            new = {
                rows[cell.row]: value
                for cell, value in mine.items()
                if cell.column == column.label and cell.row in rows
            }
            cells = [cast("object", new[at] or None) if at in new else old for at, old in enumerate(column.cells)]
            columns.append(RawColumn(column.header, column.label, cells) if new else column)
        places = {(cell.row, cell.column) for cell in mine}
        faults = [fault for fault in raw.faults if (fault.where.row, fault.where.column) not in places]
        return replace(raw, columns=columns, faults=faults)


def _wrong(zh: str, en: str) -> InputError:
    return InputError(Text(zh, en), mend=Text("改正后再提交", "correct it and send it again"))
