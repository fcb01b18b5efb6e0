"""Write the generated pages of docs/: ``python -m tools.docs`` (``--check`` only says whether they are fresh).

Every page comes from the same tables the code reads: register fields, fault rules, measures, standards, commands,
settings, JSON schemas, the committed benchmark. A test runs ``--check``, so a page can never lag behind.
"""

import ast
import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guangcheng.standards.model import Rule

from tools import (
    docs_cover,
    docs_coverage_end,
    docs_fibre,
    docs_plan,
    docs_planning,
    docs_pon,
    docs_sites,
    docs_steiner,
    docs_web,
    docs_workflows,
)

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
MADE = "<!-- made by `make docs`; do not edit -->\n\n"


def _table(head: list[str], rows: list[list[str]]) -> str:
    def clean(cell: str) -> str:
        return cell.replace("|", "\\|").replace("\n", " ")

    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(clean(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def registers() -> str:
    """One section per register, one row per field."""
    from guangcheng.registers.schema import schemas

    parts = [
        "# 台账字段 Register fields\n\n代码、校验、模板和本页读的是同一张表。Code, validator, template and this page read one table.\n"
    ]
    for item in schemas().values():
        parts.append(f"\n## {item.title.zh} `{item.register}` {item.title.en}\n")
        key = "、".join(f"`{name}`" for name in item.key)
        parts.append(
            f"\n主键 key: {key} · 几何 geometry: {item.geometry or '无 none'} · 条款 clause: {item.clause or '—'}\n\n"
        )
        rows = [
            [
                f"`{field.name}`",
                f"{field.title.zh} {field.title.en}",
                field.type + (f" ({field.unit})" if field.unit else ""),
                "必填" if field.required else "",
                field.default or "",
                "、".join(f"`{code}` {words[0] if words else ''}" for code, words in field.codes.items()),
                "、".join(field.aliases),
                field.clause or "",
                f"{field.description.zh} {field.description.en}",
            ]
            for field in item.fields
        ]
        head = ["字段", "名称", "类型", "必填", "默认", "代码", "认得的表头", "条款", "说明"]
        parts.append(_table(head, rows))
    return "".join(parts)


def _rows_of(package: str, name: str) -> list[dict[str, str]]:
    text = resources.files(package).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _sentence(pattern: str, whole: str) -> str:
    """A sentence with blanks as people read it: ``…`` for a blank, ``whole`` where there is nothing else."""
    bare = re.sub(r"\{\w*(suggest|closest|hint)\w*\}", "", pattern)
    return re.sub(r"\{\w+\}", "…", bare).strip(" ;；，,") if re.sub(r"\{\w+\}", "", bare).strip() else whole


def rules() -> str:
    """The numbered rules that faults name."""
    rows = [
        [
            f"`{row['id']}`",
            {"error": "错误 error", "warning": "提醒 warning", "note": "提示 note"}[row["severity"]],
            f"{row['title_zh']} {row['title_en']}",
            f"{_sentence(row['mend_zh'], '见消息')} {_sentence(row['mend_en'], 'as the message says')}",
        ]
        for row in _rows_of("guangcheng.registers", "rules.csv")
    ]
    head = (
        "# 数据规则 Data rules\n\n错误：该行进隔离文件（整份读不了的文件则整份不收）；提醒、提示：该行照收。"
        "An error quarantines its row (a file that cannot be read is refused whole); the others keep it.\n\n"
    )
    return head + _table(["编号", "级别", "规则", "怎么改"], rows)


def measures() -> str:
    """The vocabulary of measures that standards name and coverage computes."""
    rows = _rows_of("guangcheng.standards", "measures.csv")
    head = list(rows[0])
    body = [[row[name] for name in head] for row in rows]
    return (
        "# 度量 Measures\n\n标准文件用名字引用度量，由程序计算。Standards name them; coverage computes them.\n\n"
        + _table(head, body)
    )


def standards() -> str:
    """Every standard with every figure and its clause."""
    from guangcheng.standards import library

    parts = ["# 标准库 Standards\n\n每个数字都有文件和条款；“产品默认”是原文没有写、由产品定的。\n"]
    for standard_id in library.ids():
        item = library.load(standard_id)
        parts.append(f"\n## {item.title.zh} `{item.id}`\n\n{item.title.en} · 版本 version {item.version}\n")
        if item.parameters:
            parts.append("\n### 参数 Parameters\n\n")
            rows = [
                [
                    f"`{name}`",
                    parameter.title.zh,
                    str(dated.value),
                    parameter.unit or "",
                    str(day),
                    str(dated.source.as_clause()),
                    _basis(dated.basis.value),
                    dated.decision or "",
                ]
                for name, parameter in item.parameters.items()
                for day, dated in parameter.values.items()
            ]
            parts.append(_table(["参数", "名称", "值", "单位", "自", "条款", "依据", "决定"], rows))
        for level in item.acceptance:
            parts.append(
                f"\n### 验收：{level.title.zh} {level.title.en} ({level.source.as_clause()}, {_basis(level.basis.value)})\n\n"
            )
            rows = [
                [
                    f"`{test.id}`",
                    test.title.zh,
                    f"`{test.measure}`",
                    f"{test.comparator} {dated.value} {test.unit}",
                    str(day),
                    "硬性" if test.hard else "参考",
                    str(dated.source.as_clause()),
                ]
                for test in level.tests
                for day, dated in test.threshold.items()
            ]
            parts.append(_table(["编号", "名称", "度量", "要求", "自", "性质", "条款"], rows))
        parts.append("\n### 指标 Indicators\n\n")
        rows = [
            [
                f"`{indicator_id}`",
                indicator.name.zh,
                indicator.unit,
                "；".join(
                    f"{target.value if target.value is not None else target.value_text} @ {target.date} ({target.status.value})"
                    for target in indicator.targets
                ),
                indicator.kind,
                str(indicator.source.as_clause()),
                indicator.decision or "",
            ]
            for indicator_id, indicator in item.indicators.items()
        ]
        parts.append(_table(["编号", "名称", "单位", "目标", "类别", "条款", "决定"], rows))
        if item.tasks:
            parts.append("\n### 任务 Tasks\n\n")
            rows = [
                [
                    f"`{task_id}`",
                    task.title.zh,
                    task.lead or "—",
                    "、".join(task.responsible) or "—",
                    str(task.deadline or ("持续 continuous" if task.continuous else "—")),
                    str(task.source.as_clause()),
                ]
                for task_id, task in item.tasks.items()
            ]
            parts.append(_table(["编号", "任务", "牵头", "责任", "期限", "条款"], rows))
        if item.rules:
            parts.append("\n### 规则 Rules\n\n")
            rows = [
                [
                    f"`{rule_id}`",
                    rule.title.zh,
                    rule.duty_bearer or "—",
                    f"{rule.check} · {rule.disposition}",
                    _numbers(rule),
                    str(rule.source.as_clause()),
                    rule.decision or "",
                ]
                for rule_id, rule in item.rules.items()
            ]
            parts.append(_table(["编号", "规则", "责任方", "查法与处理", "数值", "条款", "决定"], rows))
    return "".join(parts)


def _numbers(rule: "Rule") -> str:
    """The rule's own values; what it takes from the standard, by name."""
    own = [
        f"{parameter.title.zh} {dated.value} {parameter.unit or ''}".strip()
        for parameter in rule.parameters.values()
        for dated in parameter.values.values()
        if dated.value is not None
    ]
    return "；".join([*own, *(f"`{name}`" for name in dict.fromkeys([*rule.takes.values(), *rule.judged_by]))])


def mapping() -> str:
    """Every id of the founding documents → standard file → logic or measure → what fails when it is wrong."""
    from tools.mapping import counted, rows

    found = rows()
    count = "、".join(f"{name} {number}" for name, number in sorted(counted(found).items()))
    head = (
        "# 对照表 Mapping\n\n每个编号在哪个标准文件、怎样处理、哪个测试守着它。没有测试的编号会使 `make test` 失败。"
        "Every id: its file, what becomes of it, and the test that holds it; an id without one fails `make test`.\n\n"
    )
    parts = [f"{head}{len(found)} 个编号 ids：{count}。\n"]
    for standard_id in dict.fromkeys(row.entry.standard for row in found):
        parts.append(f"\n## `{standard_id}.yaml`\n\n")
        lines = [
            [
                f"`{row.entry.id}`",
                row.entry.clause,
                row.entry.disposition,
                f"`{row.entry.how}`" if row.entry.how else "—",
                str(row.cases or "—"),
                "、".join(f"`{test}`" for test in row.tests) or "**缺 missing**",
            ]
            for row in found
            if row.entry.standard == standard_id
        ]
        parts.append(_table(["编号", "条款", "处理", "算法或度量", "政策用例", "测试"], lines))
    return "".join(parts)


def _basis(value: str) -> str:
    return {"text": "原文", "product_default": "产品默认", "local": "本地设置", "claim": "申报"}[value]


COMMANDS_HEAD = {
    "zh": (
        "# 命令\n\n[English](commands.en.md)\n\n每条命令都可加 `--json`（标准输出只有一个 JSON 对象）和 `--lang en`。"
        "退出码：0 完成；1 结论为否，或只完成一部分；2 输入或用法不对；3 内部错误；130 被中断。\n"
    ),
    "en": (
        "# Commands\n\n[中文](commands.md)\n\nEvery command takes `--json` (one JSON object on stdout and nothing else) and "
        "`--lang`. Exit codes: 0 done; 1 the answer is no, or only a part was done; 2 bad input or usage; "
        "3 internal error; 130 interrupted.\n"
    ),
}


def commands(lang: str) -> str:
    """The help of every command as the command line prints it; a fresh process, for a run has one language."""
    env = {**os.environ, "GUANGCHENG_LANG": lang, "PYTHONIOENCODING": "utf-8"}
    asked = [sys.executable, "-m", "tools.docs", "--help-texts"]
    done = subprocess.run(asked, check=True, capture_output=True, cwd=ROOT, env=env)
    return COMMANDS_HEAD[lang] + done.stdout.decode("utf-8")


def help_texts() -> str:
    """One section per command, in the language of this process."""
    import click

    from guangcheng.apps.cli import main

    parts: list[str] = []

    def add(command: click.Command, path: str, level: int) -> None:
        context = click.Context(command, info_name=path, terminal_width=96, max_content_width=96)
        parts.append(f"\n{'#' * level} `{path}`\n\n```text\n{command.get_help(context)}\n```\n")
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                if child is not None:
                    add(child, f"{path} {name}", level + 1)

    for name in main.COMMANDS:
        command = main.cli.get_command(click.Context(main.cli), name)
        if command is not None:
            add(command, f"guangcheng {name}", 2)
    return "".join(parts)


def settings() -> str:
    """The keys of ``city.toml`` and the environment variables."""
    from guangcheng.registers.city import CityConfig

    rows = []
    for name, field in CityConfig.model_fields.items():
        zh, _, en = (field.description or "").partition(" | ")
        needed = "必填 required" if field.is_required() else "可不写 optional"
        rows.append([f"`{name}`", f"{zh} {en}", needed])
    return (
        "# 设置 Settings\n\n城市文件夹里的 `city.toml`。不认识的键会被拒绝。"
        "The file `city.toml` of a city's folder; an unknown key is refused.\n\n"
        + _table(["键 key", "含义 meaning", ""], rows)
        + _web_settings()
        + "\n环境变量 environment variables:\n\n"
        + _table(
            ["变量 variable", "含义 meaning"],
            [
                ["`GUANGCHENG_LANG`", "`zh`（默认）或 `en`；`--lang` 优先 the language; `--lang` comes first"],
                ["`GUANGCHENG_CITY`", "网页服务的城市，`serve` 自己设 the city a web server runs for; `serve` sets it"],
                ["`GUANGCHENG_DATABASE_PASSWORD`", "`web.toml` 里数据库的密码 password of the database in `web.toml`"],
                ["`GUANGCHENG_OIDC_SECRET`", "统一身份认证的客户端密钥 client secret of the identity service"],
                ["`GUANGCHENG_MAIL_PASSWORD`", "发提醒邮件的密码 password for e-mail reminders"],
                ["`GUANGCHENG_DEBUG`", "设为 1 时，内部错误连同细节一起打印 1 prints the details of an internal error"],
            ],
        )
        + "\n本地参数怎样写，见 how to set local values: [标准与参数](../how-to/standards.md) · "
        "[Standards and parameters](../how-to/standards.en.md)\n"
    )


def _web_settings() -> str:
    """The keys of ``web.toml``, with those of its tables as ``oidc.client_id``."""
    from guangcheng.apps.web.config import Mail, Oidc, WebConfig

    rows = []
    for prefix, model in (("", WebConfig), ("oidc.", Oidc), ("mail.", Mail)):
        for name, field in model.model_fields.items():
            if prefix or name not in ("oidc", "mail"):
                said = (field.description or "").replace(" | ", " ")
                rows.append([f"`{prefix}{name}`", said, "必填 required" if field.is_required() else "可不写 optional"])
    head = "\n网页服务另有 `web.toml`，可以没有 the web server may have a `web.toml` beside it:\n\n"
    return head + _table(["键 key", "含义 meaning", ""], rows)


def modules() -> str:
    """Every module of every room with the first sentence of its docstring."""
    source = ROOT / "src" / "guangcheng"
    rooms = ("apps", "programme", "reporting", "planning", "coverage", "registers", "standards", "store", "base")
    parts = [
        "# Modules\n\nWhat each module is, from its own first line. How they fit: [Architecture](../architecture.md).\n"
    ]
    for room in rooms:
        rows = []
        for path in sorted((source / room).rglob("*.py")):
            name = ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
            about = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            sentence = " ".join(about.partition("\n\n")[0].split())
            rows.append([f"`{name}`", re.sub(r":\w+:`~?\.?([^`]+)`", r"`\1`", sentence).replace("``", "`")])
        parts.append(f"\n## {room}\n\n{_table(['module', 'what it is'], rows)}")
    return "".join(parts)


BENCH = REFERENCE / "bench-evaluate.json"
"""What ``guangcheng bench evaluate --json`` printed on the machine the figures come from."""


def performance(lang: str) -> str:
    """The measured figures, or the plain words that there are none yet."""
    if not BENCH.is_file():
        return {"zh": "还没有测量。", "en": "Not measured yet."}[lang]
    got = json.loads(BENCH.read_text(encoding="utf-8"))
    whole, village, targets = got["whole"], got["village"], got["targets"]
    zh = lang == "zh"
    words = (
        ["整座城市", "峰值内存", "改动一个村后重评该村", "同上，程序已在运行"]
        if zh
        else [
            "the whole city",
            "peak memory",
            "one changed village, evaluated alone",
            "the same in a program that runs already",
        ]
    )
    rows = [
        [words[0], f"{whole['wall_s']} s", f"< {targets['wall_s']} s"],
        [words[1], f"{whole['peak_mib']} MiB", f"< {targets['peak_mib']} MiB"],
        [words[2], f"{village['wall_s']} s", "—"],
        [words[3], f"{village['reopened_s']} s", f"< {targets['village_s']} s"],
    ]
    size = (
        f"{got['premises']:,} 个驻地 × {got['access_points']:,} 个接入点，{got['villages']:,} 个村，{got['cores']} 核："
        if zh
        else f"{got['premises']:,} premises × {got['access_points']:,} access points in {got['villages']:,} villages, "
        f"{got['cores']} cores:"
    )
    phases = "、".join(f"{name} {seconds} s" for name, seconds in sorted(whole["phases"].items()))
    last = f"各阶段：{phases}。" if zh else f"Phases: {phases.replace('、', ', ')}."
    head = ["", "实测", "目标"] if zh else ["", "measured", "target"]
    return f"{size}\n\n{_table(head, rows)}\n{last}"


BENCH_COVERAGE = (REFERENCE / "bench-coverage.json", REFERENCE / "bench-coverage-1e7.json")
"""What ``guangcheng bench coverage --json`` printed for each number of premises, all on one machine."""

BENCH_COVERAGE_END = (REFERENCE / "bench-coverage-end.json", REFERENCE / "bench-coverage-end-1e7.json")
"""The same with ``--end-to-end``."""


def coverage_bench(lang: str) -> str:
    """Processor time of reach against other tools, a table for each number of premises measured."""
    zh = lang == "zh"
    measured = [json.loads(path.read_text(encoding="utf-8")) for path in BENCH_COVERAGE if path.is_file()]
    if not measured:
        return "还没有测量。" if zh else "Not measured yet."
    end = docs_coverage_end.end_to_end(BENCH_COVERAGE_END, zh, _table)
    title = "从 Parquet 到 Parquet，连同各村占比：" if zh else "From Parquet to Parquet, shares per village included:"
    parts = [_coverage_measured(got, zh=zh) for got in measured]
    return "\n\n".join([*parts, title, end] if end else parts)


def _coverage_measured(got: dict[str, Any], *, zh: bool) -> str:
    names = {
        "one_pass": "读写一遍这些列" if zh else "one pass over the columns",
        "ours": "光城" if zh else "Guangcheng",
    }
    orders = {"cell": "按格存放" if zh else "in cell order", "random": "次序随机" if zh else "in random order"}
    parts = [
        f"{got['premises']:,} 个驻地，{got['cores']} 核；处理器秒数，括号里是光城的多少倍：\n"
        if zh
        else f"{got['premises']:,} premises, {got['cores']} cores; processor seconds, and how many times Guangcheng's:\n"
    ]
    columns = [(table["points"], table["order"], table["peers"]) for table in got["tables"]]
    head = [
        "",
        *(
            f"{points:,} {'点' if zh else 'points'}，{orders[how]}" if zh else f"{points:,} points, {orders[how]}"
            for points, how, _ in columns
        ),
    ]
    rows = [
        [names.get(name, name), *(f"{peers[name]['cpu_s']:.3f} ({peers[name]['ratio']:g}×)" for _, _, peers in columns)]
        for name in columns[0][2]
    ]
    parts.append(_table(head, rows))
    parts.extend(_passes(table, zh=zh) for table in got["tables"])
    if got["process"]:
        wall, ratio = got["process"]["wall_s"], got["process"]["ratio"]
        parts.append(
            f"\n整个进程（Parquet 进出，{columns[0][0]:,} 点）：`solve reach` {wall['ours']} 秒，"
            f"GeoPandas {wall['geopandas']} 秒，{ratio:g} 倍。"
            if zh
            else f"\nWhole processes (Parquet in and out, {columns[0][0]:,} points): `solve reach` {wall['ours']} s, "
            f"GeoPandas {wall['geopandas']} s, {ratio:g} times."
        )
    absent = ", ".join(got["absent"])
    parts.append(f"\n缺席：{absent}。" if zh else f"\nAbsent: {absent}.")
    return "\n".join(part for part in parts if part)


def _passes(table: dict[str, Any], *, zh: bool) -> str:
    """How many passes over the columns the answer takes and how many it may, where that is promised."""
    for check in table["targets"]:
        if check["against"] == "one_pass":
            took, most = check["ratio"], check["at_most"]
            if zh:
                said = "达到" if check["met"] else "未达到"
                return f"\n按格存放、{table['points']:,} 点：合读写一遍的 {took:g} 倍，目标不超过 {most:g} 倍，{said}。"
            said = "met" if check["met"] else "missed"
            return (
                f"\nIn cell order, {table['points']:,} points: {took:g} passes over the columns, "
                f"at most {most:g} wanted: {said}."
            )
    return ""


def outputs() -> str:
    """The JSON Schemas of every ``--json`` output."""
    folder = resources.files("guangcheng.apps").joinpath("schemas")
    parts = ["# JSON 输出 JSON outputs\n\n每条命令 `--json` 的输出都按下列 JSON Schema（2020-12）校验。\n"]
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        schema = json.loads(path.read_text(encoding="utf-8"))
        parts.append(f"\n## `{schema['title']}`\n\n```json\n{json.dumps(schema, ensure_ascii=False, indent=1)}\n```\n")
    return "".join(parts)


PAGES: dict[str, Callable[[], str]] = {
    "registers.md": registers,
    "rules.md": rules,
    "measures.md": measures,
    "standards.md": standards,
    "mapping.md": mapping,
    "commands.md": lambda: commands("zh"),
    "commands.en.md": lambda: commands("en"),
    "outputs.md": outputs,
    "settings.md": settings,
    "modules.md": modules,
    "workflows.md": lambda: docs_workflows.workflows(_table),
}
"""Whole pages of docs/reference."""

BLOCKS: dict[str, Callable[[], str]] = {
    "explanation/performance.md": lambda: performance("zh"),
    "explanation/performance.en.md": lambda: performance("en"),
    "explanation/coverage-at-scale.md": lambda: coverage_bench("zh"),
    "explanation/coverage-at-scale.en.md": lambda: coverage_bench("en"),
    "explanation/cover.md": lambda: docs_cover.cover(REFERENCE / "bench-cover.json", True, _table),
    "explanation/cover.en.md": lambda: docs_cover.cover(REFERENCE / "bench-cover.json", False, _table),
    "how-to/plan-sites.md": lambda: docs_sites.sites(REFERENCE / "bench-sites.json", True, _table),
    "how-to/plan-sites.en.md": lambda: docs_sites.sites(REFERENCE / "bench-sites.json", False, _table),
    "explanation/fibre.md": lambda: docs_fibre.fibre(True, _table),
    "explanation/fibre.en.md": lambda: docs_fibre.fibre(False, _table),
    "explanation/forecast.md": lambda: docs_planning.forecast(REFERENCE / "bench-forecast.json", True, _table),
    "explanation/forecast.en.md": lambda: docs_planning.forecast(REFERENCE / "bench-forecast.json", False, _table),
    "explanation/pon.md": lambda: docs_pon.pon(REFERENCE / "bench-pon.json", True, _table),
    "explanation/pon.en.md": lambda: docs_pon.pon(REFERENCE / "bench-pon.json", False, _table),
    "explanation/radio.md": lambda: docs_planning.radio(REFERENCE / "bench-radio.json", True, _table),
    "explanation/radio.en.md": lambda: docs_planning.radio(REFERENCE / "bench-radio.json", False, _table),
    "explanation/steiner.md": lambda: docs_steiner.steiner(REFERENCE / "bench-steiner.json", True, _table),
    "reference/plan-files.md": lambda: docs_plan.plan_files(True, _table),
    "reference/plan-files.en.md": lambda: docs_plan.plan_files(False, _table),
    "explanation/steiner.en.md": lambda: docs_steiner.steiner(REFERENCE / "bench-steiner.json", False, _table),
    "explanation/web-load.md": lambda: docs_web.load(REFERENCE / "bench-web.json", True, _table),
    "explanation/web-load.en.md": lambda: docs_web.load(REFERENCE / "bench-web.json", False, _table),
}
"""Pages of docs/ with one generated part between :data:`BEGIN` and :data:`END`."""
BEGIN, END = "<!-- made by `make docs` from here -->\n", "<!-- to here -->\n"


def _with_block(text: str, block: str) -> str:
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page lacks the marks of its generated part")
    return f"{head}{begin}\n{block.strip()}\n\n{end}{tail}"


def fresh() -> dict[Path, str]:
    """What every generated page should hold today, by its path."""
    pages = {REFERENCE / name: MADE + make() for name, make in PAGES.items()}
    for name, make in BLOCKS.items():
        path = DOCS / name
        pages[path] = _with_block(path.read_text(encoding="utf-8"), make())
    return pages


def stale() -> list[str]:
    """Name the pages (below docs/) that are missing or differ from what the tables say today."""
    return [
        path.relative_to(DOCS).as_posix()
        for path, text in fresh().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    """Write the pages, or with ``--check`` list the stale ones and fail."""
    if "--help-texts" in sys.argv:
        sys.stdout.write(help_texts())
        return 0
    if "--check" in sys.argv:
        found = stale()
        print("\n".join(f"stale: docs/{name} (make docs)" for name in found) or "the generated pages are fresh")
        return 1 if found else 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for path, text in fresh().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
