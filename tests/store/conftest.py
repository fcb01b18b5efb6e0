"""Servers the Engine's suite runs on: a private PostgreSQL in a temporary folder, one Spark session."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from guangcheng.apps.bench.own_postgres import own_postgres

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

POSTGIS = "postgresql and PostGIS are not installed (Debian: postgresql postgresql-15-postgis-3)"
JAVA = "Spark needs Java 17 or newer (Debian: default-jre-headless)"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Connection string of a cluster of our own, with PostGIS, stopped at the end."""
    pytest.importorskip("psycopg", exc_type=ImportError)
    with own_postgres() as where:
        if where is None:
            pytest.skip(POSTGIS)
        yield where


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
