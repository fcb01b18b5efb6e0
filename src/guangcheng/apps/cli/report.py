"""``report evaluation``, ``report grid``."""

import datetime as dt
from pathlib import Path

import click

from guangcheng.apps.cli.door import EXIT_DONE, common, emit, lang, progress, say, words
from guangcheng.apps.cli.options import FILE, FOLDER, area_option, as_of_option, city_argument, standard_option
from guangcheng.base.errors import UsageError, Where
from guangcheng.base.text import Text


@click.group(help=words("生成可以交出去的文件。", "Write what is handed over."))
def report() -> None:
    """Hold the kinds of report together."""


@report.command(help=words("评估报告（DOCX）和台账（XLSX）。", "The evaluation report (DOCX) and ledger (XLSX)."))
@city_argument
@standard_option
@area_option
@as_of_option
@click.option(
    "-o", "--out", "out", type=FOLDER, help=words("写到哪个文件夹；默认 DIR/reports", "where to; default DIR/reports")
)
@common
def evaluation(
    folder: Path,
    standard_id: str,
    area: str | None,
    as_of: dt.date | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Evaluate and write both files; earlier ones of the same standard and day are replaced."""
    from guangcheng.apps import bootstrap
    from guangcheng.apps.handover import hand_over, look
    from guangcheng.registers.city import City

    bar = progress()
    looked = look(City.open(folder), standard_id, as_of=as_of, area=area, progress=bar)
    files = hand_over(looked, out or folder / "reports", generated_on=bootstrap.today(), lang=lang(), progress=bar)
    emit(
        {
            "standard": looked.standard.id,
            "as_of": looked.evaluation.as_of.isoformat(),
            "files": [str(path) for path in files],
        },
        as_json=as_json,
    )
    for path in files:
        say(Text(zh=f"已写出 {path}", en=f"wrote {path}"))
    return EXIT_DONE


@report.command(
    help=words(
        "公众地图：按 H3 六边形统计光网接入能力，少于 3 个驻地的格子不写出。",
        "For the public map: reach counted in H3 hexagons; cells of fewer than 3 premises are left out.",
    )
)
@city_argument
@standard_option
@area_option
@as_of_option
@click.option(
    "--resolution",
    type=click.IntRange(0, 15),
    default=8,
    show_default=True,
    help=words("H3 级别；8 级一格约 0.7 平方千米", "H3 resolution; a cell of 8 is about 0.7 km²"),
)
@click.option(
    "-o",
    "--out",
    "out",
    type=FILE,
    required=True,
    help=words("写到哪个文件：.geojson 或 .csv", "the file to write: .geojson or .csv"),
)
@common
def grid(
    folder: Path,
    standard_id: str,
    area: str | None,
    as_of: dt.date | None,
    resolution: int,
    out: Path,
    as_json: bool,
) -> int:
    """Write one file; an earlier one of that name is replaced."""
    from guangcheng.apps.handover import surveying
    from guangcheng.registers.city import City
    from guangcheng.reporting.cells import cells_of_survey, comma_separated, geojson
    from guangcheng.store.files import write_whole_bytes

    writers = {".geojson": geojson, ".csv": comma_separated}
    writer = writers.get(out.suffix.lower())
    if writer is None:
        raise UsageError(
            Text(zh=f"不会写“{out.suffix}”文件", en=f"cannot write a “{out.suffix}” file"),
            mend=Text(zh="文件名以 .geojson 或 .csv 结尾", en="let the name end in .geojson or .csv"),
            where=Where(file=str(out)),
        )
    city = City.open(folder)
    with surveying(city, standard_id, as_of=as_of, area=area, progress=progress()) as survey:
        cells = cells_of_survey(survey, resolution=resolution)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_whole_bytes(out, writer(cells))
    shown = int(cells.premises.sum())
    emit(
        {
            "standard": survey.standard.id,
            "as_of": survey.as_of.isoformat(),
            "resolution": resolution,
            "file": str(out),
            "cells": len(cells),
            "premises": shown,
            "left_out": {"cells": cells.left_out_cells, "premises": cells.left_out_premises},
            "without_point": cells.without_point,
        },
        as_json=as_json,
    )
    say(
        Text(
            zh=f"已写出 {out}：{len(cells)} 格，{shown} 个驻地；"
            f"另有 {cells.left_out_cells} 格不足 3 个驻地，没有写出（{cells.left_out_premises} 个驻地）；"
            f"{cells.without_point} 个驻地没有坐标",
            en=f"wrote {out}: {len(cells)} cells, {shown} premises; "
            f"{cells.left_out_cells} cells of fewer than 3 premises are left out ({cells.left_out_premises} premises); "
            f"{cells.without_point} premises have no point",
        )
    )
    return EXIT_DONE
