"""The statement of a gate: limits agreed beforehand, what was found, and whether it is proved to keep them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from simulation.analysis.arrays import Numbers, column
from simulation.analysis.boundaries import Verdict
from simulation.analysis.estimate import Estimate
from simulation.analysis.limits import Figure, Limit
from simulation.analysis.means import mean_of, quantile_of
from simulation.analysis.proportions import clopper_pearson
from simulation.analysis.rare import missed_per_visit
from simulation.analysis.refusals import UnusableGate

LEAST = 100
"""Means and ratios of fewer replications are never decided upon: their intervals cover less than they say."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A line of the statement; `reason` says why nothing is proved, where it is not the interval."""

    limit: Limit
    estimate: Estimate
    verdict: Verdict
    reason: str | None

    def record(self) -> dict[str, Any]:
        """As it is written to JSON."""
        return {
            "limit": asdict(self.limit),
            "estimate": self.estimate.record(),
            "verdict": self.verdict,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """All lines and what follows from them.

    `false_pass`: the chance at most to pass with any limit not kept; every line must pass, so it is that of one
    line (intersection-union, Berger 1982). `false_fail`: the chance at most to fail with all kept; any line
    fails the whole, so it is the sum over lines (Bonferroni).
    """

    lines: tuple[Judged, ...]
    verdict: Verdict
    false_pass: float
    false_fail: float

    def record(self) -> dict[str, Any]:
        """As it is written to JSON."""
        return {
            "lines": [line.record() for line in self.lines],
            "verdict": self.verdict,
            "false_pass": self.false_pass,
            "false_fail": self.false_fail,
        }


def judge_all(limits: Sequence[Limit], measures: Mapping[str, Numbers]) -> Statement:
    """The statement on replications; measures: each column, shape (n,). It passes only if every limit passes.

    Raises: UnusableGate without a limit or for a column that is not there.
    """
    return stated(limits, tuple(judge(limit, measures) for limit in limits))


def stated(limits: Sequence[Limit], lines: tuple[Judged, ...]) -> Statement:
    """What follows from lines, with the errors of the limits as they were agreed.

    Raises: UnusableGate without a limit or with a name that stands twice.
    """
    if not limits:
        raise UnusableGate("A gate without a limit would let everything through. Agree on one first.")
    if len({limit.name for limit in limits}) < len(limits):
        raise UnusableGate("Two limits have the same name. Each line of the statement needs its own.")
    errors = [(1 - limit.confidence) / 2 for limit in limits]
    return Statement(lines, whole_of([line.verdict for line in lines]), max(errors), min(sum(errors), 1.0))


def judge(limit: Limit, measures: Mapping[str, Numbers]) -> Judged:
    """One line: it passes when its whole interval lies below the limit, fails when all of it lies above."""
    values = _column(limit, limit.measure, measures)
    estimate = _estimate(limit, values, measures)
    reason = _unproved(limit, values)
    return Judged(limit, estimate, Verdict.INCONCLUSIVE if reason else _verdict(estimate, limit.limit), reason)


def _verdict(estimate: Estimate, limit: float) -> Verdict:
    if estimate.high < limit:
        return Verdict.PASS
    return Verdict.FAIL if estimate.low > limit else Verdict.INCONCLUSIVE


def whole_of(verdicts: Sequence[Verdict]) -> Verdict:
    """One failure fails all, one left open leaves all open."""
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.INCONCLUSIVE if Verdict.INCONCLUSIVE in verdicts else Verdict.PASS


def _column(limit: Limit, name: str, measures: Mapping[str, Numbers]) -> np.ndarray:
    if name not in measures:
        raise UnusableGate(f"{limit.name}: the replications have no measure {name}.")
    return column(measures[name], least=1 if limit.figure in {Figure.ANY, Figure.QUANTILE} else 2)


def _estimate(limit: Limit, values: np.ndarray, measures: Mapping[str, Numbers]) -> Estimate:
    if limit.figure is Figure.PER and limit.per is not None:
        return missed_per_visit(values, _column(limit, limit.per, measures), limit.confidence)
    if limit.figure is Figure.QUANTILE and limit.share is not None:
        return quantile_of(values, limit.share, limit.confidence)
    if limit.figure is Figure.ANY:
        return clopper_pearson(int(np.count_nonzero(values)), len(values), limit.confidence)
    return mean_of(values, limit.confidence)


def _unproved(limit: Limit, values: np.ndarray) -> str | None:
    if limit.figure in {Figure.PER, Figure.MEAN} and len(values) < LEAST:
        return f"fewer than {LEAST} replications"
    if limit.figure is Figure.MEAN and np.ptp(values) == 0:
        return "the measure never varied, so nothing is known of its spread"
    return None
