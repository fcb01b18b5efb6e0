"""Figures are worked out once per key, behind the pages, whoever asks at the same time."""

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.test import Client

from guangcheng.apps.web import results
from guangcheng.apps.web.shelf import Computing, Shelf
from guangcheng.base.errors import NotFound
from guangcheng.base.text import Text
from tests.people import Person

STANDARD = "qingcheng-2017-all-optical"


def test_many_askers_share_one_computation() -> None:
    shelf, calls = Shelf(), []

    def work() -> str:
        calls.append(1)
        return "answer"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: shelf.ask("key", work, patience=60), range(40)))
    assert found == ["answer"] * 40
    assert calls == [1]


def test_an_impatient_asker_gets_a_ticket_that_ends() -> None:
    shelf, gate = Shelf(), threading.Event()
    with pytest.raises(Computing) as waiting:
        shelf.ask("key", lambda: gate.wait(60), patience=0.01)
    assert shelf.pending(waiting.value.ticket)
    assert shelf.peek("key") is None
    gate.set()
    assert shelf.ask("key", lambda: False, patience=60) is True
    assert not shelf.pending(waiting.value.ticket)


def test_a_failure_is_told_and_tried_again() -> None:
    shelf = Shelf()

    def fails() -> str:
        raise NotFound(Text("没有", "none"), mend=Text("找", "look"))

    with pytest.raises(NotFound):
        shelf.ask("key", fails, patience=60)
    assert shelf.ask("key", lambda: "found", patience=60) == "found"


def test_the_longest_unasked_goes_first() -> None:
    shelf = Shelf(2)
    for key in ("a", "b"):
        shelf.ask(key, lambda key=key: key, patience=60)  # type: ignore[misc]
    shelf.ask("a", lambda: "anew", patience=60)
    shelf.ask("c", lambda: "c", patience=60)
    assert [shelf.peek(key) for key in ("a", "b", "c")] == ["a", None, "c"]


def test_a_page_asked_too_early_waits_calmly(person: Person, settings: object) -> None:
    settings.RESULTS_PATIENCE_S = 0  # type: ignore[attr-defined]
    results.forget()
    client = Client()
    client.force_login(person("viewer"), backend="django.contrib.auth.backends.ModelBackend")
    early = client.get("/")
    assert early.status_code == 202
    page = early.content.decode()
    assert "正在计算" in page
    assert '<meta http-equiv="refresh"' in page
    results.standing(STANDARD, patience=120)
    assert client.get("/").status_code == 200


def test_a_new_snapshot_changes_the_key(person: Person) -> None:
    from guangcheng.programme.platform import scope

    before = results.key_of(STANDARD)
    old = results.standing(STANDARD)
    city = scope.the_city()
    ref = city.registers.latest("premises")
    assert ref is not None
    table = city.registers.read(ref)
    city.registers.commit("premises", table.slice(0, table.num_rows - 1), as_of=ref.as_of)
    assert results.key_of(STANDARD) != before
    assert results.key_of(STANDARD) == results.key_of(STANDARD)
    assert results._standings.peek(before) is old
    fresh = results.standing(STANDARD)
    assert fresh.looked.view.refs["premises"] != old.looked.view.refs["premises"]
    assert results._standings.peek(before) is None


def test_a_part_is_the_same_as_the_command_says(person: Person) -> None:
    from guangcheng.apps import handover
    from guangcheng.programme.platform import scope
    from tests.people import STREET

    found = results.evaluation(STANDARD, area=STREET)
    assert found == handover.look(scope.the_city(), STANDARD, as_of=None, area=STREET).evaluation


def test_a_derivation_in_the_kept_survey_is_the_same_as_the_commands(person: Person) -> None:
    """An indicator of the whole, verdicts and tests of a village and an estate; cut short, what is left is named."""
    from guangcheng.apps import bootstrap
    from guangcheng.coverage.explain import explain, explain_in, explain_premises_in
    from guangcheng.coverage.results import TraceNode
    from guangcheng.programme.platform import scope

    city, looked = scope.the_city(), results.looked(STANDARD)
    found = looked.evaluation
    levels = {place.level: place for place in (*found.areas, *found.estates) if place.tests}
    small = [levels[level] for level in ("natural_village", "estate")]
    traces = [*(place.trace for place in small), *(place.tests[0].trace for place in small)]
    traces += [one.trace for one in found.indicators if one.area == found.area and one.id == "IND-001-28"]
    for trace in traces:
        told = explain(looked.view, looked.standard, trace, calendar=bootstrap.calendar_of(city))
        assert explain_in(looked.survey, trace) == told
    with pytest.raises(ValueError, match="not of this survey"):
        explain_in(looked.survey, f"{STANDARD}@2001-01-01/{found.area}/verdict")
    short = explain_in(looked.survey, found.areas[0].trace, most_areas=3, most_places=0)

    def titles(node: TraceNode) -> list[str]:
        return [node.title.zh, *(title for child in node.children for title in titles(child))]

    assert any("另见" in title for title in titles(short))
    place = looked.survey.premises.id_of(0)
    assert explain_premises_in(looked.survey, place).value in ("yes", "no", "unknown")


def test_a_trace_in_words_is_a_link_and_nothing_else_is() -> None:
    from guangcheng.apps.web.templatetags.words import with_traces

    told = with_traces(Text(f"甲村（另见 {STANDARD}@2018-06-30/441802/verdict）<b>", "x"))
    address = f"/derivation/?trace={STANDARD}%402018-06-30%2F441802%2Fverdict"
    assert told == f'甲村（另见 <a href="{address}">{STANDARD}@2018-06-30/441802/verdict</a>）&lt;b&gt;'


def test_a_standing_is_out_of_the_collector_s_sight_and_still_let_go(city_folder: Path, db: None) -> None:
    results.forget()
    first = weakref.ref(results.standing(STANDARD))
    held = first()
    assert held is not None
    assert gc.get_freeze_count() > len(held.areas)
    del held
    results.forget()
    results.standing(STANDARD)
    assert first() is None
