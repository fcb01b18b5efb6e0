"""``plan``: what to build. Each kind of plan lives in a module of its own."""

import click

from guangcheng.apps.cli.door import words
from guangcheng.apps.cli.plan_check import check
from guangcheng.apps.cli.plan_fibre import fibre
from guangcheng.apps.cli.plan_radio import radio
from guangcheng.apps.cli.plan_sites import sites


@click.group(help=words("规划：建什么、建在哪里、多少钱。", "Plan: what to build, where, and for how much."))
def plan() -> None:
    """Hold the kinds of plan together."""


plan.add_command(sites)
plan.add_command(fibre)
plan.add_command(radio)
plan.add_command(check)
