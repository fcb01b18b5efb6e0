"""What a maker of a sample city gives back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

TRUTH = pa.schema(
    [
        ("subject", pa.string()),
        ("code", pa.string()),
        ("level", pa.string()),
        ("verdict", pa.string()),
        ("numerator", pa.int64()),
        ("denominator", pa.int64()),
        ("unknown", pa.int64()),
        ("fibre", pa.int64()),
        ("broadband", pa.int64()),
        ("capable", pa.string()),
        ("reason", pa.string()),
    ]
)
"""What a city was built to be. ``subject``: area, estate, premises or indicator (``code`` then is the catalogue's id).

The counts are those of the hard test (none where it does not apply) or of the indicator; ``unknown`` members are in
``denominator``. ``fibre`` of ``broadband`` subscribers is the penetration. ``capable``: yes, no or unknown, and
``reason`` why (the words of :class:`guangcheng.apps.demo.words.Reason`).
"""


@dataclass(frozen=True, slots=True)
class DemoCity:
    """One made city: its registers in stored columns, and what it was built to be."""

    name: str
    folder: str
    """Name of its folder inside the demonstration's folder."""
    area_code: str
    crs: str
    as_of: date
    standard: str
    tables: Mapping[str, pa.Table]
    truth: pa.Table
    """Rows of :data:`TRUTH`."""
    earlier: Mapping[date, Mapping[str, pa.Table]]
    """Registers as they stood on earlier days, where the city has a history."""
