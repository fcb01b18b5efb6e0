"""``standards read`` and ``bench reader``: what they print, write and refuse."""

import json
from pathlib import Path
from typing import Any

import pytest

from guangcheng.apps.cli.door import run_command
from guangcheng.apps.cli.main import cli
from guangcheng.standards.loader import StandardFault, load_file
from guangcheng.standards.reader.standard_file import confirmed
from tests.apps.cli import schemas

DATA = Path(__file__).resolve().parents[2] / "standards" / "reader" / "data"
PLAN = DATA / "development" / "city5g.txt"
PAGE = DATA / "development" / "multi_page.txt"


def _run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any]]:
    code = run_command(cli, [*argv, "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out)


@pytest.mark.parametrize("path", [PLAN, PAGE], ids=["one", "several"])
def test_the_labels_follow_their_schema(capsys: pytest.CaptureFixture[str], path: Path) -> None:
    code, answer = _run(capsys, "standards", "read", str(path))
    assert code == 0
    schemas.validate("standards-read", answer)


def test_a_draft_is_refused_until_it_is_confirmed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    draft, page = tmp_path / "my-plan.yaml", tmp_path / "check.html"
    code, answer = _run(capsys, "standards", "read", str(PLAN), "-o", str(draft), "--review", str(page))
    assert (code, answer["written"]) == (0, [str(draft), str(page)])
    assert "<mark>" in page.read_text(encoding="utf-8")
    with pytest.raises(StandardFault):
        load_file(draft)
    draft.write_text(confirmed(draft.read_text(encoding="utf-8")), encoding="utf-8")
    assert load_file(draft).document.number == "青政办发〔2020〕17号"


def test_several_documents_are_numbered(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, answer = _run(capsys, "standards", "read", str(PAGE), "-o", str(tmp_path / "page.yaml"))
    assert answer["written"] == [str(tmp_path / "page-1.yaml"), str(tmp_path / "page-2.yaml")]


def test_the_issuer_can_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    _, answer = _run(capsys, "standards", "read", str(PLAN), "--issuer", "某市人民政府")
    assert answer["labels"]["issuer"] == "某市人民政府"


def test_a_name_that_is_no_id_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, answer = _run(capsys, "standards", "read", str(PLAN), "-o", str(tmp_path / "方案.yaml"))
    assert (code, answer["error"]["kind"]) == (2, "UsageError")
    assert list(tmp_path.iterdir()) == []


def test_nothing_found_is_a_no(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("今天天气很好。", encoding="utf-8")
    assert _run(capsys, "standards", "read", str(path))[0] == 1


def test_a_picture_is_refused_with_what_to_do(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"\x89PNG")
    code, answer = _run(capsys, "standards", "read", str(path))
    assert (code, answer["error"]["kind"]) == (2, "WrongFormat")
    assert "OCR" in answer["error"]["mend"]["zh"]


def test_bench_reader(capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = _run(capsys, "bench", "reader", "--data", str(DATA))
    assert (code, answer["met"]) == (0, None)
    schemas.validate("bench-reader", answer)
