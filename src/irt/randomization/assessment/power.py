"""How often the t-test of two means rejects, when subjects are chosen, responses drift, or the arms truly differ.

Langer (2014) has the exact law for one sequence; here the responses are drawn, for as many sequences as asked.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irt.randomization.assessment.layers import Floats
from irt.randomization.assessment.selection_bias import preferred_shifts
from irt.randomization.assessment.sequences import Arms, Sequences
from irt.randomization.assessment.student import critical_value

BATCH = 2_000
RESPONSES = 1
"""The branch of the seed that responses come from, so that they are not those numbers that drew the arms."""


@dataclass(frozen=True)
class Responses:
    """Normal responses with standard deviation one.

    `difference`: what the first arm truly adds; with 0 the rejection rate is the type I error. `preference`: the
    effect of selection. `trend`: each subject's shift.
    """

    difference: float = 0.0
    preference: float = 0.0
    trend: Floats | None = None


@dataclass(frozen=True, slots=True)
class Rejections:
    """The share of trials in which the two-sided test rejects, with its Monte Carlo standard error."""

    rate: float
    standard_error: float
    trials: int


def rejections(sequences: Sequences, responses: Responses, alpha: float, seed: int) -> Rejections:
    """For two-arm trials; a trial that leaves an arm with nobody cannot reject."""
    children = np.random.SeedSequence(seed, spawn_key=(RESPONSES,)).spawn(-(-sequences.trials // BATCH))
    rejected = 0
    for number, child in enumerate(children):
        arms = sequences.arms[:, number * BATCH : (number + 1) * BATCH]
        noise = np.random.Generator(np.random.Philox(child)).standard_normal(arms.shape)
        values = noise + _expected(arms, responses)
        large = np.abs(t_values(arms == 0, values)) > critical_value(alpha, len(arms) - 2)
        rejected += int(np.count_nonzero(large))
    rate = rejected / sequences.trials
    return Rejections(rate, float(np.sqrt(rate * (1 - rate) / sequences.trials)), sequences.trials)


def _expected(arms: Arms, responses: Responses) -> Floats:
    expected: Floats = np.where(arms == 0, responses.difference, 0.0)
    if responses.preference:
        expected += preferred_shifts(arms, responses.preference)
    return expected if responses.trend is None else expected + responses.trend[:, None]


def t_values(first: NDArray[np.bool_], values: Floats) -> Floats:
    """Student's t with a common variance, one a column; 0 where an arm is empty."""
    sizes = np.stack([first.sum(axis=0), (~first).sum(axis=0)])
    some = np.maximum(sizes, 1)
    means = np.stack([(values * first).sum(axis=0), (values * ~first).sum(axis=0)]) / some
    residuals = values - np.where(first, means[0], means[1])
    variance = (residuals**2).sum(axis=0) / (len(values) - 2)
    t = (means[0] - means[1]) / np.sqrt(variance * (1 / some).sum(axis=0))
    return np.where(sizes.min(axis=0) > 0, t, 0.0)
