"""``init``, ``check``, ``backup`` and ``restore``."""

import datetime as dt
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, lang, progress, say, show, words
from guangcheng.apps.cli.options import DAY, EXISTING_FILE, FILE, FOLDER, as_of_option, city_argument
from guangcheng.base.errors import InputError, UsageError, Where
from guangcheng.base.text import Text

if TYPE_CHECKING:
    from guangcheng.programme.platform.ledger import Anchor
    from guangcheng.registers.city import City


@click.command(help=words("新建一个城市文件夹。", "Make a new city folder."))
@city_argument
@click.option("--name", required=True, help=words("城市名称", "name of the city"))
@click.option("--area-code", required=True, help=words("最上一级区域代码", "code of its topmost area"))
@click.option("--crs", help=words("以米为单位的坐标系，如 EPSG:4547", "metric CRS, e.g. EPSG:4547"))
@click.option(
    "--centre",
    metavar="LON,LAT",
    help=words("城市大致的经度,纬度，用来选坐标系", "rough longitude,latitude, to choose the CRS"),
)
@click.option("--standard", "standards", multiple=True, metavar="ID", help=words("所用标准，可多次", "may be repeated"))
@click.option("--as-of", type=DAY, help=words("评估基准日；不写为当天", "as-of date; today when left out"))
@common
def init(
    folder: Path,
    name: str,
    area_code: str,
    crs: str | None,
    centre: str | None,
    standards: tuple[str, ...],
    as_of: dt.date | None,
    as_json: bool,
) -> int:
    """Make the folder; a folder with something else in it is refused."""
    from guangcheng.registers.city import City, CityConfig
    from guangcheng.standards import library

    for standard_id in standards:
        library.load(standard_id)
    wanted = {
        "name": name,
        "area_code": area_code,
        "crs": crs or _crs_at(centre),
        "standards": standards,
        "as_of": as_of,
    }
    config = CityConfig.checked(wanted)
    City.create(folder, config)
    emit({"city": name, "folder": str(folder), "area_code": area_code, "crs": config.crs}, as_json=as_json)
    say(
        Text(
            zh=f"已建好 {folder}（{config.crs}）。下一步：guangcheng template areas，"
            f"填好后 guangcheng import {folder} areas 文件",
            en=f"made {folder} ({config.crs}). Next: guangcheng template areas, fill it in, "
            f"guangcheng import {folder} areas FILE",
        )
    )
    return EXIT_DONE


def _crs_at(centre: str | None) -> str:
    from guangcheng.base.places import default_metric_crs

    try:
        lon, lat = (float(part) for part in (centre or "").replace("，", ",").split(","))
    except ValueError:
        raise UsageError(
            Text(zh="没有给出坐标系", en="no coordinate system was given"),
            mend=Text(
                zh="给 --centre 经度,纬度（如 113.05,23.7）或 --crs EPSG:4547",
                en="give --centre LON,LAT (such as 113.05,23.7) or --crs EPSG:4547",
            ),
        ) from None
    return default_metric_crs(lon, lat)


@click.command(
    help=words(
        "检查城市文件夹：快照是否完好，台账是否守规则、互相对得上，代码名单有没有怪处。",
        "Check a city folder: are the snapshots sound, do the registers keep the rules and agree with each other.",
    )
)
@city_argument
@as_of_option
@click.option(
    "--anchor",
    "anchors",
    type=EXISTING_FILE,
    help=words(
        "抄有凭证上“序号-哈希”的文本文件，逐行与操作记录对照",
        "a text file of sequence-hash lines from receipts, compared with the ledger",
    ),
)
@common
def check(folder: Path, as_of: dt.date | None, anchors: Path | None, as_json: bool) -> int:
    """Verify every snapshot and the ledger, run the numbered rules over the registers; exit 1 on damage or an error."""
    from guangcheng.apps import bootstrap
    from guangcheng.registers.city import City

    city = City.open(folder)
    damaged = city.registers.verify_all()
    broken = {damage.path.parent.name for damage in damaged}
    findings = [_finding("snapshot", "error", str(damage.path), damage.error.message) for damage in damaged]
    ledger, broken_at = _ledger(city, anchors)
    findings += broken_at
    registers = _registers(city, broken)
    if not broken:
        findings += _audited(city, bootstrap.as_of_day(city, as_of))
    ok = not any(finding["severity"] == "error" for finding in findings)
    told = {"city": city.config.name, "ok": ok, "registers": registers, "findings": findings}
    emit(told | ({"ledger": ledger} if ledger else {}), as_json=as_json)
    if not as_json:
        from guangcheng.apps.cli import screens

        show(screens.check(city.config.name, registers, findings, lang()))
    return EXIT_DONE if ok else EXIT_NO


