"""The library of standards: those built in, and a city's own beside them (``standards/*.yaml`` in its folder)."""

from functools import cache
from importlib import resources
from pathlib import Path

from guangcheng.base.errors import NotFound, Refused, Where
from guangcheng.base.text import Text
from guangcheng.standards.loader import load_file, load_text
from guangcheng.standards.model import Standard

_SUFFIX = ".yaml"


def ids(local: Path | None = None) -> list[str]:
    """All ids in order of name: the built-in ones and the files of ``local``.

    ``Refused`` when a local file has the name of a built-in standard: a figure must not change meaning in silence.
    """
    own = _local_ids(local)
    taken = sorted(set(own) & set(_built_in_ids()))
    if taken:
        file = f"{taken[0]}{_SUFFIX}"
        raise Refused(
            Text(
                zh=f"本地标准“{taken[0]}”与内置标准同名", en=f"the local standard “{taken[0]}” has a built-in one's id"
            ),
            mend=Text(
                zh="给本地标准另取编号（文件名与 id 一起改）", en="give it another id (file name and id together)"
            ),
            where=Where(file=file),
        )
    return sorted([*_built_in_ids(), *own])


def load(standard_id: str, local: Path | None = None) -> Standard:
    """The standard with this id; ``NotFound`` lists the known ones, faults in a local file are ``InputError``."""
    known = ids(local)
    if standard_id not in known:
        names = ", ".join(known)
        raise NotFound(
            Text(zh=f"没有编号为“{standard_id}”的标准", en=f"there is no standard “{standard_id}”"),
            mend=Text(zh=f"可用的标准：{names}", en=f"the standards are: {names}"),
        )
    if standard_id in _built_in_ids():
        return _built_in(standard_id)
    assert local is not None  # noqa: S101 - an id outside the library can only come from the local folder
    return load_file(local / f"{standard_id}{_SUFFIX}")


def _local_ids(local: Path | None) -> list[str]:
    if local is None or not local.is_dir():
        return []
    return [path.stem for path in local.glob(f"*{_SUFFIX}") if path.is_file()]


@cache
def _built_in_ids() -> tuple[str, ...]:
    names = (item.name for item in resources.files("guangcheng.standards").joinpath("library").iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


@cache
def _built_in(standard_id: str) -> Standard:
    name = f"{standard_id}{_SUFFIX}"
    text = resources.files("guangcheng.standards").joinpath("library", name).read_text(encoding="utf-8")
    return load_text(text, name, own=True)
