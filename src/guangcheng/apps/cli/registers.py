"""``template`` and ``import``."""

import datetime as dt
from pathlib import Path

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_INPUT, EXIT_NO, common, emit, lang, progress, say, show, words
from guangcheng.apps.cli.options import DAY, EXISTING_FILE, FILE, city_argument
from guangcheng.base.text import Text


@click.command(help=words("写出一个台账的导入模板：填好就能导入。", "Write a register's import template."))
@click.argument("register")
@click.option("-o", "--out", type=FILE, help=words("文件名；默认 REGISTER.xlsx", "file; default REGISTER.xlsx"))
@common
def template(register: str, out: Path | None, as_json: bool) -> int:
    """Write the workbook with headers, drop-downs, notes and an explaining sheet."""
    from guangcheng.registers.template import write_template

    path = out or Path(f"{register}.xlsx")
    columns = write_template(register, path)
    emit({"register": register, "file": str(path), "columns": columns}, as_json=as_json)
    say(Text(zh=f"已写出 {path}（{columns} 列）", en=f"wrote {path} ({columns} columns)"))
    return EXIT_DONE


@click.command(
    "import",
    help=words(
        "导入台账文件（CSV、XLSX、XLS、GeoJSON、GeoPackage、Shapefile、GeoParquet；驻地、道路还可用 OSM 的 .osm.pbf）。"
        "好的行成为一份新快照，拒收的行进隔离文件，改好再导。",
        "Import register files (premises and streets also from an .osm.pbf). Good rows become one new snapshot; "
        "refused rows go to a quarantine file to be mended.",
    ),
)
@city_argument
@click.argument("register")
@click.argument("files", metavar="FILE...", type=EXISTING_FILE, nargs=-1, required=True)
@click.option("--as-of", type=DAY, help=words("数据所描述的日期", "the day the rows describe"))
@click.option(
    "--mode",
    type=click.Choice(["upsert", "replace"]),
    default="upsert",
    help=words("upsert 按主键更新（默认）；replace 整体替换", "upsert by key (default) or replace"),
)
@click.option("--scope", metavar="AREA", help=words("replace 只动这个区域", "replace touches only this area"))
@click.option(
    "--datum",
    type=click.Choice(["wgs84", "cgcs2000", "gcj02", "bd09"]),
    help=words("文件坐标的坐标系", "datum of the file's coordinates"),
)
@click.option("--area", metavar="CODE", help=words("没写区域的行属于这个区域", "area of the rows that name none"))
@click.option(
    "--shapes",
    type=EXISTING_FILE,
    help=words("区域的面：没写区域的行按点所在的面确定", "polygons of areas: rows that name none go by their point"),
)
@click.option("--encoding", help=words("文字编码；默认自动判断", "text encoding; told automatically"))
@click.option("--sheet", help=words("只读这张工作表", "read only this sheet"))
@click.option("--map", "map_file", type=EXISTING_FILE, help=words("表头对照文件", "file that settles headers"))
@click.option("--decisions", type=EXISTING_FILE, help=words("名称认定文件", "file that settles names"))
@click.option("--strict", is_flag=True, help=words("有一行不合格就整份拒收", "refuse the file if any row is refused"))
@click.option("--dry-run", is_flag=True, help=words("只看会变什么，不写入", "only show what would change"))
@click.option("--yes", is_flag=True, help=words("同意删除超过一成的行", "agree to removing more than 10 %"))
@common
def import_(
    folder: Path,
    register: str,
    files: tuple[Path, ...],
    as_of: dt.date | None,
    mode: str,
    scope: str | None,
    datum: str | None,
    area: str | None,
    shapes: Path | None,
    encoding: str | None,
    sheet: str | None,
    map_file: Path | None,
    decisions: Path | None,
    strict: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Import and say what was taken, what was refused and why."""
    from guangcheng.apps import bootstrap
    from guangcheng.apps import shapes as json_shapes
    from guangcheng.apps.cli import screens
    from guangcheng.base.places import Datum
    from guangcheng.registers.city import City
    from guangcheng.registers.importing import ImportOptions, import_files

    city = City.open(folder)
    options = ImportOptions(
        as_of=bootstrap.as_of_day(city, as_of),
        mode="replace" if mode == "replace" else "upsert",
        scope=scope,
        datum=None if datum is None else Datum(datum),
        area=area,
        shapes_file=shapes,
        encoding=encoding,
        sheet=sheet,
        map_file=map_file,
        decisions_file=decisions,
        strict=strict,
        dry_run=dry_run,
        yes=yes,
    )
    report = import_files(city, register, files, options, progress())
    emit(json_shapes.import_report(report), as_json=as_json)
    if not as_json:
        show(screens.import_report(report, lang()))
        if report.datum is not None:
            show(f"\n· {report.datum.reason.in_(lang())}")
    if report.status == "refused":
        return EXIT_INPUT
    return EXIT_DONE if report.clean else EXIT_NO
