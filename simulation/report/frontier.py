"""What plans or scenarios cost against what they risk: a point is efficient when no other is better in both."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulation.analysis.arrays import Numbers
from simulation.analysis.estimate import Estimate
from simulation.analysis.means import mean_of
from simulation.analysis.rare import missed_per_visit
from simulation.analysis.refusals import UnusableReplications

Columns = Mapping[str, Numbers]


@dataclass(frozen=True, slots=True)
class Point:
    """A run: cents of a trial in the mean, missed per visit, kits made in the mean."""

    name: str
    cost: Estimate
    risk: Estimate
    kits: Estimate
    efficient: bool


def frontier(runs: Mapping[str, Columns]) -> tuple[Point, ...]:
    """Points by cost; a run of too few replications, or without visits, is left out."""
    told = {name: found for name, columns in runs.items() if (found := _told(columns)) is not None}
    points = [Point(name, *figures, _efficient(name, told)) for name, figures in told.items()]
    return tuple(sorted(points, key=lambda point: (point.cost.value, point.risk.value, point.name)))


Figures = tuple[Estimate, Estimate, Estimate]


def _told(columns: Columns) -> Figures | None:
    try:
        risk = missed_per_visit(columns["missed"], columns["visits"])
        return mean_of(columns["cost_total"]), risk, mean_of(columns["kits_made"])
    except UnusableReplications:
        return None


def _efficient(name: str, told: Mapping[str, Figures]) -> bool:
    own = told[name][0].value, told[name][1].value
    others = ((cost.value, risk.value) for other, (cost, risk, _) in told.items() if other != name)
    return not any(cost <= own[0] and risk <= own[1] and (cost, risk) != own for cost, risk in others)
