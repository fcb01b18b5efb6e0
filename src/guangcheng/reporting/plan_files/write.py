"""Write a plan's run folder: whole or not at all, and the same plan always the same bytes."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from guangcheng.base.errors import Refused, Where
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.text import Lang, Text
from guangcheng.reporting.plan_files.books import WORKING_FILE, boq_book, splice_book
from guangcheng.reporting.plan_files.contract import FORMAT, table_names
from guangcheng.reporting.plan_files.features import feature_files
from guangcheng.reporting.plan_files.geopackage import write_geopackage
from guangcheng.reporting.plan_files.tables import PlanHead, PlanTables
from guangcheng.store.files import PART_PREFIX, file_sha256, sync_folder, write_whole, write_whole_bytes

__all__ = ["PLAN", "TABLES", "plan_hash", "write_plan"]

PLAN, TABLES = "plan.json", "plan.gpkg"


def write_plan(
    folder: Path,
    plan: PlanTables,
    *,
    lang: Lang = "zh",
    more: Callable[[Path], None] | None = None,
    progress: Progress = SILENT,
) -> tuple[str, ...]:
    """Write ``folder`` with every file of the contract and name them; an earlier plan there is replaced.

    All is written into a folder beside it that takes the name at the end, so that an interruption leaves the earlier
    plan or none, never half of one. ``more`` may add files (a report) before they are hashed. ``Refused`` where
    ``folder`` holds something that is no plan.
    """
    _check_ours(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=PART_PREFIX, dir=folder.parent))
    try:
        names = _fill(part, plan, lang, more, progress)
        sync_folder(part)
        part.chmod(0o755)
        _take_name(part, folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    sync_folder(folder.parent)
    return names


def plan_hash(plan: PlanTables) -> str:
    """SHA-256 over the head and every column of every table, whatever file they are written to."""
    seal = hashlib.sha256(_dump(_head(plan.head)))
    for name in table_names():
        table = plan[name].combine_chunks()
        seal.update(f"{name} {table.num_rows}\n".encode())
        for column in table.schema:
            seal.update(column.name.encode())
            _update(seal.update, table[column.name])
    return seal.hexdigest()


def _update(update: Callable[[bytes], None], column: pa.ChunkedArray) -> None:
    missing = column.is_null().to_numpy()
    update(np.packbits(missing).tobytes())
    if pa.types.is_string(column.type) or pa.types.is_binary(column.type):
        values = [value if isinstance(value, bytes) else value.encode() for value in column.drop_null().to_pylist()]
        update(np.array([len(value) for value in values], dtype="<i8").tobytes())
        update(b"".join(values))
        return
    kind = "<f8" if pa.types.is_floating(column.type) else "<i8"
    update(column.drop_null().to_numpy(zero_copy_only=False).astype(kind).tobytes())


def _check_ours(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()) and not (folder / PLAN).is_file():
        raise Refused(
            Text(zh="这个文件夹里有别的东西，不是规划", en="this folder holds other things and no plan"),
            mend=Text(zh="换一个空的或不存在的文件夹", en="name a folder that is empty or not there yet"),
            where=Where(file=str(folder)),
        )


def _take_name(part: Path, folder: Path) -> None:
    """Give ``part`` the name of ``folder``; what was there before is kept aside until it has."""
    if not folder.exists():
        part.replace(folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=PART_PREFIX, dir=folder.parent)) / "earlier"
    folder.replace(aside)
    try:
        part.replace(folder)
    except BaseException:
        aside.replace(folder)
        raise
    finally:
        shutil.rmtree(aside.parent, ignore_errors=True)


def _fill(
    part: Path, plan: PlanTables, lang: Lang, more: Callable[[Path], None] | None, progress: Progress
) -> tuple[str, ...]:
    digest = plan_hash(plan)
    progress.start("write", 5)
    write_whole(part / TABLES, lambda path: _database(path, plan))
    progress.advance()
    for name, content in feature_files(plan, digest).items():
        write_whole_bytes(part / name, content)
    progress.advance()
    write_whole_bytes(part / "boq.xlsx", boq_book(plan, lang=lang))
    progress.advance()
    write_whole_bytes(part / "splices.xlsx", splice_book(plan, lang=lang))
    progress.advance()
    if more is not None:
        more(part)
    files = {path.name: file_sha256(path) for path in sorted(part.iterdir())}
    counts = {name: plan[name].num_rows for name in table_names()}
    head = {"format": FORMAT, "plan": digest, **_head(plan.head), "rows": counts, "files": files}
    write_whole_bytes(part / PLAN, json.dumps(head, ensure_ascii=False, indent=1).encode() + b"\n")
    progress.finish()
    return (PLAN, *files)


def _database(path: Path, plan: PlanTables) -> None:
    path.unlink()  # SQLite makes its own file
    write_geopackage(path, plan)


def _head(head: PlanHead) -> dict[str, Any]:
    def said(text: Text) -> dict[str, str]:
        return {"zh": text.zh, "en": text.en}

    return {
        "for": said(WORKING_FILE),
        "city": head.city,
        "area": head.area,
        "as_of": head.as_of.isoformat(),
        "crs": head.crs,
        "inputs": dict(sorted(head.inputs.items())),
        "parameters": dict(sorted(head.parameters.items())),
        "prices": {
            "id": head.prices.id,
            "currency": head.prices.currency,
            "year": head.prices.year,
            "example": head.prices.example,
            "note": said(head.prices.note),
        },
        "objective": head.objective,
        "seed": head.seed,
        "effort": head.effort,
        "cost": head.cost,
        "lower_bound": head.lower_bound,
        "gap": head.gap,
        "trench": {"cost": head.trench_cost, "lower_bound": head.trench_lower_bound},
        "phase_budgets": list(head.phase_budgets),
        "assumptions": [said(text) for text in head.assumptions],
    }


def _dump(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
