"""Campaigns of several kit types that share a set-up: which take place, by branch and bound, with a proven bound.

The set-up of a campaign that is not decided yet is split into shares, one for each kit type that packs in it. Each
type then sizes its lots for itself; whatever the shares, the least costs add up to a bound (Lagrangian relaxation),
which subgradient steps raise. A campaign whose users do not pay all of it is decided either way.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from numpy.typing import NDArray

from optimization.campaigns.lot_sizing import Sized, size_lots
from optimization.campaigns.lots import Lots

FIRST_STEPS, STEPS = 40, 8
NODES_MAX = 3_000
Watch = Callable[[int, int, int], bool]
"""Told of nodes looked at, bound and best plan in cents; answers whether to go on."""
Shares = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Kits of each type (in their order) in each campaign, what that costs, and a bound for every way."""

    kits: tuple[tuple[int, ...], ...]
    cents: int
    bound: int
    nodes: int


@dataclass(order=True)
class _Node:
    """Campaigns that surely take place or surely do not, the bound of what follows, and the next question."""

    bound: int
    number: int
    held: frozenset[int] = field(compare=False)
    dropped: frozenset[int] = field(compare=False)
    shares: Shares = field(compare=False)
    ask: int | None = field(compare=False)


def share_setups(types: Sequence[Lots], setup: int, campaigns: int, watch: Watch) -> Campaigns:
    """The cheapest campaigns. Proven where the bound is the cost: always, unless the watch or the nodes end it."""
    return _Search(types, setup, campaigns, watch).answer()


class _Search:
    def __init__(self, types: Sequence[Lots], setup: int, campaigns: int, watch: Watch) -> None:
        self._types, self._setup, self._campaigns, self._watch = types, setup, campaigns, watch
        self._best = self._kept(frozenset())
        self._numbers = count()

    def answer(self) -> Campaigns:
        """Looks into the lowest node until none is below the best plan."""
        shares = np.full((len(self._types), self._campaigns), 1 / len(self._types))
        heap = [self._looked_into(frozenset(), frozenset(), shares, FIRST_STEPS)]
        nodes = 1
        while heap[0].bound < self._best[0] and nodes < NODES_MAX:
            node = heapq.heappop(heap)
            asked = frozenset() if node.ask is None else frozenset({node.ask})
            for held, dropped in ((node.held | asked, node.dropped), (node.held, node.dropped | asked)):
                heapq.heappush(heap, self._looked_into(held, dropped, node.shares, STEPS, node.bound))
                nodes += 1
            if not self._watch(nodes, heap[0].bound, self._best[0]):
                break
        cents, kits = self._best
        return Campaigns(kits, cents, min(heap[0].bound, cents), nodes)

    def _looked_into(
        self, held: frozenset[int], dropped: frozenset[int], shares: Shares, steps: int, bound: int = 0
    ) -> _Node:
        """The best bound of some steps, and the campaign whose users pay least of it."""
        best, ask, kept = bound, None, shares
        for step in range(steps):
            cents = _cents(shares, self._setup)
            sized = self._sized(held, dropped, cents)
            using = np.array([one.kits for one in sized]) > 0
            here = self._setup * len(held) + sum(one.cents for one in sized)
            self._take(frozenset(np.flatnonzero(using.any(axis=0)).tolist()) | held)
            if here >= best:
                best, kept = here, shares
            ask = self._open_question(using, cents, held)
            if best >= self._best[0] or ask is None:
                break
            shares = _moved(shares, using, 1 / (2 + step))
        return _Node(best, next(self._numbers), held, dropped, kept, ask)

    def _sized(self, held: frozenset[int], dropped: frozenset[int], cents: Ints) -> list[Sized]:
        """Each type for itself: nothing to pay for campaigns that are held, its share of the others."""
        sized = []
        for one, own in zip(self._types, cents.tolist(), strict=True):
            shared = [0 if place in held else share for place, share in enumerate(own)]
            setups = [None if place in dropped else one.kit.setup_cents + each for place, each in enumerate(shared)]
            sized.append(size_lots(one, setups))
        return sized

    def _open_question(self, using: NDArray[np.bool_], cents: Ints, held: frozenset[int]) -> int | None:
        """The campaign that takes place with most of its set-up unpaid; None where all is paid."""
        paid = (cents * using).sum(axis=0)
        unpaid = [
            (int(paid[place]), place)
            for place in np.flatnonzero(using.any(axis=0)).tolist()
            if place not in held and paid[place] < self._setup
        ]
        return min(unpaid)[1] if unpaid else None

    def _take(self, places: frozenset[int]) -> None:
        """Plans with these campaigns alone, their set-ups paid anyway, and keeps the plan if it is cheaper."""
        found = self._kept(places)
        self._best = min(self._best, found)

    def _kept(self, places: frozenset[int]) -> tuple[int, tuple[tuple[int, ...], ...]]:
        """Cost and kits of the best plan within these campaigns; only those that pack anything are paid."""
        every = range(self._campaigns)
        sized = [
            size_lots(one, [one.kit.setup_cents if place in places else None for place in every])
            for one in self._types
        ]
        kits = tuple(one.kits for one in sized)
        held = sum(any(own[place] for own in kits) for place in every)
        return self._setup * held + sum(one.cents for one in sized), kits


def _cents(shares: Shares, setup: int) -> Ints:
    """The shares in whole cents that add up to the set-up: the largest share pays what is left by rounding."""
    cents = np.floor(shares * setup).astype(np.int64)
    columns = np.arange(shares.shape[1])
    cents[shares.argmax(axis=0), columns] += setup - cents.sum(axis=0)
    return cents


def _moved(shares: Shares, using: NDArray[np.bool_], step: float) -> Shares:
    """Shares a step towards those who use a campaign that others do not: none below zero, each column one."""
    users = using.sum(axis=0)
    towards = np.where(users > 0, using / np.maximum(users, 1), shares)
    return np.asarray((1 - step) * shares + step * towards)
