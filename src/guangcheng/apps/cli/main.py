"""``guangcheng``: the command line. Command modules are imported only when their command runs."""

import importlib
import sys
from dataclasses import dataclass
from typing import cast

import click

from guangcheng import __version__
from guangcheng.apps.cli import door
from guangcheng.base.text import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One command of the table: where it lives and what it does, in one line."""

    module: str
    attribute: str
    help: Text


COMMANDS: dict[str, Entry] = {
    "demo": Entry("demo", "demo", Text("生成示例城市，评估并出报告", "build a sample city, evaluate it, report")),
    "init": Entry("city", "init", Text("新建一个城市文件夹", "make a new city folder")),
    "template": Entry("registers", "template", Text("写出台账导入模板（XLSX）", "write an import template (XLSX)")),
    "import": Entry("registers", "import_", Text("导入台账文件", "import register files")),
    "check": Entry("city", "check", Text("检查城市文件夹：快照、台账、名单", "check a city folder")),
    "standards": Entry("standards", "standards", Text("标准库：列出、查看、检查", "the standards: list, show, check")),
    "evaluate": Entry("evaluate", "evaluate", Text("按标准评估", "evaluate a city by a standard")),
    "explain": Entry("evaluate", "explain", Text("一个数字怎么来的，直到台账行和条款", "how a figure came about")),
    "report": Entry("report", "report", Text("生成评估报告和台账", "write the evaluation report and ledger")),
    "backup": Entry("city", "backup", Text("备份城市文件夹", "back up a city folder")),
    "restore": Entry("city", "restore", Text("从备份恢复到新文件夹", "restore a backup into a new folder")),
    "plan": Entry("plan", "plan", Text("规划：建什么、建在哪里、多少钱", "plan what to build, and where")),
    "forecast": Entry(
        "forecast", "forecast", Text("预测用户数，看目标要求多快的增长", "forecast subscribers, test targets")
    ),
    "serve": Entry("serve", "serve", Text("启动网页服务，在浏览器里办事", "serve the programme to a browser")),
    "token": Entry("serve", "token", Text("给程序用的令牌", "a token for programs")),
    "remind": Entry("remind", "remind", Text("生成并发出今天的提醒", "write and send the day's reminders")),
    "solve": Entry("solve", "solve", Text("直接计算 Parquet 文件里的列", "compute straight from Parquet columns")),
    "bench": Entry("bench", "bench", Text("性能测量", "measure performance")),
}


class Table(click.Group):
    """A group that knows its commands from the table and imports a module only when its command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of ``cmd_name``, or answer ``None`` for an unknown name."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"guangcheng.apps.cli.{entry.module}")
        return cast("click.Command", getattr(module, entry.attribute))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list from the table, importing nothing."""
        with formatter.section(door.words("命令", "Commands")):
            formatter.write_dl([(name, entry.help.in_(door.lang())) for name, entry in COMMANDS.items()])


@click.command(
    cls=Table,
    help=door.words(
        "光城：台账加标准，算出哪些村、街道、镇、区达标，为什么，还差什么。",
        "Guangcheng: your registers and your standard; which places pass, why, and what is missing.",
    ),
)
@click.version_option(__version__, prog_name="guangcheng")
@door.lang_option
def cli() -> None:
    """Hold the commands together."""


def run() -> None:
    """Run the installed script."""
    sys.exit(door.run_command(cli, sys.argv[1:]))
