"""A city's own values for parameters of a standard: the standard stays as it is, a copy carries the local values."""

from collections.abc import Mapping
from datetime import date

from guangcheng.base.errors import InputError, NotFound
from guangcheng.base.provenance import Basis
from guangcheng.base.text import Text
from guangcheng.standards.model import DatedValue, Parameter, Scalar, Source, Standard

SINCE_ALWAYS = date.min
"""A local value holds on every day: the settings file has no dates."""


def with_local_values(standard: Standard, values: Mapping[str, Scalar], *, source: str) -> Standard:
    """Give a copy of ``standard`` in which each named parameter has the local value, basis ``local``.

    A rule's own parameter is named with its rule: ``RUL-302-25.interval_months``. ``source`` names the file that sets
    them. An unknown parameter is ``NotFound`` listing the known ones; a value of another kind than the standard's own
    (a word for a number) is ``InputError``.
    """
    if not values:
        return standard
    parameters, rules = dict(standard.parameters), dict(standard.rules)
    for name, value in values.items():
        changed = _local(standard, name, value, source)
        rule, _, key = name.rpartition(".")
        if rule:
            rules[rule] = rules[rule].model_copy(update={"parameters": {**rules[rule].parameters, key: changed}})
        else:
            parameters[name] = changed
    return standard.model_copy(update={"parameters": parameters, "rules": rules})


def _known(standard: Standard) -> dict[str, Parameter]:
    of_rules = {f"{name}.{key}": item for name, rule in standard.rules.items() for key, item in rule.parameters.items()}
    return {**standard.parameters, **of_rules}


def _local(standard: Standard, name: str, value: Scalar, source: str) -> Parameter:
    parameter = _known(standard).get(name)
    if parameter is None:
        known = ", ".join(_known(standard)) or "—"
        raise NotFound(
            Text(zh=f"标准 {standard.id} 没有参数“{name}”", en=f"standard {standard.id} has no parameter “{name}”"),
            mend=Text(zh=f"它的参数是：{known}", en=f"its parameters are: {known}"),
        )
    _same_kind(standard, name, parameter, value)
    dated = DatedValue(value=value, source=Source(document=source, clause=name), basis=Basis.LOCAL)
    return parameter.model_copy(update={"values": {SINCE_ALWAYS: dated}})


def _same_kind(standard: Standard, name: str, parameter: Parameter, value: Scalar) -> None:
    own = next((dated.value for dated in parameter.values.values() if dated.value is not None), None)
    if own is None or _kind(own) == _kind(value):
        return
    raise InputError(
        Text(
            zh=f"标准 {standard.id} 的参数“{name}”应当像 {own!r}，不是 {value!r}",
            en=f"parameter “{name}” of {standard.id} is like {own!r}, not {value!r}",
        ),
        mend=Text(zh="在 city.toml 里改成同一类的值", en="write a value of the same kind in city.toml"),
    )


def _kind(value: Scalar) -> str:
    if isinstance(value, bool):
        return "switch"
    return "number" if isinstance(value, int | float) else type(value).__name__
