"""Rules that ask whether every one of a set is there and complete."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from guangcheng.base.text import Text
from guangcheng.coverage.rules.finding import Answer, Facts, Limits, listed, missing, number


class Liaisons(Facts):
    """How many liaison officers each member unit has named."""

    liaisons: dict[str, int]


def exactly_named(facts: Liaisons, limits: Limits) -> Answer:
    """Every member has exactly ``each`` liaison officers; none and several are both gaps."""
    each = limits.whole("each")
    found = [unit for unit, count in facts.liaisons.items() if count != each]
    return missing(found, Text(zh=f"联络员不是 {each} 人", en=f"liaison officers are not {each}"))


class Named(Facts):
    """For each unit or target: its lead body and how many people or units answer beside it."""

    class Unit(Facts):
        """One unit or target."""

        name: str
        lead: str | None = None
        others: int = 0

    units: tuple[Unit, ...]


def everyone_named(facts: Named, limits: Limits) -> Answer:
    """Each has a lead body and at least ``least`` responsible persons or units."""
    least = limits.whole("least")
    found = [unit.name for unit in facts.units if unit.lead is None or unit.others < least]
    return missing(found, Text(zh="牵头或责任不全", en="lead or responsible missing"))


class Split(Facts):
    """A target split to areas: what is expected, what was assigned."""

    class Part(Facts):
        """The share of one area."""

        area: str
        lead: str | None = None
        responsible: int = 0
        deadline: date | None = None
        amount: Decimal | None = None
        done: bool = False

    areas: tuple[str, ...]
    parts: tuple[Part, ...]
    total: Decimal | None = None


def targets_split(facts: Split, limits: Limits) -> Answer:
    """Every child area has lead, at least ``least`` responsible units and a deadline; the parts reach the total.

    ``items`` names areas left out or incomplete, then the overdue ones.
    """
    whole = {part.area for part in facts.parts if _assigned(part, limits.whole("least"))}
    gaps = [area for area in facts.areas if area not in whole]
    late = [p.area for p in facts.parts if not p.done and p.deadline is not None and limits.on > p.deadline]
    found = missing([*gaps, *late], Text(zh="未分解或逾期", en="not assigned or overdue"))
    amounts = [part.amount for part in facts.parts if part.amount is not None]
    if facts.total is None or sum(amounts, Decimal(0)) >= facts.total:
        return found
    short = number(facts.total - sum(amounts, Decimal(0)))
    reason = Text(zh=f"分解合计比总目标少 {short}", en=f"the parts fall {short} short of the total")
    return Answer(ok=False, value=found.value, reasons=(*found.reasons, reason), items=found.items)


def _assigned(part: Split.Part, least: int) -> bool:
    return part.lead is not None and part.responsible >= least and part.deadline is not None


class Body(Facts):
    """The members of each coordination body, as organisation types."""

    bodies: dict[str, tuple[str, ...]]


def body_members(facts: Body, limits: Limits) -> Answer:
    """Every body has each of ``members``."""
    wanted = limits.words("members")
    found = [f"{body}:{name}" for body, there in sorted(facts.bodies.items()) for name in wanted if name not in there]
    return missing(found, Text(zh="协调机构缺成员", en="members missing"))


class Boards(Facts):
    """Stations by the kind of place they stand in, with the fields their notice board shows."""

    class Station(Facts):
        """One station."""

        name: str
        site_kind: str
        dense: bool = False
        shows: tuple[str, ...] = ()

    stations: tuple[Station, ...]


def notice_boards(facts: Boards, limits: Limits) -> Answer:
    """In dense places (``kinds``, or marked by hand) a board shows every one of ``fields``."""
    wanted, kinds = limits.words("fields"), limits.words("kinds")
    found = [
        station.name
        for station in facts.stations
        if (station.dense or station.site_kind in kinds) and not set(wanted) <= set(station.shows)
    ]
    return missing(found, Text(zh="缺告示牌或内容不全", en="board missing or incomplete"))


class Nodes(Facts):
    """Key nodes with load and generator, in kW."""

    class Node(Facts):
        """One node."""

        name: str
        load_kw: Decimal
        generator_kw: Decimal = Decimal(0)

    nodes: tuple[Node, ...]


def generators(facts: Nodes, limits: Limits) -> Answer:
    """Each key node has a generator for at least ``load_percent`` of its load."""
    share = limits.number("load_percent") / 100
    found = [item.name for item in facts.nodes if Fraction(item.generator_kw) < share * Fraction(item.load_kw)]
    return missing(found, Text(zh="应急电源不足", en="emergency power falls short"))


class Requests(Facts):
    """Requests to share existing facilities."""

    class Request(Facts):
        """One request."""

        name: str
        shareable: bool
        refused: bool
        consent: str | None = None

    requests: tuple[Request, ...]


def refusals(facts: Requests, limits: Limits) -> Answer:
    """No shareable facility is refused; with a consent number only where ``consent_excuses``."""
    excused = limits.flag("consent_excuses")
    found = [
        item.name
        for item in facts.requests
        if item.shareable and item.refused and not (excused and item.consent is not None)
    ]
    return missing(found, Text(zh="具备共享条件而拒绝", en="refused though shareable"))


class Claims(Facts):
    """What operators claim for one place on one day."""

    class Claim(Facts):
        """One claim."""

        operator: str
        technology: str
        tv_only: bool = False
        since: date

    claims: tuple[Claim, ...]


def optical_coverage(facts: Claims, limits: Limits) -> Answer:
    """One basic operator's fibre in force is enough; fibre that only carries television does not count."""
    basic = limits.words("operators")
    found = sorted(
        {
            claim.operator
            for claim in facts.claims
            if claim.technology == "fibre"
            and not claim.tv_only
            and claim.operator in basic
            and claim.since <= limits.on
        }
    )
    if found:
        return Answer(ok=True, value=str(len(found)), items=tuple(found))
    return Answer(ok=False, value="0", reasons=(Text(zh="没有一家有效覆盖", en="no operator covers it"),))


