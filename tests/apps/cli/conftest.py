"""A small demonstration on disk and the command line to try on it."""

import contextlib
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SMALL = 4_000


@dataclass(frozen=True)
class Ran:
    """One finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        return found


Run = Callable[..., Ran]


def run_guangcheng(*args: object, lang: str = "zh") -> Ran:
    """Run the command line as the installed script does, in this process (a fresh one costs seconds of imports)."""
    from guangcheng.apps.cli.door import run_command
    from guangcheng.apps.cli.main import cli

    out, err = io.StringIO(), io.StringIO()
    before = os.environ.get("GUANGCHENG_LANG")
    os.environ["GUANGCHENG_LANG"] = lang
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run_command(cli, [str(arg) for arg in args])
    finally:
        if before is None:
            del os.environ["GUANGCHENG_LANG"]
        else:
            os.environ["GUANGCHENG_LANG"] = before
    assert "Traceback" not in err.getvalue(), err.getvalue()
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def run() -> Run:
    """The command line."""
    return run_guangcheng


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """The demonstration's folder and what making it said."""
    folder = tmp_path_factory.mktemp("demo") / "d"
    return folder, run_guangcheng("demo", folder, "--premises", SMALL, "--json")
