"""The registers desk: what is handed in is checked, mended, committed with a receipt, and never beyond one's area."""

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from guangcheng.base.errors import Denied, InputError, NotFound, Refused
from guangcheng.programme.desk import loads
from guangcheng.programme.desk.flow import LOAD
from guangcheng.programme.desk.models import FindingReview, Load
from guangcheng.programme.desk.settled import Cell, Settled
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.platform.models import LedgerEntry, User
from guangcheng.registers.schema import schema
from tests.people import OTHER_STREET, STREET, TOP, Person, act

DAY = dt.date(2018, 6, 30)
HEAD = "驻地编号,名称,类型,所属区域,户数"


def content(*rows: str, head: str = HEAD) -> bytes:
    return ("\n".join([head, *rows]) + "\n").encode()


def village(street: str) -> str:
    return next(code for code, (_, parent, _) in sorted(scope.areas().items()) if parent == street)


@pytest.fixture
def clerk(person: Person) -> Iterator[User]:
    yield person("reporter", STREET)
    assert ledger.verify() is None


def hand_in(user: User, *rows: str, head: str = HEAD, **more: object) -> Load:
    return loads.hand_in(
        act(user),
        register="premises",
        name="驻地.csv",
        content=content(*rows, head=head),
        as_of=DAY,
        **more,  # type: ignore[arg-type]
    )


def checked(load: Load) -> loads.Checked:
    load.refresh_from_db()
    return loads.check(scope.the_city(), loads.handed(load))


def test_a_clerk_loads_rows_of_the_own_area_only(clerk: User) -> None:
    city = scope.the_city()
    before = city.registers.latest("premises")
    assert before is not None
    rows = city.registers.read(before).num_rows
    load = hand_in(clerk, f"新1,一号楼,楼栋,{village(STREET)},12", f"新2,二号楼,楼栋,{village(OTHER_STREET)},9")
    assert load.area_code == STREET
    seen = checked(load)
    assert seen.report is not None
    assert (seen.report.added, seen.report.refused) == (1, 1)
    assert [(fault.rule, fault.where.row) for fault in seen.report.faults if fault.severity == "error"] == [
        ("R-184", 3)
    ]
    assert city.registers.latest("premises") == before

    done = loads.commit(act(clerk), load)
    assert done.state == "committed"
    after = city.registers.latest("premises")
    assert after is not None
    assert done.told["snapshot"] == after.hash
    assert city.registers.read(after).num_rows == rows + 1
    entry = LedgerEntry.objects.get(seq=done.receipt_seq)
    assert (entry.verb, entry.hash, entry.subject) == ("load.finish", done.receipt_hash, done.subject)
    assert ledger.facts_of(entry)["snapshot"] == after.hash
    quarantine = city.folder / "registers" / "premises" / "quarantine" / str(done.told["quarantine"])
    assert quarantine.is_file()


def test_a_row_held_by_another_area_cannot_be_taken_over(clerk: User) -> None:
    city = scope.the_city()
    ref = city.registers.latest("premises")
    assert ref is not None
    table = city.registers.read(ref, ["premises_id", "area_code"]).to_pylist()
    below = {code for code in scope.areas() if scope.within(code, STREET)}
    foreign = next(row["premises_id"] for row in table if row["area_code"] not in below)
    seen = checked(hand_in(clerk, f"{foreign},占用,楼栋,{village(STREET)},1"))
    assert seen.report is not None
    assert seen.report.by_rule().get("R-184") == 1
    assert seen.report.accepted == 0


def test_replacing_is_held_to_the_own_area(clerk: User) -> None:
    city = scope.the_city()
    before = city.registers.latest("premises")
    assert before is not None
    old = city.registers.read(before, ["premises_id", "area_code"]).to_pylist()
    load = hand_in(clerk, f"新1,一号楼,楼栋,{village(STREET)},12", settled={"mode": "replace", "agrees": True})
    loads.commit(act(clerk), load)
    after = city.registers.latest("premises")
    assert after is not None
    kept = {row["premises_id"] for row in city.registers.read(after, ["premises_id"]).to_pylist()}
    outside = {row["premises_id"] for row in old if not scope.within(row["area_code"], STREET)}
    assert kept == outside | {"新1"}


