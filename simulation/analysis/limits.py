"""Limits agreed before the first replication: what of a measure is held against which number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from simulation.analysis.refusals import UnusableGate
from simulation.analysis.spending import Spending, confidence_by_look


class Figure(StrEnum):
    """What of a measure is held against the limit."""

    PER = "per"
    """Its sum divided by another's, as missed per visit; never more than the other's."""
    ANY = "any"
    """The chance that a trial has any of it."""
    MEAN = "mean"
    """What a trial has of it in the mean."""
    QUANTILE = "quantile"
    """What a share of trials stays at or below."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: the figure must be proved to lie below `limit`, in the unit of the figure.

    `measure` and `per` name columns of replications; `per` is for PER alone, `share` for QUANTILE alone.
    `confidence` is that of the interval, so that each verdict errs with chance at most (1 - confidence) / 2.
    """

    name: str
    figure: Figure
    measure: str
    limit: float
    per: str | None = None
    share: float | None = None
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Raises: UnusableGate when what the figure needs is missing, or more is told than it needs."""
        if (self.figure is Figure.PER) != (self.per is not None):
            raise UnusableGate(f"{self.name}: only a measure per another names the other.")
        if (self.figure is Figure.QUANTILE) != (self.share is not None):
            raise UnusableGate(f"{self.name}: only a quantile names its share.")


def usual_limits(
    missed_per_visit: float, any_miss: float, out_of_stock: float, cost_cents: float, cost_share: float = 0.95
) -> tuple[Limit, ...]:
    """What a supply plan is usually held against, in the columns of `simulation.measures`.

    Misses per visit; the chances that a trial has any miss, and that a visit finds the whole network out of stock;
    and the cents that `cost_share` of trials stay below.
    """
    return (
        Limit("missed per visit", Figure.PER, "missed", missed_per_visit, per="visits"),
        Limit("any visit missed", Figure.ANY, "missed", any_miss),
        Limit("out of stock", Figure.ANY, "missed_out_of_stock", out_of_stock),
        Limit("cost", Figure.QUANTILE, "cost_total", cost_cents, share=cost_share),
    )


def at_look(limits: Sequence[Limit], looks: Sequence[int], number: int, kind: Spending) -> tuple[Limit, ...]:
    """The limits as they are judged at the look of that number, from 0: each with what it may spend there.

    Over all looks together each verdict then errs as often as the limit says for one.
    """
    return tuple(
        replace(limit, confidence=confidence_by_look(kind, (1 - limit.confidence) / 2, looks)[number])
        for limit in limits
    )
