"""A whole day in a real browser: registers, programmes, three operators' month, the frozen report, a street's plaque.

``python -m pytest tests/apps/web_front/test_day.py --pictures docs/pictures`` keeps the pictures the docs show.
"""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guangcheng.programme.acceptance.models import Case
from guangcheng.programme.monthly.models import Report
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.models import User
from guangcheng.programme.submissions.models import Submission
from guangcheng.programme.targets.models import Programme
from tests.apps.web_front.test_parts import CHROMIUM, FLAGS, browser
from tests.people import STREET, TOP

if TYPE_CHECKING:
    from playwright.sync_api import Page

MESSY_STREET = "441802009"
"""横荷街道, whose clerk loads a workbook as clerks have them."""
HEAD = "运营商,区域代码,月份,用户类型,速率档,客户类别,城乡,用户数\n"
PASSWORD = "long-day-at-work-8"
WAIT_MS = 60_000


class Desk:
    """The browser of one person after the other, at one server."""

    def __init__(self, page: "Page", url: str, pictures: Path | None) -> None:
        self.page, self.url, self.pictures = page, url, pictures
        page.set_default_timeout(WAIT_MS)
        self.troubles: list[str] = []
        # a map left while its tiles are under way says "Error" too: only what the policy or a script refused counts
        page.on("console", lambda said: self.troubles.append(said.text) if "Policy" in said.text else None)
        page.on("pageerror", lambda fault: self.troubles.append(str(fault)))

    def go(self, path: str) -> None:
        """Open a page; wait while figures are worked out."""
        self.page.goto(self.url + path)
        self.page.wait_for_selector("[data-computing]", state="detached", timeout=WAIT_MS)

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        """Sign out whoever is in, sign in."""
        self.page.context.clear_cookies()
        self.go("/login")
        self.page.fill("#username", name)
        self.page.fill("#password", password)
        self.page.click("main button[type=submit]")

    def first_password(self, old: str) -> None:
        """Change the one-time password, as the first sign-in demands."""
        from playwright.sync_api import TimeoutError as TooLong

        try:
            self.page.wait_for_url("**/password")
        except TooLong:
            pytest.fail(f"not asked for a new password at {self.page.url}: {self.page.inner_text('body')}")
        for field, words in (("old", old), ("new", PASSWORD), ("again", PASSWORD)):
            self.page.fill(f"#{field}", words)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(re.compile(r"/$"))

    def press(self, words: str) -> None:
        """Press the button that says ``words``."""
        self.page.get_by_role("button", name=words, exact=True).first.click()
        self.page.wait_for_load_state()

    def shot(self, name: str) -> None:
        """Keep a picture for the docs."""
        if self.pictures is not None:
            self.page.wait_for_timeout(1500)
            self.page.screenshot(path=self.pictures / f"web-{name}.png")

    def text(self) -> str:
        """What the page says."""
        return self.page.inner_text("main")


@pytest.fixture
def desk(
    emptied: None,
    live_server: object,
    city_folder: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    settings: object,
) -> Iterator[Desk]:
    from playwright.sync_api import sync_playwright

    # Playwright's own event loop runs in this thread; the test's few questions to the database are not its
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.RESULTS_PATIENCE_S = 30  # type: ignore[attr-defined]
    asked = request.config.getoption("--pictures")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(viewport={"width": 1280, "height": 860}, locale="zh-CN")
        yield Desk(page, str(live_server), Path(asked) if asked else None)
        chromium.close()


