"""The three city plans hold exactly the figures of the catalogue; a list of our own guards the same without it."""

from datetime import date
from pathlib import Path

import pytest

from guangcheng.base.errors import InputError, NotFound, Refused
from guangcheng.base.provenance import Basis
from guangcheng.standards import library
from guangcheng.standards.loader import load_file
from guangcheng.standards.measures import measures, scale
from guangcheng.standards.model import Level, Standard, TargetStatus
from tests.standards.catalogue import (
    DOCUMENTS,
    Duty,
    Figures,
    duties,
    expected_duties,
    expected_figures,
    figures,
    rows,
)

DATA = Path(__file__).parent / "data"
ALL = [library.load(name) for name in library.ids()]
BY_CODE = {standard.document.code: standard for standard in ALL}
PLANS = [BY_CODE[code] for code in sorted(DOCUMENTS)]


def test_the_three_plans_are_in_the_library() -> None:
    assert {code: BY_CODE[code].id for code in DOCUMENTS} == DOCUMENTS
    assert library.ids() == sorted(library.ids())
    assert len(BY_CODE) == len(ALL)


@pytest.mark.parametrize("code", sorted(DOCUMENTS))
def test_figures_equal_our_list(code: str) -> None:
    wanted = {row["id"]: Figures(**row) for row in rows(DATA / "expected_figures.csv") if f"-{code}-" in row["id"]}
    assert figures(BY_CODE[code]) == wanted


@pytest.mark.parametrize("code", sorted(DOCUMENTS))
def test_duties_equal_our_list(code: str) -> None:
    wanted = {
        row["id"]: Duty(**{**row, "continuous": row["continuous"] == "yes"})  # type: ignore[arg-type]
        for row in rows(DATA / "expected_duties.csv")
        if f"-{code}-" in row["id"]
    }
    assert duties(BY_CODE[code]) == wanted


@pytest.mark.needs_shared
def test_figures_equal_the_catalogue(shared: Path) -> None:
    wanted = expected_figures(rows(shared / "catalogue" / "indicators.csv"))
    assert {name: item for standard in PLANS for name, item in figures(standard).items()} == wanted


@pytest.mark.needs_shared
def test_duties_equal_the_catalogue(shared: Path) -> None:
    wanted = expected_duties(rows(shared / "catalogue" / "tasks.csv"))
    assert {name: item for standard in PLANS for name, item in duties(standard).items()} == wanted


def test_the_numbers_of_reach_and_scope() -> None:
    qingcheng = BY_CODE["001"]
    day = date(2018, 6, 30)
    names = [
        *("urban_radius_m", "rural_radius_m", "min_access_mbps", "install_working_days", "expansion_working_days"),
        *("natural_village_min_households", "order_window_months", "distance_method", "penetration_is_hard"),
        *("street_test_unit", "urban_fibre_access", "other_units"),
    ]
    held = [qingcheng.parameter(name, day) for name in names]
    assert [item.value for item in held if item] == [
        *(200, 1000, 50, 10, 15, 20, 12, "straight_line", False, "premises", "capability", "not_applicable")
    ]
    assert [item.basis for item in held if item][:6] == [Basis.TEXT] * 6
    assert {item.basis for item in held[6:] if item} == {Basis.PRODUCT_DEFAULT}
    assert qingcheng.parameter("urban_radius_m", date(2016, 12, 31)) is None


def test_the_levels_and_their_gates() -> None:
    found = {
        level.level: [(test.id, test.hard, next(iter(test.threshold.values())).value) for test in level.tests]
        for level in BY_CODE["001"].acceptance
    }
    assert found == {
        Level.NATURAL_VILLAGE: [("IND-001-23", True, 100)],
        Level.ADMIN_VILLAGE: [("IND-001-21", True, 90), ("IND-001-22", False, 80)],
        Level.TOWN: [("IND-001-17", True, 90), ("IND-001-18", False, 80)],
        Level.STREET: [("IND-001-19", True, 90), ("IND-001-20", False, 80)],
        Level.DISTRICT: [("IND-001-15", True, 100), ("IND-001-16", False, 80)],
        Level.ESTATE: [("TST-001-estate", True, 100)],
    }
    estate = BY_CODE["001"].level(Level.ESTATE)
    assert estate is not None
    assert (estate.basis, estate.decision) == (Basis.PRODUCT_DEFAULT, "C-09")


def test_only_the_contradicted_target_is_disputed() -> None:
    disputed = {
        name: target.decision
        for standard in ALL
        for name, item in standard.indicators.items()
        for target in item.targets
        if target.status is TargetStatus.DISPUTED
    }
    assert disputed == {"IND-001-09": "C-01"}


