"""What every Engine promises; a new adapter joins by adding itself to ``ENGINES`` and ``make``."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError, NotFound, WrongFormat
from guangcheng.store.duckdb_engine import DuckDBEngine
from guangcheng.store.ports import Engine

ENGINES = ("duckdb", "postgres", "spark")

VILLAGES = pa.table(
    {
        "code": ["441802101201", "441802101202", "441802102201"],
        "name": ["白庙村", "黄金布村", None],
        "households": pa.array([120, 80, None], pa.int64()),
        "share": [0.9, 0.5, None],
        "opened": pa.array([date(2017, 1, 1), None, date(2018, 6, 30)], pa.date32()),
        "passed": [True, False, None],
    }
)


def make(name: str, request: pytest.FixtureRequest) -> Engine:
    if name == "postgres":
        where = request.getfixturevalue("postgres")
        from guangcheng.store.postgres_engine import PostgresEngine

        return PostgresEngine(where)
    if name == "spark":
        session = request.getfixturevalue("spark")
        from guangcheng.store.spark_engine import SparkEngine

        return SparkEngine(session=session, parts=3)
    return DuckDBEngine(threads=1)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = make(request.param, request)
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "村 庄's.parquet"
    pq.write_table(VILLAGES, path, row_group_size=2)
    return path


@pytest.mark.parametrize("by_path", [False, True])
def test_select_gives_back_values_types_and_gaps(engine: Engine, file: Path, by_path: bool) -> None:
    found = engine.query("SELECT * FROM villages ORDER BY code", {"villages": file if by_path else VILLAGES})
    assert found.schema.equals(VILLAGES.schema)
    assert found.to_pylist() == VILLAGES.to_pylist()


def test_order_by_is_kept_and_parameters_of_join_work(engine: Engine) -> None:
    towns = pa.table({"town": ["441802101", "441802102"], "town_name": ["凤城街道", "源潭镇"]})
    found = engine.query(
        "SELECT t.town_name, count(*) AS n, sum(v.share) AS s FROM villages v "
        "JOIN towns t ON t.town = substr(v.code, 1, 9) GROUP BY t.town_name ORDER BY n DESC",
        {"villages": VILLAGES, "towns": towns},
    )
    assert found.to_pydict() == {"town_name": ["凤城街道", "源潭镇"], "n": [2, 1], "s": [1.4, None]}


def test_no_rows_still_have_columns(engine: Engine) -> None:
    found = engine.query("SELECT code FROM villages WHERE 1 = 0", {"villages": VILLAGES})
    assert found.schema.equals(pa.schema([("code", pa.string())]))
    assert found.num_rows == 0


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "SELECT 1; SELECT 2",
        "SELEC 1",
        "SELECT * FROM nowhere",
        "SELECT wrong FROM villages",
        "CREATE TABLE t AS SELECT 1",
        "DELETE FROM villages",
        "COPY villages TO 'out.csv'",
        "SET threads = 4",
        "ATTACH 'city.db'",
    ],
)
def test_all_but_one_good_select_is_refused(
    engine: Engine, sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError):
        engine.query(sql, {"villages": VILLAGES})
    assert list(tmp_path.iterdir()) == []


def test_a_statement_sees_named_tables_only(engine: Engine, file: Path) -> None:
    rows = VILLAGES  # noqa: F841  a Python variable must not become a table
    for source in (f"read_parquet('{file.name}')", "'villages.parquet'", "read_csv('/etc/hostname')", "rows"):
        with pytest.raises(InputError):
            engine.query(f"SELECT * FROM {source}", {"villages": VILLAGES})


def test_tables_do_not_stay(engine: Engine) -> None:
    engine.query("SELECT 1 AS one", {"villages": VILLAGES})
    with pytest.raises(InputError):
        engine.query("SELECT * FROM villages", {})


def test_missing_and_false_files(engine: Engine, tmp_path: Path) -> None:
    false = tmp_path / "false.parquet"
    false.write_bytes(b"PAR1 not really")
    with pytest.raises(WrongFormat):
        engine.query("SELECT * FROM v", {"v": false})
    with pytest.raises(WrongFormat):
        engine.scan(false, ["code"], 10)
    with pytest.raises(NotFound):
        engine.query("SELECT * FROM v", {"v": tmp_path / "absent.parquet"})
    with pytest.raises(NotFound):
        engine.scan(tmp_path / "absent.parquet", ["code"], 10)


def test_scan_refuses_columns_the_file_lacks(engine: Engine, file: Path) -> None:
    with pytest.raises(InputError) as caught:
        engine.scan(file, ["code", "mayor"], 10)
    assert caught.value.message.en == "the file has no such columns: mayor"


def test_closing_twice_is_harmless(engine: Engine) -> None:
    engine.close()
    engine.close()


def test_duckdb_uses_as_many_threads_as_it_may_and_shows_no_progress() -> None:
    made = DuckDBEngine(threads=1)
    sql = "SELECT current_setting('threads') AS threads, current_setting('enable_progress_bar') AS bar"
    assert made.query(sql, {}).to_pylist() == [{"threads": 1, "bar": False}]
    made.close()


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.integers(-5, 5), max_size=40), batch_rows=st.integers(1, 7))
def test_scan_streams_in_file_order_whatever_the_batch(
    engine: Engine, tmp_path: Path, values: list[int], batch_rows: int
) -> None:
    path = tmp_path / "v.parquet"
    pq.write_table(pa.table({"a": values, "b": [str(v) for v in values]}), path, row_group_size=5)
    batches = list(engine.scan(path, ["b", "a"], batch_rows))
    assert [batch.schema.names for batch in batches] == [["b", "a"]] * len(batches)
    assert all(1 <= batch.num_rows <= batch_rows for batch in batches)
    assert [value for batch in batches for value in batch["a"].to_pylist()] == values


@pytest.mark.parametrize("engine", ["duckdb", "postgres"], indirect=True)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.none() | st.integers(-(2**62), 2**62)))
def test_the_answer_does_not_depend_on_the_order_of_rows(engine: Engine, values: list[int | None]) -> None:
    sql = "SELECT v, count(*) AS n FROM t GROUP BY v ORDER BY v"
    forward, backward = (
        engine.query(sql, {"t": pa.table({"v": pa.array(given_, pa.int64())})}) for given_ in (values, values[::-1])
    )
    assert forward.equals(backward)
    assert sum(forward["n"].to_pylist()) == len(values)
