"""The main job from the command line: every command, its JSON against its schema, its exit code."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.apps.cli.conftest import SMALL, Ran, Run
from tests.apps.cli.schemas import names, validate

STANDARD = "qingcheng-2017-all-optical"
Demo = tuple[Path, Ran]


@pytest.fixture(scope="module")
def city(demo: Demo) -> Path:
    return demo[0] / "qingcheng"


def test_the_demo_agrees_with_the_truth_it_was_built_with(demo: Demo) -> None:
    ran = demo[1]
    assert ran.code == 0
    validate("demo", ran.json)
    assert ran.json["premises"] == SMALL
    assert [city["standard"] for city in ran.json["cities"]] == [
        STANDARD,
        "liangjiang-2022-gigabit",
        "qinzhou-2015-broadband",
    ]
    assert ran.json["cities"][0]["truth"]["checked"] > 1000
    assert [city["truth"]["differs"] for city in ran.json["cities"]] == [0, 0, 0]
    for city in ran.json["cities"]:
        assert [Path(path).is_file() for path in city["files"]] == [True, True]


def test_evaluate_is_valid_and_the_same_twice(city: Path, run: Run) -> None:
    ran = run("evaluate", city, "--standard", STANDARD, "--json")
    assert ran.code == 0
    validate("evaluate", ran.json)
    assert run("evaluate", city, "--standard", STANDARD, "--json").out == ran.out


def test_evaluate_fails_on_what_it_was_asked_to(city: Path, run: Run) -> None:
    assert run("evaluate", city, "--standard", STANDARD, "--fail-on", "fail", "--json").code == 1
    assert run("evaluate", city, "--standard", STANDARD, "--fail-on", "never", "--json").code == 0


def test_the_ways_to_pass_name_the_fewest_villages(city: Path, run: Run) -> None:
    ran = run("evaluate", city, "--standard", STANDARD, "--ways", "--json")
    validate("evaluate", ran.json)
    failing = {place["code"] for place in ran.json["areas"] if place["verdict"] in ("fail", "no_data")}
    ways = ran.json["ways"]
    assert set(ways) <= failing
    town = ways["441802106"]
    assert town["natural_villages"] == len(town["natural_village_codes"]) > 0
    assert town["premises"] == len(town["premises_ids"])
    assert all(code.startswith("441802106") for code in town["natural_village_codes"])
    shown = run("evaluate", city, "--standard", STANDARD, "--ways", lang="en")
    assert "the fewest to build:" in shown.out


def test_the_ways_of_one_area_are_those_of_the_whole(city: Path, run: Run) -> None:
    whole = run("evaluate", city, "--standard", STANDARD, "--ways", "--json").json["ways"]
    town = run("evaluate", city, "--standard", STANDARD, "--area", "441802106", "--ways", "--json").json["ways"]
    assert town == {code: way for code, way in whole.items() if code.startswith("441802106")}
    assert town


def test_one_area_says_the_same_as_the_whole(city: Path, run: Run) -> None:
    whole = run("evaluate", city, "--standard", STANDARD, "--json").json
    town = run("evaluate", city, "--standard", STANDARD, "--area", "441802106", "--json").json
    validate("evaluate", town)
    by_code = {place["code"]: place for place in whole["areas"]}
    assert [by_code[place["code"]] for place in town["areas"]] == town["areas"]
    assert town["areas"][0]["code"] == "441802106"


@pytest.mark.parametrize("folder", ["qingcheng", "liangjiang", "qinzhou"])
def test_explain_takes_traces_of_every_kind(demo: Demo, run: Run, folder: str) -> None:
    config = {city["folder"]: city["standard"] for city in demo[1].json["cities"]}
    path = demo[0] / folder
    answer = run("evaluate", path, "--standard", config[str(path)], "--json").json
    traces = [item["trace"] for item in answer["indicators"][-1:]]
    traces += [place["trace"] for place in answer["areas"][1:2] + answer["estates"][:1]]
    traces += [test["trace"] for place in answer["areas"][-1:] for test in place["tests"]]
    for trace in traces:
        ran = run("explain", path, trace, "--json")
        assert ran.code == 0, ran.err
        validate("explain", ran.json)
        assert ran.json["trace"] == trace


def test_report_evaluation(city: Path, run: Run, tmp_path: Path) -> None:
    ran = run("report", "evaluation", city, "--standard", STANDARD, "-o", tmp_path, "--json")
    assert ran.code == 0
    validate("report-evaluation", ran.json)
    assert sorted(Path(path).suffix for path in ran.json["files"]) == [".docx", ".xlsx"]
    english = run("report", "evaluation", city, "--standard", STANDARD, "-o", tmp_path, "--json", lang="en")
    assert english.code == 0
    assert len(list(tmp_path.iterdir())) == 4


def test_report_grid(city: Path, run: Run, tmp_path: Path) -> None:
    asked = ("report", "grid", city, "--standard", STANDARD, "--resolution", 7)
    ran = run(*asked, "-o", tmp_path / "map.geojson", "--json")
    assert ran.code == 0
    validate("report-grid", ran.json)
    features = json.loads((tmp_path / "map.geojson").read_text("utf-8"))["features"]
    assert len(features) == ran.json["cells"] > 10
    assert sum(one["properties"]["premises"] for one in features) == ran.json["premises"]
    assert min(one["properties"]["premises"] for one in features) >= 3
    assert ran.json["left_out"]["cells"] > 0
    assert run(*asked, "-o", tmp_path / "map.csv", lang="en").code == 0
    lines = (tmp_path / "map.csv").read_text("utf-8").splitlines()
    assert lines[0] == "cell,premises,capable,unknown"
    assert [line.split(",")[0] for line in lines[1:]] == [one["id"] for one in features]
    refused = run(*asked, "-o", tmp_path / "map.shp", "--json")
    assert (refused.code, refused.json["error"]["kind"]) == (2, "UsageError")


def test_check_finds_the_city_sound_and_then_damaged(city: Path, run: Run, tmp_path: Path) -> None:
    ran = run("check", city, "--json")
    assert ran.code == 0
    validate("check", ran.json)
    assert ran.json["ok"] is True
    archive, copy = tmp_path / "b.zip", tmp_path / "copy"
    backup = run("backup", city, archive, "--json")
    validate("backup", backup.json)
    restored = run("restore", archive, copy, "--json")
    validate("restore", restored.json)
    rows = {item["register"]: item["hash"] for item in ran.json["registers"]}
    assert {name: ref["hash"] for name, ref in restored.json["snapshots"].items()} == rows
    victim = next((copy / "registers" / "premises").glob("*.parquet"))
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 0xFF
    victim.write_bytes(content)
    damaged = run("check", copy, "--json")
    assert damaged.code == 1
    validate("check", damaged.json)
    sound = {item["register"]: item["sound"] for item in damaged.json["registers"]}
    assert Counter(sound.values())[False] == 1
    assert sound["premises"] is False


def test_init_template_import_evaluate_from_nothing(run: Run, tmp_path: Path) -> None:
    city = tmp_path / "city"
    made = run("init", city, "--name", "试验市", "--area-code", "990000", "--centre", "113.05,23.7", "--json")
    assert made.code == 0
    validate("init", made.json)
    template = run("template", "premises", "-o", tmp_path / "t.xlsx", "--json")
    validate("template", template.json)
    areas = tmp_path / "areas.csv"
    areas.write_text(
        "区域代码,名称,层级,上级代码\n990000,试验市,区县,\n990000100,甲镇,镇,990000\n"
        "990000100201,一村,行政村,990000100\n990000100202,二村,怪物,990000100\n",
        encoding="gb18030",
    )
    ran = run("import", city, "areas", areas, "--as-of", "2018-06-30", "--json")
    assert ran.code == 1
    validate("import", ran.json)
    assert (ran.json["accepted"], ran.json["refused"], ran.json["new_snapshot"]) == (3, 1, True)
    again = run("import", city, "areas", areas, "--as-of", "2018-06-30", "--json")
    assert again.json["new_snapshot"] is False
    strict = run("import", city, "areas", areas, "--as-of", "2018-07-31", "--strict", "--json")
    assert strict.code == 2
    validate("import", strict.json)
    answer = run("evaluate", city, "--standard", STANDARD, "--as-of", "2018-06-30", "--json")
    assert answer.code == 0
    validate("evaluate", answer.json)
    verdicts = {place["code"]: place["verdict"] for place in answer.json["areas"]}
    assert verdicts["990000"] == "no_data"


def test_standards_list_show_check(run: Run, tmp_path: Path) -> None:
    listed = run("standards", "list", "--json")
    validate("standards-list", listed.json)
    for item in listed.json["standards"]:
        validate("standards-show", run("standards", "show", item["id"], "--json").json)
    bad = tmp_path / "bad.yaml"
    bad.write_text("id: x\nversion: '1'\ncolour: red\n", encoding="utf-8")
    refused = run("standards", "check", bad, "--json")
    assert refused.code == 2
    validate("error", refused.json)


@pytest.mark.parametrize(
    "args",
    [
        ("evaluate", "/nowhere", "--standard", STANDARD),
        ("evaluate", "CITY", "--standard", "no-such"),
        ("evaluate", "CITY", "--standard", STANDARD, "--area", "000"),
        ("evaluate", "CITY", "--standard", STANDARD, "--as-of", "31/12/18"),
        ("evaluate", "CITY"),
        ("explain", "CITY", "nonsense"),
        ("explain", "CITY", f"{STANDARD}@2018-06-30/441802/IND-999-99"),
        ("import", "CITY", "areas", "/nowhere.csv"),
        ("template", "no-such-register"),
        ("standards", "show", "no-such"),
        ("standards", "check", "README.md"),
        ("init", "CITY", "--name", "x", "--area-code", "1", "--crs", "EPSG:4547"),
        ("init", "NEW", "--name", "x", "--area-code", "1", "--crs", "EPSG:4326"),
        ("init", "NEW", "--name", "x", "--area-code", "1"),
        ("init", "NEW", "--name", "", "--area-code", "1", "--crs", "EPSG:4547"),
        ("restore", "README.md", "NEW"),
        ("demo", "CITY"),
        ("demo", "NEW", "--premises", "10"),
        ("no-such-command",),
        ("evaluate", "--no-such-option"),
    ],
)
def test_bad_usage_ends_in_two_with_a_mend(args: tuple[str, ...], city: Path, run: Run, tmp_path: Path) -> None:
    places = {"CITY": str(city), "NEW": str(tmp_path / "new"), "README.md": "README.md"}
    for lang in ("zh", "en"):
        ran = run(*(places.get(arg, arg) for arg in args), "--json", lang=lang)
        assert ran.code == 2, ran
        validate("error", ran.json)
        assert ran.json["error"]["mend"][lang] in ran.err
    assert not (tmp_path / "new").exists()


def test_people_get_tables_and_no_json(city: Path, run: Run) -> None:
    for lang, word in (("zh", "未达标"), ("en", "fail")):
        ran = run("evaluate", city, "--standard", STANDARD, lang=lang)
        assert ran.code == 0
        assert word in ran.out
        with pytest.raises(json.JSONDecodeError):
            json.loads(ran.out)


def test_every_schema_is_used_by_a_command() -> None:
    assert names() == {
        "backup",
        "bench-cover",
        "bench-coverage",
        "bench-coverage-end",
        "bench-evaluate",
        "bench-fibre",
        "bench-forecast",
        "bench-nation",
        "bench-pon",
        "bench-radio",
        "bench-reader",
        "bench-sites",
        "bench-steiner",
        "bench-web",
        "check",
        "common",
        "demo",
        "error",
        "evaluate",
        "explain",
        "forecast",
        "import",
        "init",
        "plan-check",
        "plan-fibre",
        "plan-radio",
        "plan-sites",
        "remind",
        "report-evaluation",
        "report-grid",
        "restore",
        "solve-budget",
        "solve-cover",
        "solve-reach",
        "solve-steiner",
        "standards-check",
        "standards-diff",
        "standards-list",
        "standards-read",
        "standards-show",
        "template",
    }
