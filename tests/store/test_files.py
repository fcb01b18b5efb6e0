"""Files that are whole or absent, folders with one writer."""

import subprocess
import sys
from pathlib import Path

import pytest

from guangcheng.base.errors import Refused
from guangcheng.store.files import only_writer, remove_parts, write_whole


def test_a_failed_write_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "city.toml"
    path.write_text("old")

    def fail(part: Path) -> None:
        part.write_text("new, but not all of")
        raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError, match="pulled the plug"):
        write_whole(path, fail)
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["city.toml"]


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "city.toml"
    path.write_text("old")

    def fill(part: Path) -> None:
        part.write_text("new")
        assert path.read_text() == "old"

    write_whole(path, fill)
    assert path.read_text() == "new"


def test_parts_left_by_a_crash_are_removed(tmp_path: Path) -> None:
    (tmp_path / ".part-1").write_text("half")
    (tmp_path / "whole").write_text("whole")
    assert remove_parts(tmp_path) == 1
    assert [found.name for found in tmp_path.iterdir()] == ["whole"]


def test_the_second_writer_is_refused_until_the_first_is_done(tmp_path: Path) -> None:
    with only_writer(tmp_path):
        with pytest.raises(Refused) as caught, only_writer(tmp_path):
            pytest.fail("two writers at once")
        assert caught.value.mend.en == "wait until it has finished, then do this again"
    with only_writer(tmp_path):
        pass


def test_the_lock_of_a_killed_process_is_no_lock(tmp_path: Path) -> None:
    script = (
        "import sys, time, pathlib\n"
        "from guangcheng.store.files import only_writer\n"
        "with only_writer(pathlib.Path(sys.argv[1])):\n"
        "    print('locked', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(Refused), only_writer(tmp_path):
            pytest.fail("two writers at once")
        process.kill()
        process.wait()
    with only_writer(tmp_path):
        pass
