"""A private PostgreSQL of Debian's packages with PostGIS, in a temporary folder, for measurements and tests."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["own_postgres"]


@contextmanager
def own_postgres(*settings: str) -> Iterator[str | None]:
    """Connection string of a server with PostGIS that is stopped and gone at the end; ``None`` where there is none.

    ``settings`` are given to the server, such as ``jit=off``. Needs psycopg.
    """
    programs = _programs()
    if programs is None:
        yield None
        return
    # a folder of its own: the server's account may not enter one that only this one may
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    as_server: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        as_server = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")

    def call(program: str, *args: str) -> None:
        command = [*as_server, str(programs / program), "-D", str(folder / "data"), *args]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)  # noqa: S603 - Debian's own

    call("initdb", "-U", "guangcheng", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    asked = "".join(f" -c {one}" for one in ("listen_addresses=", "fsync=off", *settings))
    call("pg_ctl", "-w", "-o", f"-k {folder}{asked}", "start")
    where = f"host={folder} user=guangcheng dbname=postgres"
    try:
        yield where if _with_postgis(where) else None
    finally:
        call("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    near = shutil.which("initdb")
    return found[-1].parent if found else Path(near).parent if near else None


def _with_postgis(where: str) -> bool:
    import psycopg

    with psycopg.connect(where, autocommit=True) as connection:
        try:
            connection.execute("CREATE EXTENSION postgis")
        except psycopg.Error:
            return False
    return True
