"""Publicly funded projects: seven stages, three documents, issues found and corrected (002 四(二)2)."""

import datetime as dt
from decimal import Decimal
from itertools import combinations

from django.db import transaction

from guangcheng.base.errors import InputError, Refused
from guangcheng.base.text import Text
from guangcheng.programme.members.verbs import CHECKERS, of_unit
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.attachments import attach
from guangcheng.programme.platform.models import Organisation
from guangcheng.programme.platform.organisations import known_area
from guangcheng.programme.projects.flow import AT_WORK, FILINGS, FUNDS, PROJECT, STAGES, WORKS
from guangcheng.programme.projects.models import Filing, Issue, Project, StageRecord
from guangcheng.programme.targets.verbs import in_range
from guangcheng.programme.tasks.work import Files

OLD_ISSUE_DAYS = 30
"""Days after which an uncorrected issue is flagged (product default)."""

GATES = {"to_tender": ("plan",), "to_supervision": ("tender", "contract")}
"""Documents a city-funded project needs before a step: the approved plan to tender, the rest to build."""


@transaction.atomic
def begin(
    act: Act,
    *,
    name: str,
    organisation: Organisation,
    fund_source: str,
    purpose: str,
    area: str,
    budget: Decimal | None = None,
) -> Project:
    """Enter a project; it starts in review."""
    allow(act, AT_WORK, area=area)
    of_unit(act, [organisation], area=area)
    known_area(area)
    if budget is not None:
        in_range(budget, 2)
    if fund_source not in FUNDS or purpose not in WORKS or not name.strip():
        raise InputError(
            Text("项目要有名称、资金来源和建设内容", "a project has a name, a source of funds and a purpose"),
            mend=Text("资金来源：" + "、".join(FUNDS), "sources of funds: " + ", ".join(FUNDS)),
        )
    made = Project.objects.create(
        name=name.strip(),
        organisation=organisation,
        fund_source=fund_source,
        purpose=purpose,
        budget=budget,
        area_code=area,
        began_on=act.day,
        state=PROJECT.initial,
    )
    told = {"name": made.name, "fund_source": fund_source, "unit": organisation.code}
    ledger.record(act, "project.begin", made.subject, area=area, facts=told)
    return made


@transaction.atomic
def record_stage(act: Act, project: Project, words: str, *, files: Files = ()) -> StageRecord:
    """Write down what was done in the stage the project is in."""
    held = _held(act, project)
    if not words.strip():
        raise InputError(Text("没有写内容", "nothing is said"), mend=Text("写明本阶段做了什么", "say what was done"))
    made = StageRecord.objects.create(project=held, stage=held.state, words=words.strip(), on=act.day)
    told = {"stage": held.state, "words": made.words}
    ledger.record(act, "project.record", held.subject, area=held.area_code, facts=told)
    for name, content in files:
        attach(act, name=name, content=content, subject=made.subject, area=held.area_code)
    return made


@transaction.atomic
def file(act: Act, project: Project, kind: str, *, number: str, on: dt.date) -> Filing:
    """Enter the approval or filing of a document: its number and day. They come in order: plan, tender, contract."""
    allow(act, CHECKERS, area=project.area_code)
    held = _held(act, project)
    if kind not in FILINGS or not number.strip() or on > act.day:
        raise InputError(
            Text(
                "报批备案要有文件类型、文号和不晚于今天的日期",
                "a filing has a document, a number and a day not to come",
            ),
            mend=Text("文件：" + "、".join(FILINGS), "documents: " + ", ".join(FILINGS)),
        )
    order = list(FILINGS)
    earlier = {one.kind: one for one in held.filings.all()}
    lacking = [one for one in order[: order.index(kind)] if one not in earlier]
    if lacking or kind in earlier:
        zh = f"先要有{FILINGS[lacking[0]].zh}" if lacking else "这份文件已经登记"
        en = f"the {FILINGS[lacking[0]].en} comes first" if lacking else "this document is entered already"
        raise Refused(Text(zh, en), mend=Text("顺序：建设方案、招标文件、项目合同", "in order: plan, tender, contract"))
    made = Filing.objects.create(project=held, kind=kind, number=number.strip(), on=on)
    told = {"kind": kind, "number": made.number, "on": on}
    ledger.record(act, "project.file", held.subject, area=held.area_code, facts=told)
    return made


