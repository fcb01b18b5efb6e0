"""What an evaluation is: values only, ready for reports, pages and JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from guangcheng.base.provenance import Basis, Clause, SnapshotRef
from guangcheng.base.text import Text


class Verdict(StrEnum):
    """The answer for one place. The last two leave their parent's numerator and denominator."""

    PASS = "pass"  # noqa: S105
    PASS_WITH_REMARK = "pass_with_remark"  # noqa: S105
    FAIL = "fail"
    NO_DATA = "no_data"
    NOT_APPLICABLE = "not_applicable"
    OUT_OF_SCOPE = "out_of_scope"

    @property
    def passed(self) -> bool:
        """``pass`` and ``pass_with_remark`` count as passed in the level above."""
        return self in (Verdict.PASS, Verdict.PASS_WITH_REMARK)


class Status(StrEnum):
    """How an indicator stands against its dated targets."""

    MET = "met"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    """The last phase target due by the as-of date is unmet."""
    MISSED = "missed"
    """The final target date has passed and the final target is unmet."""
    NO_DATA = "no_data"
    DISPUTED = "disputed"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test of one place. ``ok`` and ``value`` are ``None`` without data; ``unknown`` members are in neither count.

    ``numerator``/``denominator`` are integers; ``value`` is the decimal string people see (rounded down).
    ``unknown`` = members of the denominator whose own answer is missing; they are included in ``denominator``.
    """

    __test__ = False  # not a pytest class

    id: str
    clause: Clause
    title: Text
    hard: bool
    numerator: int | None
    denominator: int | None
    unknown: int
    value: str | None
    unit: str
    comparator: str
    threshold: str
    ok: bool | None
    basis: Basis
    trace: str


@dataclass(frozen=True, slots=True)
class AreaVerdict:
    """The verdict for one area (or estate) with every test behind it."""

    code: str
    name: str
    level: str
    subtype: str | None
    parent: str | None
    verdict: Verdict
    tests: tuple[TestResult, ...]
    reasons: tuple[Text, ...] = ()
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing to the target, in real units (户, 个, 端口), rounded up to whole things where they are things.

    A share whose counts are not known is short of its target by 百分点 (percentage points).
    """

    amount: str
    unit: str


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """One indicator for one area on one day."""

    id: str
    clause: Clause
    name: Text
    area: str
    value: str | None
    numerator: int | str | None
    denominator: int | str | None
    unit: str
    target: str | None
    target_date: date | None
    status: Status
    gap: Gap | None
    basis: Basis
    trace: str
    comparator: str | None = None
    flags: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class DataGap:
    """Something the evaluation could not know, by name: a missing count, register, point."""

    kind: str
    where: str
    message: Text


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything one standard says about one city on one day."""

    standard: str
    standard_version: str
    area: str
    as_of: date
    snapshots: Mapping[str, SnapshotRef]
    areas: tuple[AreaVerdict, ...]
    estates: tuple[AreaVerdict, ...]
    indicators: tuple[IndicatorResult, ...]
    data_gaps: tuple[DataGap, ...] = ()
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class TraceNode:
    """One step of a derivation: what was computed, by which clause, from what. ``rows`` are register rows by key."""

    title: Text
    value: str
    clause: Clause | None = None
    basis: Basis | None = None
    kind: Literal["verdict", "test", "indicator", "place", "operator", "condition", "row", "parameter", "note"] = "note"
    rows: tuple[Mapping[str, object], ...] = ()
    children: tuple["TraceNode", ...] = field(default_factory=tuple)
