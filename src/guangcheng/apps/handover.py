"""Everything handed over after an evaluation: the ledger, the report, and what they need besides the verdicts."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from guangcheng.apps import bootstrap
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.text import Lang, Text
from guangcheng.coverage.by_route import STREET_LIMIT_M, ByRoute, by_route
from guangcheng.coverage.evaluate import evaluation_of
from guangcheng.coverage.gaps import Fewest, fewest_in
from guangcheng.coverage.results import Evaluation, Verdict
from guangcheng.coverage.survey import Survey
from guangcheng.registers.city import City
from guangcheng.registers.planned import with_planned
from guangcheng.registers.view import RegisterView
from guangcheng.standards.model import Standard
from guangcheng.store.files import write_whole_bytes

LEVELS_WITH_WAYS = ("township", "admin_village")
"""Levels for which the fewest additions are worked out; the levels below say it themselves."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One evaluation with all it was made from."""

    city: City
    survey: Survey
    """What the evaluation looked at, judged; it can be asked on."""
    evaluation: Evaluation

    @property
    def standard(self) -> Standard:
        """The standard, with the city's own values."""
        return self.survey.standard

    @property
    def view(self) -> RegisterView:
        """The whole city's registers as of the day."""
        return self.survey.whole_view


@contextmanager
def surveying(
    city: City,
    standard_id: str,
    *,
    as_of: dt.date | None,
    area: str | None = None,
    planned: RegisterView | None = None,
    progress: Progress = SILENT,
) -> Iterator[Survey]:
    """A survey of ``city`` by one standard, with the city's engine until the block ends.

    What is asked of it later is answered by this process, with the same result. The objects of ``planned`` are taken
    as if they stood.
    """
    day = bootstrap.as_of_day(city, as_of)
    standard, view = bootstrap.standard_of(city, standard_id), city.view(day)
    if planned is not None:
        view = with_planned(view, planned)
    calendar = bootstrap.calendar_of(city)
    with bootstrap.engine_of(city) as engine:
        survey = Survey(view, standard, as_of=day, calendar=calendar, area=area, engine=engine, progress=progress)
        yield survey
        survey.engine = None


def look(
    city: City,
    standard_id: str,
    *,
    as_of: dt.date | None,
    area: str | None = None,
    planned: RegisterView | None = None,
    progress: Progress = SILENT,
) -> Looked:
    """Evaluate ``city`` by one standard, with the objects of a plan too if one is given."""
    with surveying(city, standard_id, as_of=as_of, area=area, planned=planned, progress=progress) as survey:
        found = evaluation_of(survey)
    return Looked(city, survey, found)


def along_streets(looked: Looked, limit_m: float | None, *, progress: Progress = SILENT) -> ByRoute:
    """The same evaluation along the streets; ``limit_m`` metres from a street at most, by default 100."""
    return by_route(looked.survey, limit_m=STREET_LIMIT_M if limit_m is None else limit_m, progress=progress)


def ways_to_pass(looked: Looked) -> Mapping[str, Fewest]:
    """By area code, the fewest natural villages and premises that would make each failing township or village pass."""
    failing = sorted(
        place.code
        for place in looked.evaluation.areas
        if place.level in LEVELS_WITH_WAYS and place.verdict in (Verdict.FAIL, Verdict.NO_DATA)
    )
    found = {code: way_to_pass(looked, code) for code in failing}
    return {code: way for code, way in found.items() if way is not None}


def way_to_pass(looked: Looked, code: str) -> Fewest | None:
    """The same for one failing area; ``None`` when building alone cannot make it pass. ``NotFound`` if unknown."""
    survey = looked.survey
    way = fewest_in(survey, survey.tree.find(code))
    return way if way.feasible else None


def positions(view: RegisterView) -> dict[str, tuple[float, float]]:
    """Where each area and premises with a point lies, in metres of the city's CRS, by code."""
    found: dict[str, tuple[float, float]] = {}
    for register, key in (("premises", "premises_id"), ("areas", "code")):
        table = view.table(register, [key, "x", "y"]).drop_null()
        columns = (table[name].to_pylist() for name in (key, "x", "y"))
        found.update({code: (x, y) for code, x, y in zip(*columns, strict=True)})
    return found


def hand_over(
    looked: Looked,
    folder: Path,
    *,
    generated_on: dt.date,
    lang: Lang,
    remark: Text | None = None,
    progress: Progress = SILENT,
) -> tuple[Path, Path]:
    """Write the XLSX ledger and the DOCX report into ``folder`` (made if absent), each whole; give their paths.

    Of a part of the city the names carry its code, so that they never take the place of the whole city's.
    """
    from guangcheng.reporting.document import report
    from guangcheng.reporting.maps import map_values
    from guangcheng.reporting.workbook import ledger

    folder.mkdir(parents=True, exist_ok=True)
    evaluation, standard, name = looked.evaluation, looked.standard, looked.city.config.name
    words = ("台账", "评估报告") if lang == "zh" else ("ledger", "report")
    part = "" if evaluation.area == looked.city.config.area_code else f"-{evaluation.area}"
    book, paper = (
        folder / f"{standard.id}-{evaluation.as_of.isoformat()}{part}-{word}.{ending}"
        for word, ending in zip(words, ("xlsx", "docx"), strict=True)
    )
    progress.start("report", 3)
    ways = ways_to_pass(looked)
    progress.advance()
    write_whole_bytes(
        book,
        ledger(evaluation, standard, city_name=name, generated_on=generated_on, lang=lang, ways=ways),
    )
    progress.advance()
    write_whole_bytes(
        paper,
        report(
            evaluation,
            standard,
            city_name=name,
            generated_on=generated_on,
            lang=lang,
            ways=ways,
            map_values=map_values(evaluation, positions(looked.view)),
            remark=remark,
        ),
    )
    progress.finish()
    return book, paper
