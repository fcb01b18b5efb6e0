"""What a standard that has the right shape can still get wrong: measures, units, dates, decisions, references."""

from collections import Counter
from collections.abc import Iterator, Mapping

from guangcheng.base.text import Text
from guangcheng.standards.broken import PERCENT, Broken, dated, decided, fraction, needs, twice, unknown
from guangcheng.standards.duties import broken_duties
from guangcheng.standards.measures import measures, scale
from guangcheng.standards.model import Indicator, Level, Scalar, Standard, Target
from guangcheng.standards.yamltext import Path


def broken_rules(standard: Standard) -> list[Broken]:
    """Every broken rule, in the order of the document's parts."""
    return [
        *_parameters(standard),
        *_acceptance(standard),
        *(fault for name, indicator in standard.indicators.items() for fault in _indicator(standard, name, indicator)),
        *_tasks(standard),
        *broken_duties(standard),
    ]


def _parameters(standard: Standard) -> Iterator[Broken]:
    for name, parameter in standard.parameters.items():
        yield from dated(parameter.values, parameter.unit, ("parameters", name, "values"))


def _acceptance(standard: Standard) -> Iterator[Broken]:
    levels = Counter(item.level for item in standard.acceptance)
    ids = Counter(test.id for item in standard.acceptance for test in item.tests)
    for place, item in enumerate(standard.acceptance):
        path = ("acceptance", str(place))
        if levels[item.level] > 1:
            yield twice((*path, "level"), item.level.value)
        yield from decided(item.basis, item.decision, path)
        for number, test in enumerate(item.tests):
            here = (*path, "tests", str(number))
            if ids[test.id] > 1:
                yield twice((*here, "id"), test.id)
            yield from _measured(test.measure, test.params, test.unit, item.level, here)
            yield from dated(test.threshold, test.unit, (*here, "threshold"))
            yield from _parameter(standard, test.hard_parameter, (*here, "hard_parameter"))


def _parameter(standard: Standard, name: str | None, path: Path) -> Iterator[Broken]:
    if name is not None and name not in standard.parameters:
        yield unknown(path, "参数", "parameter", name, list(standard.parameters))


def _measured(name: str, params: Mapping[str, Scalar], unit: str, level: Level | None, path: Path) -> Iterator[Broken]:
    measure = measures().get(name)
    if measure is None:
        yield unknown((*path, "measure"), "度量", "measure", name, list(measures()))
        return
    if scale(measure.unit, unit) is None:
        yield Broken(
            (*path, "unit"),
            Text(
                zh=f"度量“{name}”的单位是 {measure.unit}，换算不成 {unit}",
                en=f"“{name}” is in {measure.unit}, not {unit}",
            ),
            Text(zh=f"改为 {measure.unit} 或“万{measure.unit}”", en=f"use {measure.unit} or 万{measure.unit}"),
        )
    if level is not None and level not in measure.scope:
        allowed = ", ".join(item.value for item in measure.scope)
        yield Broken(
            (*path, "measure"),
            Text(zh=f"度量“{name}”不能用于 {level.value}", en=f"“{name}” cannot be taken for {level.value}"),
            Text(zh=f"它可用于：{allowed}", en=f"it can be taken for: {allowed}"),
        )
    known = {param.name: param for param in measure.params}
    for key, value in params.items():
        if key not in known:
            yield unknown((*path, "params", key), "参数", "argument", key, list(known))
        elif isinstance(value, list) != (known[key].kind == "list"):
            wanted = Text(zh="列表", en="a list") if known[key].kind == "list" else Text(zh="一个词", en="one word")
            yield Broken(
                (*path, "params", key),
                Text(zh=f"“{key}”应为{wanted.zh}", en=f"“{key}” should be {wanted.en}"),
                Text(zh="照 measures.csv 改", en="see measures.csv"),
            )
    for param in measure.params:
        if param.required and param.name not in params:
            yield Broken(
                path,
                Text(zh=f"度量“{name}”缺少“{param.name}”", en=f"“{name}” needs “{param.name}”"),
                Text(zh=f"在 params 里补上 {param.name}", en=f"add {param.name} under params"),
            )


def _indicator(standard: Standard, name: str, indicator: Indicator) -> Iterator[Broken]:
    path = ("indicators", name)
    yield from decided(indicator.basis, indicator.decision, path)
    yield from _scope(indicator, path)
    yield from _parameter(standard, indicator.parameter, (*path, "parameter"))
    if indicator.measure is not None:
        yield from _measured(indicator.measure, indicator.params, indicator.unit, indicator.each_level, path)
    elif indicator.kind in ("computed", "reported"):
        yield needs(path, "measure", f"{indicator.kind}")
    for place, other in enumerate(indicator.also_show):
        yield from _measured(other.measure, other.params, other.unit, None, (*path, "also_show", str(place)))
    if indicator.comparator is None and any(target.value is not None for target in indicator.targets):
        yield needs(path, "comparator", "targets")
    if indicator.kind == "out_of_scope" and indicator.reason is None:
        yield needs(path, "reason", "out_of_scope")
    yield from _targets(indicator, path)


def _scope(indicator: Indicator, path: Path) -> Iterator[Broken]:
    if (indicator.scope == "each") != (indicator.each_level is not None):
        yield Broken(
            path,
            Text(zh="scope: each 与 each_level 要一起写", en="scope: each and each_level belong together"),
            Text(zh="两个都写，或都不写", en="give both or neither"),
        )


def _targets(indicator: Indicator, path: Path) -> Iterator[Broken]:
    previous = None
    seen: set[tuple[object, ...]] = set()
    for place, target in enumerate(indicator.targets):
        here = (*path, "targets", str(place))
        if previous is not None and target.date < previous:
            yield Broken(
                (*here, "date"),
                Text(
                    zh=f"目标没有按日期排列：{target.date} 在 {previous} 之后",
                    en=f"targets are not in order of date: {target.date} stands after {previous}",
                ),
                Text(zh="从早到晚排列", en="put the earliest first"),
            )
        if (key := (target.date, target.role, target.status)) in seen:
            yield twice((*here, "date"), str(target.date))
        seen.add(key)
        previous = target.date
        yield from _target(indicator, target, here)


def _target(indicator: Indicator, target: Target, path: Path) -> Iterator[Broken]:
    if indicator.unit == PERCENT:
        yield from fraction(target.value, path)
    if target.value is None and target.value_text is None:
        yield needs(path, "value_text", "value: null")
    yield from decided(target.basis, target.decision, path)


def _tasks(standard: Standard) -> Iterator[Broken]:
    for name, task in standard.tasks.items():
        path = ("tasks", name)
        for place, indicator in enumerate(task.indicators):
            if indicator not in standard.indicators:
                known = list(standard.indicators)
                yield unknown((*path, "indicators", str(place)), "指标", "indicator", indicator, known)
        if task.disposition == "out" and task.reason is None:
            yield needs(path, "reason", "disposition: out")
        if task.start is not None and task.deadline is not None and task.start > task.deadline:
            yield Broken(
                (*path, "deadline"),
                Text(zh="完成日期早于开始日期", en="the deadline is before the start"),
                Text(zh="核对两个日期", en="check the two dates"),
            )
