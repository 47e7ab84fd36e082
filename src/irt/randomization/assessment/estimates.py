"""Operating characteristics from simulated sequences, each with its Monte Carlo standard error."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np

from irt.randomization.assessment.characteristics import Characteristics, Imbalance
from irt.randomization.assessment.layers import Floats
from irt.randomization.assessment.sequences import Arms, Sequences

CELLS_AT_ONCE = 100_000


def estimated(sequences: Sequences) -> Characteristics:
    """Means over the trials; D as for an exact assessment with two arms, the range of counts by share with more."""
    return _means(sequences, _followed(sequences))


def estimated_together(strata: Sequence[Sequences]) -> Characteristics:
    """The whole trial of strata with lists of their own; the largest leads are means over them, each by itself."""
    parts = [_followed(each) for each in strata]
    whole = Sequences(
        strata[0].ratio,
        np.concatenate([each.arms for each in strata]),
        np.sum([each.right for each in strata], axis=0),
        np.sum([each.certain for each in strata], axis=0),
    )
    followed = _followed(whole)._replace(
        largest=np.mean([part.largest for part in parts], axis=0),
        off_largest=np.mean([part.off_largest for part in parts], axis=0),
        guessed=np.sum([part.guessed for part in parts], axis=0),
    )
    return _means(whole, followed)


def _means(sequences: Sequences, trials: "_Followed") -> Characteristics:
    values, counts = np.unique(trials.final, return_counts=True)
    law = {_plain(value): int(count) / sequences.trials for value, count in zip(values, counts, strict=True)}
    samples = {
        "expected_abs_final": np.abs(trials.final),
        "expected_max_abs": trials.largest,
        "convergence": trials.guessed,
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
            float(trials.off_final.mean()),
            float(trials.off_largest.mean()),
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


class _Followed(NamedTuple):
    """One value a trial: the lead at the end and at most, the same off the ratio, and correct guesses."""

    final: Floats
    largest: Floats
    off_final: Floats
    off_largest: Floats
    guessed: Floats


def _followed(sequences: Sequences) -> _Followed:
    return _followed_two(sequences) if len(sequences.ratio) == 2 else _followed_many(sequences)


def _followed_two(sequences: Sequences) -> _Followed:
    """Of N_A - N_B; the guess is the arm that is behind. A few trials at a time stay in the processor's cache."""
    some = max(1, CELLS_AT_ONCE // sequences.subjects)
    begins = range(0, sequences.trials, some)
    parts = [_followed_some(sequences.arms[:, begin : begin + some], sequences.ratio) for begin in begins]
    return _Followed(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _followed_some(arms: Arms, ratio: tuple[int, ...]) -> _Followed:
    step = 1 - 2 * arms.astype(np.int32)
    lead = np.cumsum(step, axis=0)
    gained = (np.sign(lead - step) * step).sum(axis=0)
    distance = np.abs(lead)
    planned = (ratio[0] - ratio[1]) / sum(ratio)
    off_ratio = np.abs(lead - planned * np.arange(1, len(arms) + 1)[:, None]) if planned else distance
    return _Followed(
        final=lead[-1].astype(float),
        largest=distance.max(axis=0).astype(float),
        off_final=off_ratio[-1].astype(float),
        off_largest=off_ratio.max(axis=0).astype(float),
        guessed=(len(arms) - gained) / 2,
    )


def _followed_many(sequences: Sequences) -> _Followed:
    """Of the range of counts by share; the guess is an arm with the smallest count by share."""
    trials = np.arange(sequences.trials)
    largest, guessed = np.zeros(sequences.trials), np.zeros(sequences.trials)
    shares = np.array(sequences.ratio, dtype=float)[:, None]
    counts = np.zeros((len(sequences.ratio), sequences.trials))
    for given in sequences.arms:
        level = counts / shares
        fewest = level == level.min(axis=0)
        guessed += fewest[given, trials] / fewest.sum(axis=0)
        counts[given, trials] += 1
        largest = np.maximum(largest, _range(counts / shares))
    final = _range(counts / shares)
    return _Followed(final, largest, final, largest, guessed)


def _range(levels: Floats) -> Floats:
    return np.asarray(levels.max(axis=0) - levels.min(axis=0))


def _ratio(sequences: Sequences) -> tuple[float | tuple[float, ...], ...]:
    per_arm = [(sequences.arms == arm).mean(axis=1) for arm in range(len(sequences.ratio))]
    if len(per_arm) == 2:
        return tuple(float(share) for share in per_arm[0])
    return tuple(tuple(float(share) for share in row) for row in np.transpose(per_arm))


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else round(float(value), 12)
