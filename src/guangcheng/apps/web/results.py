"""Evaluations behind the pages: kept per standard, day and set of snapshots, worked out once (see ``shelf``).

A figure of a page always comes from here, so that dashboard, area page and API cannot disagree. New snapshots or an
edited setting change the key, and the figures are worked out anew; nothing has to be told.
"""

import datetime as dt
import gc
import hashlib
import os
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from guangcheng.apps import bootstrap, handover
from guangcheng.apps.web.shelf import Computing, Shelf
from guangcheng.apps.web.standing import Standing, standing_of
from guangcheng.base.errors import NotFound
from guangcheng.coverage.cross_checks import cross_checks
from guangcheng.coverage.explain import explain_in, explain_premises_in, to_depth
from guangcheng.coverage.results import Evaluation, TraceNode
from guangcheng.coverage.survey import Survey
from guangcheng.coverage.trace import parse_trace
from guangcheng.programme.platform import scope
from guangcheng.registers.audit import Audit, audit
from guangcheng.registers.city import CONFIG_NAME, REGISTERS_NAME, STANDARDS_NAME
from guangcheng.registers.schema import schemas
from guangcheng.reporting.summary import level_counts
from guangcheng.standards import library

__all__ = ["Computing", "Key", "derivation", "evaluation", "key_of", "looked", "standing", "trend", "warm"]

Answer = TypeVar("Answer")

MOST_STANDINGS = 4
"""Whole evaluations kept at once; each holds the city's premises in memory."""

MOST_DAYS = 12
"""Days of the past a trend looks back to, the newest ones."""

_standings = Shelf(MOST_STANDINGS)
_others = Shelf()
_slow = Shelf(lane="slow")


@dataclass(frozen=True, slots=True)
class Key:
    """What an evaluation depends on."""

    folder: Path
    standard: str
    as_of: dt.date
    content: str
    """Fingerprint of settings, local standards and the names of all snapshots (which bear their hashes)."""

    @property
    def tag(self) -> str:
        """A short name for addresses and ETags."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Moment:
    """One day of a trend: by level how many places are judged and how many pass, and the values of the whole."""

    day: dt.date
    levels: tuple[tuple[str, int, int], ...]
    """Level, judged, passed."""
    values: tuple[tuple[str, str | None], ...]
    """Indicator and its value for the whole city."""


def key_of(standard_id: str, as_of: dt.date | None = None) -> Key:
    """The key of a standard's evaluation as things are now."""
    city = scope.the_city()
    return Key(city.folder, standard_id, bootstrap.as_of_day(city, as_of), content_of(city.folder))


