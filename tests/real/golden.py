"""What is odd about the published lists, kept in ``data/`` (published facts; sources in ``data/README.md``)."""

import csv
from pathlib import Path

DATA = Path(__file__).parent / "data"

OWN_ODDITIES: list[tuple[str, ...]] = [
    ("R-202", "990102002", "吴家山街"),
    ("R-201", "990102400", "高新产业园区"),
    ("R-202", "990102400", "高新产业园区"),
    ("R-203", "990102400498", "园区虚拟社区"),
    ("R-201", "990103450", "银盏林场"),
    ("R-202", "990103450", "银盏林场"),
    ("R-203", "990103450500", "林场生活区"),
]
OWN_DISAGREEMENTS: list[tuple[str, ...]] = [
    ("only_first", "990102", "吴家山街", "990102002", "", ""),
    ("only_second", "990102", "吴家山街道", "", "990102003", ""),
    ("only_first", "990102", "高新产业园区", "990102400", "", ""),
    ("other_code", "990103", "源头镇", "990103100", "990103101", ""),
    ("only_first", "990103", "银盏林场", "990103450", "", ""),
]


def oddities_of(city: str) -> list[tuple[str, ...]]:
    """Rule, code and name of every unit that is no statutory town or village."""
    return OWN_ODDITIES if city == "own" else _rows("oddities.csv", city)


def disagreements_of(city: str) -> list[tuple[str, ...]]:
    """Kind, parent, name, code in the statistical and in the civil-affairs list, parent in the latter if it moved."""
    return OWN_DISAGREEMENTS if city == "own" else _rows("disagreements.csv", city)


def _rows(name: str, city: str) -> list[tuple[str, ...]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return [tuple(row[1:]) for row in csv.reader(file) if row[0] == city]
