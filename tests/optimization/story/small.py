"""A network reckoned by hand: one depot behind the centre, a site at home, a site abroad; four weeks, two lots."""

from dataclasses import replace
from datetime import date
from typing import Any

from optimization.plan import Consignment, Dispensing, Plan, ordered_plan
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

WORKDAYS = frozenset(range(5))
WEEKENDS = frozenset(day for day in range(60) if day % 7 in (5, 6))


def _node(name: str, kind: NodeKind, country: str, volume: int = 1_000) -> Node:
    return Node(name, kind, country, WEEKENDS, {"cold": volume})


def _lane(name: str, origin: str, destination: str, transit_days: int, fixed_cost: int) -> Lane:
    return Lane(name, origin, destination, transit_days, WORKDAYS, fixed_cost, 10, frozenset({"cold"}))


def small_problem(**changes: Any) -> Problem:
    """The network; `changes` replace whole fields."""
    problem = Problem(
        name="by hand",
        start=date(2026, 1, 5),
        horizon_days=28,
        temps=("cold",),
        kit_types={"K": KitType("K", "cold", 2, 5_000)},
        lots={
            "K-old": Lot("K-old", "K", 21, frozenset({"A", "B"})),
            "K-new": Lot("K-new", "K", 70, frozenset({"A", "B"})),
        },
        nodes={
            "C0": _node("C0", NodeKind.CENTRAL, "A"),
            "D1": _node("D1", NodeKind.REGIONAL, "A"),
            "S1": _node("S1", NodeKind.SITE, "A", 20),
            "S2": _node("S2", NodeKind.SITE, "B", 20),
        },
        lanes={
            "C0-D1": _lane("C0-D1", "C0", "D1", 1, 1_000),
            "D1-S1": _lane("D1-S1", "D1", "S1", 1, 400),
            "D1-S2": _lane("D1-S2", "D1", "S2", 2, 900),
        },
        shippers={
            "small": Shipper("small", "cold", 6, 50, 2),
            "large": Shipper("large", "cold", 20, 120, 5),
        },
        supply=(Supply("C0", "K-old", 0, 6), Supply("C0", "K-new", 0, 10)),
        licences={("B", "K"): Licence("B", "K", 0, 27, 8)},
        demand=(
            Demand("S1", "K", 8, 1, 0),
            Demand("S1", "K", 15, 2, 0),
            Demand("S2", "K", 10, 2, 0),
            Demand("S2", "K", 22, 1, 0),
        ),
        costs=Costs(site_holding={"cold": 3}, depot_holding={"cold": 1}, unmet_kit=100_000),
    )
    return replace(problem, **changes)


def small_plan() -> Plan:
    """Six old and two new kits go to the depot on day 0; three kits to each site on day 7."""
    return ordered_plan(
        (
            Consignment("C0-D1", "cold", 0, {"large": 1}, (("K-new", 2), ("K-old", 6))),
            Consignment("D1-S1", "cold", 7, {"small": 1}, (("K-old", 3),)),
            Consignment("D1-S2", "cold", 7, {"small": 1}, (("K-new", 1), ("K-old", 2))),
        ),
        (
            Dispensing("S1", "K", 8, "K-old", 1),
            Dispensing("S1", "K", 15, "K-old", 2),
            Dispensing("S2", "K", 10, "K-old", 2),
            Dispensing("S2", "K", 22, "K-new", 1),
        ),
    )