def _ledger(city: "City", anchors: Path | None) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Where the ledger ends and its first break; nothing for a city whose programme was never started."""
    from guangcheng.apps.web import start

    if not start.has_ledger(city.folder):
        if anchors is None:
            return None, []
        raise UsageError(
            Text(zh="这个城市还没有操作记录，无从对照", en="this city has no ledger to compare with"),
            mend=Text(zh="去掉 --anchor，或给出有记录的城市文件夹", en="leave --anchor out, or name the right folder"),
        )
    start.programme_of(city.folder)
    from guangcheng.programme.platform import ledger

    broken = ledger.verify(_anchors(anchors))
    end = ledger.head()
    found = [] if broken is None else [_finding("ledger", "error", f"ledger › {broken.seq}", broken.why)]
    return {"seq": end.seq, "hash": end.hash, "first_bad": None if broken is None else broken.seq}, found


def _anchors(path: Path | None) -> "list[Anchor]":
    """The sequence-hash pairs in the file at ``path``, one a line, blank lines aside; none without a file."""
    from guangcheng.programme.platform.ledger import Anchor

    found = []
    for row, raw in enumerate(path.read_bytes().splitlines() if path else [], start=1):
        line = raw.decode("utf-8-sig", "replace").strip().lower()
        if not line:
            continue
        match = re.fullmatch(r"(\d{1,18})\s*[-,，\t ]\s*([0-9a-f]{64})", line)
        if match is None:
            raise InputError(
                Text(zh="这一行不是“序号-哈希”", en="this line is no sequence-hash pair"),
                mend=Text(
                    zh="照凭证抄：序号、减号、64 位十六进制，存为 UTF-8 文本",
                    en="as on the receipt: number, hyphen, 64 hexadecimal digits, in a text file (UTF-8)",
                ),
                where=Where(file=str(path), row=row),
            )
        found.append(Anchor(int(match[1]), match[2]))
    return found


def _registers(city: "City", broken: set[str]) -> list[dict[str, Any]]:
    from guangcheng.registers.schema import schemas

    found = []
    for register in schemas():
        if register in broken:
            found.append(_register(register, None, 0, 0))
        elif history := city.registers.history(register):
            found.append(_register(register, history[-1].ref, len(history), history[-1].rows))
    return found


def _audited(city: "City", day: dt.date) -> list[dict[str, Any]]:
    """The rules over every register, then the oddities of the list of areas."""
    from guangcheng.registers.audit import audit
    from guangcheng.registers.codelists import oddities

    view = city.view(day)
    findings = [
        _finding(fault.rule, fault.severity.value, fault.where.in_(lang()), fault.why)
        for one in audit(view, top=city.config.area_code, progress=progress())
        for fault in one.faults
    ]
    odd = oddities(view.table("areas"))
    return findings + [_finding(item.rule, "note", item.code, item.message) for item in odd]


def _finding(rule: str, severity: str, where: str, message: Text) -> dict[str, Any]:
    return {
        "rule": rule,
        "severity": severity,
        "where": where,
        "message": {"zh": message.zh, "en": message.en},
    }


def _register(register: str, ref: Any, snapshots: int, rows: int) -> dict[str, Any]:
    return {
        "register": register,
        "snapshots": snapshots,
        "rows": rows,
        "as_of": None if ref is None else ref.as_of.isoformat(),
        "hash": None if ref is None else ref.hash,
        "sound": ref is not None,
    }


@click.command(help=words("把城市文件夹备份成一个文件。", "Back up a city folder into one file."))
@city_argument
@click.argument("file", type=FILE)
@common
def backup(folder: Path, file: Path, as_json: bool) -> int:
    """Write the archive whole or not at all."""
    from guangcheng.registers.backup import backup as write_backup

    count = len(write_backup(folder, file, progress=progress()).files)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    emit({"folder": str(folder), "file": str(file), "files": count, "sha256": digest}, as_json=as_json)
    say(
        Text(
            zh=f"已备份 {count} 个文件到 {file}\nSHA-256 {digest}",
            en=f"backed up {count} files to {file}\nSHA-256 {digest}",
        )
    )
    return EXIT_DONE


@click.command(help=words("从备份恢复到一个新文件夹。", "Restore a backup into a new folder."))
@click.argument("file", type=EXISTING_FILE)
@click.argument("folder", metavar="DIR", type=FOLDER)
@common
def restore(file: Path, folder: Path, as_json: bool) -> int:
    """Verify everything, then let the folder appear."""
    from guangcheng.registers.backup import restore as read_backup

    view = read_backup(file, folder, progress=progress()).view(dt.date.max)
    snapshots = {name: {"as_of": ref.as_of.isoformat(), "hash": ref.hash} for name, ref in view.refs.items()}
    emit({"folder": str(folder), "file": str(file), "snapshots": snapshots}, as_json=as_json)
    say(Text(zh=f"已恢复到 {folder}，哈希全部相符", en=f"restored to {folder}; every hash agrees"))
    return EXIT_DONE