def set_up(desk: Desk, admin_password: str) -> dict[str, str]:
    """The administrator enters bodies and people; gives each person's one-time password."""
    desk.sign_in("admin", admin_password)
    desk.first_password(admin_password)
    page, passwords = desk.page, {}
    bodies = [("office", "推进领导小组办公室", "office", TOP), ("fengcheng", "凤城街道办事处", "street", STREET)]
    bodies += [("henghe", "横荷街道办事处", "street", MESSY_STREET)]
    bodies += [(f"{code}-qc", f"{words}清城分公司", "operator", TOP) for code, words in OPERATORS]
    for code, name, kind, area in bodies:
        desk.go("/people/")
        form = page.locator("form[action='/people/bodies']")
        form.locator("[name=code]").fill(code)
        form.locator("[name=name]").fill(name)
        form.locator("[name=kind]").select_option(kind)
        form.locator("[name=area]").fill(area)
        desk.press("登记单位")
    people = [("fc-clerk", "fengcheng", "reporter", STREET), ("hh-clerk", "henghe", "reporter", MESSY_STREET)]
    people += [("bureau", "office", "reviewer", TOP), ("leader", "office", "approver", TOP)]
    people += [(f"{code}-desk", f"{code}-qc", "reporter", TOP) for code, _ in OPERATORS]
    for name, body, role, area in people:
        desk.go("/people/")
        form = page.locator("form[action='/people/users']")
        form.locator("[name=username]").fill(name)
        form.locator("[name=organisation]").fill(body)
        desk.press("添加用户")
        passwords[name] = page.inner_text("code.secret").strip()
        desk.go(f"/people/users/{name}")
        page.select_option("select[name=role]", role)
        page.fill("[name=area]", area)
        desk.press("授权")
    desk.shot("people")
    return passwords


OPERATORS = (("telecom", "中国电信"), ("mobile", "中国移动"), ("unicom", "中国联通"))


def month_file(folder: Path, operator: str, words: object, version: int = 1) -> Path:
    path = folder / f"{operator}-2018-06-{version}.csv"
    path.write_text(f"{HEAD}{operator},{STREET},2018-06,光纤,全部,家庭,全部,{words}\n", encoding="utf-8")
    return path


def hand_in(desk: Desk, code: str, file: Path) -> None:
    desk.go("/submissions/")
    page = desk.page
    page.fill("main input[name=month]", "2018-06")
    page.select_option("select[name=operator]", code)
    page.set_input_files("input[type=file]", file)
    desk.press("上传并检查")


@browser
@pytest.mark.timeout(900)
@pytest.mark.django_db(transaction=True)
def test_a_day(desk: Desk, city_folder: Path, city_made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from guangcheng.apps.web import http
    from guangcheng.programme.platform.organisations import first_administrator
    from tests.people import act

    made = first_administrator(act(None, via="command"))
    assert made is not None
    passwords = set_up(desk, made[1])
    for name, password in passwords.items():
        desk.sign_in(name, password)
        desk.first_password(password)

    desk.sign_in("hh-clerk")
    load_messy_workbook(desk, city_made.parent / "input" / "横荷街道驻地台账.xlsx")

    desk.sign_in("admin")
    for standard in ("liangjiang-2022-gigabit", "qingcheng-2017-all-optical"):
        take_up(desk, standard)
    assert Programme.objects.count() == 2
    desk.go("/tasks/board")
    desk.shot("tasks")

    month(desk, tmp_path)
    report = Report.objects.get()
    assert (report.month, report.files.count()) == ("2018-06", 6)

    case = acceptance(desk)
    later = http.now() + dt.timedelta(days=20)
    monkeypatch.setattr(http, "now", lambda: later)
    monkeypatch.setattr("guangcheng.apps.web.pages.portal.now", lambda: later)
    finish(desk, case)
    desk.page.context.clear_cookies()
    desk.go("/public/")
    desk.shot("portal")
    number = Case.objects.get(pk=case.pk).plaque_number
    assert re.fullmatch(r"GC-20\d\d-0001", number)
    assert number in desk.text()
    assert ledger.verify() is None
    assert User.objects.count() == 8
    assert desk.troubles == []


def load_messy_workbook(desk: Desk, file: Path) -> None:
    page = desk.page
    desk.go("/registers/premises/")
    page.set_input_files("input[type=file]", file)
    page.fill("input[name=as_of]", "2018-06-30")
    desk.press("上传并检查")
    page.wait_for_selector("text=入库后会怎样", timeout=WAIT_MS)
    desk.shot("load")
    button = page.get_by_role("button", name=re.compile("入库"))
    button.first.click()
    page.wait_for_selector("text=入库结果", timeout=WAIT_MS)
    assert "记录序号" in desk.text()


def take_up(desk: Desk, standard: str) -> None:
    desk.go("/targets/")
    page = desk.page
    page.locator("details.deed summary").first.click()
    page.select_option("[name$=standard]", standard)
    desk.page.locator("details.deed button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/targets/\d+"))
    desk.shot(f"targets-{standard.partition('-')[0]}")


