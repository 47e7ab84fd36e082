"""Trials drawn by a method without factors, all at once: those with one memory ask for its law together."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irt.randomization.assessment.layers import Floats
from irt.randomization.assessment.sequences import Sequences, Tell, batches, joined, quiet
from irt.randomization.methods.method import Method, Step

BATCH, BATCH_OF_RESPONSES = 10_000, 100
Places = NDArray[np.intp]


class Shared:
    """What the memories of one moment have in common for all trials: each one's law, asked once in a simulation."""

    def __init__(self, method: Method[Any], rates: Sequence[float] | None) -> None:
        self._method = method
        self._rates = rates
        self._laws: dict[Hashable, tuple[float, ...]] = {}
        self._steps = [
            Step(arm, (), response) for arm in range(len(method.ratio)) for response in self._responses()
        ]

    def _responses(self) -> tuple[int | None, ...]:
        return (None,) if self._rates is None else (0, 1)

    def laws(self, memories: Sequence[Hashable]) -> Floats:
        """One row a memory: each arm's chance."""
        for memory in memories:
            if memory not in self._laws:
                self._laws[memory] = tuple(float(chance) for chance in self._method.law(memory))
        return np.array([self._laws[memory] for memory in memories])

    def outcomes(self, arms: Places, generator: np.random.Generator) -> Places:
        """The step of each trial: its arm, and its response where responses count."""
        if self._rates is None:
            return arms
        succeeded = generator.random(len(arms)) < np.array(self._rates)[arms]
        return 2 * arms + succeeded

    def onward(self, memories: Sequence[Hashable], at: Places, taken: Places) -> tuple[list[Hashable], Places]:
        """The memories after a step, each once, and the place of each trial among them."""
        pair = at * len(self._steps) + taken
        reached: dict[Hashable, int] = {}
        lead_to = np.zeros(len(memories) * len(self._steps), dtype=np.intp)
        for way in np.flatnonzero(np.bincount(pair, minlength=len(lead_to))):
            before, step = divmod(int(way), len(self._steps))
            memory = self._method.after(memories[before], self._steps[step])
            lead_to[way] = reached.setdefault(memory, len(reached))
        return list(reached), lead_to.take(pair)


def simulate(
    method: Method[Any],
    subjects: int,
    trials: int,
    seed: int,
    rates: Sequence[float] | None = None,
    tell: Tell = quiet,
) -> Sequences:
    """Trials of a method whose memories are hashable; `rates` is each arm's chance of success where it is used."""
    shared, parts, done = Shared(method, rates), [], 0
    for size, generator in batches(trials, seed, BATCH if rates is None else BATCH_OF_RESPONSES):
        parts.append(_batch(method, shared, subjects, size, generator))
        done += size
        tell(done, trials)
    return joined(parts)


def _batch(
    method: Method[Any], shared: Shared, subjects: int, trials: int, generator: np.random.Generator
) -> Sequences:
    arms = np.empty((subjects, trials), dtype=np.int8)
    right, certain = np.zeros(trials), np.zeros(trials)
    memories: list[Hashable] = [method.start()]
    at = np.zeros(trials, dtype=np.intp)
    for subject in range(subjects):
        laws = shared.laws(memories)
        best = laws.max(axis=1)
        right += best.take(at)
        if best.max() == 1.0:
            certain += (best == 1.0).take(at)
        given = draw(laws, at, generator)
        arms[subject] = given
        memories, at = shared.onward(memories, at, shared.outcomes(given, generator))
    return Sequences(method.ratio, arms, right, certain)


def draw(laws: Floats, at: Places, generator: np.random.Generator) -> Places:
    """An arm for each trial, by the row of `laws` that it is at."""
    *bounds, _ = laws.cumsum(axis=1).T
    number = generator.random(len(at))
    given: Places = (number >= bounds[0].take(at)).astype(np.intp)
    for bound in bounds[1:]:
        given += number >= bound.take(at)
    return given
