"""Where the rooms are put together: the only place that knows adapters, settings and the clock."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guangcheng.base.days import WorkingCalendar, read_years
from guangcheng.base.errors import UsageError, Where
from guangcheng.base.text import Text
from guangcheng.registers.city import CONFIG_NAME, City
from guangcheng.standards import library
from guangcheng.standards.model import Standard
from guangcheng.standards.overrides import with_local_values
from guangcheng.store.ports import Engine

CALENDAR_NAME = "calendar.toml"


def today() -> dt.date:
    """Read the clock: the day it is here."""
    return dt.datetime.now(tz=dt.UTC).astimezone().date()


@contextmanager
def engine_of(city: City) -> Iterator[Engine | None]:
    """The engine ``city.toml`` names, closed at the end; ``None`` is this process itself (DuckDB needs no server)."""
    name, where = city.config.engine, city.config.engine_at
    if name == "duckdb":
        yield None
        return
    engine = _server(name, where)
    try:
        yield engine
    finally:
        engine.close()


def _server(name: str, where: str | None) -> Engine:
    try:
        if name == "spark":
            from guangcheng.store.spark_engine import SparkEngine

            return SparkEngine(where or "local[*]")
        from guangcheng.store.postgres_engine import PostgresEngine

        return PostgresEngine(where or "")
    except ImportError as fault:
        raise UsageError(
            Text(
                zh=f"没有安装引擎 {name} 需要的库 {fault.name}", en=f"the engine {name} needs the library {fault.name}"
            ),
            mend=Text(zh=f'pip install "guangcheng[{name}]"', en=f'pip install "guangcheng[{name}]"'),
            where=Where(file=CONFIG_NAME, field="engine"),
        ) from fault


def as_of_day(city: City, asked: dt.date | None) -> dt.date:
    """``--as-of``, else the city's own as-of date, else today."""
    return asked or city.config.as_of or today()


def standard_of(city: City, standard_id: str) -> Standard:
    """The standard by id, local ones included, with the city's own parameter values; ``NotFound`` lists all ids."""
    standard = library.load(standard_id, local=city.standards_folder)
    return with_local_values(standard, city.config.parameters.get(standard_id, {}), source=CONFIG_NAME)


def calendar_of(city: City) -> WorkingCalendar:
    """The working-day calendar, with the city's own years from ``calendar.toml`` where it has that file."""
    own: Path = city.folder / CALENDAR_NAME
    return WorkingCalendar(read_years(own)) if own.is_file() else WorkingCalendar()
