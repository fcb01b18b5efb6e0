"""``plan check``: hold a fibre plan against itself."""

from pathlib import Path

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, lang, progress, show, words
from guangcheng.apps.cli.options import FOLDER


@click.command(
    help=words(
        "检查一份光纤规划：只读它的文件，把每个终端一芯一芯地追到 PON 口，重算长度、光衰减、工程量和造价。",
        "Check a fibre plan from its files alone: every ONT is followed fibre by fibre to a PON port; lengths, losses, "
        "quantities and cost are reckoned again.",
    )
)
@click.argument("run", metavar="RUN", type=FOLDER)
@common
def check(run: Path, as_json: bool) -> int:
    """Check; exit 1 when anything is wrong."""
    from guangcheng.apps import shapes
    from guangcheng.base.text import Text
    from guangcheng.reporting.plan_check.check import check_plan

    checked = check_plan(run, progress=progress())
    found = {
        "run": str(run),
        "ok": checked.ok,
        "counts": dict(checked.counts),
        "findings": [
            {"id": one.id, "subject": one.subject, "words": shapes.text(one.words)} for one in checked.findings
        ],
        "looked_at": dict(checked.looked_at),
    }
    emit(found, as_json=as_json)
    if not as_json:
        onts, many = checked.looked_at.get("onts", 0), sum(checked.counts.values())
        good = Text(f"没有问题：{onts:,} 个终端都追到了 PON 口", f"nothing wrong: all {onts:,} ONTs lead to a PON port")
        bad = Text(f"{many:,} 处不对", f"{many:,} things are wrong")
        show((good if checked.ok else bad).in_(lang()))
        for one in checked.findings:
            show(f"{one.id}  {one.words.in_(lang())}")
        for name, count in checked.counts.items():
            if count > sum(one.id == name for one in checked.findings):
                show(f"{name}  × {count:,}")
    return EXIT_DONE if checked.ok else EXIT_NO
