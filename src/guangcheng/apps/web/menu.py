"""The menu: one row per room of the programme, shown to those who may open it."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from guangcheng.base.text import Text
from guangcheng.programme.platform.roles import EVERYBODY, Role


@dataclass(frozen=True, slots=True)
class Item:
    """A menu entry."""

    words: Text
    path: str
    roles: frozenset[Role] | None = EVERYBODY
    """``None``: the public too."""
    group: Text = Text("", "")  # noqa: RUF009 - a frozen value
    """Under which heading it stands."""


MEASURE = Text("测算", "Measure")
MONTH = Text("报送与报告", "Report")
WORK = Text("目标与任务", "Targets and tasks")
BUILD = Text("项目与案例", "Projects and cases")
ACCEPT = Text("验收与公示", "Acceptance and public")
OFFICE = Text("办公室", "Office")

MENU = (
    Item(Text("总览", "Overview"), "/", group=MEASURE),
    Item(Text("台账", "Registers"), "/registers/", group=MEASURE),
    Item(Text("数据质量", "Data quality"), "/quality/", group=MEASURE),
    Item(Text("标准库", "Standards"), "/standards/", group=MEASURE),
    Item(Text("月度报送", "Submissions"), "/submissions/", group=MONTH),
    Item(Text("指标月报", "Monthly reports"), "/monthly/", group=MONTH),
    Item(Text("年度通报", "Bulletins"), "/bulletins/", group=MONTH),
    Item(Text("单位报送", "Unit reports"), "/unit-reports/", group=MONTH),
    Item(Text("目标", "Targets"), "/targets/", group=WORK),
    Item(Text("任务", "Tasks"), "/tasks/", group=WORK),
    Item(Text("考核", "Scores"), "/scores/", group=WORK),
    Item(Text("难题", "Problems"), "/problems/", group=WORK),
    Item(Text("会议", "Meetings"), "/meetings/", group=WORK),
    Item(Text("提醒", "Reminders"), "/reminders/", group=WORK),
    Item(Text("工作日历", "Working days"), "/workdays/", group=WORK),
    Item(Text("企业计划", "Plans"), "/plans/", group=BUILD),
    Item(Text("政府投资项目", "Funded projects"), "/projects/", group=BUILD),
    Item(Text("应用案例", "Cases"), "/cases/", group=BUILD),
    Item(Text("验收", "Acceptance"), "/acceptance/", group=ACCEPT),
    Item(Text("示范点", "Demonstration sites"), "/demo-sites/", group=ACCEPT),
    Item(Text("公众查询", "Public portal"), "/public/", None, group=ACCEPT),
    Item(Text("成员单位", "Member bodies"), "/members/", group=OFFICE),
    Item(Text("单位与用户", "Bodies and people"), "/people/", frozenset({Role.ADMINISTRATOR}), group=OFFICE),
    Item(Text("操作记录", "Ledger"), "/ledger/", frozenset({Role.ADMINISTRATOR, Role.INSPECTOR}), group=OFFICE),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A menu entry as drawn."""

    words: Text
    path: str
    current: bool
    group: Text


def menu_for(held: AbstractSet[Role], path: str) -> list[Shown]:
    """The entries for somebody with these roles; ``path`` marks where they are."""
    open_to = [item for item in MENU if item.roles is None or not item.roles.isdisjoint(held)]
    return [
        Shown(item.words, item.path, path.startswith(item.path) if item.path != "/" else path == "/", item.group)
        for item in open_to
    ]
