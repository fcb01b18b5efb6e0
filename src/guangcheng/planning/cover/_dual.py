"""Compiled loops of the bound: primal-dual hybrid gradient on the covering LP. Imported only by :mod:`.dual`."""

from typing import Any

import numba

njit: Any = numba.njit(cache=True, nogil=True)


@njit
def site_sums(sf: Any, sg: Any, u: Any, out: Any) -> None:
    """Sum the multipliers of the groups each site reaches."""
    for j in range(sf.size - 1):
        total = 0.0
        for k in range(sf[j], sf[j + 1]):
            total += u[sg[k]]
        out[j] = total


@njit
def project(y: Any, tau: Any, cost: Any, budget: float, x: Any) -> float:
    """Set ``x`` to the nearest point to ``y`` (metric 1/τ) with 0 ≤ x ≤ 1 and Σ cost·x ≤ budget; return the price."""
    used = 0.0
    high = 0.0
    for j in range(y.size):
        x[j] = min(max(y[j], 0.0), 1.0)
        used += cost[j] * x[j]
        if cost[j] > 0.0:
            high = max(high, y[j] / (tau[j] * cost[j]))
    if used <= budget:
        return 0.0
    low = 0.0
    for _ in range(60):
        price = 0.5 * (low + high)
        used = 0.0
        for j in range(y.size):
            used += cost[j] * min(max(y[j] - price * tau[j] * cost[j], 0.0), 1.0)
        if used > budget:
            low = price
        else:
            high = price
        if high - low <= 1e-14 * high:
            break
    for j in range(y.size):
        x[j] = min(max(y[j] - high * tau[j] * cost[j], 0.0), 1.0)
    return high


@njit
def steps(  # noqa: C901 - one compiled loop
    count: int,
    pure: bool,
    budget: float,
    omega: float,
    gf: Any,
    gs: Any,
    sf: Any,
    sg: Any,
    cap: Any,
    need: Any,
    cost: Any,
    low: Any,
    tau: Any,
    sigma: Any,
    x: Any,
    u: Any,
    mean_x: Any,
    mean_u: Any,
    done: int,
    sums: Any,
    y: Any,
    ahead: Any,
) -> None:
    """Take ``count`` steps; the means run on from ``done`` steps since the last restart.

    ``pure`` is full covering (cost in the objective, no budget). ``cap`` is the largest multiplier of each group,
    ``low`` 1 for forced sites. ``sums``, ``y`` and ``ahead`` are room to work in.
    """
    n = cost.size
    for it in range(count):
        for j in range(n):
            total = 0.0
            for k in range(sf[j], sf[j + 1]):
                total += u[sg[k]]
            sums[j] = total
        if pure:
            for j in range(n):
                y[j] = min(max(x[j] + tau[j] / omega * (sums[j] - cost[j]), low[j]), 1.0)
        else:
            for j in range(n):
                ahead[j] = x[j] + tau[j] / omega * sums[j]
            project(ahead, tau, cost, budget, y)
        for j in range(n):
            ahead[j] = 2.0 * y[j] - x[j]
            x[j] = y[j]
        share = 1.0 / (done + it + 1.0)
        for g in range(u.size):
            total = -float(need[g])
            for k in range(gf[g], gf[g + 1]):
                total += ahead[gs[k]]
            v = min(max(u[g] - omega * sigma[g] * total, 0.0), cap[g])
            u[g] = v
            mean_u[g] += (v - mean_u[g]) * share
        for j in range(n):
            mean_x[j] += (x[j] - mean_x[j]) * share


@njit
def reach(gf: Any, gs: Any, weight: Any, need: Any, x: Any) -> float:
    """Return the demand a fractional choice covers in the LP: Σ weight·min(1, Σx/need)."""
    out = 0.0
    for g in range(weight.size):
        total = 0.0
        for k in range(gf[g], gf[g + 1]):
            total += x[gs[k]]
        out += weight[g] * min(1.0, total / need[g])
    return out
