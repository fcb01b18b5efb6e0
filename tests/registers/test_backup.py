"""A whole city in one file and back, and nothing restored unverified."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from guangcheng.base.errors import GuangchengError, InputError, NotFound, Refused, WrongFormat
from guangcheng.registers.backup import backup, restore
from guangcheng.registers.city import City, CityConfig
from guangcheng.registers.planned import plan_folder, planned_registers, planned_view, plans, save_planned, with_planned
from tests.registers.samples import CRS, areas, premises

D1 = date(2017, 12, 31)


@pytest.fixture
def city(tmp_path: Path) -> City:
    made = City.create(tmp_path / "city", CityConfig(name="清城区", area_code="441802", crs=CRS))
    made.registers.commit("areas", areas(), as_of=D1)
    for id_ in ("p1", "p2", "p1"):  # the first and third have the same date and hash
        made.registers.commit("premises", premises((id_, "441802101201")), as_of=D1)
    (made.standards_folder / "本地.yaml").write_text("id: local", encoding="utf-8")
    (made.folder / "calendar.toml").write_text("", encoding="utf-8")
    sources = made.registers.folder / "_sources" / "联通"
    sources.mkdir(parents=True)
    (sources / "map.json").write_text("{}", encoding="utf-8")
    return made


def kept(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def test_round_trip_gives_the_same_city(city: City, tmp_path: Path) -> None:
    made = backup(city.folder, tmp_path / "city.zip")
    back = restore(tmp_path / "city.zip", tmp_path / "new" / "city")
    assert kept(back.folder) == kept(city.folder)
    assert sorted(made.files) == sorted(kept(city.folder))
    assert back.config == city.config
    for register in ("areas", "premises"):
        assert back.registers.history(register) == city.registers.history(register)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["city"]
    assert back.registers.commit("areas", areas(), as_of=D1).new is False


def test_plans_are_kept_and_restored(city: City, tmp_path: Path) -> None:
    table = premises(("planned-1", "441802101201"))
    save_planned(city, "近期", city.view(D1), {"premises": table})
    (plan_folder(city, "近期") / "sites.geojson").write_text("{}", encoding="utf-8")
    backup(city.folder, tmp_path / "city.zip")
    back = restore(tmp_path / "city.zip", tmp_path / "back")
    assert kept(back.folder) == kept(city.folder)
    assert plans(back) == ["近期"]
    found = with_planned(back.view(D1), planned_view(back, "近期", D1)).table("premises", ["premises_id"])
    assert sorted(found["premises_id"].to_pylist()) == ["p1", "planned-1"]


def test_a_damaged_plan_is_not_backed_up(city: City, tmp_path: Path) -> None:
    save_planned(city, "近期", city.view(D1), {"premises": premises(("planned-1", "441802101201"))})
    registers = planned_registers(city, "近期")
    path = registers.path(registers.history("premises")[0].ref)
    path.write_bytes(path.read_bytes().replace(b"PAR1", b"PAR2"))
    with pytest.raises(InputError) as caught:
        backup(city.folder, tmp_path / "city.zip")
    assert caught.value.where.file == str(path)
    assert not (tmp_path / "city.zip").exists()


def test_the_same_city_gives_the_same_bytes(city: City, tmp_path: Path) -> None:
    backup(city.folder, tmp_path / "a.zip")
    restore(tmp_path / "a.zip", tmp_path / "copy")
    backup(tmp_path / "copy", tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_derived_and_unfinished_files_stay_out(city: City, tmp_path: Path) -> None:
    expected = sorted(kept(city.folder))
    (city.registers.folder / "premises" / ".part-x").write_bytes(b"half")
    quarantine = city.registers.folder / "premises" / "quarantine"
    quarantine.mkdir()
    (quarantine / "refused.csv").write_text("x")
    (city.folder / "report.docx").write_text("x")
    assert sorted(backup(city.folder, tmp_path / "city.zip").files) == expected


def test_an_empty_city_can_be_kept_too(tmp_path: Path) -> None:
    City.create(tmp_path / "city", CityConfig(name="空城", area_code="1", crs=CRS))
    backup(tmp_path / "city", tmp_path / "city.zip")
    back = restore(tmp_path / "city.zip", tmp_path / "back")
    assert sorted(path.name for path in back.folder.iterdir()) == ["city.toml", "registers", "standards"]


def test_nothing_is_overwritten(city: City, tmp_path: Path) -> None:
    archive = tmp_path / "city.zip"
    backup(city.folder, archive)
    whole = archive.read_bytes()
    with pytest.raises(Refused):
        backup(city.folder, archive)
    assert archive.read_bytes() == whole
    before = kept(city.folder)
    with pytest.raises(Refused):
        restore(archive, city.folder)
    assert kept(city.folder) == before


def test_a_damaged_city_is_not_backed_up(city: City, tmp_path: Path) -> None:
    ref = city.registers.history("premises")[0].ref
    path = city.registers.path(ref)
    path.write_bytes(path.read_bytes().replace(b"PAR1", b"PAR2"))
    with pytest.raises(InputError) as caught:
        backup(city.folder, tmp_path / "city.zip")
    assert caught.value.where.file == str(path)
    assert not (tmp_path / "city.zip").exists()


def test_no_city_and_no_archive_are_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        backup(tmp_path, tmp_path / "city.zip")
    with pytest.raises(NotFound):
        restore(tmp_path / "city.zip", tmp_path / "city")


def _archive(files: dict[str, bytes], *, listed: dict[str, bytes] | None = None, compression: int = 0) -> bytes:
    """An archive of our form holding ``files``, whose list speaks of ``listed``."""
    told = files if listed is None else listed
    manifest = {
        "format": "guangcheng-backup-1",
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for name, content in told.items()
        },
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as file:
        file.writestr("backup.json", json.dumps(manifest))
        for name, content in files.items():
            file.writestr(name, content)
    return made.getvalue()


TOML = 'name = "清城区"\narea_code = "441802"\ncrs = "EPSG:4526"\n'.encode()
CITY = {"city.toml": TOML}


def test_the_archives_below_differ_from_a_good_one_in_one_thing(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(_archive(CITY | {"standards/x.yaml": b"x"}))
    assert restore(tmp_path / "a.zip", tmp_path / "city").config.name == "清城区"


def _broken_zip() -> bytes:
    content = bytearray(_archive(CITY | {"standards/x.yaml": b"y" * 2000}))
    content[content.index(b"yyy") + 1000] ^= 1
    return bytes(content)


def _foreign_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("holiday.jpg", b"x")
    return made.getvalue()


BAD: dict[str, tuple[Callable[[], bytes], type[GuangchengError]]] = {
    "empty file": (lambda: b"", WrongFormat),
    "no zip": (lambda: b"PK but no more", WrongFormat),
    "cut off": (lambda: _archive(CITY)[:-30], WrongFormat),
    "foreign zip": (_foreign_zip, WrongFormat),
    "list is no JSON": (lambda: _archive(CITY).replace(b'{"format"', b'["format"'), WrongFormat),
    "byte flipped": (_broken_zip, InputError),
    "other content": (lambda: _archive(CITY, listed={"city.toml": TOML[::-1]}), InputError),
    "other size": (lambda: _archive(CITY, listed={"city.toml": b""}), InputError),
    "file not listed": (lambda: _archive(CITY | {"x": b""}, listed=CITY), InputError),
    "listed file absent": (lambda: _archive(CITY, listed=CITY | {"x": b""}), InputError),
    "path above": (lambda: _archive(CITY | {"../evil": b"x"}), InputError),
    "path inside and above": (lambda: _archive(CITY | {"standards/../../evil": b"x"}), InputError),
    "absolute path": (lambda: _archive(CITY | {"/etc/evil": b"x"}), InputError),
    "backslash path": (lambda: _archive(CITY | {"..\\evil": b"x"}), InputError),
    "drive path": (lambda: _archive(CITY | {"C:evil": b"x"}), InputError),
    "hidden path": (lambda: _archive(CITY | {"standards/.evil": b"x"}), InputError),
    "folder entry": (lambda: _archive(CITY | {"standards/": b""}), InputError),
    "file is a folder": (lambda: _archive(CITY | {"x": b"", "x/y": b""}), InputError),
    "compressed bomb": (lambda: _archive(CITY | {"x": bytes(1 << 22)}, compression=zipfile.ZIP_DEFLATED), InputError),
    "no city inside": (lambda: _archive({"standards/x.yaml": b"x"}), InputError),
    "bad settings": (lambda: _archive({"city.toml": b"colour = 1"}), InputError),
    "damaged snapshot": (
        lambda: _archive(CITY | {f"registers/areas/2018-01-01-0001-{'0' * 16}.parquet": b"x"}),
        InputError,
    ),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_bad_archives_leave_no_trace(case: str, tmp_path: Path) -> None:
    make, error = BAD[case]
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.zip").write_bytes(make())
    with pytest.raises(error) as caught:
        restore(inside / "a.zip", inside / "city")
    assert caught.type is error
    assert caught.value.where.file == str(inside / "a.zip")
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == ["inside", "inside/a.zip"]


def test_overlapping_entries_do_not_grow(tmp_path: Path) -> None:
    """Ten directory entries share one stored body: each is as large as listed, together they exceed the archive."""
    body = b"z" * 50_000
    names = [f"standards/{n}.yaml" for n in range(10)]
    whole = _archive(CITY | {names[0]: body}, listed=CITY | dict.fromkeys(names, body))
    entry_at, end_at = whole.rindex(b"PK\x01\x02"), whole.rindex(b"PK\x05\x06")
    entry, end = whole[entry_at:end_at], bytearray(whole[end_at:])
    more = b"".join(entry.replace(names[0].encode(), name.encode()) for name in names[1:])
    end[8:10] = end[10:12] = (int.from_bytes(end[10:12], "little") + 9).to_bytes(2, "little")
    end[12:16] = (int.from_bytes(end[12:16], "little") + len(more)).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(whole[:end_at] + more + bytes(end))
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        assert file.namelist() == ["backup.json", "city.toml", *names]
    with pytest.raises(InputError) as caught:
        restore(tmp_path / "a.zip", tmp_path / "city")
    assert caught.value.message.en == "the backup is damaged: backup.json is not what its list says"
    assert not (tmp_path / "city").exists()
