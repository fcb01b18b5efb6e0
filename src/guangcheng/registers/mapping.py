"""Which column of a file is which field of a register.

A header is compared after normalising: with the field's name, titles and aliases, then without the unit in its
parentheses, then by the last part of a two-row header. What is left over is reported, never guessed: a person settles
it in a map file (:mod:`guangcheng.registers.mapfile`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from guangcheng.base.errors import InputError, Where
from guangcheng.base.places import Datum, parse_datum
from guangcheng.base.text import Text
from guangcheng.base.units import Unit, parse_unit
from guangcheng.registers.faults import Fault
from guangcheng.registers.mapfile import IGNORE, NO_MAP, MapFile, header_key
from guangcheng.registers.raw import RawColumn, RawTable
from guangcheng.registers.readers.headers import normalise
from guangcheng.registers.rulebook import rule
from guangcheng.registers.schema import Field, Schema

__all__ = [
    "AreaColumn",
    "Bound",
    "ColumnMap",
    "Pair",
    "WideColumn",
    "bind_columns",
    "known_headers",
    "map_columns",
    "place_field",
]

QUARANTINE_HEADERS = ("来源文件", "来源行", "规则", "原因", "怎么改")
"""Columns a quarantine file has beside the original ones; passed over when it is imported again."""

_SKIPPED = frozenset(header_key(header) for header in QUARANTINE_HEADERS)
_ROW_NUMBERS = frozenset({"序号", "no", "no.", "行号"})
_PAIR_HEADERS = {
    "经纬度": "lonlat",
    "坐标": "lonlat",
    "经纬度坐标": "lonlat",
    "位置坐标": "lonlat",
    "地理坐标": "lonlat",
    "经度,纬度": "lonlat",
    "经度/纬度": "lonlat",
    "lonlat": "lonlat",
    "lnglat": "lonlat",
    "lon,lat": "lonlat",
    "lng,lat": "lonlat",
    "纬经度": "latlon",
    "纬度,经度": "latlon",
    "纬度/经度": "latlon",
    "latlon": "latlon",
    "latlng": "latlon",
    "lat,lon": "latlon",
    "lat,lng": "latlon",
}
_DATUM_HEADERS = frozenset({"坐标系", "坐标系统", "坐标系类型", "坐标类型", "基准", "datum", "crs"})
_IDENTITY = re.compile(
    r"身份证|证件号|手机|姓名|户主|机主|联系人|联系电话|联系方式|宽带账号|宽带帐号|用户账号|用户帐号"
    r"|^电话(号码)?$|^账号$|^帐号$|idcard|id_card|^phone|^mobile(_?no|_?number|phone)|^imsi$|^imei$|^msisdn$"
)

# How fine an area a header names; a row's finest filled column is its area, the others say where to look.
_FINE = {"district": 1, "township": 2, "village": 3, "natural_village": 4, "any": 5}
_AREA_WORDS: dict[str, tuple[str, ...]] = {
    "district": ("区县", "县区", "区", "县", "区(县)", "县(区)", "district", "county"),
    "township": (
        "街镇",
        "镇街",
        "乡镇",
        "街道",
        "镇",
        "乡",
        "乡镇街道",
        "街道/镇",
        "镇/街道",
        "街道乡镇",
        "town",
        "township",
    ),
    "village": (
        "村",
        "社区",
        "行政村",
        "村居",
        "村社区",
        "村(社区)",
        "村/社区",
        "village",
        "admin village",
        "community",
    ),
    "natural_village": ("自然村", "村民小组", "natural village"),
}
_PARENT_WORDS = frozenset({"上级", "上级名称", "上级单位", "所属", "隶属"})
_AREA_LEVELS = {
    header_key(prefix + word): level
    for level, words in _AREA_WORDS.items()
    for word in words
    for prefix in ("", "所属", "所在")
}
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_REMARKS = frozenset({"必填", "选填", "可选", "是/否", "年月日", "年-月-日", "yyyy-mm-dd", "十进制度", "小数"})
_TOTAL_WORDS = frozenset({"合计", "总计", "小计", "总数", "total"})


@dataclass(frozen=True, slots=True)
class Bound:
    """A column bound to a field; ``unit`` is the one its header names."""

    column: int
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class AreaColumn:
    """A column naming areas of one fineness (a key of ``_FINE``; ``any`` for 所属区域, 区域代码)."""

    column: int
    fine: str

    @property
    def rank(self) -> int:
        """1 district … 4 natural village, 5 any: the greatest filled rank of a row is its area."""
        return _FINE[self.fine]


@dataclass(frozen=True, slots=True)
class Pair:
    """A column with longitude and latitude in one cell, ``lonlat`` or ``latlon`` as its header says."""

    column: int
    order: str


@dataclass(frozen=True, slots=True)
class WideColumn:
    """A column that is a row of its own in the register: 光纤用户数 is ``technology = fibre`` of ``subscribers``."""

    column: int
    unit: Unit | None
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What each column of one raw table is; indices are into ``RawTable.columns``."""

    fields: Mapping[str, Bound]
    areas: tuple[AreaColumn, ...] = ()
    """Columns for the register's place field (area or parent), finest first."""
    pair: Pair | None = None
    datum_column: int | None = None
    header_datum: Datum | None = None
    wide_field: str | None = None
    wide: tuple[WideColumn, ...] = ()
    wide_total: Bound | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    unmatched: tuple[int, ...] = ()
    identity: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()
    """R-103 for each unknown header, R-104 for each column of subscriber identity."""


