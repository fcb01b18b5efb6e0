"""The steps of a submission."""

from guangcheng.base.text import Text
from guangcheng.programme.platform.roles import Role
from guangcheng.programme.platform.workflow import Transition, Workflow, roles

REPORTER, REVIEWER = roles(Role.REPORTER), roles(Role.REVIEWER)

HANDED_IN = ("hand_in", "submit")
"""What somebody does who hands in, in whichever version: none of them accepts or returns it."""

SUBMISSION = Workflow(
    name="submission",
    title=Text("月度报送", "monthly submission"),
    initial="draft",
    states={
        "draft": Text("草稿", "draft"),
        "submitted": Text("已提交", "submitted"),
        "returned": Text("已退回", "returned"),
        "accepted": Text("已接收", "accepted"),
        "dropped": Text("已作废", "dropped"),
    },
    deeds={"hand_in": Text("上传", "hand in a file")},
    transitions=(
        Transition("submit", ("draft",), "submitted", Text("提交", "submit"), REPORTER),
        Transition("drop", ("draft",), "dropped", Text("作废", "drop"), REPORTER),
        Transition(
            "send_back",
            ("submitted", "accepted"),
            "returned",
            Text("退回", "return"),
            REVIEWER,
            not_by=HANDED_IN,
            reason=True,
        ),
        Transition("accept", ("submitted",), "accepted", Text("接收", "accept"), REVIEWER, not_by=HANDED_IN),
    ),
)

DUE = ("subscriber_stats",)
"""Registers every operator hands in each month (003 三: 指标月报)."""
TAKEN = ("subscriber_stats", "pon_ports", "access_points", "expansions", "install_orders", "claims")
"""Registers that may come in as a monthly submission."""
