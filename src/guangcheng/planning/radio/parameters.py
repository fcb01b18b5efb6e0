"""Every assumption of a radio prediction: a shipped list, each with unit, range and source, and a city's own values.

A city's file is TOML, ``name = value``; values of one operator stand under ``[operator.NAME]`` and go before.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite
from pathlib import Path

from guangcheng.base.errors import InputError, NotFound, Where
from guangcheng.base.packaged import packaged_rows
from guangcheng.base.provenance import Basis
from guangcheng.base.text import Text
from guangcheng.planning.radio.antenna import Antenna
from guangcheng.planning.radio.budget import Threshold
from guangcheng.planning.radio.pathloss import MODELS, penetration_loss
from guangcheng.planning.radio.ranges import Link, Scenario
from guangcheng.planning.radio.raster import Indoors, Profile

__all__ = ["MACRO", "POLE", "Parameter", "Parameters", "kind_of", "read_parameters"]

MACRO, POLE = 0, 1
"""Index of a mast's profile: towers, roofs and others; poles."""
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "macro_model": tuple(item.value for item in Scenario if item is not Scenario.INH),
    "pole_model": tuple(item.value for item in Scenario if item is not Scenario.INH),
    "building": tuple(MODELS),
}


def kind_of(structure: str | None) -> int:
    """The profile of a kind of structure."""
    return POLE if structure == "pole" else MACRO


@dataclass(frozen=True, slots=True)
class Parameter:
    """One assumption; ``operator`` is empty where it holds for all that have none of their own."""

    name: str
    operator: str
    value: float | str
    unit: str
    title: Text
    basis: Basis
    source: Text


@dataclass(frozen=True, slots=True)
class Parameters:
    """All assumptions, by (name, operator)."""

    all: Mapping[tuple[str, str], Parameter]

    def of(self, name: str, operator: str = "") -> Parameter:
        """The operator's own value, else everybody's."""
        return self.all.get((name, operator)) or self.all[name, ""]

    def number(self, name: str, operator: str = "") -> float:
        """A parameter that is a number."""
        return float(self.of(name, operator).value)

    def threshold(self, operator: str = "") -> Threshold:
        """The level from which a place counts as reached."""
        found = self.of("threshold_dbm", operator)
        return Threshold(float(found.value), found.basis, found.source)

    def reliability(self, operator: str = "") -> float:
        """As a share."""
        return self.number("reliability_percent", operator) / 100

    def indoors(self, operator: str = "", inside_m: float | None = None) -> Indoors:
        """Loss into a building at the operator's carrier, ``inside_m`` from the wall or as assumed."""
        depth = self.number("indoor_m", operator) if inside_m is None else inside_m
        model = str(self.of("building", operator).value)
        loss, sigma = penetration_loss(model, self.number("frequency_ghz", operator), depth)
        return Indoors(float(loss), sigma)

    def profiles(self, operator: str = "") -> tuple[Profile, Profile]:
        """What a cell on a tower or roof (:data:`MACRO`) and one on a pole (:data:`POLE`) is taken to be."""
        macro, pole = (self._profile(kind, operator) for kind in ("macro", "pole"))
        return macro, pole

    def _profile(self, kind: str, operator: str) -> Profile:
        def number(name: str) -> float:
            return self.number(name, operator)

        return Profile(
            scenario=Scenario(str(self.of(f"{kind}_model", operator).value)),
            link=Link(number("frequency_ghz"), number(f"{kind}_height_m"), number("terminal_m")),
            antenna=Antenna(number(f"{kind}_gain_dbi"), number("width_deg"), number("height_deg")),
            tilt_deg=number(f"{kind}_tilt_deg"),
            total_dbm=number(f"{kind}_power_dbm"),
            resource_blocks=int(number("resource_blocks")),
            losses_db=number("losses_db"),
        )

    def told(self, operators: Mapping[str, object]) -> list[Parameter]:
        """The assumptions that were used, everybody's first, then those of the operators named."""
        return [item for item in self.all.values() if not item.operator or item.operator in operators]


