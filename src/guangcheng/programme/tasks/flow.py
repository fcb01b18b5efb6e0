"""The steps of tasks, problems, meetings, decisions, unit reports and bulletins."""

from guangcheng.base.text import Text
from guangcheng.programme.members.verbs import CHECKERS, OFFICE
from guangcheng.programme.platform.roles import Role
from guangcheng.programme.platform.workflow import Transition, Workflow, roles

AT_WORK = roles(Role.REPORTER, *CHECKERS)
"""Who reports what was done (a reporter only for the own unit)."""

CHECKS = roles(*CHECKERS)
LEADS = roles(*OFFICE)

PARTS = {
    "lead": Text("牵头", "lead"),
    "responsible": Text("责任", "responsible"),
    "cooperating": Text("配合", "cooperating"),
}
"""What part a unit has in a task."""

CATEGORIES = {
    "site": Text("站址选择", "siting"),
    "duct": Text("管道建设", "ducts"),
    "power": Text("电力引接", "power"),
    "works": Text("土建施工", "civil works"),
    "entry": Text("小区进入", "entry to estates"),
    "other": Text("其他", "other"),
}
"""What a problem is about (41Y 五; 41G 三(十一))."""

LEVELS = (
    Text("街镇协调", "street or town"),
    Text("区级部门协调", "district bodies"),
    Text("领导小组协调", "leading group"),
)
"""How far up a problem has gone."""

TASK = Workflow(
    name="task",
    title=Text("任务", "task"),
    initial="open",
    states={
        "open": Text("未开始", "not begun"),
        "going": Text("推进中", "under way"),
        "reported": Text("待核实", "reported done"),
        "done": Text("已办结", "done"),
        "dropped": Text("不再办理", "dropped"),
    },
    transitions=(
        Transition("begin", ("open",), "going", Text("开始", "begin"), AT_WORK),
        Transition("report", ("open", "going"), "reported", Text("报办结", "report done"), AT_WORK),
        Transition("confirm", ("reported",), "done", Text("核实办结", "confirm"), CHECKS, not_by=("report",)),
        Transition("send_back", ("reported",), "going", Text("退回", "send back"), CHECKS, reason=True),
        Transition("drop", ("open", "going"), "dropped", Text("不再办理", "drop"), LEADS, reason=True),
        Transition("reopen", ("done", "dropped"), "going", Text("重新办理", "reopen"), LEADS, reason=True),
    ),
)

PROBLEM = Workflow(
    name="problem",
    title=Text("难题", "problem"),
    initial="raised",
    states={
        "raised": Text("待受理", "raised"),
        "working": Text("协调中", "being worked on"),
        "solved": Text("待确认", "solved, to be confirmed"),
        "closed": Text("已解决", "closed"),
    },
    transitions=(
        Transition("take", ("raised", "working"), "working", Text("交办", "hand to a unit"), CHECKS),
        Transition("escalate", ("raised", "working"), "working", Text("提级", "escalate"), CHECKS, reason=True),
        Transition("solve", ("working",), "solved", Text("报解决", "report solved"), AT_WORK, reason=True),
        Transition(
            "confirm", ("solved",), "closed", Text("确认解决", "confirm"), AT_WORK | {Role.VIEWER}, not_by=("solve",)
        ),
        Transition("send_back", ("solved",), "working", Text("退回", "send back"), CHECKS, reason=True),
    ),
)

MEETING = Workflow(
    name="meeting",
    title=Text("会议", "meeting"),
    initial="planned",
    states={
        "planned": Text("拟开", "planned"),
        "held": Text("已开", "held"),
        "cancelled": Text("取消", "cancelled"),
    },
    transitions=(
        Transition("hold", ("planned",), "held", Text("记录会议", "record as held"), LEADS, reason=True),
        Transition("cancel", ("planned",), "cancelled", Text("取消", "cancel"), LEADS, reason=True),
    ),
)

DECISION = Workflow(
    name="decision",
    title=Text("会议决议", "decision"),
    initial="open",
    states={
        "open": Text("督办中", "open"),
        "reported": Text("待销号", "reported done"),
        "done": Text("已销号", "done"),
        "dropped": Text("撤销", "dropped"),
    },
    transitions=(
        Transition("report", ("open",), "reported", Text("报落实", "report done"), AT_WORK, reason=True),
        Transition("confirm", ("reported",), "done", Text("销号", "confirm"), CHECKS, not_by=("report",)),
        Transition("send_back", ("reported",), "open", Text("退回", "send back"), CHECKS, reason=True),
        Transition("drop", ("open",), "dropped", Text("撤销", "drop"), LEADS, reason=True),
    ),
)

UNIT_REPORT = Workflow(
    name="unitreport",
    title=Text("单位报送", "unit report"),
    initial="draft",
    states={
        "draft": Text("草稿", "draft"),
        "submitted": Text("已报送", "handed in"),
        "returned": Text("已退回", "returned"),
        "accepted": Text("已采纳", "accepted"),
    },
    deeds={"write": Text("填写", "write")},
    transitions=(
        Transition("submit", ("draft", "returned"), "submitted", Text("报送", "hand in"), AT_WORK),
        Transition(
            "give_back",
            ("submitted",),
            "returned",
            Text("退回", "return"),
            CHECKS,
            not_by=("write", "submit"),
            reason=True,
        ),
        Transition("accept", ("submitted",), "accepted", Text("采纳", "accept"), CHECKS, not_by=("write", "submit")),
    ),
)

BULLETIN = Workflow(
    name="bulletin",
    title=Text("年度通报", "yearly bulletin"),
    initial="frozen",
    states={
        "frozen": Text("已冻结", "frozen"),
        "published": Text("已公布", "published"),
        "replaced": Text("已被更正", "corrected by a later version"),
    },
    deeds={"freeze": Text("冻结", "freeze")},
    transitions=(
        Transition(
            "publish", ("frozen",), "published", Text("公布", "publish"), roles(Role.APPROVER), not_by=("freeze",)
        ),
        Transition("replace", ("frozen", "published"), "replaced", Text("被新版替代", "replace"), LEADS),
    ),
)

FLOWS = (TASK, PROBLEM, MEETING, DECISION, UNIT_REPORT, BULLETIN)
"""All of them, for pages and docs."""