def place_field(schema: Schema) -> Field | None:
    """The field a row's place columns fill: its area, or for the register of areas its parent."""
    if schema.register == "areas":
        return schema.field("parent")
    return next((column for column in schema.fields if column.type == "area"), None)


def known_headers(schema: Schema) -> frozenset[str]:
    """The headers a file of this register may have, as :func:`readers.headers.normalise` writes them."""
    words = {word for column in schema.fields for word in (column.name, column.title.zh, column.title.en)}
    words |= {alias for column in schema.fields for alias in column.aliases}
    words |= _PAIR_HEADERS.keys() | _AREA_LEVELS.keys()
    return frozenset(normalise(word) for word in words)


def map_columns(
    raw: RawTable, schema: Schema, settled: MapFile = NO_MAP, *, elsewhere: frozenset[str] = frozenset()
) -> ColumnMap:
    """Bind the columns of ``raw`` to the fields of ``schema``.

    Raises ``InputError`` (R-102) when two columns give one field and (R-101) when required columns are missing; that
    error names all of them and the nearest headers. ``settled`` comes first, then the headers themselves; fields the
    import says ``elsewhere`` may be missing.
    """
    found = bind_columns(raw, schema, settled)
    _refuse_missing(raw, schema, found, elsewhere)
    return found


def bind_columns(raw: RawTable, schema: Schema, settled: MapFile = NO_MAP) -> ColumnMap:
    """:func:`map_columns` for somebody who is still settling the columns: required ones may be missing."""
    binder = _Binder(raw, schema, settled)
    for index, column in enumerate(raw.columns):
        binder.bind(index, column)
    return binder.result()


