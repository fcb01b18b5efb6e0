"""``report evaluation``."""

import datetime as dt
from pathlib import Path

import click

from guangcheng.apps.cli.door import EXIT_DONE, common, emit, lang, progress, say, words
from guangcheng.apps.cli.options import FOLDER, area_option, as_of_option, city_argument, standard_option
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
