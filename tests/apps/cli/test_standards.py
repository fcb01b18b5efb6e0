"""``standards diff`` and two standards side by side."""

from pathlib import Path

from tests.apps.cli.conftest import Ran, Run
from tests.apps.cli.schemas import validate

TOWN = Path(__file__).parents[2] / "standards" / "data" / "my-town.yaml"
QINGCHENG = "qingcheng-2017-all-optical"


def _shandong_and_henan(run: Run, lang: str = "zh") -> Ran:
    return run("standards", "diff", "protection-shandong-2021", "protection-henan-2021", lang=lang)


def test_two_standards(run: Run) -> None:
    ran = run("standards", "diff", "gigabit-city-2021", "gigabit-city-2023", "--json")
    validate("standards-diff", ran.json)
    assert ran.code == 0
    assert ran.json["before"] == {"standard": "gigabit-city-2021", "day": None}
    assert {"id": "standard", "what": "document.code", "before": "GC21", "after": "GC23"} in ran.json["changes"]


def test_the_same_standard_twice(run: Run) -> None:
    ran = run("standards", "diff", QINGCHENG, QINGCHENG, "--json")
    assert ran.json["changes"] == []
    assert run("standards", "diff", QINGCHENG, QINGCHENG).out == "没有不同\n"


def test_two_days_of_one_standard(run: Run) -> None:
    ran = run("standards", "diff", QINGCHENG, "--from", "2018-06-29", "--to", "2018-06-30", "--json")
    validate("standards-diff", ran.json)
    assert ran.json["after"] == {"standard": QINGCHENG, "day": "2018-06-30"}
    assert {"id": "IND-001-08", "what": "target", "before": "60", "after": "100"} in ran.json["changes"]
    assert {item["what"] for item in ran.json["changes"]} == {"target"}


def test_two_days_of_a_local_standard(run: Run, tmp_path: Path) -> None:
    city = tmp_path / "town"
    made = run("init", city, "--name", "示例镇", "--area-code", "999999", "--crs", "EPSG:4546")
    assert made.code == 0, made.err
    (city / "standards").mkdir(exist_ok=True)
    (city / "standards" / "my-town.yaml").write_text(TOWN.read_text(encoding="utf-8"), encoding="utf-8")
    args = ("standards", "diff", "my-town", "--from", "2025-12-31", "--to", "2026-01-01", "--city", city, "--json")
    assert {"id": "urban_radius_m", "what": "value", "before": "200", "after": "150"} in run(*args).json["changes"]


def test_a_table_for_people_in_both_languages(run: Run) -> None:
    assert "哪一项" in _shandong_and_henan(run).out
    english = _shandong_and_henan(run, "en").out
    assert "before" in english
    assert "0.75" in english


def test_neither_two_standards_nor_two_days_is_refused(run: Run) -> None:
    for args in ((QINGCHENG,), (QINGCHENG, "--from", "2018-01-01"), (QINGCHENG, QINGCHENG, "--to", "2018-01-01")):
        ran = run("standards", "diff", *args)
        assert (ran.code, ran.out) == (2, "")
        assert "--from" in ran.err


def test_two_standards_side_by_side(run: Run, demo: tuple[Path, Ran]) -> None:
    folder = sorted(path.parent for path in demo[0].rglob("city.toml"))
    city = next(path for path in folder if QINGCHENG in (path / "city.toml").read_text(encoding="utf-8"))
    alone = run("evaluate", city, "--standard", QINGCHENG, "--json").json
    both = run("evaluate", city, "--standard", QINGCHENG, "--beside", "gigabit-city-2021", "--json").json
    validate("evaluate", both)
    (other,) = both.pop("beside")
    assert both == alone
    assert other["standard"] == "gigabit-city-2021"
    assert other["as_of"] == alone["as_of"]
    shown = run("evaluate", city, "--standard", QINGCHENG, "--beside", "gigabit-city-2021").out
    assert "gigabit-city-2021" in shown
