"""Units that are no towns counted as towns; two lists of the same areas that disagree."""

import csv
from collections import Counter
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.text import Text
from guangcheng.registers.city import City, CityConfig
from guangcheng.registers.codelists import Disagreement, Oddity, compare_lists, oddities
from guangcheng.registers.importing import ImportOptions, import_files
from tests.registers.intake.town import AS_OF, CRS

ROWS = [
    ("441802006", "凤城街道", "township"),
    ("441802103", "源潭镇", "township"),
    ("441802400", "高新技术产业开发区", "township"),
    ("441802450", "银盏林场", "township"),
    ("441802490", "风景区街道（代管）", "township"),
    ("441802012", "吴家山街", "township"),
    ("441802013", "大潭办事处", "township"),
    ("441802301", "瑶安瑶族乡", "township"),
    ("441802006001", "高基里社区居委会", "community"),
    ("441802450598", "林场生活区", "admin_village"),
    ("ZR-450", "农场", "natural_village"),
]


def table(rows: list[tuple[str, str, str]]) -> pa.Table:
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(("code", "name", "level"))})


def test_oddities_of_a_small_list() -> None:
    found = oddities(table(ROWS))
    assert [(odd.rule, odd.code) for odd in found] == [
        ("R-202", "441802012"),
        ("R-202", "441802013"),
        ("R-201", "441802400"),
        ("R-202", "441802400"),
        ("R-201", "441802450"),
        ("R-202", "441802450"),
        ("R-203", "441802450598"),
        ("R-201", "441802490"),
    ]
    assert found[0] == Oddity(
        "R-202",
        "441802012",
        "吴家山街",
        Text(
            zh="“吴家山街”（441802012）列在乡级，名称却是“吴家山街”一类",
            en="“吴家山街” (441802012) stands among the towns, but its name says 吴家山街",
        ),
    )
    assert "“办事处”" in found[1].message.zh


@settings(max_examples=20)
@given(st.permutations(ROWS))
def test_oddities_do_not_depend_on_order(rows: list[tuple[str, str, str]]) -> None:
    assert oddities(table(rows)) == oddities(table(ROWS))


def listed(*areas: str) -> list[dict[str, str]]:
    """``code name parent`` each."""
    return [dict(zip(("code", "name", "parent"), area.split(), strict=True)) for area in areas]


def test_two_lists_that_disagree() -> None:
    first = listed("11 凤城街道 1", "12 源潭镇 1", "13 石角镇 1", "14 开发区 1", "21 新镇 2", "15 洲心街道 1")
    second = listed("11 凤城街道 1", "19 源潭镇 1", "18 石角镇人民政府 1", "22 老镇 2", "25 洲心街道 2")
    found = compare_lists(first, second)
    assert found.same == 1
    assert found.disagreements == (
        Disagreement("only_first", "1", "开发区", "14", None),
        Disagreement("moved", "1", "洲心街道", "15", "25", "2"),
        Disagreement("other_code", "1", "源潭镇", "12", "19"),
        Disagreement("other_code", "1", "石角镇", "13", "18"),
        Disagreement("only_first", "2", "新镇", "21", None),
        Disagreement("only_second", "2", "老镇", None, "22"),
    )
    assert found.of_kind("moved") == (found.disagreements[1],)


def test_namesakes_are_matched_one_to_one() -> None:
    found = compare_lists(listed("11 新村 1", "12 新村 1"), listed("11 新村 1"))
    assert (found.same, found.disagreements) == (1, (Disagreement("only_first", "1", "新村", "12", None),))


@settings(max_examples=40)
@given(st.sets(st.tuples(st.sampled_from("甲乙丙丁"), st.sampled_from("12")), max_size=8))
def test_a_list_agrees_with_itself(areas: set[tuple[str, str]]) -> None:
    own = [{"code": f"{parent}{name}", "name": name, "parent": parent} for name, parent in areas]
    found = compare_lists(own, list(reversed(own)))
    assert (found.same, found.disagreements) == (len(own), ())


def test_two_lists_are_never_joined_on_code(tmp_path: Path) -> None:
    city = City.create(tmp_path / "city", CityConfig(name="清城", area_code="441802", crs=CRS, as_of=AS_OF))

    def run(code_list: str, *towns: str, mode: Literal["upsert", "replace"] = "upsert") -> dict[str, int]:
        path = tmp_path / "areas.csv"
        rows = ["441802,清城区,区县,,", *(f"{town},镇,441802,{code_list}" for town in towns)]
        path.write_text("\n".join(["代码,名称,层级,上级代码,代码来源", *rows]) + "\n", encoding="utf-8")
        report = import_files(city, "areas", [path], ImportOptions(mode=mode, yes=True))
        assert report.accepted == 1 + len(towns) - report.refused
        return report.by_rule()

    assert run("nbs-2023", "441802103,源潭镇", "441802107,飞来峡镇", "441802105,龙塘镇") == {}
    assert run("nbs-2024", "441802103,新源潭镇") == {}
    assert run("nbs-2024", "441802103,源潭镇") == {}
    assert run("city", "441802103,老源潭镇") == {}
    assert run("nbs-2023", "441802103,源潭镇") == {}
    assert run("mca-2025", "441802105,龙塘镇", "441802103,飞来峡镇", "441802100,源潭镇", "441802108,新镇") == {
        "R-204": 1,
        "R-205": 1,
    }
    assert run("mca-2025", "441802103,飞来峡镇", "441802100,源潭镇", mode="replace") == {}
    names = city.view().table("areas", ["code", "name"]).to_pylist()
    assert {row["code"]: row["name"] for row in names} == {
        "441802": "清城区",
        "441802100": "源潭镇",
        "441802103": "飞来峡镇",
    }


