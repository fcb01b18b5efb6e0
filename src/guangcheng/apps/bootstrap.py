"""Where the rooms are put together: the only place that knows adapters, settings and the clock."""

import datetime as dt
from pathlib import Path

from guangcheng.base.days import WorkingCalendar
from guangcheng.registers.city import City
from guangcheng.standards import library
from guangcheng.standards.model import Standard


def today() -> dt.date:
    """Read the clock: the only call of it in the product."""
    return dt.datetime.now(tz=dt.UTC).astimezone().date()


def as_of_day(city: City, asked: dt.date | None) -> dt.date:
    """``--as-of``, else the city's own as-of date, else today."""
    return asked or city.config.as_of or today()


def standard_of(city: City, standard_id: str) -> Standard:
    """The standard by id, the city's local ones included; ``NotFound`` lists what there is."""
    return library.load(standard_id, local=city.standards_folder)


def calendar_of(city: City) -> WorkingCalendar:
    """The working-day calendar, with the city's own years from ``calendar.toml`` where it has that file."""
    own: Path = city.folder / "calendar.toml"
    return WorkingCalendar.from_file(own) if own.is_file() else WorkingCalendar()
