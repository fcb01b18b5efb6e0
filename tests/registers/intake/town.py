"""One tiny city for the intake tests: a district, a street, a town, five places, a few things in them."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from guangcheng.registers.city import City, CityConfig
from guangcheng.registers.importing import ImportOptions, ImportReport, import_files
from guangcheng.registers.raw import RawColumn, RawTable

CRS = "EPSG:4547"
AS_OF = date(2018, 6, 30)
LON, LAT = 113.05, 23.70

Rows = Sequence[Sequence[object]]

AREAS: Rows = (
    ("区域代码", "名称", "层级", "上级代码", "别名"),
    ("441802", "清城区", "区县", "", ""),
    ("441802006", "凤城街道", "街道", "441802", "凤城街办"),
    ("441802103", "源潭镇", "镇", "441802", ""),
    ("441802006001", "高基里社区居委会", "社区", "441802006", "老城"),
    ("441802006002", "东风社区居委会", "社区", "441802006", ""),
    ("441802103001", "东风社区居委会", "社区", "441802103", ""),
    ("441802103201", "大连村委会", "行政村", "441802103", ""),
    ("ZR-1", "上围", "自然村", "441802103201", ""),
)
PREMISES: Rows = (
    ("驻地编号", "名称", "类型", "所属区域", "经度", "纬度", "户数"),
    *((f"P{n}", f"小区{n}", "小区", "441802006001", LON + n * 0.001, LAT, 100) for n in range(1, 13)),
)
ACCESS_POINTS: Rows = (
    ("接入点编号", "运营商", "经度", "纬度", "接入容量", "端口总数", "空闲端口"),
    ("A1", "电信", LON, LAT, 100, 64, 8),
)
KEY_PLACES: Rows = (("场所编号", "场所名称", "场景", "所属区域"), ("K1", "医院一", "医院", "441802006"))
SITES: Rows = (("站址编号", "经度", "纬度"), ("S1", LON, LAT))
EXPANSIONS: Rows = (("扩容单号", "接入点编号", "报缺日期"), ("E1", "A1", "2018-06-01"))


def write_csv(path: Path, rows: Rows, encoding: str = "utf-8") -> Path:
    """The rows as a CSV file."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def raw_table(rows: Rows, name: str = "表.csv", **more: object) -> RawTable:
    """The rows as a reader would hand them over: first the header, then row 2, 3, …; empty text is ``None``."""
    head, *body = rows
    columns = [
        RawColumn(str(header), chr(ord("A") + place), [row[place] if row[place] != "" else None for row in body])
        for place, header in enumerate(head)
    ]
    return RawTable(Path(name), None, columns, list(range(2, 2 + len(body))), **more)  # type: ignore[arg-type]


def make_city(folder: Path) -> City:
    """The tiny city with every register that others refer to."""
    city = City.create(folder, CityConfig(name="小城", area_code="441802", crs=CRS, as_of=AS_OF))
    for register, rows in (
        ("areas", AREAS),
        ("premises", PREMISES),
        ("access_points", ACCESS_POINTS),
        ("wireless_sites", SITES),
        ("key_places", KEY_PLACES),
        ("expansions", EXPANSIONS),
    ):
        report = import_files(city, register, [write_csv(folder.parent / f"{register}.csv", rows)])
        assert report.clean, [(fault.rule, fault.why.zh) for fault in report.faults]
    return city


def try_import(city: City, register: str, path: Path, options: ImportOptions | None = None) -> ImportReport:
    """What an import would do; the city stays as it is."""
    return import_files(city, register, [path], replace(options or ImportOptions(), dry_run=True))