class _Binder:
    """Binds one column after the other; refuses a field bound twice."""

    def __init__(self, raw: RawTable, schema: Schema, settled: MapFile) -> None:
        self.raw, self.schema, self.settled = raw, schema, settled
        self.words = _words(schema)
        self.place = place_field(schema)
        self.fields: dict[str, Bound] = {}
        self.areas: list[AreaColumn] = []
        self.wide: list[WideColumn] = []
        self.wide_total: Bound | None = None
        self.wide_value = "subscribers" if schema.register == "subscriber_stats" else None
        self.pair: Pair | None = None
        self.datum_column: int | None = None
        self.header_datum: Datum | None = None
        self.unmatched: list[int] = []
        self.identity: list[int] = []

    def bind(self, index: int, column: RawColumn) -> None:
        """Find out what ``column`` is."""
        word = header_key(column.header)
        if word in self.settled.headers:
            self._settled(index, word)
        elif word in _SKIPPED or word in self.settled.constants:
            return
        elif _IDENTITY.search(word):
            self.identity.append(index)
        elif word in _DATUM_HEADERS and self.schema.geometry == "point":
            self.datum_column = self._once(self.datum_column, index, Text(zh="坐标系", en="datum"))
        elif not self._bind_word(index, word) and word not in _ROW_NUMBERS:
            self.unmatched.append(index)

    def _bind_word(self, index: int, word: str) -> bool:
        return self._bind_point(index, word) or self._bind_field(index, word) or self._bind_wide(index, word)

    def _settled(self, index: int, word: str) -> None:
        name = self.settled.headers[word]
        if name == IGNORE:
            return
        unit = parse_unit(self.settled.units[word]) if word in self.settled.units else _split_unit(word)[1]
        if self.place is not None and name == self.place.name:
            self.areas.append(AreaColumn(index, _AREA_LEVELS.get(word, "any")))
        else:
            self._take(index, name, unit)

    def _bind_point(self, index: int, word: str) -> bool:
        if self.schema.geometry != "point":
            return False
        base, _, datum = _split_unit(word)
        order = _PAIR_HEADERS.get(word) or _PAIR_HEADERS.get(base)
        if order is None and word.startswith(("经纬度", "坐标(")):
            order = "latlon" if "(纬度,经度)" in word or "(纬度" in word else "lonlat"
        if order is None:
            return False
        previous = None if self.pair is None else self.pair.column
        self.pair = Pair(self._once(previous, index, Text(zh="经纬度", en="coordinates")), order)
        self.header_datum = self.header_datum or datum
        return True

    def _bind_field(self, index: int, word: str) -> bool:
        base, unit, datum = _split_unit(word)
        for candidate in dict.fromkeys((word, base, base.rpartition("/")[2], base.partition("/")[0])):
            if "/" in base and candidate == base.partition("/")[0] and self._dimensions(base.partition("/")[2]):
                continue
            if self._bind_place(index, candidate):
                return True
            name = self.words.get(candidate)
            if name is not None:
                self._take(index, name, unit)
                self.header_datum = self.header_datum or datum
                return True
        return False

    def _bind_place(self, index: int, word: str) -> bool:
        """Several place columns may stand side by side: each names an area of another fineness."""
        if self.place is None:
            return False
        fine = _AREA_LEVELS.get(word)
        if fine == "natural_village" and self.schema.register == "areas":
            return False
        if fine is None:
            if self.words.get(word) != self.place.name and word not in _PARENT_WORDS:
                return False
            fine = "any"
        elif word in self.words and self.words[word] != self.place.name:
            return False
        self.areas.append(AreaColumn(index, fine))
        return True

    def _bind_wide(self, index: int, word: str) -> bool:
        """光纤用户数, 用户数/光纤, 100-500M用户数: the value column of one code of a key field."""
        if self.wide_value is None:
            return False
        base, unit, _ = _split_unit(word)
        aliases = sorted((w for w, name in self.words.items() if name == self.wide_value), key=len, reverse=True)
        for alias in aliases:
            if alias not in base:
                continue
            rest = base.replace(alias, "", 1).strip("/")
            codes = self._dimensions(rest)
            if codes:
                self.wide.append(WideColumn(index, unit or self._sheet_unit(self.wide_value), codes))
                return True
            if rest in _TOTAL_WORDS:
                previous = None if self.wide_total is None else self.wide_total.column
                self.wide_total = Bound(
                    self._once(previous, index, Text(zh="合计", en="total")), unit or self._sheet_unit(self.wide_value)
                )
                return True
        return False

    def _dimensions(self, rest: str) -> dict[str, str]:
        """Codes of key fields that ``rest`` (光纤, 光纤/100-500M) names; empty unless it names nothing else."""
        if self.wide_value is None or not rest:
            return {}
        found: dict[str, str] = {}
        for part in rest.split("/"):
            match = _choice(self.schema, part)
            if match is None or match[0] in found:
                return {}
            found[match[0]] = match[1]
        return found

    def _take(self, index: int, name: str, unit: Unit | None) -> None:
        if name in self.settled.constants:
            return
        previous = self.fields.get(name)
        title = self.schema.field(name).title
        place = self._once(None if previous is None else previous.column, index, title)
        self.fields[name] = Bound(place, unit or self._sheet_unit(name))

    def _sheet_unit(self, name: str) -> Unit | None:
        """The unit a title row states for the whole sheet, for the fields it can be meant for."""
        stated, stored = parse_unit(self.raw.unit or ""), self.schema.field(name).unit
        if stated is None or stored is None:
            return None
        counts = stored in ("household", "person")
        return stated if stated.measures == stored or (stated.measures is None and counts) else None

    def _once(self, previous: int | None, index: int, title: Text) -> int:
        if previous is not None:
            first, second = self.raw.columns[previous], self.raw.columns[index]
            raise rule("R-102").error(
                InputError,
                Where(file=str(self.raw.file), sheet=self.raw.sheet, column=second.label),
                first=first.header,
                second=second.header,
                field_zh=title.zh,
                field_en=title.en,
            )
        return index

    def _settle_wide(self) -> None:
        """A dimension spread over columns cannot also be a column; a plain value column beside them is the total."""
        if not self.wide:
            return
        for name in sorted({name for wide in self.wide for name in wide.codes}):
            if name in self.fields:
                self._once(self.fields[name].column, self.wide[0].column, self.schema.field(name).title)
        plain_value = self.fields.pop(self.wide_value or "", None)
        if plain_value is not None:
            previous = None if self.wide_total is None else self.wide_total.column
            self._once(previous, plain_value.column, Text(zh="合计", en="total"))
            self.wide_total = plain_value

    def result(self) -> ColumnMap:
        """What was found; place columns finest first."""
        self._settle_wide()
        return ColumnMap(
            fields=self.fields,
            areas=tuple(sorted(self.areas, key=lambda area: (-area.rank, area.column))),
            pair=self.pair,
            datum_column=self.datum_column,
            header_datum=self.header_datum,
            wide_field=self.wide_value if self.wide else None,
            wide=tuple(self.wide),
            wide_total=self.wide_total if self.wide else None,
            constants=dict(self.settled.constants),
            unmatched=tuple(self.unmatched),
            identity=tuple(self.identity),
            faults=tuple(self._faults()),
        )

    def _faults(self) -> list[Fault]:
        faults = []
        for index in self.identity:
            column = self.raw.columns[index]
            where = Where(file=str(self.raw.file), sheet=self.raw.sheet, column=column.label)
            faults.append(rule("R-104").fault(where, column.header, header=column.header))
        for index in self.unmatched:
            column = self.raw.columns[index]
            where = Where(file=str(self.raw.file), sheet=self.raw.sheet, column=column.label)
            near = _nearest(column.header, list(self.words), 1)
            title = self.schema.field(self.words[near[0]]).title if near else None
            faults.append(
                rule("R-103").fault(
                    where,
                    column.header,
                    header=column.header,
                    closest_zh=f"（可能是“{title.zh}”？）" if title else "",
                    closest_en=f" (perhaps {title.en}?)" if title else "",
                )
            )
        return faults


