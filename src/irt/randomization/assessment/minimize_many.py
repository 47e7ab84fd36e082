"""Many minimized trials at once: Pocock and Simon's rule over arrays of counts.

Scores are whole numbers but for `sd`, whose sums of roots are equal within rounding; the live rule compares these
exactly.
"""

from dataclasses import dataclass
from math import lcm

import numpy as np

from irt.randomization.assessment.layers import Floats, Wholes
from irt.randomization.assessment.profiles import Positions, Profiles
from irt.randomization.assessment.sequences import Sequences, Tell, batches, joined, quiet
from irt.randomization.assessment.simulation import draw
from irt.randomization.marginal_rule import MarginalRule

BATCH, CELLS = 2_000, 40_000_000
SAME = 1 + 1e-9


def minimize_many(rule: MarginalRule, profiles: Profiles, trials: int, seed: int, tell: Tell = quiet) -> Sequences:
    """Trials of one rule, each with its own subjects unless they are real ones."""
    decision, parts, done = Decision.of(rule), [], 0
    batch = max(1, min(BATCH, CELLS // (profiles.subjects * len(profiles.factors))))
    for size, generator in batches(trials, seed, batch):
        places = profiles.positions(size, generator)
        parts.append(_batch(rule, decision, places, [len(factor.levels) for factor in profiles.factors], generator))
        done += size
        tell(done, trials)
    return joined(parts)


def _batch(
    rule: MarginalRule, decision: "Decision", places: Positions, levels: list[int], generator: np.random.Generator
) -> Sequences:
    subjects, trials, _ = places.shape
    begins = np.cumsum([0, *levels[:-1]])
    every = np.arange(trials)
    counts = np.zeros((trials, sum(levels), len(rule.ratio)), dtype=np.int64)
    arms = np.empty((subjects, trials), dtype=np.int8)
    right, certain = np.zeros(trials), np.zeros(trials)
    for subject in range(subjects):
        at = (every[:, None], begins + places[subject])
        laws = decision.laws(counts[at])
        best = laws.max(axis=1)
        right += best
        certain += best == 1.0
        given = draw(laws, every, generator)
        arms[subject] = given
        counts[(*at, given[:, None])] += 1
    return Sequences(rule.ratio, arms, right, certain)


@dataclass(frozen=True)
class Decision:
    """A rule's settings as arrays; `by_ties` is each tied arm's chance, and each other's, by the number of ties."""

    rule: MarginalRule
    weights: Wholes
    multiples: Wholes
    steps: Wholes
    by_ties: Floats
    shares: Floats

    @classmethod
    def of(cls, rule: MarginalRule) -> "Decision":
        """The arrays of a rule, scaled to whole numbers."""
        common, unit = lcm(*rule.ratio), lcm(*(weight.denominator for weight in rule.weights))
        multiples = np.array([common // share for share in rule.ratio])
        return cls(
            rule,
            weights=np.array([int(weight * unit) for weight in rule.weights]),
            multiples=multiples,
            steps=multiples if rule.imbalance_of == "(n+1)/r" else np.full(len(rule.ratio), common),
            by_ties=np.array([_chances(rule, tied) for tied in range(1, len(rule.ratio))]),
            shares=np.array(rule.ratio) / sum(rule.ratio),
        )

    def laws(self, margins: Wholes) -> Floats:
        """One row a trial, from its counts by factor and arm at the new subject's levels."""
        scores = self.scores(margins * self.multiples)
        least = scores.min(axis=1, keepdims=True)
        preferred = scores <= (least * SAME if self.rule.distance == "sd" else least)
        tied = preferred.sum(axis=1)
        undecided = tied == len(self.shares)
        chances = self.by_ties[np.where(undecided, 0, tied - 1)]
        laws = np.where(preferred, chances[:, :1], chances[:, 1:])
        laws[undecided] = self.shares
        return laws

    def scores(self, scaled: Wholes) -> Floats:
        """The imbalance each arm would leave, up to a common scale: one row a trial, one column an arm."""
        columns = []
        for arm, step in enumerate(self.steps):
            scaled[:, :, arm] += step
            columns.append(self._distance(scaled, arm) @ self.weights)
            scaled[:, :, arm] -= step
        return np.stack(columns, axis=1)

    def _distance(self, scaled: Wholes, arm: int) -> Floats | Wholes:
        """One row a trial, one column a factor."""
        if self.rule.distance == "sum":
            return scaled[:, :, arm]
        if self.rule.distance == "range":
            return np.asarray(scaled.max(axis=2) - scaled.min(axis=2))
        spread = scaled.shape[2] * (scaled**2).sum(axis=2) - scaled.sum(axis=2) ** 2
        return np.sqrt(spread) if self.rule.distance == "sd" else np.asarray(spread)


def _chances(rule: MarginalRule, tied: int) -> tuple[float, float]:
    """The chance of each of so many tied arms, and of each other arm."""
    arms, p = len(rule.ratio), rule.probability
    if rule.ties == "shared":
        return float(p / tied), float((1 - p) / (arms - tied))
    other = (1 - p) / (arms - 1)
    return float((p + (tied - 1) * other) / tied), float(other)
