"""Decision 0002 names every dependency with its reason, and no other."""

import re
import tomllib

from tests.docs.pages import DOCS, ROOT, text_of

PAGE = text_of(DOCS / "decisions" / "0002-dependencies.md")
PROJECT = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def bare(requirement: str) -> str:
    """``duckdb==1.5.5`` → ``duckdb``."""
    return re.split(r"[=<>!~\[; ]", requirement)[0]


def test_every_dependency_has_its_reason_and_every_reason_its_dependency() -> None:
    (table,) = re.findall(r"^\| package \|.*?\n\|[-|]+\n(.*?)\n\n", PAGE, re.MULTILINE | re.DOTALL)
    named = [line.split("|")[1].strip() for line in table.splitlines()]
    assert sorted(named) == sorted(bare(item) for item in PROJECT["dependencies"])


def test_every_extra_has_its_reason() -> None:
    (table,) = re.findall(r"^\| extra \|.*?\n\|[-|]+\n(.*?)\n\n", PAGE, re.MULTILINE | re.DOTALL)
    named = [tuple(cell.strip() for cell in line.split("|")[1:3]) for line in table.splitlines()]
    wanted = [(extra, bare(item)) for extra, items in EXTRAS.items() if extra != "dev" for item in items]
    assert sorted(named) == sorted(wanted)


def test_every_developers_tool_is_named() -> None:
    prose = PAGE.partition("Developers' tools:")[2]
    words = set(re.findall(r"[a-z][a-z0-9-]+", prose))
    stubs = {name for name in map(bare, EXTRAS["dev"]) if name.startswith("types-") or name.endswith("-stubs")}
    assert "`types-*`" in prose
    assert "`*-stubs`" in prose
    assert sorted(set(map(bare, EXTRAS["dev"])) - stubs - words) == []