def month(desk: Desk, folder: Path) -> None:
    for code, words in OPERATORS:
        desk.sign_in(f"{code}-desk")
        if code == "unicom":
            hand_in(desk, code, month_file(folder, words, "好多", 1))
            assert "第2行" in desk.text()
            desk.shot("submission-wrong")
        hand_in(desk, code, month_file(folder, words, 100, 2))
        desk.press("提交")
    desk.sign_in("bureau")
    telecom, mobile, unicom = (
        Submission.objects.get(organisation__code=f"{code}-qc", state="submitted") for code, _ in OPERATORS
    )
    desk.go(f"/submissions/{unicom.pk}/")
    desk.page.fill("#reason", "少报一个街道")
    desk.press("退回")
    desk.sign_in("unicom-desk")
    hand_in(desk, "unicom", month_file(folder, "中国联通", 120, 3))
    desk.press("提交")
    desk.sign_in("bureau")
    for one in (telecom, mobile, Submission.objects.get(organisation__code="unicom-qc", state="submitted")):
        desk.go(f"/submissions/{one.pk}/")
        desk.press("接收")
    desk.go("/submissions/?month=2018-06")
    assert "都已报送" in desk.text()
    desk.shot("submissions")
    desk.go("/monthly/")
    desk.page.fill("main input[name=month]", "2018-06")
    desk.page.select_option("select[name=standard]", "qingcheng-2017-all-optical")
    desk.press("生成并冻结")
    desk.page.wait_for_url(re.compile(r"/monthly/\d+/"))
    desk.shot("monthly")


def acceptance(desk: Desk) -> Case:
    page = desk.page
    desk.sign_in("fc-clerk")
    desk.go("/acceptance/")
    page.fill("main input[name=area]", STREET)
    desk.press("自查")
    page.wait_for_url(re.compile(r"/acceptance/\d+/"))
    case = Case.objects.get()
    desk.press("申报")
    desk.sign_in("bureau")
    at = f"/acceptance/{case.pk}/"
    desk.go(at)
    desk.press("受理审核")
    page.fill("#reason_send_back", "请补充新建小区的照片")
    desk.press("退回")
    desk.sign_in("fc-clerk")
    desk.go(at)
    desk.press("重新自查")
    desk.press("申报")
    desk.sign_in("bureau")
    desk.go(at)
    desk.press("受理审核")
    page.fill("#size", "3")
    desk.press("抽取现场样本")
    for item in case.sample.all():
        form = page.locator(f"form[action='/acceptance/{case.pk}/sample/{item.pk}']")
        form.locator("select").select_option(item.claimed)
        form.locator("button").click()
        page.wait_for_load_state()
    desk.press("审核通过")
    desk.press("汇总报审")
    desk.sign_in("leader")
    desk.go(at)
    desk.press("审定通过")
    desk.sign_in("bureau")
    desk.go(at)
    desk.press("开始公示")
    desk.shot("acceptance")
    return case


def finish(desk: Desk, case: Case) -> None:
    desk.sign_in("bureau")
    desk.go(f"/acceptance/{case.pk}/")
    desk.press("结束公示")
    desk.sign_in("leader")
    desk.go(f"/acceptance/{case.pk}/")
    desk.page.fill("#place", "凤城街道办事处门口")
    desk.press("授牌")
    desk.go("/")
    desk.shot("dashboard")
