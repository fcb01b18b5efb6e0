"""What a person settled about a source: which header is which field, which name is which area.

A map file (TOML, YAML or JSON) says ``header: field``, ``header: ignore``, ``header: {field: …, unit: 万户}``,
``field: {constant: …}`` or ``field: {join: [header, header]}``; a decisions file says ``"街镇/名称": code``. What was
settled once is remembered beside the registers (``_sources``), a map per list of headers, so the next file of that
source needs no map.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from guangcheng.base.errors import InputError, NotFound, Where, WrongFormat
from guangcheng.base.text import Text
from guangcheng.base.units import is_missing
from guangcheng.registers.raw import RawColumn, RawTable
from guangcheng.registers.readers.headers import squeeze
from guangcheng.registers.rulebook import rule
from guangcheng.registers.schema import Schema
from guangcheng.store.files import write_whole_bytes

__all__ = ["IGNORE", "NO_MAP", "MapFile", "Sources", "header_key", "read_decisions", "read_map", "with_joins"]

IGNORE = "ignore"


def header_key(header: str) -> str:
    """A header as it is looked up: width, case and blanks made equal, no mark of a required column."""
    return squeeze(header).replace("*", "").removesuffix("(必填)").strip(":")


@dataclass(frozen=True, slots=True)
class MapFile:
    """What a person said about the columns of a source; headers are keys (:func:`header_key`)."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Header → field, or :data:`IGNORE`."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Header → the unit its numbers are in, where the header does not say it."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Field → the value every row has."""
    joins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field → the headers whose cells, joined with ``-``, give it: a key that stands in several columns."""

    def __bool__(self) -> bool:
        return bool(self.headers or self.units or self.constants or self.joins)


NO_MAP = MapFile()


def read_map(path: Path, schema: Schema) -> MapFile:
    """Read a map file for ``schema``. ``InputError`` names an unknown field or a value of the wrong shape."""
    return _map_of(_read(path), schema, path.name)


def read_decisions(path: Path) -> dict[str, str]:
    """Read a decisions file: ``"街镇/名称"`` (or just the name) → area code, without blanks, half width."""
    content = _read(path)
    wrong = [name for name, code in content.items() if not isinstance(code, str | int) or isinstance(code, bool)]
    if wrong:
        raise InputError(
            Text(zh=f"“{wrong[0]}”后面应是区域代码", en=f"an area code should follow “{wrong[0]}”"),
            mend=Text(zh='每行写成 "街镇/名称" = "代码"', en='write each line as "town/name" = "code"'),
            where=Where(file=path.name, field=wrong[0]),
        )
    return {squeeze(name): str(code) for name, code in content.items()}


def with_joins(raw: RawTable, settled: MapFile) -> RawTable:
    """The table with one more column for each field that is joined; a row lacking one of its parts has none.

    ``InputError`` (R-106) when the table lacks a header to join.
    """
    if not settled.joins:
        return raw
    columns = {header_key(column.header): column for column in raw.columns}
    joined = []
    for name, headers in settled.joins.items():
        lacking = [header for header in headers if header not in columns]
        if lacking:
            detail = Text(zh=f"文件里没有表头“{lacking[0]}”", en=f"the file has no header “{lacking[0]}”")
            shown = ", ".join(column.header for column in raw.columns)
            raise rule("R-106").error(
                InputError, Where(file=str(raw.file)), detail_zh=detail.zh, detail_en=detail.en, fields=shown
            )
        parts = [columns[header] for header in headers]
        cells: list[object] = [_joined(row) for row in zip(*(part.cells for part in parts), strict=True)]
        joined.append(RawColumn(name, "+".join(part.label for part in parts), cells))
    return replace(raw, columns=[*raw.columns, *joined])


def _joined(parts: tuple[object, ...]) -> str | None:
    return None if any(is_missing(part) for part in parts) else "-".join(str(part).strip() for part in parts)


class Sources:
    """What was settled before, in a city's ``registers/_sources`` folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def recall(self, schema: Schema, headers: Iterable[str]) -> MapFile:
        """The map settled for these headers before; an empty one if there is none."""
        path = self._path(schema, headers)
        if not path.is_file():
            return NO_MAP
        return _map_of(json.loads(path.read_text(encoding="utf-8"))["map"], schema, path.name)

    def remember(self, schema: Schema, headers: Iterable[str], settled: MapFile) -> None:
        """Keep ``settled`` for these headers."""
        names = sorted({header_key(header) for header in headers})
        content = {"register": schema.register, "headers": names, "map": _as_content(settled)}
        self._write(self._path(schema, names), content)

    def decisions(self) -> dict[str, str]:
        """Names and the codes a person confirmed for them."""
        path = self.folder / "decisions.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def remember_decisions(self, decisions: Mapping[str, str]) -> None:
        """Add to the decisions kept; a new decision about a name replaces the old one."""
        self._write(self.folder / "decisions.json", self.decisions() | dict(decisions))

    def _path(self, schema: Schema, headers: Iterable[str]) -> Path:
        names = sorted({header_key(header) for header in headers})
        mark = hashlib.sha256("\n".join([schema.register, *names]).encode()).hexdigest()[:16]
        return self.folder / f"{mark}.json"

    def _write(self, path: Path, content: Mapping[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        write_whole_bytes(path, text.encode())


def _as_content(settled: MapFile) -> dict[str, Any]:
    content: dict[str, Any] = {
        header: {"field": name, "unit": settled.units[header]} if header in settled.units else name
        for header, name in settled.headers.items()
    }
    content |= {name: {"constant": value} for name, value in settled.constants.items()}
    return content | {name: {"join": list(headers)} for name, headers in settled.joins.items()}


def _map_of(content: Mapping[str, Any], schema: Schema, file: str) -> MapFile:
    headers: dict[str, str] = {}
    units: dict[str, str] = {}
    constants: dict[str, str] = {}
    joins: dict[str, tuple[str, ...]] = {}
    known = {column.name for column in schema.fields}
    for name, said in content.items():
        wanted = said if isinstance(said, dict) else {"field": said}
        if set(wanted) == {"constant"} and isinstance(wanted["constant"], str | int | float):
            _check_field(name, known, file)
            constants[name] = str(wanted["constant"])
            continue
        if set(wanted) == {"join"} and isinstance(wanted["join"], list) and wanted["join"]:
            _check_field(name, known, file)
            joins[name] = tuple(header_key(str(header)) for header in wanted["join"])
            continue
        target = wanted.get("field")
        if not isinstance(target, str) or not set(wanted) <= {"field", "unit"}:
            raise _wrong_map(
                file,
                known,
                Text(zh=f"“{name}”后面的写法不对：{said!r}", en=f"“{name}” is followed by {said!r}"),
            )
        if target != IGNORE:
            _check_field(target, known, file)
        headers[header_key(name)] = target
        if "unit" in wanted:
            units[header_key(name)] = str(wanted["unit"])
    return MapFile(
        MappingProxyType(headers), MappingProxyType(units), MappingProxyType(constants), MappingProxyType(joins)
    )


def _check_field(name: str, known: set[str], file: str) -> None:
    if name not in known:
        raise _wrong_map(file, known, Text(zh=f"没有字段“{name}”", en=f"there is no field “{name}”"))


def _wrong_map(file: str, known: set[str], detail: Text) -> InputError:
    names = ", ".join([*sorted(known), IGNORE])
    return rule("R-106").error(InputError, Where(file=file), detail_zh=detail.zh, detail_en=detail.en, fields=names)


def _read(path: Path) -> dict[str, Any]:
    """The mapping in a TOML, YAML or JSON file."""
    if not path.is_file():
        raise NotFound(
            Text(zh="没有这个文件", en="there is no such file"),
            mend=Text(zh="检查文件名和路径", en="check the name and the path"),
            where=Where(file=str(path)),
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text) if path.suffix.lower() == ".toml" else _yaml(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as fault:
        raise _unreadable(path, str(fault)) from fault
    if not isinstance(content, dict):
        raise _unreadable(path, type(content).__name__)
    return {str(name): value for name, value in content.items()}


def _yaml(text: str) -> object:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text) or {}
    except YAMLError as fault:
        raise ValueError(" ".join(str(fault).split())) from fault


def _unreadable(path: Path, detail: str) -> WrongFormat:
    return WrongFormat(
        Text(zh=f"不是有效的 TOML 或 YAML：{detail}", en=f"this is not valid TOML or YAML: {detail}"),
        mend=Text(zh='每行写成 "表头" = "字段"（TOML）或 "表头": 字段（YAML）', en='write "header" = "field" (TOML)'),
        where=Where(file=path.name),
    )
