"""Power classes and losses as data: what ships, and what is refused with its row."""

import pytest

from guangcheng.base.errors import InputError, NotFound
from guangcheng.planning.fibre.tables import Losses, power_class, power_classes, read_losses, shipped_losses

GOOD = [
    {"item": "splitter", "key": "8", "most_db": "10", "least_db": "9", "source": "x"},
    {"item": "fibre_km", "key": "1310", "most_db": "0.4", "least_db": "0.3", "source": "x"},
    *({"item": item, "key": "", "most_db": "1", "least_db": "0"} for item in ("connector", "splice", "margin")),
    {"item": "coexistence", "key": "", "most_db": "1", "least_db": "0", "source": "x"},
]


def read_mine(rows: list[dict[str, str]]) -> Losses:
    return read_losses(enumerate(rows, start=2), file="mine.csv")


def test_the_classes_that_ship() -> None:
    assert {name: (c.min_loss_db, c.max_loss_db, c.down_nm, c.up_nm) for name, c in power_classes().items()} == {
        "gpon-b+": (13, 28, 1490, 1310),
        "gpon-c+": (17, 32, 1490, 1310),
        "xgspon-n1": (14, 29, 1577, 1270),
        "xgspon-n2": (16, 31, 1577, 1270),
        "xgspon-e1": (18, 33, 1577, 1270),
        "50gpon-n1": (14, 29, 1342, 1270),
    }
    for cls in power_classes().values():
        assert all((cls.source.zh, cls.source.en, cls.certainty.zh, cls.certainty.en))


def test_fibre_is_known_at_every_wavelength_a_class_uses() -> None:
    used = {nm for item in power_classes().values() for nm in (item.down_nm, item.up_nm)}
    assert used == set(shipped_losses().fibre_km)


def test_a_splitter_never_loses_less_than_dividing_the_light_does() -> None:
    from math import log10

    for ratio, loss in shipped_losses().splitter.items():
        assert loss.least_db > 10 * log10(ratio)


def test_an_unknown_class_lists_those_there_are() -> None:
    with pytest.raises(NotFound) as caught:
        power_class("gpon-z")
    assert caught.value.mend.en == f"use one of {', '.join(power_classes())}"


def test_a_table_of_ones_own() -> None:
    found = read_mine(GOOD)
    assert (found.of_splitter(8).most_db, found.of_fibre(1310).least_db, found.margin.most_db) == (10, 0.3, 1)
    assert (found.margin.source.en, found.of_splitter(8).source.zh) == ("", "x")
    assert found.with_fibre(0.5).of_fibre(1310).most_db == 0.5


@pytest.mark.parametrize(
    ("change", "row", "column"),
    [
        ({"most_db": "-1"}, 2, "most_db"),
        ({"most_db": "abc"}, 2, "most_db"),
        ({"most_db": "nan"}, 2, "most_db"),
        ({"least_db": ""}, 2, "least_db"),
        ({"least_db": "11"}, 2, None),
        ({"key": ""}, 2, "key"),
        ({"key": "8.5"}, 2, "key"),
        ({"item": "mirror"}, 2, None),
    ],
)
def test_a_bad_row_is_refused_with_its_place(change: dict[str, str], row: int, column: str | None) -> None:
    with pytest.raises(InputError) as caught:
        read_mine([{**GOOD[0], **change}, *GOOD[1:]])
    where = caught.value.where
    assert (where.file, where.row, where.column) == ("mine.csv", row, column)


@pytest.mark.parametrize("row", range(len(GOOD)))
def test_a_missing_item_and_a_repeated_one_are_refused(row: int) -> None:
    with pytest.raises(InputError, match=str(GOOD[row]["item"])):
        read_mine(GOOD[:row] + GOOD[row + 1 :])
    with pytest.raises(InputError, match="given twice"):
        read_mine([*GOOD, GOOD[row]])
