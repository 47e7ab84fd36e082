"""Operating characteristics without simulation error: one pass over every state that a two-arm design can reach."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, islice

import numpy as np

from irt.randomization.assessment.characteristics import Characteristics, Imbalance
from irt.randomization.assessment.layers import Floats, Layer

NEGLIGIBLE = 1e-20


def characteristics(layers: Sequence[Layer]) -> Characteristics:
    """The expected values of a chain unfolded, accurate to rounding (about 1e-13)."""
    convergence = directional = certain = 0.0
    ratio = []
    for layer, mass in zip(layers, masses(layers), strict=False):
        convergence += float(mass @ convergence_chance(layer))
        directional += float(mass @ layer.right)
        certain += float(mass @ layer.certain)
        ratio.append(float(mass @ layer.first))
    return Characteristics(
        subjects=len(layers),
        exact=True,
        imbalance=imbalance(layers),
        convergence=convergence,
        directional=directional,
        deterministic=certain,
        allocation_ratio=tuple(ratio),
    )


def masses(layers: Sequence[Layer]) -> Iterator[Floats]:
    """The chance of each state before every subject, and after the last."""
    return accumulate(layers, lambda mass, layer: layer.spread(mass), initial=np.ones(1))


def convergence_chance(layer: Layer) -> Floats:
    """In each state, the chance that the arm with fewer subjects so far comes next; one half where none has."""
    chance: Floats = np.where(layer.ahead > 0, 1 - layer.first, layer.first)
    return np.where(layer.ahead == 0, 0.5, chance)


def imbalance(layers: Sequence[Layer]) -> Imbalance:
    """The law of the lead at the end, and the expected largest lead of either arm at any time."""
    *_, mass = masses(layers)
    lead = layers[-1].ahead_after
    law: dict[int | float, float] = {int(value): float(mass[lead == value].sum()) for value in np.unique(lead)}
    return Imbalance(law, float(mass @ np.abs(lead)), expected_max_lead(layers))


def expected_max_lead(layers: Sequence[Layer]) -> float:
    """The sum over m of the chance that the lead ever exceeds m.

    Column m holds, state by state, the chance to be there without ever having been more than m ahead; columns are
    opened as the lead grows, and none beyond a lead that is all but impossible.
    """
    mass, within = np.ones(1), np.ones((1, 0))
    columns = _possible_lead(layers)
    exceeded = np.zeros(columns)
    for layer in layers:
        mass, within = layer.spread(mass), layer.spread(within)
        lead = np.abs(layer.ahead_after)[:, None]
        opened = min(int(lead.max()), columns) - within.shape[1]
        if opened > 0:
            within = np.hstack([within, np.repeat(mass[:, None], opened, axis=1)])
        gone = lead > np.arange(within.shape[1])
        exceeded[: within.shape[1]] += np.sum(within, axis=0, where=gone)
        within[gone] = 0.0
    return float(exceeded.sum())


def _possible_lead(layers: Sequence[Layer]) -> int:
    """The least lead that is exceeded, at any time, with a chance that rounding hides anyhow."""
    chances = np.zeros(len(layers) + 1)
    for layer, mass in zip(layers, islice(masses(layers), 1, None), strict=True):
        np.add.at(chances, np.abs(layer.ahead_after), mass)
    beyond = np.cumsum(chances[::-1])[::-1]
    return int(np.count_nonzero(beyond >= NEGLIGIBLE))
