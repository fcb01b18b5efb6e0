"""Checks of a month's file: the register's own rules, and what only a month beside the others shows.

The file is imported into a copy of the registers it needs, so that every rule of the command-line import holds here
and nothing of the city's is touched.
"""

import datetime as dt
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from guangcheng.base.errors import GuangchengError, Where
from guangcheng.base.text import Text
from guangcheng.registers.city import CONFIG_NAME, REGISTERS_NAME, City
from guangcheng.registers.importing import ImportOptions, ImportReport, import_files
from guangcheng.registers.schema import schema

__all__ = ["JUMP", "MONTH", "Finding", "Tried", "checked", "month_end"]

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
"""How a month is written."""

JUMP = 0.3
"""Change against the month before, of the larger figure, from which a line is asked about (product default)."""
SMALL = 50
"""Figures below this may jump as they like."""
MOST_MISSING = 20
"""Missing lines that are listed; more are counted."""
_KEYS = ("operator", "area_code", "technology", "tier", "customer", "zone")
_COPIED = ("areas", "subscriber_stats")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found: which rule, where in the file, how grave (``error`` keeps it from being submitted)."""

    rule: str
    severity: str
    where: Text
    why: Text
    mend: Text
    row: int | None = None
    """Line of the file, where it is one line's fault."""

    def kept(self) -> dict[str, Any]:
        """As the database keeps it."""
        texts = {"zh": self.why.zh, "en": self.why.en, "mend_zh": self.mend.zh, "mend_en": self.mend.en}
        place = {"where": self.where.zh, "where_en": self.where.en, "row": self.row}
        return {"rule": self.rule, "severity": self.severity, **place, **texts}


@dataclass(frozen=True, slots=True)
class Tried:
    """What importing the file did to a copy."""

    report: ImportReport | None
    table: pa.Table | None
    findings: tuple[Finding, ...]


def month_end(month: str) -> dt.date:
    """The last day of ``2026-02``."""
    year, number = (int(part) for part in month.split("-"))
    first = dt.date(year + number // 12, number % 12 + 1, 1)
    return first - dt.timedelta(days=1)


def checked(city: City, *, register: str, month: str, operator: str, name: str, content: bytes) -> list[Finding]:
    """Every finding about a file, errors first; never an exception for a file that is only bad."""
    tried = _try(city, register, month, name, content)
    found = list(tried.findings)
    if tried.table is not None and "operator" in tried.table.column_names:
        found += _of_others(city, register, tried.table, month, operator)
    if tried.table is not None and register == "subscriber_stats":
        found += _statistics(city, tried.table, month, operator)
    return sorted(found, key=lambda one: (one.severity != "error", one.rule, one.row or 0, one.where.zh))


def _try(city: City, register: str, month: str, name: str, content: bytes) -> Tried:
    with tempfile.TemporaryDirectory(prefix="guangcheng-month-") as made:
        copy = _copied(city, Path(made) / "city", register)
        file = Path(made) / name
        file.write_bytes(content)
        try:
            report = import_files(copy, register, [file], ImportOptions(as_of=month_end(month)))
        except GuangchengError as error:
            return Tried(None, None, (_whole(error),))
        table = copy.registers.read(report.snapshot) if report.snapshot is not None else None
        return Tried(report, table, tuple(_faults(report)))


def _copied(city: City, folder: Path, register: str) -> City:
    for one in {*_COPIED, register}:
        source = city.folder / REGISTERS_NAME / one
        if source.is_dir():
            shutil.copytree(source, folder / REGISTERS_NAME / one, copy_function=_linked)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REGISTERS_NAME).mkdir(exist_ok=True)
    shutil.copy(city.folder / CONFIG_NAME, folder / CONFIG_NAME)
    return City.open(folder)


def _linked(source: str, target: str) -> str:
    """A hard link where it is possible (snapshots never change), else a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _place(where: Where) -> Text:
    """The place by the file's own name, not that of the folder it was checked in."""
    short = replace(where, file=Path(where.file).name) if where.file else where
    return Text(short.in_("zh"), short.in_("en"))


def _whole(error: GuangchengError) -> Finding:
    return Finding("M-01", "error", _place(error.where), error.message, error.mend, error.where.row)


def _faults(report: ImportReport) -> Iterator[Finding]:
    for fault in report.faults:
        yield Finding(fault.rule, fault.severity.value, _place(fault.where), fault.why, fault.mend, fault.where.row)


def _of_others(city: City, register: str, table: pa.Table, month: str, operator: str) -> Iterator[Finding]:
    """Rows of other operators the file would add or change."""
    held = {_whole_row(row) for row in city.view(month_end(month)).table(register).to_pylist()}
    others = (row for row in table.to_pylist() if row["operator"] != operator and _whole_row(row) not in held)
    yield from (_foreign(other) for other in sorted({str(row["operator"]) for row in others}))


def _whole_row(row: Mapping[str, Any]) -> str:
    return repr(sorted((name, str(value)) for name, value in row.items() if value is not None))


def _statistics(city: City, table: pa.Table, month: str, operator: str) -> Iterator[Finding]:
    own = [row for row in table.to_pylist() if row["operator"] == operator]
    mine = {_key(row): row for row in own if _month(row["month"]) == month}
    held = city.view(month_end(month)).table("subscriber_stats").to_pylist()
    known = {_whole_row(row) for row in held}
    changed = {_month(row["month"]) for row in own if _whole_row(row) not in known} - {month}
    yield from (_other_month(one, month) for one in sorted(changed))
    if not mine:
        yield _empty(month, operator)
        return
    before = {_key(row): row for row in held if row["operator"] == operator and _month(row["month"]) == _before(month)}
    yield from _sums(mine)
    yield from _jumps(mine, before)
    yield from _missing(mine, before)
    yield from _more_than_households(city, mine, month)