@dataclass(frozen=True, slots=True)
class _Shipped:
    parameter: Parameter
    low: float
    high: float


@cache
def _shipped() -> Mapping[tuple[str, str], _Shipped]:
    found = {}
    for row in packaged_rows("guangcheng.planning.radio", "data", "parameters.csv"):
        value: float | str = row["value"] if row["name"] in _CHOICES else float(row["value"])
        parameter = Parameter(
            row["name"],
            row["operator"],
            value,
            row["unit"],
            Text(zh=row["title_zh"], en=row["title_en"]),
            Basis(row["basis"]),
            Text(zh=row["source_zh"], en=row["source_en"]),
        )
        low, high = (float(row[end]) if row[end] else 0.0 for end in ("low", "high"))
        found[row["name"], row["operator"]] = _Shipped(parameter, low, high)
    return found


def read_parameters(path: Path | None = None) -> Parameters:
    """The shipped assumptions with those of a TOML file in their place; a file's values are the city's own.

    ``NotFound`` for no such file; ``InputError`` for a file that is no TOML, a name that is none, and a value that is
    of the wrong kind or out of its range, which is named.
    """
    found = {key: item.parameter for key, item in _shipped().items()}
    if path is None:
        return Parameters(found)
    own = _read(path)
    operators = own.pop("operator", {})
    if not isinstance(operators, dict) or not all(isinstance(part, dict) for part in operators.values()):
        raise _wrong(path, "operator", Text(zh="operator 下须是各家的表", en="operator must hold one table for each"))
    for operator, values in {"": own, **operators}.items():
        for name, value in values.items():
            found[name, operator] = _own(path, name, operator, value)
        if not operator:
            # what everybody has by the city's own word goes before what ships for one operator
            for key in [key for key in found if key[1] and key[0] in values]:
                del found[key]
    return Parameters(found)


def _read(path: Path) -> dict[str, object]:
    if not path.is_file():
        raise NotFound(
            Text(zh="没有这个参数文件", en="there is no such file of parameters"),
            mend=Text(zh="检查路径", en="check the path"),
            where=Where(file=str(path)),
        )
    try:
        return dict(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise _wrong(
            path, None, Text(zh=f"参数文件不是 TOML：{fault}", en=f"the file of parameters is no TOML: {fault}")
        ) from fault


def _own(path: Path, name: str, operator: str, value: object) -> Parameter:
    shipped = _shipped().get((name, operator)) or _shipped().get((name, ""))
    if shipped is None:
        raise _wrong(path, name, Text(zh=f"没有参数 {name}", en=f"there is no parameter {name}"))
    base = shipped.parameter
    source = Text(zh=f"参数文件 {path.name}", en=f"parameters file {path.name}")
    return Parameter(name, operator, _value(path, name, value, shipped), base.unit, base.title, Basis.LOCAL, source)


def _value(path: Path, name: str, value: object, shipped: _Shipped) -> float | str:
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            told = ", ".join(_CHOICES[name])
            raise _wrong(path, name, Text(zh=f"{name} 只能是 {told}", en=f"{name} must be one of {told}"))
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _wrong(path, name, Text(zh=f"{name} 须是数，给的是 {value!r}", en=f"{name} must be a number: {value!r}"))
    if not shipped.low <= value <= shipped.high:
        span = f"{shipped.low:g}–{shipped.high:g} {shipped.parameter.unit}".rstrip()
        raise _wrong(
            path, name, Text(zh=f"{name} 须在 {span}，给的是 {value:g}", en=f"{name} is {value:g}, not {span}")
        )
    return float(value)


def _wrong(path: Path, name: str | None, message: Text) -> InputError:
    known = ", ".join(sorted({key for key, _ in _shipped()}))
    return InputError(
        message,
        mend=Text(
            zh=f"写成 threshold_dbm = -105；可写的参数：{known}",
            en=f"write it as threshold_dbm = -105; the parameters: {known}",
        ),
        where=Where(file=str(path), field=name),
    )
