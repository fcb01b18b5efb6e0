"""Power classes and losses: the tables that ship, and a person's own in their place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import isfinite
from types import MappingProxyType
from typing import TypeVar

from guangcheng.base.errors import InputError, NotFound, Where
from guangcheng.base.packaged import packaged_rows
from guangcheng.base.text import Text

__all__ = ["Loss", "Losses", "PowerClass", "power_class", "power_classes", "read_losses", "shipped_losses"]

_K = TypeVar("_K")


@dataclass(frozen=True, slots=True)
class PowerClass:
    """One optical path loss class of a PON system: losses in dB, wavelengths in nm, distances in km.

    ``differential_km`` is the most by which the farthest ONT of a port may lie beyond the nearest,
    ``reach_km`` the farthest any ONT may be (logical reach). ``certainty`` says how well the figures are known.
    """

    id: str
    system: str
    name: str
    min_loss_db: float
    max_loss_db: float
    down_nm: int
    up_nm: int
    differential_km: float
    reach_km: float
    certainty: Text
    source: Text

    @property
    def title(self) -> str:
        """As engineers say it, the same in both languages: ``GPON B+``."""
        return f"{self.system} {self.name}"


@dataclass(frozen=True, slots=True)
class Loss:
    """What one thing takes at most (old and badly made) and at least (new and well made), in dB (fibre: dB/km)."""

    most_db: float
    least_db: float
    certainty: Text
    source: Text


@dataclass(frozen=True, slots=True)
class Losses:
    """Every loss a path is made of: splitters by ratio, fibre by wavelength (nm), the others one each."""

    splitter: Mapping[int, Loss]
    fibre_km: Mapping[int, Loss]
    connector: Loss
    splice: Loss
    margin: Loss
    coexistence: Loss

    def of_splitter(self, ratio: int) -> Loss:
        """The loss of a 1:``ratio`` splitter; a ratio outside the table is refused."""
        return _found(self.splitter, ratio, Text(zh="1:{key} 分光器", en="a 1:{key} splitter"))

    def of_fibre(self, nm: int) -> Loss:
        """The loss of a kilometre of fibre at ``nm``; a wavelength outside the table is refused."""
        return _found(self.fibre_km, nm, Text(zh="{key} nm 的光纤", en="fibre at {key} nm"))

    def with_fibre(self, db_km: float) -> "Losses":
        """The same table with fibre losing ``db_km`` at every wavelength (how many planners reckon)."""
        flat = {nm: replace(loss, most_db=db_km, least_db=db_km) for nm, loss in self.fibre_km.items()}
        return replace(self, fibre_km=MappingProxyType(flat))


def _found(table: Mapping[int, Loss], key: int, what: Text) -> Loss:
    if key in table:
        return table[key]
    known = sorted(table)
    thing = what.format(key=key)
    raise InputError(
        Text(zh=f"损耗表里没有{thing.zh}", en=f"the table of losses lacks {thing.en}"),
        mend=Text(
            zh=f"换成表里有的（{'、'.join(map(str, known))}），或在损耗表里加一行",
            en=f"use one it has ({', '.join(map(str, known))}) or add a row to the table",
        ),
    )


def _rows(name: str) -> list[dict[str, str]]:
    return packaged_rows("guangcheng.planning.fibre", "data", name)


@cache
def power_classes() -> Mapping[str, PowerClass]:
    """The classes that ship, by id, in the order of the table."""
    found = {}
    for row in _rows("power_classes.csv"):
        found[row["id"]] = PowerClass(
            id=row["id"],
            system=row["system"],
            name=row["class"],
            min_loss_db=float(row["min_loss_db"]),
            max_loss_db=float(row["max_loss_db"]),
            down_nm=int(row["down_nm"]),
            up_nm=int(row["up_nm"]),
            differential_km=float(row["differential_km"]),
            reach_km=float(row["reach_km"]),
            certainty=_text(row, "certainty"),
            source=_text(row, "source"),
        )
    return MappingProxyType(found)


def power_class(name: str) -> PowerClass:
    """The class ``name`` (``gpon-b+``); an unknown one raises ``NotFound`` with those there are."""
    classes = power_classes()
    if name not in classes:
        raise NotFound(
            Text(zh=f"没有光功率等级“{name}”", en=f"there is no power class “{name}”"),
            mend=Text(zh=f"可用的有：{'、'.join(classes)}", en=f"use one of {', '.join(classes)}"),
        )
    return classes[name]


@cache
def shipped_losses() -> Losses:
    """The losses that ship, an example with its sources."""
    return read_losses(enumerate(_rows("losses.csv"), start=2), file="losses.csv")


def read_losses(rows: Iterable[tuple[int, Mapping[str, str]]], *, file: str) -> Losses:
    """A table of losses from rows with ``item``, ``key``, ``most_db``, ``least_db`` and, if wanted, ``source``.

    Each row comes with its number in the file.
    ``item`` is splitter (``key``: ratio), fibre_km (``key``: nm), connector, splice, margin or coexistence.
    A negative, missing or unreadable figure, an unknown, repeated or missing item is refused with its row.
    """
    keyed: dict[str, dict[int, Loss]] = {"splitter": {}, "fibre_km": {}}
    single: dict[str, Loss] = {}
    for number, row in rows:
        where = Where(file=file, row=number)
        item, loss = row.get("item", ""), _loss(row, where)
        if item in keyed:
            _put(keyed[item], _whole(row, where), loss, where)
        elif item in _SINGLE:
            _put(single, item, loss, where)
        else:
            raise InputError(
                Text(zh=f"不认识的损耗项“{item}”", en=f"unknown item “{item}”"),
                mend=Text(zh=f"可用的有：{'、'.join(_ITEMS)}", en=f"use one of {', '.join(_ITEMS)}"),
                where=where,
            )
    missing = [name for name in _ITEMS if not (keyed.get(name) or name in single)]
    if missing:
        raise InputError(
            Text(zh=f"损耗表缺少：{'、'.join(missing)}", en=f"the table of losses lacks {', '.join(missing)}"),
            mend=Text(zh="每项至少写一行", en="write at least one row for each"),
            where=Where(file=file),
        )
    return Losses(splitter=MappingProxyType(keyed["splitter"]), fibre_km=MappingProxyType(keyed["fibre_km"]), **single)


_SINGLE = ("connector", "splice", "margin", "coexistence")
_ITEMS = ("splitter", "fibre_km", *_SINGLE)


def _put(table: dict[_K, Loss], key: _K, loss: Loss, where: Where) -> None:
    if key in table:
        raise InputError(
            Text(zh=f"“{key}”写了两次", en=f"“{key}” is given twice"),
            mend=Text(zh="只留一行", en="keep one of the rows"),
            where=where,
        )
    table[key] = loss


def _text(row: Mapping[str, str], column: str) -> Text:
    """``column_zh`` and ``column_en``; a person's own table may have plain ``column`` for both."""
    plain = row.get(column) or ""
    return Text(zh=row.get(f"{column}_zh") or plain, en=row.get(f"{column}_en") or plain)


