"""``solve budget``: does the light reach every ONT of a table of optical paths."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, lang, show, words
from guangcheng.apps.cli.options import FILE

if TYPE_CHECKING:
    from guangcheng.planning.fibre.budget import Budget, PortBudget
    from guangcheng.planning.fibre.files import Ways

__all__ = ["budget"]

_SHOWN = 50
"""Reasons shown to a person; ``--json`` has them all."""


@click.command(
    help=words(
        "光功率预算：每个 ONT 的损耗是否在等级之内。PATHS（CSV 或 XLSX，一行一个 ONT）：port、ont、"
        "spans_m（1800;240;35）、splitters（64 或 8×8）、closures。"
        "退出码：0 全部通过，1 有不通过或用不了的行（列出）。",
        "Optical power budget: is each ONT's loss within the class. PATHS (CSV or XLSX, a row an ONT): port, ont, "
        "spans_m (1800;240;35), splitters (64 or 8×8), closures. Exit codes: 0 all pass, 1 some do not or rows "
        "cannot be used (listed).",
    )
)
@click.argument("paths", metavar="PATHS", type=FILE)
@click.option(
    "--class",
    "class_id",
    metavar="ID",
    required=True,
    help=words(
        "等级：gpon-b+、gpon-c+、xgspon-n1、xgspon-n2、xgspon-e1、50gpon-n1",
        "class: gpon-b+, gpon-c+, xgspon-n1, xgspon-n2, xgspon-e1, 50gpon-n1",
    ),
)
@click.option("--losses", type=FILE, help=words("自己的损耗表（CSV、XLSX）", "losses of your own (CSV, XLSX)"))
@click.option(
    "--coexistence",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help=words("每条光路上的共存器件数", "coexistence elements on every path"),
)
@common
def budget(paths: Path, class_id: str, losses: Path | None, coexistence: int, as_json: bool) -> int:
    """Judge every path and print what fails and why."""
    from guangcheng.planning.fibre.budget import port_budget
    from guangcheng.planning.fibre.files import losses_file, paths_file
    from guangcheng.planning.fibre.tables import power_class, shipped_losses

    cls = power_class(class_id)
    table = losses_file(losses) if losses else shipped_losses()
    ways = paths_file(paths, table, coexistence=coexistence)
    ports = [port_budget(name, found, cls, table) for name, found in ways.ports.items()]
    emit(_answer(class_id, ports, ways), as_json=as_json)
    if not as_json:
        _tell(ports, ways)
    return EXIT_NO if ways.refused or not all(port.closes for port in ports) else EXIT_DONE


def _answer(class_id: str, ports: "list[PortBudget]", ways: "Ways") -> dict[str, Any]:
    onts = [ont for port in ports for ont in port.onts]
    return {
        "class": class_id,
        "ports": {"all": len(ports), "closing": sum(port.closes for port in ports)},
        "onts": {"all": len(onts), "closing": sum(ont.closes for ont in onts)},
        "budgets": [
            {
                "port": port.port,
                "apart_m": round(port.apart_m, 3),
                "failing": [str(name) for name in port.failing],
                "onts": [_ont(ont) for ont in port.onts],
            }
            for port in ports
        ],
        "refused": [
            {"row": error.where.row, "message": {"zh": error.message.zh, "en": error.message.en}}
            for error in ways.refused
        ],
    }


def _ont(ont: "Budget") -> dict[str, Any]:
    return {
        "ont": ont.ont,
        "length_m": round(ont.length_m, 3),
        "down_db": round(ont.down_db, 6),
        "up_db": round(ont.up_db, 6),
        "least_db": round(ont.least_db, 6),
        "spare_db": round(ont.spare_db, 6),
        "failing": [str(name) for name in ont.failing],
    }


def _tell(ports: "list[PortBudget]", ways: "Ways") -> None:
    onts = [ont for port in ports for ont in port.onts]
    closing, whole = sum(ont.closes for ont in onts), sum(port.closes for port in ports)
    show(
        words(
            f"{len(onts):,} 个 ONT，{closing:,} 个通过；{len(ports):,} 个 PON 口，{whole:,} 个通过；"
            f"{len(ways.refused):,} 行用不了",
            f"{len(onts):,} ONTs, {closing:,} pass; {len(ports):,} PON ports, {whole:,} pass; "
            f"{len(ways.refused):,} rows cannot be used",
        )
    )
    lines = [error.in_(lang()) for error in ways.refused]
    lines += [text.in_(lang()) for port in ports for text in port.reasons()]
    for line in lines[:_SHOWN]:
        show(line)
    if len(lines) > _SHOWN:
        more = len(lines) - _SHOWN
        show(words(f"……还有 {more:,} 条，见 --json", f"… {more:,} more, see --json"))