def _words(schema: Schema) -> dict[str, str]:
    """Every word for a field, normalised; the field's own name and titles win over another's alias."""
    words: dict[str, str] = {}
    for column in schema.fields:
        for alias in column.aliases:
            words.setdefault(header_key(alias), column.name)
    for column in schema.fields:
        words[header_key(column.title.zh)] = column.name
        words[header_key(column.title.en)] = column.name
    for column in schema.fields:
        words[header_key(column.name)] = column.name
    return words


def _split_unit(word: str) -> tuple[str, Unit | None, Datum | None]:
    """A header key without the units, datums and remarks in its parentheses, and the unit and datum among them.

    What else stands in parentheses stays part of the name: 编号(旧) is not 编号.
    """
    unit: Unit | None = None
    datum: Datum | None = None
    base = word
    for inside in _PARENTHESES.findall(word):
        found_unit, found_datum = parse_unit(inside.removeprefix("单位").lstrip(":")), parse_datum(inside)
        unit, datum = unit or found_unit, datum or found_datum
        if found_unit or found_datum or inside in _REMARKS:
            base = base.replace(f"({inside})", "")
    return base.strip("/"), unit, datum


def _choice(schema: Schema, word: str) -> tuple[str, str] | None:
    """The key field and code that ``word`` names among the register's choices."""
    for name in schema.key:
        column = schema.field(name)
        for code, words in column.codes.items():
            if word in {header_key(code), *(header_key(other) for other in words)}:
                return name, code
    return None


