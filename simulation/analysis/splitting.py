"""Rare events by stages: who comes half of the way is copied and goes on, until some come all of it.

Fixed-effort splitting (Garvels 2000): from each level so many particles start, drawn from those that reached it.
The product of the shares that reach the next level is an unbiased estimate of the chance to reach the last.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simulation.analysis.arrays import Bools, Floats
from simulation.analysis.estimate import Estimate
from simulation.analysis.means import mean_of
from simulation.analysis.refusals import UnusableReplications

States = NDArray[Any]


class Walk(Protocol):
    """Something that goes on step by step; states: shape (particles, …), all it needs to go on."""

    def begin(self, particles: int, generator: np.random.Generator) -> States:
        """Where each particle starts."""

    def step(self, states: States, generator: np.random.Generator) -> States:
        """One step of each."""

    def height(self, states: States) -> Floats:
        """How near each is to the rare event, as in days of cover that are gone; shape (particles,)."""

    def over(self, states: States) -> Bools:
        """Which have ended without it; shape (particles,)."""


def split(walk: Walk, levels: Sequence[float], particles: int, generator: np.random.Generator) -> float:
    """One estimate of the chance to reach the last level; levels rise. Raises: UnusableReplications else."""
    if not len(levels) or particles < 1 or (np.diff(levels) <= 0).any():
        raise UnusableReplications("Splitting needs rising levels and at least one particle.")
    states, chance = walk.begin(particles, generator), 1.0
    for level in levels:
        arrived = _arrived(walk, states, level, generator)
        chance *= len(arrived) / particles
        if not len(arrived):
            return 0.0
        states = arrived[generator.integers(len(arrived), size=particles)]
    return chance


def splitting_of(
    walk: Walk, levels: Sequence[float], particles: int, repeats: int, seed: int, confidence: float = 0.95
) -> Estimate:
    """The mean of independent repeats, each with a stream of its own, with Student's interval over repeats.

    Particles of one repeat have common ancestors, so they are never counted as if they were independent.
    """
    streams = (np.random.Generator(np.random.PCG64([seed, repeat])) for repeat in range(repeats))
    return mean_of([split(walk, levels, particles, stream) for stream in streams], confidence)


def _arrived(walk: Walk, states: States, level: float, generator: np.random.Generator) -> States:
    """The states in which particles reached the level; others walk on until they are over."""
    arrived, going = [], states
    while len(going):
        there = walk.height(going) >= level
        arrived.append(going[there])
        going = going[~there]
        going = going[~walk.over(going)]
        if len(going):
            going = walk.step(going, generator)
    return np.concatenate(arrived)
