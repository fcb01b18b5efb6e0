"""A job on a cluster, for the test that kills one of its executors: says so once the kernel's first task is done."""

import sys
import threading
import time
from pathlib import Path

import pyarrow as pa

from guangcheng.coverage.engine_kernel import nearest_table
from guangcheng.store.spark_engine import SparkEngine


def slow(premises: pa.Table, points: pa.Table) -> pa.Table:
    """The kernel, slow enough to be interrupted."""
    time.sleep(0.3 if premises.num_rows else 0.0)
    return nearest_table(premises, points)


def main(master: str, premises: str, points: str, out: str) -> None:
    """Run reach on ``master`` while another thread watches its stages."""
    engine = SparkEngine(master, parts=24, tile_m=30_000, settings={"spark.executor.memory": "512m"})
    tracker = engine.session.sparkContext.statusTracker()

    def watch() -> None:
        while True:
            for stage in tracker.getActiveStageIds():
                info = tracker.getStageInfo(stage)
                # the stage of the kernel is the one with as many tasks as parts
                if info is not None and info.numTasks == 24 and info.numCompletedTasks >= 1:
                    sys.stdout.write("a task has finished\n")
                    sys.stdout.flush()
                    return
            time.sleep(0.05)

    threading.Thread(target=watch, daemon=True).start()
    engine.reach(Path(premises), Path(points), slow, Path(out))
    engine.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
