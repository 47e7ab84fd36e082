"""Costs by component, lane, depot, place and class: known answers, and one sum behind every table."""

import pytest

from optimization.plan import Plan
from optimization.result import CostSplit
from optimization.story.charges import charges, total_cents
from optimization.story.cost_table import (
    NO_LANE,
    cost_split,
    costs_by_class,
    costs_by_depot,
    costs_by_lane,
    costs_by_place,
    depot_of_each,
)
from tests.optimization.story.small import small_plan, small_problem

BY_HAND = CostSplit(fixed=2_300, shippers=220, kits=140, holding=170, waste=5_000, unmet=0)


def test_costs_are_those_reckoned_by_hand() -> None:
    """Holding: 83 kit days at the depot at 1, 29 at sites at 3; one old kit expires at the depot."""
    assert cost_split(charges(small_problem(), small_plan())) == BY_HAND


@pytest.mark.parametrize("table", [costs_by_lane, costs_by_class, costs_by_depot, costs_by_place])
def test_every_table_tells_every_cent_once(table: object) -> None:
    """Whatever costs are told by, their sum is the plan's cost."""
    rows = table(small_problem(), small_plan())  # type: ignore[operator]  # the four share one signature
    assert sum(row.split.total for row in rows) == BY_HAND.total


def test_a_lane_tells_its_journeys_and_the_rest_stands_apart() -> None:
    """The way to the site abroad: 900 for the consignment, 50 for the box, 30 for three kits."""
    rows = {row.name: row.split for row in costs_by_lane(small_problem(), small_plan())}
    assert rows["D1-S2"] == CostSplit(fixed=900, shippers=50, kits=30)
    assert rows[NO_LANE] == CostSplit(holding=170, waste=5_000)


def test_sites_stand_with_the_depot_that_serves_them() -> None:
    """The regional depot answers for both sites and for itself, the centre for nothing."""
    assert depot_of_each(small_problem(), small_plan()) == {"C0": "C0", "D1": "D1", "S1": "D1", "S2": "D1"}
    assert [row.name for row in costs_by_depot(small_problem(), small_plan())] == ["D1"]


def test_a_plan_without_consignments_pays_for_what_is_missing_and_expires() -> None:
    """Six wanted kits are missing; the six old ones at the centre expire; holding there is free."""
    found = charges(small_problem(), Plan((), ()))
    assert total_cents(found) == 6 * 100_000 + 6 * 5_000
    assert {charge.place for charge in found} == {"C0", "S1", "S2"}
