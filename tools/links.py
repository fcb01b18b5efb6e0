"""Which policy cases stand behind a rule, indicator or test: read from the cases themselves, never written by hand."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from guangcheng.standards.logics import EVALUATION
from guangcheng.standards.model import Rule, Standard

CASES = Path(__file__).resolve().parents[1] / "tests" / "policy" / "cases"


def read_cases() -> list[tuple[str, Mapping[str, Any]]]:
    """Every policy case with the file it stands in."""
    from ruamel.yaml import YAML

    return [
        (path.relative_to(CASES).as_posix(), case)
        for path in sorted(CASES.rglob("*.yaml"))
        for case in YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    ]


def named(case: Mapping[str, Any]) -> set[str]:
    """The ids a case expects something of; ``reach`` stands for the parameters of reach."""
    expect = case["expect"]
    found = {str(name).partition("@")[0] for name in expect.get("indicators", {})}
    found |= {name for tests in expect.get("tests", {}).values() for name in tests}
    found |= set(expect.get("rules", {}))
    return found | ({"reach"} if "reach" in expect else set())


def wanted(standard: Standard, name: str, rule: Rule) -> set[str]:
    """What a case has to name to stand behind a rule."""
    if rule.logic != EVALUATION:
        return {name}
    return {"reach" if item in standard.parameters else item for item in rule.judged_by}


def behind(
    standard: Standard, ids: set[str], cases: Iterable[tuple[str, Mapping[str, Any]]]
) -> list[tuple[str, Mapping[str, Any]]]:
    """The cases of this standard that name any of ``ids``."""
    return [(file, case) for file, case in cases if case["standard"] == standard.id and ids & named(case)]
