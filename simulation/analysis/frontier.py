"""What plans or scenarios cost against what they risk: a point is efficient when no other is better in both."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulation.analysis.arrays import Numbers
from simulation.analysis.estimate import Estimate
from simulation.analysis.means import mean_of
from simulation.analysis.rare import missed_per_visit
from simulation.analysis.refusals import UnusableReplications

Columns = Mapping[str, Numbers]
Figures = tuple[Estimate, Estimate, Estimate]
"""Cost, risk, kits, as of a point."""


@dataclass(frozen=True, slots=True)
class Point:
    """A run: cents of a trial in the mean, missed per visit, kits made in the mean."""

    name: str
    cost: Estimate
    risk: Estimate
    kits: Estimate
    efficient: bool


def frontier(runs: Mapping[str, Columns], known: Mapping[str, Figures] | None = None) -> tuple[Point, ...]:
    """Points by cost, `known` figures among them; a run of too few replications, or without visits, is left out."""
    told = {name: found for name, columns in runs.items() if (found := figures_of(columns)) is not None}
    told |= known or {}
    points = [Point(name, *figures, _efficient(name, told)) for name, figures in told.items()]
    return tuple(sorted(points, key=lambda point: (point.cost.value, point.risk.value, point.name)))


def figures_of(columns: Columns) -> Figures | None:
    """Cost, risk and kits of a run; None where its trials tell none."""
    try:
        risk = missed_per_visit(columns["missed"], columns["visits"])
        return mean_of(columns["cost_total"]), risk, mean_of(columns["kits_made"])
    except UnusableReplications:
        return None


def _efficient(name: str, told: Mapping[str, Figures]) -> bool:
    own = told[name][0].value, told[name][1].value
    others = ((cost.value, risk.value) for other, (cost, risk, _) in told.items() if other != name)
    return not any(cost <= own[0] and risk <= own[1] and (cost, risk) != own for cost, risk in others)
