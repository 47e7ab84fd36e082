"""Rules played on a kept plan's problem: plans like any other, beside the bound that was proven there."""

import json

import pytest

from irt.errors import BadInput
from irt.reads.unblinded_plans import plan_files, plan_shown
from optimization.check.check_plan import check_plan
from optimization.plan_file import read_plan
from optimization.problem_file import read_problem
from tests.builders_supply import SupplyHouse
from tests.web.planning.test_run import a_run, house, worked

__all__ = ["house"]


def played(house: SupplyHouse, method: str, beside: int) -> int:
    """The plan of a rule."""
    return worked(house, a_run(house, settings={"method": method, "beside": beside})).kept.plan


def test_rules_are_played_on_the_plans_own_problem(house: SupplyHouse) -> None:
    """The same problem by its hash, the same bound, a plan that the checker accepts, settings by category."""
    first = worked(house, a_run(house)).kept.plan
    with house.store.reading() as connection:
        before, files = plan_shown(connection, house.study_id, first), plan_files(connection, house.study_id, first)
    for method in ("levels", "min_max_by_category", "predictive"):
        number = played(house, method, first)
        with house.store.reading() as connection:
            shown = plan_shown(connection, house.study_id, number)
            own = plan_files(connection, house.study_id, number)
        assert own.problem_hash == files.problem_hash
        assert shown.bound == before.bound <= shown.total
        verdict = check_plan(read_problem(json.dumps(own.problem)), read_plan(own.plan))
        assert verdict.accepted
        assert shown.verdict["rule"]["method"] == method
        assert {leg.origin for leg in shown.consignments} == {"NLD"}
    rows = shown.verdict["rule"]["settings"]
    assert sum(row["places"] for row in rows if "recruiters" in row["category"]) == 2
    assert all(row["reach_days"] > row["trigger_days"] for row in rows)


def test_a_rule_that_nobody_knows_is_refused(house: SupplyHouse) -> None:
    """By name of what to do."""
    first = worked(house, a_run(house)).kept.plan
    with pytest.raises(BadInput, match="Choose one of the list"):
        played(house, "astrology", first)
