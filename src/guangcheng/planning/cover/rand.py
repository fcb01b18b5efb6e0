"""The C library's ``rand()`` (glibc, TYPE_3: additive feedback of 31 words), re-implemented so that it can jump.

``r[i] = r[i−3] + r[i−31] (mod 2³²)``, answer ``r[i] >> 1``. The recurrence is linear, so the state after any number of
draws is a polynomial power away (:meth:`State.after`): streams are drawn in pieces, in parallel, or from the middle.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RAND_MAX", "State"]

RAND_MAX = 2147483647
_LAGS, _TAP, _DISCARDED = 31, 3, 310
_M32 = (1 << 32) - 1


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The last 31 words, oldest first; a value, never changed in place."""

    words: NDArray[np.uint32]

    @classmethod
    def seeded(cls, seed: int) -> "State":
        """Return the state after ``srand(seed)``; as in glibc seed 0 is taken as 1."""
        first = (seed & _M32) or 1
        word = first - (1 << 32) if first >> 31 else first
        words = [word]
        for _ in range(_LAGS - 1):
            # the minimal standard generator by Schrage's division, C's truncation towards zero
            high = int(word / 127773)
            word = 16807 * (word - high * 127773) - 2836 * high
            word += RAND_MAX if word < 0 else 0
            words.append(word)
        # words 31 to 33 repeat words 0 to 2; only then the recurrence begins
        begun = words[_TAP:] + words[:_TAP]
        return cls(np.array([value & _M32 for value in begun], dtype=np.uint32)).after(_DISCARDED)

    def after(self, draws: int) -> "State":
        """Return the state ``draws`` draws later, in time growing with the logarithm of ``draws``."""
        power = _power(draws)
        words = [int(word) for word in self.words]
        out = []
        for _ in range(_LAGS):
            out.append(sum(a * b for a, b in zip(power, words, strict=True)) & _M32)
            power = _times_x(power)
        return State(np.array(out, dtype=np.uint32))

    def draw(self, count: int) -> tuple[NDArray[np.uint32], "State"]:
        """Return the next ``count`` numbers (0 … RAND_MAX) and the state behind them."""
        from guangcheng.planning.cover import _rand

        words = self.words.copy()
        out = np.empty(_LAGS + count, dtype=np.uint32)
        _rand.draw(words, out)
        return out[_LAGS:] >> np.uint32(1), State(words)


def _times_x(poly: list[int]) -> list[int]:
    """Multiply by x modulo x³¹ − x²⁸ − 1 (and modulo 2³²)."""
    top = poly[-1]
    out = [top, *poly[:-1]]
    out[_LAGS - _TAP] = (out[_LAGS - _TAP] + top) & _M32
    return out


def _multiply(a: list[int], b: list[int]) -> list[int]:
    wide = [0] * (2 * _LAGS - 1)
    for i, left in enumerate(a):
        for j, right in enumerate(b):
            wide[i + j] += left * right
    for degree in range(2 * _LAGS - 2, _LAGS - 1, -1):
        wide[degree - _TAP] += wide[degree]
        wide[degree - _LAGS] += wide[degree]
    return [value & _M32 for value in wide[:_LAGS]]


def _power(exponent: int) -> list[int]:
    """X to the ``exponent``, by squaring."""
    out = [1] + [0] * (_LAGS - 1)
    for bit in bin(exponent)[2:]:
        out = _multiply(out, out)
        if bit == "1":
            out = _times_x(out)
    return out
