"""The steps of a load (导入件)."""

from guangcheng.base.text import Text
from guangcheng.programme.platform.roles import Role
from guangcheng.programme.platform.workflow import Transition, Workflow, roles

HANDS_IN = roles(Role.REPORTER)
"""Who loads registers: reporters, each for their own area (the whole city's for everything)."""

LOAD = Workflow(
    name="load",
    title=Text("台账导入", "loading a register"),
    initial="received",
    states={
        "received": Text("待提交", "received"),
        "committing": Text("正在入库", "being committed"),
        "committed": Text("已入库", "committed"),
        "withdrawn": Text("已撤回", "withdrawn"),
    },
    transitions=(
        Transition("settle", ("received",), "received", Text("改正", "settle"), HANDS_IN),
        Transition("begin", ("received", "committing"), "committing", Text("入库", "commit"), HANDS_IN),
        Transition("finish", ("committing",), "committed", Text("入库完成", "finish"), HANDS_IN),
        Transition("fail", ("committing",), "received", Text("入库未成", "fail"), HANDS_IN),
        Transition("withdraw", ("received",), "withdrawn", Text("撤回", "withdraw"), HANDS_IN),
    ),
)

DECISIONS = {
    "mend": Text("应更正", "to be mended"),
    "right": Text("核实无误", "verified as right"),
    "accepted": Text("已知，接受", "known and accepted"),
}
"""What a reviewer may say about a finding."""
