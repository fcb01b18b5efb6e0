"""The yearly bulletin (年度通报): frozen with a hash, published by a second person, corrected only by a new version."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from guangcheng.base.errors import InputError, Refused
from guangcheng.base.text import Text
from guangcheng.programme.members.verbs import OFFICE
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.workflow import carried, note_hand
from guangcheng.programme.tasks import problems, scores
from guangcheng.programme.tasks.flow import BULLETIN
from guangcheng.programme.tasks.lights import light
from guangcheng.programme.tasks.models import Bulletin, Task


@transaction.atomic
def freeze(act: Act, year: int, *, figures: Mapping[str, Any], reason: str = "", accepted: Any = None) -> Bulletin:
    """Freeze a year's data: ``figures`` (indicators and where they come from), tasks, scores, problems.

    A second version of a year needs the reason of the correction; the one before is marked as corrected.
    """
    allow(act, OFFICE, area=scope.top())
    if not 2000 <= year <= act.day.year:
        raise InputError(
            Text(f"{year} 年还没有到，或不是年份", f"{year} is still to come, or no year"),
            mend=Text("填已到的年份", "give a year that has come"),
        )
    earlier = Bulletin.objects.select_for_update().filter(year=year).order_by("-version")
    before = earlier.first()
    if before is not None and not reason.strip():
        raise InputError(
            Text(f"{year} 年通报已有第 {before.version} 版", f"there is version {before.version} for {year}"),
            mend=Text("更正要写明理由", "say why it is corrected"),
        )
    content = {"year": year, "figures": dict(figures), **_content(act, accepted)}
    digest = digest_of(content)
    if before is not None:
        BULLETIN.advance(act, before, "replace")
    made = Bulletin.objects.create(
        year=year,
        version=before.version + 1 if before else 1,
        content=content,
        digest=digest,
        reason=reason.strip(),
        made_at=act.at,
        area_code=scope.top(),
        state=BULLETIN.initial,
        steps=carried(earlier, ("freeze",)),
    )
    note_hand(act, made, "freeze")
    told = {"year": year, "version": made.version, "sha256": digest}
    anchor = ledger.record(act, "bulletin.freeze", made.subject, area=scope.top(), facts=told)
    made.receipt_seq, made.receipt_hash = anchor.seq, anchor.hash
    made.save(update_fields=["steps", "receipt_seq", "receipt_hash"])
    return made


def _content(act: Act, accepted: Any) -> dict[str, Any]:
    tasks: dict[str, int] = {}
    for task in Task.objects.all():
        now = light(task, act.day).value
        tasks[now] = tasks.get(now, 0) + 1
    ranked = scores.scoreboard(act.day, accepted)
    return {
        "as_of": act.day.isoformat(),
        "tasks": tasks,
        "weights": scores.weights(),
        "scores": [{"rank": one.rank, "unit": one.organisation.name, "points": one.shown} for one in ranked],
        "problems": [
            {"category": one.category, "raised": one.raised, "solved": one.solved, "median_days": one.median_days}
            for one in problems.by_category()
        ],
    }


def digest_of(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a content's canonical text."""
    return hashlib.sha256(ledger.canonical(content).encode()).hexdigest()


@transaction.atomic
def publish(act: Act, bulletin: Bulletin) -> Bulletin:
    """Make it public, if it is still what was frozen; by another person than froze it."""
    held = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    if digest_of(held.content) != held.digest:
        raise Refused(
            Text("通报内容与冻结时的指纹不符", "the bulletin is not what was frozen"),
            mend=Text("从备份恢复，或冻结新的一版", "restore a backup, or freeze a new version"),
        )
    held.published_on = act.day
    BULLETIN.advance(act, held, "publish", facts={"sha256": held.digest})
    return held
