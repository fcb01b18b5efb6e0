"""Places: area codes, datums, and the city's one metric CRS.

Coordinates are brought to metres once, at import; everything that computes sees ``x``, ``y`` in metres. WGS84 and
CGCS2000 are taken as equal (they differ by centimetres; no grid between them is published). GCJ-02 and BD-09 are
inverted to within a metre.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from guangcheng.base.errors import InputError
from guangcheng.base.text import Text

if TYPE_CHECKING:
    from pyproj import CRS, Transformer
    from shapely import STRtree

__all__ = [
    "Datum",
    "DatumGuess",
    "Evidence",
    "area_of_use",
    "convergence",
    "crs_datum",
    "default_metric_crs",
    "detect_datum",
    "from_metric",
    "judge",
    "level_of_code",
    "parent_codes",
    "parse_datum",
    "reproject",
    "short_code",
    "to_city",
    "to_metric",
    "to_wgs84",
    "urban_rural_of_class",
]

Floats = npt.NDArray[np.float64]
Level = Literal["province", "city", "district", "township", "village"]


class Datum(StrEnum):
    """What a longitude and a latitude refer to."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    """The shifted coordinates of Chinese web maps (高德, 腾讯)."""
    BD09 = "bd09"
    """百度's further shift of GCJ-02."""


_DATUM_WORDS = {
    Datum.WGS84: ("wgs84", "wgs-84", "wgs1984", "gps", "epsg:4326", "4326"),
    Datum.CGCS2000: (
        "cgcs2000",
        "cgcs-2000",
        "2000",
        "国家2000",
        "大地2000",
        "2000国家大地坐标系",
        "epsg:4490",
        "4490",
    ),
    Datum.GCJ02: ("gcj02", "gcj-02", "火星", "火星坐标", "火星坐标系", "高德", "高德坐标", "腾讯", "国测局"),
    Datum.BD09: ("bd09", "bd-09", "百度", "百度坐标", "百度坐标系", "bd09ll"),
}


def parse_datum(text: str) -> Datum | None:
    """Read the name of a datum as people write it (GPS, 国家2000, 火星坐标, 高德, 百度 …); ``None`` if unknown."""
    word = "".join(text.split()).lower()
    return next((datum for datum, words in _DATUM_WORDS.items() if word in words), None)


def to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum) -> tuple[Floats, Floats]:
    """WGS84 longitude and latitude (degrees) of coordinates given in ``datum``; NaN stays NaN.

    GCJ-02 and BD-09 are inverted by iteration, within 0.5 m and 1 m; outside China both are the identity.
    """
    lons, lats = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    if datum in (Datum.WGS84, Datum.CGCS2000):
        return lons, lats
    import geocoordinates_ffi as geo  # type: ignore[import-untyped]

    for index in np.flatnonzero(np.isfinite(lons) & np.isfinite(lats)):
        point = {"lon": float(lons[index]), "lat": float(lats[index])}
        if datum is Datum.GCJ02:
            found = geo.gcj02_to_wgs84_refined(geo.Gcj02(**point))
        else:
            found = geo.bd09_to_wgs84_refined(geo.Bd09(**point))
        lons[index], lats[index] = found.lon, found.lat
    return lons, lats


