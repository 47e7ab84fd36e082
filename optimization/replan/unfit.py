"""Places where an earlier plan no longer fits: what is wanted, what comes and what is used do not agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimization.plan import Dispensing
from optimization.problem import Problem
from optimization.replan.legs import Legs
from optimization.replan.yesterday import Place

Numbers = NDArray[np.int64]
ARRIVES, USED = 0, 1


@dataclass(frozen=True)
class _Uses:
    """Uses of kits as columns: site, kit type, lot (each -1 where unknown), day, kits."""

    site: Numbers
    kit: Numbers
    lot: Numbers
    day: Numbers
    kits: Numbers


@dataclass(frozen=True, slots=True)
class Misfits:
    """Places where something is used that cannot be, and places where something is wanted and not served."""

    wrong: frozenset[Place]
    missed: frozenset[Place]


class Fit:
    """A problem's names as numbers, to hold uses against what is wanted and what comes."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._sites = [node.id for node in problem.nodes.values() if node.kind.uses_kits]
        self._site = {name: place for place, name in enumerate(self._sites)}
        self._kits = list(problem.kit_types)
        self._kit = {name: place for place, name in enumerate(self._kits)}
        self._lots = list(problem.lots)
        self._lot = {name: place for place, name in enumerate(self._lots)}

    def misfits(self, uses: Sequence[Dispensing], legs: Legs) -> Misfits:
        """Holds the uses of an earlier plan against what is wanted now, and against what comes."""
        columns = self._columns(uses)
        wrong = np.zeros((len(self._sites), len(self._kits)), dtype=np.bool_)
        missed = np.zeros_like(wrong)
        known = (columns.site >= 0) & (columns.kit >= 0)
        self._against_demand(columns, known, wrong, missed)
        self._against_stock(columns, known & (columns.lot >= 0), legs, wrong)
        return Misfits(self._places(wrong), self._places(missed))

    def _places(self, marked: NDArray[np.bool_]) -> frozenset[Place]:
        temps = [self._problem.kit_types[kit].temp for kit in self._kits]
        return frozenset((self._sites[site], temps[kit]) for site, kit in zip(*np.nonzero(marked), strict=True))

    def _columns(self, uses: Sequence[Dispensing]) -> _Uses:
        return _Uses(
            _column([self._site.get(one.site, -1) for one in uses]),
            _column([self._kit.get(one.kit, -1) for one in uses]),
            _column([self._lot.get(one.lot, -1) for one in uses]),
            _column([one.day for one in uses]),
            _column([one.kits for one in uses]),
        )

    def _against_demand(
        self, uses: _Uses, known: NDArray[np.bool_], wrong: NDArray[np.bool_], missed: NDArray[np.bool_]
    ) -> None:
        """Marks where a use serves no visit or its lot may not, and where a visit is not served in full."""
        demand, days = self._problem.demand, self._problem.horizon_days + 1
        site, kit = (
            _column([self._site[row.site] for row in demand]),
            _column([self._kit[row.kit] for row in demand]),
        )
        keys = (site * len(self._kits) + kit) * days + _column([row.day for row in demand])
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        of_use = (uses.site * len(self._kits) + uses.kit) * days + uses.day
        place = np.searchsorted(keys, of_use)
        found = known & (uses.lot >= 0) & (uses.day < days)
        found[found] = (place[found] < len(keys)) & (keys[np.minimum(place[found], len(keys) - 1)] == of_use[found])
        found[found] = self._serves(uses, order[place[found]], found)
        wrong[uses.site[known & ~found], uses.kit[known & ~found]] = True
        served = np.bincount(order[place[found]], weights=uses.kits[found], minlength=len(keys))
        wanted = _column([row.kits for row in demand])
        wrong[site[served > wanted], kit[served > wanted]] = True
        missed[site[served < wanted], kit[served < wanted]] = True

    def _serves(self, uses: _Uses, rows: Numbers, found: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether the lot of each found use is of the kit type, lasts and is released there."""
        demand, lots, nodes = self._problem.demand, list(self._problem.lots.values()), self._problem.nodes
        lasts = _column([row.day + max(1, row.dnd_days) for row in demand])[rows]
        countries = sorted({nodes[site].country for site in self._sites})
        released = np.array([[country in lot.countries for country in countries] for lot in lots], dtype=np.bool_)
        country = _column([countries.index(nodes[site].country) for site in self._sites])[uses.site[found]]
        lot = uses.lot[found]
        right = _column([self._kit[one.kit] for one in lots])[lot] == uses.kit[found]
        fresh = _column([one.expiry_day for one in lots])[lot] >= lasts
        return np.asarray(right & fresh & released.reshape(len(lots), len(countries))[lot, country])

    def _against_stock(self, uses: _Uses, known: NDArray[np.bool_], legs: Legs, wrong: NDArray[np.bool_]) -> None:
        """Marks where more of a lot is used than has come."""
        came = [*self._own(), *self._brought(legs)]
        there = np.array(came, dtype=np.int64).reshape(-1, 4).T
        site = np.concatenate((there[0], uses.site[known]))
        lot = np.concatenate((there[1], uses.lot[known]))
        day = np.concatenate((there[2], uses.day[known]))
        kits = np.concatenate((there[3], -uses.kits[known]))
        order = np.lexsort((kits < 0, day, lot, site))
        account = (site * max(1, len(self._lots)) + lot)[order]
        total = np.cumsum(kits[order])
        first = np.flatnonzero(np.diff(account, prepend=-1))
        before = np.repeat(total[first] - kits[order][first], np.diff(np.append(first, len(account))))
        low = order[total < before]
        kit_of = _column([self._kit[lot.kit] for lot in self._problem.lots.values()])
        wrong[site[low], kit_of[lot[low]]] = True

    def _own(self) -> Iterable[tuple[int, int, int, int]]:
        for row in self._problem.supply:
            if row.node in self._site:
                yield self._site[row.node], self._lot[row.lot], row.day, row.kits

    def _brought(self, legs: Legs) -> Iterable[tuple[int, int, int, int]]:
        for key, lots in legs.lots.items():
            lane = self._problem.lanes[key.lane]
            if lane.destination in self._site:
                site, arrives = self._site[lane.destination], key.day + lane.transit_days
                for lot, kits in lots.items():
                    yield site, self._lot[lot], arrives, kits


def _column(numbers: Sequence[int]) -> Numbers:
    return np.array(numbers, dtype=np.int64)
