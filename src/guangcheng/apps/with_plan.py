"""A plan laid over the registers for one evaluation, by its name in the city or as a run folder of ``plan fibre``.

The access points of a fibre plan are its last splitters, one point per place. Every output counts as a free port:
nobody is connected on the day it is built. PON ports by month are what operators report, so a plan adds none.
"""

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guangcheng.apps.planned_points import PORT_MBPS, access_point_rows
from guangcheng.base.errors import InputError, Where
from guangcheng.base.provenance import SnapshotRef
from guangcheng.base.text import Text
from guangcheng.coverage.conditions import CONDITION_WORDS, Condition
from guangcheng.coverage.reach import YES
from guangcheng.coverage.results import AreaVerdict, Evaluation, IndicatorResult
from guangcheng.coverage.survey import Survey
from guangcheng.registers.city import City
from guangcheng.registers.planned import planned_view
from guangcheng.registers.view import RegisterView, view_of_tables
from guangcheng.reporting.plan_files.read import PlanFolder, is_plan_folder, open_plan
from guangcheng.reporting.summary import level_counts, of_levels

__all__ = ["After", "Given", "Level", "Uncounted", "compared", "fibre_access_points", "given_plan", "uncounted"]


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """A plan to evaluate with. ``view`` holds its own objects only.

    ``connected`` are the premises a run folder connects whole; ``None`` for a plan kept by name, which does not say.
    """

    name: str
    view: RegisterView
    connected: frozenset[str] | None = None

    @property
    def ports(self) -> tuple[int, int]:
        """Its access points, and their ports."""
        ports = self.view.table("access_points", ["ports_total"])["ports_total"]
        return len(ports), pc.sum(ports).as_py() or 0


@dataclass(frozen=True, slots=True)
class Level:
    """How the places of one level that are judged pass today and with the plan; codes of those that change."""

    level: str
    places: int
    before: int
    after: int
    newly: tuple[AreaVerdict, ...]
    no_longer: tuple[AreaVerdict, ...]


@dataclass(frozen=True, slots=True)
class After:
    """What a plan changes: per level, and the indicators (before, after) whose value or status is another."""

    levels: tuple[Level, ...]
    indicators: tuple[tuple[IndicatorResult, IndicatorResult], ...]


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A premises the plan connects that the standard still does not count, and the condition that fails first."""

    premises: str
    condition: str | None
    words: Text


def given_plan(city: City, given: str, built: RegisterView) -> Given:
    """The plan of that name in the city, or the run folder at that path.

    A path is what has a separator in it or is a folder with a fibre plan; no plan's name has a separator. Raises
    ``NotFound`` where there is neither, ``InputError`` for a plan of a later day, of another CRS, or of no operator.
    """
    folder = Path(given)
    if len(folder.parts) > 1 or is_plan_folder(folder):
        return _of_run(city, open_plan(folder), built)
    return Given(given, planned_view(city, given, built.as_of))


def _of_run(city: City, plan: PlanFolder, built: RegisterView) -> Given:
    day = dt.date.fromisoformat(plan.head["as_of"])
    if day > built.as_of:
        raise _refused(
            plan,
            Text(f"规划是 {day} 的，比评估日 {built.as_of} 晚", f"the plan is of {day}, after {built.as_of}"),
            Text(f"用 --as-of {day} 或更晚的日期", f"give --as-of {day} or a later day"),
        )
    table = fibre_access_points(city, plan, built, prefix=f"plan-{plan.digest[:8]}")
    ref = SnapshotRef("access_points", day, plan.digest)
    held = view_of_tables({ref.register: table}, as_of=built.as_of, crs=built.crs)
    return Given(plan.folder.name, replace(held, refs={ref.register: ref}), _connected(plan))


def fibre_access_points(city: City, plan: PlanFolder, built: RegisterView, *, prefix: str) -> pa.Table:
    """The places of a fibre plan's last splitters as rows of ``access_points``, ids ``prefix-node``.

    ``InputError`` where the plan is in another CRS than the city, or does not say whose access points they are.
    """
    operator = plan.head.get("parameters", {}).get("operator")
    if plan.head.get("crs") != city.config.crs:
        raise _refused(
            plan,
            Text(
                f"规划的坐标系是 {plan.head.get('crs')}，城市是 {city.config.crs}",
                f"the plan is in {plan.head.get('crs')}, the city in {city.config.crs}",
            ),
            Text("给出这座城市的规划", "give a plan of this city"),
        )
    if not isinstance(operator, str):
        raise _refused(
            plan,
            Text("规划没有说接入点归哪家运营商", "the plan does not say whose access points they are"),
            Text("用 plan fibre --operator telecom 再规划一次", "plan again by plan fibre --operator telecom"),
        )
    onts = plan.table("onts", ("splitter_1", "splitter_2"))
    last = pc.unique(pc.coalesce(onts["splitter_2"], onts["splitter_1"]).drop_null())
    splitters = plan.table("splitters", ("splitter_id", "node_id", "ratio"))
    ports: dict[str, int] = {}
    for row in splitters.filter(pc.is_in(splitters["splitter_id"], value_set=last)).to_pylist():
        ports[row["node_id"]] = ports.get(row["node_id"], 0) + row["ratio"]
    nodes = plan.table("nodes", ("node_id", "x", "y")).to_pylist()
    places = sorted((row["node_id"], row["x"], row["y"]) for row in nodes if row["node_id"] in ports)
    technologies = pc.unique(plan.table("ports", ("technology",))["technology"]).to_pylist()
    return access_point_rows(
        built,
        ids=[f"{prefix}-{name}" for name, _, _ in places],
        names=[name for name, _, _ in places],
        operator=operator,
        x=np.array([x for _, x, _ in places], dtype=np.float64),
        y=np.array([y for _, _, y in places], dtype=np.float64),
        ports=np.array([ports[name] for name, _, _ in places], dtype=np.int64),
        capacity_mbps=PORT_MBPS,
        technology=technologies[0].lower() if technologies else "other",
        since=dt.date.fromisoformat(plan.head["as_of"]),
    )


def _refused(plan: PlanFolder, what: Text, mend: Text) -> InputError:
    return InputError(what, mend=mend, where=Where(file=str(plan.folder)))


def _connected(plan: PlanFolder) -> frozenset[str]:
    """Premises by their own id; a unit ``p#2`` is part of ``p``."""
    onts = pc.unique(plan.table("onts", ("premises_id",))["premises_id"]).to_pylist()
    left = plan.table("unserved", ("premises_id",))["premises_id"].to_pylist()
    return frozenset(_whole(name) for name in onts) - frozenset(_whole(name) for name in left)


