"""The steps of acceptance and of demonstration sites: one table each (001 三(三)-(四); C-09)."""

from guangcheng.base.text import Text
from guangcheng.programme.platform.roles import Role
from guangcheng.programme.platform.workflow import Transition, Workflow, roles

REPORTER, REVIEWER, APPROVER = roles(Role.REPORTER), roles(Role.REVIEWER), roles(Role.APPROVER)

APPLIED = ("open", "recheck", "submit")
"""What somebody does who applies, in whichever round: none of them decides on the case."""

ACCEPTANCE = Workflow(
    name="acceptance",
    title=Text("达标验收", "acceptance"),
    initial="checked",
    states={
        "checked": Text("已自查", "self-checked"),
        "submitted": Text("已申报", "submitted"),
        "review": Text("审核中", "in review"),
        "returned": Text("已退回", "returned"),
        "on_site": Text("现场抽查中", "visited on site"),
        "reviewed": Text("审核通过", "review passed"),
        "collated": Text("已汇总报审", "collated"),
        "approved": Text("已审定", "approved"),
        "refused": Text("审定未通过", "not approved"),
        "notice": Text("公示中", "public notice"),
        "unopposed": Text("公示期满无异议", "notice over, no objection"),
        "awarded": Text("已授牌", "plaque awarded"),
        "noticed_only": Text("已通报（不授牌）", "announced (no plaque)"),
        "withdrawn": Text("已撤销", "withdrawn"),
    },
    deeds={"open": Text("自查立项", "open the case")},
    transitions=(
        Transition("recheck", ("checked", "returned"), "checked", Text("重新自查", "self-check again"), REPORTER),
        Transition("submit", ("checked",), "submitted", Text("申报", "submit"), REPORTER),
        Transition("take", ("submitted",), "review", Text("受理审核", "take into review"), REVIEWER, not_by=APPLIED),
        Transition(
            "send_back",
            ("review", "on_site", "reviewed"),
            "returned",
            Text("退回", "return"),
            REVIEWER,
            not_by=APPLIED,
            reason=True,
        ),
        Transition("draw", ("review",), "on_site", Text("抽取现场样本", "draw the sample"), REVIEWER, not_by=APPLIED),
        Transition(
            "pass_review",
            ("on_site",),
            "reviewed",
            Text("审核通过", "pass the review"),
            REVIEWER,
            not_by=APPLIED,
        ),
        Transition("collate", ("reviewed",), "collated", Text("汇总报审", "collate"), REVIEWER, not_by=APPLIED),
        Transition(
            "approve",
            ("collated",),
            "approved",
            Text("审定通过", "approve"),
            APPROVER,
            not_by=(*APPLIED, "pass_review"),
        ),
        Transition(
            "refuse",
            ("collated",),
            "refused",
            Text("审定不通过", "do not approve"),
            APPROVER,
            not_by=(*APPLIED, "pass_review"),
            reason=True,
        ),
        Transition(
            "announce",
            ("approved",),
            "notice",
            Text("开始公示", "begin the public notice"),
            REVIEWER,
            not_by=APPLIED,
        ),
        Transition(
            "close_notice", ("notice",), "unopposed", Text("结束公示", "close the notice"), REVIEWER, not_by=APPLIED
        ),
        Transition(
            "uphold",
            ("notice",),
            "returned",
            Text("异议成立，退回", "objection upheld: return"),
            REVIEWER,
            not_by=APPLIED,
            reason=True,
        ),
        Transition("award", ("unopposed",), "awarded", Text("授牌", "award the plaque"), APPROVER, not_by=APPLIED),
        Transition(
            "publish",
            ("unopposed",),
            "noticed_only",
            Text("通报（全区不授牌）", "announce the district (no plaque)"),
            APPROVER,
            not_by=APPLIED,
        ),
        Transition(
            "withdraw",
            ("awarded", "noticed_only"),
            "withdrawn",
            Text("撤销", "withdraw"),
            APPROVER,
            reason=True,
        ),
    ),
)

DEMO_SITES = Workflow(
    name="demo_site",
    title=Text("示范点", "demonstration sites"),
    initial="proposed",
    states={
        "proposed": Text("已推荐", "proposed"),
        "building": Text("创建中", "being built"),
        "named": Text("已命名", "named"),
        "ended": Text("已取消", "ended"),
    },
    deeds={"propose": Text("推荐", "propose")},
    transitions=(
        Transition("start", ("proposed",), "building", Text("列入创建", "take up"), REVIEWER),
        Transition("name", ("building",), "named", Text("命名", "name"), APPROVER, not_by=("propose", "start")),
        Transition("end", ("proposed", "building", "named"), "ended", Text("取消", "end"), REVIEWER, reason=True),
    ),
)

SITE_KINDS = {
    "estate": Text("示范小区", "demonstration estate"),
    "village": Text("示范村", "demonstration village"),
    "street": Text("示范街镇", "demonstration street or town"),
    "park": Text("示范产业园", "demonstration park"),
    "venue": Text("示范场所", "demonstration venue"),
}

NO_PLAQUE = ("district", "city")
"""Levels that are announced but get no plaque (C-09: 001 三(三) names plaques without the district's)."""
