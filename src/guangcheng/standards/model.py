"""A standard as data: dated values, each with the clause that sets it.

Every class is frozen and refuses unknown keys, so a key one level too high is an error and not a silent default.
``standards`` does not know how a measure is computed: it names it, ``coverage`` computes it, and the vocabulary of
names they share is the table ``standards/measures.csv``.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from guangcheng.base.provenance import Basis, Clause
from guangcheng.base.shares import Comparator

Scalar = bool | int | float | str | list[str]
"""What a parameter or threshold can be. Numbers in YAML keep their kind; shares are percentages (90, not 0.9)."""

CatalogueId = Annotated[str, Field(pattern=r"^(IND|TSK|RUL|TST)-[0-9A-Z]+-[0-9A-Za-z]+$")]


class Level(StrEnum):
    """What a level standard judges."""

    NATURAL_VILLAGE = "natural_village"
    ADMIN_VILLAGE = "admin_village"
    ESTATE = "estate"
    STREET = "street"
    TOWN = "town"
    DISTRICT = "district"
    CITY = "city"


class Frozen(BaseModel):
    """Base of all border models: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Frozen):
    """A title or sentence in both languages."""

    zh: str
    en: str


class Source(Frozen):
    """Document and clause of the library; ``status`` says how sure we are of a fact from outside the seeds."""

    document: str
    clause: str
    repaired: bool = False
    """The reading of the text had to be repaired (a lost % or hyphen)."""
    status: Literal["seed", "verified", "secondary"] = "seed"
    note: str | None = None

    def as_clause(self) -> Clause:
        """The pair used in figures."""
        return Clause(self.document, self.clause)


class DatedValue(Frozen):
    """One value, in force from the date it is keyed by until the next; ``value: null`` ends it."""

    value: Scalar | None
    source: Source
    basis: Basis = Basis.TEXT
    decision: str | None = None
    """Id of the product decision (``U-05``, ``C-09``) when the basis is the product's."""


Dated = dict[date, DatedValue]


def value_at(values: Mapping[date, DatedValue], on: date) -> DatedValue | None:
    """The value in force on ``on`` (the latest dated ≤ ``on``), or ``None`` before the first and after a null."""
    due = [day for day in values if day <= on]
    if not due:
        return None
    found = values[max(due)]
    return None if found.value is None else found


class Parameter(Frozen):
    """A named number or choice of the standard, e.g. ``urban_radius_m``."""

    title: Words
    unit: str | None = None
    values: Dated

    @model_validator(mode="after")
    def _has_values(self) -> Self:
        if not self.values:
            raise ValueError("a parameter needs at least one dated value / 参数至少要有一个带日期的值")
        return self


class LevelTest(Frozen):
    """One test of a level: a named measure against a dated threshold, hard or reference."""

    id: CatalogueId
    title: Words
    measure: str
    """Name from ``measures.csv``."""
    params: dict[str, Scalar] = {}
    unit: str
    comparator: Comparator
    threshold: Dated
    hard: bool
    """A reference test never fails a place; it gives ``pass_with_remark``."""
    hard_parameter: str | None = None
    """A boolean parameter that, when true, makes a reference test hard (C-06)."""


class LevelStandard(Frozen):
    """What a place of one level must meet, e.g. 全光网行政村."""

    level: Level
    title: Words
    source: Source
    basis: Basis = Basis.TEXT
    decision: str | None = None
    tests: list[LevelTest]
    notes: list[Words] = []


class TargetStatus(StrEnum):
    """Whether a target is scored."""

    ACTIVE = "active"
    DISPUTED = "disputed"
    """Contradicted inside its own document: shown, never scored."""
    SUPERSEDED = "superseded"


class Target(Frozen):
    """A value to reach by a date. The literal words stay beside the operative reading."""

    value: float | int | None
    """``None`` for a qualitative target."""
    value_text: str | None = None
    date: date
    comparator: Comparator | None = None
    """Where one date of an indicator asks ``>`` and the others ``>=``; otherwise the indicator's own."""
    date_text: str
    """The literal words, e.g. ``2018年6月前``; read as the last day of the month (U-11)."""
    relation: Literal["before", "at"] = "at"
    status: TargetStatus = TargetStatus.ACTIVE
    role: Literal["pass", "internal_control"] = "pass"
    """003 sets a task date (internal control, amber) before the pass date (red) (C-17)."""
    source: Source
    basis: Basis = Basis.TEXT
    decision: str | None = None
    note: Words | None = None


class Baseline(Frozen):
    """The published starting point of an indicator; never a target."""

    value: float | int
    date: date
    source: Source


class AlsoShow(Frozen):
    """Another reading shown beside an indicator and never scored, e.g. take-up beside capability (C-05)."""

    title: Words
    measure: str
    params: dict[str, Scalar] = {}
    unit: str
    decision: str | None = None


