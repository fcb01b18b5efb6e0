"""Whole documents, our own and the shared ones: scores, spans, clauses, heads, contradictions, outputs."""

import json
from pathlib import Path
from typing import Any

import pytest

from guangcheng.apps.bench.reader import TARGETS, first_readings, read_pairs, run_reader_bench, tables
from guangcheng.standards.loader import StandardFault, load_text
from guangcheng.standards.reader import Draft, read_text
from guangcheng.standards.reader.standard_file import confirmed

DATA = Path(__file__).parent / "data"
OWN = [(name, text) for folder in ("development", "held_out") for name, text, _ in read_pairs(DATA / folder)]


@pytest.fixture(scope="module")
def scores() -> dict[str, Any]:
    return run_reader_bench(DATA)


def test_there_are_enough_documents() -> None:
    assert len(OWN) >= 6


@pytest.mark.parametrize(("kind", "wanted"), [("indicators", 0.85), ("tasks", 0.70), ("rules", 0.70)])
def test_our_own_documents_are_read_as_well_as_is_aimed_at(scores: dict[str, Any], kind: str, wanted: float) -> None:
    for name, scored in scores["sets"].items():
        assert scored["total"][kind]["f1"] >= wanted, name


def test_thirty_thousand_characters_take_less_than_five_seconds(scores: dict[str, Any]) -> None:
    assert scores["seconds"] < 5


PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "reader.md"


def _between(mark: str) -> str:
    return PAGE.read_text(encoding="utf-8").partition(f"<!-- {mark} -->")[2].partition(f"<!-- /{mark} -->")[0].strip()


def test_the_page_shows_the_scores_as_they_are(scores: dict[str, Any]) -> None:
    assert _between("scores").startswith(tables(scores).strip())
    assert _between("first") == first_readings(DATA).strip()


@pytest.mark.needs_shared
def test_the_page_shows_the_scores_on_the_shared_documents(shared: Path) -> None:
    assert _between("scores") == tables(run_reader_bench(DATA, shared)).strip()


@pytest.mark.needs_shared
def test_the_founding_documents_reach_what_is_promised(shared: Path) -> None:
    result = run_reader_bench(DATA, shared)
    assert result["met"] is True
    total = result["sets"]["shared"]["total"]
    assert {kind: total[kind]["f1"] >= TARGETS[kind] for kind in TARGETS} == dict.fromkeys(TARGETS, True)


@pytest.mark.parametrize(("name", "text"), OWN, ids=[name for name, _ in OWN])
def test_every_finding_points_at_what_it_was_read_from(name: str, text: str) -> None:
    draft = read_text(text)
    for document in draft.documents:
        for place in document.places:
            assert (
                0 <= place.sentence.start <= place.span.start < place.span.end <= place.sentence.end <= len(draft.text)
            )
            assert place.evidence
        for rule in document.rules:
            assert any(char.isdigit() or char in "一二三四五六七八九十百千两" for char in _at(draft, rule.place.span))


def _at(draft: Draft, span: Any) -> str:
    return draft.text[span.start : span.end]


@pytest.mark.parametrize(("name", "text"), OWN, ids=[name for name, _ in OWN])
def test_a_draft_loads_once_the_marked_places_are_confirmed_and_not_before(name: str, text: str) -> None:
    draft = read_text(text)
    for place, document in enumerate(draft.documents):
        written = draft.to_standard_yaml(place, standard_id="drafted")
        assert "# 请核对" in written
        with pytest.raises(StandardFault):
            load_text(written, "drafted.yaml")
        standard = load_text(confirmed(written), "drafted.yaml")
        assert len(standard.tasks) == len(document.tasks)
        values = {target.value for item in standard.indicators.values() for target in item.targets}
        dated = {item.value for item in document.indicators if item.date and not isinstance(item.value, tuple)}
        assert values - {None} >= dated


@pytest.mark.parametrize(("name", "text"), OWN, ids=[name for name, _ in OWN])
def test_reading_twice_gives_the_same_bytes(name: str, text: str) -> None:
    first, second = read_text(text), read_text(text)
    assert json.dumps(first.as_labels(), ensure_ascii=False) == json.dumps(second.as_labels(), ensure_ascii=False)
    assert first.to_standard_yaml() == second.to_standard_yaml()
    assert first.to_review_html() == second.to_review_html()


def _document(folder: str, name: str) -> Draft:
    return read_text((DATA / folder / f"{name}.txt").read_text(encoding="utf-8"))


def test_the_head_of_a_damaged_notice_is_mended_and_says_so() -> None:
    head = _document("development", "damaged_notice").documents[0].head
    assert (head.number, head.issuer, head.kind, head.issued) == (
        "松政办发〔2015〕26号",
        "松岭市人民政府办公室",
        "通知",
        "2015-03-18",
    )
    assert set(head.flags) == {"repaired_number", "repaired_date"}


def test_a_page_with_two_documents_is_split() -> None:
    labels = _document("development", "multi_page").as_labels()
    assert [item["doc_no"] for item in labels["documents"]] == ["海政发〔2019〕12号", "海政令〔2018〕5号"]
    assert labels["documents"][1]["effective"] == "2018-07-01"
    assert {item["doc_no"] for item in labels["rules"]} == {"海政令〔2018〕5号"}


def test_clauses_of_a_statute_and_of_a_plan() -> None:
    statute = _document("development", "statute").documents[0]
    assert [item.place.clause for item in statute.rules[5:8]] == ["第七条（一）", "第七条（二）", "第七条（三）"]
    assert statute.rules[2].place.clause == "第五条第二款"
    plan = _document("development", "city5g").documents[0]
    assert plan.tasks[0].place.clause == "三（一）"


def test_baseline_columns_are_no_targets() -> None:
    document = _document("development", "county_table").documents[0]
    assert {item.date for item in document.baselines} == {"2020"}
    assert len(document.baselines) == 7


def test_the_operative_reading_stands_beside_the_literal_one() -> None:
    (item,) = read_text("到2025年6月前，5G基站达到3000个。").as_labels()["indicators"]
    assert (item["comparator"], item["date"], item["date_rel"]) == ("=", "2025-06", "before")
    assert item["operative"] == {"comparator": ">=", "date": "2025-06-30", "basis": "product_default"}
    (late,) = read_text("2025年底，网络时延达到20毫秒。").as_labels()["indicators"]
    assert late["operative"]["comparator"] == "<="


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2025年底5G用户占比达到60%。2025年底5G用户占比达到70%。", "不同的值"),
        ("2024年底5G用户占比达到60%。2025年底5G用户占比达到50%。", "低于前期"),
    ],
)
def test_contradictions_are_reported(text: str, words: str) -> None:
    (conflict,) = read_text(text).as_labels()["conflicts"]
    assert words in conflict


def test_falling_delay_is_no_contradiction() -> None:
    assert read_text("2024年底时延达到30毫秒。2025年底时延达到20毫秒。").as_labels()["conflicts"] == []


def test_the_review_page_is_self_contained_and_marks_the_number() -> None:
    page = read_text("到2025年底，<5G>用户占比达到60%。", source="a&b.txt").to_review_html()
    assert "<mark>60%</mark>" in page
    assert "&lt;5G&gt;" in page
    assert "a&amp;b.txt" in page
    assert "<script" not in page
    assert "http" not in page
