"""The numbers of rule RUL-001-05 (光网接入能力) as one standard sets them, each with its clause and basis."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from guangcheng.base.errors import InputError, UsageError
from guangcheng.base.provenance import Basis, Clause
from guangcheng.base.text import Text
from guangcheng.standards.model import Scalar, Standard

CAPABILITY_CLAUSE = Clause("001", "二(三)7")
"""Where optical access capability is defined."""

OPERATOR_CLAUSE = Clause("001", "二(三)1")
"""One operator is enough; fibre that carries TV only does not count."""

BASIC_OPERATORS = ("telecom", "mobile", "unicom", "cable")
"""Operators whose points count (电信基础运营企业与广电); a tower company sells no access (product default)."""


@dataclass(frozen=True, slots=True)
class RuleNumber:
    """One number of the rule, and why it is what it is."""

    name: str
    title: Text
    value: float
    unit: str
    clause: Clause
    basis: Basis
    decision: str | None = None
    """Id of the product's decision, where one was needed."""


@dataclass(frozen=True, slots=True)
class _Number:
    """What is taken where the standard is silent, and what values make sense."""

    title: Text
    unit: str
    default: int
    whole: bool
    decision: str | None = None


_NUMBERS: Mapping[str, _Number] = MappingProxyType(
    {
        "urban_radius_m": _Number(Text(zh="城市半径", en="urban radius"), "m", 200, whole=False, decision="U-03"),
        "rural_radius_m": _Number(Text(zh="农村半径", en="rural radius"), "m", 1000, whole=False, decision="U-03"),
        "min_access_mbps": _Number(Text(zh="最低容量", en="least capacity"), "Mbps", 50, whole=False, decision="U-02"),
        "install_working_days": _Number(
            Text(zh="报装时限", en="installation limit"), "工作日", 10, whole=True, decision="U-06"
        ),
        "expansion_working_days": _Number(
            Text(zh="扩容时限", en="expansion limit"), "工作日", 15, whole=True, decision="U-06"
        ),
        "order_window_months": _Number(
            Text(zh="报装记录回看", en="orders looked back on"), "月", 12, whole=True, decision="P-01"
        ),
    }
)

_IN_THE_TEXT = frozenset(_NUMBERS) - {"order_window_months"}


@dataclass(frozen=True, slots=True)
class ReachRule:
    """When a premises has optical access capability, by one standard on one day. Make it with :meth:`of`."""

    numbers: Mapping[str, RuleNumber]
    operators: tuple[str, ...]
    """The operators that count, in the order of the bits of ``Reach.capable_operators``."""

    @classmethod
    def of(cls, standard: Standard, on: date, overrides: Mapping[str, Scalar] | None = None) -> "ReachRule":
        """Take the rule's parameters as ``standard`` has them in force on ``on``.

        ``overrides`` are the city's own settings by parameter name (basis ``local``). A parameter the standard does
        not set then is taken from 001 二(三)7 as a product default, and says so. Raises ``UsageError`` for an unknown
        name in ``overrides`` and ``InputError`` for a value that makes no sense.
        """
        own = dict(overrides or {})
        operators = _operators(standard, on, own)
        unknown = sorted(set(own) - set(_NUMBERS))
        if unknown:
            names = ", ".join([*_NUMBERS, "basic_operators"])
            raise UsageError(
                Text(zh=f"没有叫 {', '.join(unknown)} 的参数", en=f"there is no parameter called {', '.join(unknown)}"),
                mend=Text(zh=f"可以设置：{names}", en=f"these can be set: {names}"),
            )
        numbers = {name: _number(name, standard, on, own) for name in _NUMBERS}
        return cls(MappingProxyType(numbers), operators)

    @property
    def urban_radius_m(self) -> float:
        """Radius for urban premises, metres, inclusive."""
        return self.numbers["urban_radius_m"].value

    @property
    def rural_radius_m(self) -> float:
        """Radius for rural premises, metres, inclusive."""
        return self.numbers["rural_radius_m"].value

    @property
    def min_access_mbps(self) -> float:
        """Least capacity one user can get, Mbps, inclusive."""
        return self.numbers["min_access_mbps"].value

    @property
    def install_working_days(self) -> int:
        """Working days an installation may take."""
        return int(self.numbers["install_working_days"].value)

    @property
    def expansion_working_days(self) -> int:
        """Working days an expansion may take."""
        return int(self.numbers["expansion_working_days"].value)

    @property
    def order_window_months(self) -> int:
        """Months before the day whose orders count."""
        return int(self.numbers["order_window_months"].value)


def _number(name: str, standard: Standard, on: date, own: Mapping[str, Scalar]) -> RuleNumber:
    known = _NUMBERS[name]
    found = standard.parameter(name, on)
    if name in own:
        clause = found.source.as_clause() if found else CAPABILITY_CLAUSE
        value, basis, decision = _sensible(name, own[name]), Basis.LOCAL, None
    elif found is not None:
        clause, basis, decision = found.source.as_clause(), found.basis, found.decision
        value = _sensible(name, found.value)
    else:
        clause, basis, decision = CAPABILITY_CLAUSE, Basis.PRODUCT_DEFAULT, known.decision
        value = float(known.default)
    return RuleNumber(name, known.title, value, known.unit, clause, basis, decision)


def _sensible(name: str, value: Scalar | None) -> float:
    known = _NUMBERS[name]
    if isinstance(value, int | float) and not isinstance(value, bool):
        fits = value >= 1 and float(value).is_integer() if known.whole else 0 <= value < float("inf")
        if fits:
            return float(value)
    raise InputError(
        Text(zh=f"参数 {name} 的值 {value!r} 不可用", en=f"{value!r} is no value for the parameter {name}"),
        mend=Text(zh="请给出不小于 1 的整数", en="give a whole number of at least 1")
        if known.whole
        else Text(zh="请给出不小于 0 的数", en="give a number that is not negative"),
    )


def _operators(standard: Standard, on: date, own: dict[str, Scalar]) -> tuple[str, ...]:
    found = standard.parameter("basic_operators", on)
    value = own.pop("basic_operators", None if found is None else found.value)
    if value is None:
        return BASIC_OPERATORS
    if not isinstance(value, list) or not value:
        raise InputError(
            Text(
                zh=f"参数 basic_operators 的值 {value!r} 不可用",
                en=f"{value!r} is no value for the parameter basic_operators",
            ),
            mend=Text(zh="请列出运营商代码，例如 [telecom, mobile]", en="list operator codes, e.g. [telecom, mobile]"),
        )
    return tuple(dict.fromkeys(value))
