"""The brick tunnel: no arm is ever a whole subject away from its share, and the ratio holds at every subject.

Kuznetsova and Tymofyeyev, Brick tunnel randomization for unequal allocation to two or more treatment groups
(Statistics in Medicine, 2011); for the resident probabilities of two and three arms, Brick tunnel randomization and
the momentum of the probability mass (2015). Counts walk through the unit cubes that the allocation ray pierces: at
subject n each arm has floor(n * share) or one more, and one more with chance n * share - floor(n * share).

Of three arms, where each has begun a cube and none has ended it, the ratio alone leaves a range of transitions: the
middle of that range is taken, so that arms of one share are treated alike and 1:1:1 is a permuted block of three.
Of four arms and more `tunnel_paths` tells which mixture of paths is taken.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd

from irt.randomization.methods.counts import Counting, Counts, ImpossibleHistory, RatioDoesNotFit
from irt.randomization.methods.method import Law, Levels
from irt.randomization.methods.tunnel_paths import kinds, steps_of

Residents = dict[Counts, Fraction]
"""How likely each node is after some number of subjects."""

Edge = tuple[Counts, int]
"""A node, and the arm that the next subject gets there."""

ARMS_SETTLED = 3
"""Up to so many arms the ratio settles every node's chance."""
ROUND_MAX = 300
"""Subjects of a round of more arms: beyond them the paths take more than a few seconds."""


@dataclass(frozen=True, slots=True)
class BrickTunnel(Counting):
    """Any ratio; of four arms and more one whose round is not longer than `ROUND_MAX` subjects."""

    def __post_init__(self) -> None:
        whole = sum(self.ratio) // gcd(*self.ratio)
        if len(self.ratio) > ARMS_SETTLED and whole > ROUND_MAX:
            raise RatioDoesNotFit(
                f"The shares of brick_tunnel come round after {whole} subjects, and with {len(self.ratio)} arms "
                f"that is {ROUND_MAX} at most. Take smaller shares, permuted_block, block_urn or mass_weighted_urn."
            )

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """The chances at a node of the tunnel; ImpossibleHistory outside it."""
        least = tuple(share // gcd(*self.ratio) for share in self.ratio)
        rounds, place = divmod(sum(memory), sum(least))
        node = tuple(count - share * rounds for count, share in zip(memory, least, strict=True))
        if len(least) > ARMS_SETTLED:
            return _law_among_many(least, node)
        laws = _laws(least, place)
        if node not in laws:
            raise ImpossibleHistory
        return laws[node]


def _law_among_many(ratio: tuple[int, ...], node: Counts) -> Law:
    """Arms of one share and count have the same chance."""
    steps, here = steps_of(tuple(sorted(ratio))), kinds(ratio, node)
    reached = steps.nodes[here]
    if not reached:
        raise ImpossibleHistory
    own = list(zip(ratio, node, strict=True))
    return tuple(Fraction(steps.steps[here, kind], reached * own.count(kind)) for kind in own)


@lru_cache(maxsize=4096)
def _laws(ratio: tuple[int, ...], place: int) -> Mapping[Counts, Law]:
    """The law at each node that can be reached after `place` subjects of a round."""
    here, there = _residents(ratio, place), _residents(ratio, place + 1)
    flows = _flows(here, there, [(node, arm) for node in here for arm in range(len(ratio))])
    return {
        node: tuple(flows.get((node, arm), Fraction(0)) / chance for arm in range(len(ratio)))
        for node, chance in here.items()
    }


def _residents(ratio: tuple[int, ...], place: int) -> Residents:
    """One arm is ahead of its floor, or all but one, or none: the ratio settles the chances."""
    whole = sum(ratio)
    floors, parts = zip(*(divmod(place * share, whole) for share in ratio), strict=True)
    ahead = place - sum(floors)
    if not ahead:
        return {floors: Fraction(1)}
    alone, residents = ahead == 1, {}
    for arm, part in enumerate(parts):
        node = tuple(floor + ((other == arm) == alone) for other, floor in enumerate(floors))
        residents[node] = Fraction(part if alone else whole - part, whole)
    return {node: chance for node, chance in residents.items() if chance}


def _flows(here: Residents, there: Residents, edges: list[Edge]) -> dict[Edge, Fraction]:
    """The chance of each step, such that both residents' chances come out.

    A node with one step left settles it. Where every node has two, they form a ring.
    """
    leaving, arriving = dict(here), dict(there)
    still_open = [edge for edge in edges if _beyond(*edge) in there]
    flows: dict[Edge, Fraction] = {}
    while still_open:
        tails, heads = Counter(node for node, _ in still_open), Counter(_beyond(*edge) for edge in still_open)
        edge = next((e for e in still_open if tails[e[0]] == 1 or heads[_beyond(*e)] == 1), still_open[0])
        node, beyond = edge[0], _beyond(*edge)
        if tails[node] > 1 and heads[beyond] > 1:
            flow = _middle(still_open, leaving, arriving)
        else:
            flow = leaving[node] if tails[node] == 1 else arriving[beyond]
        flows[edge] = flow
        leaving[node] -= flow
        arriving[beyond] -= flow
        still_open.remove(edge)
    return flows


def _middle(ring: list[Edge], leaving: Residents, arriving: Residents) -> Fraction:
    """The middle of what the first step of a ring may be: around it each other step rises or falls with it."""
    edge, constant = ring[0], Fraction(0)
    least, most = [constant], []
    while True:
        beyond = _beyond(*edge)
        edge = next(other for other in ring if other != edge and _beyond(*other) == beyond)
        constant = arriving[beyond] - constant
        most.append(constant)
        edge = next(other for other in ring if other != edge and other[0] == edge[0])
        if edge == ring[0]:
            return (max(least) + min(most)) / 2
        constant = leaving[edge[0]] - constant
        least.append(-constant)


def _beyond(node: Counts, arm: int) -> Counts:
    return (*node[:arm], node[arm] + 1, *node[arm + 1 :])
