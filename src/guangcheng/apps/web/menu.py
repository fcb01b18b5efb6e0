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


MENU = (
    Item(Text("总览", "Overview"), "/"),
    Item(Text("台账", "Registers"), "/registers/"),
    Item(Text("数据质量", "Data quality"), "/quality/"),
    Item(Text("标准库", "Standards"), "/standards/"),
    Item(Text("月度报送", "Submissions"), "/submissions/"),
    Item(Text("指标月报", "Monthly reports"), "/monthly/"),
    Item(Text("目标", "Targets"), "/targets/"),
    Item(Text("任务", "Tasks"), "/tasks/"),
    Item(Text("考核", "Scores"), "/scores/"),
    Item(Text("难题", "Problems"), "/problems/"),
    Item(Text("会议", "Meetings"), "/meetings/"),
    Item(Text("单位报送", "Unit reports"), "/unit-reports/"),
    Item(Text("企业计划", "Plans"), "/plans/"),
    Item(Text("政府投资项目", "Funded projects"), "/projects/"),
    Item(Text("应用案例", "Cases"), "/cases/"),
    Item(Text("年度通报", "Bulletins"), "/bulletins/"),
    Item(Text("成员单位", "Member bodies"), "/members/"),
    Item(Text("工作日历", "Working days"), "/workdays/"),
    Item(Text("提醒", "Reminders"), "/reminders/"),
    Item(Text("验收", "Acceptance"), "/acceptance/"),
    Item(Text("示范点", "Demonstration sites"), "/demo-sites/"),
    Item(Text("公众查询", "Public portal"), "/public/", None),
    Item(Text("单位与用户", "Bodies and people"), "/people/", frozenset({Role.ADMINISTRATOR})),
    Item(Text("操作记录", "Ledger"), "/ledger/", frozenset({Role.ADMINISTRATOR, Role.INSPECTOR})),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A menu entry as drawn."""

    words: Text
    path: str
    current: bool


def menu_for(held: AbstractSet[Role], path: str) -> list[Shown]:
    """The entries for somebody with these roles; ``path`` marks where they are."""
    open_to = [item for item in MENU if item.roles is None or not item.roles.isdisjoint(held)]
    return [
        Shown(item.words, item.path, path.startswith(item.path) if item.path != "/" else path == "/")
        for item in open_to
    ]
