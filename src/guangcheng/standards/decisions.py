"""The product's decisions where a document contradicts itself or leaves a word open, and every place that uses one.

``decisions.csv`` says what was decided; ``ambiguities.csv`` lists decision → standard → place → default, and a test
holds it against the library, so that no default is without its decision and no decision without its place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from guangcheng.base.packaged import packaged_rows
from guangcheng.base.text import Text
from guangcheng.standards.model import Dated, Parameter, Standard


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """One place a decision is applied: ``place`` is the path in the standard file, ``default`` what holds there."""

    decision: str
    standard: str
    place: str
    default: str


def _rows(name: str) -> list[dict[str, str]]:
    return packaged_rows("guangcheng.standards", name)


@cache
def decisions() -> Mapping[str, Text]:
    """What was decided, by id."""
    return MappingProxyType({row["id"]: Text(zh=row["zh"], en=row["en"]) for row in _rows("decisions.csv")})


@cache
def ambiguities() -> tuple[Use, ...]:
    """The table that ships: every use of every decision in the built-in library, in order."""
    return tuple(Use(**row) for row in _rows("ambiguities.csv"))


def uses(standard: Standard) -> Iterator[Use]:
    """Every place of a standard that stands on a decision."""
    for decision, place, default in _places(standard):
        if decision is not None:
            yield Use(decision, standard.id, place, default)


Place = tuple[str | None, str, str]


def _places(standard: Standard) -> Iterator[Place]:
    yield from _of_parameters("parameters", standard.parameters)
    for level in standard.acceptance:
        yield level.decision, f"acceptance.{level.level}", level.basis.value
        for test in level.tests:
            yield from _of_dated(f"acceptance.{level.level}.{test.id}", test.threshold)
    for name, item in standard.indicators.items():
        here = f"indicators.{name}"
        yield item.decision, here, item.kind
        for target in item.targets:
            yield target.decision, f"{here}.targets.{target.date}.{target.role}", target.status.value
        for number, other in enumerate(item.also_show):
            yield other.decision, f"{here}.also_show.{number}", other.measure
    for name, rule in standard.rules.items():
        yield rule.decision, f"rules.{name}", rule.disposition
        yield from _of_parameters(f"rules.{name}.parameters", rule.parameters)
    for word in standard.document.repaired:
        yield ("C-34" if "C-34" in word else None), "document.repaired", word.partition("（")[0]


def _of_parameters(path: str, parameters: Mapping[str, Parameter]) -> Iterator[Place]:
    for name, parameter in parameters.items():
        yield from _of_dated(f"{path}.{name}", parameter.values)


def _of_dated(path: str, values: Dated) -> Iterator[Place]:
    for item in values.values():
        shown = " ".join(item.value) if isinstance(item.value, list) else str(item.value)
        yield item.decision, path, shown
