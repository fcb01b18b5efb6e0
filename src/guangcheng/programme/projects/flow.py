"""The steps of enterprise plans, of publicly funded projects through their seven stages, of application cases."""

from itertools import pairwise

from guangcheng.base.text import Text
from guangcheng.programme.members.verbs import CHECKERS, OFFICE
from guangcheng.programme.platform.roles import Role
from guangcheng.programme.platform.workflow import Transition, Workflow, roles

AT_WORK = roles(Role.REPORTER, *CHECKERS)
CHECKS = roles(*CHECKERS)
HANDLES = roles(Role.CASE_HANDLER, *CHECKERS)

PLAN_KINDS = {
    "implementation": Text("实施方案", "implementation plan"),
    "annual": Text("年度计划", "annual plan"),
}

WORKS = {
    "site": Text("基站", "base station"),
    "duct": Text("管道", "duct"),
    "cable": Text("光缆", "cable"),
    "access": Text("接入网", "access network"),
    "room": Text("机房", "equipment room"),
    "platform": Text("平台系统", "platform"),
    "other": Text("其他", "other"),
}
"""What is built; two enterprises building the same in one place at one time are told to build together."""

FUNDS = {
    "city": Text("市财政", "city budget"),
    "district": Text("区县财政", "district budget"),
    "other": Text("其他公共资金", "other public funds"),
}

FILINGS = {
    "plan": Text("建设方案（报批）", "construction plan (approved)"),
    "tender": Text("招标文件（备案）", "tender (filed)"),
    "contract": Text("项目合同（备案）", "contract (filed)"),
}
"""The three documents approved or filed at key links (RUL-002-02)."""

STAGES = {
    "review": Text("立项审核", "review"),
    "funding": Text("资金安排", "funding"),
    "tender": Text("招投标", "tendering"),
    "supervision": Text("监理", "supervision"),
    "testing": Text("测评", "testing"),
    "acceptance": Text("验收", "acceptance"),
    "operation": Text("运维", "operation"),
}
"""The seven supervised stages (002 四(二)2), in their order."""

_ORDER = tuple(STAGES)

PLAN = Workflow(
    name="plan",
    title=Text("企业计划", "enterprise plan"),
    initial="draft",
    states={
        "draft": Text("草稿", "draft"),
        "filed": Text("已报送", "filed"),
        "returned": Text("已退回", "returned"),
        "accepted": Text("已备案", "accepted"),
    },
    deeds={"edit": Text("编写", "write or change")},
    transitions=(
        Transition("file", ("draft", "returned"), "filed", Text("报送", "file"), AT_WORK),
        Transition("give_back", ("filed",), "returned", Text("退回", "return"), CHECKS, reason=True),
        Transition("accept", ("filed",), "accepted", Text("备案", "accept"), CHECKS, not_by=("edit", "file")),
    ),
)

PROJECT = Workflow(
    name="project",
    title=Text("政府投资项目", "publicly funded project"),
    initial=_ORDER[0],
    states={**STAGES, "stopped": Text("中止", "stopped")},
    transitions=(
        *(
            Transition(
                f"to_{after}", (before,), after, Text(f"进入{STAGES[after].zh}", f"to {STAGES[after].en}"), CHECKS
            )
            for before, after in pairwise(_ORDER)
        ),
        Transition("stop", _ORDER[:-1], "stopped", Text("中止", "stop"), roles(*OFFICE), reason=True),
    ),
)

FIELDS = {
    "consumption": Text("信息消费", "information consumption"),
    "industry": Text("垂直行业", "industries"),
    "livelihood": Text("社会民生", "people's livelihood"),
    "government": Text("数字政府", "digital government"),
}
"""The fields of 003 二(三)."""

CHECKS_OF_A_CASE = {
    "network_used": Text("用了双千兆网络", "it uses the network"),
    "user_named": Text("写明用户", "its user is named"),
    "effect_stated": Text("说明效果", "its effect is stated"),
}
"""The three checks of a case (U-36)."""

CASE = Workflow(
    name="case",
    title=Text("应用案例", "application case"),
    initial="found",
    states={
        "found": Text("挖掘", "found"),
        "recommended": Text("推荐", "recommended"),
        "selected": Text("入选", "selected"),
        "promoted": Text("推广", "promoted"),
    },
    deeds={"edit": Text("编写", "write or change")},
    transitions=(
        Transition("recommend", ("found",), "recommended", Text("推荐", "recommend"), AT_WORK | {Role.CASE_HANDLER}),
        Transition("send_back", ("recommended",), "found", Text("退回", "send back"), HANDLES, reason=True),
        Transition(
            "select", ("recommended",), "selected", Text("入选", "select"), HANDLES, not_by=("edit", "recommend")
        ),
        Transition("promote", ("selected",), "promoted", Text("推广", "promote"), HANDLES),
        Transition("deselect", ("selected", "promoted"), "found", Text("取消入选", "deselect"), HANDLES, reason=True),
    ),
)

FLOWS = (PLAN, PROJECT, CASE)
"""All of them, for pages and docs."""