def test_003_has_an_internal_control_date_before_each_pass_date() -> None:
    for number in range(1, 8):
        control, final = BY_CODE["003"].indicators[f"IND-003-{number:02d}"].targets
        assert (control.role, control.decision, final.role) == ("internal_control", "C-17", "pass")
        assert control.value == final.value
        assert control.date < final.date == date(2022, 9, 30)


def test_contradictions_of_000_are_flagged() -> None:
    flags = {name: item.flags for name, item in BY_CODE["000"].indicators.items() if item.flags}
    assert flags == {
        "IND-000-06": ["inconsistent_basis"],
        "IND-000-07": ["inconsistent_basis"],
        "IND-000-08": ["target_equals_baseline"],
        "IND-000-09": ["target_equals_baseline"],
        "IND-000-14": ["inconsistent_basis"],
    }
    same = {
        name
        for name, item in BY_CODE["000"].indicators.items()
        if item.baseline and item.targets[0].value == item.baseline.value
    }
    assert same == {"IND-000-08", "IND-000-09"}


def test_urban_and_rural_sum_to_the_total_in_every_year() -> None:
    total, urban, rural = (BY_CODE["000"].indicators[f"IND-000-0{n}"] for n in (1, 3, 4))
    for whole, one, other in zip(total.targets, urban.targets, rural.targets, strict=True):
        assert (whole.value, whole.date) == ((one.value or 0) + (other.value or 0), one.date)


@pytest.mark.parametrize("standard", ALL, ids=lambda item: item.id)
def test_every_number_of_the_standard_cites_its_own_document(standard: Standard) -> None:
    sources = [value.source for item in standard.parameters.values() for value in item.values.values()]
    sources += [value.source for lv in standard.acceptance for test in lv.tests for value in test.threshold.values()]
    sources += [target.source for item in standard.indicators.values() for target in item.targets]
    sources += [item.source for item in standard.indicators.values()]
    sources += [task.source for task in standard.tasks.values()]
    sources += [rule.source for rule in standard.rules.values()]
    sources += [
        value.source
        for rule in standard.rules.values()
        for item in rule.parameters.values()
        for value in item.values.values()
    ]
    assert {source.document for source in sources} == {standard.document.code}
    assert all(source.clause for source in sources)


def test_limits_by_frequency_cite_the_national_standard_in_both_places() -> None:
    national = BY_CODE["GB8702"].rules["RUL-GB8702-01"].bands
    assert {band.source.document for band in national} == {"GB 8702-2014"}
    assert {band.source.status for band in national} == {"secondary"}
    assert BY_CODE["302"].rules["RUL-302-24"].bands == national
    assert BY_CODE["GB8702"].rules["RUL-GB8702-02"].bands == national


@pytest.mark.parametrize("standard", ALL, ids=lambda item: item.id)
def test_every_measure_fits_its_unit(standard: Standard) -> None:
    for name, item in standard.indicators.items():
        if item.measure:
            assert scale(measures()[item.measure].unit, item.unit) is not None, name


@pytest.mark.parametrize("standard", ALL, ids=lambda item: item.id)
def test_the_library_keeps_the_rules_of_every_file(standard: Standard) -> None:
    """Loading a built-in file skips the search for anchors and tags; here it does not."""
    folder = Path(str(library.__file__)).parent / "library"
    assert load_file(folder / f"{standard.id}.yaml") == standard


def test_an_unknown_id_names_the_known_ones() -> None:
    with pytest.raises(NotFound) as caught:
        library.load("qingcheng-2018")
    assert caught.value.mend.en == f"the standards are: {', '.join(library.ids())}"


def test_local_standards_stand_beside_the_built_in(tmp_path: Path) -> None:
    (tmp_path / "my-town.yaml").write_text((DATA / "my-town.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert library.ids(tmp_path) == sorted([*library.ids(), "my-town"])
    assert library.load("my-town", tmp_path).document.code == "T01"
    assert library.load("qinzhou-2015-broadband", tmp_path) == BY_CODE["000"]
    with pytest.raises(NotFound):
        library.load("my-town")


def test_a_local_file_cannot_take_a_built_in_id(tmp_path: Path) -> None:
    (tmp_path / "qinzhou-2015-broadband.yaml").write_text("id: qinzhou-2015-broadband\n", encoding="utf-8")
    with pytest.raises(Refused) as caught:
        library.load("liangjiang-2022-gigabit", tmp_path)
    assert caught.value.where.file == "qinzhou-2015-broadband.yaml"


def test_a_broken_local_file_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "my-town.yaml").write_text("id: my-town\n", encoding="utf-8")
    with pytest.raises(InputError):
        library.load("my-town", tmp_path)


def test_an_absent_local_folder_is_no_fault(tmp_path: Path) -> None:
    assert library.ids(tmp_path / "none") == library.ids()