def test_a_mended_cell_is_checked_anew(clerk: User) -> None:
    load = hand_in(clerk, f"新1,一号楼,楼栋,{village(STREET)},十几")
    seen = checked(load)
    assert seen.report is not None
    (fault,) = [fault for fault in seen.report.faults if fault.severity == "error"]
    cell = Cell(fault.where.sheet or "", fault.where.row or 0, fault.where.column or "")
    loads.settle(act(clerk), load, {"cells": {cell: "12"}})
    mended = checked(load)
    assert mended.report is not None
    assert (mended.report.accepted, mended.report.refused) == (1, 0)
    done = loads.commit(act(clerk), load)
    assert done.version == 1
    ref = scope.the_city().registers.latest("premises")
    assert ref is not None
    history = scope.the_city().registers.history("premises")[-1]
    assert [source.file for source in history.sources] == ["驻地.csv", "驻地.csv（网页更正）"]


def test_columns_and_names_are_settled(clerk: User) -> None:
    name = scope.areas()[village(STREET)][0]
    load = hand_in(clerk, "新1,楼栋,某某新村,7", head="驻地编号,类型,所属区域,住户数目")
    seen = checked(load)
    assert seen.report is not None
    assert seen.report.unmatched == ("住户数目",)
    assert seen.report.by_rule().get("R-139") == 1
    assert name != "某某新村"
    loads.settle(act(clerk), load, {"columns": {"住户数目": "households"}, "names": {"某某新村": village(STREET)}})
    mended = checked(load)
    assert mended.report is not None
    assert (mended.report.accepted, mended.report.unmatched) == (1, ())


def test_a_file_without_required_columns_says_so_and_can_be_mapped(clerk: User) -> None:
    load = hand_in(clerk, f"新1,{village(STREET)}", head="号,所属区域")
    seen = checked(load)
    assert seen.report is None
    assert isinstance(seen.error, InputError)
    assert len(seen.raws) == 1
    with pytest.raises(InputError):
        loads.commit(act(clerk), load)
    load.refresh_from_db()
    assert load.state == "received"


def test_who_may_not(clerk: User, person: Person) -> None:
    other, admin = person("reporter", OTHER_STREET), person("administrator")
    load = hand_in(clerk, f"新1,一号楼,楼栋,{village(STREET)},12")
    for user in (other, admin, person("viewer")):
        with pytest.raises(Denied):
            loads.commit(act(user), load)
        with pytest.raises(Denied):
            loads.settle(act(user), load, {"columns": {}})
        with pytest.raises(Denied):
            loads.withdraw(act(user), load)
    with pytest.raises(Denied):
        hand_in(other, f"新1,一号楼,楼栋,{village(STREET)},12", area=STREET)
    with pytest.raises(NotFound):
        hand_in(clerk, "x", area="000")
    assert loads.may_see(act(clerk), load)
    assert loads.may_see(act(admin), load)
    assert not loads.may_see(act(other), load)


def test_registers_without_areas_are_for_the_whole_city(clerk: User, person: Person) -> None:
    load = loads.hand_in(
        act(clerk), register="areas", name="区域.csv", content="代码,名称,层级\n1,甲,镇\n".encode(), as_of=DAY
    )
    assert isinstance(checked(load).error, Refused)
    with pytest.raises(Refused):
        loads.commit(act(clerk), load)
    city_wide = hand_in(person("reporter", TOP), f"新1,一号楼,楼栋,{village(OTHER_STREET)},12")
    assert loads.commit(act(city_wide.made_by), city_wide).told["added"] == 1


@pytest.mark.parametrize("state", sorted(LOAD.states))
def test_impossible_steps_are_refused(clerk: User, state: str) -> None:
    load = hand_in(clerk, f"新1,一号楼,楼栋,{village(STREET)},12")
    Load.objects.filter(pk=load.pk).update(state=state)
    possible = {step.name for step in LOAD.transitions if state in step.sources}
    steps: dict[str, Callable[[], object]] = {
        "settle": lambda: loads.settle(act(clerk), load, {"datum": ""}),
        "begin": lambda: loads.commit(act(clerk), load),
        "withdraw": lambda: loads.withdraw(act(clerk), load),
    }
    for name, take in steps.items():
        if name not in possible:
            with pytest.raises(Refused):
                take()


