"""Files into a register: read, judge, show what would change, keep what was refused, commit one snapshot.

The order matters: the quarantine file is written before the snapshot, so a kill between the two loses nothing; the
snapshot itself appears whole or not at all.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from guangcheng.base.errors import InputError, NotFound, Refused, UsageError, Where
from guangcheng.base.places import Datum, DatumGuess, detect_datum
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.provenance import SnapshotRef
from guangcheng.base.text import Text
from guangcheng.registers.city import City
from guangcheng.registers.difference import areas_beneath
from guangcheng.registers.faults import Fault, Severity
from guangcheng.registers.intake import Intake, IntakeContext, take_all
from guangcheng.registers.intake.quarantine import write_quarantine
from guangcheng.registers.mapfile import NO_MAP, MapFile, Sources, read_decisions, read_map
from guangcheng.registers.mapping import QUARANTINE_HEADERS, known_headers
from guangcheng.registers.osm import is_osm, osm_rows
from guangcheng.registers.placing import AreaShapes, read_shapes
from guangcheng.registers.quality import Within
from guangcheng.registers.quality_rules import references
from guangcheng.registers.raw import RawTable
from guangcheng.registers.schema import Schema, schema
from guangcheng.registers.snapshots import Difference, Mode, Source
from guangcheng.store.files import write_whole_bytes

__all__ = ["REMOVAL_PERCENT", "ImportOptions", "ImportReport", "import_files", "import_tables", "refused_error"]

REMOVAL_PERCENT = 10
"""Removing more than this share of a register's rows must be agreed to."""

Status = Literal["imported", "partial", "unchanged", "refused"]
_DATUM_SAMPLE = 3000
_NAMED = 5
_REPLACED = Text(
    zh="有 {rows} 行被退回；它们若原来在台账里，这次替换会把旧的也去掉，请改好后再导入",
    en="{rows} rows were refused; if the register had them, this replacement drops the old ones: mend and import them",
)
_EMPTIED = Text(
    zh="整行按新的写入，这些原来有值、这次为空：{zh}；要保留，请在文件里补上这些列或单元格",
    en="rows are taken whole; these values were given before and are empty now: {en}; to keep them, add them to the "
    "file",
)
_REMEMBERED = Text(
    zh="沿用以前为这种表头确定的字段对应；要改就再给 --map 文件",
    en="the columns were read as settled before for these headers; give a --map file to change that",
)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import; ``as_of`` is the day the rows describe, by default the city's own."""

    as_of: date | None = None
    mode: Mode = "upsert"
    scope: str | None = None
    """Area a ``replace`` is held to."""
    datum: Datum | None = None
    area: str | None = None
    """Area of the rows that name none."""
    shapes_file: Path | None = None
    """Polygons of areas: rows that name none belong to the one their point lies in."""
    encoding: str | None = None
    sheet: str | None = None
    map_file: Path | None = None
    decisions_file: Path | None = None
    strict: bool = False
    """Refuse everything if any row is refused."""
    dry_run: bool = False
    """Only say what would change."""
    within: str | None = None
    """Only rows of this area and beneath may be touched; others are refused (R-184)."""
    yes: bool = False
    """Agrees to removing more than :data:`REMOVAL_PERCENT` of the rows."""


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or with ``dry_run`` would do.

    ``status``: ``imported`` all rows are in; ``partial`` some were refused or a check could not run; ``unchanged`` the
    register said so already; ``refused`` nothing was taken (strict, or no row was good).
    """

    register: str
    as_of: date
    options: ImportOptions
    files: tuple[str, ...]
    status: Status
    accepted: int
    """Rows good enough to keep."""
    refused: int
    """Rows of the files that were refused."""
    doubles: int
    """Rows left out as exact doubles."""
    before: int
    added: int
    changed: int
    removed: int
    unchanged: int
    snapshot: SnapshotRef | None
    """The register's state afterwards; ``None`` if nothing was (or would be) written."""
    new: bool
    """Whether that snapshot is a new one."""
    faults: tuple[Fault, ...]
    quarantine: Path | None
    """Refused rows to mend and import again (XLSX; CSV beside it)."""
    quality: Path | None
    """The quality report (JSON)."""
    notes: tuple[Text, ...]
    unmatched: tuple[str, ...]
    not_run: tuple[str, ...]
    datum: DatumGuess | None
    """A suggestion where the file declares no datum and the city has streets to compare with."""

    @property
    def clean(self) -> bool:
        """Whether every row was taken and every check ran."""
        return self.status in ("imported", "unchanged") and not self.refused and not self.not_run

    def by_rule(self) -> dict[str, int]:
        """How often each rule was broken, by its number."""
        counts: dict[str, int] = {}
        for fault in self.faults:
            counts[fault.rule] = counts.get(fault.rule, 0) + 1
        return dict(sorted(counts.items()))