def _loss(row: Mapping[str, str], where: Where) -> Loss:
    most, least = _number(row, "most_db", where), _number(row, "least_db", where)
    if least > most:
        raise InputError(
            Text(
                zh=f"最小损耗 {least:g} dB 大于最大损耗 {most:g} dB",
                en=f"the least loss {least:g} dB is above the most {most:g} dB",
            ),
            mend=Text(zh="把两个数对调或改正", en="swap or correct the two figures"),
            where=where,
        )
    return Loss(most, least, _text(row, "certainty"), _text(row, "source"))


def _number(row: Mapping[str, str], column: str, where: Where) -> float:
    text = row.get(column) or ""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not (isfinite(value) and value >= 0):
        raise InputError(
            Text(zh=f"“{text}”不是不小于 0 的数", en=f"“{text}” is not a number of at least 0"),
            mend=Text(zh="改成不小于 0 的数", en="write a number of at least 0"),
            where=Where(file=where.file, row=where.row, column=column),
        )
    return value


def _whole(row: Mapping[str, str], where: Where) -> int:
    value = _number(row, "key", where)
    if value != int(value):
        raise InputError(
            Text(zh=f"“{row['key']}”不是整数", en=f"“{row['key']}” is not a whole number"),
            mend=Text(zh="写分光路数或波长（nm）", en="write the split ratio or the wavelength in nm"),
            where=Where(file=where.file, row=where.row, column="key"),
        )
    return int(value)