def default_metric_crs(lon: float, lat: float) -> str:
    """The metric CRS a city at ``lon``, ``lat`` (degrees) uses.

    In China the 3-degree CGCS2000 Gauss-Krüger zone whose central meridian is nearest (EPSG:4534 … 4554, without the
    zone number in front of the easting); elsewhere the UTM zone.
    """
    if 73.5 <= lon < 136.5 and 3 <= lat <= 54:
        return f"EPSG:{4534 + int((lon - 73.5) // 3)}"
    zone = min(int((lon + 180) // 6) + 1, 60)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def to_metric(lon: npt.ArrayLike, lat: npt.ArrayLike, crs: str) -> tuple[Floats, Floats]:
    """``x`` (east), ``y`` (north) in metres of WGS84 coordinates; NaN stays NaN, never a silent infinity."""
    return _transform(_degrees(crs), crs, lon, lat)


def from_metric(x: npt.ArrayLike, y: npt.ArrayLike, crs: str) -> tuple[Floats, Floats]:
    """WGS84 longitude and latitude of ``x`` (east), ``y`` (north) metres in ``crs``."""
    return _transform(crs, _degrees(crs), x, y)


def convergence(lon: npt.ArrayLike, lat: npt.ArrayLike, crs: str) -> Floats:
    """How far grid north of a projected ``crs`` lies east of true north, in degrees."""
    from pyproj import Proj

    return np.asarray(Proj(_crs(crs)).get_factors(lon, lat).meridian_convergence, dtype=np.float64)


def reproject(x: npt.ArrayLike, y: npt.ArrayLike, *, source: str, target: str) -> tuple[Floats, Floats]:
    """Coordinates of one CRS in another, always in the order east, north (longitude, latitude)."""
    return _transform(source, target, x, y)


def to_city(x: npt.ArrayLike, y: npt.ArrayLike, *, source: str, crs: str) -> tuple[Floats, Floats]:
    """Coordinates of any CRS in a city's metric ``crs``; degrees of WGS84 and CGCS2000 are taken as equal."""
    if source in ("EPSG:4326", "EPSG:4490"):
        return to_metric(x, y, crs)
    return reproject(x, y, source=source, target=crs)


def crs_datum(crs: str) -> Datum | None:
    """Which of our datums a declared CRS stands on; ``None`` for another one (Beijing 54, Xi'an 80 …)."""
    geodetic = _crs(crs).geodetic_crs
    name = geodetic.name.lower() if geodetic is not None else ""
    if "wgs 84" in name:
        return Datum.WGS84
    return Datum.CGCS2000 if "2000" in name and "china" in name else None


def area_of_use(crs: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north (degrees) of where a CRS is meant to be used; ``None`` if it does not say."""
    area = _crs(crs).area_of_use
    return None if area is None else (area.west, area.south, area.east, area.north)


def _degrees(crs: str) -> str:
    """The geographic CRS whose degrees go to ``crs`` without a shift: CGCS2000 and WGS84 are taken as equal."""
    return "EPSG:4490" if crs_datum(crs) is Datum.CGCS2000 else "EPSG:4326"


def _transform(source: str, target: str, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
    across, up = _transformer(source, target).transform(
        np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), errcheck=False
    )
    across, up = np.atleast_1d(np.asarray(across)), np.atleast_1d(np.asarray(up))
    lost = ~(np.isfinite(across) & np.isfinite(up))
    return np.where(lost, np.nan, across), np.where(lost, np.nan, up)


@cache
def _crs(crs: str) -> "CRS":
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return CRS.from_user_input(crs)
    except CRSError:
        raise InputError(
            Text(zh=f"不认识坐标系“{crs}”", en=f"the coordinate system “{crs}” is not known"),
            mend=Text(
                zh="用 EPSG 编号，如 EPSG:4490 或 EPSG:4547", en="give an EPSG number, e.g. EPSG:4490 or EPSG:4547"
            ),
        ) from None


@cache
def _transformer(source: str, target: str) -> "Transformer":
    from pyproj import Transformer

    return Transformer.from_crs(_crs(source), _crs(target), always_xy=True)


# --- area codes --------------------------------------------------------------------------------------------------

_LEVELS: dict[int, Level] = {2: "province", 4: "city", 6: "district", 9: "township", 12: "village", 17: "village"}


def level_of_code(code: str) -> Level | None:
    """Level of a statistical code by its length (2, 4, 6, 9, 12; 17 = 12 with 5 digits of class); else ``None``."""
    return _LEVELS.get(len(code)) if code.isascii() and code.isdigit() else None


def parent_codes(code: str) -> tuple[str, ...]:
    """The codes a statistical code hangs below, nearest first: 441802006001 → 441802006, 441802, 4418, 44."""
    if level_of_code(code) is None:
        return ()
    return tuple(code[:length] for length in (12, 9, 6, 4, 2) if length < len(code))


def short_code(code: str) -> str:
    """A statistical code without the zeros that fill it to 12 digits: 441802006000 → 441802006; others unchanged."""
    if len(code) != 12 or not (code.isascii() and code.isdigit()) or not code.endswith("000"):
        return code
    return code[:6] if code.endswith("000000") else code[:9]


def urban_rural_of_class(code: str) -> Literal["urban", "rural"] | None:
    """Urban for a class of 1xx, rural for 2xx (国函〔2008〕60号); ``None`` for anything else."""
    if len(code) != 3 or not (code.isascii() and code.isdigit()):
        return None
    return {"1": "urban", "2": "rural"}.get(code[0])  # type: ignore[return-value]


# --- which datum is it? ------------------------------------------------------------------------------------------

NEAR_M = 25.0
"""How near to a street's centre line counts as on it."""
_RINGS_M = (70.0, 120.0, 180.0, 250.0)
_BEARINGS = 16
_LEAST_POINTS = 50
_CLEAR, _QUIET = 3.5, 2.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """How the points lie on the streets under one reading.

    ``near`` is the share within :data:`NEAR_M` of a centre line, ``usual`` the mean share over 64 shifts of 70 to
    250 m around that reading, ``z`` the difference in standard deviations of those shifts. Under the true reading
    houses keep clear of the carriageway (z far below 0) or street furniture lies on it (far above); under a wrong
    reading the points lie as they would anywhere (z near 0).
    """

    datum: Datum
    points: int
    near: float
    usual: float
    z: float


@dataclass(frozen=True, slots=True)
class DatumGuess:
    """A suggestion, never a decision; ``suggestion`` is ``None`` when the evidence cannot tell."""

    suggestion: Datum | None
    evidence: tuple[Evidence, ...]
    reason: Text


def detect_datum(lon: npt.ArrayLike, lat: npt.ArrayLike, streets: Sequence[object], *, crs: str) -> DatumGuess:
    """Suggest the datum of points (degrees) from how they lie on ``streets`` (shapely lines, metres in ``crs``).

    WGS84 stands for CGCS2000 too: no street can tell them apart. The answer is a suggestion only when one reading
    stands out (|z| ≥ 3.5) and no other does (|z| < 2.5), with at least 50 points among the streets; else it is
    "cannot tell".
    """
    import shapely

    lines = np.array(streets, dtype=object)
    if len(lines) == 0:
        return DatumGuess(None, (), _too_few(0))
    tree = shapely.STRtree(lines)
    evidence = tuple(
        _weigh(tree, *to_metric(*to_wgs84(lon, lat, datum), crs), datum)
        for datum in (Datum.WGS84, Datum.GCJ02, Datum.BD09)
    )
    fewest = min(item.points for item in evidence)
    if fewest < _LEAST_POINTS:
        return DatumGuess(None, evidence, _too_few(fewest))
    return judge(evidence)


def judge(evidence: tuple[Evidence, ...]) -> DatumGuess:
    """The suggestion that follows from the evidence: the one reading that stands out while no other is in doubt."""
    clear = [item for item in evidence if abs(item.z) >= _CLEAR]
    doubt = [item for item in evidence if abs(item.z) >= _QUIET]
    if len(clear) == 1 and doubt == clear:
        return DatumGuess(clear[0].datum, evidence, _told(clear[0]))
    return DatumGuess(
        None,
        evidence,
        Text(
            zh="判断不了坐标系：没有哪一种读法与路网的关系明显不同于随机偏移",
            en="cannot tell the datum: no single reading puts the points on the streets otherwise than chance does",
        ),
    )


def _weigh(tree: "STRtree", x: Floats, y: Floats, datum: Datum) -> Evidence:
    reach = max(_RINGS_M) + NEAR_M
    found = np.isfinite(x) & np.isfinite(y)
    x, y = x[found], y[found]
    among = _on_streets(tree, x, y, reach)
    x, y = x[among], y[among]
    if len(x) == 0:
        return Evidence(datum, 0, 0.0, 0.0, 0.0)
    near = float(_on_streets(tree, x, y, NEAR_M).mean())
    shares = np.array(
        [
            _on_streets(tree, x + ring * np.cos(turn), y + ring * np.sin(turn), NEAR_M).mean()
            for ring in _RINGS_M
            for turn in ring + 2 * np.pi * np.arange(_BEARINGS) / _BEARINGS
        ]
    )
    usual = float(shares.mean())
    # Never less than what counting so few points scatters by itself.
    spread = max(float(shares.std()), float(np.sqrt(max(usual * (1 - usual), 1e-9) / len(x))))
    return Evidence(datum, len(x), near, usual, (near - usual) / spread)


def _on_streets(tree: "STRtree", x: Floats, y: Floats, within_m: float) -> npt.NDArray[np.bool_]:
    import shapely

    inside = np.zeros(len(x), dtype=bool)
    inside[tree.query(shapely.points(x, y), predicate="dwithin", distance=within_m)[0]] = True
    return inside


def _too_few(points: int) -> Text:
    return Text(
        zh=f"判断不了坐标系：路网附近只有 {points} 个点，至少要 {_LEAST_POINTS} 个",
        en=f"cannot tell the datum: only {points} points lie among the streets, at least {_LEAST_POINTS} are needed",
    )


def _told(item: Evidence) -> Text:
    shares = f"{item.near:.1%}", f"{item.usual:.1%}"
    return Text(
        zh=(
            f"按 {item.datum.value} 读，{item.points} 个点中 {shares[0]} 在道路中心线 {NEAR_M:.0f} 米内，"
            f"随意偏移后为 {shares[1]}，相差 {abs(item.z):.1f} 个标准差；其他读法没有差别。这只是建议，请声明坐标系"
        ),
        en=(
            f"read as {item.datum.value}, {shares[0]} of {item.points} points lie within {NEAR_M:.0f} m of a street's "
            f"centre line against {shares[1]} after chance shifts, {abs(item.z):.1f} standard deviations apart; no "
            f"other reading differs. A suggestion only: declare the datum"
        ),
    )
