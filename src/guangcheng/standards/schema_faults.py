"""What pydantic finds wrong with a standard, said in both languages, with a suggestion for a misspelt key."""

import difflib
import json
import types
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from guangcheng.base.text import Text
from guangcheng.standards.model import Standard
from guangcheng.standards.yamltext import Path, Plain

_UNIONS = (Union, types.UnionType)


def validated(plain: Plain) -> Standard | None:
    """The standard, or ``None`` with every fault noted in ``plain``. Numbers are numbers: "90" in quotes is refused."""
    try:
        return Standard.model_validate_json(json.dumps(plain.value), strict=True)
    except ValidationError as error:
        seen: set[tuple[Path, str]] = set()
        for item in error.errors(include_url=False, include_context=True):
            path, message, mend = _fault(item, plain.value)
            if (path, message.en) not in seen:
                seen.add((path, message.en))
                plain.fault(plain.line(path), path, message, mend)
        return None


def _fault(item: Mapping[str, Any], value: object) -> tuple[Path, Text, Text]:
    path = _within(tuple(str(part) for part in item["loc"] if part != "[key]"), value)
    kind = item["type"]
    if kind == "extra_forbidden":
        return path, *_unknown_key(path)
    if kind == "missing":
        return path[:-1] if path else path, *_missing(path[-1])
    if kind == "value_error":
        zh, en = _two(str(item["ctx"]["error"]))
        return path, Text(zh=zh, en=en), Text(zh="按此处的说明改正", en="put it right as said here")
    return path, *_wrong(kind, item, path)


def _two(message: str) -> tuple[str, str]:
    """Model messages are written “English / 中文”."""
    en, _, zh = message.partition(" / ")
    return zh or en, en


def _unknown_key(path: Path) -> tuple[Text, Text]:
    known = _known_keys(path[:-1])
    near = difflib.get_close_matches(path[-1], known, n=1, cutoff=0.6)
    message = Text(zh=f"不认识的键“{path[-1]}”", en=f"unknown key “{path[-1]}”")
    if near:
        return message, Text(zh=f"是不是想写“{near[0]}”？", en=f"Did you mean “{near[0]}”?")
    names = ", ".join(known)
    return message, Text(zh=f"此处可用的键：{names}", en=f"the keys known here are: {names}")


def _missing(key: str) -> tuple[Text, Text]:
    message = Text(zh=f"缺少“{key}”", en=f"“{key}” is missing")
    if key == "source":
        mend = Text(
            zh="每个值都要有出处：source: {document: ..., clause: ...}",
            en="every value needs its source: {document: ..., clause: ...}",
        )
        return message, mend
    return message, Text(zh=f"补上“{key}”", en=f"add “{key}”")


_WANTED: tuple[tuple[str, Text], ...] = (
    (
        "string_pattern",
        Text(zh="不是编号的格式（如 IND-001-01）", en="should have the form of an id such as IND-001-01"),
    ),
    (
        "string",
        Text(zh="应为文字（数字样的文字请加引号）", en="should be words (put words that look like a number in quotes)"),
    ),
    ("date", Text(zh="应为日期，如 2018-06-30", en="should be a date such as 2018-06-30")),
    ("bool", Text(zh="应为 true 或 false", en="should be true or false")),
    ("int", Text(zh="应为数字，不加引号", en="should be a number without quotes")),
    ("float", Text(zh="应为数字，不加引号", en="should be a number without quotes")),
    ("list", Text(zh="应为列表", en="should be a list")),
    ("dict", Text(zh="应为键值对", en="should be a mapping of keys to values")),
    ("model", Text(zh="应为键值对", en="should be a mapping of keys to values")),
)
_OTHER = Text(zh="类型不对", en="is of the wrong kind")


def _wrong(kind: str, item: Mapping[str, Any], path: Path) -> tuple[Text, Text]:
    shown = json.dumps(item["input"], ensure_ascii=False, default=str)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    name = path[-1] if path else "文件 / file"
    if kind in ("enum", "literal_error"):
        choices = list(_choices(_annotation(path)))
        near = difflib.get_close_matches(str(item["input"]), choices, n=1)
        message = Text(zh=f"“{name}”不能是 {shown}", en=f"“{name}” cannot be {shown}")
        if near:
            return message, Text(zh=f"是不是想写“{near[0]}”？", en=f"Did you mean “{near[0]}”?")
        listed = ", ".join(choices)
        return message, Text(zh=f"可以是：{listed}", en=f"it can be: {listed}")
    wanted = next((text for start, text in _WANTED if kind.startswith(start)), _OTHER)
    message = Text(zh=f"“{name}”的值 {shown} {wanted.zh}", en=f"“{name}” is {shown}; it {wanted.en}")
    return message, Text(zh="照 docs/reference/standards-format.md 改", en="see docs/reference/standards-format.md")


def _within(path: Path, value: object) -> Path:
    """Cut what pydantic adds to a path inside a union (the name of the branch), which the file does not have."""
    kept: list[str] = []
    for part in path:
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict):
            value = value.get(part)
        else:
            break
        kept.append(part)
    return tuple(kept)


def _known_keys(path: Path) -> list[str]:
    model = _annotation(path)
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _annotation(path: Sequence[str]) -> Any:
    """The type the model wants at ``path``."""
    kind: Any = Standard
    for part in path:
        kind = _step(_bare(kind), part)
    return _bare(kind)


def _bare(kind: Any) -> Any:
    """Without ``Annotated`` and ``| None``."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in _UNIONS:
        rest = [item for item in get_args(kind) if item is not type(None)]
        return _bare(rest[0]) if len(rest) == 1 else kind
    return kind


def _step(kind: Any, part: str) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        found = kind.model_fields.get(part)
        return None if found is None else found.annotation
    return get_args(kind)[-1] if get_origin(kind) in (list, dict) else None


def _choices(kind: Any) -> Iterator[str]:
    if get_origin(kind) is Literal:
        yield from (str(item) for item in get_args(kind))
    elif isinstance(kind, type) and issubclass(kind, Enum):
        yield from (str(item.value) for item in kind)