def import_files(
    city: City,
    register: str,
    paths: Sequence[Path],
    options: ImportOptions | None = None,
    progress: Progress = SILENT,
) -> ImportReport:
    """Import files into ``register`` as one new snapshot.

    Good rows are kept, refused rows go to a quarantine file; nothing is written for a dry run, for ``strict`` with a
    refused row, or when no row is good. Raises ``InputError`` for a file that cannot be used as a whole and
    ``Refused`` when more than 10 % of the rows would be removed without ``yes``. An OpenStreetMap extract
    (``.osm.pbf``) gives premises or streets.
    """
    chosen = options or ImportOptions()
    wanted = schema(register)
    progress.start(register, len(paths))
    raws: list[RawTable] = []
    for path in paths:
        raws += _read(path, wanted, chosen, city.config.crs)
        progress.advance()
    progress.finish()
    sources = tuple(Source(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths)
    return import_tables(city, register, raws, sources, chosen)


def _read(path: Path, wanted: Schema, options: ImportOptions, crs: str) -> list[RawTable]:
    if is_osm(path):
        return [osm_rows(path, wanted.register, crs=crs)]
    from guangcheng.registers.readers import read

    return read(path, encoding=options.encoding, sheet=options.sheet, known_headers=known_headers(wanted))


def import_tables(
    city: City, register: str, raws: Sequence[RawTable], sources: Sequence[Source], options: ImportOptions
) -> ImportReport:
    """Import tables already read (see :func:`import_files`); ``sources`` are the files they come from."""
    wanted, as_of = schema(register), city.as_of(options.as_of)
    memory = Sources(city.registers.folder / "_sources")
    maps = _maps(wanted, raws, options, memory)
    decisions = read_decisions(options.decisions_file) if options.decisions_file is not None else {}
    context = _context(city, wanted, as_of, options, memory.decisions() | decisions)
    taken = take_all(raws, wanted, context, maps=maps)
    remembered = options.map_file is None and any(maps)
    job = _Job(city, wanted, as_of, options, tuple(sources), raws, taken, remembered, context.shapes)
    if _nothing_to_take(taken, options):
        return job.report("refused", None)
    difference = city.registers.difference(register, taken.table, as_of=as_of, mode=options.mode, scope=options.scope)
    if options.dry_run:
        return job.report(job.status(difference), difference)
    _agree_to_removals(difference, options, register)
    quarantine = job.write_quarantine()
    commit = city.registers.commit(register, difference.result, as_of=as_of, sources=sources, difference=difference)
    if options.map_file is not None:
        for raw, settled in zip(raws, maps, strict=True):
            memory.remember(wanted, _headers(raw), settled)
    if decisions:
        memory.remember_decisions(decisions)
    report = job.report(job.status(difference), difference, commit.ref, new=commit.new, quarantine=quarantine)
    return job.with_quality(report)


@dataclass(frozen=True)
class _Job:
    """One import, from taken rows to its report."""

    city: City
    schema: Schema
    as_of: date
    options: ImportOptions
    sources: tuple[Source, ...]
    raws: Sequence[RawTable]
    taken: Intake
    remembered: bool
    """Whether a map settled at an earlier import was used."""
    shapes: AreaShapes | None

    @property
    def mark(self) -> str:
        """A short name for these sources, the same for the same files."""
        return hashlib.sha256("\n".join(source.sha256 for source in self.sources).encode()).hexdigest()[:8]

    def notes(self, difference: Difference | None) -> Iterator[Text]:
        """Remarks of the readers and of this import."""
        yield from _notes(self.raws)
        if difference is not None:
            yield from _emptied(self.schema, difference)
        yield from _unused(self.shapes)
        if self.remembered:
            yield _REMEMBERED
        if self.options.mode == "replace" and self.taken.refused:
            yield _REPLACED.format(rows=len(self.taken.refused))

    def status(self, difference: Difference) -> Status:
        if self.taken.refused or self.taken.not_run:
            return "partial"
        return "imported" if difference.added + difference.changed + difference.removed else "unchanged"

    def write_quarantine(self) -> Path | None:
        if not self.taken.refused:
            return None
        folder = self.city.registers.folder / self.schema.register / "quarantine"
        path = folder / f"{self.as_of.isoformat()}-{self.mark}.xlsx"
        write_quarantine(path, self.taken.refused, self.taken.identity)
        return path

    def report(
        self,
        status: Status,
        difference: Difference | None,
        ref: SnapshotRef | None = None,
        *,
        new: bool = False,
        quarantine: Path | None = None,
    ) -> ImportReport:
        if status == "refused" and not self.options.dry_run and not self.options.strict:
            quarantine = self.write_quarantine()
        before = self.city.registers.latest(self.schema.register, self.as_of) if difference is None else None
        kept = self.city.registers.read(before, [self.schema.key[0]]).num_rows if before is not None else 0
        return ImportReport(
            register=self.schema.register,
            as_of=self.as_of,
            options=self.options,
            files=tuple(source.file for source in self.sources),
            status=status,
            accepted=self.taken.table.num_rows,
            refused=len(self.taken.refused),
            doubles=self.taken.doubles,
            before=kept if difference is None else difference.before,
            added=0 if difference is None else difference.added,
            changed=0 if difference is None else difference.changed,
            removed=0 if difference is None else difference.removed,
            unchanged=kept if difference is None else difference.unchanged,
            snapshot=ref,
            new=new,
            faults=self.taken.faults,
            quarantine=quarantine,
            quality=None,
            notes=tuple(self.notes(difference)),
            unmatched=self.taken.unmatched,
            not_run=self.taken.not_run,
            datum=_suggest_datum(self.city, self.schema, self.as_of, self.taken),
        )

    def with_quality(self, report: ImportReport) -> ImportReport:
        """Write the quality report and say where it is."""
        assert report.snapshot is not None  # noqa: S101 - called after a commit
        folder = self.city.registers.folder / self.schema.register / "quality"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{report.as_of.isoformat()}-{report.snapshot.hash[:16]}-{self.mark}.json"
        text = json.dumps(_quality_content(report, self.sources), ensure_ascii=False, indent=1) + "\n"
        write_whole_bytes(path, text.encode())
        return replace(report, quality=path)


def _emptied(wanted: Schema, difference: Difference) -> Iterator[Text]:
    """Say which values an update leaves empty: a file with fewer columns would lose them without a word."""
    lost = [(item.title, difference.emptied[item.name]) for item in wanted.fields if item.name in difference.emptied]
    if lost:
        yield _EMPTIED.format(
            zh="、".join(f"{title.zh}（{rows} 行）" for title, rows in lost),
            en=", ".join(f"{title.en} ({rows} rows)" for title, rows in lost),
        )


def _nothing_to_take(taken: Intake, options: ImportOptions) -> bool:
    """Strict with a fault that refuses, or rows given but none good."""
    if options.strict and (taken.refused or taken.not_run):
        return True
    return taken.table.num_rows == 0 and bool(taken.refused)


def _headers(raw: RawTable) -> list[str]:
    """The headers that tell a source; what a quarantine file adds does not count."""
    return [column.header for column in raw.columns if column.header not in QUARANTINE_HEADERS]


def _maps(wanted: Schema, raws: Sequence[RawTable], options: ImportOptions, memory: Sources) -> list[MapFile]:
    if options.map_file is not None:
        return [read_map(options.map_file, wanted)] * len(raws)
    return [memory.recall(wanted, _headers(raw)) or NO_MAP for raw in raws]


def _context(
    city: City, wanted: Schema, as_of: date, options: ImportOptions, decisions: dict[str, str]
) -> IntakeContext:
    """What the city knew on ``as_of`` that rows of ``wanted`` may refer to."""
    view = city.view(as_of)
    needed: dict[str, list[str]] = {"areas": ["code", "name", "level", "parent", "aliases", "code_list", "x", "y"]}
    for register in references(wanted):
        needed[register] = [schema(register).key[0]]
    if wanted.geometry == "point" or "premises" in needed:
        needed["premises"] = ["premises_id", "area_code", "x", "y"]
    if options.within is not None and "area_code" in wanted.arrow.names:
        own = needed.setdefault(wanted.register, [])
        needed[wanted.register] = list(dict.fromkeys([*own, *wanted.key, "area_code"]))
    tables = {name: view.table(name, columns) for name, columns in needed.items() if view.has(name)}
    areas = tables.get("areas", schema("areas").empty())
    return IntakeContext(
        crs=city.config.crs,
        as_of=as_of,
        registers=tables,
        top=city.config.area_code,
        datum=options.datum,
        decisions=decisions,
        area=_known_area(options, areas),
        shapes=_shapes(city, wanted, options, areas),
        replaces=options.mode == "replace",
        within=_within(wanted, options, areas),
    )


def _within(wanted: Schema, options: ImportOptions, areas: pa.Table) -> Within | None:
    """The area given and all beneath; ``Refused`` for a register whose rows belong to no area."""
    if options.within is None:
        return None
    if "area_code" not in wanted.arrow.names:
        raise Refused(
            Text(
                zh=f"“{wanted.title.zh}”的行不分区域，只能由全市的填报人导入",
                en=f"rows of {wanted.register} belong to no area: only a reporter for the whole city imports them",
            ),
            mend=Text(zh="请全市的填报人导入", en="let somebody who reports for the whole city do it"),
            where=Where(file=wanted.register),
        )
    return Within(options.within, frozenset(areas_beneath(options.within, [areas])))


def _known_area(options: ImportOptions, areas: pa.Table) -> str | None:
    """The area given with the import; ``NotFound`` if the city has none such."""
    if options.area is not None and options.shapes_file is not None:
        raise UsageError(
            Text(zh="区域和区域面只能给一样", en="an area and polygons of areas were both given"),
            mend=Text(zh="--area 和 --shapes 只用一个", en="use --area or --shapes, not both"),
        )
    if options.area is not None and options.area not in areas["code"].to_pylist():
        raise NotFound(
            Text(zh=f"区域台账里没有“{options.area}”", en=f"there is no area {options.area} in the register"),
            mend=Text(zh="先导入区域台账，或改正代码", en="import the areas first, or correct the code"),
            where=Where(field="--area"),
        )
    return options.area


def _shapes(city: City, wanted: Schema, options: ImportOptions, areas: pa.Table) -> AreaShapes | None:
    if options.shapes_file is None:
        return None
    if wanted.geometry != "point" or wanted.register == "areas":
        raise UsageError(
            Text(zh=f"“{wanted.title.zh}”不能按面确定区域", en=f"rows of {wanted.register} are not placed by polygons"),
            mend=Text(zh="不要给 --shapes", en="leave --shapes out"),
            where=Where(field="--shapes"),
        )
    return read_shapes(options.shapes_file, areas, crs=city.config.crs)


def _agree_to_removals(difference: Difference, options: ImportOptions, register: str) -> None:
    if options.yes or not difference.removes_more_than(REMOVAL_PERCENT):
        return
    raise Refused(
        Text(
            zh=f"这次导入会删去 {difference.before} 行中的 {difference.removed} 行，超过 {REMOVAL_PERCENT}%",
            en=f"this import would remove {difference.removed} of {difference.before} rows, over {REMOVAL_PERCENT} %",
        ),
        mend=Text(
            zh="先用 --dry-run 查看；确实要删就加 --yes，只改一部分就用 --mode upsert 或 --scope",
            en="look with --dry-run first; add --yes if it is meant, or use --mode upsert or --scope",
        ),
        where=Where(file=register),
    )


def _notes(raws: Iterable[RawTable]) -> list[Text]:
    """Remarks of the readers, which write both languages with a slash between."""
    found = []
    for raw in raws:
        for remark in raw.notes:
            zh, _, en = remark.partition(" / ")
            found.append(Text(zh=zh, en=en or zh))
    return found


def _unused(shapes: AreaShapes | None) -> list[Text]:
    """Polygons of areas the register does not know."""
    if shapes is None or not shapes.unknown:
        return []
    names, count = "、".join(shapes.unknown[:_NAMED]), len(shapes.unknown)
    return [
        Text(
            zh=f"{shapes.file} 里有 {count} 个面不是区域台账里的区域，未使用：{names}",
            en=f"{count} polygons of {shapes.file} are of no area in the register and were not used: {names}",
        )
    ]


def _suggest_datum(city: City, wanted: Schema, as_of: date, taken: Intake) -> DatumGuess | None:
    """Compare points whose datum nobody declared with the city's streets."""
    if wanted.geometry != "point" or not any(fault.rule == "R-162" for fault in taken.faults):
        return None
    view = city.view(as_of)
    if not view.has("streets"):
        return None
    import shapely

    streets = shapely.from_wkb(view.table("streets", ["geometry"])["geometry"].to_pylist())
    points: pa.Table = taken.table.select(["lon", "lat"]).drop_null().slice(0, _DATUM_SAMPLE)
    return detect_datum(points["lon"].to_numpy(), points["lat"].to_numpy(), streets, crs=city.config.crs)


def _quality_content(report: ImportReport, sources: Sequence[Source]) -> dict[str, Any]:
    counts = {severity.value: 0 for severity in Severity}
    for fault in report.faults:
        counts[fault.severity.value] += 1
    return {
        "register": report.register,
        "as_of": report.as_of.isoformat(),
        "snapshot": None if report.snapshot is None else report.snapshot.hash,
        "sources": [{"file": source.file, "sha256": source.sha256} for source in sources],
        "accepted": report.accepted,
        "refused": report.refused,
        "doubles": report.doubles,
        "faults_by_severity": counts,
        "faults_by_rule": report.by_rule(),
        "not_run": list(report.not_run),
        "unmatched_headers": list(report.unmatched),
        "quarantine": None if report.quarantine is None else report.quarantine.name,
        "faults": [_fault_content(fault) for fault in report.faults],
    }


def _fault_content(fault: Fault) -> dict[str, Any]:
    where = fault.where
    return {
        "rule": fault.rule,
        "severity": fault.severity.value,
        "file": None if where.file is None else Path(where.file).name,
        "sheet": where.sheet,
        "row": where.row,
        "column": where.column,
        "field": where.field,
        "value": fault.value,
        "why": {"zh": fault.why.zh, "en": fault.why.en},
        "mend": {"zh": fault.mend.zh, "en": fault.mend.en},
    }


def refused_error(report: ImportReport) -> InputError:
    """The error for a door to show when an import took nothing (``status`` is ``refused``)."""
    return InputError(
        Text(
            zh=f"{report.refused} 行有错误，没有导入任何内容",
            en=f"{report.refused} rows have faults; nothing was imported",
        ),
        mend=Text(zh="按列出的办法改正后重新导入", en="mend them as listed and import again"),
        where=Where(file="、".join(report.files)),
    )
