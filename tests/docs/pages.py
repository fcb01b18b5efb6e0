"""Read the documentation as its readers do: pages, fenced blocks, links, headings, commands."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```(?P<kind>\w*)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    kind: str
    title: str | None
    body: str
    start: int


def text_of(path: Path) -> str:
    """The page's text."""
    return path.read_text(encoding="utf-8")


def blocks(path: Path) -> list[Block]:
    """The fenced blocks in order."""
    return [
        Block(found["kind"], found["title"], found["body"], found.start()) for found in FENCE.finditer(text_of(path))
    ]


def without_blocks(text: str) -> str:
    """The prose: no fenced blocks, no code spans."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))


def headings(path: Path) -> list[tuple[int, str]]:
    """Level and text of each heading."""
    return [(len(marks), words) for marks, words in _HEADING.findall(FENCE.sub("", text_of(path)))]


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, made as the site makes them."""
    from markdown.extensions.toc import slugify  # type: ignore[import-untyped]

    found: set[str] = set()
    for _, words in headings(path):
        slug = slugify(re.sub(r"[`*]", "", words), "-")
        number = 1
        name = slug or "_1"
        while name in found:
            name, number = f"{slug}_{number}", number + 1
        found.add(name)
    return found


def links(path: Path) -> list[str]:
    """Targets of the page's links and pictures, outside code."""
    return _LINK.findall(without_blocks(text_of(path)))


def pages() -> list[Path]:
    """Every page of the documentation, and the READMEs."""
    return sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])


def is_generated(path: Path) -> bool:
    """Whether a whole page is made by ``make docs``."""
    return text_of(path).startswith("<!-- made by")


def command_lines(path: Path) -> list[str]:
    """Every ``guangcheng …`` line of the page's shell blocks, without its remark."""
    lines = [line for block in blocks(path) if block.kind == "sh" for line in block.body.splitlines()]
    return [line.split("  #")[0].strip() for line in lines if line.startswith("guangcheng ")]
