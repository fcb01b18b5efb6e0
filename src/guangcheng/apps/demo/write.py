"""The demonstration on disk: three city folders, the truth, and files as a clerk would send them."""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from guangcheng.apps.demo.generator import DEFAULT_PREMISES, DEFAULT_SEED, build_demo
from guangcheng.apps.demo.inputs import write_inputs
from guangcheng.apps.demo.liangjiang import build_liangjiang
from guangcheng.apps.demo.made import DemoCity
from guangcheng.apps.demo.qinzhou import build_qinzhou
from guangcheng.base.errors import Refused, Where
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.text import Text
from guangcheng.registers.city import City, CityConfig

TRUTH_NAME, INPUT_NAME = "truth.csv", "input"


@dataclass(frozen=True, slots=True)
class DemoFolders:
    """Where everything lies."""

    folder: Path
    qingcheng: Path
    liangjiang: Path
    qinzhou: Path
    truth: Path
    input: Path
    """Register files to practise importing on."""

    @property
    def cities(self) -> tuple[Path, Path, Path]:
        """The three city folders, the demonstration city first."""
        return self.qingcheng, self.liangjiang, self.qinzhou


def folders_of(folder: Path) -> DemoFolders:
    """The paths inside a demonstration's folder."""
    return DemoFolders(
        folder=folder,
        qingcheng=folder / "qingcheng",
        liangjiang=folder / "liangjiang",
        qinzhou=folder / "qinzhou",
        truth=folder / TRUTH_NAME,
        input=folder / INPUT_NAME,
    )


def write_demo(
    folder: Path, *, premises: int = DEFAULT_PREMISES, seed: int = DEFAULT_SEED, progress: Progress = SILENT
) -> DemoFolders:
    """Build the three cities and write them to ``folder``, which appears whole or not at all.

    ``Refused`` when ``folder`` is there and not empty; ``UsageError`` when ``premises`` is too few for the cases.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise _occupied(folder)
    cities = [build_demo(premises, seed, progress), build_liangjiang(seed), build_qinzhou()]
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write(part, cities, progress)
        part.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    finally:
        if part.exists():
            shutil.rmtree(part)
    return folders_of(folder)


def _write(folder: Path, cities: list[DemoCity], progress: Progress) -> None:
    progress.start("demo folders", sum(len(city.tables) for city in cities))
    for city in cities:
        write_city(folder / city.folder, city, progress)
    truths = [city.truth.add_column(0, "city", pa.repeat(city.folder, city.truth.num_rows)) for city in cities]
    csv.write_csv(pa.concat_tables(truths), folder / TRUTH_NAME)
    (folder / INPUT_NAME).mkdir()
    write_inputs(folder / INPUT_NAME, cities[0])
    progress.finish()


def write_city(folder: Path, city: DemoCity, progress: Progress = SILENT) -> City:
    """One made city as a city folder, its history first."""
    config = CityConfig(
        name=city.name, area_code=city.area_code, crs=city.crs, standards=(city.standard,), as_of=city.as_of
    )
    made = City.create(folder, config)
    history: list[tuple[date, dict[str, pa.Table]]] = [(day, dict(city.earlier[day])) for day in sorted(city.earlier)]
    for day, tables in [*history, (city.as_of, dict(city.tables))]:
        for register, table in tables.items():
            made.registers.commit(register, table, as_of=day)
            progress.advance()
    return made


def _occupied(folder: Path) -> Refused:
    return Refused(
        Text(zh="文件夹里已有内容，示例没有写入", en="the folder is not empty, so the demonstration was not written"),
        mend=Text(zh="换一个文件夹，或先清空它", en="name another folder, or empty this one first"),
        where=Where(file=str(folder)),
    )