_OTHER_WAYS = Text(
    zh="；没有区域列时，可用 --area 指定区域，点数据还可用 --shapes 给出区域的面",
    en="; without a column of areas give one with --area, or for points polygons of areas with --shapes",
)


def _refuse_missing(raw: RawTable, schema: Schema, found: ColumnMap, elsewhere: frozenset[str]) -> None:
    """R-101, once for all missing columns, with the unknown headers that look most like them."""
    demanded = (column for column in schema.fields if column.required and column.name not in elsewhere)
    missing = [column for column in demanded if not _given(column, raw, schema, found)]
    if not missing:
        return
    headers = [raw.columns[index].header for index in found.unmatched]
    closest = []
    for column in missing:
        near = _nearest(column.title.zh, headers, 1)
        if near:
            closest.append((near[0], column.title))
    area = _OTHER_WAYS if any(column.type == "area" for column in missing) else Text(zh="", en="")
    raise rule("R-101").error(
        InputError,
        Where(file=str(raw.file), sheet=raw.sheet),
        missing_zh="、".join(f"“{column.title.zh}”" for column in missing),
        missing_en=", ".join(f"{column.title.en} ({column.name})" for column in missing),
        closest_zh=_join("；", [f"“{header}”若就是“{title.zh}”，请在 --map 文件里写明" for header, title in closest])
        or "可用 template 命令生成带全部表头的模板" + area.zh,
        closest_en=_join("; ", [f"if “{header}” is {title.en}, say so in a --map file" for header, title in closest])
        or "the template command writes a file with all headers" + area.en,
    )


def _join(separator: str, parts: Sequence[str]) -> str:
    return separator.join(parts)


def _given(column: Field, raw: RawTable, schema: Schema, found: ColumnMap) -> bool:
    if column.name in found.fields or column.name in found.constants or column.default is not None:
        return True
    if column.type in ("lon", "lat"):
        return found.pair is not None or raw.geometry is not None
    place = place_field(schema)
    if place is not None and column.name == place.name:
        return bool(found.areas)
    spread = {name for wide in found.wide for name in wide.codes}
    return column.name == found.wide_field or column.name in spread


def _nearest(word: str, choices: Sequence[str], limit: int) -> list[str]:
    """The choices most like ``word``, best first; none that is not at least half alike."""
    from rapidfuzz import fuzz

    target = header_key(word)
    scored = [(fuzz.ratio(target, header_key(choice)), choice) for choice in choices]
    return [choice for score, choice in sorted(scored, key=lambda pair: (-pair[0], pair[1])) if score >= 50][:limit]
