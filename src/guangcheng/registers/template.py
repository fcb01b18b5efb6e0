"""An empty workbook for a register, made from the same table the validator reads: fill it and import it."""

from datetime import datetime
from pathlib import Path
from typing import Any

from guangcheng.registers.schema import Field, Schema, schema
from guangcheng.store.files import write_whole

__all__ = ["INSTRUCTIONS", "example_row", "write_template"]

INSTRUCTIONS = "填表说明"
"""The sheet that explains the columns; readers pass over it by its name."""

_ROWS = 2000
"""Rows that get a drop-down list of choices."""
_LIST_LIMIT = 255
"""Longest list of choices, in characters, that XLSX can hold inside a cell's validation."""
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed moment: the same register gives the same bytes
_TYPES = {
    "id": "编号（文本）",
    "code": "代码（文本）",
    "area": "区域代码或名称",
    "text": "文字",
    "int": "整数",
    "decimal": "数",
    "bool": "是／否",
    "date": "日期，如 2018-06-11",
    "month": "年月，如 2018-06",
    "choice": "从列表选择",
    "list": "多个用；隔开",
    "lon": "经度（十进制度）",
    "lat": "纬度（十进制度）",
}
_UNITS = {"household": "户", "person": "人", "port": "个", "degree": "度"}
_AS_TEXT = frozenset({"id", "code", "area", "text", "list"})
_EXAMPLES = {
    "id": "示例-001",
    "code": "441802006001",
    "area": "441802006001",
    "text": "示例",
    "int": 100,
    "decimal": 100,
    "bool": "否",
    "date": "2018-06-11",
    "month": "2018-06",
    "list": "别名一；别名二",
    "lon": 113.05,
    "lat": 23.7,
}


def write_template(register: str, path: Path) -> int:
    """Write an XLSX with one header row (Chinese titles) and the sheet 填表说明; returns the number of columns.

    Columns of choices have a drop-down list, every header a comment (meaning, unit, clause); required ones are marked
    with ``*``. 填表说明 has a line per column and one example row. The same register gives the same bytes.
    """
    import xlsxwriter

    wanted = schema(register)

    def fill(part: Path) -> None:
        with xlsxwriter.Workbook(str(part), {"strings_to_urls": False}) as book:
            book.set_properties({"created": _EPOCH, "title": wanted.title.zh})
            _data_sheet(book, wanted)
            _instructions(book, wanted)

    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, fill)
    return len(wanted.fields)


def example_row(wanted: Schema) -> list[object]:
    """One plausible cell per field, as a person would write it."""
    return [_example(column) for column in wanted.fields]


def _example(column: Field) -> object:
    if column.type == "choice":
        code, words = next(iter(column.codes.items()))
        return words[0] if words else code
    return _EXAMPLES[column.type]


def _data_sheet(book: Any, wanted: Schema) -> None:
    sheet = book.add_worksheet(wanted.title.zh)
    required = book.add_format({"bold": True, "bg_color": "#FFE699", "border": 1})
    optional = book.add_format({"bold": True, "bg_color": "#E7E6E6", "border": 1})
    text, plain = book.add_format({"num_format": "@"}), book.add_format()
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(wanted.fields):
        sheet.set_column(
            place, place, max(12, 2 * len(column.title.zh) + 4), text if column.type in _AS_TEXT else plain
        )
        sheet.write_string(0, place, _title(column), required if column.required else optional)
        sheet.write_comment(0, place, _comment(column), {"x_scale": 2, "y_scale": 1.5})
        choices = _choices(column)
        if choices and sum(len(choice) + 1 for choice in choices) <= 255:
            sheet.data_validation(
                1, place, _ROWS, place, {"validate": "list", "source": choices, "error_type": "warning"}
            )


def _title(column: Field) -> str:
    return f"{column.title.zh}*" if column.required else column.title.zh


def _comment(column: Field) -> str:
    lines = [column.description.zh, f"填写：{_TYPES[column.type]}"]
    if column.unit:
        lines.append(f"单位：{_UNITS.get(column.unit, column.unit)}")
    lines.append("必填" if column.required else "可空")
    if column.clause:
        lines.append(f"依据：{column.clause}")
    return "\n".join(lines)


def _choices(column: Field) -> list[str]:
    if column.type == "bool":
        return ["是", "否"]
    return [words[0] if words else code for code, words in column.codes.items()]


def _instructions(book: Any, wanted: Schema) -> None:
    """Lines down the page, so that no row of it looks like a header of the register."""
    sheet = book.add_worksheet(INSTRUCTIONS)
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for place, width in enumerate((22, 12, 20, 50, 22, 24)):
        sheet.set_column(place, place, width, wrap)
    sheet.write_string(
        0, 0, f"{wanted.title.zh}：在第一张表里从第 2 行起填写，带 * 的列必填；不知道的留空，不要写 0。", bold
    )
    for place, title in enumerate(("列名（示例见末列）", "单位（如有）", "怎么填", "含义", "依据条款", "示例行")):
        sheet.write_string(2, place, title, bold)
    for row, (column, example) in enumerate(zip(wanted.fields, example_row(wanted), strict=True), 3):
        choices = _choices(column)
        how = "、".join(choices) if choices else _TYPES[column.type]
        unit = _UNITS.get(column.unit, column.unit) if column.unit else ""
        for place, cell in enumerate(
            (_title(column), unit, how, column.description.zh, column.clause or "", str(example))
        ):
            sheet.write_string(row, place, cell)
