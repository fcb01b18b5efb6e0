"""The city the programme runs for, and which area lies in which."""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from guangcheng.registers.city import REGISTERS_NAME, City


def the_city() -> City:
    """The city this server runs for (Django setting ``CITY_FOLDER``)."""
    from django.conf import settings

    return opened(settings.CITY_FOLDER)


@lru_cache(maxsize=8)
def _opened(folder: Path) -> City:
    return City.open(folder)


def opened(folder: Path) -> City:
    """The city of a folder, opened once per process."""
    return _opened(folder)


def top() -> str:
    """The code of the city's topmost area."""
    return the_city().config.area_code


@lru_cache(maxsize=16)
def _areas(folder: Path, _names: tuple[str, ...], day: dt.date | None) -> dict[str, tuple[str, str | None, str]]:
    """``_names`` are those of the snapshots, which never change: while they are the same, so are the areas."""
    city = _opened(folder)
    ref = city.registers.latest("areas", day)
    if ref is None:
        return {}
    table = city.registers.read(ref, ["code", "name", "parent", "level"])
    columns = (table[name].to_pylist() for name in ("code", "name", "parent", "level"))
    return {code: (name, parent, level) for code, name, parent, level in zip(*columns, strict=True)}


def areas(day: dt.date | None = None) -> dict[str, tuple[str, str | None, str]]:
    """By code: name, parent's code and level, from the newest areas snapshot (or the newest by ``day``)."""
    city = the_city()
    folder = city.folder / REGISTERS_NAME / "areas"
    names = tuple(sorted(path.name for path in folder.iterdir())) if folder.is_dir() else ()
    return _areas(city.folder, names, day)


def area_name(code: str) -> str:
    """The area's name, or its code where the register does not know it."""
    if code == top():
        return areas().get(code, (the_city().config.name,))[0]
    return areas().get(code, (code,))[0]


def path_of(code: str) -> list[str]:
    """The codes from the topmost area down to ``code`` (only the code itself when the register does not know it)."""
    known, found = areas(), [code]
    while (parent := known.get(found[-1], ("", None, ""))[1]) and parent not in found:
        found.append(parent)
    return found[::-1]


def below(codes: Iterable[str]) -> frozenset[str]:
    """``codes`` and every area beneath one of them, in one look at the register."""
    known = areas()
    inside = dict.fromkeys(codes, True)
    for code in known:
        chain: list[str] = []
        above: str | None = code
        while above and above not in inside and above not in chain:
            chain.append(above)
            above = known.get(above, ("", None, ""))[1]
        inside.update(dict.fromkeys(chain, inside.get(above or "", False)))
    return frozenset(code for code, held in inside.items() if held)


def within(code: str, area: str) -> bool:
    """Whether ``code`` is ``area`` or lies below it. Everything lies in the city's topmost area."""
    return area in (code, top()) or area in path_of(code)
