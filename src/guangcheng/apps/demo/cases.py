"""What the demonstration city was built to show: lists of areas and cases, read from ``data/*.csv``."""

from dataclasses import dataclass

from guangcheng.apps.demo.words import REASONS, Reason
from guangcheng.base.packaged import packaged_rows


def read_data(name: str) -> list[dict[str, str]]:
    """The rows of one small table that ships beside this code."""
    return packaged_rows("guangcheng.apps.demo", "data", name)


@dataclass(frozen=True, slots=True)
class Listed:
    """One area of the published list."""

    code: str
    name: str
    level: str
    subtype: str | None
    parent: str | None

    @property
    def short(self) -> str:
        """The name without the words for its kind, for naming what stands in it."""
        for ending in ("社区居委会", "居委会虚拟社区", "居委会", "村委会", "虚拟生活区"):
            if self.name.endswith(ending) and len(self.name) > len(ending):
                return self.name.removesuffix(ending)
        return self.name


@dataclass(frozen=True, slots=True)
class TownshipCase:
    """How a street, town or other unit was built.

    ``failing``: how many premises of the listed kinds fail: a share in thousandths, ``exactly`` (one in ten) or
    ``just_over`` (one more than that). ``unknown``: as many without a point as can turn the verdict. Fibre shares are
    in thousandths.
    """

    code: str
    lon: float
    lat: float
    failing: str
    unknown: bool
    fibre_communities: int
    fibre_villages: int
    verdict: str


@dataclass(frozen=True, slots=True)
class VillageCase:
    """How an admin village was built: its natural villages by fate, and the verdict that follows.

    ``passing``, ``failing``, ``unknown`` are natural villages in scope; ``small`` have under 20 resident households,
    ``missing`` no count. ``direct``: settlements belonging to the admin village itself. ``layout``: ``core`` (a settled
    core and a remote spot), ``lonely`` (one place) or ``limit`` (on a circle of the radius). ``fibre`` in thousandths.
    """

    code: str
    layout: str
    passing: int
    failing: int
    unknown: int
    small: int
    missing: int
    direct: str
    defect: Reason
    fibre: int | None
    verdict: str

    @property
    def in_scope(self) -> int:
        """Natural villages that count."""
        return self.passing + self.failing + self.unknown


def listed_areas() -> list[Listed]:
    """The district, its township units, villages and communities, in the order of the published list."""
    return [
        Listed(row["code"], row["name"], row["level"], row["subtype"] or None, row["parent"] or None)
        for row in read_data("qingcheng_areas.csv")
    ]


def township_cases() -> dict[str, TownshipCase]:
    """Per township unit, how it was built."""
    return {
        row["code"]: TownshipCase(
            code=row["code"],
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            failing=row["failing"],
            unknown=row["unknown"] == "yes",
            fibre_communities=int(row["fibre_communities"]),
            fibre_villages=int(row["fibre_villages"]),
            verdict=row["verdict"],
        )
        for row in read_data("qingcheng_townships.csv")
    }


def village_cases() -> dict[str, VillageCase]:
    """Per admin village that is a case of its own, how it was built; the others are ordinary passing ones."""
    return {
        row["code"]: VillageCase(
            code=row["code"],
            layout=row["layout"],
            passing=int(row["passing"]),
            failing=int(row["failing"]),
            unknown=int(row["unknown"]),
            small=int(row["small"]),
            missing=int(row["missing"]),
            direct=row["direct"],
            defect=Reason(REASONS.index(row["defect"])),
            fibre=int(row["fibre"]) if row["fibre"] else None,
            verdict=row["verdict"],
        )
        for row in read_data("qingcheng_cases.csv")
    }


def ordinary_village(code: str, passing: int, failing: int, small: int, missing: int, defect: Reason) -> VillageCase:
    """An admin village that simply passes."""
    return VillageCase(code, "core", passing, failing, 0, small, missing, "", defect, None, "pass")
