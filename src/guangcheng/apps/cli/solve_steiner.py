"""``solve steiner``: a Steiner tree file in, the best tree found and a proven bound out."""

import signal
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, say, show, words
from guangcheng.apps.cli.options import FILE
from guangcheng.base.text import Text

if TYPE_CHECKING:
    from guangcheng.planning.steiner.model import Problem, Solution

__all__ = ["answer_object", "interruptible", "steiner"]

_SPARE, _SPARE_S = 0.03, 1.5
"""Share of the time limit, and seconds of it at most a tenth, kept for starting up and for the last answer."""


@click.command(
    help=words(
        "最便宜的连通树（斯坦纳树），附带不可能更低的下界。FILE：.gr（PACE）或 .stp（SteinLib，含奖值），可为 .gz。"
        "退出码：0 有可行解，1 有终端连不上（列出），2 文件有错。",
        "The cheapest tree joining terminals (Steiner tree) with a proven bound. FILE: .gr (PACE) or .stp (SteinLib, "
        "also with prizes), plain or .gz. Exit codes: 0 a tree, 1 terminals that cannot be joined (listed), "
        "2 a faulty file.",
    )
)
@click.argument("file", metavar="FILE", type=FILE)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    metavar="S",
    help=words("最多用几秒（从命令开始算）；到点给出目前最好的解", "seconds from the start; then the best so far"),
)
@click.option(
    "--effort",
    type=click.IntRange(min=1),
    metavar="N",
    help=words(
        "工作量上限（默认 10）；同一工作量和种子，结果处处相同；只给 --time-limit 时不限",
        "limit of work (default 10); same effort and seed, same answer anywhere; none with only --time-limit",
    ),
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help=words("随机种子", "seed"))
@common
def steiner(file: Path, time_limit: float | None, effort: int | None, seed: int, as_json: bool) -> int:
    """Solve and print; Ctrl-C ends the search and prints the best so far."""
    from guangcheng.apps.meter import seconds
    from guangcheng.planning.steiner.files import read
    from guangcheng.planning.steiner.model import unreachable

    started = seconds()
    problem = read(file)
    lost = unreachable(problem)
    if lost.size:
        return _unreachable([int(v) + 1 for v in lost], as_json=as_json)
    started += _warmed(seconds)
    begun = seconds()
    with interruptible() as interrupted:

        def left() -> float:
            if interrupted():
                return 0.0
            if time_limit is None:
                return float("inf")
            spare = time_limit * _SPARE + min(_SPARE_S, time_limit / 10)
            return time_limit - spare - (seconds() - started)

        answer = _solved(problem, effort, seed, left, endless=time_limit is not None)
    result = answer_object(problem, answer, round(seconds() - begun, 3))
    emit(result, as_json=as_json)
    if not as_json:
        _tell(result)
    return EXIT_DONE


def answer_object(problem: "Problem", answer: "Solution", spent: float) -> dict[str, Any]:
    """The answer as JSON, vertices numbered from 1 as in the file."""
    net = problem.network
    ends = zip((net.tail[answer.edges] + 1).tolist(), (net.head[answer.edges] + 1).tolist(), strict=True)
    return {
        "cost": _number(answer.cost),
        "lower_bound": _number(answer.lower_bound),
        "gap": round(answer.gap, 9),
        "edges": [list(pair) for pair in ends],
        "nodes": (answer.vertices + 1).tolist(),
        "terminals_connected": answer.terminals_connected,
        "seconds": spent,
        "proven_optimal": answer.proven_optimal,
        "seed": answer.seed,
    }


def _number(value: float) -> float | int:
    """A whole number as such, others to six decimals."""
    return int(value) if value == int(value) else round(value, 6)


def _solved(
    problem: "Problem", effort: int | None, seed: int, left: Callable[[], float], *, endless: bool
) -> "Solution":
    from guangcheng.planning.steiner.solve import EFFORT, solve

    work = effort if effort is not None or endless else EFFORT
    return solve(problem, effort=work, seed=seed, left=left)


def _warmed(seconds: Callable[[], float]) -> float:
    """Load the compiled code; compiling it, once per machine, is announced and not counted (seconds to leave out)."""
    from guangcheng.planning.steiner.solve import is_compiled, warm

    compiled, before = is_compiled(), seconds()
    if not compiled:
        say(
            Text(
                "第一次运行：正在编译求解器，约一分钟，不计入时限",
                "first run: compiling the solver, a minute or so; not counted",
            )
        )
    warm()
    return 0.0 if compiled else seconds() - before


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C ask the search to stop; a second one ends the program as usual."""
    asked = False

    def ask(_number: int, _frame: types.FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    try:
        before = signal.signal(signal.SIGINT, ask)
    except ValueError:  # not the main thread: nothing to catch
        yield lambda: False
        return
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)


def _unreachable(lost: list[int], *, as_json: bool) -> int:
    shown = "、".join(map(str, lost[:20])), ", ".join(map(str, lost[:20]))
    more = "…" if len(lost) > 20 else ""
    say(
        Text(
            f"无解：{len(lost)} 个终端与其余终端不连通：{shown[0]}{more}\n怎么改：补上缺的边，或去掉这些终端",
            f"no tree: {len(lost)} terminals are not connected with the others: {shown[1]}{more}\n"
            "To mend: add the missing edges or take these terminals out",
        )
    )
    emit({"cost": None, "unreachable": lost}, as_json=as_json)
    return EXIT_NO


def _tell(result: dict[str, Any]) -> None:
    proof = words("已证最优", "proven optimal") if result["proven_optimal"] else f"gap {result['gap']:.4%}"
    show(
        words(
            f"费用 {result['cost']:,}，下界 {result['lower_bound']:,}（{proof}）；{len(result['edges']):,} 条边，"
            f"{len(result['nodes']):,} 个点，接入终端 {result['terminals_connected']:,} 个；{result['seconds']:.2f} 秒",
            f"cost {result['cost']:,}, bound {result['lower_bound']:,} ({proof}); {len(result['edges']):,} edges, "
            f"{len(result['nodes']):,} vertices, {result['terminals_connected']:,} terminals; "
            f"{result['seconds']:.2f} s",
        )
    )
