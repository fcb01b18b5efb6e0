"""A labelled sample of 钦州 for its plan of 2015: the published baseline of 2014, and a synthetic year 2015."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from guangcheng.apps.demo.cases import read_data
from guangcheng.apps.demo.made import TRUTH, DemoCity
from guangcheng.apps.demo.rows import NOTE, points, repeated, stored_rows
from guangcheng.registers.canonical import stored

CITY = "450700"
CRS = "EPSG:4545"
"""CGCS2000 3-degree Gauss-Krüger, central meridian 108° E."""
BASELINE, AS_OF = date(2014, 12, 31), date(2015, 12, 31)
STANDARD = "qinzhou-2015-broadband"
_LIST_NOTE = "名称与代码：统计用区划代码2023年版"


def build_qinzhou() -> DemoCity:
    """The sample: at the end of 2014 the published values, at the end of 2015 also ours."""
    areas, values = _areas(), read_data("qinzhou_values.csv")
    published = [_value(row, "baseline_2014", BASELINE, f"公布基期值（000 {row['clause']}）") for row in values]
    own = [_value(row, "synthetic_2015", AS_OF, NOTE) for row in values]
    return DemoCity(
        name="钦州市（样例数据）",
        folder="qinzhou",
        area_code=CITY,
        crs=CRS,
        as_of=AS_OF,
        standard=STANDARD,
        tables={"areas": areas, "indicator_values": stored_rows("indicator_values", published + own)},
        truth=TRUTH.empty_table(),
        earlier={BASELINE: {"areas": areas, "indicator_values": stored_rows("indicator_values", published)}},
    )


def _areas() -> pa.Table:
    rows = read_data("qinzhou_counties.csv")
    blank = np.full(len(rows), np.nan)
    columns = {
        **{name: pa.array([row[name] or None for row in rows]) for name in ("code", "name", "level", "parent")},
        "code_list": repeated("nbs-2023", len(rows)),
        "note": repeated(_LIST_NOTE, len(rows)),
    }
    return stored("areas", columns | points(blank, blank, CRS))


def _value(row: dict[str, str], column: str, as_of: date, note: str) -> dict[str, Any]:
    return {
        "indicator_id": row["indicator_id"],
        "area_code": CITY,
        "as_of": as_of,
        "value": float(row[column]),
        "source_note": note,
    }
