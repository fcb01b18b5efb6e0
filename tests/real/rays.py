"""Point in polygon by counting crossings, in degrees: written for the tests, with none of the project's geometry."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def rings_by_code(path: Path) -> dict[str, list[Floats]]:
    """The rings of each district of a published layer by its six-digit code; holes are rings too."""
    found: dict[str, list[Floats]] = {}
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        rings = [np.array(ring) for polygon in feature["geometry"]["coordinates"] for ring in polygon]
        found[feature["properties"]["gb"][3:]] = rings
    return found


def district_of(rings: dict[str, list[Floats]], lon: Floats, lat: Floats) -> list[str | None]:
    """The district each point lies in: a ray to the east crosses its rings an odd number of times."""
    answer: list[str | None] = [None] * len(lon)
    for code in sorted(rings, reverse=True):
        inside = np.zeros(len(lon), dtype=bool)
        for ring in rings[code]:
            for (x1, y1), (x2, y2) in pairwise(ring):
                across = (y1 > lat) != (y2 > lat)
                at = x1 + (lat[across] - y1) * (x2 - x1) / (y2 - y1)
                inside[np.flatnonzero(across)[lon[across] < at]] ^= True
        for place in np.flatnonzero(inside):
            answer[place] = code
    return answer
