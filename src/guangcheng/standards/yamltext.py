"""YAML as plain values plus the line each one stands on; what could surprise a reader is refused.

Only the core of YAML is taken: mappings, lists, words, numbers, true/false/null, dates. Anchors, aliases, tags,
times of day and numbers in other bases are faults, so are duplicate keys. Every fault is collected.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guangcheng.base.text import Text

Path = tuple[str, ...]
"""Where a value stands: the keys and list positions that lead to it."""

MAX_BYTES = 2_000_000
MAX_DEPTH = 40

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Note:
    """One fault in a standard file: the line it is on (1-based), where in the document, what, and how to mend it."""

    line: int
    path: Path
    message: Text
    mend: Text


@dataclass(slots=True)
class Plain:
    """The values of a YAML text, the line of each, and the faults found on the way."""

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Note] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Line of the value at ``path``, or of the nearest value around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, line: int, path: Path, message: Text, mend: Text) -> None:
        """Note one fault."""
        self.faults.append(Note(line, path, message, mend))


def read_plain(text: str, *, own: bool = False) -> Plain:
    """Read one YAML document; faults are in the answer, nothing is raised for what a person wrote.

    ``own``: a file of the built-in library, which tests hold to the same rules; not looked through twice (0.2 s).
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    plain = Plain()
    try:
        if not own:
            _refuse_surprises(YAML(typ="safe", pure=True).parse(text), plain)
        if plain.faults:
            return plain
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        _not_yaml(plain, line, str(error.problem))
        return plain
    except YAMLError as error:
        _not_yaml(plain, 1, str(error).splitlines()[0])
        return plain
    if node is None:
        plain.fault(1, (), Text(zh="文件是空的", en="the file is empty"), _SEE_EXAMPLE)
        return plain
    plain.value = _value(node, (), plain)
    return plain


_SEE_EXAMPLE = Text(
    zh="参照 docs/reference/standards-format.md 的例子编写",
    en="start from the example in docs/reference/standards-format.md",
)


def _not_yaml(plain: Plain, line: int, problem: str) -> None:
    plain.fault(
        line,
        (),
        Text(zh=f"不是有效的 YAML：{problem}", en=f"this is not valid YAML: {problem}"),
        Text(zh="检查此行附近的缩进、引号和冒号", en="look at the indentation, quotes and colons near this line"),
    )


def _refuse_surprises(events: Iterator[Any], plain: Plain) -> None:
    """Anchors and aliases (a few lines can stand for gigabytes), further documents, and extreme nesting."""
    from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent

    depth = documents = 0
    for event in events:
        line = event.start_mark.line + 1
        documents += isinstance(event, DocumentStartEvent)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if isinstance(event, AliasEvent) or (getattr(event, "anchor", None) is not None):
            plain.fault(
                line,
                (),
                Text(zh="不接受锚点和引用（& 和 *）", en="anchors and aliases (& and *) are not accepted"),
                Text(zh="把值写全；文字里的 & 或 * 请加引号", en="write the value out; put a literal & or * in quotes"),
            )
        if getattr(event, "tag", None) is not None:
            plain.fault(
                line,
                (),
                Text(zh="不接受类型标记（! 开头）", en="type tags (beginning with !) are not accepted"),
                Text(zh="去掉标记；文字里的 ! 请加引号", en="remove the tag; put a literal ! in quotes"),
            )
        if depth > MAX_DEPTH or documents > 1:
            plain.fault(
                line,
                (),
                Text(
                    zh="嵌套过深，或一个文件里有多份文档", en="nested too deep, or more than one document in the file"
                ),
                Text(zh="一个文件写一个标准", en="write one standard per file"),
            )
            return


def _value(node: Any, path: Path, plain: Plain) -> object:
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    plain.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        return _mapping(node, path, plain)
    if isinstance(node, SequenceNode):
        return [_value(item, (*path, str(place)), plain) for place, item in enumerate(node.value)]
    return _scalar(node, path, plain)


def _mapping(node: Any, path: Path, plain: Plain) -> dict[str, object]:
    found: dict[str, object] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in found:
            first = plain.lines[(*path, key)]
            plain.fault(
                line,
                (*path, key),
                Text(
                    zh=f"“{key}”写了两次（第一次在第 {first} 行）", en=f"“{key}” appears twice (first on line {first})"
                ),
                Text(zh="删去或合并其中一处", en="remove or merge one of them"),
            )
            continue
        plain.lines[(*path, key)] = line
        found[key] = _value(value_node, (*path, key), plain)
    return found


def _scalar(node: Any, path: Path, plain: Plain) -> object:
    kind = str(node.tag).removeprefix(_TAG)
    text: str = node.value
    if kind in ("str", "value"):  # a bare "=" carries a tag of its own
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int" and _INT.fullmatch(text):
        return int(text)
    if kind == "float" and math.isfinite(number := _float(text)):
        return number
    if kind == "timestamp" and (day := _day(text)) is not None:
        return day.isoformat()
    plain.fault(
        plain.line(path),
        path,
        Text(zh=f"读不懂“{text}”", en=f"“{text}” cannot be read"),
        Text(
            zh="数字用十进制，日期写作 2018-06-30，文字加引号",
            en="write decimal numbers, dates as 2018-06-30, and put words in quotes",
        ),
    )
    return text


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