class Indicator(Frozen):
    """One indicator of the catalogue with its dated targets."""

    name: Words
    definition: Words
    kind: Literal["computed", "reported", "qualitative", "definition", "out_of_scope"]
    measure: str | None = None
    params: dict[str, Scalar] = {}
    fallback: Literal["reported_value"] | None = None
    """When no register the measure reads has data by the day, the reported value (``indicator_values``) is used."""
    parameter: str | None = None
    """The parameter whose value in force is demanded at all times, with no date to reach it by (001 二(三)7)."""
    unit: str
    """Values, targets, baseline and reported values are all in this unit; ``standards.measures.scale`` converts."""
    decimals: int = 1
    scope: Literal["whole", "each"] = "whole"
    """``whole``: one value for the programme's area. ``each``: one per area of ``each_level``."""
    each_level: Level | None = None
    comparator: Comparator | None = None
    hardness: str
    baseline: Baseline | None = None
    targets: list[Target] = []
    source: Source
    basis: Basis = Basis.TEXT
    decision: str | None = None
    flags: list[str] = []
    """Named warnings, e.g. ``inconsistent_basis`` (C-13)."""
    notes: list[Words] = []
    reason: Words | None = None
    """Why it is out of scope or not computed."""
    also_show: list[AlsoShow] = []

    def asked(self, target: Target) -> Comparator | None:
        """How a value is compared with ``target``."""
        return target.comparator or self.comparator


class Task(Frozen):
    """A duty of the document: who, what, by when."""

    title: Words
    lead: str | None = None
    lead_basis: Basis = Basis.TEXT
    responsible: list[str] = []
    cooperating: list[str] = []
    start: date | None = None
    deadline: date | None = None
    deadline_text: str | None = None
    continuous: bool = False
    deliverable: str | None = None
    indicators: list[str] = []
    disposition: Literal["tracked", "out"] = "tracked"
    reason: Words | None = None
    """Why it is out of scope."""
    source: Source
    notes: list[Words] = []


class Check(StrEnum):
    """How a rule is checked: two kinds are computed, three are a person's act on data, the last is data."""

    COMPUTE = "compute"
    TIMER = "timer"
    GATE = "gate"
    CASE = "case"
    CHECKLIST = "checklist"
    CONFIG = "config"


class Item(Frozen):
    """One thing a gate or checklist wants shown; with ``when`` only if the facts say so."""

    title: Words
    when: dict[str, Scalar] = {}


class Move(Frozen):
    """One step of a procedure: allowed from the states named, once the items it needs are there."""

    to: str
    after: list[str] = []
    """States it may follow; empty for the first."""
    needs: list[str] = []
    by: str | None = None
    """Who takes the step, as the text names the role."""
    another_person: bool = False
    """Whoever took the step before may not take this one."""


class Act(Frozen):
    """One kind of conduct a case rule names, with what must be true of it and where the case goes."""

    title: Words
    when: dict[str, Scalar] = {}
    route: str | None = None
    penalty: CatalogueId | None = None
    """The rule that holds the fine band; without one the fine field stays locked."""
    penalty_item: str | None = None


class Band(Frozen):
    """One piece of a limit that varies: coefficient ÷ divisor × x^exponent for ``low`` ≤ x < ``high``."""

    quantity: str
    low: float | int
    high: float | int
    coefficient: float | int
    divisor: float | int = 1
    exponent: float | int = 0
    unit: str
    source: Source


class Rule(Frozen):
    """A duty, prohibition, limit or procedure of the document as data."""

    title: Words
    type: Literal[
        "definition",
        "acceptance",
        "consistency",
        "data_quality",
        "threshold",
        "limit",
        "service_limit",
        "distance",
        "price",
        "safety",
        "milestone",
        "scoring",
        "assessment",
        "routing",
        "preference",
        "principle",
        "assignment",
        "planning",
        "permit",
        "registration",
        "notification",
        "obligation",
        "prohibition",
        "encouraged",
        "disclosure",
        "supervision",
        "procedure",
        "penalty",
        "liability",
        "compensation",
        "subsidy",
        "exception",
    ]
    check: Check
    disposition: Literal["executed", "decision", "config", "out"]
    priority: Literal["core", "important", "later"]
    duty_bearer: str | None = None
    enforcer: str | None = None
    logic: str | None = None
    """Name from ``logics.csv``; ``evaluation`` means the tests and indicators of ``judged_by`` decide."""
    inputs: list[str] = []
    parameters: dict[str, Parameter] = {}
    takes: dict[str, str] = {}
    """Names the logic knows → parameter or indicator of this standard that gives the number."""
    judged_by: list[str] = []
    applies: dict[str, Scalar] = {}
    """The rule binds only when the facts agree with all of these (a list: any of them)."""
    items: dict[str, Item] = {}
    moves: list[Move] = []
    acts: dict[str, Act] = {}
    bands: list[Band] = []
    source: Source
    basis: Basis = Basis.TEXT
    decision: str | None = None
    notes: list[Words] = []
    reason: Words | None = None


class Document(Frozen):
    """A legal text of the library, described in our own words."""

    code: str
    title: str
    number: str | None = None
    issuer: str
    issuer_basis: Basis = Basis.TEXT
    issued: date | None = None
    in_force: date | None = None
    region: str
    """Statistical area code of its region of force."""
    region_name: str
    repaired: list[str] = []


class Standard(Frozen):
    """Everything one document demands, ready to be evaluated."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    version: str
    title: Words
    document: Document
    parameters: dict[str, Parameter] = {}
    acceptance: list[LevelStandard] = []
    indicators: dict[CatalogueId, Indicator] = {}
    tasks: dict[CatalogueId, Task] = {}
    rules: dict[CatalogueId, Rule] = {}
    notes: list[Words] = []

    def level(self, level: Level) -> LevelStandard | None:
        """The acceptance standard of ``level``, or ``None`` when the document sets none."""
        return next((item for item in self.acceptance if item.level == level), None)

    def parameter(self, name: str, on: date) -> DatedValue | None:
        """Parameter ``name`` as in force on ``on``; ``None`` when the standard does not set it then."""
        found = self.parameters.get(name)
        return None if found is None else value_at(found.values, on)