def content_of(folder: Path) -> str:
    """A fingerprint of what evaluations read: cheap, from names and times only (snapshots never change)."""
    parts = [_stamp(folder / name) for name in (CONFIG_NAME, bootstrap.CALENDAR_NAME)]
    parts += [_stamp(path) for path in sorted((folder / STANDARDS_NAME).glob("*.yaml"))]
    for register in _folders(folder / REGISTERS_NAME):
        with os.scandir(register) as found:
            parts += sorted(f"{register.name}/{item.name}" for item in found if item.name.endswith(".parquet"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _folders(registers: Path) -> list[Path]:
    if not registers.is_dir():
        return []
    with os.scandir(registers) as found:
        return sorted(Path(item.path) for item in found if item.is_dir() and not item.name.startswith("_"))


def _stamp(path: Path) -> str:
    return f"{path.name} {path.stat().st_mtime_ns} {path.stat().st_size}" if path.is_file() else ""


def standards_in_force() -> tuple[str, ...]:
    """The ids of the standards the city signed up to."""
    return tuple(scope.the_city().config.standards)


def standing(standard_id: str, as_of: dt.date | None = None, *, patience: float | None = None) -> Standing:
    """A standard's evaluation with all the pages need of it. Raises :class:`Computing` while it is worked out."""
    bootstrap.standard_of(scope.the_city(), standard_id)
    key = _current(standard_id, as_of)
    return _standings.ask(key, partial(_compute, key), patience=patience)


def _current(standard_id: str, as_of: dt.date | None) -> Key:
    """The key as things are now; what the same standard and day said of older snapshots is let go."""
    key = key_of(standard_id, as_of)

    def stale(other: Key) -> bool:
        same = (other.folder, other.standard, other.as_of) == (key.folder, key.standard, key.as_of)
        return same and other.content != key.content

    _standings.drop(stale)
    return key


def ready(standard_id: str, as_of: dt.date | None = None) -> Standing | None:
    """The same if it is there already; else it is started and ``None`` given."""
    key = _current(standard_id, as_of)
    _standings.start(key, partial(_compute, key))
    found: Standing | None = _standings.peek(key)
    return found


def looked(standard_id: str, as_of: dt.date | None = None, *, patience: float | None = None) -> handover.Looked:
    """The evaluation with all it was made from (see ``handover.Looked``); :class:`Computing` as above."""
    return standing(standard_id, as_of, patience=patience).looked


def evaluation(
    standard_id: str, as_of: dt.date | None = None, area: str | None = None, *, patience: float | None = None
) -> Evaluation:
    """The evaluation of the city, or only of ``area`` and all beneath (worked out apart, then kept too)."""
    whole = standing(standard_id, as_of, patience=patience)
    if area is None or area == whole.looked.evaluation.area:
        return whole.looked.evaluation
    key = key_of(standard_id, as_of)
    return _others.ask(("part", key, area), partial(_part, key, area), patience=patience)


DEPTH = 8
"""Levels of a derivation that are kept and shown; what lies deeper has a trace of its own."""

OPENED_AREAS, OPENED_PLACES = 150, 60
"""Areas and premises a page's derivation opens; the others bear the trace that opens them."""


def derivation(trace: str, *, patience: float | None = None) -> TraceNode:
    """How a figure came about, down to clauses and register rows; ``NotFound`` for a figure there is none of."""
    key = ("trace", _key_of_trace(trace), trace)
    return _others.ask(key, partial(_explain, key[1], trace), patience=patience)


def derivation_ready(trace: str) -> TraceNode | None:
    """The same if it is there already; else it is started and ``None`` given."""
    key = ("trace", _key_of_trace(trace), trace)
    _others.start(key, partial(_explain, key[1], trace))
    found: TraceNode | None = _others.peek(key)
    return found


def premises(standard_id: str, premises_id: str, as_of: dt.date | None = None) -> TraceNode:
    """Whether one premises is capable, by which operator, and why not; ``NotFound`` if it is not in use."""
    standing(standard_id, as_of)
    key = key_of(standard_id, as_of)
    return _others.ask(("premises", key, premises_id), partial(_explain_premises, key, premises_id))


def _key_of_trace(trace: str) -> Key:
    asked = parse_trace(trace)
    bootstrap.standard_of(scope.the_city(), asked.standard)
    return key_of(asked.standard, asked.as_of)


def audits(as_of: dt.date | None = None, *, patience: float | None = None) -> tuple[Audit, ...]:
    """Every register as it stands, held to the rules, to the other registers and to what operators say.

    The claims are held to the reach by the first standard in force (``coverage.cross_checks``).
    """
    city = scope.the_city()
    day = bootstrap.as_of_day(city, as_of)
    survey = None
    if known := standards_in_force():
        survey = standing(known[0], as_of, patience=patience).looked.survey
    key = ("audit", city.folder, day, content_of(city.folder))
    return _slow.ask(key, partial(_audit, day, survey), patience=patience)


def kept(key: Hashable, work: Callable[[], Answer], *, patience: float | None = None) -> Answer:
    """Any other answer worth keeping; ``key`` must name all it depends on."""
    return _slow.ask(key, work, patience=patience)


def trend(standard_id: str) -> tuple[Moment, ...] | None:
    """How the city stood on the days of its kept snapshots, oldest first; ``None`` while it is worked out."""
    key = ("trend", key_of(standard_id))
    _slow.start(key, partial(_trend, standard_id))
    found: tuple[Moment, ...] | None = _slow.peek(key)
    return found


def trend_now(standard_id: str, *, patience: float | None = None) -> tuple[Moment, ...]:
    """The same, waited for; :class:`Computing` when it takes longer."""
    key = ("trend", key_of(standard_id))
    return _slow.ask(key, partial(_trend, standard_id), patience=patience)


def pending(ticket: str) -> bool:
    """Whether something is still being worked out (see ``Shelf.pending``)."""
    return any(shelf.pending(ticket) for shelf in (_standings, _others, _slow))


def warm() -> None:
    """Have the standards in force worked out, so that the first page need not wait."""
    for standard_id in standards_in_force():
        try:
            ready(standard_id)
        except NotFound:  # a setting that names a standard there is none of: the page says so to whoever opens it
            continue
    _slow.start("library", _load_library)


def _load_library() -> int:
    """Read every standard once: the library keeps them."""
    folder = scope.the_city().standards_folder
    return len([library.load(name, local=folder) for name in library.ids(folder)])


def forget() -> None:
    """Drop all answers."""
    for shelf in (_standings, _others, _slow):
        shelf.forget()


def _compute(key: Key) -> Standing:
    """Work a standing out, then take what lives long out of the garbage collector's sight.

    It would look through a large city's half a million objects again and again, and every page stands still meanwhile
    (0.2 s each time). What earlier standings left is looked at once more first, so nothing is kept for ever.
    """
    gc.unfreeze()
    city = scope.opened(key.folder)
    made = standing_of(handover.look(city, key.standard, as_of=key.as_of), key.tag)
    gc.collect()
    gc.freeze()
    return made


def _part(key: Key, area: str) -> Evaluation:
    opened = scope.opened(key.folder)
    return handover.look(opened, key.standard, as_of=key.as_of, area=area).evaluation


def _survey(key: Key) -> Survey:
    """The judged survey of a kept evaluation, else a fresh one (a day nobody looks at otherwise)."""
    held: Standing | None = _standings.peek(key)
    return (held.looked if held else handover.look(scope.opened(key.folder), key.standard, as_of=key.as_of)).survey


def _explain(key: Key, trace: str) -> TraceNode:
    found = explain_in(_survey(key), trace, most_areas=OPENED_AREAS, most_places=OPENED_PLACES)
    return to_depth(found, DEPTH)


def _explain_premises(key: Key, premises_id: str) -> TraceNode:
    return to_depth(explain_premises_in(_survey(key), premises_id), DEPTH)


def _audit(day: dt.date, survey: Survey | None) -> tuple[Audit, ...]:
    city = scope.the_city()
    found = audit(city.view(day), top=city.config.area_code)
    more = {} if survey is None else cross_checks(survey)
    return tuple(replace(one, faults=(*one.faults, *more.get(one.register, ()))) for one in found)


def _trend(standard_id: str) -> tuple[Moment, ...]:
    city = scope.the_city()
    today = bootstrap.as_of_day(city, None)
    days = {info.as_of for register in schemas() for info in city.registers.history(register)}
    looked_at = sorted({day for day in days if day < today} | {today})[-MOST_DAYS:]
    return tuple(_moment(standard_id, day) for day in looked_at)


def _moment(standard_id: str, day: dt.date) -> Moment:
    held: Standing | None = _standings.peek(key_of(standard_id, day))
    city = scope.the_city()
    found = held.looked.evaluation if held else handover.look(city, standard_id, as_of=day).evaluation
    levels = tuple((count.level, count.judged, count.passed) for count in level_counts(found))
    values = tuple((result.id, result.value) for result in found.indicators if result.area == found.area)
    return Moment(day, levels, values)
