"""Trials of a method with factors, one subject after another: slow, and good for every method there is."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from irt.randomization.assessment.layers import Floats
from irt.randomization.assessment.profiles import Positions, Profiles
from irt.randomization.assessment.sequences import Sequences, Tell, batches, joined, quiet
from irt.randomization.methods.method import Method, Step


def simulate_one_by_one(
    method: Method[Any],
    profiles: Profiles,
    trials: int,
    seed: int,
    rates: Sequence[float] | None = None,
    tell: Tell = quiet,
) -> Sequences:
    """Trials of a method, each with a stream of its own."""
    parts = []
    for done, (_, generator) in enumerate(batches(trials, seed, 1)):
        tell(done, trials)
        places = profiles.positions(1, generator)[:, 0]
        parts.append(_trial(method, profiles, places, rates, generator))
    return joined(parts)


def _trial(
    method: Method[Any],
    profiles: Profiles,
    places: Positions,
    rates: Sequence[float] | None,
    generator: np.random.Generator,
) -> Sequences:
    memory, arms, right, certain = method.start(), [], 0.0, 0
    for number, row in zip(generator.random((len(places), 2)), places, strict=True):
        levels = profiles.levels(row)
        law = [float(chance) for chance in method.law(memory, levels)]
        arm = min(int(np.searchsorted(np.cumsum(law), number[0], side="right")), len(law) - 1)
        response = None if rates is None else int(number[1] < rates[arm])
        memory = method.after(memory, Step(arm, levels, response))
        arms.append(arm)
        right += max(law)
        certain += max(law) == 1.0
    column: Floats = np.array([right])
    return Sequences(method.ratio, np.array(arms, dtype=np.int8)[:, None], column, np.array([float(certain)]))
