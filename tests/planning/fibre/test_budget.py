"""The optical power budget: published arithmetic, each thing that can fail, laws of the sum."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError
from guangcheng.planning.fibre.budget import (
    Failing,
    OpticalPath,
    budget,
    loss_db,
    path,
    port_budget,
    reach_km,
    upgrade,
)
from guangcheng.planning.fibre.tables import power_class, shipped_losses

LOSSES = shipped_losses()
FLAT = LOSSES.with_fibre(0.35)
B, C, N1 = power_class("gpon-b+"), power_class("gpon-c+"), power_class("xgspon-n1")


@pytest.mark.parametrize(
    ("name", "splitters", "km"),
    [
        ("gpon-b+", (32,), "14.9"),
        ("gpon-b+", (64,), "2.6"),
        ("gpon-c+", (64,), "14.0"),
        ("xgspon-n1", (64,), "5.4"),
        ("gpon-b+", (8, 8), "0.0"),
        ("gpon-c+", (8, 8), "11.4"),
    ],
)
def test_the_worked_table_comes_out(name: str, splitters: tuple[int, ...], km: str) -> None:
    found = reach_km(power_class(name), splitters, FLAT, splices=6)
    assert found is not None
    assert f"{found:.1f}" == km


def test_a_split_that_never_closes_has_no_reach() -> None:
    assert reach_km(B, (64, 2), LOSSES, splices=6) is None


def test_a_budget_used_up_exactly_still_reaches_nothing_rather_than_never() -> None:
    # 7.4 + 10.7 + 6·0.5 + 0.1 + 3 = 24.2, which floating point makes a little more
    assert reach_km(replace(B, max_loss_db=24.2), (4, 8), LOSSES, splices=1) == 0.0
    assert reach_km(replace(B, max_loss_db=24.19), (4, 8), LOSSES, splices=1) is None


def test_reach_stops_at_the_logical_reach() -> None:
    assert reach_km(C, (2,), LOSSES, splices=0) == pytest.approx(60.0)


def test_every_part_is_summed_per_wavelength() -> None:
    way = path("a", [1500.0, 2500.0], (8, 4), closures=3, coexistence=1)
    assert (way.connectors, way.splices, way.length_m) == (6, 4, 4000.0)
    parts = 10.7 + 7.4 + 6 * 0.5 + 4 * 0.1 + 1.0 + 3.0
    assert loss_db(way, LOSSES, 1310) == pytest.approx(4 * 0.35 + parts)
    assert loss_db(way, LOSSES, 1490) == pytest.approx(4 * 0.25 + parts)
    assert loss_db(way, LOSSES, 1490, least=True) == pytest.approx(4 * 0.22 + 10.2 + 6.5)


@pytest.mark.parametrize(("span", "joints"), [(0.0, 0), (1.0, 0), (2000.0, 0), (2000.1, 1), (4000.0, 1), (4001.0, 2)])
def test_a_span_longer_than_a_reel_is_spliced(span: float, joints: int) -> None:
    assert path("a", [span], (64,)).splices == joints


def test_a_budget_that_cannot_close_names_the_ont_and_both_wavelengths() -> None:
    found = budget(path("ont-7", [9000.0], (64,), closures=2), B, LOSSES)
    assert found.failing == (Failing.LOSS_DOWN, Failing.LOSS_UP)
    # 21.5 + 4·0.5 + (2 closures + 4 joints)·0.1 + 3 = 27.1, then 9 km at 0.25 and at 0.35
    assert (round(found.down_db, 6), round(found.up_db, 6)) == (29.35, 30.25)
    assert round(found.spare_db, 6) == -2.25
    zh, en = found.reasons()[1].zh, found.reasons()[1].en
    assert zh == "ONT ont-7：上行 1310 nm 损耗 30.25 dB，超过 GPON B+ 的 28 dB（多 2.25 dB）；缩短、减小分光比或换等级"
    assert en == (
        "ONT ont-7: 30.25 dB upstream at 1310 nm, above the 28 dB of GPON B+ by 2.25 dB; "
        "shorten it, split less or change the class"
    )


def test_only_the_wavelength_that_fails_is_named() -> None:
    assert budget(path("a", [3500.0], (64,), closures=4, reel_m=9000), B, LOSSES).failing == (Failing.LOSS_UP,)


def test_a_loss_equal_to_the_limit_passes() -> None:
    assert budget(OpticalPath("a", 0.0, (8, 8), 6, 6), B, LOSSES).failing == ()
    assert budget(OpticalPath("a", 1.0, (8, 8), 6, 6), B, LOSSES).failing == (Failing.LOSS_DOWN, Failing.LOSS_UP)


def test_a_short_way_overloads_the_receiver() -> None:
    found = budget(path("a", [100.0], (8,)), B, LOSSES)
    assert found.failing == (Failing.OVERLOAD,)
    assert found.reasons()[0].en.startswith("ONT a: as little as 10.22 dB, below the least of GPON B+, 13 dB")


def test_farther_than_the_logical_reach() -> None:
    far = replace(B, max_loss_db=99.0)
    assert budget(path("a", [60_000.0], (32,)), far, LOSSES).failing == ()
    assert budget(path("a", [60_001.0], (32,)), far, LOSSES).failing == (Failing.REACH,)


def test_onts_of_a_port_lie_within_the_differential_distance() -> None:
    wide = replace(B, max_loss_db=99.0)
    near, at, beyond = (path(str(m), [m], (32,)) for m in (1000.0, 21_000.0, 21_001.0))
    assert port_budget("p", [near, at], wide, LOSSES).failing == ()
    found = port_budget("p", [near, beyond], wide, LOSSES)
    assert (found.failing, found.closes, found.apart_m) == ((Failing.DIFFERENTIAL,), False, 20_001.0)
    assert found.reasons()[0].zh == "PON 口 p：最远与最近的 ONT 相差 20.00 km，超过 GPON B+ 的 20 km"


def test_more_onts_than_the_split_has_legs() -> None:
    ways = [path(str(n), [1000.0], (4, 8)) for n in range(33)]
    assert port_budget("p", ways[:32], B, LOSSES).failing == ()
    assert port_budget("p", ways, B, LOSSES).failing == (Failing.SPLIT,)
    assert port_budget("p", [], B, LOSSES).closes


def test_a_port_closes_only_with_all_its_onts() -> None:
    ways = [path("good", [1000.0], (64,)), path("bad", [9000.0], (64,))]
    found = port_budget("p", ways, B, LOSSES)
    assert [(item.ont, item.closes) for item in found.onts] == [("good", True), ("bad", False)]
    assert not found.closes
    assert [text.en.split(":")[0] for text in found.reasons()] == ["ONT bad", "ONT bad"]


def test_an_upgrade_beside_the_old_system_can_fail_where_it_alone_does_not() -> None:
    ports = [(name, [path(name, [metres], (64,))]) for name, metres in (("near", 1000.0), ("mid", 5000.0))]
    alone = upgrade(ports, N1, LOSSES, coexistence=0)
    beside = upgrade(ports, N1, LOSSES, coexistence=1)
    assert [port.closes for port in alone.ports] == [True, True]
    assert [port.closes for port in beside.ports] == [True, False]
    assert (beside.share.ok, beside.share.n) == (1, 2)


def test_elements_a_path_already_has_stay_in_it() -> None:
    ways = [path("a", [1000.0], (64,), coexistence=1)]
    found = upgrade([("p", ways)], N1, LOSSES, coexistence=1).ports[0].onts[0]
    assert found.up_db - budget(path("a", [1000.0], (64,)), N1, LOSSES).up_db == pytest.approx(2.0)


def test_an_upgrade_of_no_ports_has_no_share() -> None:
    assert upgrade([], N1, LOSSES, coexistence=1).share.shown() is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: path("a", [-1.0], (8,)),
        lambda: path("a", [float("nan")], (8,)),
        lambda: path("a", [float("inf")], (8,)),
        lambda: path("a", [1.0], (2, 2, 2)),
        lambda: path("a", [1.0], (8,), closures=-1),
        lambda: path("a", [1.0], (8,), reel_m=0.0),
        lambda: loss_db(path("a", [1.0], (7,)), LOSSES, 1310),
        lambda: loss_db(path("a", [1.0], (8,)), LOSSES, 1550),
    ],
)
def test_what_cannot_be_a_path_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(InputError):
        make()


WAYS = st.builds(
    lambda spans, splitters, closures, elements: path("a", spans, splitters, closures=closures, coexistence=elements),
    st.lists(st.floats(0, 20_000), max_size=5),
    st.lists(st.sampled_from([2, 4, 8, 16, 32, 64]), max_size=2),
    st.integers(0, 9),
    st.integers(0, 2),
)


@settings(max_examples=50)
@given(WAYS, st.floats(0, 5000), st.sampled_from([1270, 1310, 1342, 1490, 1577]))
def test_more_of_anything_never_loses_less(way: OpticalPath, metres: float, nm: int) -> None:
    for more in (
        replace(way, length_m=way.length_m + metres),
        replace(way, splices=way.splices + 1),
        replace(way, connectors=way.connectors + 1),
        replace(way, coexistence=way.coexistence + 1),
    ):
        assert loss_db(more, LOSSES, nm) >= loss_db(way, LOSSES, nm)
    assert loss_db(way, LOSSES, nm, least=True) < loss_db(way, LOSSES, nm)


@settings(max_examples=50)
@given(st.lists(st.sampled_from([2, 4, 8, 16, 32, 64]), max_size=2), st.sampled_from([B, C, N1]), st.integers(0, 9))
def test_a_path_closes_up_to_its_reach_and_no_farther(splitters: list[int], cls: object, splices: int) -> None:
    assert isinstance(cls, type(B))
    found = reach_km(cls, splitters, LOSSES, splices=splices)
    too_much = {Failing.LOSS_DOWN, Failing.LOSS_UP, Failing.REACH}

    def fails(km: float) -> bool:
        way = OpticalPath("a", km * 1000, tuple(splitters), 2 + 2 * len(splitters), splices)
        return bool(too_much & set(budget(way, cls, LOSSES).failing))

    assert fails(0.0) == (found is None)
    if found is not None:
        assert not fails(found * (1 - 1e-9))
        assert fails(found + 0.001)
