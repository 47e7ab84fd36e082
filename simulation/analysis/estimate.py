"""A figure from replications, and the interval that says how far it can be believed."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from scipy.special import ndtri, stdtrit

from simulation.analysis.refusals import UnusableReplications


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure in its own unit; `low` and `high` are infinite where so few replications set no bound.

    `confidence` is that of the interval from `low` to `high`, both sides together. It tells Monte Carlo error only.
    """

    value: float
    low: float
    high: float
    confidence: float
    replications: int
    method: str

    def record(self) -> dict[str, Any]:
        """As it is written to JSON, where an infinite bound is null."""
        return {key: _plain(value) for key, value in asdict(self).items()}


def around(value: float, error: float, confidence: float, replications: int, method: str) -> Estimate:
    """Student's interval around a figure with that standard error and `replications` - 1 degrees of freedom."""
    half = student(confidence, replications - 1) * error
    return Estimate(value, value - half, value + half, confidence, replications, method)


def student(confidence: float, freedom: float) -> float:
    """What |T| stays below with that chance."""
    return float(stdtrit(freedom, 1 - checked(confidence) / 2))


def normal(confidence: float) -> float:
    """What a standard normal number stays within with that chance."""
    return float(ndtri(1 - checked(confidence) / 2))


def checked(confidence: float) -> float:
    """The chance left outside. Raises: UnusableReplications unless the confidence is between 0 and 1."""
    if not 0 < confidence < 1:
        raise UnusableReplications("The confidence of an interval lies between 0 and 1, as in 0.95.")
    return 1 - confidence


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
