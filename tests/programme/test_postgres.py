"""The same tests once more with the ledger in a real PostgreSQL, set up by ``web.toml`` as an office would.

They run in a process of their own, since Django's settings are read once a process.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from guangcheng.apps.bench.own_postgres import own_postgres

ROOT = Path(__file__).resolve().parents[2]
WRITING = ("test_acceptance", "test_work")
"""Of the web door's tests those that write most."""

PYTEST = (sys.executable, "-m", "pytest", "-q", "-m", "not nightly", "-p", "no:xdist")


@pytest.mark.skipif("GUANGCHENG_CITY" in os.environ, reason="these tests are running on PostgreSQL already")
@pytest.mark.timeout(900)
def test_the_programme_on_postgresql(tmp_path: Path) -> None:
    folder = tmp_path / "settings"
    folder.mkdir()
    doors = [f"tests/apps/web/{name}.py" for name in WRITING]
    this = f"--ignore={Path(__file__).relative_to(ROOT)}"
    with own_postgres() as where:
        if where is None:
            pytest.skip("postgresql and PostGIS are not installed (Debian: postgresql postgresql-15-postgis-3)")
        host = quote(where.partition("host=")[2].split()[0], safe="")
        (folder / "web.toml").write_text(f'database = "postgresql://guangcheng@{host}/postgres"\n')
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-m",
                "not nightly",
                "-p",
                "no:xdist",
                this,
                "tests/programme",
                *doors,
            ],
            cwd=ROOT,
            env={**os.environ, "GUANGCHENG_CITY": str(folder)},
            capture_output=True,
            text=True,
            timeout=840,
        )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > 150