def test_a_commit_cut_off_is_finished_later_without_a_second_snapshot(clerk: User) -> None:
    load = hand_in(clerk, f"新1,一号楼,楼栋,{village(STREET)},12")
    loads._begin(act(clerk), load, None)
    loads._import_now(loads.handed(load))
    snapshots = len(scope.the_city().registers.history("premises"))
    load.refresh_from_db()
    assert load.state == "committing"
    done = loads.commit(act(clerk), load)
    assert done.state == "committed"
    assert done.told["new"] is False
    assert len(scope.the_city().registers.history("premises")) == snapshots


def test_what_was_seen_is_what_is_committed(clerk: User) -> None:
    load = hand_in(clerk, f"新1,一号楼,楼栋,{village(STREET)},12")
    loads.settle(act(clerk), load, {"datum": "wgs84"})
    with pytest.raises(Refused):
        loads.commit(act(clerk), load, version=0)
    assert loads.commit(act(clerk), load, version=1).state == "committed"


def commit_elsewhere(doing: Act, load: Load) -> Load:
    """Commit in a thread of its own, whose connection to the database ends with it."""
    try:
        return loads.commit(doing, load)
    finally:
        connection.close()


def test_two_commits_queue(emptied: None, clerk: User) -> None:
    """While one is under way the other waits, and goes on when it is done."""
    with ThreadPoolExecutor(1) as pool:
        assert loads._QUEUE.acquire(timeout=1)
        try:
            waiting = pool.submit(commit_elsewhere, act(clerk), Load(pk=0))
            with pytest.raises(TimeoutError):
                waiting.result(0.2)
        finally:
            loads._QUEUE.release()
        assert waiting.exception(30) is not None  # there is no load 0: it was looked for only now
    load = hand_in(clerk, f"新1,一号楼,楼栋,{village(STREET)},12")
    assert loads.commit(act(clerk), load).state == "committed"


@pytest.mark.parametrize(
    "wrong",
    [{"mode": "all"}, {"datum": "mars"}, {"columns": {"户数": "no_such_field"}}],
)
def test_wrong_settings_are_told(clerk: User, wrong: dict[str, object]) -> None:
    load = hand_in(clerk, f"新1,一号楼,楼栋,{village(STREET)},12")
    with pytest.raises(InputError):
        loads.settle(act(clerk), load, wrong)


def test_settled_survives_the_database() -> None:
    told = Settled(
        columns={"a": "name"}, names={"甲": "1"}, cells={Cell("表1", 3, "C"): "", Cell("", 2, "1"): "x"}, mode="replace"
    )
    assert Settled.of(told.kept()) == told
    assert told.checked(schema("premises")) is told
    taken_back = told.with_changes({"columns": {"a": ""}, "names": {"甲": ""}, "cells": {}})
    assert (dict(taken_back.columns), dict(taken_back.names)) == ({}, {})
    assert dict(taken_back.cells) == dict(told.cells)
    with pytest.raises(InputError):
        Cell.parse("[1]")


def test_a_finding_is_reviewed_with_grounds(person: Person) -> None:
    told = {"finding": "f" * 64, "register": "premises", "rule": "R-155", "place": "premises_id=1"}
    reviewer = person("reviewer")
    made = loads.review_finding(act(reviewer), **told, decision="right", note="现场看过")
    assert FindingReview.objects.get() == made
    assert LedgerEntry.objects.get(verb="finding.review").actor == reviewer.username
    with pytest.raises(InputError):
        loads.review_finding(act(reviewer), **told, decision="right", note=" ")
    with pytest.raises(Denied):
        loads.review_finding(act(person("reporter")), **told, decision="right", note="x")


def test_files_stay_in_their_folder(clerk: User, city_folder: Path) -> None:
    made = loads.hand_in(
        act(clerk),
        register="premises",
        name="../../../etc/驻地.csv",
        content=content(f"新1,一号楼,楼栋,{village(STREET)},12"),
        as_of=DAY,
    )
    assert made.attachment.name == "驻地.csv"
    assert checked(made).report is not None
    assert {path.parent.parent for path in city_folder.rglob(made.attachment.digest)} == {city_folder / "attachments"}