def _whole(premises: str) -> str:
    return premises.partition("#")[0]


def compared(before: Evaluation, after: Evaluation) -> After:
    """Hold two evaluations of the same day, standard and area side by side."""
    then = {count.level: count for count in level_counts(after)}
    was = {place.code: place for place in (*before.areas, *before.estates)}
    levels = []
    for count in level_counts(before):
        places = of_levels(after, [count.level])
        passed = {place.code: place.verdict.passed for place in places}
        levels.append(
            Level(
                count.level,
                then[count.level].judged,
                count.passed,
                then[count.level].passed,
                tuple(one for one in places if passed[one.code] and not was[one.code].verdict.passed),
                tuple(one for one in places if not passed[one.code] and was[one.code].verdict.passed),
            )
        )
    figures = {(one.id, one.area): one for one in before.indicators}
    pairs = tuple((figures[one.id, one.area], one) for one in after.indicators)
    changed = tuple((old, new) for old, new in pairs if (old.value, old.status) != (new.value, new.status))
    return After(tuple(levels), changed)


def uncounted(given: Given, survey: Survey) -> tuple[Uncounted, ...]:
    """Premises the plan connects that are not surely capable by the standard with it, by id.

    Only those in the register and in the part looked at; a plan kept by name names no premises.
    """
    if not given.connected or not survey.has("access_points"):
        return ()
    reach = survey.reach
    ids = reach.premises_id.to_pylist()
    capable, failed = np.asarray(reach.capable), np.asarray(reach.first_failed)
    rows = [row for row, name in enumerate(ids) if name in given.connected and capable[row] != YES]
    return tuple(sorted((_uncounted(ids[row], int(failed[row])) for row in rows), key=lambda one: one.premises))


def _uncounted(premises: str, failed: int) -> Uncounted:
    if failed > 0:
        condition = Condition(failed)
        return Uncounted(premises, condition.code, CONDITION_WORDS[condition])
    return Uncounted(premises, None, Text("位置或城乡不明", "its place or zone is not known"))
