"""The registers in the browser, as a street clerk uses them."""

import html
import io
import json
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guangcheng.programme.desk.models import Load
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.models import User
from guangcheng.registers.schema import schemas
from tests.people import OTHER_STREET, STREET, Person

BACKEND = "django.contrib.auth.backends.ModelBackend"
DAY = "2018-06-30"
HEAD = "驻地编号,名称,类型,所属区域,户数"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def clerk(person: Person) -> Client:
    return signed_in(person("reporter", STREET))


def village(street: str, place: int = 0) -> str:
    return [code for code, (_, parent, _) in sorted(scope.areas().items()) if parent == street][place]


def upload(client: Client, *rows: str, head: str = HEAD, name: str = "驻地.csv", **more: str) -> Load:
    file = SimpleUploadedFile(name, ("\n".join([head, *rows]) + "\n").encode())
    answer = client.post("/registers/premises/loads", {"file": file, "as_of": DAY, **more})
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"].startswith("/registers/loads/"), client.get(answer["Location"]).content.decode()
    return Load.objects.latest("pk")


def test_every_register_has_a_page_and_a_template(clerk: Client) -> None:
    page = clerk.get("/registers/").content.decode()
    for name, wanted in schemas().items():
        assert wanted.title.zh in page
        assert clerk.get(f"/registers/{name}/").status_code == 200
    answer = clerk.get("/registers/premises/template.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert "驻地编号" in str(sheet["A1"].value)
    assert clerk.get("/registers/nothing/").status_code == 404


def test_a_messy_file_is_mended_in_the_page_and_committed(clerk: Client) -> None:
    good, bad = village(STREET), village(OTHER_STREET)
    load = upload(
        clerk,
        f"新1,一号楼,楼栋,{good},十几",
        f"新2,二号楼,楼栋,{good},9",
        f"新3,三号楼,楼栋,{bad},9",
        "新4,四号楼,楼栋,某某新村,5",
        head="驻地编号,名称,类型,所属区域,住户数目",
    )
    page = clerk.get(f"/registers/loads/{load.pk}").content.decode()
    assert "R-184" in page
    assert "某某新村" in page
    assert "住户数目" in page
    clerk.post(f"/registers/loads/{load.pk}/settle", {"column:住户数目": "households", "name:某某新村": f"{good} 名称"})
    page = clerk.get(f"/registers/loads/{load.pk}").content.decode()
    (cell,) = re.findall(r'name="cell:([^"]+)" value="十几"', page)
    cell = cell.replace("&quot;", '"')
    clerk.post(f"/registers/loads/{load.pk}/settle", {f"cell:{cell}": "12", f"was:{cell}": "十几"})
    page = clerk.get(f"/registers/loads/{load.pk}").content.decode()
    assert "十几" not in page
    assert "R-139" not in page
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    answer = clerk.post(f"/registers/loads/{load.pk}/commit", {"version": version}, follow=True)
    page = answer.content.decode()
    load.refresh_from_db()
    assert load.state == "committed"
    assert (load.told["added"], load.told["refused"]) == (3, 1)
    assert load.receipt_hash in page
    assert str(load.told["snapshot"]) in page
    assert ledger.verify() is None
    refused = openpyxl.load_workbook(
        io.BytesIO(clerk.get(f"/registers/loads/{load.pk}/quarantine.xlsx").content)
    ).worksheets[0]
    assert [row[0].value for row in refused.iter_rows(min_row=2)] == ["新3"]
    history = clerk.get("/registers/premises/").content.decode()
    assert str(load.told["snapshot"])[:16] in history
    assert "驻地.csv" in history


def test_the_figures_follow_the_new_snapshot(clerk: Client) -> None:
    before = clerk.get(f"/areas/{STREET}").content.decode()
    assert "新1" not in before
    load = upload(clerk, f"新1,孤楼,小区,{village(STREET)},500")
    clerk.post(f"/registers/loads/{load.pk}/commit")
    assert "孤楼" in clerk.get(f"/areas/{STREET}").content.decode()


def test_somebody_elses_load_is_closed(clerk: Client, person: Person) -> None:
    load = upload(clerk, f"新1,一号楼,楼栋,{village(STREET)},12")
    other = signed_in(person("reporter", OTHER_STREET))
    for address in ("", "/file", "/quarantine.xlsx"):
        assert other.get(f"/registers/loads/{load.pk}{address}").status_code == 403
    for step in ("settle", "commit", "withdraw"):
        assert other.post(f"/registers/loads/{load.pk}/{step}").status_code == 403
    assert "驻地.csv" not in other.get("/registers/").content.decode()
    viewer = signed_in(person("viewer", STREET))
    assert viewer.get(f"/registers/loads/{load.pk}").status_code == 403
    assert viewer.post("/registers/premises/loads").status_code == 403
    admin = signed_in(person("administrator"))
    assert admin.get(f"/registers/loads/{load.pk}").status_code == 200
    assert admin.post(f"/registers/loads/{load.pk}/commit").status_code == 403
    load.refresh_from_db()
    assert load.state == "received"


def test_an_area_that_is_not_ones_own_is_refused(clerk: Client) -> None:
    file = SimpleUploadedFile("驻地.csv", f"{HEAD}\n新1,一号楼,楼栋,{village(STREET)},12\n".encode())
    answer = clerk.post("/registers/premises/loads", {"file": file, "as_of": DAY, "area": OTHER_STREET}, follow=True)
    assert "权限" in answer.content.decode()
    assert not Load.objects.exists()


def test_wrong_forms_keep_to_the_page(clerk: Client) -> None:
    answer = clerk.post("/registers/premises/loads", {"as_of": "yesterday"})
    assert answer.status_code == 422
    assert answer.content.decode().count('class="wrong"') == 2
    wrong = SimpleUploadedFile("驻地.exe", b"MZ")
    answer = clerk.post("/registers/premises/loads", {"file": wrong, "as_of": DAY}, follow=True)
    assert "不收这种文件" in answer.content.decode()


def test_a_file_nobody_can_read_is_told(clerk: Client) -> None:
    load = upload(clerk, f"1,{village(STREET)}", head="号,所属区域")
    page = clerk.get(f"/registers/loads/{load.pk}").content.decode()
    assert "R-101" in page
    assert f"/registers/loads/{load.pk}/commit" not in page
    clerk.post(f"/registers/loads/{load.pk}/withdraw")
    load.refresh_from_db()
    assert load.state == "withdrawn"


def test_scripts_in_cells_and_headers_are_shown_as_text(clerk: Client) -> None:
    evil = "<script>alert(1)</script>"
    load = upload(
        clerk, f"{evil},{evil},{evil},{evil},{evil}", head=f"{HEAD},{evil}".replace("户数", "户数", 1), name="驻地.csv"
    )
    page = clerk.get(f"/registers/loads/{load.pk}").content.decode()
    assert evil not in page
    assert "&lt;script&gt;" in page


def test_subscriber_identity_is_never_shown(clerk: Client) -> None:
    load = upload(clerk, f"新1,13812345678,楼栋,{village(STREET)},13812345678", head=f"{HEAD}")
    page = clerk.get(f"/registers/loads/{load.pk}").content.decode()
    assert "13812345678" not in page


def test_each_cell_stands_once_and_the_whole_row_can_be_mended(clerk: Client) -> None:
    """Two faults of one row: no cell has two inputs, so that no change is lost."""
    load = upload(clerk, f"新1,一号楼,凉亭,{village(STREET)},-5")
    page = clerk.get(f"/registers/loads/{load.pk}").content.decode()
    cells = [html.unescape(cell) for cell in re.findall(r'name="cell:([^"]+)"', page)]
    assert len(cells) == len(set(cells)) == 5
    changes = {"类型": "楼栋", "户数": "5", "名称": "甲楼"}
    columns = {"驻地编号": "1", "名称": "2", "类型": "3", "所属区域": "4", "户数": "5"}
    now = {json.loads(cell)[2]: cell for cell in cells}
    form = {f"cell:{now[columns[name]]}": value for name, value in changes.items()}
    clerk.post(f"/registers/loads/{load.pk}/settle", form)
    clerk.post(f"/registers/loads/{load.pk}/commit")
    ref = scope.the_city().registers.latest("premises")
    assert ref is not None
    (row,) = [one for one in scope.the_city().registers.read(ref).to_pylist() if one["premises_id"] == "新1"]
    assert (row["name"], row["kind"], row["households"]) == ("甲楼", "building", 5)