@transaction.atomic
def find_issue(act: Act, project: Project, words: str) -> Issue:
    """Enter something wrong found in the stage the project is in."""
    allow(act, CHECKERS, area=project.area_code)
    held = _held(act, project)
    if not words.strip():
        raise InputError(Text("没有写问题", "nothing is said"), mend=Text("写明发现的问题", "say what is wrong"))
    made = Issue.objects.create(project=held, stage=held.state, words=words.strip(), found_on=act.day)
    ledger.record(act, "project.issue", held.subject, area=held.area_code, facts={"words": made.words})
    return made


@transaction.atomic
def correct_issue(act: Act, issue: Issue, correction: str) -> Issue:
    """Say how an issue was corrected."""
    project = _held(act, issue.project)
    held = Issue.objects.select_for_update().get(pk=issue.pk)
    if held.corrected_on is not None:
        raise Refused(Text("已经改正", "it is corrected already"), mend=Text("不用再做", "nothing is left to do"))
    if not correction.strip():
        raise InputError(Text("没有写改正情况", "nothing is said"), mend=Text("写明怎样改正", "say how"))
    held.correction, held.corrected_on = correction.strip(), act.day
    held.save(update_fields=["correction", "corrected_on"])
    told = {"issue": held.pk, "correction": held.correction}
    ledger.record(act, "project.correct", project.subject, area=project.area_code, facts=told)
    return held


@transaction.atomic
def step(act: Act, project: Project, name: str, *, reason: str = "") -> Project:
    """Go to the next stage, or stop; :func:`barred` says what is in the way."""
    held = Project.objects.select_for_update().get(pk=project.pk)
    why = None if name == "stop" or held.state not in PROJECT.by_name[name].sources else barred(held, name)
    if why is not None:
        allow(act, PROJECT.by_name[name].roles, area=held.area_code)
        raise Refused(why, mend=Text("补齐后再进入下一阶段", "supply it, then go on"))
    PROJECT.advance(act, held, name, reason=reason)
    return held


def barred(project: Project, name: str) -> Text | None:
    """Why a project may not take a step yet, or ``None``."""
    if not project.records.filter(stage=project.state).exists():
        stage = STAGES[project.state]
        return Text(f"“{stage.zh}”还没有记录", f"nothing is recorded for {stage.en}")
    filed = {one.kind for one in project.filings.all()}
    needed = GATES.get(name, ()) if project.fund_source == "city" else ()
    lacking = [FILINGS[kind] for kind in needed if kind not in filed]
    if lacking:
        return Text("还缺：" + "、".join(one.zh for one in lacking), "missing: " + ", ".join(one.en for one in lacking))
    still = project.issues.filter(corrected_on=None).count()
    if name == "to_operation" and still:
        return Text(f"还有 {still} 个问题没有改正", f"{still} issues are not corrected")
    return None


def _held(act: Act, project: Project) -> Project:
    held = Project.objects.select_for_update().get(pk=project.pk)
    allow(act, AT_WORK, area=held.area_code)
    of_unit(act, [held.organisation], area=held.area_code)
    if held.state == "stopped":
        raise Refused(Text("项目已中止", "the project was stopped"), mend=Text("另立新项目", "enter a new project"))
    return held


def old_issues(day: dt.date) -> list[Issue]:
    """Issues uncorrected for longer than :data:`OLD_ISSUE_DAYS`."""
    since = day - dt.timedelta(days=OLD_ISSUE_DAYS)
    return list(Issue.objects.filter(corrected_on=None, found_on__lt=since).select_related("project"))


def doubled() -> list[tuple[Project, Project]]:
    """Pairs of live projects of one purpose, one's place within the other's (004-40 三(七)3)."""
    live = Project.objects.exclude(state__in=("stopped", "operation")).order_by("pk")
    return [
        (one, other)
        for one, other in combinations(live, 2)
        if one.purpose == other.purpose
        and (scope.within(one.area_code, other.area_code) or scope.within(other.area_code, one.area_code))
    ]
