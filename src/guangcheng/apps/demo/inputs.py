"""Register files as a clerk would send them, to practise importing on: a messy workbook and two plain tables."""

import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from guangcheng.apps.demo.made import DemoCity

STREET = "441802009"
VILLAGE = "441802009203"
WORKBOOK, POINTS, FACTS = "横荷街道驻地台账.xlsx", "access_points.csv", "自然村常住户数.csv"
README = "README.md"
_TITLE = "横荷街道驻地基础台账（合成示例）"
_KINDS = ("小区", "市场", "商务楼宇", "学校")
_PER_COMMUNITY = 4
_STEP_DEGREES = 0.0008
_HEAD = (
    ("驻地编号", None),
    ("驻地名称", None),
    ("类型", None),
    ("所在社区", None),
    ("坐标", "经度"),
    ("坐标", "纬度"),
    ("规模", "户数"),
    ("规模", "楼栋数"),
    ("备注", None),
)
Row = list[Any]


def write_inputs(folder: Path, city: DemoCity) -> None:
    """``folder``: premises of one street as XLSX, access points as UTF-8 CSV, household counts as GBK CSV."""
    areas = city.tables["areas"].select(["code", "name", "level", "parent", "lon", "lat"]).to_pylist()
    communities = [area for area in areas if area["parent"] == STREET and area["level"] == "community"]
    villages = [area for area in areas if area["parent"] == VILLAGE]
    _workbook(folder / WORKBOOK, communities)
    _table(folder / POINTS, _points(communities), encoding="utf-8")
    _table(folder / FACTS, _facts(villages), encoding="gb18030")
    (folder / README).write_text(_readme(), encoding="utf-8")


def _premises(communities: Sequence[dict[str, Any]]) -> list[list[Row]]:
    """Rows by community; the name of the community stands in the first one only, for its cells are merged."""
    return [
        [
            [
                f"HH-{place:02d}{number:02d}",
                f"{area['name'].removesuffix('社区居委会')}新报{number}号",
                _KINDS[number % len(_KINDS)],
                area["name"] if number == 0 else None,
                round(area["lon"] + _STEP_DEGREES * number, 6),
                round(area["lat"] + _STEP_DEGREES * place, 6),
                120 + 30 * number + place,
                1 + number,
                "合成示例",
            ]
            for number in range(_PER_COMMUNITY)
        ]
        for place, area in enumerate(communities)
    ]


def _spoiled(groups: list[list[Row]]) -> list[list[Row]]:
    """One fault each: longitude and latitude swapped, households below zero, an unknown kind, no id."""
    first, second, third, fourth = groups[0][1], groups[1][2], groups[2][3], groups[3][1]
    first[4], first[5] = first[5], first[4]
    second[6] = -5
    third[2] = "凉亭"
    fourth[0] = None
    return groups


def _workbook(path: Path, communities: Sequence[dict[str, Any]]) -> None:
    import xlsxwriter

    groups = _spoiled(_premises(communities))
    with xlsxwriter.Workbook(path) as book:
        # a fixed date: the same demonstration has the same bytes
        book.set_properties({"title": _TITLE, "created": datetime(2018, 7, 1)})  # noqa: DTZ001
        sheet = book.add_worksheet("驻地")
        bold = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1})
        sheet.merge_range(0, 0, 0, len(_HEAD) - 1, _TITLE, bold)
        sheet.write(1, 0, "填报单位：横荷街道（示例）　　截至：2018年6月")
        _write_head(sheet, 2, bold)
        row = 4
        for group in groups:
            for cells in group:
                sheet.write_row(row, 0, cells)
                row += 1
            sheet.merge_range(row - len(group), 3, row - 1, 3, group[0][3], bold)
        sheet.write(row, 0, "合计")
        sheet.write_row(row, 6, [sum(cells[column] for group in groups for cells in group) for column in (6, 7)])
        sheet.set_column(0, len(_HEAD) - 1, 14)


def _write_head(sheet: Any, row: int, bold: Any) -> None:
    for column, (upper, lower) in enumerate(_HEAD):
        if lower is None:
            sheet.merge_range(row, column, row + 1, column, upper, bold)
        else:
            sheet.write(row + 1, column, lower, bold)
            if column == 0 or _HEAD[column - 1][0] != upper:
                sheet.merge_range(row, column, row, column + 1, upper, bold)


def _points(communities: Sequence[dict[str, Any]]) -> list[Row]:
    head: Row = [
        "接入点编号",
        "运营商",
        "所属区域",
        "经度",
        "纬度",
        "接入容量",
        "技术",
        "端口总数",
        "空闲端口",
        "投入使用日期",
    ]
    rows: list[Row] = [
        [f"HH-A{place:02d}", "中国联通", area["code"], area["lon"], area["lat"], 200, "GPON", 32, 12, "2018-05-20"]
        for place, area in enumerate(communities)
    ]
    return [head, *rows]


def _facts(villages: Sequence[dict[str, Any]]) -> list[Row]:
    head: Row = ["区域代码", "统计日期", "常住户数", "数据来源"]
    return [head, *[[area["code"], "2018年6月", 20 + place, "合成示例"] for place, area in enumerate(villages)]]


def _table(path: Path, rows: Sequence[Row], *, encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows(rows)


def _readme() -> str:
    return (
        "# 练习导入\n\n合成示例，不代表真实情况。Synthetic samples to practise importing on.\n\n"
        f"- `{WORKBOOK}` · premises of one street: title row, two-row header, merged cells, 合计 row, four faults\n"
        f"- `{POINTS}` · access_points, UTF-8\n"
        f"- `{FACTS}` · area_facts, GB18030\n"
    )
