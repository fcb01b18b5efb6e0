"""Cities from published lists, imported as a clerk would: files, map files, one register after the other."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from guangcheng.base.places import Datum
from guangcheng.registers.city import City, CityConfig
from guangcheng.registers.importing import ImportOptions, ImportReport, import_files

LISTED = date(2023, 6, 30)
"""Day the statistical list describes."""

MAPS: Mapping[str, str] = {
    "districts": '"cityCode" = "ignore"\n"provinceCode" = "ignore"\nlevel = {constant = "district"}\n',
    "towns": '"areaCode" = "parent"\n"provinceCode" = "ignore"\n"cityCode" = "ignore"\n'
    'level = {constant = "township"}\n',
    "villages": '"streetCode" = "parent"\n"areaCode" = "ignore"\n"provinceCode" = "ignore"\n"cityCode" = "ignore"\n'
    'level = {constant = "村居"}\n',
    "civil towns": 'level = {constant = "township"}\n',
    "estates": '"group" = "premises_id"\n"listings" = "ignore"\n"log_price_mean" = "ignore"\n'
    '"floor_area_median" = "ignore"\nkind = {constant = "小区"}\nzone = {constant = "城市"}\n',
    "cells": 'premises_id = {join = ["lng", "lat"]}\nkind = {constant = "聚居地"}\nzone = {constant = "城市"}\n'
    + "".join(
        f'"{name}" = "ignore"\n'
        for name in (
            *("POP_2015", "active_living", "community_space", "education", "food_choices"),
            *("health_wellbeing", "mobility", "nightlife", "ID_HDC_G0"),
        )
    ),
    "streets": 'edge_id = {join = ["u", "v", "key"]}\n"u" = "from_node"\n"v" = "to_node"\n"key" = "ignore"\n',
}


def map_file(folder: Path, name: str, more: str = "") -> Path:
    """The map for one kind of file, written where a person would keep it."""
    path = folder / f"{name.replace(' ', '_')}.toml"
    path.write_text(MAPS[name] + more, encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    """A CSV file as it is, read without any of our code."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Imported:
    """A city and what importing each of its files said."""

    folder: Path
    """The published files."""
    work: Path
    city: City
    reports: Mapping[str, ImportReport]


def import_areas(folder: Path, work: Path, *, name: str, code: str, crs: str) -> Imported:
    """Make the city and import its districts, towns and villages with the names of their list."""
    city = City.create(work / "city", CityConfig(name=name, area_code=code, crs=crs, as_of=LISTED))
    top = work / "city.csv"
    top.write_text(f"代码,名称,层级,代码来源\n{code},{name},市,nbs-2023\n", encoding="utf-8")
    reports = {"city": import_files(city, "areas", [top])}
    for level in ("districts", "towns", "villages"):
        more = 'code_list = {constant = "nbs-2023"}\n'
        more += f'parent = {{constant = "{code}"}}\n' if level == "districts" else ""
        options = ImportOptions(map_file=map_file(work, level, more))
        reports[level] = import_files(city, "areas", [folder / f"admin_{level}_nbs2023.csv"], options)
    return Imported(folder, work, city, reports)


def import_estates(made: Imported, *, dry_run: bool = False) -> ImportReport:
    """Import the estates, placed by the districts' polygons."""
    options = ImportOptions(
        map_file=map_file(made.work, "estates"),
        shapes_file=made.folder / "district_polygons_tianditu.geojson",
        datum=Datum.WGS84,
        dry_run=dry_run,
    )
    return import_files(made.city, "premises", [made.folder / "residential_neighbourhoods_2018.csv"], options)
