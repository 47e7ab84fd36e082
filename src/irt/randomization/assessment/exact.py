"""Operating characteristics without simulation error: one pass over every state that a two-arm design can reach."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from math import gcd

import numpy as np

from irt.randomization.assessment.characteristics import Characteristics, Imbalance
from irt.randomization.assessment.layers import Floats, Layer, Wholes

NEGLIGIBLE = 1e-20


def characteristics(layers: Sequence[Layer], ratio: Sequence[int]) -> Characteristics:
    """The expected values of a chain unfolded, accurate to rounding (about 1e-13)."""
    convergence = directional = certain = 0.0
    shares = []
    for layer, mass in zip(layers, masses(layers), strict=False):
        convergence += float(mass @ convergence_chance(layer))
        directional += float(mass @ layer.right)
        certain += float(mass @ layer.certain)
        shares.append(float(mass @ layer.first))
    return Characteristics(
        subjects=len(layers),
        exact=True,
        imbalance=imbalance(layers, ratio),
        convergence=convergence,
        directional=directional,
        deterministic=certain,
        allocation_ratio=tuple(shares),
    )


def masses(layers: Sequence[Layer]) -> Iterator[Floats]:
    """The chance of each state before every subject, and after the last."""
    return accumulate(layers, lambda mass, layer: layer.spread(mass), initial=np.ones(1))


def convergence_chance(layer: Layer) -> Floats:
    """In each state, the chance that the arm with fewer subjects so far comes next; one half where none has."""
    chance: Floats = np.where(layer.ahead > 0, 1 - layer.first, layer.first)
    return np.where(layer.ahead == 0, 0.5, chance)


def imbalance(layers: Sequence[Layer], ratio: Sequence[int]) -> Imbalance:
    """The law of the lead at the end, and the expected largest lead of either arm at any time."""
    *_, mass = masses(layers)
    lead = layers[-1].ahead_after
    law: dict[int | float, float] = {int(value): float(mass[lead == value].sum()) for value in np.unique(lead)}
    largest = expected_max_lead(layers, (1, 1))
    return Imbalance(
        law,
        expected_abs_final=float(mass @ np.abs(lead)),
        expected_max_abs=largest,
        off_ratio_final=float(mass @ off_ratio(layers[-1], len(layers), ratio)) * 2 / sum(ratio),
        off_ratio_max=largest if ratio[0] == ratio[1] else expected_max_lead(layers, ratio),
    )


def off_ratio(layer: Layer, given: int, ratio: Sequence[int]) -> Wholes:
    """How far the first arm is from its share of those given, after this layer; one subject counts sum(ratio)."""
    first = (given + layer.ahead_after) // 2
    return np.asarray(np.abs(sum(ratio) * first - given * ratio[0]))


def expected_max_lead(layers: Sequence[Layer], ratio: Sequence[int]) -> float:
    """Twice the expected largest distance of the first arm from its share: with 1:1 the expected maximum of |D|.

    Column m holds, state by state, the chance to be there without ever having been more than m away, so that the
    chances of those that leave add up to the expected value. Columns are opened as the distance grows, and none
    beyond one that is all but impossible.
    """
    least = [share // gcd(*ratio) for share in ratio]
    leads = [off_ratio(layer, given, least) for given, layer in enumerate(layers, start=1)]
    mass, within = np.ones(1), np.ones((1, 0))
    exceeded = np.zeros(_possible_lead(layers, leads))
    for layer, lead in zip(layers, leads, strict=True):
        mass, within = layer.spread(mass), layer.spread(within)
        opened = min(int(lead.max()), len(exceeded)) - within.shape[1]
        if opened > 0:
            within = np.hstack([within, np.repeat(mass[:, None], opened, axis=1)])
        gone = lead[:, None] > np.arange(within.shape[1])
        exceeded[: within.shape[1]] += np.sum(within, axis=0, where=gone)
        within[gone] = 0.0
    return float(exceeded.sum()) * 2 / sum(least)


def _possible_lead(layers: Sequence[Layer], leads: Sequence[Wholes]) -> int:
    """The least lead that is exceeded, at any time, with a chance that rounding hides anyhow."""
    chances = np.zeros(max(int(lead.max()) for lead in leads) + 1)
    for lead, mass in zip(leads, islice(masses(layers), 1, None), strict=True):
        np.add.at(chances, lead, mass)
    beyond = np.cumsum(chances[::-1])[::-1]
    return int(np.count_nonzero(beyond >= NEGLIGIBLE))
