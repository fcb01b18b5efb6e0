"""Counting, ordering and wording of given verdicts; nothing is judged here."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.provenance import SnapshotRef
from guangcheng.base.shares import Share
from guangcheng.base.text import Text
from guangcheng.coverage.gaps import Fewest
from guangcheng.coverage.results import Status, Verdict
from guangcheng.reporting import narrative, summary
from tests.reporting import sample


def test_counts_per_level_from_the_top_down() -> None:
    assert [
        (c.level, dict(c.verdicts), c.passed, c.judged, c.total) for c in summary.level_counts(sample.evaluation())
    ] == [
        ("district", {Verdict.FAIL: 1}, 0, 1, 1),
        ("street", {Verdict.PASS: 1}, 1, 1, 1),
        ("town", {Verdict.PASS_WITH_REMARK: 1, Verdict.FAIL: 1}, 1, 2, 2),
        ("other", {Verdict.NOT_APPLICABLE: 1}, 0, 0, 1),
        ("admin_village", {Verdict.PASS: 1, Verdict.FAIL: 1, Verdict.NO_DATA: 1}, 1, 3, 3),
        ("natural_village", {Verdict.PASS: 1, Verdict.FAIL: 1, Verdict.OUT_OF_SCOPE: 1}, 1, 2, 3),
        ("estate", {Verdict.PASS: 1, Verdict.FAIL: 1}, 1, 2, 2),
    ]


def test_one_indicator_of_each_status() -> None:
    assert dict(summary.status_counts(sample.indicators())) == dict.fromkeys(Status, 1)


def test_row_order_of_the_evaluation_does_not_matter() -> None:
    whole = sample.evaluation()
    turned = replace(whole, areas=whole.areas[::-1], estates=whole.estates[::-1])
    assert summary.ordered_areas(turned) == summary.ordered_areas(whole)
    assert summary.not_passed(turned) == summary.not_passed(whole)


def test_not_passed_lists_failures_and_missing_data_with_the_remedy() -> None:
    found = summary.not_passed(sample.evaluation(), sample.ways())
    assert [(item.area.code, [text.zh for text in item.remedies]) for item in found] == [
        ("441899", ["现有 2/3，至少须 3 个，还差 1 个"]),
        (
            "441899102",
            [
                '最少再建成 1 个自然村即可达标，涉及驻地 2 处：=HYPERLINK("http://example.invalid")村（石马头）',
                "现有 17/19，至少须 18 个，还差 1 个",
            ],
        ),
        ("441899102201", ["现有 8/10，至少须 9 个，还差 1 个"]),
        ("441899102202", ["补齐 2 个未知对象的数据（共 10 个）后重新评估"]),
        ("441899102201001", ["现有 2/3，至少须 3 个，还差 1 个"]),
        ("E-0002", ["现有 5/6，至少须 6 个，还差 1 个"]),
    ]


@pytest.mark.parametrize(
    ("way", "zh", "en"),
    [
        (
            Fewest(None, None),
            "仅靠建设不能达标，须先补齐数据",
            "building alone cannot make it pass: complete the data first",
        ),
        (
            Fewest(0, 2, (), ("P-1", "P-2"), ("东苑", "西苑")),
            "最少再使 2 处驻地具备能力即可达标：东苑、西苑",
            "passes once 2 more premises are capable: 东苑, 西苑",
        ),
        (
            Fewest(0, 13, (), tuple("ABCDEFGHIJKLM"), tuple("abcdefghijklm")),
            "最少再使 13 处驻地具备能力即可达标：a、b、c、d、e、f、g、h、i、j、k、l等",
            "passes once 13 more premises are capable: a, b, c, d, e, f, g, h, i, j, k, l …",
        ),
    ],
)
def test_ways_to_pass_in_words(way: Fewest, zh: str, en: str) -> None:
    assert summary.way_sentence(summary.by_code(sample.evaluation()), way) == Text(zh, en)


@pytest.mark.parametrize(("ok", "n", "need"), [(9, 10, 9), (17, 19, 18), (18, 20, 18), (0, 0, 0), (0, 1, 1)])
def test_needed_is_the_least_that_passes_ninety_percent(ok: int, n: int, need: int) -> None:
    assert summary.needed(sample.a_test("x", "TST-001-01", ok, n, "90")) == need


@settings(max_examples=80)
@given(st.integers(1, 400), st.integers(0, 100))
def test_needed_passes_and_one_less_does_not(n: int, percent: int) -> None:
    need = summary.needed(sample.a_test("x", "TST-001-01", 0, n, str(percent)))
    assert need is not None
    assert Share(need, n).meets(">=", percent)
    assert need == 0 or not Share(need - 1, n).meets(">=", percent)


def test_needed_is_silent_about_other_tests() -> None:
    test = sample.a_test("x", "TST-001-01", 5, 10, "90")
    assert summary.needed(replace(test, comparator="<=")) is None
    assert summary.needed(replace(test, unit="个")) is None
    assert summary.needed(replace(test, threshold="全部")) is None


def test_remedy_of_a_value_that_is_no_share() -> None:
    test = replace(sample.a_test("x", "TST-001-01", 12, 20, "10"), unit="工作日", comparator="<=", value="12", ok=False)
    assert summary.remedy(test) == Text(
        "现值 12 工作日，要求 ≤10 工作日", "12 working days now, ≤10 working days required"
    )


def test_digest_depends_on_every_snapshot_and_on_nothing_else() -> None:
    whole = sample.evaluation()
    assert summary.digest(
        replace(whole, areas=(), snapshots=dict(reversed(list(whole.snapshots.items()))))
    ) == summary.digest(whole)
    changed = {**whole.snapshots, "areas": SnapshotRef("areas", date(2018, 11, 30), "a2" * 32)}
    assert summary.digest(replace(whole, snapshots=changed)) != summary.digest(whole)
    assert len(summary.digest(whole)) == 16


def test_a_circle_of_parents_ends() -> None:
    one, two, below = sample.areas()[1:4]
    turning = (replace(one, parent=two.code), replace(two, parent=one.code), replace(below, parent=one.code))
    circle = replace(sample.evaluation(), areas=turning, estates=())
    assert {code: [area.code for area in chain] for code, chain in summary.ancestors(circle).items()} == {
        one.code: [two.code],
        two.code: [one.code],
        below.code: [one.code, two.code],
    }


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("66.6", Fraction(333, 5)),
        ("37", Fraction(37)),
        (3, Fraction(3)),
        (None, None),
        ("基本实现", None),
        ("NaN", None),
    ],
)
def test_decimal_strings_are_read_exactly(value: str | int | None, number: Fraction | None) -> None:
    assert summary.exact(value) == number


def test_characters_no_document_can_hold_are_left_out() -> None:
    assert summary.printable("a\x00b\x0bc\ud800d\uffffe\tf\n光") == "abcde\tf\n光"


def test_the_headline_says_the_verdict_first_and_then_what_is_missing() -> None:
    sentences = narrative.headline(sample.evaluation(), sample.standard(), sample.CITY)
    assert len(sentences) == 5
    assert sentences[0].zh.endswith("示例区总体结论：未达标。")
    assert sentences[2] == Text("未达标的街镇：石马镇。", "Streets and towns with fail: 石马镇.")
    assert sentences[4].zh == "发现数据缺口 2 处；缺数据的对象不按未达标处理，补齐后应重新评估。"


def test_without_areas_nothing_is_concluded() -> None:
    first = narrative.conclusion(sample.empty_evaluation(), sample.standard(), sample.CITY)
    assert first.zh.endswith("示例区没有可供评估的区域，不能作出结论。")
    assert first.en.endswith("示例区 has no areas that could be judged, so nothing can be said.")


def test_a_standard_without_levels_judges_no_places() -> None:
    indicators_only = sample.standard().model_copy(update={"acceptance": []})
    first = narrative.conclusion(sample.empty_evaluation(), indicators_only, sample.CITY)
    assert first.zh.endswith("该文件不设分级验收标准，不作街镇、村达标结论。")
    assert first.en.endswith("the document judges no towns or villages.")


def test_without_a_verdict_on_the_whole_none_is_claimed() -> None:
    part = replace(sample.evaluation(), area="*")
    first = narrative.conclusion(part, sample.standard(), sample.CITY)
    assert first.zh.endswith("对示例区各级对象作出结论，未作总体结论。")
