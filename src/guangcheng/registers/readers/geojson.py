"""GeoJSON: checked strictly before GDAL, which is lenient, reads it."""

import json
from pathlib import Path
from typing import Any, NoReturn

from guangcheng.base.errors import InputError, Where, WrongFormat
from guangcheng.base.text import Text
from guangcheng.registers.readers.limits import MAX_GEOJSON_BYTES, MAX_JSON_BRACKETS
from guangcheng.registers.readers.sniff import too_large
from guangcheng.registers.rulebook import rule

__all__ = ["check_geojson"]

_CONVERT = Text(
    zh="用 GIS 软件另存为 GeoPackage 或 GeoParquet 后再导入",
    en="save it as GeoPackage or GeoParquet in a GIS and import that",
)


class _MalformedError(Exception):
    def __init__(self, zh: str, en: str) -> None:
        self.detail = Text(zh=zh, en=en)
        super().__init__(en)


def check_geojson(path: Path) -> None:
    """Refuse (R-015) what is not one FeatureCollection by RFC 7946 in strict JSON.

    Such are a bare NaN, a coordinate that is no array of numbers, an unknown kind of geometry, a file cut off. Names
    the line for faults of the JSON itself, the number of the feature for the others. Too large a file is refused by
    R-008, one that is not UTF-8 by R-004. Memory stays near the size of the file: features are checked as they end.
    """
    where = Where(file=str(path))
    size = path.stat().st_size
    if size > MAX_GEOJSON_BYTES:
        raise too_large(where, Text(zh="文件字节数", en="the size in bytes"), size, MAX_GEOJSON_BYTES, _CONVERT)
    text = _text(path, where)
    brackets = text.count("[") + text.count("{")
    if brackets > MAX_JSON_BRACKETS:
        raise too_large(where, Text(zh="括号数", en="the number of brackets"), brackets, MAX_JSON_BRACKETS, _CONVERT)
    try:
        found = json.loads(text, object_hook=_shrunk, parse_constant=_no_constant, parse_float=_zero, parse_int=_zero)
        _check_collection(found)
    except _MalformedError as error:
        raise _refused(where, error.detail) from None
    except json.JSONDecodeError as error:
        detail = Text(
            zh=f"第{error.lineno}行第{error.colno}个字符处不是有效的 JSON",
            en=f"not valid JSON at line {error.lineno}, character {error.colno}",
        )
        raise _refused(Where(file=str(path), row=error.lineno), detail) from None
    except RecursionError:
        raise _refused(where, Text(zh="括号嵌套过深", en="brackets are nested too deep")) from None


def _text(path: Path, where: Where) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise rule("R-004").error(
            WrongFormat, where, line=line, byte=error.start, encoding="UTF-8", hint_zh="", hint_en=""
        ) from None


def _refused(where: Where, detail: Text) -> InputError:
    return rule("R-015").error(WrongFormat, where, detail_zh=detail.zh, detail_en=detail.en)


def _zero(_: str) -> float:
    """One shared number for all: values do not matter here, memory does."""
    return 0.0


def _no_constant(word: str) -> NoReturn:
    raise _MalformedError(f"含有 {word}，不是 JSON 的数", f"it holds {word}, which is no number in JSON")


_GOOD: dict[str, Any] = {"type": "Feature"}
"""Stands for every feature that is in order."""

_LEVELS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
"""How many arrays stand around a geometry's positions."""


def _shrunk(found: dict[str, Any]) -> dict[str, Any]:
    """What is left of an object once it has been checked, so that the whole file is never held as objects."""
    kind = found.get("type")
    if kind == "Feature":
        detail = _fault_of(found)
        return _GOOD if detail is None else {"type": "Feature", "fault": detail}
    if isinstance(kind, str) and kind in _LEVELS and "coordinates" in found:
        return {"type": kind, "ok": _is_coordinates(kind, found["coordinates"])}
    return found


def _is_coordinates(kind: str, found: object) -> bool:
    level = [found]
    for _ in range(_LEVELS[kind]):
        if not all(isinstance(item, list) for item in level):
            return False
        level = [inner for item in level if isinstance(item, list) for inner in item]
    return all(
        isinstance(item, list) and len(item) >= 2 and all(isinstance(number, float) for number in item)
        for item in level
    )


def _fault_of(feature: dict[str, Any]) -> Text | None:
    if not isinstance(feature.get("properties") or {}, dict):
        return Text(zh="properties 不是对象", en="its “properties” is no object")
    geometry = feature.get("geometry")
    if geometry is not None and not (isinstance(geometry, dict) and geometry.get("ok") is True):
        return Text(zh="几何不合规范", en="its geometry is malformed")
    return None


def _check_collection(found: object) -> None:
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
        raise _MalformedError("最外层不是 FeatureCollection", "the outermost object is no FeatureCollection")
    features = found.get("features")
    if not isinstance(features, list):
        raise _MalformedError("features 不是数组", "“features” is no array")
    for number, feature in enumerate(features, start=1):
        if feature is _GOOD:
            continue
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise _MalformedError(f"第{number}个要素不是 Feature", f"member {number} of “features” is no Feature")
        detail = feature["fault"]
        raise _MalformedError(f"第{number}个要素：{detail.zh}", f"feature {number}: {detail.en}")
