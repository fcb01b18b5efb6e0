"""No access point is located from what is published: attacked on random cities by somebody who knows every place."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from guangcheng.reporting.disclosure import publishable
from guangcheng.reporting.locating import CELL_M, UNCERTAIN_M, Located, needed
from tests.attack import Attacker, remainders

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NEAR, FAR = 200.0, 1000.0


@dataclass
class Town:
    """A town of square areas: row 0 is the whole, the others its areas."""

    places: Located
    served: Flags

    @property
    def parents(self) -> list[int]:
        return [-1, *[0] * int(self.places.part.max())]

    def counts(self) -> Ints:
        found = np.zeros((len(self.parents), 2), dtype=np.int64)
        np.add.at(found, (self.places.part, (~self.served).astype(int)), 1)
        found[0] = found.sum(axis=0)
        return found

    def needs(self) -> Ints:
        found = needed(self.places, len(self.parents))
        found[0] = found.sum()
        return found

    def shown(self) -> Flags:
        counts = self.counts()
        return publishable(np.array(self.parents), counts, spare=counts[:, 0] - self.needs())

    def attacker(self, shown: Flags) -> Attacker:
        """Somebody told what is published, and also which areas are withheld for too few and how few that is."""
        at = np.stack([self.places.x, self.places.y], axis=1)
        found = Attacker(at, self.places.least)
        for members, served in remainders(self.parents, self.places.part, shown, self.counts()[:, 0]):
            found.hear(members, served)
        needs = self.needs()
        for row in np.flatnonzero(~shown & (self.counts()[:, 0] < needs)).tolist():
            found.hear_at_most(self.places.part == row, int(needs[row]) - 1)
        found.think()
        return found


def town(seed: int, *, across: int, side: float, homes: int, points: int, far: float, tight: float) -> Town:
    """Areas in a square, homes in clusters (``tight`` metres) or spread; a share ``far`` of the areas is rural."""
    rng = np.random.default_rng(seed)
    part = np.repeat(np.arange(across * across), homes)
    corner = np.stack(np.divmod(part, across), axis=1) * side
    centre = (rng.random((across * across, 2)) * side)[part]
    scattered = centre + rng.normal(0, tight, centre.shape)
    at = corner + np.clip(scattered if tight else rng.random((len(part), 2)) * side, 0, side)
    radius = np.where((rng.random(across * across) < far)[part], FAR, NEAR)
    stand = rng.random((points, 2)) * side * across
    served = (np.hypot(*(at[:, None] - stand).transpose(2, 0, 1)) <= radius[:, None]).any(axis=1)
    return Town(Located(at[:, 0], at[:, 1], part + 1, radius, radius), served)


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    across=st.integers(2, 3),
    side=st.sampled_from([350.0, 1200.0, 2500.0]),
    homes=st.integers(10, 80),
    density=st.sampled_from([0.3, 2.0, 6.0]),
    far=st.sampled_from([0.0, 0.4, 1.0]),
    tight=st.sampled_from([0.0, 60.0, 400.0]),
)
def test_no_access_point_is_located(
    seed: int, across: int, side: float, homes: int, density: float, far: float, tight: float
) -> None:
    """``density``: access points per disc of 200 m."""
    points = 1 + round(density * (side * across) ** 2 / (np.pi * NEAR**2))
    made = town(seed, across=across, side=side, homes=homes, points=points, far=far, tight=tight)
    attacker = made.attacker(made.shown())
    known = np.flatnonzero(attacker.served)
    event(f"something said of premises: {len(known) > 0}")
    for premises in known[:: max(len(known) // 8, 1)].tolist():
        assert attacker.uncertainty(premises) >= UNCERTAIN_M - 1e-3


def worst(made: Town, shown: Flags) -> float:
    attacker = made.attacker(shown)
    return min((attacker.uncertainty(int(one)) for one in np.flatnonzero(attacker.served)), default=np.inf)


def test_the_attacker_finds_points_where_counts_are_published_as_they_are() -> None:
    """The attack has teeth: with every count of these towns it finds points, with those published none."""
    towns = [
        town(seed, across=3, side=side, homes=25, points=points, far=0.0, tight=tight)
        for seed in range(3)
        for side, points, tight in ((350.0, 6, 60.0), (1400.0, 420, 0.0))
    ]
    everything = np.ones(10, dtype=np.bool_)
    assert min(worst(made, everything) for made in towns) < 150
    published = [worst(made, made.shown()) for made in towns]
    assert min(published) >= UNCERTAIN_M - 1e-3
    # and something is published that says premises are served
    assert sum(np.isfinite(one) for one in published) >= 2


def test_the_attacker_finds_points_from_an_answer_per_premises() -> None:
    """A yes or no for every premises, which the portal does not give, locates a point to some metres."""
    made = town(3, across=3, side=350.0, homes=40, points=8, far=0.0, tight=0.0)
    attacker = Attacker(np.stack([made.places.x, made.places.y], axis=1), made.places.least)
    for row, yes in enumerate(made.served.tolist()):
        attacker.hear(np.arange(len(made.served)) == row, int(yes))
    attacker.think()
    # where homes are dense, what is left for the point that serves one of the last served homes is small
    assert min(attacker.uncertainty(int(one)) for one in np.flatnonzero(attacker.served)) < 100


def test_premises_close_together_are_never_counted_alone() -> None:
    rng = np.random.default_rng(1)
    at = rng.random((2, 30)) * 100
    places = Located(at[0], at[1], np.zeros(30, dtype=np.int64), np.full(30, NEAR), np.full(30, NEAR))
    assert needed(places, 1).tolist() == [31]


def test_a_village_is_counted_when_more_than_half_of_it_has_fibre() -> None:
    """One point beside the village serves half of it at most in the best direction, and a band of two cells."""
    rng = np.random.default_rng(2)
    angle, reach = rng.random(400) * 2 * np.pi, np.sqrt(rng.random(400)) * 500
    round_ = Located(
        reach * np.cos(angle),
        reach * np.sin(angle),
        np.zeros(400, dtype=np.int64),
        np.full(400, FAR),
        np.full(400, FAR),
    )
    assert 0.5 * 400 < needed(round_, 1)[0] < 0.66 * 400


def test_what_a_neighbour_gives_away_is_counted_in() -> None:
    """Rural premises within 800 m of urban ones of another area are served whenever those are."""
    x = np.array([0.0, 600.0, 5000.0, 9000.0])
    part = np.array([0, 1, 1, 1])
    radius = np.array([NEAR, FAR, FAR, FAR])
    found = needed(Located(x, np.zeros(4), part, radius, radius), 2)
    # one is known from beside, one more may be served by a single point
    assert found.tolist() == [2, 3]


def test_no_places_need_nothing_and_short_radii_are_refused() -> None:
    none = np.empty(0)
    assert needed(Located(none, none, none.astype(np.int64), none, none), 2).tolist() == [0, 0]
    one = np.zeros(1)
    with pytest.raises(ValueError, match="uncertain"):
        needed(Located(one, one, one.astype(np.int64), one + 150, one + 150), 1)


def test_the_order_of_rows_and_where_the_city_lies_change_little() -> None:
    made = town(5, across=3, side=800.0, homes=30, points=9, far=0.4, tight=250.0).places
    turned = np.random.default_rng(0).permutation(len(made.x))
    again = Located(*(getattr(made, name)[turned] for name in ("x", "y", "part", "least", "most")))
    assert needed(again, 10).tolist() == needed(made, 10).tolist()
    moved = Located(made.x + 40 * CELL_M, made.y - 7 * CELL_M, made.part, made.least, made.most)
    assert needed(moved, 10).tolist() == needed(made, 10).tolist()
