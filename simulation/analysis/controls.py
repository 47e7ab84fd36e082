"""Control variates: what is known of the inputs takes chance out of a figure (Lavenberg & Welch 1981)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.analysis.arrays import Floats, Numbers, column, rows
from simulation.analysis.estimate import Estimate, student
from simulation.analysis.refusals import UnusableReplications


@dataclass(frozen=True, slots=True)
class Controlled:
    """A mean with its controls, and how many times smaller its variance is than that of the plain mean."""

    estimate: Estimate
    variance_ratio: float


@dataclass(frozen=True, slots=True)
class InputMeans:
    """Means of the controls, shape (controls,), with the covariance of these means where they were sampled.

    Known in closed form: no covariance. From a sample of inputs alone: `sampled_means`.
    """

    means: Floats
    covariance: Floats | None = None


def sampled_means(inputs: NDArray[Any] | Sequence[Numbers]) -> InputMeans:
    """From a large sample of inputs alone, shape (many, controls), drawn apart from the replications."""
    sample = rows(inputs)
    covariance = np.atleast_2d(np.cov(sample, rowvar=False)) / len(sample)
    return InputMeans(sample.mean(axis=0), covariance)


def controlled_mean(
    values: Numbers,
    controls: NDArray[Any] | Sequence[Numbers],
    known: InputMeans,
    folds: int = 10,
    confidence: float = 0.95,
) -> Controlled:
    """The mean of `values`, shape (n,), corrected by `controls`, shape (n, controls), whose true means are known.

    Each fold (every `folds`-th replication) is corrected with slopes fitted on the others, so that a
    replication never helps to choose its own correction: the estimate is unbiased whatever the law is, while
    slopes fitted on all are not. Raises: UnusableReplications when the other folds are fewer than the controls
    need.
    """
    numbers, features = column(values), rows(controls)
    count = len(numbers)
    if len(features) != count or features.shape[1] != len(known.means):
        raise UnusableReplications("Every replication needs each control, and each control its mean.")
    if count - math.ceil(count / folds) < features.shape[1] + 2 or folds < 2:
        raise UnusableReplications("There are too few replications to fit so many controls. Run more or drop some.")
    slopes = _slopes(numbers, features, folds)
    fold = np.arange(count) % folds
    corrected = numbers - ((features - known.means) * slopes[fold]).sum(axis=1)
    inputs = _input_variance(slopes, np.bincount(fold, minlength=folds) / count, known)
    variance = float(corrected.var(ddof=1)) / count + inputs
    plain, value = float(numbers.var(ddof=1)) / count, float(corrected.mean())
    half = student(confidence, count - features.shape[1] - 1) * math.sqrt(variance)
    estimate = Estimate(value, value - half, value + half, confidence, count, "control variates")
    return Controlled(estimate, plain / variance if variance > 0 else math.inf)


def _slopes(values: Floats, controls: Floats, folds: int) -> Floats:
    """Of each fold, shape (folds, controls): least squares on the other folds."""
    fold = np.arange(len(values)) % folds
    return np.array([_fitted(values[fold != each], controls[fold != each]) for each in range(folds)])


def _fitted(values: Floats, controls: Floats) -> Floats:
    centred = controls - controls.mean(axis=0)
    return np.asarray(np.linalg.lstsq(centred, values - values.mean(), rcond=None)[0])


def _input_variance(slopes: Floats, weights: Floats, known: InputMeans) -> float:
    """What sampled means of the inputs add: they enter every replication alike."""
    if known.covariance is None:
        return 0.0
    slope = weights @ slopes
    return float(slope @ known.covariance @ slope)
