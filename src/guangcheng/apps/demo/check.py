"""Hold an evaluation against the truth its city was built to have."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyarrow import csv

from guangcheng.apps.demo.made import TRUTH
from guangcheng.coverage.results import Evaluation


def read_truth(path: Path, city: str) -> list[dict[str, Any]]:
    """Read the rows of ``truth.csv`` that speak of one city's areas, estates and indicators."""
    types = {field.name: field.type for field in TRUTH}
    options = csv.ConvertOptions(column_types=types, strings_can_be_null=True)
    rows = csv.read_csv(path, convert_options=options).to_pylist()
    return [row for row in rows if row["city"] == city and row["subject"] in ("area", "estate")]


def differences(evaluation: Evaluation, truth: list[dict[str, Any]]) -> list[str]:
    """Name every place whose verdict is not the one it was built to have; a missing place counts too."""
    found: Mapping[str, str] = {place.code: place.verdict.value for place in (*evaluation.areas, *evaluation.estates)}
    return [
        f"{row['code']}: built {row['verdict']}, found {found.get(row['code'], 'nothing')}"
        for row in truth
        if found.get(row["code"]) != row["verdict"]
    ]
