"""A city is a folder: its settings, its local standards and its registers."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guangcheng.base.errors import InputError, NotFound, Refused, UsageError, Where
from guangcheng.base.provenance import SnapshotRef
from guangcheng.base.text import Text
from guangcheng.registers.schema import schemas
from guangcheng.registers.snapshots import Registers
from guangcheng.registers.view import RegisterView
from guangcheng.store.files import write_whole_bytes

CONFIG_NAME = "city.toml"
STANDARDS_NAME = "standards"
REGISTERS_NAME = "registers"


class CityConfig(BaseModel):
    """The settings of a city, as ``city.toml`` holds them; an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, description="城市名称 | name of the city")
    area_code: str = Field(pattern=r"^\S+$", description="最上一级区域的代码 | code of its topmost area")
    crs: str = Field(
        pattern=r"^EPSG:\d{4,6}$",
        description="以米为单位的投影坐标系 | projected CRS in metres, e.g. EPSG:4547",
    )
    standards: tuple[str, ...] = Field(default=(), description="所用标准的编号 | ids of the standards in force")
    as_of: date | None = Field(default=None, description="评估基准日；不写为当天 | as-of date; today when left out")
    engine: Literal["duckdb", "postgres", "spark"] = Field(
        default="duckdb", description="计算引擎：duckdb（本进程内）、postgres、spark | engine that computes"
    )
    engine_at: str | None = Field(
        default=None,
        description="引擎地址：spark://主机:7077 或 PostgreSQL 连接串 | where a postgres or spark engine is",
    )
    parameters: dict[str, dict[str, bool | int | float | str]] = Field(
        default_factory=dict,
        description="本地参数：标准编号 → 参数名 → 值 | local values: standard id → parameter → value",
    )

    @classmethod
    def checked(cls, values: Mapping[str, object], *, file: Path | None = None) -> "CityConfig":
        """Settings from what a person gave; ``InputError`` names every wrong key (and ``file``, if from one)."""
        try:
            return cls.model_validate(values)
        except ValidationError as fault:
            raise _wrong_config(file, fault) from fault


class City:
    """One city's folder. Made by :meth:`create` or :meth:`open`; holds no lock and no open file."""

    def __init__(self, folder: Path, config: CityConfig) -> None:
        self.folder = folder
        self.config = config

    @classmethod
    def create(cls, folder: Path, config: CityConfig) -> "City":
        """Make a new city in an empty or absent folder. ``Refused`` when something is there already."""
        check_crs(config.crs)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise _occupied(folder)
        (folder / STANDARDS_NAME).mkdir(parents=True)
        (folder / REGISTERS_NAME).mkdir()
        # written last: a folder is a city once it has its settings
        write_whole_bytes(folder / CONFIG_NAME, config_toml(config).encode())
        return cls(folder, config)

    @classmethod
    def open(cls, folder: Path) -> "City":
        """Open a city. ``NotFound`` when the folder is none; ``InputError`` when its settings cannot be used."""
        path = folder / CONFIG_NAME
        if not path.is_file():
            raise NotFound(
                Text(zh="这个文件夹不是城市（没有 city.toml）", en="this folder is not a city: it has no city.toml"),
                mend=Text(zh=f"先运行 guangcheng init {folder}", en=f"run guangcheng init {folder} first"),
                where=Where(file=str(folder)),
            )
        return cls(folder, read_config(path))

    @property
    def standards_folder(self) -> Path:
        """Where the city's local standards lie."""
        return self.folder / STANDARDS_NAME

    @cached_property
    def registers(self) -> Registers:
        """The city's snapshots."""
        return Registers(self.folder / REGISTERS_NAME, crs=self.config.crs)

    def as_of(self, asked: date | None) -> date:
        """The day to look at: ``asked``, else the city's own; ``UsageError`` when neither is set."""
        day = asked or self.config.as_of
        if day is None:
            raise UsageError(
                Text(zh="没有基准日", en="no as-of date is set"),
                mend=Text(
                    zh="给出 --as-of 日期，或在 city.toml 写 as_of", en="give --as-of DATE, or set as_of in city.toml"
                ),
                where=Where(file=str(self.folder / CONFIG_NAME), field="as_of"),
            )
        return day

    def view(self, as_of: date | None = None) -> RegisterView:
        """The registers as of a day (see :meth:`as_of`); each column of a snapshot is read at most once per view."""
        day = self.as_of(as_of)
        found = {register: self.registers.latest(register, day) for register in schemas()}
        refs = MappingProxyType({register: ref for register, ref in found.items() if ref is not None})
        return RegisterView(as_of=day, crs=self.config.crs, refs=refs, load=_CachedReads(self.registers))


