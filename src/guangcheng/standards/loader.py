"""A standard file → :class:`Standard`, or one error that shows every fault with its line and how to mend it."""

from collections.abc import Sequence
from pathlib import Path as FilePath

from guangcheng.base.errors import InputError, NotFound, Where
from guangcheng.base.text import Lang, Text
from guangcheng.standards.model import Standard
from guangcheng.standards.rules import broken_rules
from guangcheng.standards.schema_faults import validated
from guangcheng.standards.yamltext import MAX_BYTES, Note, Plain, read_plain

_ROOT_MEND = Text(zh="照每一条后面的说明改", en="mend each as said behind it")


class StandardFault(InputError):
    """A standard file with faults; ``faults`` holds each with line, path, message and mend."""

    def __init__(self, file: str, faults: Sequence[Note]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.path)))
        super().__init__(
            Text(zh=_listed("zh", file, self.faults), en=_listed("en", file, self.faults)),
            mend=_ROOT_MEND,
            where=Where(file=file),
        )


def _listed(lang: Lang, file: str, faults: Sequence[Note]) -> str:
    plural = "" if len(faults) == 1 else "s"
    head = {"zh": f"标准文件有 {len(faults)} 处错误", "en": f"the standard file has {len(faults)} fault{plural}"}[lang]
    return "\n".join([head, *(f"  {file}:{fault.line}: {_sentence(lang, fault)}" for fault in faults)])


def _sentence(lang: Lang, fault: Note) -> str:
    place = ".".join(fault.path)
    arrow = {"zh": "；", "en": "; "}[lang]
    return f"{place + ': ' if place else ''}{fault.message.in_(lang)}{arrow}{fault.mend.in_(lang)}"


def load_file(path: FilePath) -> Standard:
    """Read the standard in ``path``; its name must be ``<id>.yaml``.

    :class:`StandardFault` (an ``InputError``) lists every fault; ``NotFound`` when there is no such file.
    """
    if not path.is_file():
        raise NotFound(
            Text(zh=f"没有文件 {path}", en=f"there is no file {path}"),
            mend=Text(zh="核对文件名", en="check the name"),
        )
    raw = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    if raw is None:
        raise StandardFault(path.name, [_too_large()])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StandardFault(path.name, [_not_utf8(raw.count(b"\n", 0, error.start) + 1)]) from None
    return load_text(text, path.name)


def load_text(text: str, file: str, *, own: bool = False) -> Standard:
    """Read a standard from ``text``; ``file`` is the name faults are shown under and must be ``<id>.yaml``.

    ``own``: a file of the built-in library (see :func:`~guangcheng.standards.yamltext.read_plain`).
    """
    plain = read_plain(text, own=own)
    standard = None if plain.faults and plain.value is None else validated(plain)
    if standard is not None:
        _check(standard, plain, file)
    if standard is None or plain.faults:
        raise StandardFault(file, plain.faults)
    return standard


def _check(standard: Standard, plain: Plain, file: str) -> None:
    if file != f"{standard.id}.yaml":
        plain.fault(
            plain.line(("id",)),
            ("id",),
            Text(
                zh=f"编号“{standard.id}”与文件名“{file}”不符",
                en=f"the id “{standard.id}” is not the file's name “{file}”",
            ),
            Text(
                zh=f"文件改名为 {standard.id}.yaml，或改编号",
                en=f"rename the file to {standard.id}.yaml, or change the id",
            ),
        )
    for rule in broken_rules(standard):
        plain.fault(plain.line(rule.path), rule.path, rule.message, rule.mend)


def _too_large() -> Note:
    return Note(
        1,
        (),
        Text(zh=f"文件超过 {MAX_BYTES} 字节", en=f"the file is larger than {MAX_BYTES} bytes"),
        Text(zh="一个标准远小于此，核对是否选错文件", en="a standard is far smaller; is it the right file?"),
    )


def _not_utf8(line: int) -> Note:
    return Note(
        line,
        (),
        Text(zh="不是 UTF-8 编码", en="the file is not in UTF-8"),
        Text(zh="另存为 UTF-8", en="save it as UTF-8"),
    )
