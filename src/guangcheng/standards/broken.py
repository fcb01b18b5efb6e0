"""One broken rule of a standard file, and the checks its parts share."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from guangcheng.base.provenance import Basis
from guangcheng.base.text import Text
from guangcheng.standards.model import Dated, Scalar
from guangcheng.standards.yamltext import Path

_DECISION = re.compile(r"[A-Z]-[0-9]{2}")
PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken rule: where in the document, what, how to mend it."""

    path: Path
    message: Text
    mend: Text


def dated(values: Dated, unit: str | None, path: Path) -> Iterator[Broken]:
    """Faults of dated values: fractions where percentages are meant, defaults without a decision."""
    for day, item in values.items():
        here = (*path, day.isoformat())
        if unit == PERCENT:
            yield from fraction(item.value, here)
        yield from decided(item.basis, item.decision, here)


def fraction(value: Scalar | None, path: Path) -> Iterator[Broken]:
    """A percentage written as a fraction of one."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1:
        yield Broken(
            path,
            Text(zh=f"单位是 %，值却是 {value}", en=f"the unit is %, but the value is {value}"),
            Text(zh=f"百分数写 {value * 100:g}，不写小数", en=f"write percentages, {value * 100:g}, not fractions"),
        )


def decided(basis: Basis, decision: str | None, path: Path) -> Iterator[Broken]:
    """A product default without its decision, or an id of the wrong form."""
    if basis is Basis.PRODUCT_DEFAULT and decision is None:
        yield Broken(
            path,
            Text(zh="产品默认值没有注明决定编号", en="a product default does not name its decision"),
            Text(zh="加上 decision: U-05 一类的编号", en="add decision: and its id, such as U-05"),
        )
    if decision is not None and not _DECISION.fullmatch(decision):
        yield Broken(
            path,
            Text(zh=f"决定编号“{decision}”格式不对", en=f"the decision id “{decision}” does not have the right form"),
            Text(zh="写作 C-09、U-05、P-01 一类", en="write it like C-09, U-05 or P-01"),
        )


def twice(path: Path, name: str) -> Broken:
    """A name that may stand only once."""
    return Broken(
        path,
        Text(zh=f"“{name}”出现不止一次", en=f"“{name}” appears more than once"),
        Text(zh="合并或改名", en="merge them or give one another name"),
    )


def unknown(path: Path, zh: str, en: str, name: str, known: list[str]) -> Broken:
    """A name nobody knows, with the nearest known one."""
    near = get_close_matches(name, known, n=1)
    mend = (
        Text(zh=f"是不是想写“{near[0]}”？", en=f"Did you mean “{near[0]}”?")
        if near
        else Text(zh=f"可用的有：{', '.join(known)}", en=f"known are: {', '.join(known)}")
    )
    return Broken(path, Text(zh=f"没有叫“{name}”的{zh}", en=f"there is no {en} called “{name}”"), mend)


def needs(path: Path, key: str, because: str) -> Broken:
    """A key that another makes necessary."""
    return Broken(
        path,
        Text(zh=f"有“{because}”就要有“{key}”", en=f"“{because}” needs “{key}”"),
        Text(zh=f"补上“{key}”", en=f"add “{key}”"),
    )
