"""Draw the pictures of the README and docs from the demonstration: ``python -m tools.pictures``."""

import sys
import tempfile
from pathlib import Path

from guangcheng.apps.demo.write import write_demo
from guangcheng.apps.handover import look, positions
from guangcheng.registers.city import City
from guangcheng.reporting.charts import verdict_bars
from guangcheng.reporting.maps import map_values, verdict_map
from guangcheng.reporting.summary import level_counts

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"


def main() -> int:
    """Write the map and the bars, in Chinese, as PNG."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        made = write_demo(Path(temporary) / "demo")
        looked = look(City.open(made.qingcheng), "qingcheng-2017-all-optical", as_of=None)
        drawn = {
            "map.png": verdict_map(map_values(looked.evaluation, positions(looked.view))),
            "verdicts.png": verdict_bars(level_counts(looked.evaluation)),
        }
    for name, content in drawn.items():
        if content is not None:
            (PICTURES / name).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
