"""A wheel outside the checkout does the main job: nothing it needs is left behind."""

import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command, isolated from this checkout and this environment's settings."""
    return subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def clean_environment(folder: Path) -> Path:
    """A new environment that sees the installed dependencies but not this checkout."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    # a path in a .pth file is searched, but the .pth files inside it (the editable install) are not read
    packages = folder / "lib" / version / "site-packages"
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def test_a_wheel_runs_the_demo_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    python = clean_environment(tmp_path / "env")
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "-q", wheel]
    done = run(*install, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    where = run(python, "-I", "-c", "import guangcheng; print(guangcheng.__file__)", cwd=tmp_path)
    assert Path(where.stdout.strip()).is_relative_to(tmp_path / "env"), where
    demo = run(python.parent / "guangcheng", "demo", "out", "--premises", 4000, "--json", cwd=tmp_path)
    assert demo.returncode == 0, demo.stderr
    cities = json.loads(demo.stdout)["cities"]
    assert [city["truth"]["differs"] for city in cities] == [0, 0, 0]
    assert [all((tmp_path / path).is_file() for path in city["files"]) for city in cities] == [True, True, True]


@pytest.mark.nightly
@pytest.mark.timeout(1500)
def test_a_wheel_installs_with_its_own_dependencies(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    done = run(python, "-m", "pip", "install", "-q", wheel, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    demo = run(python.parent / "guangcheng", "demo", "out", "--premises", 4000, cwd=tmp_path)
    assert demo.returncode == 0, demo.stderr
