"""The library of standards, documents read into drafts, the quality of the data."""

import html
import re

import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guangcheng.apps.web import results
from guangcheng.programme.desk.models import FindingReview
from guangcheng.programme.platform import scope
from guangcheng.programme.platform.models import Attachment
from guangcheng.standards import library
from guangcheng.standards.describe import describe
from tests.people import Person

BACKEND = "django.contrib.auth.backends.ModelBackend"
DOCUMENT = """某市人民政府办公室关于印发光网城市建设工作方案的通知
某府办〔2018〕12号
一、工作目标
到2018年底，全市光纤接入用户占比达到90%以上，新建光缆500公里。
二、工作任务
市经信局牵头，各街道办事处配合，2018年6月底前完成老旧小区改造。
"""


def signed_in(person: Person, role: str) -> Client:
    client = Client()
    client.force_login(person(role), backend=BACKEND)
    return client


@pytest.fixture
def viewer(person: Person) -> Client:
    return signed_in(person, "viewer")


def test_every_standard_shows_every_number_with_its_clause(viewer: Client) -> None:
    listed = viewer.get("/standards/").content.decode()
    for standard_id in library.ids(scope.the_city().standards_folder):
        standard = library.load(standard_id)
        assert f'href="/standards/{standard_id}"' in listed
        demands = describe(standard)
        pages = -(-len(demands) // 100)
        shown = [viewer.get(f"/standards/{standard_id}?page={n}").content.decode() for n in range(1, pages + 1)]
        text = html.unescape("".join(shown))
        for demand in demands:
            assert str(demand.clause) in text
            assert demand.id in text


def test_parts_and_differences(viewer: Client) -> None:
    first, second = library.ids(None)[:2]
    page = viewer.get(f"/standards/{first}?part=target").content.decode()
    demands = describe(library.load(first))
    assert all(demand.id in page for demand in [item for item in demands if item.part == "target"][:100])
    assert "不同之处" in viewer.get(f"/standards/{first}?against={second}").content.decode()
    assert viewer.get(f"/standards/{first}?against=none").status_code == 404
    assert viewer.get("/standards/none").status_code == 404


def test_a_document_is_read_into_a_draft_to_check(person: Person) -> None:
    admin = signed_in(person, "administrator")
    file = SimpleUploadedFile("方案.txt", (DOCUMENT + "<script>alert(1)</script>\n").encode())
    answer = admin.post("/standards/read", {"file": file}, follow=True)
    page = answer.content.decode()
    assert "<mark>90%</mark>" in page.replace("<mark>90%以上</mark>", "<mark>90%</mark>")
    assert "<script>alert" not in page
    assert "<style>" not in page
    kept = Attachment.objects.get(subject="document")
    draft = admin.get(f"/standards/read/{kept.pk}/1.yaml").content.decode()
    assert f"id: draft-{kept.pk}-1" in draft
    assert admin.get(f"/standards/read/{kept.pk}/2.yaml").status_code == 404
    assert "方案.txt" in admin.get("/standards/read").content.decode()
    wrong = admin.post("/standards/read", {"file": SimpleUploadedFile("a.exe", b"MZ")}, follow=True)
    assert "不收这种文件" in wrong.content.decode()
    viewer = signed_in(person, "viewer")
    for address in ("/standards/read", f"/standards/read/{kept.pk}", f"/standards/read/{kept.pk}/1.yaml"):
        assert viewer.get(address).status_code == 403


def test_findings_are_shown_and_reviewed(person: Person) -> None:
    reviewer = signed_in(person, "reviewer")
    city = scope.the_city()
    ref = city.registers.latest("premises")
    assert ref is not None
    table = city.registers.read(ref)
    where = table.schema.get_field_index("households")
    households = table["households"].to_pylist()
    households[0] = -5
    broken = table.set_column(where, table.schema.field(where), pa.array(households, pa.int64()))
    city.registers.commit("premises", broken, as_of=ref.as_of)
    (fault,) = [f for audit in results.audits() for f in audit.faults if f.rule == "R-170"]
    page = reviewer.get("/quality/?rule=R-170").content.decode()
    assert fault.why.zh in page
    (key,) = re.findall(r'name="finding" value="([0-9a-f]{64})"', page)
    told = {
        "finding": key,
        "register": "premises",
        "rule": "R-170",
        "place": fault.where.field or "",
        "note": "现场核实",
    }
    reviewer.post("/quality/review", {**told, "decision": "mend"})
    page = reviewer.get("/quality/?rule=R-170").content.decode()
    assert "现场核实" in page
    assert "应更正" in page
    assert FindingReview.objects.get().rule == "R-170"
    reviewer.post("/quality/review", {**told, "decision": "nonsense"})
    assert FindingReview.objects.count() == 1
    viewer = signed_in(person, "viewer")
    assert "R-170" in viewer.get("/quality/").content.decode()
    assert viewer.post("/quality/review", told).status_code == 403


def test_claims_the_registers_do_not_bear_out_are_findings(viewer: Client) -> None:
    found = [fault for audit in results.audits() for fault in audit.faults if fault.rule == "R-185"]
    assert found
    page = html.unescape(viewer.get("/quality/?rule=R-185").content.decode())
    assert found[0].why.zh in page


def test_findings_that_tell_where_facilities_stand_are_sealed(person: Person) -> None:
    city = scope.the_city()
    ref = city.registers.latest("access_points")
    assert ref is not None
    table = city.registers.read(ref)
    where = table.schema.get_field_index("ports_free")
    broken = table.set_column(where, table.schema.field(where), pa.array([-7, *table["ports_free"].to_pylist()[1:]]))
    city.registers.commit("access_points", broken, as_of=ref.as_of)
    assert any(fault.rule == "R-170" for one in results.audits() for fault in one.faults)
    assert "R-170" in signed_in(person, "reviewer").get("/quality/").content.decode()
    assert "R-170" not in signed_in(person, "viewer").get("/quality/").content.decode()