class _CachedReads:
    """Reads snapshots column by column and keeps what it read; snapshots never change, so neither does the cache."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self._held: dict[SnapshotRef, dict[str, pa.ChunkedArray]] = {}

    def __call__(self, ref: SnapshotRef, columns: Sequence[str] | None) -> pa.Table:
        wanted = schemas()[ref.register].arrow
        names = wanted.names if columns is None else list(columns)
        held = self._held.setdefault(ref, {})
        lacking = [name for name in names if name not in held]
        if lacking:
            read = self._registers.read(ref, lacking)
            held.update(zip(lacking, read.columns, strict=True))
        return pa.table([held[name] for name in names], schema=pa.schema([wanted.field(name) for name in names]))


def check_crs(crs: str) -> None:
    """``InputError`` unless ``crs`` is a projected CRS in metres that pyproj knows."""
    import pyproj

    try:
        known = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as fault:
        raise _wrong_crs(crs) from fault
    if not known.is_projected or any(axis.unit_name != "metre" for axis in known.axis_info):
        raise _wrong_crs(crs)


def read_config(path: Path) -> CityConfig:
    """Read ``city.toml``; ``InputError`` names every key that is wrong."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as fault:
        raise InputError(
            Text(zh="文件不是 UTF-8 编码", en="the file is not UTF-8"),
            mend=Text(zh="另存为 UTF-8", en="save it as UTF-8"),
            where=Where(file=str(path)),
        ) from fault
    except tomllib.TOMLDecodeError as fault:
        line = re.search(r"line (\d+)", str(fault))
        raise InputError(
            Text(zh=f"不是有效的 TOML：{fault}", en=f"this is not valid TOML: {fault}"),
            mend=Text(zh='每行写成 键 = "值"', en='write each line as key = "value"'),
            where=Where(file=str(path), row=int(line[1]) if line else None),
        ) from fault
    return CityConfig.checked(content, file=path)


def config_toml(config: CityConfig) -> str:
    """Settings as the text of a ``city.toml``, each key with its meaning; reads back equal."""
    lines = []
    for key, about in CityConfig.model_fields.items():
        value = getattr(config, key)
        if key == "parameters":
            continue
        lines += [f"# {about.description}", f"{key} = {_toml(value)}" if value is not None else f"# {key} ="]
    for standard, values in config.parameters.items():
        lines += ["", f"[parameters.{_toml(standard)}]"]
        lines += [f"{_toml(name)} = {_toml(value)}" for name, value in values.items()]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return value.isoformat() if isinstance(value, date) else repr(value)


def _occupied(folder: Path) -> Refused:
    city = (folder / CONFIG_NAME).is_file()
    return Refused(
        Text(zh="这里已经有一座城市", en="there is a city here already")
        if city
        else Text(zh="文件夹里已有别的内容", en="there is something else in this folder"),
        mend=Text(zh="换一个新文件夹", en="choose a new folder"),
        where=Where(file=str(folder)),
    )


def _wrong_crs(crs: str) -> InputError:
    return InputError(
        Text(zh=f"{crs} 不是以米为单位的投影坐标系", en=f"{crs} is not a projected CRS in metres"),
        mend=Text(
            zh="用城市所在带的 CGCS2000 三度带，如 EPSG:4547（中央经线 114°）",
            en="use the CGCS2000 3-degree zone of the city, such as EPSG:4547 (central meridian 114°E)",
        ),
        where=Where(field="crs"),
    )


def _wrong_config(path: Path | None, fault: ValidationError) -> InputError:
    known = ", ".join(CityConfig.model_fields)
    errors: Sequence[Mapping[str, Any]] = fault.errors()
    found = [(".".join(str(part) for part in error["loc"]), error) for error in errors]
    return InputError(
        Text(
            zh="；".join(_key_fault(key, error).zh for key, error in found),
            en="; ".join(_key_fault(key, error).en for key, error in found),
        ),
        mend=Text(zh=f"可用的键：{known}", en=f"the known keys are: {known}"),
        where=Where(file=None if path is None else str(path), field=found[0][0]),
    )


def _key_fault(key: str, error: Mapping[str, Any]) -> Text:
    if error["type"] == "extra_forbidden":
        return Text(zh=f"不认识的键“{key}”", en=f"unknown key “{key}”")
    if error["type"] == "missing":
        return Text(zh=f"缺少键“{key}”", en=f"the key “{key}” is missing")
    value = error["input"]
    return Text(zh=f"键“{key}”的值 {value!r} 无效", en=f"the key “{key}” cannot be {value!r}: {error['msg']}")
