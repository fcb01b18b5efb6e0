"""What intake must know about the city to judge a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from guangcheng.base.places import Datum
from guangcheng.registers.mapfile import NO_MAP, MapFile
from guangcheng.registers.placing import AreaShapes
from guangcheng.registers.quality import Within
from guangcheng.registers.schema import schema

__all__ = ["IntakeContext"]


@dataclass(frozen=True)
class IntakeContext:
    """The city as it stands before the import.

    ``registers`` holds the tables rows may refer to (``areas`` above all), with the columns of their schemas; an
    absent one counts as empty. ``top`` is the code of the city's topmost area, which needs no parent.
    """

    crs: str
    """The city's metric CRS."""
    as_of: date
    """The day the rows describe; later dates in them are worth a look."""
    registers: Mapping[str, pa.Table] = field(default_factory=dict)
    top: str | None = None
    datum: Datum | None = None
    """Declared by the person importing; ``None`` leaves it to the file."""
    settled: MapFile = NO_MAP
    """What a person said about the columns."""
    decisions: Mapping[str, str] = field(default_factory=dict)
    """What a person said about names of areas."""
    area: str | None = None
    """Area of the rows that name none, as the person importing said."""
    shapes: AreaShapes | None = None
    """Polygons that say it instead."""
    replaces: bool = False
    """The rows take the place of what was there (``--mode replace``)."""
    within: Within | None = None
    """The part of the city whose rows may be touched."""

    def table(self, register: str) -> pa.Table:
        """The register's rows before the import, empty if there are none."""
        found = self.registers.get(register)
        return schema(register).empty() if found is None else found

    def points(self, register: str) -> npt.NDArray[np.float64]:
        """``x``, ``y`` of the register's located rows, shape (n, 2), metres."""
        table = self.table(register)
        xy = np.column_stack([table[name].to_numpy(zero_copy_only=False).astype(np.float64) for name in ("x", "y")])
        located: npt.NDArray[np.float64] = xy[np.isfinite(xy).all(axis=1)]
        return located
