"""One depot and one site by way of it, with the lots and visits a test asks for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from optimization.engine.carried import Carried
from optimization.engine.cluster import Trip
from optimization.engine.needs import Want
from optimization.problem import (
    Costs,
    Demand,
    KitType,
    Lane,
    Licence,
    Lot,
    Node,
    NodeKind,
    Problem,
    Shipper,
    Supply,
)

HORIZON = 40
HERE = frozenset({"A", "B"})
LONG = 99
"""Expires after the horizon."""


def small(
    lots: Sequence[tuple[str, int]],
    supply: Sequence[tuple[str, str, int, int]],
    demand: Sequence[tuple[int, int]] = (),
    kits: Sequence[str] = ("K",),
) -> Problem:
    """Lots by id and expiry, their kit type the first letter; supply by node, lot, day, kits; visits by day."""
    nodes = [_node("C0", NodeKind.CENTRAL), _node("R0", NodeKind.REGIONAL), _node("S0", NodeKind.SITE, "B")]
    lanes = [_lane("C0", "R0", 3_000), _lane("R0", "S0", 1_000)]
    return Problem(
        name="small",
        start=date(2026, 1, 5),
        horizon_days=HORIZON,
        temps=("2-8C",),
        kit_types={kit: KitType(kit, "2-8C", 1, 1_000) for kit in kits},
        lots={lot: Lot(lot, lot[0], expiry, HERE) for lot, expiry in lots},
        nodes={node.id: node for node in nodes},
        lanes={lane.id: lane for lane in lanes},
        shippers={"box": Shipper("box", "2-8C", 4, 500, 9)},
        supply=tuple(Supply(*row) for row in supply),
        licences={("B", kit): Licence("B", kit, 0, HORIZON, 99) for kit in kits},
        demand=tuple(Demand("S0", kits[0], day, number, 1) for day, number in demand),
        costs=Costs({"2-8C": 2}, {"2-8C": 1}, 100_000),
    )


def _node(name: str, kind: NodeKind, country: str = "A") -> Node:
    return Node(name, kind, country, frozenset(), {"2-8C": 50})


def _lane(start: str, end: str, fixed: int) -> Lane:
    return Lane(f"{start}-{end}", start, end, 1, frozenset(range(7)), fixed, 10, frozenset({"2-8C"}))


def on_its_way(problem: Problem, day: int | None, leaves: int = 1, kit: str = "K", lasts: int = 1) -> Carried:
    """A kit by R0 for a visit on a day, or for the blind alone; its lot may expire `lasts` days after it."""
    first = Trip(problem.lanes["C0-R0"], leaves, leaves + 1)
    last = Trip(problem.lanes["R0-S0"], leaves + 1, leaves + 2)
    want = Want(day, kit, day + lasts) if day is not None else None
    return Carried(kit, problem.nodes["S0"], last, 0, want, first)


def with_licence(problem: Problem, kits_max: int) -> Problem:
    """The problem with so small a licence for the site's country."""
    licences = {key: replace(one, kits_max=kits_max) for key, one in problem.licences.items()}
    return replace(problem, licences=licences)
