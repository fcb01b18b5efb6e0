"""``standards list|show|check|diff|read``."""

import dataclasses
import datetime as dt
from pathlib import Path

import click

from guangcheng.apps.cli.door import EXIT_DONE, EXIT_NO, common, emit, lang, say, show, words
from guangcheng.apps.cli.options import DAY, EXISTING_FILE, FILE, FOLDER
from guangcheng.base.errors import UsageError
from guangcheng.base.text import Text

city_option = click.option(
    "--city", type=FOLDER, help=words("连同这个城市的本地标准", "with the local standards of this city")
)


@click.group(help=words("标准库。", "The library of standards."))
def standards() -> None:
    """Hold the commands together."""


def _local(city: Path | None) -> Path | None:
    if city is None:
        return None
    from guangcheng.registers.city import City

    return City.open(city).standards_folder


@standards.command("list", help=words("列出标准。", "List the standards."))
@city_option
@common
def list_(city: Path | None, as_json: bool) -> int:
    """Print id, version, title and counts of each standard."""
    from guangcheng.apps.cli import screens
    from guangcheng.standards import library

    local = _local(city)
    found = [library.load(standard_id, local=local) for standard_id in library.ids(local)]
    emit(
        {
            "standards": [
                {
                    "id": item.id,
                    "version": item.version,
                    "title": item.title.model_dump(),
                    "document": item.document.code,
                    "region": item.document.region,
                    "levels": [level.level.value for level in item.acceptance],
                    "indicators": len(item.indicators),
                    "tasks": len(item.tasks),
                    "rules": len(item.rules),
                }
                for item in found
            ]
        },
        as_json=as_json,
    )
    if not as_json:
        show(screens.standards(found, lang()))
    return EXIT_DONE


@standards.command("show", help=words("查看一项标准：参数、验收、指标、任务，每个数字都有条款。", "Show one standard."))
@click.argument("standard_id", metavar="ID")
@city_option
@common
def show_(standard_id: str, city: Path | None, as_json: bool) -> int:
    """Print everything one standard demands, with document and clause."""
    from guangcheng.apps.cli import screens
    from guangcheng.standards import library

    standard = library.load(standard_id, local=_local(city))
    emit({"standard": standard.model_dump(mode="json")}, as_json=as_json)
    if not as_json:
        show(screens.standard(standard, lang()))
    return EXIT_DONE


@standards.command(
    help=words("两项标准之间、或同一标准两天之间改了什么。", "What changed between two standards, or two days of one.")
)
@click.argument("before", metavar="ID")
@click.argument("after", metavar="[ID]", required=False)
@click.option("--from", "first", type=DAY, help=words("同一标准：前一天", "one standard: the earlier day"))
@click.option("--to", "last", type=DAY, help=words("同一标准：后一天", "one standard: the later day"))
@city_option
@common
def diff(
    before: str,
    after: str | None,
    first: dt.date | None,
    last: dt.date | None,
    city: Path | None,
    as_json: bool,
) -> int:
    """Print every value that differs; two standards, or one with ``--from`` and ``--to``."""
    from guangcheng.apps.cli import screens
    from guangcheng.standards import diff as comparing
    from guangcheng.standards import library

    if (after is None) == (first is None or last is None) or (after is not None and (first or last)):
        raise UsageError(
            Text(
                zh="要么给两个标准，要么给一个标准加 --from 和 --to", en="give two ids, or one id with --from and --to"
            ),
            mend=Text(zh="看 guangcheng standards diff --help", en="see guangcheng standards diff --help"),
        )
    local = _local(city)
    one = library.load(before, local=local)
    if after is not None:
        found = comparing.diff(one, library.load(after, local=local))
    else:
        assert first is not None  # noqa: S101 - checked above
        assert last is not None  # noqa: S101
        found = comparing.diff_days(one, first, last)
    sides = [
        {"standard": name, "day": None if day is None else day.isoformat()}
        for name, day in ((before, first), (after or before, last))
    ]
    emit(
        {"before": sides[0], "after": sides[1], "changes": [dataclasses.asdict(item) for item in found]},
        as_json=as_json,
    )
    if not as_json:
        show(screens.changes(found, lang()))
    return EXIT_DONE


@standards.command(
    help=words("检查标准文件，所有毛病一次列全。", "Check standard files; every fault is listed at once.")
)
@click.argument("files", metavar="FILE...", type=EXISTING_FILE, nargs=-1, required=True)
@common
def check(files: tuple[Path, ...], as_json: bool) -> int:
    """Load each file; a fault is an error with file, line and how to mend it (exit 2)."""
    from guangcheng.standards.loader import load_file

    loaded = [load_file(path) for path in files]
    emit(
        {"checked": [{"file": str(path), "id": item.id} for path, item in zip(files, loaded, strict=True)]},
        as_json=as_json,
    )
    for path, item in zip(files, loaded, strict=True):
        say(f"✓ {path}  {item.id}  {item.title.model_dump()[lang()]}")
    return EXIT_DONE


@standards.command(
    help=words(
        "读一份文件（txt、docx、html、带文字的 pdf），起草标准：指标、任务、规则，存疑处都有标记。",
        "Read a document (txt, docx, html, PDF with text) and draft a standard, doubtful places marked.",
    )
)
@click.argument("file", metavar="FILE", type=EXISTING_FILE)
@click.option("--issuer", metavar="NAME", help=words("发文机关，代替读到的", "the issuer, in place of what was read"))
@click.option(
    "-o",
    "--output",
    type=FILE,
    help=words("标准草稿写到这里（.yaml；多份文件时加序号）", "write the draft here (.yaml; numbered for several)"),
)
@click.option("--review", type=FILE, help=words("核对页写到这里（.html）", "write the page for checking here (.html)"))
@common
def read(file: Path, issuer: str | None, output: Path | None, review: Path | None, as_json: bool) -> int:
    """Draft; exit 1 when nothing was found."""
    from guangcheng.apps.cli.drafts import draft_files, draft_screen
    from guangcheng.standards.reader import read_document

    draft = read_document(file).issued_by(issuer) if issuer else read_document(file)
    written = draft_files(draft, output, review)
    emit({"file": str(file), "labels": draft.as_labels(), "written": [str(path) for path in written]}, as_json=as_json)
    if not as_json:
        show(draft_screen(draft, lang()))
    for path in written:
        say(f"→ {path}")
    return EXIT_DONE if any(item.indicators or item.tasks or item.rules for item in draft.documents) else EXIT_NO
