"""Rules about whole rows and about rows together: keys, references, numbers, dates, sums, places.

Each check looks at the rows still standing and says which rules which rows break; an error takes its rows out before
the next check looks. A check that crashes is reported (R-190) and never counts as passed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from guangcheng.base.errors import Where
from guangcheng.base.text import Text
from guangcheng.registers.faults import Fault, Severity
from guangcheng.registers.rulebook import rule
from guangcheng.registers.schema import Schema

__all__ = ["Batch", "Check", "Finding", "Origins", "Quality", "run_checks"]

Ints = npt.NDArray[np.int64]


class Origins(Protocol):
    """Knows where rows came from; rows are numbered as in the table given to :func:`run_checks`."""

    def where(self, row: int, name: str | None) -> Where:
        """The place of a row, and of the column its field was read from."""

    def shown(self, row: int, name: str | None) -> str:
        """The original cell as text."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule broken by the row at ``row`` of the batch; ``name`` is the field; ``values`` fill the rule's sentences."""

    rule: str
    row: int
    name: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    drop: bool = False
    """The row is taken out without being refused (an exact double)."""


@dataclass(frozen=True, slots=True)
class Within:
    """A part of the city: an area and everything beneath it."""

    code: str
    codes: frozenset[str]
    """The area and all beneath."""


@dataclass(frozen=True)
class Batch:
    """The rows still standing, and what they are judged against."""

    schema: Schema
    table: pa.Table
    """Columns of the schema."""
    numbers: Ints
    """Per row of ``table`` its number in the table first given."""
    as_of: date
    registers: Mapping[str, pa.Table]
    """What was there before the import, by register."""
    top: str | None
    crs: str
    origins: Origins
    replaces: bool = False
    """The rows take the place of what was there, they are not added to it."""
    within: Within | None = None
    """The part of the city whose rows may be touched; ``None`` for all of it."""

    def has(self, *names: str) -> bool:
        """Whether the register has all these fields."""
        known = set(self.schema.arrow.names)
        return all(name in known for name in names)

    def column(self, name: str) -> list[object]:
        """One column as Python values."""
        return list(self.table[name].to_pylist())

    def numeric(self, name: str) -> npt.NDArray[np.float64]:
        """One numeric column, NaN where missing."""
        found: npt.NDArray[np.float64] = self.table[name].to_numpy(zero_copy_only=False).astype(np.float64)
        return found

    def title(self, name: str) -> Text:
        """What people call a field."""
        return self.schema.field(name).title

    def before(self, register: str) -> pa.Table | None:
        """A register as it stands, ``None`` if it has no rows yet."""
        return self.registers.get(register)

    def source_row(self, row: int) -> str:
        """How a person finds a row of this batch: its number in the source."""
        where = self.origins.where(int(self.numbers[row]), None)
        return str(where.row)


@dataclass(frozen=True, slots=True)
class Check:
    """A named check over a batch."""

    name: Text
    run: Callable[[Batch], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Quality:
    """What the checks found; row numbers are those of the table first given."""

    faults: tuple[Fault, ...]
    refused: Ints
    dropped: Ints
    not_run: tuple[str, ...]
    """Names (Chinese) of the checks that crashed."""


def run_checks(batch: Batch, checks: Sequence[Check]) -> Quality:
    """Run ``checks`` one after the other, each on the rows the ones before left standing."""
    faults: list[Fault] = []
    refused: list[int] = []
    dropped: list[int] = []
    not_run: list[str] = []
    for check in checks:
        try:
            found = list(check.run(batch))
        # The one boundary where anything may go wrong: a check that crashes must be seen as such, whatever it raised.
        except Exception as error:  # noqa: BLE001
            faults.append(_crashed(check, error))
            not_run.append(check.name.zh)
            continue
        out: set[int] = set()
        for finding in found:
            number = int(batch.numbers[finding.row])
            fault = _fault(batch, finding, number)
            faults.append(fault)
            if fault.severity is Severity.ERROR:
                refused.append(number)
                out.add(finding.row)
            elif finding.drop:
                dropped.append(number)
                out.add(finding.row)
        batch = _without(batch, out)
    return Quality(
        tuple(faults),
        np.array(sorted(set(refused)), dtype=np.int64),
        np.array(sorted(set(dropped) - set(refused)), dtype=np.int64),
        tuple(not_run),
    )


def _fault(batch: Batch, finding: Finding, number: int) -> Fault:
    where = batch.origins.where(number, finding.name)
    return rule(finding.rule).fault(where, batch.origins.shown(number, finding.name), **finding.values)


def _crashed(check: Check, error: Exception) -> Fault:
    detail = f"{type(error).__name__}: {error}"
    return rule("R-190").fault(Where(), check.name.zh, name=check.name.zh, error=detail)


def _without(batch: Batch, out: set[int]) -> Batch:
    if not out:
        return batch
    keep = np.ones(len(batch.numbers), dtype=bool)
    keep[list(out)] = False
    return Batch(
        schema=batch.schema,
        table=batch.table.filter(pa.array(keep)),
        numbers=batch.numbers[keep],
        as_of=batch.as_of,
        registers=batch.registers,
        top=batch.top,
        crs=batch.crs,
        origins=batch.origins,
        replaces=batch.replaces,
    )
