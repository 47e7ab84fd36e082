"""In which unit a figure of simulated trials is shown: shares in percent, cents as money."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from simulation.analysis.estimate import Estimate
from simulation.analysis.limits import Figure, Limit
from simulation.report.words import CENTS, words_of
from web.charts import svg

CENTS_IN_ONE = 100
_DIGITS = 9


_LARGE = ((1_000_000, "million"), (1_000, "thousand"))
_MANY = 100
"""From a hundred of them on, thousands and millions are written as such."""


@dataclass(frozen=True)
class Unit:
    """A figure times `factor` is shown with these words."""

    factor: float
    words: str

    def of(self, value: float) -> float:
        """The figure in this unit, without what the last digits of a product add."""
        return round(value * self.factor, _DIGITS)

    def shown(self, value: float) -> str:
        """The number for the eye; a bound that is none is told as such."""
        return svg.plain(self.of(value)) if isfinite(value) else "no bound"

    def eased(self, values: Iterable[float]) -> "Unit":
        """The unit in which the largest of these values is no longer than an axis can say."""
        most = max((abs(value) * self.factor for value in values if isfinite(value)), default=0)
        for many, words in _LARGE:
            if most >= _MANY * many:
                return Unit(self.factor / many, f"{self.words}, {words}")
        return self

    def interval(self, estimate: Estimate) -> str:
        """Low to high, with the confidence of the interval."""
        ends = f"{self.shown(estimate.low)} to {self.shown(estimate.high)}"
        return f"{ends} ({100 * estimate.confidence:.6g} %)"


PERCENT_OF_VISITS = Unit(100, "% of visits")
PERCENT_OF_TRIALS = Unit(100, "% of trials")
MONEY = Unit(1 / CENTS_IN_ONE, "cost of a trial")


def measure_unit(measure: str) -> Unit:
    """Of one number a trial."""
    return Unit(1 / CENTS_IN_ONE, words_of(measure)) if measure.startswith(CENTS) else Unit(1, words_of(measure))


def looked_unit(measure: str, per: str | None) -> Unit:
    """Of a measure, or of one per another."""
    if per is None:
        return measure_unit(measure)
    return PERCENT_OF_VISITS if per == "visits" else Unit(1, f"{words_of(measure)} per {words_of(per)}")


def limit_unit(limit: Limit) -> Unit:
    """Of what is held below a limit."""
    return PERCENT_OF_TRIALS if limit.figure is Figure.ANY else looked_unit(limit.measure, limit.per)
