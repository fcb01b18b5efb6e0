"""One line of city.toml chooses the engine."""

from pathlib import Path
from typing import Literal

import pytest

from guangcheng.apps.bootstrap import engine_of
from guangcheng.base.errors import NotFound
from guangcheng.registers.city import City, CityConfig


def city(folder: Path, engine: Literal["duckdb", "postgres", "spark"], where: str | None = None) -> City:
    config = CityConfig(name="试验市", area_code="990000", crs="EPSG:4547", engine=engine, engine_at=where)
    City.create(folder / "city", config)
    return City.open(folder / "city")


def test_the_default_needs_no_engine(tmp_path: Path) -> None:
    with engine_of(city(tmp_path, "duckdb")) as engine:
        assert engine is None


def test_postgres_by_its_address_and_closed_at_the_end(tmp_path: Path, postgres: str) -> None:
    import psycopg

    with engine_of(city(tmp_path, "postgres", postgres)) as engine:
        assert engine is not None
        assert engine.query("SELECT 1 AS one", {}).to_pylist() == [{"one": 1}]
    with pytest.raises(psycopg.OperationalError, match="closed"):
        engine.query("SELECT 1 AS one", {})


def test_an_address_where_no_server_answers(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with (
        pytest.raises(NotFound, match="no PostgreSQL server answers"),
        engine_of(city(tmp_path, "postgres", f"host={tmp_path} connect_timeout=2")),
    ):
        pass
