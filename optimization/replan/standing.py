"""What of an earlier plan can still be done, as the network is today: day by day, from what is there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from optimization.borders import Entered
from optimization.engine.blind import told_by
from optimization.engine.boxes import qualified
from optimization.engine.trips import may_leave
from optimization.plan import Consignment
from optimization.problem import Lane, Problem
from optimization.replan.legs import Key, Legs
from optimization.replan.yesterday import Place


@dataclass(frozen=True, slots=True)
class Standing:
    """The consignments that can still leave, and the places that get less by them than was planned."""

    legs: Legs
    short: frozenset[Place]


def standing(problem: Problem, coming: Iterable[Consignment]) -> Standing:
    """Keeps each coming consignment with the kits it can still carry; what leaves first has the first claim."""
    before = {Key(one.dispatch_day, one.lane, one.temp): one for one in coming}
    walk = _Walk(problem, Legs(problem, before))
    short = {
        (problem.lanes[one.lane].destination, one.temp)
        for key, one in sorted(before.items())
        if not walk.sent(key, one) and one.lane in problem.lanes
    }
    return Standing(walk.legs, frozenset(at for at in short if problem.nodes[at[0]].kind.uses_kits))


class _Walk:
    """The stock of depots as days go by."""

    def __init__(self, problem: Problem, legs: Legs) -> None:
        self.legs = legs
        self._problem = problem
        self._there: dict[tuple[str, str], int] = defaultdict(int)
        self._coming: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
        self._entered = Entered(problem)
        self._today = -1
        for row in problem.supply:
            if not problem.nodes[row.node].kind.uses_kits:
                self._coming[row.day].append((row.node, row.lot, row.kits))

    def sent(self, key: Key, one: Consignment) -> bool:
        """Sends what there is of a consignment, and says whether it is all of it, in boxes still allowed."""
        while self._today < key.day:
            self._today += 1
            for node, lot, kits in self._coming.pop(self._today, ()):
                self._there[node, lot] += kits
        lane = self._problem.lanes.get(key.lane)
        if lane is None or not self._leaves(lane, key):
            return False
        kept = dict(self._kept(lane, key, one.lines))
        whole = kept == dict(one.lines)
        if kept and (whole or self._blind(lane, kept)):
            self._send(lane, key, kept)
        return whole and bool(kept)

    def _leaves(self, lane: Lane, key: Key) -> bool:
        return (
            0 <= key.day < self._problem.horizon_days
            and may_leave(self._problem, lane, key.day)
            and key.temp in lane.temps
            and not self._problem.nodes[lane.origin].kind.uses_kits
            and self._boxes(key)
        )

    def _boxes(self, key: Key) -> bool:
        """Whether the boxes it was packed in may still carry it."""
        transit = self._problem.lanes[key.lane].transit_days
        for name, many in self.legs.before[key].shippers.items():
            box = self._problem.shippers.get(name)
            if many and (box is None or not qualified(box, key.temp, transit)):
                return False
        return True

    def _kept(self, lane: Lane, key: Key, lines: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
        """The kits that are there and may travel."""
        destination, arrives = self._problem.nodes[lane.destination], key.day + lane.transit_days
        lots, kits_of = self._problem.lots, self._problem.kit_types
        for name, wanted in lines:
            lot = lots.get(name)
            if lot is None or lot.expiry_day <= arrives or kits_of[lot.kit].temp != key.temp:
                continue
            if destination.kind.uses_kits and destination.country not in lot.countries:
                continue
            kits = min(wanted, self._there[lane.origin, name])
            left = self._entered.left(lane, lot.kit, arrives)
            kits = kits if left is None else min(kits, left)
            if kits > 0:
                yield name, kits

    def _blind(self, lane: Lane, kept: dict[str, int]) -> bool:
        """Whether it still shows no arm."""
        if not self._problem.nodes[lane.destination].kind.kept_blind:
            return True
        of = Counter[str]()
        for lot, kits in kept.items():
            of[self._problem.lots[lot].kit] += kits
        return told_by(self._problem, of).isdisjoint(kit for kit in of if of[kit])

    def _send(self, lane: Lane, key: Key, kept: dict[str, int]) -> None:
        destination = self._problem.nodes[lane.destination]
        for lot, kits in kept.items():
            self._there[lane.origin, lot] -= kits
            self._entered.add(lane, self._problem.lots[lot].kit, key.day + lane.transit_days, kits)
            if not destination.kind.uses_kits:
                self._coming[key.day + lane.transit_days].append((destination.id, lot, kits))
        self.legs.add(key, kept)
