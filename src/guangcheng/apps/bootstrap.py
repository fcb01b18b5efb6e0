"""Where the rooms are put together: the only place that knows adapters, settings and the clock."""

import datetime as dt
from pathlib import Path

from guangcheng.base.days import WorkingCalendar, read_years
from guangcheng.registers.city import CONFIG_NAME, City
from guangcheng.standards import library
from guangcheng.standards.model import Standard
from guangcheng.standards.overrides import with_local_values

CALENDAR_NAME = "calendar.toml"


def today() -> dt.date:
    """Read the clock: the day it is here."""
    return dt.datetime.now(tz=dt.UTC).astimezone().date()


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
