"""The page of the workflows' tables, from the tables the programme goes by."""

import os
from collections.abc import Callable

Table = Callable[[list[str], list[list[str]]], str]


def workflows(table: Table) -> str:
    """Every workflow: from, step, to, roles, whom it is closed to, whether a reason is needed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guangcheng.apps.web.settings")
    import django

    django.setup()
    from guangcheng.apps.web.flows import FLOWS
    from guangcheng.base.text import Text
    from guangcheng.programme.platform.roles import Role
    from guangcheng.programme.platform.workflow import table_rows

    def both(text: Text) -> str:
        return f"{text.zh} {text.en}"

    head = ["从 from", "步骤 step", "到 to", "角色 role", "经手人不得办 not by who did", "理由 reason"]
    about = (
        "# 流程表 Workflows\n\n程序、页面（`/acceptance/flow`）和本页用同一张表。“经手人不得办”：在任何一轮做过其中一件事的人"
        "都不能办这一步。\n\nThe code, the page `/acceptance/flow` and this page have one table each. Whoever did one of the "
        "things in the column “not by who did”, in whichever round, cannot take the step.\n"
    )
    parts = [about]
    for flow in FLOWS:
        rows = [
            [
                both(row.source),
                f"**{row.step.zh}** {row.step.en}",
                both(row.target),
                "、".join(both(Role(one.strip()).words) for one in row.roles.split(",")),
                "、".join(both(one) for one in row.others),
                "要 needed" if row.reason else "",
            ]
            for row in table_rows(flow)
        ]
        parts.append(f"\n## {both(flow.title)}\n\n{table(head, rows)}")
    return "".join(parts)
