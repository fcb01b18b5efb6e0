"""Arguments and options that several commands share."""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from guangcheng.apps.cli.door import words


class Day(click.ParamType[dt.date]):
    """A day, written 2018-12-31 or 2018年12月31日."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Read the day or fail with how to write it."""
        if isinstance(value, dt.date):
            return value
        from guangcheng.base.dates import parse_day
        from guangcheng.base.errors import InputError

        try:
            day = parse_day(str(value))
        except InputError:
            day = None
        if day is None:
            said = words(f"“{value}”不是日期，请写成 2018-12-31", f"“{value}” is no date; write 2018-12-31")
            self.fail(said, param, ctx)
        return day


DAY = Day()
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
EXISTING_FILE = click.Path(path_type=Path, dir_okay=False, exists=True, readable=True)

city_argument = click.argument("folder", metavar="DIR", type=FOLDER)
as_of_option = click.option(
    "--as-of",
    type=DAY,
    help=words("评估日期；默认取 city.toml 的 as_of，再默认今天", "the day to look at; default: city.toml, then today"),
)
standard_option = click.option(
    "--standard",
    "standard_id",
    required=True,
    metavar="ID",
    help=words("标准编号，见 guangcheng standards list", "standard id, see guangcheng standards list"),
)
area_option = click.option(
    "--area", metavar="CODE", help=words("只看这个区域及其下级", "only this area and what lies beneath it")
)
result_option = click.option(
    "-o",
    "--output",
    type=FILE,
    help=words("结果另存为 JSON 文件", "also write the result to this JSON file"),
)
