"""Chronological bias: responses drift while the trial runs, and arms out of balance take unlike parts of the drift.

The three trends are those of Tamm and Hilgers (2014): a steady one, theta i; one that levels off, theta log(i/n);
and a step of theta from one subject on. Rosenkranz (2011) has the mean square that remains on average.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from irt.randomization.assessment.effects import Bias, Trials, bias, simulated_bias
from irt.randomization.assessment.layers import Floats
from irt.randomization.assessment.sequences import Sequences
from irt.randomization.scheme import UnusablePlan

Trend = Literal["linear", "log", "step"]
TRENDS: tuple[Trend, ...] = ("linear", "log", "step")


class StepOutOfReach(UnusablePlan):
    """A step after the last subject, or before the first."""


def trend(kind: Trend, subjects: int, theta: float, step_at: int | None = None) -> Floats:
    """The shift of each subject; a step comes with subject `step_at`, counted from 1, or in the middle."""
    place = np.arange(1, subjects + 1)
    if kind == "linear":
        return np.asarray(theta * place)
    if kind == "log":
        return np.asarray(theta * np.log(place / subjects))
    at = subjects // 2 + 1 if step_at is None else step_at
    if not 1 <= at <= subjects:
        raise StepOutOfReach(f"A step comes with one of the subjects 1 to {subjects}, not with {at}.")
    return np.where(place >= at, theta, 0.0)


def chronological_bias(trials: Trials, ratio: Sequence[int], shifts: Floats) -> Bias:
    """For a drift that gives each position its shift; the root mean square is what one trial must fear."""
    if isinstance(trials, Sequences):
        return simulated_bias(trials, shifts[:, None])
    return bias(trials, ratio, lambda position, layer: np.full(len(layer.first), shifts[position]))
