"""A chain unfolded subject by subject, as arrays: every state that can be reached and every way between them."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irt.randomization.assessment.chain import Chain, Moves

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]

STATES_MAX = 400_000
"""More states than that are simulated instead; a design that depends on both counts has 125,750 at 500 subjects."""


class TooManyStates(Exception):
    """The chain does not merge enough histories to be followed exactly."""


@dataclass(frozen=True, slots=True)
class Layer:
    """All that may happen to one subject.

    `ahead`, `first`, `right`, `certain`: one value a state (the first arm's lead, then as in Moves). `source`,
    `chance`, `arm`: one value a way on, those into one state side by side from its place in `starts`.
    `ahead_after`: the lead in each state reached.
    """

    ahead: Wholes
    first: Floats
    right: Floats
    certain: NDArray[np.bool_]
    source: Wholes
    chance: Floats
    arm: Wholes
    starts: Wholes
    ahead_after: Wholes

    def along(self, mass: Floats) -> Floats:
        """What lies in each state (one row each), on each of the ways out of it."""
        parts: Floats = mass[self.source] * self.chance.reshape((-1,) + (1,) * (mass.ndim - 1))
        return parts

    def gathered(self, parts: Floats) -> Floats:
        """What comes along each way, in the states reached."""
        return np.asarray(np.add.reduceat(parts, self.starts, axis=0))

    def spread(self, mass: Floats) -> Floats:
        """What lies in each state carried to the states reached."""
        return self.gathered(self.along(mass))

    def target(self) -> Wholes:
        """The state reached by each way on."""
        sizes = np.diff(np.append(self.starts, len(self.source)))
        return np.repeat(np.arange(len(self.starts)), sizes)


def unfold(chain: Chain, subjects: int, states_max: int = STATES_MAX) -> tuple[Layer, ...]:
    """One layer a subject; TooManyStates where they are more than can be followed."""
    return tuple(_layers(chain, subjects, states_max))


def _layers(chain: Chain, subjects: int, states_max: int) -> Iterator[Layer]:
    states: list[tuple[Hashable, int]] = [(chain.start(), 0)]
    known: dict[Hashable, Moves] = {}
    seen = 0
    for _ in range(subjects):
        seen += len(states)
        if seen > states_max:
            raise TooManyStates(f"more than {states_max} states")
        layer, states = _layer(states, [_moves(chain, state, known) for state, _ in states])
        yield layer


def _moves(chain: Chain, state: Hashable, known: dict[Hashable, Moves]) -> Moves:
    """Asked once a state, however often it is come back to."""
    moves = known.get(state)
    if moves is None:
        moves = known[state] = chain.moves(state)
    return moves


def _layer(states: list[tuple[Hashable, int]], moves: list[Moves]) -> tuple[Layer, list[tuple[Hashable, int]]]:
    reached: dict[tuple[Hashable, int], int] = {}
    targets, sources, chances, arms = [], [], [], []
    for source, (_, ahead) in enumerate(states):
        for arm, chance, state in moves[source].onward:
            after = (state, ahead - 1) if arm else (state, ahead + 1)
            targets.append(reached.setdefault(after, len(reached)))
            sources.append(source)
            chances.append(chance)
            arms.append(arm)
    target = np.array(targets)
    order = np.argsort(target, kind="stable")
    layer = Layer(
        ahead=np.array([ahead for _, ahead in states]),
        first=np.array([move.first for move in moves]),
        right=np.array([move.right for move in moves]),
        certain=np.array([move.certain for move in moves]),
        source=np.array(sources)[order],
        chance=np.array(chances)[order],
        arm=np.array(arms)[order],
        starts=np.flatnonzero(np.diff(target[order], prepend=-1)),
        ahead_after=np.array([ahead for _, ahead in reached]),
    )
    return layer, list(reached)
