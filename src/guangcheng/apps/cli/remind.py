"""``remind``: the day's reminders, for a timer of the machine."""

import datetime as dt
from pathlib import Path

import click

from guangcheng.apps.cli.door import EXIT_DONE, common, emit, say, words
from guangcheng.apps.cli.options import city_argument
from guangcheng.base.text import Text


@click.command(
    help=words(
        "生成今天的提醒：任务、会议决议、单位报送、月度数据；配置了邮件的同时发邮件。可重复运行，不会重复提醒。",
        "Write the day's reminders: tasks, decisions, unit reports, monthly data; by e-mail too where that is set up. "
        "Safe to repeat.",
    )
)
@city_argument
@common
def remind(folder: Path, as_json: bool) -> int:
    """Write and send the reminders due now."""
    from guangcheng.apps.web.start import programme_of

    city = programme_of(folder)
    from guangcheng.apps.web.mail import sender
    from guangcheng.programme.platform.acts import Act
    from guangcheng.programme.submissions import verbs as submissions
    from guangcheng.programme.tasks import reminders

    act = Act(actor=None, at=dt.datetime.now(tz=dt.UTC), via="command")
    send = sender()
    # all are written before the first is sent: a mail server that is down keeps nothing from standing in the app
    tasks, months = reminders.remind(act), submissions.remind_due(act)
    if send is not None:
        reminders.remind(act, send)
        submissions.remind_due(act, send)
    told = {"city": city.config.name, "day": act.day.isoformat(), "tasks": len(tasks), "months": len(months)}
    emit({**told, "mail": send is not None}, as_json=as_json)
    say(
        Text(
            f"{act.day}：新提醒 {len(tasks)} 条，月度数据催报 {len(months)} 个单位",
            f"{act.day}: {len(tasks)} new reminders, {len(months)} bodies reminded of monthly data",
        )
    )
    return EXIT_DONE
