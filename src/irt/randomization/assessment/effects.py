"""What the allocations add to the difference in means when responses drift or subjects are chosen: exact moments.

The arms are taken at their planned sizes, so that the difference is a sum over subjects: a subject's shift over the
size of the arm, with the sign of the arm.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from irt.randomization.assessment.estimates import standard_error
from irt.randomization.assessment.layers import Floats, Layer
from irt.randomization.assessment.sequences import Sequences

Trials = Sequence[Layer] | Sequences
"""The law of a design, or trials drawn from it."""

Shift = Callable[[int, Layer], Floats]
"""The shift of a subject's response by position, in each state: one value a state."""


class Bias(NamedTuple):
    """The expected shift of the difference in means A minus B, and its root mean square over the sequences.

    `standard_error` is that of the expected shift where it was simulated.
    """

    expected: float
    root_mean_square: float
    standard_error: float = 0.0


def bias(layers: Sequence[Layer], ratio: Sequence[int], shift: Shift) -> Bias:
    """The bias that a shift of the responses brings, over all sequences of a two-arm design."""
    weights = _weights(len(layers), ratio)
    moments = np.array([[1.0, 0.0, 0.0]])
    for position, layer in enumerate(layers):
        step = shift(position, layer)[layer.source] * weights[layer.arm]
        chance, first, second = layer.along(moments).T
        parts = (chance, first + step * chance, second + 2 * step * first + step**2 * chance)
        moments = layer.gathered(np.stack(parts, axis=1))
    _, mean, square = moments.sum(axis=0)
    return Bias(float(mean), float(np.sqrt(max(square, 0.0))))


def simulated_bias(sequences: Sequences, shifts: Floats) -> Bias:
    """The same over simulated trials; one row a subject, one column a trial (or one for all)."""
    weights = _weights(sequences.subjects, sequences.ratio)
    biases = (weights[sequences.arms] * shifts).sum(axis=0)
    mean, square = float(biases.mean()), float((biases**2).mean())
    return Bias(mean, float(np.sqrt(square)), standard_error(biases))


def _weights(subjects: int, ratio: Sequence[int]) -> Floats:
    """What a subject of each arm adds to the difference in means."""
    first, second = (subjects * share / sum(ratio) for share in ratio)
    return np.array([1 / first, -1 / second])
