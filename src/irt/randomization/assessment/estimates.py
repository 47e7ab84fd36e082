"""Operating characteristics from simulated sequences, each with its Monte Carlo standard error."""

from math import sqrt

import numpy as np

from irt.randomization.assessment.characteristics import Characteristics, Imbalance
from irt.randomization.assessment.layers import Floats
from irt.randomization.assessment.sequences import Sequences


def estimated(sequences: Sequences) -> Characteristics:
    """Means over the trials; D as for an exact assessment with two arms, the range of counts by share with more."""
    final, largest, guessed = _followed(sequences)
    off_ratio = _off_ratio(sequences) if len(sequences.ratio) == 2 else (np.abs(final), largest)
    values, counts = np.unique(final, return_counts=True)
    law = {_plain(value): int(count) / sequences.trials for value, count in zip(values, counts, strict=True)}
    samples = {
        "expected_abs_final": np.abs(final),
        "expected_max_abs": largest,
        "convergence": guessed,
        "directional": sequences.right,
        "deterministic": sequences.certain,
    }
    means = {name: float(sample.mean()) for name, sample in samples.items()}
    return Characteristics(
        subjects=sequences.subjects,
        exact=False,
        imbalance=Imbalance(
            law,
            means["expected_abs_final"],
            means["expected_max_abs"],
            float(off_ratio[0].mean()),
            float(off_ratio[1].mean()),
        ),
        convergence=means["convergence"],
        directional=means["directional"],
        deterministic=means["deterministic"],
        allocation_ratio=_ratio(sequences),
        standard_errors={name: standard_error(sample) for name, sample in samples.items()}
        | {"allocation_ratio": 0.5 / sqrt(sequences.trials)},
        trials=sequences.trials,
    )


def standard_error(sample: Floats) -> float:
    """Of a mean of independent trials."""
    return float(sample.std(ddof=1) / np.sqrt(len(sample))) if len(sample) > 1 else float("inf")


def _followed(sequences: Sequences) -> tuple[Floats, Floats, Floats]:
    """Each trial's lead at the end, largest lead at any time, and correct convergence guesses."""
    trials = np.arange(sequences.trials)
    largest, guessed = np.zeros(sequences.trials), np.zeros(sequences.trials)
    shares = np.ones(2) if len(sequences.ratio) == 2 else np.array(sequences.ratio, dtype=float)
    counts = np.zeros((len(sequences.ratio), sequences.trials))
    for given in sequences.arms:
        level = counts / shares[:, None]
        fewest = level == level.min(axis=0)
        guessed += fewest[given, trials] / fewest.sum(axis=0)
        counts[given, trials] += 1
        largest = np.maximum(largest, np.abs(_lead(counts / shares[:, None])))
    return _lead(counts / shares[:, None]), largest, guessed


def _lead(levels: Floats) -> Floats:
    lead: Floats = levels[0] - levels[1] if len(levels) == 2 else levels.max(axis=0) - levels.min(axis=0)
    return lead


def _off_ratio(sequences: Sequences) -> tuple[Floats, Floats]:
    """At the end, and at most: twice the first arm's distance from its share."""
    share = sequences.ratio[0] / sum(sequences.ratio)
    first = np.zeros(sequences.trials)
    largest = np.zeros(sequences.trials)
    for given, arms in enumerate(sequences.arms, start=1):
        first += arms == 0
        largest = np.maximum(largest, 2 * np.abs(first - given * share))
    return 2 * np.abs(first - sequences.subjects * share), largest


def _ratio(sequences: Sequences) -> tuple[float | tuple[float, ...], ...]:
    per_arm = [(sequences.arms == arm).mean(axis=1) for arm in range(len(sequences.ratio))]
    if len(per_arm) == 2:
        return tuple(float(share) for share in per_arm[0])
    return tuple(tuple(float(share) for share in row) for row in np.transpose(per_arm))


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else round(float(value), 12)