class Acceptance(Facts):
    """Results of the tests of one level."""

    class Test(Facts):
        """One test; ``ok`` ``None`` without data."""

        name: str
        hard: bool
        ok: bool | None

    tests: tuple[Test, ...]


def hard_and_reference(facts: Acceptance, limits: Limits) -> Answer:
    """Hard tests gate, reference tests remark; ``penetration_is_hard`` turns every reference test hard (C-06)."""
    from guangcheng.coverage.verdicts import combine

    all_hard = limits.flag("penetration_is_hard")
    tests = [test.model_copy(update={"hard": test.hard or all_hard}) for test in facts.tests]
    verdict = combine(tests)
    names = [test.name for test in tests if test.ok is False]
    reasons = (Text(zh="未达：" + listed(names).zh, en="not met: " + listed(names).en),) if names else ()
    decided = verdict.value in ("pass", "pass_with_remark", "fail")
    return Answer(verdict.passed if decided else None, verdict.value, reasons, tuple(names))


class Places(Facts):
    """Places with their kind and whether they are gigabit capable."""

    class Place(Facts):
        """One place."""

        name: str
        kind: str
        gigabit: bool

    places: tuple[Place, ...]


def weak_places(facts: Places, limits: Limits) -> Answer:
    """Old estates and parks (``kinds``) that are not gigabit capable: the upgrade list."""
    kinds = limits.words("kinds")
    found = [place.name for place in facts.places if place.kind in kinds and not place.gigabit]
    return missing(found, Text(zh="薄弱区域", en="weak areas"))


class Projects(Facts):
    """Planned projects by area and purpose."""

    class Project(Facts):
        """One project."""

        name: str
        area: str
        purpose: str

    projects: tuple[Project, ...]


def duplicates(facts: Projects, limits: Limits) -> Answer:
    """More than ``at_most`` projects of one purpose in one area: a warning of double building."""
    together: dict[tuple[str, str], list[str]] = {}
    for project in facts.projects:
        together.setdefault((project.area, project.purpose), []).append(project.name)
    found = ["+".join(names) for names in together.values() if len(names) > limits.whole("at_most")]
    return missing(found, Text(zh="同地同用途", en="same place and purpose"))


class Buildings(Facts):
    """Buildings or estates with the day of completion and whether fibre reaches the homes."""

    class Building(Facts):
        """One building; many alike may stand in one row."""

        name: str
        completed: date
        fibre: bool
        count: int = 1

    buildings: tuple[Building, ...]


def new_buildings(facts: Buildings, limits: Limits) -> Answer:
    """Of the buildings completed since ``since``, at least ``percent`` have fibre; none built, nothing is said."""
    new = [item for item in facts.buildings if item.completed >= limits.day("since")]
    without = tuple(item.name for item in new if not item.fibre)
    total = sum(item.count for item in new)
    if total == 0:
        return Answer(None, reasons=(Text(zh="期内没有新建", en="nothing was built"),))
    share = Fraction(100 * sum(item.count for item in new if item.fibre), total)
    reasons = () if not without else (Text(zh="没有光纤：" + "、".join(without), en="no fibre: " + ", ".join(without)),)
    return Answer(share >= limits.number("percent"), number(share), reasons, without)
