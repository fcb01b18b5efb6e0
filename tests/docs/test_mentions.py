"""Everything a person can name is named in the documentation, and what the documentation names is there."""

import csv
import re
import shlex
from collections.abc import Iterator
from functools import cache
from importlib import resources

import click
import pytest

from guangcheng.apps.cli import main
from guangcheng.base import errors
from guangcheng.registers.city import CityConfig
from guangcheng.registers.schema import schemas
from guangcheng.standards import library
from tests.docs.pages import DOCS, ROOT, command_lines, is_generated, pages, text_of

WRITTEN = [path for path in pages() if not is_generated(path) and path.name != "CHANGELOG.md"]
BY_HAND = {
    "zh": "\n".join(text_of(path) for path in DOCS.rglob("*.md") if path in WRITTEN and ".en." not in path.name),
    "en": "\n".join(text_of(path) for path in DOCS.rglob("*.en.md") if path in WRITTEN),
}
ALL = "\n".join(text_of(path) for path in DOCS.rglob("*.md"))


def _walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from _walk(child, f"{path} {name}")
    else:
        yield path, command


@cache
def commands() -> dict[str, click.Command]:
    """Every command by its whole name."""
    return dict(_walk(main.cli, "guangcheng"))


def _options(command: click.Command) -> list[str]:
    return [name for item in command.params for name in item.opts if name.startswith("--")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_command_is_shown_in_the_written_pages(lang: str) -> None:
    assert [name for name in commands() if f"{name} " not in BY_HAND[lang].replace("\n", " \n")] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_option_is_named_in_the_written_pages(lang: str) -> None:
    options = {option for command in commands().values() for option in _options(command)}
    unnamed = sorted(o for o in options if not re.search(rf"{o}(?![\w-])", BY_HAND[lang]))
    assert unnamed == []


@pytest.mark.parametrize("page", [path for path in WRITTEN if command_lines(path)], ids=lambda path: path.name)
def test_every_command_line_shown_could_be_run(page: "object") -> None:
    lines = command_lines(page)  # type: ignore[arg-type]
    assert [line for line in lines if not _runs(line)] == []


def _runs(line: str) -> bool:
    """Whether the line names a command, only options it has, and as many arguments as it takes."""
    words = shlex.split(line)
    name = next((" ".join(words[:n]) for n in (3, 2) if " ".join(words[:n]) in commands()), None)
    if name is None:
        return False
    command, rest = commands()[name], words[len(name.split()) :]
    known = {opt: item for item in command.params if isinstance(item, click.Option) for opt in item.opts}
    plain = 0
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            plain += 1
        elif word not in known:
            return False
        elif not known[word].is_flag:
            rest.pop(0)
    taken = [item for item in command.params if isinstance(item, click.Argument)]
    least = sum(item.required for item in taken)
    return plain >= least and (plain <= len(taken) or any(item.nargs == -1 for item in taken))


def test_a_line_that_could_not_be_run_is_seen() -> None:
    assert _runs("guangcheng backup a b.zip --json")
    assert not _runs("guangcheng backup a")
    assert not _runs("guangcheng backup a b.zip --fast")
    assert not _runs("guangcheng save a b.zip")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_registers_are_named_in_the_written_pages(lang: str) -> None:
    assert [name for name in schemas() if f"`{name}`" not in BY_HAND[lang]] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_error_classes_are_named_in_the_written_pages(lang: str) -> None:
    classes = [name for name in errors.__all__ if name != "Where"]
    assert [name for name in classes if f"`{name}`" not in BY_HAND[lang]] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_words_of_verdicts_statuses_and_conditions_are_explained(lang: str) -> None:
    from guangcheng.base.provenance import Basis
    from guangcheng.coverage.conditions import Condition
    from guangcheng.coverage.results import Status, Verdict

    codes = [*(item.value for item in (*Verdict, *Status, *Basis)), *(item.code for item in Condition)]
    assert [code for code in codes if f"`{code}`" not in BY_HAND[lang]] == []


def _column(package: str, name: str, column: str) -> list[str]:
    text = resources.files(package).joinpath(name).read_text(encoding="utf-8")
    return [row[column] for row in csv.DictReader(text.splitlines())]


def test_everything_in_a_table_is_in_the_reference() -> None:
    schema_names = [path.name for path in resources.files("guangcheng.apps").joinpath("schemas").iterdir()]
    names = [
        *(f"`{rule}`" for rule in _column("guangcheng.registers", "rules.csv", "id")),
        *(f"| {name} |" for name in _column("guangcheng.standards", "measures.csv", "name")),
        *(f"`{standard}`" for standard in library.ids()),
        *(f"`{name.removesuffix('.schema.json')}`" for name in schema_names),
        *(f"| `{key}` |" for key in CityConfig.model_fields),
        *(f"| `{field.name}` |" for item in schemas().values() for field in item.fields),
    ]
    assert [name for name in names if name not in ALL] == []


def test_rules_named_in_the_written_pages_exist() -> None:
    known = set(_column("guangcheng.registers", "rules.csv", "id"))
    named = {rule for path in WRITTEN for rule in re.findall(r"\bR-\d{3}\b", text_of(path))}
    assert len(named) > 10
    assert named - known == set()


def test_decisions_named_in_the_written_pages_are_explained() -> None:
    explained = set(
        re.findall(r"^\| ([A-Z]-\d\d) \|", text_of(DOCS / "reference" / "standards-format.md"), re.MULTILINE)
    )
    written = [path for path in WRITTEN if path.name != "standards-format.md"]
    named = {name for path in written for name in re.findall(r"\b[CUPX]-\d\d\b", text_of(path))}
    assert len(named) > 10
    assert named - explained == set()


def test_parameters_named_in_the_written_pages_exist() -> None:
    parameters = set(library.load("qingcheng-2017-all-optical").parameters)
    pages_ = [DOCS / "how-to" / "standards.md", DOCS / "how-to" / "standards.en.md"]
    for page in pages_:
        named = re.findall(r"`([a-z]+(?:_[a-z]+)+)`", text_of(page).partition("penetration_is_hard = true")[2])
        assert len(named) > 8
        assert set(named) - parameters == set()


def test_exit_codes_are_those_of_the_door() -> None:
    from guangcheng.apps.cli import door

    wanted = {value for name, value in vars(door).items() if name.startswith("EXIT_")}
    for name in ("read-json.md", "read-json.en.md"):
        shown = re.findall(r"^\| (\d+) \|", text_of(DOCS / "how-to" / name), re.MULTILINE)
        assert {int(code) for code in shown} == wanted


def test_environment_variables_are_in_the_settings() -> None:
    source = "\n".join(text_of(path) for path in (ROOT / "src").rglob("*.py"))
    used = set(re.findall(r"environ(?:\.get\(|\[)\"(GUANGCHENG_\w+)\"", source))
    shown = set(re.findall(r"GUANGCHENG_\w+", text_of(DOCS / "reference" / "settings.md")))
    assert used == shown
