"""What an import would change: rows added, changed and removed, before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.base.errors import Refused, UsageError, Where
from guangcheng.base.provenance import SnapshotRef
from guangcheng.base.text import Text
from guangcheng.registers.canonical import canonical, equal_or_both_missing
from guangcheng.registers.geoparquet import Mode
from guangcheng.registers.schema import Schema, schema

_SHOWN = 3

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Difference:
    """The counts a person agrees to, and the whole register as it would then stand.

    ``unchanged`` counts the rows of ``result`` that ``base`` already has, so
    ``added + changed + unchanged == result.num_rows`` and ``removed`` of the ``before`` rows are gone.
    """

    register: str
    base: SnapshotRef | None
    """The snapshot compared with; a commit is refused when another one has taken its place."""
    mode: Mode
    scope: str | None
    before: int
    added: int
    changed: int
    removed: int
    unchanged: int
    result: pa.Table
    emptied: Mapping[str, int] = field(default_factory=dict)
    """By column, how many changed rows had a value that the new row leaves empty: a row is taken whole."""

    def removes_more_than(self, percent: int) -> bool:
        """Whether more than ``percent`` of the rows before would be gone (exact; exactly ``percent`` is not more)."""
        return 100 * self.removed > percent * self.before


def compare(
    register: str,
    old: pa.Table,
    given: pa.Table,
    *,
    base: SnapshotRef | None,
    mode: Mode,
    scope: str | None = None,
    areas: Iterable[pa.Table] = (),
) -> Difference:
    """Compare ``given`` with ``old`` by key.

    ``upsert`` keeps every old row that ``given`` does not name. ``replace`` drops those within ``scope``: the rows
    whose area is the scope or lies beneath it by the parent links of the ``areas`` tables; with no scope, all of them.
    Refused: a replace within a scope that names a row outside it, or would take a row from outside; and
    a scope for a register without areas.
    """
    wanted = schema(register)
    new = canonical(register, given)
    old_ids, new_ids = _shared_ids(wanted, old, new)
    kept_old = ~np.isin(old_ids, new_ids)
    if mode == "replace":
        kept_old &= ~_inside(wanted, old, new, new_ids=new_ids, old_ids=old_ids, scope=scope, areas=areas)
    elif scope is not None:
        raise UsageError(
            Text(zh="范围（scope）只用于 replace 方式", en="a scope only goes with mode replace"),
            mend=Text(zh="去掉范围，或用 --mode replace", en="leave the scope out, or use --mode replace"),
        )
    added = int((~np.isin(new_ids, old_ids)).sum())
    changed, emptied = _changed(old, new, old_ids=old_ids, new_ids=new_ids)
    result = canonical(register, pa.concat_tables([old.filter(pa.array(kept_old)), new]))
    return Difference(
        register=register,
        base=base,
        mode=mode,
        scope=scope,
        before=old.num_rows,
        added=added,
        changed=changed,
        removed=old.num_rows + added - result.num_rows,
        unchanged=result.num_rows - added - changed,
        result=result,
        emptied=emptied,
    )


def areas_beneath(scope: str, areas: Iterable[pa.Table]) -> set[str]:
    """``scope`` and every area below it by the parent links of all ``areas`` tables; loops are walked once."""
    children: dict[str, list[str]] = {}
    for table in areas:
        for code, parent in zip(table["code"].to_pylist(), table["parent"].to_pylist(), strict=True):
            children.setdefault(parent, []).append(code)
    found, waiting = {scope}, [scope]
    while waiting:
        below = [code for code in children.get(waiting.pop(), ()) if code not in found]
        found.update(below)
        waiting += below
    return found


def _shared_ids(wanted: Schema, old: pa.Table, new: pa.Table) -> tuple[Ints, Ints]:
    """Number the keys of both tables so that equal keys, and only they, have equal numbers."""
    both = pa.concat_tables([old.select(list(wanted.key)), new.select(list(wanted.key))])
    ids = np.zeros(both.num_rows, dtype=np.int64)
    for name in wanted.key:
        codes = both[name].combine_chunks().dictionary_encode(null_encoding="encode")
        # combined numbers stay below rows² because they are made dense again after each key column
        ids = ids * max(len(codes.dictionary), 1) + codes.indices.to_numpy()
        if len(wanted.key) > 1:
            ids = np.unique(ids, return_inverse=True)[1].astype(np.int64)
    return ids[: old.num_rows], ids[old.num_rows :]


def _changed(old: pa.Table, new: pa.Table, *, old_ids: Ints, new_ids: Ints) -> tuple[int, dict[str, int]]:
    """How many rows of both differ, and by column how many of them lose their value."""
    _, in_old, in_new = np.intersect1d(old_ids, new_ids, assume_unique=True, return_indices=True)
    same = np.ones(len(in_old), dtype=np.bool_)
    at_old, at_new = pa.array(in_old), pa.array(in_new)
    emptied: dict[str, int] = {}
    for name in new.schema.names:
        # one column at a time: a million rows of all columns twice would be half a gigabyte
        left, right = old[name].take(at_old).combine_chunks(), new[name].take(at_new).combine_chunks()
        same &= equal_or_both_missing(left, right)
        if lost := int(np.count_nonzero(pc.and_(left.is_valid(), right.is_null()))):
            emptied[name] = lost
    return int((~same).sum()), emptied


def _inside(
    wanted: Schema,
    old: pa.Table,
    new: pa.Table,
    *,
    old_ids: Ints,
    new_ids: Ints,
    scope: str | None,
    areas: Iterable[pa.Table],
) -> Bools:
    """Which old rows lie in the scope, after making sure that the new rows touch nothing else."""
    if scope is None:
        return np.ones(old.num_rows, dtype=np.bool_)
    column = _area_column(wanted)
    links = [*areas, old, new] if wanted.register == "areas" else [*areas]
    allowed = pa.array(sorted(areas_beneath(scope, links)))
    old_inside, new_inside = (_is_in(table, column, allowed) for table in (old, new))
    _refuse_rows(new, wanted, ~new_inside, _OUTSIDE, scope)
    _refuse_rows(new, wanted, np.isin(new_ids, old_ids[~old_inside]), _TAKEN, scope)
    return old_inside


def _area_column(wanted: Schema) -> str:
    if wanted.register == "areas":
        return "code"
    if "area_code" in wanted.arrow.names:
        return "area_code"
    raise UsageError(
        Text(
            zh=f"台账“{wanted.title.zh}”没有区域列，不能按范围替换",
            en=f"the register {wanted.register} has no area column, so it has no scope to replace",
        ),
        mend=Text(zh="不写范围，替换整个台账", en="leave the scope out and replace the whole register"),
    )


def _is_in(table: pa.Table, column: str, allowed: pa.Array) -> Bools:
    inside: Bools = pc.is_in(table[column], value_set=allowed).to_numpy()
    return inside


_OUTSIDE = Text(
    zh="{count} 行不在范围 {scope} 内，如 {shown}；按范围替换不能动范围以外的行",
    en="{count} rows are not within the scope {scope}, such as {shown}; a replace must not touch what lies outside",
)
_TAKEN = Text(
    zh="{count} 行现属范围 {scope} 以外，如 {shown}；按范围替换不能把它们移入",
    en="{count} rows now belong outside the scope {scope}, such as {shown}; a replace must not move them in",
)


def _refuse_rows(table: pa.Table, wanted: Schema, rows: Bools, message: Text, scope: str) -> None:
    if not rows.any():
        return
    first = table.select(list(wanted.key)).take(pa.array(np.flatnonzero(rows)[:_SHOWN])).to_pylist()
    shown = "; ".join(" ".join(str(value) for value in row.values()) for row in first)
    raise Refused(
        message.format(count=int(rows.sum()), scope=scope, shown=shown),
        mend=Text(
            zh="改正所属区域或范围，或改用 --mode upsert",
            en="correct their areas or the scope, or use --mode upsert",
        ),
        where=Where(file=wanted.register),
    )
