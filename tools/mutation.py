"""Mutate the judging code and see whether the tests notice: ``python -m tools.mutation`` (long; `make mutation`).

Works on a copy of the committed tree. Writes docs/reference/mutation.md: per file how many mutants the tests killed,
and every survivor with its reason. Survivors that only change the wording of a sentence are told by their diff; the
others take their reason from ``tools/mutation_reasons.csv`` (file, function, the changed line, reason) or are listed
as unexplained. With ``--sample N`` only N mutants drawn at random are run; the page says how many were.
"""

import argparse
import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "mutation.md"
REASONS = ROOT / "tools" / "mutation_reasons.csv"
JUDGING = (
    "base/shares.py",
    "base/days.py",
    "coverage/reach.py",
    "coverage/reach_rule.py",
    "coverage/conditions.py",
    "coverage/orders.py",
    "coverage/zones.py",
    "coverage/verdicts.py",
    "coverage/judge.py",
    "coverage/status.py",
    "coverage/gaps.py",
)
TESTS = ("tests/coverage", "tests/policy/test_policy.py", "tests/base/test_days.py", "tests/base/test_shares.py")
SHOWN = 110
"""How much of a changed line is shown, and looked up among the reasons."""
_STRING = re.compile(r'f?"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class Survivor:
    """One mutant no test noticed."""

    file: str
    function: str
    before: str
    after: str

    @property
    def wording(self) -> bool:
        """Whether only words for people differ: the lines are equal once their strings are taken out."""
        return _STRING.sub('""', self.before) == _STRING.sub('""', self.after) and self.before != self.after


def _copy(folder: Path) -> None:
    tree = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "x", "-C", str(folder)], input=tree, check=True)
    sources = ", ".join(f'"src/guangcheng/{name}"' for name in JUDGING)
    tests = ", ".join(f'"{name}"' for name in TESTS)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[tool.mutmut]\nsource_paths = [{sources}]\nalso_copy = ["src", "tests", "docs", "tools"]\n')
        file.write(f"pytest_add_cli_args_test_selection = [{tests}]\n")


def _mutmut(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder / "src"), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", "mutmut", *args]
    return subprocess.run(command, cwd=folder, env=env, check=False, capture_output=True, text=True)


def sample(folder: Path, size: int, seed: int) -> list[str]:
    """Names of ``size`` mutants drawn over all files with ``seed`` (all of them if there are no more)."""
    _mutmut(folder, "run", "guangcheng.base.shares.x_shown__mutmut_1")  # makes all mutants, tests one
    every = sorted(key for codes in results(folder).values() for key in codes)
    return sorted(random.Random(seed).sample(every, min(size, len(every))))


def results(folder: Path) -> dict[str, dict[str, int | None]]:
    """Exit code of the tests per mutant, by file: 0 survived, anything else noticed, ``None`` not run."""
    found = {}
    for name in JUDGING:
        meta = folder / "mutants" / "src" / "guangcheng" / f"{name}.meta"
        if meta.is_file():
            found[name] = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def survivors(folder: Path, found: dict[str, dict[str, int | None]]) -> list[Survivor]:
    """The mutants the tests did not notice, with the line each changed."""
    listed = []
    for name, codes in found.items():
        for mutant in sorted(key for key, code in codes.items() if code == 0):
            diff = _mutmut(folder, "show", mutant).stdout.splitlines()
            before = " ".join(line[1:].strip() for line in diff if line.startswith("-") and not line.startswith("---"))
            after = " ".join(line[1:].strip() for line in diff if line.startswith("+") and not line.startswith("+++"))
            function = (
                mutant.rpartition(".")[2]
                .partition("__mutmut")[0]
                .removeprefix("x_")
                .replace("xǁ", "")
                .replace("ǁ", ".")
            )
            listed.append(Survivor(name, function, before, after))
    return listed


def reasons() -> dict[tuple[str, str, str], str]:
    """What a person said about survivors: (file, function, changed line) → reason."""
    if not REASONS.is_file():
        return {}
    rows = csv.DictReader(REASONS.read_text(encoding="utf-8").splitlines())
    return {(row["file"], row["function"], row["after"]): row["reason"] for row in rows}


def page(found: dict[str, dict[str, int | None]], left: list[Survivor]) -> str:
    """The page: a table per file, then the survivors."""
    known = reasons()
    killed = {
        name: Counter("killed" if code else "survived" for code in codes.values() if code is not None)
        for name, codes in found.items()
    }
    words = Counter(item.file for item in left if item.wording)
    made = sum(len(codes) for codes in found.values())
    ran = sum(code is not None for codes in found.values() for code in codes.values())
    lines = [
        "# 变异测试 Mutation run\n",
        f"跑了 {made} 个变异中的 {ran} 个。{ran} of {made} mutants were run.\n",
        "由 `make mutation` 生成。Made by `make mutation`; survivors that change only wording are counted, not listed.\n",
    ]
    lines += [
        "| 文件 file | 变异 mutants | 发现 killed | 存活 survived | 其中仅措辞 wording only | 发现率 killed % |",
        "|---|---|---|---|---|---|",
    ]
    total: Counter[str] = Counter()
    for name, count in killed.items():
        total.update(count)
        lines.append(_row(f"`{name}`", count, words[name]))
    lines.append(_row("**合计 total**", total, sum(words.values())))
    lines += ["\n## 存活的变异 Survivors\n", "| 文件 | 函数 | 改动 | 理由 |", "|---|---|---|---|"]
    for item in left:
        if not item.wording:
            reason = known.get((item.file, item.function, item.after[:SHOWN]), "**未说明 unexplained**")
            change = f"`{item.before[:SHOWN]}` → `{item.after[:SHOWN]}`".replace("|", "\\|")
            lines.append(f"| `{item.file}` | `{item.function}` | {change} | {reason} |")
    return "\n".join(lines) + "\n"


def _row(name: str, count: Counter[str], words: int) -> str:
    every = count["killed"] + count["survived"]
    share = f"{100 * count['killed'] / every:.1f}" if every else "—"
    return f"| {name} | {every} | {count['killed']} | {count['survived']} | {words} | {share} |"


def main() -> int:
    """Run (or, with ``--from FOLDER``, only read a finished run) and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="folder", type=Path, help="a finished run's folder")
    parser.add_argument("--sample", type=int, help="only so many mutants, drawn with --seed")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.folder is not None:
        found = results(asked.folder)
        PAGE.write_text(page(found, survivors(asked.folder, found)), encoding="utf-8")
        return 0
    with tempfile.TemporaryDirectory(prefix="guangcheng-mutation-") as temporary:
        folder = Path(temporary)
        _copy(folder)
        chosen = sample(folder, asked.sample, asked.seed) if asked.sample else []
        done = _mutmut(folder, "run", *chosen)
        found = results(folder)
        if not found:
            print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
            return 1
        PAGE.write_text(page(found, survivors(folder, found)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