# --- the published lists of four cities --------------------------------------------------------------------------

MAPS = {
    "districts": '"cityCode" = "ignore"\n"provinceCode" = "ignore"\nlevel = {constant = "district"}\n',
    "towns": '"areaCode" = "parent"\n"provinceCode" = "ignore"\n"cityCode" = "ignore"\n'
    'level = {constant = "township"}\n',
    "villages": '"streetCode" = "parent"\n"areaCode" = "ignore"\n"provinceCode" = "ignore"\n"cityCode" = "ignore"\n'
    'level = {constant = "村居"}\n',
}


def import_lists(folder: Path, city: City, maps: Path) -> dict[str, int]:
    """Import districts, towns and villages as published, and count what came in."""
    counts = {}
    for level, text in MAPS.items():
        settled = maps / f"{level}.toml"
        settled.write_text(text, encoding="utf-8")
        path = folder / f"admin_{level}_nbs2023.csv"
        report = import_files(city, "areas", [path], ImportOptions(map_file=settled))
        assert report.refused == 0
        assert set(report.by_rule()) <= {"R-143"}
        counts[level] = report.added
    return counts


def test_published_lists_of_our_own_making(tmp_path: Path) -> None:
    """The twin of the test on the published lists: three files with their columns."""
    (tmp_path / "admin_districts_nbs2023.csv").write_text("code,name,cityCode,provinceCode\n441802,清城区,4418,44\n")
    (tmp_path / "admin_towns_nbs2023.csv").write_text(
        "code,name,areaCode,provinceCode,cityCode\n441802006,凤城街道,441802,44,4418\n441802450,银盏林场,441802,44,4418\n"
    )
    (tmp_path / "admin_villages_nbs2023.csv").write_text(
        "code,name,streetCode,provinceCode,cityCode,areaCode\n"
        "441802006001,高基里社区居委会,441802006,44,4418,441802\n441802450598,林场生活区,441802450,44,4418,441802\n"
    )
    city = City.create(tmp_path / "city", CityConfig(name="清城", area_code="441802", crs=CRS, as_of=AS_OF))
    assert import_lists(tmp_path, city, tmp_path) == {"districts": 1, "towns": 2, "villages": 2}
    areas = city.view().table("areas")
    assert areas["level"].to_pylist() == ["district", "township", "community", "township", "admin_village"]
    assert [odd.rule for odd in oddities(areas)] == ["R-201", "R-202", "R-203"]


# districts, towns, villages as SOURCE.md counts them; communities; then against the civil-affairs
# list: towns of that list, same code, other code, moved, only here, only there.
PUBLISHED = {
    "cn_wuhan": (13, 193, 3495, 1552, (31, 29, 77), (160, 108, 30, 1, 54, 21)),
    "cn_qinzhou": (4, 71, 1044, 136, (5, 5, 9), (66, 34, 32, 0, 5, 0)),
    "cn_qingyuan_qingcheng": (1, 10, 166, 94, (2, 2, 2), (8, 0, 8, 0, 2, 0)),
    "cn_chongqing_liangjiang": (3, 59, 736, 446, (0, 0, 0), (59, 5, 7, 47, 0, 0)),
}


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_lists(name: str, shared: Path, tmp_path: Path) -> None:
    districts, towns, villages, communities, odd, compared = PUBLISHED[name]
    folder = shared / "data" / name
    city = City.create(tmp_path / "city", CityConfig(name=name, area_code="0", crs=CRS, as_of=AS_OF))
    assert import_lists(folder, city, tmp_path) == {"districts": districts, "towns": towns, "villages": villages}
    areas = city.view().table("areas")
    levels = Counter(areas["level"].to_pylist())
    assert (levels["community"], levels["admin_village"]) == (communities, villages - communities)
    rules = Counter(item.rule for item in oddities(areas))
    assert (rules["R-201"], rules["R-202"], rules["R-203"]) == odd
    with (folder / "admin_towns_nbs2023.csv").open(encoding="utf-8") as file:
        ours = [row | {"parent": row["areaCode"]} for row in csv.DictReader(file)]
    with (folder / "admin_towns_mca20251231.csv").open(encoding="utf-8") as file:
        theirs = list(csv.DictReader(file))
    found = compare_lists(ours, theirs)
    kinds = Counter(item.kind for item in found.disagreements)
    counts = tuple(kinds[kind] for kind in ("other_code", "moved", "only_first", "only_second"))
    assert (len(theirs), found.same, *counts) == compared


@pytest.mark.needs_shared
def test_the_new_district_of_chongqing_is_seen_by_its_moves(shared: Path) -> None:
    """42 towns went to 500157, 12 of them from 江北, 25 from 渝北, 5 from 北碚; 北碚 took 5 from 渝北."""
    folder = shared / "data/cn_chongqing_liangjiang"
    with (folder / "admin_towns_nbs2023.csv").open(encoding="utf-8") as file:
        ours = [row | {"parent": row["areaCode"]} for row in csv.DictReader(file)]
    with (folder / "admin_towns_mca20251231.csv").open(encoding="utf-8") as file:
        moves = compare_lists(ours, csv.DictReader(file)).of_kind("moved")
    assert Counter((move.parent, move.other_parent) for move in moves) == {
        ("500105", "500157"): 12,
        ("500112", "500157"): 25,
        ("500109", "500157"): 5,
        ("500112", "500109"): 5,
    }
