"""Freeze a month's report, correct it by a new version, publish it, note the recipients' receipts (003 三 职责三)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from guangcheng.base.errors import InputError, NotFound, Refused
from guangcheng.base.text import Text
from guangcheng.programme.monthly.models import Receipt, Report
from guangcheng.programme.platform import attachments, ledger, scope
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.ledger import Anchor
from guangcheng.programme.platform.roles import Role
from guangcheng.programme.platform.workflow import second_person

RECIPIENTS = {
    "leading_group": Text("领导小组", "the leading group"),
    "regulator": Text("市通信管理局", "the municipal communications administration"),
}
"""Who gets the report (003 三)."""


@transaction.atomic
def freeze(
    act: Act,
    *,
    month: str,
    standard: str,
    facts: Mapping[str, Any],
    snapshots: Mapping[str, str],
    files: Mapping[str, bytes],
    printed: Anchor,
    why: str = "",
) -> tuple[Report, Anchor]:
    """Keep a version for ever. ``printed`` is the ledger's head as the files show it.

    The second version and later are corrections and need ``why``. ``Refused`` when the files print another head than
    the ledger's present one: something happened since they were made.
    """
    allow(act, (Role.REVIEWER,), area=scope.top())
    if ledger.head() != printed:
        raise Refused(
            Text("生成期间有新的操作，报告上的记录序号已旧", "the ledger moved on while the report was made"),
            mend=Text("重新生成", "make it again"),
        )
    earlier = Report.objects.select_for_update().filter(month=month, standard=standard)
    version = 1 + max(earlier.values_list("version", flat=True), default=0)
    if version > 1 and not why.strip():
        raise InputError(
            Text("更正已冻结的月报要写明原因", "a correction of a frozen report needs a reason"),
            mend=Text("写清更正了什么", "say what was corrected"),
        )
    made = Report.objects.create(
        month=month,
        version=version,
        standard=standard,
        facts=dict(facts),
        snapshots=dict(snapshots),
        why=why.strip(),
        head_seq=printed.seq,
        head_hash=printed.hash,
        frozen_at=act.at,
        frozen_by=act.user,
    )
    hashes = {}
    for name, content in sorted(files.items()):
        kept = attachments.attach(act, name=name, content=content, subject=made.subject, area=scope.top())
        made.files.add(kept)
        hashes[name] = kept.digest
    told = {"month": month, "version": version, "files": hashes, "snapshots": dict(snapshots)}
    return made, ledger.record(act, "monthly.freeze", made.subject, area=scope.top(), facts=told)


def report_of(pk: int) -> Report:
    """The report; ``NotFound`` when there is none."""
    found = Report.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(
            Text(f"没有月报 {pk}", f"there is no report {pk}"), mend=Text("从月报列表进入", "choose one from the list")
        )
    return found


@transaction.atomic
def publish(act: Act, pk: int) -> Anchor:
    """Show a frozen version on the public portal; by another person than froze it or an earlier version."""
    allow(act, (Role.APPROVER,), area=scope.top())
    found = report_of(pk)
    versions = Report.objects.filter(month=found.month, standard=found.standard, version__lte=found.version)
    if versions.filter(frozen_by=act.actor).exists():
        raise second_person(Text("公布", "publish"))
    found.published = True
    found.save(update_fields=["published"])
    return ledger.record(act, "monthly.publish", found.subject, area=scope.top())


@transaction.atomic
def receive(act: Act, pk: int, *, recipient: str) -> tuple[Receipt, Anchor]:
    """Note that a recipient has it; once each."""
    allow(act, (Role.REVIEWER, Role.INSPECTOR), area=scope.top())
    found = report_of(pk)
    if recipient not in RECIPIENTS:
        raise InputError(
            Text(f"没有收件单位 {recipient}", f"no such recipient: {recipient}"),
            mend=Text("、".join(RECIPIENTS), ", ".join(RECIPIENTS)),
        )
    if found.receipts.filter(recipient=recipient).exists():
        raise Refused(
            Text("已登记过回执", "the receipt is noted already"), mend=Text("看回执列表", "see the list of receipts")
        )
    made = Receipt.objects.create(report=found, recipient=recipient, at=act.at, noted_by=act.user)
    anchor = ledger.record(act, "monthly.receive", found.subject, area=scope.top(), facts={"recipient": recipient})
    return made, anchor
