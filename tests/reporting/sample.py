"""A small evaluation of an invented district, built from the real classes, holding every verdict and every status.

Places, names and figures are invented; the standard's numbers are those of 001.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from guangcheng.base.provenance import Basis, Clause, SnapshotRef
from guangcheng.base.shares import Share
from guangcheng.base.text import Text
from guangcheng.coverage.gaps import Fewest
from guangcheng.coverage.results import (
    AreaVerdict,
    DataGap,
    Evaluation,
    Gap,
    IndicatorResult,
    Status,
    TestResult,
    Verdict,
)
from guangcheng.standards.model import Standard

AS_OF = date(2018, 12, 31)
GENERATED_ON = date(2019, 1, 8)
CITY = "示例区"
REMARK = Text("本报告所用数据为合成样例，不代表任何真实地区。", "Synthetic sample data; no real place is meant.")
STANDARD_ID = "qingcheng-2017-all-optical"
PREFIX = f"{STANDARD_ID}@{AS_OF.isoformat()}"

_TITLES = {
    "TST-001-01": Text("90%以上行政村为全光网行政村", "at least 90% of administrative villages pass"),
    "TST-001-02": Text("光网用户渗透率80%以上", "optical penetration at least 80%"),
    "TST-001-03": Text("90%以上自然村具备光网接入能力", "at least 90% of natural villages are capable"),
    "TST-001-04": Text("主要聚居地、学校、卫生站均具备光网接入能力", "settlements, schools and clinics are capable"),
    "TST-001-05": Text("90%建筑物具备光网接入能力", "90% of buildings are capable"),
    "TST-001-06": Text("住宅楼全部具备光网接入能力", "all residential buildings are capable"),
    "TST-001-07": Text("100%街镇为全光网街镇", "all streets and towns pass"),
}


def a_test(
    code: str,
    test_id: str,
    ok: int | None,
    n: int | None,
    threshold: str,
    *,
    hard: bool = True,
    unknown: int = 0,
    verdict: bool | None = None,
    basis: Basis = Basis.TEXT,
) -> TestResult:
    """One test; ``verdict`` overrides what the integers say (for unknown members)."""
    share = Share(ok, n) if ok is not None and n is not None else None
    answer = verdict if verdict is not None or unknown else (share.meets(">=", int(threshold)) if share else None)
    return TestResult(
        id=test_id,
        clause=Clause("001", "二(三)"),
        title=_TITLES[test_id],
        hard=hard,
        numerator=ok,
        denominator=n,
        unknown=unknown,
        value=share.shown() if share and answer is not None else None,
        unit="%",
        comparator=">=",
        threshold=threshold,
        ok=answer,
        basis=basis,
        trace=f"{PREFIX}/{code}/{test_id}",
    )


def an_area(
    code: str,
    name: str,
    level: str,
    parent: str | None,
    verdict: Verdict,
    *tests: TestResult,
    subtype: str | None = None,
    reasons: tuple[Text, ...] = (),
) -> AreaVerdict:
    """One area with its verdict."""
    return AreaVerdict(
        code=code,
        name=name,
        level=level,
        subtype=subtype,
        parent=parent,
        verdict=verdict,
        tests=tests,
        reasons=reasons,
        trace=f"{PREFIX}/{code}/verdict",
    )


def areas() -> tuple[AreaVerdict, ...]:
    """A district, four townships, four villages, four natural villages; all six verdicts."""
    district, street, town, poor, zone = "441899", "441899001", "441899101", "441899102", "441899400"
    long_name = "清水河国营农场第三生产队搬迁安置点暨库区移民新村民委员会（含原石马、塘尾、上下寨四个自然村）"
    fact = Text("自然村缺常住户数，无法判断是否计入", "a natural village lacks its household count")
    return (
        an_area(
            district,
            CITY,
            "district",
            None,
            Verdict.FAIL,
            a_test(district, "TST-001-07", 2, 3, "100"),
            a_test(district, "TST-001-02", 8123, 10000, "80", hard=False),
            reasons=(Text("3 个街镇中 1 个未达标：石马镇", "1 of 3 townships fails: 石马镇"),),
        ),
        an_area(
            street,
            "东湖街道",
            "township",
            district,
            Verdict.PASS,
            a_test(street, "TST-001-05", 18, 20, "90"),
            a_test(street, "TST-001-02", 901, 1000, "80", hard=False),
            subtype="street",
        ),
        an_area(
            town,
            "太和镇",
            "township",
            district,
            Verdict.PASS_WITH_REMARK,
            a_test(town, "TST-001-01", 9, 10, "90"),
            a_test(town, "TST-001-02", 799, 1000, "80", hard=False),
            subtype="town",
            reasons=(Text("光网用户渗透率 79.9% 低于参考值 80%", "penetration 79.9% is below the reference 80%"),),
        ),
        an_area(
            poor,
            "石马镇",
            "township",
            district,
            Verdict.FAIL,
            a_test(poor, "TST-001-01", 17, 19, "90"),
            a_test(poor, "TST-001-02", None, None, "80", hard=False),
            subtype="town",
            reasons=(Text("19 个行政村中 17 个达标，不足 90%", "17 of 19 villages pass, below 90%"),),
        ),
        an_area(
            zone,
            "示例高新区",
            "township",
            district,
            Verdict.NOT_APPLICABLE,
            subtype="other",
            reasons=(Text("开发区不是街道或镇，标准未作规定", "a zone is neither street nor town"),),
        ),
        an_area(
            poor + "201",
            '=HYPERLINK("http://example.invalid")村',
            "admin_village",
            poor,
            Verdict.FAIL,
            a_test(poor + "201", "TST-001-03", 8, 10, "90"),
            a_test(poor + "201", "TST-001-02", 10, 11, "80", hard=False),
            reasons=(Text("10 个自然村中 8 个达标", "8 of 10 natural villages pass"),),
        ),
        an_area(
            poor + "202",
            long_name,
            "admin_village",
            poor,
            Verdict.NO_DATA,
            a_test(poor + "202", "TST-001-03", 8, 10, "90", unknown=2),
            a_test(poor + "202", "TST-001-02", 0, 0, "80", hard=False),
            reasons=(fact,),
        ),
        an_area(
            town + "201",
            "太和村",
            "admin_village",
            town,
            Verdict.PASS,
            a_test(town + "201", "TST-001-03", 9, 10, "90"),
            a_test(town + "201", "TST-001-02", 9, 10, "80", hard=False),
        ),
        an_area(
            poor + "201001",
            "石马头",
            "natural_village",
            poor + "201",
            Verdict.FAIL,
            a_test(poor + "201001", "TST-001-04", 2, 3, "100"),
            reasons=(Text("学校最近接入点 1,203 米，超出 1,000 米", "nearest point to the school is 1,203 m away"),),
        ),
        an_area(
            poor + "201002",
            "石马尾",
            "natural_village",
            poor + "201",
            Verdict.PASS,
            a_test(poor + "201002", "TST-001-04", 3, 3, "100"),
        ),
        an_area(
            poor + "201003",
            "小坑",
            "natural_village",
            poor + "201",
            Verdict.OUT_OF_SCOPE,
            reasons=(Text("常住 19 户，不足 20 户", "19 resident households, fewer than 20"),),
        ),
    )


def estates() -> tuple[AreaVerdict, ...]:
    """Two estates of the street."""
    return (
        an_area(
            "E-0001",
            "湖畔花园",
            "estate",
            "441899001",
            Verdict.PASS,
            a_test("E-0001", "TST-001-06", 12, 12, "100", basis=Basis.PRODUCT_DEFAULT),
        ),
        an_area(
            "E-0002",
            "+1 号院",
            "estate",
            "441899001",
            Verdict.FAIL,
            a_test("E-0002", "TST-001-06", 5, 6, "100", basis=Basis.PRODUCT_DEFAULT),
            reasons=(Text("6 栋住宅楼中 5 栋具备能力", "5 of 6 residential buildings are capable"),),
        ),
    )


def an_indicator(
    number: str, zh: str, en: str, status: Status, value: str | None, target: str | None, **more: Any
) -> IndicatorResult:
    """One indicator result of the district."""
    area = more.pop("area", "441899")
    identifier = f"IND-001-{number}"
    defaults: dict[str, Any] = {
        "numerator": None,
        "denominator": None,
        "unit": "%",
        "target_date": None if target is None else AS_OF,
        "gap": None,
        "basis": Basis.TEXT,
        "comparator": None if target is None else ">=",
    }
    return IndicatorResult(
        id=identifier,
        clause=Clause("001", "二(一)"),
        name=Text(zh, en),
        area=area,
        value=value,
        target=target,
        status=status,
        trace=f"{PREFIX}/{area}/{identifier}",
        **{**defaults, **more},
    )


def indicators() -> tuple[IndicatorResult, ...]:
    """Seven indicators, one per status."""
    return (
        an_indicator(
            "01",
            "全光网街镇数量",
            "all-optical streets and towns",
            Status.MISSED,
            "2",
            "8",
            unit="个",
            gap=Gap("6", "个"),
        ),
        an_indicator(
            "04",
            "自然村光纤网络覆盖率",
            "natural villages with fibre coverage",
            Status.MET,
            "66.6",
            "50",
            numerator=2,
            denominator=3,
            target_date=date(2017, 12, 31),
        ),
        an_indicator(
            "08",
            "各街道全光网小区占比",
            "all-optical estates per street",
            Status.BEHIND,
            "50.0",
            "100",
            area="441899001",
            numerator=1,
            denominator=2,
            target_date=date(2018, 6, 30),
            gap=Gap("1", "个"),
            basis=Basis.PRODUCT_DEFAULT,
        ),
        an_indicator(
            "12",
            "各镇自然村全光网乡村占比",
            "all-optical natural villages per town",
            Status.ON_TRACK,
            "90.0",
            "100",
            area="441899101",
            numerator=9,
            denominator=10,
            target_date=date(2019, 3, 31),
            gap=Gap("1", "个"),
        ),
        an_indicator(
            "09",
            "全区所有自然村建成全光网乡村",
            "all natural villages are all-optical",
            Status.DISPUTED,
            "50.0",
            "100",
            numerator=1,
            denominator=2,
            target_date=date(2017, 12, 31),
            flags=("contradicted",),
            notes=(
                Text(
                    "与后续各阶段 40%、60%、90%、100% 矛盾，列示而不计分",
                    "contradicts the later phases 40, 60, 90, 100%; shown, not scored",
                ),
            ),
        ),
        an_indicator("13", "光网络覆盖率", "optical coverage rate", Status.REPORTED, "95.0", None, basis=Basis.CLAIM),
        an_indicator("10", "各镇示范点数", "demonstration villages per town", Status.NO_DATA, None, "10", unit="个"),
    )


def evaluation() -> Evaluation:
    """The whole evaluation."""
    return Evaluation(
        standard=STANDARD_ID,
        standard_version="1.0.0",
        area="441899",
        as_of=AS_OF,
        snapshots={
            "areas": SnapshotRef("areas", date(2018, 11, 30), "a1" * 32),
            "premises": SnapshotRef("premises", date(2018, 12, 15), "b2" * 32),
            "access_points": SnapshotRef("access_points", date(2018, 12, 20), "c3" * 32),
        },
        areas=areas(),
        estates=estates(),
        indicators=indicators(),
        data_gaps=(
            DataGap(
                "missing_households",
                "441899102202",
                Text("2 个自然村缺常住户数：上寨、下寨", "2 natural villages lack a household count: 上寨, 下寨"),
            ),
            DataGap("missing_register", "demo_sites", Text("没有示范点台账", "no register of demonstration sites")),
        ),
        notes=(Text("8 街镇为 2017 年方案口径，名单以台账为准", "the plan of 2017 counts 8 streets and towns"),),
    )


def empty_evaluation() -> Evaluation:
    """An evaluation of an empty city: every table is empty, nothing may break."""
    return replace(evaluation(), snapshots={}, areas=(), estates=(), indicators=(), data_gaps=(), notes=())


def ways() -> dict[str, Fewest]:
    """The fewest natural villages that make 石马镇 pass."""
    return {"441899102": Fewest(1, 2, ("441899102201001",), ("P-7", "P-9"), ("东场", "西场"))}


def positions() -> dict[str, tuple[float, float]]:
    """Positions in metres of what the register knows; 小坑 has none."""
    return {
        "441899102201001": (38_400_000.0, 2_620_000.0),
        "441899102201002": (38_403_000.0, 2_622_500.0),
        "E-0001": (38_409_000.0, 2_626_000.0),
        "E-0002": (38_409_400.0, 2_625_500.0),
        "441899101": (38_404_000.0, 2_628_000.0),
    }


def standard() -> Standard:
    """A short edition of 001 with a product default, a local setting and a disputed target."""
    return Standard.model_validate(
        {
            "id": STANDARD_ID,
            "version": "1.0.0",
            "title": {
                "zh": "全光网城市建设验收标准（试行）",
                "en": "Acceptance standard, all-optical city (trial)",
            },
            "document": {
                "code": "001",
                "title": "清城区推进全光网城市建设实施方案",
                "issuer": "清城区人民政府",
                "region": "441802",
                "region_name": "清城区",
            },
            "parameters": {
                "urban_radius_m": _parameter("城市半径", "urban radius", "米", 200, "二(三)7"),
                "rural_radius_m": _parameter("农村半径", "rural radius", "米", 1000, "二(三)7"),
                "order_window_months": _parameter(
                    "报装工单回看月数", "months of orders looked at", "月", 12, "二(三)7", "product_default", "U-05"
                ),
                "penetration_is_hard": _parameter(
                    "渗透率作为硬性指标", "penetration is hard", None, False, "二(三)1", "local", "C-06"
                ),
            },
            "acceptance": [
                _level("town", "全光网乡镇", "all-optical town", "二(三)3", "TST-001-01", "admin_villages_passed", 90),
                _level("street", "全光网街道", "all-optical street", "二(三)4", "TST-001-05", "premises_capable", 90),
                _level(
                    "estate",
                    "全光网小区",
                    "all-optical estate",
                    "三(三)",
                    "TST-001-06",
                    "estate_buildings_capable",
                    100,
                    "product_default",
                    "C-09",
                ),
            ],
            "indicators": {
                "IND-001-01": _indicator(
                    "全光网街镇数量",
                    "all-optical streets and towns",
                    "count_passed",
                    "个",
                    [(4, "2018-06-30"), (6, "2018-09-30"), (8, "2018-12-31")],
                ),
                "IND-001-09": _indicator(
                    "全区所有自然村建成全光网乡村",
                    "all natural villages are all-optical",
                    "natural_villages_passed_share",
                    "%",
                    [],
                    disputed=[(100, "2017-12-31")],
                ),
                "IND-001-12": _indicator(
                    "各镇自然村全光网乡村占比",
                    "all-optical natural villages per town",
                    "natural_villages_passed_share",
                    "%",
                    [(40, "2018-03-31"), (60, "2018-06-30"), (90, "2018-12-31"), (100, "2019-03-31")],
                    disputed=[(100, "2017-12-31")],
                ),
            },
        }
    )


def _source(clause: str) -> dict[str, str]:
    return {"document": "001", "clause": clause}


def _parameter(
    zh: str, en: str, unit: str | None, value: object, clause: str, basis: str = "text", decision: str | None = None
) -> dict[str, object]:
    dated = {"value": value, "source": _source(clause), "basis": basis, "decision": decision}
    return {"title": {"zh": zh, "en": en}, "unit": unit, "values": {date(2017, 1, 1): dated}}


def _level(
    level: str,
    zh: str,
    en: str,
    clause: str,
    test_id: str,
    measure: str,
    threshold: int,
    basis: str = "text",
    decision: str | None = None,
) -> dict[str, object]:
    title = _TITLES[test_id]
    dated = {"value": threshold, "source": _source(clause), "basis": basis, "decision": decision}
    return {
        "level": level,
        "title": {"zh": zh, "en": en},
        "source": _source(clause),
        "basis": basis,
        "decision": decision,
        "tests": [
            {
                "id": test_id,
                "title": {"zh": title.zh, "en": title.en},
                "measure": measure,
                "unit": "%",
                "comparator": ">=",
                "threshold": {date(2017, 1, 1): dated},
                "hard": True,
            }
        ],
    }


def _indicator(
    zh: str,
    en: str,
    measure: str,
    unit: str,
    targets: list[tuple[int, str]],
    *,
    disputed: Sequence[tuple[int, str]] = (),
) -> dict[str, object]:
    return {
        "name": {"zh": zh, "en": en},
        "definition": {"zh": zh, "en": en},
        "kind": "computed",
        "measure": measure,
        "unit": unit,
        "comparator": ">=",
        "hardness": "hard",
        "source": _source("二(一)"),
        "targets": [_target(*target, "active") for target in targets]
        + [_target(*target, "disputed") for target in disputed],
    }


def _target(value: int, day: str, status: str) -> dict[str, object]:
    return {
        "value": value,
        "date": date.fromisoformat(day),
        "date_text": f"{day[:4]}年{int(day[5:7])}月前",
        "status": status,
        "source": _source("二(二)"),
    }
