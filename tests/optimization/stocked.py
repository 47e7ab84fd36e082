"""Networks as live studies have them: stock at depots and sites, some of it soon to expire, more on its way."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from optimization.problem import Demand, Lot, NodeKind, Problem, Supply
from optimization.problem_rules import checked
from tests.optimization.instances import Shape, network


@dataclass(frozen=True)
class Stocked:
    """A network with stock at its regional depots; equal ones give equal problems."""

    shape: Shape
    cover: float = 0.4
    """Kits at each depot, against those its sites want."""
    soon: bool = True
    """Whether some of them expire within the horizon."""
    coming: bool = False
    """Whether some of them come to the depot on a later day."""
    bare: bool = True
    """Whether half the sites begin with nothing: their first visits are for the depot to serve."""
    unmet_kit: int = 2_000_000


def stocked(of: Stocked) -> Problem:
    """A problem of this kind."""
    problem, draws = network(of.shape), Random(of.shape.seed)
    rows = [row for row in problem.supply if not (of.bare and _bare(problem, row))]
    lots = dict(problem.lots)
    for lot, row in _at_depots(problem, of, draws):
        lots[lot.id] = lot
        rows.append(row)
    costs = replace(problem.costs, unmet_kit=of.unmet_kit)
    return checked(replace(problem, lots=lots, supply=tuple(rows), costs=costs))


def _bare(problem: Problem, row: Supply) -> bool:
    return problem.nodes[row.node].kind.uses_kits and int(row.node.removeprefix("S")) % 2 == 0


def _at_depots(problem: Problem, of: Stocked, draws: Random) -> Iterator[tuple[Lot, Supply]]:
    """Two lots of each type at each depot: one that may expire soon, one that may come later."""
    everywhere = frozenset(node.country for node in problem.nodes.values())
    for (depot, kit), rows in sorted(_wanted(problem).items()):
        kits = max(1, round(of.cover * sum(row.kits for row in rows)))
        soon = draws.randint(0, kits)
        expiry = draws.randrange(5, problem.horizon_days) if of.soon else problem.horizon_days + 30
        day = draws.randrange(0, 12) if of.coming else 0
        for name, number, last, first in (
            ("soon", soon, expiry, 0),
            ("long", kits - soon, problem.horizon_days + 60, day),
        ):
            if number:
                lot = Lot(f"{kit}-{depot}-{name}", kit, last, everywhere)
                yield lot, Supply(depot, lot.id, first, number)


def _wanted(problem: Problem) -> dict[tuple[str, str], list[Demand]]:
    """By regional depot and type, what its sites want."""
    depots = {
        lane.destination: lane.origin
        for lane in problem.lanes.values()
        if problem.nodes[lane.origin].kind is NodeKind.REGIONAL
    }
    found: dict[tuple[str, str], list[Demand]] = defaultdict(list)
    for row in problem.demand:
        found[depots[row.site], row.kit].append(row)
    return found