def _sums(mine: Mapping[tuple[str, ...], Any]) -> Iterator[Finding]:
    """Parts by rate (``tier``) or by town and country (``zone``) that add up to more than their total."""
    for place, name in ((3, Text("速率档", "rates")), (5, Text("城乡", "zones"))):
        parts: dict[tuple[str, ...], int] = {}
        for key, row in mine.items():
            if key[place] != "all":
                total = (*key[:place], "all", *key[place + 1 :])
                parts[total] = parts.get(total, 0) + (row["subscribers"] or 0)
        for key in sorted(parts.keys() & mine.keys()):
            whole = mine[key]["subscribers"] or 0
            if parts[key] > whole:
                yield Finding(
                    "M-08",
                    "error",
                    _said(key),
                    Text(
                        f"按{name.zh}分的各行合计 {parts[key]}，大于总数 {whole}",
                        f"the rows by {name.en} add up to {parts[key]}, more than the total {whole}",
                    ),
                    Text("核对各行与总数", "check the rows and the total"),
                )


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in _KEYS)


def _month(value: object) -> str:
    return value.isoformat()[:7] if isinstance(value, dt.date) else str(value)[:7]


def _before(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return f"{year - (number == 1)}-{12 if number == 1 else number - 1:02d}"


def _said(key: tuple[str, ...]) -> Text:
    """The line by its area and what it counts, in words."""
    fields = schema("subscriber_stats")
    words = [fields.field(name).word(code) for name, code in zip(_KEYS[2:], key[2:], strict=True)]
    return Text("／".join([key[1], *(one.zh for one in words)]), " / ".join([key[1], *(one.en for one in words)]))


def _jumps(mine: Mapping[tuple[str, ...], Any], before: Mapping[tuple[str, ...], Any]) -> Iterator[Finding]:
    for key in sorted(mine.keys() & before.keys()):
        now, then = mine[key]["subscribers"] or 0, before[key]["subscribers"] or 0
        if max(now, then) >= SMALL and abs(now - then) > JUMP * max(now, then):
            yield Finding(
                "M-02",
                "warning",
                _said(key),
                Text(
                    f"上月 {then}，本月 {now}，变化超过 {JUMP:.0%}",
                    f"{then} last month, {now} now: more than {JUMP:.0%}",
                ),
                Text("核对；属实的在说明里写原因", "check it; if it is right, say why in the note"),
            )


def _missing(mine: Mapping[tuple[str, ...], Any], before: Mapping[tuple[str, ...], Any]) -> Iterator[Finding]:
    gone = sorted(before.keys() - mine.keys())
    if len(gone) > MOST_MISSING:
        yield Finding(
            "M-03",
            "warning",
            Text("整份", "the whole file"),
            Text(
                f"上月有、本月没有的共 {len(gone)} 行，只列前 {MOST_MISSING} 行",
                f"{len(gone)} lines of last month are missing now; the first {MOST_MISSING} are listed",
            ),
            Text("补上，没有用户的写 0", "put them in; write 0 where there are no subscribers"),
        )
    for key in gone[:MOST_MISSING]:
        yield Finding(
            "M-03",
            "warning",
            _said(key),
            Text("上月有这一行，本月没有", "this line was there last month and is missing now"),
            Text("补上，没有用户的写 0", "put it in; write 0 where there are no subscribers"),
        )


def _more_than_households(city: City, mine: Mapping[tuple[str, ...], Any], month: str) -> Iterator[Finding]:
    view = city.view(month_end(month))
    if not view.has("area_facts"):
        return
    facts = {row["area_code"]: row.get("households") for row in view.table("area_facts").to_pylist()}
    sums: dict[str, int] = {}
    for key, row in mine.items():
        if key[2] == "fibre" and key[3] == "all" and key[4] == "household" and key[5] == "all":
            sums[key[1]] = sums.get(key[1], 0) + (row["subscribers"] or 0)
    for area in sorted(sums):
        households = facts.get(area)
        if households is not None and sums[area] > households:
            yield Finding(
                "M-04",
                "warning",
                Text(area, area),
                Text(
                    f"光纤家庭用户 {sums[area]} 多于台账的 {households} 户",
                    f"{sums[area]} fibre households, but the register has {households} households",
                ),
                Text("核对口径和区域", "check the definition and the area"),
            )


def _foreign(operator: str) -> Finding:
    return Finding(
        "M-05",
        "error",
        Text(operator, operator),
        Text(f"文件里有别家运营商 {operator} 的行", f"the file has rows of another operator, {operator}"),
        Text("只报本单位的", "hand in your own only"),
    )


def _other_month(found: str, month: str) -> Finding:
    return Finding(
        "M-07",
        "error",
        Text(found, found),
        Text(f"这是 {month} 的报送，文件却改动 {found} 的数", f"this is for {month}, but the file changes {found}"),
        Text(f"只报 {month} 的行；要更正 {found}，请审核人退回那个月", f"only rows of {month}; have {found} returned"),
    )


def _empty(month: str, operator: str) -> Finding:
    return Finding(
        "M-06",
        "error",
        Text(month, month),
        Text(f"没有 {operator} 在 {month} 的行", f"there is no row of {operator} for {month}"),
        Text("核对月份和运营商两列", "check the columns month and operator"),
    )
