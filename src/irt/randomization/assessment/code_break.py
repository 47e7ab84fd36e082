"""What a blinded reader could guess after a code break: the other subjects' arms, given those that are revealed."""

from collections.abc import Mapping, Sequence

import numpy as np

from irt.randomization.assessment.layers import Floats, Layer
from irt.randomization.scheme import UnusablePlan


class ImpossibleRevelation(UnusablePlan):
    """Revealed arms that the design can never give, or positions that it does not have."""


def chances_given(layers: Sequence[Layer], revealed: Mapping[int, int]) -> Floats:
    """For each subject the chance of the first arm, given the arm (0 or 1) of some, by position from 0.

    Exact, by a pass forwards and one backwards over the states of a two-arm design.
    """
    outside = sorted(position + 1 for position in revealed if not 0 <= position < len(layers))
    if outside:
        raise ImpossibleRevelation(f"There is no subject {outside[0]} among {len(layers)}. Check the positions.")
    ways = [_possible(layer, revealed.get(position)) for position, layer in enumerate(layers)]
    reached = _forwards(layers, ways)
    chances = np.empty(len(layers))
    ahead: Floats = np.ones(len(layers[-1].starts))
    for position in reversed(range(len(layers))):
        layer = layers[position]
        parts = reached[position][layer.source] * ways[position] * ahead[layer.target()]
        chances[position] = parts[layer.arm == 0].sum() / parts.sum()
        ahead = _backwards(layer, ways[position] * ahead[layer.target()])
    return chances


def _possible(layer: Layer, arm: int | None) -> Floats:
    """The chance of each way on, none where another arm is revealed."""
    return layer.chance if arm is None else np.where(layer.arm == arm, layer.chance, 0.0)


def _forwards(layers: Sequence[Layer], ways: Sequence[Floats]) -> list[Floats]:
    """How likely each state is before every subject, up to a factor."""
    reached: list[Floats] = [np.ones(1)]
    for layer, chance in zip(layers, ways, strict=True):
        mass = layer.gathered(reached[-1][layer.source] * chance)
        if not mass.sum():
            raise ImpossibleRevelation(
                "The design can never give these arms to these subjects. Check the positions and the arms."
            )
        reached.append(mass / mass.sum())
    return reached


def _backwards(layer: Layer, parts: Floats) -> Floats:
    """How likely what is revealed later is from every state, up to a factor."""
    ahead: Floats = np.bincount(layer.source, parts, minlength=len(layer.first)).astype(np.float64)
    return np.asarray(ahead / ahead.max())
