"""Somebody who knows the place of every premises and tries to find where access points stand from published counts.

Independent of ``reporting.locating``: brute force on exact distances, no cells. Facts are counts by group of premises
(a published area, or what is left of a published area when its published parts are subtracted). From them follow, again
and again until nothing new does: premises surely served (a group served whole; a disc that holds another's served
one), and places where no access point can stand (it would serve more of a group than are served).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STEP_M = 10.0
RIM = 72


@dataclass
class Attacker:
    """What is known to everybody: places (n × 2, metres) and the radius within which each is served."""

    places: Floats
    radius: Floats
    served: Flags = field(init=False)
    """Premises surely served."""
    groups: list[tuple[Flags, int]] = field(default_factory=list)
    """Premises, and the most of them that are served."""

    def __post_init__(self) -> None:
        self.served = np.zeros(len(self.places), dtype=np.bool_)

    def hear(self, members: Flags, served: int) -> None:
        """A group's exact count."""
        if served == int(members.sum()):
            self.served |= members
        self.groups.append((members, served))

    def hear_at_most(self, members: Flags, served: int) -> None:
        """A group's count is no more than this: what a withheld count may tell who knows the rule."""
        self.groups.append((members, served))

    def think(self) -> None:
        """Draw conclusions about premises until none is new."""
        while True:
            known = np.flatnonzero(self.served)
            for one in known:
                far = np.hypot(*(self.places - self.places[one]).T)
                self.served |= far <= self.radius - self.radius[one]
            if len(known) == int(self.served.sum()):
                return

    def possible(self, at: Floats) -> Flags:
        """Which of some places (m × 2) no count excludes for an access point."""
        fine = np.ones(len(at), dtype=np.bool_)
        serves = np.hypot(*(at[:, None, :] - self.places).transpose(2, 0, 1)) <= self.radius
        for members, most in self.groups:
            open_ones = members & ~self.served
            fine &= serves[:, open_ones].sum(axis=1) <= most - int((members & self.served).sum())
        return fine

    def uncertainty(self, premises: int) -> float:
        """Half the extent of the places where the point that serves a served premises may stand, metres."""
        left = self.left(premises)
        if len(left) < 2:
            return 0.0
        spread = left[_hull_candidates(left)]
        return float(np.hypot(*(spread[:, None, :] - spread).transpose(2, 0, 1)).max()) / 2

    def left(self, premises: int) -> Floats:
        """Those places, on a grid of 10 m and along the edge of the disc."""
        at: Floats = self.places[premises] + _disc(float(self.radius[premises]))
        left: Floats = at[self.possible(at)]
        return left


def _disc(radius: float) -> Floats:
    step = STEP_M if radius <= 400 else radius / 40
    steps = np.arange(-int(radius // step), int(radius // step) + 1) * step
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    angles = np.arange(RIM) * 2 * np.pi / RIM
    rims = [np.stack([np.cos(angles), np.sin(angles)], axis=1) * (radius - inner) for inner in (1e-6, 20.0, 36.0, 60.0)]
    return np.concatenate([grid[np.hypot(*grid.T) <= radius], *rims])


def _hull_candidates(at: Floats) -> list[int]:
    """The outermost places in many directions: enough for the extent."""
    angles = np.arange(RIM) * 2 * np.pi / RIM
    return sorted({int((at @ (np.cos(angle), np.sin(angle))).argmax()) for angle in angles})


def remainders(
    parents: Iterable[int], own: npt.NDArray[np.int64], shown: Flags, served: npt.NDArray[np.int64]
) -> list[tuple[Flags, int]]:
    """What a table tells: per published row its premises and count, and the same for what its published parts leave.

    ``own``: per premises the row that counts it directly; ``served``: count per row, what is below included.
    """
    above = np.fromiter(parents, dtype=np.int64)
    within = np.zeros((len(above), len(own)), dtype=np.bool_)
    for row in range(len(above) - 1, -1, -1):
        within[row] |= own == row
        if above[row] >= 0:
            within[above[row]] |= within[row]
    told = []
    for row in np.flatnonzero(shown).tolist():
        told.append((within[row], int(served[row])))
        parts = np.flatnonzero((above == row) & shown)
        rest = within[row] & ~within[parts].any(axis=0) if len(parts) else np.zeros(len(own), dtype=np.bool_)
        if rest.any():
            told.append((rest, int(served[row] - served[parts].sum())))
    return told
