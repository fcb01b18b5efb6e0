"""A month's report put together: the figures, what was handed in, tasks, cases, problems; its files, both languages."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from guangcheng.apps.handover import positions, ways_to_pass
from guangcheng.apps.web import results
from guangcheng.base.text import Lang, Text
from guangcheng.programme.monthly import verbs
from guangcheng.programme.monthly.models import Report
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.platform.ledger import Anchor
from guangcheng.programme.platform.models import Organisation
from guangcheng.programme.projects.flow import CASE, FIELDS
from guangcheng.programme.projects.models import Case
from guangcheng.programme.submissions.checks import month_end
from guangcheng.programme.submissions.flow import SUBMISSION
from guangcheng.programme.submissions.models import Submission
from guangcheng.programme.submissions.verbs import missing
from guangcheng.programme.tasks import problems as problem_verbs
from guangcheng.programme.tasks.flow import PROBLEM, TASK
from guangcheng.programme.tasks.lights import Light, light
from guangcheng.programme.tasks.models import Problem, Task
from guangcheng.registers.schema import schema
from guangcheng.reporting.maps import map_values
from guangcheng.reporting.monthly import Month, Row, report_docx, report_pdf
from guangcheng.reporting.monthly_book import report_xlsx

__all__ = ["FILES", "freeze", "values_of"]

FILES = (("docx", report_docx), ("pdf", report_pdf), ("xlsx", report_xlsx))
NAMES: Mapping[Lang, str] = {"zh": "{month}指标月报-第{version}版", "en": "{month}-monthly-report-v{version}"}
PATIENCE_S = 120.0
"""Seconds a freeze waits for the month's figures: a form that was sent is not sent twice."""


def values_of(month: str, standard: str, *, made_on: dt.date, why: str = "") -> Month:
    """Everything the report of ``month`` says now; the figures are those of the month's last day."""
    day = month_end(month)
    looked = results.looked(standard, day, patience=PATIENCE_S)
    before = results.evaluation(standard, day.replace(day=1) - dt.timedelta(days=1), patience=PATIENCE_S)
    versions = Report.objects.filter(month=month, standard=standard).values_list("version", flat=True)
    end = ledger.head()
    handed = (
        Submission.objects.filter(month=month).exclude(state__in=("draft", "dropped")).select_related("organisation")
    )
    return Month(
        month=month,
        version=1 + max(versions, default=0),
        evaluation=looked.evaluation,
        standard=looked.standard,
        city_name=scope.the_city().config.name,
        made_on=made_on,
        handed=(*(_handed(one) for one in handed), *(_missing(body, register) for body, register in missing(month))),
        seq=end.seq,
        hash=end.hash,
        tasks=tuple(_task(one, day) for one in Task.objects.filter(parent=None).prefetch_related("assignments")),
        problems=tuple(
            _problem(one, day) for one in Problem.objects.filter(raised_on__lte=day).exclude(state="closed")
        ),
        cases=tuple(_case(one) for one in Case.objects.select_related("operator")),
        before=before if before.snapshots else None,
        ways=ways_to_pass(looked),
        map_values=map_values(looked.evaluation, positions(looked.view)),
        why=why,
        recipients=tuple(verbs.RECIPIENTS.values()),
    )


def _handed(one: Submission) -> Row:
    title = schema(one.register).title
    version = Text(f"第 {one.version} 版", f"version {one.version}")
    who = one.organisation.name_on(one.made_at.date())
    return Row(title, who, SUBMISSION.states[one.state], one.made_at.date(), version)


def _missing(body: Organisation, register: str) -> Row:
    return Row(schema(register).title, body.name, Text("未报送", "missing"), late=True)


def _task(one: Task, day: dt.date) -> Row:
    leads = [part.words or str(part.organisation or "") for part in one.assignments.all() if part.role == "lead"]
    done = Text(f"{one.percent}%", f"{one.percent} %")
    late = light(one, day) in (Light.RED, Light.AMBER)
    return Row(one.title, "、".join(leads), TASK.states[one.state], one.pass_date or one.deadline, done, late)


def _case(one: Case) -> Row:
    title = Text(one.title, one.title)
    return Row(title, one.operator.name, CASE.states[one.state], one.selected_on, FIELDS[one.field])


def _problem(one: Problem, day: dt.date) -> Row:
    age = problem_verbs.age(one, day)
    words = Text(f"已 {age} 天", f"{age} days")
    return Row(Text(one.title, one.title), str(one.owner or "—"), PROBLEM.states[one.state], one.raised_on, words)


def freeze(act: Act, *, month: str, standard: str, why: str = "") -> tuple[Report, Anchor]:
    """Make the files and keep them; see ``programme.monthly.verbs.freeze``."""
    values = values_of(month, standard, made_on=act.day, why=why)
    made = {
        f"{name.format(month=month, version=values.version)}.{ending}": write(values, lang)
        for lang, name in NAMES.items()
        for ending, write in FILES
    }
    evaluation = values.evaluation
    facts: dict[str, Any] = {
        "as_of": evaluation.as_of.isoformat(),
        "indicators": [
            {
                "id": one.id,
                "name": {"zh": one.name.zh, "en": one.name.en},
                "unit": one.unit,
                "value": one.value,
                "target": one.target,
                "status": one.status.value,
                "gap": None if one.gap is None else f"{one.gap.amount} {one.gap.unit}",
            }
            for one in evaluation.indicators
            if one.area == evaluation.area
        ],
    }
    return verbs.freeze(
        act,
        month=month,
        standard=standard,
        facts=facts,
        snapshots={name: str(ref) for name, ref in sorted(evaluation.snapshots.items())},
        files=made,
        printed=Anchor(values.seq, values.hash),
        why=why,
    )
