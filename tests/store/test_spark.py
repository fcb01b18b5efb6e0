"""That Spark does the work: the kernel in its partitions, the counts in its jobs; a lost executor changes nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guangcheng.coverage.engine_kernel import nearest_table, shares_sql
from guangcheng.coverage.kernel import nearest_within
from guangcheng.store.parquet import whole

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parents[2]


def city(folder: Path, premises: int, points: int) -> tuple[Path, Path, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Random premises and points over 60 km as files, and the right answer by premises."""
    rng = np.random.default_rng(4)
    x, y, ax, ay = (rng.uniform(0, 60_000, count) for count in (premises, premises, points, points))
    radius = rng.choice([200.0, 1000.0], premises)
    pq.write_table(pa.table({"id": range(premises), "x": x, "y": y, "radius_m": radius}), folder / "premises.parquet")
    pq.write_table(pa.table({"id": range(points), "x": ax, "y": ay}), folder / "points.parquet")
    return folder / "premises.parquet", folder / "points.parquet", nearest_within(x, y, radius, ax, ay)[0]


def assert_answer(out: Path, expected: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
    found = whole(out).sort_by("id")
    assert found["id"].to_pylist() == list(range(expected.size))
    assert [-1 if value is None else value for value in found["point_id"].to_pylist()] == expected.tolist()


def test_the_kernel_runs_in_more_than_eight_partitions_and_queries_are_jobs(
    spark: "SparkSession", tmp_path: Path
) -> None:
    from guangcheng.store.spark_engine import SparkEngine

    engine = SparkEngine(session=spark, parts=12)
    premises, points, expected = city(tmp_path, 2000, 300)
    frame = engine.reach_frame(premises, points, nearest_table)
    plan = frame._jdf.queryExecution().executedPlan().toString()
    assert "MapInArrow" in plan
    assert frame.rdd.getNumPartitions() == 12
    engine.reach(premises, points, nearest_table, tmp_path / "out")
    assert_answer(tmp_path / "out", expected)
    spark.sparkContext.setJobGroup("verdicts", "verdict queries")
    members = pa.table({"area_code": ["a", "a"], "state": [1, 0]})
    engine.query(shares_sql(Fraction(50)), {"areas": pa.table({"code": ["a"]}), "members": members})
    assert len(spark.sparkContext.statusTracker().getJobIdsForGroup("verdicts")) > 0


@pytest.mark.nightly
def test_ten_million_premises_pass_a_small_driver(tmp_path: Path) -> None:
    premises, points, expected = city(tmp_path, 10_000_000, 10_000)
    code = (
        "import sys; from pathlib import Path; from guangcheng.store.spark_engine import SparkEngine;"
        "from guangcheng.coverage.engine_kernel import nearest_table;"
        "settings = {'spark.driver.maxResultSize': '64m', 'spark.driver.memory': '1g'};"
        "engine = SparkEngine('local[2]', settings=settings);"
        "engine.reach(*map(Path, sys.argv[1:3]), nearest_table, Path(sys.argv[3])); engine.close()"
    )
    out = tmp_path / "out"
    subprocess.run([sys.executable, "-c", code, str(premises), str(points), str(out)], check=True)
    found = whole(out).sort_by("id")
    np.testing.assert_array_equal(found["point_id"].fill_null(-1).to_numpy(), expected)


@pytest.fixture
def cluster(tmp_path: Path, spark: "SparkSession") -> Iterator[tuple[str, list[int]]]:
    """A standalone cluster: one master and two workers of one core; its address and the workers' process ids."""
    import pyspark

    home = Path(pyspark.__file__).parent
    port = 17_077
    master = f"spark://127.0.0.1:{port}"
    deploy = "org.apache.spark.deploy"
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    common = [str(home / "bin" / "spark-class")]
    worker = [*common, f"{deploy}.worker.Worker", "--cores", "1", "--memory", "1g", "--webui-port", "0"]
    commands = [
        [*common, f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"],
        *[[*worker, "--work-dir", str(tmp_path / f"work{number}"), master] for number in range(2)],
    ]
    running = []
    for command in commands:
        running.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        time.sleep(5)
    yield master, [process.pid for process in running[1:]]
    for process in running[::-1]:
        process.terminate()
        process.wait(30)


def executors(workers: list[int]) -> list[int]:
    """Process ids of the executors the workers have started."""
    return [
        int(child)
        for worker in workers
        for task in Path(f"/proc/{worker}/task").iterdir()
        for child in (task / "children").read_text().split()
        if b"CoarseGrainedExecutorBackend" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


@pytest.mark.nightly
def test_a_killed_executor_changes_nothing(cluster: tuple[str, list[int]], tmp_path: Path) -> None:
    master, workers = cluster
    premises, points, expected = city(tmp_path, 300_000, 5_000)
    program = [sys.executable, "-m", "tests.store.spark_job", master, str(premises), str(points), str(tmp_path / "out")]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as job:
        assert job.stdout is not None
        assert job.stdout.readline() == "a task has finished\n"
        victims = executors(workers)
        assert len(victims) == 2
        os.kill(victims[0], signal.SIGKILL)
        assert job.wait(240) == 0
    assert_answer(tmp_path / "out", expected)
