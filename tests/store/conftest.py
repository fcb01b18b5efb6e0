"""Servers the Engine's suite runs on: a private PostgreSQL in a temporary folder, one Spark session."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

POSTGIS = "postgresql and PostGIS are not installed (Debian: postgresql postgresql-15-postgis-3)"
JAVA = "Spark needs Java 17 or newer (Debian: default-jre-headless)"


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    near = shutil.which("initdb")
    return found[-1].parent if found else Path(near).parent if near else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Connection string of a cluster of our own, with PostGIS, stopped at the end."""
    psycopg = pytest.importorskip("psycopg", exc_type=ImportError)
    programs = _programs()
    if programs is None:
        pytest.skip(POSTGIS)
    # not below pytest's folder, which only its owner may enter
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    as_server: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        as_server = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def call(program: str, *args: str) -> None:
        command = [*as_server, str(programs / program), "-D", str(data), *args]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    call("initdb", "-U", "guangcheng", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    call("pg_ctl", "-w", "-o", f"-k {folder} -c listen_addresses= -c fsync=off", "start")
    where = f"host={folder} user=guangcheng dbname=postgres"
    try:
        with psycopg.connect(where, autocommit=True) as connection:
            try:
                connection.execute("CREATE EXTENSION postgis")
            except psycopg.Error:
                pytest.skip(POSTGIS)
        yield where
    finally:
        call("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def spark() -> Iterator["SparkSession"]:
    """One local session on two cores."""
    pytest.importorskip("pyspark", exc_type=ImportError)
    if shutil.which("java") is None:
        pytest.skip(JAVA)
    from guangcheng.store.spark_engine import SparkEngine

    engine = SparkEngine("local[2]", settings={"spark.sql.shuffle.partitions": "2"})
    yield engine.session
    engine.close()
