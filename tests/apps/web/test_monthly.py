"""The month on the web: three operators, one wrong and mended; the report frozen, corrected, received."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guangcheng.apps.web.lines import lines_of
from guangcheng.programme.monthly.models import Report
from guangcheng.programme.platform import tokens
from guangcheng.programme.platform.models import Organisation, User
from guangcheng.programme.submissions.models import Reminder, Submission
from tests.people import STREET, TOP, act

Make = Callable[..., User]
STANDARD = "qingcheng-2017-all-optical"
BACKEND = "django.contrib.auth.backends.ModelBackend"
HEAD = "运营商,区域代码,月份,用户类型,速率档,客户类别,城乡,用户数\n"


def rows(operator: str, subscribers: object, month: str = "2018-06") -> SimpleUploadedFile:
    line = f"{operator},{STREET},{month},光纤,全部,家庭,全部,{subscribers}\n"
    return SimpleUploadedFile("月报.csv", (HEAD + line).encode())


@pytest.fixture
def staff(person: Make, body: Callable[..., Organisation], settings: object) -> dict[str, Client]:
    settings.RESULTS_PATIENCE_S = 60  # type: ignore[attr-defined]
    made = {"reviewer": person("reviewer", TOP), "approver": person("approver", TOP)}
    for code in ("telecom", "mobile", "unicom"):
        made[code] = person("reporter", TOP, name=code, body=body(f"{code}-qc", "operator"))
    clients = {}
    for name, user in made.items():
        clients[name] = Client()
        clients[name].force_login(user, backend=BACKEND)
    return clients


def hand_in(client: Client, operator: str, file: SimpleUploadedFile) -> Submission:
    given = {"month": "2018-06", "register": "subscriber_stats", "operator": operator, "file": file}
    answer = client.post("/submissions/", given)
    assert answer.status_code == 302, answer.content.decode()
    return Submission.objects.order_by("pk").last()  # type: ignore[return-value]


def step(client: Client, one: Submission, name: str, **fields: str) -> str:
    client.post(f"/submissions/{one.pk}/{name}", fields)
    return Submission.objects.get(pk=one.pk).state


def test_a_month_of_three_operators(staff: dict[str, Client]) -> None:
    page = staff["reviewer"].get("/submissions/?month=2018-06").content.decode()
    assert all(f"{code}-qc" in page for code in ("telecom", "mobile", "unicom"))
    staff["reviewer"].post("/submissions/remind", {"month": "2018-06"})
    assert Reminder.objects.count() == 3
    for code, words in (("telecom", "中国电信"), ("mobile", "中国移动")):
        one = hand_in(staff[code], code, rows(words, 7))
        assert step(staff[code], one, "submit") == "submitted"
        assert step(staff["reviewer"], one, "accept") == "accepted"
    wrong = hand_in(staff["unicom"], "unicom", rows("中国联通", "好多"))
    assert step(staff["unicom"], wrong, "submit") == "draft"
    assert "第2行" in staff["unicom"].get(f"/submissions/{wrong.pk}/").content.decode()
    mended = hand_in(staff["unicom"], "unicom", rows("中国联通", 7))
    assert step(staff["unicom"], mended, "submit") == "submitted"
    assert step(staff["reviewer"], mended, "send_back", reason="少报一个镇") == "returned"
    assert "少报一个镇" in staff["unicom"].get(f"/submissions/{mended.pk}/").content.decode()
    again = hand_in(staff["unicom"], "unicom", rows("中国联通", 8))
    assert (again.version, step(staff["unicom"], again, "submit")) == (3, "submitted")
    assert step(staff["reviewer"], again, "accept") == "accepted"
    assert "都已报送" in staff["reviewer"].get("/submissions/?month=2018-06").content.decode()


def test_another_operator_s_file_is_not_there(staff: dict[str, Client]) -> None:
    one = hand_in(staff["unicom"], "unicom", rows("中国联通", 7))
    assert staff["telecom"].get(f"/submissions/{one.pk}/").status_code == 404
    assert staff["telecom"].get(f"/submissions/{one.pk}/file").status_code == 404
    own = staff["unicom"].get(f"/submissions/{one.pk}/file")
    assert own["Content-Disposition"].startswith("attachment")


def test_the_lines_stand_beside_what_was_found(staff: dict[str, Client]) -> None:
    file = SimpleUploadedFile(
        "月报.csv",
        HEAD.encode()
        + f"中国联通,{STREET},2018-06,光纤,全部,家庭,全部,7\n".encode()
        + f"中国联通,{STREET},2018-06,光纤,千兆,家庭,全部,<script>七户</script>\n".encode(),
    )
    one = hand_in(staff["unicom"], "unicom", file)
    shown = lines_of(one)
    assert (shown.total, [line.number for line in shown.lines]) == (2, [2, 3])
    assert [(bool(line.found), line.wrong) for line in shown.lines] == [(False, False), (True, True)]
    page = staff["unicom"].get(f"/submissions/{one.pk}/").content.decode()
    assert "&lt;script&gt;七户" in page
    assert "<script>七户" not in page


def test_a_file_that_is_none_has_no_lines(staff: dict[str, Client]) -> None:
    one = hand_in(staff["unicom"], "unicom", SimpleUploadedFile("月报.csv", "这不是表格".encode()))
    assert lines_of(one).lines == ()
    assert staff["unicom"].get(f"/submissions/{one.pk}/").status_code == 200


def test_the_report_is_frozen_received_published_corrected(staff: dict[str, Client]) -> None:
    given = {"month": "2018-06", "standard": STANDARD, "why": ""}
    assert staff["unicom"].post("/monthly/", given).status_code == 403
    assert staff["reviewer"].post("/monthly/", given).status_code == 302
    report = Report.objects.get()
    assert sorted(file.name for file in report.files.all()) == [
        "2018-06-monthly-report-v1.docx",
        "2018-06-monthly-report-v1.pdf",
        "2018-06-monthly-report-v1.xlsx",
        "2018-06指标月报-第1版.docx",
        "2018-06指标月报-第1版.pdf",
        "2018-06指标月报-第1版.xlsx",
    ]
    pdf = report.files.get(name__endswith="第1版.pdf")
    answer = staff["unicom"].get(f"/monthly/{report.pk}/files/{pdf.pk}")
    assert answer.content.startswith(b"%PDF-")
    for recipient in ("leading_group", "regulator"):
        staff["reviewer"].post(f"/monthly/{report.pk}/receive", {"recipient": recipient})
    assert report.receipts.count() == 2
    staff["approver"].post(f"/monthly/{report.pk}/publish")
    assert Report.objects.get().published
    assert staff["reviewer"].post("/monthly/", given, follow=True).status_code == 200
    assert Report.objects.count() == 1
    staff["reviewer"].post("/monthly/", {**given, "why": "补报联通"})
    assert sorted(Report.objects.values_list("version", flat=True)) == [1, 2]
    page = staff["unicom"].get("/monthly/").content.decode()
    assert page.count("2018-06") >= 2


def test_the_same_by_the_api(staff: dict[str, Client]) -> None:
    keys = {}
    for name in ("unicom", "reviewer"):
        user = User.objects.get(username=name if name == "unicom" else f"reviewer-{TOP}")
        keys[name] = {
            "Authorization": f"Bearer {tokens.issue(act(user), user, name='t', scopes=['read', 'act'], days=300)[1]}"
        }
    client = Client()
    given = {"month": "2018-06", "register_name": "subscriber_stats", "operator": "unicom", "file": rows("中国联通", 7)}
    one = client.post("/api/monthly/submissions", given, headers=keys["unicom"])
    assert (one.status_code, one.json()["state"]) == (201, "draft")
    number = one.json()["id"]
    assert client.post(f"/api/monthly/submissions/{number}/submit", headers=keys["unicom"]).status_code == 200
    told = client.post(f"/api/monthly/submissions/{number}/submit", headers=keys["unicom"])
    assert (told.status_code, told["Content-Type"]) == (409, "application/problem+json")
    assert client.post(f"/api/monthly/submissions/{number}/accept", headers=keys["reviewer"]).status_code == 200
    owing = client.get("/api/monthly/submissions/missing?month=2018-06", headers=keys["reviewer"]).json()
    assert [row["organisation"] for row in owing] == ["mobile-qc", "telecom-qc"]
    body = {"month": "2018-06", "standard": STANDARD}
    made = client.post("/api/monthly/reports", body, content_type="application/json", headers=keys["reviewer"])
    assert (made.status_code, len(made.json()["files"])) == (201, 6)
