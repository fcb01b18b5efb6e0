"""The pages: generated parts are fresh, links resolve, twins are complete, what is promised exists."""

import json
import os
import re
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from tools import docs

from tests.docs.pages import DOCS, ROOT, anchors, blocks, headings, is_generated, links, pages, text_of

BILINGUAL = ("tutorial", "how-to", "explanation")
CHINESE = sorted(
    path
    for folder in (".", *BILINGUAL)
    for path in (DOCS / folder).glob("*.md")
    if not path.name.endswith(".en.md") and path.name != "architecture.md"
)
NAMED = [path.relative_to(ROOT).as_posix() for path in pages()]


def test_generated_pages_are_fresh() -> None:
    assert docs.stale() == [], "run `make docs`"


@pytest.mark.parametrize("name", NAMED)
def test_links_resolve(name: str) -> None:
    page = ROOT / name
    lost = []
    for link in links(page):
        if re.match(r"[a-z]+://|mailto:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("page", CHINESE, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_every_chinese_page_has_a_complete_english_twin(page: Path) -> None:
    twin = page.with_name(f"{page.stem}.en.md")
    assert twin.is_file()
    assert text_of(page).splitlines()[2] == f"[English]({twin.name})"
    assert text_of(twin).splitlines()[2] == f"[中文]({page.name})"
    assert [level for level, _ in headings(page)] == [level for level, _ in headings(twin)]
    assert [block.kind for block in blocks(page)] == [block.kind for block in blocks(twin)]
    assert [_shape(line) for line in _rows(page)] == [_shape(line) for line in _rows(twin)]


def _rows(page: Path) -> list[str]:
    return [line for line in text_of(page).splitlines() if re.match(r"\|.*\|$|- |\d+\. ", line)]


def _shape(line: str) -> str:
    """A table row by its number of cells, a list item as one."""
    return f"{line.count('|')} cells" if line.startswith("|") else "item"


def test_no_english_page_is_without_its_chinese_twin() -> None:
    english = sorted(DOCS.rglob("*.en.md"))
    assert [page for page in english if not page.with_name(page.name.replace(".en.md", ".md")).is_file()] == []


def test_links_of_a_page_stay_in_its_language() -> None:
    """Where a page has a twin, links lead to the one in the same language."""
    strays = []
    for page in CHINESE:
        twin = page.with_name(f"{page.stem}.en.md")
        strays += [f"{page.name}: {link}" for link in links(page)[1:] if link.partition("#")[0].endswith(".en.md")]
        for link in links(twin)[1:]:
            target = (twin.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.with_name(f"{target.stem}.en.md").is_file():
                strays.append(f"{twin.name}: {link}")
    assert strays == []


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "tutorial" / "first-city.en" / "index.html").is_file()


def test_every_page_is_in_the_menu() -> None:
    menu = set(re.findall(r"(\S+\.md)\"?$", text_of(ROOT / "mkdocs.yml"), re.MULTILINE))
    assert menu == {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_two_commands_of_the_readme_are_in_the_makefile(readme: str) -> None:
    commands = [line.split("  #")[0].strip() for line in blocks(ROOT / readme)[0].body.splitlines()]
    targets = [line.removeprefix("make ") for line in commands if line.startswith("make ")]
    assert targets == ["demo", "test"]
    rules = re.findall(r"^(\w+):", text_of(ROOT / "Makefile"), re.MULTILINE)
    assert set(targets) <= set(rules)


def test_the_architecture_names_only_what_is_there() -> None:
    rooms = "apps|base|coverage|registers|reporting|standards|store"
    pattern = rf"`((?:{rooms}|src|tests|docs|tools)/[\w./-]+|[\w-]+\.(?:toml|yml))`"
    named = re.findall(pattern, text_of(DOCS / "architecture.md"))
    assert len(named) > 40
    places = (ROOT, ROOT / "src" / "guangcheng")
    assert sorted({name for name in named if not any((place / name).exists() for place in places)}) == []


def test_the_architecture_names_every_test_folder() -> None:
    page = text_of(DOCS / "architecture.md")
    folders = [path.name for path in (ROOT / "tests").iterdir() if (path / "__init__.py").is_file()]
    assert [name for name in sorted(folders) if f"`tests/{name}" not in page] == []


def test_classes_the_architecture_names_exist() -> None:
    named = re.findall(
        r"^\| [^|]+ \| `([a-z_]+\.[a-z_]+)\.([A-Z]\w+)`", text_of(DOCS / "architecture.md"), re.MULTILINE
    )
    assert len(named) == 12
    for module, name in named:
        source = ROOT / "src" / "guangcheng" / Path(*module.split(".")).with_suffix(".py")
        assert re.search(rf"^class {name}\b", text_of(source), re.MULTILINE), f"{module}.{name}"


def test_decisions_are_indexed_in_order() -> None:
    index = re.findall(r"^\| \[(\d{4})\]\((\S+)\)", text_of(DOCS / "decisions" / "README.md"), re.MULTILINE)
    files = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))
    assert [name for _, name in index] == files
    assert [number for number, _ in index] == [name[:4] for name in files]
    assert all(int(after) == int(before) + 1 for before, after in pairwise(name[:4] for name in files))


