"""What people read on the terminal says what is known, and says nothing where nothing is."""

import pytest

from guangcheng.apps.cli import screens
from guangcheng.base.provenance import Basis, Clause
from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import TraceNode
from tests.coverage.small_cities import City, district
from tests.coverage.test_evaluate import run


def lines(city: City, lang: Lang) -> list[str]:
    return screens.evaluation(run(city.view()), lang).splitlines()


@pytest.fixture
def city() -> City:
    made = City()
    town = made.area("441802101", "township", district(made), subtype="town", name="甲镇")
    village = made.area("441802101201", "admin_village", town)
    made.village("441802101201001", village, [1, 0])
    return made


def test_a_reference_without_statistics_is_a_dash(city: City) -> None:
    row = next(line for line in lines(city, "zh") if line.startswith("441802101 "))
    assert row.split()[-3:] == ["0/1", "0.0%", "—"]


@pytest.mark.parametrize(("lang", "shown"), [("zh", "宽带覆盖申报（claims）"), ("en", "claims")])
def test_a_missing_register_is_called_by_title_and_name(city: City, lang: Lang, shown: str) -> None:
    row = next(line for line in lines(city, lang) if line.startswith(("缺少台账", "register missing")))
    assert row.split()[-1].split("、")[0] == shown


CLAUSE = Clause(document="001", clause="二(三)7")
TREE = TraceNode(
    Text("甲村", "A"),
    "1/2 = 50.0 % · no",
    CLAUSE,
    children=(
        TraceNode(Text("扩容时限", "expansion limit"), "15 工作日", CLAUSE, Basis.PRODUCT_DEFAULT),
        TraceNode(Text("最近", "nearest"), "yes", rows=({"distance_m": 509.9892671262835, "id": "D1", "x": None},)),
        TraceNode(Text("目标", "target"), ">= 3 个 · active"),
        TraceNode(Text("两个口径。", "Two readings."), ""),
    ),
)


@pytest.mark.parametrize(
    ("lang", "drawn"),
    [
        (
            "zh",
            [
                "甲村：1/2 = 50.0 % · 否  [001 二(三)7]",
                "├ 扩容时限：15 工作日  [001 二(三)7，产品默认]",
                "├ 最近：是",
                "│   ⟨distance_m=509.989  id=D1⟩",
                "├ 目标：>= 3 个 · 计分",
                "└ 两个口径。",
            ],
        ),
        (
            "en",
            [
                "A: 1/2 = 50.0 % · no  [001 二(三)7]",
                "├ expansion limit: 15 working days  [001 二(三)7, product default]",
                "├ nearest: yes",
                "│   ⟨distance_m=509.989  id=D1⟩",
                "├ target: >= 3 · scored",
                "└ Two readings.",
            ],
        ),
    ],
)
def test_a_derivation_reads_as_words_in_both_languages(lang: Lang, drawn: list[str]) -> None:
    assert screens.derivation(TREE, lang).splitlines() == drawn
