"""The template: filled as it says, it imports fully; it and the validator are the same table."""

from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from guangcheng.base.errors import InputError, NotFound
from guangcheng.registers.city import City
from guangcheng.registers.importing import import_files
from guangcheng.registers.readers import read
from guangcheng.registers.schema import Schema, schema, schemas
from guangcheng.registers.template import INSTRUCTIONS, example_row, write_template
from tests.registers.intake.town import LAT, LON

# What the example row says of things that are elsewhere in the tiny city, by field.
REAL = {
    "area_code": "441802006",
    "parent": "441802",
    "level": "街道",
    "subtype": "街道",
    "code": "441802007",
    "parent_premises": "P1",
    "premises_id": "P1",
    "access_point_id": "A1",
    "site_id": "S1",
    "place_id": "K1",
    "expansion_id": "E1",
    "rsrp_dbm": -90,
    "lon": LON,
    "lat": LAT,
}
IMPORTED = [known for known in schemas().values() if known.geometry != "line"]


def filled(known: Schema) -> list[object]:
    """The example row, with references to what the tiny city has; its own key stays the example's."""
    own = known.key[0] if known.register != "areas" else ""
    return [
        example if column.name == own and own not in ("area_code", "operator") else REAL.get(column.name, example)
        for column, example in zip(known.fields, example_row(known), strict=True)
    ]


@pytest.mark.parametrize("known", IMPORTED, ids=lambda known: known.register)
def test_a_filled_template_imports_fully(known: Schema, own_town: City, tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    assert write_template(known.register, path) == len(known.fields)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].append(filled(known))
    book.save(path)
    before = own_town.view().table(known.register).num_rows
    report = import_files(own_town, known.register, [path])
    assert {fault.rule for fault in report.faults} <= {"R-162"}
    assert (report.status, report.accepted, report.added) == ("imported", 1, 1)
    table = own_town.view().table(known.register)
    assert table.num_rows == before + 1
    stored = {name for name in table.schema.names if table[name].null_count < table.num_rows}
    assert {column.name for column in known.fields} <= stored


@pytest.mark.parametrize("known", schemas().values(), ids=lambda known: known.register)
def test_every_column_is_there_explained_and_offered(known: Schema, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_template(known.register, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [known.title.zh, INSTRUCTIONS]
    sheet, explained = book.worksheets
    marks = [column.title.zh + ("*" if column.required else "") for column in known.fields]
    assert [cell.value for cell in sheet[1]] == marks
    for cell, column in zip(sheet[1], known.fields, strict=True):
        assert cell.comment is not None
        comment = cell.comment.text
        assert column.description.zh in comment
        assert (f"依据：{column.clause}" in comment) == (column.clause is not None)
        assert ("必填" in comment) == column.required
    rows = [[cell.value for cell in row] for row in explained.iter_rows(min_row=4)]
    assert [row[0] for row in rows] == marks
    assert [row[5] for row in rows] == [str(cell) for cell in example_row(known)]
    offered = {str(rule.sqref).partition("2")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    for place, column in enumerate(known.fields):
        letter = get_column_letter(place + 1)
        if column.type == "bool":
            assert offered[letter] == '"是,否"'
        elif column.type == "choice" and len(column.codes) < 15:
            assert offered[letter].strip('"').split(",") == [words[0] for words in column.codes.values() if words]
        elif column.type != "choice":
            assert letter not in offered


def test_an_empty_template_has_no_rows_to_read(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_template("premises", path)
    with pytest.raises(InputError, match="R-011"):
        read(path)


def test_the_same_register_gives_the_same_bytes(tmp_path: Path) -> None:
    write_template("areas", tmp_path / "a.xlsx")
    write_template("areas", tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_no_such_register(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        write_template("nothing", tmp_path / "a.xlsx")


def test_choices_of_the_template_are_the_schemas() -> None:
    assert example_row(schema("access_points"))[2] == "中国电信"
