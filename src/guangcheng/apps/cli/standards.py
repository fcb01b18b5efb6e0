"""``standards list|show|check``."""

from pathlib import Path

import click

from guangcheng.apps.cli.door import EXIT_DONE, common, emit, lang, say, show, words
from guangcheng.apps.cli.options import EXISTING_FILE, FOLDER

city_option = click.option(
    "--city", type=FOLDER, help=words("连同这个城市的本地标准", "with the local standards of this city")
)


@click.group(help=words("标准库。", "The library of standards."))
def standards() -> None:
    """Hold the three commands together."""


def _local(city: Path | None) -> Path | None:
    if city is None:
        return None
    from guangcheng.registers.city import City

    return City.open(city).standards_folder


@standards.command("list", help=words("列出标准。", "List the standards."))
@city_option
@common
def list_(city: Path | None, as_json: bool) -> int:
    """Print id, version, title and counts of each standard."""
    from guangcheng.apps.cli import screens
    from guangcheng.standards import library

    local = _local(city)
    found = [library.load(standard_id, local=local) for standard_id in library.ids(local)]
    emit(
        {
            "standards": [
                {
                    "id": item.id,
                    "version": item.version,
                    "title": item.title.model_dump(),
                    "document": item.document.code,
                    "region": item.document.region,
                    "levels": [level.level.value for level in item.acceptance],
                    "indicators": len(item.indicators),
                    "tasks": len(item.tasks),
                }
                for item in found
            ]
        },
        as_json=as_json,
    )
    if not as_json:
        show(screens.standards(found, lang()))
    return EXIT_DONE


@standards.command("show", help=words("查看一项标准：参数、验收、指标、任务，每个数字都有条款。", "Show one standard."))
@click.argument("standard_id", metavar="ID")
@city_option
@common
def show_(standard_id: str, city: Path | None, as_json: bool) -> int:
    """Print everything one standard demands, with document and clause."""
    from guangcheng.apps.cli import screens
    from guangcheng.standards import library

    standard = library.load(standard_id, local=_local(city))
    emit({"standard": standard.model_dump(mode="json")}, as_json=as_json)
    if not as_json:
        show(screens.standard(standard, lang()))
    return EXIT_DONE


@standards.command(
    help=words("检查标准文件，所有毛病一次列全。", "Check standard files; every fault is listed at once.")
)
@click.argument("files", metavar="FILE...", type=EXISTING_FILE, nargs=-1, required=True)
@common
def check(files: tuple[Path, ...], as_json: bool) -> int:
    """Load each file; a fault is an error with file, line and how to mend it (exit 2)."""
    from guangcheng.standards.loader import load_file

    loaded = [load_file(path) for path in files]
    emit(
        {"checked": [{"file": str(path), "id": item.id} for path, item in zip(files, loaded, strict=True)]},
        as_json=as_json,
    )
    for path, item in zip(files, loaded, strict=True):
        say(f"✓ {path}  {item.id}  {item.title.model_dump()[lang()]}")
    return EXIT_DONE
