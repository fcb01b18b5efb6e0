"""Smaller problems with the same best answer: settled sites removed, groups merged again, the dominated left out."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from guangcheng.planning.cover.merge import groups_of_sets
from guangcheng.planning.cover.model import Goal, Groups, Ints, Problem
from guangcheng.planning.cover.search import columns_of

__all__ = ["Reduced", "dominance", "settle"]

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """A smaller problem; :meth:`whole` leads a choice back to all sites."""

    problem: Problem
    kept: Ints
    """Site of the full problem each site of the smaller one is."""
    built: Bools
    """Sites of the full problem that are built in any case."""
    constant: float
    """What the built sites add to the value: demand covered (maximal covering) or cost."""
    impossible: bool = False
    """Whether a group can no longer be covered that has to be."""

    def whole(self, chosen: Bools) -> Bools:
        """The choice on all sites."""
        out = self.built.copy()
        out[self.kept[chosen]] = True
        return out

    def part(self, chosen: Bools) -> Bools:
        """The choice on the sites left."""
        return chosen[self.kept]


def settle(problem: Problem, built: Bools, banned: Bools) -> Reduced:
    """Build some sites, ban others, and state what remains as a problem of its own."""
    groups = problem.groups
    kept = np.flatnonzero(~(built | banned))
    hits = groups.hits(built)
    open_rows = np.flatnonzero(hits < groups.need)
    done = float(groups.weight.sum() - groups.weight[open_rows].sum())
    rest = _restricted(groups, open_rows, kept, groups.need - hits)
    spent = float(problem.cost[built].sum())
    limit = problem.limit - (spent if problem.goal is Goal.MOST else done)
    smaller = replace(problem, groups=rest, cost=problem.cost[kept], limit=limit, forced=(), forbidden=())
    constant = done if problem.goal is Goal.MOST else spent
    return Reduced(smaller, kept, built.copy(), constant, problem.goal is Goal.ALL and rest.lost_points > 0)


def _restricted(groups: Groups, rows: Ints, sites: Ints, need: Ints) -> Groups:
    """Rows and sites picked from groups, merged anew."""
    number = np.full(groups.sites, -1, dtype=np.int32)
    number[sites] = np.arange(sites.size, dtype=np.int32)
    sizes = groups.sizes()
    row_of = np.repeat(np.arange(groups.count), sizes)
    picked = np.zeros(groups.count, dtype=bool)
    picked[rows] = True
    left = picked[row_of] & (number[groups.members] >= 0)
    counts = np.bincount(row_of[left], minlength=groups.count)[rows]
    first = np.zeros(rows.size + 1, dtype=np.int64)
    np.cumsum(counts, out=first[1:])
    members = number[groups.members[left]]
    return groups_of_sets(sites.size, first, members, groups.weight[rows], groups.points[rows], need[rows])


def dominance(problem: Problem) -> Reduced:
    """Leave out sites another one replaces and, for full covering, groups covered whenever another is."""
    from guangcheng.planning.cover import _links

    groups = problem.groups
    gone_sites = np.zeros(groups.sites, dtype=np.uint8)
    if (groups.need == 1).all() and groups.count:
        _links.dominated_sites(groups.first, groups.members, *columns_of(groups), problem.cost, gone_sites)
    useless = np.bincount(groups.members, minlength=groups.sites) == 0
    reduced = settle(problem, np.zeros(groups.sites, dtype=bool), gone_sites.astype(bool) | useless)
    if problem.goal is not Goal.ALL or not reduced.problem.groups.count:
        return reduced
    rest = reduced.problem.groups
    gone = np.zeros(rest.count, dtype=np.uint8)
    _links.redundant_rows(rest.first, rest.members, *columns_of(rest), rest.need, gone)
    everyone = np.arange(rest.sites)
    smaller = _restricted(rest, np.flatnonzero(gone == 0), everyone, rest.need)
    return replace(reduced, problem=replace(reduced.problem, groups=smaller))
