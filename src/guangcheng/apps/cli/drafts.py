"""What ``standards read`` writes and shows."""

from pathlib import Path

from guangcheng.base.errors import UsageError, Where
from guangcheng.base.text import Lang, Text
from guangcheng.reporting.tables import render
from guangcheng.standards.reader import Draft


def draft_files(draft: Draft, output: Path | None, review: Path | None) -> list[Path]:
    """Write the draft standards and the page for checking; the names of what was written.

    A page with several documents gives ``name-1.yaml``, ``name-2.yaml`` … The name without its ending is the id.
    """
    from guangcheng.store.files import write_whole_bytes

    written: list[Path] = []
    for path, text in [*_drafts(draft, output), *([(review, draft.to_review_html())] if review else [])]:
        write_whole_bytes(path, text.encode())
        written.append(path)
    return written


def _drafts(draft: Draft, output: Path | None) -> list[tuple[Path, str]]:
    if output is None:
        return []
    several = len(draft.documents) > 1
    found = []
    for place in range(len(draft.documents)):
        path = output.with_name(f"{output.stem}-{place + 1}.yaml") if several else output
        _check_name(path)
        found.append((path, draft.to_standard_yaml(place, standard_id=path.stem)))
    return found


def _check_name(path: Path) -> None:
    ok = path.suffix == ".yaml" and path.stem.replace("-", "").isalnum() and path.stem.isascii()
    if ok and path.stem == path.stem.lower() and path.stem[0] != "-":
        return
    raise UsageError(
        Text(zh=f"文件名“{path.name}”不能作标准编号", en=f"“{path.name}” cannot be the id of a standard"),
        mend=Text(
            zh="用小写字母、数字和连字符，以 .yaml 结尾，如 mycity-2025.yaml",
            en="use small letters, digits and hyphens and end in .yaml, such as mycity-2025.yaml",
        ),
        where=Where(file=str(path)),
    )


def draft_screen(draft: Draft, lang: Lang) -> str:
    """One line per document: what it is and how much was found; its contradictions below."""
    head = [
        Text("文号", "number"),
        Text("标题", "title"),
        Text("指标", "indicators"),
        Text("任务", "tasks"),
        Text("规则", "rules"),
        Text("待核对", "to check"),
    ]
    rows = [
        [
            item.head.number or "—",
            item.head.title or "—",
            str(len(item.indicators)),
            str(len(item.tasks)),
            str(len(item.rules)),
            str(item.doubts),
        ]
        for item in draft.documents
    ]
    conflicts = [f"! {item.text.in_(lang)}" for document in draft.documents for item in document.conflicts]
    return "\n".join([render([text.in_(lang) for text in head], rows), *conflicts])