def _settings_shown() -> list[tuple[str, str]]:
    shown = [(page, block) for page in pages() for block in blocks(page)]
    return [(f"{page.name}", block.body) for page, block in shown if block.title == "city.toml"]


def test_settings_shown_are_settings() -> None:
    from guangcheng.registers.city import CityConfig
    from guangcheng.standards import library
    from guangcheng.standards.overrides import with_local_values

    shown = _settings_shown()
    assert [name for name, _ in shown] == ["standards.en.md", "standards.md"]
    for _, body in shown:
        config = CityConfig.checked(tomllib.loads(body))
        assert set(config.model_fields_set) == set(CityConfig.model_fields)
        for standard, values in config.parameters.items():
            with_local_values(library.load(standard), values, source="city.toml")


def test_files_shown_are_read(tmp_path: Path) -> None:
    """The header map, the name decisions and the calendar of the how-tos are files the program takes."""
    from guangcheng.base.days import read_years
    from guangcheng.registers.mapfile import read_decisions, read_map
    from guangcheng.registers.schema import schema

    seen = set()
    for page in DOCS.glob("how-to/*.md"):
        for block in blocks(page):
            if block.title is None:
                continue
            path = tmp_path / block.title
            path.write_text(block.body, encoding="utf-8")
            if block.title in ("对照.toml", "map.toml"):
                settled = read_map(path, schema("premises"))
                assert (len(settled.headers), dict(settled.constants)) == (4, {"kind": "小区"})
            elif block.title in ("认定.toml", "decisions.toml"):
                assert read_decisions(path) == {"石角镇/新村": "441802106205", "老街": "441802006001"}
            elif block.title == "calendar.toml":
                assert [year.year for year in read_years(path)] == [2027]
            seen.add(block.title)
    assert seen == {"对照.toml", "map.toml", "认定.toml", "decisions.toml", "calendar.toml", "city.toml"}


def test_limits_shown_are_the_limits() -> None:
    from guangcheng.registers.readers import limits

    zh, en = (text_of(DOCS / "how-to" / name) for name in ("import.md", "import.en.md"))
    mib = limits.MAX_XLS_BYTES >> 20
    assert mib == limits.MAX_GEOJSON_BYTES >> 20
    assert (
        f"一张表 {limits.MAX_ROWS // 10_000} 万行、{limits.MAX_COLUMNS} 列、{limits.MAX_CELLS // 10_000} 万格；" in zh
    )
    assert (
        f"一格 {limits.MAX_CELL_CHARS} 个字符；CSV {limits.MAX_TEXT_BYTES >> 30} GiB；GeoJSON 和 XLS {mib} MiB；" in zh
    )
    assert f"压缩包解开 {limits.MAX_UNPACKED_BYTES // 1_000_000} MB" in " ".join(zh.split())
    assert f"{limits.MAX_ROWS:,} rows, {limits.MAX_COLUMNS:,} columns, {limits.MAX_CELLS:,} cells" in en
    assert (
        f"{limits.MAX_CELL_CHARS:,} characters; CSV {limits.MAX_TEXT_BYTES >> 30} GiB; GeoJSON and XLS {mib} MiB" in en
    )


def _tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_is_large() -> None:
    assert [path.name for path in _tracked() if path.stat().st_size > 1_000_000] == []


def test_no_file_names_where_it_was_written() -> None:
    """Folders of a developer's own machine have no place in the project."""
    absolute = re.compile(rb"/" + rb"work/|/" + rb"home/\w+/|\." + rb"library\b(?=/)|helper" + rb"-\d")
    assert [path.name for path in _tracked() if absolute.search(path.read_bytes())] == []


def test_generated_pages_say_so() -> None:
    marked = {path.name for path in (DOCS / "reference").glob("*.md") if is_generated(path)}
    assert marked == set(docs.PAGES)


BENCH = {
    "premises": 1000000,
    "access_points": 100000,
    "villages": 5000,
    "seed": 1,
    "cores": 2,
    "build_s": 9.5,
    "whole": {"wall_s": 8.25, "peak_mib": 900, "phases": {"read": 1.5, "reach": 2.5}},
    "village": {"wall_s": 1.75, "reopened_s": 0.25, "area": "A"},
    "targets": {"wall_s": 30.0, "peak_mib": 2048, "village_s": 1.0},
    "met": True,
}


def test_figures_of_performance_come_from_the_benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "BENCH", tmp_path / "bench.json")
    assert (docs.performance("zh"), docs.performance("en")) == ("还没有测量。", "Not measured yet.")
    docs.BENCH.write_text(json.dumps(BENCH), encoding="utf-8")
    for lang, whole in (("zh", "整座城市"), ("en", "the whole city")):
        shown = docs.performance(lang)
        assert re.findall(r"^\| (?!-)([^|]+) \| ([\d.]+ \w+) \| (.+) \|$", shown, re.MULTILINE)[0] == (
            whole,
            "8.25 s",
            "< 30.0 s",
        )
        assert [value in shown for value in ("1,000,000", "900 MiB", "0.25 s", "read 1.5 s")] == [True] * 4
