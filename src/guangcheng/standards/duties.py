"""What the rules of a standard can still get wrong: logics, numbers, items, moves, acts, bands."""

from collections.abc import Iterable, Iterator

from guangcheng.base.text import Text
from guangcheng.standards.broken import Broken, dated, decided, needs, unknown
from guangcheng.standards.logics import EVALUATION, logics
from guangcheng.standards.model import Check, Rule, Standard
from guangcheng.standards.yamltext import Path

_DISPOSITIONS = {
    Check.COMPUTE: "executed",
    Check.TIMER: "executed",
    Check.GATE: "decision",
    Check.CASE: "decision",
    Check.CHECKLIST: "decision",
    Check.CONFIG: "config",
}


def broken_duties(standard: Standard) -> Iterator[Broken]:
    """Every fault of every rule, in the order of the file."""
    for name, rule in standard.rules.items():
        path = ("rules", name)
        yield from decided(rule.basis, rule.decision, path)
        for key, parameter in rule.parameters.items():
            yield from dated(parameter.values, parameter.unit, (*path, "parameters", key, "values"))
        yield from _disposed(rule, path)
        yield from _named(standard, rule, path)
        yield from _moved(rule, path)
        yield from _banded(rule, path)


def _disposed(rule: Rule, path: Path) -> Iterator[Broken]:
    if rule.disposition == "out":
        if rule.reason is None:
            yield needs(path, "reason", "disposition: out")
        return
    wanted = _DISPOSITIONS[rule.check]
    if rule.disposition != wanted:
        yield Broken(
            (*path, "disposition"),
            Text(zh=f"{rule.check} 的处理应为 {wanted}", en=f"a {rule.check} is {wanted}, not {rule.disposition}"),
            Text(zh=f"写 disposition: {wanted}，或写 out 并说明理由", en=f"write {wanted}, or out with a reason"),
        )
    if rule.check in (Check.COMPUTE, Check.TIMER) and rule.logic is None:
        yield needs(path, "logic", rule.check)
    if rule.check is Check.CASE and not rule.acts:
        yield needs(path, "acts", rule.check)
    if rule.check in (Check.GATE, Check.CHECKLIST) and not rule.items and not rule.moves:
        yield needs(path, "items", rule.check)
    if rule.check is Check.CONFIG and not rule.parameters and not rule.takes:
        yield needs(path, "parameters", rule.check)


def _named(standard: Standard, rule: Rule, path: Path) -> Iterator[Broken]:
    numbers = [*standard.parameters, *standard.indicators]
    yield from _known(rule.takes.values(), numbers, (*path, "takes"))
    tests = [test.id for level in standard.acceptance for test in level.tests]
    yield from _known(rule.judged_by, [*numbers, *tests], (*path, "judged_by"))
    yield from _known((act.penalty for act in rule.acts.values() if act.penalty), standard.rules, (*path, "acts"))
    if rule.logic is None:
        return
    if rule.logic not in logics():
        yield unknown((*path, "logic"), "算法", "logic", rule.logic, list(logics()))
        return
    for param in logics()[rule.logic].params:
        if param not in rule.parameters and param not in rule.takes:
            yield needs(path, param, f"logic: {rule.logic}")
    if rule.logic == EVALUATION and not rule.judged_by:
        yield needs(path, "judged_by", f"logic: {EVALUATION}")


def _known(names: Iterable[str], known: Iterable[str], path: Path) -> Iterator[Broken]:
    there = list(known)
    for name in names:
        if name not in there:
            yield unknown(path, "编号或参数", "id or parameter", name, there)


def _moved(rule: Rule, path: Path) -> Iterator[Broken]:
    states = [move.to for move in rule.moves]
    for place, move in enumerate(rule.moves):
        here = (*path, "moves", str(place))
        yield from _known(move.needs, rule.items, here)
        yield from _known(move.after, states, here)


def _banded(rule: Rule, path: Path) -> Iterator[Broken]:
    ends: dict[str, float] = {}
    for place, band in enumerate(rule.bands):
        if band.low >= band.high or band.low < ends.get(band.quantity, band.low):
            yield Broken(
                (*path, "bands", str(place)),
                Text(zh="频段上下限颠倒或与前一段重叠", en="the band is empty or overlaps the one before"),
                Text(zh="从低到高、首尾相接地写", en="write them from low to high, end to end"),
            )
        ends[band.quantity] = band.high
