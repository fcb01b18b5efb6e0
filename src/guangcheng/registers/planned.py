"""Planned objects of a city, kept apart from what stands: ``planned/<name>/registers`` beside ``registers``.

A plan is a set of snapshots of its own. Nothing reads it but who names it; :func:`with_planned` lays it over the
registers for one look at what would be, and writes nothing.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from guangcheng.base.errors import InputError, NotFound, Where
from guangcheng.base.provenance import SnapshotRef
from guangcheng.base.text import Text
from guangcheng.registers.city import REGISTERS_NAME, City
from guangcheng.registers.schema import schema, schemas
from guangcheng.registers.snapshots import Registers
from guangcheng.registers.view import RegisterView

__all__ = ["PLANNED_NAME", "plan_folder", "planned_registers", "planned_view", "plans", "save_planned", "with_planned"]

PLANNED_NAME = "planned"
_NAME = re.compile(r"[\w一-鿿][\w一-鿿.-]{0,63}")


def plan_folder(city: City, name: str) -> Path:
    """The folder of a plan; ``InputError`` for a name that is no plain folder name."""
    if _NAME.fullmatch(name) is None:
        raise InputError(
            Text(zh=f"“{name}”不能作方案名", en=f"“{name}” cannot be the name of a plan"),
            mend=Text(
                zh="用字母、数字、汉字、- 和 _，64 个以内", en="use letters, digits, - and _, 64 characters at most"
            ),
        )
    return city.folder / PLANNED_NAME / name


def plans(city: City) -> list[str]:
    """Names of the city's plans."""
    folder = city.folder / PLANNED_NAME
    return sorted(path.name for path in folder.iterdir() if (path / REGISTERS_NAME).is_dir()) if folder.is_dir() else []


def planned_registers(city: City, name: str) -> Registers:
    """The snapshots of a plan; ``NotFound`` where there is no such plan, with those there are."""
    folder = plan_folder(city, name)
    if not (folder / REGISTERS_NAME).is_dir():
        known = "、".join(plans(city)) or "–"
        raise NotFound(
            Text(zh=f"没有方案“{name}”", en=f"there is no plan “{name}”"),
            mend=Text(zh=f"已有的方案：{known}", en=f"the plans there are: {known}"),
            where=Where(file=str(folder)),
        )
    return Registers(folder / REGISTERS_NAME, crs=city.config.crs)


def save_planned(city: City, name: str, view: RegisterView, tables: Mapping[str, pa.Table]) -> list[SnapshotRef]:
    """Keep ``tables`` as the plan ``name`` of the view's day; a plan of that name gets newer snapshots.

    ``InputError`` for a key that stands in the city's own register: a plan never changes what is there.
    """
    registers = Registers(plan_folder(city, name) / REGISTERS_NAME, crs=city.config.crs)
    for register, table in tables.items():
        _refuse_taken(register, view, table)
    return [registers.commit(register, table, as_of=view.as_of).ref for register, table in sorted(tables.items())]


def _refuse_taken(register: str, view: RegisterView, table: pa.Table) -> None:
    key = list(schema(register).key)
    there = {tuple(row.values()) for row in view.table(register, key).to_pylist()}
    taken = [row for row in table.select(key).to_pylist() if tuple(row.values()) in there]
    if taken:
        said = "/".join(str(value) for value in taken[0].values())
        raise InputError(
            Text(zh=f"{said} 已在现状台账里", en=f"{said} stands in the register already"),
            mend=Text(zh="换一个方案名", en="choose another name for the plan"),
            where=Where(file=register),
        )


def planned_view(city: City, name: str, as_of: date) -> RegisterView:
    """A plan's own objects as of ``as_of``, and nothing that stands.

    ``NotFound`` where there is no such plan, ``InputError`` where all of it is of a later day.
    """
    registers = planned_registers(city, name)
    found = {register: registers.latest(register, as_of) for register in schemas()}
    refs = {register: ref for register, ref in found.items() if ref is not None}
    if not refs:
        raise InputError(
            Text(
                zh=f"方案“{name}”没有 {as_of} 或以前的内容",
                en=f"there is nothing of the plan “{name}” on or before {as_of}",
            ),
            mend=Text(zh="用 --as-of 给出方案的日期或以后的日期", en="give the plan's day or a later one by --as-of"),
            where=Where(file=str(registers.folder)),
        )
    return RegisterView(as_of=as_of, crs=city.config.crs, refs=MappingProxyType(refs), load=registers.read)


def with_planned(view: RegisterView, planned: RegisterView) -> RegisterView:
    """The view with a plan's objects beside what stands; the references tell both apart. Nothing is written."""
    more = {register: _joined(view.refs.get(register), ref) for register, ref in planned.refs.items()}

    def load(ref: SnapshotRef, columns: Sequence[str] | None) -> pa.Table:
        if ref.register not in more:
            return view.load(ref, columns)
        return pa.concat_tables([view.table(ref.register, columns), planned.table(ref.register, columns)])

    return RegisterView(as_of=view.as_of, crs=view.crs, refs=MappingProxyType({**view.refs, **more}), load=load)


def _joined(built: SnapshotRef | None, planned: SnapshotRef) -> SnapshotRef:
    told = f"{built.hash if built else ''}+{planned.hash}"
    return SnapshotRef(planned.register, planned.as_of, hashlib.sha256(told.encode()).hexdigest())
