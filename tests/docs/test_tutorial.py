"""The tutorial, line by line: its commands run, its outputs are what is printed, its mending mends."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.apps.cli.conftest import Ran, run_guangcheng
from tests.docs.pages import DOCS, FENCE, ROOT, blocks, text_of

_EXIT = re.compile(r"#\s*(?:退出码|exit code) (\d+)\s*$")
_MEND = re.compile(r"^\| `([A-Z]\d+)` \| (?:`([^`]*)`)? \| `([^`]*)` \|", re.MULTILINE)
_QUARANTINE = "registers/premises/quarantine/*.xlsx"


def fits(quoted: str, printed: str) -> bool:
    """Whether a quoted line says what a printed line says: ``…`` stands for anything, blanks count as one."""
    parts = [re.escape(" ".join(part.split())) for part in quoted.split("…")]
    pattern = r"\s*.*?\s*".join(part.replace(r"\ ", r"\s+") for part in parts)
    return re.search(pattern, " ".join(printed.split())) is not None


def assert_quoted(body: str, printed: str) -> None:
    """Each quoted line must be printed, in that order."""
    waiting = iter(printed.splitlines())
    for line in body.splitlines():
        if line.strip():
            assert any(fits(line.strip(), candidate) for candidate in waiting), f"not printed (in this order): {line}"


class Reader:
    """Someone who follows the page from top to bottom."""

    def __init__(self, page: Path, lang: str) -> None:
        self.text, self.lang = text_of(page), lang
        self.printed: list[str] = []
        """What each shell block printed."""
        self.ran = 0

    def follow(self) -> None:
        """Do everything the page says, in its order."""
        for _, act in sorted(self._acts(), key=lambda item: item[0]):
            act()

    def _acts(self) -> Iterator[tuple[int, "Act"]]:
        for found in FENCE.finditer(self.text):
            yield found.start(), Act(self, found["kind"], found["title"], found["body"])
        cells = _MEND.findall(self.text)
        assert len(cells) == 5
        yield next(_MEND.finditer(self.text)).start(), Act(self, "mend", None, "")

    def shell(self, body: str) -> None:
        self.printed.append("")
        for line in body.splitlines():
            expected = _EXIT.search(line)
            ran = self._command(line.split("  #")[0])
            if ran is not None:
                assert ran.code == int(expected[1] if expected else 0), f"{line}\n{ran.out}\n{ran.err}"
                self.printed[-1] += ran.err + ran.out
                self.ran += 1

    def _command(self, line: str) -> Ran | None:
        words = shlex.split(line)
        if words[:2] == ["make", "demo"]:
            made = r"^demo:.*\n(?:\t(?!\$\(BIN\)).*\n)*\t\$\(BIN\)/guangcheng (.+)$"
            recipe = re.search(made, text_of(ROOT / "Makefile"), re.MULTILINE)
            assert recipe is not None
            words = ["guangcheng", *shlex.split(recipe[1])]
        if words[0] != "guangcheng":
            assert words[0] in (".", "export"), line
            return None
        found: list[str] = []
        for word in words[1:]:
            found += sorted(str(path) for path in Path().glob(word)) if "*" in word else [word]
        return run_guangcheng(*found, lang=self.lang)

    def mend(self) -> None:
        """Edit the quarantine file's cells as the table says, checking what stood there."""
        (path,) = Path("demo/qingcheng").glob(_QUARANTINE)
        book = openpyxl.load_workbook(path)
        sheet = book.active
        assert sheet is not None
        for cell, was, becomes in _MEND.findall(self.text):
            held = sheet[cell].value
            assert ("" if held is None else str(held)) == was
            kind = float if re.fullmatch(r"-?\d+\.\d+", becomes) else int if becomes.isdigit() else str
            sheet[cell] = kind(becomes)
        book.save(path)


class Act:
    """One thing to do."""

    def __init__(self, reader: Reader, kind: str, title: str | None, body: str) -> None:
        self.reader, self.kind, self.title, self.body = reader, kind, title, body

    def __call__(self) -> None:
        if self.kind == "sh":
            self.reader.shell(self.body)
        elif self.kind == "text":
            assert_quoted(self.body, self.reader.printed[-1])
        elif self.kind == "csv":
            assert self.title is not None
            Path(self.title).write_text(self.body, encoding="utf-8")
        else:
            assert self.kind == "mend"
            self.reader.mend()


@pytest.mark.parametrize(("name", "lang"), [("first-city.md", "zh"), ("first-city.en.md", "en")])
def test_the_tutorial_is_true(name: str, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    reader = Reader(DOCS / "tutorial" / name, lang)
    reader.follow()
    assert reader.ran == 19
    readme = ROOT / ("README.zh.md" if lang == "zh" else "README.md")
    (excerpt,) = (block for block in blocks(readme) if block.kind == "text")
    assert_quoted(excerpt.body, reader.printed[0])


def test_a_wrong_quotation_is_seen() -> None:
    assert fits("a … 1/2 50.0%", "a   xx 1/2   50.0%")
    assert not fits("a … 1/2 50.0%", "a   xx 1/2   51.0%")
    with pytest.raises(AssertionError, match="not printed"):
        assert_quoted("two\none", "one\ntwo")
